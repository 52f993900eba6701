"""Days away that people set for themselves, sealed: nobody else is to learn of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from sqlalchemy import delete, select

from bot.domain.leave import Leave, ahead
from bot.domain.members import PersonRef
from storage.database import Tx, among
from storage.schema import leave as table


def get(tx: Tx, ref: PersonRef) -> Leave:
    """Somebody's days away; none for most people."""
    return of(tx, (ref,)).get(ref, ())


def of(tx: Tx, refs: Collection[PersonRef]) -> Mapping[PersonRef, Leave]:
    """The days away of several people, without those who set none."""
    found = tx.execute(select(table).where(*_here(tx), among(table.c.ref, refs)))
    return {row.ref: _opened(tx, row) for row in found}


def save(tx: Tx, ref: PersonRef, leave: Leave) -> None:
    """Keep somebody's days away in place of what was kept; nothing is kept of somebody without any."""
    if not leave:
        tx.execute(delete(table).where(*_here(tx), table.c.ref == ref))
        return
    sealed = tx.keys.seal_leave(tx.workspace, ref, leave)
    statement = tx.insert(table).values(workspace=tx.workspace, ref=ref, sealed=sealed)
    tx.execute(statement.on_conflict_do_update(index_elements=["workspace", "ref"], set_={"sealed": sealed}))


def forget_before(tx: Tx, on: date) -> None:
    """Erase spans that ended before a date."""
    # Somebody who changes theirs at this moment comes before this or after it.
    for row in tx.execute(select(table).where(*_here(tx)).with_for_update()).all():
        kept = _opened(tx, row)
        left = ahead(kept, on)
        if left != kept:
            save(tx, row.ref, left)


def _opened(tx: Tx, row: Any) -> Leave:
    return tx.keys.open_leave(tx.workspace, row.ref, bytes(row.sealed))


def _here(tx: Tx) -> tuple[Any]:
    return (table.c.workspace == tx.workspace,)
