"""How often something is measured, and to whom it is told while somebody waits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

Figures = dict[str, float]
"""By the key of a bar (bot/bench/bars.py); what could not be measured here is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounds:
    """say takes a line of progress. postgresql: the URL of an empty database, if somebody gave one."""

    many: int
    say: Callable[[str], None]
    postgresql: str | None = None

    def median(self, once: Callable[[], Figures]) -> Figures:
        """Measure that many times; the median of each figure."""
        measured = []
        for number in range(self.many):
            measured.append(once())
            self.say(f"  round {number + 1} of {self.many}: {in_words(measured[-1])}")
        return {key: median(figures[key] for figures in measured) for key in measured[0]}


def in_words(figures: Figures) -> str:
    return ", ".join(f"{key} {value:.4g}" for key, value in figures.items())
