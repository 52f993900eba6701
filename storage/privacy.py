"""Who sees what in somebody's group, as facts for the promise they read."""

from __future__ import annotations

from datetime import datetime

from bot.domain.groups import partition, readers_of
from bot.domain.members import PersonRef, Team
from bot.domain.privacy import WhoSees
from storage import digests, members, teams, workspaces
from storage.database import Tx


def words_possible(tx: Tx, team: Team | None, now: datetime) -> bool:
    """Whether that team is in a group with words (privacy §3); False without a team."""
    return bool(group_with(tx, team, now))


def group_with(tx: Tx, team: Team | None, now: datetime) -> tuple[str, ...]:
    """Ids of the teams shown together with a team, itself among them; empty where nothing is ever shown.

    The groups of the running period stand; before the first one begins, what its rosters would give.
    """
    if team is None:
        return ()
    period = digests.last_period(tx)
    if period is None:
        groups = partition(teams.rosters(tx, now))
    else:
        groups = tuple(found.teams for found in digests.list_period(tx, period))
    return next((group for group in groups if team.team_id in group), ())


def who_sees(tx: Tx, team: Team | None, now: datetime) -> WhoSees:
    """The facts for members of a team; without one, only who holds the keys."""
    workspace = workspaces.get(tx)
    holder = workspace.key_holder_ref
    return WhoSees(
        supervisor_id=members.user_id(tx, team.supervisor) if team and team.supervisor else None,
        reader_ids=tuple(members.user_id(tx, ref) for ref in _readers(tx, team, now)),
        key_holder=members.user_id(tx, holder) if holder else workspace.key_holder or "",
        key_holder_conflict=workspace.key_holder_conflict,
        words_possible=words_possible(tx, team, now),
    )


def _readers(tx: Tx, team: Team | None, now: datetime) -> tuple[PersonRef, ...]:
    """Everybody who reads a line about that team: those of all teams it is shown with."""
    return tuple(sorted(readers_of(group_with(tx, team, now), teams.rosters(tx, now))))
