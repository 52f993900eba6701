"""How deliveries stand: what is late, stuck, ahead, and how late the last ones were."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from bot.audit.faults import watched_statements
from bot.domain.members import PersonRef
from bot.domain.notices import Fate, Kind, notice
from storage import outbox, status, workspaces
from storage.crypto import Keys
from storage.database import Store, Tx
from storage.schema import outbox as outbox_table
from storage.status import Ahead, Backlog, Stuck
from tests.storage.conftest import WORKSPACE

NOW = datetime(2026, 11, 25, 15, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def put(
    tx: Tx, ref: PersonRef, about: str, due_at: datetime = NOW, kind: Kind = Kind.CHECKIN, **more: Any
) -> None:
    """A notice as it may stand after a while."""
    said = notice(kind, ref, about, due_at)
    outbox.add(tx, said)
    if more:
        tx.execute(update(outbox_table).where(outbox_table.c.dedupe_key == said.dedupe_key).values(**more))


def test_where_nothing_waits_nothing_is_late_or_stuck(tx: Tx) -> None:
    assert status.backlog(tx, NOW) == Backlog(
        due=0,
        oldest_due_at=None,
        looked_up=0,
        stuck=(),
        paused_until=None,
        roster_read_at=None,
        uninstalled_at=None,
    )
    assert status.ahead(tx, NOW) == Ahead(later=0, next_due_at=None)
    assert status.delays(tx, NOW - HOUR) == ()


def test_what_is_due_and_not_settled_is_late_since_the_oldest_of_it(tx: Tx, ana: PersonRef) -> None:
    put(tx, ana, "now")
    put(tx, ana, "claimed", NOW - MINUTE, fate=Fate.CLAIMED)
    put(tx, ana, "attempted", NOW - 2 * MINUTE, fate=Fate.ATTEMPTED)
    put(tx, ana, "later", NOW + MINUTE)
    for fate in (Fate.SENT, Fate.NOT_WANTED, Fate.EXPIRED, Fate.PARKED, Fate.HELD):
        put(tx, ana, str(fate), NOW - HOUR, fate=fate)
    found = status.backlog(tx, NOW)
    assert (found.due, found.oldest_due_at) == (3, NOW - 2 * MINUTE)
    assert status.ahead(tx, NOW) == Ahead(later=1, next_due_at=NOW + MINUTE)


def test_what_may_have_gone_out_and_is_looked_up_is_counted_whenever_it_is_due(
    tx: Tx, ana: PersonRef
) -> None:
    for about, due_at in (("late", NOW - MINUTE), ("ahead", NOW + MINUTE)):
        put(tx, ana, about, due_at, fate=Fate.UNKNOWN)
    found = status.backlog(tx, NOW)
    assert (found.looked_up, found.due) == (2, 1)


def test_what_became_due_just_now_is_not_late_for_whoever_allows_it_a_moment(tx: Tx, ana: PersonRef) -> None:
    put(tx, ana, "a", NOW - MINUTE)
    put(tx, ana, "b", NOW - MINUTE + timedelta(seconds=1))
    assert status.backlog(tx, NOW, late=MINUTE).due == 1


def test_what_is_stuck_is_counted_by_fate_and_reason_and_never_by_kind(tx: Tx, ana: PersonRef) -> None:
    put(tx, ana, "a", kind=Kind.ASK, fate=Fate.PARKED, reason="user_disabled")
    put(tx, ana, "b", kind=Kind.CHECKIN, fate=Fate.PARKED, reason="user_disabled")
    put(tx, ana, "c", fate=Fate.PARKED, reason="cannot_be_rendered")
    put(tx, ana, "d", fate=Fate.HELD)
    assert status.backlog(tx, NOW).stuck == (
        Stuck(fate=Fate.HELD, reason="", many=1),
        Stuck(fate=Fate.PARKED, reason="cannot_be_rendered", many=1),
        Stuck(fate=Fate.PARKED, reason="user_disabled", many=2),
    )


def test_a_pause_counts_until_it_is_over(tx: Tx) -> None:
    workspaces.hold_sending(tx, NOW + MINUTE)
    assert status.backlog(tx, NOW).paused_until == NOW + MINUTE
    assert status.backlog(tx, NOW + MINUTE).paused_until is None


def test_it_says_when_the_roster_was_read_and_the_app_taken_out(tx: Tx) -> None:
    workspaces.set_roster_synced(tx, NOW)
    workspaces.set_uninstalled(tx, NOW + HOUR)
    found = status.backlog(tx, NOW)
    assert (found.roster_read_at, found.uninstalled_at) == (NOW, NOW + HOUR)


def test_the_delays_of_the_last_hour_are_told_by_slacks_own_time(tx: Tx, ana: PersonRef) -> None:
    def sent(about: str, due_at: datetime, after: timedelta) -> None:
        put(tx, ana, about, due_at, fate=Fate.SENT, sent_ts=f"{(due_at + after).timestamp():.6f}")

    sent("long ago", NOW - 2 * HOUR, timedelta(seconds=5))
    sent("late", NOW - 2 * HOUR, timedelta(minutes=90))
    sent("soon", NOW - MINUTE, timedelta(seconds=2))
    sent("found again", NOW - MINUTE, -HOUR / 2)
    assert status.delays(tx, NOW - HOUR) == (timedelta(), timedelta(seconds=2), timedelta(minutes=90))


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_look_at_the_backlog_reads_no_more_than_an_index_finds(store: Store) -> None:
    with store.begin(WORKSPACE) as tx:
        workspaces.enter(tx, "US")
    with store.read(WORKSPACE) as tx, watched_statements(store.engine) as asked:
        status.backlog(tx, NOW)
        about_outbox = [statement for statement in asked if "outbox" in statement]
        for statement in about_outbox:
            unnamed = ("x",) * statement.count("?")
            plan = tx.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", unnamed).all()
            looks = [row.detail for row in plan if "outbox" in row.detail]
            assert looks
            assert all("USING" in look and "ix_outbox_due" in look for look in looks), looks
    assert len(about_outbox) == 3


def test_nothing_of_it_needs_a_key(store: Store, open_store: Callable[..., Store]) -> None:
    with store.begin(WORKSPACE) as tx:
        workspaces.enter(tx, "US")
        put(tx, tx.ref("U0ANA"), "a")
    with open_store(Keys(master=bytes(32), reference=bytes(32))).read(WORKSPACE) as tx:
        assert status.backlog(tx, NOW).due == 1
