"""P9 as far as rosters and counts decide it: below 8 people and 6 who took part nothing can be released."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial
from random import Random

from bot.domain.groups import Roster, counted_in, partition
from bot.domain.members import PersonRef
from bot.domain.privacy import CONTRIBUTORS_MIN, ROSTER_MIN, may_publish
from bot.proof.findings import Effort, Finding, exactly

LARGEST = 30
READERS = (0, 1, 3)
AT_ONCE = 100

Partition = Callable[[Iterable[Roster]], Iterable[tuple[str, ...]]]


def team(name: str, size: int, readers: int, *, pooled: bool) -> Roster:
    """A team of `size` members, each listed twice; its readers are its first members and one from outside."""
    members = [PersonRef(f"{name}{n}") for n in range(size)]
    return Roster(
        team_id=name,
        unit_id="unit",
        members=frozenset([*members, *members]),
        readers=frozenset([*members[:readers], PersonRef(f"lead of {name}")]),
        pooled=pooled,
    )


def wrongly_allowed(decide: Callable[[int, int], bool] = may_publish) -> list[tuple[int, int]]:
    """Numbers of people on the roster and of contributors for which the decision is not the promised one."""
    return [
        (people, m)
        for people in range(LARGEST + 1)
        for m in range(people + 1)
        if decide(people, m) != (people >= ROSTER_MIN and m >= CONTRIBUTORS_MIN)
    ]


def wrongly_alone(grouped: Partition = partition) -> list[tuple[int, int, bool]]:
    """Lonely teams that have words with fewer than eight who read none, or have none with eight."""
    cases = [(size, readers, pool) for size in range(1, 31) for readers in READERS for pool in (False, True)]
    return [case for case in cases if not _rightly_alone(*case, grouped)]


def _rightly_alone(size: int, readers: int, pooled: bool, grouped: Partition) -> bool:
    alone = team("a", size, readers, pooled=pooled)
    groups = tuple(grouped([alone]))
    enough = size - min(readers, size) >= ROSTER_MIN
    return groups == ((("a",),) if enough else ()) and not _readers_counted(groups, [alone])


def _readers_counted(groups: Iterable[tuple[str, ...]], teams: Collection[Roster]) -> bool:
    reading = {roster.team_id: roster.readers for roster in teams}
    return any(counted_in(group, teams) & reading[name] for group in groups for name in group)


def is_partition(rng: Random, grouped: Partition = partition) -> bool:
    """Whether in a random unit everybody is in one group at most, none of them small, no reader counted."""
    names = "abcdefgh"[: rng.randint(1, 8)]
    teams = [team(n, rng.randint(1, 14), rng.randint(0, 3), pooled=rng.random() < 0.7) for n in names]
    groups = tuple(grouped(teams))
    counted = [counted_in(group, teams) for group in groups]
    once = sum(map(len, counted)) == len(frozenset[PersonRef]().union(*counted))
    return (
        once and all(len(people) >= ROSTER_MIN for people in counted) and not _readers_counted(groups, teams)
    )


def partitions(seed: int, part: int) -> int:
    rng = Random(f"{seed}/{part}")
    return sum(is_partition(rng) for _ in range(AT_ONCE))


def check(effort: Effort) -> Iterator[Finding]:
    """P9, before any database."""
    yield exactly("All numbers of people from 0 to 30, and of them who answered: wrong decisions",
                  len(wrongly_allowed()), 0)  # fmt: skip
    yield exactly("Lonely teams of 1 to 30, some members of which read the line: wrong groups",
                  len(wrongly_alone()), 0)  # fmt: skip
    units = effort.many(1_000, 10_000)
    whole = sum(effort.each(partial(partitions, effort.seed), range(units // AT_ONCE)))
    yield exactly(
        f"{units:,} random units of 1 to 8 teams: everybody in one group at most, none under 8, no reader",
        f"{whole:,} of {units:,}",
        f"{units:,} of {units:,}",
    )
