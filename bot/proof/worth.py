"""U1: whether the words are worth their random amount, on made-up teams whose true level is known.

In calm teams a year is stable or has its one change, and nothing else moves answers together; moody teams
also share moods that come and go. The bars are for groups of 9, and of 16 where updates are drawn with half
of ε; larger ones are measured beside them.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from bot.proof import parents
from bot.proof.findings import Effort, Finding
from bot.proof.parents import SHAPES, Shape
from bot.proof.teams import CALM, MOODY
from bot.proof.usefulness import (
    BARS,
    LONGEST,
    STRONG,
    USUAL,
    YEAR,
    Figures,
    Rule,
    simulate,
)

PRINTED = (
    *BARS,
    "false words in a stable period, 4 to 10",
    f"false words in a stable period, 13 to {LONGEST}",
)
CALMNESS = {"calm": CALM, "moody": MOODY}


def check(effort: Effort) -> Iterator[Finding]:
    """U1; the short form measures calm teams of 9 alone, the long one also what has no bar."""
    yield from _judged(effort, "calm", USUAL, effort.many(300, 4_000))
    if effort.long:
        yield from _judged(effort, "moody", USUAL, 4_000)
        yield from _larger(effort, USUAL, 4_000)
        yield from (one for name in CALMNESS for one in _judged(effort, name, STRONG, 1_000))
        yield from _larger(effort, STRONG, 1_000)
        yield from (_line(effort, name, shape) for name in CALMNESS for shape in SHAPES)


def _judged(effort: Effort, name: str, rule: Rule, teams: int) -> Iterator[Finding]:
    """Teams of the size that the bars are for."""
    found = _measured(effort, name, rule, rule.judged, teams)
    for printed, bar in BARS.items():
        yield Finding(
            tried=f"{_teams(name, rule, rule.judged, teams)}: {printed}",
            measured=str(found[printed]),
            bar=f"{'at most' if bar.at_most else 'at least'} {bar.bar}, missed beyond 2 standard errors",
            holds=not bar.missed(found[printed]),
        )


def _larger(effort: Effort, rule: Rule, teams: int) -> Iterator[Finding]:
    """Groups for which nothing is promised."""
    for name, size in product(CALMNESS, rule.sizes[1:]):
        found = _measured(effort, name, rule, size, teams)
        figures = "; ".join(f"{printed}: {found[printed]}" for printed in PRINTED if printed in found)
        yield Finding(tried=_teams(name, rule, size, teams), measured=figures, bar="none", holds=True)


def _teams(name: str, rule: Rule, size: int, teams: int) -> str:
    by = " shown by half of ε" if rule.guarantee.strong else ""
    return f"{teams:,} made-up {name} teams of {size}{by}"


def _line(effort: Effort, name: str, shape: Shape) -> Finding:
    """The line for all groups, which says of itself how often it errs."""
    found = parents.simulate(CALMNESS[name], shape, organisations=1_000, seed=effort.seed, each=effort.each)
    seen = ", ".join(f"{estimate} within {weeks} weeks" for weeks, estimate in found.seen.items())
    return Finding(
        tried=f"1,000 made-up {name} organisations, {shape}: the line for all groups in a stable year, and "
        "after a shared change",
        measured=f"a false direction in {found.false_years} of years; the change seen in {seen}",
        bar="none",
        holds=True,
    )


def _measured(effort: Effort, name: str, rule: Rule, size: int, teams: int) -> Figures:
    return simulate(
        CALMNESS[name],
        size,
        teams=teams,
        seed=effort.seed,
        stable_periods=YEAR if size == rule.judged else LONGEST,
        guarantee=rule.guarantee,
        each=effort.each,
        told=lambda done: effort.say(f"    n={size}: {done} of {teams}") if done % 500 == 0 else None,
    )
