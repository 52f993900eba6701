from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.checkins import CARDS, OPEN, UNANSWERED, Card, Checkin, Reason, State
from bot.domain.members import PersonRef
from storage import checkins
from storage.checkins import OldCard
from storage.database import Store, Tx
from tests.storage.at_once import at_once

NOW = datetime(2026, 11, 25, 15, tzinfo=UTC)


def stale(tx: Tx, limit: int = 100) -> list[tuple[PersonRef, int]]:
    return [(ref, found.week) for ref, found in checkins.list_stale_cards(tx, limit)]


def test_a_week_is_recorded_once(tx: Tx, ana: PersonRef, ben: PersonRef) -> None:
    assert checkins.add(tx, ana, 3, State.PLANNED)
    assert not checkins.add(tx, ana, 3, State.SKIPPED, Reason.PAUSED)
    assert checkins.add(tx, ben, 3, State.SKIPPED, Reason.PAUSED)
    assert checkins.get(tx, ana, 3) == Checkin(week=3, state=State.PLANNED)
    assert checkins.get(tx, ben, 3) == Checkin(week=3, state=State.SKIPPED, reason=Reason.PAUSED)
    assert checkins.get(tx, ana, 4) is None


def test_of_many_weeks_recorded_at_once_those_that_stand_stay_as_they_are(
    tx: Tx, ana: PersonRef, ben: PersonRef
) -> None:
    checkins.add(tx, ana, 3, State.SENT)
    late = Checkin(week=3, state=State.SKIPPED, reason=Reason.LATE)
    checkins.add_all(tx, [(ana, late), (ben, late), (ben, Checkin(week=4, state=State.PLANNED))])
    checkins.add_all(tx, [])
    assert checkins.list_weeks(tx, ana) == (Checkin(week=3, state=State.SENT),)
    assert checkins.list_weeks(tx, ben) == (late, Checkin(week=4, state=State.PLANNED))


def test_weeks_are_listed_in_the_order_of_time(tx: Tx, ana: PersonRef, ben: PersonRef) -> None:
    for week in (10, 2, 1):
        checkins.add(tx, ana, week, State.CLOSED)
    checkins.add(tx, ben, 5, State.CLOSED)
    checkins.add_weekly(tx, ana, date(2026, 11, 23))
    assert [found.week for found in checkins.list_weeks(tx, ana)] == [1, 2, 10]
    assert checkins.newest_weeks(tx, [ana, ben, tx.ref("U0NEW")]) == {ana: 10, ben: 5}


def test_a_supervisor_s_weekly_message_is_recorded_once_a_date(tx: Tx, ana: PersonRef) -> None:
    assert checkins.add_weekly(tx, ana, date(2026, 11, 23))
    assert not checkins.add_weekly(tx, ana, date(2026, 11, 23), Reason.DAYS_OFF)
    assert checkins.add_weekly(tx, ana, date(2026, 11, 30), Reason.DAYS_OFF)
    assert checkins.list_weeks(tx, ana) == ()


def test_a_state_moves_only_from_where_it_was_expected(tx: Tx, ana: PersonRef) -> None:
    checkins.add(tx, ana, 3, State.SENT)
    assert not checkins.move(tx, ana, 3, (State.PLANNED, State.LATER), State.OPENED)
    assert checkins.move(tx, ana, 3, OPEN, State.ANSWERED)
    assert not checkins.move(tx, ana, 3, UNANSWERED, State.CLOSED)
    assert not checkins.move(tx, ana, 4, OPEN, State.ANSWERED)
    assert checkins.get(tx, ana, 3) == Checkin(week=3, state=State.ANSWERED)


def test_a_week_that_was_left_out_or_not_planned_yet_has_its_card_after_all(tx: Tx, ana: PersonRef) -> None:
    checkins.add(tx, ana, 2, State.SKIPPED, Reason.LEAVE)
    for week in (2, 3, 3):
        checkins.plan_again(tx, ana, week)
    assert [(found.week, found.state, found.reason) for found in checkins.list_weeks(tx, ana)] == [
        (2, State.PLANNED, None),
        (3, State.PLANNED, None),
    ]
    checkins.move(tx, ana, 3, (State.PLANNED,), State.ANSWERED)
    checkins.plan_again(tx, ana, 3)
    assert [found.state for found in checkins.list_weeks(tx, ana)] == [State.PLANNED, State.ANSWERED]


def test_only_what_was_planned_and_not_sent_can_be_skipped(tx: Tx, ana: PersonRef) -> None:
    checkins.add(tx, ana, 3, State.PLANNED)
    checkins.add(tx, ana, 4, State.SENT)
    assert checkins.skip(tx, ana, 3, Reason.LATE)
    assert not checkins.skip(tx, ana, 4, Reason.LATE)
    assert checkins.get(tx, ana, 3) == Checkin(week=3, state=State.SKIPPED, reason=Reason.LATE)
    assert checkins.get(tx, ana, 4) == Checkin(week=4, state=State.SENT)


@pytest.mark.parametrize("rounds", range(3))
def test_a_submit_and_the_closing_at_once_leave_one_of_them(
    entered: Store, open_store: Callable[..., Store], rounds: int
) -> None:
    ref, other = entered.keys.ref("T1", "U0ANA"), open_store()
    with entered.begin("T1") as tx:
        for week in range(10):
            checkins.add(tx, ref, week, State.OPENED)

    def all_weeks(store: Store, to: State) -> list[bool]:
        moved = []
        for week in range(10):
            with store.begin("T1") as tx:
                moved.append(checkins.move(tx, ref, week, (State.OPENED,), to))
        return moved

    submits, closings = at_once(
        lambda: all_weeks(entered, State.ANSWERED), lambda: all_weeks(other, State.CLOSED)
    )
    assert all(submit != closing for submit, closing in zip(submits, closings, strict=True))
    with entered.read("T1") as tx:
        states = [found.state for found in checkins.list_weeks(tx, ref)]
    assert states == [State.ANSWERED if submit else State.CLOSED for submit in submits]


def test_the_newest_card_is_where_the_check_in_lives(tx: Tx, ana: PersonRef) -> None:
    checkins.add(tx, ana, 3, State.SENT)
    checkins.set_newest_card(tx, ana, 3, "D1", "1.0")
    checkins.set_card(tx, ana, 3, "1.0", Card.FIXED)
    checkins.set_newest_card(tx, ana, 3, "D1", "2.0")
    expected = Checkin(week=3, state=State.SENT, card=Card.ARRIVAL, channel="D1", ts="2.0")
    assert checkins.get(tx, ana, 3) == expected


def test_an_edit_of_an_older_card_says_nothing_of_the_newest(tx: Tx, ana: PersonRef) -> None:
    checkins.add(tx, ana, 3, State.CLOSED)
    checkins.set_newest_card(tx, ana, 3, "D1", "2.0")
    checkins.set_card(tx, ana, 3, "1.0", Card.CLOSED)
    assert stale(tx) == [(ana, 3)]
    checkins.set_card(tx, ana, 3, "2.0", Card.CLOSED)
    assert stale(tx) == []


@pytest.mark.parametrize("state", sorted(State))
def test_a_card_is_mended_exactly_when_its_state_calls_for_another(
    tx: Tx, ana: PersonRef, state: State
) -> None:
    checkins.add(tx, ana, 3, state)
    checkins.set_newest_card(tx, ana, 3, "D1", "1.0")
    for card in Card:
        checkins.set_card(tx, ana, 3, "1.0", card)
        assert (stale(tx) == [(ana, 3)]) == (CARDS.get(state, card) is not card)


def test_a_week_that_never_had_a_card_has_none_to_mend(tx: Tx, ana: PersonRef) -> None:
    checkins.add(tx, ana, 3, State.CLOSED)
    checkins.add_weekly(tx, ana, date(2026, 11, 23), Reason.DAYS_OFF)
    assert stale(tx) == []


def test_cards_are_mended_a_batch_at_a_time(tx: Tx) -> None:
    people = sorted(tx.ref(f"U{n}") for n in range(5))
    for ref in people:
        checkins.add(tx, ref, 3, State.ANSWERED)
        checkins.set_newest_card(tx, ref, 3, "D1", "1.0")
    assert stale(tx, limit=2) == [(ref, 3) for ref in people[:2]]


def test_an_older_card_waits_until_it_says_that_a_newer_one_came(tx: Tx, ana: PersonRef) -> None:
    checkins.add(tx, ana, 3, State.SENT)
    checkins.set_newest_card(tx, ana, 3, "D0123456789", "1764086401.000000")
    checkins.retire_card(tx, ana, 3, "1764086400.123456", NOW)
    assert checkins.list_retired_cards(tx, NOW - timedelta(seconds=1), 10) == ()
    [(timer, card)] = checkins.list_retired_cards(tx, NOW, 10)
    assert card == OldCard(ref=ana, week=3, channel="D0123456789", ts="1764086400.123456")
    assert timer.due_at == NOW
