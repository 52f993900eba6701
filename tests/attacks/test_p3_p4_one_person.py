"""P3 and P4: how far one person reaches into a release, and what their answers cannot touch."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from bot.domain.digests import Published, Row, publish, score, window
from bot.domain.privacy import EPS
from bot.domain.sampler import noise

CASES = 10_000
STRANGE = (-(10**9), -1, 0, 6, 7, 10**9)
"""Values no form can give: damaged or forged answers."""


def answers(rng: Random) -> list[int]:
    """One contributor's answers of a period; sometimes gone by now, sometimes impossible."""
    if rng.random() < 0.02:
        return []
    values = (1, 2, 3, 4, 5, *STRANGE) if rng.random() < 0.1 else (1, 2, 3, 4, 5)
    return [rng.choice(values) for _ in range(rng.randint(1, 4))]


def total(people: list[list[int]], c: Fraction) -> int:
    return sum(score(own, c) for own in people)


def test_nobody_moves_the_sum_by_more_than_four_whatever_they_answer() -> None:
    rng, moves = Random(3), set()
    for _ in range(CASES):
        people = [answers(rng) for _ in range(rng.randint(6, 20))]
        c = Fraction(rng.randint(8, 16), 4)
        other = list(people)
        other[rng.randrange(len(people))] = answers(rng)
        assert len(other) == len(people)
        moves.add(total(other, c) - total(people, c))
    assert moves == set(range(-4, 5)), "no move beyond four, and every one up to it happened"


def test_a_release_follows_from_the_sum_and_the_draw_alone() -> None:
    rng = Random(4)
    for _ in range(CASES):
        m, z = rng.randint(6, 60), rng.randint(-40, 40)
        u = rng.randint(0, 4 * m)
        assert 0 <= publish(u, m, z) <= 4 * m
        assert abs(publish(u, m, z) - publish(min(u + 4, 4 * m), m, z)) <= 4


def test_the_same_rows_give_the_same_window_whatever_was_answered() -> None:
    """Two agencies, same participation, other answers: where their rows agree, so does the next window."""
    rng, windows = Random(5), set()
    for _ in range(CASES):
        rows: list[Row] = []
        twin: list[Row] = []
        m = rng.randint(6, 9)
        one, other = ([answers(rng) for _ in range(m)] for _ in range(2))
        for period in range(2):
            c, again = window(rows), window(twin)
            assert c == again
            u, v = total(one, c), total(other, again)
            z = noise(EPS, rng.getrandbits)
            rows.append(Published(period=period, m=m, c=c, y=publish(u, m, z)))
            twin.append(Published(period=period, m=m, c=again, y=publish(v, m, z + u - v)))
        windows.add(window(rows))
        assert window(twin) == window(rows)
    assert len(windows) >= 5
