from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.domain.asks import ENDED, WAITING, Ask, AskState
from bot.domain.members import PersonRef
from storage import asks
from storage.database import Store, Tx
from tests.storage.at_once import at_once

MEET_AT = datetime(2026, 11, 27, 17, tzinfo=UTC)


def ask_of(asker: PersonRef, recipient: PersonRef, ask_id: str = "a1", **more: object) -> Ask:
    facts = {"ask_id": ask_id, "asker": asker, "recipient": recipient, "asked_on": date(2026, 11, 25), **more}
    return Ask(**facts)  # type: ignore[arg-type]


def test_an_ask_comes_back_as_it_was(tx: Tx, ana: PersonRef, ben: PersonRef) -> None:
    cam = tx.ref("U0CAM")
    ask = ask_of(
        ana,
        ben,
        deputy=cam,
        also_asked=cam,
        answered_by=cam,
        state=AskState.ANOTHER_TIME,
        meet_at=MEET_AT,
        next_person=ben,
    )
    asks.add(tx, ask)
    assert asks.get(tx, "a1") == ask
    assert asks.get(tx, "a2") is None


def test_an_answer_moves_a_waiting_ask_with_what_comes_with_it(
    tx: Tx, ana: PersonRef, ben: PersonRef
) -> None:
    asks.add(tx, ask_of(ana, ben))
    asks.add(tx, ask_of(ana, ben, "a2"))
    assert asks.move(tx, "a1", WAITING, AskState.ANOTHER_TIME, answered_by=ben, meet_at=MEET_AT)
    assert not asks.move(tx, "a1", WAITING, AskState.AGREED, answered_by=ben)
    moved = replace(ask_of(ana, ben), state=AskState.ANOTHER_TIME, answered_by=ben, meet_at=MEET_AT)
    assert asks.get(tx, "a1") == moved
    assert asks.get(tx, "a2") == ask_of(ana, ben, "a2")


def test_the_deputy_is_asked_once_and_only_while_the_ask_waits(
    tx: Tx, ana: PersonRef, ben: PersonRef
) -> None:
    cam = tx.ref("U0CAM")
    for number, state in enumerate((AskState.OPEN, AskState.WITHDRAWN, AskState.AGREED)):
        asks.add(tx, ask_of(ana, ben, f"a{number}", state=state, deputy=cam))
    assert [asks.set_also_asked(tx, f"a{number}", cam) for number in range(3)] == [True, False, False]
    assert not asks.set_also_asked(tx, "a0", cam)
    assert asks.get(tx, "a0") == ask_of(ana, ben, "a0", deputy=cam, also_asked=cam)


def test_open_asks_are_listed_to_both_sides_and_to_nobody_else(
    tx: Tx, ana: PersonRef, ben: PersonRef
) -> None:
    cam = tx.ref("U0CAM")
    first, second = ask_of(ana, ben, "a1"), ask_of(ana, ben, "a2", deputy=cam, also_asked=cam)
    waiting_deputy = ask_of(ana, ben, "a3", deputy=cam)
    for ask in (second, first, waiting_deputy):
        asks.add(tx, ask)
    assert asks.list_of(tx, ana) == (first, second, waiting_deputy)
    assert asks.list_to(tx, ben) == (first, second, waiting_deputy)
    assert asks.list_to(tx, cam) == (second,)
    assert (asks.list_of(tx, ben), asks.list_to(tx, ana)) == ((), ())


@pytest.mark.parametrize("state", sorted(AskState))
def test_what_has_ended_is_listed_no_more(tx: Tx, ana: PersonRef, ben: PersonRef, state: AskState) -> None:
    ask = ask_of(ana, ben, state=state)
    asks.add(tx, ask)
    expected = () if state in ENDED else (ask,)
    assert asks.list_of(tx, ana) == asks.list_to(tx, ben) == expected


def test_an_answer_and_taking_back_at_once_leave_one_of_them(
    entered: Store, open_store: Callable[..., Store]
) -> None:
    ana, ben = (entered.keys.ref("T1", name) for name in ("U0ANA", "U0BEN"))
    with entered.begin("T1") as tx:
        for number in range(20):
            asks.add(tx, ask_of(ana, ben, f"a{number}"))

    def move_all(store: Store, to: AskState) -> list[bool]:
        moved = []
        for number in range(20):
            with store.begin("T1") as tx:
                moved.append(asks.move(tx, f"a{number}", WAITING, to))
        return moved

    other = open_store()
    answers, withdrawals = at_once(
        lambda: move_all(entered, AskState.AGREED), lambda: move_all(other, AskState.WITHDRAWN)
    )
    assert all(answered != withdrawn for answered, withdrawn in zip(answers, withdrawals, strict=True))


def test_ids_of_asks_are_never_the_same() -> None:
    assert len({asks.new_id() for _ in range(100)}) == 100
