"""The demo in the browser: the page with its jumps, the cast answering by itself, and a word of guidance."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count

from bot import logs
from bot.content.holidays import calendar
from bot.demo.answering import Answering
from bot.demo.cast import ADMIN, CASES, CHICAGO, LEADER, LEGAL, NEW_YORK, QUIET, Cast, Player, agency
from bot.demo.stage import Stage, stage, start_teams
from bot.domain.localtime import freeze_at, local, week_of
from bot.domain.supervision import next_message_at
from bot.sandbox import Channel, Person
from bot.sandbox.page import Group, Guidance, PageOptions, Someone
from bot.sandbox.travel import Jump, Progress, Report
from storage import rules, workspaces
from storage.rules import RuleKind

OPENING = datetime(2027, 1, 13, 14, 59, 40, tzinfo=UTC)
"""Twenty seconds before Ben's and Ana's first check-ins arrive."""
BEAT_SECONDS = 0.5
LONGEST_JUMP = timedelta(days=35)

SHOWN = {
    "Staff": (
        ("Ben Okafor", "attorney"),
        ("Ana Ruiz", "attorney"),
        ("Olga Reyes", "case manager"),
        ("Grace Kim", "interpreter"),
        ("Ximena Cruz", "shelter nights, a small team"),
        ("Omar Reed", "new, on no team yet"),
    ),
    "Supervisors": (
        ("Irene Walsh", f"supervises {LEGAL}"),
        ("Jorge Salas", f"supervises {CASES}"),
    ),
    "Leader and admin": (
        ("Maria Quinn", "leads the agency, made the promise"),
        ("Nora Diaz", "sets teams up"),
    ),
}
"""Whom one can be; the others answer by themselves."""
NEWCOMERS = (
    Person(id="U0PERSON40", name="Omar Reed", tz=NEW_YORK, dnd=QUIET),
    Person(id="U0PERSON41", name="Paula Vega", tz=NEW_YORK, locale="es-MX", dnd=QUIET),
    Person(id="U0PERSON42", name="Tess Young", tz=CHICAGO, dnd=QUIET),
)
"""On no team yet: somebody to set a team up for."""


@dataclass(slots=True, kw_only=True)
class Tour:
    """A stage with its page. One thing moves time at once: a jump, or the clock as it runs."""

    on: Stage
    lock: threading.Lock
    ended: threading.Event
    entered: set[str] = field(default_factory=set)
    """Who somebody at the page has been."""

    def played(self) -> frozenset[str]:
        """Who is left to whoever sits at the page: who is offered there, and whoever they became."""
        names = {name for people in SHOWN.values() for name, _ in people}
        offered = {player.id for player in self.on.cast.players if player.person.name in names}
        return frozenset(offered | self.entered)

    def run(self) -> None:
        """Let the clock run and everything due happen, until told to end."""
        self.on.clock.run()
        while not self.ended.wait(BEAT_SECONDS):
            with self.lock:
                self.on.settle()

    def jump_to(self, target: Callable[[], datetime | None], report: Report) -> None:
        """Move time to a target, day by day on the page; the clock runs on from there."""
        with self.lock:
            began = self.on.clock.now()
            moment = target() or began + timedelta(hours=1)
            self.on.clock.hold()
            try:
                self.on.go_to(moment, lambda now: report(_progress(self.on, began, moment, now)))
            finally:
                self.on.clock.run()


def _progress(on: Stage, began: datetime, moment: datetime, now: datetime) -> Progress:
    with on.read() as tx:
        epoch_on = workspaces.get(tx).epoch_on
    here = local(now, NEW_YORK)
    week = f", week {week_of(epoch_on, here.date()) + 1}" if epoch_on and here.date() >= epoch_on else ""
    done = (now - began) / (moment - began) if moment > began else 1.0
    return Progress(done=min(1.0, done), words=f"{here:%A, %B} {here.day}{week}")


def _jumps(tour: Tour) -> tuple[Jump, ...]:
    on = tour.on
    targets: dict[str, Callable[[], datetime | None]] = {
        "+1 hour": lambda: on.clock.now() + timedelta(hours=1),
        "To the next check-in": lambda: _next_checkin(tour),
        "To the supervisor's next message": lambda: _next_weekly(on),
        "To the next update": lambda: _next_update(on),
    }
    return tuple(_jump(tour, name, target) for name, target in targets.items())


def _jump(tour: Tour, name: str, target: Callable[[], datetime | None]) -> Jump:
    return Jump(name=name, run=lambda report: tour.jump_to(target, report))


def _next_checkin(tour: Tour) -> datetime | None:
    """When the next card of somebody on the page is due."""
    with tour.on.read() as tx:
        due = [rules.next_due_at(tx, tour.on.ref(user_id), RuleKind.CHECKIN) for user_id in tour.played()]
    return min((at for at in due if at is not None), default=None)


def _next_weekly(on: Stage) -> datetime | None:
    with on.read() as tx:
        due = [rules.next_due_at(tx, on.ref(player.id), RuleKind.WEEKLY) for player in on.cast.players]
    return min((at for at in due if at is not None), default=None)


def _next_update(on: Stage) -> datetime | None:
    """When the last of the supervisors reads the first weekly message after the next freeze."""
    with on.read() as tx:
        epoch_on = workspaces.get(tx).epoch_on
        readers = [
            player for player in on.cast.players if rules.since(tx, on.ref(player.id), RuleKind.WEEKLY)
        ]
    if epoch_on is None:
        return None
    now = on.clock.now()
    frozen_at = next(at for period in count() if (at := freeze_at(epoch_on, period)) > now)
    calendars = (calendar(reader.person.tz, "US", frozen_at) for reader in readers)
    return max((next_message_at(epoch_on, frozen_at, frozen_at, one) for one in calendars), default=None)


def _groups(on: Stage) -> tuple[Group, ...]:
    ids = {player.person.name: player.id for player in on.cast.players}
    return tuple(
        Group(
            heading=heading,
            people=tuple(Someone(person_id=ids[name], caption=caption) for name, caption in people),
        )
        for heading, people in SHOWN.items()
    )


def _guidance(tour: Tour) -> Callable[[str], Guidance]:
    ids = {player.person.name: player.id for player in tour.on.cast.players}
    said = {
        ids["Ben Okafor"]: "You are Ben. His weekly minute arrives on Wednesday at 10:00: press Start in it.",
        ids["Ana Ruiz"]: "You are Ana. Her weekly minute arrives on Wednesday at 10:00: press Empezar in it.",
        ids[
            "Irene Walsh"
        ]: "You are Irene. On each week's first working morning she gets one message, whatever was answered.",
        ids[
            LEADER
        ]: "You are Maria. She made the promise without which no team starts; it stands in everybody's Home.",
        ids[
            ADMIN
        ]: "You are Nora. In her Home, behind the last button, she sets up teams. #intake has none yet.",
        ids[
            "Omar Reed"
        ]: "You are Omar. He hears of Choir once Nora has set up a team for him and Maria has promised.",
    }
    others = "Time runs here as you let it. The people nobody plays answer by themselves."
    next_ones = (
        Someone(person_id=ids["Ben Okafor"], caption="answer a check-in"),
        Someone(person_id=ids["Ana Ruiz"], caption="the same in Spanish"),
        Someone(person_id=ids["Irene Walsh"], caption="see what a supervisor gets"),
        Someone(person_id=ids[ADMIN], caption="set up a team"),
    )

    def guide(user_id: str) -> Guidance:
        tour.entered.add(user_id)
        left = tuple(someone for someone in next_ones if someone.person_id != user_id)
        return Guidance(sentences=(said.get(user_id, others),), try_next=left)

    return guide


def everybody() -> Cast:
    """The agency, and three people whom no team has yet, in a channel that Choir is not in."""
    cast = agency()
    players = (*cast.players, *(Player(person=person, team="") for person in NEWCOMERS))
    members = (*(person.id for person in NEWCOMERS), cast.admin)
    intake = Channel(id="C0INTAKE0", name="intake", members=members, is_private=True)
    return replace(cast, players=players, rooms=(intake,))


def show(port: int) -> int:
    """Show the page until Ctrl-C; returns the exit code. Raises OSError when the port is taken."""
    logs.configure("WARNING")
    cast = everybody()
    print(
        f"Setting up a made-up agency of {len(cast.players)} people and playing its first days …", flush=True
    )
    with stage(cast, port=port) as on:
        _show(on)
    return 0


def _show(on: Stage) -> None:
    with opened(on):
        print(
            f"Open {on.sandbox.page_url} in a browser. Ctrl-C ends it; the next start begins afresh.",
            flush=True,
        )
        with suppress(KeyboardInterrupt):
            threading.Event().wait()
        print()


@contextmanager
def opened(on: Stage) -> Iterator[Tour]:
    """The teams started and their first days played; the page is up and its clock runs."""
    tour = Tour(on=on, lock=threading.Lock(), ended=threading.Event())
    start_teams(on)
    for crew in on.cast.crews:
        on.sandbox.invite(crew.channel, on.cast.admin)
    on.watchers.append(Answering(on=on, played=tour.played))
    on.go_to(OPENING)
    on.sandbox.set_page(
        PageOptions(
            title="Choir in a local Slack", groups=_groups(on), jumps=_jumps(tour), guidance=_guidance(tour)
        )
    )
    clock = threading.Thread(target=tour.run, daemon=True)
    clock.start()
    try:
        yield tour
    finally:
        tour.ended.set()
        clock.join()
