from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.leave import (
    FARTHEST,
    MOST_SPANS,
    Leave,
    Span,
    added,
    ahead,
    away_until,
    back_early,
    covers,
    joined,
    without,
)

TODAY = date(2027, 3, 10)
A_DAY = timedelta(days=1)


def day(offset: int) -> date:
    return TODAY + timedelta(days=offset)


def span(first: int, last: int) -> Span:
    return Span(first_on=day(first), last_on=day(last))


def days(leave: Leave) -> set[date]:
    return {one.first_on + n * A_DAY for one in leave for n in range((one.last_on - one.first_on).days + 1)}


spans = st.builds(lambda first, length: span(first, first + length), st.integers(0, 60), st.integers(0, 20))


@pytest.mark.parametrize(
    ("first", "last", "wrong"),
    [
        (5, 4, "backwards"),
        (-3, -1, "over"),
        (-1, -3, "backwards"),
        (300, 367, "too_far"),
        (367, 367, "too_far"),
    ],
)
def test_days_that_make_no_sense_are_refused_with_the_reason(first: int, last: int, wrong: str) -> None:
    assert added((span(1, 2),), span(first, last), TODAY) == wrong


@pytest.mark.parametrize(("first", "last"), [(0, 0), (366, 366), (0, 366)])
def test_today_and_a_year_ahead_can_be_taken(first: int, last: int) -> None:
    assert day(last) <= TODAY + FARTHEST
    assert added((), span(first, last), TODAY) == (span(first, last),)


def test_what_began_before_today_is_kept_from_today_on() -> None:
    assert added((), span(-9, 2), TODAY) == (span(0, 2),)


def test_a_thirteenth_span_is_refused_and_one_that_joins_others_is_not() -> None:
    twelve = tuple(span(3 * n, 3 * n) for n in range(MOST_SPANS))
    assert added(twelve, span(99, 99), TODAY) == "too_many"
    grown = added(twelve, span(1, 2), TODAY)
    assert isinstance(grown, tuple)
    assert grown[0] == span(0, 3)
    assert len(grown) == MOST_SPANS - 1


def test_spans_that_are_over_do_not_count_and_go() -> None:
    old = tuple(span(-100 + 3 * n, -100 + 3 * n) for n in range(MOST_SPANS))
    assert added(old, span(1, 2), TODAY) == (span(1, 2),)


@pytest.mark.parametrize("other", [span(3, 5), span(5, 9), span(6, 9), span(0, 1), span(0, 20), span(2, 2)])
def test_days_that_touch_become_one_span(other: Span) -> None:
    grown = added((span(2, 5),), other, TODAY)
    assert isinstance(grown, tuple)
    assert len(grown) == 1
    assert days(grown) == days((span(2, 5),)) | days((other,))


@given(st.lists(spans, max_size=8))
def test_joining_changes_no_day_and_leaves_a_day_between(given_spans: list[Span]) -> None:
    found = joined(given_spans)
    assert days(found) == days(tuple(given_spans))
    assert all(before.last_on + A_DAY < after.first_on for before, after in pairwise(found))


@given(st.lists(spans, max_size=8), st.integers(-1, 85))
def test_away_is_covered_and_says_until_when(given_spans: list[Span], offset: int) -> None:
    leave, on = joined(given_spans), day(offset)
    assert covers(leave, on) == (on in days(leave)) == (away_until(leave, on) is not None)
    until = away_until(leave, on)
    assert until is None or (until in days(leave) and until + A_DAY not in days(leave))


def test_a_span_is_taken_back_by_its_first_day() -> None:
    leave = (span(1, 2), span(5, 9))
    assert without(leave, day(5)) == (span(1, 2),)
    assert without(leave, day(6)) == leave


def test_who_is_back_early_works_from_today_on_and_later_leave_stays() -> None:
    assert back_early((span(-3, 4), span(9, 9)), TODAY) == (span(-3, -1), span(9, 9))
    assert back_early((span(0, 4), span(9, 9)), TODAY) == (span(9, 9),)
    assert back_early((span(1, 4),), TODAY) == (span(1, 4),)


def test_a_span_is_ahead_until_its_last_day_is_over() -> None:
    leave = (span(-9, -1), span(-3, 0), span(4, 5))
    assert ahead(leave, TODAY) == leave[1:]
