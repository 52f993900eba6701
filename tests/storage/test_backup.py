"""Copies of a SQLite database: whole, of one moment, for its owner alone, and none that is not good.

tests/setup/test_backup.py has both databases, through the command.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.domain.members import PersonRef
from storage import backup, keys_file
from storage.backup import PAGES_AT_ONCE, NoCopy
from storage.crypto import Keys
from storage.database import Store
from storage.schema import metadata
from tests.storage.full import fill
from tests.storage.rows import rows_of

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
PEOPLE = {"U0ANA": PersonRef("a" * 64), "U0BEN": PersonRef("b" * 64)}


def unheard(_done: int, _total: int) -> None:
    """Nobody looks how far it is."""


def file_of(store: Store) -> Path:
    return Path(store.url.removeprefix("sqlite:///"))


def everything(url: str, keys: Keys) -> dict[str, list[tuple[object, ...]]]:
    with closing(Store(url, keys)) as store, store.read("T1") as tx:
        return {name: rows_of(tx.connection, table, "T1") for name, table in metadata.tables.items()}


def make_long(store: Store) -> None:
    """More than a copy takes in one step."""
    pages = 2 * PAGES_AT_ONCE
    rows = ((f"{number:064}", os.urandom(4_000)) for number in range(pages))
    with closing(sqlite3.connect(file_of(store))) as connection, connection:
        connection.executemany("INSERT INTO person_keys VALUES ('T0LONG', ?, ?)", rows)


def test_a_copy_holds_every_row_of_every_table_but_people_s_keys(
    store: Store, keys: Keys, tmp_path: Path
) -> None:
    with store.begin("T1") as tx:
        fill(tx, PEOPLE)
    contents = backup.save(store.url, tmp_path / "copy.db", unheard)
    copied, present = everything(f"sqlite:///{tmp_path}/copy.db", keys), everything(store.url, keys)
    taken = keys_file.read(tmp_path / "copy.db.keys")
    assert [(workspace, ref, wrapped) for (workspace, ref), wrapped in taken.wrapped.items()] == present.pop(
        "person_keys"
    )
    assert copied.pop("person_keys") == []
    assert copied == present
    assert all(copied.values())
    assert taken.key_checks == contents.key_checks
    assert contents.key_checks == {"T1": keys.check("T1")}


def test_a_copy_is_two_files_that_their_owner_alone_reads(store: Store, tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    backup.save(store.url, tmp_path / "kept/copy.db", unheard)
    files = sorted((tmp_path / "kept").iterdir())
    assert [(file.name, file.stat().st_mode & 0o777) for file in files] == [
        ("copy.db", 0o600),
        ("copy.db.keys", 0o600),
    ]


def test_no_key_of_anybody_is_left_in_a_copy_of_many(store: Store, tmp_path: Path) -> None:
    """Pages of the file that held them are overwritten."""
    wrapped = {f"{number:064x}": os.urandom(60) for number in range(3_000)}
    with closing(sqlite3.connect(file_of(store))) as connection, connection:
        connection.executemany("INSERT INTO person_keys VALUES ('T1', ?, ?)", wrapped.items())
    backup.save(store.url, tmp_path / "copy.db", unheard)
    lying_there = (tmp_path / "copy.db").read_bytes()
    assert [ref for ref, key in wrapped.items() if key[12:44] in lying_there] == []
    assert len(keys_file.read(tmp_path / "copy.db.keys").wrapped) == len(wrapped)


def test_a_copy_is_of_one_moment_whatever_is_written_meanwhile(store: Store, tmp_path: Path) -> None:
    """And it does not begin anew with each write, or it would never end on a busy day."""
    make_long(store)
    told: list[int] = []

    def write_meanwhile(done: int, _total: int) -> None:
        told.append(done)
        with store.begin("T1") as tx:
            tx.connection.exec_driver_sql("INSERT INTO admins VALUES ('T1', ?)", (f"{len(told):064}",))

    backup.save(store.url, tmp_path / "copy.db", write_meanwhile)
    assert len(told) > 2
    assert told == sorted(told)
    with closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
        assert copy.execute("SELECT count(*) FROM admins").fetchone() == (0,)
    with store.read("T1") as tx:
        assert tx.connection.exec_driver_sql("SELECT count(*) FROM admins").scalar() == len(told)


@pytest.mark.parametrize("name", ["copy.db", "copy.db.keys"])
def test_nothing_is_written_over(store: Store, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("something else")
    with pytest.raises(NoCopy, match=f"{name} exists already"):
        backup.save(store.url, tmp_path / "copy.db", unheard)
    assert (tmp_path / name).read_text() == "something else"


def test_a_damaged_database_makes_no_backup(store: Store, tmp_path: Path) -> None:
    make_long(store)
    store.close()
    with file_of(store).open("r+b") as file:
        file.seek(4096 * PAGES_AT_ONCE)
        file.write(b"\xff" * 4096 * 30)
    (tmp_path / "kept").mkdir()
    with pytest.raises(NoCopy, match="damaged"):
        backup.save(store.url, tmp_path / "kept/copy.db", unheard)
    assert list((tmp_path / "kept").iterdir()) == []


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (None, "There is no database"),
        (b"no database at all" * 100, "is no SQLite database"),
        (b"", "holds no database of Choir"),
    ],
    ids=["missing", "another file", "empty"],
)
def test_what_is_no_database_of_choir_makes_no_backup(
    database: str, tmp_path: Path, made: bytes | None, said: str
) -> None:
    if made is not None:
        (tmp_path / "other.db").write_bytes(made)
    (tmp_path / "kept").mkdir()
    with pytest.raises(NoCopy, match=said):
        backup.save(f"sqlite:///{tmp_path}/other.db", tmp_path / "kept/copy.db", unheard)
    assert list((tmp_path / "kept").iterdir()) == []
