"""P1: what one update gives away about one person, exactly, by going through every possible draw.

P(z) = (1 - q)/(1 + q) · q^|z| with q = exp(-EPS/4). A released sum y in the middle comes from one draw only,
y = 0 and y = 4m from that draw and all beyond it. Nothing here computes with exp: exponents are compared as
whole numbers, and where probabilities must be added up, q is any rational number.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import partial

from bot.domain.digests import Gap, Published, Row, publish, read, window
from bot.proof.findings import Effort, Finding, exactly

PEOPLE = range(6, 61)
MOST = 4
"""By how much one person's score can differ: 0 against 4; so many steps of EPS/4 make EPS."""
DECAYS = (Fraction(7, 9), Fraction(1, 3), Fraction(99, 100))
HISTORIES: tuple[tuple[Row, ...], ...] = (
    (),
    tuple(Published(period=n, m=9, c=Fraction(3), y=y) for n, y in enumerate((9, 12, 10, 11))),
    (
        Published(period=0, m=8, c=Fraction(3), y=32),
        Gap(period=1),
        Published(period=2, m=6, c=Fraction(4), y=2),
    ),
)

Publish = Callable[[int, int, int], int]
"""(sum, people, draw) -> the released sum."""


def neighbours(m: int) -> Iterator[tuple[int, int]]:
    """Every pair of true sums that the answers of one of m people can make the difference between."""
    for total in range(4 * m + 1):
        for other in range(max(0, total - MOST), min(4 * m, total + MOST) + 1):
            if other != total:
                yield total, other


def draws_to(m: int, total: int, published: Publish) -> dict[int, list[int]]:
    """For each released sum the draws that lead to it, among those of |z| <= 4m + 1."""
    found: dict[int, list[int]] = defaultdict(list)
    for z in range(-4 * m - 1, 4 * m + 2):
        found[published(total, m, z)].append(z)
    return found


def exponents(m: int, total: int, published: Publish = publish) -> list[int]:
    """The power of q that each released sum from 0 to 4m begins with; ValueError where the law is another."""
    found = draws_to(m, total, published)
    if set(found) != set(range(4 * m + 1)):
        raise ValueError(f"from {total} of {m} people not every sum can be released, or others can")
    return [_least(sorted(map(abs, found[y])), y in (0, 4 * m), 4 * m + 1) for y in sorted(found)]


def _least(sizes: Sequence[int], at_an_end: bool, furthest: int) -> int:
    """An end takes the draw to it and all beyond; any other sum is reached by one draw alone."""
    if list(sizes) != list(range(sizes[0], furthest + 1)) if at_an_end else len(sizes) != 1:
        raise ValueError("a released sum is reached by other draws than the law says")
    return sizes[0]


def worst(m: int, published: Publish = publish) -> int:
    """How many steps of EPS/4 a released sum of m people is likelier for one neighbour than for another."""
    found = [exponents(m, total, published) for total in range(4 * m + 1)]
    return max(
        abs(one - other)
        for total, near in neighbours(m)
        for one, other in zip(found[total], found[near], strict=True)
    )


def law(m: int, total: int, q: Fraction) -> list[Fraction]:
    """P(y | total) for every y, the draws beyond 4m + 1 added to the ends in closed form."""
    found = [Fraction(0)] * (4 * m + 1)
    for y, zs in draws_to(m, total, publish).items():
        found[y] = sum((q ** abs(z) for z in zs), Fraction(0)) * (1 - q) / (1 + q)
    beyond = q ** (4 * m + 2) / (1 + q)
    found[0] += beyond
    found[-1] += beyond
    return found


def sums_keep_the_bound(m: int, q: Fraction) -> bool:
    """Whether no released sum is likelier by more than q^-4, whichever neighbour it comes from."""
    laws = [law(m, total, q) for total in range(4 * m + 1)]
    return all(sum(by_sum) == 1 for by_sum in laws) and all(
        one <= other / q**MOST
        for total, near in neighbours(m)
        for one, other in zip(laws[total], laws[near], strict=True)
    )


def words_keep_the_bound(before: Sequence[Row], m: int, q: Fraction) -> bool:
    """The same for what is made of a released sum after some history: its words, and the next window."""
    c = window(before)
    rows = [Published(period=len(before), m=m, c=c, y=y) for y in range(4 * m + 1)]
    words = [(read([*before, row], roster=12), window([*before, row])) for row in rows]
    said = [_by_word(words, law(m, total, q)) for total in range(4 * m + 1)]
    return len(set(words)) > 1 and all(
        said[total][word] <= said[near][word] / q**MOST
        for total, near in neighbours(m)
        for word in set(words)
    )


def _by_word(words: Sequence[object], laws: Sequence[Fraction]) -> dict[object, Fraction]:
    found: dict[object, Fraction] = defaultdict(Fraction)
    for word, p in zip(words, laws, strict=True):
        found[word] += p
    return found


def check(effort: Effort) -> Iterator[Finding]:
    """P1."""
    yield exactly(
        f"Groups of {PEOPLE[0]} to {PEOPLE[-1]}, every sum, every answer one person could give instead: "
        "by how many quarters of ε a released number becomes likelier",
        max(effort.each(worst, PEOPLE)),
        MOST,
    )
    sizes = (6, 7, 12)
    kept = [all(effort.each(partial(sums_keep_the_bound, q=q), sizes)) for q in DECAYS]
    yield exactly(
        "The same with the probabilities added up, in fractions", f"{sum(kept)} of {len(kept)}", "3 of 3"
    )
    cases = [(before, m) for before in HISTORIES for m in (6, 9, 12)]
    held = list(effort.each(_words_case, cases))
    yield exactly(
        "The words made of it, and the next window, after three histories",
        f"{sum(held)} of {len(held)}",
        f"{len(cases)} of {len(cases)}",
    )


def _words_case(case: tuple[Sequence[Row], int]) -> bool:
    return words_keep_the_bound(*case, DECAYS[0])
