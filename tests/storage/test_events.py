from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from storage import events
from storage.database import Store, Tx
from tests.storage.at_once import at_once

NOW = datetime(2026, 11, 25, 15, tzinfo=UTC)


def test_an_event_delivered_again_is_known(tx: Tx) -> None:
    assert events.first_seen(tx, "Ev1", NOW)
    assert not events.first_seen(tx, "Ev1", NOW + timedelta(minutes=5))
    assert events.first_seen(tx, "Ev2", NOW)


def test_events_are_forgotten_after_a_day_and_not_before(tx: Tx) -> None:
    events.first_seen(tx, "old", NOW)
    events.first_seen(tx, "young", NOW + timedelta(seconds=1))
    events.forget_old(tx, NOW + timedelta(days=1))
    assert not events.first_seen(tx, "old", NOW)
    events.forget_old(tx, NOW + timedelta(days=1, seconds=1))
    assert events.first_seen(tx, "old", NOW)
    assert not events.first_seen(tx, "young", NOW)


def test_of_two_deliveries_at_once_one_is_the_first(entered: Store, open_store: Callable[..., Store]) -> None:
    def see(store: Store) -> int:
        seen = 0
        for n in range(20):
            with store.begin("T1") as tx:
                seen += events.first_seen(tx, f"Ev{n}", NOW)
        return seen

    other = open_store()
    assert sum(at_once(lambda: see(entered), lambda: see(other))) == 20
