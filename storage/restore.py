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

from storage import (
    answers,
    backup,
    erasure_mark,
    guarantee_mark,
    keys_file,
    ledger_mark,
    outbox,
    outside,
    raises,
    workspaces,
)
from storage.backup import Contents, Progress
from storage.crypto import Keys
from storage.database import InUse, Store, Tx, knows_revision, sole_process, sqlite_file
from storage.erasure_mark import ErasureMark
from storage.guarantee_mark import GuaranteeMark
from storage.keys_file import KeysFile
from storage.ledger_mark import LedgerMark, NoMark
from storage.outside import NoCopy
from storage.schema import metadata, person_keys
from storage.workspaces import WrongKeys

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""Until then a backup without any message knows what went out."""

HEADS = {b"PGDMP": "PostgreSQL", b"SQLit": "SQLite"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Restoration:
    """What is to be put where. kept: a new file for the database that stands there now, if one does.

    ledger_mark stays as it is: it must know of every update that the database there now knows of.
    keys_from: the file with people's keys; None for the newest beside the backup. Without keys, what people
    answered is lost. A backup of an older version has them inside.
    """

    url: str
    file: Path
    kept: Path
    ledger_mark: LedgerMark
    keys: Keys = field(repr=False)
    now: datetime
    keys_from: Path | None = None
    without_keys: bool = False

    @property
    def erasure_mark(self) -> ErasureMark:
        return ErasureMark.beside(self.ledger_mark.file)

    @property
    def guarantee_mark(self) -> GuaranteeMark:
        return GuaranteeMark.beside(self.ledger_mark.file)


class HalfRestored(NoCopy):
    """The database is one into which a backup was being put when that was cut short."""

    def __init__(self) -> None:
        super().__init__(
            "A backup was being put in place of the database, and it was cut short: say `choir db restore` "
            "again."
        )


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


def _check(what: Restoration, contents: Contents) -> KeysFile | None:
    """The file with the people's keys; None for a backup that needs none."""
    if not knows_revision(contents.revision):
        raise NoCopy(
            f"{what.file} was made by a newer version of Choir: upgrade Choir first, then do this again."
        )
    needs_file = not (contents.opens or what.without_keys)
    for workspace in contents.key_checks:
        _refuse_other_keys(what.keys, workspace, contents)
    _heed_what_is_replaced(what)
    return _people_s_keys(what, contents) if needs_file else None


def _refuse_other_keys(keys: Keys, workspace: str, contents: Contents) -> None:
    """Raises WrongKeys. People's keys in a file may be sealed with a newer master key than the backup's."""
    fits = contents.ref_checks[workspace] == keys.ref_check(workspace)
    if not keys.know(workspace, contents.key_checks[workspace]) and (contents.opens or not fits):
        raise WrongKeys(workspace, reference_fits=fits)


def _refuse_other_master_key(keys: Keys, contents: Contents) -> None:
    for workspace, key_check in contents.key_checks.items():
        if not keys.know(workspace, key_check):
            raise WrongKeys(workspace, reference_fits=True)


def _people_s_keys(what: Restoration, contents: Contents) -> KeysFile:
    if what.keys_from is None:
        found = keys_file.newest(what.file.parent, contents.key_checks, what.keys)
        if found is None:
            _refuse_other_master_key(what.keys, contents)
            raise NoCopy(
                f"Beside {what.file} is no file with people's keys ({keys_file.SUFFIX}) that "
                "CHOIR_MASTER_KEY opens: name one with --keys. With --without-keys all comes back but what "
                "people answered, which is lost."
            )
        return found
    named = keys_file.read(what.keys_from)
    if not named.opens(contents.key_checks, what.keys):
        raise NoCopy(f"{what.keys_from} does not belong to {what.file}, or is not for CHOIR_MASTER_KEY.")
    return named


def _heed_what_is_replaced(what: Restoration) -> None:
    """It may know of updates that neither the backup nor the mark knows of, which is refused.

    Deletions that it knows of are noted outside, so that they are carried out again.
    """
    file = sqlite_file(what.url)
    if file and not (file.exists() and file.stat().st_size):
        return
    with closing(Store(what.url, what.keys)) as store, suppress(SQLAlchemyError):  # damaged, or no tables yet
        try:
            ledger_mark.check(what.ledger_mark, store)
            erasure_mark.bring_up_to_date(what.erasure_mark, store, what.now)
            guarantee_mark.agree(what.guarantee_mark, store)
        except NoMark as error:
            raise NoCopy(str(error)) from None


def _mark(what: Restoration, url: str, keys: KeysFile | None) -> None:
    """Bring the tables up to date, and put in doubt what may have gone out since.

    Who took back since then what they had said with others was told that it is not counted: so nothing is.
    Whoever deleted their data since is erased again, and so is what no key opens any more.
    """
    with closing(Store(url, what.keys)) as store:
        store.migrate()
        for workspace in workspaces.list_ids(store):
            with store.begin(workspace) as tx:
                workspaces.set_restored(tx, what.now, outbox.last_sent_at(tx) or NEVER)
                outbox.doubt_unsettled(tx, what.now)
                raises.forget_all(tx)
                if keys:
                    _put_keys(tx, keys)
                    workspaces.set_key_check(tx, keys.key_checks[workspace])
                elif not workspaces.has_these_keys(tx):
                    workspaces.use_master_key(tx)
                answers.erase_without_key(tx)
        erasure_mark.carry_out(what.erasure_mark, store, what.now)
        guarantee_mark.agree(what.guarantee_mark, store)


def _put_keys(tx: Tx, keys: KeysFile) -> None:
    """The keys of those of whom answers are kept: whoever is not in the file has none any more."""
    kept = answers.list_people(tx)
    rows = [
        {"ref": ref, "wrapped": wrapped}
        for (workspace, ref), wrapped in keys.wrapped.items()
        if workspace == tx.workspace and ref in kept
    ]
    tx.add_all(person_keys, rows)


# ---- SQLite: everything is done to a copy beside the database, which then takes its name


def _into_sqlite(what: Restoration, database: Path, progress: Progress, agreed: Callable[[], bool]) -> bool:
    if database.exists() and what.file.samefile(database):
        raise NoCopy(f"{what.file} is the database itself.")
    outside.sweep(database)
    with outside.unnamed(database) as part:
        backup.copy_sqlite(what.file, part, progress)
        keys = _check(what, backup.examine_sqlite(part))
        _mark(what, f"sqlite:///{part.absolute()}", keys)
        backup.close_journal(part)
        if not agreed():
            return False
        outside.flush(part)
        _take_over(part, database, what.kept)
    if what.kept.exists():
        with suppress(NoCopy, OSError):  # one that is damaged is kept as it is
            backup.part_from_keys(what.kept)
    return True


def _take_over(part: Path, database: Path, kept: Path) -> None:
    """At every moment a whole database has the name. A journal left beside it belongs to the old one."""
    if database.exists() and database.stat().st_size:  # an empty one was made for the lock's sake
        with suppress(sqlite3.DatabaseError):  # one that is damaged is kept as it is
            backup.close_journal(database)
        for end in outside.JOURNALS:
            if (journal := Path(f"{database}{end}")).exists():
                journal.rename(f"{kept}{end}")
        os.link(database, kept)
    part.rename(database)
    outside.flush(database.parent)


# ---- PostgreSQL: pg_restore puts everything in place in one transaction; until all is done, a flag stands

HALF = "choir_restoring"
"""A table that is in no backup; while it is there, the program does not start."""


def refuse_half(store: Store) -> None:
    """Raises HalfRestored for a database that is not whole yet."""
    if store.has(HALF):
        raise HalfRestored


def _into_postgresql(what: Restoration, progress: Progress, agreed: Callable[[], bool]) -> bool:
    contents = backup.examine_dump(what.file)
    keys = _check(what, contents)
    present = _tables_nobody_uses(what)
    if not agreed():
        return False
    if present:
        backup.save(what.url, what.kept, progress)
    _execute(what, f"CREATE TABLE IF NOT EXISTS {HALF} ()")
    backup.load_dump(what.url, what.file)
    _execute(what, *(f'DROP TABLE "{name}"' for name in sorted(present - contents.tables)))
    _mark(what, what.url, keys)
    _execute(what, f"DROP TABLE {HALF}")
    return True


def _execute(what: Restoration, *statements: str) -> None:
    with closing(Store(what.url, what.keys)) as store, store.engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


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
