"""P7 as a state machine: whatever happens in whatever order, one draw at the most, and no row changes."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import delete, event
from sqlalchemy.exc import OperationalError

from bot.domain.localtime import block_of, freeze_at
from schedules.digests import freeze, is_ending, open_periods
from storage.crypto import Keys
from storage.database import Store
from storage.digests import ReleaseState
from storage.schema import answers as answers_table
from storage.schema import person_keys
from tests.chaos.draws import Drawn, watched
from tests.chaos.faults import failing_commit
from tests.schedules.agency import BEGINS_AT, EPOCH, Agency, Row, new_agency, people
from tests.storage.at_once import at_once

TEAMS = ("a", "b", "c")
STAFF = {"a": people(9, "A"), "b": people(8, "B"), "c": people(6, "C")}
EVERYBODY = tuple(user for who in STAFF.values() for user in who)
RUNS = {"sqlite": 20, "postgresql": 10}
STEPS = 25
LONGER = int(os.environ.get("CHOIR_LONGER", "1"))
NUMBERS = count()
ENDED = (ReleaseState.SUPPRESSED, ReleaseState.RELEASED, ReleaseState.LOST)

user_ids = st.sampled_from(EVERYBODY)
team_ids = st.sampled_from(TEAMS)
ways = st.sampled_from(["one worker", "two workers", "no worker", "a lost commit", "a lost reply"])
nths = st.integers(1, 3)
hours = st.sampled_from([1, 24, 24 * 7, 24 * 13, 24 * 28])


class Periods(RuleBasedStateMachine):
    """Two teams that have words and one that has none, in a workspace of their own."""

    def __init__(self, store: Store, other: Store) -> None:
        super().__init__()
        self.agency: Agency = new_agency(store, f"S{next(NUMBERS)}")
        self.rival = replace(self.agency.setting, store=other)
        self.drawn: list[Drawn] = []
        self.ended: dict[tuple[str, int], Row] = {}
        self.debited: set[tuple[int, str]] = set()
        for team, who in STAFF.items():
            self.agency.team(team, who)
        self.agency.at(BEGINS_AT)

    @property
    def week(self) -> int:
        """The week that an answer given now belongs to; on the Sunday of a freeze it is the next one's."""
        return max(0, (self.agency.clock.now - BEGINS_AT).days // 7)

    # ---- people

    @rule(who=st.lists(user_ids, max_size=24), weight=st.integers(1, 5), back=st.integers(0, 5))
    def answers_are_given_or_changed_also_late(self, who: list[str], weight: int, back: int) -> None:
        self.agency.answer(max(0, self.week - back), dict.fromkeys(who, weight))

    @rule(who=user_ids, table=st.sampled_from([answers_table, person_keys]))
    def somebody_deletes_their_answers(self, who: str, table: Any) -> None:
        mine = (table.c.workspace == self.agency.workspace, table.c.ref == self.agency.ref(who))
        with self.agency.begin() as tx:
            tx.execute(delete(answers_table).where(answers_table.c.ref == self.agency.ref(who)))
            tx.execute(delete(table).where(*mine))

    @rule(who=user_ids, team=team_ids)
    def somebody_moves(self, who: str, team: str) -> None:
        self.agency.joins(who, team, self.agency.clock.now)

    @rule(who=user_ids)
    def somebody_leaves(self, who: str) -> None:
        self.agency.leaves(who, self.agency.clock.now)

    @rule(who=user_ids, team=team_ids)
    def somebody_becomes_a_supervisor(self, who: str, team: str) -> None:
        self.agency.team(team, supervisor=who)

    # ---- time, and the program

    @rule(by=hours)
    def time_passes(self, by: int) -> None:
        self._at(self.agency.clock.now + timedelta(hours=by))

    @rule(
        absent=st.integers(0, 3),
        weight=st.integers(1, 5),
        how=ways,
        nth=st.integers(1, 3),
        wait=st.booleans(),
    )
    def a_period_ends(self, absent: int, weight: int, how: str, nth: int, wait: bool) -> None:
        """Most of each team answered; then its end comes, to one worker or two, with trouble or without."""
        for who in STAFF.values():
            self.agency.answer(self.week, dict.fromkeys(who[absent:], weight))
        period = (self.agency.clock.now - BEGINS_AT).days // 28
        self.agency.clock.now = max(self.agency.clock.now, freeze_at(EPOCH, period))
        match how:
            case "one worker":
                self._at(self.agency.clock.now)
            case "two workers":
                self.two_workers_come_at_once()
            case "no worker":
                pass
            case _:
                self._loses_its_database(nth, done=how == "a lost reply")
        if wait:
            self.ten_minutes_pass()
            self.the_beats_come_again()

    @rule(by=hours, back=st.booleans())
    def the_clock_jumps(self, by: int, back: bool) -> None:
        self.agency.clock.now += timedelta(hours=-by if back else by)

    @rule()
    def the_beats_come_again(self) -> None:
        self._at(self.agency.clock.now)

    @rule()
    def two_workers_come_at_once(self) -> None:
        """In threads and on connections of their own; often there is something to end."""
        self._open()
        at_once(lambda: self._freeze(self.agency.setting), lambda: self._freeze(self.rival))

    def _loses_its_database(self, nth: int, *, done: bool) -> None:
        self._open()
        with suppress(OperationalError), failing_commit(self.agency.setting.store.engine, nth, done=done):
            self._freeze(self.agency.setting)

    @rule()
    def the_program_starts_anew(self) -> None:
        self.agency.setting.store.engine.dispose()

    @rule()
    def ten_minutes_pass(self) -> None:
        self.agency.let_leases_lapse()

    @rule()
    def old_things_are_erased(self) -> None:
        self.agency.erase()

    def _at(self, now: Any) -> None:
        with watched(self.drawn):
            self.agency.at(now)

    def _open(self) -> None:
        while open_periods(self.agency.setting, self.agency.workspace):
            pass

    def _freeze(self, setting: Any) -> bool:
        with watched(self.drawn):
            return freeze(setting, self.agency.workspace)

    # ---- what always holds

    @invariant()
    def nothing_is_drawn_twice(self) -> None:
        assert max(Counter(self.drawn).values(), default=0) <= 1

    @invariant()
    def what_has_ended_never_changes(self) -> None:
        rows = {(row["group_id"], row["period"]): row for row in self.agency.rows("releases")}
        assert {key: rows.get(key) for key in self.ended} == self.ended
        self.ended = {key: row for key, row in rows.items() if row["state"] in ENDED}
        for key, row in self.ended.items():
            assert (row["state"] == ReleaseState.RELEASED) == (row["y"] is not None)
            assert row["state"] != ReleaseState.RELEASED or key in self.drawn
            assert row["state"] != ReleaseState.SUPPRESSED or key not in self.drawn

    @invariant()
    def few_are_never_shown(self) -> None:
        for row in self.ended.values():
            if row["state"] == ReleaseState.RELEASED:
                assert row["m"] >= 6
                assert 0 <= row["y"] <= 4 * row["m"]

    @invariant()
    def contributors_stand_only_between_debit_and_release(self) -> None:
        in_hand = {
            (row["group_id"], row["period"])
            for row in self.agency.rows("releases")
            if row["state"] == ReleaseState.DEBITED
        }
        assert {(row["group_id"], row["period"]) for row in self.agency.rows("contributors")} == in_hand
        with self.agency.read() as tx:
            assert not in_hand or is_ending(tx, self.agency.clock.now)

    @invariant()
    def nobody_is_debited_more_than_three_times_a_block(self) -> None:
        debits = [(row["period"], row["ref"]) for row in self.agency.rows("ledger")]
        self.debited |= set(debits)
        assert max(Counter((block_of(p), ref) for p, ref in self.debited).values(), default=0) <= 3
        assert len(debits) == len(set(debits))


@pytest.fixture(params=RUNS)
def both(
    request: pytest.FixtureRequest, keys: Keys, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Store, Store]]:
    """Two stores on one database; which kind it is."""
    if request.param == "sqlite":
        file = tmp_path_factory.mktemp("machine") / "choir.db"
        shutil.copyfile(request.getfixturevalue("made_sqlite"), file)
        url = f"sqlite:///{file}"
    else:
        url = request.getfixturevalue("emptied_postgresql")()
    with closing(Store(url, keys)) as store, closing(Store(url, keys)) as other:
        if request.param == "sqlite":
            for one in (store, other):
                event.listen(one.engine, "connect", _carelessly)
        yield request.param, store, other


def _carelessly(made: Any, _record: Any) -> None:
    """No power fails here, and waiting for the disk is most of the time."""
    made.execute("PRAGMA synchronous=OFF")


def test_periods_hold_whatever_happens(both: tuple[str, Store, Store]) -> None:
    kind, store, other = both
    run_state_machine_as_test(
        lambda: Periods(store, other),
        settings=settings(max_examples=RUNS[kind] * LONGER, stateful_step_count=STEPS),
    )
