"""P3 and P4: how far one person reaches into an update, and what nobody's answers can touch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import partial
from random import Random

from bot.domain.digests import Published, Row, publish, score, window
from bot.domain.privacy import EPS, may_publish
from bot.domain.sampler import noise
from bot.proof.findings import Effort, Finding, exactly

CASES = 10_000
FAST = 500
"""Cases in one part; parts may run side by side."""
STRANGE = (-(10**9), -1, 0, 6, 7, 10**9)
"""Values no form can give: damaged or forged answers."""

Score = Callable[[Sequence[int], Fraction], int]


def answers(rng: Random) -> list[int]:
    """One contributor's answers of a period; sometimes gone by now, sometimes impossible."""
    if rng.random() < 0.02:
        return []
    values = (1, 2, 3, 4, 5, *STRANGE) if rng.random() < 0.1 else (1, 2, 3, 4, 5)
    return [rng.choice(values) for _ in range(rng.randint(1, 4))]


def total(people: Sequence[Sequence[int]], c: Fraction, scored: Score = score) -> int:
    return sum(scored(own, c) for own in people)


def move(rng: Random, scored: Score = score) -> int:
    """By how much the sum of a random group moves when all of one person's answers are replaced."""
    people = [answers(rng) for _ in range(rng.randint(6, 20))]
    c = Fraction(rng.randint(8, 16), 4)
    other = list(people)
    other[rng.randrange(len(people))] = answers(rng)
    return total(other, c, scored) - total(people, c, scored)


def moves(seed: int, scored: Score, part: int) -> set[int]:
    rng = Random(f"{seed}/{part}")
    return {move(rng, scored) for _ in range(FAST)}


def check_reach(effort: Effort) -> Iterator[Finding]:
    """P3."""
    found = set[int]().union(*effort.each(partial(moves, effort.seed, score), range(CASES // FAST)))
    yield Finding(
        tried=f"{CASES:,} groups, in each all answers of one person replaced, by impossible ones too: "
        "how far the group's sum moved",
        measured=f"from {min(found)} to {max(found)}",
        bar="never more than 4 either way, and 4 is reached",
        holds=found == set(range(-4, 5)),
    )


def is_blind(rng: Random) -> tuple[bool, Fraction]:
    """Two groups of the same participation and other answers, whose released rows agree.

    Whether the decision to publish and the window agree at each step; and the window they come to.
    """
    rows: list[Row] = []
    twin: list[Row] = []
    m, agree = rng.randint(1, 9), True
    one, other = ([answers(rng) for _ in range(m)] for _ in range(2))
    for period in range(2):
        c, again = window(rows), window(twin)
        agree &= c == again and may_publish(9, len(one)) == may_publish(9, len(other)) == (m >= 6)
        u, v = total(one, c), total(other, again)
        z = noise(EPS, rng.getrandbits)
        rows.append(Published(period=period, m=m, c=c, y=publish(u, m, z)))
        twin.append(Published(period=period, m=m, c=again, y=publish(v, m, z + u - v)))
    return agree and window(rows) == window(twin), window(rows)


def blindness(seed: int, part: int) -> tuple[int, set[Fraction]]:
    rng = Random(f"{seed}/twins/{part}")
    found = [is_blind(rng) for _ in range(FAST)]
    return sum(agree for agree, _ in found), {c for _, c in found}


def check_blindness(effort: Effort) -> Iterator[Finding]:
    """P4."""
    found = list(effort.each(partial(blindness, effort.seed), range(CASES // FAST)))
    windows = set[Fraction]().union(*(some for _, some in found))
    yield exactly(
        f"{CASES:,} pairs of groups with the same participation and other answers: whether there is an "
        "update, and how finely the next one looks, agree",
        f"{sum(agree for agree, _ in found):,} of {CASES:,}",
        f"{CASES:,} of {CASES:,}",
    )
    yield Finding(
        tried="Different windows met on the way",
        measured=f"{len(windows)}",
        bar="at least 5, so that the above means something",
        holds=len(windows) >= 5,
    )
