"""Slack away for an hour or for days: it is asked seldom, and nothing is lost or comes twice."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.schedules.office import AMY, FIRST_CARD, STAFF, Office, on_sqlite

BEAT = timedelta(seconds=20)


def pass_away(office: Office, span: timedelta) -> None:
    """Time passes with every heartbeat every few seconds."""
    until = office.clock.now() + span
    while office.clock.now() < until:
        office.settle()
        office.clock.advance(BEAT)


def tries(caplog: pytest.LogCaptureFixture) -> int:
    return sum("outcome=TryLater" in record.getMessage() for record in caplog.records)


@on_sqlite
def test_after_an_hour_without_slack_all_that_was_due_comes_once(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "schedules")
    office.sandbox.stop()
    office.at(FIRST_CARD)
    pass_away(office, timedelta(hours=1))
    assert 100 < tries(caplog) <= 3 * 121, "once in half a minute for each message at the most"
    office.sandbox.start()
    office.settle()
    assert [office.cards(person) for person in STAFF] == [["2027-01-13 11:00"]] * 3
    assert {fate for fate, _ in office.notices()} == {"sent"}


@on_sqlite
def test_what_makes_no_sense_any_more_when_slack_is_back_is_recorded_as_missed(office: Office) -> None:
    office.sandbox.stop()
    office.at(FIRST_CARD)
    office.settle()
    office.at("2027-01-15 16:30")
    office.settle()
    office.sandbox.start()
    office.settle()
    assert office.cards(AMY) == []
    assert {fate for fate, _ in office.notices()} <= {"expired", "not_wanted"}
    assert office.weeks(AMY) == [("w0", "skipped", "late")]


@on_sqlite
def test_cards_to_edit_are_tried_a_few_at_a_time_while_slack_answers_errors(office: Office) -> None:
    office.at(FIRST_CARD)
    office.settle()
    office.sandbox.faults.fail_500("chat.update", times=1000)
    office.at("2027-01-15 16:00")
    before = edits(office)
    office.settle()
    assert edits(office) - before <= 3 * 2


def edits(office: Office) -> int:
    return sum(call.method == "chat.update" for call in office.sandbox.calls)
