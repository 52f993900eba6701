"""Delivery: each notice once, at an allowed hour, while it is wanted; whatever Slack does is recorded."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from bot.domain.checkins import State
from bot.domain.notices import Kind, notice
from schedules.checkins import plan_checkins
from schedules.delivery import deliver_one
from schedules.setting import Setting
from schedules.upkeep import hold_lapsed
from storage import checkins, members, outbox, teams, workspaces
from storage.outbox import Claim
from tests.schedules.office import AMY, BOB, CAT, FIRST_CARD, STAFF, Office, on_sqlite
from tests.storage.at_once import at_once

SENT, HELD = ("sent", None), ("held", "unknown_outcome")
POST = "chat.postMessage"


@pytest.fixture
def planned(office: Office) -> Office:
    """It is Wednesday 10:00; three cards are planned and none has been sent."""
    office.at(FIRST_CARD)
    office.beat(plan_checkins)
    return office


def claims(office: Office) -> Claim:
    """What a worker holds that is then killed."""
    with office.begin() as tx:
        claim = outbox.claim(tx, office.clock.now())
    assert claim is not None
    return claim


def test_each_notice_is_sent_once_with_nothing_but_an_opaque_id(planned: Office) -> None:
    before = planned.posts()
    planned.beat(deliver_one)
    planned.beat(deliver_one)
    assert planned.posts() == before + 3
    assert planned.notices() == [SENT] * 3
    ids = {row["delivery_id"] for row in planned.rows("outbox", kind="checkin")}
    metadata = [planned.dm(person)[-1].metadata for person in STAFF]
    assert {str(one) for one in metadata} == {
        str({"event_type": "delivery", "event_payload": {"id": delivery_id}}) for delivery_id in ids
    }


@on_sqlite
@pytest.mark.parametrize(
    ("choice", "reason"), [({"paused": True}, "paused"), ({"stopped": True}, "stopped"), (None, "left")]
)
def test_what_is_not_wanted_any_more_is_not_sent_and_the_week_says_why(
    planned: Office, choice: dict[str, bool] | None, reason: str
) -> None:
    if choice:
        with planned.begin() as tx:
            members.choose(tx, planned.ref(AMY), **choice)
    else:
        planned.change("people", {"active": False}, ref=planned.ref(AMY))
    planned.beat(deliver_one)
    assert planned.cards(AMY) == []
    assert planned.weeks(AMY) == [("w0", "skipped", reason)]
    assert planned.notices() == [("not_wanted", None), SENT, SENT]
    assert planned.cards(BOB) == [FIRST_CARD]


@on_sqlite
def test_who_left_the_team_gets_nothing_more(planned: Office) -> None:
    with planned.begin() as tx:
        teams.leave(tx, planned.ref(AMY), planned.clock.now())
    planned.settle()
    assert planned.cards(AMY) == []
    assert planned.weeks(AMY) == [("w0", "skipped", "left")]


@on_sqlite
def test_a_reminder_is_not_wanted_after_an_answer(planned: Office) -> None:
    planned.settle()
    planned.at("2027-01-14 10:00")
    with planned.begin() as tx:
        outbox_row = notice(
            Kind.CHECKIN_AGAIN,
            planned.ref(AMY),
            "w0|late",
            planned.clock.now(),
            facts={"week": 0, "was": "sent"},
        )
        outbox.add(tx, outbox_row)
        checkins.move(tx, planned.ref(AMY), 0, (State.SENT,), State.ANSWERED)
    planned.settle()
    assert planned.cards(AMY) == [FIRST_CARD]
    assert ("not_wanted", None) in planned.notices("checkin_again")


@on_sqlite
@pytest.mark.parametrize(
    ("now", "came"),
    [
        ("2027-01-13 12:00", "2027-01-13 14:00"),
        ("2027-01-13 13:59", "2027-01-13 14:00"),
        ("2027-01-13 17:00", "2027-01-14 09:00"),
        ("2027-01-14 06:00", "2027-01-14 09:00"),
    ],
)
def test_what_comes_outside_working_time_waits_for_it(planned: Office, now: str, came: str) -> None:
    planned.at(now)
    planned.beat(deliver_one)
    assert planned.cards(AMY) == []
    planned.pass_until(came)
    assert planned.cards(AMY) == [came]


@on_sqlite
def test_what_is_too_late_expires_and_the_week_says_so(planned: Office) -> None:
    planned.at("2027-01-15 15:59")
    planned.change("people", {"tz": "Europe/Madrid"}, ref=planned.ref(AMY))
    planned.beat(deliver_one)
    assert planned.cards(AMY) == []
    assert planned.weeks(AMY) == [("w0", "skipped", "late")]
    planned.at("2027-01-16 12:00")
    planned.settle()
    assert sorted(planned.notices())[0] in (("expired", None), ("not_wanted", None))
    assert not planned.rows("outbox", fate="waiting")


@on_sqlite
def test_the_day_after_closing_nothing_is_sent(planned: Office) -> None:
    planned.at("2027-01-16 12:00")
    planned.beat(deliver_one)
    assert [planned.cards(person) for person in STAFF] == [[], [], []]
    assert {fate for fate, _ in planned.notices()} <= {"expired", "not_wanted"}
    for person in STAFF:
        assert planned.weeks(person) == [("w0", "skipped", "late")]


def test_a_429_moves_the_workspaces_next_send_and_loses_nothing(planned: Office) -> None:
    planned.sandbox.faults.storm_429(POST, times=2, retry_after=40)
    before = planned.posts()
    planned.beat(deliver_one)
    assert planned.posts() == before + 1
    (workspace,) = planned.rows("workspaces")
    assert workspace["send_not_before"] == planned.clock.now() + timedelta(seconds=40)
    assert planned.notices() == [("waiting", None)] * 3
    planned.clock.advance(timedelta(seconds=39))
    planned.beat(deliver_one)
    assert planned.posts() == before + 1
    planned.pass_until("2027-01-13 10:05")
    assert planned.notices() == [SENT] * 3
    assert [len(planned.cards(person)) for person in STAFF] == [1, 1, 1]


@on_sqlite
def test_a_pause_of_one_workspace_does_not_hold_up_another(planned: Office) -> None:
    other, store = "T0OTHER00", planned.setting.store
    with planned.begin() as tx:
        known = members.get(tx, planned.ref(AMY))
    assert known is not None
    with store.begin(other) as tx:
        workspaces.enter(tx, "US")
        amy = tx.ref(AMY.id)
        members.put(tx, AMY.id, replace(known, ref=amy))
        quiet = notice(Kind.ASK_FOLLOW_UP, amy, "x", planned.clock.now(), facts={"ask": "gone"})
        outbox.add(tx, quiet)
    with planned.begin() as tx:
        workspaces.hold_sending(tx, planned.clock.now() + timedelta(minutes=5))
    assert not deliver_one(planned.setting, planned.workspace)
    assert deliver_one(planned.setting, other)


@on_sqlite
@pytest.mark.parametrize(("fault", "arrived"), [("lose_reply", 1), ("fail_500", 0)])
def test_an_unknown_outcome_is_held_and_never_sent_again(planned: Office, fault: str, arrived: int) -> None:
    getattr(planned.sandbox.faults, fault)(POST)
    for when in (FIRST_CARD, "2027-01-14 10:00", "2027-01-15 16:00", "2027-01-16 12:00"):
        planned.at(when)
        planned.settle()
    held = [row for row in planned.rows("outbox", kind="checkin") if row["fate"] == "held"]
    assert [row["reason"] for row in held] == ["unknown_outcome"]
    unlucky = next(person for person in STAFF if planned.ref(person) == held[0]["recipient"])
    assert len(planned.cards(unlucky)) == arrived
    assert planned.weeks(unlucky) == [("w0", "skipped", "late")]
    lucky = [person for person in STAFF if person is not unlucky]
    assert [len(planned.cards(person)) for person in lucky] == [2, 2]
    with planned.begin() as tx:
        assert [(str(kind), str(fate), n) for kind, fate, _, n in outbox.list_stuck(tx)] == [
            ("checkin", "held", 1)
        ]


@on_sqlite
def test_a_refusal_parks_that_one_with_slacks_code_and_everybody_elses_goes_on(planned: Office) -> None:
    """Bob was deactivated in Slack a moment ago, and the roster does not know yet."""
    planned.sandbox.remove_person(BOB.id)
    planned.beat(deliver_one)
    (parked,) = [row for row in planned.rows("outbox", kind="checkin") if row["fate"] == "parked"]
    assert parked["recipient"] == planned.ref(BOB)
    assert parked["reason"] in ("user_disabled", "account_inactive", "channel_not_found", "is_inactive")
    assert planned.weeks(BOB) == [("w0", "skipped", "refused")]
    assert planned.cards(AMY) == planned.cards(CAT) == [FIRST_CARD]
    before = planned.posts()
    planned.beat(deliver_one)
    assert planned.posts() == before
    with planned.begin() as tx:
        assert [str(fate) for _, fate, _, _ in outbox.list_stuck(tx)] == ["parked"]


@on_sqlite
def test_one_that_cannot_be_rendered_is_parked_and_stops_nobody(
    planned: Office, caplog: pytest.LogCaptureFixture
) -> None:
    with planned.begin() as tx:
        broken = notice(Kind.ASK, planned.ref(AMY), "none", planned.clock.now(), facts={})
        outbox.add(tx, broken)
    planned.beat(deliver_one)
    assert planned.notices("ask") == [("parked", "cannot_be_rendered")]
    assert planned.notices() == [SENT] * 3
    assert "notice cannot be rendered kind=ask" in caplog.text


def test_a_worker_killed_before_the_attempt_is_taken_over_after_its_lease(planned: Office) -> None:
    dead = claims(planned)
    planned.beat(deliver_one)
    assert sorted(planned.notices()) == [("claimed", None), SENT, SENT]
    planned.let_leases_lapse()
    planned.beat(deliver_one)
    assert planned.notices() == [SENT] * 3
    assert [len(planned.cards(person)) for person in STAFF] == [1, 1, 1]
    with planned.begin() as tx:
        assert not outbox.mark_attempted(tx, dead)
        assert not outbox.mark_sent(tx, dead, "D1", "1.0")


def test_a_worker_killed_after_the_attempt_leaves_it_held(planned: Office) -> None:
    """It may have arrived: one message too few beats one too many until the history can be read."""
    dead = claims(planned)
    with planned.begin() as tx:
        assert outbox.mark_attempted(tx, dead)
    planned.let_leases_lapse()
    planned.beat(hold_lapsed, deliver_one)
    assert sorted(planned.notices()) == [("held", "worker_lost"), SENT, SENT]
    planned.at("2027-01-14 10:00")
    planned.settle()
    assert sum(len(planned.cards(person)) for person in STAFF) == 4


@on_sqlite
def test_an_answer_that_comes_after_the_lease_is_still_recorded(planned: Office) -> None:
    slow = claims(planned)
    with planned.begin() as tx:
        assert outbox.mark_attempted(tx, slow)
    planned.let_leases_lapse()
    planned.beat(hold_lapsed)
    with planned.begin() as tx:
        assert outbox.mark_sent(tx, slow, "D1", "1.0")
    assert ("sent", None) in [(row["fate"], None) for row in planned.rows("outbox", kind="checkin")]


def test_two_machines_at_once_send_each_notice_once(planned: Office, neighbour: Setting) -> None:
    before = planned.posts()
    at_once(
        partial(planned.beat, deliver_one),
        partial(planned.beat, deliver_one, setting=neighbour),
    )
    assert planned.posts() == before + 3
    assert planned.notices() == [SENT] * 3
    assert [len(planned.cards(person)) for person in STAFF] == [1, 1, 1]


@on_sqlite
def test_nothing_is_sent_once_the_app_was_taken_out(planned: Office) -> None:
    with planned.begin() as tx:
        workspaces.set_uninstalled(tx, planned.clock.now())
    before = planned.posts()
    planned.pass_until("2027-01-14 12:00")
    assert planned.posts() == before


@on_sqlite
def test_a_token_that_stops_working_costs_nobody_their_week(planned: Office) -> None:
    """The token was changed in Slack and not yet here: everything waits until somebody puts it right."""
    good = planned.setting.messenger.client.token
    planned.setting.messenger.client.token = "xoxb-of-yesterday"
    planned.settle()
    assert planned.notices() == [("waiting", None)] * 3
    planned.setting.messenger.client.token = good
    planned.pass_until("2027-01-13 10:30")
    assert planned.notices() == [SENT] * 3
