"""What is asked of a database, and commits that fail: before the database did them, or only their reply."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import OperationalError


@contextmanager
def watched_statements(engine: Engine) -> Iterator[list[str]]:
    """Everything asked of the database, with "COMMIT" in between."""
    seen: list[str] = []

    def executing(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        seen.append(statement)

    def committing(_connection: Connection) -> None:
        seen.append("COMMIT")

    with listening(engine, "before_cursor_execute", executing), listening(engine, "commit", committing):
        yield seen


@contextmanager
def failing_commit(engine: Engine, nth: int, *, done: bool = False) -> Iterator[None]:
    """The nth commit from here on fails; done: the database did it, and only its reply is lost."""
    made = 0

    def committing(connection: Connection) -> None:
        nonlocal made
        made += 1
        if made == nth:
            if done:
                connection.engine.dialect.do_commit(connection.connection)
            raise OperationalError("COMMIT", None, ConnectionError("no reply"))

    with listening(engine, "commit", committing):
        yield


@contextmanager
def listening(engine: Engine, name: str, listener: Any) -> Iterator[None]:
    event.listen(engine, name, listener)
    try:
        yield
    finally:
        event.remove(engine, name, listener)
