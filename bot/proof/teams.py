"""Made-up teams whose true level is known, answering week by week and read by the release rule.

What is assumed, because privacy §4 gives the filter's constants but not the people behind them: a team has a
level; each member lies around it by a lasting trait; each week the whole team shares a mood that fades, each
answer has an own accident, and is a whole number from 1 to 5. Trait, accident and the share of weeks answered
are chosen so that members' period means spread by SX = .75 and their scores by V = .081 around the truth.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.domain import digests
from bot.domain.localtime import WEEKS_IN_PERIOD
from bot.domain.privacy import STANDARD, Guarantee, may_publish
from bot.domain.sampler import noise

STABLE_BEFORE = 5
"""Periods without a change that every changing team has first (privacy §8, U1)."""
CHANGE_WEEKS = range(STABLE_BEFORE * WEEKS_IN_PERIOD, 52)
"""The weeks in which the one change of a year can come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Standard deviations on the scale from 1 to 5, and two shares."""

    level_sd: float = 0.6
    """Of teams' levels around 3.0; with the members' traits close to the filter's prior."""
    trait_sd: float = 0.6
    accident_sd: float = 0.76
    answered: float = 0.8
    """Share of the weeks a member answers."""
    mood_sd: float = 0.3
    mood_left: float = 0.6
    """What is left of a week's shared mood a week later."""


MOODY = World()
CALM = World(mood_sd=0)
"""The same without shared moods: nothing but members and their accidents moves a stable team's answers."""
WORLDS = {"moody": MOODY, "calm": CALM}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One lasting change of a team's level, from the start of a week counted from 0."""

    by: float
    week: int

    @property
    def period(self) -> int:
        return self.week // WEEKS_IN_PERIOD


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One period of a team: what was read, None without an update, and the truth it speaks of.

    truth: the level's mean over the period plus the members' mean trait.
    """

    reading: digests.Reading | None
    truth: float


def drawn_change(rng: random.Random) -> Change:
    return Change(by=rng.choice((0.75, -0.75)), week=rng.choice(CHANGE_WEEKS))


def live(
    world: World,
    size: int,
    periods: int,
    rng: random.Random,
    change: Change | None = None,
    guarantee: Guarantee = STANDARD,
) -> Iterator[Seen]:
    """The periods of one team of `size` members, each released and read as the release rule says."""
    team = Team(world, size, rng, change)
    rows: list[digests.Row] = []
    for period in range(periods):
        weeks = range(period * WEEKS_IN_PERIOD, (period + 1) * WEEKS_IN_PERIOD)
        truth = sum(team.truth(week) for week in weeks) / WEEKS_IN_PERIOD
        rows.append(released(rows, team.answers(weeks), rng, guarantee))
        updated = isinstance(rows[-1], digests.Published)
        yield Seen(reading=digests.read(rows, roster=size) if updated else None, truth=truth)


def released(
    rows: digests.History,
    answers: Sequence[list[int]],
    rng: random.Random,
    guarantee: Guarantee = STANDARD,
) -> digests.Row:
    """The row that follows on those before it, from everybody's answers of a period."""
    contributors = [own for own in answers if own]
    m, eps = len(contributors), guarantee.eps
    if not may_publish(len(answers), m, guarantee):
        return digests.Gap(period=len(rows))
    c = digests.window(rows)
    total = sum(digests.score(own, c) for own in contributors)
    y = digests.publish(total, m, noise(eps, rng.getrandbits))
    return digests.Published(period=len(rows), m=m, c=c, y=y, eps=eps)


class Team:
    """Some people and what moves their answers. Weeks have to be asked for in order, each once."""

    def __init__(self, world: World, size: int, rng: random.Random, change: Change | None) -> None:
        self._world, self._rng, self._change = world, rng, change
        self._level = min(max(rng.gauss(3.0, world.level_sd), 1.2), 4.8)
        self._traits = [rng.gauss(0, world.trait_sd) for _ in range(size)]
        self._mood = rng.gauss(0, world.mood_sd)

    def truth(self, week: int) -> float:
        return self._level_in(week) + sum(self._traits) / len(self._traits)

    def answers(self, weeks: range) -> list[list[int]]:
        """Each member's answers of these weeks, in order; call once for each period, in order."""
        given: list[list[int]] = [[] for _ in self._traits]
        for week in weeks:
            around = self._level_in(week) + self._next_mood()
            for trait, own in zip(self._traits, given, strict=True):
                if self._rng.random() < self._world.answered:
                    own.append(self._answer(around + trait))
        return given

    def _level_in(self, week: int) -> float:
        changed = self._change is not None and week >= self._change.week
        return self._level + (self._change.by if self._change and changed else 0.0)

    def _next_mood(self) -> float:
        left = self._world.mood_left
        fresh = self._rng.gauss(0, self._world.mood_sd)
        self._mood = left * self._mood + math.sqrt(1 - left * left) * fresh
        return self._mood

    def _answer(self, around: float) -> int:
        return min(max(round(self._rng.gauss(around, self._world.accident_sd)), 1), 5)
