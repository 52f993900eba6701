"""Who sees what: the promise with its computed numbers, and its limits."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bot.blocks import ids
from bot.blocks.privacy import who_sees
from bot.content import Content, Words
from bot.domain.privacy import WhoSees, promise_numbers
from tests.blocks.reading import buttons, joined
from tests.blocks.screens import LUIS, SEES, SMALL

PROMISE = """
Your check-in is for you. Your supervisor and your managers never see your answers. Only the first
question, how much work weighed on you, feeds your group's update; everything else is for you alone.
Once every 4 weeks, if at least 8 people are in your group and at least 6 answered that question,
the group gets a line in words. Before we write it we add a random amount, so it is sometimes wrong
on purpose. Even someone who knew every answer but yours could not learn much from one update: if
they thought it was 50:50 how you are, they could get to 73:27 at most. Three updates: at most 95:5.
After a year, somebody who knew everyone else's answers would usually be right about a state that
never changed. We cannot hide that you belong to the group, and an update appears only if 6 took
part, so it can itself show whether people did. If your group is too small, nothing is shown. If you
delete your data, updates already sent stay as they are. Whoever runs the server and holds its keys
could technically read answers. Each use of the key through Choir's own commands is logged.
"""
"""The words staff read, as the privacy design states them; the numbers as they come from the constants."""


def test_the_english_promise_is_the_one_that_is_proved(content: Content) -> None:
    said = " ".join(joined(who_sees(content.words("en"), SEES)).split())
    sentences = re.findall(r"[^.]+(?:\.|$)", " ".join(PROMISE.split()))
    assert not [sentence for sentence in sentences if sentence.strip() not in said]


@pytest.mark.parametrize("number", ["73:27", "95:5", "8", "6", "4"])
def test_each_number_of_the_promise_is_computed_and_said(words: Words, number: str) -> None:
    assert number in {str(value) for value in promise_numbers().values()}
    assert re.search(rf"(?<![\d:]){number}(?![\d:])", joined(who_sees(words, SEES)))


def test_no_number_of_the_promise_stands_in_the_catalog_itself(words: Words) -> None:
    own = [text for key, text in words.sentences.items() if key.startswith("privacy.")]
    numbers = {number for text in own for number in re.findall(r"\d+:?\d*", re.sub(r"{\w+}", "", text))}
    assert numbers <= {"50:50"}


def test_it_says_confidential(words: Words) -> None:
    assert "onfiden" in joined(who_sees(words, SEES))


def test_nothing_that_it_promises_is_said_to_be_missing(content: Content) -> None:
    english, spanish = (joined(who_sees(content.words(code), SEES)) for code in ("en", "es"))
    assert "If you delete your data, updates already sent stay as they are." in english
    assert not re.search(r"not built|not yet", english, re.IGNORECASE)
    assert not re.search(r"todavía no existen?", spanish, re.IGNORECASE)


def test_what_the_supervisor_sees_is_one_tap_away_for_everybody(words: Words) -> None:
    for sees in (SEES, SMALL, WhoSees(supervisor_id=None)):
        assert ids.OPENED_AS_SUPERVISOR in buttons(who_sees(words, sees))


def test_the_limits_stand_in_it(words: Words) -> None:
    said = joined(who_sees(words, SEES))
    assert words("privacy.slack_keeps") in said
    assert words("privacy.courts", weeks=13) in said
    assert words("privacy.reporters") in said
    assert words("privacy.key_holder", who="Nube Segura") in said


def test_a_group_too_small_reads_no_rule_that_does_not_hold_for_it(words: Words) -> None:
    said = joined(who_sees(words, SMALL))
    assert words("privacy.too_small") in said
    assert "73:27" not in said
    assert words("privacy.for_you") not in said


def test_who_would_read_an_update_is_named(words: Words) -> None:
    assert f"<@{LUIS}>" in str(who_sees(words, SEES))


def test_words_about_a_key_holder_cannot_call_anybody(words: Words) -> None:
    view = who_sees(words, replace(SEES, key_holder="<!here> & sons"))
    assert "&lt;!here&gt; &amp; sons" in str(view)
