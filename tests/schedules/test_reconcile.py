"""Unknown outcomes: Slack's history tells, and where it cannot be read nothing is guessed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import insert

from bot.blocks.elements import Message
from bot.domain.asks import Ask, AskState
from bot.domain.notices import Kind, notice
from bot.slack import Messenger, web_client
from schedules.checkins import plan_checkins
from schedules.delivery import deliver
from schedules.reconcile import reconcile
from schedules.setting import Setting
from storage import asks, members, outbox, workspaces
from storage.schema import metadata
from tests.schedules.office import AMY, CHANNEL, EVA, FIRST_CARD, STAFF, Office, on_sqlite
from tests.storage.at_once import at_once

SENT, UNKNOWN = ("sent", None), ("unknown", "no_answer")
LEASE = timedelta(minutes=1)
POST, OPEN, HISTORY = "chat.postMessage", "conversations.open", "conversations.history"


@pytest.fixture
def planned(office: Office) -> Office:
    """It is Wednesday 10:00; three cards are planned and none has been sent."""
    office.at(FIRST_CARD)
    office.beat(plan_checkins)
    return office


def look_up(office: Office) -> None:
    """Slack had its time; what is unknown is looked up, and what was not found goes out."""
    office.let_leases_lapse()
    office.beat(reconcile, deliver)


def calls(office: Office, method: str) -> int:
    return sum(call.method == method for call in office.sandbox.calls)


def cards(office: Office) -> list[int]:
    return [len(office.cards(person)) for person in STAFF]


@pytest.mark.parametrize(("fault", "arrived"), [("lose_reply", 3), ("fail_500", 2)])
def test_a_request_without_an_answer_is_looked_up_and_the_message_comes_once(
    planned: Office, fault: str, arrived: int
) -> None:
    getattr(planned.sandbox.faults, fault)(POST)
    planned.beat(deliver)
    assert sorted(planned.notices()) == [SENT, SENT, UNKNOWN]
    assert sum(cards(planned)) == arrived
    look_up(planned)
    assert planned.notices() == [SENT] * 3
    assert cards(planned) == [1, 1, 1]
    assert {state for person in STAFF for _, state, _ in planned.weeks(person)} == {"sent"}


@on_sqlite
def test_what_was_found_has_all_that_follows_from_a_message(planned: Office) -> None:
    """The reminder a day later, and the card that then says that it moved."""
    planned.sandbox.faults.lose_reply(POST, times=3)
    planned.beat(deliver)
    look_up(planned)
    planned.pass_until("2027-01-14 10:00")
    assert cards(planned) == [2, 2, 2]


@on_sqlite
def test_nothing_is_looked_up_before_slack_is_done_with_it(planned: Office) -> None:
    planned.sandbox.faults.lose_reply(POST, times=3)
    planned.beat(deliver, reconcile)
    assert planned.notices() == [UNKNOWN] * 3
    assert calls(planned, HISTORY) == 0


def test_a_worker_killed_after_the_attempt_costs_nobody_their_card(planned: Office) -> None:
    with planned.begin() as tx:
        dead = outbox.claim(tx, planned.clock.now(), LEASE, 3)
        assert len(outbox.mark_attempted(tx, dead, LEASE)) == 3
    planned.beat(deliver, reconcile)
    assert cards(planned) == [0, 0, 0]
    look_up(planned)
    assert planned.notices() == [SENT] * 3
    assert cards(planned) == [1, 1, 1]


def test_a_worker_killed_after_the_message_costs_nobody_a_second_card(planned: Office) -> None:
    with planned.begin() as tx:
        (dead,) = outbox.claim(tx, planned.clock.now(), LEASE, 1)
        outbox.mark_attempted(tx, [dead], LEASE)
        user_id = members.user_id(tx, dead.reader)
    hello = Message(text=planned.setting.content.words("en")("checkin.title"), blocks=())
    planned.setting.messenger.post(user_id, hello, dead.delivery_id)
    planned.beat(deliver)
    look_up(planned)
    assert planned.notices() == [SENT] * 3
    assert cards(planned) == [1, 1, 1]


@on_sqlite
@pytest.mark.parametrize("trouble", ["storm_429", "fail_500"])
@pytest.mark.parametrize("method", [OPEN, HISTORY])
def test_a_history_that_cannot_be_read_just_now_is_read_later(
    planned: Office, method: str, trouble: str
) -> None:
    planned.sandbox.faults.lose_reply(POST, times=3)
    planned.beat(deliver)
    getattr(planned.sandbox.faults, trouble)(method)
    look_up(planned)
    assert sorted(planned.notices())[-1][0] == "unknown"
    look_up(planned)
    assert planned.notices() == [SENT] * 3
    assert cards(planned) == [1, 1, 1]


@on_sqlite
def test_where_no_history_can_be_read_a_card_is_held_and_reported(planned: Office) -> None:
    planned.sandbox.faults.lose_reply(POST, times=3)
    planned.beat(deliver)
    planned.sandbox.faults.refuse(OPEN, "user_disabled", times=3)
    look_up(planned)
    assert planned.notices() == [("held", "user_disabled")] * 3
    look_up(planned)
    assert cards(planned) == [1, 1, 1]
    with planned.begin() as tx:
        assert [(str(kind), str(fate), why, n) for kind, fate, why, n in outbox.list_stuck(tx)] == [
            ("checkin", "held", "user_disabled", 3)
        ]


@on_sqlite
def test_where_no_history_can_be_read_what_people_ask_of_each_other_is_sent_again(office: Office) -> None:
    """Two messages are better than silence for whoever waits for an answer."""
    amy, eva, on = office.ref(AMY), office.ref(EVA), date(2027, 1, 6)
    with office.begin() as tx:
        asks.add(tx, Ask(ask_id="a1", asker=amy, recipient=eva, state=AskState.OPEN, asked_on=on))
        outbox.add(tx, notice(Kind.ASK, eva, "a1", office.clock.now(), facts={"ask": "a1"}))
    office.sandbox.faults.lose_reply(POST)
    before = len(office.dm(EVA))
    office.beat(deliver)
    office.sandbox.faults.refuse(OPEN, "user_not_found")
    look_up(office)
    assert office.notices("ask") == [SENT]
    assert len(office.dm(EVA)) == before + 2


@on_sqlite
def test_a_channel_s_history_is_not_ours_to_read(planned: Office) -> None:
    """The bot asks for no right to read channels, so a post whose outcome is unknown is held."""
    with planned.begin() as tx:
        pin = notice(Kind.PIN, None, "team1", planned.clock.now(), channel=CHANNEL, facts={"team": "team1"})
        outbox.add(tx, replace(pin, dedupe_key="pin|again"))
    planned.sandbox.faults.lose_reply(POST, times=4)
    planned.beat(deliver)
    look_up(planned)
    assert ("held", "missing_scope") in planned.notices("pin")
    assert planned.notices() == [SENT] * 3


@on_sqlite
def test_nothing_is_looked_up_once_the_app_was_taken_out(planned: Office) -> None:
    planned.sandbox.faults.lose_reply(POST, times=3)
    planned.beat(deliver)
    with planned.begin() as tx:
        workspaces.set_uninstalled(tx, planned.clock.now())
    look_up(planned)
    assert calls(planned, HISTORY) == 0


def test_two_machines_look_each_one_up_once(planned: Office, neighbour: Setting) -> None:
    planned.sandbox.faults.fail_500(POST, times=3)
    planned.beat(deliver)
    planned.let_leases_lapse()
    at_once(
        partial(planned.beat, reconcile, deliver),
        partial(planned.beat, reconcile, deliver, setting=neighbour),
    )
    assert calls(planned, HISTORY) == 3
    assert planned.notices() == [SENT] * 3
    assert cards(planned) == [1, 1, 1]


@on_sqlite
def test_a_slack_that_cannot_be_reached_leaves_everything_unknown(planned: Office) -> None:
    planned.sandbox.faults.lose_reply(POST, times=3)
    planned.beat(deliver)
    planned.let_leases_lapse()
    nowhere = Messenger(web_client("xoxb-1", "http://127.0.0.1:9/api/"))
    planned.beat(reconcile, setting=replace(planned.setting, messenger=nowhere))
    assert {fate for fate, _ in planned.notices()} == {"unknown"}


@on_sqlite
def test_after_a_restore_what_went_out_since_the_backup_is_found_however_old_it_is(office: Office) -> None:
    """The backup is of Wednesday 09:00; the card came at 10:00, the reminder on Thursday."""
    office.at("2027-01-13 09:00")
    backup = tuple(office.rows(table) for table in TIME_MOVES)
    office.pass_until("2027-01-14 15:00")
    before = {person: office.cards(person) for person in STAFF}
    assert cards(office) == [2, 2, 2]
    put_back(office, backup)
    office.settle()
    assert {person: office.cards(person) for person in STAFF} == before
    assert office.notices() == office.notices("checkin_again") == [SENT] * 3
    assert {state for person in STAFF for _, state, _ in office.weeks(person)} == {"sent"}


@on_sqlite
def test_after_a_restore_what_had_not_gone_out_goes_out_once(office: Office) -> None:
    """The program was off when the card was due, and came back with an older database."""
    office.at("2027-01-13 09:00")
    backup = tuple(office.rows(table) for table in TIME_MOVES)
    office.at("2027-01-13 15:00")
    put_back(office, backup)
    office.settle()
    assert cards(office) == [1, 1, 1]
    office.settle()
    assert cards(office) == [1, 1, 1]


TIME_MOVES = ("outbox", "occurrences", "rules", "timers")


def put_back(office: Office, backup: tuple[list[dict[str, Any]], ...]) -> None:
    """The rows as they were, and the note that they were put back."""
    with office.begin() as tx:
        for name, rows in zip(TIME_MOVES, backup, strict=True):
            table = metadata.tables[name]
            tx.execute(table.delete())
            if rows:
                tx.execute(insert(table), rows)
        workspaces.set_restored(tx, office.clock.now(), outbox.last_sent_at(tx) or office.clock.now())
        outbox.doubt_unsettled(tx, office.clock.now())
