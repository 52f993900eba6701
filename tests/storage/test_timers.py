from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.members import PersonRef
from storage import timers
from storage.database import Store, Tx
from storage.timers import Timer, ask_entity, checkin_entity
from tests.storage.at_once import at_once

NOW = datetime(2026, 11, 25, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)


def timer(entity: str, kind: str, due_at: datetime = NOW) -> Timer:
    return Timer(entity=entity, kind=kind, due_at=due_at)


def test_due_timers_of_the_named_kinds_come_the_earliest_first(tx: Tx) -> None:
    for entity, kind, at in (
        ("ask|1", "deputy", NOW),
        ("ask|2", "deputy", NOW - HOUR),
        ("ask|3", "deputy", NOW + HOUR),
        ("ask|1", "told", NOW),
    ):
        timers.put(tx, entity, kind, at)
    first, second = timer("ask|2", "deputy", NOW - HOUR), timer("ask|1", "deputy")
    assert timers.list_due(tx, ("deputy",), NOW, 10) == (first, second)
    assert timers.list_due(tx, ("deputy",), NOW, 1) == (first,)
    assert timers.list_due(tx, ("deputy", "told"), NOW, 10) == (first, second, timer("ask|1", "told"))
    assert timers.list_due(tx, (), NOW, 10) == ()
    assert timers.earliest_due_at(tx) == NOW - HOUR


def test_setting_a_timer_anew_moves_it(tx: Tx) -> None:
    timers.put(tx, "ask|1", "deputy", NOW)
    timers.put(tx, "ask|1", "deputy", NOW + HOUR)
    assert timers.list_due(tx, ("deputy",), NOW, 10) == ()
    assert timers.earliest_due_at(tx) == NOW + HOUR


def test_many_timers_are_set_or_set_anew_at_once(tx: Tx) -> None:
    timers.put(tx, "a", "close", NOW + HOUR)
    timers.put_all(tx, [timer("a", "close"), timer("b", "close", NOW - HOUR)])
    timers.put_all(tx, [])
    assert timers.list_due(tx, ("close",), NOW, 10) == (timer("b", "close", NOW - HOUR), timer("a", "close"))


def test_only_the_named_timers_of_one_thing_are_dropped(tx: Tx) -> None:
    for entity, kind in (("a", "remind"), ("a", "later"), ("a", "close"), ("b", "remind")):
        timers.put(tx, entity, kind, NOW)
    timers.drop(tx, "a", "remind", "later")
    left = timers.list_due(tx, ("remind", "later", "close"), NOW, 10)
    assert left == (timer("a", "close"), timer("b", "remind"))


def test_a_timer_is_taken_once(tx: Tx) -> None:
    timers.put(tx, "a", "close", NOW)
    assert timers.take(tx, timer("a", "close"))
    assert not timers.take(tx, timer("a", "close"))
    assert timers.earliest_due_at(tx) is None


def test_a_timer_that_was_moved_meanwhile_is_not_taken(tx: Tx) -> None:
    timers.put(tx, "a", "close", NOW + HOUR)
    assert not timers.take(tx, timer("a", "close", NOW))
    assert timers.earliest_due_at(tx) == NOW + HOUR


def test_of_two_workers_one_takes_a_timer(entered: Store, open_store: Callable[..., Store]) -> None:
    with entered.begin("T1") as tx:
        for n in range(20):
            timers.put(tx, f"ask|{n}", "told", NOW)

    def take_all(store: Store) -> int:
        taken = 0
        for n in range(20):
            with store.begin("T1") as tx:
                taken += timers.take(tx, timer(f"ask|{n}", "told"))
        return taken

    other = open_store()
    assert sum(at_once(lambda: take_all(entered), lambda: take_all(other))) == 20


def test_a_taken_timer_comes_back_when_acting_on_it_fails(entered: Store) -> None:
    with entered.begin("T1") as tx:
        timers.put(tx, "a", "close", NOW)

    def die_while_acting() -> None:
        with entered.begin("T1") as tx:
            assert timers.take(tx, timer("a", "close"))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        die_while_acting()
    with entered.read("T1") as tx:
        assert timers.earliest_due_at(tx) == NOW


def test_the_longest_name_of_a_thing_fits(tx: Tx, ana: PersonRef) -> None:
    for entity in (
        checkin_entity(ana, 9999),
        ask_entity("f" * 16),
        f"card|{ana}|9999|D0123456789|1764086400.123456",
    ):
        timers.put(tx, entity, "close", NOW)
    assert len(timers.list_due(tx, ("close",), NOW, 10)) == 3
