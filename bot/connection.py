"""The socket to Slack: opened, watched, opened again when it is lost, and closed in time.

slack_sdk's client reads and writes, answers pings, and gives up a socket on which Slack stayed silent for
four pings. When to connect again is decided here, because the client itself tries at a fixed pace however
often it fails, tries at once and for ever when it is turned away, and stops listening while it changes
from one socket to the next. So each client serves one socket; the next one takes over before the last
one goes.
"""

from __future__ import annotations

import logging
import random
import select
import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException

from slack_bolt import App
from slack_bolt.adapter.socket_mode.internals import run_bolt_app, send_response
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.socket_mode.builtin import SocketModeClient
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.slack import is_passing, pause_after

log = logging.getLogger(__name__)

PING_SECONDS = 3.0
"""slack_sdk gives a socket up on which four of its pings in a row had no answer."""
LOOK_SECONDS = 0.2
RECEIVED_AT_ONCE = 64 * 1024
"""Bytes. slack_sdk calls itself once more for each message and for each such piece of one that has come
meanwhile, and a thousand calls are too many: by its own measure of 1,024 a crowd of three hundred clicks.
"""
FAREWELL_SECONDS = 4.0
"""How long a socket that Slack asked to leave is read on: what came on it is acknowledged within three."""


HUNG_UP = getattr(select, "POLLRDHUP", select.POLLHUP)
"""The other side writes no more; not every system tells before everything is closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pauses:
    """Seconds before connecting again: none, then doubled with each try, and never in step with others."""

    first: float = 1.0
    longest: float = 60.0

    def before(self, tries: int) -> float:
        """tries: how often it was tried since a socket last held for as long as the longest pause."""
        if tries == 0:
            return 0.0
        return min(self.longest, self.first * 2.0 ** min(tries - 1, 30)) * random.uniform(0.5, 1.0)


class Line(SocketModeClient):
    """slack_sdk's client for the length of one socket."""

    def __init__(self, client: WebClient, app_token: str, ping_seconds: float, listeners: int) -> None:
        self.greeted = False
        self.told_to_leave = False
        super().__init__(
            app_token,
            web_client=client,
            proxy=client.proxy,
            ping_interval=ping_seconds,
            concurrency=listeners,
            auto_reconnect_enabled=False,
            receive_buffer_size=RECEIVED_AT_ONCE,
        )
        self.message_listeners.append(self._heard)

    def open(self, url: str) -> None:
        """Connect; OSError when that did not work."""
        self.wss_uri = url
        self.connect()
        if self.current_session is None or not self.is_connected():
            self.end()
            raise ConnectionError
        self.current_session.last_ping_pong_time = time.time()  # else silence counts from the first answer

    def connect_to_new_endpoint(self, force: bool = False) -> None:
        """Called by the client itself: force where Slack said that this socket is about to close."""
        self.told_to_leave |= force

    def _heard(self, _client: BaseSocketModeClient, message: dict[str, object], _raw: str | None) -> None:
        self.greeted |= message.get("type") == "hello"

    def stands(self) -> bool:
        """Whether it is to be kept."""
        return self.is_open() and not self.told_to_leave

    def is_open(self) -> bool:
        """False also where the other side is gone without a word: the client notices that pings later.

        Until then it reads nothing in a circle, which takes a whole core.
        """
        sock = self.current_session.sock if self.current_session else None
        try:
            return sock is not None and not _other_side_is_gone(sock)
        except (OSError, ValueError):  # closed a moment ago
            return False

    def fade(self) -> None:
        """End, once what came on it has been acknowledged."""
        if self.is_open():
            time.sleep(FAREWELL_SECONDS)
        self.end()

    def end(self) -> None:
        """Close without the three seconds for which the client's thread would listen on."""
        self.closed = True
        sock = self.current_session.sock if self.current_session else None
        if sock is not None:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        self.message_queue.put(None)
        self.close()


def _other_side_is_gone(sock: socket.socket) -> bool:
    look = select.poll()
    look.register(sock, HUNG_UP)
    return bool(look.poll(0))


class InHand:
    """How much is in hand, for whoever waits until nothing is."""

    def __init__(self) -> None:
        self._many = 0
        self._changed = threading.Condition()

    def count(self, by: int) -> None:
        with self._changed:
            self._many += by
            self._changed.notify_all()

    def wait_none(self, seconds: float) -> bool:
        """Wait until nothing is in hand; whether that came true."""
        with self._changed:
            return self._changed.wait_for(lambda: self._many == 0, seconds)


class Connection:
    """The app's way to Slack, never given up: however long Slack is away, it is tried again."""

    def __init__(
        self,
        app: App,
        app_token: str,
        *,
        listeners: int,
        ping_seconds: float = PING_SECONDS,
        pauses: Pauses | None = None,
    ) -> None:
        self._app, self._app_token = app, app_token
        self._listeners, self._ping_seconds = listeners, ping_seconds
        self._pauses = pauses or Pauses()
        self._line: Line | None = None
        self._tries = 0
        self._was_connected, self._changed_at = False, time.monotonic()
        self._in_hand = InHand()
        self._deaf, self._closing = threading.Event(), threading.Event()
        self._keeper = threading.Thread(target=self._keep, name="connection", daemon=True)

    def open(self) -> None:
        """Connect, and stay connected from now on. Raises SlackApiError when Slack refuses the token."""
        try:
            self._change_lines()
        except (SlackClientError, HTTPException, OSError) as error:
            if not is_passing(error):
                raise
            log.warning("not connected error=%s", type(error).__name__)
        self._keeper.start()

    def is_connected(self) -> bool:
        """Whether what people do arrives here now."""
        line = self._line
        return line is not None and line.greeted and line.is_open()

    def lasted(self) -> float:
        """For how many seconds it has been connected, or not."""
        return time.monotonic() - self._changed_at

    def hear_no_more(self, seconds: float) -> bool:
        """Take nothing new; whether all that was taken has its acknowledgement in so many seconds."""
        self._deaf.set()
        return self._in_hand.wait_none(seconds)

    def close(self) -> None:
        """Disconnect."""
        self._deaf.set()
        self._closing.set()
        if self._keeper.is_alive():
            self._keeper.join()
        if self._line:
            self._line.end()

    def _handle(self, client: BaseSocketModeClient, request: SocketModeRequest) -> None:
        self._in_hand.count(+1)
        try:
            if not self._deaf.is_set():
                began = time.time()
                send_response(client, request, run_bolt_app(self._app, request), began)
        finally:
            self._in_hand.count(-1)

    # ---- in the keeper's thread

    def _keep(self) -> None:
        """Look often; once the line is lost connect again, after pauses that grow."""
        while not self._closing.wait(LOOK_SECONDS):
            self._note_change()
            if self._line and self._line.stands():
                self._tries = 0 if self._has_held() else self._tries
            elif not self._closing.wait(self._pauses.before(self._tries)):
                self._closing.wait(self._try())

    def _has_held(self) -> bool:
        return self._was_connected and self.lasted() >= self._pauses.longest

    def _try(self) -> float:
        """Connect once more; the seconds that Slack asks to wait before the next time."""
        self._tries += 1
        try:
            self._change_lines()
        except SlackApiError as error:
            log.warning("not connected error=%s", error.response.get("error"))
            return pause_after(error).total_seconds()
        except Exception as error:  # noqa: BLE001  # whatever it is: without this thread nobody is heard again
            log.warning("not connected error=%s", type(error).__name__)
        return 0.0

    def _change_lines(self) -> None:
        """Open a line; it takes over from the one before, which is read for a moment longer."""
        url = self._app.client.apps_connections_open(app_token=self._app_token)["url"]
        line = Line(self._app.client, self._app_token, self._ping_seconds, self._listeners)
        line.socket_mode_request_listeners.append(self._handle)
        line.open(url)
        before, self._line = self._line, line
        if before:
            threading.Thread(target=before.fade, name="farewell", daemon=True).start()

    def _note_change(self) -> None:
        connected = self.is_connected()
        if connected == self._was_connected:
            return
        self._was_connected, self._changed_at = connected, time.monotonic()
        if connected:
            log.info("connected")
        else:
            log.info("connection lost")
