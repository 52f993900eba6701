"""Public holidays by country, on which nothing is sent."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache

import holidays

from bot.domain.localtime import Calendar, local
from bot.domain.members import Member


@lru_cache(maxsize=256)
def days_off(country: str, year: int) -> frozenset[date]:
    """A country's public holidays of a year and its neighbours; none for a country that is not known."""
    try:
        return frozenset(holidays.country_holidays(country, years=range(year - 1, year + 2)))
    except NotImplementedError:
        return frozenset()


def calendar_of(member: Member, now: datetime) -> Calendar:
    """Somebody's working calendar around now."""
    return calendar(member.person.tz, member.country, now)


def calendar(tz: str, country: str, now: datetime) -> Calendar:
    """The working calendar around now of a place in that zone and country."""
    return Calendar(tz=tz, days_off=days_off(country, local(now, tz).year))
