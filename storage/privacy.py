"""Who sees what in somebody's group, as facts for the promise they read."""

from __future__ import annotations

from datetime import datetime

from bot.domain.groups import partition, teams_with_words
from bot.domain.members import PersonRef, Team
from bot.domain.privacy import WhoSees
from storage import members, teams, workspaces
from storage.database import Tx


def words_possible(tx: Tx, team: Team | None, now: datetime) -> bool:
    """Whether that team is in a group large enough for words (privacy §3); False without a team."""
    return team is not None and team.team_id in teams_with_words(teams.rosters(tx, now))


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
    if team is None:
        return ()
    rosters = {roster.team_id: roster for roster in teams.rosters(tx, now)}
    own = next((group for group in partition(rosters.values()) if team.team_id in group), ())
    return tuple(sorted({ref for team_id in own for ref in rosters[team_id].readers}))
