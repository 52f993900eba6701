"""Stepping out: until when, and how soon others are asked."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain import stepouts as stepping
from bot.domain.localtime import Calendar
from bot.domain.stepouts import HowLong
from tests.domain.zones import utc

CHICAGO = Calendar(tz="America/Chicago")


@pytest.mark.parametrize(
    ("now", "how_long", "until"),
    [
        ("2027-01-12 16:00", HowLong.TEN_MINUTES, "2027-01-12 16:10"),
        ("2027-01-12 16:00", HowLong.AN_HOUR, "2027-01-12 17:00"),
        ("2027-01-12 16:00", HowLong.TODAY, "2027-01-12 23:00"),
        ("2027-01-12 22:30", HowLong.TODAY, "2027-01-12 23:30"),
        ("2027-01-13 02:00", HowLong.TODAY, "2027-01-13 03:00"),
    ],
)
def test_somebody_is_back_when_they_said(now: str, how_long: HowLong, until: str) -> None:
    assert stepping.until(utc(now), how_long, CHICAGO) == utc(until)


def test_others_are_asked_after_ten_minutes_or_not_at_all() -> None:
    now = utc("2027-01-12 16:00")
    assert stepping.lapses_at(now, now + timedelta(hours=1)) == now + timedelta(minutes=10)
    assert stepping.lapses_at(now, now + timedelta(minutes=4)) == now + timedelta(minutes=4)
