"""P6 through the database: random agencies over two blocks, with moves, pools, leavers and new readers."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from bot.audit import histories
from bot.audit.databases import Agencies, store_on

HISTORIES = {"sqlite": 100, "postgresql": 30}
LONGER = int(os.environ.get("CHOIR_LONGER", "1"))
"""How many times as many the long form tells."""


@pytest.fixture(params=HISTORIES)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def agencies(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Agencies]:
    """One database for all histories, each in a workspace of its own."""
    if kind == "sqlite":
        file = tmp_path / "choir.db"
        shutil.copyfile(request.getfixturevalue("made_sqlite"), file)
        url = f"sqlite:///{file}"
    else:
        url = request.getfixturevalue("emptied_postgresql")()
    with store_on(url) as store:
        yield Agencies(store, tmp_path / "marks")


def test_groups_are_a_partition_that_readers_have_no_part_in(kind: str, agencies: Agencies) -> None:
    assert histories.told(agencies, Random(kind), HISTORIES[kind] * LONGER) == []


def test_a_reader_who_counts_is_noticed(agencies: Agencies) -> None:
    """The facts know of a supervisor that the program was not told of."""
    rng, agency = Random(1), agencies()
    history = histories.begun(rng, agency)
    team = next(iter(history.teams))
    members = sorted(history.members(team, histories.STARTED_AT))
    history.teams[team].readers["supervisor"] = members[0]
    agency.at(histories.period_starts_at(histories.EPOCH, 0))
    opened = histories.rosters(history, 0)
    assert histories.broken_by(
        lambda: histories.counted_rightly(history, opened | {(team,): set(members)}, histories.STARTED_AT)
    )
