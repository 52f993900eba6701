"""The window for days away."""

from __future__ import annotations

from datetime import timedelta
from typing import get_args

import pytest

from bot.blocks import ids
from bot.blocks.leave import back, leave_errors, leave_form, said
from bot.content import Words
from bot.domain.leave import Problem, Span
from tests.blocks.reading import buttons, joined, walk
from tests.blocks.screens import AWAY, ON

WEEK = Span(first_on=ON, last_on=ON + timedelta(days=6))


def test_each_span_stands_there_with_a_button_to_take_it_back(words: Words) -> None:
    view = leave_form(words, AWAY)
    assert all(said(words, span) in joined(view) for span in AWAY)
    values = [part["value"] for part in walk(view["blocks"]) if part.get("action_id") == ids.REMOVED_LEAVE]
    assert values == [f"{span.first_on}" for span in AWAY]


def test_a_single_day_is_one_date_and_a_span_is_two(words: Words) -> None:
    assert said(words, Span(first_on=ON, last_on=ON)).endswith(words.date(ON))
    both = said(words, WEEK)
    assert words.date(WEEK.first_on) in both
    assert words.date(WEEK.last_on) in both


def test_nothing_is_filled_in_and_each_drawing_starts_empty(words: Words) -> None:
    """Slack keeps what was chosen in a block it knows."""
    pickers = [
        {part["block_id"] for part in leave_form(words, (), drawn=drawn)["blocks"] if part["type"] == "input"}
        for drawn in (0, 1)
    ]
    assert pickers[0].isdisjoint(pickers[1])
    assert not [part for part in walk(leave_form(words, AWAY)["blocks"]) if "initial_date" in part]


@pytest.mark.parametrize("problem", get_args(Problem))
def test_what_is_wrong_stands_under_the_last_day_of_that_very_drawing(words: Words, problem: Problem) -> None:
    for drawn in (0, 3):
        errors = leave_errors(words, problem, drawn=drawn)
        shown = {part.get("block_id") for part in leave_form(words, (), drawn=drawn)["blocks"]}
        assert list(errors.values()) == [words(f"leave.problem_{problem}", most=12)]
        assert set(errors) <= shown


def test_it_says_that_nobody_is_told(words: Words) -> None:
    assert words("leave.who_sees") in joined(leave_form(words, ()))


def test_who_is_back_hears_when_the_next_one_comes_if_it_is_known(words: Words) -> None:
    assert words("leave.back_next", date=words.date(ON)) in joined(back(words, next_on=ON))
    assert joined(back(words, next_on=None)) != joined(back(words, next_on=ON))
    assert not buttons(back(words, next_on=ON))
