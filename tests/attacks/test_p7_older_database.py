"""P7: a database that was brought back to an earlier day draws nothing that was drawn since."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from bot.audit.drawn import Drawn, watched
from bot.domain.localtime import freeze_at, period_starts_at
from schedules.digests import freeze
from storage import backup, ledger_mark
from storage.crypto import Keys
from storage.database import Store
from storage.digests import ReleaseState, group_id
from storage.ledger_mark import LedgerMark, NoMark
from storage.restore import Restoration, put_back
from tests.marks import new_mark_file
from tests.schedules.agency import BEGINS_AT, EPOCH, Agency, new_agency, people
from tests.storage.at_once import at_once
from tests.storage.test_backup import unheard

STAFF = {"a": people(8, "A"), "b": people(9, "B"), "c": people(8, "C")}
OPEN, SUPPRESSED, RELEASED, LOST = (
    ReleaseState.OPEN,
    ReleaseState.SUPPRESSED,
    ReleaseState.RELEASED,
    ReleaseState.LOST,
)


@pytest.fixture
def drawn() -> Iterator[list[Drawn]]:
    """Every draw of the test."""
    with watched([]) as drawn:
        yield drawn


@pytest.fixture
def staffed(own_database: str, keys: Keys) -> Iterator[Agency]:
    """Teams a and b, in which all answered in the first period, and c, in which too few did."""
    with closing(Store(own_database, keys)) as store:
        yield staff(new_agency(store))


def staff(agency: Agency) -> Agency:
    for team, who in STAFF.items():
        agency.team(team, who)
        agency.answer(0, dict.fromkeys(who[: 5 if team == "c" else 8], 4))
    return agency.at(BEGINS_AT)


def bring_back(agency: Agency, file: Path) -> None:
    """The bot is stopped, the backup put back, the bot started."""
    store = agency.setting.store
    store.close()
    what = Restoration(
        url=store.url,
        file=file,
        kept=file.with_name(f"kept-{file.name}"),
        ledger_mark=agency.setting.ledger_mark,
        keys=store.keys,
        now=agency.clock.now,
    )
    assert put_back(what, unheard, lambda: True)
    ledger_mark.check(agency.setting.ledger_mark, store)


def test_what_was_drawn_since_is_not_drawn_again_and_the_next_period_goes_on(
    staffed: Agency, drawn: list[Drawn], tmp_path: Path
) -> None:
    file = tmp_path / "before"
    backup.save(staffed.setting.store.url, file, unheard)
    staffed.at(freeze_at(EPOCH, 0))
    bring_back(staffed, file)
    assert set(staffed.states(0).values()) == {OPEN}
    staffed.answer(1, dict.fromkeys(STAFF["a"], 5))
    staffed.at(freeze_at(EPOCH, 0))
    assert staffed.states(0) == {("a",): LOST, ("b",): LOST, ("c",): SUPPRESSED}
    assert staffed.rows("contributors") == []
    assert len(staffed.rows("ledger")) == 16
    staffed.answer(4, dict.fromkeys((*STAFF["a"], *STAFF["b"]), 2))
    staffed.at(freeze_at(EPOCH, 1))
    assert staffed.states(1)[("a",)] is RELEASED
    assert Counter(drawn) == Counter((group_id([team]), period) for team in "ab" for period in (0, 1))


def test_a_backup_made_between_debit_and_release_draws_nothing(
    staffed: Agency, drawn: list[Drawn], tmp_path: Path
) -> None:
    file, store = tmp_path / "between", staffed.setting.store
    staffed.clock.now = freeze_at(EPOCH, 0)

    def copy(*_about: object) -> None:
        if not file.exists():
            backup.save(store.url, file, unheard)

    event.listen(store.engine, "checkin", copy)
    freeze(staffed.setting, staffed.workspace)
    event.remove(store.engine, "checkin", copy)
    bring_back(staffed, file)
    assert set(staffed.states(0).values()) == {ReleaseState.DEBITED, SUPPRESSED}
    staffed.at(freeze_at(EPOCH, 0)).let_leases_lapse()
    staffed.at(freeze_at(EPOCH, 0))
    assert staffed.states(0) == {("a",): LOST, ("b",): LOST, ("c",): SUPPRESSED}
    assert Counter(drawn) == Counter((group_id([team]), 0) for team in "ab")


def test_of_a_database_and_its_copy_one_draws(staffed: Agency, keys: Keys, tmp_path: Path) -> None:
    """They run side by side with one mark."""
    with closing(Store(f"sqlite:///{tmp_path}/copy.db", keys)) as store:
        store.migrate()
        twin = staff(new_agency(store))
        twin = replace(twin, setting=replace(twin.setting, ledger_mark=staffed.setting.ledger_mark))
        drawn: list[Drawn] = []

        def work(agency: Agency) -> bool:
            agency.clock.now = freeze_at(EPOCH, 0)
            with watched(drawn):
                return freeze(agency.setting, agency.workspace)

        at_once(lambda: work(staffed), lambda: work(twin))
        assert sorted(drawn) == sorted((group_id([team]), 0) for team in "ab")
        assert {staffed.states(0)[("a",)], twin.states(0)[("a",)]} == {RELEASED, LOST}


def test_whoever_deletes_everything_and_begins_anew_draws_the_same_weeks_no_second_time(
    agency: Agency, drawn: list[Drawn]
) -> None:
    """The new calendar counts from 0 again; the mark is an instant."""
    mark = agency.setting.ledger_mark
    mark.replace({agency.workspace: BEGINS_AT + timedelta(weeks=2)})
    staff(agency).at(freeze_at(EPOCH, 0))
    assert set(agency.states(0).values()) == {LOST, SUPPRESSED}
    assert drawn == []


# ---- a mark on which nobody can rely


def spoil(mark: LedgerMark, how: str) -> None:
    match how:
        case "missing":
            mark.file.unlink()
        case "damaged":
            mark.file.write_text('{"T1": "yest')
        case "no mark":
            mark.file.write_text("[1, 2]")
        case "older":
            mark.replace({})
        case "another machine's":
            mark.replace({"T1": period_starts_at(EPOCH, 0)})


HOWS = ("missing", "damaged", "no mark", "older", "another machine's")


@pytest.mark.parametrize("how", HOWS)
def test_without_it_a_freeze_waits_and_says_so(
    agency: Agency, drawn: list[Drawn], caplog: pytest.LogCaptureFixture, how: str
) -> None:
    staff(agency).at(freeze_at(EPOCH, 0))
    agency.answer(4, dict.fromkeys(STAFF["a"], 3))
    mark, good = agency.setting.ledger_mark, agency.setting.ledger_mark.read()
    spoil(mark, how)
    with pytest.raises(NoMark, match="accept-ledger"):
        ledger_mark.check(mark, agency.setting.store)
    before = agency.rows("ledger")
    with caplog.at_level(logging.ERROR):
        agency.at(freeze_at(EPOCH, 1))
    assert "no update is drawn: LEDGER_MARK cannot be used" in caplog.text
    assert set(agency.states(1).values()) == {OPEN}
    assert agency.rows("ledger") == before
    assert len(drawn) == 2
    mark.replace(good)
    agency.at(freeze_at(EPOCH, 1))
    assert agency.states(1)[("a",)] is RELEASED


def test_where_it_cannot_be_written_a_freeze_waits(
    agency: Agency, drawn: list[Drawn], tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    nowhere = LedgerMark(file=tmp_path / "file/ledger-mark")
    stuck = replace(agency, setting=replace(agency.setting, ledger_mark=nowhere))
    staff(agency)
    with pytest.raises(NoMark, match="cannot be written"):
        nowhere.begin()
    stuck.at(freeze_at(EPOCH, 0))
    assert set(agency.states(0).values()) == {OPEN}
    assert drawn == []
    agency.at(freeze_at(EPOCH, 0))
    assert agency.states(0)[("a",)] is RELEASED


def test_before_the_first_period_none_is_needed_and_from_then_on_one_is(agency: Agency) -> None:
    none = LedgerMark(file=new_mark_file())
    ledger_mark.check(none, agency.setting.store)
    staff(agency)
    with pytest.raises(NoMark, match="is missing"):
        ledger_mark.check(none, agency.setting.store)


def test_it_holds_a_workspace_and_an_instant_and_its_owner_alone_reads_it(agency: Agency) -> None:
    staff(agency).at(freeze_at(EPOCH, 0))
    file = agency.setting.ledger_mark.file
    assert file.read_text() == '{"T1": "2027-02-07T00:00:00+00:00"}'
    assert file.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in file.parent.iterdir()) == ["ledger-mark", "ledger-mark.lock"]


def test_periods_that_nobody_was_debited_for_leave_it_as_it_is(agency: Agency) -> None:
    agency.team("c", STAFF["c"])
    agency.at(BEGINS_AT).at(freeze_at(EPOCH, 0))
    assert agency.setting.ledger_mark.read() == {}
