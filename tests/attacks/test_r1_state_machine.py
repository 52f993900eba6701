"""R1 as a state machine: whoever says or takes back what in whatever order, what is carried is as told."""

from __future__ import annotations

import os
from collections import Counter
from datetime import timedelta
from itertools import count

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from bot.domain.groups import readers_of
from bot.domain.localtime import freeze_at
from bot.domain.members import PersonRef
from bot.domain.raises import EVERY, STAYS, needed
from storage import teams
from storage.database import Store
from storage.digests import ReleaseState
from tests.attacks.test_p7_state_machine import both
from tests.attacks.test_r1_raises import NOTED, TAKEN_BACK
from tests.schedules.agency import BEGINS_AT, EPOCH, new_agency, people
from tests.schedules.saying import carried, running, says, takes_back

__all__ = ["both"]

STAFF = {"a": people(16, "A"), "b": people(9, "B"), "c": people(6, "C")}
WHO_ACT = tuple(user for who in STAFF.values() for user in who[:5])
"""Few enough that the same people say things, move and become supervisors."""
FEW = EVERY[:2] + EVERY[-1:]
NUMBERS = count()
RUNS = {"sqlite": 10, "postgresql": 5}
STEPS = 15
LONGER = int(os.environ.get("CHOIR_LONGER", "1"))

user_ids = st.sampled_from(WHO_ACT)
some = st.lists(user_ids, min_size=1, max_size=10, unique=True)
phrases = st.sampled_from(FEW)
team_ids = st.sampled_from(tuple(STAFF))
hours = st.sampled_from([1, 24, 24 * 7, 24 * 27])


class Lanes(RuleBasedStateMachine):
    """A model beside the real thing: who was told "noted" or "taken back", and by what roster they count."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.agency = new_agency(store, f"R{next(NUMBERS)}")
        self.noted: dict[int, dict[str, set[str]]] = {}
        self.reached: dict[tuple[int, str], set[str]] = {}
        for team, who in STAFF.items():
            self.agency.team(team, who)
        self.agency.at(BEGINS_AT)

    @property
    def said(self) -> dict[str, set[str]]:
        """What each person was told is noted in the running period."""
        return self.noted.setdefault(running(self.agency), {})

    @rule(who=some, phrase=phrases)
    def people_say_something(self, who: list[str], phrase: str) -> None:
        for user_id, told in zip(who, says(self.agency, who, phrase), strict=True):
            if told == NOTED:
                self.said.setdefault(user_id, set()).add(phrase)

    @rule(who=user_ids, phrase=phrases)
    def somebody_takes_it_back(self, who: str, phrase: str) -> None:
        if takes_back(self.agency, who, phrase) == TAKEN_BACK:
            self.said.setdefault(who, set()).discard(phrase)

    @rule(who=some, phrase=phrases)
    def an_old_window_is_sent_in(self, who: list[str], phrase: str) -> None:
        assert NOTED not in says(self.agency, who, phrase, period=running(self.agency) + 1)
        assert takes_back(self.agency, who[0], phrase, period=running(self.agency) + 1) != TAKEN_BACK

    @rule(who=user_ids, team=team_ids)
    def somebody_moves(self, who: str, team: str) -> None:
        self.agency.joins(who, team, self.agency.clock.now)

    @rule(who=user_ids)
    def somebody_leaves(self, who: str) -> None:
        self.agency.leaves(who, self.agency.clock.now)

    @rule(by=hours)
    def time_passes(self, by: int) -> None:
        until = self.agency.clock.now + timedelta(hours=by)
        if until >= freeze_at(EPOCH, running(self.agency)):
            self._ends(0)
        self.agency.at(until)

    @rule(absent=st.integers(0, 2), who=some, phrase=phrases, promoted=st.booleans())
    def a_period_ends(self, absent: int, who: list[str], phrase: str, promoted: bool) -> None:
        """Most of each team took part, some say something, and perhaps one of them supervises from then."""
        self.people_say_something(who, phrase)
        if promoted:
            team = next(team for team, members in STAFF.items() if who[0] in members)
            self.agency.team(team, supervisor=who[0])
        self._ends(absent)

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
            assert (told is not None) == (states.get((team,)) is ReleaseState.RELEASED)
            if told is not None:
                assert told == set().union(
                    *(self._had(p, team) for p in range(period - STAYS + 1, period + 1))
                )

    def _had(self, period: int, team: str) -> set[str]:
        """What was reached in a period, if it had an update: else nothing was counted in it."""
        had_words = self.agency.states(period).get((team,)) is ReleaseState.RELEASED
        return self.reached.get((period, team), set()) if had_words else set()

    @invariant()
    def only_the_running_period_knows_who(self) -> None:
        periods = {row["period"] for row in self.agency.rows("raises")}
        assert periods <= {running(self.agency)}
        kept = {row["ref"] for row in self.agency.rows("raises")}
        assert kept == {self._ref(who) for who, phrases in self.said.items() if phrases}


def test_what_an_update_carries_is_what_people_were_told(both: tuple[str, Store, Store]) -> None:
    kind, store, _ = both
    run_state_machine_as_test(
        lambda: Lanes(store),
        settings=settings(max_examples=RUNS[kind] * LONGER, stateful_step_count=STEPS),
    )
