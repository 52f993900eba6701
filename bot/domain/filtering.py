"""What released sums say of a group's level over time: a forward filter on a fixed grid (privacy §4).

Plain vectors and matrices over the grid; nothing here knows of people, weeks or words. Everything is a
function of released rows, so it costs no privacy, however often it is computed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import accumulate
from operator import mul

from bot.domain.privacy import EPS

Vector = tuple[float, ...]
Matrix = tuple[Vector, ...]
Evidence = Sequence[Vector | None]
"""A likelihood over the grid for each period, oldest first; None for a period without an update. The first
is a likelihood: a group's history begins with its first update."""

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
REACH = 6
"""The furthest two periods lie apart that are compared."""

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
def likelihood(c: Fraction, m: int, y: int, eps: Fraction = EPS) -> Vector:
    """How well each level explains the sum y of m people in window c, released with eps, up to a constant."""
    sums = range(STEPS * m + 1)
    decay = [math.exp(-float(eps) / STEPS * abs(y - u)) for u in sums]
    sd = STEPS * math.sqrt(m * V)
    return _peaked([sum(map(mul, _bells(STEPS * m * share, sd, sums), decay)) for share in expected_share(c)])


def _peaked(weights: Sequence[float]) -> Vector:
    """Scaled to a maximum of 1, so that products over periods stay far from underflow."""
    top = max(weights)
    return tuple(weight / top for weight in weights)


def forward(evidence: Evidence) -> list[Vector]:
    """The posterior over the grid after each period, from that period's update and all before it."""
    posteriors: list[Vector] = []
    for found in evidence:
        ahead = _ahead(posteriors[-1]) if posteriors else PRIOR
        posteriors.append(_normed(list(map(mul, ahead, found))) if found else ahead)
    return posteriors


def _ahead(posterior: Vector) -> Vector:
    return tuple(sum(map(mul, posterior, column)) for column in _COLUMNS)


def mean(posterior: Vector) -> float:
    weighted: Iterator[float] = map(mul, posterior, _LEVELS)
    return sum(weighted)


def variance(posterior: Vector) -> float:
    centre = mean(posterior)
    distances = [level - centre for level in _LEVELS]
    return sum(p * d * d for p, d in zip(posterior, distances, strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """Where a group is now against where it was k periods ago, as probabilities over steps of the grid."""

    up: float
    """One step or more heavier."""
    down: float
    clearly_up: float
    """Two steps or more heavier."""
    clearly_down: float


def shifts(evidence: Evidence) -> list[Shift]:
    """The shift against 1, 2, ... up to REACH periods ago, as far as the history goes.

    A period without an update counts as one period of time.
    """
    posteriors = forward(evidence)
    furthest = min(REACH, len(evidence) - 1)
    return [_shift(posteriors[-1 - k], evidence[len(evidence) - k :]) for k in range(1, furthest + 1)]


def _shift(then: Vector, since: Evidence) -> Shift:
    """The joint law of then and now, summed over all pairs of levels that lie far enough apart.

    Both halves of the way are kept as matrices, and only the sums that are asked for are taken across them:
    the product of the two would cost as much as everything else together.
    """
    half = len(since) // 2
    before, after = _ways(tuple(since[:half])), _tails(tuple(since[half:]))
    whole = _at_least(then, before, after, -len(GRID))
    up, level, clearly_up, nearly_level = (_at_least(then, before, after, by) / whole for by in (1, 0, 2, -1))
    return Shift(up=up, down=1 - level, clearly_up=clearly_up, clearly_down=1 - nearly_level)


def _at_least(then: Vector, before: Matrix, after: Matrix, by: int) -> float:
    """The mass of all ways on which the level now is at least `by` steps above the level then."""
    last = len(GRID)
    ends = (after[min(max(start + by, 0), last)] for start in range(last))
    by_start = [sum(map(mul, row, end)) for row, end in zip(before, ends, strict=True)]
    masses: Iterator[float] = map(mul, then, by_start)
    return sum(masses)


@lru_cache(maxsize=64)
def _ways(since: tuple[Vector | None, ...]) -> Matrix:
    """[i][j]: from level i to level j over the given periods, each passage times what it explains."""
    if not since:
        return tuple(tuple(float(i == j) for j in range(len(GRID))) for i in range(len(GRID)))
    if len(since) == 1:
        return _way(since[0])
    return _product(_way(since[0]), _ways(since[1:]))


def _way(found: Vector | None) -> Matrix:
    return T if found is None else tuple(tuple(map(mul, row, found)) for row in T)


def _product(left: Matrix, right: Matrix) -> Matrix:
    columns = tuple(zip(*right, strict=True))
    return tuple(tuple(sum(map(mul, row, column)) for column in columns) for row in left)


@lru_cache(maxsize=64)
def _tails(since: tuple[Vector | None, ...]) -> Matrix:
    """[q][i]: from level i to any level of index q or more, for q up to one past the grid."""
    return tuple(zip(*(_from_the_end(row) for row in _ways(since)), strict=True))


def _from_the_end(row: Vector) -> Iterator[float]:
    return reversed((0.0, *accumulate(reversed(row))))
