"""Time-outs that have come: each taken out and acted on in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

from schedules import asks, checkins, circles, huddles, peers, stepouts
from schedules.setting import BATCH, Setting, each_apart
from storage import timers
from storage.database import Tx
from storage.timers import Timer

ACTS: Mapping[str, Callable[[Tx, Timer, datetime], None]] = {
    **checkins.TIMERS,
    **asks.TIMERS,
    **peers.TIMERS,
    **huddles.TIMERS,
    **circles.TIMERS,
    **stepouts.TIMERS,
}


def move_timers_on(setting: Setting, workspace: str) -> bool:
    """Act on every timer that is due; True when there was work."""
    now = setting.now()
    with setting.store.read(workspace) as tx:
        due = timers.list_due(tx, tuple(ACTS), now, BATCH)
    for timer in due:
        later = partial(_put_off, timer=timer)
        each_apart(setting, workspace, partial(_act, timer=timer, now=now), later)
    return bool(due)


def _act(tx: Tx, timer: Timer, now: datetime) -> None:
    if timers.take(tx, timer):
        ACTS[timer.kind](tx, timer, now)


def _put_off(tx: Tx, at: datetime, timer: Timer) -> None:
    timers.put(tx, timer.entity, timer.kind, at)
