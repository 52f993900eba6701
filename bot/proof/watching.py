"""G2 and G3: attackers who know who took part, see all that is shown, and learn from thousands of games.

They know nobody's answers. Somebody joins, leaves or skips a period (G2), or an organisation is seen from
several sides at once (G3); in half of the games that person's weeks weigh 5, else 1. A learner gets every
number that words are made from, and the words, and is judged on games it has not seen.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from random import Random

from bot.domain import digests
from bot.domain.digests import Band, Gap, Published, Reading, Row, Trend
from bot.domain.localtime import weeks_of
from bot.domain.privacy import ROSTER_MIN, may_publish
from bot.proof.findings import Effort, Estimate, Finding
from bot.proof.games import HEAVY, LIGHT, Answers, Choir
from bot.proof.learning import held_out
from bot.proof.teams import CALM, MOODY, Team, World

COMINGS = {"joins": (False, True), "leaves": (True, False), "skips one": (True, False, True)}
"""In which periods the person takes part."""
LIMITS = {8: 0.22, 12: 0.16, 25: 0.16}
AT_ONCE = 50
RULE = Choir()


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """One game of G2: what readers are shown beside who took part; the numbers that nobody is shown."""

    shown: list[float]
    numbers: list[float]
    heavy: bool


def shown(rows: Sequence[Row], size: int) -> list[float]:
    """For each period who took part, and the words."""
    found: list[float] = []
    for period, row in enumerate(rows):
        published = isinstance(row, Published)
        words = in_words(digests.read(rows[: period + 1], roster=size) if published else None)
        found += [row.m / size if isinstance(row, Published) else 0.0, *words]
    return found


def in_words(reading: Reading | None) -> list[float]:
    """One place for each word, 1 for those that were said."""
    said = (reading.band, reading.trend) if reading else ()
    return [float(word in said) for word in (*Band, *Trend)]


def contributing(people: Answers) -> list[list[int]]:
    return [list(own) for own in people if own]


def watched(world: World, size: int, taking_part: Sequence[bool], rng: Random) -> Watched:
    """One game of G2 in a group of that size with the person in it."""
    heavy = rng.random() < 0.5
    others, rows = Team(world, size - 1, rng, None), list[Row]()
    for period, here in enumerate(taking_part):
        known = contributing(others.answers(weeks_of(period)))
        rows.append(_row(rows, [*known, HEAVY if heavy else LIGHT] if here else known, rng))
    numbers = [number for row in rows for number in _numbers(row)]
    return Watched(shown=shown(rows, size), numbers=numbers, heavy=heavy)


def _row(rows: Sequence[Row], people: Answers, rng: Random) -> Row:
    return RULE.show(rows, people, rng) if may_publish(ROSTER_MIN, len(people)) else Gap(period=len(rows))


def _numbers(row: Row) -> tuple[float, float]:
    """The released sum for each who took part, and the window."""
    return (row.y / row.m, float(row.c)) if isinstance(row, Published) else (0.0, 0.0)


def _games(seed: int, size: int, taking_part: Sequence[bool], part: int) -> list[Watched]:
    rng = Random(f"{seed}/{size}/{taking_part}/{part}")
    return [watched(MOODY, size, taking_part, rng) for _ in range(AT_ONCE)]


def check_comings(effort: Effort) -> Iterator[Finding]:
    """G2."""
    many = effort.many(800, 8_000)
    for size, most in LIMITS.items() if effort.long else [(8, LIMITS[8])]:
        for name, taking_part in COMINGS.items():
            parts = effort.each(partial(_games, effort.seed, size, taking_part), range(many // AT_ONCE))
            yield _judged(f"{many:,} groups of {size} in which one person {name}", list(chain(*parts)), most)


def _judged(tried: str, games: Sequence[Watched], most: float) -> Finding:
    """By what is shown; the numbers behind it, which an attacker would have to steal, stand beside."""
    adv = held_out([(game.shown, game.heavy) for game in games])
    stolen = held_out([([*game.shown, *game.numbers], game.heavy) for game in games])
    return Finding(
        tried=f"{tried}: how much better than a coin guesses are, in games they were not learned from",
        measured=f"{adv}; with the numbers that nobody is shown, {stolen}",
        bar=f"at most {most}, missed beyond 2 standard errors",
        holds=adv.value <= most + 2 * adv.error,
    )


GROUPS = (9, 9, 12)
"""An organisation's groups; the second one is two teams shown together."""
POOLED = 1
PERIODS = 4
"""In the fourth the line for all groups says a direction for the first time."""
BESIDE = 0.04


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """One game of G3: what the person's own group released; the line for all groups, and all other sums."""

    own: list[float]
    beside: list[float]
    heavy: bool


def organisation(in_pool: bool, rng: Random) -> Organisation:
    """The person is in the pooled group, or in a small team beside the groups, which has no words at all."""
    heavy = rng.random() < 0.5
    person = [HEAVY if heavy else LIGHT] if in_pool else []
    histories = [_history(size, person if n == POOLED else [], rng) for n, size in enumerate(GROUPS)]
    sums = [[number for row in rows for number in _numbers(row)] for rows in histories]
    own = sums.pop(POOLED) if in_pool else []
    for_all = in_words(digests.read_parent(histories))
    return Organisation(own=own, beside=[*for_all, *chain(*sums)], heavy=heavy)


def _history(size: int, person: Answers, rng: Random) -> list[Row]:
    team, rows = Team(CALM, size - len(person), rng, None), list[Row]()
    for period in range(PERIODS):
        rows.append(_row(rows, [*contributing(team.answers(weeks_of(period))), *person], rng))
    return rows


def _organisations(seed: int, in_pool: bool, part: int) -> list[Organisation]:
    rng = Random(f"{seed}/{in_pool}/{part}")
    return [organisation(in_pool, rng) for _ in range(AT_ONCE)]


def check_lines_beside(effort: Effort) -> Iterator[Finding]:
    """G3."""
    many = effort.many(600, 10_000)
    pooled, small = (
        list(chain(*effort.each(partial(_organisations, effort.seed, in_pool), range(many // AT_ONCE))))
        for in_pool in (True, False)
    )
    of = f"{many:,} organisations of three groups over four periods"
    yield _within(
        f"{of}; a person in a team without words: guesses from the line for all and every group's sums",
        held_out([(game.beside, game.heavy) for game in small]),
    )
    yield from _adds_nothing(f"{of}; a person in two small teams shown together", pooled)


def _adds_nothing(tried: str, games: Sequence[Organisation]) -> Iterator[Finding]:
    """The line for all groups is made of released rows: it adds nothing to a group's own."""
    alone = held_out([(game.own, game.heavy) for game in games])
    both = held_out([([*game.own, *game.beside], game.heavy) for game in games])
    more = Estimate(value=both.value - alone.value, error=math.hypot(alone.error, both.error))
    yield _within(f"{tried}: what guesses gain from the line for all beside its own sums", more)
    outside = held_out([(game.beside, game.heavy) for game in games])
    yield Finding(
        tried="The same by somebody who gets that line and all other sums, but not the group's own",
        measured=f"{outside}; from the group's own sums, {alone}",
        bar="no more than from the group's own, beyond 2 standard errors",
        holds=outside.value <= alone.value + 2 * outside.error,
    )


def _within(tried: str, adv: Estimate) -> Finding:
    return Finding(
        tried=tried,
        measured=str(adv),
        bar=f"between -{BESIDE} and {BESIDE}, missed beyond 2 standard errors",
        holds=abs(adv.value) <= BESIDE + 2 * adv.error,
    )
