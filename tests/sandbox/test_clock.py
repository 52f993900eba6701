"""The clock that can be moved, and the ids that one real clock ages."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

import pytest

from bot.sandbox import MovableClock, Refused, Sandbox
from bot.sandbox.triggers import Triggers
from tests.sandbox.world import ANA, MANIFEST, PEOPLE, START


def test_a_held_clock_stands_still() -> None:
    clock = MovableClock(START)
    time.sleep(0.01)
    assert clock.now() == START


def test_a_running_clock_passes_with_real_time_and_keeps_what_passed() -> None:
    clock = MovableClock(START)
    clock.run()
    time.sleep(0.02)
    clock.hold()
    held = clock.now()
    assert timedelta(milliseconds=15) < held - START < timedelta(seconds=2)
    time.sleep(0.01)
    assert clock.now() == held


def test_a_running_clock_goes_on_from_where_it_was_moved() -> None:
    clock = MovableClock(START)
    clock.run()
    clock.move_to(START + timedelta(days=1))
    assert timedelta(days=1) <= clock.now() - START < timedelta(days=1, seconds=2)


def test_the_clock_never_goes_back() -> None:
    clock = MovableClock(START)
    with pytest.raises(ValueError, match="only moves forwards"):
        clock.move_to(START - timedelta(seconds=1))


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        MovableClock(datetime(2026, 11, 30))  # noqa: DTZ001 - the very thing refused


class StopWatch:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def code_of(triggers: Triggers, trigger_id: str) -> str:
    with pytest.raises(Refused) as caught:
        triggers.check(trigger_id)
    return caught.value.code


def test_a_trigger_lives_three_seconds() -> None:
    watch = StopWatch()
    triggers = Triggers(watch)
    trigger_id = triggers.issue(ANA.id)
    watch.seconds = 3.0
    assert triggers.check(trigger_id) == (ANA.id, False)
    watch.seconds = 3.1
    assert code_of(triggers, trigger_id) == "expired_trigger_id"


def test_a_trigger_serves_once_and_an_unknown_one_never() -> None:
    triggers = Triggers(StopWatch())
    trigger_id = triggers.issue(ANA.id, in_modal=True)
    assert triggers.check(trigger_id) == (ANA.id, True)
    triggers.spend(trigger_id)
    assert code_of(triggers, trigger_id) == "exchanged_trigger_id"
    assert code_of(triggers, "1.2.3") == "invalid_trigger_id"


def test_message_timestamps_grow_while_the_clock_stands_still() -> None:
    sandbox = Sandbox(manifest=MANIFEST, clock=MovableClock(START).now, people=PEOPLE)
    stamps = [sandbox.say(ANA.id, "hello").ts for _ in range(50)]
    assert stamps == sorted(set(stamps))
    assert stamps[0] == f"{int(START.timestamp())}.000000"


def test_two_identical_runs_leave_identical_messages() -> None:
    def run() -> list[object]:
        sandbox = Sandbox(manifest=MANIFEST, clock=MovableClock(START).now, people=PEOPLE)
        for person in PEOPLE[:3]:
            sandbox.say(person.id, "hello")
        return [sandbox.dm(person.id) for person in PEOPLE[:3]]

    assert run() == run()
