"""An open transaction in a workspace that was entered, on either database."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.bench import postgresql
from bot.domain.members import PersonRef
from storage import workspaces
from storage.database import Store, Tx

WORKSPACE = "T1"


@pytest.fixture
def tx(store: Store) -> Iterator[Tx]:
    """Writes of the test stay in it: on SQLite nobody else can write meanwhile."""
    with store.begin(WORKSPACE) as tx:
        workspaces.enter(tx, "US")
        yield tx


@pytest.fixture
def entered(store: Store) -> Store:
    """A store whose workspace is registered, for tests that open several transactions."""
    with store.begin(WORKSPACE) as tx:
        workspaces.enter(tx, "US")
    return store


@pytest.fixture
def ana(tx: Tx) -> PersonRef:
    return tx.ref("U0ANA")


@pytest.fixture
def ben(tx: Tx) -> PersonRef:
    return tx.ref("U0BEN")


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'choir.db'}"
        return
    folder = request.getfixturevalue("postgresql_server")
    name = f"empty_{secrets.token_hex(4)}"
    postgresql.administer(folder, f"CREATE DATABASE {name}")
    yield postgresql.url(folder, name)
    postgresql.administer(folder, f"DROP DATABASE {name} WITH (FORCE)")
