"""One APScheduler job for each person, kept in a database: what planning is compared with."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC
from pathlib import Path
from threading import Semaphore

from apscheduler.events import EVENT_JOB_EXECUTED
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler

from bot.app import wall_clock


def nothing(_ref: str) -> None:
    """What each job does: the store alone is measured."""


def keep_jobs(file: Path, many: int) -> None:
    """Put so many weekly jobs into a new store on SQLite, all due now."""
    due_at = wall_clock()
    with _scheduler(file) as scheduler:
        scheduler.start(paused=True)
        for number in range(many):
            scheduler.add_job(
                nothing,
                "interval",
                (f"{number:064x}",),
                weeks=1,
                id=str(number),
                next_run_time=due_at,
                misfire_grace_time=None,
                coalesce=True,
            )


def write_ahead(file: Path) -> None:
    """Let the store keep a write-ahead log as Choir does, which it does not by itself."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")


def seconds_to_run(file: Path, many: int) -> float:
    """From due until all of them have run once."""
    ran = Semaphore(0)
    with _scheduler(file) as scheduler:
        scheduler.add_listener(lambda _: ran.release(), EVENT_JOB_EXECUTED)
        scheduler.start(paused=True)
        began = time.perf_counter()
        scheduler.resume()
        for _ in range(many):
            ran.acquire()
        return time.perf_counter() - began


@contextmanager
def _scheduler(file: Path) -> Iterator[BackgroundScheduler]:
    store = SQLAlchemyJobStore(url=f"sqlite:///{file}")
    scheduler = BackgroundScheduler(timezone=UTC, jobstores={"default": store})
    try:
        yield scheduler
    finally:
        scheduler.remove_jobstore("default")  # a scheduler that ends would run what is due in it
        scheduler.shutdown()
