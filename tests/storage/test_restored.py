"""After a backup was put back: what may have gone out since it was made is in doubt, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.domain.members import PersonRef
from bot.domain.notices import Fate, Kind, notice
from storage import outbox, workspaces
from storage.database import Store, Tx
from storage.schema import outbox as outbox_table
from storage.workspaces import Restored
from tests.storage.conftest import WORKSPACE

RESTORED_AT = datetime(2026, 11, 25, 15, tzinfo=UTC)
KNOWN_UNTIL = RESTORED_AT - timedelta(days=2)
BEFORE, AFTER = RESTORED_AT - timedelta(minutes=1), RESTORED_AT + timedelta(minutes=1)
LEASE = timedelta(minutes=1)
WAITS, IN_DOUBT = ("waiting", None), ("unknown", "restored")


def put(tx: Tx, to: PersonRef | None, about: str, due_at: datetime = BEFORE, **more: Any) -> str:
    """A notice as it may stand in a backup; the key by which it is known."""
    said = notice(Kind.CHECKIN, to, about, due_at, channel=None if to else "C0TEAM")
    outbox.add(tx, said)
    if more:
        tx.execute(update(outbox_table).where(outbox_table.c.dedupe_key == said.dedupe_key).values(**more))
    return said.dedupe_key


def fate(tx: Tx, key: str) -> tuple[str, str | None]:
    row = tx.execute(select(outbox_table).where(outbox_table.c.dedupe_key == key)).one()
    return row.fate, row.reason


def test_a_workspace_knows_when_a_backup_was_put_back_and_until_when_that_knew_everything(tx: Tx) -> None:
    assert workspaces.restored(tx) is None
    workspaces.set_restored(tx, RESTORED_AT, KNOWN_UNTIL)
    assert workspaces.restored(tx) == Restored(at=RESTORED_AT, known_until=KNOWN_UNTIL)


def test_the_newest_message_that_is_known_to_be_out_is_told(tx: Tx, ana: PersonRef) -> None:
    assert outbox.last_sent_at(tx) is None
    for number in (1, 3, 2):
        put(tx, ana, f"w{number}", fate=Fate.SENT, sent_ts=f"{KNOWN_UNTIL.timestamp() + number:.6f}")
    assert outbox.last_sent_at(tx) == KNOWN_UNTIL + timedelta(seconds=3)


@pytest.mark.parametrize("was", [Fate.WAITING, Fate.CLAIMED, Fate.ATTEMPTED, Fate.UNKNOWN])
def test_whatever_was_on_its_way_to_a_person_is_in_doubt(tx: Tx, ana: PersonRef, was: Fate) -> None:
    """What waits for a later moment too: vacation that ended sooner brought it sooner."""
    keys = [put(tx, ana, f"w{at:%M}", at, fate=was, lease_until=AFTER) for at in (BEFORE, AFTER)]
    outbox.doubt_unsettled(tx, RESTORED_AT)
    assert [fate(tx, key) for key in keys] == [IN_DOUBT] * 2
    assert outbox.claim(tx, AFTER, LEASE, 9) == ()


def test_what_was_on_its_way_to_a_channel_is_in_doubt_if_it_was_due(tx: Tx) -> None:
    due, later = put(tx, None, "due", BEFORE), put(tx, None, "later", AFTER)
    outbox.doubt_unsettled(tx, RESTORED_AT)
    assert (fate(tx, due), fate(tx, later)) == (IN_DOUBT, WAITS)


@pytest.mark.parametrize("was", [Fate.SENT, Fate.NOT_WANTED, Fate.EXPIRED, Fate.PARKED, Fate.HELD])
def test_what_was_settled_stays_settled(tx: Tx, ana: PersonRef, was: Fate) -> None:
    key = put(tx, ana, "w1", fate=was)
    outbox.doubt_unsettled(tx, RESTORED_AT)
    assert fate(tx, key) == (was, None)


def test_what_is_planned_anew_is_in_doubt_if_it_was_called_for_before(tx: Tx, ana: PersonRef) -> None:
    workspaces.set_restored(tx, RESTORED_AT, KNOWN_UNTIL)
    for about, called_for_at in (("before", BEFORE), ("at", RESTORED_AT), ("after", AFTER)):
        outbox.add(tx, notice(Kind.CHECKIN, ana, about, AFTER, called_for_at=called_for_at))
    found = {row.dedupe_key.split("|")[-1]: row.fate for row in tx.execute(select(outbox_table))}
    assert found == {"before": "unknown", "at": "waiting", "after": "waiting"}


def test_what_is_in_doubt_may_be_looked_up_at_once(entered: Store) -> None:
    with entered.begin(WORKSPACE) as tx:
        ana = tx.ref("U0ANA")
        put(tx, ana, "in the backup")
        outbox.doubt_unsettled(tx, RESTORED_AT)
        workspaces.set_restored(tx, RESTORED_AT, KNOWN_UNTIL)
        put(tx, ana, "planned anew")
    with entered.begin(WORKSPACE) as tx:
        taken = [outbox.claim_unknown(tx, LEASE) for _ in range(2)]
        assert all(taken)
        assert outbox.claim_unknown(tx, LEASE) is None


def test_where_no_backup_was_put_back_nothing_is_in_doubt(tx: Tx, ana: PersonRef) -> None:
    assert fate(tx, put(tx, ana, "w1", BEFORE)) == WAITS


def test_the_same_notice_has_the_same_mark_in_a_database_that_forgot_it(tx: Tx, ana: PersonRef) -> None:
    """By it a message is known again in Slack's history."""
    put(tx, ana, "w1")
    mark = tx.execute(select(outbox_table.c.delivery_id)).scalar_one()
    tx.execute(outbox_table.delete())
    put(tx, ana, "w1", AFTER)
    put(tx, ana, "w2")
    marks = tx.execute(select(outbox_table.c.delivery_id).order_by(outbox_table.c.dedupe_key)).scalars().all()
    assert marks[0] == mark != marks[1]
    assert tx.keys.delivery_id("T2", f"checkin|{ana}|w1") != mark
