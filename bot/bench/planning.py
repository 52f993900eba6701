"""What a look costs when nobody is due, and what one person costs who is (docs/operating).

Beside the second stands one APScheduler job for each person. Everybody has thirteen weeks behind them.
"""

from __future__ import annotations

import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from sqlalchemy import literal, select, union_all

from bot.bench.agency import EPOCH_ON, STARTED_AT, TZ, move_in
from bot.bench.jobs import keep_jobs, seconds_to_run, write_ahead
from bot.bench.rounds import Figures, Rounds
from bot.content import load_content
from bot.domain.checkins import Card, State
from bot.domain.localtime import WEDNESDAY, slot_at
from bot.domain.members import Preferences
from bot.slack import Messenger, web_client
from schedules.digests import open_periods
from schedules.scheduler import HEARTBEATS, beat
from schedules.setting import Setting
from storage import workspaces
from storage.crypto import Keys
from storage.database import Store, Tx
from storage.ledger_mark import LedgerMark
from storage.schema import occurrences, people

WORKSPACE = "T0BENCH"
FEW, MANY, DUE = 1_000, 100_000, 10_000
WEEKS = 13
LOOKS = 200
DUE_AT = slot_at(EPOCH_ON, WEEKS, WEDNESDAY, Preferences().local_time, TZ)
PLAN = next(heartbeat for heartbeat in HEARTBEATS if heartbeat.name == "plan")
SOON = timedelta(minutes=1)


def measure(rounds: Rounds, few: int = FEW, many: int = MANY, due: int = DUE) -> Figures:
    """Looks at both sizes in turn; then in each round a copy of one database and one of a job store."""
    with TemporaryDirectory() as folder:
        return _idle(rounds, Path(folder), few, many) | _due(rounds, Path(folder), due)


def _idle(rounds: Rounds, folder: Path, few: int, many: int) -> Figures:
    with (
        _agency(folder / "few.db", few, DUE_AT - SOON) as at_few,
        _agency(folder / "many.db", many, DUE_AT - SOON) as at_many,
    ):
        return rounds.median(
            lambda: {"idle_tick_ms_1k": _look_ms(at_few), "idle_tick_ms_100k": _look_ms(at_many)}
        )


def _look_ms(setting: Setting) -> float:
    """The plan heartbeat with nothing due: the median of many."""
    looks = [_seconds(lambda: beat(setting, PLAN)) for _ in range(LOOKS)]
    return median(looks) * 1_000


def _due(rounds: Rounds, folder: Path, many: int) -> Figures:
    """Both sides once in every round, from copies of the same two files."""
    keys, agency, jobs = _keys(), folder / "due.db", folder / "jobs.db"
    _fill_due(agency, keys, many)
    keep_jobs(jobs, many)
    figures = rounds.median(
        lambda: {
            "due_person_us": _plan_seconds(_copy(agency), keys) * 1e6 / many,
            "job_per_person_us": seconds_to_run(_copy(jobs), many) * 1e6 / many,
        }
    )
    write_ahead(jobs)
    rounds.say(f"  jobs with a write-ahead log: {seconds_to_run(_copy(jobs), many) * 1e6 / many:.4g}")
    return figures


def _copy(file: Path) -> Path:
    return Path(shutil.copyfile(file, file.with_name(f"{file.stem}-{secrets.token_hex(4)}.db")))


def _fill_due(file: Path, keys: Keys, many: int) -> None:
    with _agency(file, many, DUE_AT, keys) as setting:
        while open_periods(setting, setting.workspace):
            pass


def _plan_seconds(file: Path, keys: Keys) -> float:
    """From everybody due until everybody's card waits in the outbox."""
    with closing(Store(f"sqlite:///{file}", keys)) as store:
        setting = _setting(store, file, DUE_AT)
        return _seconds(lambda: beat(setting, PLAN))


@contextmanager
def _agency(file: Path, many: int, now: datetime, keys: Keys | None = None) -> Iterator[Setting]:
    """So many people with thirteen weeks behind them, and everybody's next one due on a Wednesday at ten."""
    with closing(Store(f"sqlite:///{file}", keys or _keys())) as store:
        store.migrate()
        with store.begin(WORKSPACE) as tx:
            workspaces.enter(tx, "US")
            move_in(tx, many, started_at=STARTED_AT, epoch_on=EPOCH_ON, due_at=DUE_AT)
            _look_back(tx)
        yield _setting(store, file, now)


def _look_back(tx: Tx) -> None:
    """Everybody answered every week until now."""
    slots = union_all(*(select(literal(f"w{week}").label("slot")) for week in range(WEEKS))).subquery()
    row = (people.c.workspace, people.c.ref, literal("checkin"), slots.c.slot)
    kept = (literal(str(State.ANSWERED)), literal(str(Card.FIXED)), literal("1736950000.000100"))
    weeks = select(*row, *kept).where(people.c.workspace == tx.workspace)
    names = ["workspace", "ref", "kind", "slot", "state", "card", "ts"]
    tx.execute(occurrences.insert().from_select(names, weeks.join_from(people, slots, literal(True))))


def _setting(store: Store, file: Path, now: datetime) -> Setting:
    """Nothing is sent: there is no Slack."""
    messenger = Messenger(web_client("", "http://127.0.0.1:9/api/"))
    return Setting(
        workspace=WORKSPACE,
        store=store,
        content=load_content(),
        messenger=messenger,
        ledger_mark=LedgerMark(file=file.with_suffix(".mark")),
        now=lambda: now,
    )


def _keys() -> Keys:
    return Keys(master=secrets.token_bytes(32), reference=secrets.token_bytes(32))


def _seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began
