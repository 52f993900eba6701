"""P3 and P4: how far one person reaches into a release, and what their answers cannot touch."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from random import Random

from bot.domain.digests import publish
from bot.proof import one_person
from tests.attacks.findings import assert_all_hold


def test_nobody_moves_the_sum_by_more_than_four_whatever_they_answer() -> None:
    assert_all_hold(one_person.check_reach)


def test_a_score_that_is_not_cut_is_noticed() -> None:
    def uncut(own: Sequence[int], c: Fraction) -> int:
        return round(4 * (Fraction(sum(own), len(own)) - c + Fraction(1, 2))) if own else 2

    assert not one_person.moves(1, uncut, 0) <= set(range(-4, 5))


def test_a_release_follows_from_the_sum_and_the_draw_alone() -> None:
    rng = Random(4)
    for _ in range(10_000):
        m, z = rng.randint(6, 60), rng.randint(-40, 40)
        u = rng.randint(0, 4 * m)
        assert 0 <= publish(u, m, z) <= 4 * m
        assert abs(publish(u, m, z) - publish(min(u + 4, 4 * m), m, z)) <= 4


def test_the_same_rows_give_the_same_decision_and_window_whatever_was_answered() -> None:
    assert_all_hold(one_person.check_blindness)
