"""What upkeep erases in time, and how it heeds Slack's wish for a pause."""

from __future__ import annotations

from datetime import date, timedelta

from bot.domain.asks import Ask
from bot.domain.checkins import State
from bot.domain.leave import Span
from bot.domain.notices import Kind
from schedules.upkeep import erase_old, mend_cards
from storage import asks, checkins, leave
from tests.schedules.office import AMY, BOB, EVA, FIRST_CARD, Office, on_sqlite


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
