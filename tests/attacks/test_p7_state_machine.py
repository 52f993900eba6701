"""P7: whatever happens in whatever order, one draw at the most, and no row changes; on both databases."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from random import Random

import pytest

from bot.audit import periods
from bot.audit.databases import Agencies, store_on
from storage.database import Store
from tests.attacks.findings import assert_all_hold

KINDS = ("sqlite", "postgresql")
LIVES = 5 * int(os.environ.get("CHOIR_LONGER", "1"))


@pytest.fixture(params=KINDS)
def both(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Store, Store]]:
    """Two stores on one database; which kind it is."""
    if request.param == "sqlite":
        file = tmp_path_factory.mktemp("machine") / "choir.db"
        shutil.copyfile(request.getfixturevalue("made_sqlite"), file)
        url = f"sqlite:///{file}"
    else:
        url = request.getfixturevalue("emptied_postgresql")()
    with ExitStack() as opened:
        yield request.param, opened.enter_context(store_on(url)), opened.enter_context(store_on(url))


def test_periods_hold_whatever_happens(both: tuple[str, Store, Store], tmp_path: Path) -> None:
    kind, store, other = both
    assert periods.lives(Agencies(store, tmp_path), other, Random(kind), LIVES) == []


def test_a_worker_that_draws_again_after_a_crash_is_caught() -> None:
    assert_all_hold(periods.check_redraw)
