"""P2: the draws follow the exact law (the sampler's source is held to its means in tests/domain)."""

from __future__ import annotations

import importlib
import importlib.util
import math
from collections import Counter
from collections.abc import Iterable
from fractions import Fraction
from random import Random

import pytest

from bot.domain.privacy import EPS
from bot.domain.sampler import noise

DRAWS = 200_000
FAR = 24
"""Draws of this size and beyond are counted together, on each side."""


def exact(z: int, eps: Fraction) -> float:
    q = math.exp(-float(eps) / 4)
    if abs(z) == FAR:
        return q**FAR / (1 + q)
    return (1 - q) / (1 + q) * q ** abs(z)


def counted(draws: Iterable[int]) -> Counter[int]:
    return Counter(min(max(z, -FAR), FAR) for z in draws)


def tail(chi: float, freedom: int) -> float:
    """P(chi-square of an even number of degrees of freedom >= chi)."""
    assert freedom % 2 == 0
    term = total = 1.0
    for k in range(1, freedom // 2):
        term *= chi / 2 / k
        total += term
    return math.exp(-chi / 2) * total


def p_value(found: Counter[int], draws: int, eps: Fraction) -> float:
    expected = {z: draws * exact(z, eps) for z in range(-FAR, FAR + 1)}
    assert sum(expected.values()) == pytest.approx(draws)
    return tail(sum((found[z] - e) ** 2 / e for z, e in expected.items()), len(expected) - 1)


def p_value_of_two(one: Counter[int], other: Counter[int]) -> float:
    """The same for two samples of equal size."""
    cells = range(-FAR, FAR + 1)
    return tail(sum((one[z] - other[z]) ** 2 / (one[z] + other[z]) for z in cells), len(cells) - 1)


def test_the_tail_of_chi_square_is_the_tabled_one() -> None:
    assert tail(18.307, 10) == pytest.approx(0.05, abs=1e-4)
    assert tail(67.505, 50) == pytest.approx(0.05, abs=1e-4)


def test_two_hundred_thousand_draws_follow_the_exact_law() -> None:
    bits = Random(20).getrandbits
    found = counted(noise(EPS, bits) for _ in range(DRAWS))
    p = p_value(found, DRAWS, EPS)
    print(f"{DRAWS} draws at epsilon {EPS}: p = {p:.3f}; {_against_opendp(found)}")
    assert p > 1e-4
    assert p_value(counted(noise(Fraction(9, 10), bits) for _ in range(DRAWS // 4)), DRAWS // 4, EPS) < 1e-4


def _against_opendp(found: Counter[int]) -> str:
    """Compares with OpenDP's sampler where it is installed; says so where it is not."""
    if importlib.util.find_spec("opendp") is None:
        return "not run: OpenDP absent"
    dp = importlib.import_module("opendp.prelude")
    dp.enable_features("contrib")
    space = dp.vector_domain(dp.atom_domain(T=int)), dp.l1_distance(T=int)
    oracle = dp.m.make_laplace(*space, scale=4 / float(EPS))
    p = p_value_of_two(found, counted(oracle([0] * DRAWS)))
    assert p > 1e-4
    return f"against OpenDP p = {p:.3f}"
