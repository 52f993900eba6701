"""Public holidays by country and region, on which nothing is sent, and people's working calendars."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache

import holidays

from bot.domain.localtime import Calendar, local
from bot.domain.members import Member, Team


@lru_cache(maxsize=256)
def days_off(country: str, region: str | None, year: int) -> frozenset[date]:
    """Public holidays of a year and its neighbours; none for a country that is not known.

    A region that is not known is passed over: the country's own holidays hold there all the same.
    """
    years = range(year - 1, year + 2)
    try:
        return frozenset(holidays.country_holidays(country, subdiv=region, years=years))
    except NotImplementedError:
        return days_off(country, None, year) if region else frozenset()


@lru_cache(maxsize=1)
def regions() -> Mapping[tuple[str, str], str]:
    """Names of the parts of countries that have holidays of their own, as people there write them.

    By country and region, as they are kept. Left out are those that nobody has named, only numbered.
    """
    found = {}
    for country, codes in holidays.list_supported_countries(include_aliases=False).items():
        named = holidays.country_holidays(country).get_subdivision_aliases() if codes else {}
        for code in codes:
            name = next(iter(named.get(code) or (code,)))
            if len(name) > len("GP") and not name.isdigit():
                found[country, code] = name
    return found


def calendar_of(member: Member, now: datetime) -> Calendar:
    """Somebody's working calendar around now, with their leave: for what is sent to them alone."""
    known = known_calendar_of(member, now)
    return replace(known, leave=member.leave) if member.leave else known


def known_calendar_of(member: Member, now: datetime) -> Calendar:
    """Somebody's working calendar as others may know it: without their leave, which is theirs alone."""
    return calendar(member.person.tz, member.country, now, region=member.region)


def calendar_of_team(team: Team, now: datetime) -> Calendar:
    """The working calendar around now of a team's channel."""
    return calendar(team.tz, team.country, now, region=team.region)


def calendar(tz: str, country: str, now: datetime, *, region: str | None = None) -> Calendar:
    """The working calendar around now of a place in that zone, country and region."""
    return Calendar(tz=tz, days_off=days_off(country, region, local(now, tz).year))
