"""Each person's own key, itself sealed with the master key: what it seals is erased with it (privacy §7)."""

from __future__ import annotations

from sqlalchemy import select

from bot.domain.members import PersonRef
from storage.crypto import Unreadable
from storage.database import Tx
from storage.schema import person_keys


def get_or_make(tx: Tx, ref: PersonRef) -> bytes:
    """Somebody's key, made on first use. Two at once end with the same one."""
    if _wrapped(tx, ref) is None:
        row = {"workspace": tx.workspace, "ref": ref, "wrapped": tx.keys.new_data_key(tx.workspace, ref)}
        tx.execute(tx.insert(person_keys).values(**row).on_conflict_do_nothing())
    return get(tx, ref)


def get(tx: Tx, ref: PersonRef) -> bytes:
    """Somebody's key; Unreadable when it is gone or sealed with another master key."""
    wrapped = _wrapped(tx, ref)
    if wrapped is None:
        raise Unreadable
    return tx.keys.unwrap(tx.workspace, ref, wrapped)


def _wrapped(tx: Tx, ref: PersonRef) -> bytes | None:
    mine = (person_keys.c.workspace == tx.workspace, person_keys.c.ref == ref)
    wrapped: bytes | None = tx.execute(select(person_keys.c.wrapped).where(*mine)).scalar()
    return wrapped
