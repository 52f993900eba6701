"""Migrations on both databases: from nothing, twice, over rows, at once, and equal to the model."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, inspect, select, text

import storage
from storage.crypto import Keys
from storage.database import Store
from storage.schema import metadata
from tests.storage.rows import put_row, row_for

MIGRATE = """
import sys
from storage.crypto import Keys
from storage.database import Store
Store(sys.argv[1], Keys(master=bytes(32), reference=bytes(32))).migrate()
"""


def config(connection: Connection) -> Config:
    found = Config()
    found.set_main_option("script_location", str(Path(storage.__file__).parent / "migrations"))
    found.attributes["connection"] = connection
    return found


def revisions() -> list[str]:
    """Every revision there is, the first one first."""
    found = Config()
    found.set_main_option("script_location", str(Path(storage.__file__).parent / "migrations"))
    return [script.revision for script in ScriptDirectory.from_config(found).walk_revisions()][::-1]


def tables(connection: Connection) -> MetaData:
    """What stands in the database, without Alembic's own table."""
    found = MetaData()
    found.reflect(connection, only=lambda name, _: name != "alembic_version")
    return found


@pytest.fixture
def empty(empty_database: str, keys: Keys) -> Iterator[Store]:
    with closing(Store(empty_database, keys)) as store:
        yield store


def test_a_database_without_tables_is_brought_up_to_date(empty: Store) -> None:
    assert not empty.is_migrated()
    empty.migrate()
    assert empty.is_migrated()
    with empty.engine.connect() as connection:
        assert set(tables(connection).tables) == set(metadata.tables)


def test_the_folder_of_a_new_sqlite_file_is_made(tmp_path: Path, keys: Keys) -> None:
    with closing(Store(f"sqlite:///{tmp_path / 'a' / 'b' / 'choir.db'}", keys)) as store:
        store.migrate()
        assert store.is_migrated()


def test_the_migrations_make_exactly_the_tables_of_the_model(empty: Store) -> None:
    empty.migrate()
    with empty.engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []


def test_the_migrations_make_the_primary_keys_of_the_model(empty: Store) -> None:
    """Alembic does not compare these."""
    empty.migrate()
    with empty.engine.connect() as connection:
        made = {name: inspect(connection).get_pk_constraint(name) for name in metadata.tables}
    for name, table in metadata.tables.items():
        assert made[name]["constrained_columns"] == table.primary_key.columns.keys()
        assert made[name]["name"] == f"pk_{name}"


def test_migrating_again_changes_nothing(empty: Store) -> None:
    empty.migrate()
    with empty.engine.begin() as connection:
        for table in metadata.sorted_tables:
            put_row(connection, table)
    empty.migrate()
    with empty.engine.connect() as connection:
        for table in metadata.sorted_tables:
            assert [row._asdict() for row in connection.execute(select(table))] == [row_for(table)]


def test_every_migration_runs_over_rows_and_loses_none(empty: Store) -> None:
    """After each revision a row comes into every table that is there; all stand to the last."""
    put: dict[str, int] = {}
    for number, revision in enumerate(revisions()):
        with empty.engine.begin() as connection:
            command.upgrade(config(connection), revision)
            for table in tables(connection).sorted_tables:
                put_row(connection, table, workspace=f"T{number}")
                put[table.name] = put.get(table.name, 0) + 1
    assert empty.is_migrated()
    with empty.engine.connect() as connection:
        kept = {name: len(connection.execute(select(table)).all()) for name, table in metadata.tables.items()}
    assert kept == put


def test_going_back_to_nothing_leaves_no_table(empty: Store) -> None:
    empty.migrate()
    with empty.engine.begin() as connection:
        for table in metadata.sorted_tables:
            put_row(connection, table)
        command.downgrade(config(connection), "base")
    with empty.engine.connect() as connection:
        assert tables(connection).tables == {}
    assert not empty.is_migrated()


def test_a_database_of_another_version_is_noticed(empty: Store) -> None:
    empty.migrate()
    with empty.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    assert not empty.is_migrated()


@pytest.mark.parametrize("empty_database", ["postgresql"], indirect=True)
def test_machines_that_start_at_once_do_not_get_in_each_other_s_way(empty: Store) -> None:
    starting = [subprocess.Popen([sys.executable, "-c", MIGRATE, empty.url]) for _ in range(2)]
    assert [process.wait(timeout=60) for process in starting] == [0, 0]
    assert empty.is_migrated()
