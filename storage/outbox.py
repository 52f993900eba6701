"""Notices on their way: written with the fact that caused them, carried by delivery alone.

A claim is a lease with a fencing number: whoever finds another number in the row has lost it, and
changes nothing more.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, or_, select, update

from bot.domain.members import PersonRef
from bot.domain.notices import ONCE_FOR_ALL, URGENCY, Fate, Kind, Notice
from storage.database import Tx
from storage.schema import outbox

LEASE = timedelta(seconds=60)
"""Real time: six times what one request to Slack may take."""

ORDINARY = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A notice in somebody's hands, by the fencing number they hold."""

    delivery_id: str
    fence: int
    kind: Kind
    to: PersonRef | None
    channel: str | None
    facts: Mapping[str, Any]
    due_at: datetime
    expires_at: datetime


def add(tx: Tx, notice: Notice) -> bool:
    """Put a notice on its way; False when the same one is or was."""
    row = {
        "delivery_id": secrets.token_hex(16),
        "dedupe_key": notice.dedupe_key,
        "kind": notice.kind,
        "recipient": notice.to,
        "channel": notice.channel,
        "facts": dict(notice.facts),
        "urgency": URGENCY.get(notice.kind, ORDINARY),
        "due_at": notice.due_at,
        "expires_at": notice.expires_at,
        "fate": Fate.WAITING,
    }
    return tx.add(outbox, row)


def claim(tx: Tx, now: datetime) -> Claim | None:
    """Take the most urgent notice that is due; None when there is none or others hold them all."""
    free = outbox.c.fate == Fate.WAITING
    lapsed = (outbox.c.fate == Fate.CLAIMED) & (outbox.c.lease_until < tx.real_now())
    query = select(outbox).where(
        outbox.c.workspace == tx.workspace, or_(free, lapsed), outbox.c.due_at <= now
    )
    order = (outbox.c.urgency, outbox.c.due_at, outbox.c.dedupe_key)
    row = tx.execute(query.order_by(*order).limit(1).with_for_update(skip_locked=True)).first()
    if row is None:
        return None
    held = {"fate": Fate.CLAIMED, "fence": row.fence + 1, "lease_until": tx.real_now() + LEASE}
    tx.execute(update(outbox).where(*_one(tx, row.delivery_id)).values(**held))
    return _claim(row, row.fence + 1)


def mark_attempted(tx: Tx, claim: Claim) -> bool:
    """Note that the request is about to be made; False when the lease was lost."""
    return _settle(tx, claim, (Fate.CLAIMED,), fate=Fate.ATTEMPTED, lease_until=tx.real_now() + LEASE)


def mark_sent(tx: Tx, claim: Claim, channel: str, ts: str) -> bool:
    sealed = tx.keys.seal_id(tx.workspace, channel)
    values = {"fate": Fate.SENT, "sealed_channel": sealed, "sent_ts": ts, "lease_until": None}
    return _settle(tx, claim, (Fate.ATTEMPTED, Fate.HELD), **values)


def settle(tx: Tx, claim: Claim, fate: Fate, reason: str | None = None) -> bool:
    """End a claim without a message, or let it wait again; reason is a code, never a text."""
    return _settle(tx, claim, (Fate.CLAIMED, Fate.ATTEMPTED), fate=fate, reason=reason, lease_until=None)


def hold_lapsed_attempts(tx: Tx) -> int:
    """Attempts whose worker died: the outcome is unknown, so they are held. Returns how many."""
    here = (outbox.c.workspace == tx.workspace, outbox.c.fate == Fate.ATTEMPTED)
    lapsed = (*here, outbox.c.lease_until < tx.real_now())
    values = {"fate": Fate.HELD, "reason": "worker_lost", "lease_until": None}
    return int(tx.execute(update(outbox).where(*lapsed).values(**values)).rowcount)


def postpone(tx: Tx, claim: Claim, until: datetime) -> bool:
    """Let a notice wait until a later moment; used when Slack asks for a pause or working time is over."""
    values = {"fate": Fate.WAITING, "due_at": until, "lease_until": None}
    return _settle(tx, claim, (Fate.CLAIMED, Fate.ATTEMPTED), **values)


def earliest_due_at(tx: Tx) -> datetime | None:
    """When the next waiting notice is due."""
    waiting = outbox.c.fate.in_([Fate.WAITING, Fate.CLAIMED])
    query = select(func.min(outbox.c.due_at)).where(outbox.c.workspace == tx.workspace, waiting)
    at: datetime | None = tx.execute(query).scalar()
    return at


def list_stuck(tx: Tx) -> tuple[tuple[Kind, Fate, str, int], ...]:
    """What needs a person's look: kind, fate, reason code and how many, for `choir doctor`."""
    stuck = outbox.c.fate.in_([Fate.HELD, Fate.PARKED])
    groups = (outbox.c.kind, outbox.c.fate, outbox.c.reason)
    query = select(*groups, func.count().label("many")).where(outbox.c.workspace == tx.workspace, stuck)
    found = tx.execute(query.group_by(*groups).order_by(*groups))
    return tuple((Kind(row.kind), Fate(row.fate), row.reason or "", int(row.many)) for row in found)


def last_told(tx: Tx, ref: PersonRef) -> int | None:
    """The newest period whose update a weekly message has brought to somebody."""
    mine = (outbox.c.recipient == ref, outbox.c.kind == Kind.WEEKLY, outbox.c.fate == Fate.SENT)
    sent = tx.execute(select(outbox.c.facts).where(outbox.c.workspace == tx.workspace, *mine)).scalars()
    return max((facts["period"] for facts in sent if "period" in facts), default=None)


def forget_before(tx: Tx, at: datetime) -> None:
    """Erase settled notices due before an instant, but for those that are said once and for all."""
    settled = outbox.c.fate.not_in([Fate.WAITING, Fate.CLAIMED, Fate.ATTEMPTED])
    old = (outbox.c.due_at < at, settled, outbox.c.kind.not_in([str(kind) for kind in ONCE_FOR_ALL]))
    tx.execute(delete(outbox).where(outbox.c.workspace == tx.workspace, *old))


def sent_at(tx: Tx, dedupe_key: str) -> tuple[str, str] | None:
    """Channel and ts of a message that went out, by its dedupe key."""
    query = select(outbox.c.sealed_channel, outbox.c.sent_ts).where(
        outbox.c.workspace == tx.workspace, outbox.c.dedupe_key == dedupe_key, outbox.c.fate == Fate.SENT
    )
    found = tx.execute(query).first()
    return (tx.keys.open_id(tx.workspace, found.sealed_channel), found.sent_ts) if found else None


def _settle(tx: Tx, claim: Claim, was: tuple[Fate, ...], **values: Any) -> bool:
    mine = (*_one(tx, claim.delivery_id), outbox.c.fence == claim.fence, outbox.c.fate.in_(was))
    return bool(tx.execute(update(outbox).where(*mine).values(**values)).rowcount)


def _one(tx: Tx, delivery_id: str) -> tuple[Any, ...]:
    return outbox.c.workspace == tx.workspace, outbox.c.delivery_id == delivery_id


def _claim(row: Any, fence: int) -> Claim:
    return Claim(
        delivery_id=row.delivery_id,
        fence=fence,
        kind=Kind(row.kind),
        to=row.recipient,
        channel=row.channel,
        facts=row.facts,
        due_at=row.due_at,
        expires_at=row.expires_at,
    )
