"""What is erased when somebody leaves Slack, and when everybody stops: by itself, after some days."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import String, cast, delete, select, update

from bot.domain.members import PersonRef
from storage import checkins, copies, erasures, mydata, outbox, timers, workspaces
from storage.database import Tx
from storage.schema import (
    admins,
    contributors,
    guarantees,
    ledger,
    memberships,
    metadata,
    occurrences,
    people,
    periods,
    releases,
    rosters,
    rules,
)
from storage.schema import erasures as erasures_table
from storage.schema import outbox as outbox_table
from storage.schema import timers as timers_table
from storage.schema import workspaces as workspaces_table
from storage.timers import checkins_of


def _where_somebody_stays() -> Iterator[tuple[str, str]]:
    """Table and column of whatever deleting one's own data leaves."""
    for name, holding in mydata.HOLDINGS.items():
        if holding.stays is not None:
            table, _, column = name.partition(".")
            yield table, column


KEPT_AFTER_LEAVING = timedelta(days=30)
KEPT_AFTER_THE_END = timedelta(days=7)
"""After the app was taken out, or staff decided to stop (changes 12)."""

OF_ONE = (memberships, rules, occurrences, admins)
"""Beside what My data erases: tables whose rows of a person mean nothing without them."""
UNTIL_THE_BLOCK_ENDS = (rosters, ledger, contributors)
NAMING = tuple(
    column
    for column in (metadata.tables[table].c[name] for table, name in _where_somebody_stays())
    if column.table
    not in (people, outbox_table, timers_table, erasures_table, *OF_ONE, *UNTIL_THE_BLOCK_ENDS)
)
"""Where others rely on somebody: as long as one of these names them, their Slack id stays, to be told."""
OF_NOBODY = frozenset({workspaces_table, periods, releases, guarantees, erasures_table})
"""Tables that hold no person, and the note of whom no backup may bring back."""


def note_leavers(tx: Tx, now: datetime) -> None:
    """Since when somebody is not in Slack any more, as far as the roster and its events told."""
    gone = (people.c.active.is_(False), people.c.left_at.is_(None))
    back = (people.c.active.is_(True), people.c.left_at.is_not(None))
    for moved, left_at in ((gone, now), (back, None)):
        tx.execute(update(people).where(people.c.workspace == tx.workspace, *moved).values(left_at=left_at))


def list_due(tx: Tx, now: datetime) -> Mapping[PersonRef, datetime]:
    """Who left so long ago that their data goes, and when they did."""
    query = select(people.c.ref, people.c.left_at)
    gone = (people.c.active.is_(False), people.c.left_at <= now - KEPT_AFTER_LEAVING)
    found = tx.execute(query.where(people.c.workspace == tx.workspace, *gone))
    return {PersonRef(ref): left_at for ref, left_at in found}


def erase_leaver(tx: Tx, ref: PersonRef, left_at: datetime, now: datetime) -> None:
    """Erase somebody who left; the Slack id last, once nobody relies on it any more.

    Rosters and ledger stay until their block ends: who comes back is not counted twice.
    """
    if not erasures.knows(tx, ref, left_at + KEPT_AFTER_LEAVING):
        mydata.erase(tx, ref, now)
        for table in OF_ONE:
            tx.execute(delete(table).where(table.c.workspace == tx.workspace, table.c.ref == ref))
        outbox.erase_all(tx, ref)
        timers.erase_under(tx, checkins_of(ref), checkins.cards_of(ref), copies.copies_of(ref))
    if not _is_named(tx, ref):
        tx.execute(delete(people).where(people.c.workspace == tx.workspace, people.c.ref == ref))


def _is_named(tx: Tx, ref: PersonRef) -> bool:
    return any(_names(tx, column, ref) for column in NAMING)


def _names(tx: Tx, column: Any, ref: PersonRef) -> bool:
    """A plan holds pseudonyms in texts."""
    here = (column.table.c.workspace == tx.workspace, cast(column, String).contains(ref))
    return tx.execute(select(column).where(*here).limit(1)).first() is not None


def over_at(tx: Tx) -> datetime | None:
    """When everything personal is erased; None while Choir is wanted here."""
    since = workspaces.over_since(tx)
    return since + KEPT_AFTER_THE_END if since else None


def erase_everybody(tx: Tx, now: datetime) -> None:
    """Erase all that is about people; published updates stay, which hold nobody."""
    mine = select(people.c.ref).where(people.c.workspace == tx.workspace)
    for ref in tx.execute(mine).scalars().all():
        erasures.note(tx, ref, now)
    for table in metadata.sorted_tables:
        if table not in OF_NOBODY:
            tx.execute(delete(table).where(table.c.workspace == tx.workspace))
    workspaces.forget_people(tx)
