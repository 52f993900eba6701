"""Many people planned in one transaction: each gets what they would get alone, and stops nobody else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from sqlalchemy import Engine, select, update

from bot.audit.faults import listening
from bot.domain.localtime import slot_at
from schedules.checkins import AT_ONCE, plan_checkins
from schedules.setting import Setting
from storage import members, rules
from storage.database import Store, Tx
from storage.rules import RuleKind
from storage.schema import metadata, outbox
from storage.schema import people as people_table
from storage.schema import rules as rules_table
from tests.schedules.agency import EPOCH, STARTED_AT, Agency, new_agency, people
from tests.schedules.crowd import Crowd, crowds, plan_plainly, settle_in
from tests.storage.at_once import at_once

WRITTEN = ("occurrences", "outbox", "timers", "rules")
EXAMPLES = {"sqlite": 40, "postgresql": 15}
NUMBERS = count()
FIRST_SLOT = slot_at(EPOCH, 0, 2, members.Preferences().local_time, "America/New_York")

on_postgresql = pytest.mark.parametrize("database", ["postgresql"], indirect=True)
"""Where more than one writes at a time."""


def written(tx: Tx) -> dict[str, list[dict[str, Any]]]:
    """Every row that planning writes, but for what is random in it."""
    found = {}
    for name in WRITTEN:
        table = metadata.tables[name]
        columns = [column for column in table.c if column not in (table.c.workspace, outbox.c.delivery_id)]
        rows = tx.execute(select(*columns).where(table.c.workspace == tx.workspace))
        found[name] = sorted((dict(row._mapping) for row in rows), key=repr)
    return found


def test_many_at_once_are_planned_as_each_alone_would_be(store: Store) -> None:
    @settings(max_examples=EXAMPLES[store.engine.dialect.name])
    @given(crowds())
    def check(crowd: Crowd) -> None:
        number = next(NUMBERS)
        together = new_agency(store, f"M{number}")
        together.clock.now = crowd.now
        with together.begin() as tx:
            settle_in(tx, crowd)
        plan_all(together.setting)
        with store.begin(f"E{number}") as tx:
            settle_in(tx, crowd)
            for ref in rules.list_due(tx, RuleKind.CHECKIN, crowd.now, 100):
                plan_plainly(tx, ref, crowd.now)
            alone = written(tx)
        with together.read() as tx:
            assert written(tx) == alone

    check()


def plan_all(setting: Setting) -> None:
    while plan_checkins(setting, setting.workspace):
        pass


def big_team(agency: Agency, many: int) -> tuple[str, ...]:
    """So many people on one team in New York, whose first slot has come."""
    staff = people(many)
    agency.team("a", staff)
    rule = {"workspace": agency.workspace, "kind": "checkin", "since_at": STARTED_AT}
    due = [rule | {"ref": agency.ref(user_id), "next_due_at": FIRST_SLOT} for user_id in staff]
    with agency.begin() as tx:
        tx.execute(rules_table.insert(), due)
    agency.clock.now = FIRST_SLOT
    return staff


@contextmanager
def counted_plans(engine: Engine) -> Iterator[Counter[str]]:
    """How often each person's week was handed to the database, taken by it or not."""
    seen: Counter[str] = Counter()

    def executing(
        _connection: Any, _cursor: Any, statement: str, rows: Any, _context: Any, many: bool
    ) -> None:
        if statement.startswith("INSERT INTO occurrences"):
            seen.update(row["ref"] if isinstance(row, dict) else row[1] for row in (rows if many else [rows]))

    with listening(engine, "before_cursor_execute", executing):
        yield seen


def test_two_machines_at_once_share_many_people_and_plan_each_once(
    agency: Agency, open_store: Callable[..., Store]
) -> None:
    many = 2 * AT_ONCE + 50
    big_team(agency, many)
    neighbour = replace(agency.setting, store=open_store())
    with counted_plans(agency.setting.store.engine) as ours, counted_plans(neighbour.store.engine) as theirs:
        at_once(partial(plan_all, agency.setting), partial(plan_all, neighbour))
        plan_all(agency.setting)  # what the other had in its hands when it was looked for
    planned = ours + theirs
    assert len(planned) == many
    assert set(planned.values()) == {1}
    assert len(agency.rows("outbox")) == len(agency.rows("timers")) == many


@on_postgresql
def test_who_is_acting_at_this_moment_is_planned_after_that(
    agency: Agency, open_store: Callable[..., Store]
) -> None:
    ana, ben, *_ = big_team(agency, 9)
    with open_store().begin(agency.workspace) as acting:
        members.hold(acting, agency.ref(ana))
        plan_all(agency.setting)
        assert len(agency.rows("outbox")) == 8
        members.choose(acting, agency.ref(ana), stopped=True)
    plan_all(agency.setting)
    states = {row["ref"]: (row["state"], row["reason"]) for row in agency.rows("occurrences")}
    assert states[agency.ref(ana)] == ("skipped", "stopped")
    assert states[agency.ref(ben)] == ("planned", None)


def test_rows_that_fail_are_pushed_on_and_stop_nobody_else_s(
    agency: Agency, caplog: pytest.LogCaptureFixture
) -> None:
    staff = big_team(agency, 60)
    lost = {agency.ref(staff[n]) for n in (0, 17, 59)}
    with agency.begin() as tx:
        nowhere = update(people_table).where(people_table.c.ref.in_(lost)).values(tz="Mars/Olympus")
        tx.execute(nowhere)
    plan_all(agency.setting)
    assert {row["ref"] for row in agency.rows("occurrences")} == {agency.ref(one) for one in staff} - lost
    assert len(agency.rows("outbox")) == len(agency.rows("timers")) == 57
    soon = {row["ref"] for row in agency.rows("rules") if (row["next_due_at"] - FIRST_SLOT).days == 0}
    assert soon == lost
    assert caplog.text.count("row pushed on error=ZoneInfoNotFoundError") == 3


def test_nothing_of_a_batch_stays_when_it_breaks_off(agency: Agency) -> None:
    big_team(agency, 9)

    def dying(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if statement.startswith("UPDATE rules"):
            raise KeyboardInterrupt

    before = {name: agency.rows(name) for name in WRITTEN}
    with (
        listening(agency.setting.store.engine, "before_cursor_execute", dying),
        pytest.raises(KeyboardInterrupt),
    ):
        plan_checkins(agency.setting, agency.workspace)
    assert {name: agency.rows(name) for name in WRITTEN} == before
