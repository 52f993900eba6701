"""How deliveries stand in a workspace, for `choir status` and the metrics: numbers and codes alone.

Never by kind of notice (privacy §4), and without any key: nothing here is sealed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select

from bot.domain.notices import KEPT_WAITING, Fate
from storage.database import Tx
from storage.schema import outbox, workspaces

ON_THE_WAY = (Fate.WAITING, Fate.CLAIMED, Fate.ATTEMPTED, Fate.UNKNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stuck:
    """Notices that need a person's look. reason: a code of Choir's own or of Slack, empty for none."""

    fate: Fate
    reason: str
    many: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """What should be out by now and is not, with what may hold it up. All instants are UTC.

    looked_up: may have gone out; Slack's history is to tell.
    """

    due: int
    oldest_due_at: datetime | None
    looked_up: int
    stuck: tuple[Stuck, ...]
    paused_until: datetime | None
    roster_read_at: datetime | None
    uninstalled_at: datetime | None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """What waits for a later moment."""

    later: int
    next_due_at: datetime | None


def backlog(tx: Tx, now: datetime, late: timedelta = timedelta()) -> Backlog:
    """Cheap enough for a scrape every few seconds: only rows that are late or stuck are touched.

    late: only what is due for so long counts as due.
    """
    due = _on_the_way(tx).where(outbox.c.due_at <= now - late)
    many, oldest = tx.execute(due).one()
    workspace = tx.execute(select(workspaces).where(workspaces.c.workspace == tx.workspace)).one()
    held_until = workspace.send_not_before
    return Backlog(
        due=many,
        oldest_due_at=oldest,
        looked_up=_looked_up(tx),
        stuck=_stuck(tx),
        paused_until=held_until if held_until and held_until > now else None,
        roster_read_at=workspace.roster_synced_at,
        uninstalled_at=workspace.uninstalled_at,
        ended_at=workspace.ended_at,
    )


def ahead(tx: Tx, now: datetime) -> Ahead:
    many, first = tx.execute(_on_the_way(tx).where(outbox.c.due_at > now)).one()
    return Ahead(later=many, next_due_at=first)


def delays(tx: Tx, since: datetime) -> tuple[timedelta, ...]:
    """How long after its due time each message sent since then arrived in Slack, the shortest first."""
    mine = (outbox.c.workspace == tx.workspace, outbox.c.fate == Fate.SENT)
    # Slack's ts is a text of fixed length until the year 2286; the due time is what the index knows.
    lately = (outbox.c.due_at >= since - KEPT_WAITING, outbox.c.sent_ts >= f"{since.timestamp():.6f}")
    rows = tx.execute(select(outbox.c.due_at, outbox.c.sent_ts).where(*mine, *lately))
    late = (float(row.sent_ts) - row.due_at.timestamp() for row in rows)
    return tuple(timedelta(seconds=max(seconds, 0)) for seconds in sorted(late))


def _on_the_way(tx: Tx) -> Select[int, Any]:
    """How many are not settled yet, and when the first of them is due."""
    here = (outbox.c.workspace == tx.workspace, outbox.c.fate.in_(ON_THE_WAY))
    return select(func.count(), func.min(outbox.c.due_at)).where(*here)


def _looked_up(tx: Tx) -> int:
    unknown = (outbox.c.workspace == tx.workspace, outbox.c.fate == Fate.UNKNOWN)
    return int(tx.execute(select(func.count()).select_from(outbox).where(*unknown)).scalar_one())


def _stuck(tx: Tx) -> tuple[Stuck, ...]:
    groups = (outbox.c.fate, outbox.c.reason)
    stuck = (outbox.c.workspace == tx.workspace, outbox.c.fate.in_([Fate.HELD, Fate.PARKED]))
    query = select(*groups, func.count().label("many")).where(*stuck).group_by(*groups).order_by(*groups)
    return tuple(
        Stuck(fate=Fate(row.fate), reason=row.reason or "", many=row.many) for row in tx.execute(query)
    )
