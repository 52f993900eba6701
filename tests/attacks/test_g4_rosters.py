"""G4 and P6 through the database: rosters that somebody arranges, to learn what one person answered."""

from __future__ import annotations

import math
from collections import Counter
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest

from bot.audit.drawn import watched
from bot.domain.digests import Trend
from bot.domain.localtime import block_of, freeze_at, period_starts_at
from storage.database import Store
from storage.digests import ReleaseState
from tests.schedules.agency import BEGINS_AT, EPOCH, MOMENT, Agency, loaded_dice, new_agency, people

EIGHT, NINE = people(8), people(9)
ONE = "UONE"
WEEK = timedelta(weeks=1)
DAY = timedelta(days=1)

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""For what depends on no database."""


def kept(agency: Agency, *but: str) -> list[dict[str, Any]]:
    """Every row of an update, without what is random by itself."""
    left_out = {"workspace", "holder", "lease_until", *but}
    return [
        {name: value for name, value in row.items() if name not in left_out}
        for row in agency.rows("releases")
    ]


def nobody_counts_twice(agency: Agency) -> None:
    counted = [(row["period"], row["ref"]) for row in agency.rows("ledger")]
    assert max(Counter(counted).values()) == 1
    assert max(Counter((block_of(period), ref) for period, ref in counted).values()) <= 3


# Puppets: accounts whose answers somebody chooses, around one real person


@on_sqlite
def test_seven_puppets_around_one_person_guess_no_better_than_the_promise_says(agency: Agency) -> None:
    """They even see the released sum, which nobody is shown. One update: right in 73 of 100 cases at most."""
    rng, games = Random(4), 100
    heavy = {f"t{number:03}": rng.random() < 0.5 for number in range(games)}
    answers: dict[str, int | None] = {}
    for team, is_heavy in heavy.items():
        puppets = people(7, f"{team.upper()}X")
        agency.team(team, (*puppets, f"U{team.upper()}"))
        answers |= dict.fromkeys(puppets, 3) | {f"U{team.upper()}": 5 if is_heavy else 1}
    agency.answer(0, answers)
    with loaded_dice(4):
        agency.through(0)
    known = 7 * 2
    right = sum((row["y"] > known + 2) == heavy[row["teams"][0]] for row in released(agency))
    adv = 2 * right / games - 1
    assert len(released(agency)) == games
    assert adv <= 0.462 + 3 * math.sqrt(1 - 0.462**2) / math.sqrt(games)


def released(agency: Agency) -> list[dict[str, Any]]:
    return [row for row in agency.rows("releases") if row["state"] == ReleaseState.RELEASED]


@on_sqlite
def test_accounts_that_only_make_up_the_number_bring_no_update(agency: Agency) -> None:
    """An admin adds seven accounts to reach eight; one person answers, with four more or without."""
    agency.team("a", (ONE, *people(7)))
    agency.answer(0, {ONE: 5})
    agency.answer(4, dict.fromkeys((ONE, *people(4)), 5))
    agency.answer(8, dict.fromkeys((ONE, *people(5)), 5))
    with watched([]) as drawn:
        agency.through(2)
    states = [agency.states(period)["a",] for period in range(3)]
    assert states == [ReleaseState.SUPPRESSED, ReleaseState.SUPPRESSED, ReleaseState.RELEASED]
    assert [period for _, period in drawn] == [2]


@on_sqlite
def test_accounts_added_after_a_period_began_do_not_make_it_large_enough(agency: Agency) -> None:
    agency.team("a", people(7))
    agency.team("b", people(8, "Q"))
    agency.at(BEGINS_AT)
    for number in range(9):
        agency.joins(f"UPUPPET{number}", "a", BEGINS_AT + MOMENT)
    agency.answer(0, dict.fromkeys((*people(7), *(f"UPUPPET{number}" for number in range(9))), 3))
    agency.through(0)
    assert set(agency.states(0)) == {("b",)}
    assert agency.through(1).states(1).keys() == {("b",)}, "groups are drawn anew with their block only"


# One person, taken out and put back


def comes_and_goes(agency: Agency, user_id: str, weeks: range) -> None:
    """Taken out on each Monday and put back a day later."""
    for week in weeks:
        monday = datetime.combine(EPOCH, datetime.min.time(), BEGINS_AT.tzinfo) + week * WEEK
        agency.leaves(user_id, monday + timedelta(hours=15))
        agency.joins(user_id, "a", monday + DAY)


def lived_through(store: Store, workspace: str, *, toggled: bool, weight: int = 5) -> Agency:
    """A year's quarter of nine people, one of whom somebody takes out and puts back each week."""
    agency = new_agency(store, workspace)
    agency.team("a", (*EIGHT, ONE))
    for week in range(12):
        agency.answer(week, {**dict.fromkeys(EIGHT, 2 + week % 3), ONE: weight})
    with loaded_dice():
        for period in range(3):
            agency.at(period_starts_at(EPOCH, period))
            if toggled:
                comes_and_goes(agency, ONE, range(4 * period, 4 * period + 4))
            agency.at(freeze_at(EPOCH, period))
    return agency


def test_taking_one_person_out_and_back_each_week_changes_no_update(store: Store) -> None:
    left_alone, toggled = (
        lived_through(store, workspace, toggled=workspace == "T2") for workspace in ("T1", "T2")
    )
    assert len(released(toggled)) == 3
    assert kept(toggled, "group_id") == kept(left_alone, "group_id")
    nobody_counts_twice(toggled)
    assert sum(row["ref"] == toggled.ref(ONE) for row in toggled.rows("ledger")) == 3


@on_sqlite
def test_out_at_the_moment_a_period_begins_means_out_of_all_of_it(store: Store) -> None:
    """So there is a period with them and one without: each has a draw of its own, and the second reads
    nothing of theirs."""
    rows = []
    for workspace, weight in (("T1", 1), ("T2", 5)):
        agency = new_agency(store, workspace)
        agency.team("a", (*EIGHT, ONE))
        agency.answer(0, dict.fromkeys(EIGHT, 3))
        agency.answer(4, {**dict.fromkeys(EIGHT, 3), ONE: weight})
        agency.leaves(ONE, freeze_at(EPOCH, 0) - MOMENT)
        agency.at(BEGINS_AT)
        agency.joins(ONE, "a", freeze_at(EPOCH, 0) + MOMENT)
        with loaded_dice():
            agency.through(1)
        assert agency.ref(ONE) in agency.roster(0, "a")
        assert agency.ref(ONE) not in agency.roster(1, "a")
        rows.append(kept(agency))
    assert rows[0] == rows[1]


@on_sqlite
def test_of_eight_none_can_be_taken_out_for_a_comparison(agency: Agency) -> None:
    agency.team("a", (*people(7), ONE))
    for week in (0, 4):
        agency.answer(week, dict.fromkeys((*people(7), ONE), 3))
    agency.at(BEGINS_AT)
    agency.leaves(ONE, freeze_at(EPOCH, 0) - MOMENT)
    agency.through(1)
    assert [agency.states(period)["a",] for period in (0, 1)] == [
        ReleaseState.RELEASED,
        ReleaseState.SUPPRESSED,
    ]


# A team split and merged


def split_and_merged(agency: Agency) -> None:
    """Sixteen become twice eight in the second period, and one pool of both again from the next block on."""
    halves = people(16)[:8], people(16)[8:]
    agency.unit("north", "UOWNER")
    agency.team("a", people(16), unit_id="north", pooled=True)
    for week in range(0, 24, 4):
        agency.take_part(week, people(16))
    agency.through(0)
    split_at = freeze_at(EPOCH, 0) + WEEK
    agency.team("b", at=split_at, unit_id="north", pooled=True)
    for user_id in halves[1]:
        agency.joins(user_id, "b", split_at)
    agency.through(1)
    for user_id in (halves[0][0], halves[1][0]):
        agency.leaves(user_id, freeze_at(EPOCH, 2) - MOMENT)
    agency.through(3)


def test_a_team_split_and_merged_counts_nobody_twice_and_begins_anew(agency: Agency) -> None:
    with watched([]) as drawn:
        split_and_merged(agency)
    assert [set(agency.groups(period)) for period in range(4)] == [
        {("a",)},
        {("a",)},
        {("a",), ("b",)},
        {("a", "b")},
    ]
    assert {len(agency.roster(1, "a")), len(agency.roster(2, "a")), len(agency.roster(2, "b"))} == {16, 8}
    nobody_counts_twice(agency)
    assert max(Counter(drawn).values()) == 1
    for period, group in ((2, ("b",)), (3, ("a", "b"))):
        reading = agency.groups(period)[group].reading
        assert reading is not None
        assert reading.trend is Trend.FIRST


# The clock


@on_sqlite
@pytest.mark.parametrize("by", [timedelta(days=-60), timedelta(days=-1), timedelta(days=200)])
def test_a_clock_turned_back_or_forward_draws_no_period_again(agency: Agency, by: timedelta) -> None:
    agency.team("a", NINE)
    for week in range(0, 52, 4):
        agency.answer(week, dict.fromkeys(NINE, 3))
    with watched([]) as drawn:
        agency.through(1)
        before = released(agency)
        here = agency.clock.now
        for now in (here + by, here, here + by, here + DAY):
            agency.at(now)
    assert max(Counter(drawn).values()) == 1
    assert [row for row in released(agency) if row["period"] <= 1] == before
