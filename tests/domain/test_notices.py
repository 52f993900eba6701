from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.localtime import Calendar, instant, next_working
from bot.domain.members import PersonRef
from bot.domain.notices import KEPT_WAITING, Kind, Pace, kept_until, notice, urgency
from tests.domain.zones import utc

ANA, BEN = PersonRef("a" * 64), PersonRef("b" * 64)
NOW = utc("2026-11-25 15:00")


@given(
    st.sampled_from(Kind),
    st.sampled_from([ANA, BEN]),
    st.sampled_from(["w1", "w2"]),
    st.sampled_from(Kind),
    st.sampled_from([ANA, BEN]),
    st.sampled_from(["w1", "w2"]),
)
def test_two_notices_are_one_when_kind_reader_and_matter_are_the_same(
    kind: Kind, to: PersonRef, about: str, other_kind: Kind, other_to: PersonRef, other_about: str
) -> None:
    first, second = notice(kind, to, about, NOW), notice(other_kind, other_to, other_about, NOW)
    same = (kind, to, about) == (other_kind, other_to, other_about)
    assert (first.dedupe_key == second.dedupe_key) == same


def test_the_same_notice_planned_later_is_still_the_same() -> None:
    later = notice(Kind.CHECKIN, ANA, "w1", NOW + timedelta(days=1), facts={"week": 1})
    assert later.dedupe_key == notice(Kind.CHECKIN, ANA, "w1", NOW).dedupe_key


def test_a_notice_to_a_channel_is_told_apart_by_the_channel() -> None:
    keys = {notice(Kind.PIN, None, "team", NOW, channel=channel).dedupe_key for channel in ("C1", "C2")}
    assert len(keys) == 2


def test_a_notice_carries_its_facts_and_nothing_else() -> None:
    assert notice(Kind.ASK, ANA, "a1", NOW, facts={"ask": "a1"}).facts == {"ask": "a1"}
    assert notice(Kind.ASK, ANA, "a1", NOW).facts == {}


def test_a_notice_with_an_end_of_its_own_keeps_it() -> None:
    closes_at = NOW + timedelta(hours=3)
    assert notice(Kind.CHECKIN, ANA, "w1", NOW, expires_at=closes_at).expires_at == closes_at


@pytest.mark.parametrize("off", [(), (date(2026, 11, 30),), (date(2026, 11, 30), date(2026, 12, 1))])
def test_what_is_due_on_a_friday_evening_is_still_worth_sending_after_the_holidays(
    off: tuple[date, ...],
) -> None:
    friday_evening = instant(date(2026, 11, 27), time(17, 30), "America/Chicago")
    calendar = Calendar(tz="America/Chicago", days_off=frozenset(off))
    assert next_working(friday_evening, calendar) < notice(Kind.ASK, ANA, "a1", friday_evening).expires_at


def test_what_people_ask_of_each_other_goes_before_check_ins_and_those_before_what_supervisors_read() -> None:
    asks = {urgency(kind) for kind in Kind if kind.startswith("ask")}
    digests = {urgency(Kind.WEEKLY), urgency(Kind.TEAM_POST)}
    assert max(asks) < urgency(Kind.CHECKIN) == urgency(Kind.FIRST_CONTACT) < min(digests)


def test_after_a_rest_a_short_burst_goes_out_at_once_and_then_the_pace_holds() -> None:
    pace = Pace(per_minute=240)
    assert pace.room(None, NOW) == pace.room(NOW - timedelta(days=9), NOW) == 21
    next_at = pace.after(None, NOW, 21)
    assert pace.room(next_at, NOW) == 0
    assert pace.room(next_at, NOW + timedelta(milliseconds=249)) == 0
    assert pace.room(next_at, NOW + timedelta(milliseconds=250)) == 1
    assert pace.room(next_at, NOW + timedelta(seconds=2)) == 8


@given(
    st.integers(1, 1000),
    st.lists(st.tuples(st.integers(0, 90_000), st.integers(0, 40)), max_size=60),
)
def test_in_no_minute_more_goes_out_than_the_pace_and_one_burst(
    per_minute: int, beats: list[tuple[int, int]]
) -> None:
    """beats: milliseconds since the one before, and how many are wanted then."""
    pace, next_at, now, sent = Pace(per_minute=per_minute), None, NOW, []
    for after, wanted in beats:
        now += timedelta(milliseconds=after)
        many = min(wanted, pace.room(next_at, now))
        next_at = pace.after(next_at, now, many)
        sent.append((now, many))
    burst = per_minute // 12 + 1
    for begin, _ in sent:
        in_minute = sum(many for at, many in sent if begin <= at < begin + timedelta(minutes=1))
        assert in_minute <= per_minute + burst


@given(st.integers(1, 1000), st.integers(1, 5_000))
def test_with_a_beat_each_second_nothing_of_the_pace_is_lost(per_minute: int, wanted: int) -> None:
    pace, next_at, now, left = Pace(per_minute=per_minute), None, NOW, wanted
    while left:
        many = min(left, pace.room(next_at, now))
        next_at, left = pace.after(next_at, now, many), left - many
        now += timedelta(seconds=1)
    assert now - NOW <= timedelta(minutes=wanted / per_minute) + timedelta(seconds=2 + 60 / per_minute)


def test_a_notice_that_cannot_arrive_yet_is_kept_for_a_week_from_when_it_can() -> None:
    ends, back = NOW + KEPT_WAITING, NOW + timedelta(days=30)
    assert kept_until(ends, NOW, NOW) == ends
    assert kept_until(ends, NOW + timedelta(days=1), NOW) == ends + timedelta(days=1)
    assert kept_until(ends, back, NOW) == back + KEPT_WAITING
    assert kept_until(back, NOW + timedelta(days=1), NOW) == back
