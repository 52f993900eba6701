"""Two weeks of an agency in a storm: workers killed, replies lost, connections dropped, clocks that jump."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from random import Random

from sqlalchemy import select

from bot.audit.worker import KEYS
from bot.domain.notices import Fate, Kind
from bot.sandbox.people import TEAM_ID
from schedules import scheduler
from storage.database import Store
from storage.schema import outbox
from tests.chaos.checker import Verdict, judge
from tests.chaos.clock import SharedClock
from tests.chaos.crew import Crew, Job
from tests.chaos.slack import HISTORY, POST, Slack, SlackProcess
from tests.chaos.town import ENDS_AT, Occurrence, Slot, Town, found, town

LOOK_SECONDS = 0.1
KILL_WITHIN_SECONDS = 0.4
KILLED_AS_IT_FALLS_DUE = 0.1
STALLED_SECONDS = 60
"""Real time after which the clock goes on though something is not settled; it is lost then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """How bad it is. Shares of posts. Kills, storms and jumps come once Slack took so many more messages,
    at the least and at the most; so a slow machine has no more of them than a fast one.

    held_up: taken later than they came, within the time-out, also when their worker is dead by then.
    """

    teams: int
    team_size: int
    weeks: int
    slots: Sequence[Slot]
    workers: int
    seed: int
    reconciles: bool = True
    pace: float = 20
    lease: timedelta = timedelta(seconds=3)
    lost_replies: float = 0.05
    hung_up: float = 0.03
    held_up: float = 0.03
    kills: tuple[int, int] = (8, 24)
    storms: tuple[int, int] = (20, 60)
    jumps: tuple[int, int] = (10, 40)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a run came to."""

    weather: Weather
    verdict: Verdict
    kills: int
    jumps: int
    lost_replies: int
    hung_up: int
    held_up: int
    told_to_wait: int
    found: int
    absent: int
    unsettled: dict[str, int]
    seconds: float


class Storm:
    """One run, from the founding of the teams to the end of the second week."""

    def __init__(self, store: Store, slack: Slack, crew: Crew, clock: SharedClock, weather: Weather) -> None:
        self._store, self._slack, self.crew, self._clock = store, slack, crew, clock
        self.weather, self._dice = weather, Random(weather.seed)
        self._plans = {self._kill: weather.kills, self._pour: weather.storms, self._jump: weather.jumps}
        self._next = {act: self._dice.randint(*often) for act, often in self._plans.items()}
        self._moved_at = time.monotonic()
        self.jumps = 0

    def rage(self) -> None:
        """Until the last week has closed."""
        self._darken()
        while self._clock.now() < ENDS_AT:
            self._strike()
            self._move_on()
            time.sleep(LOOK_SECONDS)

    def _darken(self) -> None:
        weather = self.weather
        self._slack.strike("lose reply", POST, weather.lost_replies, weather.seed)
        self._slack.strike("hang up", POST, weather.hung_up, weather.seed + 1)
        self._slack.strike("hold up", POST, weather.held_up, weather.seed + 2, 0.2)
        self._slack.strike("hang up", HISTORY, weather.hung_up, weather.seed + 3)

    def _strike(self) -> None:
        taken = self._slack.taken()
        for act, often in self._plans.items():
            if taken >= self._next[act]:
                act()
                self._next[act] = taken + self._dice.randint(*often)

    def _kill(self) -> None:
        """At any moment: while something is posted, planned, recorded or looked up, or just begins."""
        time.sleep(self._dice.uniform(0, KILL_WITHIN_SECONDS))
        self.crew.kill(self._dice.randrange(self.weather.workers))

    def _pour(self) -> None:
        self._slack.storm(self._dice.randint(3, 12), self._dice.randint(1, 4))

    def _jump(self) -> None:
        """On with posts in flight: no lease may end by it, and no day of work be missed."""
        if self._is_in_hand():
            self._clock.jump_to(self._clock.now() + timedelta(minutes=self._dice.uniform(1, 30)))
            self.jumps += 1

    def _move_on(self) -> None:
        """To when something is due next, once nothing is due and nothing unsettled."""
        due_at, now = self._next_due_at(), self._clock.now()
        if time.monotonic() - self._moved_at > STALLED_SECONDS:
            due_at = max(due_at, now + timedelta(hours=1))
        elif self._is_in_hand() or due_at <= now:
            return
        self._clock.jump_to(due_at)
        self._moved_at = time.monotonic()
        if self._dice.random() < KILLED_AS_IT_FALLS_DUE:
            self._kill()

    def _next_due_at(self) -> datetime:
        with self._store.read(TEAM_ID) as tx:
            return min(scheduler.next_row_at(tx) or ENDS_AT, ENDS_AT)

    def _is_in_hand(self) -> bool:
        in_hand = outbox.c.fate.in_([Fate.CLAIMED, Fate.ATTEMPTED, Fate.UNKNOWN])
        with self._store.read(TEAM_ID) as tx:
            return tx.execute(select(outbox.c.delivery_id).where(in_hand).limit(1)).first() is not None


def ride(url: str, folder: Path, weather: Weather) -> Report:
    """A run on an empty database with all tables."""
    began = time.monotonic()
    place = town(teams=weather.teams, size=weather.team_size, weeks=weather.weeks, slots=weather.slots)
    clock, log = SharedClock(file=folder / "clock", pace=weather.pace), folder / "log"
    clock.jump_to(place.starts_at)
    with closing(Store(url, KEYS)) as store, SlackProcess(ctx=get_context("spawn")) as process:
        with store.begin(TEAM_ID) as tx:
            found(tx, place)
        slack = process.Slack(clock, place.people())
        job = Job(
            url=url,
            api_url=slack.address(),
            clock=clock,
            reconciles=weather.reconciles,
            lease=weather.lease,
            log=log,
        )
        with closing(Crew(job, weather.workers)) as crew:
            storm = Storm(store, slack, crew, clock, weather)
            storm.rage()
        return _report(store, slack, storm, place, log.read_text(), time.monotonic() - began)


def _report(store: Store, slack: Slack, storm: Storm, place: Town, log: str, seconds: float) -> Report:
    return Report(
        weather=storm.weather,
        verdict=judge(place.expects(), _planned(store, place), slack.received()),
        kills=storm.crew.kills,
        jumps=storm.jumps,
        lost_replies=slack.met("lose reply"),
        hung_up=slack.met("hang up"),
        held_up=slack.met("hold up"),
        told_to_wait=slack.outcomes(POST)["ratelimited"],
        found=log.count("found=Sent"),
        absent=log.count("found=Absent"),
        unsettled=_unsettled(store),
        seconds=seconds,
    )


def _planned(store: Store, place: Town) -> dict[str, Occurrence]:
    """What each row of the outbox is about."""
    with store.read(TEAM_ID) as tx:
        user_ids = {tx.ref(person.id): person.id for person in place.people()}
        rows = tx.execute(select(outbox)).all()
    return {
        row.delivery_id: (user_ids[row.recipient], Kind(row.kind), int(row.facts.get("week", -1)))
        for row in rows
    }


def _unsettled(store: Store) -> dict[str, int]:
    """What did not end as sent, by fate and reason."""
    with store.read(TEAM_ID) as tx:
        rows = tx.execute(select(outbox.c.fate, outbox.c.reason).where(outbox.c.fate != Fate.SENT)).all()
    return dict(Counter(f"{row.fate} {row.reason or ''}".strip() for row in rows))
