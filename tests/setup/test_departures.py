"""`choir end`: said once, taken back within the week, or carried out at once after it was typed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from bot.sandbox import Sandbox
from bot.setup import departures
from storage import workspaces
from storage.database import Store
from storage.schema import metadata
from tests.setup.conftest import Ran
from tests.setup.test_doctor import findings, made
from tests.storage.full import fill
from tests.storage.rows import rows_of

Choir = Callable[..., Ran]
NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def filled(store: Store) -> Store:
    with store.begin("T1") as tx:
        fill(tx, {user_id: tx.ref(user_id) for user_id in ("U0ANA", "U0BEN")})
    return store


def is_over(store: Store) -> bool:
    with store.read("T1") as tx:
        return workspaces.is_over(tx)


def rows(store: Store) -> set[str]:
    with store.read("T1") as tx:
        return {name for name, table in metadata.tables.items() if rows_of(tx.connection, table, "T1")}


@on_sqlite
def test_the_first_time_counts_and_it_can_be_taken_back(filled: Store) -> None:
    said = departures.end(filled.url, NOW)
    assert "Tuesday 08 December, 09:00 UTC" in said
    assert departures.end(filled.url, NOW + timedelta(days=3)) == said
    assert is_over(filled)
    assert departures.undo(filled.url) == departures.UNDONE
    assert not is_over(filled)


def test_at_once_only_once_it_was_typed(filled: Store) -> None:
    before = rows(filled)
    assert departures.erase(filled.url, NOW, lambda *_: False) == departures.UNCHANGED
    assert (rows(filled), is_over(filled)) == (before, False)
    assert departures.erase(filled.url, NOW, lambda *_: True) == departures.ERASED
    assert rows(filled) == {"workspaces", "periods", "releases", "guarantees", "erasures"}
    assert is_over(filled)


@on_sqlite
def test_before_the_first_start_there_is_nothing_to_end(store: Store) -> None:
    assert departures.end(store.url, NOW) == departures.NOBODY


def test_as_an_operator_types_it_and_the_doctor_says_so(
    choir: Choir, keyed: dict[str, str], slack: Sandbox, tmp_path: object
) -> None:
    made(keyed, tmp_path, slack.team_id).close()  # type: ignore[arg-type]
    ended = choir("end", environ={})
    assert "From now on no message goes out" in ended.stdout
    found = findings(choir("doctor", environ=keyed))["end"]
    assert found[0] == "note"
    assert "erased on" in found[1]
