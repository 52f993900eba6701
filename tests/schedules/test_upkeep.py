"""What upkeep erases in time, and how it heeds Slack's wish for a pause."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from bot.domain.asks import Ask
from bot.domain.checkins import State
from bot.domain.leave import Span
from bot.domain.notices import Kind
from bot.domain.peers import RequestState
from bot.sandbox import Person
from schedules.upkeep import erase_old, mend_cards
from storage import answers, asks, checkins, leave, matching, members, peers, workspaces
from storage.schema import metadata
from tests.schedules.office import AMY, BOB, EVA, FIRST_CARD, Office, on_sqlite
from tests.storage.full import request_of


def test_who_took_part_is_forgotten_with_the_answers(office: Office) -> None:
    office.pass_until(FIRST_CARD)
    with office.begin() as tx:
        assert [found.week for found in checkins.list_weeks(tx, office.ref(AMY))] == [0]
    office.at("2027-04-20 12:00")
    office.settle()
    erase_old(office.setting, office.workspace)
    with office.begin() as tx:
        assert min(found.week for found in checkins.list_weeks(tx, office.ref(AMY))) == 1
    kinds = {
        row["kind"]
        for row in office.rows("outbox")
        if row["due_at"] < office.clock.now() - timedelta(weeks=13)
    }
    assert kinds <= {Kind.FIRST_CONTACT, Kind.TEAM_STARTED}
    assert Kind.FIRST_CONTACT in kinds


def test_an_ask_is_forgotten_after_ninety_days(office: Office) -> None:
    today = office.clock.now().date()
    with office.begin() as tx:
        asks.add(tx, Ask(ask_id="a1", asker=office.ref(AMY), recipient=office.ref(EVA), asked_on=today))
    office.at("2027-04-06 12:00")
    erase_old(office.setting, office.workspace)
    assert [row["ask_id"] for row in office.rows("asks")] == ["a1"]
    office.at("2027-04-09 12:00")
    erase_old(office.setting, office.workspace)
    assert office.rows("asks") == []


@on_sqlite
@pytest.mark.parametrize("days", [0, 30])
def test_who_met_whom_is_forgotten_so_many_days_after_its_end(office: Office, days: int) -> None:
    setting, closed_at = replace(office.setting, peers_kept_days=days), office.clock.now()
    ended = {"state": RequestState.MATCHED, "peer": office.ref(BOB)}
    with office.begin() as tx:
        request = replace(request_of(office.ref(AMY)), state=RequestState.TOGETHER, peer=office.ref(BOB))
        peers.add(tx, request)
        peers.add_offer(tx, request.request_id, office.ref(BOB))
        matching.follow_up(tx, request.request_id, closed_at, closed_at)
        peers.count_offer(tx, office.ref(BOB), closed_at.date())
        matching.close(tx, request, RequestState.MATCHED, closed_at)
    office.clock.move_to(closed_at + timedelta(days=days))
    erase_old(setting, office.workspace)
    assert [row["state"] for row in office.rows("peer_requests", **ended)] == ["matched"]
    office.clock.move_to(closed_at + timedelta(days=days, seconds=1))
    erase_old(setting, office.workspace)
    both = (office.ref(AMY), office.ref(BOB))
    assert office.rows("peer_requests") == office.rows("peer_offers") == []
    assert not [row for row in office.rows("timers") if row["entity"].startswith("peer")]
    assert not [row for row in office.rows("outbox") if row["kind"].startswith("peer")]
    assert not [row for row in office.rows("peer_loads") if all(ref in str(row) for ref in both)]
    office.clock.move_to(closed_at + timedelta(weeks=4, days=days + 1))
    erase_old(setting, office.workspace)
    assert office.rows("peer_loads") == []
    assert [(row["state"], row["many"]) for row in office.rows("peer_months")] == [("matched", 1)]


def test_days_away_are_erased_once_they_are_over_in_every_zone(office: Office) -> None:
    gone, still = (
        Span(first_on=date(2027, 2, first), last_on=date(2027, 2, last)) for first, last in ((1, 2), (4, 9))
    )
    with office.begin() as tx:
        leave.save(tx, office.ref(AMY), (gone, still))
        leave.save(tx, office.ref(BOB), (gone,))
    for at, left in (
        ("2027-02-03 18:00", {AMY, BOB}),
        ("2027-02-03 19:00", {AMY}),
        ("2027-02-11 12:00", set()),
    ):
        office.at(at)
        erase_old(office.setting, office.workspace)
        with office.begin() as tx:
            assert set(leave.of(tx, [office.ref(AMY), office.ref(BOB)])) == {office.ref(one) for one in left}


def test_mending_stops_when_slack_asks_for_a_pause_and_goes_on_after_it(office: Office) -> None:
    office.pass_until(FIRST_CARD)
    with office.begin() as tx:
        for person in (AMY, BOB):
            checkins.move(tx, office.ref(person), 0, (State.SENT,), State.DECLINED)
    office.sandbox.faults.storm_429("chat.update", times=1, retry_after=30)
    edits = sum(call.method == "chat.update" for call in office.sandbox.calls)
    assert not mend_cards(office.setting, office.workspace)
    assert not mend_cards(office.setting, office.workspace)
    assert sum(call.method == "chat.update" for call in office.sandbox.calls) == edits + 1
    office.clock.advance(timedelta(seconds=31))
    mend_cards(office.setting, office.workspace)
    with office.begin() as tx:
        assert checkins.list_stale_cards(tx, 10) == ()


@on_sqlite
def test_after_all_are_mended_it_does_not_look_at_once_for_what_people_just_clicked(office: Office) -> None:
    office.pass_until(FIRST_CARD)
    with office.begin() as tx:
        checkins.move(tx, office.ref(AMY), 0, (State.SENT,), State.DECLINED)
    assert not mend_cards(office.setting, office.workspace)
    with office.begin() as tx:
        assert checkins.list_stale_cards(tx, 10) == ()


# ---- those who left, and the end


ABOUT_AMY = ("people", "memberships", "preferences", "answers", "person_keys", "rules", "occurrences")


def kept_of(office: Office, person: Person) -> set[str]:
    return {table for table in ABOUT_AMY if office.rows(table, ref=office.ref(person))}


def test_of_whoever_left_slack_nothing_is_kept_after_thirty_days(office: Office) -> None:
    office.pass_until(FIRST_CARD)
    with office.begin() as tx:
        for person in (AMY, BOB):
            members.choose(tx, office.ref(person), language="en")
            answers.save(tx, office.ref(person), 0, {"qC1": 4})
    office.sandbox.workspace.put_person(replace(AMY, deleted=True))
    office.pass_until("2027-01-14 12:00")
    left_at = office.rows("people", ref=office.ref(AMY))[0]["left_at"]
    for days, kept in ((29, set(ABOUT_AMY)), (30, set())):
        office.clock.move_to(left_at + timedelta(days=days))
        office.settle()
        assert kept_of(office, AMY) == kept
        assert kept_of(office, BOB) == set(ABOUT_AMY)
    assert office.rows("outbox", recipient=office.ref(AMY)) == []
    assert set(office.setting.erasures.read()[office.workspace]) == {office.ref(AMY)}, "also in backups"


def test_whoever_comes_back_before_loses_nothing(office: Office) -> None:
    office.pass_until(FIRST_CARD)
    office.sandbox.workspace.put_person(replace(AMY, deleted=True))
    office.pass_until("2027-01-20 12:00")
    office.sandbox.workspace.put_person(AMY)
    office.pass_until("2027-02-26 12:00")
    assert {"people", "memberships"} <= kept_of(office, AMY)


@pytest.mark.parametrize("why", [workspaces.set_uninstalled, workspaces.end], ids=["taken out", "ended"])
def test_seven_days_after_the_end_nothing_is_kept_of_anybody(office: Office, why: Any) -> None:
    office.pass_until(FIRST_CARD)
    with office.begin() as tx:
        answers.save(tx, office.ref(AMY), 0, {"qC1": 4})
        why(tx, office.clock.now())
    posts, ends_at = office.posts(), office.clock.now() + timedelta(days=7)
    office.clock.move_to(ends_at - timedelta(minutes=1))
    office.settle()
    assert {"answers", "people"} <= kept_of(office, AMY)
    office.clock.move_to(ends_at)
    office.settle()
    kept = {table for table in metadata.tables if office.rows(table)}
    assert kept <= {"workspaces", "periods", "releases", "guarantees", "erasures"}
    assert office.posts() == posts, "and nothing goes out meanwhile"


def test_what_was_ended_by_mistake_goes_on(office: Office) -> None:
    with office.begin() as tx:
        workspaces.end(tx, office.clock.now())
    office.pass_until("2027-01-13 12:00")
    assert office.cards(AMY) == []
    with office.begin() as tx:
        workspaces.end(tx, None)
    office.pass_until("2027-01-13 15:00")
    assert len(office.cards(AMY)) == 1
