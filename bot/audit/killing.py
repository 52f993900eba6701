"""One worker killed at one moment of a freeze, and what the next one makes of it."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.audit.agency import BEGINS_AT, EPOCH, Agency, people
from bot.audit.at_once import at_once
from bot.audit.databases import agencies, database, kinds, store_on
from bot.audit.drawn import Drawn, watched
from bot.audit.worker import Order, Workers
from bot.domain.localtime import freeze_at
from bot.proof.findings import Effort, Finding, exactly
from schedules.digests import freeze, open_periods
from storage.digests import ReleaseState, group_id

TEAMS = ("a", "b")
SETTLED = (ReleaseState.RELEASED, ReleaseState.LOST)
IN_HAND = (ReleaseState.OPEN, ReleaseState.DEBITED)
PEOPLE = {"a": people(8), "b": people(8, "Q")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a worker ended, what stood at once, and in the end; draws by team, whoever made them.

    stood: no released row changed meanwhile.
    """

    code: int
    moments: int
    at_once: dict[str, ReleaseState]
    after: dict[str, ReleaseState]
    draws: dict[str, int]
    stood: bool


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
    after = agency.rows("releases")
    made = [*(tuple(json.loads(line)) for line in draws.read_text().splitlines()), *drawn]
    counted = Counter(id_ for id_, _ in made)
    return Ending(
        code=code,
        moments=moments,
        at_once=stood,
        after=states(agency),
        draws={team: counted[group_id([team])] for team in TEAMS},
        stood=all(row in after for row in before if row["state"] == ReleaseState.RELEASED),
    )


def _freeze(agency: Agency, drawn: list[Drawn], after: float) -> tuple[int, int]:
    """Another worker, somewhat later: a new process needs a moment."""
    time.sleep(after)
    with watched(drawn):
        return int(freeze(agency.setting, agency.workspace)), 0


def states(agency: Agency) -> dict[str, ReleaseState]:
    return {group[0]: state for group, state in agency.states(0).items()}


def wrong(agency: Agency, ending: Ending) -> list[str]:
    """What does not hold, wherever a worker was killed; empty when all does."""
    held = {
        "a released row changed": ending.stood,
        "something was drawn twice": max(ending.draws.values()) <= 1,
        "a period is neither released nor lost": set(ending.after.values()) <= set(SETTLED),
        "released without a draw": all(
            ending.draws[team] == 1 or state is ReleaseState.LOST for team, state in ending.after.items()
        ),
        "what had ended changed": all(
            state is ending.at_once[team] or ending.at_once[team] in IN_HAND
            for team, state in ending.after.items()
        ),
        "contributors were not forgotten": agency.rows("contributors") == [],
        "the debits are not those of twelve people": len(agency.rows("ledger")) == 12,
    }
    return [what for what, holds in held.items() if not holds]


STEPS = (
    ("mark", 1), ("commit", 1), ("begin", 2), ("read", 1), ("draw", 1),
    ("commit", 2), ("checkin", 2), ("commit", 3), ("checkin", 3),
)  # fmt: skip
"""Where a worker is killed in the short form: before and after every step of a freeze of two groups."""
ALL = tuple(("any", nth) for nth in range(1, 161))
"""In the long form: at every moment there is, and some beyond the last."""


def check(effort: Effort) -> Iterator[Finding]:
    """P7, with kill -9."""
    steps = ALL if effort.long else STEPS
    for kind in kinds(effort):
        with (
            database(kind) as url,
            store_on(url) as store,
            agencies(store) as made,
            closing(Workers()) as workers,
            TemporaryDirectory() as folder,
        ):
            killed = [_killed(made(), workers, Path(folder), *step) for step in steps]
        yield exactly(
            f"kill -9 at {len(steps)} moments between the debit and the last release, on {kind}, and another "
            "worker after it: second draws, changed rows, draws for what was lost",
            "; ".join(sorted({what for wrong in killed for what in wrong})) or "none",
            "none",
        )


def _killed(agency: Agency, workers: Workers, folder: Path, moment: str, nth: int) -> list[str]:
    two_groups(agency)
    return wrong(agency, kill(agency, workers, folder, moment, nth))
