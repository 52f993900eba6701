"""P8 and P9 as far as rosters and counts decide them: below 8 and 6 nothing can be released."""

from __future__ import annotations

from random import Random

import pytest

from bot.domain.groups import Roster, counted_in, partition, regroup
from bot.domain.members import PersonRef
from bot.domain.privacy import EPS, UPDATES_PER_BLOCK, may_publish


def team(name: str, size: int, readers: int, *, pooled: bool) -> Roster:
    """A team of `size` members; its readers are its own first members and one from outside."""
    members = [PersonRef(f"{name}{n}") for n in range(size)]
    return Roster(
        team_id=name,
        unit_id="unit",
        members=frozenset([*members, *members]),
        readers=frozenset([*members[:readers], PersonRef(f"lead of {name}")]),
        pooled=pooled,
    )


@pytest.mark.parametrize("people", range(31))
def test_below_eight_people_or_six_contributors_nothing_may_be_released(people: int) -> None:
    allowed = [m for m in range(people + 1) if may_publish(people, m)]
    assert allowed == (list(range(6, people + 1)) if people >= 8 else [])


@pytest.mark.parametrize("size", range(1, 31))
@pytest.mark.parametrize("readers", [0, 1, 3])
@pytest.mark.parametrize("pooled", [False, True])
def test_a_lonely_team_has_words_only_with_eight_who_read_none(size: int, readers: int, pooled: bool) -> None:
    alone = team("a", size, readers, pooled=pooled)
    groups = partition([alone])
    assert groups == ((("a",),) if size - min(readers, size) >= 8 else ())
    assert all(not counted_in(group, [alone]) & alone.readers for group in groups)


def test_every_person_is_in_one_group_at_most_and_every_group_is_large_enough() -> None:
    rng = Random(9)
    for _ in range(1_000):
        names = "abcdefgh"[: rng.randint(1, 8)]
        teams = [team(n, rng.randint(1, 14), rng.randint(0, 3), pooled=rng.random() < 0.7) for n in names]
        groups = partition(teams)
        counted = [counted_in(group, teams) for group in groups]
        assert all(len(people) >= 8 for people in counted)
        assert sum(map(len, counted)) == len(frozenset().union(*counted))
        readers = frozenset[PersonRef]().union(*(t.readers for t in teams))
        assert not readers & frozenset[PersonRef]().union(*counted)


def test_a_second_partition_inside_a_block_changes_no_group_that_stands() -> None:
    teams = [team("a", 12, 1, pooled=False), team("b", 5, 0, pooled=True), team("c", 6, 0, pooled=True)]
    standing = partition(teams)
    assert standing == (("a",), ("b", "c"))
    regrown = [team("a", 12, 1, pooled=False), team("b", 9, 0, pooled=True), team("c", 9, 0, pooled=True)]
    assert regroup(regrown, standing, ()) == standing


def test_a_block_costs_a_person_epsilon_three_at_most() -> None:
    assert UPDATES_PER_BLOCK * EPS == 3
