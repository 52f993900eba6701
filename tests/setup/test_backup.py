"""`choir db backup` and `choir db restore`, as an operator types them."""

import base64
import os
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.bench import postgresql
from bot.sandbox import Sandbox
from bot.setup.init import new_key
from storage import keys_file, workspaces
from storage.crypto import Keys
from storage.database import Store
from storage.keys_file import KeysFile
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
        r"^kept \(\d+\.\d MB\) is written and checked; .* kept\.keys has the people's keys and may be kept "
        r"for 7 days\. .*where CHOIR_MASTER_KEY is not\.$",
        ended.stdout,
    )
    assert [(tmp_path / name).stat().st_mode & 0o777 for name in ("kept", "kept.keys")] == [0o600, 0o600]
    assert [file.name for file in tmp_path.iterdir() if file.name.startswith(".")] == []


def test_without_a_name_it_makes_one_with_the_time_in_a_folder_of_its_own(
    choir: Choir, here: dict[str, str], tmp_path: Path
) -> None:
    assert choir("db", "backup", environ=here).returncode == 0
    file, keys = sorted((tmp_path / "backups").iterdir())
    assert re.fullmatch(r"choir-\d{8}T\d{6}Z\.(db|dump)", file.name)
    assert keys.name == f"{file.name}.keys"
    assert (tmp_path / "backups").stat().st_mode & 0o777 == 0o700


def test_it_finds_a_name_in_a_folder_that_is_there(
    choir: Choir, here: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "kept").mkdir()
    assert choir("db", "backup", "kept", environ=here).returncode == 0
    assert [file.name[:6] for file in (tmp_path / "kept").iterdir()] == ["choir-", "choir-"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_it_deletes_keys_of_people_that_are_older_than_a_week_and_nothing_else(
    choir: Choir, here: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "kept").mkdir()
    for days in (6, 8):
        made_at = datetime.now(UTC) - timedelta(days=days)
        keys_file.write(
            tmp_path / f"kept/{days}.db.keys", KeysFile(made_at=made_at, key_checks={}, wrapped={})
        )
    (tmp_path / "kept/mine.keys").write_text("keys to the office")
    (tmp_path / "kept/8.db").touch()
    assert choir("db", "backup", "kept/new.db", environ=here).returncode == 0
    left = {file.name for file in (tmp_path / "kept").iterdir()}
    assert left == {"6.db.keys", "8.db", "mine.keys", "new.db", "new.db.keys"}


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
    choir: Choir, keyed_here: dict[str, str], environ: dict[str, str], slack: Sandbox, tmp_path: Path
) -> None:
    with running({**keyed_here, **environ}, tmp_path, slack):
        ended = choir("db", "backup", "copy.db", environ=keyed_here)
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


# ---- the way back


@pytest.fixture
def keyed_here(here: dict[str, str], keys: Keys) -> dict[str, str]:
    """The same with everything that `choir run` needs. The bot is off."""
    return {
        **here,
        "SLACK_BOT_TOKEN": "xoxb-of-nobody-at-all",
        "SLACK_APP_TOKEN": "xapp-of-nobody-at-all",
        "CHOIR_MASTER_KEY": base64.urlsafe_b64encode(keys.master).decode(),
        "CHOIR_REF_KEY": base64.urlsafe_b64encode(keys.reference).decode(),
    }


@pytest.fixture
def grown(store: Store, choir: Choir, here: dict[str, str]) -> Store:
    """There is a backup of T1, and since then T2 came in."""
    assert choir("db", "backup", "old", environ=here).returncode == 0
    with store.begin("T2") as tx:
        workspaces.enter(tx, "MX")
    store.close()
    return store


@on_one
def test_it_says_what_follows_asks_and_names_the_way_back(
    choir: Choir, keyed_here: dict[str, str], grown: Store, tmp_path: Path
) -> None:
    ended = choir("db", "restore", "old", environ=keyed_here, typed="y\n")
    assert ended.returncode == 0, ended.stderr
    for said in (
        "is gone from Choir",
        "is kept as",
        "looked up in Slack before any is sent",
        "LEDGER_MARK cannot be read",
    ):
        assert said in ended.stdout
    assert workspaces.list_ids(grown) == ("T1",)
    grown.close()
    (undo,) = re.findall(r"To undo this: choir (db restore \S+)$", ended.stdout, re.M)
    assert choir(*undo.split(), "--yes", environ=keyed_here).returncode == 0
    assert workspaces.list_ids(grown) == ("T1", "T2")


@on_one
@pytest.mark.parametrize(("typed", "code"), [("n\n", 0), ("", 1)], ids=["no", "nobody there"])
def test_without_a_yes_nothing_changes(
    choir: Choir, keyed_here: dict[str, str], grown: Store, typed: str, code: int
) -> None:
    ended = choir("db", "restore", "old", environ=keyed_here, typed=typed)
    assert ended.returncode == code
    assert "is in place" not in ended.stdout
    assert workspaces.list_ids(grown) == ("T1", "T2")


@on_one
def test_other_keys_are_refused_before_anything_is_asked(
    choir: Choir, keyed_here: dict[str, str], grown: Store
) -> None:
    ended = choir("db", "restore", "old", environ={**keyed_here, "CHOIR_REF_KEY": new_key()})
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1] == (
        "The keys in .env are not those that old was made with: put those back first."
    )
    assert ended.stdout == ""
    assert workspaces.list_ids(grown) == ("T1", "T2")


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_while_others_are_connected_to_postgresql_it_is_refused(
    choir: Choir, keyed_here: dict[str, str], grown: Store
) -> None:
    ended = choir("db", "restore", "old", "--yes", environ=keyed_here)
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1].startswith("Others are connected to this database: stop every")
    assert workspaces.list_ids(grown) == ("T1", "T2")


@on_one
def test_the_use_of_the_keys_is_logged(choir: Choir, keyed_here: dict[str, str], grown: Store) -> None:
    ended = choir("db", "restore", "old", "--yes", environ=keyed_here)
    assert "keys in use command=db.restore" in ended.stderr
    grown.close()
