"""A team's huddle: when it is called, who may be in, when it begins and is over, and where people meet."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.domain import huddles
from bot.domain.huddles import Huddle, HuddleState, Purpose, Rooms
from bot.domain.localtime import Calendar
from bot.domain.members import PersonRef, Team, TeamState
from bot.domain.notices import Kind
from tests.domain.zones import utc

NEW_YORK = Calendar(tz="America/New_York", days_off=frozenset({date(2027, 1, 18)}))
BOSS, LEADER, ANA = (PersonRef(name) for name in ("boss", "leader", "ana"))
TEAM = Team(
    team_id="t",
    name="Intake",
    tz="America/New_York",
    state=TeamState.STARTED,
    supervisor=BOSS,
    leader=LEADER,
    channel_id="C",
)
TEN = utc("2027-01-15 15:00")
HUDDLE = Huddle(
    huddle_id="h",
    team_id="t",
    channel_id="C",
    purpose=Purpose.GOOD,
    starts_at=TEN,
    open_until=TEN + timedelta(hours=1),
)


def test_it_is_called_by_a_team_that_has_started_and_has_a_channel() -> None:
    assert huddles.can_be_called(TEAM)
    assert not huddles.can_be_called(replace(TEAM, channel_id=None))
    assert not huddles.can_be_called(replace(TEAM, state=TeamState.DRAFT))


@pytest.mark.parametrize(
    ("now", "starts", "until", "why"),
    [
        ("2027-01-15 15:00", "2027-01-15 15:00", "2027-01-15 16:00", None),
        ("2027-01-15 16:20", "2027-01-15 16:20", "2027-01-15 17:00", None),
        ("2027-01-15 16:40", "2027-01-15 19:00", "2027-01-15 20:00", "lunch"),
        ("2027-01-15 11:00", "2027-01-15 14:00", "2027-01-15 15:00", "night"),
        ("2027-01-14 21:45", "2027-01-15 14:00", "2027-01-15 15:00", "night"),
        ("2027-01-15 21:45", "2027-01-19 14:00", "2027-01-19 15:00", "night"),
        ("2027-01-18 15:00", "2027-01-19 14:00", "2027-01-19 15:00", "day_off"),
    ],
)
def test_it_is_called_at_once_or_when_the_next_stretch_of_work_begins(
    now: str, starts: str, until: str, why: str | None
) -> None:
    called = huddles.called_for(utc(now), NEW_YORK)
    assert called == (utc(starts), utc(until))
    assert huddles.why_later(utc(now), called[0], NEW_YORK) == why


def test_its_card_goes_to_the_channel_and_names_nobody() -> None:
    card = huddles.call(replace(HUDDLE, starter=ANA))
    assert (card.kind, card.to, card.channel) == (Kind.HUDDLE, None, "C")
    assert (card.due_at, card.expires_at) == (HUDDLE.starts_at, HUDDLE.open_until)
    assert ANA not in str(card)


@pytest.mark.parametrize(
    ("person", "along", "is_member", "why"),
    [
        (ANA, False, True, None),
        (ANA, True, False, "elsewhere"),
        (BOSS, False, True, "in_charge"),
        (BOSS, True, False, None),
        (LEADER, True, True, "in_charge"),
    ],
)
def test_whoever_is_in_charge_stays_away_unless_asked_along(
    person: PersonRef, along: bool, is_member: bool, why: str | None
) -> None:
    assert huddles.why_not(replace(HUDDLE, with_supervisor=along), TEAM, person, is_member=is_member) == why


def test_it_begins_with_the_second_person_and_stays_what_it_was_before() -> None:
    assert huddles.after_joining(HuddleState.OPEN, 1) is HuddleState.OPEN
    assert huddles.after_joining(HuddleState.OPEN, 2) is HuddleState.GOING
    assert huddles.after_joining(HuddleState.GOING, 3) is HuddleState.GOING


def test_it_is_over_twenty_minutes_after_it_begins() -> None:
    half_past = TEN + timedelta(minutes=30)
    assert huddles.over_at(HUDDLE, TEN) == TEN + timedelta(minutes=20)
    assert huddles.over_at(replace(HUDDLE, begins_at=half_past), TEN) == half_past + timedelta(minutes=20)


def test_slack_s_own_huddle_is_used_unless_an_address_is_given() -> None:
    assert (Rooms().for_two("a"), Rooms().for_team("a")) == (None, None)


def test_each_meeting_has_a_room_of_its_own() -> None:
    rooms = Rooms(address="https://meet.example.org/{room}?lang=es")
    assert rooms.for_two("a1b2") == "https://meet.example.org/a1b2?lang=es"
    assert rooms.for_team("c3d4") == "https://meet.example.org/c3d4?lang=es"


def test_two_people_are_never_sent_to_the_one_room_of_everybody() -> None:
    rooms = Rooms(address="https://meet.example.org/agency")
    assert rooms.for_two("a1b2") is None
    assert rooms.for_team("a1b2") == "https://meet.example.org/agency"
