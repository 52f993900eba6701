"""What somebody said with others: sealed, without a time, theirs alone, gone with the period."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from bot.domain.localtime import freeze_at, period_starts_at
from bot.domain.members import Person, PersonRef
from bot.domain.raises import EVERY, Readers, Running
from storage import digests, members, raises, teams, workspaces
from storage.database import Store, Tx
from storage.schema import person_keys
from storage.schema import raises as raises_table
from tests.storage.at_once import at_once
from tests.storage.full import GROUP, team_of

EPOCH = date(2026, 11, 2)
NOW = period_starts_at(EPOCH, 0) + timedelta(days=3)


def kept(tx: Tx) -> list[tuple[str, int]]:
    """Who has a row for which period."""
    rows = tx.execute(select(raises_table.c.ref, raises_table.c.period))
    return sorted((row.ref, row.period) for row in rows)


def test_what_somebody_said_comes_back_to_them_for_its_period_alone(
    tx: Tx, ana: PersonRef, ben: PersonRef
) -> None:
    raises.save(tx, ana, 1, {"hours", "fair"})
    assert raises.own(tx, ana, 1) == {"hours", "fair"}
    assert raises.own(tx, ana, 2) == raises.own(tx, ben, 1) == frozenset()


def test_what_is_counted_says_what_was_chosen_and_not_by_whom(tx: Tx, ana: PersonRef, ben: PersonRef) -> None:
    raises.save(tx, ana, 1, {"hours", "fair"})
    raises.save(tx, ben, 1, {"hours"})
    raises.save(tx, ben, 2, {"calm"})
    assert sorted(map(sorted, raises.chosen(tx, [ana, ben], 1))) == [["fair", "hours"], ["hours"]]
    assert raises.chosen(tx, [ben], 1) == (frozenset({"hours"}),)
    assert raises.chosen(tx, [], 1) == ()


def test_saving_replaces_and_nothing_keeps_no_row_and_no_key(tx: Tx, ana: PersonRef) -> None:
    raises.save(tx, ana, 1, ())
    assert kept(tx) == []
    assert tx.execute(select(person_keys)).all() == []
    raises.save(tx, ana, 1, EVERY)
    raises.save(tx, ana, 1, {"hands"})
    assert raises.own(tx, ana, 1) == {"hands"}
    raises.save(tx, ana, 1, ())
    assert kept(tx) == []


def test_a_row_s_length_says_nothing_of_what_was_said(tx: Tx, ana: PersonRef, ben: PersonRef) -> None:
    raises.save(tx, ana, 1, EVERY)
    raises.save(tx, ben, 1, {"fair"})
    sealed = tx.execute(select(raises_table.c.sealed)).scalars().all()
    assert len({len(one) for one in sealed}) == 1


def test_somebody_else_s_row_or_a_row_without_its_key_says_nothing(
    tx: Tx, ana: PersonRef, ben: PersonRef
) -> None:
    raises.save(tx, ana, 1, {"hours"})
    raises.save(tx, ben, 1, {"fair"})
    of_ana = select(raises_table.c.sealed).where(raises_table.c.ref == ana)
    stolen = tx.execute(of_ana).scalar_one()
    tx.execute(update(raises_table).where(raises_table.c.ref == ben).values(sealed=stolen))
    assert raises.own(tx, ben, 1) == frozenset()
    tx.execute(person_keys.delete())
    assert raises.own(tx, ana, 1) == frozenset()


def test_ended_periods_are_forgotten_and_the_running_one_is_not(
    tx: Tx, ana: PersonRef, ben: PersonRef
) -> None:
    for period in (1, 2, 3):
        raises.save(tx, ana, period, {"hours"})
        raises.save(tx, ben, period, {"hours"})
    raises.forget_through(tx, 2)
    assert kept(tx) == sorted([(ana, 3), (ben, 3)])


def test_two_who_say_their_first_thing_at_once_end_with_a_key_each(store: Store) -> None:
    ana, ben = PersonRef("a" * 64), PersonRef("b" * 64)

    def says(ref: PersonRef) -> None:
        with store.begin("T1") as tx:
            raises.save(tx, ref, 1, {"hours"})

    with store.begin("T1") as tx:
        workspaces.enter(tx, "US")
    at_once(lambda: says(ana), lambda: says(ben), lambda: says(ana))
    with store.read("T1") as tx:
        assert raises.own(tx, ana, 1) == raises.own(tx, ben, 1) == {"hours"}


# The open period


def test_an_open_period_can_be_held_and_a_frozen_one_cannot(tx: Tx) -> None:
    digests.open_period(tx, 0, {})
    assert digests.hold_open(tx, 0)
    assert not digests.hold_open(tx, 1)
    digests.freeze_period(tx, 0)
    assert not digests.hold_open(tx, 0)


@pytest.mark.parametrize("epoch_on", [None, EPOCH])
def test_before_the_first_period_nothing_runs(tx: Tx, epoch_on: date | None) -> None:
    workspaces.enter(tx, "US")
    if epoch_on:
        workspaces.set_epoch(tx, epoch_on)
    assert raises.running(tx) is None
    digests.open_period(tx, 0, {})
    expected = Running(period=0, ends_at=freeze_at(EPOCH, 0)) if epoch_on else None
    assert raises.running(tx) == expected


# What a group said


def said(tx: Tx, period: int) -> set[str]:
    found = digests.get(tx, GROUP, period)
    assert found
    return set(digests.raised(tx, found))


def test_a_line_stands_in_three_periods_and_comes_back_in_its_words(tx: Tx, ana: PersonRef) -> None:
    for period in range(5):
        digests.open_period(tx, period, {("t",): [ana]})
    sentence = {"en": "The work does not fit.", "es": "El trabajo no cabe."}
    digests.keep_raised(tx, GROUP, 1, {"hours": sentence})
    assert [said(tx, period) for period in range(5)] == [set(), {"hours"}, {"hours"}, {"hours"}, set()]
    found = digests.get(tx, GROUP, 2)
    assert found
    assert digests.raised(tx, found) == {"hours": sentence}


def test_who_left_slack_reads_nothing(tx: Tx, ana: PersonRef, ben: PersonRef) -> None:
    workspaces.enter(tx, "US")
    teams.save(tx, team_of(ben))
    assert raises.readers(tx, ["t"]) == Readers()
    members.put(tx, "U0BEN", Person(ref=ben, tz="UTC"))
    assert raises.readers(tx, ["t"]) == Readers(weekly=frozenset({ben}))
    members.put(tx, "U0BEN", Person(ref=ben, tz="UTC", active=False))
    assert raises.readers(tx, ["t"]) == Readers()
    assert raises.readers(tx, ["other"]) == Readers()


def test_somebody_on_no_roster_and_no_team_has_no_place(tx: Tx, ana: PersonRef) -> None:
    workspaces.enter(tx, "US")
    workspaces.set_epoch(tx, EPOCH)
    digests.open_period(tx, 0, {})
    found = raises.place(tx, ana, NOW)
    assert (found.on_team, found.grouped, found.reads, found.roster) == (False, False, False, 0)
    assert found.running == Running(period=0, ends_at=freeze_at(EPOCH, 0))
