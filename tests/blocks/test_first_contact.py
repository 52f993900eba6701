"""The first message: the hazard, who sees what, the limits, help as text, and choices."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.blocks import ids
from bot.blocks.first_contact import first_contact
from bot.blocks.privacy import whole_promise
from bot.content import Content, Words, load_content
from bot.domain.privacy import WhoSees
from bot.sandbox.blocks import check_message
from tests.blocks.reading import buttons, joined
from tests.blocks.screens import CONTACT, EVA, SEES, SMALL
from tests.content.languages import add_language


def test_it_names_the_hazard_and_says_that_it_comes_from_the_work(content: Content) -> None:
    assert "hazard of the job" in joined(first_contact(content.words("en"), CONTACT))
    assert "not from weakness" in joined(first_contact(content.words("en"), CONTACT))
    assert "riesgo del oficio" in joined(first_contact(content.words("es"), CONTACT))
    assert "no de una debilidad" in joined(first_contact(content.words("es"), CONTACT))


@pytest.mark.parametrize("country", ["US", "MX", "CR"])
def test_the_crisis_lines_stand_in_it_as_text(words: Words, country: str) -> None:
    said = joined(first_contact(words, replace(CONTACT, country=country))).replace("&amp;", "&")
    assert all(line in said for line in words.crisis(country).lines)


def test_it_says_that_nobody_is_watching(words: Words) -> None:
    assert words("first_contact.program") in joined(first_contact(words, CONTACT))


def test_the_honest_limits_stand_in_the_message_itself(words: Words) -> None:
    said = joined(first_contact(words, CONTACT))
    for key in ("never_sees", "slack_keeps", "reporters"):
        assert words(f"first_contact.{key}") in said
    assert words("first_contact.courts", weeks=13) in said
    assert "Nube Segura" in said


def test_the_weeks_answers_are_kept_are_those_of_the_installation(words: Words) -> None:
    facts = replace(CONTACT, sees=replace(SEES, answers_kept_weeks=6))
    assert words("first_contact.courts", weeks=6) in joined(first_contact(words, facts))


def test_a_key_holder_with_a_say_over_people_is_named_plainly(words: Words) -> None:
    message = first_contact(words, replace(CONTACT, sees=SMALL))
    assert words("first_contact.key_holder_conflict") in joined(message)
    assert f"<@{EVA}>" in str(message.blocks)
    assert words("first_contact.key_holder_conflict") not in joined(first_contact(words, CONTACT))


def test_a_key_holder_nobody_named_is_not_made_up(words: Words) -> None:
    message = first_contact(words, replace(CONTACT, sees=WhoSees(supervisor_id=None)))
    assert words("first_contact.key_holder_unnamed") in joined(message)


def test_the_whole_promise_stands_at_its_end_word_for_word(words: Words) -> None:
    last = first_contact(words, CONTACT).blocks[-1]["elements"][0]["text"]
    assert last.endswith(whole_promise(words, SEES))
    assert "73:27" in last
    assert words("first_contact.whole_title") in last


def test_a_small_group_reads_no_promise_of_updates(words: Words) -> None:
    said = joined(first_contact(words, replace(CONTACT, sees=SMALL, questions=1)))
    assert "73:27" not in said
    assert words("first_contact.whole_title") not in said


def test_the_way_in_which_words_reach_the_team_is_said(content: Content) -> None:
    assert "Your team's channel reads the same words" in joined(first_contact(content.words("en"), CONTACT))
    assert "El canal de su equipo lee las mismas palabras" in joined(
        first_contact(content.words("es"), CONTACT)
    )


def test_a_group_too_small_for_words_is_told_so(words: Words) -> None:
    said = joined(first_contact(words, replace(CONTACT, sees=SMALL, questions=1)))
    assert words("first_contact.only_for_you") in said
    assert words("first_contact.small") in said
    assert words("first_contact.two_questions") not in said


def test_it_lets_choose_day_hour_length_pause_stop_and_language(words: Words) -> None:
    found = buttons(first_contact(words, CONTACT))
    other = {"en": "es", "es": "en"}[words.language]
    language = found[ids.CHOSE_LANGUAGE]
    assert language["value"] == other
    assert language["text"]["text"] == {"es": "Prefiero español", "en": "English, please"}[other]
    assert {ids.OPENED_SETTINGS, ids.OPENED_PAUSE, ids.STOPPED, ids.OPENED_WHO_SEES} <= set(found)


def test_accepting_takes_the_button_and_leaves_the_text(words: Words) -> None:
    before, after = first_contact(words, CONTACT), first_contact(words, CONTACT, accepted=True)
    assert ids.ACCEPTED_TERMS in buttons(before)
    assert ids.ACCEPTED_TERMS not in buttons(after)
    kept = [block for block in before.blocks if ids.ACCEPTED_TERMS not in str(block)]
    assert [block for block in after.blocks if block in kept] == kept
    assert words("first_contact.accepted") in joined(after)


def test_the_first_date_is_named_once_it_is_known(words: Words) -> None:
    assert CONTACT.first_on
    date = words.date(CONTACT.first_on)
    assert date in joined(first_contact(words, CONTACT))
    assert date not in joined(first_contact(words, replace(CONTACT, first_on=None)))


def test_a_teams_name_cannot_call_everybody(words: Words) -> None:
    message = first_contact(words, replace(CONTACT, team="<!channel> & co"))
    assert "&lt;!channel&gt; &amp; co" in str(message.blocks)


def test_the_other_language_is_offered_before_anything_has_to_be_read(words: Words) -> None:
    blocks = first_contact(words, CONTACT).blocks
    assert [block["type"] for block in blocks[:2]] == ["header", "actions"]
    assert blocks[1]["elements"][0]["action_id"] == ids.CHOSE_LANGUAGE


def test_with_three_languages_both_others_are_one_tap_away(tmp_path: Path) -> None:
    for code in ("fr", "ht"):
        add_language(tmp_path, code, offer=f"Switch to {code}")
    message = first_contact(load_content(folder=tmp_path).words("fr"), CONTACT)
    check_message(message.blocks)
    rows = [block["elements"] for block in message.blocks if block["type"] == "actions"]
    chosen = [row[0]["value"] for row in rows if row[0]["action_id"] == ids.CHOSE_LANGUAGE]
    assert chosen == ["en", "ht"]
