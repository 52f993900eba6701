"""Planning makes nothing twice: called again, from two machines at once, after time off line."""

from __future__ import annotations

from datetime import date
from functools import partial

import pytest

from bot.domain.asks import Ask, AskState
from bot.domain.checkins import Standing
from bot.domain.leave import Span
from bot.sandbox import Person
from schedules.checkins import plan_checkins
from schedules.delivery import deliver
from schedules.setting import Setting
from schedules.supervision import plan_weekly
from schedules.timers import move_timers_on
from storage import asks, leave, members, rules, timers
from storage.rules import RuleKind
from storage.timers import ask_entity
from tests.schedules.office import AMY, BOB, CAT, EVA, FIRST_CARD, STAFF, Office, on_sqlite
from tests.storage.at_once import at_once


def look_again(office: Office, kind: RuleKind, *people: Person) -> None:
    """As if the row that says when to look had not been moved on."""
    with office.begin() as tx:
        for person in people:
            rules.set_next_due(tx, office.clock.now(), ref=office.ref(person), kind=kind)


def test_a_check_in_planned_twice_is_one(office: Office) -> None:
    office.at(FIRST_CARD)
    assert plan_checkins(office.setting, office.workspace)
    assert not plan_checkins(office.setting, office.workspace)
    look_again(office, RuleKind.CHECKIN, *STAFF)
    office.beat(plan_checkins)
    assert office.notices() == [("waiting", None)] * 3
    for person in STAFF:
        assert office.weeks(person) == [("w0", "planned", None)]


def test_two_machines_at_once_plan_one_check_in_each(office: Office, neighbour: Setting) -> None:
    office.at(FIRST_CARD)
    at_once(
        partial(office.beat, plan_checkins),
        partial(office.beat, plan_checkins, setting=neighbour),
    )
    assert office.notices() == [("waiting", None)] * 3
    assert len(office.rows("occurrences")) == 3
    assert len(office.rows("timers", kind="close")) == 3


def test_a_weekly_message_planned_twice_and_by_two_machines_is_one(
    office: Office, neighbour: Setting
) -> None:
    office.at("2027-01-11 09:30")
    at_once(partial(office.beat, plan_weekly), partial(office.beat, plan_weekly, setting=neighbour))
    look_again(office, RuleKind.WEEKLY, EVA)
    office.beat(plan_weekly)
    assert office.notices("weekly") == [("waiting", None)]
    assert len(office.rows("occurrences", kind="weekly")) == 1


def test_two_machines_at_once_remind_once(office: Office, neighbour: Setting) -> None:
    office.at(FIRST_CARD)
    office.settle()
    office.at("2027-01-14 10:00")
    at_once(
        partial(office.beat, move_timers_on),
        partial(office.beat, move_timers_on, setting=neighbour),
    )
    assert office.notices("checkin_again") == [("waiting", None)] * 3
    assert not office.rows("timers", kind="remind")


def test_two_machines_at_once_close_a_week_once(office: Office, neighbour: Setting) -> None:
    """Closing counts a silence: twice would ask the private question a week early."""
    office.at(FIRST_CARD)
    office.settle()
    office.at("2027-01-15 16:00")
    at_once(
        partial(office.beat, move_timers_on),
        partial(office.beat, move_timers_on, setting=neighbour),
    )
    assert [row["run"] for row in office.rows("rules", kind="checkin")] == [1, 1, 1]
    assert {week for person in STAFF for week in office.weeks(person)} == {("w0", "closed", None)}


@on_sqlite
@pytest.mark.parametrize("choice", [{"stopped": True}, {"paused": True}])
def test_who_pauses_or_stops_while_a_card_is_out_was_not_silent(
    office: Office, choice: dict[str, bool]
) -> None:
    office.at(FIRST_CARD)
    office.settle()
    with office.begin() as tx:
        rules.set_standing(tx, office.ref(AMY), Standing(run=2))
        members.choose(tx, office.ref(AMY), **choice)
    office.at("2027-01-15 16:00")
    office.settle()
    assert office.weeks(AMY) == office.weeks(BOB) == [("w0", "closed", None)]
    with office.begin() as tx:
        assert rules.standing(tx, office.ref(AMY)) == Standing(run=2)
        assert rules.standing(tx, office.ref(BOB)) == Standing(run=1)
    assert office.notices("quiet_question") == []


@on_sqlite
def test_who_goes_away_while_a_card_is_out_was_not_silent(office: Office) -> None:
    office.at(FIRST_CARD)
    office.settle()
    friday = Span(first_on=date(2027, 1, 15), last_on=date(2027, 1, 15))
    with office.begin() as tx:
        rules.set_standing(tx, office.ref(AMY), Standing(run=2))
        leave.save(tx, office.ref(AMY), (friday,))
    office.at("2027-01-15 16:00")
    office.settle()
    with office.begin() as tx:
        assert rules.standing(tx, office.ref(AMY)) == Standing(run=2)
        assert rules.standing(tx, office.ref(BOB)) == Standing(run=1)


@on_sqlite
def test_one_persons_row_that_fails_is_pushed_on_and_stops_nobody_elses(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    office.change("people", {"tz": "Mars/Olympus"}, ref=office.ref(BOB))
    office.at(FIRST_CARD)
    office.beat(plan_checkins)
    assert office.weeks(AMY) == office.weeks(CAT) == [("w0", "planned", None)]
    assert office.weeks(BOB) == []
    assert "row pushed on" in caplog.text
    assert "Mars" not in caplog.text
    office.change("people", {"tz": "America/New_York"}, ref=office.ref(BOB))
    office.pass_until("2027-01-13 11:00")
    assert office.cards(BOB) == ["2027-01-13 11:00"]


@on_sqlite
def test_a_timer_that_fails_is_put_off_and_stops_nobody_elses(office: Office) -> None:
    office.at(FIRST_CARD)
    office.settle()
    office.change("people", {"tz": "Mars/Olympus"}, ref=office.ref(BOB))
    office.at("2027-01-15 16:00")
    office.beat(move_timers_on)
    assert office.weeks(AMY) == [("w0", "closed", None)]
    assert office.weeks(BOB) == [("w0", "sent", None)]
    office.change("people", {"tz": "America/New_York"}, ref=office.ref(BOB))
    office.at("2027-01-15 17:00")
    office.beat(move_timers_on)
    assert office.weeks(BOB) == [("w0", "closed", None)]


@on_sqlite
def test_after_time_off_line_the_weeks_that_closed_are_recorded_and_the_present_one_comes(
    office: Office,
) -> None:
    office.at("2027-02-10 14:30")
    office.settle()
    for person in STAFF:
        assert office.weeks(person) == [
            *((f"w{week}", "skipped", "late") for week in range(4)),
            ("w4", "sent", None),
        ]
        assert office.cards(person) == ["2027-02-10 14:30"]
    assert office.notices("weekly")[-1:] == [("sent", None)]


@on_sqlite
def test_a_card_that_came_late_is_not_followed_by_its_reminder_at_once(office: Office) -> None:
    """Planned on Wednesday, sent on Thursday afternoon: the next working day is a Friday, so none comes."""
    office.at(FIRST_CARD)
    office.beat(plan_checkins)
    office.at("2027-01-14 15:00")
    office.settle()
    office.pass_until("2027-01-16 12:00")
    assert office.cards(AMY) == ["2027-01-14 15:00"]


@on_sqlite
def test_a_card_that_came_a_day_late_is_reminded_a_working_day_after_it_came(office: Office) -> None:
    with office.begin() as tx:
        members.choose(tx, office.ref(AMY), weekday=0)
    office.settle()
    office.at("2027-01-11 10:00")
    look_again(office, RuleKind.CHECKIN, AMY)
    office.beat(plan_checkins)
    office.at("2027-01-12 15:00")
    office.beat(deliver)
    office.pass_until("2027-01-16 12:00")
    assert office.cards(AMY) == ["2027-01-12 15:00", "2027-01-13 15:00"]


def test_an_ask_moves_on_once_whoever_moves_it(office: Office, neighbour: Setting) -> None:
    ask = Ask(
        ask_id="a1",
        asker=office.ref(AMY),
        recipient=office.ref(EVA),
        deputy=office.ref(BOB),
        asked_on=office.clock.now().date(),
    )
    with office.begin() as tx:
        asks.add(tx, ask)
        timers.put(tx, ask_entity("a1"), "ask_deputy", office.clock.now())
        timers.put(tx, ask_entity("a1"), "ask_unanswered", office.clock.now())
    at_once(
        partial(office.beat, move_timers_on),
        partial(office.beat, move_timers_on, setting=neighbour),
    )
    assert office.notices("ask") == [("waiting", None)]
    assert office.notices("ask_unanswered") == [("waiting", None)]
    assert [row["kind"] for row in office.rows("timers")] == ["ask_end"]
    office.pass_until("2027-01-21 12:00")
    with office.begin() as tx:
        assert (ended := asks.get(tx, "a1")) is not None
        assert ended.state is AskState.NO_LONGER
    assert not office.rows("timers")
