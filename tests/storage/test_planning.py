from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.checkins import Outlook, Reason, Standing, State
from bot.domain.members import Person, PersonRef, Team, TeamState
from storage import checkins, members, planning, rules, teams, workspaces
from storage.database import Tx
from storage.rules import RuleKind

JOINED = datetime(2026, 10, 28, 15, tzinfo=UTC)
EPOCH = date(2026, 11, 2)
NOW = datetime(2026, 11, 16, 15, tzinfo=UTC)  # Monday of week 2


@pytest.fixture
def member(tx: Tx, ana: PersonRef) -> PersonRef:
    """Ana in a started team of nine, with check-ins."""
    workspaces.set_epoch(tx, EPOCH)
    teams.save(tx, Team(team_id="t", name="Intake", tz="America/Chicago", state=TeamState.STARTED))
    for user_id in ("U0ANA", *(f"U{n}" for n in range(8))):
        members.put(tx, user_id, Person(ref=tx.ref(user_id), tz="America/Chicago"))
        teams.join(tx, "t", tx.ref(user_id), JOINED)
    rules.begin(tx, ana, RuleKind.CHECKIN, JOINED, None)
    return ana


def test_planning_looks_at_the_person_their_choices_and_their_group(tx: Tx, member: PersonRef) -> None:
    members.choose(tx, member, weekday=1)
    rules.set_standing(tx, member, Standing(run=2))
    found = planning.situation(tx, member, NOW)
    assert found is not None
    assert (found.person, found.preferences.weekday, found.standing) == (
        members.get(tx, member),
        1,
        Standing(run=2),
    )
    assert (found.epoch_on, found.small, found.calendar.tz) == (EPOCH, False, "America/Chicago")
    assert date(2026, 11, 26) in found.calendar.days_off


def test_a_group_too_small_for_words_is_planned_as_small(tx: Tx, member: PersonRef) -> None:
    for n in range(2):
        teams.leave(tx, tx.ref(f"U{n}"), JOINED)
    found = planning.situation(tx, member, NOW)
    assert found is not None
    assert found.small


def test_nothing_is_planned_for_somebody_who_left(tx: Tx, member: PersonRef) -> None:
    members.put(tx, "U0ANA", Person(ref=member, tz="America/Chicago", active=False))
    assert planning.situation(tx, member, NOW) is None
    assert planning.next_checkin(tx, member, NOW) is None


def test_nothing_is_planned_without_a_team(tx: Tx, member: PersonRef) -> None:
    teams.leave(tx, member, JOINED)
    assert planning.situation(tx, member, NOW) is None


def test_nothing_is_planned_before_the_workspace_has_a_first_monday(tx: Tx, ana: PersonRef) -> None:
    members.put(tx, "U0ANA", Person(ref=ana, tz="America/Chicago"))
    teams.save(tx, Team(team_id="t", name="Intake", tz="America/Chicago", state=TeamState.STARTED))
    teams.join(tx, "t", ana, JOINED)
    rules.begin(tx, ana, RuleKind.CHECKIN, JOINED, None)
    assert planning.situation(tx, ana, NOW) is None


def test_nothing_comes_to_somebody_without_check_ins(tx: Tx, member: PersonRef) -> None:
    rules.end(tx, member, RuleKind.CHECKIN)
    assert planning.next_checkin(tx, member, NOW) is None


def test_of_several_people_those_are_left_out_for_whom_nothing_is_planned(tx: Tx, member: PersonRef) -> None:
    one, other = tx.ref("U0"), tx.ref("U1")
    rule = rules.get(tx, member, RuleKind.CHECKIN)
    assert rule is not None
    teams.leave(tx, other, JOINED)
    found = planning.situations(tx, dict.fromkeys((member, one, other), rule), NOW)
    assert set(found) == {member, one}
    assert found[member] == planning.situation(tx, member, NOW)
    assert planning.situations(tx, {}, NOW) == {}


def test_the_next_check_in_is_this_week_s_until_it_was_dealt_with(tx: Tx, member: PersonRef) -> None:
    this_week, next_week = (datetime(2026, 11, day, 16, tzinfo=UTC) for day in (18, 25))
    assert planning.next_checkin(tx, member, NOW) == Outlook(at=this_week)
    checkins.add(tx, member, 2, State.PLANNED)
    assert planning.next_checkin(tx, member, NOW) == Outlook(at=this_week)
    checkins.move(tx, member, 2, (State.PLANNED,), State.ANSWERED)
    assert planning.next_checkin(tx, member, NOW) == Outlook(at=next_week)


def test_the_first_day_is_told_until_a_first_card_has_come(tx: Tx, member: PersonRef) -> None:
    def told() -> date | None:
        return planning.first_on(tx, members.known(tx, member, NOW), NOW)

    assert told() == date(2026, 11, 18)
    checkins.add(tx, member, 2, State.PLANNED)
    assert told() == date(2026, 11, 18)
    checkins.set_newest_card(tx, member, 2, "D1", "1.0")
    assert told() is None


def test_somebody_paused_hears_why_no_check_in_comes(tx: Tx, member: PersonRef) -> None:
    members.choose(tx, member, paused=True)
    assert planning.next_checkin(tx, member, NOW) == Outlook(why_none=Reason.PAUSED, this_week=Reason.PAUSED)
    members.choose(tx, member, paused_until=NOW + timedelta(days=7))
    assert planning.next_checkin(tx, member, NOW) == Outlook(
        at=datetime(2026, 11, 25, 16, tzinfo=UTC), this_week=Reason.PAUSED
    )
