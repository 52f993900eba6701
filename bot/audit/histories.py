"""P6 through the database: random agencies over two blocks, with moves, pools, leavers and new readers.

Each history is told twice: to the program, and to a plain list of facts against which it is held.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from random import Random
from typing import Any

from bot.audit.agency import EPOCH, STARTED_AT, Agency, people
from bot.audit.databases import Agencies, agencies, database, kinds, store_on
from bot.audit.requiring import broken_by, require
from bot.domain.digests import Gap, Published, Row, read_parent
from bot.domain.localtime import block_of, freeze_at, period_starts_at
from bot.proof.findings import Effort, Finding, exactly
from storage import digests
from storage.digests import ReleaseState, group_id

LENGTHS = (1, 2, 4)
"""Periods of a history; in the fourth a new block begins."""
DAYS = (0, 1, 9, 27, 28)
"""After the start of a period, its first and last instant among them."""
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


def begun(rng: Random, agency: Agency) -> History:
    """Two to four teams under two units, some to be pooled, some of whose people read another's line."""
    history = History(agency=agency)
    for unit in ("north", "south"):
        if rng.random() < 0.5:
            history.owns(unit, f"UOWNER{unit.upper()}")
    for team_id in "abcd"[: rng.randint(2, 4)]:
        within = rng.choice(["north", "north", "south", None])
        size, pooled = rng.randint(3, 12), rng.random() < 0.5
        history.founds(team_id, size, STARTED_AT, unit=within, pooled=pooled)
    for _ in range(rng.randint(0, 2)):
        appointed(rng, history)
    return history


def appointed(rng: Random, history: History) -> None:
    """Somebody becomes a reader: of their own team's line, or of another's."""
    user_id, team_id = anybody(rng, history), rng.choice(sorted(history.teams))
    role = rng.choice(["supervisor", "leader", "owner"])
    unit = history.teams[team_id].unit
    if role == "owner" and unit:
        history.owns(unit, user_id)
    elif role != "owner":
        history.appoints(team_id, role, user_id)


def anybody(rng: Random, history: History) -> str:
    return rng.choice(sorted(history.memberships))


def lived_through(rng: Random, history: History, period: int) -> None:
    """Moves, leavers, new teams and appointments in a period, at its first and last instant too."""
    begins, ends = period_starts_at(EPOCH, period), freeze_at(EPOCH, period)
    instants = sorted(rng.choice(DAYS) for _ in range(rng.randint(0, 4)))
    for days in instants:
        at = min(begins + timedelta(days=days), ends)
        match rng.choice(["moves", "leaves", "founds", "appoints"]):
            case "moves":
                history.joins(anybody(rng, history), rng.choice(sorted(history.teams)), at)
            case "leaves":
                history.leaves(anybody(rng, history), at)
            case "appoints":
                appointed(rng, history)
            case "founds" if len(history.teams) < 6:
                size = rng.randint(6, 10)
                history.founds(
                    "abcdef"[len(history.teams)], size, at, unit="north", pooled=rng.random() < 0.5
                )
    for team_id in history.teams:
        who = sorted(history.members(team_id, begins))
        taking_part = rng.randint(0, len(who))
        history.agency.take_part(4 * period + rng.randint(0, 3), who[:taking_part])


def history_holds(rng: Random, agency: Agency) -> None:
    """One history, told and held against the facts. Raises Broken."""
    history = begun(rng, agency)
    length = rng.choice(LENGTHS)
    opened = [lived(rng, history, period) for period in range(length)]
    for period, (before, now) in enumerate(pairwise(opened), start=1):
        if block_of(period) == block_of(period - 1):
            require(set(before) <= set(now), "a group that stood was dissolved inside a block")
    history.agency.at(freeze_at(EPOCH, length - 1))
    settled_as_promised(history, length - 1, opened[-1])
    parent_follows_from_rows(history, length - 1)


def lived(rng: Random, history: History, period: int) -> Groups:
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
    lived_through(rng, history, period)
    return opened


def rosters(history: History, period: int) -> Groups:
    """Groups of a period and who is counted in each, by Slack id."""
    names = {history.agency.ref(user): user for user in history.memberships}
    return {
        group: {names[ref] for ref in history.agency.roster(period, *group)}
        for group in history.agency.groups(period)
    }


def counted_once(opened: Groups) -> None:
    once = sum(map(len, opened.values())) == len(set[str]().union(*opened.values()))
    require(once, "somebody is in two groups")
    teams = [team_id for group in opened for team_id in group]
    require(len(teams) == len(set(teams)), "a team is in two groups")


def counted_rightly(history: History, opened: Groups, at: datetime) -> None:
    for group, counted in opened.items():
        require(counted == history.counting(at, *group), "not those count who belong to a group")
        require(not counted & history.readers(*group), "a reader of a line counts in it")


def drawn_anew(history: History, opened: Groups, at: datetime) -> None:
    """At the start of a block: eight stand alone, small siblings with an owner together, the rest nowhere."""
    large = {team for team in history.teams if len(history.counting(at, team)) >= 8}
    alone = {group for group in opened if len(group) == 1 and group[0] in large}
    require(alone == {(team,) for team in large}, "eight do not stand alone")
    for group in set(opened) - {(team,) for team in large}:
        require(len(opened[group]) >= 8, "a pool of fewer than eight")
        siblings = len({history.teams[team].unit for team in group}) == 1
        pooled = all(history.teams[team].pooled and team not in large for team in group)
        require(siblings and pooled, "a pool of other teams than small siblings that may be pooled")
    shown = {team for group in opened for team in group}
    for unit, _owner in history.owners.items():
        left = [
            t for t, facts in history.teams.items() if facts.unit == unit and facts.pooled and t not in shown
        ]
        require(not left or len(history.counting(at, *left)) < 8, "a pool of eight was left out")


def only_new_teams_joined(history: History, before: Groups, opened: Groups, period: int) -> None:
    """Beside the groups of the period before stand new teams of eight, alone."""
    begins, at = period_starts_at(EPOCH, period - 1), period_starts_at(EPOCH, period)
    new = {team for team, facts in history.teams.items() if begins < facts.started_at <= at}
    expected = {(team,) for team in new if len(history.counting(at, team)) >= 8}
    require(set(opened) - set(before) == expected, "others joined inside a block than new teams of eight")


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
        state = ReleaseState.RELEASED if allowed else ReleaseState.SUPPRESSED
        require(found.state is state, "words, or none, by something else than participation")
        require(found.group_id == group_id(group), "the same teams have another row")
        if allowed:
            counted = found.row.m if isinstance(found.row, Published) else None
            require(counted == len(contributors), "another number took part")
            expected |= contributors
    require(debited == expected, "others were debited than took part")


def parent_follows_from_rows(history: History, period: int) -> None:
    """The whole organization's line, from what stands in the rows of releases and nothing else."""
    kept = history.agency.rows("releases")
    released = [row for row in kept if (row["state"], row["period"]) == (ReleaseState.RELEASED, period)]
    histories = [rows_of(kept, row["group_id"], period) for row in released]
    told = read_parent(histories) if len(histories) > 1 else None
    for found in history.agency.groups(period).values():
        if found.state is ReleaseState.RELEASED:
            with history.agency.read() as tx:
                beside = digests.shown(tx, found, EPOCH).beside
            require(beside == told, "the line for all groups does not follow from released rows")


def rows_of(kept: list[dict[str, Any]], id_: str, through: int) -> list[Row]:
    by_period = {row["period"]: row for row in kept if row["group_id"] == id_}
    return [row_of(by_period.get(period), period) for period in range(min(by_period), through + 1)]


def row_of(row: dict[str, Any] | None, period: int) -> Row:
    if row is None or row["state"] != ReleaseState.RELEASED:
        return Gap(period=period)
    return Published(period=period, m=row["m"], c=Fraction(row["c_quarters"], 4), y=row["y"])


def told(made: Agencies, rng: Random, many: int) -> list[str]:
    """What did not hold in that many histories, each in a workspace of its own."""
    return [what for _ in range(many) for what in broken_by(lambda: history_holds(rng, made()))]


def check(effort: Effort) -> Iterator[Finding]:
    """P6."""
    for kind in kinds(effort):
        many = effort.many(40, 1_000)
        with database(kind) as url, store_on(url) as store, agencies(store) as made:
            wrong = told(made, Random(f"{effort.seed}/{kind}"), many)
        yield exactly(
            f"{many:,} random agencies on {kind}, with pools, moves, leavers, new teams and readers: groups "
            "that overlap, readers who count, lines that do not follow from released rows",
            "; ".join(sorted(set(wrong))) or "none",
            "none",
        )
