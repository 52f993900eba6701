"""What lies on the disk, byte by byte, for whoever took it."""

from __future__ import annotations

import base64
import os
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from bot.bench import postgresql
from storage.database import sqlite_file
from storage.schema import metadata


def at_rest(url: str) -> bytes:
    """The database: SQLite's file with its log, or every table in PostgreSQL's binary copy format."""
    file = sqlite_file(url)
    return folder_bytes(file.parent, f"{file.name}*") if file else _postgresql_bytes(url)


def folder_bytes(folder: Path, pattern: str = "*") -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.glob(pattern)) if path.is_file())


def _postgresql_bytes(url: str) -> bytes:
    target = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    found = b""
    with psycopg.connect(target) as connection, connection.cursor() as cursor:
        for name in metadata.tables:
            with cursor.copy(f"COPY {name} TO STDOUT (FORMAT BINARY)".encode()) as copy:
                found += b"".join(bytes(part) for part in copy)
    return found


def unfolded(backup: Path) -> bytes:
    """A backup's bytes; of a dump, which is compressed, the statements in it."""
    if backup.suffix != ".dump":
        return backup.read_bytes()
    program = postgresql.programs() / "pg_restore"
    return subprocess.run([program, "--file=-", backup], capture_output=True, check=True).stdout


@contextmanager
def postgresql_programs(url: str) -> Iterator[None]:
    """pg_dump and the like can be found, as new as the server, where they are needed."""
    before = os.environ["PATH"]
    if not sqlite_file(url):
        os.environ["PATH"] = f"{postgresql.programs()}{os.pathsep}{before}"
    try:
        yield
    finally:
        os.environ["PATH"] = before


def in_every_spelling(secret: str) -> Iterable[bytes]:
    plain = secret.encode()
    yield plain
    yield plain.hex().encode()
    yield base64.b64encode(plain)
    yield secret.encode("utf-16-le")
    yield secret.lower().encode()


def spelt(secrets: Iterable[str], lying_there: bytes) -> list[str]:
    """Which of these secrets can be read there, however they are spelt."""
    return [one for one in secrets if any(found in lying_there for found in in_every_spelling(one))]
