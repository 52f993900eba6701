from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from bot.domain.localtime import WEDNESDAY, allowed_slots
from bot.domain.members import (
    TERMS_VERSION,
    Length,
    Member,
    Person,
    PersonRef,
    Preferences,
    Team,
    TeamState,
)
from tests.domain.zones import utc

NOW = utc("2026-11-25 15:00")


def test_the_default_is_wednesday_at_ten_with_two_questions_and_no_consent() -> None:
    chosen = Preferences()
    assert (chosen.weekday, chosen.local_time, chosen.length) == (WEDNESDAY, time(10), Length.DEFAULT)
    assert chosen.local_time in allowed_slots(chosen.weekday)
    assert (chosen.accepted, chosen.paused_at(NOW), chosen.stopped) == (False, False, False)


@pytest.mark.parametrize(
    ("chosen", "paused"),
    [
        (Preferences(paused=True), True),
        (Preferences(paused=True, paused_until=NOW + timedelta(microseconds=1)), True),
        (Preferences(paused=True, paused_until=NOW), False),
        (Preferences(paused=False, paused_until=NOW + timedelta(days=1)), False),
    ],
)
def test_a_pause_lasts_until_its_end_or_for_good(chosen: Preferences, paused: bool) -> None:
    assert chosen.paused_at(NOW) is paused


@pytest.mark.parametrize(
    ("quiet_from", "quiet_until", "end"),
    [
        (NOW, NOW + timedelta(hours=1), NOW + timedelta(hours=1)),
        (NOW - timedelta(hours=1), NOW, None),
        (NOW + timedelta(seconds=1), NOW + timedelta(hours=1), None),
        (None, NOW + timedelta(hours=1), None),
        (NOW, None, None),
    ],
)
def test_do_not_disturb_is_half_open(
    quiet_from: datetime | None, quiet_until: datetime | None, end: datetime | None
) -> None:
    person = Person(ref=PersonRef("ana"), tz="Etc/UTC", quiet_from=quiet_from, quiet_until=quiet_until)
    assert person.quiet_end(NOW) == end


def test_who_sees_what_is_told_again_when_its_terms_change() -> None:
    assert Preferences(accepted_version=TERMS_VERSION).accepted
    assert not Preferences(accepted_version=TERMS_VERSION - 1).accepted


@pytest.mark.parametrize(
    ("state", "promised_on", "waits"),
    [
        (TeamState.DRAFT, None, False),
        (TeamState.AWAITING_PROMISE, None, True),
        (TeamState.STARTED, None, True),
        (TeamState.STARTED, date(2026, 11, 23), False),
    ],
)
def test_a_team_past_its_draft_waits_for_a_promise_that_nobody_gave(
    state: TeamState, promised_on: date | None, waits: bool
) -> None:
    team = Team(team_id="t", name="Intake", tz="Etc/UTC", state=state, promised_on=promised_on)
    assert team.waits_for_promise is waits


def test_a_member_is_known_by_their_pseudonym() -> None:
    assert Member(person=Person(ref=PersonRef("ana"), tz="Etc/UTC")).ref == "ana"
