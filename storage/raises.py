"""What people said with others in the running period, sealed like answers, and who will read it (privacy §5).

One row for each person and period, without a time. It is erased at the freeze; what was shown stands in
the group's row of the period and holds no person.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from bot.domain import raises as deciding
from bot.domain.localtime import freeze_at, period_starts_at
from bot.domain.members import PersonRef, Team
from bot.domain.notices import Kind, dedupe_key
from bot.domain.raises import Place, Readers, Running, Said
from storage import digests, members, outbox, person_keys, privacy, teams, workspaces
from storage.crypto import Unreadable, open_phrases, seal_phrases
from storage.database import Tx, among
from storage.digests import Release
from storage.schema import raises


def own(tx: Tx, ref: PersonRef, period: int) -> frozenset[str]:
    """The phrases somebody chose in a period, for their own eyes; none where they cannot be read."""
    sealed = tx.execute(select(raises.c.sealed).where(*_one(tx, ref, period))).scalar()
    return frozenset() if sealed is None else _opened(tx, ref, period, sealed)


def chosen(tx: Tx, people: Collection[PersonRef], period: int) -> tuple[frozenset[str], ...]:
    """What each of these people chose who chose something, to be counted: without who it was."""
    theirs = (raises.c.period == period, among(raises.c.ref, people))
    query = select(raises.c.ref, raises.c.sealed).where(raises.c.workspace == tx.workspace, *theirs)
    return tuple(_opened(tx, ref, period, sealed) for ref, sealed in tx.execute(query).all())


def _opened(tx: Tx, ref: PersonRef, period: int, sealed: bytes) -> frozenset[str]:
    try:
        return open_phrases(person_keys.get(tx, ref), ref, period, sealed)
    except Unreadable:
        return frozenset()


def save(tx: Tx, ref: PersonRef, period: int, phrases: Collection[str]) -> None:
    """Keep what somebody chose in place of what was there; no phrase keeps no row."""
    if not phrases:
        tx.execute(delete(raises).where(*_one(tx, ref, period)))
        return
    kept = {"sealed": seal_phrases(person_keys.get_or_make(tx, ref), ref, period, phrases)}
    statement = tx.insert(raises).values(workspace=tx.workspace, period=period, ref=ref, **kept)
    tx.execute(statement.on_conflict_do_update(index_elements=["workspace", "period", "ref"], set_=kept))


def list_own(tx: Tx, ref: PersonRef) -> Mapping[int, frozenset[str]]:
    """All that is kept of what somebody chose, by period, for their own eyes."""
    query = select(raises.c.period, raises.c.sealed).where(*_whose(tx, ref)).order_by(raises.c.period)
    return {period: _opened(tx, ref, period, sealed) for period, sealed in tx.execute(query).all()}


def erase(tx: Tx, ref: PersonRef) -> None:
    """Take back everything that somebody chose and that is not frozen yet."""
    tx.execute(delete(raises).where(*_whose(tx, ref)))


def forget_through(tx: Tx, period: int) -> None:
    """Erase who chose what in periods up to one."""
    tx.execute(delete(raises).where(raises.c.workspace == tx.workspace, raises.c.period <= period))


def forget_all(tx: Tx) -> None:
    """Erase who chose what, whenever it was."""
    tx.execute(delete(raises).where(raises.c.workspace == tx.workspace))


def running(tx: Tx) -> Running | None:
    """The newest period that began."""
    period, epoch_on = digests.last_period(tx), workspaces.get(tx).epoch_on
    if period is None or epoch_on is None:
        return None
    return Running(period=period, ends_at=freeze_at(epoch_on, period))


def place(tx: Tx, ref: PersonRef, now: datetime) -> Place:
    """Where somebody stands towards the running period."""
    team, runs, epoch_on = teams.of_member(tx, ref, now), running(tx), workspaces.get(tx).epoch_on
    frozen = digests.rostered(tx, runs.period, [ref]).get(ref, ()) if runs else ()
    group = frozen or privacy.group_with(tx, team, now, ref)
    first_at = period_starts_at(epoch_on, 0) if epoch_on else None
    return Place(
        on_team=team is not None,
        grouped=bool(group),
        reads=ref in teams.list_readers(tx, group),
        roster=len(digests.roster(tx, runs.period, digests.group_id(frozen))) if runs and frozen else 0,
        readers=readers(tx, group),
        running=runs,
        next_at=runs.ends_at if runs else first_at,
        guarantee=privacy.guarantee(tx),
    )


def readers(tx: Tx, team_ids: Collection[str]) -> Readers:
    """Who reads what the people of a group's teams say."""
    group = [team for team_id in team_ids if (team := teams.get(tx, team_id))]
    owners = _owners(tx, group)
    named = {ref for team in group for ref in (team.supervisor, team.leader) if ref} | owners
    return deciding.readers(group, owners, {ref for ref in named if members.is_here(tx, ref)})


def _owners(tx: Tx, group: Collection[Team]) -> set[PersonRef]:
    """Who owns the line in which these teams are pooled."""
    pooled_in = {team.unit_id for team in group if team.pooled}
    return {unit.pool_owner for unit in teams.list_units(tx) if unit.unit_id in pooled_in and unit.pool_owner}


def said_to(tx: Tx, found: Release, ref: PersonRef) -> Said:
    """What a reader of a group's update is told with it."""
    above = readers(tx, found.teams).above
    return deciding.told(digests.raised(tx, found), level_above=bool(above), above_too=ref in above)


def said_to_team(tx: Tx, found: Release) -> Said:
    """What a team's post tells: what the level above reads first only once it reached somebody there."""
    reading = readers(tx, found.teams)
    reached = any(_reached(tx, ref, found.period, weekly=ref in reading.weekly) for ref in reading.above)
    shown = digests.raised(tx, found)
    return deciding.told(shown, level_above=bool(reading.above), above_too=reached)


def _reached(tx: Tx, ref: PersonRef, period: int, *, weekly: bool) -> bool:
    """Whether what was said has reached somebody above: in their weekly message if they get it there."""
    if weekly:
        return outbox.last_told(tx, ref) == period
    return outbox.sent_at(tx, dedupe_key(Kind.RAISED, ref, f"p{period}")) is not None


def _one(tx: Tx, ref: PersonRef, period: int) -> tuple[Any, ...]:
    return (*_whose(tx, ref), raises.c.period == period)


def _whose(tx: Tx, ref: PersonRef) -> tuple[Any, Any]:
    return raises.c.workspace == tx.workspace, raises.c.ref == ref
