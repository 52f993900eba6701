"""Who sees what in somebody's group, as facts for the promise they read."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from bot.domain.groups import partition
from bot.domain.members import PersonRef, Team
from bot.domain.privacy import WhoSees
from storage import digests, members, teams, workspaces
from storage.database import Tx


def words_possible(tx: Tx, team: Team | None, now: datetime, member: PersonRef | None = None) -> bool:
    """Whether that team, or a member of it, is in a group with words (privacy §3); False without a team."""
    return bool(group_with(tx, team, now, member))


def group_with(tx: Tx, team: Team | None, now: datetime, member: PersonRef | None = None) -> tuple[str, ...]:
    """Ids of the teams shown together with a team, itself among them; empty where nothing is ever shown.

    The groups of the running period stand; before the first one begins, what its rosters would give.
    member: somebody of the team; whoever moved to it counts in their old group until the period ends.
    """
    if team is None:
        return ()
    if member is not None:
        return groups_of(tx, {member: team.team_id}, now)[member]
    return _groups_with(tx, digests.last_period(tx), now, {team.team_id}).get(team.team_id, ())


def groups_of(tx: Tx, team_of: Mapping[PersonRef, str], now: datetime) -> Mapping[PersonRef, tuple[str, ...]]:
    """The same for each of these people; team_of: the id of their team."""
    period = digests.last_period(tx)
    rostered = {} if period is None else digests.rostered(tx, period, team_of)
    others = {ref: team_id for ref, team_id in team_of.items() if ref not in rostered}
    groups = _groups_with(tx, period, now, set(others.values())) if others else {}
    return {**{ref: groups.get(team_id, ()) for ref, team_id in others.items()}, **rostered}


def _groups_with(
    tx: Tx, period: int | None, now: datetime, team_ids: Collection[str]
) -> Mapping[str, tuple[str, ...]]:
    """The group that each of these teams is in, by its id; nothing of those in none."""
    groups = partition(teams.rosters(tx, now)) if period is None else digests.list_groups(tx, period)
    return {team_id: group for group in groups for team_id in group if team_id in team_ids}


def who_sees(tx: Tx, team: Team | None, now: datetime, member: PersonRef | None = None) -> WhoSees:
    """The facts for members of a team, or for one of them; without a team, only who holds the keys."""
    workspace, group = workspaces.get(tx), group_with(tx, team, now, member)
    holder, supervisor = workspace.key_holder_ref, team.supervisor if team else None
    readers = sorted(teams.list_readers(tx, group))
    ids = members.user_ids(tx, {ref for ref in (supervisor, holder, *readers) if ref})
    return WhoSees(
        supervisor_id=ids[supervisor] if supervisor else None,
        reader_ids=tuple(ids[ref] for ref in readers),
        key_holder=ids[holder] if holder else workspace.key_holder or "",
        key_holder_conflict=workspace.key_holder_conflict,
        words_possible=bool(group),
    )
