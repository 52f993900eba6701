"""The filter once more, written from the words of privacy §4 alone: slowly, plainly, sharing nothing.

Levels are whole tenths from 12 to 48. A row is (m, c, y) or None; f_c is integrated numerically.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache

Row = tuple[int, float, int] | None

LEVELS = range(12, 49)


def bell(distance: float, sd: float) -> float:
    return math.exp(-distance * distance / (2 * sd * sd))


def passage(i: int, j: int) -> float:
    near = bell((j - i) / 10, 0.06) / sum(bell((g - i) / 10, 0.06) for g in LEVELS)
    far = bell((j - i) / 10, 0.6) / sum(bell((g - i) / 10, 0.6) for g in LEVELS)
    return 0.97 * near + 0.03 * far


T = {i: {j: passage(i, j) for j in LEVELS} for i in LEVELS}


@cache
def f(c: float, mu: float) -> float:
    """The mean of the clipped, rounded answer of x ~ N(mu, .75), by the midpoint rule over ± 6 deviations."""
    total = weights = 0.0
    for step in range(3000):
        x = mu + 0.75 * (-6 + 12 * (step + 0.5) / 3000)
        weight = bell(x - mu, 0.75)
        clipped = min(max(x - (c - 0.5), 0.0), 1.0)
        total += weight * math.ceil(4 * clipped - 0.5) / 4
        weights += weight
    return total / weights


@cache
def explains(m: int, c: float, y: int) -> dict[int, float]:
    found = {}
    for g in LEVELS:
        centre, sd = 4 * m * f(c, g / 10), math.sqrt(16 * m * 0.081)
        normal = [bell(u - centre, sd) for u in range(4 * m + 1)]
        laplace = [math.exp(-abs(y - u) / 4) for u in range(4 * m + 1)]
        found[g] = sum(n * p for n, p in zip(normal, laplace, strict=True)) / sum(normal)
    return found


def update(before: dict[int, float], row: Row) -> dict[int, float]:
    likely = explains(*row) if row else dict.fromkeys(LEVELS, 1.0)
    unnormed = {g: before[g] * likely[g] for g in LEVELS}
    whole = sum(unnormed.values())
    return {g: mass / whole for g, mass in unnormed.items()}


def pass_on(before: dict[int, float]) -> dict[int, float]:
    return {j: sum(before[i] * T[i][j] for i in LEVELS) for j in LEVELS}


def levels(rows: Sequence[Row]) -> list[dict[int, float]]:
    """What is known of the level after each row; the first row is an update."""
    known = [update({g: bell(g / 10 - 3.0, 0.7) for g in LEVELS}, rows[0])]
    for row in rows[1:]:
        known.append(update(pass_on(known[-1]), row))
    return known


def differences(rows: Sequence[Row], k: int) -> dict[int, float]:
    """Masses of now minus k periods ago, in tenths, by following every level of then on its own."""
    then = levels(rows)[-1 - k]
    masses = dict.fromkeys(range(-36, 37), 0.0)
    for start in LEVELS:
        now = {g: then[start] if g == start else 0.0 for g in LEVELS}
        for row in rows[len(rows) - k :]:
            likely = explains(*row) if row else dict.fromkeys(LEVELS, 1.0)
            now = {g: mass * likely[g] for g, mass in pass_on(now).items()}
        for end in LEVELS:
            masses[end - start] += now[end]
    whole = sum(masses.values())
    return {difference: mass / whole for difference, mass in masses.items()}


def band_masses(rows: Sequence[Row]) -> tuple[float, float, float]:
    now = levels(rows)[-1]
    lower = sum(mass for g, mass in now.items() if g < 27)
    higher = sum(mass for g, mass in now.items() if g > 32)
    return lower, 1 - lower - higher, higher


def mean(rows: Sequence[Row]) -> float:
    return sum(g * mass for g, mass in levels(rows)[-1].items()) / 10


def trend_masses(rows: Sequence[Row]) -> tuple[float, float, float, float]:
    """U3, D3, V+ and V-; 0 where the history is too short."""
    by_k = {k: differences(rows, k) for k in range(1, min(6, len(rows) - 1) + 1)}
    u3 = sum(mass for d, mass in by_k[3].items() if d >= 1) if 3 in by_k else 0.0
    d3 = sum(mass for d, mass in by_k[3].items() if d <= -1) if 3 in by_k else 0.0
    up = max((sum(mass for d, mass in by.items() if d >= 2) for by in by_k.values()), default=0.0)
    down = max((sum(mass for d, mass in by.items() if d <= -2) for by in by_k.values()), default=0.0)
    return u3, d3, up, down


def band(masses: tuple[float, float, float]) -> str:
    lower, middle, higher = masses
    if max(masses) >= 0.8:
        return ["lower", "middle", "higher"][masses.index(max(masses))]
    if max(lower + middle, middle + higher) >= 0.8:
        return "lower_middle" if lower >= higher else "middle_higher"
    return "too_early"


def trend(rows: Sequence[Row]) -> str:
    newest = rows[-1]
    if sum(row is not None for row in rows) == 1 or newest is None:
        return "first"
    u3, d3, up, down = trend_masses(rows)
    needed = 0.55 if newest[0] < 12 else 0.48
    if u3 >= 0.7:
        return "heavier"
    if d3 >= 0.7:
        return "lighter"
    if up >= needed and up > down:
        return "maybe_heavier"
    if down >= needed and down > up:
        return "maybe_lighter"
    return "no_change"
