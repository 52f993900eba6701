"""Zones and instants for the properties: every zone there is, over years that hold a leap day."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import available_timezones

from hypothesis import strategies as st

ALL_ZONES = sorted(available_timezones() - {"localtime", "Factory"})

zones = st.sampled_from(ALL_ZONES)
minutes = st.datetimes(datetime(2024, 1, 1), datetime(2032, 12, 31), timezones=st.just(UTC)).map(  # noqa: DTZ001
    lambda at: at.replace(second=0, microsecond=0)
)


def utc(text: str) -> datetime:
    """An instant written as UTC wall clock: "2026-03-08 07:30"."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
