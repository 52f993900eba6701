"""A world for each test, on SQLite unless the test asks for PostgreSQL too.

@pytest.mark.parametrize("database", BOTH, indirect=True) runs a test on either.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.handlers.world import World, world_on


@pytest.fixture(scope="session")
def settled(tmp_path_factory: pytest.TempPathFactory, made_sqlite: Path) -> Path:
    """A SQLite file in which everybody is set up; tests get copies."""
    file = tmp_path_factory.mktemp("settled") / "choir.db"
    shutil.copyfile(made_sqlite, file)
    with world_on(f"sqlite:///{file}"):
        pass
    return file


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database: a settled SQLite file, or an empty PostgreSQL."""
    if getattr(request, "param", "sqlite") == "sqlite":
        file = tmp_path / "choir.db"
        shutil.copyfile(request.getfixturevalue("settled"), file)
        return f"sqlite:///{file}"
    emptied: Callable[[], str] = request.getfixturevalue("emptied_postgresql")
    return emptied()


@pytest.fixture(scope="session")
def stagehands() -> Iterator[ThreadPoolExecutor]:
    """Clear a stage away while the next test is on."""
    with ThreadPoolExecutor(2, "stagehand") as hands:
        yield hands


@pytest.fixture
def world(database: str, stagehands: ThreadPoolExecutor) -> Iterator[World]:
    with world_on(database, settled=database.startswith("sqlite"), leave=stagehands.submit) as world:
        yield world
