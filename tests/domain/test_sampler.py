from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator
from fractions import Fraction
from random import Random

import pytest

from bot.domain import sampler
from bot.domain.sampler import noise

Bits = Callable[[int], int]


class OutOfBits(Exception):
    """The coin ran out: what the draw would be is not decided yet."""


def coin(tape: str) -> Bits:
    """Reads the bits from a tape of "0" and "1", the first one read being the most significant."""
    left: Iterator[str] = iter(tape)

    def bits(n: int) -> int:
        taken = [bit for _, bit in zip(range(n), left, strict=False)]
        if len(taken) < n:
            raise OutOfBits
        return int("".join(taken) or "0", 2)

    return bits


def decided(eps: Fraction, longest: int) -> tuple[Counter[int], Fraction]:
    """The draws every tape of up to `longest` bits decides, in units of 2**-longest, and the mass left."""
    draws: Counter[int] = Counter()
    tapes = [""]
    while tapes:
        tape = tapes.pop()
        try:
            draws[noise(eps, coin(tape))] += 2 ** (longest - len(tape))
        except OutOfBits:
            if len(tape) < longest:
                tapes += [tape + "0", tape + "1"]
    return draws, 1 - Fraction(sum(draws.values()), 2**longest)


def law(z: int, eps: float) -> float:
    q = math.exp(-eps / 4)
    return (1 - q) / (1 + q) * q ** abs(z)


@pytest.mark.parametrize("eps", [Fraction(1), Fraction(1, 2), Fraction(4), Fraction(8, 3)])
def test_what_few_coin_tosses_decide_never_exceeds_the_law(eps: Fraction) -> None:
    draws, open_mass = decided(eps, 16)
    for z, count in draws.items():
        assert count / 2**16 <= law(z, float(eps)) <= count / 2**16 + float(open_mass)
    assert open_mass < Fraction(9, 10)


def test_no_draw_of_zero_is_counted_twice() -> None:
    draws, _ = decided(Fraction(4), 16)
    assert draws[0] / draws[1] == pytest.approx(math.e, rel=0.25)


def test_opposite_draws_are_decided_by_equally_many_tosses() -> None:
    draws, _ = decided(Fraction(1), 16)
    assert len(draws) > 5
    assert all(draws[z] == draws[-z] for z in draws)


@pytest.mark.parametrize("n", range(1, 18))
def test_every_number_below_a_bound_is_equally_likely(n: int) -> None:
    width = (n - 1).bit_length()
    reached = [sampler._below(n, coin(f"{tape:0{width}b}" if width else "")) for tape in range(n)]
    assert reached == list(range(n))


def test_a_number_at_the_bound_is_thrown_again() -> None:
    assert sampler._below(5, coin("111" + "101" + "100")) == 4


def test_certain_chances_need_no_luck() -> None:
    assert sampler._chance(Fraction(1), coin(""))
    assert not sampler._chance(Fraction(0), coin(""))


def test_a_decay_of_nothing_always_happens() -> None:
    assert sampler._decays(Fraction(0), coin(""))


@pytest.mark.parametrize(("eps", "variance"), [(Fraction(1), 31.83), (Fraction(1, 2), 127.83)])
def test_the_spread_is_the_one_of_the_law(eps: Fraction, variance: float) -> None:
    bits = Random(5).getrandbits
    draws = [noise(eps, bits) for _ in range(20_000)]
    assert sum(draws) / len(draws) == pytest.approx(0, abs=4 * math.sqrt(variance / len(draws)))
    assert sum(z * z for z in draws) / len(draws) == pytest.approx(variance, rel=0.07)
