"""Teams in a database, a clock, and the heartbeats that move their updates. Slack has no part in it."""

from __future__ import annotations

import random
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from bot.content import load_content
from bot.domain.localtime import freeze_at, period_starts_at
from bot.domain.members import Person, PersonRef, Team, TeamState, Unit
from bot.domain.rotation import CORE
from bot.slack import Messenger, web_client
from schedules.digests import freeze, lose_lapsed, open_periods
from schedules.setting import Setting
from schedules.upkeep import erase_old
from storage import answers, digests, members, teams, workspaces
from storage.database import Store, Tx
from storage.digests import Release, ReleaseState
from storage.ledger_mark import LedgerMark
from storage.schema import answers as answers_table
from storage.schema import memberships, metadata, releases
from storage.schema import people as people_table

EPOCH = date(2027, 1, 11)
BEGINS_AT = period_starts_at(EPOCH, 0)
STARTED_AT = BEGINS_AT - timedelta(days=3)
MOMENT = timedelta(microseconds=1)
NOWHERE = "http://127.0.0.1:9/api/"
CONTENT = load_content()

Row = dict[str, Any]


@dataclass(slots=True)
class Clock:
    now: datetime = STARTED_AT


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """One workspace. People are named by Slack ids; a week's answers are given whatever the clock says."""

    setting: Setting
    clock: Clock = field(default_factory=Clock)

    @property
    def workspace(self) -> str:
        return self.setting.workspace

    @contextmanager
    def begin(self) -> Iterator[Tx]:
        with self.setting.store.begin(self.workspace) as tx:
            yield tx

    @contextmanager
    def read(self) -> Iterator[Tx]:
        with self.setting.store.read(self.workspace) as tx:
            yield tx

    def ref(self, user_id: str) -> PersonRef:
        return self.setting.store.keys.ref(self.workspace, user_id)

    # ---- who is where

    def team(
        self,
        team_id: str,
        people: Iterable[str] = (),
        *,
        at: datetime = STARTED_AT,
        supervisor: str | None = None,
        **facts: Any,
    ) -> None:
        """A team that starts at an instant with those people, in New York."""
        supervisor = supervisor or f"UBOSS{team_id.upper()}"
        about = {"name": f"Team {team_id}", "tz": "America/New_York", "state": TeamState.STARTED, **facts}
        members_ = tuple(people)
        with self.begin() as tx:
            if facts.get("leader"):
                about["leader"] = note(tx, facts["leader"])
            team = Team(team_id=team_id, supervisor=note(tx, supervisor), started_at=at, **about)
            teams.save(tx, team)
            self._join_at_once(tx, team_id, members_, at)

    def _join_at_once(self, tx: Tx, team_id: str, user_ids: tuple[str, ...], at: datetime) -> None:
        """People who belong to no team yet, with two statements for all of them."""
        here = [{"workspace": self.workspace, "ref": tx.ref(user_id)} for user_id in user_ids]
        if not here:
            return
        shown = {"sealed_id": tx.keys.seal_id(self.workspace, "U"), "tz": "America/New_York", "active": True}
        tx.execute(tx.insert(people_table).on_conflict_do_nothing(), [row | shown for row in here])
        tx.execute(memberships.insert(), [row | {"team_id": team_id, "from_at": at} for row in here])

    def unit(self, unit_id: str, owner: str) -> None:
        with self.begin() as tx:
            teams.save_unit(tx, Unit(unit_id=unit_id, name=unit_id, pool_owner=note(tx, owner)))

    def joins(self, user_id: str, team_id: str, at: datetime) -> None:
        with self.begin() as tx:
            teams.join(tx, team_id, note(tx, user_id), at)

    def leaves(self, user_id: str, at: datetime) -> None:
        with self.begin() as tx:
            teams.leave(tx, tx.ref(user_id), at)

    # ---- what they answer

    def answer(self, week: int, weights: Mapping[str, int | None]) -> None:
        """Each person's answer of a week to the first question; None: it was left out."""
        with self.begin() as tx:
            for user_id, weight in weights.items():
                given = {"qI01": 2} if weight is None else {CORE: weight}
                answers.save(tx, tx.ref(user_id), week, given)

    def take_part(self, week: int, user_ids: Iterable[str]) -> None:
        """They answer the first question, and nobody can read what: it counts as neutral."""
        rows = [
            {"workspace": self.workspace, "ref": self.ref(user_id), "week": week}
            for user_id in sorted(user_ids)
        ]
        with self.begin() as tx:
            unreadable = {"weighed": True, "sealed": b"unreadable"}
            if rows:
                tx.execute(
                    tx.insert(answers_table).on_conflict_do_nothing(), [row | unreadable for row in rows]
                )

    # ---- time

    def at(self, now: datetime) -> Agency:
        """Let the heartbeats do all that is due at an instant."""
        self.clock.now = now
        while any(unit(self.setting, self.workspace) for unit in (open_periods, freeze, lose_lapsed)):
            pass
        return self

    def through(self, period: int) -> Agency:
        """Let time pass until the freeze of a period, with a stop at each before it."""
        for ended in range(-1, period + 1):
            self.at(freeze_at(EPOCH, ended))
        return self

    def erase(self) -> None:
        erase_old(self.setting, self.workspace)

    def let_leases_lapse(self) -> None:
        """Real time cannot be moved, so the rows are."""
        with self.begin() as tx:
            past = tx.real_now() - timedelta(seconds=1)
            tx.execute(update(releases).where(releases.c.lease_until.is_not(None)).values(lease_until=past))

    # ---- what is kept

    def groups(self, period: int) -> dict[tuple[str, ...], Release]:
        with self.read() as tx:
            return {found.teams: found for found in digests.list_period(tx, period)}

    def states(self, period: int) -> dict[tuple[str, ...], ReleaseState]:
        return {group: found.state for group, found in self.groups(period).items()}

    def roster(self, period: int, *group: str) -> frozenset[PersonRef]:
        with self.read() as tx:
            return digests.roster(tx, period, digests.group_id(group))

    def rows(self, table: str) -> list[Row]:
        """All rows of a table in this workspace, in a fixed order."""
        here = metadata.tables[table]
        with self.read() as tx:
            found = tx.execute(select(here).where(here.c.workspace == self.workspace))
            return sorted((dict(row._mapping) for row in found), key=repr)


def note(tx: Tx, user_id: str, *, active: bool = True) -> PersonRef:
    """Somebody as Slack's roster shows them."""
    ref = tx.ref(user_id)
    members.put(tx, user_id, Person(ref=ref, tz="America/New_York", active=active))
    return ref


def new_agency(store: Store, mark: LedgerMark, workspace: str = "T1") -> Agency:
    """A workspace whose first week is known, with nobody in it."""
    clock = Clock()
    with store.begin(workspace) as tx:
        workspaces.enter(tx, "US")
        workspaces.set_epoch(tx, EPOCH)
    messenger = Messenger(web_client("xoxb-nobody", NOWHERE))
    setting = Setting(
        workspace=workspace,
        store=store,
        ledger_mark=mark,
        content=CONTENT,
        messenger=messenger,
        now=lambda: clock.now,
    )
    return Agency(setting=setting, clock=clock)


def people(how_many: int, prefix: str = "P") -> tuple[str, ...]:
    return tuple(f"U{prefix}{number:02}" for number in range(how_many))


@contextmanager
def loaded_dice(seed: int = 1) -> Iterator[random.Random]:
    """Draws that repeat, so that what does not come from the draw can be compared."""
    dice, honest = random.Random(seed), secrets.randbits
    secrets.randbits = dice.getrandbits  # type: ignore[assignment]
    try:
        yield dice
    finally:
        secrets.randbits = honest
