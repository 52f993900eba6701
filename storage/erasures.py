"""Who deleted their data and when, for some weeks: an older backup that is put back erases them again.

By pseudonym alone. It stands in the database, where it is written with the deletion itself, and outside it
(storage/erasure_mark.py), because a backup knows of none that came after it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from bot.domain.members import PersonRef
from storage.database import Tx
from storage.schema import erasures

KEPT = timedelta(days=35)
"""For longer nobody should keep a backup. Answers are safe after seven days (storage/keys_file.py)."""


def note(tx: Tx, ref: PersonRef, at: datetime) -> None:
    """Somebody's data was erased, in the same transaction; the last time counts."""
    row = {"workspace": tx.workspace, "ref": ref, "erased_at": at}
    statement = tx.insert(erasures).values(**row)
    tx.execute(statement.on_conflict_do_update(index_elements=["workspace", "ref"], set_={"erased_at": at}))


def knows(tx: Tx, ref: PersonRef, at: datetime) -> bool:
    """Whether this database has gone through a deletion of that moment, or a later one."""
    found = erased_at(tx, ref)
    return found is not None and found >= at


def erased_at(tx: Tx, ref: PersonRef) -> datetime | None:
    """When somebody's data was last erased; None for not in the last weeks."""
    query = select(erasures.c.erased_at).where(erasures.c.workspace == tx.workspace, erasures.c.ref == ref)
    at: datetime | None = tx.execute(query).scalar()
    return at


def list_since(tx: Tx, at: datetime) -> Mapping[PersonRef, datetime]:
    query = select(erasures.c.ref, erasures.c.erased_at).where(
        erasures.c.workspace == tx.workspace, erasures.c.erased_at >= at
    )
    return {PersonRef(ref): erased_at for ref, erased_at in tx.execute(query)}


def forget_before(tx: Tx, at: datetime) -> None:
    tx.execute(delete(erasures).where(erasures.c.workspace == tx.workspace, erasures.c.erased_at < at))
