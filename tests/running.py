"""`choir run` as processes of its own, on a workday of January 2027, against a local Slack.

As a program (`python -m tests.running OFFSET STOP_SECONDS`) it is such a process: the bot with its settings
from the environment, and a clock that is OFFSET seconds away from this machine's.
"""

from __future__ import annotations

import base64
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot import config, logs
from bot.app import assemble, run_bot, wall_clock
from bot.config import Settings
from bot.demo.stage import Stage, start_teams
from bot.sandbox import BOT_USER_ID, MovableClock, Sandbox
from storage.crypto import Keys
from storage.database import Store
from storage.schema import metadata
from tests.handlers.world import STAFF, START, cast, manifest, settings_for

ROOT = Path(__file__).parents[1]
AFTERNOON = START + timedelta(hours=3.5)
"""Working time, and nobody's lunch, in New York and Chicago."""
CONNECTED_WITHIN = 30.0
ENDED_WITHIN = 50.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """One process. Its log is a file, so that it never waits for somebody to read."""

    process: subprocess.Popen[bytes]
    log: Path

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def told(self, *signals: signal.Signals) -> float:
        """Send signals, wait for the end; after how many seconds it came."""
        began = time.monotonic()
        for number in signals:
            self.process.send_signal(number)
            time.sleep(0.1)
        try:
            self.process.wait(ENDED_WITHIN)
        except subprocess.TimeoutExpired:
            self.process.send_signal(
                signal.SIGABRT
            )  # PYTHONFAULTHANDLER: where each thread stands goes to the log
            self.process.wait()
            raise AssertionError(f"it did not end:\n{self.said()}") from None
        return time.monotonic() - began

    @property
    def code(self) -> int | None:
        return self.process.poll()


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A database in which a team has just started, so that first messages are due, and its local Slack."""

    slack: Sandbox
    clock: MovableClock
    settings: Settings
    folder: Path
    ends: ExitStack
    started: list[Running] = field(default_factory=list)

    def start(self, stop_seconds: float = 9.0, *, connects: bool = True) -> Running:
        """Another `choir run`; unless told otherwise it has connected to Slack."""
        offset = (self.clock.now() - wall_clock()).total_seconds()
        before = self.slack.connected()
        log = self.folder / f"log{len(self.started)}"
        with log.open("wb") as stderr:
            words = [sys.executable, "-m", "tests.running", str(offset), str(stop_seconds)]
            process = subprocess.Popen(words, cwd=ROOT, env=environ(self.settings), stderr=stderr)
        self.ends.callback(_kill, process)
        running = Running(process=process, log=log)
        self.started.append(running)
        if connects:
            assert self.slack.wait_connected(before + 1, CONNECTED_WITHIN), running.said()
        return running

    def store(self) -> Store:
        """The caller closes it."""
        keys = Keys(master=self.settings.master_key, reference=self.settings.ref_key)
        return Store(self.settings.database_url, keys)

    def rows(self, table: str) -> list[dict[str, Any]]:
        """All rows of a table, in a fixed order."""
        store = self.store()
        try:
            with store.read(self.slack.team_id) as tx:
                found = tx.execute(select(metadata.tables[table])).mappings().all()
        finally:
            store.close()
        return sorted((dict(row) for row in found), key=str)

    def fates(self) -> set[str]:
        return {row["fate"] for row in self.rows("outbox")}

    def heard(self) -> list[int]:
        """How many messages each of the staff has."""
        return [len(self.slack.dm(person.id)) for person in STAFF]


@contextmanager
def site(database_url: str, folder: Path) -> Iterator[Site]:
    """It is Wednesday 15:30 in New York; nine people, and their first messages are due and not sent."""
    clock = MovableClock(START)
    people = cast()
    slack = Sandbox(
        manifest=manifest(),
        clock=clock.now,
        people=people.people(),
        channels=people.channels(BOT_USER_ID),
        ack_seconds=3.0,
    )
    with ExitStack() as ends:
        ends.enter_context(slack)
        settings = settings_for(slack, database_url)
        bot = assemble(settings, clock.now)
        start_teams(Stage(sandbox=slack, clock=clock, bot=bot, cast=people))
        bot.close()
        clock.move_to(AFTERNOON)
        clock.run()
        yield Site(slack=slack, clock=clock, settings=settings, folder=folder, ends=ends)


def environ(settings: Settings) -> dict[str, str]:
    """Settings as an operator writes them."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": "",
        "PYTHONFAULTHANDLER": "1",
        "PYTHONPATH": str(ROOT),
        "SLACK_API_URL": settings.slack_api_url,
        "SLACK_BOT_TOKEN": settings.slack_bot_token,
        "SLACK_APP_TOKEN": settings.slack_app_token,
        "DATABASE_URL": settings.database_url,
        "LEDGER_MARK": str(settings.ledger_mark),
        "CHOIR_MASTER_KEY": base64.urlsafe_b64encode(settings.master_key).decode(),
        "CHOIR_REF_KEY": base64.urlsafe_b64encode(settings.ref_key).decode(),
    }


def _kill(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()


def main(offset: str, stop_seconds: str) -> None:
    settings = config.read_settings(config.gather(os.environ))
    logs.configure(settings.log_level)
    ahead = timedelta(seconds=float(offset))
    run_bot(settings, lambda: datetime.now(UTC) + ahead, float(stop_seconds))


if __name__ == "__main__":
    main(*sys.argv[1:])
