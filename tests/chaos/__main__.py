"""Everything that can go wrong, for long, on both databases: `make chaos`, `python -m tests.chaos [part]`.

`messages`: two weeks of an agency in a storm, and the naive way in the same storm; prints a table.
`releases`: a worker killed at every moment of a freeze, in every second round beside another worker; prints
a line for each round. An AssertionError says what does not hold.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bot.audit.killing import kill, two_groups, wrong
from bot.audit.worker import KEYS, Workers
from bot.bench import postgresql
from storage.database import Store
from tests.chaos.storm import Weather, ride
from tests.chaos.tables import table
from tests.chaos.town import SLOTS
from tests.schedules.agency import new_agency

ROUNDS = 2
MOMENTS = 160
"""More than a freeze of two groups has."""
STORM = Weather(
    teams=20,
    team_size=18,
    weeks=2,
    slots=SLOTS,
    workers=1,
    seed=1,
    kills=(30, 80),
    storms=(60, 200),
    jumps=(30, 120),
    lease=timedelta(seconds=6),
)
STORMS = {
    "SQLite": STORM,
    "PostgreSQL": replace(STORM, workers=4),
    "SQLite, naive": replace(STORM, reconciles=False),
    "PostgreSQL, naive": replace(STORM, workers=4, reconciles=False),
}


def messages(folder: Path, server: Path) -> None:
    """The storms, each on a database of its own."""
    reports = {}
    for number, (name, weather) in enumerate(STORMS.items()):
        at = folder / f"storm{number}"
        at.mkdir()
        print(f"{name}: a storm over {weather.workers} at work …", file=sys.stderr, flush=True)
        reports[name] = ride(_database(at, server, at.name, name.startswith("SQLite")), at, weather)
    print(table(reports), flush=True)
    for report in reports.values():
        if report.weather.reconciles:
            assert report.verdict.sound, report.verdict
            assert report.unsettled == {}
        else:
            assert report.verdict.double, "the naive way was not caught"
        assert report.verdict.messages >= 1500
        assert report.kills >= 15


def _database(folder: Path, server: Path, name: str, on_sqlite: bool) -> str:
    """The URL of an empty one with all tables."""
    url = f"sqlite:///{folder}/choir.db"
    if not on_sqlite:
        postgresql.administer(server, f"CREATE DATABASE {name}")
        url = postgresql.url(server, name)
    with closing(Store(url, KEYS)) as store:
        store.migrate()
    return url


def releases(folder: Path, server: Path) -> None:
    """A worker for every moment, in two rounds on each database."""
    with closing(Workers()) as workers:
        for kind in ("SQLite", "PostgreSQL"):
            with closing(Store(_database(folder, server, "releases", kind == "SQLite"), KEYS)) as store:
                for number in range(ROUNDS):
                    rival = bool(number % 2)
                    told = round_of_kills(store, workers, folder, f"T{number}{kind[0]}", rival=rival)
                    beside = "beside another" if rival else "alone"
                    print(f"{kind}, round {number + 1}, {beside}: {told}", flush=True)
    print("Nothing was drawn twice, no row changed.", flush=True)


def round_of_kills(store: Store, workers: Workers, folder: Path, prefix: str, *, rival: bool) -> str:
    """One worker for every moment, each in a workspace of its own; what became of teams a and b."""
    killed, ended = 0, Counter[str]()
    for nth in range(1, MOMENTS):
        agency = new_agency(store, f"{prefix}{nth}")
        two_groups(agency)
        ending = kill(agency, workers, folder, "any", nth, rival=rival)
        assert wrong(agency, ending) == []
        killed += ending.code == -9
        ended[" and ".join(ending.after.values())] += 1
    became = ", ".join(f"{how} {many}" for how, many in sorted(ended.items()))
    return f"{killed} of {MOMENTS - 1} workers killed; {became}"


def main() -> int:
    began = time.monotonic()
    acts = {"messages": messages, "releases": releases}
    with tempfile.TemporaryDirectory() as name, postgresql.running() as server:
        for part in sys.argv[1:] or acts:
            acts[part](Path(name), server)
    print(f"{time.monotonic() - began:.0f} s.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
