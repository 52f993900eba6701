"""P7: a worker is killed at every step of a freeze; nothing is drawn twice and no row changes.

`python -m tests.chaos` kills one at every moment there is, many times.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.audit.killing import kill, two_groups, wrong
from bot.audit.worker import Workers
from storage.digests import ReleaseState
from tests.schedules.agency import Agency

OPEN, DEBITED, RELEASED, LOST = (
    ReleaseState.OPEN,
    ReleaseState.DEBITED,
    ReleaseState.RELEASED,
    ReleaseState.LOST,
)

STEPS = {
    "before the mark is raised": ("mark", 1, (OPEN, OPEN), (RELEASED, RELEASED), (1, 1)),
    "after it, before the debit is committed": ("commit", 1, (OPEN, OPEN), (LOST, LOST), (0, 0)),
    "after the debit, before anything is read": ("begin", 2, (DEBITED, DEBITED), (LOST, LOST), (0, 0)),
    "before the first answer is read": ("read", 1, (DEBITED, DEBITED), (LOST, LOST), (0, 0)),
    "before the draw": ("draw", 1, (DEBITED, DEBITED), (LOST, LOST), (1, 0)),
    "after the draw, before it is committed": ("commit", 2, (DEBITED, DEBITED), (LOST, LOST), (1, 0)),
    "after the first release": ("checkin", 2, (RELEASED, DEBITED), (RELEASED, LOST), (1, 0)),
    "before the second release": ("commit", 3, (RELEASED, DEBITED), (RELEASED, LOST), (1, 1)),
    "after the second release": ("checkin", 3, (RELEASED, RELEASED), (RELEASED, RELEASED), (1, 1)),
}


@pytest.mark.parametrize("step", STEPS)
def test_a_worker_killed_at_a_step_leaves_what_can_be_settled_without_a_second_draw(
    agency: Agency, workers: Workers, tmp_path: Path, step: str
) -> None:
    moment, nth, at_once, after, draws = STEPS[step]
    two_groups(agency)
    ending = kill(agency, workers, tmp_path, moment, nth)
    assert ending.code == -9
    assert tuple(ending.at_once.values()) == at_once
    assert tuple(ending.after.values()) == after
    assert tuple(ending.draws.values()) == draws
    assert wrong(agency, ending) == []


def test_a_worker_that_is_left_alone_releases_both(agency: Agency, workers: Workers, tmp_path: Path) -> None:
    two_groups(agency)
    ending = kill(agency, workers, tmp_path, "none", 0)
    assert ending.code == 0
    assert tuple(ending.at_once.values()) == tuple(ending.after.values()) == (RELEASED, RELEASED)
    assert wrong(agency, ending) == []


@pytest.mark.parametrize("moment", ["commit", "draw"])
def test_beside_a_worker_that_is_killed_another_draws_nothing_twice(
    agency: Agency, workers: Workers, tmp_path: Path, moment: str
) -> None:
    two_groups(agency)
    assert wrong(agency, kill(agency, workers, tmp_path, moment, 1, rival=True)) == []
