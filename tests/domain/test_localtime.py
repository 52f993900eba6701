from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.domain.leave import FARTHEST, Span
from bot.domain.localtime import (
    FRIDAY,
    WEEKS_IN_BLOCK,
    WEEKS_IN_PERIOD,
    Calendar,
    add_working,
    allowed_slots,
    block_of,
    closing_at,
    epoch_for,
    first_working_morning,
    freeze_at,
    instant,
    local,
    monday_of,
    next_working,
    next_working_day,
    period_starts_at,
    same_hour_next_working_day,
    shared_slots,
    slot_at,
    week_of,
    weeks_of,
    zone,
)
from tests.domain.zones import ALL_ZONES, minutes, utc, zones

CHICAGO = Calendar(tz="America/Chicago")
EPOCH = date(2026, 1, 5)
MINUTE = timedelta(minutes=1)


def is_working(now: datetime, calendar: Calendar) -> bool:
    """Working time as the rule says it, not as the code computes it."""
    here = now.astimezone(ZoneInfo(calendar.tz))
    away = any(span.first_on <= here.date() <= span.last_on for span in calendar.leave)
    works = here.weekday() < 5 and here.date() not in calendar.days_off and not away
    return works and (time(9) <= here.time() < time(12) or time(14) <= here.time() < time(17))


def counted_by_the_minute(now: datetime, amount: timedelta, calendar: Calendar) -> datetime:
    """The oracle of add_working: minute by minute, then on to the next working one."""
    at, left = now, amount
    while left or not is_working(at, calendar):
        left -= MINUTE if is_working(at, calendar) else timedelta(0)
        at += MINUTE
    return at


@st.composite
def calendars(draw: st.DrawFn, near: datetime) -> Calendar:
    """A zone with up to three days off within the next eight days, and maybe some days of leave."""
    off = draw(st.sets(st.integers(0, 8), max_size=3))
    ends = sorted(draw(st.sets(st.integers(0, 8), min_size=2, max_size=2)))
    first_on, last_on = (near.date() + timedelta(days=n) for n in ends)
    return Calendar(
        tz=draw(zones),
        days_off=frozenset(near.date() + timedelta(days=n) for n in off),
        leave=draw(st.sampled_from([(), (Span(first_on=first_on, last_on=last_on),)])),
    )


@pytest.mark.parametrize(
    ("tz", "on", "at", "expected"),
    [
        ("America/New_York", date(2026, 3, 8), time(2, 30), "2026-03-08 07:30"),
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 15), "2026-10-03 15:45"),
        ("Africa/Cairo", date(2026, 4, 24), time(0, 0), "2026-04-23 22:00"),
    ],
)
def test_a_time_the_clock_skips_moves_forward(tz: str, on: date, at: time, expected: str) -> None:
    assert instant(on, at, tz) == utc(expected)
    assert local(instant(on, at, tz), tz).time() > at


@pytest.mark.parametrize(
    ("tz", "on", "at", "expected"),
    [
        ("America/New_York", date(2026, 11, 1), time(1, 30), "2026-11-01 05:30"),
        ("Europe/Madrid", date(2026, 10, 25), time(2, 30), "2026-10-25 00:30"),
        ("Australia/Lord_Howe", date(2026, 4, 5), time(1, 45), "2026-04-04 14:45"),
    ],
)
def test_a_time_the_clock_shows_twice_is_the_first(tz: str, on: date, at: time, expected: str) -> None:
    assert instant(on, at, tz) == utc(expected)


def test_an_unknown_zone_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        zone("Atlantis/Capital")


@given(zones, minutes)
def test_an_instant_survives_the_way_to_local_time_and_back(tz: str, now: datetime) -> None:
    here = local(now, tz)
    back = instant(here.date(), here.time(), tz)
    assert back.tzinfo is UTC
    assert back == now or (here.fold and back < now)


@pytest.mark.parametrize(
    ("started", "epoch"),
    [
        (date(2026, 11, 23), date(2026, 11, 30)),  # Monday
        (date(2026, 11, 24), date(2026, 11, 30)),
        (date(2026, 11, 25), date(2026, 11, 30)),
        (date(2026, 11, 26), date(2026, 11, 30)),
        (date(2026, 11, 27), date(2026, 11, 30)),  # Friday: exactly three days
        (date(2026, 11, 28), date(2026, 12, 7)),
        (date(2026, 11, 29), date(2026, 12, 7)),
        (date(2026, 12, 31), date(2027, 1, 4)),
        (date(2028, 2, 25), date(2028, 2, 28)),
        (date(2028, 2, 29), date(2028, 3, 6)),
    ],
)
def test_the_epoch_is_the_first_monday_at_least_three_days_later(started: date, epoch: date) -> None:
    noon = datetime.combine(started, time(12), UTC)
    assert epoch_for(noon, "Etc/UTC") == epoch


def test_the_epoch_counts_days_in_the_team_s_zone() -> None:
    late_on_friday = utc("2026-11-27 22:00")
    assert epoch_for(late_on_friday, "America/Chicago") == date(2026, 11, 30)
    assert epoch_for(late_on_friday, "Pacific/Auckland") == date(2026, 12, 7)


@given(zones, minutes)
def test_every_epoch_is_a_monday_three_to_nine_days_on(tz: str, now: datetime) -> None:
    epoch = epoch_for(now, tz)
    assert epoch.weekday() == 0
    assert 3 <= (epoch - local(now, tz).date()).days <= 9


@pytest.mark.parametrize(
    ("on", "week"),
    [
        (date(2026, 1, 4), -1),
        (date(2026, 1, 5), 0),
        (date(2026, 1, 11), 0),
        (date(2026, 1, 12), 1),
        (date(2026, 12, 31), 51),
        (date(2027, 1, 3), 51),
        (date(2027, 1, 4), 52),
        (date(2028, 2, 29), 112),
        (date(2025, 12, 29), -1),
        (date(2025, 12, 28), -2),
    ],
)
def test_weeks_run_from_monday_to_sunday_and_over_new_year(on: date, week: int) -> None:
    assert week_of(EPOCH, on) == week
    assert monday_of(EPOCH, week) <= on < monday_of(EPOCH, week + 1)


def test_a_period_is_28_days_and_a_block_84() -> None:
    assert WEEKS_IN_PERIOD * 7 == 28
    assert WEEKS_IN_BLOCK == 3 * WEEKS_IN_PERIOD


def test_a_slot_keeps_its_wall_clock_when_the_clocks_change() -> None:
    before = slot_at(EPOCH, 8, 2, time(10), "America/Chicago")
    after = slot_at(EPOCH, 9, 2, time(10), "America/Chicago")
    assert (before, after) == (utc("2026-03-04 16:00"), utc("2026-03-11 15:00"))


@given(zones, st.integers(0, 300), st.integers(0, FRIDAY), st.data())
def test_every_slot_shows_its_weekday_and_time_in_the_person_s_zone(
    tz: str, week: int, weekday: int, data: st.DataObject
) -> None:
    at = data.draw(st.sampled_from(allowed_slots(weekday)))
    here = local(slot_at(EPOCH, week, weekday, at, tz), tz)
    assert (here.date(), here.time()) == (EPOCH + timedelta(weeks=week, days=weekday), at)


def test_no_zone_misses_or_doubles_a_week_in_two_years() -> None:
    for tz in ALL_ZONES:
        slots = [slot_at(EPOCH, week, 2, time(10), tz) for week in range(105)]
        assert [week_of(EPOCH, local(slot, tz).date()) for slot in slots] == list(range(105))
        gaps = {later - earlier for earlier, later in pairwise(slots)}
        assert all(timedelta(days=6, hours=22) <= gap <= timedelta(days=7, hours=2) for gap in gaps)


@pytest.mark.parametrize(
    ("tz", "week", "expected"),
    [
        ("America/Chicago", 0, "2026-01-09 22:00"),
        ("America/Chicago", 9, "2026-03-13 21:00"),
        ("Pacific/Kiritimati", 0, "2026-01-09 02:00"),
        ("Etc/GMT+12", 0, "2026-01-10 04:00"),
        ("Asia/Kathmandu", 112, "2028-03-03 10:15"),
    ],
)
def test_a_week_closes_on_friday_at_four_where_the_person_is(tz: str, week: int, expected: str) -> None:
    assert closing_at(EPOCH, week, tz) == utc(expected)


def test_every_allowed_slot_comes_before_closing() -> None:
    for weekday in range(5):
        last = slot_at(EPOCH, 3, weekday, allowed_slots(weekday)[-1], "America/Chicago")
        assert last < closing_at(EPOCH, 3, "America/Chicago")


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        (-1, "2026-01-04 00:00"),
        (0, "2026-02-01 00:00"),
        (1, "2026-03-01 00:00"),
        (12, "2027-01-03 00:00"),
        (27, "2028-02-27 00:00"),
        (28, "2028-03-26 00:00"),
    ],
)
def test_a_period_freezes_on_the_sunday_after_its_fourth_friday(period: int, expected: str) -> None:
    assert freeze_at(EPOCH, period) == utc(expected)


def test_every_zone_s_friday_at_four_has_passed_by_saturday_four_utc_before_a_freeze() -> None:
    for period in range(30):
        saturday_at_four = freeze_at(EPOCH, period) - timedelta(hours=20)
        last_week = (period + 1) * WEEKS_IN_PERIOD - 1
        closings = {closing_at(EPOCH, last_week, tz) for tz in ALL_ZONES}
        assert max(closings) <= saturday_at_four
        assert min(closings) > saturday_at_four - timedelta(days=2)


@given(st.integers(0, 100))
def test_periods_follow_each_other_without_a_gap_or_an_overlap(period: int) -> None:
    assert weeks_of(period).stop == weeks_of(period + 1).start
    assert period_starts_at(EPOCH, period + 1) == freeze_at(EPOCH, period)


def test_the_first_period_starts_on_the_sunday_before_the_epoch() -> None:
    assert period_starts_at(EPOCH, 0) == utc("2026-01-04 00:00")


def test_a_block_is_three_periods_from_the_first_on() -> None:
    assert [block_of(period) for period in range(7)] == [0, 0, 0, 1, 1, 1, 2]
    assert list(weeks_of(2)) == [8, 9, 10, 11]


@given(zones, st.integers(0, 60))
def test_no_slot_of_the_next_period_comes_before_the_freeze(tz: str, period: int) -> None:
    first_slot = slot_at(EPOCH, (period + 1) * WEEKS_IN_PERIOD, 0, time(9), tz)
    assert first_slot > freeze_at(EPOCH, period)


def test_nobody_works_on_weekends_or_days_off() -> None:
    calendar = Calendar(tz="America/Chicago", days_off=frozenset({date(2026, 11, 26)}))
    week = [date(2026, 11, 23) + timedelta(days=n) for n in range(7)]
    assert [calendar.works_on(on) for on in week] == [True, True, True, False, True, False, False]


@pytest.mark.parametrize(
    ("after", "off", "expected"),
    [
        (date(2026, 11, 25), (), date(2026, 11, 26)),
        (date(2026, 11, 27), (), date(2026, 11, 30)),
        (date(2026, 11, 28), (), date(2026, 11, 30)),
        (date(2026, 11, 25), (date(2026, 11, 26), date(2026, 11, 27)), date(2026, 11, 30)),
        (date(2026, 12, 31), (date(2027, 1, 1),), date(2027, 1, 4)),
        (date(2028, 2, 28), (), date(2028, 2, 29)),
    ],
)
def test_the_next_working_day_passes_weekends_and_days_off(
    after: date, off: tuple[date, ...], expected: date
) -> None:
    assert next_working_day(after, Calendar(tz="Etc/UTC", days_off=frozenset(off))) == expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-25 08:59", "2026-11-25 09:00"),
        ("2026-11-25 09:00", "2026-11-25 09:00"),
        ("2026-11-25 11:59", "2026-11-25 11:59"),
        ("2026-11-25 12:00", "2026-11-25 14:00"),
        ("2026-11-25 13:59", "2026-11-25 14:00"),
        ("2026-11-25 14:00", "2026-11-25 14:00"),
        ("2026-11-25 16:59", "2026-11-25 16:59"),
        ("2026-11-25 17:00", "2026-11-26 09:00"),
        ("2026-11-27 17:00", "2026-11-30 09:00"),
        ("2026-11-28 10:00", "2026-11-30 09:00"),
        ("2026-12-31 23:59", "2027-01-01 09:00"),
    ],
)
def test_lunch_and_evening_are_half_open(now: str, expected: str) -> None:
    assert next_working(utc(now), Calendar(tz="Etc/UTC")) == utc(expected)


@given(st.data(), minutes)
def test_next_working_is_working_time_and_nothing_earlier_is(data: st.DataObject, now: datetime) -> None:
    calendar = data.draw(calendars(now))
    assert next_working(now, calendar) == counted_by_the_minute(now, timedelta(0), calendar)


@settings(max_examples=60)
@given(st.data(), minutes, st.integers(0, 960))
@example(None, utc("2026-03-06 20:00"), 480)
def test_working_minutes_are_counted_as_one_would_by_hand(
    data: st.DataObject | None, now: datetime, minutes_of_work: int
) -> None:
    calendar = data.draw(calendars(now)) if data else CHICAGO
    amount = timedelta(minutes=minutes_of_work)
    assert add_working(now, amount, calendar) == counted_by_the_minute(now, amount, calendar)


def test_seconds_are_kept_when_working_time_is_added() -> None:
    now = utc("2026-11-25 11:59") + timedelta(seconds=30)
    expected = utc("2026-11-25 14:00") + timedelta(seconds=30)
    assert add_working(now, timedelta(minutes=1), Calendar(tz="Etc/UTC")) == expected


def test_work_that_ends_at_noon_goes_on_at_two() -> None:
    nine = utc("2026-11-25 09:00")
    assert add_working(nine, timedelta(hours=3), Calendar(tz="Etc/UTC")) == utc("2026-11-25 14:00")


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-24 16:00", "2026-11-25 16:00"),
        ("2026-11-27 16:00", "2026-11-30 16:00"),
        ("2026-03-06 16:00", "2026-03-09 15:00"),  # the same wall clock after the clocks went forward
        ("2026-10-30 15:00", "2026-11-02 16:00"),
        ("2026-12-31 16:00", "2027-01-01 16:00"),
        ("2028-02-28 16:00", "2028-02-29 16:00"),
    ],
)
def test_24_working_hours_later_is_the_next_working_day_at_the_same_clock_time(
    now: str, expected: str
) -> None:
    assert same_hour_next_working_day(utc(now), CHICAGO) == utc(expected)


def test_24_working_hours_after_the_doubled_hour_is_not_an_hour_late() -> None:
    second_half_past_one = utc("2026-11-01 07:30")
    assert local(second_half_past_one, CHICAGO.tz).fold == 1
    assert same_hour_next_working_day(second_half_past_one, CHICAGO) == utc("2026-11-02 07:30")


@pytest.mark.parametrize(
    ("off", "expected"),
    [
        ((), "2026-11-23 15:30"),
        ((date(2026, 11, 23),), "2026-11-24 15:30"),
        (tuple(date(2026, 11, day) for day in range(23, 27)), "2026-11-27 15:30"),
    ],
)
def test_a_supervisor_s_message_comes_on_the_first_working_morning(
    off: tuple[date, ...], expected: str
) -> None:
    calendar = Calendar(tz="America/Chicago", days_off=frozenset(off))
    assert first_working_morning(date(2026, 11, 23), calendar) == utc(expected)


def test_a_week_without_a_working_day_has_no_supervisor_s_message() -> None:
    off = frozenset(date(2026, 11, day) for day in range(23, 28))
    assert first_working_morning(date(2026, 11, 23), Calendar(tz="America/Chicago", days_off=off)) is None


MORNING = (time(9), time(9, 30), time(10), time(10, 30), time(11), time(11, 30))
AFTERNOON = (time(14), time(14, 30), time(15), time(15, 30), time(16), time(16, 30))


@pytest.mark.parametrize(
    ("weekday", "slots"),
    [(0, MORNING + AFTERNOON), (1, MORNING + AFTERNOON), (3, MORNING + AFTERNOON), (FRIDAY, MORNING)],
)
def test_arrival_slots_leave_out_lunch_and_friday_afternoon(weekday: int, slots: tuple[time, ...]) -> None:
    assert allowed_slots(weekday) == slots


def test_a_whole_year_of_leave_ends() -> None:
    first_on = date(2026, 3, 2)
    year = Calendar(tz="UTC", leave=(Span(first_on=first_on, last_on=first_on + FARTHEST),))
    assert next_working(utc("2026-03-02 10:00"), year) == utc("2027-03-04 09:00")


HALF_AN_HOUR = timedelta(minutes=30)


@given(st.data(), minutes)
def test_what_two_people_are_offered_lies_in_the_working_time_of_both(
    data: st.DataObject, now: datetime
) -> None:
    both = (data.draw(calendars(now)), data.draw(calendars(now)))
    offered = shared_slots(now, both)
    for at in offered:
        assert at >= now + HALF_AN_HOUR
        assert at.minute % 30 == at.second == at.microsecond == 0
        last = at + HALF_AN_HOUR - MINUTE
        assert all(is_working(at, one) and is_working(last, one) for one in both)
    assert all(later - earlier >= timedelta(hours=2) for earlier, later in pairwise(offered))


def test_two_people_in_one_office_are_offered_three_times_over_the_day() -> None:
    offered = shared_slots(utc("2026-11-30 15:10"), (CHICAGO, CHICAGO))
    assert offered == (utc("2026-11-30 16:00"), utc("2026-11-30 20:00"), utc("2026-11-30 22:00"))


def test_people_far_apart_are_offered_the_hour_they_share() -> None:
    madrid = Calendar(tz="Europe/Madrid")
    first, second, third = shared_slots(utc("2026-11-30 17:00"), (CHICAGO, madrid))
    assert first == utc("2026-12-01 15:00")
    assert (second, third) == (first + timedelta(days=1), first + timedelta(days=2))


def test_people_whose_days_never_meet_are_offered_nothing() -> None:
    assert shared_slots(utc("2026-11-30 17:00"), (CHICAGO, Calendar(tz="Asia/Tokyo"))) == ()
