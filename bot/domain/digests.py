"""The release rule's arithmetic and what released rows may be made to say (privacy §3 and §4).

From answers to one number: score, then `sampler.noise`, then publish. From released rows to words: window,
read, read_parent; these see rows and roster-level facts only.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import dropwhile

from bot.domain.filtering import GRID, Evidence, Shift, Vector, forward, likelihood, mean, shifts, variance
from bot.domain.privacy import EPS

NEUTRAL = 2
"""The score of a contributor whose answers are gone or unreadable at the release."""
FIRST_WINDOW = Fraction(3)
WINDOWS = (Fraction(2), Fraction(4))
"""The lowest and the highest window; between them it moves by quarters."""

CUTS = (Fraction(27, 10), Fraction(32, 10))
"""The middle band, both ends included."""
P_BAND = 0.8
QUARTER = 3
"""Periods in "about three months"."""
P_TREND = 0.70
P_MAYBE_SMALL, P_MAYBE = 0.55, 0.48
P_TREND_STRONG, P_MAYBE_STRONG = 0.75, 0.50
"""With half of ε: so that groups of 16 reach the bars of U1, where moods are shared too (docs/privacy.md)."""
LARGE = 12
"""People from which on a group is no small one."""
PARENT_MOVED, PARENT_MOVED_STRONG = 1.05, 1.4
"""By how much a parent's level must have moved in three periods, over the root of the people counted; with
half of ε more, so that about half of stable years stay without a false direction there too."""


class Band(StrEnum):
    LOWER = "lower"
    MIDDLE = "middle"
    HIGHER = "higher"
    LOWER_MIDDLE = "lower_middle"
    MIDDLE_HIGHER = "middle_higher"
    TOO_EARLY = "too_early"


class Trend(StrEnum):
    FIRST = "first"
    HEAVIER = "heavier"
    LIGHTER = "lighter"
    MAYBE_HEAVIER = "maybe_heavier"
    MAYBE_LIGHTER = "maybe_lighter"
    NO_CHANGE = "no_change"


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A RELEASED row: m contributors, the window c, the sum y from 0 to 4m, the ε it was drawn with."""

    period: int
    m: int
    c: Fraction
    y: int
    eps: Fraction = EPS


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A period of the group without an update: SUPPRESSED or LOST."""

    period: int


Row = Published | Gap
History = Sequence[Row]
"""A group's rows of contiguous periods, oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What may be said of a group's last row; small_group adds "act on two updates, not one"."""

    band: Band
    trend: Trend
    small_group: bool


def score(answers: Sequence[int], c: Fraction) -> int:
    """One person's 0..4 in window c: their exact mean, cut to the window of width 1, half rounding down.

    answers: the person's readable answers of the period; none left counts as neutral.
    """
    if not answers:
        return NEUTRAL
    within = Fraction(sum(answers), len(answers)) - (c - Fraction(1, 2))
    return math.ceil(4 * min(max(within, Fraction(0)), Fraction(1)) - Fraction(1, 2))


def publish(total: int, m: int, z: int) -> int:
    """The released sum: total of m scores plus the draw z, cut to 0..4m."""
    return min(max(total + z, 0), 4 * m)


def window(history: History) -> Fraction:
    """c of the period after the history: a function of its rows only; 3 before the first update."""
    evidence = _evidence(history)
    return _window_around(mean(forward(evidence)[-1])) if evidence else FIRST_WINDOW


def _window_around(level: float) -> Fraction:
    """The nearest quarter, ties to even, within the lowest and the highest window."""
    return min(max(Fraction(round(4 * level), 4), WINDOWS[0]), WINDOWS[1])


def read(history: History, *, roster: int) -> Reading:
    """What the last row of a history, which is Published, may be made to say.

    roster: people in the group (frozen roster without readers); 8 to 11 is a small group. Not m: that
    would show how many took part.
    """
    newest, evidence = _released(history[-1]), _evidence(history)
    band = _band(*_masses(forward(evidence)[-1]))
    trend = _trend(newest, shifts(evidence)) if _updates(history) > 1 else Trend.FIRST
    return Reading(band=band, trend=trend, small_group=roster < LARGE)


def _evidence(history: History) -> Evidence:
    """Likelihoods from the first update on; periods before it say nothing and are not compared with."""
    since_first = dropwhile(lambda row: isinstance(row, Gap), history)
    return [
        likelihood(row.c, row.m, row.y, row.eps) if isinstance(row, Published) else None
        for row in since_first
    ]


def _updates(history: History) -> int:
    return sum(isinstance(row, Published) for row in history)


def _released(row: Row) -> Published:
    if isinstance(row, Gap):
        raise ValueError(f"period {row.period} has no update to read")
    return row


def _masses(posterior: Vector) -> tuple[float, float, float]:
    """Probabilities of the lower, middle and higher band."""
    low, high = GRID.index(CUTS[0]), GRID.index(CUTS[1]) + 1
    return sum(posterior[:low]), sum(posterior[low:high]), sum(posterior[high:])


def _band(lower: float, middle: float, higher: float) -> Band:
    """One band if it is likely enough, else two neighbours together, else nothing yet."""
    single = {Band.LOWER: lower, Band.MIDDLE: middle, Band.HIGHER: higher}
    pairs = {Band.LOWER_MIDDLE: lower + middle, Band.MIDDLE_HIGHER: middle + higher}
    for masses in (single, pairs):
        likeliest = max(masses, key=masses.__getitem__)
        if masses[likeliest] >= P_BAND:
            return likeliest
    return Band.TOO_EARLY


def _trend(newest: Published, by_distance: Sequence[Shift]) -> Trend:
    """The direction since three periods ago if it is clear, else a possible one within the last six."""
    clear, possible = _thresholds(newest)
    if len(by_distance) >= QUARTER:
        quarter = by_distance[QUARTER - 1]
        if quarter.up >= clear:
            return Trend.HEAVIER
        if quarter.down >= clear:
            return Trend.LIGHTER
    up = max(shift.clearly_up for shift in by_distance)
    down = max(shift.clearly_down for shift in by_distance)
    if max(up, down) < possible or up == down:
        return Trend.NO_CHANGE
    return Trend.MAYBE_HEAVIER if up > down else Trend.MAYBE_LIGHTER


def _thresholds(newest: Published) -> tuple[float, float]:
    """How likely a direction must be to be said as clear, and as possible."""
    if newest.eps < EPS:
        return P_TREND_STRONG, P_MAYBE_STRONG
    return P_TREND, P_MAYBE_SMALL if newest.m < LARGE else P_MAYBE


def read_parent(histories: Sequence[History]) -> Reading | None:
    """The line of a unit or the whole organisation from its groups' rows; None with fewer than two released.

    Only groups released in the newest period count, and for the direction only those of them that were
    released three periods before as well. Their levels are taken as independent.
    """
    newest = max((history[-1].period for history in histories if history), default=0)
    released = [_part(h) for h in histories if h and h[-1].period == newest and isinstance(h[-1], Published)]
    if len(released) < 2:
        return None
    return Reading(band=_parent_band(released), trend=_parent_trend(released), small_group=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """One group in its parent's line; then: its level three periods ago if there was an update."""

    m: int
    eps: Fraction
    level: float
    variance: float
    then: float | None


def _part(history: History) -> _Part:
    newest, posteriors = _released(history[-1]), forward(_evidence(history))
    compared = len(history) > QUARTER and isinstance(history[-1 - QUARTER], Published)
    return _Part(
        m=newest.m,
        eps=newest.eps,
        level=mean(posteriors[-1]),
        variance=variance(posteriors[-1]),
        then=mean(posteriors[-1 - QUARTER]) if compared else None,
    )


def _parent_band(parts: Sequence[_Part]) -> Band:
    """The bands' probabilities under a normal law with the weighted mean and its variance."""
    people = sum(part.m for part in parts)
    level = sum(part.m * part.level for part in parts) / people
    sd = math.sqrt(sum(part.m**2 * part.variance for part in parts)) / people
    below = [math.erfc((level - float(cut)) / (sd * math.sqrt(2))) / 2 for cut in CUTS]
    return _band(below[0], below[1] - below[0], 1 - below[1])


def _parent_trend(parts: Sequence[_Part]) -> Trend:
    moved = [(part.m, part.level - part.then) for part in parts if part.then is not None]
    if not moved:
        return Trend.FIRST
    people = sum(m for m, _ in moved)
    by = sum(m * difference for m, difference in moved) / people
    strong = min(part.eps for part in parts) < EPS
    if abs(by) < (PARENT_MOVED_STRONG if strong else PARENT_MOVED) / math.sqrt(people):
        return Trend.NO_CHANGE
    return Trend.HEAVIER if by > 0 else Trend.LIGHTER
