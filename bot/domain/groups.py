"""Which teams can be shown together, and so have words at all (privacy §3).

Only rosters are looked at, never answers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from bot.domain.members import PersonRef
from bot.domain.privacy import STANDARD, Guarantee


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """A team as grouping sees it: its members and everybody who reads a line about it."""

    team_id: str
    unit_id: str | None
    members: frozenset[PersonRef]
    readers: frozenset[PersonRef]
    pooled: bool
    """May be shown with siblings under its unit, which has a named owner of the pooled line."""

    @property
    def eligible(self) -> int:
        return len(self.members - self.readers)


def partition(rosters: Iterable[Roster], guarantee: Guarantee = STANDARD) -> tuple[tuple[str, ...], ...]:
    """Groups as sorted tuples of team ids: large teams alone, small siblings pooled if together enough.

    A team in no group is never shown: its people's answers are for themselves.
    """
    teams, least = tuple(rosters), guarantee.roster_min
    alone = [(team.team_id,) for team in teams if team.eligible >= least]
    small = (team for team in teams if team.eligible < least and team.pooled and team.unit_id)
    return tuple(sorted([*alone, *_pools(small, least)]))


def _pools(small: Iterable[Roster], least: int) -> list[tuple[str, ...]]:
    by_unit: dict[str, list[Roster]] = {}
    for team in small:
        by_unit.setdefault(team.unit_id or "", []).append(team)
    enough = (pool for pool in by_unit.values() if together(pool) >= least)
    return [tuple(sorted(team.team_id for team in pool)) for pool in enough]


def regroup(
    rosters: Iterable[Roster],
    before: Iterable[tuple[str, ...]],
    new: Collection[str],
    guarantee: Guarantee = STANDARD,
) -> tuple[tuple[str, ...], ...]:
    """Groups of a period inside a block: those before it, and new teams large enough to stand alone.

    new: ids of teams that started during the block. Smaller ones wait for the next block. A group that is
    too small for a stricter guarantee stays, and gets no words: it is drawn anew with its block.
    """
    kept = tuple(before)
    grouped = {team_id for group in kept for team_id in group}
    alone = (
        (roster.team_id,)
        for roster in rosters
        if roster.team_id in new and roster.team_id not in grouped and roster.eligible >= guarantee.roster_min
    )
    return tuple(sorted([*kept, *alone]))


def counted_in(group: Collection[str], rosters: Iterable[Roster]) -> frozenset[PersonRef]:
    """Whose answers count in a group: members of its teams who read no line of it."""
    teams = tuple(roster for roster in rosters if roster.team_id in group)
    members = frozenset[PersonRef]().union(*(team.members for team in teams))
    return members - readers_of(group, teams)


def readers_of(group: Collection[str], rosters: Iterable[Roster]) -> frozenset[PersonRef]:
    """Everybody who reads a group's line."""
    readers = (roster.readers for roster in rosters if roster.team_id in group)
    return frozenset[PersonRef]().union(*readers)


def together(pool: Iterable[Roster]) -> int:
    """How many count in a pool: a reader of any of its teams reads the pooled line too."""
    teams = tuple(pool)
    return len(counted_in({team.team_id for team in teams}, teams))
