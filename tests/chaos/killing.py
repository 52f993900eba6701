"""One worker killed at one moment of a freeze, and what the next one makes of it."""

from __future__ import annotations

import json
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from bot.domain.localtime import freeze_at
from schedules.digests import freeze, open_periods
from storage.digests import ReleaseState, group_id
from tests.chaos.draws import Drawn, watched
from tests.chaos.worker import Order, Workers
from tests.schedules.agency import BEGINS_AT, EPOCH, Agency, Row, people
from tests.storage.at_once import at_once

TEAMS = ("a", "b")
PEOPLE = {"a": people(8), "b": people(8, "Q")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a worker ended, what stood at once, and in the end; draws by team, whoever made them."""

    code: int
    moments: int
    at_once: dict[str, ReleaseState]
    after: dict[str, ReleaseState]
    draws: dict[str, int]


def two_groups(agency: Agency) -> None:
    """Two teams of eight; in each six answered, once."""
    for team, who in PEOPLE.items():
        agency.team(team, who)
        agency.answer(0, dict.fromkeys(who[:6], 4))
    agency.at(BEGINS_AT)
    agency.clock.now = freeze_at(EPOCH, 0)
    while open_periods(agency.setting, agency.workspace):
        pass


def kill(
    agency: Agency, workers: Workers, folder: Path, moment: str, nth: int, *, rival: bool = False
) -> Ending:
    """Kill a worker, and let another take over at once, and again after the lease.

    rival: another ends the same period at the same time, and lives.
    """
    draws = folder / f"{agency.workspace}.draws"
    order = Order(
        url=agency.setting.store.url,
        mark=str(agency.setting.ledger_mark.file),
        workspace=agency.workspace,
        now=agency.clock.now.isoformat(),
        moment=moment,
        nth=nth,
        draws=str(draws),
    )
    drawn: list[Drawn] = []
    (code, moments), *_ = at_once(
        lambda: workers.run(order), *([lambda: _freeze(agency, drawn, nth % 12 / 100)] if rival else [])
    )
    stood, before = states(agency), agency.rows("releases")
    with watched(drawn):
        agency.at(agency.clock.now)
        agency.let_leases_lapse()
        agency.at(agency.clock.now)
    _released_rows_stand(before, agency.rows("releases"))
    made = [*(tuple(json.loads(line)) for line in draws.read_text().splitlines()), *drawn]
    counted = Counter(id_ for id_, _ in made)
    return Ending(
        code=code,
        moments=moments,
        at_once=stood,
        after=states(agency),
        draws={team: counted[group_id([team])] for team in TEAMS},
    )


def _freeze(agency: Agency, drawn: list[Drawn], after: float) -> tuple[int, int]:
    """Another worker, somewhat later: a new process needs a moment."""
    time.sleep(after)
    with watched(drawn):
        return int(freeze(agency.setting, agency.workspace)), 0


def _released_rows_stand(before: list[Row], after: list[Row]) -> None:
    assert [row for row in before if row["state"] == ReleaseState.RELEASED and row not in after] == []


def states(agency: Agency) -> dict[str, ReleaseState]:
    return {group[0]: state for group, state in agency.states(0).items()}


def sound(agency: Agency, ending: Ending) -> None:
    """What holds wherever a worker was killed."""
    assert max(ending.draws.values()) <= 1
    assert set(ending.after.values()) <= {ReleaseState.RELEASED, ReleaseState.LOST}
    for team, state in ending.after.items():
        assert ending.draws[team] == 1 or state is ReleaseState.LOST
        assert state is ending.at_once[team] or ending.at_once[team] in (
            ReleaseState.OPEN,
            ReleaseState.DEBITED,
        )
    assert agency.rows("contributors") == []
    assert len(agency.rows("ledger")) == 12
