"""Huddles of teams: who is in while one runs, which cards are to be edited, and what is left afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.huddles import AFTERCARE, FORGET, KEPT, LAPSE, RUNNING, HuddleState
from bot.domain.members import PersonRef
from bot.domain.notices import Kind, notice
from storage import huddles, outbox, timers
from storage.database import Store, Tx
from storage.timers import Timer, huddle_entity
from tests.storage.at_once import at_once
from tests.storage.full import NOW, huddle_of


def test_a_huddle_comes_back_as_it_was_with_who_is_in_from_the_start(
    tx: Tx, ana: PersonRef, ben: PersonRef
) -> None:
    huddle = replace(huddle_of(ana), begins_at=NOW, circle_id="c", host=ben)
    huddles.add(tx, huddle, (ana,))
    assert huddles.get(tx, "h") == huddles.hold(tx, "h") == huddles.running(tx, "t") == huddle
    assert huddles.people(tx, "h") == (ana,)
    assert huddles.list_stale(tx, 9) == (), "its card will show them"


def test_a_card_is_to_be_edited_after_each_change_until_it_shows_the_last(
    tx: Tx, ana: PersonRef, ben: PersonRef
) -> None:
    huddles.add(tx, huddle_of(ana), (ana,))
    assert [huddles.join(tx, "h", ben), huddles.join(tx, "h", ben)] == [True, False]
    (read,) = huddles.list_stale(tx, 9)
    assert huddles.leave(tx, "h", ben)
    huddles.set_shown(tx, read)
    assert huddles.list_stale(tx, 9), "it changed while it was edited"
    (read,) = huddles.list_stale(tx, 9)
    huddles.set_shown(tx, read)
    assert huddles.list_stale(tx, 9) == ()
    assert not huddles.leave(tx, "h", ben)
    assert huddles.list_stale(tx, 9) == ()


def test_a_card_that_is_not_there_yet_is_not_edited(tx: Tx, ana: PersonRef, ben: PersonRef) -> None:
    huddles.add(tx, replace(huddle_of(ana), ts=None))
    huddles.join(tx, "h", ben)
    assert huddles.list_stale(tx, 9) == ()
    huddles.set_card(tx, "h", "5.0")
    huddles.set_card(tx, "h", "6.0")
    assert [one.ts for one in huddles.list_stale(tx, 9)] == ["5.0"]


@pytest.mark.parametrize(
    ("to", "starter_stays"),
    [(HuddleState.OVER, False), (HuddleState.TAKEN_BACK, False), (HuddleState.NOT_ENOUGH, True)],
)
def test_at_its_end_nothing_says_who_was_in(
    tx: Tx, ana: PersonRef, ben: PersonRef, to: HuddleState, starter_stays: bool
) -> None:
    """Whoever started one that did not come about is still to be told."""
    huddle = huddle_of(ana)
    huddles.add(tx, huddle, (ana, ben))
    outbox.add(tx, notice(Kind.HUDDLE_BEGINS, ben, "h", NOW))
    for kind in (LAPSE, AFTERCARE):
        timers.put(tx, huddle_entity("h"), kind, NOW)
    assert huddles.end(tx, huddle, to, NOW)
    assert not huddles.end(tx, huddle, to, NOW)
    assert huddles.people(tx, "h") == ()
    assert outbox.tally(tx, ben) == {}
    assert huddles.started_by(tx, ana) == (("h",) if starter_stays else ())
    ended = huddles.get(tx, "h")
    assert ended
    assert ended.host is None
    left = Timer(entity=huddle_entity("h"), kind=FORGET, due_at=NOW + KEPT)
    assert timers.list_under(tx, huddle_entity("h")) == (left,)


def test_a_week_later_not_even_who_started_it_is_left(tx: Tx, ana: PersonRef) -> None:
    huddles.add(tx, huddle_of(ana))
    huddles.end(tx, huddle_of(ana), HuddleState.NOT_ENOUGH, NOW)
    outbox.add(tx, notice(Kind.HUDDLE_TOLD, ana, "h", NOW))
    huddles.forget(tx, "h")
    assert huddles.get(tx, "h") is None
    assert outbox.tally(tx, ana) == {}


def test_of_two_who_begin_it_at_once_one_does(entered: Store, open_store: Callable[..., Store]) -> None:
    other = open_store()
    with entered.begin("T1") as tx:
        huddles.add(tx, huddle_of(tx.ref("U0ANA")))

    def joins(store: Store, user_id: str) -> bool:
        with store.begin("T1") as tx:
            huddles.hold(tx, "h")
            huddles.join(tx, "h", tx.ref(user_id))
            both = huddles.count(tx, "h") == 2
            return both and huddles.move(tx, "h", (HuddleState.OPEN,), HuddleState.GOING)

    began = at_once(lambda: joins(entered, "U0ANA"), lambda: joins(other, "U0BEN"))
    assert sorted(began) == [False, True]
    with entered.read("T1") as tx:
        found = huddles.get(tx, "h")
    assert found
    assert found.state in RUNNING
    assert found.version == 3
    assert found.open_until == NOW + timedelta(hours=1)
