"""Told to stop with something in hand, and started again: nothing lost, nothing twice, and soon enough."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.ending import CUT, CUT_WORDS
from tests.handlers.world import BEN, STAFF
from tests.running import Site, site

TERM, INT = signal.SIGTERM, signal.SIGINT
POST = "chat.postMessage"
SENT_WITHIN = 20.0
ALLOWED = 20.0
"""Seconds after which a process is cut off where a test lets it end in its own time."""
HUNG = 60.0


@pytest.fixture
def here(database: str, tmp_path: Path) -> Iterator[Site]:
    with site(database, tmp_path) as here:
        yield here


def posts(here: Site) -> int:
    return sum(call.method == POST for call in here.slack.calls)


def test_messages_in_hand_are_finished_and_the_others_come_after_the_next_start(here: Site) -> None:
    here.slack.faults.hold_up(POST, 0.5, times=1000)
    running = here.start(stop_seconds=ALLOWED)
    assert here.slack.wait_until(lambda: posts(here), SENT_WITHIN)
    running.told(TERM)
    assert running.code == 0
    assert here.fates() <= {"sent", "waiting"}
    assert 0 < sum(here.heard()) <= len(STAFF)
    here.slack.faults.clear()
    here.start()
    assert here.slack.wait_until(lambda: min(here.heard()) > 0, SENT_WITHIN)
    assert here.heard() == [1] * len(STAFF)


def test_whoever_was_being_answered_gets_their_answer(here: Site) -> None:
    """The acknowledgement is out, and the reply is on its way to a Slack that takes its time."""
    running = here.start(stop_seconds=ALLOWED)
    assert here.slack.wait_until(lambda: here.fates() == {"sent"}, SENT_WITHIN)
    here.slack.faults.hold_up(POST, 1.0)
    here.slack.say(BEN.id, "hello?")
    assert here.slack.idle(SENT_WITHIN)
    running.told(TERM)
    assert running.code == 0
    texts = [message.text for message in here.slack.dm(BEN.id)]
    assert texts[1] == "hello?"
    assert len(texts) == 3


def test_a_slack_that_hangs_is_not_waited_for_beyond_the_end(here: Site) -> None:
    here.slack.faults.hold_up(POST, HUNG, times=1000)
    running = here.start(stop_seconds=1.0)
    assert here.slack.wait_until(lambda: "attempted" in here.fates(), SENT_WITHIN)
    assert running.told(TERM) < HUNG
    assert running.code == CUT
    assert running.said().endswith(CUT_WORDS)
    assert "Traceback" not in running.said()
    assert here.fates() <= {"attempted", "claimed", "waiting"}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_ctrl_c_pressed_twice_ends_it_at_once(here: Site) -> None:
    here.slack.faults.hold_up(POST, HUNG, times=1000)
    running = here.start(stop_seconds=HUNG)
    assert here.slack.wait_until(lambda: "attempted" in here.fates(), SENT_WITHIN)
    assert running.told(INT, INT) < HUNG
    assert running.code == 128 + INT


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_where_it_ran_before_a_slack_that_is_away_at_the_start_is_waited_for(here: Site) -> None:
    here.slack.stop()
    running = here.start(connects=False)
    assert here.slack.wait_until(lambda: "waiting for Slack" in running.said(), SENT_WITHIN)
    assert running.code is None
    here.slack.start()
    assert here.slack.wait_connected(timeout=SENT_WITHIN)
    running.told(TERM)
    assert running.code == 0


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_while_it_waits_for_slack_it_ends_at_once_when_told(here: Site) -> None:
    here.slack.stop()
    running = here.start(connects=False)
    assert here.slack.wait_until(lambda: "waiting for Slack" in running.said(), SENT_WITHIN)
    running.told(TERM)
    assert running.code == -TERM
