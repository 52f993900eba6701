"""P8 and P9 as far as rosters and counts decide them: below 8 and 6 nothing can be released."""

from __future__ import annotations

from bot.domain.groups import partition, regroup
from bot.domain.privacy import EPS, UPDATES_PER_BLOCK
from bot.proof import thresholds
from bot.proof.thresholds import team
from tests.attacks.findings import assert_all_hold


def test_below_eight_people_or_six_contributors_nothing_may_be_released() -> None:
    assert_all_hold(thresholds.check)


def test_a_looser_threshold_is_noticed() -> None:
    assert thresholds.wrongly_allowed(lambda people, m: people >= 8 and m >= 5) != []
    assert thresholds.wrongly_alone(lambda teams: [(one.team_id,) for one in teams]) != []


def test_a_second_partition_inside_a_block_changes_no_group_that_stands() -> None:
    teams = [team("a", 12, 1, pooled=False), team("b", 5, 0, pooled=True), team("c", 6, 0, pooled=True)]
    standing = partition(teams)
    assert standing == (("a",), ("b", "c"))
    regrown = [team("a", 12, 1, pooled=False), team("b", 9, 0, pooled=True), team("c", 9, 0, pooled=True)]
    assert regroup(regrown, standing, ()) == standing


def test_a_block_costs_a_person_epsilon_three_at_most() -> None:
    assert UPDATES_PER_BLOCK * EPS == 3
