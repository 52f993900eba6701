"""How often the words are right and how soon they see a change: U1 of privacy §8.

    python -m bot.proof.usefulness --teams 4000

By the usual numbers and by the strong ones, which have thresholds of their own. Half of the teams of a size
live through stable years, half through a year with one change; bot.proof.teams says what is assumed about
them. Every figure comes with its standard error; a bar counts as missed only beyond two of them.
"""

from __future__ import annotations

import argparse
import math
import random
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import product

from bot.domain.digests import CUTS, Band, Trend
from bot.domain.privacy import STANDARD, Guarantee
from bot.proof.findings import Estimate
from bot.proof.teams import WORLDS, Change, Seen, World, drawn_change, live

YEAR = 13
"""Periods in a year."""
LONGEST = 20
"""Periods a stable team is followed for its rates after the first year."""
WITHIN = (3, 4, 6)
"""Releases in 12, 16 and 24 weeks after a change, the first of them in the middle of it."""
SIZES = (9, 12, 25)
JUDGED = 9
"""The size the bars are for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """By which teams are shown. judged: the size the bars are for, the first of those measured."""

    guarantee: Guarantee
    sizes: tuple[int, ...]

    @property
    def judged(self) -> int:
        return self.sizes[0]


USUAL = Rule(guarantee=STANDARD, sizes=SIZES)
STRONG = Rule(guarantee=Guarantee(strong=True), sizes=(16, 25, 60))
RULES = {"usual": USUAL, "strong": STRONG}

DIRECTIONS = {Trend.HEAVIER: 1, Trend.MAYBE_HEAVIER: 1, Trend.LIGHTER: -1, Trend.MAYBE_LIGHTER: -1}
SINGLE = frozenset({Band.LOWER, Band.MIDDLE, Band.HIGHER})


Figures = dict[str, Estimate]
"""By name; teams are independent of each other, a team's periods are not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """What privacy §8 asks of the judged size; at_most: the figure may not exceed it, else not fall below."""

    bar: float
    at_most: bool = False

    def missed(self, estimate: Estimate) -> bool:
        beyond = estimate.value - self.bar if self.at_most else self.bar - estimate.value
        return beyond > 2 * estimate.error


FALSE_WORDS = "false direction words in a stable year"
SEEN_16 = "change seen within 16 weeks"
RIGHT = "direction words that are right"
BAND_RIGHT = "single bands that are right"
BARS = {
    FALSE_WORDS: Bar(bar=0.70, at_most=True),
    SEEN_16: Bar(bar=0.70),
    RIGHT: Bar(bar=0.72),
    BAND_RIGHT: Bar(bar=0.88),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """A simulated team: its change, None if stable, and its periods."""

    change: Change | None
    periods: tuple[Seen, ...]

    @property
    def directions(self) -> list[int]:
        """For each period 1 for a word that says heavier, -1 for lighter, 0 for none."""
        return [DIRECTIONS.get(seen.reading.trend, 0) if seen.reading else 0 for seen in self.periods]


def lived(world: World, size: int, seed: int, stable_periods: int, guarantee: Guarantee, team: int) -> Life:
    """Team number `team`: even ones are stable; the same numbers give the same team everywhere."""
    rng = random.Random(f"{seed}/{size}/{team}")
    change = drawn_change(rng) if team % 2 else None
    periods = change.period + max(WITHIN) if change else stable_periods
    return Life(change=change, periods=tuple(live(world, size, periods, rng, change, guarantee)))


def figures(lives: Sequence[Life]) -> Figures:
    """Every figure by its name."""
    stable = [life for life in lives if life.change is None]
    changed = [(life, life.change) for life in lives if life.change]
    found = {
        FALSE_WORDS: _mean(_words(life.directions[:YEAR]) for life in stable),
        "stable teams reading one in the year": _mean(any(life.directions[:YEAR]) for life in stable),
        "stable teams reading both directions": _mean(
            {1, -1} <= set(life.directions[:YEAR]) for life in stable
        ),
    }
    for releases in WITHIN:
        name = f"change seen within {4 * releases} weeks"
        found[name] = _mean(_sees(life, change, releases) for life, change in changed)
    found[RIGHT] = _ratio(_right_words(life) for life in lives)
    found[BAND_RIGHT] = _ratio(_right_bands(life) for life in lives)
    found["updates with a single band"] = _ratio(_single_bands(life) for life in lives)
    if all(len(life.periods) >= LONGEST for life in stable):
        for first, last in ((4, 10), (13, LONGEST)):
            name = f"false words in a stable period, {first} to {last}"
            found[name] = _mean(
                _words(life.directions[first - 1 : last]) / (last - first + 1) for life in stable
            )
    return found


def _words(directions: Sequence[int]) -> int:
    return sum(map(abs, directions))


def _sees(life: Life, change: Change, releases: int) -> bool:
    """Whether a word in the change's direction came with one of the first releases after it."""
    return math.copysign(1, change.by) in life.directions[change.period : change.period + releases]


def _right_words(life: Life) -> tuple[int, int]:
    """Direction words that follow a change and say its direction, and all of them.

    A stable team counts with its year, a changing one as long as it is followed: 24 weeks beyond the change.
    """
    if life.change is None:
        return 0, _words(life.directions[:YEAR])
    since = life.directions[life.change.period :]
    return since.count(1 if life.change.by > 0 else -1), _words(life.directions)


def _right_bands(life: Life) -> tuple[int, int]:
    single = [(seen.reading.band, seen.truth) for seen in life.periods if seen.reading]
    said = [(band, truth) for band, truth in single if band in SINGLE]
    return sum(band is band_of(truth) for band, truth in said), len(said)


def _single_bands(life: Life) -> tuple[int, int]:
    bands = [seen.reading.band for seen in life.periods if seen.reading]
    return sum(band in SINGLE for band in bands), len(bands)


def band_of(truth: float) -> Band:
    if truth < CUTS[0]:
        return Band.LOWER
    return Band.MIDDLE if truth <= CUTS[1] else Band.HIGHER


def _mean(values: Iterable[float]) -> Estimate:
    return _ratio((value, 1) for value in values)


def _ratio(pairs: Iterable[tuple[float, float]]) -> Estimate:
    """The ratio of the sums, with the standard error of a ratio of independent pairs (delta method)."""
    kept = list(pairs)
    whole = sum(of for _, of in kept)
    value = sum(part for part, _ in kept) / whole
    squares = sum((part - value * of) ** 2 for part, of in kept)
    return Estimate(value=value, error=math.sqrt(squares * len(kept) / max(len(kept) - 1, 1)) / whole)


def missed(found: Figures) -> list[str]:
    """Names of the bars the figures of the judged size do not reach."""
    return [name for name, bar in BARS.items() if bar.missed(found[name])]


def simulate(
    world: World,
    size: int,
    *,
    teams: int,
    seed: int,
    stable_periods: int = LONGEST,
    guarantee: Guarantee = STANDARD,
    each: Callable[[Callable[[int], Life], range], Iterable[Life]] = map,
    told: Callable[[int], None] | None = None,
) -> Figures:
    """The figures of that many teams. each: a map, perhaps over processes; told: hears how many are done."""
    lives = each(partial(lived, world, size, seed, stable_periods, guarantee), range(teams))
    return figures(list(_counted(lives, told)))


def _counted(lives: Iterable[Life], told: Callable[[int], None] | None) -> Iterator[Life]:
    for done, life in enumerate(lives, start=1):
        yield life
        if told:
            told(done)


def _progress(size: int, teams: int, done: int) -> None:
    if done == teams or done % max(teams // 20, 1) == 0:
        print(f"  n={size}: {done} of {teams} teams", file=sys.stderr, flush=True)


def _table(found: dict[int, Figures]) -> Iterator[str]:
    yield f"{'':42}" + "".join(f"{f'n={size}':>18}" for size in found)
    for name in dict.fromkeys(name for by_name in found.values() for name in by_name):
        cells = (str(by_name.get(name, "")) for by_name in found.values())
        yield f"{name:42}" + "".join(f"{cell:>18}" for cell in cells)


def _measured(
    asked: argparse.Namespace, world: World, rule: Rule, pool: ProcessPoolExecutor
) -> Iterator[tuple[int, Figures]]:
    for size in asked.sizes or rule.sizes:
        found = simulate(
            world,
            size,
            teams=asked.teams,
            seed=asked.seed,
            stable_periods=YEAR if size == rule.judged else LONGEST,
            guarantee=rule.guarantee,
            each=partial(pool.map, chunksize=8),
            told=partial(_progress, size, asked.teams),
        )
        print(*_table({size: found}), sep="\n", file=sys.stderr, flush=True)
        yield size, found


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints a table for each rule and world, progress on stderr; 1 if a judged size misses a bar."""
    asked = _parser().parse_args(arguments)
    with ProcessPoolExecutor(asked.jobs) as pool:
        unmet = [
            bar
            for rule, world in product(asked.rules, asked.worlds)
            for bar in _printed(asked, rule, world, pool)
        ]
    return int(bool(unmet))


def _printed(asked: argparse.Namespace, rule: str, world: str, pool: ProcessPoolExecutor) -> list[str]:
    """Prints the table of a rule in a world; the bars that the rule's judged size misses."""
    about = f"{asked.teams} of each size, seed {asked.seed}: {WORLDS[world]}"
    print(f"\n{rule} numbers, {world} teams, {about}", flush=True)
    found, judged = dict(_measured(asked, WORLDS[world], RULES[rule], pool)), RULES[rule].judged
    print(*_table(found), sep="\n")
    unmet = missed(found[judged]) if judged in found else []
    print(*(f"missed at n={judged}: {bar}" for bar in unmet), sep="\n", flush=True)
    return unmet


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot.proof.usefulness", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--teams", type=int, default=4000, help="of each size, half of them stable")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sizes", type=int, nargs="+", metavar="N", help="other sizes than the rule's own")
    parser.add_argument("--rules", nargs="+", choices=RULES, default=list(RULES))
    parser.add_argument("--worlds", nargs="+", choices=WORLDS, default=list(WORLDS))
    parser.add_argument("--jobs", type=int, default=None, help="processes; by default one for each core")
    return parser


if __name__ == "__main__":
    sys.exit(main())
