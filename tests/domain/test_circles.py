"""A team's circle: when it meets, whose turn it is, and whether a proposal stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import circles as circling
from bot.domain.circles import Circle
from bot.domain.huddles import Purpose
from bot.domain.localtime import Calendar
from bot.domain.members import PersonRef
from tests.domain.zones import utc

NEW_YORK = Calendar(tz="America/New_York", days_off=frozenset({date(2027, 1, 18)}))
CIRCLE = Circle(
    circle_id="c",
    team_id="t",
    channel_id="C",
    purpose=Purpose.GOOD,
    weekday=1,
    local_time=time(9),
    every_weeks=2,
)
PEOPLE = tuple(PersonRef(name) for name in "abc")


@pytest.mark.parametrize(
    ("people", "declined", "stands"),
    [(1, 0, False), (2, 0, True), (2, 1, False), (3, 1, True), (8, 3, True), (8, 4, False)],
)
def test_a_proposal_stands_unless_it_does_not_suit_half(people: int, declined: int, stands: bool) -> None:
    assert circling.stands(people, declined) is stands


def test_it_is_decided_two_working_days_later() -> None:
    friday = utc("2027-01-15 15:00")
    assert circling.decided_at(friday, NEW_YORK) == utc("2027-01-20 15:00"), "Monday is a holiday"


@given(st.dates(date(2027, 1, 1), date(2028, 1, 1)), st.sampled_from((1, 2, 4)), st.integers(0, 4))
def test_meetings_keep_their_weekday_and_rhythm(after: date, every: int, weekday: int) -> None:
    circle = replace(CIRCLE, weekday=weekday, every_weeks=every)
    first = circling.first_on(circle, after, NEW_YORK)
    second = circling.next_on(circle, first, NEW_YORK)
    for on in (first, second):
        assert on.weekday() == weekday
        assert NEW_YORK.works_on(on)
    assert first - after >= timedelta(days=2)
    assert (second - first).days % (7 * every) == 0


def test_a_meeting_on_a_holiday_is_left_out() -> None:
    monday = replace(CIRCLE, weekday=0, every_weeks=1)
    assert circling.next_on(monday, date(2027, 1, 11), NEW_YORK) == date(2027, 1, 25)


def test_the_card_comes_a_quarter_of_an_hour_before_but_in_working_time() -> None:
    nine = circling.meets_at(CIRCLE, date(2027, 1, 12), NEW_YORK)
    assert circling.called_at(nine, NEW_YORK) == nine
    ten = nine + timedelta(hours=1)
    assert circling.called_at(ten, NEW_YORK) == ten - timedelta(minutes=15)


def test_whoever_opens_it_is_asked_on_the_working_day_before() -> None:
    assert circling.host_asked_at(CIRCLE, date(2027, 1, 19), NEW_YORK) == utc("2027-01-15 14:00")


def test_hosts_take_turns_and_are_asked_once_for_a_meeting() -> None:
    turns = [circling.whose_turn(PEOPLE, replace(CIRCLE, turn=turn)) for turn in range(6)]
    assert turns == [*PEOPLE, *PEOPLE]
    assert circling.whose_turn(PEOPLE, replace(CIRCLE, turn=4, asked=3)) is None
    assert circling.whose_turn((), CIRCLE) is None


def test_it_fades_after_three_meetings_to_which_too_few_came() -> None:
    assert [circling.has_faded(missed) for missed in range(5)] == [False, False, False, True, True]
