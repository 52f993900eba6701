"""Slack's roster as it is kept here: who moved, who left, do-not-disturb; and what time lets be forgotten."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from functools import partial
from threading import Event, Timer

import pytest

from schedules.roster import AGAIN, sync_roster
from schedules.setting import Setting
from schedules.upkeep import erase_old
from storage import answers, events, workspaces
from storage.schema import metadata
from tests.schedules.office import AMY, BOB, CAT, FIRST_CARD, STAFF, STRANGER, Office, on_sqlite
from tests.storage.at_once import at_once


def reads(office: Office) -> int:
    return sum(call.method == "users.list" for call in office.sandbox.calls)


@on_sqlite
def test_the_roster_tells_who_moved_and_the_next_card_follows(office: Office) -> None:
    office.sandbox.change_person(AMY.id, tz="America/Los_Angeles", locale="es-ES")
    assert office.rows("people", ref=office.ref(AMY))[0]["tz"] == "America/New_York"
    office.pass_until("2027-01-13 20:00")
    row = office.rows("people", ref=office.ref(AMY))[0]
    assert (row["tz"], row["locale"]) == ("America/Los_Angeles", "es-ES")
    assert office.cards(AMY) == ["2027-01-13 13:00"]
    assert office.cards(BOB) == [FIRST_CARD]
    assert office.dm(AMY)[-1].text == office.setting.content.words("es")("checkin.title_small")


@on_sqlite
def test_who_left_slack_is_not_planned_and_who_comes_back_is(office: Office) -> None:
    office.sandbox.remove_person(AMY.id)
    office.pass_until("2027-01-16 12:00")
    assert office.weeks(AMY) == []
    assert office.rows("people", ref=office.ref(AMY))[0]["active"] is False
    assert not office.notices("first_contact")[3:]
    office.sandbox.change_person(AMY.id, deleted=False)
    office.at("2027-01-25 09:00")
    office.settle()
    office.pass_until("2027-01-27 12:00")
    assert office.cards(AMY) == ["2027-01-27 10:00"]


@on_sqlite
def test_the_status_for_vacation_is_kept_without_its_words(office: Office) -> None:
    until = office.clock.now() + timedelta(days=2)
    for emoji, ends_at in ((":palm_tree:", until), (":palm_tree:", None), ("", None)):
        office.sandbox.set_status(AMY.id, "Gone fishing", emoji, ends_at)
        office.clock.advance(timedelta(hours=6))
        office.beat(sync_roster)
        row = office.rows("people", ref=office.ref(AMY))[0]
        assert (row["on_vacation"], row["vacation_until"]) == (emoji != "", ends_at)
        assert "fishing" not in str([office.rows(name) for name in metadata.tables])


@on_sqlite
def test_another_status_holds_nothing_back(office: Office) -> None:
    """Out sick, in a meeting: nobody's business, and Choir does not read it."""
    for emoji in (":face_with_thermometer:", ":calendar:", ":house_with_garden:", ":airplane:"):
        office.sandbox.set_status(AMY.id, "Vacationing", emoji)
        office.clock.advance(timedelta(hours=6))
        office.beat(sync_roster)
        assert not office.rows("people", ref=office.ref(AMY))[0]["on_vacation"]


@on_sqlite
def test_do_not_disturb_is_kept_as_slack_says_it_and_forgotten_when_it_is_gone(office: Office) -> None:
    office.sandbox.change_person(AMY.id, dnd=(time(22), time(7)))
    office.clock.advance(timedelta(hours=6))
    office.beat(sync_roster)
    row = office.rows("people", ref=office.ref(AMY))[0]
    assert row["quiet_until"] - row["quiet_from"] == timedelta(hours=9)
    office.sandbox.change_person(AMY.id, dnd=None)
    office.clock.advance(timedelta(hours=6))
    office.beat(sync_roster)
    row = office.rows("people", ref=office.ref(AMY))[0]
    assert (row["quiet_from"], row["quiet_until"]) == (None, None)


@on_sqlite
def test_only_people_with_a_part_here_are_kept(office: Office) -> None:
    office.clock.advance(timedelta(hours=6))
    office.beat(sync_roster)
    assert len(office.rows("people")) == len(STAFF) + 1
    assert not office.rows("people", ref=office.ref(STRANGER))


def test_the_roster_is_read_every_six_hours_by_one_machine(office: Office, neighbour: Setting) -> None:
    before = reads(office)
    office.clock.advance(timedelta(hours=5, minutes=59))
    office.beat(sync_roster)
    assert reads(office) == before
    office.clock.advance(timedelta(minutes=1))
    at_once(partial(office.beat, sync_roster), partial(office.beat, sync_roster, setting=neighbour))
    assert reads(office) == before + 1


@on_sqlite
@pytest.mark.parametrize("method", ["users.list", "dnd.teamInfo"])
def test_a_roster_that_cannot_be_read_changes_nothing_and_stops_nothing(
    office: Office, method: str, caplog: pytest.LogCaptureFixture
) -> None:
    before = office.rows("people")
    office.sandbox.faults.fail_500(method)
    office.clock.advance(timedelta(hours=6))
    office.settle()
    assert office.rows("people") == before
    assert "roster could not be read" in caplog.text
    office.pass_until(FIRST_CARD)
    assert [office.cards(person) for person in STAFF] == [[FIRST_CARD]] * 3


@on_sqlite
@pytest.mark.parametrize("method", ["users.list", "dnd.teamInfo"])
def test_a_roster_that_could_not_be_read_is_read_ten_minutes_later(office: Office, method: str) -> None:
    office.sandbox.change_person(AMY.id, dnd=(time(22), time(7)))
    office.sandbox.faults.fail_500(method)
    office.clock.advance(timedelta(hours=6))
    office.beat(sync_roster)
    before = reads(office)
    office.clock.advance(timedelta(minutes=9))
    office.beat(sync_roster)
    assert reads(office) == before
    office.clock.advance(timedelta(minutes=1))
    office.beat(sync_roster)
    assert reads(office) == before + 1
    assert office.rows("people", ref=office.ref(AMY))[0]["quiet_until"]
    office.clock.advance(timedelta(hours=5))
    office.beat(sync_roster)
    assert reads(office) == before + 1


@on_sqlite
def test_with_slack_away_for_an_hour_the_roster_is_asked_for_seven_times(office: Office) -> None:
    office.sandbox.faults.fail_500("users.list", times=1000)
    office.clock.advance(timedelta(hours=6))
    before = reads(office)
    for _ in range(120):
        office.beat(sync_roster)
        office.clock.advance(timedelta(seconds=30))
    assert 6 <= reads(office) - before <= 7


@on_sqlite
def test_a_machine_that_dies_while_it_reads_leaves_the_roster_to_another(
    office: Office, neighbour: Setting
) -> None:
    office.clock.advance(timedelta(hours=6))
    with office.begin() as tx:
        assert workspaces.claim_roster(tx, office.clock.now(), office.clock.now() + AGAIN)
    before = reads(office)
    office.clock.advance(timedelta(minutes=10))
    office.beat(sync_roster, setting=neighbour)
    assert reads(office) == before + 1


@on_sqlite
@pytest.mark.parametrize("method", ["users.list", "dnd.teamInfo"])
def test_told_to_wait_it_waits_and_goes_on_where_it_was(office: Office, method: str) -> None:
    office.sandbox.change_person(AMY.id, dnd=(time(22), time(7)))
    office.sandbox.faults.storm_429(method, retry_after=1)
    office.clock.advance(timedelta(hours=6))
    office.beat(sync_roster)
    assert office.rows("people", ref=office.ref(AMY))[0]["quiet_until"]


@on_sqlite
def test_told_to_stop_it_asks_slack_nothing_more_and_the_next_start_reads_at_once(office: Office) -> None:
    stopping = Event()
    setting = replace(office.setting, stopping=stopping)
    office.sandbox.faults.hold_up("users.list", 0.3)
    office.clock.advance(timedelta(hours=6))
    before = asked_about_quiet(office)
    Timer(0.1, stopping.set).start()
    office.beat(sync_roster, setting=setting)
    assert asked_about_quiet(office) == before
    office.beat(sync_roster)
    assert asked_about_quiet(office) == before + 1


def asked_about_quiet(office: Office) -> int:
    return sum(call.method == "dnd.teamInfo" for call in office.sandbox.calls)


@on_sqlite
def test_an_app_that_was_taken_out_unheard_is_found_out_and_sends_nothing_more(office: Office) -> None:
    office.sandbox.uninstall()
    office.clock.advance(timedelta(hours=6))
    office.beat(sync_roster)
    with office.begin() as tx:
        assert workspaces.is_uninstalled(tx)
    before = len(office.sandbox.calls)
    office.pass_until(FIRST_CARD)
    assert len(office.sandbox.calls) == before


@on_sqlite
def test_somebody_in_a_zone_that_is_not_known_stops_nobody_elses_roster(office: Office) -> None:
    """The row says another zone than Slack does, so that everybody is noted anew."""
    for person in STAFF:
        office.change("people", {"tz": "Mars/Olympus"}, ref=office.ref(person))
    office.sandbox.change_person(CAT.id, tz="America/Denver")
    office.pass_until("2027-01-13 13:00")
    assert office.cards(CAT) == ["2027-01-13 12:00"]


def test_answers_are_erased_after_thirteen_weeks(office: Office) -> None:
    with office.begin() as tx:
        for week in range(15):
            answers.save(tx, office.ref(AMY), week, {"qC1": 3})
    office.at("2027-04-19 12:00")
    office.beat(erase_old)
    assert [row["week"] for row in office.rows("answers")] != []
    assert min(row["week"] for row in office.rows("answers")) == 1
    assert len(office.rows("answers")) == 14


def test_events_are_remembered_for_a_day(office: Office) -> None:
    with office.begin() as tx:
        assert events.first_seen(tx, "Ev1", office.clock.now())
    office.clock.advance(timedelta(hours=23))
    office.beat(erase_old)
    assert len(office.rows("seen_events")) == 1
    office.clock.advance(timedelta(hours=2))
    office.beat(erase_old)
    assert office.rows("seen_events") == []
