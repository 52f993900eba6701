"""Notices on their way: written with the fact that caused them, carried by delivery alone.

A claim is a lease with a fencing number: whoever finds another number in the row has lost it, and
changes nothing more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import String, bindparam, cast, delete, func, or_, select, tuple_, update

from bot.domain.members import PersonRef
from bot.domain.notices import ONCE_FOR_ALL, Fate, Kind, Notice, urgency
from storage import workspaces
from storage.database import Tx, among
from storage.schema import outbox
from storage.workspaces import Restored


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

    @property
    def reader(self) -> PersonRef:
        """Whose DM it goes to; KeyError for a notice to a channel."""
        if self.to is None:
            raise KeyError(self.kind)
        return self.to


def add(tx: Tx, notice: Notice) -> bool:
    """Put a notice on its way; False when the same one is or was."""
    return tx.add(outbox, _row(tx, notice, workspaces.restored(tx)))


def add_all(tx: Tx, notices: Iterable[Notice]) -> None:
    """Put notices on their way, but for those that are or were."""
    restored = workspaces.restored(tx)
    tx.add_all(outbox, [_row(tx, notice, restored) for notice in notices])


def _row(tx: Tx, notice: Notice, restored: Restored | None) -> dict[str, Any]:
    return {
        "delivery_id": tx.keys.delivery_id(tx.workspace, notice.dedupe_key),
        "dedupe_key": notice.dedupe_key,
        "kind": notice.kind,
        "recipient": notice.to,
        "channel": notice.channel,
        "facts": dict(notice.facts),
        "urgency": urgency(notice.kind),
        "due_at": notice.due_at,
        "expires_at": notice.expires_at,
        **_first_fate(tx, notice, restored),
    }


def _first_fate(tx: Tx, notice: Notice, restored: Restored | None) -> dict[str, Any]:
    """It waits; but what was called for before a backup was put back may have gone out already."""
    if restored is None or notice.called_for_at >= restored.at:
        return _WAITS
    return {**_IN_DOUBT, "lease_until": tx.real_now()}


def doubt_unsettled(tx: Tx, restored_at: datetime) -> None:
    """A backup was put back: whatever was on its way may have arrived since it was made.

    But for what waits for a moment that is still to come, and goes to a channel: nothing sends that sooner.
    """
    here = (outbox.c.workspace == tx.workspace, outbox.c.fate.in_([Fate.WAITING, *_IN_HAND]))
    may_be_out = outbox.c.recipient.is_not(None) | (outbox.c.due_at < restored_at)
    doubted = {**_IN_DOUBT, "lease_until": tx.real_now()}
    tx.execute(update(outbox).where(*here, may_be_out).values(**doubted))


_WAITS = {"fate": Fate.WAITING, "reason": None, "lease_until": None}
_IN_DOUBT = {"fate": Fate.UNKNOWN, "reason": "restored"}


def last_sent_at(tx: Tx) -> datetime | None:
    """When the newest message went out that this database knows to be out."""
    query = select(func.max(outbox.c.sent_ts)).where(outbox.c.workspace == tx.workspace)
    ts: str | None = tx.execute(query).scalar()
    return datetime.fromtimestamp(float(ts), UTC) if ts else None


def claim(tx: Tx, now: datetime, lease: timedelta, most: int) -> tuple[Claim, ...]:
    """Take the most urgent notices that are due, at most so many, for so long a time of the real clock."""
    free = (outbox.c.fate == Fate.WAITING) | (outbox.c.lease_until < tx.real_now())
    due = (outbox.c.fate.in_([Fate.WAITING, Fate.CLAIMED]), outbox.c.due_at <= now, free)
    order = (outbox.c.urgency, outbox.c.due_at, outbox.c.dedupe_key)
    return _take(tx, Fate.CLAIMED, lease, select(outbox).where(*due).order_by(*order).limit(most))


def claim_unknown(tx: Tx, lease: timedelta) -> Claim | None:
    """Take a notice that may have arrived, once its outcome was waited for; None when there is none.

    That is one whose request got no answer, or whose worker died after it had marked the attempt.
    """
    unsure = (outbox.c.fate.in_([Fate.ATTEMPTED, Fate.UNKNOWN]), outbox.c.lease_until < tx.real_now())
    order = (outbox.c.urgency, outbox.c.lease_until, outbox.c.dedupe_key)
    taken = _take(tx, Fate.UNKNOWN, lease, select(outbox).where(*unsure).order_by(*order).limit(1))
    return taken[0] if taken else None


def _take(tx: Tx, fate: Fate, lease: timedelta, query: Any) -> tuple[Claim, ...]:
    """Rows nobody else is taking at this moment, each with the next fencing number."""
    here = query.where(outbox.c.workspace == tx.workspace).with_for_update(skip_locked=True)
    rows = tx.execute(here).all()
    if rows:
        ids = outbox.c.delivery_id.in_([row.delivery_id for row in rows])
        held = {"fate": fate, "fence": outbox.c.fence + 1, "lease_until": tx.real_now() + lease}
        tx.execute(update(outbox).where(outbox.c.workspace == tx.workspace, ids).values(**held))
    return tuple(_claim(row, row.fence + 1) for row in rows)


def mark_attempted(tx: Tx, claims: Sequence[Claim], lease: timedelta) -> frozenset[str]:
    """Note that the requests are about to be made; the delivery ids of those whose lease was not lost."""
    held = tuple_(outbox.c.delivery_id, outbox.c.fence).in_([(one.delivery_id, one.fence) for one in claims])
    ids = outbox.c.delivery_id.in_([one.delivery_id for one in claims])  # this the index can find
    mine = (outbox.c.workspace == tx.workspace, ids, held, outbox.c.fate == Fate.CLAIMED)
    marked = {"fate": Fate.ATTEMPTED, "lease_until": tx.real_now() + lease}
    found = tx.execute(update(outbox).where(*mine).values(**marked).returning(outbox.c.delivery_id))
    return frozenset(found.scalars())


def mark_sent(tx: Tx, sent: Collection[tuple[Claim, str, str]]) -> frozenset[str]:
    """Record where messages stand, by claim, channel and ts; the delivery ids of those still in hand.

    Left out is what somebody else has settled, or looks up now.
    """
    ids = among(outbox.c.delivery_id, [claim.delivery_id for claim, _, _ in sent])
    fates = outbox.c.fate.in_([Fate.ATTEMPTED, Fate.UNKNOWN])
    query = select(outbox.c.delivery_id, outbox.c.fence).where(outbox.c.workspace == tx.workspace, ids, fates)
    fences = dict(tx.execute(query.with_for_update()).all())
    mine = [one for one in sent if fences.get(one[0].delivery_id) == one[0].fence]
    here = (outbox.c.workspace == tx.workspace, outbox.c.delivery_id == bindparam("which"))
    marked = update(outbox).where(*here).values(fate=Fate.SENT, reason=None, lease_until=None)
    tx.execute_all(marked, [_place(tx, claim, channel, ts) for claim, channel, ts in mine])
    return frozenset(claim.delivery_id for claim, _, _ in mine)


def _place(tx: Tx, claim: Claim, channel: str, ts: str) -> dict[str, Any]:
    sealed = tx.keys.seal_id(tx.workspace, channel)
    return {"which": claim.delivery_id, "sealed_channel": sealed, "sent_ts": ts}


def settle(tx: Tx, claim: Claim, fate: Fate, reason: str | None = None) -> bool:
    """End a claim without a message; reason is a code, never a text."""
    return _settle(tx, claim, _IN_HAND, fate=fate, reason=reason, lease_until=None)


def release(tx: Tx, claim: Claim) -> bool:
    """Let a notice wait again that was surely not sent; it stays due since when it was."""
    return _settle(tx, claim, _IN_HAND, fate=Fate.WAITING, reason=None, lease_until=None)


def mark_unknown(tx: Tx, claim: Claim, reason: str, look_after: timedelta) -> bool:
    """The request got no answer: whether it arrived is looked up after so long a time of the real clock."""
    values = {"fate": Fate.UNKNOWN, "reason": reason, "lease_until": tx.real_now() + look_after}
    return _settle(tx, claim, (Fate.ATTEMPTED, Fate.UNKNOWN), **values)


def postpone(tx: Tx, claim: Claim, until: datetime, expires_at: datetime) -> bool:
    """Let a notice wait until a later moment, at which it is due, and end when it is too late by then."""
    values = {"due_at": until, "expires_at": expires_at}
    return _settle(tx, claim, _IN_HAND, fate=Fate.WAITING, lease_until=None, **values)


def judge_again(tx: Tx, to: PersonRef, now: datetime) -> None:
    """Something changed for somebody: what waits for them for later is looked at now, and may wait anew."""
    later = (outbox.c.fate == Fate.WAITING, outbox.c.due_at > now, outbox.c.recipient == to)
    tx.execute(update(outbox).where(outbox.c.workspace == tx.workspace, *later).values(due_at=now))


_RENEWED = ("fate", "reason", "lease_until", "due_at", "expires_at", "facts")


def renew(tx: Tx, notice: Notice) -> bool:
    """Put a notice on its way, also one that waits or was dropped before any attempt to send it.

    False when it may have arrived or may not: it stays one notice, so it cannot come twice.
    """
    row = _row(tx, notice, workspaces.restored(tx))
    again = {name: row[name] for name in _RENEWED}
    statement = tx.insert(outbox).values(workspace=tx.workspace, **row)
    renewed = statement.on_conflict_do_update(
        index_elements=["workspace", "dedupe_key"], set_=again, where=outbox.c.fate.in_(_NEVER_TRIED)
    )
    return tx.execute(renewed.returning(outbox.c.delivery_id)).first() is not None


_NEVER_TRIED = (Fate.WAITING, Fate.NOT_WANTED, Fate.EXPIRED)


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


def tally(tx: Tx, ref: PersonRef) -> Mapping[tuple[Kind, Fate], int]:
    """How many notices to somebody there are, by kind and where they stand."""
    groups = (outbox.c.kind, outbox.c.fate)
    mine = (outbox.c.workspace == tx.workspace, outbox.c.recipient == ref)
    query = select(*groups, func.count().label("many")).where(*mine).group_by(*groups).order_by(*groups)
    return {(Kind(row.kind), Fate(row.fate)): int(row.many) for row in tx.execute(query)}


def erase(tx: Tx, ref: PersonRef, kinds: Collection[Kind], dedupe_keys: Collection[str]) -> None:
    """Erase somebody's notices of those kinds, and whatever has one of those keys; also what is in hand.

    Who carries one of them finds no row to record it in, and does nothing more.
    """
    mine = (outbox.c.recipient == ref) & outbox.c.kind.in_([str(kind) for kind in kinds])
    about = outbox.c.dedupe_key.in_(tuple(dedupe_keys))
    tx.execute(delete(outbox).where(outbox.c.workspace == tx.workspace, or_(mine, about)))


def forget(tx: Tx, dedupe_keys: Collection[str]) -> None:
    """Erase notices by what they were about, also those in hand."""
    here = (outbox.c.workspace == tx.workspace, among(outbox.c.dedupe_key, dedupe_keys))
    tx.execute(delete(outbox).where(*here))


def erase_about(tx: Tx, kinds: Collection[Kind], about: str) -> None:
    """Erase notices of those kinds about one thing, whoever reads them; also what is in hand."""
    which = outbox.c.kind.in_([str(kind) for kind in kinds])
    named = outbox.c.dedupe_key.contains(about, autoescape=True)
    tx.execute(delete(outbox).where(outbox.c.workspace == tx.workspace, which, named))


def erase_all(tx: Tx, ref: PersonRef) -> None:
    """Erase every notice to somebody, and those whose facts name them."""
    about = or_(outbox.c.recipient == ref, cast(outbox.c.facts, String).contains(ref))
    tx.execute(delete(outbox).where(outbox.c.workspace == tx.workspace, about))


def forget_before(tx: Tx, at: datetime) -> None:
    """Erase settled notices due before an instant, but for those that are said once and for all."""
    settled = outbox.c.fate.in_([fate for fate in Fate if fate not in (Fate.WAITING, *_IN_HAND)])
    old = (outbox.c.due_at < at, settled, outbox.c.kind.not_in([str(kind) for kind in ONCE_FOR_ALL]))
    tx.execute(delete(outbox).where(outbox.c.workspace == tx.workspace, *old))


def sent_at(tx: Tx, dedupe_key: str) -> tuple[str, str] | None:
    """Channel and ts of a message that went out, by its dedupe key."""
    query = select(outbox.c.sealed_channel, outbox.c.sent_ts).where(
        outbox.c.workspace == tx.workspace, outbox.c.dedupe_key == dedupe_key, outbox.c.fate == Fate.SENT
    )
    found = tx.execute(query).first()
    return (tx.keys.open_id(tx.workspace, found.sealed_channel), found.sent_ts) if found else None


_IN_HAND = (Fate.CLAIMED, Fate.ATTEMPTED, Fate.UNKNOWN)


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
