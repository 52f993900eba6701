"""Connections and transactions on SQLite and PostgreSQL, and the lock of a single process.

SQLite: WAL, full sync, writers begin immediately, so that a read-then-write can never lose an update.
"""

from __future__ import annotations

import fcntl
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import (
    Connection,
    Engine,
    bindparam,
    create_engine,
    event,
    func,
    inspect,
    make_url,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite

from bot.domain.members import PersonRef
from storage import spread
from storage.crypto import Keys

BUSY_MS = 5_000
FOLD_MS = 500
"""How long folding SQLite's log waits for those who read; whoever writes waits for it."""
CONNECT_SECONDS = 3
"""How long a PostgreSQL that does not answer is waited for; psycopg's own patience is over two minutes."""
HALF_OPEN = {
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
"""A PostgreSQL whose machine is gone is noticed within half a minute, not after the system's hours."""
MIGRATION_LOCK = 0x43686F6972
"""PostgreSQL advisory lock of the transaction in which tables are made or changed."""


class InUse(Exception):
    """Another process runs on this SQLite database."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tx:
    """An open transaction in one workspace; every storage function takes it first."""

    connection: Connection
    workspace: str
    keys: Keys = field(repr=False)

    def execute(self, statement: Any, rows: Any = None) -> Any:
        return self.connection.execute(statement, rows)

    def ref(self, user_id: str) -> PersonRef:
        return self.keys.ref(self.workspace, user_id)

    def apart(self) -> AbstractContextManager[Any]:
        """A part of the transaction: an exception that leaves it undoes it alone."""
        return self.connection.begin_nested()

    @property
    def on_postgresql(self) -> bool:
        return self.connection.dialect.name == "postgresql"

    def real_now(self) -> datetime:
        """The time that leases count in: the database server's, or on SQLite this machine's."""
        if not self.on_postgresql:
            return datetime.now(UTC)
        stamp: datetime = self.connection.execute(select(func.clock_timestamp())).scalar_one()
        return stamp.astimezone(UTC)

    def add(self, table: Any, row: dict[str, Any]) -> bool:
        """Insert a row of this workspace; False when its key is taken, whoever took it."""
        # RETURNING tells: of inserted rows SQLAlchemy reads no count from psycopg.
        statement = self.insert(table).values(workspace=self.workspace, **row).on_conflict_do_nothing()
        return self.execute(statement.returning(table.c.workspace)).first() is not None

    def add_all(self, table: Any, rows: Sequence[dict[str, Any]]) -> None:
        """Insert rows of this workspace, all with the same columns; one whose key is taken stays as it is."""
        self.execute_all(self.insert(table).values(workspace=self.workspace).on_conflict_do_nothing(), rows)

    def execute_all(self, statement: Any, rows: Sequence[dict[str, Any]]) -> None:
        """One statement for many rows, or for none."""
        if rows:
            self.execute(statement, rows)

    def insert(self, table: Any) -> Any:
        """An insert that knows on_conflict_do_nothing and on_conflict_do_update on either database."""
        return (postgresql if self.on_postgresql else sqlite).insert(table)


def among(column: Any, values: Collection[Any]) -> Any:
    """The column has one of these values. Many are bound at once, which spares looking at each."""
    return column.in_(bindparam(None, tuple(values), column.type, expanding=True))


def named(columns: Iterable[Any], row: Iterable[Any]) -> dict[str, Any]:
    """The values of selected columns by their names. Quicker than asking a row for one after the other."""
    return {column.key: value for column, value in zip(columns, row, strict=True)}


class Store:
    """The database of an installation with its keys. One transaction is one fact and its consequences."""

    def __init__(self, url: str, keys: Keys) -> None:
        self.url = url
        self.keys = keys
        self.engine = _engine(url)
        # SQLite lets writers poll for their turn, and one may be unlucky for seconds; here each is woken.
        self._writing = RLock() if self.engine.dialect.name == "sqlite" else nullcontext()

    @contextmanager
    def begin(self, workspace: str) -> Iterator[Tx]:
        """A transaction that may write; committed at the end, rolled back by any exception."""
        with self._writing, self.engine.begin() as connection:
            yield Tx(connection=connection, workspace=workspace, keys=self.keys)

    @contextmanager
    def read(self, workspace: str) -> Iterator[Tx]:
        """A transaction that only reads, beside any writer."""
        with self.engine.connect().execution_options(choir_reads=True) as connection, connection.begin():
            yield Tx(connection=connection, workspace=workspace, keys=self.keys)

    def fold(self) -> bool:
        """Let go of what was erased in SQLite's log too; False when somebody who reads was in the way.

        What is erased is overwritten in the file (secure_delete), but the log keeps how the page read before
        until it is folded in, which by itself happens after 4 MB. PostgreSQL tidies up on its own.
        """
        if self.engine.dialect.name != "sqlite":
            return True
        with (
            self._writing,
            closing(self.engine.raw_connection()) as connection,
            closing(connection.cursor()) as run,
        ):
            run.execute(f"PRAGMA busy_timeout={FOLD_MS}")
            (busy, *_) = run.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            run.execute(f"PRAGMA busy_timeout={BUSY_MS}")
        return not busy

    def migrate(self) -> None:
        """Make or bring up to date all tables; safe to call from several machines at once."""
        _make_folder(self.url)
        with self.engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
            config = _alembic()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            if connection.dialect.name == "sqlite":
                spread.tell(connection)

    def has(self, table: str) -> bool:
        """Whether there is a database with that table, of whatever version. Makes no file."""
        file = sqlite_file(self.url)
        if file and not file.exists():
            return False
        with self.engine.connect() as connection:
            return inspect(connection).has_table(table)

    def is_migrated(self) -> bool:
        """Whether the tables are those of this version."""
        with self.engine.connect() as connection:
            current = MigrationContext.configure(connection).get_current_revision()
        return current == ScriptDirectory.from_config(_alembic()).get_current_head()

    def close(self) -> None:
        self.engine.dispose()


def knows_revision(revision: str) -> bool:
    """Whether tables of a revision can be used or brought up to date: it is not of a newer version."""
    scripts = ScriptDirectory.from_config(_alembic())
    return revision in {script.revision for script in scripts.walk_revisions()}


def _engine(url: str) -> Engine:
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(
            url,
            hide_parameters=True,
            pool_pre_ping=True,
            pool_size=20,
            max_overflow=20,
            connect_args={"connect_timeout": CONNECT_SECONDS, **HALF_OPEN},
        )
    engine = create_engine(url, hide_parameters=True, pool_size=20, max_overflow=20)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy's default would begin too late (see _begin_sqlite)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={BUSY_MS}", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("PRAGMA secure_delete=ON")  # what is erased is overwritten


def _begin_sqlite(connection: Connection) -> None:
    reads = connection.get_execution_options().get("choir_reads")
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _alembic() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


def sqlite_file(url: str) -> Path | None:
    """The file a SQLite database is in; None for any other database."""
    parsed = make_url(url)
    on_disk = parsed.get_backend_name() == "sqlite" and parsed.database not in (None, "", ":memory:")
    return Path(str(parsed.database)) if on_disk else None


def _make_folder(url: str) -> None:
    file = sqlite_file(url)
    if file:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.touch(mode=0o600)


@contextmanager
def sole_process(url: str) -> Iterator[None]:
    """Hold the lock beside a SQLite database while running; InUse when another process holds it.

    PostgreSQL needs none: there every replica runs everything.
    """
    file = sqlite_file(url)
    if file is None:
        yield
        return
    _make_folder(url)
    with _lock_file(file).open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InUse(str(file)) from None
        yield


def is_running(url: str) -> bool | None:
    """Whether a process holds that lock; None on PostgreSQL, where nobody counts them. Makes no file."""
    file = sqlite_file(url)
    if file is None:
        return None
    lock = _lock_file(file)
    if not lock.exists():
        return False
    with lock.open() as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _lock_file(file: Path) -> Path:
    return file.with_name(file.name + ".lock")
