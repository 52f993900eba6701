"""P7: whatever happens in whatever order, one draw at the most for each group and period, and no row changes.

Random lives of an agency: answers late, changed and deleted, people who move and leave, clocks that jump,
two workers at once, commits that fail and commits whose reply is lost. After every step all that must hold
is looked at in the database itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import delete, update
from sqlalchemy.exc import OperationalError

from bot.audit.agency import BEGINS_AT, EPOCH, Agency, Row, people
from bot.audit.at_once import at_once
from bot.audit.databases import SQLITE, Agencies, agencies, database, kinds, store_on
from bot.audit.drawn import Drawn, watched
from bot.audit.faults import failing_commit
from bot.domain.localtime import block_of, freeze_at
from bot.proof.findings import Effort, Finding, exactly
from schedules.digests import _release, freeze, is_ending, open_periods
from schedules.setting import Setting
from storage.database import Store
from storage.digests import ENDED, LEASE, ReleaseState
from storage.schema import answers, person_keys, releases

STAFF = {"a": people(9, "A"), "b": people(8, "B"), "c": people(6, "C")}
EVERYBODY = tuple(user for who in STAFF.values() for user in who)
STEPS = 20
HOURS = (1, 24, 24 * 7, 24 * 13, 24 * 28)
WAYS = ("one worker", "two workers", "no worker", "a lost commit", "a lost reply")


class Periods:
    """Two teams that have words and one that has none; rival: the setting of a second worker."""

    def __init__(self, agency: Agency, rival: Store, rng: Random) -> None:
        self.agency, self.rng = agency, rng
        self.rival = replace(agency.setting, store=rival)
        self.drawn: list[Drawn] = []
        self.ended: dict[tuple[str, int], Row] = {}
        self.debited: set[tuple[int, str]] = set()
        for team, who in STAFF.items():
            agency.team(team, who)
        agency.at(BEGINS_AT)

    def step(self) -> list[str]:
        """Something happens; what does not hold afterwards."""
        self.rng.choice(self.happenings())()
        return list(self.wrong())

    def happenings(self) -> tuple[Callable[[], None], ...]:
        """What ends periods comes more often than the rest."""
        return (
            self.answers_are_given_or_changed_also_late,
            self.somebody_deletes_their_answers,
            self.somebody_moves_or_leaves,
            self.somebody_becomes_a_supervisor,
            self.time_passes,
            *(self.a_period_ends,) * 4,
            self.the_clock_jumps,
            self.the_beats_come_again,
            self.two_workers_come_at_once,
            self.the_program_starts_anew,
            self.ten_minutes_pass,
            self.agency.erase,
        )

    @property
    def now(self) -> datetime:
        return self.agency.clock.now

    @property
    def week(self) -> int:
        """The week that an answer given now belongs to; on the Sunday of a freeze it is the next one's."""
        return max(0, (self.now - BEGINS_AT).days // 7)

    # ---- people

    def answers_are_given_or_changed_also_late(self) -> None:
        who = self.rng.sample(EVERYBODY, self.rng.randint(0, len(EVERYBODY)))
        week = max(0, self.week - self.rng.randint(0, 5))
        self.agency.answer(week, dict.fromkeys(who, self.rng.randint(1, 5)))

    def somebody_deletes_their_answers(self) -> None:
        ref = self.agency.ref(self.rng.choice(EVERYBODY))
        with self.agency.begin() as tx:
            for table in (answers, person_keys)[: self.rng.randint(1, 2)]:
                tx.execute(delete(table).where(table.c.workspace == tx.workspace, table.c.ref == ref))

    def somebody_moves_or_leaves(self) -> None:
        who = self.rng.choice(EVERYBODY)
        if self.rng.random() < 0.3:
            self.agency.leaves(who, self.now)
        else:
            self.agency.joins(who, self.rng.choice(tuple(STAFF)), self.now)

    def somebody_becomes_a_supervisor(self) -> None:
        self.agency.team(self.rng.choice(tuple(STAFF)), supervisor=self.rng.choice(EVERYBODY))

    # ---- time, and the program

    def time_passes(self) -> None:
        self._at(self.now + timedelta(hours=self.rng.choice(HOURS)))

    def a_period_ends(self) -> None:
        """Most of each team answered; then its end comes, to one worker or two, with trouble or without."""
        for who in STAFF.values():
            most = who[self.rng.randint(0, 3) :]
            self.agency.answer(self.week, dict.fromkeys(most, self.rng.randint(1, 5)))
        period = (self.now - BEGINS_AT).days // 28
        self.agency.clock.now = max(self.now, freeze_at(EPOCH, period))
        match self.rng.choice(WAYS):
            case "one worker":
                self._at(self.now)
            case "two workers":
                self.two_workers_come_at_once()
            case "no worker":
                pass
            case how:
                self._loses_its_database(done=how == "a lost reply")
        if self.rng.random() < 0.5:
            self.ten_minutes_pass()
            self.the_beats_come_again()

    def the_clock_jumps(self) -> None:
        by = timedelta(hours=self.rng.choice(HOURS))
        self.agency.clock.now += -by if self.rng.random() < 0.5 else by

    def the_beats_come_again(self) -> None:
        self._at(self.now)

    def two_workers_come_at_once(self) -> None:
        """In threads and on connections of their own; often there is something to end."""
        self._open()
        at_once(lambda: self._freeze(self.agency.setting), lambda: self._freeze(self.rival))

    def _loses_its_database(self, *, done: bool) -> None:
        self._open()
        engine, nth = self.agency.setting.store.engine, self.rng.randint(1, 3)
        with suppress(OperationalError), failing_commit(engine, nth, done=done):
            self._freeze(self.agency.setting)

    def the_program_starts_anew(self) -> None:
        self.agency.setting.store.engine.dispose()

    def ten_minutes_pass(self) -> None:
        self.agency.let_leases_lapse()

    def _at(self, now: datetime) -> None:
        with watched(self.drawn):
            self.agency.at(now)

    def _open(self) -> None:
        while open_periods(self.agency.setting, self.agency.workspace):
            pass

    def _freeze(self, setting: Setting) -> bool:
        with watched(self.drawn):
            return freeze(setting, self.agency.workspace)

    # ---- what always holds

    def wrong(self) -> Iterator[str]:
        """What does not hold, in words; nothing when all does."""
        if max(Counter(self.drawn).values(), default=0) > 1:
            yield "something was drawn twice"
        rows = {(row["group_id"], row["period"]): row for row in self.agency.rows("releases")}
        if {key: rows.get(key) for key in self.ended} != self.ended:
            yield "a row that had ended changed"
        self.ended = {key: row for key, row in rows.items() if row["state"] in ENDED}
        if not all(self._is_whole(key, row) for key, row in self.ended.items()):
            yield "a row is released without a draw, suppressed with one, or released for too few"
        in_hand = {key for key, row in rows.items() if row["state"] == ReleaseState.DEBITED}
        kept = {(row["group_id"], row["period"]) for row in self.agency.rows("contributors")}
        with self.agency.read() as tx:
            if kept != in_hand or (in_hand and not is_ending(tx, self.now)):
                yield "contributors stand elsewhere than between debit and release"
        debits = [(row["period"], row["ref"]) for row in self.agency.rows("ledger")]
        self.debited |= set(debits)
        blocks = Counter((block_of(period), ref) for period, ref in self.debited)
        if max(blocks.values(), default=0) > 3 or len(debits) != len(set(debits)):
            yield "somebody was debited twice for a period, or four times in a block"

    def _is_whole(self, key: tuple[str, int], row: Row) -> bool:
        match row["state"]:
            case ReleaseState.RELEASED:
                return key in self.drawn and row["m"] >= 6 and 0 <= row["y"] <= 4 * row["m"]
            case ReleaseState.SUPPRESSED:
                return row["y"] is None and key not in self.drawn
            case _:
                return row["y"] is None


class Redrawing(Periods):
    """What others do: a worker that comes back finishes what was begun. It must be caught."""

    def ten_minutes_pass(self) -> None:
        with self.agency.begin() as tx:
            begun = (releases.c.workspace == tx.workspace, releases.c.state == ReleaseState.DEBITED)
            tx.execute(update(releases).where(*begun).values(lease_until=tx.real_now() + LEASE))
        held = {(row["group_id"], row["period"]): row["holder"] for row in self.agency.rows("releases")}
        for period in sorted({period for _, period in held}):
            for found in self.agency.groups(period).values():
                if found.state is ReleaseState.DEBITED:
                    holder = held[found.group_id, period]
                    with watched(self.drawn):
                        _release(self.agency.setting, self.agency.workspace, found, 8, holder)


def lives(made: Agencies, rival: Store, rng: Random, many: int, kind: type[Periods] = Periods) -> list[str]:
    """What did not hold in that many random lives; a life ends with the first thing that does not."""
    found = []
    for _ in range(many):
        life = kind(made(), rival, rng)
        found += next((wrong for _ in range(STEPS) if (wrong := life.step())), [])
    return found


def check(effort: Effort) -> Iterator[Finding]:
    """P7, but for workers that are killed."""
    for kind in kinds(effort):
        many = effort.many(8, 200)
        wrong = _lives_on(kind, effort, many, Periods)
        yield exactly(
            f"{many} random lives of an agency on {kind}, {STEPS} events each: second draws, changed rows, "
            "overdrawn budgets",
            "; ".join(sorted(set(wrong))) or "none",
            "none",
        )


def check_redraw(effort: Effort) -> Iterator[Finding]:
    """Of C0 that a second draw is seen by the very same looks."""
    many = effort.many(5, 40)
    wrong = _lives_on(SQLITE, effort, many, Redrawing)
    yield Finding(
        tried=f"{many} such lives with a worker that draws again after a crash: P7 must catch it",
        measured="; ".join(sorted(set(wrong))) or "not caught",
        bar="something was drawn twice",
        holds="something was drawn twice" in wrong,
    )


def _lives_on(kind: str, effort: Effort, many: int, rule: type[Periods]) -> list[str]:
    with database(kind) as url, store_on(url) as store, store_on(url) as rival, agencies(store) as made:
        return lives(made, rival, Random(f"{effort.seed}/{kind}"), many, rule)
