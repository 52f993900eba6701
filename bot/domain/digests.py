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

NEUTRAL = 2
"""The score of a contributor whose answers are gone or unreadable at the release."""


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
    """A RELEASED row: m contributors, the window c, the released sum y from 0 to 4m."""

    period: int
    m: int
    c: Fraction
    y: int


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
    raise NotImplementedError


def read(history: History, *, roster: int) -> Reading:
    """What the last row of a history, which is Published, may be made to say.

    roster: people in the group (frozen roster without readers); 8 to 11 is a small group. Not m: that
    would show how many took part.
    """
    raise NotImplementedError


def read_parent(histories: Sequence[History]) -> Reading | None:
    """The line of a unit or the whole organisation from its groups' rows; None with fewer than two released.

    Only groups released in the newest period count.
    """
    raise NotImplementedError
