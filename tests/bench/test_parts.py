"""Each part of `choir bench` in a tiny form: it answers with its figures. How good they are is no test."""

import math

import pytest

from bot.bench import burst, delivery, limit, planning, process
from bot.bench.bars import lines_of
from bot.bench.parts import PARTS
from bot.bench.rounds import Figures, Rounds

ONCE = Rounds(many=1, say=lambda _line: None)


def sound(part: str, figures: Figures) -> None:
    """It has the keys of the part, each with a number that can have been measured."""
    assert set(figures) == {line.key for line in lines_of([part])}
    assert all(math.isfinite(value) and value >= 0 for value in figures.values())


@pytest.mark.timeout(60)
def test_looking_and_planning_are_measured_beside_one_job_for_each_person() -> None:
    figures = planning.measure(ONCE, few=20, many=40, due=30)
    sound("planning", figures)
    assert min(figures.values()) > 0


@pytest.mark.timeout(60)
def test_delivery_is_measured_on_both_databases() -> None:
    figures = delivery.measure(ONCE, people=5)
    sound("delivery", figures)
    assert min(figures.values()) > 0


@pytest.mark.timeout(60)
def test_the_pace_at_the_limit_is_measured() -> None:
    figures = limit.measure(ONCE, people=60)
    sound("limit", figures)
    assert 0 < figures["limit_time_ratio"] < 2
    assert figures["limit_429_share"] < 1


@pytest.mark.timeout(60)
def test_a_burst_is_measured_and_nothing_of_it_is_lost() -> None:
    figures = burst.measure(ONCE, people=12, seconds=0.5)
    sound("burst", figures)
    assert figures["burst_lost"] == 0
    assert min(figures["burst_ack_p99_ms"], figures["bare_ack_p99_ms"]) > 0


@pytest.mark.timeout(60)
def test_the_start_and_the_memory_of_a_process_are_measured() -> None:
    figures = process.measure(ONCE, people=30, beating_seconds=1)
    sound("process", figures)
    assert 10 < figures["rss_mb"] < 1000
    assert figures["ready_s"] > 0


def test_every_part_has_lines_of_its_own() -> None:
    assert all(lines_of([name]) for name in PARTS)
