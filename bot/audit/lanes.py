"""R1: whoever says or takes back what in whatever order, an update carries what people were told it would.

Nothing before the freeze, nothing that too few chose, nothing that was taken back; for three updates, and
without those who became readers; from random lives, by the very listeners that clicks in Slack reach.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from random import Random

from bot.audit.agency import BEGINS_AT, CONTENT, EPOCH, Agency, people
from bot.audit.databases import Agencies, agencies, database, kinds, store_on
from bot.audit.requiring import broken_by, require
from bot.audit.saying import carried, running, says, takes_back
from bot.domain.groups import readers_of
from bot.domain.localtime import freeze_at
from bot.domain.members import PersonRef
from bot.domain.raises import EVERY, STAYS, needed
from bot.proof.findings import Effort, Finding, exactly
from storage import teams
from storage.digests import ReleaseState

STAFF = {"a": people(16, "A"), "b": people(9, "B"), "c": people(6, "C")}
WHO_ACT = tuple(user for who in STAFF.values() for user in who[:5])
"""Few enough that the same people say things, move and become supervisors."""
FEW = EVERY[:2] + EVERY[-1:]
STEPS = 15
HOURS = (1, 24, 24 * 7, 24 * 27)
WORDS = CONTENT.words("en")
NOTED, TAKEN_BACK = WORDS("raise.mine_noted"), WORDS("raise.mine_taken_back")


class Lanes:
    """A model beside the real thing: who was told "noted" or "taken back", and by what roster they count."""

    def __init__(self, agency: Agency, rng: Random) -> None:
        self.agency, self.rng = agency, rng
        self.noted: dict[int, dict[str, set[str]]] = {}
        self.reached: dict[tuple[int, str], set[str]] = {}
        for team, who in STAFF.items():
            self.agency.team(team, who)
        self.agency.at(BEGINS_AT)

    @property
    def said(self) -> dict[str, set[str]]:
        """What each person was told is noted in the running period."""
        return self.noted.setdefault(running(self.agency), {})

    def step(self) -> None:
        """Something happens, and nobody but the running period knows who said what. Raises Broken."""
        self.rng.choice(self.happenings())()
        self.only_the_running_period_knows_who()

    def happenings(self) -> tuple[Callable[[], None], ...]:
        return (
            self.people_say_something,
            self.somebody_takes_it_back,
            self.an_old_window_is_sent_in,
            self.somebody_moves_or_leaves,
            self.time_passes,
            self.a_period_ends,
            self.a_period_ends,
        )

    def people_say_something(self) -> None:
        self._say(self.rng.sample(WHO_ACT, self.rng.randint(1, 10)), self.rng.choice(FEW))

    def _say(self, who: list[str], phrase: str) -> None:
        for user_id, told in zip(who, says(self.agency, who, phrase), strict=True):
            if told == NOTED:
                self.said.setdefault(user_id, set()).add(phrase)

    def somebody_takes_it_back(self) -> None:
        who, phrase = self.rng.choice(WHO_ACT), self.rng.choice(FEW)
        if takes_back(self.agency, who, phrase) == TAKEN_BACK:
            self.said.setdefault(who, set()).discard(phrase)

    def an_old_window_is_sent_in(self) -> None:
        who, phrase, another = self.rng.choice(WHO_ACT), self.rng.choice(FEW), running(self.agency) + 1
        require(NOTED not in says(self.agency, who, phrase, period=another), "another period was chosen for")
        taken = takes_back(self.agency, who, phrase, period=another)
        require(taken != TAKEN_BACK, "something was taken back in another period")

    def somebody_moves_or_leaves(self) -> None:
        who = self.rng.choice(WHO_ACT)
        if self.rng.random() < 0.3:
            self.agency.leaves(who, self.agency.clock.now)
        else:
            self.agency.joins(who, self.rng.choice(tuple(STAFF)), self.agency.clock.now)

    def time_passes(self) -> None:
        until = self.agency.clock.now + timedelta(hours=self.rng.choice(HOURS))
        if until >= freeze_at(EPOCH, running(self.agency)):
            self._ends(0)
        self.agency.at(until)

    def a_period_ends(self) -> None:
        """Most of each team took part, some say something, and perhaps one of them supervises from then."""
        who = self.rng.sample(WHO_ACT, self.rng.randint(1, 10))
        self._say(who, self.rng.choice(FEW))
        if self.rng.random() < 0.5:
            team = next(team for team, members in STAFF.items() if who[0] in members)
            self.agency.team(team, supervisor=who[0])
        self._ends(self.rng.randint(0, 2))

    def _ends(self, absent: int) -> None:
        period = running(self.agency)
        for who in STAFF.values():
            self.agency.take_part(4 * period, who[absent:])
        for team in STAFF:
            self.reached[period, team] = self._reached(period, team)
        self.agency.at(freeze_at(EPOCH, period))
        self._check(period)

    def _reached(self, period: int, team: str) -> set[str]:
        frozen = self.agency.roster(period, team)
        with self.agency.read() as tx:
            reading = readers_of([team], teams.rosters(tx, freeze_at(EPOCH, period)))
        counted = [phrases for who, phrases in self.said.items() if self._ref(who) in frozen - reading]
        times = Counter(phrase for phrases in counted for phrase in phrases)
        return {phrase for phrase, many in times.items() if many >= (needed(len(frozen)) or 99)}

    def _ref(self, user_id: str) -> PersonRef:
        return self.agency.ref(user_id)

    def _check(self, period: int) -> None:
        """What the update carries is what was reached in its period and the two before that had one."""
        states = self.agency.states(period)
        for team in STAFF:
            told = carried(self.agency, period, team)
            released = states.get((team,)) is ReleaseState.RELEASED
            require((told is not None) == released, "lines came without an update, or an update without them")
            stands = (self._had(p, team) for p in range(period - STAYS + 1, period + 1))
            require(
                told is None or told == set[str]().union(*stands), "other lines came than enough people chose"
            )

    def _had(self, period: int, team: str) -> set[str]:
        """What was reached in a period, if it had an update: else nothing was counted in it."""
        had_words = self.agency.states(period).get((team,)) is ReleaseState.RELEASED
        return self.reached.get((period, team), set()) if had_words else set()

    def only_the_running_period_knows_who(self) -> None:
        periods = {row["period"] for row in self.agency.rows("raises")}
        require(periods <= {running(self.agency)}, "who said something is still known after the period")
        kept = {row["ref"] for row in self.agency.rows("raises")}
        told = {self._ref(who) for who, phrases in self.said.items() if phrases}
        require(kept == told, "others are kept as having said something than were told so")


def lives(made: Agencies, rng: Random, many: int) -> list[str]:
    """What did not hold in that many random lives."""
    return [what for _ in range(many) for what in broken_by(lambda: _life(made(), rng))]


def _life(agency: Agency, rng: Random) -> None:
    lanes = Lanes(agency, rng)
    for _ in range(STEPS):
        lanes.step()


def check(effort: Effort) -> Iterator[Finding]:
    """R1."""
    for kind in kinds(effort):
        many = effort.many(8, 200)
        with database(kind) as url, store_on(url) as store, agencies(store) as made:
            wrong = lives(made, Random(f"{effort.seed}/{kind}"), many)
        yield exactly(
            f"{many} random lives of an agency on {kind}, {STEPS} events each, in which people say things "
            "with others, take them back, move, leave and come to supervise: lines that should not have "
            "come, or should have",
            "; ".join(sorted(set(wrong))) or "none",
            "none",
        )
