"""Asking for a check-in: no reason asked, every way it can end has its words."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot.blocks import asks, ids
from bot.blocks.asks import AskLine
from bot.content import Words
from bot.domain.asks import ENDED, WAITING, AskState
from tests.blocks.reading import buttons, joined, parts, walk
from tests.blocks.screens import ANA, EVA, LUIS

ANSWERS = {ids.ASK_ANSWERED_YES, ids.ASK_ANSWERED_ANOTHER_TIME, ids.ASK_ANSWERED_CANNOT}
AT = datetime(2026, 12, 3, 16, 30, tzinfo=UTC)
ON = date(2026, 12, 2)


def card(words: Words, state: AskState, **facts: Any) -> Any:
    return asks.ask_card(words, ask_id="a1", asker_id=ANA, state=state, meet_at=AT, next_id=EVA, **facts)


def test_the_form_has_no_field_for_a_reason(words: Words) -> None:
    view = asks.ask_form(words, recipients=[(LUIS, "supervisor")], deputy=True)
    asked = [part["type"] for part in walk(parts(view)) if "action_id" in part]
    assert asked == ["radio_buttons", "checkboxes"]
    assert words("ask.who_sees") in joined(view)


def test_the_supervisor_is_chosen_beforehand_and_named_by_mention(words: Words) -> None:
    view = asks.ask_form(words, recipients=[(LUIS, "supervisor"), (EVA, "deputy")], deputy=True)
    radio = view["blocks"][1]["element"]
    assert radio["initial_option"]["value"] == LUIS
    assert [option["value"] for option in radio["options"]] == [LUIS, EVA]
    assert f"<@{LUIS}>" in radio["options"][0]["text"]["text"]


def test_passing_it_on_is_asked_only_where_there_is_somebody(words: Words) -> None:
    view = asks.ask_form(words, recipients=[(LUIS, "supervisor")], deputy=False)
    assert ids.DEPUTY_TOO not in json.dumps(view)


def test_allowing_the_deputy_is_not_ticked_beforehand(words: Words) -> None:
    view = asks.ask_form(words, recipients=[(LUIS, "supervisor")], deputy=True)
    assert "initial_options" not in json.dumps(view)


def test_asking_somebody_else_remembers_which_ask_it_replaces(words: Words) -> None:
    view = asks.ask_form(words, recipients=[(EVA, "deputy")], deputy=False, instead_of="a7")
    assert json.loads(view["private_metadata"]) == {"instead_of": "a7"}


def test_more_people_than_slack_can_list_are_cut_to_ten(words: Words) -> None:
    people = [(f"U{number:04}X", "supervisor") for number in range(14)]
    view = asks.ask_form(words, recipients=people, deputy=False)  # type: ignore[arg-type]
    assert len(view["blocks"][1]["element"]["options"]) == 10


def test_after_sending_it_can_be_taken_back_and_says_when_there_is_word(words: Words) -> None:
    view = asks.asked(words, ask_id="a1", recipient_id=LUIS, deputy_id=EVA)
    assert buttons(view)[ids.WITHDREW_ASK]["value"] == "a1"
    assert f"<@{EVA}>" in json.dumps(view)
    assert words("ask.then") in joined(asks.asked(words, ask_id="a1", recipient_id=LUIS))


@pytest.mark.parametrize("state", sorted(WAITING))
def test_a_card_that_waits_has_three_answers(words: Words, state: AskState) -> None:
    found = buttons(card(words, state))
    assert set(found) == ANSWERS
    assert {button["value"] for button in found.values()} == {"a1"}


@pytest.mark.parametrize("state", sorted(set(AskState) - WAITING))
def test_a_card_that_was_answered_or_has_ended_asks_nothing(words: Words, state: AskState) -> None:
    assert buttons(card(words, state)) == {}


def test_a_card_that_somebody_else_answered_says_so(words: Words) -> None:
    message = card(words, AskState.AGREED, answered_by_id=EVA)
    assert buttons(message) == {}
    assert f"<@{EVA}>" in str(message.blocks)


def test_the_deputy_is_told_why_it_comes(words: Words) -> None:
    assert words("ask.card_deputy") in joined(card(words, AskState.OPEN, for_deputy=True))
    assert words("ask.card_deputy") not in joined(card(words, AskState.OPEN))


def test_no_card_says_anything_but_the_name_and_the_wish(words: Words) -> None:
    message = card(words, AskState.OPEN)
    assert message.text == words("common.note")
    assert f"<@{ANA}>" in str(message.blocks)


def test_another_time_is_told_as_a_moment_in_the_readers_zone(words: Words) -> None:
    message = asks.told(words, ask_id="a1", outcome=AskState.ANOTHER_TIME, recipient_id=LUIS, meet_at=AT)
    assert f"<!date^{int(AT.timestamp())}^" in str(message.blocks)


def test_somebody_who_cannot_names_a_person_and_the_asker_chooses(words: Words) -> None:
    message = asks.told(words, ask_id="a1", outcome=AskState.CANNOT, recipient_id=LUIS, next_id=EVA)
    assert f"<@{EVA}>" in str(message.blocks)
    assert buttons(message)[ids.OPENED_ASK]["value"] == "a1"


def test_who_can_instead_has_to_be_named(words: Words) -> None:
    view = asks.cannot_form(words, ask_id="a1", asker_id="U0BEN")
    assert view["blocks"][0]["optional"] is False


def test_no_answer_within_a_day_offers_somebody_else_or_leaving_it(words: Words) -> None:
    message = asks.unanswered(words, ask_id="a1", recipient_id=LUIS, others=[EVA])
    assert set(buttons(message)) == {ids.OPENED_ASK, ids.LEFT_ASK}


def test_where_there_is_nobody_else_no_dead_button_stands(words: Words) -> None:
    message = asks.unanswered(words, ask_id="a1", recipient_id=LUIS, others=[])
    assert set(buttons(message)) == {ids.LEFT_ASK}


def test_the_question_whether_it_happened_is_hidden_until_opened(words: Words) -> None:
    message = asks.did_it_happen(words, ask_id="a1")
    assert words("ask.did_it_happen") not in joined(message)
    assert buttons(message)[ids.OPENED_FOLLOW_UP]["value"] == "a1"


def test_not_yet_opens_the_way_again_where_there_is_one(words: Words) -> None:
    assert ids.OPENED_ASK in buttons(asks.did_it_happen_done(words, answer=ids.NOT_YET))
    assert not buttons(asks.did_it_happen_done(words, answer=ids.NOT_YET, ask_again=False))
    assert not buttons(asks.did_it_happen_done(words, answer=ids.MET))


@pytest.mark.parametrize("state", AskState)
def test_ones_own_ask_can_be_taken_back_until_it_has_ended(words: Words, state: AskState) -> None:
    line = asks.ask_line(words, AskLine(ask_id="a1", with_id=LUIS, state=state, asked_on=ON, meet_at=AT))
    assert ("accessory" in line) is (state not in ENDED)


def test_the_list_of_asks_lets_answer_those_that_wait(words: Words) -> None:
    lines = [
        AskLine(ask_id=f"a{n}", with_id=ANA, state=state, asked_on=ON, meet_at=AT)
        for n, state in enumerate((AskState.OPEN, AskState.AGREED))
    ]
    view = asks.ask_list(words, lines)
    assert {button["value"] for button in buttons(view).values()} == {"a0"}


def test_a_long_list_of_asks_stays_within_a_view(words: Words) -> None:
    lines = [AskLine(ask_id=f"a{n}", with_id=ANA, state=AskState.OPEN, asked_on=ON) for n in range(80)]
    assert len(asks.ask_list(words, lines)["blocks"]) <= 100
