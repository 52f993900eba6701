"""A workspace in its second week, and one payload at a time for the bot in it.

The local Slack and the bot are real. Payloads are handed to Bolt directly, so that they can be forged,
stale or malformed; whatever the bot then asks of Slack happens in the local one.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

import yaml
from slack_bolt import BoltRequest
from sqlalchemy import select

from bot.app import assemble
from bot.blocks import checkins as screens
from bot.blocks.elements import Message as Post
from bot.config import Settings
from bot.content import Words
from bot.demo.cast import CHICAGO, NEW_YORK, Cast, Crew, Player
from bot.demo.stage import MANIFEST, Stage, start_teams
from bot.domain.asks import Ask, AskState
from bot.domain.checkins import Checkin, State
from bot.domain.members import PersonRef, Preferences
from bot.sandbox import BOT_USER_ID, Channel, Message, MovableClock, Person, Sandbox, View
from bot.slack import Sent
from storage import asks, checkins, members
from storage.database import Tx
from storage.schema import metadata
from tests.handlers.bodies import Body, click, on_message, submission
from tests.marks import new_mark_file

START = datetime(2027, 1, 6, 17, tzinfo=UTC)
"""A Wednesday; week 0 begins on Monday the 11th."""
NOW = datetime(2027, 1, 20, 16, 30, tzinfo=UTC)
"""Wednesday of week 1, 11:30 in New York."""
WEEK = 1
ACK_SECONDS = 3.0

ANA = Person(id="U0ANA0001", name="Ana Ruiz", tz=CHICAGO, locale="es-MX")
BEN = Person(id="U0BEN0001", name="Ben Okafor", tz=NEW_YORK)
OTHERS = tuple(Person(id=f"U0STAFF{n:02}", name=f"Staff {n}", tz=NEW_YORK) for n in range(7))
LUIS = Person(id="U0LUIS001", name="Luis Vega", tz=NEW_YORK, locale="es-MX")
EVA = Person(id="U0EVA0001", name="Eva Lind", tz=NEW_YORK)
OLGA = Person(id="U0OLGA001", name="Olga Reyes", tz=NEW_YORK)
NORA = Person(id="U0NORA001", name="Nora Diaz", tz=NEW_YORK, is_admin=True)
SOL = Person(id="U0SOL0001", name="Sol Prado", tz=NEW_YORK, locale="es-MX")
"""Nobody put her on a team."""
GUEST = Person(id="U0GUEST01", name="Gil Hart", tz=NEW_YORK, is_restricted=True)
OWNER = Person(id="U0OWNER01", name="Ona Wolf", tz=NEW_YORK, is_owner=True)
ROBOT = Person(id="U0ROBOT01", name="Other App", is_bot=True)
GONE = Person(id="U0GONE001", name="Lee Park", deleted=True)
CHANNEL, ELSEWHERE = "C0LEGAL01", "C0RANDOM1"

STAFF = (ANA, BEN, *OTHERS)
IN_CHARGE = (LUIS, EVA, OLGA, NORA)
STRANGERS = (SOL, GUEST, OWNER, ROBOT, GONE)
EVERYBODY = tuple(person.id for person in (*STAFF, *IN_CHARGE, *STRANGERS))
TEAM = "Legal aid"
BOTH = ["sqlite", "postgresql"]
"""For tests that run on either database."""


def cast() -> Cast:
    """Nine who count, their supervisor, deputy and leader, and an admin."""
    crew = Crew(name=TEAM, tz=NEW_YORK, supervisor=LUIS.id, deputy=EVA.id, leader=OLGA.id, channel=CHANNEL)
    return Cast(
        players=(
            *(Player(person=person, team=TEAM) for person in STAFF),
            *(Player(person=person, team="") for person in IN_CHARGE),
        ),
        crews=(crew,),
        admin=NORA.id,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What Slack got back for one payload: the acknowledgement's content, and after how many seconds."""

    acked: bool
    payload: dict[str, Any]
    seconds: float

    @property
    def view(self) -> dict[str, Any]:
        """The screen a submitted form turns into."""
        assert self.payload["response_action"] == "update"
        found: dict[str, Any] = self.payload["view"]
        return found

    @property
    def errors(self) -> dict[str, str]:
        found: dict[str, str] = self.payload.get("errors", {})
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    stage: Stage

    @property
    def sandbox(self) -> Any:
        return self.stage.sandbox

    # ---- payloads

    def send(self, body: Body, *, finish: bool = True) -> Answer:
        """Hand a payload to the bot as its socket would, and wait until its listener has ended."""
        began = time.monotonic()
        response = self.stage.bot.app.dispatch(BoltRequest(mode="socket_mode", body=body))
        seconds = time.monotonic() - began
        if finish:
            assert self.stage.bot.executor.wait_idle(10)
        content = json.loads(response.body) if (response.body or "").startswith("{") else {}
        return Answer(acked=response.status == 200, payload=content, seconds=seconds)

    def trigger(self, person: Person, *, in_modal: bool = False) -> str:
        """A fresh trigger id, as Slack gives one with each thing somebody does."""
        issued: str = self.sandbox._triggers.issue(person.id, in_modal=in_modal)
        return issued

    def tap(self, person: Person, action_id: str, value: str | None = None, **where: Any) -> Answer:
        """Press a button on a message; `place` says on which, else on the last one in the DM."""
        place = where.get("place") or self.last(person)
        return self.send(click(person.id, action_id, value, place=place, trigger_id=self.trigger(person)))

    def submit(self, person: Person, callback_id: str, values: Body, metadata_: object = None) -> Answer:
        """Send a form in."""
        body = submission(person.id, callback_id, values, metadata_)
        body["trigger_id"] = self.trigger(person, in_modal=True)
        return self.send(body)

    def last(self, person: Person) -> Body:
        """The place of the last message in somebody's DM."""
        said = self.dm(person)
        return on_message(self.sandbox.dm_id(person.id), said[-1].ts if said else "1.000000")

    # ---- what is there

    def card(self, person: Person, week: int = WEEK, state: State = State.SENT) -> Body:
        """The week's card has arrived in somebody's DM; its place."""
        message = screens.arrival(self.words(person), week=week, questions=2, only_for_you=False)
        sent = self.post(person, message)
        with self.begin() as tx:
            checkins.add(tx, self.ref(person), week, state)
            checkins.set_newest_card(tx, self.ref(person), week, sent.channel, sent.ts)
        return on_message(sent.channel, sent.ts)

    def post(self, person: Person, message: Post) -> Sent:
        sent = self.stage.bot.setting.messenger.post(person.id, message, "0" * 32)
        assert isinstance(sent, Sent)
        return sent

    def ask(self, asker: Person = ANA, to: Person = LUIS, **facts: Any) -> str:
        """An ask that waits; its id."""
        with self.begin() as tx:
            ask_id = asks.new_id()
            on = NOW.date()
            asks.add(
                tx, Ask(ask_id=ask_id, asker=self.ref(asker), recipient=self.ref(to), asked_on=on, **facts)
            )
        return ask_id

    # ---- what people see

    def dm(self, person: Person) -> list[Message]:
        found: list[Message] = self.sandbox.dm(person.id)
        return found

    def whispers(self, person: Person) -> list[Message]:
        """What only this person saw."""
        found: list[Message] = self.sandbox.ephemerals(person.id)
        return found

    def window(self, person: Person) -> View | None:
        views = self.sandbox.views(person.id)
        return views[-1] if views else None

    def words(self, person: Person) -> Words:
        spoken = person.locale.partition("-")[0]
        return self.stage.bot.setting.content.words(spoken)

    def calls(self, *methods: str) -> list[Any]:
        """What was asked of Slack."""
        return [call for call in self.sandbox.calls if not methods or call.method in methods]

    # ---- what is kept

    def ref(self, person: Person) -> PersonRef:
        return self.stage.ref(person.id)

    @contextmanager
    def begin(self) -> Iterator[Tx]:
        with self.stage.begin() as tx:
            yield tx

    def week(self, person: Person, week: int = WEEK) -> Checkin | None:
        with self.stage.read() as tx:
            return checkins.get(tx, self.ref(person), week)

    def choices(self, person: Person) -> Preferences:
        with self.stage.read() as tx:
            return members.choices(tx, self.ref(person))

    def ask_state(self, ask_id: str) -> AskState | None:
        with self.stage.read() as tx:
            found = asks.get(tx, ask_id)
        return found.state if found else None

    def rows(self, *but: str) -> dict[str, list[Any]]:
        """Every row of every table but those named."""
        with self.stage.read() as tx:
            return {
                name: sorted((tuple(row) for row in tx.execute(select(table))), key=repr)
                for name, table in metadata.tables.items()
                if name not in but
            }


def text_of(shown: object) -> str:
    """Everything on a message, a window or an acknowledgement, without the numbers Slack gives blocks."""
    blocks = shown.blocks if isinstance(shown, Message | View) else shown
    return re.sub(r', "block_id": "b\d+"', "", json.dumps(blocks, ensure_ascii=False))


@contextmanager
def world_on(
    database_url: str,
    *,
    settled: bool = False,
    leave: Callable[[Callable[[], None]], object] = lambda stop: stop(),
) -> Iterator[World]:
    """Everybody is set up; it is Wednesday of the second week, and nothing was sent yet.

    settled: the database knows everybody already, from an earlier world. leave: stops the local Slack, whose
    server takes a tenth of a second for it; a later moment will do.
    """
    clock, people = MovableClock(START), cast()
    sandbox = Sandbox(
        manifest=manifest(),
        clock=clock.now,
        people=people.people(),
        channels=[*people.channels(BOT_USER_ID), Channel(id=ELSEWHERE, name="random", members=EVERYBODY)],
    )
    sandbox.start()
    try:
        bot = assemble(settings_for(sandbox, database_url), clock.now)
        try:
            on = Stage(sandbox=sandbox, clock=clock, bot=bot, cast=people)
            if not settled:
                start_teams(on)
            for person in STRANGERS:
                sandbox.workspace.put_person(person)
            clock.move_to(NOW)
            yield World(stage=on)
        finally:
            bot.close()
    finally:
        leave(sandbox.stop)


@cache
def manifest() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
    return found


def settings_for(sandbox: Sandbox, database_url: str, **other: Any) -> Settings:
    """What the bot runs with against a local Slack; keys fixed so that a database can be opened again."""
    usual: dict[str, Any] = {
        "slack_bot_token": sandbox.bot_token,
        "slack_app_token": sandbox.app_token,
        "slack_api_url": sandbox.api_url,
        "https_proxy": None,
        "database_url": database_url,
        "ledger_mark": new_mark_file(),
        "master_key": bytes(range(32)),
        "ref_key": bytes(range(100, 132)),
        "crisis_country": "US",
        "crisis_reviewed_on": START.date(),
        "answers_kept_weeks": 13,
        "send_rate_per_minute": 240,
        "log_level": "INFO",
    }
    return Settings(**{**usual, **other})
