"""From a frozen roster to a released row: what decides, what is read, and what is left behind."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, delete, update
from sqlalchemy.exc import OperationalError

from bot.audit.drawn import Drawn, watched
from bot.audit.faults import failing_commit, listening, watched_statements
from bot.domain.digests import NEUTRAL, Published, score, window
from bot.domain.localtime import freeze_at, period_starts_at
from bot.domain.privacy import EPS
from bot.domain.sampler import noise
from schedules import scheduler
from schedules.digests import freeze, open_periods
from storage import digests, mydata, workspaces
from storage.crypto import Keys
from storage.database import Store, Tx
from storage.digests import ReleaseState, group_id
from storage.schema import answers as answers_table
from storage.schema import person_keys
from tests.schedules.agency import BEGINS_AT, EPOCH, Agency, loaded_dice, new_agency, people
from tests.storage.at_once import at_once

EIGHT = people(8)
GROUP = group_id(["a"])
SEED = 5


def started(agency: Agency, *team_ids: str) -> Agency:
    """Teams of eight, a with UP00 to UP07, in their first week."""
    for team_id in team_ids or ("a",):
        agency.team(team_id, EIGHT if team_id == "a" else people(8, team_id.upper()))
    return agency.at(BEGINS_AT)


def answered(agency: Agency, weights: Mapping[str, int], weeks: range = range(1)) -> Agency:
    for week in weeks:
        agency.answer(week, weights)
    return agency


def total(agency: Agency) -> int:
    """The sum of scores of period 0 in its only group, by undoing the draw of loaded dice."""
    row = agency.groups(0)["a",].row
    assert isinstance(row, Published)
    assert 0 < row.y < 4 * row.m
    return row.y - noise(EPS, Random(SEED).getrandbits)


# What decides


@pytest.mark.parametrize(
    ("how_many", "state"),
    [(0, ReleaseState.SUPPRESSED), (5, ReleaseState.SUPPRESSED), (6, ReleaseState.RELEASED)],
)
def test_six_who_answered_the_first_question_make_an_update(
    agency: Agency, how_many: int, state: ReleaseState
) -> None:
    answered(started(agency), dict.fromkeys(EIGHT[:how_many], 3))
    agency.answer(1, dict.fromkeys(EIGHT))
    with watched([]) as drawn:
        assert agency.at(freeze_at(EPOCH, 0)).states(0) == {("a",): state}
    assert drawn == ([(GROUP, 0)] if state is ReleaseState.RELEASED else [])
    assert len(agency.rows("ledger")) == (how_many if drawn else 0)


def test_answers_of_other_weeks_belong_to_no_other_period(agency: Agency) -> None:
    started(agency)
    agency.answer(4, dict.fromkeys(EIGHT, 5))
    assert agency.at(freeze_at(EPOCH, 0)).states(0) == {("a",): ReleaseState.SUPPRESSED}


def test_the_same_participation_decides_the_same_whatever_was_answered(agency: Agency, store: Store) -> None:
    """P4 through the storage: three periods, four groups, every answer another."""
    runs = []
    for number, world in enumerate((agency, new_agency(store, "T2"))):
        taking_part, weights = Random(1), Random(number)
        started(world, "a", "b", "c", "d")
        for week in range(12):
            for prefix in "PBCD":
                who = taking_part.sample(people(8, prefix), taking_part.randrange(5))
                world.answer(week, {user_id: weights.randint(1, 5) for user_id in who})
        world.through(2)
        runs.append([shape(world, period) for period in range(3)])
    assert runs[0] == runs[1]
    assert {state for period in runs[0] for _, state, _, _ in period} == {
        ReleaseState.RELEASED,
        ReleaseState.SUPPRESSED,
    }


def shape(agency: Agency, period: int) -> list[tuple[Any, ...]]:
    """All of a period that may not come from answers."""
    return [
        (group, found.state, found.row.m if isinstance(found.row, Published) else None, set(found.lines))
        for group, found in agency.groups(period).items()
    ]


def test_a_window_follows_from_the_released_rows_before_it_and_is_kept(agency: Agency) -> None:
    started(agency)
    for week in (0, 4, 12):
        agency.answer(week, dict.fromkeys(EIGHT, 5))
    agency.through(3)
    with agency.read() as tx:
        rows = digests.history(tx, GROUP, 3)
    assert [type(row).__name__ for row in rows] == ["Published", "Published", "Gap", "Published"]
    assert [row.c for row in rows if isinstance(row, Published)] == [
        window(rows[:period]) for period in (0, 1, 3)
    ]


def test_one_person_moves_the_sum_by_four_at_the_most_and_nothing_else(agency: Agency, store: Store) -> None:
    """P3 through the storage: the dice are the same, one person answers otherwise."""
    sums = []
    for number, (world, own) in enumerate(((agency, 1), (new_agency(store, "T2"), 5))):
        answered(started(world), {**dict.fromkeys(EIGHT[1:], 3), EIGHT[0]: own}, range(number, 4))
        with loaded_dice(SEED):
            world.at(freeze_at(EPOCH, 0))
        sums.append(total(world))
    assert sums[1] - sums[0] == 4


# What is read


def plain(text: bytes) -> Callable[[Tx, Keys, str, str], bytes]:
    """Seals any bytes as somebody's answers of week 0, with their own key."""

    def seal(tx: Tx, keys: Keys, ref: str, _user: str) -> bytes:
        wrapped = tx.execute(person_keys.select().where(person_keys.c.ref == ref)).one().wrapped
        nonce = os.urandom(12)
        sealed = AESGCM(keys.unwrap(tx.workspace, ref, wrapped)).encrypt(nonce, text, f"{ref}|0".encode())
        return nonce + sealed

    return seal


def said(value: Any) -> Callable[[Tx, Keys, str, str], bytes]:
    return plain(json.dumps({"qC1": value}).encode())


UNREADABLE = {
    "another key": lambda *_: os.urandom(540),
    "cut short": lambda *_: b"short",
    "a nonce alone": lambda *_: os.urandom(12),
    "not JSON": plain(b"qC1 5"),
    "not text": plain(b"\xff\xfe"),
    "no object": plain(b"[5]"),
    "a number": plain(b"5"),
    "nothing": plain(b"null"),
    "without end": plain(b"[" * 100_000),
    "a very long number": plain(b'{"qC1": ' + b"9" * 5000 + b"}"),
    "words": said("5"),
    "too much": said(99),
    "too little": said(0),
    "negative": said(-1),
    "a fraction": said(4.5),
    "no number": plain(b'{"qC1": NaN}'),
    "a truth value": said(True),
    "a list": said([5]),
    "another question": plain(b'{"qI01": 5}'),
}


@pytest.mark.parametrize("how", UNREADABLE)
def test_an_answer_that_cannot_be_read_counts_as_neutral_and_stops_nothing(
    agency: Agency, keys: Keys, how: str
) -> None:
    answered(started(agency), dict.fromkeys(EIGHT[:6], 4))
    with agency.begin() as tx:
        ref = agency.ref(EIGHT[0])
        sealed = UNREADABLE[how](tx, keys, ref, EIGHT[0])
        tx.execute(update(answers_table).where(answers_table.c.ref == ref).values(sealed=sealed))
    with loaded_dice(SEED):
        assert agency.at(freeze_at(EPOCH, 0)).states(0) == {("a",): ReleaseState.RELEASED}
    assert total(agency) == 5 * score([4], Fraction(3)) + NEUTRAL


@pytest.mark.parametrize("table", [answers_table, person_keys])
def test_answers_deleted_between_freeze_and_release_count_as_neutral(agency: Agency, table: Any) -> None:
    """Somebody deletes their data in the instant after the debit."""
    answered(started(agency), dict.fromkeys(EIGHT[:6], 4))
    ref, done = agency.ref(EIGHT[0]), []

    def delete_theirs(connection: Connection) -> None:
        if not done:
            done.append(connection.execute(delete(table).where(table.c.ref == ref)).rowcount)

    open_only(agency, 0)
    with loaded_dice(SEED), listening(agency.setting.store.engine, "commit", delete_theirs):
        freeze(agency.setting, agency.workspace)
    assert done == [1]
    assert total(agency) == 5 * score([4], Fraction(3)) + NEUTRAL


def test_deleting_one_s_data_between_freeze_and_release_counts_as_neutral_and_changes_no_row_later(
    agency: Agency,
) -> None:
    answered(started(agency), dict.fromkeys(EIGHT[:6], 4))
    store, done = agency.setting.store, []

    def erase(connection: Connection) -> None:
        if not done:
            done.append(EIGHT[0])
            tx = Tx(connection=connection, workspace=agency.workspace, keys=store.keys)
            mydata.erase(tx, agency.ref(EIGHT[0]), agency.clock.now)

    open_only(agency, 0)
    with loaded_dice(SEED), listening(store.engine, "commit", erase):
        freeze(agency.setting, agency.workspace)
    assert total(agency) == 5 * score([4], Fraction(3)) + NEUTRAL
    released = agency.rows("releases")
    for person in EIGHT:
        with agency.begin() as tx:
            mydata.erase(tx, agency.ref(person), agency.clock.now)
    assert agency.at(freeze_at(EPOCH, 0) + timedelta(days=1)).rows("releases") == released


def open_only(agency: Agency, period: int) -> None:
    """The periods have begun, and none was frozen."""
    agency.clock.now = freeze_at(EPOCH, period)
    while open_periods(agency.setting, agency.workspace):
        pass


def test_no_answer_is_read_before_the_debit_is_committed(agency: Agency) -> None:
    answered(started(agency), dict.fromkeys(EIGHT[:6], 4))
    open_only(agency, 0)
    with watched_statements(agency.setting.store.engine) as seen:
        freeze(agency.setting, agency.workspace)
    reads = [number for number, line in enumerate(seen) if "answers.sealed" in line]
    assert len(reads) == 6 * 4
    assert seen[: reads[0]].count("COMMIT") == 1
    assert [line for line in seen[: reads[0]] if line.startswith("INSERT INTO ledger")] != []
    assert [line for line in seen[reads[0] :] if "ledger" in line] == []


# What is left behind


def test_a_released_row_holds_its_words_in_every_language_and_nobody(agency: Agency) -> None:
    answered(started(agency), dict.fromkeys(EIGHT[:6], 4))
    agency.at(freeze_at(EPOCH, 0))
    (row,) = (row for row in agency.rows("releases") if row["period"] == 0)
    assert set(row["lines"]) == set(agency.setting.content.languages)
    assert (row["m"], row["c_quarters"], row["wording"], row["small_group"]) == (6, 12, 1, True)
    assert (row["holder"], row["lease_until"]) == (None, None)
    assert agency.rows("contributors") == []
    assert {row["ref"] for row in agency.rows("ledger")} == {agency.ref(user_id) for user_id in EIGHT[:6]}
    assert not any(agency.ref(user_id) in str(row) for user_id in EIGHT)


def test_no_log_line_tells_of_answers_or_of_the_draw(
    agency: Agency, caplog: pytest.LogCaptureFixture
) -> None:
    answered(started(agency, "a", "b"), dict.fromkeys(EIGHT, 5))
    answered(agency, dict.fromkeys(people(8, "B"), 1))
    with caplog.at_level(logging.DEBUG, logger="schedules"):
        agency.at(freeze_at(EPOCH, 0))
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("schedules")]
    assert sorted(lines) == sorted(f"update settled group={group_id([team])} period=0" for team in "ab")


def test_rosters_and_ledger_go_when_their_block_has_ended(agency: Agency) -> None:
    started(agency)
    for period in range(4):
        agency.answer(4 * period, dict.fromkeys(EIGHT, 3))
    agency.through(1).erase()
    assert {row["period"] for row in agency.rows("ledger")} == {0, 1}
    assert {row["period"] for row in agency.rows("rosters")} == {0, 1, 2}
    agency.at(period_starts_at(EPOCH, 3)).erase()
    assert agency.rows("ledger") == []
    assert {row["period"] for row in agency.rows("rosters")} == {3}
    assert [found.state for period in range(3) for found in agency.groups(period).values()] == [
        ReleaseState.RELEASED
    ] * 3
    agency.at(freeze_at(EPOCH, 3)).erase()
    assert {row["period"] for row in agency.rows("ledger")} == {3}


def test_rosters_are_kept_until_a_late_freeze_is_done(agency: Agency) -> None:
    answered(started(agency), dict.fromkeys(EIGHT, 3), range(8, 12))
    open_only(agency.through(1), 3)
    agency.erase()
    assert {row["period"] for row in agency.rows("rosters")} == {0, 1, 2, 3, 4}
    assert agency.at(freeze_at(EPOCH, 3)).states(2) == {("a",): ReleaseState.RELEASED}


# Trouble


def test_of_two_workers_at_one_freeze_one_draws(agency: Agency, open_store: Callable[..., Store]) -> None:
    answered(started(agency, "a", "b"), dict.fromkeys((*EIGHT, *people(8, "B")), 4))
    other = replace(agency.setting, store=open_store())
    agency.clock.now = freeze_at(EPOCH, 0)
    drawn: list[Drawn] = []

    def work(setting: Any) -> bool:
        with watched(drawn):
            return freeze(setting, agency.workspace)

    assert sorted(at_once(lambda: work(agency.setting), lambda: work(other))) == [False, True]
    assert sorted(drawn) == sorted((group_id([team]), 0) for team in "ab")
    assert set(agency.states(0).values()) == {ReleaseState.RELEASED}


def test_two_workers_open_a_period_once(agency: Agency, open_store: Callable[..., Store]) -> None:
    agency.team("a", EIGHT)
    agency.clock.now = BEGINS_AT
    settings = (agency.setting, replace(agency.setting, store=open_store()))
    at_once(*(lambda setting=setting: open_periods(setting, agency.workspace) for setting in settings))
    assert len(agency.rows("periods")) == 1
    assert len(agency.roster(0, "a")) == 8


def test_one_group_s_trouble_stops_no_other_and_is_not_drawn_again(
    agency: Agency, caplog: pytest.LogCaptureFixture
) -> None:
    answered(started(agency, "a", "b"), dict.fromkeys((*EIGHT, *people(8, "B")), 4))
    open_only(agency, 0)
    with watched([]) as drawn, failing_commit(agency.setting.store.engine, 2):
        freeze(agency.setting, agency.workspace)
    assert agency.states(0) == {("a",): ReleaseState.DEBITED, ("b",): ReleaseState.RELEASED}
    assert [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR] == [
        f"update not settled group={GROUP} error=OperationalError"
    ]
    agency.let_leases_lapse()
    with watched(drawn):
        agency.at(freeze_at(EPOCH, 0))
    assert agency.states(0) == {("a",): ReleaseState.LOST, ("b",): ReleaseState.RELEASED}
    assert sorted(drawn) == sorted((group_id([team]), 0) for team in "ab")
    assert agency.rows("contributors") == []
    assert len(agency.rows("ledger")) == 16


def test_told_to_stop_after_the_debit_every_group_is_still_released(agency: Agency) -> None:
    """What was debited and not released is lost for good, so it is finished."""
    answered(started(agency, "a", "b"), dict.fromkeys((*EIGHT, *people(8, "B")), 4))
    open_only(agency, 0)
    setting = agency.setting
    with listening(setting.store.engine, "commit", lambda _connection: setting.stopping.set()):
        scheduler.beat(setting, replace(scheduler.FIRST, beats=(freeze,)))
    assert setting.stopping.is_set()
    assert agency.states(0) == {("a",): ReleaseState.RELEASED, ("b",): ReleaseState.RELEASED}


def test_after_a_lost_reply_to_the_commit_the_row_stands_and_is_read_again(agency: Agency) -> None:
    answered(started(agency), dict.fromkeys(EIGHT, 4))
    open_only(agency, 0)
    with watched([]) as drawn, failing_commit(agency.setting.store.engine, 2, done=True):
        freeze(agency.setting, agency.workspace)
    before = agency.rows("releases")
    assert agency.states(0) == {("a",): ReleaseState.RELEASED}
    with watched(drawn):
        agency.at(freeze_at(EPOCH, 0)).let_leases_lapse()
        agency.at(freeze_at(EPOCH, 0) + timedelta(days=1))
    assert [row for row in agency.rows("releases") if row["period"] == 0] == [
        row for row in before if row["period"] == 0
    ]
    assert drawn == [(GROUP, 0)]


def test_a_lost_reply_to_the_debit_ends_in_no_update_and_no_draw(agency: Agency) -> None:
    answered(started(agency), dict.fromkeys(EIGHT, 4))
    open_only(agency, 0)
    with watched([]) as drawn:
        with pytest.raises(OperationalError), failing_commit(agency.setting.store.engine, 1, done=True):
            freeze(agency.setting, agency.workspace)
        agency.at(freeze_at(EPOCH, 0)).let_leases_lapse()
        agency.at(freeze_at(EPOCH, 0))
    assert drawn == []
    assert agency.states(0) == {("a",): ReleaseState.LOST}


def test_nothing_is_debited_while_the_period_before_is_in_hand(agency: Agency) -> None:
    """The program was down for two periods and dies in the first release after it."""
    answered(started(agency), dict.fromkeys(EIGHT, 4), range(8))
    open_only(agency, 1)
    with failing_commit(agency.setting.store.engine, 2):
        freeze(agency.setting, agency.workspace)
    assert not freeze(agency.setting, agency.workspace)
    assert [agency.states(period)["a",] for period in (0, 1)] == [ReleaseState.DEBITED, ReleaseState.OPEN]
    agency.let_leases_lapse()
    agency.at(freeze_at(EPOCH, 1))
    assert [agency.states(period)["a",] for period in (0, 1)] == [ReleaseState.LOST, ReleaseState.RELEASED]


def test_a_clock_set_back_changes_nothing_that_was_settled(agency: Agency) -> None:
    answered(started(agency), dict.fromkeys(EIGHT, 4))
    agency.at(freeze_at(EPOCH, 0))
    before = agency.rows("releases")
    with watched([]) as drawn:
        agency.at(BEGINS_AT + timedelta(days=8))
        answered(agency, dict.fromkeys(EIGHT, 1))
        agency.at(freeze_at(EPOCH, 0))
    assert (agency.rows("releases"), drawn) == (before, [])


def test_late_answers_edits_and_deletions_recompute_nothing(agency: Agency) -> None:
    answered(started(agency), dict.fromkeys(EIGHT[:6], 4))
    agency.at(freeze_at(EPOCH, 0))
    before = agency.rows("releases")
    with watched([]) as drawn:
        answered(agency, dict.fromkeys(EIGHT, 1), range(4))
        agency.at(freeze_at(EPOCH, 0) + timedelta(days=2))
        with agency.begin() as tx:
            tx.execute(delete(answers_table))
        agency.at(freeze_at(EPOCH, 0) + timedelta(days=3))
    assert (agency.rows("releases"), drawn) == (before, [])


# A machine without the present master key


def test_a_machine_that_was_not_restarted_with_the_new_master_key_leaves_it_to_the_others(
    agency: Agency, open_store: Callable[..., Store], caplog: pytest.LogCaptureFixture
) -> None:
    """It could open no answer, and would draw from six times the middle."""
    answered(started(agency), dict.fromkeys(EIGHT, 5))
    before = agency.setting.store.keys
    both = Keys(master=b"n" * 32, reference=before.reference, old=before.master)
    with open_store(both).begin(agency.workspace) as tx:
        workspaces.use_master_key(tx)
    with caplog.at_level(logging.ERROR):
        agency.at(freeze_at(EPOCH, 0))
    assert set(agency.states(0).values()) == {ReleaseState.OPEN}
    assert "CHOIR_MASTER_KEY is not the database's any more" in caplog.text
    restarted = replace(agency, setting=replace(agency.setting, store=open_store(both)))
    restarted.at(freeze_at(EPOCH, 0))
    assert set(restarted.states(0).values()) == {ReleaseState.RELEASED}
