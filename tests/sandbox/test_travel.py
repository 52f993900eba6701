"""Jumps in time: one at a time, with progress, stoppable, and never a traceback for people."""

from __future__ import annotations

import threading

import pytest

from bot.sandbox.travel import Busy, Jump, Progress, Report, Travel


def journey_after(travel: Travel, name: str) -> tuple[str, str, float]:
    travel.start(name).join(5)
    assert travel.journey is not None
    return travel.journey.state, travel.journey.words, travel.journey.done


def test_a_jump_tells_how_far_it_is_and_ends_done() -> None:
    half_way, go_on = threading.Event(), threading.Event()

    def run(report: Report) -> None:
        report(Progress(done=0.5, words="Tuesday 8 December, week 3"))
        half_way.set()
        go_on.wait(5)

    travel = Travel([Jump(name="+1 day", run=run)])
    thread = travel.start("+1 day")
    assert half_way.wait(5)
    assert travel.running
    assert travel.journey is not None
    assert (travel.journey.done, travel.journey.words) == (0.5, "Tuesday 8 December, week 3")
    go_on.set()
    thread.join(5)
    assert (travel.journey.state, travel.journey.done) == ("done", 1.0)


def test_no_second_jump_starts_while_one_runs() -> None:
    go_on = threading.Event()
    ran = []
    travel = Travel(
        [
            Jump(name="long", run=lambda _report: go_on.wait(5) and None),
            Jump(name="other", run=lambda _report: ran.append("other")),
        ]
    )
    thread = travel.start("long")
    with pytest.raises(Busy):
        travel.start("other")
    go_on.set()
    thread.join(5)
    assert ran == []


def test_a_stopped_jump_ends_at_its_next_report_and_the_next_one_may_start() -> None:
    told, stopped = threading.Event(), threading.Event()
    went_on = []

    def run(report: Report) -> None:
        told.set()
        stopped.wait(5)
        report(Progress(done=0.9))
        went_on.append(True)

    travel = Travel([Jump(name="far", run=run), Jump(name="near", run=lambda _report: None)])
    thread = travel.start("far")
    assert told.wait(5)
    travel.stop()
    stopped.set()
    thread.join(5)
    assert travel.journey is not None
    assert travel.journey.state == "stopped"
    assert went_on == []
    assert journey_after(travel, "near")[0] == "done"


def test_a_failing_jump_says_why_in_words() -> None:
    def run(_report: Report) -> None:
        raise RuntimeError("the bot does not run")

    state, words, _ = journey_after(Travel([Jump(name="To Friday", run=run)]), "To Friday")
    assert state == "failed"
    assert words == "“To Friday” did not work: the bot does not run"
    assert "Traceback" not in words


def test_an_unknown_jump_does_not_start() -> None:
    travel = Travel([])
    with pytest.raises(KeyError):
        travel.start("nowhere")
    assert travel.journey is None


def test_stopping_when_nothing_runs_changes_nothing() -> None:
    travel = Travel([Jump(name="near", run=lambda _report: None)])
    travel.stop()
    assert travel.journey is None
    assert journey_after(travel, "near")[0] == "done"
    travel.stop()
    assert travel.journey is not None
    assert not travel.journey.stopping


@pytest.mark.parametrize(("told", "shown"), [(-1.0, 0.0), (0.3, 0.3), (7.0, 1.0)])
def test_progress_stays_between_none_and_all(told: float, shown: float) -> None:
    seen = []

    def run(report: Report) -> None:
        report(Progress(done=told))
        seen.append(travel.journey.done if travel.journey else None)

    travel = Travel([Jump(name="far", run=run)])
    journey_after(travel, "far")
    assert seen == [shown]
