"""Puts a backup in the place of the database: checked, brought up to date and marked before it takes over.

Marked: what may have gone out since the backup was made is in doubt, and is looked up before it is sent.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import inspect, text
from sqlalchemy.exc import SQLAlchemyError

from storage import backup, ledger_mark, outbox, raises, workspaces
from storage.backup import Contents, NoCopy, Progress
from storage.crypto import Keys
from storage.database import InUse, Store, knows_revision, sole_process, sqlite_file
from storage.ledger_mark import LedgerMark, NoMark
from storage.schema import metadata
from storage.workspaces import WrongKeys

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""Until then a backup without any message knows what went out."""

HEADS = {b"PGDMP": "PostgreSQL", b"SQLit": "SQLite"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Restoration:
    """What is to be put where. kept: a new file for the database that stands there now, if one does.

    ledger_mark stays as it is: it must know of every update that the database there now knows of.
    """

    url: str
    file: Path
    kept: Path
    ledger_mark: LedgerMark
    keys: Keys = field(repr=False)
    now: datetime


def put_back(what: Restoration, progress: Progress, agreed: Callable[[], bool]) -> bool:
    """Put a backup in place; False when it was not agreed to, which is asked once all is checked.

    Raises NoCopy, and WrongKeys for a backup that these keys do not open; then nothing was changed.
    """
    database = sqlite_file(what.url)
    _refuse_other_kind(what.file, "SQLite" if database else "PostgreSQL")
    try:
        with sole_process(what.url):
            if database:
                return _into_sqlite(what, database, progress, agreed)
            return _into_postgresql(what, progress, agreed)
    except InUse:
        raise NoCopy(f"`choir run` is using {database}: stop it first, then do this again.") from None


def _refuse_other_kind(file: Path, wanted: str) -> None:
    if not file.is_file():
        raise NoCopy(f"There is no file {file}.")
    with file.open("rb") as head:
        found = HEADS.get(head.read(5))
    if found is None:
        raise NoCopy(f"{file} is no backup of Choir.")
    if found != wanted:
        raise NoCopy(
            f"{file} is of a {found} database, DATABASE_URL names {wanted}: nothing carries one over."
        )


def _check(what: Restoration, contents: Contents) -> None:
    if not knows_revision(contents.revision):
        raise NoCopy(
            f"{what.file} was made by a newer version of Choir: upgrade Choir first, then do this again."
        )
    for workspace, key_check in contents.key_checks.items():
        if key_check != what.keys.check(workspace):
            raise WrongKeys(workspace)
    _refuse_to_forget(what)


def _refuse_to_forget(what: Restoration) -> None:
    """The database that is replaced may know of updates that neither the backup nor the mark knows of."""
    file = sqlite_file(what.url)
    if file and not (file.exists() and file.stat().st_size):
        return
    with closing(Store(what.url, what.keys)) as store, suppress(SQLAlchemyError):  # damaged, or no tables yet
        try:
            ledger_mark.check(what.ledger_mark, store)
        except NoMark as error:
            raise NoCopy(str(error)) from None


def _mark(what: Restoration, url: str) -> None:
    """Bring the tables up to date, and put in doubt what may have gone out since.

    Who took back since then what they had said with others was told that it is not counted: so nothing is.
    """
    with closing(Store(url, what.keys)) as store:
        store.migrate()
        for workspace in workspaces.list_ids(store):
            with store.begin(workspace) as tx:
                workspaces.set_restored(tx, what.now, outbox.last_sent_at(tx) or NEVER)
                outbox.doubt_unsettled(tx, what.now)
                raises.forget_all(tx)


# ---- SQLite: everything is done to a copy beside the database, which then takes its name


def _into_sqlite(what: Restoration, database: Path, progress: Progress, agreed: Callable[[], bool]) -> bool:
    if database.exists() and what.file.samefile(database):
        raise NoCopy(f"{what.file} is the database itself.")
    with backup.unnamed(database) as part:
        backup.copy_sqlite(what.file, part, progress)
        _check(what, backup.examine_sqlite(part))
        _mark(what, f"sqlite:///{part.absolute()}")
        backup.close_journal(part)
        if not agreed():
            return False
        backup.flush(part)
        _take_over(part, database, what.kept)
    return True


def _take_over(part: Path, database: Path, kept: Path) -> None:
    """At every moment a whole database has the name. A journal left beside it belongs to the old one."""
    if database.exists() and database.stat().st_size:  # an empty one was made for the lock's sake
        with suppress(sqlite3.DatabaseError):  # one that is damaged is kept as it is
            backup.close_journal(database)
        for end in backup.JOURNALS:
            if (journal := Path(f"{database}{end}")).exists():
                journal.rename(f"{kept}{end}")
        os.link(database, kept)
    part.rename(database)
    backup.flush(database.parent)


# ---- PostgreSQL: pg_restore puts everything in place in one transaction


def _into_postgresql(what: Restoration, progress: Progress, agreed: Callable[[], bool]) -> bool:
    contents = backup.examine_dump(what.file)
    _check(what, contents)
    present = _tables_nobody_uses(what)
    if not agreed():
        return False
    if present:
        backup.save(what.url, what.kept, progress)
    backup.load_dump(what.url, what.file)
    _drop(what, present - contents.tables)
    _mark(what, what.url)
    return True


def _tables_nobody_uses(what: Restoration) -> frozenset[str]:
    """Choir's tables that stand there now. Raises NoCopy while anybody else is connected."""
    others = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
    )
    with closing(Store(what.url, what.keys)) as store, store.engine.connect() as connection:
        if connection.execute(others).scalar_one():
            raise NoCopy(
                "Others are connected to this database: stop every `choir run` and whatever else uses it, "
                "then do this again."
            )
        known = {*metadata.tables, "alembic_version"}
        return frozenset(known.intersection(inspect(connection).get_table_names()))


def _drop(what: Restoration, tables: frozenset[str]) -> None:
    """Tables of a newer version, which bringing an older backup up to date makes anew."""
    with closing(Store(what.url, what.keys)) as store, store.engine.begin() as connection:
        for name in sorted(tables):
            connection.execute(text(f'DROP TABLE "{name}"'))
