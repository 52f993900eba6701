"""G1 to G4 and C0: what attackers guess who know much and see all, and that they win against weaker rules."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest

from bot.audit.rows import Check
from bot.domain.digests import Published
from bot.domain.privacy import EPS
from bot.domain.sampler import noise
from bot.proof import games, watching
from bot.proof.findings import Effort
from bot.proof.games import Answers, Choir
from bot.proof.learning import held_out
from tests.attacks.findings import assert_all_hold

CHECKS = [
    games.check_all_others_known,
    games.check_puppets,
    games.check_controls,
    watching.check_comings,
    watching.check_lines_beside,
]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_attackers_get_no_further_than_the_promise_and_win_where_they_must(check: Check) -> None:
    assert_all_hold(check)


class Loud(Choir):
    """The rule with a random amount a quarter as large as it must be."""

    def show(self, seen: Answers, people: Answers, rng: Random) -> Published:
        return Published(
            period=len(seen),
            m=len(people),
            c=Fraction(3),
            y=games._total(people, Fraction(3)) + noise(4 * EPS, rng.getrandbits),
        )


def test_too_small_a_random_amount_is_noticed() -> None:
    found = games.play(Effort(), Loud(), 8, 1, 300).adv
    assert found.value > 0.462 + 3 * found.error


def test_what_is_plain_to_see_is_learned_and_what_is_not_is_not() -> None:
    rng = Random(1)
    plain = [([rng.gauss(0, 1), float(heavy)], heavy) for heavy in (rng.random() < 0.5 for _ in range(600))]
    assert held_out(plain).value > 0.95
    noise_alone = [([rng.gauss(0, 1)], rng.random() < 0.5) for _ in range(600)]
    assert abs(held_out(noise_alone).value) < 0.2


@pytest.mark.parametrize("rest", [0, 14, 28])
def test_the_best_guess_follows_from_the_law_alone(rest: int) -> None:
    """1 - exp(-1/2) far from the ends; less where the sum is cut."""
    assert games.told_apart(8, rest) <= 0.3935
    assert games.told_apart(8, 14) == pytest.approx(0.393, abs=0.02)
