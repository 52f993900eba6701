"""At Slack's limit for messages: what goes first while check-ins wait their turn."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.bench.agency import DUE_AT, user_ids
from bot.bench.limit import DELIVER, office, waiting
from bot.domain.asks import Ask, AskState
from bot.domain.notices import Kind, notice
from schedules import scheduler
from schedules.delivery import SIDE_BY_SIDE
from storage import asks, outbox
from storage.database import Tx

PEOPLE = 120
IN_CHARGE, ASKED = user_ids(2)


def ask_and_tell(tx: Tx) -> None:
    """One person asks another for something, and a supervisor's weekly message is due at last."""
    in_charge, asked, now = tx.ref(IN_CHARGE), tx.ref(ASKED), DUE_AT + timedelta(seconds=2)
    ask = Ask(ask_id="a1", asker=in_charge, recipient=asked, state=AskState.OPEN, asked_on=now.date())
    asks.add(tx, ask)
    outbox.add(tx, notice(Kind.ASK, asked, "a1", now, facts={"ask": "a1"}))
    outbox.add(tx, notice(Kind.WEEKLY, in_charge, "w0", DUE_AT - timedelta(days=1), facts={"week": 0}))


@pytest.mark.timeout(60)
def test_an_ask_goes_before_the_check_ins_that_wait_and_a_weekly_message_after_them() -> None:
    with office(PEOPLE) as (sandbox, clock, setting):
        for _ in range(2):
            scheduler.beat(setting, DELIVER)
            clock.advance(DELIVER.every)
        before = len(sandbox.calls)
        with setting.store.begin(setting.workspace) as tx:
            ask_and_tell(tx)
        while waiting(setting):
            scheduler.beat(setting, DELIVER)
            clock.advance(DELIVER.every)
        posts = [str(call.args["text"]) for call in sandbox.calls[before:] if call.outcome == "ok"]
    cards = [number for number, text in enumerate(posts) if text == "Your weekly minute"]
    asked, weekly = (number for number in range(len(posts)) if number not in cards)
    assert len(cards) > PEOPLE / 2
    assert asked < SIDE_BY_SIDE
    assert weekly >= len(posts) - SIDE_BY_SIDE
    assert posts[asked] == "A note for you"
