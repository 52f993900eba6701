"""P6 through the database: random agencies over two blocks, with moves, pools, leavers and new readers.

Each history is told twice: to the program, and to a plain list of facts against which it is held.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import count, pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from bot.domain.digests import Gap, Published, Row, read_parent
from bot.domain.localtime import block_of, freeze_at, period_starts_at
from storage import digests
from storage.crypto import Keys
from storage.database import Store
from storage.digests import ReleaseState, group_id
from tests.schedules.agency import EPOCH, STARTED_AT, Agency, new_agency, people

LENGTHS = (1, 2, 4)
"""Periods of a history; in the fourth a new block begins."""
HISTORIES = {"sqlite": 100, "postgresql": 30}
LONGER = int(os.environ.get("CHOIR_LONGER", "1"))
"""How many times as many the long form tells."""
NUMBERS = count()
Membership = tuple[str, datetime, datetime | None]
Groups = dict[tuple[str, ...], set[str]]
"""Who is counted, by the group's teams."""


@dataclass(slots=True)
class Facts:
    """One team as it stands now, and since when. Readers by role."""

    unit: str | None
    pooled: bool
    started_at: datetime
    readers: dict[str, str]


@dataclass(slots=True)
class History:
    """An agency, and what was done to it."""

    agency: Agency
    teams: dict[str, Facts] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    memberships: dict[str, list[Membership]] = field(default_factory=dict)

    def members(self, team_id: str, at: datetime) -> set[str]:
        return {
            user
            for user, spans in self.memberships.items()
            for team, since, until in spans
            if team == team_id and since <= at and (until is None or at < until)
        }

    def readers(self, *group: str) -> set[str]:
        """Who reads the line of those teams as things stand."""
        found = set()
        for team in (self.teams[team_id] for team_id in group):
            found |= set(team.readers.values())
            if team.pooled and team.unit in self.owners:
                found.add(self.owners[team.unit])
        return found

    def counting(self, at: datetime, *group: str) -> set[str]:
        members = set[str]().union(*(self.members(team_id, at) for team_id in group))
        return members - self.readers(*group)

    # ---- what happens

    def founds(self, team_id: str, size: int, at: datetime, *, unit: str | None, pooled: bool) -> None:
        members = people(size, team_id.upper())
        readers = {"supervisor": f"UBOSS{team_id.upper()}"}
        self.teams[team_id] = Facts(unit=unit, pooled=pooled, started_at=at, readers=readers)
        self.memberships |= {user: [(team_id, at, None)] for user in members}
        self.agency.team(team_id, members, at=at, unit_id=unit, pooled=pooled)

    def appoints(self, team_id: str, role: str, user_id: str) -> None:
        team = self.teams[team_id]
        team.readers[role] = user_id
        about: dict[str, Any] = {"unit_id": team.unit, "pooled": team.pooled, **team.readers}
        self.agency.team(team_id, at=team.started_at, **about)

    def owns(self, unit: str, user_id: str) -> None:
        self.owners[unit] = user_id
        self.agency.unit(unit, user_id)

    def leaves(self, user_id: str, at: datetime) -> None:
        self.agency.leaves(user_id, at)
        self._ends(user_id, at)

    def joins(self, user_id: str, team_id: str, at: datetime) -> None:
        if self.memberships[user_id][-1:] and self.memberships[user_id][-1][::2] == (team_id, None):
            return
        self.agency.joins(user_id, team_id, at)
        self._ends(user_id, at)
        self.memberships[user_id].append((team_id, at, None))

    def _ends(self, user_id: str, at: datetime) -> None:
        self.memberships[user_id] = [
            (team, since, at if until is None else until)
            for team, since, until in self.memberships[user_id]
            if since < at or until is not None
        ]


@pytest.fixture(scope="module", params=HISTORIES)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def store_of_all(
    kind: str, request: pytest.FixtureRequest, keys: Keys, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    """One database for all histories, each in a workspace of its own; none has to outlive a crash."""
    if kind == "sqlite":
        file = tmp_path_factory.mktemp("histories") / "choir.db"
        shutil.copyfile(request.getfixturevalue("made_sqlite"), file)
        url = f"sqlite:///{file}"
    else:
        url = request.getfixturevalue("emptied_postgresql")()
    with closing(Store(url, keys)) as store:
        if kind == "sqlite":
            event.listen(
                store.engine, "connect", lambda made, _record: made.execute("PRAGMA synchronous=OFF")
            )
        yield store


def begun(data: st.DataObject, store: Store) -> History:
    """Two to four teams under two units, some to be pooled, some of whose people read another's line."""
    history = History(agency=new_agency(store, f"T{next(NUMBERS)}"))
    for unit in ("north", "south"):
        if data.draw(st.booleans()):
            history.owns(unit, f"UOWNER{unit.upper()}")
    for team_id in "abcd"[: data.draw(st.integers(2, 4))]:
        unit = data.draw(st.sampled_from(["north", "north", "south", None]))
        size, pooled = data.draw(st.integers(3, 12)), data.draw(st.booleans())
        history.founds(team_id, size, STARTED_AT, unit=unit, pooled=pooled)
    for _ in range(data.draw(st.integers(0, 2))):
        appointed(data, history)
    return history


def appointed(data: st.DataObject, history: History) -> None:
    """Somebody becomes a reader: of their own team's line, or of another's."""
    user_id, team_id = anybody(data, history), data.draw(st.sampled_from(sorted(history.teams)))
    role = data.draw(st.sampled_from(["supervisor", "leader", "owner"]))
    unit = history.teams[team_id].unit
    if role == "owner" and unit:
        history.owns(unit, user_id)
    elif role != "owner":
        history.appoints(team_id, role, user_id)


def anybody(data: st.DataObject, history: History) -> str:
    return data.draw(st.sampled_from(sorted(history.memberships)))


def lived_through(data: st.DataObject, history: History, period: int) -> None:
    """Moves, leavers, new teams and appointments in a period, at its first and last instant too."""
    begins, ends = period_starts_at(EPOCH, period), freeze_at(EPOCH, period)
    instants = sorted(data.draw(st.lists(st.sampled_from([0, 1, 9, 27, 28]), max_size=4)))
    for days in instants:
        at = min(begins + timedelta(days=days), ends)
        match data.draw(st.sampled_from(["moves", "leaves", "founds", "appoints"])):
            case "moves":
                history.joins(anybody(data, history), data.draw(st.sampled_from(sorted(history.teams))), at)
            case "leaves":
                history.leaves(anybody(data, history), at)
            case "appoints":
                appointed(data, history)
            case "founds" if len(history.teams) < 6:
                size = data.draw(st.integers(6, 10))
                history.founds(
                    "abcdef"[len(history.teams)], size, at, unit="north", pooled=data.draw(st.booleans())
                )
    for team_id in history.teams:
        who = sorted(history.members(team_id, begins))
        taking_part = data.draw(st.integers(0, len(who)))
        history.agency.take_part(4 * period + data.draw(st.integers(0, 3)), who[:taking_part])


def test_groups_are_a_partition_that_readers_have_no_part_in(kind: str, store_of_all: Store) -> None:
    @settings(max_examples=HISTORIES[kind] * LONGER)
    @given(data=st.data())
    def history_holds(data: st.DataObject) -> None:
        history = begun(data, store_of_all)
        length = data.draw(st.sampled_from(LENGTHS))
        opened = [lived(data, history, period) for period in range(length)]
        for period, (before, now) in enumerate(pairwise(opened), start=1):
            if block_of(period) == block_of(period - 1):
                assert set(before) <= set(now)
        history.agency.at(freeze_at(EPOCH, length - 1))
        settled_as_promised(history, length - 1, opened[-1])
        parent_follows_from_rows(history, length - 1)

    history_holds()


def lived(data: st.DataObject, history: History, period: int) -> Groups:
    """One period: opened, held against the facts, and lived through; the one before ended with it."""
    begins = period_starts_at(EPOCH, period)
    history.agency.at(begins)
    opened = rosters(history, period)
    if period:
        before = rosters(history, period - 1)
        settled_as_promised(history, period - 1, before)
    counted_once(opened)
    counted_rightly(history, opened, begins)
    if period and block_of(period) == block_of(period - 1):
        only_new_teams_joined(history, before, opened, period)
    else:
        drawn_anew(history, opened, begins)
    lived_through(data, history, period)
    return opened


def rosters(history: History, period: int) -> Groups:
    """Groups of a period and who is counted in each, by Slack id."""
    names = {history.agency.ref(user): user for user in history.memberships}
    return {
        group: {names[ref] for ref in history.agency.roster(period, *group)}
        for group in history.agency.groups(period)
    }


def counted_once(opened: Groups) -> None:
    assert sum(map(len, opened.values())) == len(set[str]().union(*opened.values()))
    teams = [team_id for group in opened for team_id in group]
    assert len(teams) == len(set(teams))


def counted_rightly(history: History, opened: Groups, at: datetime) -> None:
    for group, counted in opened.items():
        assert counted == history.counting(at, *group)
        assert not counted & history.readers(*group)


def drawn_anew(history: History, opened: Groups, at: datetime) -> None:
    """At the start of a block: eight stand alone, small siblings with an owner together, the rest nowhere."""
    large = {team for team in history.teams if len(history.counting(at, team)) >= 8}
    assert {group for group in opened if len(group) == 1 and group[0] in large} == {(team,) for team in large}
    for group in set(opened) - {(team,) for team in large}:
        assert len(opened[group]) >= 8
        assert len({history.teams[team].unit for team in group}) == 1
        assert all(history.teams[team].pooled and team not in large for team in group)
    shown = {team for group in opened for team in group}
    for unit, _owner in history.owners.items():
        left = [
            t for t, facts in history.teams.items() if facts.unit == unit and facts.pooled and t not in shown
        ]
        assert not left or len(history.counting(at, *left)) < 8


def only_new_teams_joined(history: History, before: Groups, opened: Groups, period: int) -> None:
    """Beside the groups of the period before stand new teams of eight, alone."""
    begins, at = period_starts_at(EPOCH, period - 1), period_starts_at(EPOCH, period)
    new = {team for team, facts in history.teams.items() if begins < facts.started_at <= at}
    expected = {(team,) for team in new if len(history.counting(at, team)) >= 8}
    assert set(opened) - set(before) == expected


def settled_as_promised(history: History, period: int, opened: Groups) -> None:
    """Words or none by participation alone; no reader was debited; the same teams, the same id."""
    weighed = {
        row["ref"]
        for row in history.agency.rows("answers")
        if row["week"] in range(4 * period, 4 * period + 4)
    }
    debited = {row["ref"] for row in history.agency.rows("ledger") if row["period"] == period}
    expected = set()
    for group, found in history.agency.groups(period).items():
        roster = {history.agency.ref(user) for user in opened[group] - history.readers(*group)}
        contributors = roster & weighed
        allowed = len(roster) >= 8 and len(contributors) >= 6
        assert found.state is (ReleaseState.RELEASED if allowed else ReleaseState.SUPPRESSED)
        assert found.group_id == group_id(group)
        if allowed:
            assert isinstance(found.row, Published)
            assert found.row.m == len(contributors)
            expected |= contributors
    assert debited == expected


def parent_follows_from_rows(history: History, period: int) -> None:
    """The whole organization's line, from what stands in the rows of releases and nothing else."""
    kept = history.agency.rows("releases")
    released = [row for row in kept if (row["state"], row["period"]) == (ReleaseState.RELEASED, period)]
    histories = [rows_of(kept, row["group_id"], period) for row in released]
    told = read_parent(histories) if len(histories) > 1 else None
    for found in history.agency.groups(period).values():
        if found.state is ReleaseState.RELEASED:
            with history.agency.read() as tx:
                assert digests.shown(tx, found, EPOCH).beside == told


def rows_of(kept: list[dict[str, Any]], id_: str, through: int) -> list[Row]:
    by_period = {row["period"]: row for row in kept if row["group_id"] == id_}
    return [row_of(by_period.get(period), period) for period in range(min(by_period), through + 1)]


def row_of(row: dict[str, Any] | None, period: int) -> Row:
    if row is None or row["state"] != ReleaseState.RELEASED:
        return Gap(period=period)
    return Published(period=period, m=row["m"], c=Fraction(row["c_quarters"], 4), y=row["y"])
