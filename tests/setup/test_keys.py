"""`choir keys`: a new master key while the bot runs, kills included, and the way on when one is lost."""

from __future__ import annotations

import base64
import re
import secrets
from collections.abc import Callable, Collection, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, event, select

from bot.config import Settings, gather, read_settings
from bot.domain.members import Person
from bot.sandbox import Sandbox
from bot.setup import keys as command
from bot.setup.init import new_key
from storage import answers, backup, members, person_keys, raises, workspaces
from storage.crypto import Keys, Unreadable
from storage.database import Store
from storage.key_uses import KeyUses, NoRecord
from storage.restore import Restoration, put_back
from storage.schema import person_keys as keys_table
from storage.workspaces import WrongKeys
from tests.marks import new_mark
from tests.setup.conftest import ROOT, Ran
from tests.setup.test_doctor import findings, made
from tests.setup.test_run import running
from tests.storage.at_once import at_once
from tests.storage.test_backup import unheard

Choir = Callable[..., Ran]
GIVEN = {"qC1": 4}
PEOPLE = [f"U0P{number}" for number in range(450)]
"""Three batches."""
ENV = """\
SLACK_BOT_TOKEN=xoxb-of-nobody-at-all
SLACK_APP_TOKEN=xapp-of-nobody-at-all
CHOIR_MASTER_KEY={master}
CHOIR_REF_KEY={reference}
DATABASE_URL={url}
"""


def text_of(key: bytes) -> str:
    return base64.urlsafe_b64encode(key).decode().rstrip("=")


def yes(_question: str) -> bool:
    return True


@pytest.fixture
def old(keys: Keys) -> Keys:
    return keys


@pytest.fixture
def both(keys: Keys) -> Keys:
    """As every machine has them after the first step."""
    return Keys(master=secrets.token_bytes(32), reference=keys.reference, old=keys.master)


@pytest.fixture
def new(both: Keys) -> Keys:
    return replace(both, old=None)


@pytest.fixture
def staffed(database: str, old: Keys) -> str:
    """The URL of a database in which many people have a key; the first of them answered."""
    with closing(Store(database, old)) as store, store.begin("T1") as tx:
        workspaces.enter(tx, "US")
        check = old.check("T1")
        refs = [tx.ref(user_id) for user_id in PEOPLE]
        tx.add_all(keys_table, [{"ref": ref, "wrapped": old.new_data_key("T1", ref, check)} for ref in refs])
        answers.save(tx, refs[0], 3, GIVEN)
    return database


@pytest.fixture
def file(tmp_path: Path, staffed: str, old: Keys) -> Path:
    """The settings of that installation."""
    file = tmp_path / ".env"
    file.write_text(ENV.format(master=text_of(old.master), reference=text_of(old.reference), url=staffed))
    return file


def settings(file: Path) -> Settings:
    return read_settings(gather({}, file))


def rotate(url: str, file: Path, both: Keys) -> str:
    ready = replace(settings(file), database_url=url, master_key=both.master, old_master_key=both.old)
    return command.rotate(ready, file, unheard, yes)


def can_read(url: str, keys: Keys, answered: Collection[str] = PEOPLE[:1]) -> bool:
    """Whether all keys there open, and with them what these people answered."""
    with closing(Store(url, keys)) as store, store.read("T1") as tx:
        try:
            for ref, wrapped in tx.execute(select(keys_table.c.ref, keys_table.c.wrapped)):
                keys.unwrap("T1", ref, wrapped)
            return all(answers.own(tx, tx.ref(user_id), 3) == GIVEN for user_id in answered)
        except Unreadable:
            return False


# ---- the first step


def test_the_first_step_writes_a_new_key_beside_the_old_one_and_changes_nothing_else(
    file: Path, staffed: str, old: Keys
) -> None:
    said = command.rotate(settings(file), file, unheard, yes)
    ready = settings(file)
    assert ready.old_master_key == old.master
    assert ready.master_key not in (old.master, old.reference)
    assert "Restart every `choir run`" in said
    assert text_of(ready.master_key) not in said
    assert file.stat().st_mode & 0o777 == 0o600
    assert can_read(staffed, old)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_key_that_stands_elsewhere_is_not_written_anywhere(file: Path, staffed: str) -> None:
    before, kept = settings(file), file.read_text()
    file.write_text(re.sub("(?m)^CHOIR_MASTER_KEY=.*$", f"CHOIR_MASTER_KEY={new_key()}", kept))
    elsewhere = file.read_text()
    assert "nothing was written" in command.rotate(before, file, unheard, yes)
    assert file.read_text() == elsewhere


# ---- the second step


def test_everybody_s_key_is_wrapped_anew_and_the_old_one_may_go(
    file: Path, staffed: str, old: Keys, both: Keys, new: Keys
) -> None:
    said = rotate(staffed, file, both)
    assert (can_read(staffed, new), can_read(staffed, both), can_read(staffed, old)) == (True, True, False)
    assert "CHOIR_MASTER_KEY_OLD may be removed" in said
    with closing(Store(staffed, old)) as store, pytest.raises(WrongKeys):
        workspaces.check_keys(store)
    assert rotate(staffed, file, both) == said, "and again does nothing"


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_who_says_no_changes_nothing(file: Path, staffed: str, old: Keys, both: Keys) -> None:
    """On SQLite nobody is asked while no bot runs."""
    ready = replace(settings(file), database_url=staffed, master_key=both.master, old_master_key=both.old)
    assert command.rotate(ready, file, unheard, lambda _question: False) == command.UNCHANGED
    assert can_read(staffed, old)


@pytest.mark.parametrize(
    ("database", "commits"),
    [*(("sqlite", commits) for commits in range(5)), ("postgresql", 1), ("postgresql", 3)],
    indirect=["database"],
)
def test_killed_after_any_batch_everybody_is_readable_and_it_goes_on(
    file: Path, staffed: str, both: Keys, new: Keys, commits: int
) -> None:
    with killed_after(commits):
        rotate(staffed, file, both)
    assert can_read(staffed, both)
    with closing(Store(staffed, both)) as store, store.read("T1") as tx:
        assert (person_keys.count_old(tx) == 0) == (commits == 4)
    rotate(staffed, file, both)
    assert can_read(staffed, new)


@contextmanager
def killed_after(commits: int) -> Iterator[None]:
    """The program ends as it is about to commit once more."""
    left = iter(range(commits))

    def count(connection: Connection) -> None:
        if not connection.get_execution_options().get("choir_reads") and next(left, None) is None:
            raise KeyboardInterrupt

    event.listen(Engine, "commit", count)
    try:
        with pytest.raises(KeyboardInterrupt):
            yield
    finally:
        event.remove(Engine, "commit", count)


def test_people_who_answer_come_and_go_meanwhile_on_other_machines(
    file: Path, staffed: str, both: Keys, new: Keys
) -> None:
    newcomers = [f"U0N{number}" for number in range(30)]

    def live() -> None:
        with closing(Store(staffed, both)) as store:
            for come, go in zip(newcomers, PEOPLE[1:], strict=False):
                with store.begin("T1") as tx:
                    answers.save(tx, tx.ref(come), 3, GIVEN)
                with store.begin("T1") as tx:
                    person_keys.erase(tx, tx.ref(go))
                    answers.erase(tx, tx.ref(go))

    at_once(live, lambda: rotate(staffed, file, both), live)
    assert can_read(staffed, new, [*newcomers, PEOPLE[0]])
    with closing(Store(staffed, new)) as store, store.read("T1") as tx:
        assert person_keys.count(tx) == len(PEOPLE)


def test_a_machine_that_lacks_the_new_key_makes_nobody_a_key_and_draws_nothing(
    file: Path, staffed: str, old: Keys, both: Keys
) -> None:
    rotate(staffed, file, both)
    with closing(Store(staffed, old)) as store, store.begin("T1") as tx:
        with pytest.raises(Unreadable):
            answers.save(tx, tx.ref("U0NEW"), 3, GIVEN)
        assert not workspaces.has_these_keys(tx)


def test_an_older_backup_opens_with_the_new_key_and_the_newest_file_of_keys(
    own_database: str, old: Keys, both: Keys, new: Keys, tmp_path: Path
) -> None:
    with closing(Store(own_database, old)) as store, store.begin("T1") as tx:
        workspaces.enter(tx, "US")
        answers.save(tx, tx.ref("U0P0"), 3, GIVEN)
    what = Restoration(
        url=own_database,
        file=tmp_path / f"old{backup.suffix(own_database)}",
        kept=tmp_path / "kept",
        ledger_mark=new_mark(),
        keys=new,
        now=datetime.now(UTC),
    )
    backup.save(own_database, what.file, unheard)
    with closing(Store(own_database, both)) as store, store.begin("T1") as tx:
        workspaces.use_master_key(tx)
        person_keys.wrap_anew(tx, "", 9)
    with pytest.raises(WrongKeys):
        put_back(what, unheard, lambda: True)
    backup.save(own_database, what.file.with_stem("newer"), unheard)
    assert put_back(what, unheard, lambda: True)
    assert can_read(own_database, new, ["U0P0"])
    with closing(Store(own_database, new)) as store:
        workspaces.check_keys(store)


# ---- a lost one


@pytest.fixture
def without(file: Path) -> Path:
    """The settings of that installation, without the master key."""
    file.write_text(re.sub("(?m)^CHOIR_MASTER_KEY=.*\n", "", file.read_text()))
    return file


def test_a_lost_master_key_costs_every_answer_and_nothing_else(
    without: Path, staffed: str, old: Keys
) -> None:
    with closing(Store(staffed, old)) as store, store.begin("T1") as tx:
        raises.save(tx, tx.ref("U0P0"), 0, ["hours"])
        members.put(tx, "U0P0", Person(ref=tx.ref("U0P0"), tz="America/Chicago"))
    shown: list[str] = []

    def typed(facts: str, phrase: str) -> bool:
        shown.extend((facts, phrase))
        return True

    assert command.lost(gather({}, without), without, typed, unheard) == command.GOES_ON
    assert shown == [command.LOST, "erase all answers"]
    ready = settings(without)
    keys = Keys(master=ready.master_key, reference=ready.ref_key)
    with closing(Store(staffed, keys)) as store:
        workspaces.check_keys(store)
        with store.begin("T1") as tx:
            assert members.user_id(tx, tx.ref("U0P0")) == "U0P0"
            assert (answers.list_people(tx), person_keys.count(tx)) == (frozenset(), 0)
            assert raises.list_own(tx, tx.ref("U0P0")) == {}
            answers.save(tx, tx.ref("U0P0"), 4, GIVEN)
            assert answers.own(tx, tx.ref("U0P0"), 4) == GIVEN


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_until_it_is_typed_nothing_changes(without: Path, staffed: str, old: Keys) -> None:
    before = without.read_text()
    assert command.lost(gather({}, without), without, lambda *_: False, unheard) == command.UNCHANGED
    assert (without.read_text(), can_read(staffed, old)) == (before, True)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_killed_on_the_way_it_goes_on(without: Path, staffed: str) -> None:
    with killed_after(0):
        command.lost(gather({}, without), without, lambda *_: True, unheard)
    assert command.lost(gather({}, without), without, lambda *_: True, unheard) == command.GOES_ON
    assert command.lost(gather({}, without), without, lambda *_: True, unheard) == command.FITS


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_without_the_reference_key_there_is_no_way_on_and_it_says_so(
    file: Path, staffed: str, old: Keys
) -> None:
    file.write_text(re.sub("(?m)^CHOIR_REF_KEY=.*$", f"CHOIR_REF_KEY={new_key()}", file.read_text()))
    assert command.lost(gather({}, file), file, lambda *_: True, unheard) == command.REFERENCE_LOST
    assert can_read(staffed, old)


# ---- as an operator types it


def test_with_another_key_it_does_not_start_and_writes_nothing(
    choir: Choir, keyed: dict[str, str], slack: Sandbox, tmp_path: Path
) -> None:
    made(keyed, tmp_path, slack.team_id).close()
    database = tmp_path / "data/choir.db"
    before = database.read_bytes()
    other = {**keyed, "CHOIR_MASTER_KEY": new_key()}
    ended, looked = choir("run", environ=other), choir("doctor", environ=other)
    words = ended.stderr.splitlines()[-1]
    assert words == (
        "CHOIR_MASTER_KEY is not the one this database was made with: put that one in .env. If it is lost, "
        "`choir keys lost` says what that costs."
    )
    assert findings(looked)["keys"] == ("WRONG", words)
    assert database.read_bytes() == before
    assert not Path(keyed["LEDGER_MARK"]).exists()


def test_the_whole_way_beside_a_running_bot(
    choir: Choir, keyed: dict[str, str], slack: Sandbox, tmp_path: Path
) -> None:
    made(keyed, tmp_path, slack.team_id).close()
    file = tmp_path / ".env"
    file.write_text("".join(f"{name}={value}\n" for name, value in keyed.items()))
    assert choir("keys", "rotate", environ={}).returncode == 0
    given = gather({}, file)
    with running(given, tmp_path, slack):
        ended = choir("keys", "rotate", environ=given, typed="y\n")
        done = findings(choir("doctor", environ=given))["keys"]
    assert "Were all of them restarted?" in ended.stdout
    assert done == ("note", command.MAY_GO)
    told = choir("keys", "log", environ={}).stdout
    assert [line.split()[3] for line in told.splitlines()] == ["keys.rotate", "run", "keys.rotate"]


def test_each_use_of_the_keys_is_on_record_and_a_changed_record_shows(tmp_path: Path) -> None:
    mark, now = tmp_path / "ledger-mark", datetime(2026, 12, 1, 9, tzinfo=UTC)
    assert command.uses(mark) == (command.NO_USE, True)
    record = KeyUses.beside(mark)
    for name in ("run", "admin.list", "run"):
        record.add(now, name, "ops")
    words, is_whole = command.uses(mark)
    assert words.splitlines()[1] == "  2026-12-01 09:00:00 UTC  admin.list         ops"
    assert is_whole
    assert record.file.stat().st_mode & 0o777 == 0o600
    first, _, third = record.file.read_text().splitlines()
    record.file.write_text(f"{first}\n{third}\n")
    words, is_whole = command.uses(mark)
    assert [line[0] for line in words.splitlines()] == [" ", "!", "T"]
    assert not is_whole
    record.file.write_text("nothing to see here")
    with pytest.raises(NoRecord, match="changed by hand"):
        command.uses(mark)


def test_where_a_use_cannot_be_put_on_record_the_keys_are_not_used(
    choir: Choir, keyed: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    ended = choir("db", "upgrade", environ={**keyed, "LEDGER_MARK": f"{tmp_path}/file/ledger-mark"})
    assert ended.returncode == 1
    assert "cannot be put on record" in ended.stderr
    assert not (tmp_path / "data").exists()


def test_no_command_of_an_operator_can_read_an_answer() -> None:
    """Answers are opened by whoever gave them, and while an update is made; here they may be erased."""
    reading = re.compile(
        r"answers\.(own|list_own|weights)|raises\.(own|list_own|chosen)|open_(answers|phrases)"
    )
    found = [
        file.name
        for file in [*(ROOT / "bot/setup").glob("*.py"), ROOT / "bot/cli.py", ROOT / "bot/web.py"]
        if reading.search(file.read_text(encoding="utf-8"))
    ]
    assert found == []
    assert reading.search((ROOT / "schedules/digests.py").read_text(encoding="utf-8"))
