"""Random people whose weeks are planned, and planning as one would write it for one person at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from hypothesis import strategies as st

from bot.content.holidays import calendar_of
from bot.domain import checkins as deciding
from bot.domain.checkins import Send, Situation, Skip, Standing, State
from bot.domain.groups import partition
from bot.domain.leave import Span
from bot.domain.localtime import FRIDAY, allowed_slots, closing_at, local, week_of
from bot.domain.members import Person, PersonRef, Team, TeamState, Unit
from bot.domain.notices import Kind, notice
from storage import (
    checkins,
    digests,
    leave,
    members,
    outbox,
    rules,
    teams,
    timers,
    workspaces,
)
from storage.database import Tx
from storage.rules import RuleKind
from storage.schema import memberships, people
from tests.domain.zones import zones
from tests.schedules.agency import EPOCH, STARTED_AT

BEGAN_AT = STARTED_AT - timedelta(days=60)
CHECKIN = RuleKind.CHECKIN
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FIRST_SLOT_ANYWHERE = "Pacific/Kiritimati"
"""Where a Monday is nine o'clock first."""
TEAMS = (
    Team(team_id="large", name="Large", tz="America/Chicago", state=TeamState.STARTED),
    Team(team_id="small", name="Small", tz="Europe/Madrid", country="ES", state=TeamState.STARTED),
    Team(team_id="one", name="One", tz="America/Denver", unit_id="u", pooled=True, state=TeamState.STARTED),
    Team(team_id="two", name="Two", tz="America/Denver", unit_id="u", pooled=True, state=TeamState.STARTED),
    Team(team_id="draft", name="Draft", tz="America/Chicago"),
)
OTHERS = {"large": 8, "small": 2, "one": 4, "two": 4, "draft": 9}
"""People on a team who get no check-ins, so that it has its size."""

team_ids = st.sampled_from(["large", "small", "one", "two", "large", "one", "draft", None])

Week = tuple[int, State]


@dataclass(frozen=True, slots=True, kw_only=True)
class Somebody:
    """One person with all that planning looks at. weeks: what is recorded of them, oldest first."""

    person: Person
    team_id: str | None
    slot: tuple[int, time]
    paused: bool
    paused_until: datetime
    stopped: bool
    chose: bool
    away: Span | None
    standing: Standing
    since: datetime
    look_at: datetime
    weeks: tuple[Week, ...]
    rostered: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """Several of them at one instant, before the first period or in one."""

    now: datetime
    in_period: bool
    people: tuple[Somebody, ...]


weeks, quarters = st.integers(-1, 15), st.integers(8 * 4, 24 * 4 - 1)
weekdays = st.sampled_from([3, 2, 4, 3, 2, 4, 1, 0, 6])
moments = st.tuples(weeks, weekdays, quarters).map(
    lambda at: datetime.combine(EPOCH, time(), UTC) + at[0] * 7 * DAY + at[1] * DAY + at[2] * HOUR / 4
)
slots = st.integers(0, FRIDAY).flatmap(
    lambda weekday: st.tuples(st.just(weekday), st.sampled_from(allowed_slots(weekday)))
)
rarely = st.integers(0, 6).map(lambda n: n == 6)  # shrinks to what is usual
standings = st.builds(
    Standing, spells=st.sampled_from([0, 0, 0, 1, 2]), quiet_until_week=st.sampled_from([0, 0, 0, 5, 20])
)


def newest_possible(now: datetime) -> int:
    """The newest week that may be recorded for somebody, who may have travelled since."""
    return week_of(EPOCH, local(now - 9 * HOUR, FIRST_SLOT_ANYWHERE).date())


def _up_to(newest: int, states: Sequence[State]) -> tuple[Week, ...]:
    first = max(0, newest - len(states) + 1)
    return tuple(zip(range(first, newest + 1), states, strict=False))


@st.composite
def somebodies(draw: st.DrawFn, number: int, now: datetime) -> Somebody:
    around = st.integers(-10 * 24, 10 * 24).map(lambda hours: now + hours * HOUR)
    quiet_from = draw(around)
    on = now.date() + draw(st.integers(-5, 5)) * DAY
    newest = newest_possible(now) - draw(st.sampled_from([1, 1, 1, 0, 2, 4]))
    person = Person(
        ref=PersonRef(f"p{number}"),
        tz=draw(zones),
        active=not draw(rarely),
        quiet_from=quiet_from,
        quiet_until=quiet_from + draw(st.integers(0, 40)) * HOUR,
        on_vacation=draw(rarely),
        vacation_until=draw(st.none() | around),
    )
    return Somebody(
        person=person,
        team_id=draw(team_ids),
        slot=draw(slots),
        paused=draw(rarely),
        paused_until=draw(around),
        stopped=draw(rarely),
        chose=draw(st.booleans()),
        away=Span(first_on=on, last_on=on + draw(st.integers(0, 9)) * DAY) if draw(rarely) else None,
        standing=draw(standings),
        since=now - draw(st.sampled_from([12 * 7, 9 * 7, 20, 2])) * DAY,
        look_at=now + -draw(st.sampled_from([0, 1, 30, 60, 200, -12])) * HOUR,
        weeks=_up_to(newest, draw(st.lists(st.sampled_from(sorted(State)), min_size=3, max_size=6))),
        rostered=draw(st.sampled_from(["large", None, "one", None])),
    )


@st.composite
def crowds(draw: st.DrawFn) -> Crowd:
    now = draw(moments)
    everybody = tuple(draw(somebodies(number, now)) for number in range(draw(st.integers(4, 9))))
    return Crowd(now=now, in_period=draw(st.booleans()), people=everybody)


def settle_in(tx: Tx, crowd: Crowd) -> None:
    """Put all of it into an empty workspace."""
    workspaces.enter(tx, "US")
    workspaces.set_epoch(tx, EPOCH)
    teams.save_unit(tx, Unit(unit_id="u", name="Cedar", pool_owner=PersonRef("owner")))
    for team in TEAMS:
        teams.save(tx, team)
    _fill_teams(tx)
    for somebody in crowd.people:
        _settle_in(tx, somebody)
    if crowd.in_period:
        rostered = {
            group: [one.person.ref for one in crowd.people if one.rostered == group[0]]
            for group in (("large",), ("one", "two"))
        }
        digests.open_period(tx, 0, rostered)


def _fill_teams(tx: Tx) -> None:
    here = [
        {"workspace": tx.workspace, "ref": f"{team_id}{n}", "team_id": team_id}
        for team_id, many in OTHERS.items()
        for n in range(many)
    ]
    shown = {"sealed_id": b"", "tz": "Etc/UTC", "active": True}
    tx.execute(people.insert(), [{"workspace": row["workspace"], "ref": row["ref"], **shown} for row in here])
    tx.execute(memberships.insert(), [{**row, "from_at": BEGAN_AT} for row in here])


def _settle_in(tx: Tx, somebody: Somebody) -> None:
    person, ref = somebody.person, somebody.person.ref
    members.put(tx, f"U{ref}", person)
    members.set_quiet(tx, ref, person.quiet_from, person.quiet_until)
    if somebody.team_id:
        teams.join(tx, somebody.team_id, ref, BEGAN_AT)
    if somebody.chose:
        weekday, at = somebody.slot
        pause = {"paused": somebody.paused, "paused_until": somebody.paused_until}
        members.choose(tx, ref, weekday=weekday, local_time=at, stopped=somebody.stopped, **pause)
    leave.save(tx, ref, (somebody.away,) if somebody.away else ())
    rules.begin(tx, ref, CHECKIN, somebody.since, somebody.look_at)
    rules.set_standing(tx, ref, somebody.standing)
    for week, state in somebody.weeks:
        checkins.add(tx, ref, week, state)


def plan_plainly(tx: Tx, ref: PersonRef, now: datetime) -> None:
    """What planning is to make of one person, asked of the store piece by piece."""
    rule, situation = rules.get(tx, ref, CHECKIN), _situation(tx, ref, now)
    if rule is None or situation is None:
        rules.set_next_due(tx, None, ref=ref, kind=CHECKIN)
        return
    planned = {found.week for found in checkins.list_weeks(tx, ref)}
    for skip in deciding.missed(situation, planned, rule.since, rule.next_due_at or now, now):
        checkins.add(tx, ref, skip.week, State.SKIPPED, skip.reason)
    week, slot = deciding.next_slot(situation, planned, rule.since, now)
    if slot <= now:
        _keep(tx, situation, slot, deciding.plan(situation, week, slot, now))
        _, slot = deciding.next_slot(situation, planned | {week}, rule.since, now)
    rules.set_next_due(tx, slot, ref=ref, kind=CHECKIN)


def _situation(tx: Tx, ref: PersonRef, now: datetime) -> Situation | None:
    member, epoch_on = members.known(tx, ref, now), workspaces.get(tx).epoch_on
    if epoch_on is None or member.team is None or not member.person.active:
        return None
    return Situation(
        person=member.person,
        preferences=member.preferences,
        standing=rules.standing(tx, ref),
        calendar=calendar_of(member, now),
        epoch_on=epoch_on,
        small=not _has_words(tx, ref, member.team.team_id, now),
    )


def _has_words(tx: Tx, ref: PersonRef, team_id: str, now: datetime) -> bool:
    """Whether somebody is on a roster of the period or, if on none, their team in a group of it."""
    period = digests.last_period(tx)
    if period is None:
        return any(team_id in group for group in partition(teams.rosters(tx, now)))
    groups = digests.list_period(tx, period)
    rostered = {one for group in groups for one in digests.roster(tx, period, group.group_id)}
    return ref in rostered or any(team_id in group.teams for group in groups)


def _keep(tx: Tx, situation: Situation, slot: datetime, decided: Send | Skip) -> None:
    ref, week = situation.person.ref, decided.week
    if isinstance(decided, Skip):
        checkins.add(tx, ref, week, State.SKIPPED, decided.reason)
        return
    checkins.add(tx, ref, week, State.PLANNED)
    closes_at = closing_at(EPOCH, week, situation.person.tz)
    facts = {"week": week}
    outbox.add(
        tx,
        notice(
            Kind.CHECKIN,
            ref,
            f"w{week}",
            decided.due_at,
            expires_at=closes_at,
            called_for_at=slot,
            facts=facts,
        ),
    )
    timers.put(tx, timers.checkin_entity(ref, week), deciding.CLOSE, closes_at)
