"""Slack's events already acted on: Slack may deliver one several times."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete

from storage.database import Tx
from storage.schema import seen_events

REMEMBERED = timedelta(days=1)
"""Slack repeats an event within minutes; a day is plenty."""


def first_seen(tx: Tx, event_id: str, now: datetime) -> bool:
    """Remember an event; False when it was there before."""
    return tx.add(seen_events, {"event_id": event_id, "seen_at": now})


def forget_old(tx: Tx, now: datetime) -> None:
    old = seen_events.c.seen_at < now - REMEMBERED
    tx.execute(delete(seen_events).where(seen_events.c.workspace == tx.workspace, old))
