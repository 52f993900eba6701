"""R1: what is said with others: nothing before the freeze, nothing below the number, taken back, a leaver."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, delete

from bot.audit.faults import listening
from bot.audit.saying import carried, may_choose, opens, says, takes_back
from bot.domain.localtime import freeze_at
from bot.domain.raises import EVERY
from schedules.digests import freeze
from storage.database import Store
from storage.digests import ReleaseState
from storage.schema import metadata, person_keys
from tests.schedules.agency import (
    BEGINS_AT,
    CONTENT,
    EPOCH,
    MOMENT,
    Agency,
    loaded_dice,
    new_agency,
    note,
    people,
)

WORDS = CONTENT.words("en")
NINE = people(9)
DAY = timedelta(days=1)
NOTED, TAKEN_BACK = WORDS("raise.mine_noted"), WORDS("raise.mine_taken_back")
TOO_LATE, TOO_LATE_TO_WITHDRAW = WORDS("raise.too_late"), WORDS("raise.too_late_to_withdraw")
ENDS_AT = freeze_at(EPOCH, 0)


def begun(agency: Agency, who: tuple[str, ...] = NINE, **facts: Any) -> Agency:
    """A team whose first four weeks run, and all of it takes part in each period to come."""
    agency.team("a", who, **facts)
    for week in range(0, 28, 4):
        agency.take_part(week, who)
    return agency.at(BEGINS_AT + DAY)


def ended(agency: Agency, period: int = 0) -> set[str] | None:
    """The lines that the team's update carries once a period has ended."""
    agency.at(freeze_at(EPOCH, period))
    return carried(agency, period, "a")


# Nothing before the freeze


def test_until_the_freeze_no_row_but_the_sealed_ones_knows_that_anybody_said_anything(agency: Agency) -> None:
    begun(agency)
    before = {name: agency.rows(name) for name in ("releases", "outbox", "periods", "rosters", "timers")}
    assert says(agency, NINE, *EVERY) == [NOTED] * 9
    agency.at(ENDS_AT - MOMENT)
    assert {name: agency.rows(name) for name in before} == before
    assert len(agency.rows("raises")) == 9
    agency.at(ENDS_AT)
    assert agency.rows("raises") == []
    assert carried(agency, 0, "a") == set(EVERY)


def test_the_window_is_the_same_whatever_was_said_before_and_by_whomever(agency: Agency) -> None:
    begun(agency)
    first = opens(agency, NINE[0])
    says(agency, NINE[:5], "hours", "asked")
    assert [opens(agency, user_id) for user_id in NINE] == [first] * 9


# Nothing below the number that the group was told


@pytest.mark.parametrize(("size", "many"), [(8, 3), (15, 3), (16, 4), (29, 4), (30, 5)])
def test_nothing_is_shown_below_the_number_and_everything_from_it_on(
    agency: Agency, size: int, many: int
) -> None:
    who = people(size)
    begun(agency, who)
    says(agency, who[: many - 1], "hours", "fair")
    says(agency, who[many - 1], "hours")
    found = may_choose(agency, who[0])
    assert found is not None
    assert found.needed == many
    assert ended(agency) == {"hours"}


def test_one_person_alone_is_not_several_however_often_they_send_it(agency: Agency) -> None:
    begun(agency)
    assert [says(agency, NINE[0], "hours") for _ in range(5)] == [[NOTED]] * 5
    assert ended(agency) == set()


def test_two_in_one_period_and_one_in_the_next_are_not_three(agency: Agency) -> None:
    begun(agency)
    says(agency, NINE[:2], "hours")
    agency.at(ENDS_AT)
    says(agency, NINE[2], "hours")
    assert ended(agency, 1) == set()


def test_where_five_took_part_nothing_is_shown_though_all_said_it(agency: Agency) -> None:
    agency.team("a", NINE)
    agency.at(BEGINS_AT + DAY)
    agency.take_part(0, NINE[:5])
    says(agency, NINE, "hours")
    assert ended(agency) is None
    assert agency.states(0) == {("a",): ReleaseState.SUPPRESSED}
    assert [row["raised"] for row in agency.rows("releases") if row["period"] == 0] == [None]
    assert agency.rows("raises") == []


def test_a_roster_that_fell_below_eight_shows_nothing(agency: Agency) -> None:
    begun(agency, people(8))
    says(agency, people(8), "hours")
    agency.team("a", supervisor=people(8)[7])
    assert ended(agency) is None


def test_in_a_group_too_small_nothing_can_be_said(agency: Agency) -> None:
    begun(agency, people(7))
    why = WORDS("raise.closed_too_small", roster_min=8, date="")
    assert opens(agency, "UP00")["blocks"][0]["text"]["text"] == why
    assert says(agency, "UP00", "hours") == [why]
    assert agency.rows("raises") == []


# No count: whoever else said it, and however many


def test_neither_who_said_it_nor_how_many_changes_anything_that_is_kept_or_shown(store: Store) -> None:
    kept = []
    for number, who in enumerate((NINE[:3], NINE[3:6], NINE)):
        agency = begun(new_agency(store, f"T{number}"))
        says(agency, who, "hours", "trust")
        with loaded_dice():
            agency.at(ENDS_AT)
        kept.append([without_workspace(row) for row in agency.rows("releases") if row["period"] == 0])
    assert kept[0] == kept[1] == kept[2]


def without_workspace(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "workspace"}


# Taken back, and the second of the freeze


def test_what_was_taken_back_is_not_counted(agency: Agency) -> None:
    begun(agency)
    says(agency, NINE[:3], "hours", "fair")
    assert takes_back(agency, NINE[0], "hours", at=ENDS_AT - MOMENT) == TAKEN_BACK
    assert ended(agency) == {"fair"}


def test_taking_back_twice_or_what_was_never_said_changes_nothing(agency: Agency) -> None:
    begun(agency)
    says(agency, NINE[:3], "hours")
    for _ in range(2):
        assert takes_back(agency, NINE[5], "fair") == TAKEN_BACK
    assert ended(agency) == {"hours"}


def test_whoever_took_back_everything_leaves_no_row(agency: Agency) -> None:
    begun(agency)
    says(agency, NINE[0], "hours", "fair")
    takes_back(agency, NINE[0], "hours")
    assert len(agency.rows("raises")) == 1
    takes_back(agency, NINE[0], "fair")
    assert agency.rows("raises") == []


def test_from_the_instant_of_the_freeze_on_nothing_is_taken_back_or_added_to_that_period(
    agency: Agency,
) -> None:
    """The heartbeat that freezes may come half a minute later; what it finds is what stood at the end."""
    begun(agency)
    says(agency, NINE[:2], "hours", "fair")
    says(agency, NINE[2], "fair")
    agency.clock.now = ENDS_AT
    assert takes_back(agency, NINE[0], "fair", period=0) == TOO_LATE_TO_WITHDRAW
    assert says(agency, NINE[4], "hours", period=0) == [TOO_LATE]
    assert opens(agency, NINE[4])["blocks"][0]["text"]["text"] == WORDS(
        "raise.closed_ended", roster_min=8, date=""
    )
    assert ended(agency) == {"fair"}


def test_a_window_of_the_period_before_adds_nothing_to_the_next(agency: Agency) -> None:
    begun(agency)
    agency.at(ENDS_AT + DAY)
    assert says(agency, NINE, "hours", period=0) == [TOO_LATE] * 9
    assert takes_back(agency, NINE[0], "hours", period=0) == TOO_LATE_TO_WITHDRAW
    assert agency.rows("raises") == []
    assert ended(agency, 1) == set()


@pytest.mark.parametrize("first", ["the freeze", "the withdrawal"])
def test_a_withdrawal_in_the_second_of_the_freeze_is_told_as_it_is_counted(
    agency: Agency, open_store: Callable[[], Store], first: str
) -> None:
    """Two machines whose clocks differ by a moment; the second one comes while the first one writes."""
    begun(agency)
    says(agency, NINE[:3], "hours")
    late = replace(agency.setting, now=lambda: ENDS_AT)
    rival = replace(agency.setting, store=open_store())
    told: list[str] = []

    def freezes() -> None:
        freeze(late, agency.workspace)

    def withdraws() -> None:
        told.append(takes_back(agency, NINE[0], "hours", period=0, on=rival, at=ENDS_AT - MOMENT))

    if first == "the freeze":
        one_inside_the_other(late.store.engine, freezes, withdraws)
    else:
        one_inside_the_other(rival.store.engine, withdraws, freezes)
    expected = (TOO_LATE_TO_WITHDRAW, {"hours"}) if first == "the freeze" else (TAKEN_BACK, set())
    assert (told[0], carried(agency, 0, "a")) == expected


def one_inside_the_other(engine: Engine, first: Callable[[], None], second: Callable[[], None]) -> None:
    """The second begins when the first is about to commit for the first time, and has a while to go on."""
    written, go_on = Event(), Event()

    def committing(_connection: Connection) -> None:
        written.set()
        go_on.wait(10)

    with listening(engine, "commit", committing), ThreadPoolExecutor(2) as threads:
        begun_first = threads.submit(first)
        assert written.wait(10)
        begun_second = threads.submit(second)
        wait([begun_second], timeout=0.5)
        go_on.set()
        begun_first.result(10)
        begun_second.result(10)


# It stands for three updates


def test_a_line_stands_in_three_updates_and_no_longer(agency: Agency) -> None:
    begun(agency)
    says(agency, NINE[:3], "hours")
    assert [ended(agency, period) for period in range(3)] == [{"hours"}] * 3
    agency.team("a")
    assert ended(agency, 3) == set()


def test_whether_it_was_said_again_shows_only_in_how_long_it_stands(agency: Agency) -> None:
    begun(agency)
    says(agency, NINE[:3], "hours")
    agency.at(ENDS_AT)
    says(agency, NINE[3:6], "hours", "fair")
    assert [ended(agency, period) for period in range(5)] == [
        {"hours"}, {"hours", "fair"}, {"hours", "fair"}, {"hours", "fair"}, set(),
    ]  # fmt: skip


def test_a_period_without_an_update_shows_none_and_the_next_one_does_again(agency: Agency) -> None:
    agency.team("a", NINE)
    agency.at(BEGINS_AT + DAY)
    agency.take_part(0, NINE)
    agency.take_part(8, NINE)
    says(agency, NINE[:3], "hours")
    assert [ended(agency, period) for period in range(3)] == [{"hours"}, None, {"hours"}]


def test_a_group_that_is_drawn_anew_begins_with_nothing(agency: Agency) -> None:
    agency.unit("north", "UOWNER")
    agency.team("b", people(5, "Q"), unit_id="north", pooled=True)
    agency.team("c", people(5, "R"), unit_id="north", pooled=True)
    pooled = (*people(5, "Q"), *people(5, "R"))
    agency.at(BEGINS_AT + DAY)
    for week in (0, 4, 8, 12):
        agency.take_part(week, pooled)
    for number in range(3):
        agency.joins(f"UMORE{number}", "b", BEGINS_AT + DAY)
    agency.take_part(12, [f"UMORE{number}" for number in range(3)])
    agency.at(freeze_at(EPOCH, 1))
    says(agency, pooled, "hours")
    agency.through(3)
    assert carried(agency, 2, "b", "c") == {"hours"}
    assert carried(agency, 3, "b") == set()


# Who counts


def test_a_leaver_s_line_from_before_counts(agency: Agency) -> None:
    begun(agency)
    says(agency, NINE[:3], "hours")
    agency.at(BEGINS_AT + 2 * DAY).leaves(NINE[0], BEGINS_AT + 2 * DAY)
    with agency.begin() as tx:
        note(tx, NINE[1], active=False)
    assert ended(agency) == {"hours"}


def test_who_moved_speaks_for_the_old_group_until_the_period_ends(agency: Agency) -> None:
    begun(agency)
    agency.team("b", people(8, "Q"), supervisor="UOTHER")
    agency.joins(NINE[0], "b", BEGINS_AT + DAY)
    found = may_choose(agency, NINE[0])
    assert found is not None
    assert found.readers.weekly == {agency.ref("UBOSSA")}
    says(agency, NINE[:3], "hours")
    assert ended(agency) == {"hours"}


def test_a_joiner_can_choose_from_the_next_period_on(agency: Agency) -> None:
    begun(agency)
    agency.joins("UNEW", "a", BEGINS_AT + DAY)
    assert may_choose(agency, "UNEW") is None
    assert WORDS.date(date(2027, 2, 6)) in str(opens(agency, "UNEW"))
    agency.at(ENDS_AT)
    assert may_choose(agency, "UNEW") is not None


def test_who_became_a_reader_is_not_counted_and_lowers_no_number(agency: Agency) -> None:
    who = people(16)
    begun(agency, who)
    says(agency, who[:4], "hours")
    says(agency, who[1:5], "fair")
    agency.team("a", supervisor=who[0])
    assert may_choose(agency, who[0]) is None
    assert ended(agency) == {"fair"}


def test_a_reader_of_the_line_cannot_choose(agency: Agency) -> None:
    begun(agency, leader="ULEADER")
    for user_id in ("UBOSSA", "ULEADER"):
        agency.joins(user_id, "a", BEGINS_AT)
        assert says(agency, user_id, "hours") == [WORDS("raise.closed_reader", roster_min=8, date="")]


def test_somebody_whose_key_is_gone_said_nothing_and_stops_nobody(agency: Agency) -> None:
    begun(agency)
    says(agency, NINE[:3], "hours")
    says(agency, NINE[3:6], "fair")
    with agency.begin() as tx:
        tx.execute(delete(person_keys).where(person_keys.c.ref == tx.ref(NINE[0])))
    assert ended(agency) == {"fair"}


# No trace


def test_no_phrase_stands_readable_in_any_row_or_file_or_log(
    store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """On SQLite the very files too, write-ahead log included, while the four weeks run."""
    agency = begun(new_agency(store))
    with caplog.at_level(logging.DEBUG):
        says(agency, NINE[:3], "languages")
        takes_back(agency, NINE[0], "languages")
        says(agency, NINE[0], "languages")
        rows = [row for table in metadata.tables for row in agency.rows(table)]
        assert len(rows) > 50
        assert "languages" not in repr(rows)
        assert not [file for file in tmp_path.glob("choir.db*") if b"languages" in file.read_bytes()]
        assert ended(agency) == {"languages"}
    assert caplog.records
    assert not [record for record in caplog.records if "languages" in record.getMessage()]
