"""How often the line for all groups says a direction that is none, and how soon it sees a shared change.

    python -m bot.proof.parents --organisations 1000

Each group of an organisation has a level of its own; in half of the organisations all levels change once by
the same amount (privacy §4). Nothing is drawn for the line: it is read from the groups' released rows.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import product

from bot.domain.digests import Row, read_parent
from bot.domain.localtime import weeks_of
from bot.domain.privacy import STANDARD, Guarantee
from bot.proof.findings import Estimate, share
from bot.proof.teams import WORLDS, Change, Team, World, drawn_change, released
from bot.proof.usefulness import DIRECTIONS, YEAR

WITHIN = (2, 3, 4)
"""Releases in 8, 12 and 16 weeks after a change, the first of them in the middle of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How many people each group has, and by which numbers it is shown."""

    groups: tuple[int, ...]
    guarantee: Guarantee = STANDARD

    def __str__(self) -> str:
        rule = ", strong" if self.guarantee.strong else ""
        return f"groups of {', '.join(map(str, self.groups))}{rule}"


SHAPES = (
    Shape(groups=(8, 8, 8, 8)),
    Shape(groups=(9, 12, 25)),
    Shape(groups=(16, 16, 16, 16), guarantee=Guarantee(strong=True)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A simulated organisation: its change, None if stable, and its line.

    directions: for each period 1 for heavier, -1 for lighter, 0 for neither.
    """

    change: Change | None
    directions: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Of stable years: how many read a false direction, and how many; of changes: seen, by weeks."""

    organisations: int
    false_years: Estimate
    false_words: float
    seen: dict[int, Estimate]


def lived(world: World, shape: Shape, seed: int, number: int) -> Told:
    """Organisation number `number`: even ones are stable; the same numbers give the same one everywhere."""
    rng = random.Random(f"{seed}/{shape}/{number}")
    change = drawn_change(rng) if number % 2 else None
    periods = change.period + max(WITHIN) if change else YEAR
    lines = told(world, shape, periods, rng, change)
    return Told(change=change, directions=tuple(lines))


def told(
    world: World, shape: Shape, periods: int, rng: random.Random, change: Change | None
) -> Iterator[int]:
    """What the line says in each period."""
    teams = [Team(world, size, rng, change) for size in shape.groups]
    histories: list[list[Row]] = [[] for _ in teams]
    for period in range(periods):
        for team, rows in zip(teams, histories, strict=True):
            rows.append(released(rows, team.answers(weeks_of(period)), rng, shape.guarantee))
        reading = read_parent(histories)
        yield DIRECTIONS.get(reading.trend, 0) if reading else 0


def rates(lives: Sequence[Told]) -> Rates:
    stable = [life.directions for life in lives if life.change is None]
    changed = [(life.directions, life.change) for life in lives if life.change]
    return Rates(
        organisations=len(lives),
        false_years=share(sum(map(any, stable)), len(stable)),
        false_words=sum(sum(map(abs, year)) for year in stable) / len(stable),
        seen={
            4 * releases: share(sum(_sees(line, change, releases) for line, change in changed), len(changed))
            for releases in WITHIN
        },
    )


def _sees(directions: Sequence[int], change: Change, releases: int) -> bool:
    return (1 if change.by > 0 else -1) in directions[change.period : change.period + releases]


def simulate(
    world: World,
    shape: Shape,
    *,
    organisations: int,
    seed: int,
    each: Callable[[Callable[[int], Told], range], Iterable[Told]] = map,
) -> Rates:
    """The rates of that many organisations. each: a map, perhaps over processes."""
    return rates(list(each(partial(lived, world, shape, seed), range(organisations))))


def _table(found: dict[tuple[str, str], Rates]) -> Iterator[str]:
    heads = ("a stable year has one", "words a year", *(f"seen in {4 * releases}" for releases in WITHIN))
    yield f"{'':42}" + "".join(f"{head:>23}" for head in heads)
    for (world, shape), rate in found.items():
        cells = (rate.false_years, f"{rate.false_words:.2f}", *rate.seen.values())
        yield f"{f'{world}, {shape}':42}" + "".join(f"{cell!s:>23}" for cell in cells)


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints a table, progress on stderr."""
    asked = _parser().parse_args(arguments)
    found = {}
    with ProcessPoolExecutor(asked.jobs) as pool:
        for world, shape in product(asked.worlds, SHAPES):
            print(f"  {world} teams, {shape}", file=sys.stderr, flush=True)
            found[world, str(shape)] = simulate(
                WORLDS[world],
                shape,
                organisations=asked.organisations,
                seed=asked.seed,
                each=partial(pool.map, chunksize=8),
            )
    print(f"{asked.organisations} organisations of each shape, seed {asked.seed}", *_table(found), sep="\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot.proof.parents", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--organisations", type=int, default=1000, help="of each shape, half of them stable")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--worlds", nargs="+", choices=WORLDS, default=list(WORLDS))
    parser.add_argument("--jobs", type=int, default=None, help="processes; by default one for each core")
    return parser


if __name__ == "__main__":
    sys.exit(main())
