"""The PostgreSQL that measurements and tests start (see bot/bench/postgresql.py), and what happens to it."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg

from bot.bench.postgresql import READY_WITHIN, administer, connected, running, url

__all__ = ["Server", "administer", "connected", "frozen", "restartable", "running", "url"]


@contextmanager
def frozen(folder: Path) -> Iterator[None]:
    """Its processes stand still: it takes connections and answers nothing."""
    server = _postmaster(folder)
    os.kill(server, signal.SIGSTOP)
    processes = [*_children(server), server]
    _tell(processes, signal.SIGSTOP)
    try:
        yield
    finally:
        _tell(processes, signal.SIGCONT)


class Server:
    """One that can be stopped without warning and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._words = Path(f"/proc/{_postmaster(folder)}/cmdline").read_text().rstrip("\0").split("\0")
        self._again: subprocess.Popen[bytes] | None = None

    def stop(self) -> None:
        """As a crash, or pg_ctl stop -m immediate, would."""
        os.kill(_postmaster(self.folder), signal.SIGQUIT)
        if self._again:
            self._again.wait()
        while self._answers():
            time.sleep(0.02)

    def start(self) -> None:
        data = (self.folder / "data").stat()
        rights: dict[str, Any] = {}
        if os.geteuid() == 0:
            rights = {"user": data.st_uid, "group": data.st_gid, "extra_groups": []}
        with (self.folder / "log").open("ab") as log:
            self._again = subprocess.Popen(
                self._words, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **rights
            )
        until = time.monotonic() + READY_WITHIN
        while not self._answers():
            if time.monotonic() > until:
                raise ChildProcessError((self.folder / "log").read_text())
            time.sleep(0.02)

    def _answers(self) -> bool:
        try:
            administer(self.folder, "SELECT 1")
        except psycopg.OperationalError:
            return False
        return True


@contextmanager
def restartable() -> Iterator[Server]:
    """A server of one's own."""
    with running() as folder:
        server = Server(folder)
        try:
            yield server
        finally:
            server.stop()


def _postmaster(folder: Path) -> int:
    return int((folder / "data" / "postmaster.pid").read_text().splitlines()[0])


def _tell(processes: Iterable[int], what: signal.Signals) -> None:
    for process in processes:
        with suppress(ProcessLookupError):  # whose client left a moment ago
            os.kill(process, what)


def _children(process: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
