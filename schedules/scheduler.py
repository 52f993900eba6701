"""The heartbeats, and the only use of APScheduler, which is nothing but a clock (delivery 1).

It holds no state: what is due stands in rows, and a beat that was missed costs one beat. The demo and
the tests call the same beats directly.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.exc import SQLAlchemyError

from schedules.checkins import plan_checkins
from schedules.delivery import deliver
from schedules.digests import freeze, lose_lapsed, next_freeze_at, open_periods
from schedules.huddles import show_cards
from schedules.mydata import delete_copies
from schedules.reconcile import reconcile
from schedules.roster import NAME as ROSTER
from schedules.roster import sync_roster
from schedules.setting import Setting
from schedules.supervision import plan_weekly
from schedules.timers import move_timers_on
from schedules.upkeep import erase_old, mend_cards
from storage import outbox, rules, timers, workspaces
from storage.database import Tx

log = logging.getLogger(__name__)

Beat = Callable[[Setting, str], bool]
"""One unit of work in a workspace; True when there was work, so that it is called again at once."""

AT_A_TIME = 1_000
"""Units of work at the most before the next beat of a heartbeat has its turn."""
STANDS_STILL = timedelta(minutes=10)
"""Without life for so long beyond its turn, a heartbeat hangs. The longest piece of work, a question to Slack
after the pause it asked for, takes a minute or two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    name: str
    every: timedelta
    beats: tuple[Beat, ...]


HEARTBEATS = (
    Heartbeat(name="digests", every=timedelta(seconds=30), beats=(open_periods, freeze, lose_lapsed)),
    Heartbeat(name="plan", every=timedelta(seconds=5), beats=(plan_checkins, plan_weekly)),
    Heartbeat(name="timers", every=timedelta(seconds=5), beats=(move_timers_on,)),
    Heartbeat(name="deliver", every=timedelta(seconds=1), beats=(deliver,)),
    Heartbeat(name="huddles", every=timedelta(seconds=2), beats=(show_cards,)),
    Heartbeat(name="reconcile", every=timedelta(seconds=15), beats=(reconcile,)),
    Heartbeat(name="upkeep", every=timedelta(seconds=30), beats=(mend_cards, delete_copies)),
    Heartbeat(name=ROSTER, every=timedelta(seconds=30), beats=(sync_roster,)),
    Heartbeat(name="erase", every=timedelta(hours=1), beats=(erase_old,)),
)


FIRST = next(heartbeat for heartbeat in HEARTBEATS if heartbeat.name == "digests")


def beat(setting: Setting, heartbeat: Heartbeat) -> bool:
    """Do what one heartbeat finds to do; True when there was work."""
    worked = False
    try:
        for unit in heartbeat.beats:
            worked |= _drain(setting, unit, heartbeat.name)
    finally:  # one that fails lives
        setting.pulse.beat(heartbeat.name)
    return worked


def _drain(setting: Setting, unit: Beat, name: str) -> bool:
    done = 0
    while done < AT_A_TIME and not setting.stopping.is_set() and unit(setting, setting.workspace):
        setting.pulse.beat(name)
        done += 1
    return done > 0


def silences(setting: Setting) -> Mapping[str, timedelta]:
    """How long ago each heartbeat showed life."""
    return {each.name: setting.pulse.silent_for(each.name) for each in HEARTBEATS}


def list_still(setting: Setting) -> tuple[str, ...]:
    """The heartbeats that hang, which nothing but a restart helps."""
    silent = silences(setting)
    return tuple(each.name for each in HEARTBEATS if silent[each.name] > each.every + STANDS_STILL)


def beat_all(setting: Setting) -> bool:
    """Every heartbeat once, in order; True when there was work."""
    worked = False
    for heartbeat in HEARTBEATS:
        worked |= beat(setting, heartbeat)
    return worked


def next_due_at(setting: Setting) -> datetime | None:
    """The next instant of the movable clock at which a row is due, or the roster wants a look."""
    with setting.store.read(setting.workspace) as tx:
        return _earliest(next_row_at(tx), workspaces.roster_next_at(tx))


def next_row_at(tx: Tx) -> datetime | None:
    """The next instant at which a row is due."""
    return _earliest(
        rules.earliest_due_at(tx), timers.earliest_due_at(tx), next_freeze_at(tx), _next_send_at(tx)
    )


def _earliest(*ahead: datetime | None) -> datetime | None:
    return min((at for at in ahead if at is not None), default=None)


def _next_send_at(tx: Tx) -> datetime | None:
    """When a notice can go out: after Slack's pause, at the pace, and never once it is over."""
    waiting, allowed = outbox.earliest_due_at(tx), workspaces.next_send_at(tx)
    if waiting is None or workspaces.is_over(tx):
        return None
    return max(waiting, allowed) if allowed else waiting


def start(*settings: Setting, heartbeats: Sequence[Heartbeat] = HEARTBEATS) -> BackgroundScheduler:
    """Let the heartbeats beat in threads, each workspace's apart, so that none waits for another.

    The caller shuts the scheduler down.
    """
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a beat that waits for the last one is no news
    scheduler = BackgroundScheduler(
        timezone=UTC,
        executors={"default": ThreadPoolExecutor(len(heartbeats) * len(settings))},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    for setting in settings:
        _guarded(setting, FIRST)  # cards must know the groups of a period that began meanwhile
        for heartbeat in heartbeats:
            seconds = heartbeat.every.total_seconds()
            scheduler.add_job(_guarded, "interval", (setting, heartbeat), seconds=seconds)
    scheduler.start()
    return scheduler


def _guarded(setting: Setting, heartbeat: Heartbeat) -> None:
    """A database that is away for a minute costs the beats of that minute, not the clock."""
    try:
        beat(setting, heartbeat)
    except SQLAlchemyError as error:
        log.error("heartbeat missed name=%s error=%s", heartbeat.name, type(error).__name__)
