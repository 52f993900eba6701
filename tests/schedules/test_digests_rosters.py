"""Who counts where in a period: settled at its first instant, by rosters alone (privacy §3)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.localtime import freeze_at, period_starts_at
from storage.digests import ReleaseState, group_id
from tests.schedules.agency import BEGINS_AT, EPOCH, MOMENT, Agency, note, people

EIGHT = people(8)
WEEK = timedelta(weeks=1)


def refs(agency: Agency, *user_ids: str) -> frozenset[str]:
    return frozenset(agency.ref(user_id) for user_id in user_ids)


def test_a_period_is_opened_at_its_first_instant_and_frozen_at_its_last(agency: Agency) -> None:
    agency.team("a", EIGHT)
    assert agency.at(BEGINS_AT - MOMENT).groups(0) == {}
    assert agency.at(BEGINS_AT).states(0) == {("a",): ReleaseState.OPEN}
    assert agency.at(freeze_at(EPOCH, 0) - MOMENT).states(0) == {("a",): ReleaseState.OPEN}
    assert agency.at(freeze_at(EPOCH, 0)).states(0) == {("a",): ReleaseState.SUPPRESSED}
    assert agency.states(1) == {("a",): ReleaseState.OPEN}
    assert agency.states(2) == {}


def test_before_the_first_team_has_started_nothing_is_opened(agency: Agency) -> None:
    agency.at(freeze_at(EPOCH, 1))
    assert [agency.groups(period) for period in range(3)] == [{}, {}, {}]
    assert agency.rows("rosters") == []


def test_a_roster_is_taken_at_the_second_of_the_freeze_neither_before_nor_after(agency: Agency) -> None:
    agency.team("a", EIGHT)
    agency.joins("UONTIME", "a", BEGINS_AT)
    agency.joins("ULATE", "a", BEGINS_AT + MOMENT)
    agency.leaves(EIGHT[0], BEGINS_AT)
    agency.leaves(EIGHT[1], BEGINS_AT + MOMENT)
    agency.at(BEGINS_AT + WEEK)
    assert agency.roster(0, "a") == refs(agency, "UONTIME", *EIGHT[1:])


def test_somebody_put_into_a_second_team_counts_in_the_first_until_the_period_ends(agency: Agency) -> None:
    agency.team("a", (*EIGHT, "UMOVES"))
    agency.team("b", people(8, "Q"))
    agency.at(BEGINS_AT)
    agency.joins("UMOVES", "b", BEGINS_AT + WEEK)
    agency.at(freeze_at(EPOCH, 0))
    assert agency.ref("UMOVES") in agency.roster(0, "a") - agency.roster(0, "b")
    assert agency.ref("UMOVES") in agency.roster(1, "b") - agency.roster(1, "a")


def test_rosters_of_periods_that_passed_while_the_program_was_down_are_those_of_their_first_instant(
    agency: Agency,
) -> None:
    agency.team("a", (*EIGHT, "UMOVES", "ULEAVES"))
    agency.team("b", people(8, "Q"))
    agency.joins("UMOVES", "b", BEGINS_AT + WEEK)
    agency.leaves("ULEAVES", BEGINS_AT + WEEK)
    agency.joins("UNEW", "a", BEGINS_AT + 2 * WEEK)
    agency.answer(0, dict.fromkeys(("UMOVES", "ULEAVES", *EIGHT[:4]), 3))
    agency.at(freeze_at(EPOCH, 1) + WEEK)
    assert agency.roster(0, "a") == refs(agency, "UMOVES", "ULEAVES", *EIGHT)
    assert agency.roster(1, "a") == refs(agency, "UNEW", *EIGHT)
    assert agency.ref("UMOVES") in agency.roster(1, "b")
    assert agency.states(0) == {("a",): ReleaseState.RELEASED, ("b",): ReleaseState.SUPPRESSED}
    assert set(agency.states(1).values()) == {ReleaseState.SUPPRESSED}
    assert set(agency.states(2).values()) == {ReleaseState.OPEN}


def test_a_new_team_of_eight_stands_alone_from_the_next_period(agency: Agency) -> None:
    agency.team("a", EIGHT)
    agency.at(BEGINS_AT)
    agency.team("b", people(8, "Q"), at=BEGINS_AT + WEEK)
    assert ("b",) not in agency.at(BEGINS_AT + 2 * WEEK).groups(0)
    assert set(agency.at(freeze_at(EPOCH, 0)).groups(1)) == {("a",), ("b",)}
    assert len(agency.roster(1, "b")) == 8


def test_a_new_team_of_seven_waits_for_the_next_block_even_when_it_has_grown(agency: Agency) -> None:
    agency.team("a", EIGHT)
    agency.at(BEGINS_AT)
    agency.team("b", people(7, "Q"), at=BEGINS_AT + WEEK)
    agency.at(freeze_at(EPOCH, 0))
    agency.joins("UEIGHTH", "b", freeze_at(EPOCH, 0) + WEEK)
    agency.at(freeze_at(EPOCH, 1))
    assert [set(agency.groups(period)) for period in (0, 1, 2)] == [{("a",)}] * 3
    assert set(agency.at(freeze_at(EPOCH, 2)).groups(3)) == {("a",), ("b",)}


def test_a_small_team_that_grows_within_a_block_waits_for_the_next(agency: Agency) -> None:
    agency.team("a", people(7))
    agency.at(BEGINS_AT)
    agency.joins("UEIGHTH", "a", BEGINS_AT + WEEK)
    agency.at(freeze_at(EPOCH, 1))
    assert [agency.groups(period) for period in (0, 1, 2)] == [{}] * 3
    assert set(agency.at(freeze_at(EPOCH, 2)).groups(3)) == {("a",)}


def test_groups_stand_for_a_block_and_the_same_teams_keep_their_rows_over_blocks(agency: Agency) -> None:
    agency.unit("north", "UOWNER")
    agency.team("a", people(5), unit_id="north", pooled=True)
    agency.team("b", people(6, "Q"), unit_id="north", pooled=True)
    agency.at(BEGINS_AT)
    for number in range(3):
        agency.joins(f"UMORE{number}", "a", BEGINS_AT + WEEK)
    agency.through(1)
    assert [set(agency.groups(period)) for period in (0, 1, 2)] == [{("a", "b")}] * 3
    agency.leaves("UMORE2", freeze_at(EPOCH, 2) - WEEK)
    agency.at(freeze_at(EPOCH, 2))
    assert set(agency.groups(3)) == {("a", "b")}
    assert {found.group_id for period in range(4) for found in agency.groups(period).values()} == {
        group_id(("a", "b"))
    }


def test_a_new_block_parts_a_pool_whose_team_has_grown_and_leaves_out_the_small_one(agency: Agency) -> None:
    agency.unit("north", "UOWNER")
    agency.team("a", people(5), unit_id="north", pooled=True)
    agency.team("b", people(6, "Q"), unit_id="north", pooled=True)
    agency.at(BEGINS_AT)
    for number in range(3):
        agency.joins(f"UMORE{number}", "a", BEGINS_AT + WEEK)
    agency.through(2)
    assert set(agency.groups(3)) == {("a",)}
    assert not refs(agency, *people(6, "Q")) & {
        row["ref"] for row in agency.rows("rosters") if row["period"] == 3
    }


def test_pools_are_made_of_small_siblings_alone_and_never_a_level_higher(agency: Agency) -> None:
    for unit in ("north", "south"):
        agency.unit(unit, "UOWNER")
    agency.team("a", people(4, "A"), unit_id="north", pooled=True)
    agency.team("b", people(4, "B"), unit_id="north", pooled=True)
    agency.team("c", people(8, "C"), unit_id="north", pooled=True)
    agency.team("d", people(7, "D"), unit_id="south", pooled=True)
    agency.team("e", people(7, "E"), unit_id="south")
    agency.team("f", people(7, "F"))
    assert set(agency.at(BEGINS_AT).groups(0)) == {("a", "b"), ("c",)}


def test_readers_of_any_team_of_a_pool_count_in_none(agency: Agency) -> None:
    agency.unit("north", "UOWNER")
    readers = ("UBOSSA", "UBOSSB", "ULEADER", "UOWNER")
    agency.team("a", (*people(5), "UBOSSB", "UOWNER"), unit_id="north", pooled=True, leader="ULEADER")
    agency.team("b", (*people(5, "Q"), "UBOSSA", "ULEADER"), unit_id="north", pooled=True)
    agency.at(BEGINS_AT)
    assert agency.roster(0, "a", "b") == refs(agency, *people(5), *people(5, "Q"))
    assert not agency.roster(0, "a", "b") & refs(agency, *readers)


def test_a_pool_without_an_owner_is_none(agency: Agency) -> None:
    agency.team("a", people(5), unit_id="north", pooled=True)
    agency.team("b", people(6, "Q"), unit_id="north", pooled=True)
    assert agency.at(BEGINS_AT).groups(0) == {}


def test_a_supervisor_who_is_a_member_elsewhere_counts_there_and_not_in_the_team_supervised(
    agency: Agency,
) -> None:
    agency.team("a", EIGHT, supervisor="UBOTH")
    agency.team("b", (*people(7, "Q"), "UBOTH"))
    agency.at(BEGINS_AT)
    assert agency.roster(0, "b") == refs(agency, *people(7, "Q"), "UBOTH")
    assert agency.roster(0, "a") == refs(agency, *EIGHT)


def test_a_group_is_not_eight_with_its_own_supervisor(agency: Agency) -> None:
    agency.team("a", (*people(7), "UBOSS"), supervisor="UBOSS")
    assert agency.at(BEGINS_AT).groups(0) == {}


@pytest.mark.parametrize(("stay", "groups"), [(7, set()), (8, {("a",)})])
def test_whoever_has_left_slack_makes_up_no_number(
    agency: Agency, stay: int, groups: set[tuple[str]]
) -> None:
    gone = people(3, "GONE")
    agency.team("a", (*people(stay), *gone))
    with agency.begin() as tx:
        for user_id in gone:
            note(tx, user_id, active=False)
    assert set(agency.at(BEGINS_AT).groups(0)) == groups
    assert not agency.roster(0, "a") & refs(agency, *gone)


@pytest.mark.parametrize("role", ["supervisor", "leader", "owner"])
def test_who_becomes_a_reader_during_a_period_is_dropped_at_its_freeze(agency: Agency, role: str) -> None:
    agency.unit("north", "UOWNER")
    agency.team("a", people(9), unit_id="north", pooled=True)
    agency.at(BEGINS_AT)
    agency.answer(0, dict.fromkeys(people(6), 3))
    if role == "owner":
        agency.unit("north", people(9)[0])
    else:
        agency.team("a", unit_id="north", pooled=True, **{role: people(9)[0]})
    assert agency.at(freeze_at(EPOCH, 0)).states(0) == {("a",): ReleaseState.SUPPRESSED}
    assert agency.ref(people(9)[0]) not in agency.roster(1, "a")


def test_a_group_of_eight_of_which_one_becomes_its_reader_has_no_update(agency: Agency) -> None:
    agency.team("a", EIGHT)
    agency.at(BEGINS_AT)
    agency.answer(0, dict.fromkeys(EIGHT, 3))
    agency.team("a", supervisor=EIGHT[0])
    assert agency.at(freeze_at(EPOCH, 0)).states(0) == {("a",): ReleaseState.SUPPRESSED}
    assert agency.rows("ledger") == []


def test_what_a_leaver_answered_before_leaving_counts(agency: Agency) -> None:
    agency.team("a", EIGHT)
    agency.at(BEGINS_AT)
    agency.answer(0, dict.fromkeys(EIGHT[:6], 3))
    agency.leaves(EIGHT[0], BEGINS_AT + WEEK)
    assert agency.at(freeze_at(EPOCH, 0)).states(0) == {("a",): ReleaseState.RELEASED}


def test_what_a_joiner_answers_counts_from_the_next_period(agency: Agency) -> None:
    agency.team("a", EIGHT)
    agency.at(BEGINS_AT)
    agency.joins("UNEW", "a", BEGINS_AT + MOMENT)
    for week in (3, 4):
        agency.answer(week, dict.fromkeys((*EIGHT[:5], "UNEW"), 3))
    agency.through(1)
    assert [agency.states(period)["a",] for period in (0, 1)] == [
        ReleaseState.SUPPRESSED,
        ReleaseState.RELEASED,
    ]


def test_after_a_clock_was_set_back_nobody_is_in_two_rosters(agency: Agency) -> None:
    agency.team("a", (*EIGHT, "UMOVES"))
    agency.team("b", people(8, "Q"))
    agency.joins("UMOVES", "b", BEGINS_AT + WEEK)
    agency.joins("UMOVES", "a", BEGINS_AT - timedelta(hours=1))
    agency.at(period_starts_at(EPOCH, 1))
    for period in (0, 1):
        assert agency.ref("UMOVES") in agency.roster(period, "a") - agency.roster(period, "b")
