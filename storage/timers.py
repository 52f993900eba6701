"""Time-outs as rows (delivery 7): a thing, what is to happen to it, and when."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, or_, select

from bot.domain.members import PersonRef
from storage.database import Tx
from storage.schema import timers


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """entity names one thing in the store, kind what the timer does to it."""

    entity: str
    kind: str
    due_at: datetime


def checkin_entity(ref: PersonRef, week: int) -> str:
    """The name under which a person's week has its timers."""
    return f"checkin|{ref}|{week}"


def checkins_of(ref: PersonRef) -> str:
    """How the names of all of a person's weeks begin."""
    return f"checkin|{ref}|"


def ask_entity(ask_id: str) -> str:
    """The name under which an ask has its timers."""
    return f"ask|{ask_id}"


def huddle_entity(huddle_id: str) -> str:
    """The name under which a huddle has its timers."""
    return f"huddle|{huddle_id}"


def circle_entity(circle_id: str) -> str:
    """The name under which a circle has its timers."""
    return f"circle|{circle_id}"


def peer_entity(request_id: str) -> str:
    """The name under which a request for a peer has its timers."""
    return f"peer|{request_id}"


def peer_offer_entity(request_id: str, peer: PersonRef) -> str:
    """The name under which one colleague's answer to a request has its time-out."""
    return f"{peer_offers_of(request_id)}{peer}"


def peer_offers_of(request_id: str) -> str:
    """How the names of all offers about a request begin."""
    return f"peer_offer|{request_id}|"


def step_out_entity(step_out_id: str) -> str:
    """The name under which somebody's stepping out has its timers."""
    return f"step_out|{step_out_id}"


def put(tx: Tx, entity: str, kind: str, due_at: datetime) -> None:
    """Set a timer, or set it anew."""
    put_all(tx, (Timer(entity=entity, kind=kind, due_at=due_at),))


def put_all(tx: Tx, these: Iterable[Timer]) -> None:
    """Set timers, or set them anew."""
    rows = [{"entity": timer.entity, "kind": timer.kind, "due_at": timer.due_at} for timer in these]
    statement = tx.insert(timers).values(workspace=tx.workspace)
    index, anew = ["workspace", "entity", "kind"], {"due_at": statement.excluded.due_at}
    tx.execute_all(statement.on_conflict_do_update(index_elements=index, set_=anew), rows)


def drop(tx: Tx, entity: str, *kinds: str) -> None:
    tx.execute(delete(timers).where(*_of(tx, entity), timers.c.kind.in_(kinds)))


def take(tx: Tx, timer: Timer) -> bool:
    """Take a timer out to act on it in this transaction; False when it was moved or taken meanwhile."""
    here = (*_of(tx, timer.entity), timers.c.kind == timer.kind, timers.c.due_at == timer.due_at)
    return bool(tx.execute(delete(timers).where(*here)).rowcount)


def list_due(tx: Tx, kinds: Collection[str], now: datetime, limit: int) -> tuple[Timer, ...]:
    query = select(timers).where(
        timers.c.workspace == tx.workspace, timers.c.due_at <= now, timers.c.kind.in_(kinds)
    )
    found = tx.execute(query.order_by(timers.c.due_at, timers.c.entity, timers.c.kind).limit(limit))
    return tuple(_timer(row) for row in found)


def list_under(tx: Tx, *beginnings: str) -> tuple[Timer, ...]:
    """The timers of entities whose names begin so, in a fixed order."""
    query = select(timers).where(timers.c.workspace == tx.workspace, _under(beginnings))
    return tuple(_timer(row) for row in tx.execute(query.order_by(timers.c.entity, timers.c.kind)))


def erase_under(tx: Tx, *beginnings: str) -> None:
    """Erase the timers of entities whose names begin so."""
    tx.execute(delete(timers).where(timers.c.workspace == tx.workspace, _under(beginnings)))


def earliest_due_at(tx: Tx) -> datetime | None:
    at: datetime | None = tx.execute(
        select(func.min(timers.c.due_at)).where(timers.c.workspace == tx.workspace)
    ).scalar()
    return at


def _under(beginnings: Collection[str]) -> Any:
    return or_(*(timers.c.entity.startswith(beginning, autoescape=True) for beginning in beginnings))


def _timer(row: Any) -> Timer:
    return Timer(entity=row.entity, kind=row.kind, due_at=row.due_at)


def _of(tx: Tx, entity: str) -> tuple[Any, ...]:
    return timers.c.workspace == tx.workspace, timers.c.entity == entity
