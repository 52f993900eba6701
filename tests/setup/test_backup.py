"""`choir db backup`, on both databases, as an operator types it."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.bench import postgresql
from bot.sandbox import Sandbox
from storage import workspaces
from storage.database import Store
from tests.setup.conftest import Ran
from tests.setup.test_run import running

Choir = Callable[..., Ran]


@pytest.fixture
def here(store: Store) -> dict[str, str]:
    """The database as it is after a first start, and PostgreSQL's own programs. No key is there."""
    with store.begin("T1") as tx:
        workspaces.enter(tx, "US")
    path = f"{postgresql.programs()}{os.pathsep}{os.environ['PATH']}"
    return {"DATABASE_URL": store.url.replace("+psycopg", ""), "PATH": path}


def test_it_writes_a_checked_copy_that_its_owner_alone_reads(
    choir: Choir, here: dict[str, str], tmp_path: Path
) -> None:
    ended = choir("db", "backup", "kept", environ=here)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert re.search(
        r"^kept \(\d+\.\d MB\) is written and checked; .*where the keys are not\.$", ended.stdout
    )
    assert (tmp_path / "kept").stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir() if file.name.startswith(".")] == []


def test_without_a_name_it_makes_one_with_the_time_in_a_folder_of_its_own(
    choir: Choir, here: dict[str, str], tmp_path: Path
) -> None:
    assert choir("db", "backup", environ=here).returncode == 0
    (file,) = (tmp_path / "backups").iterdir()
    assert re.fullmatch(r"choir-\d{8}T\d{6}Z\.(db|dump)", file.name)
    assert (tmp_path / "backups").stat().st_mode & 0o777 == 0o700


def test_it_finds_a_name_in_a_folder_that_is_there(
    choir: Choir, here: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "kept").mkdir()
    assert choir("db", "backup", "kept", environ=here).returncode == 0
    (file,) = (tmp_path / "kept").iterdir()
    assert file.name.startswith("choir-")


def test_it_writes_nothing_over(choir: Choir, here: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("something else")
    ended = choir("db", "backup", "kept", environ=here)
    assert (ended.returncode, ended.stderr) == (
        1,
        "kept exists already, and nothing is written over: name another file.\n",
    )
    assert (tmp_path / "kept").read_text() == "something else"


on_one = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@on_one
def test_a_folder_that_is_not_there_is_said(choir: Choir, here: dict[str, str]) -> None:
    ended = choir("db", "backup", "far/away/copy.db", environ=here)
    assert (ended.returncode, ended.stderr) == (
        1,
        "far/away/copy.db cannot be written: No such file or directory.\n",
    )


def test_it_works_beside_a_running_bot(
    choir: Choir, keyed: dict[str, str], here: dict[str, str], slack: Sandbox, tmp_path: Path
) -> None:
    with running({**keyed, **here}, tmp_path, slack):
        ended = choir("db", "backup", "copy.db", environ=here)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert (tmp_path / "copy.db").is_file()


def test_without_pg_dump_it_says_what_to_install(choir: Choir, tmp_path: Path) -> None:
    environ = {"DATABASE_URL": "postgresql://me:hunter2@127.0.0.1:9/choir", "PATH": str(tmp_path)}
    ended = choir("db", "backup", "kept", environ=environ)
    assert ended.returncode == 1
    assert ended.stderr.startswith("pg_dump is missing on this machine: install PostgreSQL's client programs")
    assert not (tmp_path / "kept").exists()


def test_what_pg_dump_says_is_told_without_what_follows_it(choir: Choir, tmp_path: Path) -> None:
    program(tmp_path, 'echo "pg_dump: error: it broke" >&2; echo "pg_dump: detail: planted" >&2; exit 1')
    environ = {
        "DATABASE_URL": "postgresql://me@127.0.0.1:9/choir",
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
    }
    ended = choir("db", "backup", "kept", environ=environ)
    assert (ended.returncode, ended.stderr) == (1, "pg_dump did not do it: it broke\n")
    assert not (tmp_path / "kept").exists()


def test_the_password_is_in_no_list_of_processes(choir: Choir, tmp_path: Path) -> None:
    program(tmp_path, 'printf "%s\\n" "$@" > words; printf "%s" "$PGPASSWORD" > password; exit 1')
    url = "postgresql://me:hunter2@example.org/choir?sslmode=require"
    choir("db", "backup", "kept", environ={"DATABASE_URL": url, "PATH": f"{tmp_path}:{os.environ['PATH']}"})
    words = (tmp_path / "words").read_text()
    assert "hunter2" not in words
    assert (tmp_path / "password").read_text() == "hunter2"
    assert {"host=example.org", "dbname=choir", "user=me", "sslmode=require"} <= set(
        re.findall(r"\w+=\S+", words)
    )


def program(folder: Path, script: str) -> None:
    """A pg_dump of our own."""
    (folder / "pg_dump").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "pg_dump").chmod(0o700)
