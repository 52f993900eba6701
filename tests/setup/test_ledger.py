"""LEDGER_MARK as an operator meets it: refused starts, the doctor's words, and the way on."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from bot.domain.localtime import freeze_at
from bot.sandbox import Sandbox
from bot.setup import ledger
from storage import digests, workspaces
from storage.database import Store
from storage.ledger_mark import LedgerMark
from tests.schedules.agency import EPOCH, Agency, new_agency, people
from tests.setup.conftest import Ran
from tests.setup.test_doctor import findings, made
from tests.setup.test_run import running

Choir = Callable[..., Ran]
EPOCH_ON = date(2026, 1, 5)


@pytest.fixture
def mark(mark_file: Path) -> LedgerMark:
    return LedgerMark(file=mark_file)


@pytest.fixture
def drawn(keyed: dict[str, str], slack: Sandbox, tmp_path: Path, mark: LedgerMark) -> Store:
    """The bot is off; it made its first update in February 2026, of which the mark knows."""
    store = made(keyed, tmp_path, slack.team_id)
    with store.begin(slack.team_id) as tx:
        workspaces.set_epoch(tx, EPOCH_ON)
        digests.open_period(tx, 0, {("t",): []})
        assert digests.debit(tx, digests.group_id(["t"]), 0, (), Fraction(3), "worker")
    mark.replace({slack.team_id: freeze_at(EPOCH_ON, 0)})
    store.close()
    return store


def test_a_first_start_makes_it_and_the_next_finds_it_in_order(
    choir: Choir, keyed: dict[str, str], slack: Sandbox, tmp_path: Path, mark: LedgerMark
) -> None:
    before = findings(choir("doctor", environ=keyed))
    with running(keyed, tmp_path, slack):
        after = findings(choir("doctor", environ=keyed))
    assert "ledger" not in before  # there is no database yet
    assert after["ledger"] == ("ok", "LEDGER_MARK knows of every update that was made.")
    assert mark.read() == {}
    assert mark.file.parent.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(("marks", "said"), [(None, "is missing"), ({}, "is older than the database")])
def test_without_a_mark_it_can_rely_on_it_does_not_start_and_the_doctor_says_why(
    choir: Choir,
    keyed: dict[str, str],
    drawn: Store,
    mark: LedgerMark,
    marks: dict[str, datetime] | None,
    said: str,
) -> None:
    mark.file.unlink() if marks is None else mark.replace(marks)
    ended, looked = choir("run", environ=keyed), choir("doctor", environ=keyed)
    for words in (ended.stderr.splitlines()[-1], findings(looked)["ledger"][1]):
        assert words.startswith(f"LEDGER_MARK: {mark.file} {said}")
        assert "`choir db accept-ledger` goes on without it" in words
    assert (ended.returncode, looked.returncode) == (1, 1)
    assert (findings(looked)["ledger"][0], "Traceback" in ended.stderr) == ("WRONG", False)


def test_going_on_without_it_costs_the_running_weeks_and_only_where_it_is_lost(
    choir: Choir, keyed: dict[str, str], drawn: Store, slack: Sandbox, tmp_path: Path, mark: LedgerMark
) -> None:
    assert choir("db", "accept-ledger", environ=keyed).stdout == f"{ledger.IN_ORDER}\n"
    assert mark.read() == {slack.team_id: freeze_at(EPOCH_ON, 0)}
    mark.file.unlink()
    now = datetime.now(UTC)
    ended = choir("db", "accept-ledger", environ=keyed)
    (until,) = mark.read().values()
    assert now < until <= now + (freeze_at(EPOCH_ON, 1) - freeze_at(EPOCH_ON, 0))
    assert re.search(rf"no update of weeks before {until:%Y-%m-%d}\. .*Tell staff\.\n$", ended.stdout, re.S)
    with running(keyed, tmp_path, slack):
        pass


def test_a_restore_says_until_when_there_is_no_update_and_leaves_the_mark(
    choir: Choir, keyed: dict[str, str], drawn: Store, slack: Sandbox, mark: LedgerMark
) -> None:
    assert choir("db", "backup", "old", environ=keyed).returncode == 0
    later = {slack.team_id: freeze_at(EPOCH_ON, 3)}
    mark.replace(later)
    ended = choir("db", "restore", "old", environ=keyed, typed="y\n")
    assert f"Updates were made of the weeks before {freeze_at(EPOCH_ON, 3):%Y-%m-%d}" in ended.stdout
    assert ended.returncode == 0
    assert mark.read() == later


def test_a_mark_in_the_database_s_folder_stops_every_command(choir: Choir, keyed: dict[str, str]) -> None:
    ended = choir("run", environ={**keyed, "LEDGER_MARK": "data/ledger-mark"})
    assert "LEDGER_MARK is not a whole path" in ended.stderr
    assert ended.returncode == 1


def test_what_is_accepted_is_never_less_than_what_was_marked(store: Store) -> None:
    agency: Agency = new_agency(store)
    agency.team("a", people(8))
    known = {"T1": freeze_at(EPOCH, 5), "T2": freeze_at(EPOCH, 2)}
    running_until = ledger._running_until(store, freeze_at(EPOCH, 1))
    assert running_until == {"T1": freeze_at(EPOCH, 2)}
    assert ledger._latest(known, {}, running_until) == known
