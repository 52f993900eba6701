"""A process that ends periods and is killed where it is told: `kill -9`, at a moment counted by its database.

One process has everything imported and makes a new one for each order, which is the one that dies. Moments
are what SQLAlchemy and the sampler tell anyway; the product knows nothing of it.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import event

from bot.audit.agency import CONTENT, NOWHERE
from bot.audit.drawn import watched
from bot.slack import Messenger, web_client
from schedules.digests import freeze
from schedules.setting import Setting
from storage.crypto import Keys
from storage.database import Store
from storage.ledger_mark import LedgerMark

MOMENTS = ("begin", "mark", "read", "draw", "commit", "checkin")
"""A transaction begins; the ledger's mark is about to get its new value; a sealed answer is asked for; the
sampler is called; a commit is about to be made; the connection is handed back, so the commit was made and
nothing after it has happened."""
KEYS = Keys(master=bytes(range(32)), reference=bytes(range(100, 132)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """End a period of a workspace that is over at `now`, and die at the nth such moment; 0: live.

    mark: the file of the ledger's mark. draws: the file to which each draw is appended when it begins.
    """

    url: str
    mark: str
    workspace: str
    now: str
    moment: str
    nth: int
    draws: str


class Reaper:
    """Counts moments and ends its own process, without a word, at one of them. "any" is each of them."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.passed: Counter[str] = Counter()
        self.draws = os.open(order.draws, os.O_CREAT | os.O_APPEND | os.O_WRONLY)

    def listen(self, store: Store) -> None:
        event.listen(store.engine, "begin", lambda _connection: self.passes("begin"))
        event.listen(store.engine, "commit", lambda _connection: self.passes("commit"))
        event.listen(store.engine, "checkin", lambda *_about: self.passes("checkin"))
        event.listen(store.engine, "before_cursor_execute", self._executes)
        sys.addaudithook(self._audits)

    def _audits(self, event: str, about: tuple[Any, ...]) -> None:
        if event == "os.rename" and str(about[1]) == self.order.mark:
            self.passes("mark")

    def _executes(self, _connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        self.passes("read" if "answers.sealed" in statement else "execute")

    def append(self, drawn: tuple[str, int]) -> None:
        """Called as the list of draws that `watched` fills."""
        os.write(self.draws, (json.dumps(drawn) + "\n").encode())
        self.passes("draw")

    def passes(self, moment: str) -> None:
        for name in (moment, "any"):
            self.passed[name] += 1
            if (name, self.passed[name]) == (self.order.moment, self.order.nth):
                os.kill(os.getpid(), signal.SIGKILL)


def obey(order: Order) -> None:
    reaper, now = Reaper(order), datetime.fromisoformat(order.now)
    with closing(Store(order.url, KEYS)) as store:
        reaper.listen(store)
        messenger = Messenger(web_client("xoxb-nobody", NOWHERE))
        setting = Setting(
            workspace=order.workspace,
            store=store,
            ledger_mark=LedgerMark(file=Path(order.mark)),
            content=CONTENT,
            messenger=messenger,
            now=lambda: now,
        )
        with watched(reaper):
            freeze(setting, order.workspace)
    os.write(sys.stdout.fileno(), f"{reaper.passed['any']}\n".encode())


def serve() -> None:
    """An order a line; for each the number of moments it passed, and how its process ended."""
    for line in sys.stdin:
        child = os.fork()
        if not child:
            code = 1
            try:
                obey(Order(**json.loads(line)))
                code = 0
            finally:
                os._exit(code)
        _, status = os.waitpid(child, 0)
        print(f"ended {os.waitstatus_to_exitcode(status)}", flush=True)


class Workers:
    """The process that makes workers; `close` ends it."""

    def __init__(self) -> None:
        root = Path(__file__).parents[2]
        orders, told = os.pipe(), os.pipe()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bot.audit.worker"], cwd=root, stdin=orders[0], stdout=told[1]
        )
        os.close(orders[0])
        os.close(told[1])
        self._orders, self._told = os.fdopen(orders[1], "w"), os.fdopen(told[0])

    def run(self, order: Order) -> tuple[int, int]:
        """How the worker ended (-9: killed), and how many moments it passed if it lived."""
        facts = {name: getattr(order, name) for name in Order.__slots__}
        print(json.dumps(facts), file=self._orders, flush=True)
        passed = 0
        while not (line := self._told.readline()).startswith("ended"):
            passed = int(line)
        return int(line.split()[1]), passed

    def close(self) -> None:
        self._orders.close()
        self._process.wait(10)
        self._told.close()


if __name__ == "__main__":
    serve()
