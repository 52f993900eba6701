"""Copies of the database, made while the program runs and checked before they get their name.

SQLite: its own backup, from one snapshot. PostgreSQL: pg_dump in its custom format. What is sealed stays
sealed: no key is needed. The people's own keys go into a file beside the copy (storage/keys_file.py), so
that a copy is of no use for those whose key was destroyed since.
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from psycopg.conninfo import make_conninfo
from sqlalchemy import create_engine, make_url, select

from storage import keys_file
from storage.database import BUSY_MS, CONNECT_SECONDS, sqlite_file
from storage.keys_file import KeysFile, Wrapped
from storage.outside import NoCopy, name, unnamed
from storage.schema import person_keys

PAGES_AT_ONCE = 2_500
"""Ten megabytes between two looks at how far it is."""

Progress = Callable[[int, int], None]
"""Told how much is done, and of how much; at least once for every ten megabytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a copy holds: its tables, their revision, and by workspace the checks of its keys.

    ref_checks: empty for a copy of an older version. opens: it holds no answer that would need a file with
    people's keys, or it is one that has them inside.
    """

    revision: str
    key_checks: dict[str, str]
    ref_checks: dict[str, str]
    tables: frozenset[str]
    opens: bool


def suffix(url: str) -> str:
    return ".db" if sqlite_file(url) else ".dump"


def save(url: str, file: Path, progress: Progress) -> Contents:
    """Copy the database into a new file that only its owner reads, and the people's keys into one beside it.

    Returns what the first one holds. The second has its name first: no copy is ever without its keys.
    Raises NoCopy, OSError.
    """
    for new in (file, keys_file.beside(file)):
        if new.exists():
            raise NoCopy(f"{new} exists already, and nothing is written over: name another file.")
    with unnamed(file) as part:
        source = sqlite_file(url)
        if source:
            copy_sqlite(source, part, progress)
            taken = _keys_in(part)
            _erase_keys(part)
            contents = examine_sqlite(part)
        else:
            left_out = f"--exclude-table-data={person_keys.name}"
            _run("pg_dump", "--format=custom", left_out, f"--file={part}", *_connection(url), url=url)
            # Read after the dump: of whoever deletes their data meanwhile, the copy has no key.
            taken = _read_keys(url)
            contents = examine_dump(part)
        keep_keys(file, contents, taken)
        name(part, file)
    return contents


# ---- SQLite


def copy_sqlite(source: Path, into: Path, progress: Progress) -> None:
    """One snapshot, whatever is written meanwhile, as a single file without a journal. Raises NoCopy."""
    if not source.is_file():
        raise NoCopy(f"There is no database at {source}.")

    def told(_status: int, remaining: int, total: int) -> None:
        progress(total - remaining, total)

    with _sqlite_words(source):
        with _connected(source, "ro") as there, _connected(into, "rw") as here:
            # In a transaction of its own a copy made in steps does not begin anew whenever somebody writes.
            there.execute("BEGIN")
            there.execute("SELECT count(*) FROM sqlite_master")
            there.backup(here, pages=PAGES_AT_ONCE, progress=told)
        close_journal(into)


def close_journal(file: Path) -> None:
    """Let a database be a single file, if nobody else has it open. Raises sqlite3.DatabaseError."""
    with _connected(file, "rw") as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("PRAGMA journal_mode=DELETE")


def part_from_keys(file: Path) -> None:
    """Let a database that is kept be like any backup, with its people's keys beside it. Raises NoCopy."""
    contents = examine_sqlite(file)
    keep_keys(file, contents, _keys_in(file))
    _erase_keys(file)


def keep_keys(file: Path, contents: Contents, wrapped: Wrapped) -> None:
    """Write the people's keys of a copy into a file beside it. Raises OSError."""
    made = KeysFile(made_at=datetime.now(UTC), key_checks=contents.key_checks, wrapped=wrapped)
    keys_file.write(keys_file.beside(file), made)


def _keys_in(file: Path) -> Wrapped:
    with _sqlite_words(file), _connected(file, "ro") as copy:
        if person_keys.name not in _tables(copy):
            return {}
        found = copy.execute("SELECT workspace, ref, wrapped FROM person_keys").fetchall()
    return {(workspace, ref): wrapped for workspace, ref, wrapped in found}


def _erase_keys(file: Path) -> None:
    """What is erased is overwritten, and no journal keeps it."""
    with _sqlite_words(file), _connected(file, "rw") as copy:
        if person_keys.name in _tables(copy):
            copy.execute("PRAGMA secure_delete=ON")
            copy.execute("PRAGMA journal_mode=MEMORY")
            copy.execute("DELETE FROM person_keys")


def _tables(connection: sqlite3.Connection) -> frozenset[str]:
    found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    return frozenset(name for (name,) in found)


def examine_sqlite(file: Path) -> Contents:
    """Read every page of a copy. Raises NoCopy when it is not whole, or not Choir's."""
    with _sqlite_words(file), _connected(file, "ro") as copy:
        if copy.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
            raise NoCopy(f"{file} is damaged: use another backup.")
        tables = _tables(copy)
        if not {"alembic_version", "workspaces"} <= tables:
            raise NoCopy(f"{file} holds no database of Choir.")
        revision = copy.execute("SELECT version_num FROM alembic_version").fetchone()[0]
        copy.row_factory = sqlite3.Row
        checks = _checks(dict(row) for row in copy.execute("SELECT * FROM workspaces"))
        (opens,) = copy.execute(
            "SELECT EXISTS (SELECT 1 FROM person_keys) OR NOT EXISTS (SELECT 1 FROM answers)"
        ).fetchone()
    return Contents(revision=revision, **checks, tables=tables, opens=bool(opens))


def _checks(rows: Iterable[Mapping[str, str]]) -> dict[str, dict[str, str]]:
    """From the rows of workspaces, of whatever version."""
    found: dict[str, dict[str, str]] = {"key_checks": {}, "ref_checks": {}}
    for row in rows:
        found["key_checks"][row["workspace"]] = row["key_check"]
        found["ref_checks"][row["workspace"]] = row.get("ref_check") or ""
    return found


@contextmanager
def _connected(file: Path, mode: str) -> Iterator[sqlite3.Connection]:
    address = f"{file.absolute().as_uri()}?mode={mode}"
    with closing(sqlite3.connect(address, BUSY_MS / 1000, isolation_level=None, uri=True)) as connection:
        yield connection


@contextmanager
def _sqlite_words(file: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorname", "SQLITE_ERROR")
        raise NoCopy(
            SQLITE_WORDS.get(code, "{file} cannot be used ({code}).").format(file=file, code=code)
        ) from None


SQLITE_WORDS = {
    "SQLITE_FULL": "The disk is full: make room, then do it again.",
    "SQLITE_NOTADB": "{file} is no SQLite database.",
    "SQLITE_CORRUPT": "{file} is damaged: use another backup.",
    "SQLITE_BUSY": "{file} is busy: do it again in a moment.",
}


# ---- PostgreSQL

LOCKS = "-c lock_timeout=10s"
"""Whoever holds a table for longer is said, not waited for."""


def _read_keys(url: str) -> Wrapped:
    engine = create_engine(url, hide_parameters=True, connect_args={"connect_timeout": CONNECT_SECONDS})
    query = select(person_keys.c.workspace, person_keys.c.ref, person_keys.c.wrapped)
    try:
        with engine.connect() as connection:
            return {(workspace, ref): bytes(wrapped) for workspace, ref, wrapped in connection.execute(query)}
    finally:
        engine.dispose()


def examine_dump(file: Path) -> Contents:
    """Read a whole dump with pg_restore. Raises NoCopy when it is not whole, or not Choir's."""
    _run("pg_restore", "--file=/dev/null", str(file))
    listed = _run("pg_restore", "--list", str(file))
    tables = frozenset(re.findall(r"(?m)^\d+; \d+ \d+ TABLE (?!DATA )\S+ (\S+) ", listed))
    if not {"alembic_version", "workspaces"} <= tables:
        raise NoCopy(f"{file} holds no database of Choir.")
    (revision,) = _rows(file, "alembic_version")
    checks = _checks(_rows(file, "workspaces"))
    opens = bool(re.search(rf"(?m)^\d+; \d+ \d+ TABLE DATA \S+ {person_keys.name} ", listed))
    return Contents(revision=revision["version_num"], **checks, tables=tables, opens=opens)


def load_dump(url: str, file: Path) -> None:
    """Put a dump's tables in place of those of the same names, all or none. Raises NoCopy."""
    words = ("--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction")
    _run("pg_restore", *words, *_connection(url), str(file), url=url)


def _rows(file: Path, table: str) -> list[dict[str, str]]:
    """A table's rows as pg_restore writes them: COPY with the columns' names, then a line for each."""
    script = _run("pg_restore", "--data-only", f"--table={table}", "--file=-", str(file))
    found = re.search(r"(?m)^COPY \S+ \((.+)\) FROM stdin;\n((?:.*\n)*?)\\\.$", script)
    if not found:
        return []
    names = found[1].replace('"', "").split(", ")
    return [dict(zip(names, line.split("\t"), strict=True)) for line in found[2].splitlines()]


def _connection(url: str) -> Sequence[str]:
    """How PostgreSQL's programs are told where to go; not the password, which others could read in a list."""
    parsed = make_url(url)
    query = {
        name: value if isinstance(value, str) else ",".join(value) for name, value in parsed.query.items()
    }
    words = parsed.translate_connect_args(username="user", database="dbname") | query
    words.pop("password", None)
    return (f"--dbname={make_conninfo(connect_timeout=CONNECT_SECONDS, **words)}", "--no-password")


def _run(program: str, *words: str, url: str | None = None) -> str:
    """What one of PostgreSQL's own programs prints. Raises NoCopy."""
    path = shutil.which(program)
    if path is None:
        raise NoCopy(
            f"{program} is missing on this machine: install PostgreSQL's client programs, not older than the "
            "server (on Debian and Ubuntu, as administrator: apt install postgresql-client), then try again."
        )
    password = make_url(url).password if url else None
    environ = {"PGOPTIONS": LOCKS, **os.environ, **({"PGPASSWORD": password} if password else {})}
    done = subprocess.run([path, *words], env=environ, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise NoCopy(f"{program} did not do it: {_complaint(done.stderr)}")
    return done.stdout


def _complaint(stderr: str) -> str:
    """The first line that says what is wrong; the lines after it may show rows."""
    found = re.search(r"(?m)^\w+: (?:error|fatal): (.+)$", stderr)
    return found[1] if found else "it does not say why."
