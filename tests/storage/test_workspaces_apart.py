"""Two workspaces side by side in one database never see or touch each other's rows (terms: Workspace)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from sqlalchemy import Table, inspect

from bot.domain.members import PersonRef
from storage import workspaces
from storage.database import Store, Tx
from storage.outbox import Claim
from storage.schema import metadata
from tests.storage.full import calls, fill, functions
from tests.storage.rows import put_row, rows_of

PEOPLE = {"U0ANA": PersonRef("a" * 64), "U0BEN": PersonRef("b" * 64)}
"""The same pseudonyms in both workspaces, which no real pair of workspaces would have."""
TABLES = sorted(metadata.tables.values(), key=lambda table: table.name)


def outcome(tx: Tx, call: Callable[[Tx], Any], *, undone: bool) -> str:
    """What a call answers, or the kind of its error, which then undoes it."""
    attempt = tx.connection.begin_nested()
    try:
        answer = repr(call(tx))
    except Exception as error:  # noqa: BLE001  # whichever it is, it has to be the same beside a neighbour
        attempt.rollback()
        return type(error).__name__
    attempt.rollback() if undone else attempt.commit()
    return answer


def outcomes(store: Store, workspace: str, claim: Claim) -> Mapping[str, str]:
    with store.begin(workspace) as tx:
        return {name: outcome(tx, call, undone=True) for name, call in calls(PEOPLE, claim).items()}


def filled(store: Store, workspace: str) -> Claim:
    with store.begin(workspace) as tx:
        return fill(tx, PEOPLE)


def everything(store: Store, workspace: str) -> dict[str, list[tuple[Any, ...]]]:
    with store.read(workspace) as tx:
        return {table.name: rows_of(tx.connection, table, workspace) for table in TABLES}


def test_the_calls_below_are_all_there_are(store: Store) -> None:
    called = set(calls(PEOPLE, filled(store, "T1")))
    assert functions() - called == set(), "to be called in tests/storage/full.py as well"
    assert called - functions() == set(), "no function of the store any more"


def test_the_neighbour_below_has_rows_in_every_table(store: Store) -> None:
    filled(store, "T1")
    assert [name for name, rows in everything(store, "T1").items() if not rows] == []


def test_every_function_answers_as_if_the_neighbour_were_not_there(store: Store) -> None:
    claim = filled(store, "T1")
    with store.begin("T2") as tx:
        workspaces.enter(tx, "US")
    beside = outcomes(store, "T2", claim)
    with store.begin("T1") as tx:
        for table in TABLES:
            tx.execute(table.delete().where(table.c.workspace == "T1"))
    assert beside == outcomes(store, "T2", claim)


def test_the_calls_do_find_what_is_their_own(store: Store) -> None:
    claim = filled(store, "T1")
    with store.begin("T2") as tx:
        workspaces.enter(tx, "US")
    own, foreign = outcomes(store, "T1", claim), outcomes(store, "T2", claim)
    alike = {name for name in own if own[name] == foreign[name]}
    assert len(alike) < len(own) / 2


def test_no_function_changes_a_row_of_the_neighbour(store: Store) -> None:
    claim = filled(store, "T1")
    filled(store, "T2")
    before = everything(store, "T1")
    with store.begin("T2") as tx:
        for call in calls(PEOPLE, claim).values():
            outcome(tx, call, undone=False)
    assert everything(store, "T1") == before


@pytest.mark.parametrize("table", TABLES, ids=[table.name for table in TABLES])
def test_the_same_keys_may_stand_in_both(tx: Tx, table: Table) -> None:
    for workspace in ("T8", "T9"):
        put_row(tx.connection, table, workspace=workspace)
    assert len(rows_of(tx.connection, table, "T8")) == len(rows_of(tx.connection, table, "T9")) == 1


def test_every_key_and_index_that_was_made_leads_with_the_workspace(store: Store) -> None:
    made = inspect(store.engine)
    for name in metadata.tables:
        leading = [made.get_pk_constraint(name)["constrained_columns"][0]]
        leading += [index["column_names"][0] for index in made.get_indexes(name)]
        leading += [unique["column_names"][0] for unique in made.get_unique_constraints(name)]
        assert set(leading) == {"workspace"}, name
