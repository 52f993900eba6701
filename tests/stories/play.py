"""A stage with verbs that read like a story: who does what, and what they then see."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from bot.blocks import ids
from bot.content import Words
from bot.demo.cast import NEW_YORK, Cast
from bot.demo.reading import comparable
from bot.demo.stage import Stage, stage, start_teams
from bot.domain.checkins import Checkin
from bot.sandbox import Call, Message, Outcome, Person, Sandbox, View
from bot.sandbox.inputs import Chosen
from schedules import scheduler
from schedules.roster import EVERY as ROSTER_EVERY
from storage import checkins, members
from storage.crypto import Keys
from storage.database import Store
from storage.schema import metadata
from tests.blocks.reading import buttons, texts
from tests.stories.people import RESTING, START, cast

Row = dict[str, Any]
IN_MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
"""Where a story's database lies: a disk would be asked to keep every commit for good."""


@cache
def empty_database() -> bytes:
    """A SQLite file whose tables are made, so that not every story makes them."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "choir.db"
        with closing(Store(f"sqlite:///{file}", Keys(master=bytes(32), reference=bytes(32)))) as store:
            store.migrate()
        return file.read_bytes()


@contextmanager
def playing(
    players: Cast | None = None,
    *,
    start: datetime = START,
    started: bool = True,
    resting: tuple[Person, ...] = RESTING,
    database_url: str | None = None,
    answers_kept_weeks: int = 13,
    looks_ahead: bool = False,
) -> Iterator[Play]:
    """The curtain rises: teams started unless told otherwise, and what is due at once has happened."""
    with TemporaryDirectory(dir=IN_MEMORY) as folder:
        file = Path(folder) / "choir.db"
        file.write_bytes(empty_database())
        url = database_url or f"sqlite:///{file}"
        with stage(
            players or cast(), start=start, database_url=url, answers_kept_weeks=answers_kept_weeks
        ) as on:
            if started:
                start_teams(on)
                with on.begin() as tx:
                    for person in resting:
                        members.choose(tx, tx.ref(person.id), stopped=True)
            on.settle()
            yield Play(stage=on, looks_ahead=looks_ahead)


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """One workspace with its bot. Times are wall clock, "2027-01-13 10:00", where the person is.

    looks_ahead: the roster is looked at shortly before anything is due, for stories about do-not-disturb.
    """

    stage: Stage
    looks_ahead: bool = False

    # ---- time

    @property
    def now(self) -> datetime:
        return self.stage.clock.now()

    def go_to(self, when: str, where: Person | str = NEW_YORK) -> None:
        """Let time pass until then, stopping wherever a row is due on the way.

        Slack's roster is looked at there too, when it is time, and not every six hours of a quiet week.
        """
        until = moment(when, where)
        self.stage.settle()
        while (due_at := self._next_row_at()) is not None and due_at <= until:
            if self.looks_ahead and due_at - self.now > ROSTER_EVERY:
                self.stage.clock.move_to(due_at - timedelta(minutes=1))
                self.stage.settle()
            self.stage.clock.move_to(max(due_at, self.now))
            self.stage.settle()
        self.sleep_until(when, where)

    def go(self, **by: float) -> None:
        """Let that much time pass: minutes=5, hours=1."""
        self.go_to(local(self.now + timedelta(**by), "UTC"), "UTC")

    def sleep_until(self, when: str, where: Person | str = NEW_YORK) -> None:
        """Nothing runs until then: the program was down, and comes back."""
        self.stage.clock.move_to(moment(when, where))
        self.stage.settle()

    def _next_row_at(self) -> datetime | None:
        with self.stage.read() as tx:
            return scheduler.next_row_at(tx)

    # ---- what people do

    def click(
        self, person: Person, place: Message | View, action_id: str, value: Chosen = None
    ) -> View | None:
        """Press something; the window that lies on top afterwards."""
        self.sandbox.click(person.id, container=place, action_id=action_id, value=value)
        self.stage.rest()
        return self.window(person)

    def press(self, person: Person, place: Message | View, action_id: str, value: Chosen = None) -> View:
        """Press something that opens or changes a window."""
        shown = self.click(person, place, action_id, value)
        assert shown is not None
        return shown

    def submit(self, person: Person, **given: Chosen) -> Outcome:
        """Submit the window on top with these inputs filled in."""
        outcome = self.sandbox.submit(person.id, self.top(person).id, given)
        self.stage.rest()
        return outcome

    def close(self, person: Person) -> None:
        for view in self.sandbox.views(person.id)[:1]:
            self.sandbox.close_view(person.id, view.id, everything=True)

    def starts(self, person: Person) -> View:
        """Press Start on the newest card; the form."""
        return self.press(person, self.card(person), ids.STARTED)

    def fills_in(self, person: Person, **answers: int | None) -> View:
        """Submit the open form with answers by question, and see what comes then."""
        given = {ids.answer(key): None if value is None else str(value) for key, value in answers.items()}
        assert self.submit(person, **given).kind == "updated"
        return self.top(person)

    def answers(self, person: Person, **answers: int) -> View:
        """Start, answer, submit, look, and close; the options that were shown."""
        self.starts(person)
        shown = self.fills_in(person, **answers)
        self.close(person)
        return shown

    def sets_days_away(self, person: Person, first: str, last: str) -> Outcome:
        """Add days away in Home, "2027-01-13" to "2027-01-15", and close the window."""
        self.press(person, self.home(person), ids.OPENED_LEAVE)
        outcome = self.submit(person, **{ids.AWAY_FROM: first, ids.AWAY_UNTIL: last})
        self.close(person)
        self.stage.settle()
        return outcome

    def types(self, person: Person, text: str) -> list[Message]:
        """Use /choir; what only this person sees of it."""
        before = len(self.sandbox.ephemerals(person.id))
        self.sandbox.command(person.id, self.sandbox.dm_id(person.id), "/choir", text)
        self.stage.rest()
        return self.sandbox.ephemerals(person.id)[before:]

    # ---- what people see

    @property
    def sandbox(self) -> Sandbox:
        return self.stage.sandbox

    def dm(self, person: Person) -> list[Message]:
        """What the bot said to somebody, oldest first, as it reads now."""
        return [message for message in self.sandbox.dm(person.id) if message.from_bot]

    def cards(self, person: Person) -> list[Message]:
        """The weekly cards, whatever they read now."""
        return [message for message in self.dm(person) if ids.CARD_MENU in actions_in(as_posted(message))]

    def card(self, person: Person) -> Message:
        return self.cards(person)[-1]

    def arrivals(self, person: Person) -> list[str]:
        """When cards came, where the person is now."""
        return [local(message.at, self.tz(person)) for message in self.cards(person)]

    def others(self, person: Person) -> list[Message]:
        """What the bot said that was no weekly card."""
        cards = {message.ts for message in self.cards(person)}
        return [message for message in self.dm(person) if message.ts not in cards]

    def window(self, person: Person) -> View | None:
        """The window on top, if one is open."""
        views = self.sandbox.views(person.id)
        return views[-1] if views else None

    def top(self, person: Person) -> View:
        return self.sandbox.views(person.id)[-1]

    def home(self, person: Person) -> View:
        self.sandbox.open_home(person.id)
        self.stage.rest()
        return self.seen_home(person)

    def seen_home(self, person: Person) -> View:
        """Home as it lies open."""
        shown = self.sandbox.home(person.id)
        assert shown is not None
        return shown

    def tz(self, person: Person) -> str:
        return str(self.sandbox.person(person.id).tz)

    def words(self, language: str = "en") -> Words:
        return self.stage.bot.setting.content.words(language)

    def posts(self, person: Person) -> list[str]:
        """Everything the bot asked Slack to show this person in messages, edits included, comparable."""
        mine = (person.id, self.sandbox.dm_id(person.id))
        return [
            f"{call.at:%d %H:%M} {call.method} {comparable(str(call.args['text']), given_blocks(call))}"
            for call in self.sandbox.calls
            if call.method in ("chat.postMessage", "chat.update", "chat.postEphemeral")
            and call.args["channel"] in mine
        ]

    # ---- what is kept

    def week(self, person: Person, week: int) -> Checkin | None:
        with self.stage.read() as tx:
            return checkins.get(tx, self.stage.ref(person.id), week)

    def reasons(self, person: Person) -> dict[int, str]:
        """Why weeks had no check-in, by week."""
        with self.stage.read() as tx:
            weeks = checkins.list_weeks(tx, self.stage.ref(person.id))
        return {found.week: str(found.reason) for found in weeks if found.reason}

    def rows(self) -> dict[str, list[Row]]:
        """Every row of every table."""
        with self.stage.read() as tx:
            return {
                name: [dict(row._mapping) for row in tx.execute(select(table))]
                for name, table in metadata.tables.items()
            }

    def rows_about(self, person: Person) -> Mapping[str, list[Row]]:
        """Every row that holds somebody's pseudonym, by table."""
        ref = self.stage.ref(person.id)
        about = {name: [row for row in rows if ref in str(row)] for name, rows in self.rows().items()}
        return {name: rows for name, rows in about.items() if rows}


def given_blocks(call: Call) -> list[Any]:
    """The blocks a call asked to show; some arrive as JSON."""
    given: Any = call.args["blocks"]
    return list(json.loads(given) if isinstance(given, str) else given)


def moment(when: str, where: Person | str = NEW_YORK) -> datetime:
    """The instant of a wall-clock time."""
    tz = where if isinstance(where, str) else where.tz
    return datetime.fromisoformat(when).replace(tzinfo=ZoneInfo(tz)).astimezone(UTC)


def local(at: datetime, tz: str) -> str:
    return f"{at.astimezone(ZoneInfo(tz)):%Y-%m-%d %H:%M}"


def as_posted(message: Message) -> list[Any]:
    """A message's blocks before any edit."""
    return list(message.history[0].blocks if message.history else message.blocks)


def actions_in(blocks: list[Any]) -> set[str]:
    """Everything that can be pressed."""
    elements = [one for block in blocks for one in (*block.get("elements", ()), block.get("accessory") or {})]
    return {one["action_id"] for one in elements if "action_id" in one}


def text_of(shown: Message | View) -> str:
    """Everything that is read on a message or window."""
    return "\n".join(texts({"title": {}, "blocks": list(shown.blocks)}))


def labels(shown: Message | View) -> list[str]:
    """The words on its buttons."""
    return [button["text"]["text"] for button in buttons({"blocks": list(shown.blocks)}).values()]
