from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.localtime import Calendar, instant, next_working
from bot.domain.members import PersonRef
from bot.domain.notices import URGENCY, Kind, notice
from tests.domain.zones import utc

ANA, BEN = PersonRef("a" * 64), PersonRef("b" * 64)
NOW = utc("2026-11-25 15:00")
ORDINARY = 1


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


def test_what_one_person_asked_of_another_goes_before_check_ins_and_those_before_weekly_messages() -> None:
    asks = {URGENCY[kind] for kind in Kind if kind.startswith("ask")}
    assert max(asks) < URGENCY.get(Kind.CHECKIN, ORDINARY) < URGENCY[Kind.WEEKLY]
