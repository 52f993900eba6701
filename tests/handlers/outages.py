"""A database that is away, in the ways databases are."""

from __future__ import annotations

import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

from storage.database import sqlite_file
from tests.handlers.world import World


@contextmanager
def database_away(world: World) -> Iterator[None]:
    """Where the SQLite file was, a directory stands."""
    store = world.stage.bot.setting.store
    file = sqlite_file(store.url)
    assert file
    store.engine.dispose()
    aside = file.with_name("aside.db")
    file.rename(aside)
    file.mkdir()
    try:
        yield
    finally:
        store.engine.dispose()
        file.rmdir()
        aside.rename(file)


@contextmanager
def silent_server() -> Iterator[str]:
    """The URL of a PostgreSQL that takes connections and never says a word, as behind a broken network."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        yield f"postgresql+psycopg://me@127.0.0.1:{server.getsockname()[1]}/choir"


@contextmanager
def locked(database_url: str) -> Iterator[None]:
    """A SQLite in which another program writes for as long."""
    file = sqlite_file(database_url)
    assert file
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            connection.execute("ROLLBACK")
