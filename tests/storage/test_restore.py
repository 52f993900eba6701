"""A backup takes the place of a SQLite database: checked before, and what stood there is kept.

tests/schedules/test_restore.py has what follows for people, tests/setup/test_backup.py the command.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import create_engine

from bot.domain.localtime import freeze_at
from bot.domain.members import PersonRef
from bot.domain.privacy import Guarantee
from storage import answers, backup, keys_file, privacy, workspaces
from storage.backup import NoCopy
from storage.crypto import Keys
from storage.database import Store, sole_process
from storage.restore import NEVER, Restoration, put_back
from storage.workspaces import Restored, WrongKeys
from tests.marks import new_mark
from tests.storage.full import ANSWERS, fill
from tests.storage.test_backup import unheard
from tests.storage.test_migrations import config, revisions

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
PEOPLE = {"U0ANA": PersonRef("a" * 64), "U0BEN": PersonRef("b" * 64)}
OLD, NEW = ("T1",), ("T1", "T2")
"""The workspaces of the backup, and of the database that it is to replace."""

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def what(store: Store, keys: Keys, tmp_path: Path) -> Restoration:
    """A backup of a full workspace; since then another one came in. Nobody has the database open."""
    with store.begin("T1") as tx:
        fill(tx, PEOPLE)
    (tmp_path / "kept").mkdir()
    backup.save(store.url, tmp_path / "backup.db", unheard)
    with store.begin("T2") as tx:
        workspaces.enter(tx, "MX")
    store.close()
    kept = tmp_path / "kept/replaced.db"
    mark = new_mark()
    mark.replace({"T1": freeze_at(date(2026, 11, 2), 0)})
    return Restoration(
        url=store.url, file=tmp_path / "backup.db", kept=kept, ledger_mark=mark, keys=keys, now=NOW
    )


def yes() -> bool:
    return True


def stands_at(what: Restoration) -> Path:
    return Path(what.url.removeprefix("sqlite:///"))


def knows(file: Path, keys: Keys) -> tuple[str, ...]:
    """The workspaces of a database."""
    with closing(Store(f"sqlite:///{file}", keys)) as store:
        return workspaces.list_ids(store)


def is_untouched(what: Restoration) -> bool:
    files = {file.name for file in what.file.parent.iterdir()}
    mine = {"backup.db", "backup.db.keys", "choir.db", "choir.db.lock", "kept"}
    return files <= mine and not list(what.kept.parent.iterdir()) and knows(stands_at(what), what.keys) == NEW


def change(file: Path, statement: str) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(statement)


def test_the_backup_is_in_place_and_what_was_there_is_kept(what: Restoration) -> None:
    assert put_back(what, unheard, yes)
    assert knows(stands_at(what), what.keys) == OLD
    assert knows(what.kept, what.keys) == NEW
    assert stands_at(what).stat().st_mode & 0o777 == 0o600
    assert what.file.is_file()


def test_what_was_kept_undoes_it(what: Restoration, tmp_path: Path) -> None:
    with closing(Store(what.url, what.keys)) as store, store.begin("T1") as tx:
        answers.save(tx, PEOPLE["U0BEN"], 3, ANSWERS)
    put_back(what, unheard, yes)
    assert people_with_keys(what.kept) == set()
    assert len(keys_file.read(keys_file.beside(what.kept)).wrapped) == 2
    assert put_back(replace(what, file=what.kept, kept=tmp_path / "again.db"), unheard, yes)
    assert knows(stands_at(what), what.keys) == NEW
    assert people_with_keys(stands_at(what)) == set(PEOPLE.values())


def people_with_keys(file: Path) -> set[str]:
    with closing(sqlite3.connect(file)) as connection:
        return {ref for (ref,) in connection.execute("SELECT ref FROM person_keys")}


def test_what_a_killed_restore_left_is_swept_away(what: Restoration) -> None:
    left = stands_at(what).with_name(".choir.db.0a1b2c3d.part")
    left.touch()
    assert put_back(what, unheard, yes)
    assert not left.exists()


def test_it_knows_when_it_was_put_back_and_until_when_the_backup_knew_everything(what: Restoration) -> None:
    change(what.file, "UPDATE outbox SET fate = 'sent', sent_ts = '1795014000.000017'")
    put_back(what, unheard, yes)
    with closing(Store(what.url, what.keys)) as store, store.read("T1") as tx:
        known_until = datetime(2026, 11, 18, 15, 0, 0, 17, tzinfo=UTC)
        assert workspaces.restored(tx) == Restored(at=NOW, known_until=known_until)


def test_a_backup_without_any_message_knows_nothing_of_what_went_out(what: Restoration) -> None:
    change(what.file, "UPDATE outbox SET fate = 'waiting', sent_ts = NULL")
    put_back(what, unheard, yes)
    with closing(Store(what.url, what.keys)) as store, store.read("T1") as tx:
        assert workspaces.restored(tx) == Restored(at=NOW, known_until=NEVER)
        fates = tx.connection.exec_driver_sql("SELECT DISTINCT fate, reason FROM outbox").all()
        assert [tuple(row) for row in fates] == [("unknown", "restored")]


def test_what_was_said_with_others_and_may_have_been_taken_back_since_is_not_counted(
    what: Restoration,
) -> None:
    put_back(what, unheard, yes)
    for file, rows in ((stands_at(what), 0), (what.kept, 1)):
        with closing(sqlite3.connect(file)) as connection:
            assert connection.execute("SELECT count(*) FROM raises").fetchone() == (rows,)


def test_whoever_does_not_agree_changes_nothing(what: Restoration) -> None:
    assert not put_back(what, unheard, lambda: False)
    assert is_untouched(what)


def test_it_is_asked_only_once_everything_is_checked(what: Restoration) -> None:
    asked: list[bool] = []
    others = replace(what, keys=Keys(master=bytes(32), reference=what.keys.reference))
    with pytest.raises(WrongKeys):
        put_back(others, unheard, lambda: bool(asked.append(True)))
    assert asked == []
    assert is_untouched(what)


def test_a_backup_of_a_newer_version_is_refused(what: Restoration) -> None:
    change(what.file, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(NoCopy, match="newer version of Choir: upgrade Choir first"):
        put_back(what, unheard, yes)
    assert is_untouched(what)


def test_the_ledger_s_mark_is_not_put_back(what: Restoration) -> None:
    before = what.ledger_mark.read()
    change(what.file, "UPDATE releases SET m = NULL, state = 'open'")
    assert put_back(what, unheard, yes)
    assert what.ledger_mark.read() == before


def test_numbers_that_were_made_stricter_since_the_backup_stay_so(what: Restoration) -> None:
    with closing(Store(what.url, what.keys)) as store, store.begin("T1") as tx:
        before = privacy.next_guarantee(tx)
        stricter = Guarantee(strong=True, roster_min=50)
        privacy.tighten(tx, stricter, NOW, NOW.date())
    put_back(what, unheard, yes)
    with closing(Store(what.url, what.keys)) as store, store.read("T1") as tx:
        assert before != stricter
        assert privacy.next_guarantee(tx) == stricter


@pytest.mark.parametrize(("kept", "said"), [(True, "older than the database"), (False, "is missing")])
def test_while_the_mark_does_not_know_the_updates_of_the_database_nothing_replaces_it(
    what: Restoration, kept: bool, said: str
) -> None:
    """With that database the last knowledge of them would go (privacy §3)."""
    what.ledger_mark.replace({})
    if not kept:
        what.ledger_mark.file.unlink()
    with pytest.raises(NoCopy, match=said):
        put_back(what, unheard, yes)
    assert is_untouched(what)


def test_a_backup_of_an_older_version_is_brought_up_to_date(what: Restoration, tmp_path: Path) -> None:
    older = tmp_path / "older.db"
    with create_engine(f"sqlite:///{older}").begin() as connection:
        command.upgrade(config(connection), revisions()[0])  # before updates were drawn
        check = what.keys.check("T0")
        connection.exec_driver_sql("INSERT INTO workspaces (workspace, key_check) VALUES ('T0', ?)", (check,))
    assert put_back(replace(what, file=older), unheard, yes)
    with closing(Store(what.url, what.keys)) as store:
        assert store.is_migrated()
        assert workspaces.list_ids(store) == ("T0",)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "There is no file"),
        (b"", "is no backup of Choir"),
        (b"SQLite format 3\0 and nonsense" * 100, "is no SQLite database|is damaged"),
        (b"PGDMP of another kind", "is of a PostgreSQL database, DATABASE_URL names SQLite"),
    ],
    ids=["missing", "empty", "nonsense", "of PostgreSQL"],
)
def test_what_is_no_whole_backup_is_refused(what: Restoration, content: bytes | None, said: str) -> None:
    what.file.unlink() if content is None else what.file.write_bytes(content)
    with pytest.raises(NoCopy, match=said):
        put_back(what, unheard, yes)
    assert is_untouched(what)


def test_the_database_is_no_backup_of_itself(what: Restoration) -> None:
    with pytest.raises(NoCopy, match="is the database itself"):
        put_back(replace(what, file=stands_at(what)), unheard, yes)
    assert is_untouched(what)


def test_while_the_program_runs_it_is_refused(what: Restoration) -> None:
    with sole_process(what.url), pytest.raises(NoCopy, match="stop it first"):
        put_back(what, unheard, yes)
    assert is_untouched(what)


def test_a_journal_that_a_crash_left_goes_with_its_own_database(what: Restoration, tmp_path: Path) -> None:
    """Read into the backup it would damage it; and what only it holds was committed."""
    with closing(Store(what.url, what.keys)) as store:
        with store.begin("T3") as tx:
            workspaces.enter(tx, "US")
        for end in ("", "-wal"):
            shutil.copyfile(f"{stands_at(what)}{end}", f"{tmp_path}/crashed.db{end}")
    crashed = replace(what, url=f"sqlite:///{tmp_path}/crashed.db")
    assert put_back(crashed, unheard, yes)
    assert not Path(f"{tmp_path}/crashed.db-wal").exists()
    assert knows(stands_at(crashed), what.keys) == OLD
    assert knows(what.kept, what.keys) == (*NEW, "T3")


def test_a_database_that_is_damaged_is_kept_as_it_is(what: Restoration) -> None:
    stands_at(what).write_bytes(b"SQLite format 3\0 and nonsense")
    assert put_back(what, unheard, yes)
    assert knows(stands_at(what), what.keys) == OLD
    assert what.kept.read_bytes() == b"SQLite format 3\0 and nonsense"


def test_where_no_database_was_the_backup_is_the_first(what: Restoration, tmp_path: Path) -> None:
    elsewhere = replace(what, url=f"sqlite:///{tmp_path}/new/folder/choir.db")
    assert put_back(elsewhere, unheard, yes)
    assert knows(tmp_path / "new/folder/choir.db", what.keys) == OLD
    assert not what.kept.exists()
