"""What time does, without the people: a local Slack, a store on either database, and beats called by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import yaml
from sqlalchemy import select, update

from bot.content import Content
from bot.demo.cast import NEW_YORK
from bot.demo.stage import MANIFEST
from bot.domain.members import PersonRef, Team, TeamPlan
from bot.sandbox import BOT_USER_ID, Channel, Message, MovableClock, Person, Sandbox
from bot.slack import Messenger, web_client
from handlers import teams as setting_up
from handlers.members import note_person
from schedules import scheduler
from schedules.roster import EVERY as ROSTER_EVERY
from schedules.setting import Setting
from storage import workspaces
from storage.crypto import Keys
from storage.database import Store, Tx
from storage.schema import metadata
from tests.marks import new_mark
from tests.stories.play import local, moment

START = datetime(2027, 1, 6, 17, tzinfo=UTC)
"""Wednesday 6 January; week 0 begins on Monday the 11th."""
FIRST_CARD = "2027-01-13 10:00"

AMY = Person(id="U00000AMY", name="Amy Lee", tz=NEW_YORK)
BOB = Person(id="U00000BOB", name="Bob Roy", tz=NEW_YORK)
CAT = Person(id="U00000CAT", name="Cat Ray", tz=NEW_YORK, locale="es-MX")
STAFF = (AMY, BOB, CAT)
EVA = Person(id="U00000EVA", name="Eva Lind", tz=NEW_YORK)
"""She supervises them, leads them and set them up; she is on no team."""
STRANGER = Person(id="U0STRANGE", name="Sol Prado", tz=NEW_YORK)
CHANNEL = "C000TEAM1"

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""For what depends on no database."""

Beat = Callable[[Setting, str], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    sandbox: Sandbox
    clock: MovableClock
    setting: Setting
    keys: Keys

    @property
    def workspace(self) -> str:
        return self.setting.workspace

    # ---- time

    def at(self, when: str, tz: str = NEW_YORK) -> None:
        """It is that wall-clock time now; nothing ran on the way."""
        self.clock.move_to(moment(when, tz))

    def beat(self, *beats: Beat, setting: Setting | None = None) -> None:
        """Let each find work until there is none, as a heartbeat does."""
        for one in beats:
            while one(setting or self.setting, self.workspace):
                pass

    def settle(self) -> None:
        """Every heartbeat, until nothing is due."""
        while scheduler.beat_all(self.setting):
            pass

    def pass_until(self, when: str, tz: str = NEW_YORK) -> None:
        """Let time pass with everything that falls due on the way.

        Slack's roster is looked at before, not every six hours of a week in which nothing else happens.
        """
        until = moment(when, tz)
        self.settle()
        while (due_at := self._next_row_at()) is not None and due_at <= until:
            if due_at - self.clock.now() > ROSTER_EVERY:
                self.clock.move_to(due_at - timedelta(minutes=1))
                self.settle()
            self.clock.move_to(max(due_at, self.clock.now()))
            self.settle()
        self.clock.move_to(until)
        self.settle()

    def _next_row_at(self) -> datetime | None:
        with self.setting.store.read(self.workspace) as tx:
            return scheduler.next_row_at(tx)

    # ---- rows

    def begin(self) -> Any:
        return self.setting.store.begin(self.workspace)

    def ref(self, person: Person) -> PersonRef:
        return self.keys.ref(self.workspace, person.id)

    def rows(self, table: str, **having: Any) -> list[dict[str, Any]]:
        """Rows of a table in this workspace in a fixed order, those with these values."""
        here = metadata.tables[table]
        with self.begin() as tx:
            rows = tx.execute(select(here).where(here.c.workspace == self.workspace))
            found = [dict(row._mapping) for row in rows]
        kept = [row for row in found if all(row[name] == value for name, value in having.items())]
        return sorted(kept, key=str)

    def notices(self, kind: str = "checkin") -> list[tuple[str, str | None]]:
        """Fate and reason of every notice of a kind."""
        return sorted((row["fate"], row["reason"]) for row in self.rows("outbox", kind=kind))

    def weeks(self, person: Person) -> list[tuple[str, str, str | None]]:
        """Slot, state and reason of every check-in of somebody."""
        rows = self.rows("occurrences", ref=self.ref(person), kind="checkin")
        return sorted((row["slot"], row["state"], row["reason"]) for row in rows)

    def change(self, table: str, values: dict[str, Any], **having: Any) -> None:
        """Change rows behind everybody's back, as a crash or time would have."""
        columns = metadata.tables[table].c
        where = [columns[name] == value for name, value in having.items()]
        with self.begin() as tx:
            tx.execute(update(metadata.tables[table]).where(*where).values(**values))

    def let_leases_lapse(self) -> None:
        """Real time cannot be moved, so the rows are: every lease ended a minute ago."""
        outbox = metadata.tables["outbox"]
        with self.begin() as tx:
            lapsed = {"lease_until": tx.real_now() - timedelta(minutes=1)}
            tx.execute(update(outbox).where(outbox.c.lease_until.is_not(None)).values(**lapsed))

    # ---- Slack

    def dm(self, person: Person) -> list[Message]:
        return list(self.sandbox.dm(person.id))

    def cards(self, person: Person) -> list[str]:
        """When weekly cards came, in New York."""
        titles = {self.setting.content.words(code)(key) for code in ("en", "es") for key in TITLES}
        return [local(message.at, NEW_YORK) for message in self.dm(person) if message.text in titles]

    def posts(self) -> int:
        """Requests to post, refused and lost ones too."""
        return sum(call.method == "chat.postMessage" for call in self.sandbox.calls)


TITLES = ("checkin.title", "checkin.title_small")


@contextmanager
def open_office(
    database: str,
    keys: Keys,
    content: Content,
    staff: Sequence[Person] = STAFF,
    workspace: str = Sandbox.team_id,
) -> Iterator[Office]:
    """A team has started with those people, and first contact has gone out."""
    clock = MovableClock(START)
    channel = Channel(id=CHANNEL, name="team", members=(EVA.id, BOT_USER_ID))
    sandbox = Sandbox(
        manifest=yaml.safe_load(MANIFEST.read_text(encoding="utf-8")),
        clock=clock.now,
        people=[*staff, EVA, STRANGER],
        channels=[channel],
    )
    with sandbox, closing(Store(database, keys)) as store:
        messenger = Messenger(web_client(sandbox.bot_token, sandbox.api_url))
        setting = Setting(
            workspace=workspace,
            store=store,
            ledger_mark=new_mark(),
            content=content,
            messenger=messenger,
            now=clock.now,
        )
        office = Office(sandbox=sandbox, clock=clock, setting=setting, keys=keys)
        with office.begin() as tx:
            workspaces.enter(tx, "US")
            start_team(tx, office, staff)
        office.at("2027-01-06 14:00")
        office.settle()
        yield office


def start_team(tx: Tx, office: Office, staff: Sequence[Person]) -> None:
    """As the admin and the leader would have done it."""
    entries = {entry.user_id: entry for entry in office.setting.messenger.roster()}
    refs = {person: note_person(tx, entries[person.id]) for person in (*staff, EVA)}
    today = date(2027, 1, 6)
    team = Team(
        team_id="team1", name="Team", tz=NEW_YORK, channel_id=CHANNEL, supervisor=refs[EVA], leader=refs[EVA]
    )
    promised = replace(team, promised_on=today, staff_told_on=today)
    listed = tuple(refs[person] for person in staff)
    plan = TeamPlan(team=promised, members=listed, set_up_by=refs[EVA])
    setting_up.start(tx, plan, office.clock.now())
