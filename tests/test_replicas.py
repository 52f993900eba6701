"""Several `choir run` at once: on PostgreSQL all of them work; on SQLite one, with commands beside it."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.handlers.world import BEN, STAFF
from tests.running import ROOT, Site, environ, site
from tests.storage.at_once import at_once

MANY = 3
WITHIN = 30.0


@pytest.fixture
def here(database: str, tmp_path: Path) -> Iterator[Site]:
    with site(database, tmp_path) as here:
        yield here


def start_all(here: Site) -> None:
    for _ in range(MANY):
        here.start(connects=False)
    assert here.slack.wait_connected(MANY, WITHIN)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_of_three_each_notice_each_event_and_each_click_is_acted_on_once(here: Site) -> None:
    start_all(here)
    assert here.slack.wait_until(lambda: here.fates() == {"sent"}, WITHIN)
    assert here.heard() == [1] * len(STAFF)
    for person in STAFF:
        here.slack.faults.redeliver_next_event(MANY - 1)
        here.slack.say(person.id, "hello?")
    assert here.slack.wait_until(lambda: min(here.heard()) >= 3, WITHIN)
    assert here.slack.idle()
    at_once(*(partial(command, here, person.id, "menu") for person in STAFF))
    for process in here.started:
        assert process.told(signal.SIGTERM) < 10
        assert process.code == 0
    assert here.heard() == [3] * len(STAFF)
    assert [len(here.slack.ephemerals(person.id)) for person in STAFF] == [1] * len(STAFF)
    assert here.fates() == {"sent"}


def command(here: Site, user_id: str, text: str) -> None:
    here.slack.command(user_id, here.slack.dm_id(user_id), "/choir", text)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_of_three_one_that_dies_leaves_the_clicks_to_the_others(here: Site) -> None:
    start_all(here)
    here.started[0].told(signal.SIGKILL)
    assert here.slack.wait_until(lambda: here.slack.connected() == MANY - 1, WITHIN)
    for person in STAFF:
        command(here, person.id, "menu")
    assert [len(here.slack.ephemerals(person.id)) for person in STAFF] == [1] * len(STAFF)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_button_pressed_in_two_places_at_once_is_one_act(here: Site) -> None:
    start_all(here)
    assert here.slack.wait_until(lambda: here.fates() == {"sent"}, WITHIN)
    at_once(*(partial(command, here, BEN.id, "stop") for _ in range(MANY)))
    stopped = [row for row in here.rows("preferences") if row["stopped"]]
    assert len(stopped) == 1
    assert all("Traceback" not in process.said() for process in here.started)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_on_sqlite_a_second_one_is_refused_and_other_commands_work_beside_it(
    here: Site, tmp_path: Path
) -> None:
    here.start()
    refused = choir(here, "run")
    assert refused.returncode == 1
    assert "Another `choir run` is using" in refused.stderr
    for words in (
        ("status",),
        ("db", "upgrade"),
        ("db", "backup", str(tmp_path / "copy.db")),
        ("admin", "add", BEN.id),
        ("admin", "list"),
    ):
        done = choir(here, *words)
        assert done.returncode == 0, (words, done.stdout, done.stderr)
    assert here.slack.wait_until(lambda: here.heard() == [1] * len(STAFF), WITHIN)


def choir(here: Site, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *words],
        cwd=ROOT,
        env=environ(here.settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
