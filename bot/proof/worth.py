"""U1: whether the words are worth their random amount, on made-up teams whose true level is known.

The bars are for calm teams, in which a year is stable or has its one change and nothing else moves answers
together. Moody teams, which also share moods that come and go, are measured beside them.
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


def check(effort: Effort) -> Iterator[Finding]:
    """U1."""
    teams = effort.many(300, 4_000)
    calm = _measured(effort, CALM, JUDGED, teams)
    for name, bar in BARS.items():
        yield Finding(
            tried=f"{teams:,} made-up calm teams of {JUDGED}: {name}",
            measured=str(calm[name]),
            bar=f"{'at most' if bar.at_most else 'at least'} {bar.bar}, missed beyond 2 standard errors",
            holds=not bar.missed(calm[name]),
        )
    if effort.long:
        yield _beside(effort, "moody", MOODY, JUDGED, teams)
        for name, world in (("calm", CALM), ("moody", MOODY)):
            yield from (_beside(effort, name, world, size, teams) for size in SIZES if size != JUDGED)


def _beside(effort: Effort, name: str, world: World, size: int, teams: int) -> Finding:
    """What has no bar, or lies beyond what the bars were set for."""
    found = _measured(effort, world, size, teams)
    figures = [f"{printed}: {found[printed]}" for printed in PRINTED if printed in found]
    missed = [printed for printed, bar in BARS.items() if size == JUDGED and bar.missed(found[printed])]
    if missed:
        figures.append(f"SHORT of what calm teams are held to: {', '.join(missed)}")
    return Finding(
        tried=f"{teams:,} {name} teams of {size}", measured="; ".join(figures), bar="none", holds=True
    )


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
