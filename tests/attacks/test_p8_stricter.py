"""P8: the numbers of the rule only ever get stricter, from a period to come on, whoever tries what."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import delete, update

from bot.config import read_settings
from bot.domain.digests import Published
from bot.domain.localtime import freeze_at
from bot.domain.privacy import STANDARD, Guarantee
from storage import digests, privacy
from storage.digests import ReleaseState, group_id
from storage.guarantee_mark import agree
from storage.privacy import Chosen
from storage.schema import guarantees, periods
from tests.schedules.agency import BEGINS_AT, EPOCH, Agency, people
from tests.test_config import GIVEN

DAY = timedelta(days=1)
STRONG = Guarantee(strong=True)
TEN, TWENTY = people(10), people(20, "Q")

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""For what depends on no database."""


def tightens(agency: Agency, wanted: Guarantee) -> int:
    """Whoever may, chooses it now; the period from which it holds."""
    with agency.begin() as tx:
        return privacy.tighten(tx, wanted, agency.clock.now, agency.clock.now.date())


def holds(agency: Agency, period: int) -> Guarantee:
    with agency.read() as tx:
        return privacy.guarantee_of(tx, period)


def loosened(agency: Agency) -> bool:
    with agency.read() as tx:
        return privacy.was_loosened(tx)


def running(agency: Agency) -> Agency:
    """A team of ten and one of twenty; all take part in each period of a year."""
    agency.team("a", TEN)
    agency.team("b", TWENTY)
    for week in range(0, 52, 4):
        agency.take_part(week, TEN + TWENTY)
    return agency.at(BEGINS_AT + DAY)


@pytest.mark.parametrize("value", ["0", "1", "2", "99", "false", ""])
def test_no_name_in_the_environment_loosens_a_number(value: str) -> None:
    names = (
        "EPS",
        "ROSTER_MIN",
        "CONTRIBUTORS_MIN",
        "PERIOD_WEEKS",
        "UPDATES_PER_BLOCK",
        "STRONG",
        "GUARANTEE",
    )
    loosening = {f"{prefix}{name}": value for name in names for prefix in ("", "CHOIR_")}
    assert read_settings({**GIVEN, **loosening}) == read_settings(GIVEN)


def test_what_is_chosen_holds_from_the_next_period_on_and_the_running_one_ends_as_it_began(
    agency: Agency,
) -> None:
    running(agency)
    assert tightens(agency, STRONG) == 1
    assert (holds(agency, 0), holds(agency, 1)) == (STANDARD, STRONG)
    agency.through(1)
    assert agency.states(0) == {("a",): ReleaseState.RELEASED, ("b",): ReleaseState.RELEASED}
    assert agency.states(1) == {("a",): ReleaseState.SUPPRESSED, ("b",): ReleaseState.RELEASED}
    kept = [tuple(row[name] for name in asdict(STANDARD)) for row in agency.rows("periods")]
    assert sorted(kept) == sorted([(False, 8, 6), (True, 16, 12), (True, 16, 12)])


@on_sqlite
def test_each_update_keeps_the_epsilon_it_was_drawn_with(agency: Agency) -> None:
    running(agency)
    tightens(agency, STRONG)
    agency.through(1)
    with agency.read() as tx:
        rows = digests.history(tx, group_id(["b"]), 1)
    drawn_with = [row.eps for row in rows if isinstance(row, Published)]
    assert drawn_with == [Fraction(1), Fraction(1, 2)]


@on_sqlite
def test_with_the_next_block_teams_are_grouped_by_the_stricter_number(agency: Agency) -> None:
    agency.unit("north", "UOWNER")
    for name, prefix in (("a", "P"), ("b", "Q")):
        agency.team(name, people(9, prefix), unit_id="north", pooled=True)
    agency.team("c", people(9, "R"))
    agency.at(BEGINS_AT + DAY)
    tightens(agency, STRONG)
    agency.through(2)
    assert set(agency.groups(1)) == {("a",), ("b",), ("c",)}
    assert set(agency.groups(3)) == {("a", "b")}


@on_sqlite
@pytest.mark.parametrize(
    "wanted",
    [
        STANDARD,
        Guarantee(strong=True, roster_min=20),
        Guarantee(strong=True, contributors_min=30),
        Guarantee(roster_min=50, contributors_min=30),
    ],
)
def test_going_back_is_refused_before_it_holds_and_after(agency: Agency, wanted: Guarantee) -> None:
    running(agency)
    tightens(agency, Guarantee(strong=True, roster_min=25, contributors_min=15))
    for period in (0, 3):
        with pytest.raises(ValueError, match="only be made stricter"):
            tightens(agency, wanted)
        agency.through(period)
    assert len(agency.rows("guarantees")) == 1


@on_sqlite
def test_a_period_that_was_to_begin_while_the_program_was_down_keeps_what_was_chosen_before(
    agency: Agency,
) -> None:
    running(agency)
    agency.clock.now = freeze_at(EPOCH, 2) + DAY
    assert tightens(agency, STRONG) == 4
    agency.through(3)
    assert agency.states(3)["a",] is ReleaseState.RELEASED


@on_sqlite
@pytest.mark.parametrize("by", [timedelta(days=-40), timedelta(days=400)])
def test_no_turn_of_the_clock_brings_an_opened_period_under_other_numbers(
    agency: Agency, by: timedelta
) -> None:
    running(agency).through(0)
    before = [holds(agency, period) for period in (0, 1)]
    agency.clock.now += by
    assert tightens(agency, STRONG) >= 2
    assert [holds(agency, period) for period in (0, 1)] == before


TAMPERED: tuple[dict[str, Any], ...] = (
    {"strong": False},
    {"roster_min": 8},
    {"roster_min": -1, "contributors_min": 0},
    {"contributors_min": 1},
    {"from_period": 999},
)


@on_sqlite
@pytest.mark.parametrize("values", TAMPERED)
def test_a_row_that_was_edited_loosens_nothing_that_had_begun(agency: Agency, values: dict[str, Any]) -> None:
    running(agency)
    tightens(agency, STRONG)
    agency.through(0)
    with agency.begin() as tx:
        tx.execute(update(guarantees).values(**values))
    agency.through(1)
    assert agency.states(1)["a",] is ReleaseState.SUPPRESSED
    assert [holds(agency, period) for period in (1, 2, 7)] == [STRONG] * 3


def test_a_row_that_was_taken_away_loosens_nothing_that_had_begun(agency: Agency) -> None:
    running(agency)
    tightens(agency, STRONG)
    agency.through(0)
    with agency.begin() as tx:
        tx.execute(delete(guarantees))
    agency.through(3)
    assert set(agency.groups(3)) == {("b",)}


@on_sqlite
@pytest.mark.parametrize("values", [{"strong": False}, {"roster_min": 9}, {"contributors_min": 0}])
def test_a_period_whose_own_row_was_edited_keeps_to_what_was_chosen_and_it_is_noticed(
    agency: Agency, values: dict[str, Any]
) -> None:
    running(agency)
    tightens(agency, STRONG)
    agency.through(1)
    assert not loosened(agency)
    with agency.begin() as tx:
        tx.execute(update(periods).where(periods.c.period == 2).values(**values))
    assert loosened(agency)
    assert agency.through(2).states(2)["a",] is ReleaseState.SUPPRESSED


@on_sqlite
@pytest.mark.parametrize(
    "tampering", [delete(guarantees), update(guarantees).values(strong=False, roster_min=8)]
)
def test_a_choice_that_was_taken_away_before_it_held_is_told_the_database_again(
    agency: Agency, tampering: Any
) -> None:
    """The file beside LEDGER_MARK knows of it from the next hour on."""
    running(agency)
    tightens(agency, STRONG)
    agency.erase()
    with agency.begin() as tx:
        tx.execute(tampering)
    agency.through(0)
    assert holds(agency, 1) == STRONG
    assert agency.through(1).states(1)["a",] is ReleaseState.SUPPRESSED


@on_sqlite
def test_while_the_file_of_stricter_numbers_is_damaged_no_period_is_opened(
    agency: Agency, caplog: pytest.LogCaptureFixture
) -> None:
    running(agency)
    agency.setting.guarantees.file.write_text("[]")
    agency.through(0)
    assert [row["period"] for row in agency.rows("periods")] == [0]
    assert "no period is opened" in caplog.text
    agency.setting.guarantees.file.unlink()
    agency.through(0)
    assert [row["period"] for row in agency.rows("periods")] == [0, 1]


def test_file_and_database_agree_on_the_stricter_whoever_knows_less(agency: Agency) -> None:
    mark = agency.setting.guarantees
    agree(mark, agency.setting.store)
    assert not mark.file.exists(), "where nobody chose anything there is none"
    running(agency)
    tightens(agency, Guarantee(roster_min=20))
    agree(mark, agency.setting.store)
    noted = mark.read()
    assert noted == {
        agency.workspace: {1: Chosen(guarantee=Guarantee(roster_min=20), on=BEGINS_AT.date() + DAY)}
    }
    other = Chosen(guarantee=Guarantee(contributors_min=15), on=EPOCH)
    mark.write({agency.workspace: {0: other, 1: other}, "T9": {4: other}})
    for _ in range(2):
        agree(mark, agency.setting.store)
        assert holds(agency, 0) == Guarantee(contributors_min=15)
        assert holds(agency, 1) == Guarantee(roster_min=20, contributors_min=15)
        assert mark.read()["T9"] == {4: other}


@on_sqlite
def test_below_the_constants_no_row_can_go_and_it_is_noticed(agency: Agency) -> None:
    agency.team("a", people(7))
    agency.team("b", TWENTY)
    with agency.begin() as tx:
        row = {"from_period": 0, "strong": False, "roster_min": 1, "contributors_min": 1}
        tx.execute(guarantees.insert().values(workspace=agency.workspace, chosen_on=EPOCH, **row))
    for week in range(0, 12, 4):
        agency.take_part(week, (*people(7), *TWENTY[:5]))
    agency.through(1)
    assert loosened(agency)
    assert holds(agency, 0) == STANDARD
    assert agency.states(1) == {("b",): ReleaseState.SUPPRESSED}


@on_sqlite
def test_a_row_without_a_number_stops_what_would_be_drawn_and_is_noticed(agency: Agency) -> None:
    """SQLite keeps any text in any column."""
    running(agency)
    with agency.begin() as tx:
        tx.connection.exec_driver_sql("UPDATE periods SET roster_min = 'none'")
    assert loosened(agency)
    with pytest.raises(TypeError):
        agency.through(0)
    assert agency.rows("ledger") == []
