"""Worker processes that run the product's heartbeats until they are killed; the next one starts at once."""

from __future__ import annotations

import logging
import multiprocessing
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path

from slack_sdk import WebClient
from sqlalchemy import update

from bot.audit.worker import KEYS
from bot.domain.notices import Fate
from bot.sandbox.people import TEAM_ID
from bot.sandbox.webapi import BOT_TOKEN
from bot.slack import Messenger
from schedules import scheduler
from schedules.reconcile import reconcile
from schedules.scheduler import HEARTBEATS, Heartbeat
from schedules.setting import Patience, Setting
from storage.database import Store
from storage.ledger_mark import LedgerMark
from storage.schema import outbox
from tests.chaos.clock import SharedClock
from tests.schedules.agency import CONTENT

QUICKER, QUICKEST = 50, timedelta(seconds=0.3)
"""How much more often hearts beat here, so that something is always in hand when somebody is killed."""
HTTP_SECONDS = 0.4
UNKNOWN = timedelta(seconds=0.5)
"""Longer than a request may take, as in the product."""

FRESH = multiprocessing.get_context("forkserver")
"""Processes are forked from one that has everything imported and holds no thread and no connection."""
FRESH.set_forkserver_preload([__name__])


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a worker process is told. reconciles: False for the naive way that this harness must catch.

    lease is real time; a request begins in its first half. log: the file to which all of them write.
    """

    url: str
    api_url: str
    clock: SharedClock
    reconciles: bool
    lease: timedelta
    log: Path


def work(job: Job) -> None:
    """Beat until killed, or until whoever started it is gone."""
    logging.basicConfig(filename=job.log, level=logging.INFO)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # beats that take long are no news here
    client = WebClient(token=BOT_TOKEN, base_url=job.api_url, timeout=HTTP_SECONDS, retry_handlers=[])
    with closing(Store(job.url, KEYS)) as store:
        setting = Setting(
            workspace=TEAM_ID,
            store=store,
            content=CONTENT,
            messenger=Messenger(client),
            now=job.clock.now,
            patience=Patience(lease=job.lease, unknown=UNKNOWN),
            ledger_mark=LedgerMark(file=job.log.with_name("ledger-mark")),
        )
        scheduler.start(setting, heartbeats=tuple(heartbeats(reconciles=job.reconciles)))
        multiprocessing.parent_process().join()


def heartbeats(*, reconciles: bool) -> Iterator[Heartbeat]:
    """Those of the product, only faster; the naive ones send again what got no answer."""
    for one in HEARTBEATS:
        naive = tuple(resend if unit is reconcile else unit for unit in one.beats)
        every = max(one.every / QUICKER, QUICKEST)
        yield replace(one, every=every, beats=one.beats if reconciles else naive)


def resend(setting: Setting, workspace: str) -> bool:
    """What many programs do with a request that got no answer: they make it again."""
    with setting.store.begin(workspace) as tx:
        unsure = (outbox.c.fate.in_([Fate.ATTEMPTED, Fate.UNKNOWN]), outbox.c.lease_until < tx.real_now())
        again = update(outbox).where(outbox.c.workspace == workspace, *unsure)
        return bool(tx.execute(again.values(fate=Fate.WAITING, fence=outbox.c.fence + 1)).rowcount)


class Crew:
    """So many workers at once."""

    def __init__(self, job: Job, size: int) -> None:
        self._job = job
        self._workers = [self._next() for _ in range(size)]
        self.kills = 0

    def kill(self, which: int) -> None:
        """kill -9, and the next one takes its place."""
        place = which % len(self._workers)
        _end(self._workers[place])
        self._workers[place] = self._next()
        self.kills += 1

    def close(self) -> None:
        for worker in self._workers:
            _end(worker)

    def _next(self) -> BaseProcess:
        worker = FRESH.Process(target=work, args=(self._job,), daemon=True)
        worker.start()
        return worker


def _end(worker: BaseProcess) -> None:
    worker.kill()
    worker.join()
    assert worker.exitcode == -9, f"a worker ended by itself: {worker.exitcode}"
