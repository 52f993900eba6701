"""How close Choir keeps to Slack's limit for messages without running into it (docs/operating).

The clock is moved on second by second: what takes minutes in Slack takes as long as the work here.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from tempfile import TemporaryDirectory

from bot.bench.agency import DUE_AT
from bot.bench.installation import everybody_due
from bot.bench.localslack import workspace
from bot.bench.rounds import Figures, Rounds
from bot.domain.notices import Pace
from bot.sandbox import Call, MovableClock, Sandbox
from schedules import scheduler
from schedules.setting import Setting
from storage import outbox

PEOPLE = 2_000
PER_MINUTE = 300
"""Messages that the local Slack admits (bot/sandbox/rates.py); Choir is told to send as many."""
DELIVER = next(heartbeat for heartbeat in scheduler.HEARTBEATS if heartbeat.name == "deliver")


def measure(rounds: Rounds, people: int = PEOPLE) -> Figures:
    """Everybody's check-in due at one moment, until the last has arrived."""
    return rounds.median(lambda: _at_the_limit(people))


def _at_the_limit(people: int) -> Figures:
    with office(people) as (sandbox, clock, setting):
        while waiting(setting):
            scheduler.beat(setting, DELIVER)
            clock.advance(DELIVER.every)
        posts = [call for call in sandbox.calls if call.method == "chat.postMessage"]
    allowed = timedelta(minutes=1) * people / PER_MINUTE
    refused = sum(call.outcome == "ratelimited" for call in posts)
    return {"limit_time_ratio": _took(posts) / allowed, "limit_429_share": refused / len(posts)}


@contextmanager
def office(people: int) -> Iterator[tuple[Sandbox, MovableClock, Setting]]:
    """A strict local Slack, its clock at the moment when everybody's check-in is due, and Choir."""
    clock = MovableClock(DUE_AT)
    with (
        TemporaryDirectory() as folder,
        workspace(people, clock.now) as sandbox,
        everybody_due(sandbox, f"sqlite:///{folder}/choir.db", people, clock.now) as bot,
    ):
        yield sandbox, clock, replace(bot.setting, pace=Pace(per_minute=PER_MINUTE))


def waiting(setting: Setting) -> bool:
    """Whether anything is still to go out."""
    with setting.store.read(setting.workspace) as tx:
        return outbox.earliest_due_at(tx) is not None


def _took(posts: list[Call]) -> timedelta:
    return posts[-1].at - DUE_AT
