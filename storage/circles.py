"""Circles of teams, and whom a proposal does not suit until it is decided."""

from __future__ import annotations

import secrets
from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import delete, func, or_, select, update

from bot.domain.circles import Circle, CircleState
from bot.domain.huddles import Purpose
from bot.domain.members import PersonRef
from storage import timers
from storage.database import Tx, named
from storage.schema import circle_declines, circles


def new_id() -> str:
    return secrets.token_hex(8)


def add(tx: Tx, circle: Circle) -> None:
    tx.execute(circles.insert().values(workspace=tx.workspace, **asdict(circle)))


def get(tx: Tx, circle_id: str) -> Circle | None:
    return _first(tx, select(*_CIRCLE).where(*_one(tx, circle_id)))


def hold(tx: Tx, circle_id: str) -> Circle | None:
    """The same, and nobody else changes it until this transaction ends."""
    return _first(tx, select(*_CIRCLE).where(*_one(tx, circle_id)).with_for_update())


def of_team(tx: Tx, team_id: str) -> Circle | None:
    """The circle a team has, proposed or running."""
    here = (circles.c.workspace == tx.workspace, circles.c.team_id == team_id)
    return _first(tx, select(*_CIRCLE).where(*here).limit(1))


def change(tx: Tx, circle_id: str, **values: Any) -> None:
    """What is known of it for its next meeting."""
    tx.execute(update(circles).where(*_one(tx, circle_id)).values(**values))


def begin(tx: Tx, circle_id: str) -> None:
    """The proposal stands; nothing says any more whom it does not suit."""
    _forget_declines(tx, circle_id)
    change(tx, circle_id, state=CircleState.RUNNING)


def set_card(tx: Tx, circle_id: str, ts: str) -> None:
    """Where the card of its proposal stands in the channel."""
    tx.execute(update(circles).where(*_one(tx, circle_id), circles.c.ts.is_(None)).values(ts=ts))


def decline(tx: Tx, circle_id: str, ref: PersonRef) -> None:
    """It does not suit somebody."""
    tx.add(circle_declines, {"circle_id": circle_id, "ref": ref})


def count_declines(tx: Tx, circle_id: str) -> int:
    query = select(func.count()).select_from(circle_declines).where(*_declines(tx, circle_id))
    return int(tx.execute(query).scalar_one())


def forget(tx: Tx, circle_id: str) -> None:
    """It ended: nothing of it is left, and nothing moves it on."""
    _forget_declines(tx, circle_id)
    tx.execute(delete(circles).where(*_one(tx, circle_id)))
    timers.erase_under(tx, timers.circle_entity(circle_id))


def concern(tx: Tx, ref: PersonRef) -> tuple[str, ...]:
    """Ids of the circles that somebody proposed, declined, or is asked to host."""
    of_theirs = or_(*(column == ref for column in _PEOPLE))
    mine = select(circles.c.circle_id).where(circles.c.workspace == tx.workspace, of_theirs)
    declined = select(circle_declines.c.circle_id).where(
        circle_declines.c.workspace == tx.workspace, circle_declines.c.ref == ref
    )
    found = {*tx.execute(mine).scalars(), *tx.execute(declined).scalars()}
    return tuple(sorted(found))


def erase(tx: Tx, ref: PersonRef) -> None:
    """No circle says anything of somebody any more; the circles themselves are the teams'."""
    here = circle_declines.c.workspace == tx.workspace
    tx.execute(delete(circle_declines).where(here, circle_declines.c.ref == ref))
    for column in _PEOPLE:
        theirs = (circles.c.workspace == tx.workspace, column == ref)
        tx.execute(update(circles).where(*theirs).values({column.name: None}))


def _forget_declines(tx: Tx, circle_id: str) -> None:
    tx.execute(delete(circle_declines).where(*_declines(tx, circle_id)))


def _one(tx: Tx, circle_id: str) -> tuple[Any, ...]:
    return circles.c.workspace == tx.workspace, circles.c.circle_id == circle_id


def _declines(tx: Tx, circle_id: str) -> tuple[Any, ...]:
    return circle_declines.c.workspace == tx.workspace, circle_declines.c.circle_id == circle_id


def _first(tx: Tx, query: Any) -> Circle | None:
    found = tx.execute(query).first()
    return found and _circle(found)


_PEOPLE = (circles.c.proposer, circles.c.asked_to_host, circles.c.host)
_CIRCLE = [circles.c[field.name] for field in fields(Circle)]


def _circle(row: Any) -> Circle:
    kept = named(_CIRCLE, row)
    kept.update(state=CircleState(kept["state"]), purpose=Purpose(kept["purpose"]))
    return Circle(**kept)
