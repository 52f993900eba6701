"""What goes when somebody leaves Slack, and when everybody stops, and what stays of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.members import Person, PersonRef
from storage import departures, erasures, members, teams, workspaces
from storage.database import Store, Tx
from storage.schema import metadata
from tests.storage.full import NOW, fill, team_of
from tests.storage.rows import rows_of
from tests.storage.test_mydata import filled, ref_of, rows_about, where_found  # noqa: F401  # a fixture

LONG_AFTER = NOW + timedelta(days=31)
UNTIL_THE_BLOCK_ENDS = {"rosters.ref", "ledger.ref", "contributors.ref"}


def leave(store: Store, user_id: str) -> None:
    with store.begin("T1") as tx:
        members.put(tx, user_id, replace(Person(ref=tx.ref(user_id), tz="America/Chicago"), active=False))
        departures.note_leavers(tx, NOW)


def erase(store: Store, user_id: str, left_at_erased: bool = True) -> None:
    with store.begin("T1") as tx:
        for ref, left_at in departures.list_due(tx, LONG_AFTER).items():
            assert (ref, left_at) == (tx.ref(user_id), NOW)
            departures.erase_leaver(tx, ref, left_at, LONG_AFTER)


def test_of_somebody_who_left_nothing_stays_but_what_keeps_them_from_counting_twice(filled: Store) -> None:  # noqa: F811
    """Others asked Ana for something: as long as that is kept, so is who she is."""
    leave(filled, "U0ANA")
    erase(filled, "U0ANA")
    asked_by_others = {"people.ref", "asks.deputy", "asks.also_asked", "asks.answered_by", "asks.next_person"}
    plans = {"team_plans.set_up_by", "team_plans.members"}
    left = where_found(filled, ref_of(filled))
    assert left == UNTIL_THE_BLOCK_ENDS | asked_by_others | plans | {"erasures.ref"}
    with filled.begin("T1") as tx:
        teams.drop_plan(tx, "t")
        tx.execute(metadata.tables["asks"].delete())
    erase(filled, "U0ANA")
    assert where_found(filled, ref_of(filled)) == UNTIL_THE_BLOCK_ENDS | {"erasures.ref"}
    with filled.read("T1") as tx:
        assert departures.list_due(tx, LONG_AFTER) == {}


def test_nobody_else_loses_anything_but_what_was_about_both(filled: Store) -> None:  # noqa: F811
    before = rows_about(filled, ref_of(filled, "U0BEN"))
    leave(filled, "U0ANA")
    erase(filled, "U0ANA")
    after = rows_about(filled, ref_of(filled, "U0BEN"))
    gone = {name for name in before if any(row not in after.get(name, []) for row in before[name])}
    assert gone == {"asks", "outbox", "peer_requests", "peer_offers"}


def test_whoever_has_a_role_is_known_until_somebody_else_has_it(filled: Store) -> None:  # noqa: F811
    leave(filled, "U0BEN")
    erase(filled, "U0BEN")
    with filled.begin("T1") as tx:
        ben = tx.ref("U0BEN")
        assert members.user_id(tx, ben) == "U0BEN"
        assert members.chosen(tx, ben) is None
        noted = erasures.erased_at(tx, ben)
        departures.erase_leaver(tx, ben, NOW, LONG_AFTER + timedelta(hours=1))
        assert erasures.erased_at(tx, ben) == noted == LONG_AFTER, "and not erased anew every hour"


def test_thirty_days_count_from_when_the_roster_told_and_not_at_all_for_who_came_back(tx: Tx) -> None:
    fill(tx, {"U0ANA": tx.ref("U0ANA"), "U0BEN": tx.ref("U0BEN")})
    ana = Person(ref=tx.ref("U0ANA"), tz="America/Chicago", active=False)
    members.put(tx, "U0ANA", ana)
    for at in (NOW, NOW + timedelta(days=1)):
        departures.note_leavers(tx, at)
    assert departures.list_due(tx, NOW + timedelta(days=30) - timedelta(seconds=1)) == {}
    assert departures.list_due(tx, NOW + timedelta(days=30)) == {ana.ref: NOW}
    members.put(tx, "U0ANA", replace(ana, active=True))
    assert departures.list_due(tx, LONG_AFTER) == {}
    departures.note_leavers(tx, LONG_AFTER)
    members.put(tx, "U0ANA", ana)
    assert departures.list_due(tx, LONG_AFTER) == {}, "the days begin anew"


@pytest.mark.parametrize("why", ["uninstalled", "ended"])
def test_it_is_over_with_the_first_of_both(tx: Tx, why: str) -> None:
    assert (workspaces.is_over(tx), departures.over_at(tx)) == (False, None)
    first, second = (workspaces.set_uninstalled, workspaces.end)
    first(tx, NOW if why == "uninstalled" else LONG_AFTER)
    second(tx, NOW if why == "ended" else LONG_AFTER)
    assert departures.over_at(tx) == NOW + timedelta(days=7)
    assert workspaces.may_not_send(tx, NOW)


def test_when_everybody_stops_no_row_is_left_of_anybody(store: Store) -> None:
    for workspace in ("T1", "T2"):
        with store.begin(workspace) as tx:
            fill(tx, {user_id: tx.ref(user_id) for user_id in ("U0ANA", "U0BEN")})
    with store.begin("T1") as tx:
        neighbour = everything(tx, "T2")
        before = everything(tx, "T1")
        departures.erase_everybody(tx, LONG_AFTER)
        after = everything(tx, "T1")
        assert everything(tx, "T2") == neighbour
    kept = {"workspaces", "periods", "releases", "guarantees", "erasures"}
    assert {name for name, rows in after.items() if rows} == kept
    assert {name: after[name] for name in ("periods", "releases", "guarantees")} == {
        name: before[name] for name in ("periods", "releases", "guarantees")
    }
    refs = [str(store.keys.ref("T1", user_id)) for user_id in ("U0ANA", "U0BEN")]
    assert [name for name, rows in after.items() if any(ref in str(rows) for ref in refs)] == ["erasures"]


def everything(tx: Tx, workspace: str) -> dict[str, list[tuple[object, ...]]]:
    return {name: rows_of(tx.connection, table, workspace) for name, table in metadata.tables.items()}


def test_a_team_can_be_set_up_again_where_everybody_was_erased(tx: Tx) -> None:
    fill(tx, {"U0ANA": tx.ref("U0ANA"), "U0BEN": tx.ref("U0BEN")})
    departures.erase_everybody(tx, NOW)
    members.put(tx, "U0ANA", Person(ref=PersonRef(tx.ref("U0ANA")), tz="America/Chicago"))
    teams.save(tx, team_of(tx.ref("U0ANA")))
    teams.join(tx, "t", tx.ref("U0ANA"), LONG_AFTER)
    assert teams.of_member(tx, tx.ref("U0ANA"), LONG_AFTER) is not None
