"""What a look asks of SQLite: always by an index, so that it costs the same whatever is kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from bot.audit.faults import listening
from bot.domain.localtime import period_starts_at
from schedules.checkins import plan_checkins
from schedules.digests import open_periods
from schedules.scheduler import HEARTBEATS, Beat
from storage import workspaces
from tests.schedules.agency import EPOCH, Agency
from tests.schedules.office import on_sqlite
from tests.schedules.test_planning_together import big_team

SMALL = {"workspaces", "periods", "guarantees", "teams", "units", "leave"}
"""Tables that are looked through as a whole: short ones, and leave, which lies sealed (once an hour)."""
UNITS = [unit for heartbeat in HEARTBEATS for unit in heartbeat.beats]


@contextmanager
def plans(engine: Engine) -> Iterator[list[str]]:
    """How SQLite goes about everything it is asked: "SEARCH rules USING INDEX … (workspace=? AND …)"."""
    seen: list[str] = []

    def executing(_connection: Any, cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        if statement.split(maxsplit=1)[0] in ("SELECT", "UPDATE", "DELETE"):
            one = parameters[0] if isinstance(parameters, list) else parameters
            steps = cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", one).fetchall()
            seen.extend(step[3] for step in steps)

    with listening(engine, "before_cursor_execute", executing):
        yield seen


def walks(seen: list[str]) -> list[str]:
    """The steps that go through all rows of a table in a workspace, and are not over soon."""
    steps = (re.match(r"(SCAN|SEARCH) (\w+)", step) for step in seen)
    named = [(step, match[1], match[2]) for step, match in zip(seen, steps, strict=True) if match]
    through = [(step, table) for step, way, table in named if way == "SCAN" or "(workspace=?)" in step]
    return [step for step, table in through if table not in SMALL and table != "CONSTANT"]


@pytest.fixture
def resting(agency: Agency) -> Agency:
    """A team in its first period, of whom nobody is due."""
    big_team(agency, 9)
    agency.at(period_starts_at(EPOCH, 0))
    with agency.begin() as tx:
        workspaces.set_roster_synced(tx, agency.clock.now, agency.clock.now + timedelta(hours=1))
    return agency


@on_sqlite
@pytest.mark.parametrize("unit", UNITS, ids=[unit.__name__ for unit in UNITS])
def test_a_look_with_nothing_due_walks_through_no_table(resting: Agency, unit: Beat) -> None:
    with plans(resting.setting.store.engine) as seen:
        assert not unit(resting.setting, resting.workspace)
    assert seen
    assert walks(seen) == []


@on_sqlite
def test_planning_many_people_walks_through_no_table(agency: Agency) -> None:
    big_team(agency, 9)
    assert open_periods(agency.setting, agency.workspace)
    with plans(agency.setting.store.engine) as seen:
        assert plan_checkins(agency.setting, agency.workspace)
    assert len(seen) > 10
    assert walks(seen) == []


def test_a_walk_is_noticed() -> None:
    walked = "SEARCH outbox USING PRIMARY KEY (workspace=?)"
    found = walked.replace("=?)", "=? AND delivery_id=?)")
    assert walks([found, walked, "SCAN answers", "SCAN teams", "USE TEMP B-TREE"]) == [walked, "SCAN answers"]
