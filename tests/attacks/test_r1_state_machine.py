"""R1: whoever says or takes back what in whatever order, what is carried is as told; on both databases."""

from __future__ import annotations

import os
from pathlib import Path
from random import Random

import pytest

from bot.audit import lanes
from bot.audit.databases import Agencies
from storage.database import Store
from tests.attacks.test_p7_state_machine import both

__all__ = ["both"]

RUNS = {"sqlite": 8, "postgresql": 4}
LONGER = int(os.environ.get("CHOIR_LONGER", "1"))


def test_what_an_update_carries_is_what_people_were_told(
    both: tuple[str, Store, Store], tmp_path: Path
) -> None:
    kind, store, _ = both
    assert lanes.lives(Agencies(store, tmp_path), Random(kind), RUNS[kind] * LONGER) == []


@pytest.mark.parametrize("both", ["sqlite"], indirect=True)
def test_a_line_that_was_not_counted_is_noticed(both: tuple[str, Store, Store], tmp_path: Path) -> None:
    """The model believes that six people chose a line, and they did not."""
    life = lanes.Lanes(Agencies(both[1], tmp_path)(), Random(1))
    life.said.update({user: {lanes.FEW[0]} for user in lanes.STAFF["a"][:6]})
    assert lanes.broken_by(lambda: life._ends(0)) == ["other lines came than enough people chose"]
