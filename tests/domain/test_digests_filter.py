"""The filter against a second one written from the text, and what it may cost."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from fractions import Fraction
from random import Random

import pytest

from bot.domain import digests, filtering
from bot.domain.digests import Gap, Published, Row, read, window
from tests.domain import naive_filter


def history(seed: int, periods: int, sizes: Sequence[int] = (6, 8, 9, 11, 12, 14)) -> list[Row]:
    """Rows whose level jumps once, with some gaps after the first; windows are the rule's own."""
    rng = Random(seed)
    size, jump = rng.choice(sizes), rng.choice((-0.4, -0.2, 0, 0.2, 0.4))
    rows: list[Row] = []
    for period in range(periods):
        if 0 < period < periods - 1 and rng.random() < 0.15:
            rows.append(Gap(period=period))
            continue
        m = max(6, size - rng.randrange(3))
        share = 0.5 + (jump if period > periods // 2 else 0)
        y = min(max(round(rng.gauss(4 * m * share, 7)), 0), 4 * m)
        rows.append(Published(period=period, m=m, c=window(rows), y=y))
    return rows


def plain(rows: Sequence[Row]) -> list[naive_filter.Row]:
    return [(row.m, float(row.c), row.y) if isinstance(row, Published) else None for row in rows]


@pytest.mark.parametrize("seed", range(16))
def test_the_words_are_those_of_the_filter_written_from_the_text(seed: int) -> None:
    rows = history(seed, periods=1 + seed % 9)
    reading, again = read(rows, roster=14), plain(rows)
    assert reading.band == naive_filter.band(naive_filter.band_masses(again))
    assert reading.trend == naive_filter.trend(again)


@pytest.mark.parametrize("seed", range(100, 106))
def test_the_masses_behind_the_words_are_the_same_too(seed: int) -> None:
    rows = history(seed, periods=8)
    evidence = digests._evidence(rows)
    posterior, by_distance = filtering.forward(evidence)[-1], filtering.shifts(evidence)
    assert digests._masses(posterior) == pytest.approx(naive_filter.band_masses(plain(rows)), abs=1e-4)
    assert filtering.mean(posterior) == pytest.approx(naive_filter.mean(plain(rows)), abs=1e-4)
    up, down = (max(getattr(shift, f"clearly_{way}") for shift in by_distance) for way in ("up", "down"))
    mine = (by_distance[2].up, by_distance[2].down, up, down)
    assert mine == pytest.approx(naive_filter.trend_masses(plain(rows)), abs=1e-4)


def test_the_histories_compared_lead_to_most_words() -> None:
    readings = [read(history(seed, periods=1 + seed % 9), roster=14) for seed in range(60)]
    assert {reading.trend for reading in readings} == set(digests.Trend)
    assert len({reading.band for reading in readings}) >= 5


def test_passages_and_prior_are_laws() -> None:
    assert all(sum(row) == pytest.approx(1, abs=1e-12) and min(row) > 0 for row in filtering.T)
    assert sum(filtering.PRIOR) == pytest.approx(1, abs=1e-12)
    assert filtering.mean(filtering.PRIOR) == pytest.approx(3.0, abs=1e-12)
    assert [float(filtering.GRID[n]) for n in (0, 1, 15, 20, 36)] == [1.2, 1.3, 2.7, 3.2, 4.8]


@pytest.mark.parametrize("c", [Fraction(quarters, 4) for quarters in range(8, 17)])
def test_the_expected_score_is_the_integral_of_the_text(c: Fraction) -> None:
    for level, share in list(zip(filtering.GRID, filtering.expected_share(c), strict=True))[::6]:
        assert share == pytest.approx(naive_filter.f(float(c), float(level)), abs=2e-4)


def test_a_gap_spreads_what_is_known_and_adds_nothing() -> None:
    known, after_gap = filtering.forward([filtering.likelihood(Fraction(3), 12, 30), None])
    assert filtering.variance(after_gap) > filtering.variance(known)
    assert filtering.mean(after_gap) == pytest.approx(filtering.mean(known), abs=0.01)


def test_a_sum_at_the_end_of_its_range_still_leaves_every_level_possible() -> None:
    for m in (6, 60, 400):
        for y in (0, 4 * m):
            posterior = filtering.forward([filtering.likelihood(Fraction(2), m, y)] * 7)[-1]
            assert all(math.isfinite(p) for p in posterior)
            assert sum(posterior) == pytest.approx(1)


def test_contradicting_sums_of_a_large_group_do_not_underflow() -> None:
    rows = [Published(period=n, m=400, c=Fraction(2 + 2 * (n % 2)), y=1600 * (n % 2)) for n in range(13)]
    shifts = filtering.shifts(digests._evidence(rows))
    assert all(0 <= shift.up <= 1 and 0 <= shift.clearly_down <= 1 for shift in shifts)
    assert shifts[0].clearly_up + shifts[0].clearly_down > 0.99


def cost(m: int) -> float:
    """Seconds of processor for a year's reading of m people with nothing remembered; the best of three."""
    best = math.inf
    for seed in range(3):
        rows = history(seed, periods=13, sizes=(m,))
        for table in (filtering.expected_share, filtering.likelihood, filtering._ways, filtering._tails):
            table.cache_clear()
        began = time.process_time()
        read(rows, roster=m)
        best = min(best, time.process_time() - began)
    return best


def test_a_group_of_sixty_costs_little_more_than_one_of_twenty_five() -> None:
    small, large = cost(25), cost(60)
    print(f"a year's reading: m=25 {1000 * small:.0f} ms, m=60 {1000 * large:.0f} ms")
    assert large < 4 * small
