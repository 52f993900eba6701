"""Say it with others: one list for all, the truth at its button, and how what was said is told."""

from __future__ import annotations

import json
import re
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot.blocks import checkins, digests, home, ids, privacy, raises
from bot.blocks.raises import Choice, SaidAbove
from bot.content import Content, Words
from bot.domain.digests import Band, Trend
from bot.domain.followups import choose
from bot.domain.privacy import CONTRIBUTORS_MIN, ROSTER_MIN
from bot.domain.raises import EVERY, FIRST_ABOVE, PHRASES, goes_above
from bot.domain.rotation import CORE
from bot.sandbox.blocks import check_message
from tests.blocks.reading import Screen, buttons, joined, parts, sentences, walk, word_count, words_in
from tests.blocks.screens import CHOICE, FULL_HOME, SEES, update_of
from tests.content.test_catalogs import WORDS_IN_A_SENTENCE

UNTIL = datetime(2027, 2, 6, 19, tzinfo=UTC)
SAID = ({"en": "There is nobody to hand work to.", "es": "No hay a quién pasarle trabajo."},)


def ticks(screen: Screen) -> list[dict[str, Any]]:
    """Every line that can be ticked, in order."""
    boxes = [part for part in walk(parts(screen)) if part.get("type") == "checkboxes"]
    return [option for box in boxes for option in box["options"]]


def position(screen: Screen, *needles: str) -> list[int]:
    text = json.dumps(parts(screen), ensure_ascii=False)
    return [text.index(needle) for needle in needles]


# The list


def test_every_phrase_can_be_ticked_in_the_fixed_order_and_none_is(words: Words) -> None:
    form = raises.raise_form(words, CHOICE)
    assert [tick["value"] for tick in ticks(form)] == list(EVERY)
    assert [tick["text"]["text"] for tick in ticks(form)] == [words.phrase(phrase) for phrase in EVERY]
    assert "initial_options" not in json.dumps(form)


def test_the_list_hangs_on_the_group_alone() -> None:
    """Nothing about the person has a place in it: no answer, nothing chosen, nor where they came from."""
    assert {field.name for field in fields(Choice)} == {
        "period",
        "needed",
        "until",
        "weekly_ids",
        "above_ids",
        "guarantee",
    }


def test_each_phrase_stands_below_who_reads_it_first(words: Words) -> None:
    form = raises.raise_form(words, replace(CHOICE, weekly_ids=("U0LUIS",), above_ids=("U0OLGA",)))
    supervisor, above = (words("raise.read_by", who=f"<@{who}>") for who in ("U0LUIS", "U0OLGA"))
    for phrase in EVERY:
        places = position(form, supervisor, above, f'"value": "{phrase}"')
        assert sorted(places) == places if goes_above(phrase) else places[0] < places[2] < places[1]


def test_where_nobody_is_above_it_says_who_reads_those_lines(words: Words) -> None:
    form = raises.raise_form(words, replace(CHOICE, weekly_ids=("U0LUIS",), above_ids=()))
    said = words("raise.read_by_same", who="<@U0LUIS>")
    first = PHRASES[FIRST_ABOVE[0]][0]
    places = position(form, words("raise.read_by", who="<@U0LUIS>"), said, f'"value": "{first}"')
    assert places == sorted(places)


@pytest.mark.parametrize("needed", [3, 4, 5])
def test_the_truth_comes_before_the_list_and_has_the_group_s_own_numbers(words: Words, needed: int) -> None:
    form = raises.raise_form(words, replace(CHOICE, needed=needed, until=UNTIL))
    truth = words(
        "raise.truth",
        needed=needed,
        contributors_min=CONTRIBUTORS_MIN,
        weeks=12,
        date=words.date(UNTIL.date()),
        time=words.time(UNTIL.time()),
    )
    assert truth in joined(form)
    assert joined(form).index(truth) < joined(form).index(words.phrase(EVERY[0]))


def test_it_says_what_it_cannot_hide(content: Content) -> None:
    """Names, the number, who could work it out, no random amount, and until when."""
    said = joined(raises.raise_form(content.words("en"), replace(CHOICE, needed=3, until=UNTIL)))
    for part in (
        "without names",
        "at least 3 people choose it in the same four weeks",
        "At least 6 of the group must also have answered the first question",
        "could work out whether you did",
        "No random amount hides it here",
        "Take it back until Saturday, February 6, 7:00 PM",
    ):
        assert part in said


def test_the_list_is_read_in_two_minutes(words: Words) -> None:
    assert word_count(raises.raise_form(words, CHOICE)) <= 400


def test_whoever_ticked_nothing_hears_so_beside_the_first_lines(words: Words) -> None:
    (block_id,) = raises.nothing_ticked(words)
    inputs = [block for block in raises.raise_form(words, CHOICE)["blocks"] if block["type"] == "input"]
    assert block_id == inputs[0]["block_id"]


# What one chose oneself


def test_what_one_chose_stands_in_the_list_s_order_each_with_its_way_back(words: Words) -> None:
    chosen = {"asked", "hours", "fair"}
    view = raises.mine(words, period=3, phrases=chosen, until=UNTIL)
    lines = [block for block in view["blocks"] if "accessory" in block]
    assert [line["accessory"]["value"] for line in lines] == [one for one in EVERY if one in chosen]
    assert [line["text"]["text"] for line in lines] == [words.phrase(one) for one in EVERY if one in chosen]
    assert json.loads(view["private_metadata"]) == {"period": 3}
    assert words("raise.mine_chosen") in joined(view)


@pytest.mark.parametrize("lead", ["noted", "taken_back"])
def test_after_a_step_it_says_what_happened(words: Words, lead: raises.Lead) -> None:
    view = raises.mine(words, period=3, phrases=(), until=UNTIL, lead=lead)
    assert joined(view).index(words(f"raise.mine_{lead}")) < joined(view).index(words("raise.mine_nothing"))
    assert ids.WITHDREW_RAISE not in buttons(view)


def test_who_chose_nothing_reads_just_that(words: Words) -> None:
    view = raises.mine(words, period=3, phrases=(), until=UNTIL)
    assert words("raise.mine_nothing") in joined(view)
    assert words("raise.mine_chosen") not in joined(view)


# Where nothing can be shown


def test_where_nothing_could_be_shown_it_says_why_and_what_is_open_instead(words: Words) -> None:
    view = raises.closed(words, "too_small", can_ask=True)
    assert words("raise.closed_too_small", roster_min=ROSTER_MIN, date="") in joined(view)
    assert {ids.OPENED_ASK, ids.OPENED_WHO_SEES} <= set(buttons(view))
    assert not ticks(view)
    assert "submit" not in view
    assert ids.OPENED_ASK not in buttons(raises.closed(words, "too_small", can_ask=False))


def test_a_joiner_reads_from_when_on(words: Words) -> None:
    on = date(2027, 2, 7)
    assert words.date(on) in joined(raises.closed(words, "not_yet", opens_on=on, can_ask=False))


# How it is told


def test_what_was_said_is_quoted_without_a_number_but_the_weeks(words: Words) -> None:
    said = raises.in_language(words, SAID)
    assert said == (f"“{SAID[0][words.language]}”",)
    lines = raises.said_lines(words, said, said)
    assert len(lines) == 2
    for line in lines:
        assert said[0] in line
        assert re.findall(r"\d+", line) == ["12"]


def test_nothing_said_leaves_no_line_and_no_word_of_it(words: Words) -> None:
    update = replace(update_of(words, Band.HIGHER, Trend.HEAVIER), said=(), said_above=())
    assert raises.said_lines(words, (), ()) == []
    post = joined(digests.team_post(words, update))
    assert words("raise.do_not_ask") not in post
    assert words("raise.said", said="", weeks=12) not in post


def test_what_was_said_comes_after_the_picture_and_before_the_closing_sentence(words: Words) -> None:
    update = update_of(words, Band.HIGHER, Trend.HEAVIER)
    assert update.picture
    places = position(
        digests.team_post(words, update),
        update.picture.alt,
        update.said[0],
        update.said_above[0],
        words("update.closing"),
        words("raise.do_not_ask"),
    )
    assert places == sorted(places)


def test_a_sentence_from_before_a_language_was_on_is_told_in_english(content: Content) -> None:
    assert raises.in_language(content.words("es"), [{"en": "In English."}]) == ("“In English.”",)


def test_the_level_above_reads_each_group_and_that_nobody_is_to_ask(words: Words) -> None:
    message = raises.told_above(words, [SaidAbove(groups=("Norte", "Sur & <Co>"), said=SAID)])
    said = joined(message)
    assert "*Norte, Sur &amp; &lt;Co&gt;*" in said
    assert SAID[0][words.language] in said
    assert words("raise.do_not_ask") in said
    assert re.findall(r"\d+", said) == ["12"]
    assert message.text == words("common.note")
    assert not buttons(message)


def test_every_sentence_is_short_and_every_phrase_fits_a_tick(words: Words) -> None:
    phrases = [words.phrase(phrase) for phrase in EVERY]
    assert len(set(phrases)) == len(EVERY)
    assert not [phrase for phrase in phrases if len(phrase) > 75 or not phrase.endswith(".")]
    assert not [s for phrase in phrases for s in sentences(phrase) if words_in(s) > WORDS_IN_A_SENTENCE]


def test_no_phrase_names_or_judges_a_person(words: Words) -> None:
    """They speak of the work and of "us"; never of one person, an illness or an answer."""
    about_somebody = r"\b(he|she|his|her|boss|my|I|él|ella|jefe|jefa|mi|yo|stress|estrés)\b"
    assert not [key for key in EVERY if re.search(about_somebody, words.phrase(key), re.IGNORECASE)]


# Where it opens


@pytest.mark.parametrize("weight", [1, 2, 3, 4, 5])
def test_after_every_check_in_the_same_button_opens_it_whatever_was_answered(
    words: Words, weight: int
) -> None:
    chosen = choose({CORE: weight}, (CORE, "qI02"), has_supervisor=True)
    for saved in (True, False):
        view = checkins.options(words, chosen, week=3, country="US", saved=saved)
        assert buttons(view)[ids.OPENED_RAISE] == raises.raise_button(words)
    assert "value" not in raises.raise_button(words)


def test_it_opens_from_home_and_who_sees_what_speaks_of_it(words: Words) -> None:
    bare = replace(FULL_HOME, team=None, can_ask=False)
    for facts in (FULL_HOME, bare):
        assert buttons(home.home(words, facts))[ids.OPENED_RAISE] == raises.raise_button(words)
    assert words("raise.apart") in joined(privacy.who_sees(words, SEES))


@pytest.mark.parametrize("groups", [1, 40, 60, 500])
def test_however_many_groups_said_something_for_the_level_above_it_stands_in_one_message(
    words: Words, groups: int
) -> None:
    phrases = [phrase for pillar in FIRST_ABOVE for phrase in PHRASES[pillar]]
    said = tuple({words.language: words.phrase(phrase), "en": words.phrase(phrase)} for phrase in phrases)
    names = [f"Equipo de la noche {number}" for number in range(groups)]
    message = raises.told_above(words, [SaidAbove(groups=(name,), said=said) for name in names])
    check_message(message.blocks)
    assert all(words.phrase(phrase) in joined(message) for phrase in phrases)
    assert groups > 40 or all(name in joined(message) for name in names)
