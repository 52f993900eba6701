"""The weekly card, the form, and the options after it."""

from __future__ import annotations

import json
import re
from datetime import time
from typing import Any

import pytest

from bot.blocks import checkins, ids
from bot.blocks.elements import Message, View
from bot.content import Content, Words
from bot.domain.checkins import CARDS, Card
from bot.domain.followups import ORDER, Offer, Options, Rule, choose
from bot.domain.privacy import WhoSees
from bot.domain.rotation import CORE, ROWS
from tests.blocks.reading import buttons, joined, parts, texts, walk
from tests.blocks.screens import SEES, SMALL

TWO = (CORE, "qI02")


def form(words: Words, **facts: Any) -> View:
    given: dict[str, Any] = {"week": 3, "keys": TWO, "only_for_you": False, "unread": None}
    return checkins.form(words, **given | facts)


def options(words: Words, weight: int, *, saved: bool = True) -> View:
    chosen = choose({CORE: weight}, TWO, has_supervisor=True)
    return checkins.options(words, chosen, week=3, country="US", saved=saved)


def inputs(view: View) -> list[dict[str, Any]]:
    return [block for block in view["blocks"] if block["type"] == "input"]


def offered(view: View) -> list[str]:
    """Action ids of the offers, in the order in which they stand."""
    return [block["accessory"]["action_id"] for block in view["blocks"] if "accessory" in block]


@pytest.mark.parametrize("questions", [1, 2, 3, 4])
def test_the_weekly_card_holds_no_question_and_no_answer(words: Words, questions: int) -> None:
    card = checkins.arrival(words, week=3, questions=questions, only_for_you=False)
    said = joined(card) + card.text
    assert not [key for key in words.pages.items if words.item(key).text in said]
    assert not [part for part in walk(parts(card)) if part.get("type") in ("radio_buttons", "checkboxes")]


def test_the_weekly_card_offers_three_buttons_and_a_menu_with_stop(words: Words) -> None:
    card = checkins.arrival(words, week=7, questions=2, only_for_you=False)
    assert list(buttons(card)) == [ids.DECLINED, ids.PUT_OFF, ids.STARTED]
    assert {button["value"] for button in buttons(card).values()} == {"7"}
    menu = next(part for part in walk(parts(card)) if part.get("type") == "overflow")
    assert [option["value"] for option in menu["options"]] == [
        ids.MENU_DAY,
        ids.MENU_LENGTH,
        ids.MENU_LANGUAGE,
        ids.MENU_PAUSE,
        ids.MENU_STOP,
    ]


def test_the_weekly_card_says_how_many_questions_and_who_never_sees_them(content: Content) -> None:
    card = checkins.arrival(content.words("en"), week=0, questions=2, only_for_you=False)
    assert "Two questions, on work time." in joined(card)
    assert "Your supervisor never sees your answers." in joined(card)


def test_in_a_small_group_the_card_begins_with_only_for_you(words: Words) -> None:
    card = checkins.arrival(words, week=0, questions=1, only_for_you=True)
    lines = texts(card)[0].splitlines()
    assert lines[1].startswith(words("checkin.only_for_you"))
    assert words("checkin.supervisor_never") not in joined(card)
    assert "semanal" not in card.text
    assert "weekly" not in card.text


@pytest.mark.parametrize("card", [card for card in Card if card is not Card.ARRIVAL])
def test_a_card_afterwards_depends_on_language_and_week_only(words: Words, card: Card) -> None:
    one, other = (checkins.card_after(words, card, week=5) for _ in range(2))
    assert json.dumps(parts(one)) == json.dumps(parts(other))
    assert json.dumps(parts(one)) == json.dumps(parts(checkins.card_after(words, card, week=6))).replace(
        '"6"', '"5"'
    )


def test_every_card_that_upkeep_may_write_exists(words: Words) -> None:
    assert all(isinstance(checkins.card_after(words, card, week=1), Message) for card in CARDS.values())


def test_the_fixed_card_offers_options_changing_and_crisis_help(words: Words) -> None:
    card = checkins.fixed_card(words, week=5)
    assert set(buttons(card)) == {ids.OPENED_OPTIONS, ids.CHANGED_ANSWERS, ids.OPENED_CRISIS}


@pytest.mark.parametrize("week", range(len(ROWS)))
def test_every_question_can_be_left_out(words: Words, week: int) -> None:
    questions = inputs(form(words, keys=(CORE, *ROWS[week])))
    assert len(questions) == 1 + len(ROWS[week])
    assert all(question["optional"] for question in questions)
    assert not [question for question in questions if "initial_option" in question["element"]]


def test_the_form_names_its_week_and_its_questions_for_the_program_only(words: Words) -> None:
    view = form(words)
    assert json.loads(view["private_metadata"]) == {"week": 3}
    assert [block["element"]["action_id"] for block in inputs(view)] == ["answer_qC1", "answer_qI02"]
    values = [option["value"] for option in inputs(view)[0]["element"]["options"]]
    assert values == ["1", "2", "3", "4", "5"]


def test_the_form_has_no_free_text(screens: dict[str, Any]) -> None:
    forms = [screen for name, screen in screens.items() if name.startswith("form")]
    assert forms
    assert not [part for view in forms for part in walk(view) if part.get("type") == "plain_text_input"]


def test_who_sees_what_stands_on_top_until_it_was_accepted_once(words: Words) -> None:
    unread, read = form(words, unread=SEES), form(words)
    assert words("form.never_seen") in joined(unread)
    assert words("first_contact.key_holder", who="Nube Segura") in joined(unread)
    assert ids.OPENED_WHO_SEES in buttons(unread)
    assert words("form.submit_unread") == unread["submit"]["text"]
    assert words("privacy.for_you") not in joined(read)
    assert words("form.submit") == read["submit"]["text"]


def test_the_top_line_says_what_feeds_the_update(words: Words) -> None:
    assert words("form.first_feeds") in joined(form(words))
    assert words("form.one_feeds") in joined(form(words, keys=(CORE,)))
    small = joined(form(words, keys=(CORE,), only_for_you=True))
    assert words("form.only_for_you") in small
    assert words("form.one_feeds") not in small


def test_changing_presets_what_was_answered_and_nothing_else(words: Words) -> None:
    first, second = inputs(form(words, current={CORE: 5}))
    assert first["element"]["initial_option"]["value"] == "5"
    assert "initial_option" not in second["element"]


def test_given_answers_can_be_cleared_which_slack_alone_does_not_allow(words: Words) -> None:
    changing = form(words, current={CORE: 5})
    assert buttons(changing)[ids.CLEARED_ANSWERS]["value"] == "3"
    cleared = form(words, current={CORE: 5}, cleared=True)
    assert not [block for block in inputs(cleared) if "initial_option" in block["element"]]
    assert {block["block_id"] for block in inputs(changing)}.isdisjoint(
        {block["block_id"] for block in inputs(cleared)}
    )
    assert ids.CLEARED_ANSWERS not in buttons(form(words))


def test_after_a_light_week_nothing_is_pushed(words: Words) -> None:
    view = options(words, 3)
    assert offered(view) == []
    assert ids.OPENED_MORE in buttons(view)


def test_see_options_after_a_light_week_shows_all_of_them(words: Words) -> None:
    assert offered(options(words, 3, saved=False)) == [
        ids.OPENED_ASK,
        ids.OPENED_PRACTICE,
        ids.OPENED_WHO_SEES,
        ids.OPENED_CRISIS,
    ]


def test_the_crisis_line_stands_above_the_options_only_at_the_heaviest_answer(words: Words) -> None:
    short = words.crisis("US").short
    for weight, above in ((5, True), (4, False)):
        view = options(words, weight)
        kinds = [block["type"] for block in view["blocks"]]
        line = next(
            place
            for place, block in enumerate(view["blocks"])
            if short in json.dumps(block, ensure_ascii=False)
        )
        first_offer = next(place for place, block in enumerate(view["blocks"]) if "accessory" in block)
        assert kinds[line] == ("section" if above else "context")
        assert (line < first_offer) is above


def test_the_heaviest_answer_is_not_met_with_the_word_suicide(words: Words) -> None:
    for saved in (True, False):
        assert "suicid" not in joined(options(words, 5, saved=saved)).casefold()


def test_the_options_come_from_the_rules_in_their_order(words: Words) -> None:
    chosen = Options(rule=Rule.T1, shown=(Offer.PAUSE_MINUTE, Offer.ASK_SUPERVISOR), more=(Offer.CRISIS,))
    view = checkins.options(words, chosen, week=3, country="US")
    assert offered(view) == [ids.OPENED_PRACTICE, ids.OPENED_ASK]


def test_more_is_left_out_when_there_is_nothing_more(words: Words) -> None:
    chosen = Options(rule=Rule.T1, shown=(Offer.PAUSE_MINUTE,), more=())
    assert ids.OPENED_MORE not in buttons(checkins.options(words, chosen, week=3, country="US"))


def test_the_title_says_that_the_view_changed(words: Words) -> None:
    assert options(words, 4)["title"]["text"] not in (form(words)["title"]["text"], words("options.title"))


def test_every_options_view_carries_the_crisis_line_of_the_persons_country(words: Words) -> None:
    views = [
        checkins.more(words, week=3, offers=ORDER, country="MX"),
        checkins.no_longer(words, week=3, offers=ORDER, country="MX", sent=True),
        *(
            checkins.options(words, choose({CORE: weight}, TWO, has_supervisor=True), week=3, country="MX")
            for weight in (3, 4, 5)
        ),
    ]
    assert all("800 911 2000" in joined(view) for view in views)


def test_too_late_says_that_nothing_was_kept_and_still_offers(words: Words) -> None:
    view = checkins.no_longer(words, week=3, offers=ORDER, country="US", sent=True)
    assert len(offered(view)) == len(ORDER)
    assert words("options.title_too_late") == view["title"]["text"]
    assert words("options.too_late", weekday=words.weekday(4), time=words.time(time(16))) in joined(view)


def test_a_closed_week_that_was_only_opened_is_not_said_to_have_lost_anything(words: Words) -> None:
    opened = joined(checkins.no_longer(words, week=3, offers=ORDER, country="US", sent=False))
    sent = joined(checkins.no_longer(words, week=3, offers=ORDER, country="US", sent=True))
    facts = {"weekday": words.weekday(4), "time": words.time(time(16))}
    assert words("options.closed", **facts) in opened
    assert words("options.too_late", **facts) not in opened
    assert words("options.closed", **facts) not in sent


def test_a_cleared_form_says_that_only_submitting_it_deletes(words: Words) -> None:
    emptied = form(words, current={CORE: 4}, cleared=True)
    assert words("form.cleared") in joined(emptied)
    assert words("form.submit") in words("form.cleared")
    assert words("form.close") in words("form.cleared")
    assert words("form.cleared") not in joined(form(words, current={CORE: 4}))


def test_a_card_put_off_can_be_started_all_the_same(words: Words) -> None:
    card = checkins.later_card(words, week=3)
    assert buttons(card)[ids.STARTED]["value"] == "3"


def test_the_note_of_a_quiet_spell_says_nothing_until_it_is_opened(words: Words) -> None:
    note = checkins.quiet_question(words)
    assert list(buttons(note)) == [ids.OPENED_QUIET_QUESTION]
    assert words("quiet.lead") not in joined(note)


def test_the_quiet_question_offers_four_ways(words: Words) -> None:
    view = checkins.quiet_question_view(words)
    assert set(buttons(view)) == {
        ids.OPENED_SETTINGS,
        ids.CHOSE_ONE_QUESTION,
        ids.OPENED_PAUSE,
        ids.KEPT_AS_IS,
    }


def test_who_sees_what_takes_two_sentences_of_the_form(words: Words) -> None:
    said = form(words, unread=SEES)["blocks"][1]["text"]["text"]
    assert len(re.findall(r"[.:](?= |$)", said.replace("respuestas:", "").replace("answers:", ""))) == 2


def test_a_form_where_nobody_was_named_still_says_who_sees_what(words: Words) -> None:
    view = form(words, unread=WhoSees(supervisor_id=None), keys=(CORE,))
    assert words("form.never_seen") in joined(view)
    assert words("first_contact.key_holder_unnamed") in joined(view)


def test_the_form_of_a_small_group_promises_no_update_and_names_a_key_holder_with_a_say(words: Words) -> None:
    said = joined(form(words, unread=SMALL, keys=(CORE,), only_for_you=True))
    assert words("form.never_seen_small") in said
    assert words("first_contact.key_holder_conflict") in said
    assert words("form.never_seen") not in said
