"""An open transaction in a workspace that was entered, on either database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

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
