"""When somebody's next regular message is due, and how long they have not answered.

The person's own choices are the truth; next_due_at is derived from them and indexed (delivery 2).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam, delete, func, select, update

from bot.domain.checkins import Standing
from bot.domain.members import PersonRef
from storage.database import Tx
from storage.schema import people, rules


class RuleKind(StrEnum):
    CHECKIN = "checkin"
    WEEKLY = "weekly"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Somebody's regular message: since when they get it, when to look at it next, and their silences."""

    since: datetime
    next_due_at: datetime | None
    standing: Standing


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


def get(tx: Tx, ref: PersonRef, kind: RuleKind) -> Rule | None:
    found = tx.execute(select(*_COLUMNS).where(*_one(tx, ref, kind))).first()
    return found and _rule(found)


def list_due(tx: Tx, kind: RuleKind, now: datetime, limit: int) -> tuple[PersonRef, ...]:
    """Whose message is due, the earliest first."""
    return tuple(tx.execute(_due(tx, select(rules.c.ref), kind, now, limit)).scalars())


def take_due(tx: Tx, kind: RuleKind, now: datetime, limit: int) -> Mapping[PersonRef, Rule]:
    """The rules that are due, with the people held until this transaction ends (members.hold).

    Passed over is who is acting at this moment and who is in the hands of another machine: nobody waits
    for anybody, so that two who take many cannot wait for each other.
    """
    query = _due(tx, select(*_COLUMNS).join_from(rules, people, _same_person()), kind, now, limit)
    # SQLite's writers wait for each other anyway, and it knows no FOR UPDATE.
    found = tx.execute(query.with_for_update(of=(rules, people), skip_locked=True)).all()
    return {row[0]: _rule(row) for row in found}


def _due(tx: Tx, query: Any, kind: RuleKind, now: datetime, limit: int) -> Any:
    due = (rules.c.workspace == tx.workspace, rules.c.kind == kind, rules.c.next_due_at <= now)
    return query.where(*due).order_by(rules.c.next_due_at, rules.c.ref).limit(limit)


def _same_person() -> Any:
    return (people.c.workspace == rules.c.workspace) & (people.c.ref == rules.c.ref)


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
    set_all_due(tx, {ref: at}, kind)


def set_all_due(tx: Tx, next_due: Mapping[PersonRef, datetime | None], kind: RuleKind) -> None:
    """When each of these people is next looked at; None: not as things stand."""
    theirs = (rules.c.workspace == tx.workspace, rules.c.ref == bindparam("whose"), rules.c.kind == kind)
    rows = [{"whose": ref, "next_due_at": at} for ref, at in next_due.items()]
    tx.execute_all(update(rules).where(*theirs), rows)


def look_again(tx: Tx, ref: PersonRef, now: datetime) -> None:
    """Something changed for somebody: planning looks at them now; who is overdue stays overdue."""
    later = rules.c.next_due_at.is_(None) | (rules.c.next_due_at > now)
    mine = (rules.c.workspace == tx.workspace, rules.c.ref == ref, later)
    tx.execute(update(rules).where(*mine).values(next_due_at=now))


def standing(tx: Tx, ref: PersonRef) -> Standing:
    found = get(tx, ref, RuleKind.CHECKIN)
    return found.standing if found else Standing()


def set_standing(tx: Tx, ref: PersonRef, to: Standing) -> None:
    values = {"run": to.run, "spells": to.spells, "quiet_until_week": to.quiet_until_week}
    tx.execute(update(rules).where(*_one(tx, ref, RuleKind.CHECKIN)).values(**values))


def begin_anew(tx: Tx, ref: PersonRef, since: datetime, now: datetime) -> None:
    """Somebody's check-ins begin as if they had just come: no silence is remembered, planning looks now."""
    anew = {"since_at": since, "next_due_at": now, "run": 0, "spells": 0, "quiet_until_week": 0}
    tx.execute(update(rules).where(*_one(tx, ref, RuleKind.CHECKIN)).values(**anew))


_COLUMNS = (
    *(rules.c.ref, rules.c.since_at, rules.c.next_due_at),
    *(rules.c.run, rules.c.spells, rules.c.quiet_until_week),
)


def _rule(row: Any) -> Rule:
    _, since, next_due_at, run, spells, quiet_until_week = row
    standing = Standing(run=run, spells=spells, quiet_until_week=quiet_until_week)
    return Rule(since=since, next_due_at=next_due_at, standing=standing)


def _one(tx: Tx, ref: PersonRef, kind: RuleKind) -> tuple[Any, ...]:
    return rules.c.workspace == tx.workspace, rules.c.ref == ref, rules.c.kind == kind
