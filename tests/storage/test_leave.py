from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from bot.domain.leave import MOST_SPANS, Leave, Span
from bot.domain.members import Person, PersonRef
from storage import leave, members
from storage.crypto import Unreadable
from storage.database import Tx
from storage.schema import leave as table

FIRST = date(2026, 12, 1)


def span(first: int, last: int) -> Span:
    return Span(first_on=FIRST + timedelta(days=first), last_on=FIRST + timedelta(days=last))


def test_days_away_are_kept_for_several_people_at_once(tx: Tx, ana: PersonRef, ben: PersonRef) -> None:
    cam = tx.ref("U0CAM")
    leave.save(tx, ana, (span(0, 3), span(9, 9)))
    leave.save(tx, ben, (span(5, 5),))
    assert leave.of(tx, [ana, ben, cam]) == {ana: (span(0, 3), span(9, 9)), ben: (span(5, 5),)}
    assert leave.of(tx, []) == {}
    assert (leave.get(tx, ana), leave.get(tx, cam)) == ((span(0, 3), span(9, 9)), ())


def test_new_days_take_the_place_of_the_old_ones_and_none_leave_no_row(tx: Tx, ana: PersonRef) -> None:
    for days in ((span(0, 3),), (span(7, 8), span(20, 30)), ()):
        leave.save(tx, ana, days)
        assert leave.get(tx, ana) == days
    assert tx.execute(select(table)).all() == []


def test_what_is_over_is_erased_and_the_rest_stays(tx: Tx, ana: PersonRef, ben: PersonRef) -> None:
    leave.save(tx, ana, (span(0, 3), span(9, 12)))
    leave.save(tx, ben, (span(0, 8),))
    leave.forget_before(tx, FIRST + timedelta(days=9))
    assert leave.of(tx, [ana, ben]) == {ana: (span(9, 12),)}
    leave.forget_before(tx, FIRST + timedelta(days=12))
    assert leave.get(tx, ana) == (span(9, 12),)


def test_a_member_comes_with_their_days_away(tx: Tx, ana: PersonRef) -> None:
    members.put(tx, "U0ANA", Person(ref=ana, tz="America/Chicago"))
    leave.save(tx, ana, (span(0, 3),))
    assert members.known(tx, ana, tx.real_now()).leave == (span(0, 3),)


def sealed(tx: Tx, ref: PersonRef, days: Leave) -> bytes:
    leave.save(tx, ref, days)
    return bytes(tx.execute(select(table.c.sealed).where(table.c.ref == ref)).scalar_one())


def test_one_day_and_twelve_spans_lie_there_in_the_same_form(tx: Tx, ana: PersonRef) -> None:
    """Others know when somebody was away: dates in the clear would tell whose row it is."""
    twelve = tuple(span(30 * n, 30 * n + 20) for n in range(MOST_SPANS))
    few, many = sealed(tx, ana, (span(0, 0),)), sealed(tx, ana, twelve)
    assert len(few) == len(many)
    assert str(FIRST).encode() not in few + many
    assert leave.get(tx, ana) == twelve


def test_nobody_s_days_open_under_another_pseudonym(tx: Tx, ana: PersonRef, ben: PersonRef) -> None:
    block = sealed(tx, ana, (span(0, 0),))
    with pytest.raises(Unreadable):
        tx.keys.open_leave(tx.workspace, ben, block)
    with pytest.raises(Unreadable):
        tx.keys.open_leave("T2", ana, block)
