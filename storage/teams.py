"""Units, teams and dated memberships."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, or_, select, update

from bot.domain.groups import Roster, readers_of
from bot.domain.members import PersonRef, Team, TeamPlan, TeamState, Unit
from storage.database import Tx, among, named
from storage.schema import memberships, people, team_plans, teams, units


def new_id() -> str:
    return secrets.token_hex(8)


def save(tx: Tx, team: Team) -> None:
    """Add a team or replace what is kept of it."""
    _put(tx, teams, "team_id", asdict(team))


def save_unit(tx: Tx, unit: Unit) -> None:
    _put(tx, units, "unit_id", asdict(unit))


def get(tx: Tx, team_id: str) -> Team | None:
    found = tx.execute(select(teams).where(*_here(tx, teams), teams.c.team_id == team_id)).first()
    return found and _team(found)


def hold(tx: Tx, team_id: str) -> None:
    """Let nobody else save a team until this transaction ends; what was read of it before may be old."""
    # SQLite's writers wait for each other anyway, and it knows no FOR UPDATE.
    tx.execute(select(teams.c.team_id).where(*_here(tx, teams), teams.c.team_id == team_id).with_for_update())


def list_teams(tx: Tx) -> tuple[Team, ...]:
    """All teams by name."""
    query = select(teams).where(*_here(tx, teams)).order_by(teams.c.name, teams.c.team_id)
    return tuple(_team(row) for row in tx.execute(query))


def names(tx: Tx, team_ids: Collection[str]) -> tuple[str, ...]:
    """What teams are called now, in the order given."""
    named = {team.team_id: team.name for team in list_teams(tx)}
    return tuple(named[team_id] for team_id in team_ids if team_id in named)


def list_units(tx: Tx) -> tuple[Unit, ...]:
    query = select(units).where(*_here(tx, units)).order_by(units.c.name, units.c.unit_id)
    return tuple(
        Unit(unit_id=row.unit_id, name=row.name, parent_id=row.parent_id, pool_owner=row.pool_owner)
        for row in tx.execute(query)
    )


def list_read_by(tx: Tx, ref: PersonRef) -> tuple[Team, ...]:
    """Started teams whose line somebody gets: as supervisor, or as owner of a pooled line."""
    owned = {unit.unit_id for unit in list_units(tx) if unit.pool_owner == ref}
    return tuple(
        team
        for team in list_teams(tx)
        if team.state is TeamState.STARTED
        and (team.supervisor == ref or (team.pooled and team.unit_id in owned))
    )


PLANNED = (
    *("unit_id", "name", "channel_id", "tz", "language", "country", "region"),
    *("supervisor", "deputy", "leader"),
)
"""What a plan changes of a team; the rest of the team stays as it is."""


def save_plan(tx: Tx, plan: TeamPlan) -> None:
    """Keep what an admin has set up so far; the team itself is untouched."""
    row = {
        "team_id": plan.team.team_id,
        "set_up_by": plan.set_up_by,
        "team": {name: getattr(plan.team, name) for name in PLANNED},
        "members": list(plan.members),
    }
    _put(tx, team_plans, "team_id", row)


def get_plan(tx: Tx, team_id: str) -> TeamPlan | None:
    """The plan of a team, laid over the team as it is now."""
    found = tx.execute(
        select(team_plans).where(*_here(tx, team_plans), team_plans.c.team_id == team_id)
    ).first()
    team = get(tx, team_id)
    if found is None or team is None:
        return None
    members = tuple(PersonRef(ref) for ref in found.members)
    planned = replace(team, **found.team)
    return TeamPlan(team=planned, members=members, set_up_by=PersonRef(found.set_up_by))


def drop_plan(tx: Tx, team_id: str) -> None:
    tx.execute(delete(team_plans).where(*_here(tx, team_plans), team_plans.c.team_id == team_id))


def join(tx: Tx, team_id: str, ref: PersonRef, at: datetime) -> None:
    """Somebody belongs to a team from now on, and to no other any more."""
    if current_team_id(tx, ref) == team_id:
        return
    leave(tx, ref, at)
    row = {"workspace": tx.workspace, "team_id": team_id, "ref": ref, "from_at": at}
    tx.execute(memberships.insert().values(**row))


def leave(tx: Tx, ref: PersonRef, at: datetime) -> None:
    """End somebody's membership, if any; one that began at this instant or later never was.

    Later ones are there after a clock was set back; nobody is ever in two teams at one instant.
    """
    mine, until = (*_here(tx, memberships), memberships.c.ref == ref), memberships.c.until_at
    tx.execute(delete(memberships).where(*mine, memberships.c.from_at >= at))
    tx.execute(update(memberships).where(*mine, or_(until.is_(None), until > at)).values(until_at=at))


def current_team_id(tx: Tx, ref: PersonRef) -> str | None:
    """The team somebody belongs to by the newest entry, started or not."""
    found: str | None = tx.execute(select(memberships.c.team_id).where(*_open(tx, ref))).scalar()
    return found


def of_member(tx: Tx, ref: PersonRef, at: datetime) -> Team | None:
    """The started team somebody belonged to at an instant."""
    return of_members(tx, (ref,), at).get(ref)


def of_members(tx: Tx, refs: Collection[PersonRef], at: datetime) -> Mapping[PersonRef, Team]:
    """The same of several people, without those who belonged to none."""
    belonged = (*_here(tx, memberships), among(memberships.c.ref, refs), _covers(at))
    found = tx.execute(select(memberships.c.ref, memberships.c.team_id).where(*belonged)).all()
    ids = {team_id for _, team_id in found}
    started = (*_here(tx, teams), among(teams.c.team_id, ids), teams.c.state == TeamState.STARTED)
    by_id = {team.team_id: team for team in map(_team, tx.execute(select(teams).where(*started)).all())}
    return {ref: by_id[team_id] for ref, team_id in found if team_id in by_id}


def list_memberships(tx: Tx, ref: PersonRef) -> tuple[tuple[str, datetime, datetime | None], ...]:
    """The teams somebody belongs or belonged to, oldest first: id, from when, until when."""
    query = select(memberships).where(*_here(tx, memberships), memberships.c.ref == ref)
    ordered = tx.execute(query.order_by(memberships.c.from_at))
    return tuple((row.team_id, row.from_at, row.until_at) for row in ordered)


def list_members(tx: Tx, team_id: str, at: datetime) -> tuple[PersonRef, ...]:
    """Who belonged to a team at an instant, in a fixed order."""
    query = select(memberships.c.ref).where(
        *_here(tx, memberships), memberships.c.team_id == team_id, _covers(at)
    )
    return tuple(tx.execute(query.order_by(memberships.c.ref)).scalars())


def rosters(tx: Tx, at: datetime) -> tuple[Roster, ...]:
    """Every team past its draft as grouping sees it, at an instant; who has left Slack counts nowhere."""
    owners = {unit.unit_id: unit.pool_owner for unit in list_units(tx)}
    past_draft = (team for team in list_teams(tx) if team.state is not TeamState.DRAFT)
    left, here = _left_slack(tx), _members(tx, at)
    return tuple(
        roster(team, here.get(team.team_id, set()) - left, owners.get(team.unit_id or ""))
        for team in past_draft
    )


def list_readers(tx: Tx, team_ids: Collection[str]) -> frozenset[PersonRef]:
    """Everybody who reads a line about these teams: those of each of them."""
    owners = {unit.unit_id: unit.pool_owner for unit in list_units(tx)}
    found = tx.execute(select(teams).where(*_here(tx, teams), among(teams.c.team_id, team_ids)))
    rosters_ = [roster(team, (), owners.get(team.unit_id or "")) for team in map(_team, found)]
    return readers_of(team_ids, rosters_)


def list_staff(tx: Tx, at: datetime) -> tuple[PersonRef, ...]:
    """Everybody on a started team and everybody who reads a line about one, in a fixed order."""
    started = {team.team_id for team in list_teams(tx) if team.state is TeamState.STARTED}
    begun = (roster for roster in rosters(tx, at) if roster.team_id in started)
    return tuple(sorted(frozenset[PersonRef]().union(*(team.members | team.readers for team in begun))))


def _members(tx: Tx, at: datetime) -> dict[str, set[PersonRef]]:
    """Who belonged to each team at an instant, with one question for all of them."""
    found: dict[str, set[PersonRef]] = {}
    query = select(memberships.c.team_id, memberships.c.ref)
    for row in tx.execute(query.where(*_here(tx, memberships), _covers(at))):
        found.setdefault(row.team_id, set()).add(row.ref)
    return found


def _left_slack(tx: Tx) -> frozenset[PersonRef]:
    query = select(people.c.ref).where(*_here(tx, people), people.c.active.is_(False))
    return frozenset(tx.execute(query).scalars())


def roster(team: Team, members: Iterable[PersonRef], pool_owner: PersonRef | None) -> Roster:
    """A team as grouping sees it: who reads its line does not count.

    Readers are its supervisor, its leader and the owner of a pooled line; a deputy only stands in for asks.
    """
    pooled = team.pooled and pool_owner is not None
    reading = (team.supervisor, team.leader, pool_owner if pooled else None)
    return Roster(
        team_id=team.team_id,
        unit_id=team.unit_id,
        members=frozenset(members),
        readers=frozenset(ref for ref in reading if ref),
        pooled=pooled,
    )


def _put(tx: Tx, table: Any, key: str, row: dict[str, Any]) -> None:
    statement = tx.insert(table).values(workspace=tx.workspace, **row)
    tx.execute(statement.on_conflict_do_update(index_elements=["workspace", key], set_=row))


def _here(tx: Tx, table: Any) -> tuple[Any]:
    return (table.c.workspace == tx.workspace,)


def _open(tx: Tx, ref: PersonRef) -> tuple[Any, ...]:
    return (*_here(tx, memberships), memberships.c.ref == ref, memberships.c.until_at.is_(None))


def _covers(at: datetime) -> Any:
    until = memberships.c.until_at
    return and_(memberships.c.from_at <= at, or_(until.is_(None), until > at))


def _team(row: Any) -> Team:
    kept = named(teams.c, row)
    del kept["workspace"]
    return Team(**{**kept, "state": TeamState(kept["state"])})
