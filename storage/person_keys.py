"""Each person's own key, itself sealed with the master key: what it seals is erased with it (privacy §7)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, func, select, update

from bot.domain.members import PersonRef
from storage import workspaces
from storage.crypto import Unreadable
from storage.database import Tx, among
from storage.schema import person_keys


def get_or_make(tx: Tx, ref: PersonRef) -> bytes:
    """Somebody's key, made on first use. Two at once end with the same one."""
    if _wrapped(tx, ref) is None:
        wrapped = tx.keys.new_data_key(tx.workspace, ref, workspaces.hold_key_check(tx))
        row = {"workspace": tx.workspace, "ref": ref, "wrapped": wrapped}
        tx.execute(tx.insert(person_keys).values(**row).on_conflict_do_nothing())
    return get(tx, ref)


def get(tx: Tx, ref: PersonRef) -> bytes:
    """Somebody's key; Unreadable when it is gone or sealed with another master key."""
    wrapped = _wrapped(tx, ref)
    if wrapped is None:
        raise Unreadable
    return tx.keys.unwrap(tx.workspace, ref, wrapped)


def of(tx: Tx, refs: Collection[PersonRef]) -> Mapping[PersonRef, bytes]:
    """The keys of several people, without those that are gone or sealed with another master key."""
    query = select(person_keys.c.ref, person_keys.c.wrapped)
    rows = tx.execute(query.where(person_keys.c.workspace == tx.workspace, among(person_keys.c.ref, refs)))
    found = {}
    for ref, wrapped in rows:
        with suppress(Unreadable):
            found[ref] = tx.keys.unwrap(tx.workspace, ref, wrapped)
    return found


def is_kept(tx: Tx, ref: PersonRef) -> bool:
    """Whether a key of theirs is kept, which it is from the first answer on."""
    return _wrapped(tx, ref) is not None


def count(tx: Tx) -> int:
    """How many people have a key."""
    return int(tx.execute(select(func.count()).where(person_keys.c.workspace == tx.workspace)).scalar_one())


def count_old(tx: Tx) -> int:
    """How many keys are not wrapped with the new master key yet. Looks at each."""
    query = select(person_keys.c.ref, person_keys.c.wrapped).where(person_keys.c.workspace == tx.workspace)
    if tx.keys.old is None:
        return 0
    return sum(tx.keys.is_old(tx.workspace, ref, wrapped) for ref, wrapped in tx.execute(query))


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Keys that were looked at in one go, up to the person `last`; lost: no master key at hand opens them."""

    last: PersonRef
    seen: int
    lost: int


def wrap_anew(tx: Tx, after: str, limit: int) -> Batch | None:
    """Wrap the next keys with the new master key where they are not yet; None when there are no more."""
    here = person_keys.c.workspace == tx.workspace, person_keys.c.ref > after
    query = select(person_keys.c.ref, person_keys.c.wrapped).where(*here).order_by(person_keys.c.ref)
    rows = tx.execute(query.limit(limit).with_for_update()).all()
    if not rows:
        return None
    anew, lost = [], 0
    for ref, wrapped in rows:
        try:
            if (fresh := tx.keys.wrapped_anew(tx.workspace, ref, wrapped)) is not None:
                anew.append({"of": ref, "fresh": fresh})
        except Unreadable:
            lost += 1
    mine = update(person_keys).where(
        person_keys.c.workspace == tx.workspace, person_keys.c.ref == bindparam("of")
    )
    tx.execute_all(mine.values(wrapped=bindparam("fresh")), anew)
    return Batch(last=rows[-1].ref, seen=len(rows), lost=lost)


def erase_all(tx: Tx) -> None:
    """Destroy everybody's key."""
    tx.execute(delete(person_keys).where(person_keys.c.workspace == tx.workspace))


def erase(tx: Tx, ref: PersonRef) -> None:
    """Destroy somebody's key: nothing that it sealed can be opened any more."""
    tx.execute(delete(person_keys).where(*_of(tx, ref)))


def _wrapped(tx: Tx, ref: PersonRef) -> bytes | None:
    wrapped: bytes | None = tx.execute(select(person_keys.c.wrapped).where(*_of(tx, ref))).scalar()
    return wrapped


def _of(tx: Tx, ref: PersonRef) -> tuple[Any, Any]:
    return person_keys.c.workspace == tx.workspace, person_keys.c.ref == ref
