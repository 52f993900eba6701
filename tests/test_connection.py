"""The socket to Slack: whatever happens to it, clicks work again soon, and Slack is not asked in a circle."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml
from slack_bolt import Ack, App
from slack_sdk.errors import SlackApiError

from bot.blocks.ids import SHORTCUT_ASK
from bot.connection import Connection, Pauses
from bot.sandbox import MovableClock, Person, Sandbox
from bot.slack import web_client
from tests.handlers.world import NOW

BEN = "U0BEN0001"
PING = 0.2
PAUSES = Pauses(first=0.1, longest=0.8)
SOON = 2.0
"""Real seconds, of which a test takes a few tenths."""
NOTICED = 4.0
"""Seconds after which a silent socket has been given up: slack_sdk counts whole seconds."""


@pytest.fixture
def slack() -> Iterator[Sandbox]:
    manifest = yaml.safe_load((Path(__file__).parents[1] / "app.yaml").read_text(encoding="utf-8"))
    people = [Person(id=BEN, name="Ben Okafor")]
    with Sandbox(manifest=manifest, clock=MovableClock(NOW).now, people=people, ack_seconds=0.5) as sandbox:
        yield sandbox


def at_once(ack: Ack) -> None:
    ack()


@contextmanager
def connected(
    slack: Sandbox, listener: Callable[[Ack], None] = at_once, pauses: Pauses = PAUSES
) -> Iterator[Connection]:
    """A little app that acknowledges a shortcut, connected."""
    app = App(client=web_client(slack.bot_token, slack.api_url))
    app.shortcut(SHORTCUT_ASK)(listener)
    connection = Connection(app, slack.app_token, listeners=4, ping_seconds=PING, pauses=pauses)
    try:
        connection.open()
        assert slack.wait_until(connection.is_connected, SOON)
        yield connection
    finally:
        connection.close()


def click(slack: Sandbox) -> bool:
    return slack.shortcut(BEN, SHORTCUT_ASK).kind == "acked"


def asked(slack: Sandbox) -> int:
    """How often a socket was asked for."""
    return sum(call.method == "apps.connections.open" for call in slack.calls)


def works_again(slack: Sandbox, connection: Connection, within: float = SOON) -> bool:
    return slack.wait_until(connection.is_connected, within) and click(slack)


# ---- a socket that is lost


def lose(slack: Sandbox, connection: Connection) -> None:
    slack.faults.cut_sockets()
    assert slack.wait_until(lambda: not connection.is_connected(), SOON)


def cut(slack: Sandbox) -> None:
    slack.faults.cut_sockets()


def close(slack: Sandbox) -> None:
    slack.faults.disconnect_sockets(abrupt=True)


def restart(slack: Sandbox) -> None:
    slack.stop()
    slack.start()


@pytest.mark.parametrize("how", [cut, close, restart])
def test_a_socket_that_is_lost_is_opened_again_at_once(
    slack: Sandbox, how: Callable[[Sandbox], None]
) -> None:
    with connected(slack) as connection:
        how(slack)
        assert slack.wait_connected(timeout=SOON)
        assert works_again(slack, connection)
        assert asked(slack) == 2


def test_a_socket_that_was_cut_does_not_keep_a_core_busy(slack: Sandbox) -> None:
    """slack_sdk's client reads nothing in a circle until its pings fail."""
    with connected(slack) as connection:
        before = time.process_time()
        slack.faults.cut_sockets()
        time.sleep(1)
        assert works_again(slack, connection)
        assert time.process_time() - before < 0.6


def test_six_hundred_things_that_come_at_one_moment_are_all_read(slack: Sandbox) -> None:
    for number in range(600):
        slack.say(BEN, "x" * (1500 + number))
    with connected(slack) as connection:
        assert click(slack)
        assert connection.is_connected()
        assert asked(slack) == 1


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
def test_no_click_is_lost_when_slack_asks_for_another_socket(slack: Sandbox, reason: str) -> None:
    with connected(slack) as connection:
        acked: list[bool] = []
        done = threading.Event()

        def click_away() -> None:
            while not done.is_set():
                acked.append(click(slack))

        person = threading.Thread(target=click_away)
        person.start()
        for times in (2, 3):
            slack.faults.disconnect_sockets(reason)
            assert slack.wait_until(lambda times=times: asked(slack) == times, SOON)
            assert works_again(slack, connection)
            time.sleep(1.2 * PAUSES.longest)  # so that the next one is a matter of its own
        done.set()
        person.join(SOON)
        assert len(acked) > 10
        assert all(acked)


def test_what_came_on_a_socket_that_is_about_to_close_is_acknowledged(slack: Sandbox) -> None:
    taken, go = threading.Event(), threading.Event()

    def slowly(ack: Ack) -> None:
        taken.set()
        go.wait(SOON)
        ack()

    with connected(slack, slowly):
        kinds: list[bool] = []
        person = threading.Thread(target=lambda: kinds.append(click(slack)))
        person.start()
        assert taken.wait(SOON)
        slack.faults.disconnect_sockets("warning")
        assert slack.wait_connected(2, SOON)
        go.set()
        person.join(SOON)
        assert kinds == [True]


def test_a_silent_socket_is_given_up_and_so_is_a_new_one_that_says_nothing(slack: Sandbox) -> None:
    """Half-open: what is sent seems to go out, and nothing ever comes back."""
    with connected(slack) as connection:
        slack.faults.mute_sockets()
        assert slack.wait_until(lambda: not connection.is_connected(), NOTICED)
        assert slack.wait_until(lambda: asked(slack) == 3, NOTICED)
        assert not connection.is_connected()
        slack.faults.unmute_sockets()
        assert works_again(slack, connection)


# ---- Slack away, busy, or turning away


def test_with_slack_down_it_is_tried_again_after_growing_pauses(
    slack: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    with connected(slack) as connection:
        slack.stop()
        assert slack.wait_until(lambda: not connection.is_connected(), SOON)
        time.sleep(1.5)
        slack.start()
        assert works_again(slack, connection)
    tries = sum(record.getMessage().startswith("not connected") for record in caplog.records)
    assert 2 <= tries <= 5


def test_a_slack_that_answers_errors_is_asked_seldom(slack: Sandbox) -> None:
    with connected(slack) as connection:
        slack.faults.fail_500("apps.connections.open", times=1000)
        before = asked(slack)
        lose(slack, connection)
        time.sleep(1.5)
        assert 2 <= asked(slack) - before <= 5
        slack.faults.clear()
        assert works_again(slack, connection)


def test_slacks_own_pause_is_kept(slack: Sandbox) -> None:
    with connected(slack) as connection:
        slack.faults.storm_429("apps.connections.open", retry_after=1)
        lose(slack, connection)
        assert slack.wait_until(lambda: asked(slack) == 2, SOON)
        time.sleep(0.8)
        assert asked(slack) == 2
        assert works_again(slack, connection)


def test_turned_away_as_one_too_many_it_does_not_ask_in_a_circle(slack: Sandbox) -> None:
    with connected(slack) as connection:
        before = asked(slack)
        slack.faults.turn_away(1000)
        slack.faults.disconnect_sockets("too_many_websockets")
        time.sleep(1.5)
        assert 2 <= asked(slack) - before <= 5
        assert not connection.is_connected()
        slack.faults.turn_away(-1000)
        assert works_again(slack, connection)


def test_sockets_that_never_hold_for_long_are_asked_for_ever_more_seldom(slack: Sandbox) -> None:
    with connected(slack, pauses=Pauses(first=0.4, longest=3.2)) as connection:
        until = time.monotonic() + 2.5
        while time.monotonic() < until:
            if connection.is_connected():
                time.sleep(0.25)
                slack.faults.cut_sockets()
            time.sleep(0.02)
        assert 3 <= asked(slack) <= 5


def test_a_token_refused_at_the_start_is_said_and_later_it_is_tried_again(slack: Sandbox) -> None:
    app = App(client=web_client(slack.bot_token, slack.api_url))
    with pytest.raises(SlackApiError, match="invalid_auth"):
        Connection(app, "xapp-of-another-app", listeners=1).open()
    with connected(slack) as connection:
        slack.faults.refuse("apps.connections.open", "invalid_auth", times=2)
        lose(slack, connection)
        assert works_again(slack, connection)


@pytest.mark.parametrize("fault", ["500", "429", "lost reply"])
def test_a_slack_that_is_away_at_the_start_is_waited_for(slack: Sandbox, fault: str) -> None:
    match fault:
        case "500":
            slack.faults.fail_500("apps.connections.open")
        case "429":
            slack.faults.storm_429("apps.connections.open", retry_after=0)
        case _:
            slack.faults.lose_reply("apps.connections.open")
    with connected(slack):
        assert click(slack)


# ---- what others may know of it


def test_it_says_whether_it_is_connected_and_for_how_long(slack: Sandbox) -> None:
    with connected(slack) as connection:
        slack.faults.fail_500("apps.connections.open", times=1000)
        lose(slack, connection)
        time.sleep(0.5)
        away = connection.lasted()
        assert 0.2 < away < SOON
        slack.faults.clear()
        assert works_again(slack, connection)
        assert slack.wait_until(lambda: connection.lasted() < away, SOON)


def test_the_log_says_when_it_was_lost_and_nothing_of_the_address_or_the_token(
    slack: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "bot")
    with connected(slack) as connection:
        assert slack.wait_until(lambda: "connected" in lines(caplog), SOON)
        slack.faults.refuse("apps.connections.open", "internal_error")
        lose(slack, connection)
        assert works_again(slack, connection)
        assert slack.wait_until(lambda: len(lines(caplog)) == 4, SOON)
    assert lines(caplog) == [
        "connected",
        "connection lost",
        "not connected error=internal_error",
        "connected",
    ]


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "bot.connection"]


# ---- the end


def test_told_to_stop_it_lets_what_is_in_hand_be_acknowledged_and_takes_nothing_new(slack: Sandbox) -> None:
    taken, go = threading.Event(), threading.Event()

    def slowly(ack: Ack) -> None:
        taken.set()
        go.wait(SOON)
        ack()

    with connected(slack, slowly) as connection:
        kinds: list[bool] = []
        person = threading.Thread(target=lambda: kinds.append(click(slack)))
        person.start()
        assert taken.wait(SOON)
        assert not connection.hear_no_more(0.05)
        go.set()
        assert connection.hear_no_more(SOON)
        person.join(SOON)
        assert kinds == [True]
        assert not click(slack)


@pytest.mark.parametrize("state", ["open", "silent", "away"])
def test_it_closes_at_once_whatever_slack_does(slack: Sandbox, state: str) -> None:
    with connected(slack) as connection:
        if state == "silent":
            slack.faults.mute_sockets()
        if state == "away":
            slack.stop()
            assert slack.wait_until(lambda: not connection.is_connected(), SOON)
        began = time.monotonic()
        connection.close()
        assert time.monotonic() - began < 1
        assert not connection.is_connected()


def test_after_the_end_no_thread_of_it_is_left(slack: Sandbox) -> None:
    before = threading.active_count()
    with connected(slack) as connection:
        slack.faults.cut_sockets()
        assert slack.wait_until(lambda: asked(slack) == 2, SOON)
        assert works_again(slack, connection)
        assert threading.active_count() > before
    assert slack.wait_until(lambda: threading.active_count() <= before + 1, SOON), threading.enumerate()


# ---- pauses


def test_the_first_try_is_made_at_once_and_the_pauses_double_to_the_longest() -> None:
    pauses = Pauses()
    assert pauses.before(0) == 0
    for tries, longest in ((1, 1), (2, 2), (3, 4), (6, 32), (7, 60), (10_000, 60)):
        found = [pauses.before(tries) for _ in range(200)]
        assert longest / 2 <= min(found) <= max(found) <= longest
        assert len(set(found)) > 100, "never in step with others"
