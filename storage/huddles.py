"""Huddles of teams, and who is in one while it runs."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update

from bot.domain.huddles import (
    AFTERCARE,
    FORGET,
    KEPT,
    LAPSE,
    RUNNING,
    TO_BE_TOLD,
    Huddle,
    HuddleState,
    Purpose,
)
from bot.domain.members import PersonRef
from bot.domain.notices import Kind, dedupe_key
from storage import outbox, timers
from storage.database import Tx, named
from storage.schema import huddle_people, huddles


def new_id() -> str:
    return secrets.token_hex(8)


def add(tx: Tx, huddle: Huddle, first: Collection[PersonRef] = ()) -> None:
    """A huddle with those who are in from the start: its card will show them."""
    tx.execute(huddles.insert().values(workspace=tx.workspace, stale=False, **asdict(huddle)))
    tx.add_all(huddle_people, [{"huddle_id": huddle.huddle_id, "ref": ref} for ref in first])


def get(tx: Tx, huddle_id: str) -> Huddle | None:
    return _first(tx, select(*_HUDDLE).where(*_one(tx, huddle_id)))


def hold(tx: Tx, huddle_id: str) -> Huddle | None:
    """The same, and nobody else changes it or joins until this transaction ends: two taps at once."""
    return _first(tx, select(*_HUDDLE).where(*_one(tx, huddle_id)).with_for_update())


def running(tx: Tx, team_id: str) -> Huddle | None:
    """The huddle of a team that is called or under way."""
    here = (huddles.c.workspace == tx.workspace, huddles.c.team_id == team_id, _is_in(RUNNING))
    return _first(tx, select(*_HUDDLE).where(*here).limit(1))


def move(tx: Tx, huddle_id: str, was: Collection[HuddleState], to: HuddleState) -> bool:
    """Compare and set the state; False when somebody else was first."""
    return _change(tx, *_one(tx, huddle_id), _is_in(was), state=to)


def join(tx: Tx, huddle_id: str, ref: PersonRef) -> bool:
    """Somebody is in; False when they were already."""
    joined = tx.add(huddle_people, {"huddle_id": huddle_id, "ref": ref})
    return joined and _change(tx, *_one(tx, huddle_id))


def leave(tx: Tx, huddle_id: str, ref: PersonRef) -> bool:
    """Somebody is not in any more; False when they were not."""
    left = tx.execute(delete(huddle_people).where(*_people(tx, huddle_id), huddle_people.c.ref == ref))
    return bool(left.rowcount) and _change(tx, *_one(tx, huddle_id))


def people(tx: Tx, huddle_id: str) -> tuple[PersonRef, ...]:
    """Who is in: for notes to each of them alone."""
    query = select(huddle_people.c.ref).where(*_people(tx, huddle_id)).order_by(huddle_people.c.ref)
    return tuple(tx.execute(query).scalars())


def count(tx: Tx, huddle_id: str) -> int:
    query = select(func.count()).select_from(huddle_people).where(*_people(tx, huddle_id))
    return int(tx.execute(query).scalar_one())


def leave_supervisor_out(tx: Tx, huddle_id: str) -> bool:
    """One who would rather be without the supervisor is enough; False when that was so already."""
    return _change(tx, *_one(tx, huddle_id), huddles.c.with_supervisor, with_supervisor=False)


def set_card(tx: Tx, huddle_id: str, ts: str) -> None:
    """Where its card stands in the channel."""
    tx.execute(update(huddles).where(*_one(tx, huddle_id), huddles.c.ts.is_(None)).values(ts=ts))


def list_stale(tx: Tx, limit: int) -> tuple[Huddle, ...]:
    """Huddles whose card is there and is to read otherwise."""
    stale = (huddles.c.workspace == tx.workspace, huddles.c.stale, huddles.c.ts.is_not(None))
    query = select(*_HUDDLE).where(*stale).order_by(huddles.c.huddle_id).limit(limit)
    return tuple(map(_huddle, tx.execute(query)))


def set_shown(tx: Tx, huddle: Huddle) -> None:
    """Its card reads as this version of it; a later change makes it stale again."""
    here = (*_one(tx, huddle.huddle_id), huddles.c.version == huddle.version)
    tx.execute(update(huddles).where(*here).values(stale=False))


def end(tx: Tx, huddle: Huddle, to: HuddleState, now: datetime) -> bool:
    """It ends: who was in is forgotten, with the notes to them; False when it had ended already.

    Whoever started it is kept until they were told how, at most.
    """
    if not move(tx, huddle.huddle_id, RUNNING, to):
        return False
    begins = [dedupe_key(Kind.HUDDLE_BEGINS, ref, huddle.huddle_id) for ref in people(tx, huddle.huddle_id)]
    outbox.forget(tx, begins)
    forget_people(tx, huddle.huddle_id)
    waits = {"starter": huddle.starter} if to in TO_BE_TOLD else {}
    _forget_names(tx, huddle.huddle_id, **waits)
    entity = timers.huddle_entity(huddle.huddle_id)
    timers.drop(tx, entity, LAPSE, AFTERCARE)
    timers.put(tx, entity, FORGET, now + KEPT)
    return True


def forget_people(tx: Tx, huddle_id: str) -> None:
    """Nothing says any more who was in."""
    tx.execute(delete(huddle_people).where(*_people(tx, huddle_id)))


def forget(tx: Tx, huddle_id: str) -> None:
    """Nothing of it is left, nor of what its starter was told."""
    found = get(tx, huddle_id)
    if found and found.starter:
        outbox.forget(tx, [dedupe_key(Kind.HUDDLE_TOLD, found.starter, huddle_id)])
    forget_people(tx, huddle_id)
    tx.execute(delete(huddles).where(*_one(tx, huddle_id)))


def started_by(tx: Tx, ref: PersonRef) -> tuple[str, ...]:
    """Ids of the huddles somebody started."""
    mine = (huddles.c.workspace == tx.workspace, huddles.c.starter == ref)
    return tuple(tx.execute(select(huddles.c.huddle_id).where(*mine)).scalars())


def joined_by(tx: Tx, ref: PersonRef) -> tuple[str, ...]:
    """Ids of the huddles somebody is in."""
    mine = (huddle_people.c.workspace == tx.workspace, huddle_people.c.ref == ref)
    return tuple(tx.execute(select(huddle_people.c.huddle_id).where(*mine)).scalars())


def erase(tx: Tx, ref: PersonRef) -> None:
    """Somebody is in no huddle any more, started and opens none; the huddles themselves are the teams'."""
    for huddle_id in joined_by(tx, ref):
        leave(tx, huddle_id, ref)
    for column in (huddles.c.starter, huddles.c.host):
        theirs = (huddles.c.workspace == tx.workspace, column == ref)
        tx.execute(update(huddles).where(*theirs).values({column.name: None}))


def _forget_names(tx: Tx, huddle_id: str, **kept: PersonRef | None) -> None:
    tx.execute(update(huddles).where(*_one(tx, huddle_id)).values(**{"starter": None, "host": None, **kept}))


def _change(tx: Tx, *which: Any, **values: Any) -> bool:
    changed = {**values, "version": huddles.c.version + 1, "stale": True}
    return bool(tx.execute(update(huddles).where(*which).values(**changed)).rowcount)


def _is_in(states: Collection[HuddleState]) -> Any:
    return huddles.c.state.in_([str(state) for state in states])


def _one(tx: Tx, huddle_id: str) -> tuple[Any, ...]:
    return huddles.c.workspace == tx.workspace, huddles.c.huddle_id == huddle_id


def _people(tx: Tx, huddle_id: str) -> tuple[Any, ...]:
    return huddle_people.c.workspace == tx.workspace, huddle_people.c.huddle_id == huddle_id


def _first(tx: Tx, query: Any) -> Huddle | None:
    found = tx.execute(query).first()
    return found and _huddle(found)


_HUDDLE = [huddles.c[field.name] for field in fields(Huddle)]


def _huddle(row: Any) -> Huddle:
    kept = named(_HUDDLE, row)
    kept.update(state=HuddleState(kept["state"]), purpose=Purpose(kept["purpose"]))
    return Huddle(**kept)
