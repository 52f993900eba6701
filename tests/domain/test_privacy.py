from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.localtime import WEEKS_IN_BLOCK, WEEKS_IN_PERIOD
from bot.domain.privacy import (
    CONTRIBUTORS,
    CONTRIBUTORS_MIN,
    EPS,
    PERIOD_WEEKS,
    ROSTER_MIN,
    ROSTERS,
    STANDARD,
    UPDATES_PER_BLOCK,
    Guarantee,
    at_most,
    is_looser,
    may_publish,
    promise_numbers,
    strictest,
)

guarantees = st.builds(
    Guarantee, strong=st.booleans(), roster_min=st.integers(), contributors_min=st.integers()
)


@pytest.mark.parametrize(("updates", "odds"), [(0, "50:50"), (1, "73:27"), (2, "88:12"), (3, "95:5")])
def test_the_promise_s_odds_follow_from_epsilon(updates: int, odds: str) -> None:
    assert at_most(updates) == odds


@pytest.mark.parametrize("updates", range(1, 14))
def test_the_odds_are_rounded_from_the_bound_itself(updates: int) -> None:
    right, wrong = (int(part) for part in at_most(updates).split(":"))
    assert right + wrong == 100
    assert right / 100 == pytest.approx(1 / (1 + math.exp(-updates * EPS)), abs=0.005)


def test_the_constants_of_the_release_rule_stand() -> None:
    assert (ROSTER_MIN, CONTRIBUTORS_MIN, EPS) == (8, 6, 1)
    assert PERIOD_WEEKS == WEEKS_IN_PERIOD == 4
    assert UPDATES_PER_BLOCK * WEEKS_IN_PERIOD == WEEKS_IN_BLOCK


@pytest.mark.parametrize(
    ("roster", "contributors", "possible"),
    [(8, 6, True), (7, 6, False), (8, 5, False), (30, 5, False), (6, 6, False), (30, 30, True)],
)
def test_words_need_eight_in_the_group_and_six_who_took_part(
    roster: int, contributors: int, possible: bool
) -> None:
    assert may_publish(roster, contributors) is possible


def test_every_number_of_the_promise_is_computed() -> None:
    assert promise_numbers() == {
        "roster_min": 8,
        "contributors_min": 6,
        "weeks": 4,
        "one_update": "73:27",
        "three_updates": "95:5",
    }


@given(guarantees)
def test_a_guarantee_looser_than_the_constants_cannot_be_made(made: Guarantee) -> None:
    assert made.eps <= EPS
    assert made.roster_min >= ROSTER_MIN
    assert made.contributors_min >= CONTRIBUTORS_MIN
    assert not is_looser(made, STANDARD)


@given(guarantees)
def test_strong_means_half_of_epsilon_and_twice_as_many_people(made: Guarantee) -> None:
    strong = Guarantee(strong=True, roster_min=made.roster_min, contributors_min=made.contributors_min)
    assert strong.eps == EPS / 2
    assert strong.roster_min >= 2 * ROSTER_MIN
    assert strong.contributors_min >= 2 * CONTRIBUTORS_MIN


@given(guarantees, guarantees)
def test_the_strictest_of_two_is_looser_than_neither(one: Guarantee, other: Guarantee) -> None:
    both = strictest((one, other))
    assert not is_looser(both, one)
    assert not is_looser(both, other)
    assert strictest((both, one)) == both
    assert is_looser(one, both) == (one != both)


def test_one_stricter_number_does_not_make_up_for_a_looser_one() -> None:
    assert is_looser(Guarantee(roster_min=50), Guarantee(contributors_min=8))
    assert is_looser(Guarantee(roster_min=50, contributors_min=30), Guarantee(strong=True))


def test_words_need_what_the_guarantee_says() -> None:
    strong = Guarantee(strong=True)
    assert may_publish(16, 12, strong)
    assert not may_publish(15, 12, strong)
    assert not may_publish(16, 11, strong)


def test_the_numbers_of_the_promise_follow_from_the_guarantee() -> None:
    assert promise_numbers(Guarantee(strong=True, contributors_min=15)) == {
        "roster_min": 16,
        "contributors_min": 15,
        "weeks": 4,
        "one_update": "62:38",
        "three_updates": "82:18",
    }


def test_what_can_be_chosen_begins_with_the_constants() -> None:
    assert list(ROSTERS) == sorted(set(ROSTERS))
    assert list(CONTRIBUTORS) == sorted(set(CONTRIBUTORS))
    assert (ROSTERS[0], CONTRIBUTORS[0]) == (ROSTER_MIN, CONTRIBUTORS_MIN)
    assert {Guarantee(strong=True).roster_min} < set(ROSTERS)
    assert {Guarantee(strong=True).contributors_min} < set(CONTRIBUTORS)
