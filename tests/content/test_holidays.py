"""Public holidays by country and region, and whose calendar says what."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from bot.content.holidays import calendar_of, calendar_of_team, days_off, known_calendar_of, regions
from bot.domain.leave import Span
from bot.domain.members import Member, Person, PersonRef, Team

CHAVEZ, BENITO = date(2027, 3, 31), date(2027, 3, 15)
NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
AWAY = (Span(first_on=date(2027, 3, 2), last_on=date(2027, 3, 4)),)


def member(region: str | None = "CA") -> Member:
    person = Person(ref=PersonRef("ana"), tz="America/Los_Angeles")
    return Member(person=person, country="US", region=region, leave=AWAY)


def test_a_region_has_holidays_of_its_own() -> None:
    assert CHAVEZ in days_off("US", "CA", 2027)
    assert CHAVEZ not in days_off("US", None, 2027)
    assert date(2027, 7, 5) in days_off("US", "CA", 2027) & days_off("US", None, 2027)
    assert BENITO in days_off("MX", None, 2027)


@pytest.mark.parametrize("region", ["XX", "Atlantis", ""])
def test_a_region_nobody_knows_has_its_country_s_holidays(region: str) -> None:
    assert days_off("US", region, 2027) == days_off("US", None, 2027)


def test_a_country_nobody_knows_has_none() -> None:
    assert days_off("ZZ", None, 2027) == days_off("ZZ", "CA", 2027) == frozenset()


def test_every_region_that_is_offered_is_known_and_has_a_name() -> None:
    assert len(regions()) > 500
    assert {("US", "CA"), ("CA", "QC"), ("ES", "CT")} <= set(regions())
    for (country, region), name in regions().items():
        assert days_off(country, region, 2027)
        assert not name.isdigit()
        assert len(name) > 2


def test_leave_is_in_the_person_s_own_calendar_alone() -> None:
    assert calendar_of(member(), NOW).leave == AWAY
    assert known_calendar_of(member(), NOW).leave == ()
    assert CHAVEZ in known_calendar_of(member(), NOW).days_off
    assert CHAVEZ not in calendar_of(member(None), NOW).days_off


def test_a_channel_has_its_team_s_holidays() -> None:
    team = Team(team_id="t", name="Norte", tz="America/Los_Angeles", region="CA")
    assert CHAVEZ in calendar_of_team(team, NOW).days_off
