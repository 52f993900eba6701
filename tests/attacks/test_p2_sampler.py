"""P2: the draws follow the exact law, and OpenDP's where it is installed."""

from __future__ import annotations

import importlib
from collections import Counter

import pytest

from bot.domain.privacy import EPS
from bot.proof import draws
from bot.proof.draws import AT_ONCE, FAR, counted, drawn, foreign_in_source, tail
from tests.attacks.findings import assert_all_hold


def test_two_hundred_thousand_draws_follow_the_exact_law() -> None:
    assert_all_hold(draws.check)


def test_the_tail_of_chi_square_is_the_tabled_one() -> None:
    assert tail(18.307, 10) == pytest.approx(0.05, abs=1e-4)
    assert tail(67.505, 50) == pytest.approx(0.05, abs=1e-4)


@pytest.mark.parametrize(
    ("line", "foreign"),
    [
        ("import random", {"random"}),
        ("from secrets import randbits", {"secrets"}),
        ("p = 0.5", {"0.5"}),
        ("z = hash(group)", {"hash"}),
        ("from fractions import Fraction", set()),
    ],
)
def test_what_a_sampler_must_not_use_is_seen_in_its_source(line: str, foreign: set[str]) -> None:
    assert foreign_in_source(line) == foreign


def p_value_of_two(one: Counter[int], other: Counter[int]) -> float:
    """How often two samples of one law and of equal size would differ so much."""
    cells = range(-FAR, FAR + 1)
    return tail(sum((one[z] - other[z]) ** 2 / (one[z] + other[z]) for z in cells), len(cells) - 1)


def test_an_independent_sampler_draws_the_same() -> None:
    pytest.importorskip("opendp", reason="OpenDP is not installed")
    dp = importlib.import_module("opendp.prelude")
    dp.enable_features("contrib")
    space = dp.vector_domain(dp.atom_domain(T=int)), dp.l1_distance(T=int)
    oracle = dp.m.make_laplace(*space, scale=4 / float(EPS))
    assert p_value_of_two(drawn(20, EPS, 0), counted(oracle([0] * AT_ONCE))) > draws.LEAST
