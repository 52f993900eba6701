"""What `choir bench` prints: every figure beside its bar, for people and for programs."""

import json

import pytest

from bot.bench.bars import LINES, lines_of, table
from bot.bench.parts import as_json
from bot.bench.rounds import Figures, Rounds

KEYS = [
    "idle_tick_ms_1k",
    "idle_tick_ms_100k",
    "due_person_us",
    "job_per_person_us",
    "delivery_ratio_sqlite",
    "delivery_ratio_postgres",
    "limit_time_ratio",
    "limit_429_share",
    "burst_ack_p99_ms",
    "bare_ack_p99_ms",
    "burst_lost",
    "ready_s",
    "rss_mb",
]
GOOD: Figures = {
    "idle_tick_ms_1k": 0.2,
    "idle_tick_ms_100k": 0.3,
    "due_person_us": 100,
    "job_per_person_us": 3000,
    "delivery_ratio_sqlite": 0.6,
    "delivery_ratio_postgres": 0.6,
    "limit_time_ratio": 1.05,
    "limit_429_share": 0.0,
    "burst_ack_p99_ms": 250,
    "bare_ack_p99_ms": 20,
    "burst_lost": 0,
    "ready_s": 2,
    "rss_mb": 150,
}
SHORT: Figures = {
    "idle_tick_ms_100k": 0.31,
    "due_person_us": 101,
    "delivery_ratio_sqlite": 0.59,
    "delivery_ratio_postgres": 0.59,
    "limit_time_ratio": 1.06,
    "limit_429_share": 0.01,
    "burst_ack_p99_ms": 251,
    "burst_lost": 1,
    "ready_s": 2.1,
    "rss_mb": 151,
}


def test_the_object_has_these_keys_and_no_others() -> None:
    assert list(json.loads(as_json(LINES, {}))) == KEYS


def test_what_could_not_be_measured_is_null_and_the_rest_a_number() -> None:
    told = json.loads(as_json(LINES, {"ready_s": 1.5}))
    assert told.pop("ready_s") == 1.5
    assert set(told.values()) == {None}


def test_figures_at_their_bars_have_met_them() -> None:
    said = table(LINES, GOOD)
    assert said.count(": met") == len(SHORT)
    assert "FELL SHORT" not in said


@pytest.mark.parametrize("key", SHORT)
def test_a_figure_beyond_its_bar_is_said_to_fall_short(key: str) -> None:
    lines = table(LINES, GOOD | {key: SHORT[key]}).splitlines()
    (short,) = (number for number, line in enumerate(lines) if "FELL SHORT" in line)
    (what,) = (line.what for line in LINES if line.key == key)
    assert lines[short - 1] == what


def test_a_slow_look_falls_short_though_it_does_not_grow() -> None:
    assert table(LINES, GOOD | {"idle_tick_ms_1k": 1.1, "idle_tick_ms_100k": 1.1}).count("FELL SHORT") == 1


def test_a_figure_without_the_one_it_is_compared_with_is_not_judged() -> None:
    said = table(lines_of(["planning"]), {"due_person_us": 1})
    assert "not compared" in said
    assert "not measured" in said
    assert "met" not in said.replace("not compared", "")


def test_of_several_rounds_the_median_counts_and_each_is_told() -> None:
    figures, told = iter([3.0, 1.0, 2.0]), list[str]()
    rounds = Rounds(many=3, say=told.append)
    assert rounds.median(lambda: {"ready_s": next(figures)}) == {"ready_s": 2.0}
    assert told == [
        "  round 1 of 3: ready_s 3",
        "  round 2 of 3: ready_s 1",
        "  round 3 of 3: ready_s 2",
    ]
