from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.members import PersonRef, Workspace
from storage import workspaces
from storage.crypto import Keys
from storage.database import Store, Tx

NOW = datetime(2026, 11, 25, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_a_workspace_is_entered_with_its_country_and_nothing_else_known(tx: Tx) -> None:
    assert workspaces.get(tx) == Workspace(workspace_id="T1", country="US")


def test_entering_again_changes_nothing(tx: Tx) -> None:
    workspaces.set_epoch(tx, date(2026, 11, 30))
    workspaces.enter(tx, "MX")
    assert workspaces.get(tx) == Workspace(workspace_id="T1", country="US", epoch_on=date(2026, 11, 30))


def test_a_workspace_that_was_never_entered_is_a_key_error(store: Store) -> None:
    with store.read("T1") as tx, pytest.raises(KeyError):
        workspaces.get(tx)


@pytest.mark.parametrize("changed", ["master", "reference"])
def test_other_keys_are_refused(entered: Store, open_store: Callable[..., Store], changed: str) -> None:
    keys = {"master": entered.keys.master, "reference": entered.keys.reference, changed: b"x" * 32}
    other = open_store(Keys(**keys))
    with other.begin("T1") as tx:
        assert not workspaces.has_these_keys(tx)
        with pytest.raises(workspaces.WrongKeys):
            workspaces.enter(tx, "US")


def test_the_same_keys_are_known_again(entered: Store, open_store: Callable[..., Store]) -> None:
    with open_store().begin("T1") as tx:
        assert workspaces.has_these_keys(tx)
        workspaces.enter(tx, "US")


def test_the_first_monday_is_fixed_once(tx: Tx) -> None:
    workspaces.set_epoch(tx, date(2026, 11, 30))
    workspaces.set_epoch(tx, date(2026, 12, 7))
    assert workspaces.get(tx).epoch_on == date(2026, 11, 30)


def test_who_holds_the_keys_is_kept_in_words_or_as_a_person(tx: Tx, ana: PersonRef) -> None:
    workspaces.set_key_holder(tx, "Cedar IT", None, conflict=False)
    assert workspaces.get(tx).key_holder == "Cedar IT"
    workspaces.set_key_holder(tx, None, ana, conflict=True)
    kept = workspaces.get(tx)
    assert (kept.key_holder, kept.key_holder_ref, kept.key_holder_conflict) == (None, ana, True)


def test_a_pause_that_slack_asks_for_is_never_shortened(tx: Tx) -> None:
    assert workspaces.send_not_before(tx) is None
    for seconds in (30, 10, 40):
        workspaces.hold_sending(tx, NOW + timedelta(seconds=seconds))
    assert workspaces.send_not_before(tx) == NOW + timedelta(seconds=40)


def test_when_the_roster_was_read_is_remembered(tx: Tx) -> None:
    assert workspaces.roster_synced_at(tx) is None
    workspaces.set_roster_synced(tx, NOW, NOW + HOUR)
    assert workspaces.roster_synced_at(tx) == NOW
    assert workspaces.roster_next_at(tx) == NOW + HOUR


def test_the_reading_of_a_roster_is_claimed_once_until_it_is_due_again(tx: Tx) -> None:
    assert workspaces.claim_roster(tx, NOW, NOW + HOUR)
    assert not workspaces.claim_roster(tx, NOW, NOW + HOUR)
    assert workspaces.roster_synced_at(tx) is None
    assert workspaces.claim_roster(tx, NOW + HOUR, NOW + 2 * HOUR)
    workspaces.release_roster(tx)
    assert workspaces.claim_roster(tx, NOW + HOUR, NOW + 2 * HOUR)
    workspaces.set_roster_synced(tx, NOW + HOUR, NOW + 3 * HOUR)
    assert not workspaces.claim_roster(tx, NOW + 2 * HOUR, NOW + 9 * HOUR)


def test_a_workspace_can_leave_and_come_back(tx: Tx) -> None:
    assert not workspaces.is_uninstalled(tx)
    workspaces.set_uninstalled(tx, NOW)
    assert workspaces.is_uninstalled(tx)
    workspaces.set_uninstalled(tx, None)
    assert not workspaces.is_uninstalled(tx)


def test_every_workspace_is_listed(store: Store) -> None:
    assert workspaces.list_ids(store) == ()
    for workspace in ("T2", "T1"):
        with store.begin(workspace) as tx:
            workspaces.enter(tx, "US")
    assert workspaces.list_ids(store) == ("T1", "T2")
