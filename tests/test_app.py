"""The composition root: put together, put together again, wrong keys, told to stop."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from slack_bolt import BoltRequest
from slack_sdk.errors import SlackApiError
from sqlalchemy.exc import OperationalError

from bot.app import LISTENERS, Bot, CountingExecutor, assemble, wall_clock
from bot.config import Settings
from bot.domain.huddles import Rooms
from bot.sandbox import MovableClock, Person, Sandbox
from bot.setup.init import new_key
from schedules.scheduler import Heartbeat, beat
from schedules.setting import Setting
from storage import workspaces
from storage.workspaces import WrongKeys
from tests.handlers.bodies import command
from tests.handlers.world import settings_for
from tests.marks import new_mark_file

ROOT = Path(__file__).parents[1]
NOW = datetime(2027, 1, 20, 16, tzinfo=UTC)
STOPS_WITHIN = 10.0


# ---- threads that can say when nothing is in hand


@pytest.fixture
def executor() -> Iterator[CountingExecutor]:
    with CountingExecutor(4) as executor:
        yield executor


def test_it_is_idle_before_anything_was_handed_in(executor: CountingExecutor) -> None:
    assert executor.wait_idle(0)


def test_it_is_idle_only_once_everything_handed_in_has_ended(executor: CountingExecutor) -> None:
    gate = threading.Event()
    ended: list[int] = []

    def work(number: int) -> None:
        gate.wait(5)
        ended.append(number)

    for number in range(12):
        executor.submit(work, number)
    assert not executor.wait_idle(0.05)
    gate.set()
    assert executor.wait_idle(5)
    assert sorted(ended) == list(range(12))


def test_what_fails_is_no_longer_in_hand(executor: CountingExecutor) -> None:
    future = executor.submit(divmod, 1, 0)
    assert executor.wait_idle(5)
    assert isinstance(future.exception(), ZeroDivisionError)


def test_what_comes_after_the_end_is_refused_and_never_counted() -> None:
    executor = CountingExecutor(1)
    executor.shutdown()
    with pytest.raises(RuntimeError):
        executor.submit(print)
    assert executor.wait_idle(0)


# ---- putting together


@pytest.fixture
def slack() -> Iterator[Sandbox]:
    manifest = yaml.safe_load((ROOT / "app.yaml").read_text(encoding="utf-8"))
    people = [Person(id="U0ANA0001", name="Ana Ruiz")]
    clock = MovableClock(NOW)
    with Sandbox(manifest=manifest, clock=clock.now, people=people, ack_seconds=1.0) as sandbox:
        yield sandbox


@contextmanager
def put_together(settings: Settings) -> Iterator[Bot]:
    bot = assemble(settings, lambda: NOW)
    try:
        yield bot
    finally:
        bot.close()


@pytest.fixture
def settings(slack: Sandbox, tmp_path: Path) -> Settings:
    return settings_for(slack, f"sqlite:///{tmp_path}/deep/down/choir.db")


def test_an_empty_machine_gets_its_folder_tables_and_workspace(settings: Settings, tmp_path: Path) -> None:
    with put_together(settings) as bot:
        assert bot.setting.store.is_migrated()
        assert workspaces.list_ids(bot.setting.store) == (bot.workspace,)
    assert (tmp_path / "deep" / "down").stat().st_mode & 0o077 == 0


def test_the_video_room_of_the_settings_is_where_people_meet(settings: Settings) -> None:
    address = "https://meet.example.org/{room}"
    with put_together(replace(settings, huddle_fallback_url=address)) as bot:
        assert bot.house.rooms == bot.setting.rooms == Rooms(address=address)


def test_putting_it_together_again_keeps_what_is_there(settings: Settings) -> None:
    epoch = NOW.date() + timedelta(days=5)
    with put_together(settings) as bot, bot.setting.store.begin(bot.workspace) as tx:
        workspaces.set_epoch(tx, epoch)
        workspaces.set_key_holder(tx, "Nube Segura", None, conflict=False)
    with put_together(settings) as again, again.setting.store.read(again.workspace) as tx:
        found = workspaces.get(tx)
    assert (found.epoch_on, found.key_holder) == (epoch, "Nube Segura")


def test_two_put_together_at_once_on_one_database_are_one_workspace(settings: Settings) -> None:
    """As replicas do; on SQLite only the lock of `choir run` keeps them apart."""
    with put_together(settings) as one, put_together(settings) as other:
        assert one.workspace == other.workspace
        assert workspaces.list_ids(one.setting.store) == (one.workspace,)


def test_coming_back_after_being_taken_out_sends_again(settings: Settings) -> None:
    with put_together(settings) as bot, bot.setting.store.begin(bot.workspace) as tx:
        workspaces.set_uninstalled(tx, NOW)
    with put_together(settings) as again, again.setting.store.read(again.workspace) as tx:
        assert not workspaces.is_uninstalled(tx)


@pytest.mark.parametrize("name", ["master_key", "ref_key"])
def test_other_keys_are_refused_before_anything_is_written(
    slack: Sandbox, settings: Settings, name: str
) -> None:
    with put_together(settings) as bot, bot.setting.store.begin(bot.workspace) as tx:
        workspaces.set_uninstalled(tx, NOW)
    others = settings_for(slack, settings.database_url, **{name: bytes(32)})
    with pytest.raises(WrongKeys):
        assemble(others, lambda: NOW)
    with bot.setting.store.read(bot.workspace) as tx:
        assert workspaces.is_uninstalled(tx)
    bot.setting.store.close()


def test_a_token_that_is_not_good_is_said(slack: Sandbox, settings: Settings) -> None:
    others = settings_for(slack, settings.database_url, slack_bot_token="xoxb-of-another-app")
    with pytest.raises(SlackApiError, match="invalid_auth"):
        assemble(others, lambda: NOW)


def test_a_database_that_cannot_be_reached_is_said_soon(slack: Sandbox) -> None:
    began = time.monotonic()
    with pytest.raises(OperationalError):
        assemble(settings_for(slack, "postgresql+psycopg://me:hunter2@127.0.0.1:9/choir"), lambda: NOW)
    assert time.monotonic() - began < 5


def test_the_token_is_known_to_be_good_before_the_first_click(slack: Sandbox, settings: Settings) -> None:
    """Else Bolt would ask then, and apologise in English to whoever clicked while Slack is slow."""
    with put_together(settings) as bot:
        before = sum(call.method == "auth.test" for call in slack.calls)
        slack.faults.storm_429("auth.test", 9)
        response = bot.app.dispatch(BoltRequest(mode="socket_mode", body=command("U0ANA0001", "crisis")))
    assert "988" in response.body
    assert sum(call.method == "auth.test" for call in slack.calls) == before


def test_there_are_threads_enough_for_a_team_at_the_same_hour() -> None:
    assert LISTENERS >= 10


def test_the_clock_on_the_wall_is_in_utc() -> None:
    assert wall_clock().tzinfo is UTC
    assert abs(wall_clock() - datetime.now(UTC)) < timedelta(seconds=5)


# ---- told to stop


def test_told_to_stop_a_heartbeat_ends_after_the_unit_in_hand(settings: Settings) -> None:
    """A Monday's cards take minutes; a machine that shuts down waits for ten seconds."""
    done: list[str] = []

    def endless(setting: Setting, workspace: str) -> bool:
        done.append(workspace)
        if len(done) == 3:
            setting.stopping.set()
        return True

    with put_together(settings) as bot:
        beat(bot.setting, Heartbeat(name="deliver", every=timedelta(seconds=1), beats=(endless, endless)))
    assert len(done) == 3


# ---- `choir run` with something in hand


@pytest.fixture
def environ(slack: Sandbox, tmp_path: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": "",
        "PYTHONPATH": str(ROOT),
        "SLACK_API_URL": slack.api_url,
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "CHOIR_MASTER_KEY": new_key(),
        "CHOIR_REF_KEY": new_key(),
        "DATABASE_URL": f"sqlite:///{tmp_path}/choir.db",
        "LEDGER_MARK": str(new_mark_file()),
    }


@contextmanager
def choir_run(environ: dict[str, str], folder: Path) -> Iterator[subprocess.Popen[str]]:
    words = [sys.executable, "-m", "bot", "run"]
    started = subprocess.Popen(words, cwd=folder, env=environ, stderr=subprocess.PIPE, text=True)
    try:
        yield started
    finally:
        started.kill()
        started.communicate()


def test_told_to_stop_while_people_click_it_ends_within_ten_seconds_and_leaves_no_traceback(
    slack: Sandbox, environ: dict[str, str], tmp_path: Path
) -> None:
    clicking = threading.Event()

    def click_away() -> None:
        while not clicking.is_set():
            slack.command("U0ANA0001", slack.dm_id("U0ANA0001"), "/choir", "menu")

    with choir_run(environ, tmp_path) as bot:
        assert slack.wait_connected(timeout=30)
        people = [threading.Thread(target=click_away) for _ in range(3)]
        for person in people:
            person.start()
        assert slack.wait_until(lambda: slack.ephemerals("U0ANA0001"), timeout=10)
        began = time.monotonic()
        bot.send_signal(signal.SIGTERM)
        try:
            _, said = bot.communicate(timeout=STOPS_WITHIN + 5)
        finally:
            clicking.set()
            for person in people:
                person.join(10)
        assert time.monotonic() - began < STOPS_WITHIN
    assert bot.returncode == 0
    assert "Traceback" not in said
    assert "U0ANA0001" not in said
