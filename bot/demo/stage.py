"""One process with everything: the local Slack, the bot, the cast and a clock that can be moved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from bot.app import Bot, assemble
from bot.config import Settings
from bot.demo.cast import START, Cast, Crew
from bot.domain.members import PersonRef, Team, TeamPlan, Unit
from bot.domain.notices import USUAL_PACE
from bot.sandbox import MovableClock, Sandbox
from bot.sandbox.people import BOT_USER_ID
from handlers import teams as setting_up
from handlers.members import note_person
from schedules import scheduler
from storage import members, rules, teams, workspaces
from storage.database import Tx
from storage.rules import RuleKind

MANIFEST = Path(__file__).parents[2] / "app.yaml"
QUIET_SECONDS = 10.0
"""Real seconds after which something that does not settle is a fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """The local Slack and the bot, connected. `watch` is called after every step of the clock."""

    sandbox: Sandbox
    clock: MovableClock
    bot: Bot
    cast: Cast
    watchers: list[Callable[[], bool]] = field(default_factory=list)

    def ref(self, user_id: str) -> PersonRef:
        return self.bot.setting.store.keys.ref(self.bot.workspace, user_id)

    @contextmanager
    def begin(self) -> Iterator[Tx]:
        with self.bot.setting.store.begin(self.bot.workspace) as tx:
            yield tx

    @contextmanager
    def read(self) -> Iterator[Tx]:
        with self.bot.setting.store.read(self.bot.workspace) as tx:
            yield tx

    def settle(self) -> None:
        """Let everything that is due now happen, until nothing is due or in hand."""
        working = True
        while working:
            working = scheduler.beat_all(self.bot.setting)
            self.rest()
            for watcher in self.watchers:
                working |= watcher()
            self.rest()

    def rest(self) -> None:
        """Wait until Slack has every acknowledgement and no listener is in hand."""
        if not (self.sandbox.idle(QUIET_SECONDS) and self.bot.executor.wait_idle(QUIET_SECONDS)):
            raise TimeoutError("what is in hand does not end")

    def next_due_at(self) -> datetime | None:
        return scheduler.next_due_at(self.bot.setting)

    def go_to(self, moment: datetime, on_step: Callable[[datetime], None] | None = None) -> None:
        """Move the clock to a moment, stopping wherever something is due on the way."""
        self.settle()
        while (due_at := self.next_due_at()) is not None and due_at <= moment:
            self.clock.move_to(max(due_at, self.clock.now()))
            self.settle()
            if on_step:
                on_step(self.clock.now())
        if moment > self.clock.now():
            self.clock.move_to(moment)
            self.settle()

    def go(self, by: timedelta) -> None:
        self.go_to(self.clock.now() + by)


@contextmanager
def stage(
    cast: Cast,
    *,
    start: datetime = START,
    port: int = 0,
    database_url: str | None = None,
    answers_kept_weeks: int = 13,
) -> Iterator[Stage]:
    """A stage with nobody set up yet, on throwaway keys and, unless told another, a throwaway database."""
    clock = MovableClock(start)
    manifest: dict[str, Any] = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
    sandbox = Sandbox(
        manifest=manifest,
        clock=clock.now,
        people=cast.people(),
        channels=cast.channels(BOT_USER_ID),
        port=port,
    )
    with TemporaryDirectory() as folder, sandbox:
        url = database_url or f"sqlite:///{folder}/choir.db"
        mark = Path(folder) / "ledger-mark"
        settings = settings_for(sandbox, url, mark, start.date(), answers_kept_weeks)
        with playing_in(sandbox, settings, clock.now) as bot:
            yield Stage(sandbox=sandbox, clock=clock, bot=bot, cast=cast)


@contextmanager
def playing_in(sandbox: Sandbox, settings: Settings, now: Callable[[], datetime]) -> Iterator[Bot]:
    """A bot connected to the local Slack, as long as it lasts."""
    bot = assemble(settings, now)
    connection = bot.connect(sandbox.app_token, ping_seconds=1)
    try:
        sandbox.wait_connected()
        yield bot
    finally:
        connection.close()
        bot.close()


def settings_for(
    sandbox: Sandbox, database_url: str, mark: Path, reviewed_on: date, answers_kept_weeks: int = 13
) -> Settings:
    """What a bot on a stage runs with: keys that are thrown away."""
    return Settings(
        slack_bot_token=sandbox.bot_token,
        slack_app_token=sandbox.app_token,
        slack_api_url=sandbox.api_url,
        https_proxy=None,
        database_url=database_url,
        ledger_mark=mark,
        master_key=b"demo master key, thrown away now",
        ref_key=b"demo reference key, thrown away.",
        crisis_country="US",
        crisis_reviewed_on=reviewed_on,
        send_rate_per_minute=USUAL_PACE.per_minute,
        answers_kept_weeks=answers_kept_weeks,
        log_level="INFO",
    )


def start_teams(on: Stage) -> None:
    """Everybody's teams set up and started, as their admin and leader would have done it."""
    now = on.clock.now()
    with on.begin() as tx:
        for entry in on.bot.setting.messenger.roster():
            if entry.is_staff:
                note_person(tx, entry)
        members.add_admin(tx, tx.ref(on.cast.admin))
        workspaces.set_key_holder(tx, "Ridge Hosting, an outside firm", None, conflict=False)
        units = _units(tx, on.cast)
        for number, crew in enumerate(on.cast.crews):
            setting_up.start(tx, _plan(tx, on.cast, crew, f"team{number}", units, now), now)
        for user_id, choice in on.cast.choices.items():
            wanted = {"weekday": choice.weekday, "local_time": choice.local_time, "length": choice.length}
            members.choose(tx, tx.ref(user_id), **{name: to for name, to in wanted.items() if to is not None})
            rules.set_next_due(tx, now, ref=tx.ref(user_id), kind=RuleKind.CHECKIN)


def _units(tx: Tx, cast: Cast) -> dict[str, str]:
    units = {}
    for number, name in enumerate(sorted({crew.unit for crew in cast.crews if crew.unit})):
        owner = tx.ref(cast.pool_owner) if cast.pool_owner else None
        teams.save_unit(tx, Unit(unit_id=f"unit{number}", name=name, pool_owner=owner))
        units[name] = f"unit{number}"
    return units


def _plan(tx: Tx, cast: Cast, crew: Crew, team_id: str, units: dict[str, str], now: datetime) -> TeamPlan:
    promised_on = now.date()
    team = Team(
        team_id=team_id,
        name=crew.name,
        tz=crew.tz,
        country=crew.country,
        unit_id=units.get(crew.unit),
        channel_id=crew.channel,
        supervisor=tx.ref(crew.supervisor),
        deputy=tx.ref(crew.deputy),
        leader=tx.ref(crew.leader),
        pooled=crew.pooled,
        promised_on=promised_on,
        staff_told_on=promised_on,
    )
    listed = tuple(tx.ref(user_id) for user_id in cast.members(crew.name))
    return TeamPlan(team=team, members=listed, set_up_by=tx.ref(cast.admin))
