"""Answers, sealed under each person's own key (privacy §7). Read here for the person's own views only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select

from bot.domain.members import PersonRef
from bot.domain.rotation import CORE
from storage import person_keys
from storage.crypto import Unreadable, open_answers, seal_answers
from storage.database import Tx
from storage.schema import answers
from storage.schema import person_keys as person_keys_table

HEAVIEST = 5


def save(tx: Tx, ref: PersonRef, week: int, given: Mapping[str, int]) -> None:
    """Keep a person's answers of a week in place of what was there; nothing given keeps nothing."""
    if not given:
        tx.execute(delete(answers).where(*_one(tx, ref, week)))
        return
    kept = {
        "weighed": CORE in given,
        "sealed": seal_answers(person_keys.get_or_make(tx, ref), ref, week, given),
    }
    statement = tx.insert(answers).values(workspace=tx.workspace, ref=ref, week=week, **kept)
    tx.execute(statement.on_conflict_do_update(index_elements=["workspace", "ref", "week"], set_=kept))


def own(tx: Tx, ref: PersonRef, week: int) -> dict[str, int]:
    """A person's own answers of a week, for their own eyes; empty when nothing is kept.

    Raises Unreadable when their key is gone or another.
    """
    sealed = tx.execute(select(answers.c.sealed).where(*_one(tx, ref, week))).scalar()
    return open_answers(person_keys.get(tx, ref), ref, week, sealed) if sealed else {}


def list_own(tx: Tx, ref: PersonRef) -> dict[int, dict[str, int] | None]:
    """A person's own answers by week, for their own eyes; None for a week that cannot be opened."""
    query = select(answers.c.week).where(answers.c.workspace == tx.workspace, answers.c.ref == ref)
    return {
        week: _own_or_none(tx, ref, week) for week in tx.execute(query.order_by(answers.c.week)).scalars()
    }


def _own_or_none(tx: Tx, ref: PersonRef, week: int) -> dict[str, int] | None:
    try:
        return own(tx, ref, week)
    except Unreadable:
        return None


def erase(tx: Tx, ref: PersonRef) -> None:
    """Erase all of a person's answers."""
    tx.execute(delete(answers).where(answers.c.workspace == tx.workspace, answers.c.ref == ref))


def list_people(tx: Tx) -> frozenset[PersonRef]:
    """Of whom answers are kept."""
    query = select(answers.c.ref).where(answers.c.workspace == tx.workspace).distinct()
    return frozenset(tx.execute(query).scalars())


def erase_without_key(tx: Tx) -> None:
    """Erase what nobody can open any more because its key is gone, so that it counts nowhere."""
    kept = select(person_keys_table.c.ref).where(person_keys_table.c.workspace == tx.workspace)
    gone = answers.c.ref.not_in(kept)
    tx.execute(delete(answers).where(answers.c.workspace == tx.workspace, gone))


def erase_all(tx: Tx) -> None:
    """Erase everybody's answers."""
    tx.execute(delete(answers).where(answers.c.workspace == tx.workspace))


def weights(tx: Tx, ref: PersonRef, weeks: range) -> list[int]:
    """A person's answers to the first question in those weeks, for the release alone (privacy §3).

    Whatever is gone, unreadable or out of range by now is left out: no value can raise an error.
    """
    found = (_readable(tx, ref, week).get(CORE) for week in weeks)
    return [weight for weight in found if type(weight) is int and 1 <= weight <= HEAVIEST]


def _readable(tx: Tx, ref: PersonRef, week: int) -> Mapping[str, Any]:
    try:
        opened: Any = own(tx, ref, week)
    except (Unreadable, ValueError, RecursionError):
        return {}
    return opened if isinstance(opened, dict) else {}


def forget_before(tx: Tx, week: int) -> None:
    """Erase everybody's answers of weeks before one (13 weeks are kept unless set otherwise)."""
    tx.execute(delete(answers).where(answers.c.workspace == tx.workspace, answers.c.week < week))


def _one(tx: Tx, ref: PersonRef, week: int) -> tuple[Any, ...]:
    return answers.c.workspace == tx.workspace, answers.c.ref == ref, answers.c.week == week
