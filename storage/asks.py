"""Asks in one's own name and where each stands."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import delete, or_, select, update

from bot.domain.asks import ENDED, Ask, AskState
from bot.domain.members import PersonRef
from storage.database import Tx
from storage.schema import asks


def new_id() -> str:
    return secrets.token_hex(8)


def add(tx: Tx, ask: Ask) -> None:
    tx.execute(asks.insert().values(workspace=tx.workspace, **asdict(ask)))


def get(tx: Tx, ask_id: str) -> Ask | None:
    found = tx.execute(select(asks).where(*_one(tx, ask_id))).first()
    return found and _ask(found)


def move(tx: Tx, ask_id: str, was: Collection[AskState], to: AskState, **values: Any) -> bool:
    """Compare and set the state with what comes with it; False when somebody else was first."""
    here = (*_one(tx, ask_id), asks.c.state.in_([str(state) for state in was]))
    return bool(tx.execute(update(asks).where(*here).values(state=to, **values)).rowcount)


def set_also_asked(tx: Tx, ask_id: str, deputy: PersonRef) -> bool:
    """The deputy is asked too; False when the ask no longer waits or they were asked before."""
    here = (*_one(tx, ask_id), asks.c.state == AskState.OPEN, asks.c.also_asked.is_(None))
    return bool(tx.execute(update(asks).where(*here).values(also_asked=deputy)).rowcount)


def list_of(tx: Tx, asker: PersonRef) -> tuple[Ask, ...]:
    """Somebody's own asks that have not ended."""
    return _list(tx, asks.c.asker == asker)


def list_to(tx: Tx, person: PersonRef) -> tuple[Ask, ...]:
    """Asks that somebody received and that have not ended."""
    return _list(tx, or_(asks.c.recipient == person, asks.c.also_asked == person))


def list_made(tx: Tx, asker: PersonRef) -> tuple[Ask, ...]:
    """Everything that somebody asked, ended or not, the newest first."""
    return _ordered(tx, asks.c.asker == asker)


def list_asked_of(tx: Tx, person: PersonRef) -> tuple[Ask, ...]:
    """What others asked of somebody, ended or not, the newest first.

    Not what only names them as who stands in or could be asked next: they are to learn of that from the
    asker, if at all.
    """
    asked = (asks.c.recipient, asks.c.also_asked)
    return _ordered(tx, or_(*(column == person for column in asked)))


def erase(tx: Tx, asker: PersonRef) -> None:
    """Erase everything that somebody asked; what others asked of them is the others'."""
    tx.execute(delete(asks).where(asks.c.workspace == tx.workspace, asks.c.asker == asker))


def forget_before(tx: Tx, on: date) -> None:
    """Erase asks older than a date, ended or not (SF17: 90 days)."""
    tx.execute(delete(asks).where(asks.c.workspace == tx.workspace, asks.c.asked_on < on))


def _list(tx: Tx, whose: Any) -> tuple[Ask, ...]:
    return _ordered(tx, whose, asks.c.state.not_in([str(state) for state in ENDED]))


def _ordered(tx: Tx, *which: Any) -> tuple[Ask, ...]:
    query = (
        select(asks)
        .where(asks.c.workspace == tx.workspace, *which)
        .order_by(asks.c.asked_on.desc(), asks.c.ask_id)
    )
    return tuple(_ask(row) for row in tx.execute(query))


def _one(tx: Tx, ask_id: str) -> tuple[Any, ...]:
    return asks.c.workspace == tx.workspace, asks.c.ask_id == ask_id


def _ask(row: Any) -> Ask:
    kept = {name: value for name, value in row._mapping.items() if name != "workspace"}
    return Ask(**{**kept, "state": AskState(row.state)})
