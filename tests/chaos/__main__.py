"""Kill a worker at every moment of a freeze, on both databases: `python -m tests.chaos [rounds]`.

In every second round another worker ends the same period at the same time. Prints a line for each round;
an AssertionError says what does not hold.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from bot.bench import postgresql
from storage.database import Store
from tests.chaos.killing import kill, sound, two_groups
from tests.chaos.worker import KEYS, Workers
from tests.schedules.agency import new_agency


@contextmanager
def stores(folder: Path) -> Iterator[dict[str, Store]]:
    """A database of each kind with all tables."""
    with postgresql.running() as server:
        postgresql.administer(server, "CREATE DATABASE choir")
        urls = {"SQLite": f"sqlite:///{folder}/choir.db", "PostgreSQL": postgresql.url(server, "choir")}
        with closing(Store(urls["SQLite"], KEYS)) as one, closing(Store(urls["PostgreSQL"], KEYS)) as other:
            for store in (one, other):
                store.migrate()
            yield {"SQLite": one, "PostgreSQL": other}


MOMENTS = 160
"""More than a freeze of two groups has."""


def round_of_kills(store: Store, workers: Workers, folder: Path, prefix: str, *, rival: bool) -> str:
    """One worker for every moment, each in a workspace of its own; what became of teams a and b."""
    killed, ended = 0, Counter[str]()
    for nth in range(1, MOMENTS):
        agency = new_agency(store, f"{prefix}{nth}")
        two_groups(agency)
        ending = kill(agency, workers, folder, "any", nth, rival=rival)
        sound(agency, ending)
        killed += ending.code == -9
        ended[" and ".join(ending.after.values())] += 1
    became = ", ".join(f"{how} {many}" for how, many in sorted(ended.items()))
    return f"{killed} of {MOMENTS - 1} workers killed; {became}"


def main() -> int:
    rounds, began = int(sys.argv[1]) if len(sys.argv) > 1 else 2, time.monotonic()
    with tempfile.TemporaryDirectory() as name, stores(Path(name)) as both, closing(Workers()) as workers:
        for number in range(rounds):
            for kind, store in both.items():
                prefix, rival = f"T{number}{kind[0]}", bool(number % 2)
                told = round_of_kills(store, workers, Path(name), prefix, rival=rival)
                beside = "beside another" if rival else "alone"
                print(f"{kind}, round {number + 1}, {beside}: {told}", flush=True)
    print(f"Nothing was drawn twice, no row changed. {time.monotonic() - began:.0f} s.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
