"""When somebody's next regular message is due, and how long they have not answered.

The person's own choices are the truth; next_due_at is derived from them and indexed (delivery 2).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, func, select, update

from bot.domain.checkins import Standing
from bot.domain.members import PersonRef
from storage.database import Tx
from storage.schema import rules


class RuleKind(StrEnum):
    CHECKIN = "checkin"
    WEEKLY = "weekly"


def begin(tx: Tx, ref: PersonRef, kind: RuleKind, since: datetime, next_due_at: datetime | None) -> None:
    """Start a regular message for somebody; one that runs already goes on as it is."""
    row = {"workspace": tx.workspace, "ref": ref, "kind": kind, "since_at": since, "next_due_at": next_due_at}
    tx.execute(tx.insert(rules).values(**row).on_conflict_do_nothing())


def end(tx: Tx, ref: PersonRef, kind: RuleKind) -> None:
    tx.execute(delete(rules).where(*_one(tx, ref, kind)))


def keep_only(tx: Tx, kind: RuleKind, refs: Iterable[PersonRef]) -> None:
    """End the regular message for everybody but these."""
    others = rules.c.ref.not_in(tuple(refs))
    tx.execute(delete(rules).where(rules.c.workspace == tx.workspace, rules.c.kind == kind, others))


def list_due(tx: Tx, kind: RuleKind, now: datetime, limit: int) -> tuple[PersonRef, ...]:
    query = select(rules.c.ref).where(
        rules.c.workspace == tx.workspace, rules.c.kind == kind, rules.c.next_due_at <= now
    )
    return tuple(tx.execute(query.order_by(rules.c.next_due_at, rules.c.ref).limit(limit)).scalars())


def next_due_at(tx: Tx, ref: PersonRef, kind: RuleKind) -> datetime | None:
    at: datetime | None = tx.execute(select(rules.c.next_due_at).where(*_one(tx, ref, kind))).scalar()
    return at


def earliest_due_at(tx: Tx) -> datetime | None:
    """When the workspace's next regular message is due."""
    query = select(func.min(rules.c.next_due_at)).where(rules.c.workspace == tx.workspace)
    at: datetime | None = tx.execute(query).scalar()
    return at


def since(tx: Tx, ref: PersonRef, kind: RuleKind) -> datetime | None:
    """Since when somebody gets that message; None when they do not."""
    at: datetime | None = tx.execute(select(rules.c.since_at).where(*_one(tx, ref, kind))).scalar()
    return at


def set_next_due(tx: Tx, at: datetime | None, *, ref: PersonRef, kind: RuleKind) -> None:
    tx.execute(update(rules).where(*_one(tx, ref, kind)).values(next_due_at=at))


def look_again(tx: Tx, ref: PersonRef, now: datetime) -> None:
    """Something changed for somebody: planning looks at them now; who is overdue stays overdue."""
    later = rules.c.next_due_at.is_(None) | (rules.c.next_due_at > now)
    mine = (rules.c.workspace == tx.workspace, rules.c.ref == ref, later)
    tx.execute(update(rules).where(*mine).values(next_due_at=now))


def standing(tx: Tx, ref: PersonRef) -> Standing:
    columns = (rules.c.run, rules.c.spells, rules.c.quiet_until_week)
    found = tx.execute(select(*columns).where(*_one(tx, ref, RuleKind.CHECKIN))).first()
    return Standing(**found._mapping) if found else Standing()


def set_standing(tx: Tx, ref: PersonRef, to: Standing) -> None:
    values = {"run": to.run, "spells": to.spells, "quiet_until_week": to.quiet_until_week}
    tx.execute(update(rules).where(*_one(tx, ref, RuleKind.CHECKIN)).values(**values))


def _one(tx: Tx, ref: PersonRef, kind: RuleKind) -> tuple[Any, ...]:
    return rules.c.workspace == tx.workspace, rules.c.ref == ref, rules.c.kind == kind
