"""Everything that is kept about one person: gathered for their own eyes, and erased when they say so.

HOLDINGS decides for each column that holds a pseudonym; a table that is not in it fails a test.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.domain.asks import Ask
from bot.domain.checkins import OPEN, Checkin
from bot.domain.localtime import FRIDAY, closing_at, instant, local, monday_of, week_of, weeks_of
from bot.domain.members import Person, PersonRef, TeamPlan
from bot.domain.mydata import (
    GOES_WITH_ITS_SUBJECT,
    OwnAsk,
    OwnData,
    OwnHuddles,
    OwnLines,
    OwnMessages,
    OwnPeers,
    OwnPeriod,
    OwnRoles,
    OwnTeam,
    OwnWeek,
    Part,
    begins_anew,
)
from bot.domain.notices import Fate, Kind, dedupe_key
from bot.domain.peers import Load
from storage import (
    answers,
    asks,
    checkins,
    circles,
    copies,
    digests,
    erasures,
    huddles,
    leave,
    matching,
    members,
    outbox,
    peers,
    person_keys,
    privacy,
    raises,
    rules,
    stepouts,
    teams,
    timers,
    workspaces,
)
from storage.database import Tx
from storage.rules import RuleKind
from storage.timers import ask_entity, checkins_of, peer_entity, peer_offer_entity

ON_THEIR_WAY = frozenset({Fate.WAITING, Fate.CLAIMED, Fate.ATTEMPTED, Fate.UNKNOWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """Where the person reads of it, and why it stays when they delete their data; None: it is erased."""

    part: Part
    stays: str | None = None


ON_THE_TEAM = "the organization put them on a team, or gave them a part in it"
OF_OTHERS = "it is what somebody else asked"
HOLDINGS: Mapping[str, Holding] = {
    "people.ref": Holding(part=Part.TEAM, stays=ON_THE_TEAM),
    "memberships.ref": Holding(part=Part.TEAM, stays=ON_THE_TEAM),
    "admins.ref": Holding(part=Part.TEAM, stays=ON_THE_TEAM),
    "teams.supervisor": Holding(part=Part.TEAM, stays=ON_THE_TEAM),
    "teams.deputy": Holding(part=Part.TEAM, stays=ON_THE_TEAM),
    "teams.leader": Holding(part=Part.TEAM, stays=ON_THE_TEAM),
    "units.pool_owner": Holding(part=Part.TEAM, stays=ON_THE_TEAM),
    "team_plans.set_up_by": Holding(part=Part.TEAM, stays=ON_THE_TEAM),
    "team_plans.team": Holding(part=Part.TEAM, stays=ON_THE_TEAM),
    "team_plans.members": Holding(part=Part.TEAM, stays=ON_THE_TEAM),
    "workspaces.key_holder_ref": Holding(part=Part.TEAM, stays="staff were told who holds the keys"),
    "preferences.ref": Holding(part=Part.CHOICES),
    "leave.ref": Holding(part=Part.AWAY),
    "rules.ref": Holding(part=Part.WEEKS, stays="that messages come; without the silences counted so far"),
    "occurrences.ref": Holding(
        part=Part.WEEKS,
        stays="of the running week that it is closed; on which days a supervisor's message was due",
    ),
    "answers.ref": Holding(part=Part.WEEKS),
    "person_keys.ref": Holding(part=Part.WEEKS),
    "erasures.ref": Holding(part=Part.WEEKS, stays="so that no older backup undoes it; five weeks"),
    "rosters.ref": Holding(part=Part.GROUP, stays="nobody may be in two groups of one period"),
    "ledger.ref": Holding(part=Part.GROUP, stays="nobody may be counted twice; until the twelve weeks end"),
    "contributors.ref": Holding(part=Part.GROUP, stays="for seconds, while an update is being made"),
    "raises.ref": Holding(part=Part.GROUP),
    "asks.asker": Holding(part=Part.ASKS),
    "asks.recipient": Holding(part=Part.ASKS, stays=OF_OTHERS),
    "asks.also_asked": Holding(part=Part.ASKS, stays=OF_OTHERS),
    "asks.answered_by": Holding(part=Part.ASKS, stays=OF_OTHERS),
    "asks.deputy": Holding(part=Part.ASKS, stays=OF_OTHERS),
    "asks.next_person": Holding(part=Part.ASKS, stays=OF_OTHERS),
    "huddles.starter": Holding(part=Part.HUDDLES),
    "huddles.host": Holding(part=Part.HUDDLES),
    "huddle_people.ref": Holding(part=Part.HUDDLES),
    "circles.proposer": Holding(part=Part.HUDDLES),
    "circles.asked_to_host": Holding(part=Part.HUDDLES),
    "circles.host": Holding(part=Part.HUDDLES),
    "circle_declines.ref": Holding(part=Part.HUDDLES),
    "step_outs.ref": Holding(part=Part.PEERS),
    "step_outs.peer": Holding(part=Part.PEERS),
    "step_outs.told": Holding(part=Part.PEERS),
    "peers.ref": Holding(part=Part.PEERS),
    "peer_wishes.ref": Holding(part=Part.PEERS),
    "peer_loads.ref": Holding(part=Part.PEERS),
    "peer_requests.asker": Holding(part=Part.PEERS),
    "peer_requests.peer": Holding(part=Part.PEERS),
    "peer_offers.peer": Holding(part=Part.PEERS),
    "workspaces.support_contact": Holding(part=Part.TEAM, stays=ON_THE_TEAM),
    "timers.entity": Holding(part=Part.MESSAGES, stays="what ends a card, or deletes a file with the data"),
    "outbox.recipient": Holding(part=Part.MESSAGES, stays="what must not be said twice, or goes to a role"),
    "outbox.dedupe_key": Holding(part=Part.MESSAGES, stays="what must not be said twice, or goes to a role"),
    "outbox.facts": Holding(part=Part.MESSAGES, stays="which admin asked a leader for the promise"),
}
"""Every column that holds somebody's pseudonym, alone or in a text."""


def erase(tx: Tx, ref: PersonRef, now: datetime) -> None:
    """Erase what HOLDINGS lets go, in the transaction that holds the person (members.hold).

    What others were asked must have been taken back before: it is gone afterwards.
    """
    made = asks.list_made(tx, ref)
    stepouts.erase(tx, ref)
    matching.erase_person(tx, ref, now)
    answers.erase(tx, ref)
    raises.erase(tx, ref)
    person_keys.erase(tx, ref)
    erasures.note(tx, ref, now)
    members.erase_choices(tx, ref)
    leave.save(tx, ref, ())
    # From here on in the order in which delivery writes, so that neither waits for the other for ever.
    outbox.erase(tx, ref, GOES_WITH_ITS_SUBJECT, [key for ask in made for key in _told_to_others(ask)])
    asks.erase(tx, ref)
    huddles.erase(tx, ref)
    circles.erase(tx, ref)
    _begin_anew(tx, ref, now)
    timers.erase_under(tx, checkins_of(ref), *(ask_entity(ask.ask_id) for ask in made))


def _told_to_others(ask: Ask) -> tuple[str, ...]:
    """The keys of the notices by which others heard of an ask, or would."""
    asked = (ask.recipient, ask.deputy, ask.also_asked)
    return tuple(dedupe_key(Kind.ASK, other, ask.ask_id) for other in asked if other)


def _begin_anew(tx: Tx, ref: PersonRef, now: datetime) -> None:
    """This week is over for them, older ones never were, and the next check-in comes by the defaults."""
    epoch_on, person = workspaces.get(tx).epoch_on, members.get(tx, ref)
    since = rules.since(tx, ref, RuleKind.CHECKIN)
    if epoch_on is None or person is None or since is None:
        return
    week = week_of(epoch_on, local(now, person.tz).date())
    starts_at = instant(monday_of(epoch_on, week), time(), person.tz)
    checkins.erase(tx, ref, week)
    rules.begin_anew(tx, ref, begins_anew(since, starts_at), now)


def gather(tx: Tx, ref: PersonRef, now: datetime) -> OwnData:
    """Everything that is kept about somebody; KeyError for nobody we know."""
    member = members.known(tx, ref, now)
    names = {team.team_id: team.name for team in teams.list_teams(tx)}
    group = privacy.group_with(tx, member.team, now, ref)
    return OwnData(
        person=member.person,
        teams=_teams(tx, member.person, names),
        roles=_roles(tx, ref),
        preferences=members.chosen(tx, ref),
        leave=member.leave,
        weeks=_weeks(tx, member.person, now),
        standing=rules.standing(tx, ref),
        has_key=person_keys.is_kept(tx, ref),
        erased_at=erasures.erased_at(tx, ref),
        group=tuple(names[team_id] for team_id in group if team_id in names),
        periods=_periods(tx, ref),
        said=_said(tx, ref),
        asks=_asks(tx, ref),
        huddles=_huddles(tx, ref),
        peers=_peers(tx, ref, now),
        messages=_messages(tx, ref),
        weekly_on=checkins.list_weekly(tx, ref),
        timers=_timers(tx, ref),
    )


def _teams(tx: Tx, person: Person, names: Mapping[str, str]) -> tuple[OwnTeam, ...]:
    return tuple(
        OwnTeam(
            name=names.get(team_id, ""),
            from_on=local(from_at, person.tz).date(),
            until_on=local(until_at, person.tz).date() if until_at else None,
        )
        for team_id, from_at, until_at in teams.list_memberships(tx, person.ref)
    )


def _roles(tx: Tx, ref: PersonRef) -> OwnRoles:
    known = teams.list_teams(tx)
    plans = (teams.get_plan(tx, team.team_id) for team in known)
    return OwnRoles(
        supervises=tuple(team.name for team in known if team.supervisor == ref),
        stands_in_for=tuple(team.name for team in known if team.deputy == ref),
        leads=tuple(team.name for team in known if team.leader == ref),
        owns_line_of=tuple(unit.name for unit in teams.list_units(tx) if unit.pool_owner == ref),
        planned=tuple(plan.team.name for plan in plans if plan and ref in _named_in(plan)),
        is_admin=members.is_admin(tx, ref),
        holds_keys=workspaces.get(tx).key_holder_ref == ref,
    )


def _named_in(plan: TeamPlan) -> tuple[PersonRef | None, ...]:
    in_charge = (plan.set_up_by, plan.team.supervisor, plan.team.deputy, plan.team.leader)
    return (*plan.members, *in_charge)


def _weeks(tx: Tx, person: Person, now: datetime) -> tuple[OwnWeek, ...]:
    """Weeks with a check-in or with answers, the newest first."""
    epoch_on = workspaces.get(tx).epoch_on
    if epoch_on is None:
        return ()
    given = answers.list_own(tx, person.ref)
    known = {found.week: found for found in checkins.list_weeks(tx, person.ref)}
    return tuple(
        _week(
            week, known.get(week), given.get(week, {}), epoch_on, now < closing_at(epoch_on, week, person.tz)
        )
        for week in sorted({*known, *given}, reverse=True)
    )


def _week(
    week: int, found: Checkin | None, given: Mapping[str, int] | None, epoch_on: date, is_open: bool
) -> OwnWeek:
    return OwnWeek(
        week=week,
        monday=monday_of(epoch_on, week),
        state=found.state if found else None,
        reason=found.reason if found else None,
        given=given,
        takes_answers=is_open and found is not None and found.ts is not None and found.state in OPEN,
    )


def _periods(tx: Tx, ref: PersonRef) -> tuple[OwnPeriod, ...]:
    epoch_on = workspaces.get(tx).epoch_on
    if epoch_on is None:
        return ()
    return tuple(
        OwnPeriod(**_days(epoch_on, period), counted=counted)
        for period, counted in digests.list_counted(tx, ref).items()
    )


def _said(tx: Tx, ref: PersonRef) -> tuple[OwnLines, ...]:
    epoch_on = workspaces.get(tx).epoch_on
    if epoch_on is None:
        return ()
    return tuple(
        OwnLines(**_days(epoch_on, period), phrases=tuple(sorted(phrases)))
        for period, phrases in raises.list_own(tx, ref).items()
    )


def _days(epoch_on: date, period: int) -> dict[str, date]:
    """The first Monday and the last Friday of a period."""
    weeks = weeks_of(period)
    last_on = monday_of(epoch_on, weeks.stop - 1) + timedelta(days=FRIDAY)
    return {"first_on": monday_of(epoch_on, weeks.start), "last_on": last_on}


def _asks(tx: Tx, ref: PersonRef) -> tuple[OwnAsk, ...]:
    made = ((ask, ask.recipient, True) for ask in asks.list_made(tx, ref))
    asked = ((ask, ask.asker, False) for ask in asks.list_asked_of(tx, ref))
    return tuple(
        OwnAsk(
            with_id=members.user_id(tx, other),
            mine=mine,
            state=ask.state,
            asked_on=ask.asked_on,
            meet_at=ask.meet_at,
        )
        for ask, other, mine in (*made, *asked)
    )


def _huddles(tx: Tx, ref: PersonRef) -> OwnHuddles:
    return OwnHuddles(
        started=len(huddles.started_by(tx, ref)),
        joined=len(huddles.joined_by(tx, ref)),
        circles=len(circles.concern(tx, ref)),
    )


def _peers(tx: Tx, ref: PersonRef, now: datetime) -> OwnPeers:
    wishes = peers.wishes(tx, ref)
    made = peers.list_made(tx, ref)
    others = {request.request_id: request.other(ref) for request in made}
    ids = members.user_ids(tx, {*wishes.never, *(other for other in others.values() if other)})
    today = local(now, members.known(tx, ref, now).person.tz).date()
    return OwnPeers(
        offering=peers.offering(tx, ref),
        wishes=wishes,
        never_ids=tuple(ids[other] for other in sorted(wishes.never) if other in ids),
        requests=tuple((request, ids.get(others[request.request_id] or ref)) for request in made),
        asked=len(peers.list_offers_to(tx, ref)),
        load=peers.loads(tx, {ref: today}).get(ref, Load()),
        step_outs=len(stepouts.concern(tx, ref)),
    )


def _messages(tx: Tx, ref: PersonRef) -> tuple[OwnMessages, ...]:
    found = outbox.tally(tx, ref)
    return tuple(
        OwnMessages(
            kind=kind,
            waiting=sum(many for (of, fate), many in found.items() if of is kind and fate in ON_THEIR_WAY),
            settled=sum(
                many for (of, fate), many in found.items() if of is kind and fate not in ON_THEIR_WAY
            ),
        )
        for kind in dict.fromkeys(kind for kind, _ in found)
    )


def _timers(tx: Tx, ref: PersonRef) -> int:
    made = (
        *(ask_entity(ask.ask_id) for ask in asks.list_made(tx, ref)),
        *(peer_entity(request.request_id) for request in peers.list_made(tx, ref)),
        *(peer_offer_entity(request_id, ref) for request_id in peers.list_offers_to(tx, ref)),
    )
    of_theirs = (checkins_of(ref), checkins.cards_of(ref), copies.copies_of(ref))
    return len(timers.list_under(tx, *of_theirs, *made))
