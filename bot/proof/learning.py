"""A simple learner: logistic regression by gradient descent, judged on games that it did not learn from."""

from __future__ import annotations

import math
from collections.abc import Sequence
from operator import mul
from statistics import fmean, pstdev

from bot.proof.findings import Estimate, advantage

STEPS = 150
RATE = 0.8
SHRINK = 0.02
"""How strongly weights are drawn to zero, so that chance is not learned by heart."""

Features = Sequence[float]
Game = tuple[Features, bool]
"""What was seen in a game, and how it was."""


def held_out(played: Sequence[Game]) -> Estimate:
    """Learn from the first half, guess in the second: by how much the guesses are better than a coin's."""
    half = len(played) // 2
    taught, asked = played[:half], played[half:]
    scale = _scaling([seen for seen, _ in taught])
    weights = _learned([(_scaled(seen, scale), was) for seen, was in taught])
    right = sum((_score(weights, _scaled(seen, scale)) > 0) == was for seen, was in asked)
    return advantage(right, len(asked))


def _scaling(seen: Sequence[Features]) -> list[tuple[float, float]]:
    return [(fmean(column), pstdev(column) or 1.0) for column in zip(*seen, strict=True)]


def _scaled(seen: Features, scale: Sequence[tuple[float, float]]) -> list[float]:
    """With a first feature that is always 1."""
    return [1.0, *((value - mean) / spread for value, (mean, spread) in zip(seen, scale, strict=True))]


def _learned(taught: Sequence[tuple[list[float], bool]]) -> list[float]:
    columns = list(zip(*(seen for seen, _ in taught), strict=True))
    weights = [0.0] * len(columns)
    for _ in range(STEPS):
        misses = [was - _chance(_score(weights, seen)) for seen, was in taught]
        for n, column in enumerate(columns):
            slope = sum(map(mul, column, misses)) / len(misses)
            weights[n] += RATE * (slope - SHRINK * weights[n] * (n > 0)) / math.sqrt(len(columns))
    return weights


def _score(weights: Sequence[float], seen: Sequence[float]) -> float:
    return sum(map(mul, weights, seen), 0.0)


def _chance(score: float) -> float:
    return 1 / (1 + math.exp(-min(max(score, -30.0), 30.0)))
