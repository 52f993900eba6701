"""P1: what one update gives away about one person, exactly, by going through every possible draw.

P(z) = (1 - q)/(1 + q) · q^|z| with q = exp(-EPS/4). A released sum y in the middle comes from one draw only,
y = 0 and y = 4m from that draw and all beyond it. Nothing here computes with exp: exponents are compared as
whole numbers, and where probabilities must be added up, q is any rational number.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction

import pytest

from bot.domain.digests import Gap, Published, Row, publish, read, score, window
from bot.domain.privacy import EPS

PEOPLE = range(6, 61)
MOST = 4
"""By how much one person's score can differ: 0 against 4."""


def neighbours(m: int) -> Iterator[tuple[int, int]]:
    """Every pair of true sums that the answers of one of m people can make the difference between."""
    for total in range(4 * m + 1):
        for other in range(max(0, total - MOST), min(4 * m, total + MOST) + 1):
            if other != total:
                yield total, other


def draws_to(m: int, total: int) -> dict[int, list[int]]:
    """For each released sum the draws that lead to it, among those of |z| <= 4m + 1."""
    found: dict[int, list[int]] = defaultdict(list)
    for z in range(-4 * m - 1, 4 * m + 2):
        found[publish(total, m, z)].append(z)
    return found


def least(m: int, total: int) -> dict[int, int]:
    """The exponent of q each released sum begins with, after the shape of the draws has been checked."""
    exponents = {}
    for y, zs in draws_to(m, total).items():
        sizes = sorted(map(abs, zs))
        if y in (0, 4 * m):
            assert sizes == list(range(sizes[0], 4 * m + 2)), "an end takes the draw to it and all beyond"
        else:
            assert zs == [y - total]
        exponents[y] = sizes[0]
    return exponents


@pytest.mark.parametrize("m", PEOPLE)
def test_no_released_sum_is_likelier_by_more_than_epsilon_for_any_neighbour(m: int) -> None:
    exponents = [least(m, total) for total in range(4 * m + 1)]
    assert all(set(by_sum) == set(range(4 * m + 1)) for by_sum in exponents)
    worst = max(
        abs(exponents[total][y] - exponents[other][y])
        for total, other in neighbours(m)
        for y in range(4 * m + 1)
    )
    assert worst == MOST, "4 steps of q = exp(-EPS/4) make exp(EPS), and the bound is reached"
    assert worst * (EPS / 4) == EPS


@pytest.mark.parametrize("m", [6, 7, 60])
@pytest.mark.parametrize("z", [10**3, 10**9, 10**30])
def test_draws_beyond_the_range_lead_to_its_ends_from_every_sum(m: int, z: int) -> None:
    assert {publish(total, m, z) for total in range(4 * m + 1)} == {4 * m}
    assert {publish(total, m, -z) for total in range(4 * m + 1)} == {0}


def law(m: int, total: int, q: Fraction) -> list[Fraction]:
    """P(y | total) for every y, the draws beyond 4m + 1 added to the ends in closed form."""
    found = [Fraction(0)] * (4 * m + 1)
    for y, zs in draws_to(m, total).items():
        found[y] = sum((q ** abs(z) for z in zs), Fraction(0)) * (1 - q) / (1 + q)
    beyond = q ** (4 * m + 2) / (1 + q)
    found[0] += beyond
    found[-1] += beyond
    return found


@pytest.mark.parametrize("q", [Fraction(7, 9), Fraction(1, 3), Fraction(99, 100)])
@pytest.mark.parametrize("m", [6, 7, 12])
def test_the_bound_holds_for_any_rational_decay(m: int, q: Fraction) -> None:
    laws = [law(m, total, q) for total in range(4 * m + 1)]
    assert all(sum(by_sum) == 1 for by_sum in laws)
    for total, other in neighbours(m):
        assert all(one <= another / q**MOST for one, another in zip(laws[total], laws[other], strict=True))


HISTORIES: list[list[Row]] = [
    [],
    [Published(period=n, m=9, c=Fraction(3), y=y) for n, y in enumerate((9, 12, 10, 11))],
    [
        Published(period=0, m=8, c=Fraction(3), y=32),
        Gap(period=1),
        Published(period=2, m=6, c=Fraction(4), y=2),
    ],
]


@pytest.mark.parametrize("before", HISTORIES)
@pytest.mark.parametrize("m", [6, 9, 12])
def test_words_give_away_no_more_than_the_sum_they_are_made_from(m: int, before: list[Row]) -> None:
    q = Fraction(7, 9)
    c = window(before)
    rows = [Published(period=len(before), m=m, c=c, y=y) for y in range(4 * m + 1)]
    words = [(read([*before, row], roster=12), window([*before, row])) for row in rows]
    said = [defaultdict(Fraction, {word: Fraction(0) for word in words}) for _ in rows]
    for total, by_word in enumerate(said):
        for word, p in zip(words, law(m, total, q), strict=True):
            by_word[word] += p
    assert len(set(words)) > 1
    for total, other in neighbours(m):
        assert all(said[total][word] <= said[other][word] / q**MOST for word in words)


@pytest.mark.parametrize("c", [Fraction(quarters, 4) for quarters in range(8, 17)])
def test_the_answers_of_one_person_reach_every_score_and_no_other(c: Fraction) -> None:
    months = [
        [a, b, d, e] for a in range(1, 6) for b in range(1, 6) for d in range(1, 6) for e in range(1, 6)
    ]
    scores = {score(answers[:n], c) for answers in months for n in range(5)}
    assert scores == set(range(MOST + 1))
