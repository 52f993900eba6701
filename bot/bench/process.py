"""How soon `choir run` runs, and how much memory it holds with ten thousand people (docs/operating)."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.app import wall_clock
from bot.bench.agency import TZ, move_in
from bot.bench.installation import environment, installed
from bot.bench.localslack import local_slack
from bot.bench.rounds import Figures, Rounds
from bot.domain.localtime import epoch_for
from schedules.digests import open_periods

ROOT = Path(__file__).parents[2]
PEOPLE = 10_000
BEATING_SECONDS = 45.0
"""Long enough for every heartbeat but the hourly one, and for a look at Slack's roster."""
STOP_SECONDS = 20
MEGABYTE = 1024 * 1024
RUNS = " running"
"""How the log line ends that tells that it runs."""


def measure(rounds: Rounds, people: int = PEOPLE, beating_seconds: float = BEATING_SECONDS) -> Figures:
    """The same database in every round, as at any start but the first."""
    with TemporaryDirectory() as folder, local_slack(people, wall_clock()) as slack:
        environ = environment(slack, f"sqlite:///{folder}/data/choir.db", folder)
        _furnish(environ, people)
        return rounds.median(lambda: _run(Path(folder), environ, beating_seconds))


def _furnish(environ: Mapping[str, str], people: int) -> None:
    """Teams that started two weeks ago, in their first period; nobody is due for a year."""
    now = wall_clock()
    started_at, due_at = now - timedelta(weeks=2), now + timedelta(weeks=52)
    with closing(installed(environ, lambda: now)) as bot:
        with bot.setting.store.begin(bot.workspace) as tx:
            epoch_on = epoch_for(started_at, TZ)
            move_in(tx, people, started_at=started_at, epoch_on=epoch_on, due_at=due_at)
        while open_periods(bot.setting, bot.workspace):
            pass


def _run(folder: Path, environ: Mapping[str, str], beating_seconds: float) -> Figures:
    began = time.perf_counter()
    with _running(folder, environ) as process:
        _await(process, RUNS)
        ready_s = time.perf_counter() - began
        return {"ready_s": ready_s, "rss_mb": _most_held(process.pid, beating_seconds)}


def _most_held(pid: int, seconds: float) -> float:
    """The most memory a process was seen to hold, looked at each second."""
    until, most = time.monotonic() + seconds, resident_mb(pid)
    while time.monotonic() < until:
        time.sleep(1)
        most = max(most, resident_mb(pid))
    return most


@contextmanager
def _running(folder: Path, environ: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    """`choir run`, in a folder without a `.env`; told to stop at the end."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "run"],
        cwd=folder,
        env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(ROOT), **environ},
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=STOP_SECONDS)


def _await(process: subprocess.Popen[str], ending: str) -> None:
    """Wait for a line of its log; ChildProcessError with what it said if it ends before."""
    said = []
    for line in process.stderr or ():
        if line.rstrip().endswith(ending):
            return
        said.append(line)
    raise ChildProcessError("".join(said))


def resident_mb(pid: int) -> float:
    """Megabytes of memory that a process holds now."""
    pages = Path(f"/proc/{pid}/statm")
    if pages.exists():
        return int(pages.read_text().split()[1]) * os.sysconf("SC_PAGESIZE") / MEGABYTE
    asked = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=True)  # noqa: S607
    return int(asked.stdout) * 1024 / MEGABYTE
