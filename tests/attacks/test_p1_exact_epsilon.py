"""P1: what one update gives away about one person, exactly (bot/proof/exact.py goes through every draw)."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest

from bot.domain.digests import publish, score
from bot.domain.privacy import EPS
from bot.proof import exact
from tests.attacks.findings import assert_all_hold


def test_no_released_sum_and_no_word_is_likelier_by_more_than_epsilon() -> None:
    assert_all_hold(exact.check)
    assert exact.MOST * (EPS / 4) == EPS


@pytest.mark.parametrize("m", [6, 7, 60])
@pytest.mark.parametrize("z", [10**3, 10**9, 10**30])
def test_draws_beyond_the_range_lead_to_its_ends_from_every_sum(m: int, z: int) -> None:
    assert {publish(total, m, z) for total in range(4 * m + 1)} == {4 * m}
    assert {publish(total, m, -z) for total in range(4 * m + 1)} == {0}


def not_cut(total: int, _m: int, z: int) -> int:
    return total + z


def bent_back(total: int, m: int, z: int) -> int:
    return abs(total + z) if total + z <= 4 * m else 8 * m - total - z


@pytest.mark.parametrize("wrong", [not_cut, bent_back])
def test_another_way_to_publish_is_noticed(wrong: Callable[[int, int, int], int]) -> None:
    with pytest.raises(ValueError, match="released"):
        exact.worst(6, wrong)


@pytest.mark.parametrize("c", [Fraction(quarters, 4) for quarters in range(8, 17)])
def test_the_answers_of_one_person_reach_every_score_and_no_other(c: Fraction) -> None:
    months = [
        [a, b, d, e] for a in range(1, 6) for b in range(1, 6) for d in range(1, 6) for e in range(1, 6)
    ]
    scores = {score(answers[:n], c) for answers in months for n in range(5)}
    assert scores == set(range(exact.MOST + 1))
