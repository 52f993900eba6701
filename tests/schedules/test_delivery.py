"""Delivery: each notice once, at an allowed hour, while it is wanted; whatever Slack does is recorded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import pytest

from bot.demo.cast import LOS_ANGELES, NEW_YORK
from bot.domain.checkins import State
from bot.domain.leave import Span
from bot.domain.notices import Kind, Pace, notice
from bot.slack import Messenger, Outcome, Said
from schedules import scheduler
from schedules.checkins import plan_checkins
from schedules.delivery import deliver
from schedules.roster import sync_roster
from schedules.setting import Patience, Setting
from storage import checkins, leave, members, outbox, teams, workspaces
from storage.database import Tx
from storage.outbox import Claim
from storage.schema import metadata
from tests.schedules.office import AMY, BOB, CAT, CHANNEL, FIRST_CARD, STAFF, Office, on_sqlite
from tests.storage.at_once import at_once
from tests.stories.play import local

SENT, UNKNOWN = ("sent", None), ("unknown", "no_answer")
LEASE = timedelta(minutes=1)
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
        (claim,) = outbox.claim(tx, office.clock.now(), LEASE, 1)
    return claim


def mark(office: Office, claim: Claim) -> bool:
    with office.begin() as tx:
        return bool(outbox.mark_attempted(tx, [claim], LEASE))


def test_each_notice_is_sent_once_with_nothing_but_an_opaque_id(planned: Office) -> None:
    before = planned.posts()
    planned.beat(deliver)
    planned.beat(deliver)
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
    planned.beat(deliver)
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
    planned.beat(deliver)
    assert planned.cards(AMY) == []
    planned.pass_until(came)
    assert planned.cards(AMY) == [came]


def away(office: Office, first: str, last: str) -> None:
    span = Span(first_on=date.fromisoformat(first), last_on=date.fromisoformat(last))
    with office.begin() as tx:
        leave.save(tx, office.ref(AMY), (span,))


FACTS = {"week": 0, "was": "sent", "ask": "a1", "team": "team1", "period": 0, "admin": "x"}


@on_sqlite
@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.CHECKIN])
def test_no_kind_of_notice_reaches_somebody_on_their_days_away(planned: Office, kind: Kind) -> None:
    """Queued before they were set."""
    with planned.begin() as tx:
        outbox.add(tx, notice(kind, planned.ref(AMY), "x", planned.clock.now(), facts=FACTS))
    away(planned, "2027-01-13", "2027-01-15")
    before = len(planned.dm(AMY))
    planned.beat(deliver)
    planned.pass_until("2027-01-15 23:00")
    assert len(planned.dm(AMY)) == before
    assert planned.weeks(AMY) == [("w0", "skipped", "leave")]
    assert planned.cards(BOB)[0] == FIRST_CARD


@on_sqlite
def test_no_kind_of_notice_arrives_at_lunch_at_night_on_a_weekend_or_a_holiday(planned: Office) -> None:
    """Planned for a moment of working time, and looked at again at the worst ones."""
    with planned.begin() as tx:
        for kind in Kind:
            outbox.add(tx, notice(kind, planned.ref(AMY), "x", planned.clock.now(), facts=FACTS))
            post = notice(kind, None, "y", planned.clock.now(), channel=CHANNEL, facts=FACTS)
            outbox.add(tx, post)
    before = planned.posts()
    lunch, night = "2027-01-13 12:30", "2027-01-14 03:00"
    weekend, holiday = "2027-01-16 11:00", "2027-01-18 11:00"
    for worst in (lunch, night, weekend, holiday):
        planned.at(worst)
        planned.change("outbox", {"due_at": planned.clock.now()}, fate="waiting")
        planned.beat(deliver)
        assert planned.posts() == before
    planned.pass_until("2027-01-19 09:00")
    assert planned.posts() > before


@on_sqlite
def test_what_waited_for_weeks_of_leave_comes_on_the_first_morning_back(planned: Office) -> None:
    away(planned, "2027-01-13", "2027-02-02")
    with planned.begin() as tx:
        outbox.add(tx, notice(Kind.FIRST_CONTACT, planned.ref(AMY), "again", planned.clock.now()))
    before = len(planned.dm(AMY))
    planned.pass_until("2027-02-03 08:59")
    assert len(planned.dm(AMY)) == before
    planned.pass_until("2027-02-03 09:00")
    assert [local(message.at, NEW_YORK) for message in planned.dm(AMY)[before:]] == ["2027-02-03 09:00"]


@on_sqlite
def test_a_card_that_was_asked_for_comes_whatever_the_hour_and_only_that_one(planned: Office) -> None:
    planned.at("2027-01-13 23:00")
    away(planned, "2027-01-13", "2027-01-15")
    with planned.begin() as tx:
        wanted = notice(
            Kind.CHECKIN, planned.ref(AMY), "w0", planned.clock.now(), facts={"week": 0, "asked_for": 1}
        )
        assert outbox.renew(tx, wanted)
    planned.beat(deliver)
    assert planned.cards(AMY) == ["2027-01-13 23:00"]
    planned.pass_until("2027-01-16 12:00")
    assert planned.cards(AMY) == ["2027-01-13 23:00"]
    assert planned.cards(BOB)[0] == "2027-01-14 09:00"


@on_sqlite
def test_who_moves_west_keeps_the_time_until_it_closes_there(planned: Office) -> None:
    """Planned to end on Friday 16:00 in New York, which is 13:00 in Los Angeles."""
    planned.sandbox.change_person(AMY.id, tz=LOS_ANGELES)
    planned.at("2027-01-15 16:30")
    planned.beat(sync_roster)
    planned.beat(deliver)
    assert planned.cards(AMY) == []
    planned.pass_until("2027-01-15 18:00")
    assert planned.cards(AMY) == ["2027-01-15 17:00"]


@on_sqlite
def test_who_moves_to_where_the_week_is_over_gets_no_card_and_the_week_says_so(planned: Office) -> None:
    planned.at("2027-01-15 15:59")
    planned.change("people", {"tz": "Europe/Madrid"}, ref=planned.ref(AMY))
    planned.beat(deliver)
    assert planned.cards(AMY) == []
    assert planned.weeks(AMY) == [("w0", "skipped", "moved")]
    planned.at("2027-01-16 12:00")
    planned.settle()
    assert sorted(planned.notices())[0] in (("expired", None), ("not_wanted", None))
    assert not planned.rows("outbox", fate="waiting")


@on_sqlite
def test_the_day_after_closing_nothing_is_sent(planned: Office) -> None:
    planned.at("2027-01-16 12:00")
    planned.beat(deliver)
    assert [planned.cards(person) for person in STAFF] == [[], [], []]
    assert {fate for fate, _ in planned.notices()} <= {"expired", "not_wanted"}
    for person in STAFF:
        assert planned.weeks(person) == [("w0", "skipped", "late")]


def test_a_429_moves_the_workspaces_next_send_and_loses_nothing(planned: Office) -> None:
    planned.sandbox.faults.storm_429(POST, times=99, retry_after=40)
    before = planned.posts()
    planned.beat(deliver)
    asked = planned.posts()
    assert before < asked <= before + 3
    planned.sandbox.faults.clear()
    (workspace,) = planned.rows("workspaces")
    assert workspace["send_not_before"] == planned.clock.now() + timedelta(seconds=40)
    assert planned.notices() == [("waiting", None)] * 3
    planned.clock.advance(timedelta(seconds=39))
    planned.beat(deliver)
    assert planned.posts() == asked
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
    assert not deliver(planned.setting, planned.workspace)
    assert deliver(planned.setting, other)


@on_sqlite
def test_a_refusal_parks_that_one_with_slacks_code_and_everybody_elses_goes_on(planned: Office) -> None:
    """Bob was deactivated in Slack a moment ago, and the roster does not know yet."""
    planned.sandbox.remove_person(BOB.id)
    planned.beat(deliver)
    (parked,) = [row for row in planned.rows("outbox", kind="checkin") if row["fate"] == "parked"]
    assert parked["recipient"] == planned.ref(BOB)
    assert parked["reason"] in ("user_disabled", "account_inactive", "channel_not_found", "is_inactive")
    assert planned.weeks(BOB) == [("w0", "skipped", "refused")]
    assert planned.cards(AMY) == planned.cards(CAT) == [FIRST_CARD]
    before = planned.posts()
    planned.beat(deliver)
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
    planned.beat(deliver)
    assert planned.notices("ask") == [("parked", "cannot_be_rendered")]
    assert planned.notices() == [SENT] * 3
    assert "notice set aside kind=ask reason=cannot_be_rendered" in caplog.text


def test_a_worker_killed_before_the_attempt_is_taken_over_after_its_lease(planned: Office) -> None:
    dead = claims(planned)
    planned.beat(deliver)
    assert sorted(planned.notices()) == [("claimed", None), SENT, SENT]
    planned.let_leases_lapse()
    planned.beat(deliver)
    assert planned.notices() == [SENT] * 3
    assert [len(planned.cards(person)) for person in STAFF] == [1, 1, 1]
    assert not mark(planned, dead)
    with planned.begin() as tx:
        assert not outbox.mark_sent(tx, [(dead, "D1", "1.0")])


def test_two_machines_at_once_send_each_notice_once(planned: Office, neighbour: Setting) -> None:
    before = planned.posts()
    at_once(
        partial(planned.beat, deliver),
        partial(planned.beat, deliver, setting=neighbour),
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


def at_pace(office: Office, per_minute: int) -> Setting:
    return replace(office.setting, pace=Pace(per_minute=per_minute))


def queued(office: Office, many: int, kind: Kind = Kind.QUIET_QUESTION) -> None:
    """So many notices due now; nobody was silent, so they are not wanted, which takes no room either."""
    with office.begin() as tx:
        for n in range(many):
            outbox.add(tx, notice(kind, office.ref(AMY), f"w{n}", office.clock.now()))


@on_sqlite
def test_no_more_goes_out_than_the_workspace_s_pace(planned: Office) -> None:
    slowly = at_pace(planned, per_minute=6)
    before = planned.posts()
    planned.beat(deliver, setting=slowly)
    assert planned.posts() == before + 1
    planned.clock.advance(timedelta(seconds=9))
    planned.beat(deliver, setting=slowly)
    assert planned.posts() == before + 1 + 1
    planned.clock.advance(timedelta(seconds=10))
    planned.beat(deliver, setting=slowly)
    assert planned.notices() == [SENT] * 3


@on_sqlite
def test_what_is_not_wanted_takes_no_room_from_the_others(planned: Office) -> None:
    queued(planned, 30)
    planned.beat(deliver, setting=at_pace(planned, per_minute=60))
    assert planned.notices() == [SENT] * 3
    assert planned.notices("quiet_question") == [("not_wanted", None)] * 30


@on_sqlite
def test_the_next_due_instant_is_when_the_pace_allows_it(planned: Office) -> None:
    slowly = at_pace(planned, per_minute=6)
    while scheduler.beat_all(slowly):
        pass
    waited_until = scheduler.next_due_at(slowly)
    assert waited_until is not None
    assert timedelta() < waited_until - planned.clock.now() <= timedelta(seconds=10)


def test_all_machines_together_keep_the_pace(planned: Office, neighbour: Setting) -> None:
    before = planned.posts()
    ours, theirs = at_pace(planned, per_minute=6), replace(neighbour, pace=Pace(per_minute=6))
    at_once(partial(planned.beat, deliver, setting=ours), partial(planned.beat, deliver, setting=theirs))
    assert planned.posts() == before + 1


@on_sqlite
def test_after_slack_asked_for_a_pause_the_rest_of_a_round_is_not_tried(planned: Office) -> None:
    """The pool has eight threads: what is not begun when Slack says wait is not begun at all."""
    with planned.begin() as tx:
        for n in range(20):
            outbox.add(tx, notice(Kind.FIRST_CONTACT, planned.ref(AMY), f"again{n}", planned.clock.now()))
    planned.sandbox.faults.storm_429(POST, times=99)
    before = planned.posts()
    planned.beat(deliver)
    assert planned.posts() - before < 23
    assert planned.notices() == [("waiting", None)] * 3


@on_sqlite
def test_once_told_to_stop_nothing_more_is_begun(planned: Office) -> None:
    before = planned.posts()
    planned.setting.stopping.set()
    deliver(planned.setting, planned.workspace)
    assert planned.posts() == before
    assert planned.notices() == [("waiting", None)] * 3


@on_sqlite
def test_a_worker_that_held_its_notices_too_long_posts_none_of_them(planned: Office) -> None:
    """Somebody else may have taken them over: its lease is all but gone."""
    before = planned.posts()
    late = replace(planned.setting, patience=Patience(lease=timedelta()))
    deliver(late, planned.workspace)
    assert planned.posts() == before
    planned.beat(deliver)
    assert planned.posts() == before + 3


class Meddling(Messenger):
    """While a message goes out, somebody else does something."""

    def __init__(self, office: Office, act: Callable[[Tx], None]) -> None:
        super().__init__(office.setting.messenger.client)
        self.office, self.act = office, act

    def post(self, to: str, message: Said, delivery_id: str, thread: str | None = None) -> Outcome:
        with self.office.begin() as tx:
            self.act(tx)
        return super().post(to, message, delivery_id, thread)


@on_sqlite
def test_a_message_whose_traces_cannot_be_noted_is_held_and_stops_nobody(planned: Office) -> None:
    def lose_amy(tx: Tx) -> None:
        people = metadata.tables["people"]
        tx.execute(people.delete().where(people.c.ref == planned.ref(AMY)))

    planned.beat(deliver, setting=replace(planned.setting, messenger=Meddling(planned, lose_amy)))
    assert sorted(planned.notices()) == [("held", "cannot_be_recorded"), SENT, SENT]
    assert [len(planned.cards(person)) for person in STAFF] == [1, 1, 1]


@on_sqlite
def test_who_pauses_while_their_card_is_on_its_way_keeps_it(planned: Office) -> None:
    def pause(tx: Tx) -> None:
        members.choose(tx, planned.ref(AMY), paused=True)

    planned.beat(deliver, setting=replace(planned.setting, messenger=Meddling(planned, pause)))
    assert planned.notices() == [SENT] * 3
    assert planned.weeks(AMY) == [("w0", "sent", None)]
