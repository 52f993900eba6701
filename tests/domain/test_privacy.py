from __future__ import annotations

import math

import pytest

from bot.domain.localtime import WEEKS_IN_BLOCK, WEEKS_IN_PERIOD
from bot.domain.privacy import (
    CONTRIBUTORS_MIN,
    EPS,
    PERIOD_WEEKS,
    ROSTER_MIN,
    UPDATES_PER_BLOCK,
    at_most,
    may_publish,
    promise_numbers,
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
