"""Stepping out: the first yes counts, never above a cap, and nothing is left when it is over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from bot.domain.members import PersonRef
from bot.domain.peers import Help, Offering, OfferState
from bot.domain.stepouts import StepOut, StepOutState
from storage import members, mydata, peers, stepouts
from storage.database import Store, Tx
from tests.storage.at_once import at_once
from tests.storage.full import NOW

BEN, CAM = "U0BEN", "U0CAM"


def asked(tx: Tx, *user_ids: str, weekly_max: int = 2) -> None:
    """Ana is out, and these were asked to cover."""
    ana = tx.ref("U0ANA")
    stepouts.add(tx, StepOut(step_out_id="s", ref=ana, until_at=NOW + timedelta(hours=1)))
    for user_id in user_ids:
        ref = tx.ref(user_id)
        members.put(tx, user_id, members.Person(ref=ref, tz="America/Chicago"))
        peers.enroll(tx, ref, Offering(kinds=frozenset({Help.PRACTICAL}), weekly_max=weekly_max))
        peers.add_offer(tx, "s", ref)


def says_yes(store: Store, user_id: str) -> bool:
    with store.begin("T1") as tx:
        step_out = stepouts.hold(tx, "s")
        return step_out is not None and stepouts.accept(tx, step_out, tx.ref(user_id), NOW)


def test_of_two_who_say_yes_at_once_one_covers(entered: Store, open_store: Callable[..., Store]) -> None:
    other = open_store()
    with entered.begin("T1") as tx:
        asked(tx, BEN, CAM)
    taken = at_once(lambda: says_yes(entered, BEN), lambda: says_yes(other, CAM))
    assert sorted(taken) == [False, True]
    with entered.read("T1") as tx:
        step_out = stepouts.get(tx, "s")
        assert step_out
        assert step_out.state is StepOutState.COVERED
        assert step_out.peer == tx.ref(BEN if taken[0] else CAM)
        states = set(peers.list_offers(tx, "s").values())
    assert states == {OfferState.ACCEPTED, OfferState.NOT_NEEDED}


def test_nobody_covers_above_their_own_cap(entered: Store) -> None:
    with entered.begin("T1") as tx:
        asked(tx, BEN, weekly_max=1)
        peers.count_helped(tx, tx.ref(BEN), NOW.date(), 1)
    assert not says_yes(entered, BEN)


def test_who_deletes_their_data_covers_for_nobody(entered: Store) -> None:
    with entered.begin("T1") as tx:
        asked(tx, BEN)
    assert says_yes(entered, BEN)
    with entered.begin("T1") as tx:
        ben: PersonRef = tx.ref(BEN)
        assert stepouts.concern(tx, ben) == ("s",)
        stepouts.erase(tx, ben)
        assert stepouts.concern(tx, ben) == ()
        left = stepouts.get(tx, "s")
        assert left
        assert (left.state, left.peer) == (StepOutState.UNCOVERED, None)
        stepouts.erase(tx, tx.ref("U0ANA"))
        assert stepouts.get(tx, "s") is None


def test_who_is_asked_and_deletes_their_data_is_asked_no_more(entered: Store) -> None:
    with entered.begin("T1") as tx:
        asked(tx, BEN, CAM)
        mydata.erase(tx, tx.ref(BEN), NOW)
        assert set(peers.list_offers(tx, "s")) == {tx.ref(CAM)}
    assert says_yes(entered, CAM)
