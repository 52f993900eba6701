"""P9 through the database: thirty teams of 1 to 30 with readers, leavers, duplicates and people gone."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest

from bot.domain.digests import Published
from bot.domain.localtime import freeze_at
from storage.digests import ReleaseState
from tests.schedules.agency import BEGINS_AT, EPOCH, STARTED_AT, Agency, note, people


class Crowd:
    """Thirty teams; of each, who counts and who of them answered is known here by hand."""

    def __init__(self, agency: Agency, dice: Random) -> None:
        self.agency = agency
        self.counting: dict[str, set[str]] = {}
        self.answered: dict[str, set[str]] = {}
        for size in range(1, 31):
            self._found(f"t{size:02}", people(size, f"T{size:02}"), dice)

    def _found(self, team_id: str, members: tuple[str, ...], dice: Random) -> None:
        roles = dict(zip(("supervisor", "leader"), dice.sample(members, min(2, len(members))), strict=False))
        reading = {role: user_id for role, user_id in roles.items() if dice.random() < 0.5}
        self.agency.team(team_id, members, at=STARTED_AT, **reading)
        self.agency.joins(members[0], team_id, STARTED_AT + timedelta(hours=1))
        gone = {user_id for user_id in members if dice.random() < 0.1}
        left = {user_id for user_id in members if dice.random() < 0.1} - gone
        with self.agency.begin() as tx:
            for user_id in gone:
                note(tx, user_id, active=False)
        for user_id in left:
            self.agency.leaves(user_id, BEGINS_AT - timedelta(hours=1))
        self.counting[team_id] = set(members) - gone - left - set(reading.values())
        self.answered[team_id] = {user_id for user_id in members if dice.random() < 0.7}
        self.agency.take_part(3, self.answered[team_id])

    def expected(self, team_id: str) -> ReleaseState | None:
        counting, answered = self.counting[team_id], self.answered[team_id]
        if len(counting) < 8:
            return None
        return ReleaseState.RELEASED if len(counting & answered) >= 6 else ReleaseState.SUPPRESSED


@pytest.mark.parametrize("seed", range(2))
def test_below_eight_or_six_nothing_is_made_of_answers(agency: Agency, seed: int) -> None:
    crowd = Crowd(agency, Random(seed))
    agency.at(BEGINS_AT).at(freeze_at(EPOCH, 0))
    states = {group[0]: state for group, state in agency.states(0).items()}
    assert states == {team_id: state for team_id in crowd.counting if (state := crowd.expected(team_id))}
    assert len(set(states.values())) == 2
    for (team_id,), found in agency.groups(0).items():
        counted = crowd.counting[team_id] & crowd.answered[team_id]
        if found.state is ReleaseState.RELEASED:
            assert isinstance(found.row, Published)
            assert found.row.m == len(counted) >= 6
        else:
            assert (found.reading, found.lines) == (None, {})
    debited = {
        agency.ref(user)
        for team, state in states.items()
        if state is ReleaseState.RELEASED
        for user in crowd.counting[team] & crowd.answered[team]
    }
    assert {row["ref"] for row in agency.rows("ledger")} == debited


def test_a_row_without_an_update_keeps_nothing_that_was_counted(agency: Agency) -> None:
    agency.team("a", people(8))
    agency.answer(0, dict.fromkeys(people(5), 5))
    agency.at(BEGINS_AT).at(freeze_at(EPOCH, 0))
    (row,) = (row for row in agency.rows("releases") if row["period"] == 0)
    kept = {name: value for name, value in row.items() if value is not None}
    assert kept.keys() == {"workspace", "group_id", "period", "teams", "state"}
    assert agency.rows("ledger") == agency.rows("contributors") == []
