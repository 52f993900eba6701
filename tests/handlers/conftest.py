"""A world for each test, on SQLite unless the test asks for PostgreSQL too.

@pytest.mark.parametrize("database", BOTH, indirect=True) runs a test on either.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.schema import metadata
from tests import postgresql
from tests.handlers.world import World, world_on


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database with all tables and no rows."""
    if getattr(request, "param", "sqlite") == "sqlite":
        file = tmp_path / "choir.db"
        shutil.copyfile(request.getfixturevalue("made_sqlite"), file)
        return f"sqlite:///{file}"
    folder = request.getfixturevalue("made_postgresql")
    postgresql.administer(folder, f"TRUNCATE {', '.join(metadata.tables)}", database="choir")
    return postgresql.url(folder, "choir")


@pytest.fixture
def world(database: str) -> Iterator[World]:
    with world_on(database) as world:
        yield world
