"""P8 through the database: what would cost more than was promised is refused, and nothing is drawn for it."""

from __future__ import annotations

import logging

import pytest

from bot.audit.refusals import ATTEMPTS, EIGHT, Attempt, debit_before
from bot.domain.localtime import freeze_at
from bot.domain.privacy import CONTRIBUTORS_MIN, EPS, PERIOD_WEEKS, ROSTER_MIN, UPDATES_PER_BLOCK
from schedules import scheduler
from tests.schedules.agency import BEGINS_AT, EPOCH, Agency


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda attempt: attempt.__name__)
def test_it_is_refused_and_nothing_is_drawn_for_it(agency: Agency, attempt: Attempt) -> None:
    attempt(agency)


def test_a_refused_debit_is_an_error_in_the_log(agency: Agency, caplog: pytest.LogCaptureFixture) -> None:
    agency.team("a", EIGHT)
    agency.answer(0, dict.fromkeys(EIGHT, 3))
    agency.at(BEGINS_AT)
    debit_before(agency, EIGHT[:1], 0)
    agency.clock.now = freeze_at(EPOCH, 0)
    scheduler._guarded(agency.setting, scheduler.HEARTBEATS[0])
    assert [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR] == [
        "heartbeat missed name=digests error=IntegrityError"
    ]


def test_the_constants_stand() -> None:
    assert (EPS, PERIOD_WEEKS, ROSTER_MIN, CONTRIBUTORS_MIN, UPDATES_PER_BLOCK) == (1, 4, 8, 6, 3)
