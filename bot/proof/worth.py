"""U1: whether the words are worth their random amount, on made-up teams whose true level is known.

In calm teams a year is stable or has its one change, and nothing else moves answers together; moody teams
also share moods that come and go. The bars are for groups of 9; larger ones are measured beside them.
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.proof.findings import Effort, Finding
from bot.proof.teams import CALM, MOODY, World
from bot.proof.usefulness import BARS, JUDGED, LONGEST, SIZES, YEAR, Figures, simulate

PRINTED = (
    *BARS,
    "false words in a stable period, 4 to 10",
    f"false words in a stable period, 13 to {LONGEST}",
)
CALMNESS = {"calm": CALM, "moody": MOODY}


def check(effort: Effort) -> Iterator[Finding]:
    """U1; the short form measures calm teams of 9 alone."""
    teams = effort.many(300, 4_000)
    for name, world in CALMNESS.items() if effort.long else [("calm", CALM)]:
        yield from _judged(
            f"{teams:,} made-up {name} teams of {JUDGED}", _measured(effort, world, JUDGED, teams)
        )
    if effort.long:
        larger = [size for size in SIZES if size != JUDGED]
        for name, world in CALMNESS.items():
            yield from (_beside(effort, name, world, size, teams) for size in larger)


def _judged(tried: str, found: Figures) -> Iterator[Finding]:
    for name, bar in BARS.items():
        yield Finding(
            tried=f"{tried}: {name}",
            measured=str(found[name]),
            bar=f"{'at most' if bar.at_most else 'at least'} {bar.bar}, missed beyond 2 standard errors",
            holds=not bar.missed(found[name]),
        )


def _beside(effort: Effort, name: str, world: World, size: int, teams: int) -> Finding:
    """Groups for which nothing is promised."""
    found = _measured(effort, world, size, teams)
    figures = "; ".join(f"{printed}: {found[printed]}" for printed in PRINTED if printed in found)
    return Finding(tried=f"{teams:,} {name} teams of {size}", measured=figures, bar="none", holds=True)


def _measured(effort: Effort, world: World, size: int, teams: int) -> Figures:
    return simulate(
        world,
        size,
        teams=teams,
        seed=effort.seed,
        stable_periods=YEAR if size == JUDGED else LONGEST,
        each=effort.each,
        told=lambda done: effort.say(f"    n={size}: {done} of {teams}") if done % 500 == 0 else None,
    )
