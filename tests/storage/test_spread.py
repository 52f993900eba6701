"""What SQLite is told of how rows are spread: the same whatever there is, and it is what it goes by."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import text

from storage.database import Store, Tx
from storage.schema import metadata
from tests.storage.full import fill

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
ONE_NOTICE = text("EXPLAIN QUERY PLAN SELECT * FROM outbox WHERE workspace = 'T1' AND fate = 'waiting'")


def told(tx: Tx) -> set[tuple[str, str, str]]:
    return {tuple(row) for row in tx.connection.execute(text("SELECT tbl, idx, stat FROM sqlite_stat1"))}


def way(tx: Tx) -> str:
    return str(tx.connection.execute(ONE_NOTICE).all()[0].detail)


def test_every_primary_key_and_unique_index_is_told_of(tx: Tx) -> None:
    keys = {(table.name, table.name) for table in metadata.tables.values()}
    unique = {
        (table.name, str(index.name))
        for table in metadata.tables.values()
        for index in table.indexes
        if index.unique
    }
    assert {(table, index) for table, index, _ in told(tx)} >= keys | unique
    assert ("occurrences", "occurrences", "1000000 1000000 1 1 1") in told(tx)
    assert ("people", "people", "1000000 1000000 1") in told(tx)
    assert ("workspaces", "workspaces", "1000000 1") in told(tx)


def test_nothing_of_what_is_kept_shows_in_it(entered: Store) -> None:
    with entered.begin("T1") as tx:
        before = told(tx)
        fill(tx, {"U0ANA": tx.ref("U0ANA"), "U0BEN": tx.ref("U0BEN")})
    entered.migrate()
    with entered.read("T1") as tx:
        assert told(tx) == before


def test_a_database_analyzed_by_somebody_is_put_right_at_the_next_start(
    entered: Store, open_store: Callable[..., Store]
) -> None:
    with entered.begin("T1") as tx:
        before = told(tx)
        tx.connection.execute(text("ANALYZE"))
        assert told(tx) != before
    open_store().migrate()
    with open_store().read("T1") as tx:
        assert told(tx) == before


def test_sqlite_takes_the_index_that_was_made_for_a_question(
    entered: Store, open_store: Callable[..., Store]
) -> None:
    with entered.begin("T1") as tx:
        assert "ix_outbox_due" in way(tx)
        tx.connection.execute(text("DELETE FROM sqlite_stat1"))
    with open_store().read("T1") as tx:
        assert "PRIMARY KEY" in way(tx)
