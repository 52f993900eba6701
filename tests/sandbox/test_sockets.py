"""Socket Mode on the wire: which socket gets what, what comes again, and what breaks on order."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from threading import Thread

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackRequestError
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from bot.sandbox import MovableClock, Sandbox
from tests.sandbox.littlebot import LittleBot
from tests.sandbox.world import ANA, BEN, MANIFEST, PEOPLE, START, Json


class Line:
    """One raw Socket Mode connection."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self.hello = self.next()

    def next(self, timeout: float = 2.0) -> Json:
        frame: Json = json.loads(self._socket.recv(timeout))
        return frame

    def quiet(self) -> bool:
        """Whether nothing comes for a moment."""
        try:
            self._socket.recv(0.05)
        except TimeoutError:
            return True
        return False

    def ack(self, frame: Json, payload: Json | None = None) -> None:
        answer = {"envelope_id": frame["envelope_id"]} | ({"payload": payload} if payload else {})
        self._socket.send(json.dumps(answer))

    def say(self, text: str) -> None:
        self._socket.send(text)

    def hang_up(self) -> None:
        self._socket.close()

    def close_code(self) -> int | None:
        """What the close frame said; None when the connection ended without one."""
        self.ended()
        rcvd = self._socket.protocol.close_rcvd
        return rcvd.code if rcvd else None

    def answers_pings(self) -> bool:
        return self._socket.ping().wait(0.1)

    def ended(self) -> bool:
        try:
            while True:
                self._socket.recv(2.0)
        except ConnectionClosed:
            return True


class Lines:
    def __init__(self, sandbox: Sandbox, stack: ExitStack) -> None:
        self._sandbox = sandbox
        self._stack = stack

    def url(self) -> str:
        client = WebClient(base_url=self._sandbox.api_url)
        return str(client.apps_connections_open(app_token=self._sandbox.app_token)["url"])

    def open(self) -> Line:
        return Line(self._stack.enter_context(connect(self.url(), compression=None)))


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """Its own sandbox, since each test counts sockets."""
    clock = MovableClock(START)
    with Sandbox(
        manifest=MANIFEST, clock=clock.now, people=PEOPLE, ack_seconds=0.2, retry_seconds=(0, 0.05, 0.05)
    ) as sandbox:
        yield sandbox


@pytest.fixture
def lines(sandbox: Sandbox) -> Iterator[Lines]:
    with ExitStack() as stack:
        yield Lines(sandbox, stack)


def test_a_connection_is_greeted_and_counted(sandbox: Sandbox, lines: Lines) -> None:
    first, second = lines.open(), lines.open()
    assert first.hello["connection_info"] == {"app_id": sandbox.app_id}
    assert (first.hello["num_connections"], second.hello["num_connections"]) == (1, 2)
    assert sandbox.connected() == 2


def test_a_ticket_serves_once(lines: Lines) -> None:
    url = lines.url()
    with connect(url, compression=None), pytest.raises(InvalidStatus), connect(url, compression=None):
        pass


def test_each_envelope_goes_to_exactly_one_of_two_sockets(sandbox: Sandbox, lines: Lines) -> None:
    one, two = lines.open(), lines.open()
    for number in range(4):
        sandbox.say(ANA.id, str(number))
    said = {}
    for line in (one, two):
        for _ in range(2):
            frame = line.next()
            line.ack(frame)
            said[frame["payload"]["event"]["text"]] = line
        assert line.quiet()
    assert sorted(said) == ["0", "1", "2", "3"]
    assert sandbox.idle()


def test_an_unacknowledged_event_comes_again_three_times_and_then_no_more(
    sandbox: Sandbox, lines: Lines
) -> None:
    line = lines.open()
    sandbox.say(ANA.id, "hello")
    frames = [line.next() for _ in range(4)]
    assert [frame["retry_attempt"] for frame in frames] == [0, 1, 2, 3]
    assert [frame["retry_reason"] for frame in frames] == ["", "timeout", "timeout", "timeout"]
    assert len({frame["payload"]["event_id"] for frame in frames}) == 1
    assert not frames[0]["accepts_response_payload"]
    assert sandbox.idle()
    assert line.quiet()


def test_an_acknowledged_event_does_not_come_again(sandbox: Sandbox, lines: Lines) -> None:
    line = lines.open()
    sandbox.say(ANA.id, "hello")
    line.ack(line.next())
    assert sandbox.idle()
    assert line.quiet()


def test_an_event_whose_socket_closed_goes_to_another(sandbox: Sandbox, lines: Lines) -> None:
    one, two = lines.open(), lines.open()
    sandbox.say(ANA.id, "hello")
    lost = one.next()
    one.hang_up()
    again = two.next()
    assert again["payload"]["event_id"] == lost["payload"]["event_id"]
    assert again["retry_attempt"] == 1
    two.ack(again)
    assert sandbox.idle()


def test_an_event_waits_a_moment_for_a_socket(sandbox: Sandbox, lines: Lines) -> None:
    sandbox.say(ANA.id, "anybody?")
    assert not sandbox.idle(0.01)
    line = lines.open()
    frame = line.next()
    assert frame["payload"]["event"]["text"] == "anybody?"
    line.ack(frame)
    assert sandbox.idle()


def test_an_interaction_is_sent_once_and_never_again(sandbox: Sandbox, lines: Lines) -> None:
    line = lines.open()
    outcome = sandbox.shortcut(ANA.id, "ask")
    assert (outcome.kind, outcome.acked) == ("no ack", False)
    assert outcome.warning
    assert line.next()["type"] == "interactive"
    assert line.quiet()
    assert sandbox.idle()


def test_a_command_without_an_app_ends_in_slack_s_own_words(sandbox: Sandbox) -> None:
    outcome = sandbox.command(ANA.id, sandbox.dm_id(ANA.id), "/little")
    assert outcome.warning == '/little failed with the error "operation_timeout"'
    assert sandbox.ephemerals(ANA.id) == []


def test_what_is_said_on_the_socket_besides_is_ignored(sandbox: Sandbox, lines: Lines) -> None:
    line = lines.open()
    for text in ("hello", "[]", "{}", '{"envelope_id": "other"}', '{"envelope_id": 3}'):
        line.say(text)
    sandbox.say(ANA.id, "still there?")
    line.ack(line.next())
    assert sandbox.idle()


def test_a_warning_leaves_the_socket_and_a_refresh_closes_it(sandbox: Sandbox, lines: Lines) -> None:
    line = lines.open()
    sandbox.faults.disconnect_sockets("warning")
    assert line.next() | {"debug_info": {}} == {"type": "disconnect", "reason": "warning", "debug_info": {}}
    assert sandbox.connected() == 1
    sandbox.faults.disconnect_sockets()
    assert line.next()["reason"] == "refresh_requested"
    assert line.ended()


def test_a_socket_told_to_go_gets_nothing_new(sandbox: Sandbox, lines: Lines) -> None:
    line = lines.open()
    sandbox.faults.disconnect_sockets()
    assert line.next()["type"] == "disconnect"
    sandbox.say(ANA.id, "hello")
    assert line.quiet()
    line.hang_up()
    fresh = lines.open()
    fresh.ack(fresh.next())
    assert sandbox.idle()


def test_a_socket_that_is_cut_ends_without_a_close_frame(sandbox: Sandbox, lines: Lines) -> None:
    line = lines.open()
    sandbox.faults.cut_sockets()
    assert line.close_code() is None
    assert sandbox.wait_until(lambda: sandbox.connected() == 0)


def test_a_muted_socket_stays_open_and_takes_what_is_sent_into_nothing(
    sandbox: Sandbox, lines: Lines
) -> None:
    line = lines.open()
    sandbox.faults.mute_sockets()
    assert sandbox.shortcut(ANA.id, "ask").kind == "no ack"
    assert line.quiet()
    assert not line.answers_pings()
    assert sandbox.connected() == 1
    sandbox.faults.unmute_sockets()
    assert line.close_code() is None
    assert lines.open().hello["type"] == "hello"


def test_a_socket_opened_while_they_are_muted_is_not_greeted(sandbox: Sandbox, lines: Lines) -> None:
    sandbox.faults.mute_sockets()
    with pytest.raises(TimeoutError), connect(lines.url(), compression=None, close_timeout=0.1) as socket:
        socket.recv(0.1)


def test_sockets_are_turned_away_on_order(sandbox: Sandbox, lines: Lines) -> None:
    sandbox.faults.turn_away(2)
    assert [lines.open().hello["type"] for _ in range(3)] == ["disconnect", "disconnect", "hello"]


def test_a_sandbox_that_was_stopped_starts_again_at_the_same_address(sandbox: Sandbox) -> None:
    address = sandbox.api_url
    sandbox.stop()
    sandbox.start()
    assert sandbox.api_url == address
    assert client_of(sandbox).auth_test()["ok"]


def test_an_eleventh_socket_is_turned_away(sandbox: Sandbox, lines: Lines) -> None:
    for _ in range(10):
        lines.open()
    eleventh = lines.open()
    assert eleventh.hello["reason"] == "too_many_websockets"
    assert eleventh.ended()
    assert sandbox.connected() == 10


def test_only_declared_events_are_sent(lines: Lines) -> None:
    manifest = MANIFEST | {"settings": {"event_subscriptions": {"bot_events": ["team_join"]}}}
    with Sandbox(manifest=manifest, clock=MovableClock(START).now, people=PEOPLE) as silent:
        silent.say(ANA.id, "hello")
        silent.open_home(ANA.id)
        silent.change_person(ANA.id, tz="UTC")
        assert silent.idle(0)
        assert silent.shortcut(ANA.id, "ask").kind == "no ack"  # nor is the app interactive


def test_an_uninstalled_app_hears_it_and_is_then_shut_out(sandbox: Sandbox, lines: Lines) -> None:
    line = lines.open()
    sandbox.uninstall()
    frames = [line.next(), line.next()]
    for frame in frames:
        line.ack(frame)
    assert {frame["payload"]["event"]["type"] for frame in frames} == {"app_uninstalled", "tokens_revoked"}
    with pytest.raises(SlackApiError, match="account_inactive"):
        WebClient(token=sandbox.bot_token, base_url=sandbox.api_url).auth_test()
    sandbox.say(ANA.id, "hello?")
    assert sandbox.shortcut(ANA.id, "ask").kind == "no ack"
    assert line.quiet()


def test_stopping_the_server_ends_what_somebody_waits_for() -> None:
    sandbox = Sandbox(manifest=MANIFEST, clock=MovableClock(START).now, people=PEOPLE, ack_seconds=30)
    sandbox.start()
    kinds: list[str] = []
    waiting = Thread(target=lambda: kinds.append(sandbox.shortcut(ANA.id, "ask").kind))
    waiting.start()
    assert not sandbox.idle(0.05)
    sandbox.stop()
    waiting.join(2)
    assert kinds == ["no ack"]


def test_a_taken_port_is_said(sandbox: Sandbox) -> None:
    port = int(sandbox.page_url.rstrip("/").rpartition(":")[2])
    second = Sandbox(manifest=MANIFEST, clock=MovableClock(START).now, port=port)
    with pytest.raises(OSError, match="in use"):
        second.start()


# ---- what breaks on order


def client_of(sandbox: Sandbox) -> WebClient:
    return WebClient(token=sandbox.bot_token, base_url=sandbox.api_url, retry_handlers=[])


def test_a_storm_of_429_passes_and_posts_nothing_meanwhile(sandbox: Sandbox) -> None:
    sandbox.faults.storm_429("chat.postMessage", times=2, retry_after=7)
    client = client_of(sandbox)
    for _ in range(2):
        with pytest.raises(SlackApiError) as caught:
            client.chat_postMessage(channel=ANA.id, text="a")
        assert caught.value.response.headers["Retry-After"] == "7"
    assert sandbox.dm(ANA.id) == []
    client.chat_postMessage(channel=ANA.id, text="a")
    assert [call.outcome for call in sandbox.calls] == ["ratelimited", "ratelimited", "ok"]


def test_a_500_does_nothing(sandbox: Sandbox) -> None:
    sandbox.faults.fail_500()
    with pytest.raises(SlackApiError) as caught:
        client_of(sandbox).chat_postMessage(channel=ANA.id, text="a")
    assert caught.value.response.status_code == 500
    assert sandbox.dm(ANA.id) == []


def test_a_lost_reply_was_accepted_all_the_same(sandbox: Sandbox) -> None:
    sandbox.faults.lose_reply("chat.postMessage")
    with pytest.raises((OSError, SlackRequestError)):
        client_of(sandbox).chat_postMessage(channel=ANA.id, text="a")
    assert [message.text for message in sandbox.dm(ANA.id)] == ["a"]
    client_of(sandbox).chat_postMessage(channel=BEN.id, text="b")


def test_a_client_that_retries_by_itself_posts_twice_after_a_lost_reply(sandbox: Sandbox) -> None:
    sandbox.faults.lose_reply("chat.postMessage")
    by_default = WebClient(token=sandbox.bot_token, base_url=sandbox.api_url)
    assert by_default.chat_postMessage(channel=ANA.id, text="a")["ok"]
    assert len(sandbox.dm(ANA.id)) == 2


def test_a_connection_that_is_dropped_before_anything_was_done_posts_nothing(sandbox: Sandbox) -> None:
    sandbox.faults.hang_up("chat.postMessage")
    with pytest.raises((OSError, SlackRequestError)):
        client_of(sandbox).chat_postMessage(channel=ANA.id, text="a")
    assert sandbox.dm(ANA.id) == []
    assert [call.outcome for call in sandbox.calls] == ["hung_up"]


def test_a_call_that_is_held_up_is_done_even_if_nobody_waits_for_it_any_more(sandbox: Sandbox) -> None:
    sandbox.faults.hold_up("chat.postMessage", 0.2)
    impatient = WebClient(token=sandbox.bot_token, base_url=sandbox.api_url, timeout=0.1, retry_handlers=[])
    with pytest.raises(OSError, match="timed out"):
        impatient.chat_postMessage(channel=ANA.id, text="a")
    assert sandbox.dm(ANA.id) == []
    assert sandbox.wait_until(lambda: sandbox.dm(ANA.id))


def test_a_share_of_the_calls_fails_and_the_same_ones_by_the_same_seed(sandbox: Sandbox) -> None:
    client = client_of(sandbox)
    told = []
    for _ in range(2):
        sandbox.faults.strike("500", "auth.test", 0.3, seed=7)
        before = len(sandbox.calls)
        for _ in range(40):
            with suppress(SlackApiError):
                client.auth_test()
        told.append([call.outcome for call in sandbox.calls[before:]])
    assert told[0] == told[1]
    assert 4 < told[0].count("internal_error") < 24
    sandbox.faults.clear()
    assert client.auth_test()["ok"]


def test_orders_to_fail_can_be_taken_back(sandbox: Sandbox) -> None:
    sandbox.faults.storm_429()
    sandbox.faults.lose_reply()
    sandbox.faults.clear()
    client_of(sandbox).chat_postMessage(channel=ANA.id, text="a")
    assert len(sandbox.dm(ANA.id)) == 1


def test_an_event_can_be_delivered_too_often(sandbox: Sandbox, lines: Lines) -> None:
    line = lines.open()
    sandbox.faults.redeliver_next_event(2)
    sandbox.say(ANA.id, "once")
    frames = [line.next() for _ in range(3)]
    for frame in frames:
        line.ack(frame)
    assert len({frame["payload"]["event_id"] for frame in frames}) == 1
    assert sorted(frame["retry_attempt"] for frame in frames) == [0, 1, 1]
    sandbox.say(ANA.id, "and this")
    line.ack(line.next())
    assert sandbox.idle()
    assert line.quiet()


def connections_asked_for(sandbox: Sandbox) -> int:
    return sum(call.method == "apps.connections.open" for call in sandbox.calls)


@pytest.mark.parametrize("abrupt", [False, True])
def test_a_bolt_app_comes_back_after_its_socket_was_closed(abrupt: bool) -> None:
    with Sandbox(manifest=MANIFEST, clock=MovableClock(START).now, people=PEOPLE) as sandbox:
        bot = LittleBot(sandbox)
        bot.connect()
        assert sandbox.wait_connected()
        sandbox.faults.disconnect_sockets(abrupt=abrupt)
        assert sandbox.wait_until(lambda: connections_asked_for(sandbox) == 2, timeout=8)
        assert sandbox.wait_connected()
        assert sandbox.shortcut(BEN.id, "ask").kind == "acked"
        bot.close()
