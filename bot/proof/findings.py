"""What a check measured, how surely, and what it was held to (privacy §8)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

Each = Callable[..., Iterable[Any]]
"""Like `map`: a function called with each of some arguments; perhaps over several processes."""


def unheard(_line: str) -> None:
    """Progress that nobody waits for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How much is tried. long: as much as the tables of docs/privacy.md. say: takes a line of progress."""

    seed: int = 1
    long: bool = False
    each: Each = map
    say: Callable[[str], None] = unheard

    def many(self, short: int, long: int) -> int:
        return long if self.long else short


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was tried, in plain words; bar: what it is held to; holds: whether it keeps to that."""

    tried: str
    measured: str
    bar: str
    holds: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A figure and its standard error."""

    value: float
    error: float

    def __str__(self) -> str:
        return f"{self.value:.3f} ± {self.error:.3f}"


def share(part: int, whole: int) -> Estimate:
    """A share of independent cases."""
    value = part / whole
    return Estimate(value=value, error=math.sqrt(value * (1 - value) / whole))


def advantage(right: int, games: int) -> Estimate:
    """How far guessing was better than a coin's: 0 for a coin, 1 for who is always right."""
    found = share(right, games)
    return Estimate(value=2 * found.value - 1, error=2 * found.error)


def exactly(tried: str, measured: object, bar: object) -> Finding:
    """Something that must come out as the bar says, without any tolerance."""
    return Finding(tried=tried, measured=f"{measured}", bar=f"{bar}", holds=measured == bar)
