"""What SQLite is told of how rows are spread, so that it chooses the index that was made for a question.

Every key leads with the workspace, of which a database mostly has one. SQLite takes any first column for
selective and would walk through a whole table by its primary key. Statistics of its own would not help
either: nearly every notice is sent and nearly every card shows what it should; asked for are the others.
So what it reads as statistics (https://sqlite.org/fileformat2.html#stat1tab) is written here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Table, text

from storage.schema import metadata

ALL = 1_000_000
"""Rows of a table, and of each workspace in it."""
FEW = {"ix_occurrences_card": (ALL, ALL, ALL, ALL, 1), "ix_occurrences_slot": (ALL, ALL, ALL, 1_000)}
"""Rows alike in none, one, two … of an index's columns. Hardly any card shows what it should not."""


def tell(connection: Connection) -> None:
    """Write it for this connection and those opened from now on, in place of any statistics; SQLite only."""
    connection.execute(text("ANALYZE alembic_version"))  # makes the table of statistics
    connection.execute(text("DELETE FROM sqlite_stat1"))
    written = text("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (:tbl, :idx, :stat)")
    connection.execute(written, [row for table in metadata.sorted_tables for row in _rows(table)])
    connection.execute(text("ANALYZE sqlite_master"))  # this one reads it too


def _rows(table: Table) -> Iterator[dict[str, Any]]:
    """One for the primary key, which bears the table's name, one for each unique index and those of FEW."""
    yield _row(table, table.name, _unique(len(table.primary_key.columns)))
    for index in table.indexes:
        if index.unique or index.name in FEW:
            yield _row(table, str(index.name), FEW.get(str(index.name)) or _unique(len(index.columns)))


def _unique(columns: int) -> tuple[int, ...]:
    """The workspace is shared by all, what stands beside it by nobody."""
    return (ALL, *((ALL,) + (1,) * (columns - 1) if columns > 1 else (1,)))


def _row(table: Table, index: str, alike: tuple[int, ...]) -> dict[str, Any]:
    return {"tbl": table.name, "idx": index, "stat": " ".join(map(str, alike))}
