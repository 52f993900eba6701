"""P8 through the database: what would cost more than was promised is refused, and nothing is drawn for it."""

from __future__ import annotations

import logging

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from bot.audit.drawn import watched
from bot.config import Settings
from bot.domain.localtime import freeze_at
from bot.domain.privacy import CONTRIBUTORS_MIN, EPS, PERIOD_WEEKS, ROSTER_MIN, UPDATES_PER_BLOCK
from schedules import scheduler
from schedules.digests import freeze, open_periods
from storage import answers, digests
from storage.digests import ReleaseState, group_id
from storage.schema import ledger, memberships, releases
from tests.schedules.agency import BEGINS_AT, EPOCH, Agency, loaded_dice, people

EIGHT, OTHERS = people(8), people(8, "Q")


def debit_before(agency: Agency, who: tuple[str, ...], *periods: int) -> None:
    """Debits that stand in the ledger, whatever wrote them."""
    with agency.begin() as tx:
        for period in periods:
            for user_id in who:
                tx.execute(insert(ledger).values(workspace="T1", period=period, ref=tx.ref(user_id)))


def test_a_person_whose_three_are_spent_is_left_out_of_the_block_s_next_roster(agency: Agency) -> None:
    """Restored rows could say so: three debits in a block before its third period begins."""
    agency.team("a", (*EIGHT, "USPENT"))
    agency.at(BEGINS_AT).through(0)
    debit_before(agency, ("USPENT",), 0, 1, 2)
    agency.answer(8, dict.fromkeys((*EIGHT[:6], "USPENT"), 3))
    agency.through(1)
    assert agency.roster(2, "a") == {agency.ref(user_id) for user_id in EIGHT}
    assert agency.at(freeze_at(EPOCH, 2)).states(2) == {("a",): ReleaseState.RELEASED}
    assert sum(row["ref"] == agency.ref("USPENT") for row in agency.rows("ledger")) == 3


def test_a_group_whose_budget_is_spent_gets_no_fourth_update_in_a_block(agency: Agency) -> None:
    agency.team("a", EIGHT)
    agency.at(BEGINS_AT).through(0)
    debit_before(agency, EIGHT, 0, 1, 2)
    agency.answer(8, dict.fromkeys(EIGHT, 3))
    with watched([]) as drawn:
        agency.through(2)
    assert agency.states(2) == {("a",): ReleaseState.SUPPRESSED}
    assert drawn == []


def test_nobody_is_debited_twice_for_a_period_and_nothing_is_drawn_when_it_is_tried(
    agency: Agency, caplog: pytest.LogCaptureFixture
) -> None:
    agency.team("a", EIGHT)
    agency.answer(0, dict.fromkeys(EIGHT, 3))
    agency.at(BEGINS_AT)
    debit_before(agency, EIGHT[:1], 0)
    agency.clock.now = freeze_at(EPOCH, 0)
    digests_beat = scheduler.HEARTBEATS[0]
    with watched([]) as drawn:
        scheduler._guarded(agency.setting, digests_beat)
    assert drawn == []
    assert agency.states(0) == {("a",): ReleaseState.OPEN}
    assert [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR] == [
        "heartbeat missed name=digests error=IntegrityError"
    ]


def test_two_groups_never_count_one_person_even_if_two_memberships_cover_one_instant(agency: Agency) -> None:
    agency.team("a", EIGHT)
    agency.team("b", (*OTHERS, "UTWICE"))
    with agency.begin() as tx:
        row = {"workspace": "T1", "team_id": "a", "ref": tx.ref("UTWICE"), "from_at": BEGINS_AT}
        tx.execute(insert(memberships).values(**row, until_at=freeze_at(EPOCH, 0)))
    agency.clock.now = BEGINS_AT
    with pytest.raises(IntegrityError):
        open_periods(agency.setting, agency.workspace)
    assert agency.rows("rosters") == agency.rows("periods") == agency.rows("releases") == []


def test_a_period_that_stands_is_not_opened_again_and_no_second_partition_is_drawn(agency: Agency) -> None:
    agency.team("a", EIGHT)
    agency.answer(0, dict.fromkeys(EIGHT, 3))
    agency.at(BEGINS_AT)
    again = {("a",): [agency.ref("UOTHER")], ("b",): [agency.ref(user) for user in OTHERS]}
    with agency.begin() as tx:
        assert not digests.open_period(tx, 0, again)
    assert set(agency.groups(0)) == {("a",)}
    with watched([]) as drawn:
        agency.at(freeze_at(EPOCH, 0))
        with agency.begin() as tx:
            assert not digests.open_period(tx, 0, again)
            assert not digests.freeze_period(tx, 0)
        agency.at(freeze_at(EPOCH, 0))
    assert drawn == [(group_id(["a"]), 0)]


def test_a_group_slipped_into_a_running_period_counts_nobody(agency: Agency) -> None:
    agency.team("a", EIGHT)
    agency.team("b", OTHERS)
    agency.answer(0, dict.fromkeys(EIGHT + OTHERS, 3))
    agency.at(BEGINS_AT)
    slipped = {"group_id": group_id(("a", "b")), "period": 0, "teams": ["a", "b"], "state": "open"}
    with agency.begin() as tx:
        tx.execute(insert(releases).values(workspace="T1", **slipped))
    agency.clock.now = freeze_at(EPOCH, 0)
    with watched([]) as drawn:
        freeze(agency.setting, agency.workspace)
    assert agency.states(0)["a", "b"] is ReleaseState.SUPPRESSED
    assert sorted(drawn) == sorted((group_id([team]), 0) for team in "ab")
    with pytest.raises(IntegrityError):
        open_periods(agency.setting, agency.workspace)
    assert agency.groups(1) == {}


def test_no_other_question_moves_a_draw_or_counts_as_taking_part(agency: Agency) -> None:
    agency.team("a", EIGHT)
    agency.team("b", OTHERS)
    with agency.begin() as tx:
        for user_id, other in [(user, 1) for user in EIGHT] + [(user, 5) for user in OTHERS]:
            answers.save(tx, tx.ref(user_id), 0, {"qC1": 3, "qI01": other, "qV": other})
            answers.save(tx, tx.ref(user_id), 1, {"qI02": other})
    agency.at(BEGINS_AT)
    agency.clock.now = freeze_at(EPOCH, 0)
    with agency.begin() as tx:
        scores = {tuple(answers.weights(tx, tx.ref(user), range(4))) for user in EIGHT + OTHERS}
    assert scores == {(3,)}
    with loaded_dice():
        agency.at(freeze_at(EPOCH, 0))
    agency.answer(4, dict.fromkeys(EIGHT))
    assert agency.at(freeze_at(EPOCH, 1)).states(1)["a",] is ReleaseState.SUPPRESSED


def test_nothing_in_the_settings_can_loosen_the_rule() -> None:
    assert (EPS, PERIOD_WEEKS, ROSTER_MIN, CONTRIBUTORS_MIN, UPDATES_PER_BLOCK) == (1, 4, 8, 6, 3)
    named = " ".join(Settings.__dataclass_fields__)
    assert not [word for word in ("eps", "roster", "contributor", "period", "block") if word in named]
