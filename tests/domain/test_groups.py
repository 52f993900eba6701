"""Groups are a partition that looks at rosters only (privacy §3)."""

from __future__ import annotations

import random
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.groups import (
    Roster,
    counted_in,
    partition,
    readers_of,
    regroup,
)
from bot.domain.members import PersonRef
from bot.domain.privacy import ROSTER_MIN

BOSS = PersonRef("boss")


def people(how_many: int, prefix: str = "p") -> frozenset[PersonRef]:
    return frozenset(PersonRef(f"{prefix}{n}") for n in range(how_many))


def team(
    team_id: str,
    members: int,
    *,
    unit: str | None = None,
    pooled: bool = False,
    readers: frozenset[PersonRef] = frozenset(),
) -> Roster:
    """A team of so many people of its own; readers may be among them."""
    own = people(members, team_id)
    return Roster(team_id=team_id, unit_id=unit, members=own, readers=readers, pooled=pooled)


@st.composite
def trees(draw: st.DrawFn) -> tuple[Roster, ...]:
    """Up to six teams in up to three units; everybody belongs to one team and may read any."""
    numbers = count()
    members = [
        frozenset(PersonRef(f"p{next(numbers)}") for _ in range(size))
        for size in draw(st.lists(st.integers(0, 13), max_size=6))
    ]
    everybody = sorted(frozenset().union(*members)) or [BOSS]
    return tuple(
        Roster(
            team_id=f"t{number}",
            unit_id=draw(st.sampled_from([None, "north", "south", "west"])),
            members=own,
            readers=draw(st.frozensets(st.sampled_from(everybody), max_size=4)),
            pooled=draw(st.booleans()),
        )
        for number, own in enumerate(members)
    )


def counted(rosters: tuple[Roster, ...], group: tuple[str, ...]) -> int:
    """How many people of a group read no line about it."""
    teams = [roster for roster in rosters if roster.team_id in group]
    return len(
        {ref for one in teams for ref in one.members if all(ref not in any_.readers for any_ in teams)}
    )


@pytest.mark.parametrize(("members", "groups"), [(0, ()), (7, ()), (8, (("a",),)), (30, (("a",),))])
def test_a_team_of_eight_stands_alone(members: int, groups: tuple[tuple[str, ...], ...]) -> None:
    assert partition([team("a", members)]) == groups


def test_whoever_reads_a_line_does_not_make_the_team_large_enough() -> None:
    reading_member = team("a", 8, readers=frozenset({PersonRef("a0")}))
    assert partition([reading_member]) == ()
    assert partition([team("a", 8, readers=frozenset({BOSS}))]) == (("a",),)


def test_small_siblings_are_pooled_when_together_enough() -> None:
    teams = [team("b", 4, unit="u", pooled=True), team("a", 4, unit="u", pooled=True)]
    assert partition(teams) == (("a", "b"),)


def test_small_siblings_that_are_not_enough_are_never_shown() -> None:
    teams = [team("a", 4, unit="u", pooled=True), team("b", 3, unit="u", pooled=True)]
    assert partition(teams) == ()


def test_a_reader_of_one_team_is_not_counted_in_the_pool_of_another() -> None:
    boss_of_a = frozenset({PersonRef("b0")})
    teams = [team("a", 4, unit="u", pooled=True, readers=boss_of_a), team("b", 4, unit="u", pooled=True)]
    assert partition(teams) == ()


@pytest.mark.parametrize(
    "other",
    [
        team("b", 7, unit="v", pooled=True),
        team("b", 7, unit="u", pooled=False),
        team("b", 7, pooled=True),
    ],
)
def test_a_small_team_is_pooled_with_willing_siblings_only(other: Roster) -> None:
    assert partition([team("a", 7, unit="u", pooled=True), other]) == ()


def test_teams_without_a_unit_have_no_siblings() -> None:
    assert partition([team("a", 7, pooled=True), team("b", 7, pooled=True)]) == ()


def test_a_large_team_does_not_carry_its_small_siblings() -> None:
    teams = [team("a", 12, unit="u", pooled=True), team("b", 5, unit="u", pooled=True)]
    assert partition(teams) == (("a",),)


@given(trees())
def test_every_team_is_in_one_group_at_most(rosters: tuple[Roster, ...]) -> None:
    shown = [team_id for group in partition(rosters) for team_id in group]
    assert len(shown) == len(set(shown))
    assert set(shown) <= {roster.team_id for roster in rosters}


@given(trees())
def test_nobody_who_reads_a_group_makes_it_large_enough(rosters: tuple[Roster, ...]) -> None:
    for group in partition(rosters):
        assert counted(rosters, group) >= ROSTER_MIN


@given(trees())
def test_only_small_willing_siblings_of_one_unit_are_pooled(rosters: tuple[Roster, ...]) -> None:
    by_id = {roster.team_id: roster for roster in rosters}
    for group in (group for group in partition(rosters) if len(group) > 1):
        pool = [by_id[team_id] for team_id in group]
        assert len({one.unit_id for one in pool}) == 1
        assert all(one.unit_id and one.pooled and one.eligible < ROSTER_MIN for one in pool)


@given(trees())
def test_a_group_of_one_is_large_enough_by_itself(rosters: tuple[Roster, ...]) -> None:
    alone = {group[0] for group in partition(rosters) if len(group) == 1}
    assert alone == {roster.team_id for roster in rosters if roster.eligible >= ROSTER_MIN}


@given(trees())
def test_a_willing_team_is_left_out_only_when_its_siblings_are_too_few(rosters: tuple[Roster, ...]) -> None:
    shown = {team_id for group in partition(rosters) for team_id in group}
    left_out = [one for one in rosters if one.team_id not in shown]
    for unit in {one.unit_id for one in left_out if one.unit_id and one.pooled}:
        pool = tuple(one.team_id for one in left_out if one.unit_id == unit and one.pooled)
        assert counted(rosters, pool) < ROSTER_MIN


@given(trees(), st.randoms(use_true_random=False))
def test_the_order_of_teams_changes_nothing(rosters: tuple[Roster, ...], chance: random.Random) -> None:
    mixed = chance.sample(rosters, len(rosters))
    assert partition(mixed) == partition(rosters)
    assert all(group == tuple(sorted(group)) for group in partition(mixed))


# Inside a block


def test_inside_a_block_groups_stay_whatever_became_of_their_teams() -> None:
    shrunk = [team("a", 3), team("b", 12)]
    assert regroup(shrunk, [("a",), ("b", "c")], new=()) == (("a",), ("b", "c"))


def test_a_team_set_up_during_a_block_stands_alone_if_large_enough_and_else_waits() -> None:
    rosters = [team("a", 9), team("new", 8), team("small", 7, unit="u", pooled=True)]
    assert regroup(rosters, [("a",)], new={"new", "small"}) == (("a",), ("new",))


def test_a_team_that_was_too_small_at_the_start_of_the_block_waits_for_the_next() -> None:
    assert regroup([team("a", 9), team("grown", 20)], [("a",)], new=()) == (("a",),)


def test_a_new_team_that_has_a_group_already_gets_no_second() -> None:
    assert regroup([team("a", 9)], [("a", "b")], new={"a"}) == (("a", "b"),)


@given(trees(), st.data())
def test_inside_a_block_no_team_is_in_two_groups_and_none_loses_its_group(
    rosters: tuple[Roster, ...], data: st.DataObject
) -> None:
    ids = [one.team_id for one in rosters]
    old = data.draw(st.sets(st.sampled_from(ids)) if ids else st.just(set()))
    before = partition([one for one in rosters if one.team_id in old])
    groups = regroup(rosters, before, new=set(ids) - old)
    shown = [team_id for group in groups for team_id in group]
    assert set(before) <= set(groups)
    assert len(shown) == len(set(shown))
    assert all(len(counted_in(group, rosters)) >= ROSTER_MIN for group in groups)


@given(trees())
def test_whoever_counts_in_a_group_reads_nothing_of_it_and_counts_in_no_other(
    rosters: tuple[Roster, ...],
) -> None:
    counted = [counted_in(group, rosters) for group in partition(rosters)]
    for group, people_in_it in zip(partition(rosters), counted, strict=True):
        assert not people_in_it & readers_of(group, rosters)
    assert sum(map(len, counted)) == len(frozenset().union(*counted))
