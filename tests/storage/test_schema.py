"""What the tables may hold, and above all what they may not (privacy §7, requirements SF10)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Date, DateTime, LargeBinary, String, Table, Time, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import StatementError

from bot.domain.asks import AskState
from bot.domain.checkins import Card, Reason, State
from bot.domain.members import Length, PersonRef, TeamState
from bot.domain.notices import Fate, Kind
from bot.domain.peers import OfferState, RequestState
from storage import rules, workspaces
from storage.database import Tx
from storage.rules import RuleKind
from storage.schema import Instant, metadata

TABLES = sorted(metadata.tables.values(), key=lambda table: table.name)
NAMES = [table.name for table in TABLES]
ABOUT_ANSWERS = ("answers", "person_keys", "raises")
NEVER_KEPT = (
    "status|visa|immigra|citizen|nationalit|origin|birth|faith|religi|ethnic|race|gender|trauma|diagnos"
    "|health|symptom|location|latitude|longitude|address|city|postal|phone|mail|photo|real_name|display_name"
    "|ip_|score|streak|mood|note|comment|reason_text|user_id|slack|team_size"
)
BY_ENUM: dict[tuple[str, str], type[StrEnum]] = {
    ("occurrences", "state"): State,
    ("occurrences", "reason"): Reason,
    ("occurrences", "card"): Card,
    ("asks", "state"): AskState,
    ("peer_requests", "state"): RequestState,
    ("peer_offers", "state"): OfferState,
    ("peer_months", "state"): RequestState,
    ("outbox", "kind"): Kind,
    ("outbox", "fate"): Fate,
    ("rules", "kind"): RuleKind,
    ("preferences", "length"): Length,
    ("teams", "state"): TeamState,
}


def columns() -> Iterable[tuple[str, Column[object]]]:
    return ((f"{table.name}.{column.name}", column) for table in TABLES for column in table.columns)


@pytest.mark.parametrize("table", TABLES, ids=NAMES)
def test_every_key_and_index_leads_with_the_workspace(table: Table) -> None:
    keys = [list(table.primary_key.columns), *(list(index.columns) for index in table.indexes)]
    keys += [list(constraint.columns) for constraint in table.constraints if hasattr(constraint, "columns")]
    assert {key[0].name for key in keys} == {"workspace"}


@pytest.mark.parametrize("table", TABLES, ids=NAMES)
def test_no_table_points_at_another_past_the_workspace(table: Table) -> None:
    assert not table.foreign_keys


@pytest.mark.parametrize("table", TABLES, ids=NAMES)
def test_no_row_has_a_number_that_tells_the_order_in_which_rows_came(table: Table) -> None:
    assert table.dialect_options["sqlite"]["with_rowid"] is False
    assert not any(column.autoincrement is True or column.identity for column in table.columns)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_no_table_of_a_real_file_has_row_numbers(tx: Tx) -> None:
    found = tx.connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'")).all()
    made = [row for row in found if row.name not in ("alembic_version", "sqlite_stat1")]
    assert {name for name, _ in made} == set(metadata.tables)
    assert [name for name, sql in made if not sql.rstrip().endswith("WITHOUT ROWID")] == []


def test_an_answer_is_a_person_a_week_a_flag_and_a_ciphertext() -> None:
    assert set(metadata.tables["answers"].columns.keys()) == {"workspace", "ref", "week", "weighed", "sealed"}
    assert set(metadata.tables["person_keys"].columns.keys()) == {"workspace", "ref", "wrapped"}


def test_what_somebody_said_with_others_is_a_person_a_period_and_a_ciphertext() -> None:
    assert set(metadata.tables["raises"].columns.keys()) == {"workspace", "period", "ref", "sealed"}


@pytest.mark.parametrize("name", ABOUT_ANSWERS)
def test_nothing_about_an_answer_is_a_time_or_a_message(name: str) -> None:
    table = metadata.tables[name]
    assert not any(isinstance(column.type, (Instant, DateTime, Date, Time)) for column in table.columns)
    assert not re.search(r"_at\b|_on\b|time|\bts\b|channel|delivery", " ".join(table.columns.keys()))


def test_where_a_check_in_stands_is_kept_and_not_when_it_got_there() -> None:
    occurrences = metadata.tables["occurrences"]
    assert not any(isinstance(column.type, (Instant, DateTime, Date, Time)) for column in occurrences.columns)


def test_no_column_is_named_for_what_is_never_asked() -> None:
    assert [name for name, _ in columns() if re.search(NEVER_KEPT, name.partition(".")[2])] == []


def test_no_country_is_kept_of_a_person() -> None:
    places = {name for name, _ in columns() if re.search("country|language|locale|tz", name)}
    assert places == {
        "people.tz",
        "people.locale",
        "preferences.language",
        "teams.tz",
        "teams.language",
        "teams.country",
        "workspaces.country",
        "workspaces.language",
    }


def test_who_somebody_is_their_conversation_keys_and_answers_stand_sealed() -> None:
    sealed = {name for name, column in columns() if isinstance(column.type, LargeBinary)}
    assert sealed == {
        "people.sealed_id",
        "leave.sealed",
        "occurrences.sealed_channel",
        "outbox.sealed_channel",
        "person_keys.wrapped",
        "answers.sealed",
        "raises.sealed",
        "peers.sealed",
        "peer_wishes.sealed",
        "peer_requests.sealed",
    }


def test_what_a_person_may_have_typed_stands_in_three_places() -> None:
    """Every other text is an id, a pseudonym, a code or a key made of those."""
    made_of_codes = {"outbox.dedupe_key", "outbox.reason", "timers.entity"}
    roomy = {
        name
        for name, column in columns()
        if isinstance(column.type, String) and (column.type.length or 999) > 64
    }
    assert roomy - made_of_codes == {
        *("workspaces.key_holder", "workspaces.help_list", "units.name", "teams.name"),
    }


@pytest.mark.parametrize(("where", "values"), BY_ENUM.items(), ids=[".".join(where) for where in BY_ENUM])
def test_every_code_fits_its_column(where: tuple[str, str], values: type[StrEnum]) -> None:
    kept = metadata.tables[where[0]].columns[where[1]].type
    assert isinstance(kept, String)
    assert kept.length is not None
    assert max(map(len, values)) <= kept.length


def test_pseudonyms_fit_wherever_a_person_is_named() -> None:
    people = {"ref", "recipient", "asker", "deputy", "supervisor", "leader", "pool_owner", "answered_by"}
    kept = [column.type for name, column in columns() if name.partition(".")[2] in people]
    assert len(kept) > 10
    assert {column.length for column in kept if isinstance(column, String)} == {64}


# Instants


def test_an_instant_without_a_zone_is_refused(tx: Tx, ana: PersonRef) -> None:
    with pytest.raises(StatementError, match="an instant needs a time zone"):
        workspaces.set_roster_synced(tx, datetime(2026, 11, 25, 15))  # noqa: DTZ001


@pytest.mark.parametrize("hours", [-11, 0, 13])
def test_an_instant_comes_back_aware_in_utc_to_the_microsecond(tx: Tx, hours: int) -> None:
    at = datetime(2026, 11, 25, 15, 0, 0, 123456, tzinfo=timezone(timedelta(hours=hours)))
    workspaces.set_roster_synced(tx, at)
    back = workspaces.roster_synced_at(tx)
    assert back == at
    assert back is not None
    assert back.tzinfo is UTC


def test_instants_of_different_zones_are_compared_as_instants(tx: Tx, ana: PersonRef) -> None:
    nine_in_tokyo = datetime(2026, 11, 25, 9, tzinfo=timezone(timedelta(hours=9)))
    rules.begin(tx, ana, RuleKind.CHECKIN, nine_in_tokyo, nine_in_tokyo)
    at = datetime(2026, 11, 25, 0, tzinfo=UTC)
    assert rules.list_due(tx, RuleKind.CHECKIN, at, 1) == (ana,)
    assert rules.list_due(tx, RuleKind.CHECKIN, at - timedelta(microseconds=1), 1) == ()


@given(st.datetimes(timezones=st.timezones(), min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1)))  # noqa: DTZ001
def test_what_goes_into_an_instant_comes_out_of_it(at: datetime) -> None:
    kept = Instant().process_bind_param(at, sqlite.dialect())
    assert kept is not None
    dropped_by_sqlite = kept.replace(tzinfo=None)
    back = Instant().process_result_value(dropped_by_sqlite, sqlite.dialect())
    assert back == at.astimezone(UTC)  # a local time that does not exist equals nothing but itself


def test_nothing_stays_nothing() -> None:
    assert Instant().process_bind_param(None, sqlite.dialect()) is None
    assert Instant().process_result_value(None, sqlite.dialect()) is None


def test_dates_and_times_of_day_keep_no_zone(tx: Tx) -> None:
    workspaces.set_epoch(tx, date(2026, 11, 30))
    assert workspaces.get(tx).epoch_on == date(2026, 11, 30)
