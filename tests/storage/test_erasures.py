"""Deleting also holds in backups made before it, whenever the power goes out (privacy §7)."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType

import pytest

from bot.domain.members import Person
from storage import answers, backup, erasure_mark, erasures, keys_file, members, mydata, restore, workspaces
from storage.crypto import Keys, Unreadable
from storage.database import Store
from storage.erasure_mark import ErasureMark
from storage.keys_file import KeysFile
from storage.ledger_mark import NoMark
from storage.outside import NoCopy
from storage.restore import HalfRestored, Restoration, put_back
from tests.marks import new_mark
from tests.storage.test_backup import unheard

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
ANA, BEN = "U0ANA", "U0BEN"
GIVEN = {"qC1": 4, "qI10": 2}
on_sqlite = pytest.mark.parametrize("own_database", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("own_database", ["postgresql"], indirect=True)


@pytest.fixture
def what(own_database: str, keys: Keys, tmp_path: Path) -> Restoration:
    """Ana and Ben answered in week 3; there is a backup of that day. The bot is off."""
    mark = new_mark()
    with closing(Store(own_database, keys)) as store, store.begin("T1") as tx:
        workspaces.enter(tx, "US")
        for user_id in (ANA, BEN):
            members.put(tx, user_id, Person(ref=tx.ref(user_id), tz="America/Chicago"))
            members.choose(tx, tx.ref(user_id), language="es")
            answers.save(tx, tx.ref(user_id), 3, GIVEN)
    (tmp_path / "kept").mkdir()
    file = tmp_path / f"kept/old{backup.suffix(own_database)}"
    backup.save(own_database, file, unheard)
    return Restoration(
        url=own_database,
        file=file,
        kept=tmp_path / f"replaced{file.suffix}",
        ledger_mark=mark,
        keys=keys,
        now=NOW,
    )


def opened(what: Restoration) -> Iterator[Store]:
    with closing(Store(what.url, what.keys)) as store:
        yield store


def delete(what: Restoration, user_id: str, at: datetime = NOW, *, noted: bool = True) -> None:
    """As in My data. Not noted: the power went out between the commit and the file outside."""
    for store in opened(what):
        with store.begin("T1") as tx:
            mydata.erase(tx, tx.ref(user_id), at)
        if noted:
            what.erasure_mark.add({"T1": {store.keys.ref("T1", user_id): at}}, at - erasures.KEPT)


def answer(what: Restoration, user_id: str, week: int) -> None:
    for store in opened(what):
        with store.begin("T1") as tx:
            answers.save(tx, tx.ref(user_id), week, GIVEN)


def given(what: Restoration, user_id: str) -> dict[int, dict[str, int] | None]:
    for store in opened(what):
        with store.read("T1") as tx:
            return answers.list_own(tx, tx.ref(user_id))
    raise AssertionError


def language(what: Restoration, user_id: str) -> str | None:
    for store in opened(what):
        with store.read("T1") as tx:
            return members.choices(tx, tx.ref(user_id)).language
    raise AssertionError


@pytest.mark.parametrize("noted", [True, False])
def test_who_deleted_their_data_stays_deleted_when_an_older_backup_is_put_back(
    what: Restoration, noted: bool
) -> None:
    delete(what, ANA, noted=noted)
    assert put_back(what, unheard, lambda: True)
    assert (given(what, ANA), language(what, ANA)) == ({}, None)
    assert (given(what, BEN), language(what, BEN)) == ({3: GIVEN}, "es")
    for store in opened(what):
        with store.read("T1") as tx:
            assert erasures.erased_at(tx, tx.ref(ANA)) == NOW


@on_sqlite
def test_a_machine_brought_back_from_a_snapshot_deletes_again_as_it_starts(what: Restoration) -> None:
    database = Path(what.url.removeprefix("sqlite:///"))
    before = database.with_name("snapshot.db")
    shutil.copyfile(database, before)
    delete(what, ANA)
    shutil.copyfile(before, database)
    assert given(what, ANA) == {3: GIVEN}
    for store in opened(what):
        erasure_mark.carry_out(what.erasure_mark, store, NOW)
    assert (given(what, ANA), given(what, BEN)) == ({}, {3: GIVEN})


def test_a_start_notes_what_could_not_be_noted_and_deletes_nothing_twice(what: Restoration) -> None:
    delete(what, ANA, noted=False)
    answer(what, ANA, 4)
    for _ in range(2):
        for store in opened(what):
            erasure_mark.carry_out(what.erasure_mark, store, NOW)
    assert given(what, ANA) == {4: GIVEN}
    assert what.erasure_mark.read() == {"T1": {what.keys.ref("T1", ANA): NOW}}


@on_sqlite
def test_of_somebody_who_came_back_only_what_came_before_is_deleted_again(
    what: Restoration, tmp_path: Path
) -> None:
    delete(what, ANA)
    answer(what, ANA, 4)
    newer = tmp_path / "kept/newer.db"
    backup.save(what.url, newer, unheard)
    assert put_back(replace(what, file=newer), unheard, lambda: True)
    assert given(what, ANA) == {4: GIVEN}
    assert put_back(replace(what, kept=tmp_path / "again.db"), unheard, lambda: True)
    assert given(what, ANA) == {}


@on_sqlite
def test_who_deleted_twice_stays_deleted_in_a_backup_from_between(what: Restoration, tmp_path: Path) -> None:
    delete(what, ANA)
    answer(what, ANA, 4)
    between = tmp_path / "kept/between.db"
    backup.save(what.url, between, unheard)
    delete(what, ANA, NOW + timedelta(days=1))
    assert put_back(replace(what, file=between), unheard, lambda: True)
    assert given(what, ANA) == {}


def test_after_a_week_no_file_opens_what_was_deleted_though_nobody_noted_it(
    what: Restoration, tmp_path: Path
) -> None:
    """Old backups may lie around for years: the newest file of keys does not open them for her."""
    delete(what, ANA, noted=False)
    keys_file.beside(what.file).unlink()
    backup.save(what.url, tmp_path / f"kept/new{what.file.suffix}", unheard)
    elsewhere = replace(what, ledger_mark=new_mark())
    for store in opened(what):  # nothing here knows of the deletion any more
        with store.begin("T1") as tx:
            erasures.forget_before(tx, NOW + timedelta(days=1))
    assert put_back(elsewhere, unheard, lambda: True)
    assert (given(what, ANA), given(what, BEN)) == ({}, {3: GIVEN})


@on_sqlite
def test_a_backup_opens_with_no_key_but_one_from_a_file_of_keys(what: Restoration) -> None:
    with closing(Store(f"sqlite:///{what.file}", what.keys)) as store, store.read("T1") as tx:
        with pytest.raises(Unreadable):
            answers.own(tx, tx.ref(BEN), 3)
        assert tx.ref(BEN) in answers.list_people(tx), "which is there, sealed"


def test_without_a_file_of_keys_it_is_refused_or_what_was_answered_is_given_up(what: Restoration) -> None:
    keys_file.beside(what.file).unlink()
    with pytest.raises(NoCopy, match=r"no file with people's keys .* that CHOIR_MASTER_KEY opens"):
        put_back(what, unheard, lambda: True)
    assert given(what, BEN) == {3: GIVEN}
    assert put_back(replace(what, without_keys=True), unheard, lambda: True)
    assert (given(what, BEN), language(what, BEN)) == ({}, "es"), "and nobody counts as having taken part"


@on_sqlite
@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda file: file.write_text("keys to the office"), "holds no keys of people"),
        (lambda file: file.write_text(file.read_text()[:-9]), "holds no keys of people, or is damaged"),
        (lambda file: file.write_text('{"format": "choir-keys-2"}'), "another version"),
        (lambda file: keys_file.write(file, KeysFile(made_at=NOW, key_checks={}, wrapped={})), "not belong"),
        (lambda file: file.unlink(), "cannot be read: No such file"),
    ],
    ids=["no keys", "cut", "newer", "of others", "missing"],
)
def test_a_file_of_keys_that_is_not_good_is_refused(what: Restoration, spoil: object, said: str) -> None:
    named = keys_file.beside(what.file)
    spoil(named)  # type: ignore[operator]
    with pytest.raises(NoCopy, match=said):
        put_back(replace(what, keys_from=named), unheard, lambda: True)
    assert given(what, BEN) == {3: GIVEN}


@on_sqlite
def test_a_backup_of_an_older_version_has_its_keys_inside(what: Restoration, tmp_path: Path) -> None:
    whole = tmp_path / "whole.db"
    shutil.copyfile(what.url.removeprefix("sqlite:///"), whole)
    delete(what, ANA)
    assert put_back(replace(what, file=whole), unheard, lambda: True)
    assert (given(what, ANA), given(what, BEN)) == ({}, {3: GIVEN})


# ---- cut short


@contextmanager
def cut_short(moment: Callable[..., object]) -> Iterator[None]:
    """The program ends as that function is called: what is not committed never was."""

    def look(frame: FrameType, event: str, _about: object) -> None:
        if event == "call" and frame.f_code is moment.__code__:
            sys.setprofile(None)
            raise KeyboardInterrupt

    sys.setprofile(look)
    try:
        with pytest.raises(KeyboardInterrupt):
            yield
    finally:
        sys.setprofile(None)


STEPS = (backup.load_dump, restore._mark, answers.erase_without_key, mydata.erase)


@on_postgresql
@pytest.mark.parametrize("moment", STEPS, ids=lambda moment: moment.__qualname__)
def test_a_restore_that_was_cut_short_stops_the_start_until_it_is_repeated(
    what: Restoration, tmp_path: Path, moment: Callable[..., object]
) -> None:
    delete(what, ANA)
    with cut_short(moment):
        put_back(what, unheard, lambda: True)
    for store in opened(what):
        with pytest.raises(HalfRestored):
            restore.refuse_half(store)
    assert put_back(replace(what, kept=tmp_path / "again.dump"), unheard, lambda: True)
    for store in opened(what):
        restore.refuse_half(store)
    assert (given(what, ANA), given(what, BEN)) == ({}, {3: GIVEN})


@on_sqlite
@pytest.mark.parametrize("moment", STEPS[1:], ids=lambda moment: moment.__qualname__)
def test_until_all_is_done_the_database_stands_as_it_was(
    what: Restoration, moment: Callable[..., object]
) -> None:
    delete(what, ANA)
    answer(what, BEN, 4)
    with cut_short(moment):
        put_back(what, unheard, lambda: True)
    assert (given(what, ANA), given(what, BEN)) == ({}, {3: GIVEN, 4: GIVEN})


# ---- the file outside


def test_a_file_outside_that_is_damaged_stops_the_start(what: Restoration) -> None:
    what.erasure_mark.file.write_text('{"T1": "yest')
    for store in opened(what):
        with pytest.raises(NoMark, match="remembers who deleted their data, is damaged"):
            erasure_mark.carry_out(what.erasure_mark, store, NOW)


def test_it_holds_pseudonyms_and_instants_for_five_weeks_and_only_its_owner_reads_it(
    what: Restoration,
) -> None:
    mark = what.erasure_mark
    delete(what, ANA, NOW)
    assert mark.file.read_text() == f'{{"T1": {{"{what.keys.ref("T1", ANA)}": "2026-12-01T09:00:00+00:00"}}}}'
    assert mark.file.stat().st_mode & 0o777 == 0o600
    delete(what, BEN, NOW + timedelta(days=36))
    assert mark.read() == {"T1": {what.keys.ref("T1", BEN): NOW + timedelta(days=36)}}


@on_sqlite
def test_where_nobody_deleted_anything_there_is_no_file(what: Restoration) -> None:
    for store in opened(what):
        erasure_mark.carry_out(what.erasure_mark, store, NOW)
    assert not what.erasure_mark.file.exists()


@on_sqlite
def test_where_it_cannot_be_written_that_is_said(what: Restoration, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NoMark, match="cannot be written"):
        ErasureMark(file=tmp_path / "file/erased").add({"T1": {}, "T2": {what.keys.ref("T2", ANA): NOW}}, NOW)
