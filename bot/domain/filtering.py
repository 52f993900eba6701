"""What released sums say of a group's level over time: a forward filter on a fixed grid (privacy §4).

Plain vectors and matrices over the grid; nothing here knows of people, weeks or words. Everything is a
function of released rows, so it costs no privacy, however often it is computed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from operator import mul

from bot.domain.privacy import EPS

Vector = tuple[float, ...]
Matrix = tuple[Vector, ...]

GRID = tuple(Fraction(tenths, 10) for tenths in range(12, 49))
"""The levels a group can have: the mean weight of the week, 1 (none) to 5."""

PRIOR_MEAN, PRIOR_SD = 3.0, 0.7
RW = 0.06
"""Standard deviation of a level's drift in one period."""
PJ, SJ = 0.03, 0.6
"""Probability of a sudden change in one period, and its standard deviation."""
V = 0.081
"""Variance of one person's score, as a share of the window, around what the level explains."""
SX = 0.75
"""Standard deviation of people's period means around their group's level."""
STEPS = 4
"""One person's score is one of 0..4: the window of width 1 in quarters."""

_LEVELS = tuple(float(level) for level in GRID)


def _normed(weights: Sequence[float]) -> Vector:
    total = sum(weights)
    return tuple(weight / total for weight in weights)


def _bells(centre: float, sd: float, points: Sequence[float]) -> Vector:
    """The normal density at the points, made to sum to 1."""
    return _normed([math.exp(-((point - centre) ** 2) / (2 * sd * sd)) for point in points])


def _mixed(level: float) -> Vector:
    drift, jump = _bells(level, RW, _LEVELS), _bells(level, SJ, _LEVELS)
    return tuple((1 - PJ) * near + PJ * far for near, far in zip(drift, jump, strict=True))


PRIOR = _bells(PRIOR_MEAN, PRIOR_SD, _LEVELS)
T: Matrix = tuple(_mixed(level) for level in _LEVELS)
"""T[i][j]: the probability that a group at level i is at level j one period later."""
_COLUMNS: Matrix = tuple(zip(*T, strict=True))


@lru_cache(maxsize=64)
def expected_share(c: Fraction) -> Vector:
    """f_c of privacy §4 for every level: the mean score of x ~ N(level, SX) in window c, divided by 4.

    Exact: a score is at least j when x passes the middle between the quarters j - 1 and j.
    """
    edges = [float(c - Fraction(1, 2) + Fraction(2 * j - 1, 2 * STEPS)) for j in range(1, STEPS + 1)]
    return tuple(sum(_above(edge, level) for edge in edges) / STEPS for level in _LEVELS)


def _above(edge: float, level: float) -> float:
    """P(x > edge) for x ~ N(level, SX)."""
    return math.erfc((edge - level) / (SX * math.sqrt(2))) / 2


@lru_cache(maxsize=4096)
def likelihood(c: Fraction, m: int, y: int) -> Vector:
    """How well each level explains the released sum y of m people in window c, up to a constant."""
    sums = range(STEPS * m + 1)
    decay = [math.exp(-float(EPS) / STEPS * abs(y - u)) for u in sums]
    sd = STEPS * math.sqrt(m * V)
    return _peaked([sum(map(mul, _bells(STEPS * m * share, sd, sums), decay)) for share in expected_share(c)])


def _peaked(weights: Sequence[float]) -> Vector:
    """Scaled to a maximum of 1, so that products over periods stay far from underflow."""
    top = max(weights)
    return tuple(weight / top for weight in weights)


def forward(evidence: Sequence[Vector | None]) -> list[Vector]:
    """The posterior over the grid after each period, oldest first; None is a period without an update.

    The first element must be a likelihood.
    """
    posteriors: list[Vector] = []
    for found in evidence:
        ahead = _ahead(posteriors[-1]) if posteriors else PRIOR
        posteriors.append(_normed(list(map(mul, ahead, found))) if found else ahead)
    return posteriors


def _ahead(posterior: Vector) -> Vector:
    return tuple(sum(map(mul, posterior, column)) for column in _COLUMNS)


def mean(posterior: Vector) -> float:
    return sum(map(mul, posterior, _LEVELS))


def variance(posterior: Vector) -> float:
    centre = mean(posterior)
    return sum(p * (level - centre) ** 2 for p, level in zip(posterior, _LEVELS, strict=True))
