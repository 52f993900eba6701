"""What the tests share: an empty database of either kind, with the tables made, and a store on it.

A test that asks for `database` or `store` runs twice, on a SQLite file and on PostgreSQL. One that needs
a single kind says so: `@pytest.mark.parametrize("database", ["sqlite"], indirect=True)`.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from hypothesis import settings
from psycopg.sql import SQL, Identifier
from sqlalchemy import inspect

from bot.bench import postgresql
from storage.crypto import Keys
from storage.database import Store

settings.register_profile("choir", deadline=None, database=None, derandomize="CI" in os.environ)
settings.load_profile("choir")


@pytest.fixture(scope="session")
def keys() -> Keys:
    return Keys(master=bytes(range(32)), reference=bytes(range(100, 132)))


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Path]:
    """The socket folder of this process's own PostgreSQL, started when the first test asks for it."""
    with postgresql.running() as folder:
        yield folder


@pytest.fixture(scope="session")
def emptied_postgresql(postgresql_server: Path, keys: Keys) -> Iterator[Callable[[], str]]:
    """Empties a database whose tables are made once, and answers its URL."""
    postgresql.administer(postgresql_server, "CREATE DATABASE choir")
    url = postgresql.url(postgresql_server, "choir")
    with closing(Store(url, keys)) as store:
        store.migrate()
        names = [name for name in inspect(store.engine).get_table_names() if name != "alembic_version"]
    deletes = SQL("; ").join(SQL("DELETE FROM {}").format(Identifier(name)) for name in names)
    with postgresql.connected(postgresql_server, "choir") as connection:

        def empty() -> str:
            connection.execute(deletes)
            return url

        yield empty


@pytest.fixture
def postgresql_programs() -> Iterator[None]:
    """pg_dump and the like are on this machine, as new as the server."""
    before = os.environ["PATH"]
    os.environ["PATH"] = f"{postgresql.programs()}{os.pathsep}{before}"
    yield
    os.environ["PATH"] = before


@pytest.fixture(scope="session")
def made_sqlite(tmp_path_factory: pytest.TempPathFactory, keys: Keys) -> Path:
    """A SQLite file whose tables are made; tests get copies."""
    file = tmp_path_factory.mktemp("made") / "choir.db"
    with closing(Store(f"sqlite:///{file}", keys)) as store:
        store.migrate()
    return file


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database with all tables and no rows."""
    if request.param == "sqlite":
        file = tmp_path / "choir.db"
        shutil.copyfile(request.getfixturevalue("made_sqlite"), file)
        return f"sqlite:///{file}"
    emptied: Callable[[], str] = request.getfixturevalue("emptied_postgresql")
    return emptied()


@pytest.fixture(params=["sqlite", "postgresql"])
def own_database(request: pytest.FixtureRequest, tmp_path: Path, keys: Keys) -> Iterator[str]:
    """A database to which nobody else is connected, its tables made."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/choir.db"
        _migrate(url, keys)
        yield url
        return
    folder = request.getfixturevalue("postgresql_server")
    request.getfixturevalue("postgresql_programs")
    name = f"own_{secrets.token_hex(4)}"
    postgresql.administer(folder, f"CREATE DATABASE {name}")
    url = postgresql.url(folder, name)
    _migrate(url, keys)
    yield url
    postgresql.administer(folder, f"DROP DATABASE {name} WITH (FORCE)")


def _migrate(url: str, keys: Keys) -> None:
    with closing(Store(url, keys)) as store:
        store.migrate()


@pytest.fixture
def open_store(database: str, keys: Keys) -> Iterator[Callable[..., Store]]:
    """Opens stores on the same database, as several processes would; closed after the test."""
    with ExitStack() as opened:
        yield lambda with_keys=keys: opened.enter_context(closing(Store(database, with_keys)))


@pytest.fixture
def store(open_store: Callable[..., Store]) -> Store:
    return open_store()
