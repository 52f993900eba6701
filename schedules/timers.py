"""Time-outs that have come: each taken out and acted on in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from schedules import asks, checkins
from schedules.setting import BATCH, Setting
from storage import timers
from storage.database import Tx
from storage.timers import Timer

ACTS: Mapping[str, Callable[[Tx, Timer, datetime], None]] = {**checkins.TIMERS, **asks.TIMERS}


def move_timers_on(setting: Setting, workspace: str) -> bool:
    """Act on every timer that is due; True when there was work."""
    now = setting.now()
    with setting.store.read(workspace) as tx:
        due = timers.list_due(tx, tuple(ACTS), now, BATCH)
    for timer in due:
        with setting.store.begin(workspace) as tx:
            if timers.take(tx, timer):
                ACTS[timer.kind](tx, timer, now)
    return bool(due)
