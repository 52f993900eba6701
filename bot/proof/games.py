"""G1, G4 and C0: an attacker who knows all but one person's answers guesses whether weeks weigh on them.

In each game a coin decides whether one person answers 1 or 5 in every week. The attacker knows the rule, who
took part, and all that the others answered; they see the released number itself, of which words show less,
and guess what is likelier. The same attacker plays against rules that others use, and must win there.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from random import Random
from typing import Any, Protocol

from bot.domain import digests
from bot.domain.localtime import weeks_of
from bot.domain.privacy import EPS
from bot.domain.sampler import noise
from bot.proof.findings import Effort, Estimate, Finding, advantage, share
from bot.proof.teams import CALM, Team

SIZES = (8, 12, 25)
WEEKS = 4
LIGHT, HEAVY = [1] * WEEKS, [5] * WEEKS
"""What the person answers in a period, one way or the other: as far apart as answers can be."""
CERTAIN = math.log(0.95 / 0.05)
AT_ONCE = 100

Answers = Sequence[Sequence[int]]
"""Each contributor's answers of a period."""


class Rule(Protocol):
    """A way of telling of a group. seen: what was shown in the periods before."""

    def show(self, seen: Sequence[Any], people: Answers, rng: Random) -> Any:
        """What is shown of a period; the last of the people is the one to be guessed."""

    def log_odds(self, seen: Sequence[Any], shown: Any, light: Answers, heavy: Answers) -> float:
        """How much likelier what was shown is if these people answered as in heavy; positive: likelier."""


class Choir:
    """The release rule, by the program's own functions."""

    def show(self, seen: Sequence[digests.Row], people: Answers, rng: Random) -> digests.Published:
        c = digests.window(seen)
        y = digests.publish(_total(people, c), len(people), noise(EPS, rng.getrandbits))
        return digests.Published(period=len(seen), m=len(people), c=c, y=y)

    def log_odds(
        self, _seen: Sequence[Any], shown: digests.Published, light: Answers, heavy: Answers
    ) -> float:
        """At the ends of the range the same: what lies beyond them has the same weight from every sum."""
        far, near = (abs(shown.y - _total(people, shown.c)) for people in (light, heavy))
        return float(EPS) / 4 * (far - near)


def _total(people: Answers, c: Fraction) -> int:
    return sum(digests.score(own, c) for own in people)


class ExactMean:
    """What others do: the mean of the group, once five people answered."""

    def show(self, _seen: Sequence[Any], people: Answers, _rng: Random) -> Fraction | None:
        given = [answer for own in people for answer in own]
        return Fraction(sum(given), len(given)) if len(people) >= 5 else None

    def log_odds(self, seen: Sequence[Any], shown: Any, light: Answers, heavy: Answers) -> float:
        fits = [shown == self.show(seen, people, Random()) for people in (light, heavy)]
        return math.inf * (fits[1] - fits[0]) if fits[1] != fits[0] else 0.0


class WeeklyNoise:
    """A new draw every week, of ε 2 each."""

    eps = Fraction(2)

    def show(self, _seen: Sequence[Any], people: Answers, rng: Random) -> list[int]:
        total = _total(people, digests.FIRST_WINDOW)
        return [digests.publish(total, len(people), noise(self.eps, rng.getrandbits)) for _ in range(WEEKS)]

    def log_odds(self, _seen: Sequence[Any], shown: list[int], light: Answers, heavy: Answers) -> float:
        far, near = (_total(people, digests.FIRST_WINDOW) for people in (light, heavy))
        return float(self.eps) / 4 * sum(abs(y - far) - abs(y - near) for y in shown)


class SeededNoise:
    """The same draw whenever an update is computed anew, as it is here once the person deleted their data."""

    def show(self, seen: Sequence[Any], people: Answers, rng: Random) -> tuple[int, int]:
        c, seed = digests.FIRST_WINDOW, rng.random()
        after = [*people[:-1], ()]
        before_and_after = [
            digests.publish(_total(some, c), len(some), noise(EPS, Random(f"{seed}/{len(seen)}").getrandbits))
            for some in (people, after)
        ]
        return before_and_after[0], before_and_after[1]

    def log_odds(
        self, _seen: Sequence[Any], shown: tuple[int, int], _light: Answers, _heavy: Answers
    ) -> float:
        fell = shown[0] - shown[1]
        return math.copysign(math.inf, fell) if fell else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Of some games: how many were guessed right, and in how many the attacker was at least 95 % sure."""

    games: int
    right: int
    sure: int

    @property
    def adv(self) -> Estimate:
        return advantage(self.right, self.games)

    @property
    def certain(self) -> Estimate:
        return share(self.sure, self.games)


def game(rule: Rule, size: int, periods: int, rng: Random) -> tuple[bool, bool]:
    """One game: whether the guess was right, and whether the attacker was sure of it."""
    heavy = rng.random() < 0.5
    others, seen, odds = Team(CALM, size - 1, rng, None), list[Any](), 0.0
    for period in range(periods):
        known = [own for own in others.answers(weeks_of(period)) if own]
        shown = rule.show(seen, [*known, HEAVY if heavy else LIGHT], rng)
        odds += rule.log_odds(seen, shown, [*known, LIGHT], [*known, HEAVY])
        seen.append(shown)
    guess = odds > 0 if odds else rng.random() < 0.5
    return guess == heavy, abs(odds) >= CERTAIN


def games(rule: Rule, size: int, periods: int, seed: int, part: int) -> tuple[int, int]:
    rng = Random(f"{seed}/{type(rule).__name__}/{size}/{periods}/{part}")
    found = [game(rule, size, periods, rng) for _ in range(AT_ONCE)]
    return sum(right for right, _ in found), sum(sure for _, sure in found)


def play(effort: Effort, rule: Rule, size: int, periods: int, many: int) -> Score:
    """That many games of one kind."""
    parts = list(effort.each(partial(games, rule, size, periods, effort.seed), range(many // AT_ONCE)))
    right, sure = (sum(column) for column in zip(*parts, strict=True))
    return Score(games=many, right=right, sure=sure)


def check_all_others_known(effort: Effort) -> Iterator[Finding]:
    """G1."""
    for size in SIZES:
        many = effort.many(1_000, 20_000)
        yield from _bounded(size, play(effort, Choir(), size, 1, many), "one update", 0.462, 0.0)
        many = effort.many(400, 8_000)
        yield from _bounded(size, play(effort, Choir(), size, 3, many), "three updates", 0.905, 0.22)


def _bounded(size: int, score: Score, span: str, most: float, certain: float) -> Iterator[Finding]:
    yield Finding(
        tried=f"{score.games:,} games in groups of {size}, {span}: how much better than a coin guesses are",
        measured=str(score.adv),
        bar=f"at most {most} + 3 standard errors",
        holds=score.adv.value <= most + 3 * score.adv.error,
    )
    yield Finding(
        tried="In how many of them the attacker was at least 95 % sure",
        measured=str(score.certain),
        bar=f"at most {certain:.2f}, missed beyond 2 standard errors" if certain else "in none",
        holds=score.certain.value <= certain + 2 * score.certain.error,
    )


def told_apart(m: int, rest: int) -> float:
    """The best guess possible about the last of m people from one update, if the others' scores sum to rest.

    Half the distance between the laws of a released sum for their scores 0 and 4.
    """
    q = math.exp(-float(EPS) / 4)
    return sum(abs(_p(m, rest, y, q) - _p(m, rest + 4, y, q)) for y in range(4 * m + 1)) / 2


def _p(m: int, total: int, y: int, q: float) -> float:
    at_an_end = y in (0, 4 * m)
    return float(q ** abs(y - total) / (1 + q) * (1 if at_an_end else 1 - q))


def check_puppets(_effort: Effort) -> Iterator[Finding]:
    """G4."""
    best = max(told_apart(m, rest) for m in (6, 7, 8) for rest in range(4 * (m - 1) + 1))
    yield Finding(
        tried="Groups of 8 with one real person, and the attacker chooses what all others answer: how much "
        "better than a coin the best guess possible is, over all their choices (computed, not played)",
        measured=f"{best:.3f}",
        bar="at most 0.462",
        holds=best <= 0.462,
    )


CONTROLS: tuple[tuple[str, Rule, float], ...] = (
    ("an exact mean from five people on", ExactMean(), 0.95),
    ("a new random amount every week, ε 2", WeeklyNoise(), 0.8),
    ("a random amount that is the same again after somebody deleted their data", SeededNoise(), 0.9),
)
"""Rules that must not stand up to the attacker, and what the attacker must reach in four weeks."""


def check_controls(effort: Effort) -> Iterator[Finding]:
    """C0, as far as guessing goes."""
    for name, rule, least in CONTROLS:
        score = play(effort, rule, SIZES[0], 1, effort.many(500, 4_000))
        yield must_break(f"{score.games:,} games against {name}", score.adv, least)


def must_break(tried: str, adv: Estimate, least: float) -> Finding:
    return Finding(
        tried=f"{tried}: the same attacker must win",
        measured=str(adv),
        bar=f"at least {least}",
        holds=adv.value >= least,
    )
