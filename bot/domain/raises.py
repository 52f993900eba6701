"""Saying something with others: the phrases, how many must choose one, how long it is shown (privacy §5).

A lane of its own beside the answers: nothing here is computed from them, and what somebody chose is
looked at only to be counted once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Literal, TypeAlias

from bot.domain.members import PersonRef, Team
from bot.domain.privacy import ROSTER_MIN, STANDARD, Guarantee


class Pillar(StrEnum):
    """What makes work bearable, in the study's six pillars (L72-78)."""

    WORKLOAD = "workload"
    WORKSPACE = "workspace"
    PEERS = "peers"
    INDIVIDUAL = "individual"
    LEADERSHIP = "leadership"
    SUPERVISION = "supervision"


PHRASES: Mapping[Pillar, tuple[str, ...]] = MappingProxyType(
    {
        Pillar.WORKLOAD: ("hours", "hands", "targets"),
        Pillar.WORKSPACE: ("private", "calm"),
        Pillar.PEERS: ("someone", "fair"),
        Pillar.INDIVIDUAL: ("fits", "restores", "languages", "finding"),
        Pillar.LEADERSHIP: ("answered", "seen", "trust", "matches", "looks"),
        Pillar.SUPERVISION: ("asked", "carried"),
    }
)
"""By key, in the order in which everybody sees them: two for each pillar, and one for each barrier that
none of those names (targets, languages, finding, trust, matches, looks)."""

EVERY = tuple(phrase for phrases in PHRASES.values() for phrase in phrases)
FIRST_ABOVE = (Pillar.LEADERSHIP, Pillar.SUPERVISION)
"""Read first by the level above whoever supervises, where there is one."""

NEEDED = ((30, 5), (16, 4), (ROSTER_MIN, 3))
"""From how many people on the frozen roster on, how many must choose the same phrase in one period."""
STAYS = 3
"""Updates that a phrase stands in, its own period's first: twelve weeks."""

Sentence: TypeAlias = Mapping[str, str]
"""A phrase as it was frozen, by language."""


def needed(roster: int, guarantee: Guarantee = STANDARD) -> int | None:
    """How many people of a roster must choose the same phrase; None where nothing is ever shown."""
    if roster < guarantee.roster_min:
        return None
    return next((many for size, many in NEEDED if roster >= size), None)


def reached(chosen: Iterable[Collection[str]], many: int) -> tuple[str, ...]:
    """Phrases that at least so many people chose, in the list's order; what each of them chose goes in."""
    times = Counter(phrase for phrases in chosen for phrase in set(phrases))
    return tuple(phrase for phrase in EVERY if times[phrase] >= many)


def goes_above(phrase: str) -> bool:
    return any(phrase in PHRASES[pillar] for pillar in FIRST_ABOVE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Readers:
    """Who reads what a group says with others, besides the team's channel a working day later.

    weekly: those whose weekly message carries its update. above: the level above them; empty where there
    is none, and then the weekly messages carry everything.
    """

    weekly: frozenset[PersonRef] = frozenset()
    above: frozenset[PersonRef] = frozenset()


def readers(teams: Iterable[Team], owners: Iterable[PersonRef], here: Collection[PersonRef]) -> Readers:
    """Who reads what people of those teams say. owners: of their pooled line. here: who is still in Slack."""
    teams = tuple(teams)
    supervising = {team.supervisor for team in teams if team.supervisor}
    owning = set(owners)
    leading = {team.leader for team in teams if team.leader}
    return Readers(
        weekly=frozenset((supervising | owning).intersection(here)),
        above=frozenset((leading | owning).difference(supervising).intersection(here)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What one reader is told that a group said: with its update, and what the level above reads first."""

    with_update: tuple[Sentence, ...] = ()
    above: tuple[Sentence, ...] = ()


def told(shown: Mapping[str, Sentence], *, level_above: bool, above_too: bool) -> Said:
    """Shown phrases as a message tells them. level_above: there is one; above_too: this reader may know.

    Always in the list's order, so that no place tells when a phrase was chosen.
    """
    ordered = sorted(shown, key=_in_list)
    first_above = [phrase for phrase in ordered if level_above and goes_above(phrase)]
    return Said(
        with_update=tuple(shown[phrase] for phrase in ordered if phrase not in first_above),
        above=tuple(shown[phrase] for phrase in first_above if above_too),
    )


def _in_list(phrase: str) -> tuple[int, str]:
    """Phrases of an earlier version come last."""
    return (EVERY.index(phrase) if phrase in EVERY else len(EVERY), phrase)


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """The newest period that began, and the instant of its freeze."""

    period: int
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where somebody stands towards the running period, by rosters and roles alone.

    running: None before the first. roster: people on the frozen roster that they stand on, 0 on none.
    reads: they read their group's line. grouped: their team is in a group. next_at: when rosters are
    frozen next, None before the workspace's calendar is known. guarantee: of the running period.
    """

    on_team: bool
    grouped: bool
    reads: bool
    roster: int
    readers: Readers
    running: Running | None = None
    next_at: datetime | None = None
    guarantee: Guarantee = STANDARD


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """What somebody can choose from now, and is told before: until when, how many it takes, who reads it."""

    period: int
    until: datetime
    needed: int
    readers: Readers
    guarantee: Guarantee = STANDARD


WhyClosed = Literal["no_team", "too_small", "not_yet", "reader", "nobody", "ended"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """Nothing that somebody chose now could be shown. opens_at: when that changes, for "not_yet"."""

    why: WhyClosed
    opens_at: datetime | None = None
    guarantee: Guarantee = STANDARD


def lane(place: Place, now: datetime) -> Lane | Closed:
    """Whether somebody can say something with others now."""
    running, many = place.running, needed(place.roster, place.guarantee)
    if place.reads:
        return Closed(why="reader")
    if running and now >= running.ends_at:
        return Closed(why="ended")
    if running is None or many is None:
        return _not_counted(place)
    if not place.readers.weekly:
        return Closed(why="nobody")
    return Lane(
        period=running.period,
        until=running.ends_at,
        needed=many,
        readers=place.readers,
        guarantee=place.guarantee,
    )


def _not_counted(place: Place) -> Closed:
    if not place.on_team or place.next_at is None:
        return Closed(why="no_team")
    if place.roster or not place.grouped:
        return Closed(why="too_small", guarantee=place.guarantee)
    return Closed(why="not_yet", opens_at=place.next_at)
