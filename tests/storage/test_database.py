from __future__ import annotations

import stat
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, text
from sqlalchemy.exc import IntegrityError

from bot.domain.checkins import Standing
from storage import rules, workspaces
from storage.crypto import Keys
from storage.database import InUse, Store, Tx, sole_process, sqlite_file
from storage.rules import RuleKind
from storage.schema import workspaces as workspaces_table
from tests.storage.at_once import at_once

NOW = datetime(2026, 11, 25, 15, tzinfo=UTC)
only_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
only_postgresql = pytest.mark.parametrize("database", ["postgresql"], indirect=True)

ANOTHER_PROCESS = """
import sys
from storage.database import InUse, sole_process
try:
    with sole_process(sys.argv[1]):
        print("running", flush=True)
        sys.stdin.read()
except InUse:
    print("refused")
"""


def start_another(url: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", ANOTHER_PROCESS, url]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def says(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


# Transactions


def test_everything_of_a_transaction_is_kept_or_nothing(entered: Store) -> None:
    def die_half_way() -> None:
        with entered.begin("T1") as tx:
            workspaces.set_roster_synced(tx, NOW)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        die_half_way()
    with entered.read("T1") as tx:
        assert workspaces.roster_synced_at(tx) is None


def test_who_reads_beside_a_writer_sees_what_was_before_and_waits_for_nobody(entered: Store) -> None:
    with entered.begin("T1") as writing:
        workspaces.set_roster_synced(writing, NOW)
        with entered.read("T1") as reading:
            assert workspaces.roster_synced_at(reading) is None
    with entered.read("T1") as reading:
        assert workspaces.roster_synced_at(reading) == NOW


@only_sqlite
def test_reading_before_writing_loses_nothing_on_sqlite(
    entered: Store, open_store: Callable[..., Store]
) -> None:
    ref, other = entered.keys.ref("T1", "U0ANA"), open_store()
    with entered.begin("T1") as tx:
        rules.begin(tx, ref, RuleKind.CHECKIN, NOW, None)

    def count_up(store: Store) -> None:
        for _ in range(25):
            with store.begin("T1") as tx:
                run = rules.standing(tx, ref).run
                rules.set_standing(tx, ref, Standing(run=run + 1))

    at_once(*(lambda store=store: count_up(store) for store in (entered, other, entered, other)))
    with entered.read("T1") as tx:
        assert rules.standing(tx, ref).run == 100


@only_sqlite
def test_writers_of_one_process_wait_their_turn_even_where_sqlite_itself_would_not_wait(
    entered: Store,
) -> None:
    event.listen(entered.engine, "begin", impatient, insert=True)

    def write() -> None:
        for _ in range(20):
            with entered.begin("T1") as tx:
                workspaces.set_roster_synced(tx, NOW)

    at_once(*[write] * 8)


def impatient(connection: Connection) -> None:
    connection.exec_driver_sql("PRAGMA busy_timeout=0")


def test_an_error_prints_nothing_of_what_was_to_be_stored(tx: Tx) -> None:
    row = {"workspace": "T1", "key_check": "x", "country": "US", "key_holder": "only Cedar knows"}
    with pytest.raises(IntegrityError) as caught, tx.connection.begin_nested():
        tx.execute(workspaces_table.insert().values(**row))
    assert "Cedar" not in str(caught.value)
    assert "workspaces" in str(caught.value)


def test_a_transaction_shows_no_keys(tx: Tx, keys: Keys) -> None:
    assert "Keys" not in repr(tx)
    assert repr(keys) == "Keys()"


def test_a_pseudonym_belongs_to_the_transaction_s_workspace(entered: Store) -> None:
    with entered.read("T1") as one, entered.read("T2") as other:
        assert one.ref("U0ANA") == entered.keys.ref("T1", "U0ANA") != other.ref("U0ANA")


def test_real_time_is_aware_and_goes_on_within_a_transaction(tx: Tx) -> None:
    first, second = tx.real_now(), tx.real_now()
    assert first.tzinfo is UTC
    assert first < second
    assert abs(first - datetime.now(UTC)) < timedelta(minutes=1)


@only_sqlite
@pytest.mark.parametrize("reads", [False, True])
@pytest.mark.parametrize(
    ("pragma", "expected"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("busy_timeout", 5000),
        ("foreign_keys", 1),
        ("secure_delete", 1),
    ],
)
def test_every_connection_to_sqlite_is_careful(
    store: Store, pragma: str, expected: object, reads: bool
) -> None:
    with store.read("T1") if reads else store.begin("T1") as tx:
        assert tx.execute(text(f"PRAGMA {pragma}")).scalar_one() == expected


# One process


@only_sqlite
def test_a_second_process_on_a_sqlite_file_is_refused_until_the_first_ends(database: str) -> None:
    with start_another(database) as first:
        assert says(first) == "running"
        with pytest.raises(InUse, match=r"choir\.db"), sole_process(database):
            pass
        with start_another(database) as second:
            assert says(second) == "refused"
        first.kill()
    with sole_process(database), start_another(database) as third:
        assert says(third) == "refused"


@only_sqlite
def test_the_lock_holds_back_the_program_and_not_its_commands(entered: Store, database: str) -> None:
    with sole_process(database), entered.begin("T1") as tx:
        workspaces.set_roster_synced(tx, NOW)


@only_postgresql
def test_on_postgresql_every_replica_runs(database: str) -> None:
    with sole_process(database), start_another(database) as another:
        assert says(another) == "running"
        another.kill()


# Where it lies


@pytest.mark.parametrize(
    ("url", "file"),
    [
        ("sqlite:///data/choir.db", Path("data/choir.db")),
        ("sqlite:////srv/choir.db", Path("/srv/choir.db")),
        ("sqlite://", None),
        ("sqlite:///:memory:", None),
        ("postgresql+psycopg://choir@db/choir", None),
    ],
)
def test_only_a_sqlite_database_lies_in_a_file(url: str, file: Path | None) -> None:
    assert sqlite_file(url) == file


def test_a_new_database_is_for_its_owner_s_eyes_only(tmp_path: Path) -> None:
    file = tmp_path / "data" / "choir.db"
    with sole_process(f"sqlite:///{file}"):
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
