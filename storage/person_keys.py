"""Each person's own key, itself sealed with the master key: what it seals is erased with it (privacy §7)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select

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


def is_kept(tx: Tx, ref: PersonRef) -> bool:
    """Whether a key of theirs is kept, which it is from the first answer on."""
    return _wrapped(tx, ref) is not None


def erase(tx: Tx, ref: PersonRef) -> None:
    """Destroy somebody's key: nothing that it sealed can be opened any more."""
    tx.execute(delete(person_keys).where(*_of(tx, ref)))


def _wrapped(tx: Tx, ref: PersonRef) -> bytes | None:
    wrapped: bytes | None = tx.execute(select(person_keys.c.wrapped).where(*_of(tx, ref))).scalar()
    return wrapped


def _of(tx: Tx, ref: PersonRef) -> tuple[Any, Any]:
    return person_keys.c.workspace == tx.workspace, person_keys.c.ref == ref
