"""The random amount of the release rule: the discrete Laplace law, drawn exactly (privacy §3).

Canonne, Kamath and Steinke, "The Discrete Gaussian for Differential Privacy" (2020), algorithms 1 and 2.
Integers and fractions only: rounding errors of floating point are a known way to read through such noise.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

Bits = Callable[[int], int]
"""n -> an integer of n random bits, each equally likely; the caller hands in `secrets.randbits`."""

SENSITIVITY = 4
"""By how much one person's answers can move the sum of the scores."""


def noise(eps: Fraction, bits: Bits) -> int:
    """One draw of Z with P(z) proportional to exp(-eps·|z|/4). eps > 0."""
    scale = SENSITIVITY / eps
    while True:
        size = _geometric(scale.numerator, bits) // scale.denominator
        negative = bits(1) == 1
        if size or not negative:
            return -size if negative else size


def _geometric(t: int, bits: Bits) -> int:
    """X >= 0 with P(x) proportional to exp(-x/t)."""
    rest = _below(t, bits)
    while not _decays(Fraction(rest, t), bits):
        rest = _below(t, bits)
    whole = 0
    while _decays(Fraction(1), bits):
        whole += 1
    return rest + t * whole


def _decays(gamma: Fraction, bits: Bits) -> bool:
    """True with probability exp(-gamma), for gamma from 0 to 1."""
    k = 1
    while _chance(gamma / k, bits):
        k += 1
    return k % 2 == 1


def _chance(p: Fraction, bits: Bits) -> bool:
    """True with probability p."""
    return _below(p.denominator, bits) < p.numerator


def _below(n: int, bits: Bits) -> int:
    """An integer from 0 to n - 1, each equally likely."""
    width = (n - 1).bit_length()
    while (value := bits(width)) >= n:
        pass
    return value
