"""Who sees what in somebody's group, as facts for the promise they read."""

from __future__ import annotations

from datetime import datetime

from bot.domain.groups import partition, readers_of
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
    period = digests.last_period(tx)
    if period is None:
        groups = partition(teams.rosters(tx, now))
    else:
        running = digests.list_period(tx, period)
        rostered = digests.rostered_in(tx, period, member) if member else None
        if rostered:
            return next(found.teams for found in running if found.group_id == rostered)
        groups = tuple(found.teams for found in running)
    return next((group for group in groups if team.team_id in group), ())


def who_sees(tx: Tx, team: Team | None, now: datetime, member: PersonRef | None = None) -> WhoSees:
    """The facts for members of a team, or for one of them; without a team, only who holds the keys."""
    workspace = workspaces.get(tx)
    holder = workspace.key_holder_ref
    return WhoSees(
        supervisor_id=members.user_id(tx, team.supervisor) if team and team.supervisor else None,
        reader_ids=tuple(members.user_id(tx, ref) for ref in _readers(tx, team, now, member)),
        key_holder=members.user_id(tx, holder) if holder else workspace.key_holder or "",
        key_holder_conflict=workspace.key_holder_conflict,
        words_possible=words_possible(tx, team, now, member),
    )


def _readers(tx: Tx, team: Team | None, now: datetime, member: PersonRef | None) -> tuple[PersonRef, ...]:
    """Everybody who reads a line about that team: those of all teams it is shown with."""
    return tuple(sorted(readers_of(group_with(tx, team, now, member), teams.rosters(tx, now))))
