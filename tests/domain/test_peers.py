from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.localtime import Calendar, local, next_working, working_spans
from bot.domain.members import PersonRef
from bot.domain.peers import (
    ENDED,
    KNOWN_TO_BOTH,
    LAPSES_AFTER,
    MINUTES,
    NOT_YET_KNOWN,
    RUNNING,
    TELLS_AFTER,
    Half,
    Help,
    Request,
    RequestState,
    Wanted,
    When,
    Where,
    decides_by,
    follow_up_at,
    free,
    have_time_together,
    lapses_at,
    tells_at,
    week_on,
    window_end,
)
from tests.domain.zones import minutes, utc, zones

ANA, BEN = PersonRef("ana"), PersonRef("ben")
UTC_DAYS = Calendar(tz="Etc/UTC")
LOS_ANGELES = Calendar(tz="America/Los_Angeles")
MADRID = Calendar(tz="Europe/Madrid")
BOTH_HALVES = frozenset(Half)
MONDAY = "2027-01-04"


def request(state: RequestState, peer: PersonRef | None = BEN) -> Request:
    until_at = utc(f"{MONDAY} 17:00")
    wanted = Wanted(help=Help.LISTEN, where=Where.OUTSIDE, language=None, until_at=until_at)
    return Request(
        request_id="r", asker=ANA, asked_on=date(2027, 1, 4), wanted=wanted, state=state, peer=peer
    )


@pytest.mark.parametrize("state", sorted(RUNNING - KNOWN_TO_BOTH))
def test_a_peer_never_learns_who_asked_before_both_agreed(state: RequestState) -> None:
    assert request(state).other(BEN) is None


@pytest.mark.parametrize("state", [RequestState.SEARCHING, RequestState.NOBODY])
def test_who_asked_learns_no_name_before_somebody_said_yes(state: RequestState) -> None:
    assert request(state).other(ANA) is None


def test_who_asked_sees_the_name_first_and_then_both_do() -> None:
    assert request(RequestState.FOUND).other(ANA) == BEN
    for state in sorted(KNOWN_TO_BOTH):
        assert request(state).other(ANA) == BEN
        assert request(state).other(BEN) == ANA


def test_nobody_else_learns_anything() -> None:
    assert all(request(state).other(PersonRef("cam")) is None for state in RequestState)


def test_every_state_runs_or_has_ended_and_is_known_or_not_yet() -> None:
    assert frozenset(RequestState) == RUNNING | ENDED
    assert frozenset(RequestState) == KNOWN_TO_BOTH | NOT_YET_KNOWN | ENDED
    assert not KNOWN_TO_BOTH & NOT_YET_KNOWN


@pytest.mark.parametrize(
    ("now", "when", "expected"),
    [
        (f"{MONDAY} 09:30", When.NOW, f"{MONDAY} 11:30"),
        (f"{MONDAY} 11:30", When.NOW, f"{MONDAY} 15:30"),
        (f"{MONDAY} 23:10", When.NOW, "2027-01-05 11:00"),
        (f"{MONDAY} 09:30", When.TODAY, f"{MONDAY} 17:00"),
        (f"{MONDAY} 18:00", When.TODAY, "2027-01-05 17:00"),
        (f"{MONDAY} 09:30", When.THIS_WEEK, "2027-01-08 17:00"),
        ("2027-01-08 16:30", When.THIS_WEEK, "2027-01-08 17:00"),
        ("2027-01-08 17:30", When.THIS_WEEK, "2027-01-15 17:00"),
    ],
)
def test_it_should_have_happened_by_the_end_of_what_was_asked_for(
    now: str, when: When, expected: str
) -> None:
    assert window_end(utc(now), when, UTC_DAYS) == utc(expected)


@pytest.mark.parametrize(
    ("now", "lapses", "tells"),
    [
        (f"{MONDAY} 09:30", f"{MONDAY} 10:15", f"{MONDAY} 11:30"),
        (f"{MONDAY} 11:30", f"{MONDAY} 14:15", f"{MONDAY} 15:30"),
        ("2027-01-08 16:30", "2027-01-11 09:15", "2027-01-11 10:30"),
    ],
)
def test_time_outs_count_working_time(now: str, lapses: str, tells: str) -> None:
    assert lapses_at(utc(now), UTC_DAYS) == utc(lapses)
    assert tells_at(utc(now), UTC_DAYS) == decides_by(utc(now), UTC_DAYS) == utc(tells)


def test_whether_they_met_is_asked_on_the_next_working_day() -> None:
    assert follow_up_at(utc("2027-01-08 15:00"), UTC_DAYS) == utc("2027-01-11 15:00")


@given(minutes, zones, st.sampled_from(When))
def test_there_is_always_working_time_left_in_a_window(now: datetime, tz: str, when: When) -> None:
    calendar = Calendar(tz=tz)
    assert free(calendar, BOTH_HALVES, now, window_end(now, when, calendar))


@given(minutes, zones)
def test_a_colleague_has_time_to_answer_before_other_ways_are_told(now: datetime, tz: str) -> None:
    calendar = Calendar(tz=tz)
    begins = next_working(now, calendar)
    assert lapses_at(begins, calendar) < tells_at(begins, calendar)
    assert LAPSES_AFTER < TELLS_AFTER


@given(minutes, zones, st.integers(0, 14))
def test_half_days_make_up_the_working_time(now: datetime, tz: str, days: int) -> None:
    calendar, until = Calendar(tz=tz), now + timedelta(days=days)
    halves = [free(calendar, frozenset({half}), now, until) for half in Half]
    assert tuple(sorted(halves[0] + halves[1])) == working_spans(calendar, now, until)
    assert all(now <= begin < end <= until for begin, end in working_spans(calendar, now, until))
    assert all(local(begin, tz).hour < 12 for begin, _ in halves[0])


def test_people_far_apart_may_share_no_working_time() -> None:
    start, until = utc("2027-01-04 00:00"), utc("2027-01-09 00:00")
    west, east = (free(place, BOTH_HALVES, start, until) for place in (LOS_ANGELES, MADRID))
    assert not have_time_together(west, east)
    assert have_time_together(west, west)


@given(minutes, minutes, st.integers(1, 240))
def test_time_together_is_the_same_for_both(one: datetime, other: datetime, lasting: int) -> None:
    mine = ((one, one + timedelta(hours=3)),)
    theirs = ((other, other + timedelta(hours=3)),)
    assert have_time_together(mine, theirs, lasting) == have_time_together(theirs, mine, lasting)
    assert have_time_together(mine, mine, lasting) == (lasting <= 180)


def test_half_an_hour_is_enough_and_less_is_not() -> None:
    at = datetime(2027, 1, 4, 9, tzinfo=UTC)
    mine = ((at, at + timedelta(hours=3)),)
    late = at + timedelta(hours=3) - timedelta(minutes=MINUTES)
    assert have_time_together(mine, ((late, late + timedelta(hours=1)),))
    assert not have_time_together(mine, ((late + timedelta(minutes=1), late + timedelta(hours=1)),))


def test_sides_of_a_team() -> None:
    assert Where.EITHER.suits(same_team=True)
    assert Where.EITHER.suits(same_team=False)
    assert Where.INSIDE.suits(same_team=True)
    assert not Where.INSIDE.suits(same_team=False)
    assert Where.OUTSIDE.suits(same_team=False)
    assert not Where.OUTSIDE.suits(same_team=True)


def test_a_week_begins_on_its_monday() -> None:
    assert week_on(date(2027, 1, 4)) == week_on(date(2027, 1, 10)) == date(2027, 1, 4)


def test_two_are_asked_at_a_time_once_somebody_was_asked_in_vain() -> None:
    assert request(RequestState.SEARCHING).at_a_time() == 1
    assert replace(request(RequestState.SEARCHING), two_at_once=True).at_a_time() == 2
