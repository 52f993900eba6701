from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.digests import Band
from bot.domain.localtime import Calendar, freeze_at, local, monday_of, next_working, week_of
from bot.domain.supervision import (
    PROMPTS,
    Shown,
    message_ends_at,
    next_message_at,
    next_update_on,
    prompt_number,
    update_to_tell,
)
from tests.domain.zones import minutes, utc, zones

EPOCH = date(2026, 1, 5)
LONG_AGO = utc("2025-12-01 12:00")
CHICAGO = Calendar(tz="America/Chicago")


def test_twelve_prompts_take_turns_from_the_first_week_on() -> None:
    assert [prompt_number(week) for week in range(14)] == [*range(1, 13), 1, 2]
    assert {prompt_number(week) for week in range(100)} == set(range(1, PROMPTS + 1))


@pytest.mark.parametrize(
    ("now", "off", "expected"),
    [
        ("2025-12-20 12:00", (), "2026-01-05 15:30"),
        ("2026-01-05 15:30", (), "2026-01-05 15:30"),
        ("2026-01-05 15:31", (), "2026-01-12 15:30"),
        ("2026-01-12 06:00", (date(2026, 1, 12),), "2026-01-13 15:30"),
        ("2026-01-12 06:00", tuple(date(2026, 1, day) for day in range(12, 17)), "2026-01-19 15:30"),
        ("2026-03-07 12:00", (), "2026-03-09 14:30"),
    ],
)
def test_the_weekly_message_comes_at_half_past_nine_of_the_first_working_morning(
    now: str, off: tuple[date, ...], expected: str
) -> None:
    calendar = Calendar(tz="America/Chicago", days_off=frozenset(off))
    assert next_message_at(EPOCH, LONG_AGO, utc(now), calendar) == utc(expected)


def test_a_new_supervisor_s_first_message_is_not_one_of_before() -> None:
    tuesday = utc("2026-01-13 15:00")
    assert next_message_at(EPOCH, tuesday, LONG_AGO, CHICAGO) == utc("2026-01-19 15:30")


@given(zones, minutes, st.sets(st.integers(0, 20), max_size=9))
def test_the_weekly_message_is_the_only_one_of_its_week_and_in_working_time(
    tz: str, now: datetime, off: set[int]
) -> None:
    calendar = Calendar(tz=tz, days_off=frozenset(now.date() + timedelta(days=n) for n in off))
    at = next_message_at(EPOCH, LONG_AGO, now, calendar)
    following = next_message_at(EPOCH, LONG_AGO, at + timedelta(minutes=1), calendar)
    weeks = [week_of(EPOCH, local(moment, tz).date()) for moment in (at, following)]
    assert at >= now
    assert 0 <= weeks[0] < weeks[1]
    assert local(at, tz).time() == time(9, 30)
    assert next_working(at, calendar) == at


def test_a_message_kept_back_is_worth_sending_within_its_week_only() -> None:
    monday = next_message_at(EPOCH, LONG_AGO, LONG_AGO, CHICAGO)
    following = next_message_at(EPOCH, LONG_AGO, monday + timedelta(hours=1), CHICAGO)
    ends_at = message_ends_at(EPOCH, 0, CHICAGO.tz)
    assert monday < ends_at < following
    assert next_working(ends_at, CHICAGO) < following
    assert f"{local(ends_at, CHICAGO.tz):%a %H:%M}" == "Fri 17:00"


@pytest.mark.parametrize(
    ("week", "update"),
    [
        (0, date(2026, 2, 2)),
        (3, date(2026, 2, 2)),
        (4, date(2026, 3, 2)),
        (51, date(2027, 1, 4)),
        (52, date(2027, 2, 1)),
    ],
)
def test_the_next_update_is_read_on_the_monday_after_the_period(week: int, update: date) -> None:
    assert next_update_on(EPOCH, week, CHICAGO) == update


@given(st.integers(0, 300))
def test_an_update_s_monday_is_the_day_after_its_freeze_and_still_to_come(week: int) -> None:
    update = next_update_on(EPOCH, week, CHICAGO)
    assert freeze_at(EPOCH, week // 4).date() + timedelta(days=1) == update
    assert monday_of(EPOCH, week) < update


def test_the_first_message_after_a_freeze_carries_the_update_and_no_other_does() -> None:
    told = None
    carried = []
    for week in range(13):
        period = update_to_tell(week, told)
        carried.append(period)
        told = told if period is None else period
    assert carried == [None] * 4 + [0] + [None] * 3 + [1] + [None] * 3 + [2]


@pytest.mark.parametrize(("week", "carried"), [(4, 0), (5, 0), (6, None), (8, 1), (9, 1), (10, None)])
def test_an_update_whose_message_was_lost_is_left_to_the_next(week: int, carried: int | None) -> None:
    assert update_to_tell(week, None) == carried


@given(st.integers(0, 300))
def test_no_update_is_carried_twice(week: int) -> None:
    period = update_to_tell(week, None)
    if period is not None:
        assert update_to_tell(week, period) is None
        assert next_update_on(EPOCH, 4 * period, CHICAGO) <= monday_of(EPOCH, week)


def test_an_update_that_falls_on_a_holiday_is_read_the_day_after() -> None:
    monday = monday_of(EPOCH, 4)
    calendar = Calendar(tz="America/Chicago", days_off=frozenset({monday}))
    assert next_update_on(EPOCH, 0, calendar) == monday + timedelta(days=1)


def test_an_update_is_dated_by_the_first_day_of_its_period() -> None:
    strip = ((date(2026, 1, 5), None), (date(2026, 2, 2), Band.MIDDLE))
    assert Shown(teams=("Intake",), lines={}, beside=None, strip=strip).first_on == date(2026, 2, 2)
