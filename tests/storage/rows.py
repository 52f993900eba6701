"""Rows for any table, made from the types of its columns alone, and what stands in a table."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import JSON, Column, Connection, Table, TypeDecorator, insert, select

SAMPLES: Mapping[type, Any] = {
    str: "x",
    bool: True,
    int: 1,
    bytes: b"x",
    dict: {},
    date: date(2026, 11, 25),
    time: time(9, 30),
    datetime: datetime(2026, 11, 25, 15, tzinfo=UTC),
}


def row_for(table: Table, **known: Any) -> dict[str, Any]:
    """One row with a value in every column; known ones as given where the table has them."""
    made = {column.name: SAMPLES[_python_type(column)] for column in table.columns}
    return made | {name: value for name, value in known.items() if name in made}


def _python_type(column: Column[Any]) -> type:
    kept = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    return dict if isinstance(kept, JSON) else kept.python_type


def put_row(connection: Connection, table: Table, **known: Any) -> None:
    connection.execute(insert(table).values(**row_for(table, **known)))


def rows_of(connection: Connection, table: Table, workspace: str) -> list[tuple[Any, ...]]:
    """All rows of a workspace, in a fixed order."""
    found = connection.execute(select(table).where(table.c.workspace == workspace))
    return sorted((tuple(row) for row in found), key=repr)
