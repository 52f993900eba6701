"""`choir run` while the database is away: hearts miss beats, clicks are answered, then all goes on."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path

import pytest

from bot.ending import CUT, CUT_WORDS
from tests import postgresql
from tests.handlers.outages import locked
from tests.handlers.world import BEN, STAFF, text_of
from tests.postgresql import Server, frozen
from tests.running import Running, Site, site

Away = Callable[[], AbstractContextManager[None]]
POST = "chat.postMessage"
WITHIN = 20.0
AWAY_SECONDS = 3.0
"""Long enough for every heartbeat that sends to miss some beats, and for a click to be told so."""


@pytest.fixture(params=["stopped", "frozen", "locked"])
def here(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Site, Away]]:
    """A place, and what takes its database away."""
    if request.param == "locked":
        url = f"sqlite:///{tmp_path}/choir.db"
        with site(url, tmp_path) as place:
            yield place, partial(locked, url)
        return
    with postgresql.restartable() as server:
        postgresql.administer(server.folder, "CREATE DATABASE choir")
        away = partial(frozen, server.folder) if request.param == "frozen" else partial(stopped, server)
        with site(postgresql.url(server.folder, "choir"), tmp_path) as place:
            yield place, away


@contextmanager
def stopped(server: Server) -> Iterator[None]:
    server.stop()
    try:
        yield
    finally:
        server.start()


def pause(place: Site) -> str:
    """What somebody reads who types /choir stop."""
    place.slack.command(BEN.id, place.slack.dm_id(BEN.id), "/choir", "stop")
    return text_of(place.slack.ephemerals(BEN.id)[-1])


def is_up(running: Running) -> bool:
    return running.code is None and "Traceback" not in running.said()


def test_a_database_that_is_away_for_a_while_costs_beats_and_nothing_else(
    here: tuple[Site, Away],
) -> None:
    place, away = here
    place.slack.faults.hold_up(POST, 0.3, times=1000)
    running = place.start()
    assert place.slack.wait_until(lambda: sum(place.heard()), WITHIN)
    with away():
        began = time.monotonic()
        said = pause(place)
        assert time.monotonic() - began < 3
        assert "nothing was changed" in said
        time.sleep(AWAY_SECONDS)
    place.slack.faults.clear()
    assert place.slack.wait_until(lambda: min(place.heard()) > 0, WITHIN)
    assert "nothing was changed" not in pause(place)
    assert place.heard() == [1] * len(STAFF)
    assert is_up(running)


def test_told_to_stop_while_the_database_stands_still_it_does_not_wait_for_it(
    emptied_postgresql: Callable[[], str], postgresql_server: Path, tmp_path: Path
) -> None:
    with site(emptied_postgresql(), tmp_path) as place:
        running = place.start(stop_seconds=1.0)
        assert place.slack.wait_until(lambda: place.fates() == {"sent"}, WITHIN)
        with frozen(postgresql_server):
            time.sleep(1.5)  # so that a heartbeat hangs
            assert running.told(signal.SIGTERM) < 3
        assert running.code == CUT
        assert running.said().endswith(CUT_WORDS)
