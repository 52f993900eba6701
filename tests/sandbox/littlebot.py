"""A real Bolt app over real sockets, whose answers each test sets."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from typing import Any

from slack_bolt import Ack, App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

from bot.sandbox import Sandbox
from tests.sandbox.world import Json

Answer = Callable[[Ack, Json, WebClient], Any]
ANY = re.compile(".*")


def only_ack(ack: Ack, _body: Json, _client: WebClient) -> None:
    ack()


class LittleBot:
    """`on` maps a payload type ("block_actions", "view_submission", "command", …) to its answer."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self.client = WebClient(token=sandbox.bot_token, base_url=sandbox.api_url, retry_handlers=[])
        self.on: dict[str, Answer] = {}
        self.heard: list[tuple[str, Json]] = []
        self.retries: list[tuple[str, str]] = []
        self._heard_more = threading.Condition()
        self.app = App(client=self.client)
        self._register()
        self._handler = SocketModeHandler(self.app, sandbox.app_token, ping_interval=1)

    def connect(self) -> None:
        self._handler.connect()

    def close(self) -> None:
        """Leave; the server hangs up first, or the client would sit out its 3 s of listening."""
        client = self._handler.client
        client.auto_reconnect_enabled = False
        self._sandbox.faults.disconnect_sockets(abrupt=True)
        for _ in range(100):
            if not client.is_connected():
                break
            time.sleep(0.01)
        self._handler.close()

    def reset(self) -> None:
        self.on.clear()
        self.heard.clear()
        self.retries.clear()

    def last(self, kind: str) -> Json:
        return next(body for heard, body in reversed(self.heard) if heard == kind)

    def wait_for(self, kind: str, count: int = 1, timeout: float = 3.0) -> bool:
        def enough() -> bool:
            return sum(heard == kind for heard, _ in self.heard) >= count

        with self._heard_more:
            return self._heard_more.wait_for(enough, timeout)

    def _register(self) -> None:
        self.app.action(ANY)(self._answer("block_actions"))
        self.app.view_submission(ANY)(self._answer("view_submission"))
        self.app.view_closed(ANY)(self._answer("view_closed"))
        self.app.options(ANY)(self._answer("block_suggestion"))
        self.app.shortcut(ANY)(self._answer("shortcut"))
        self.app.command(ANY)(self._answer("command"))
        self.app.event(ANY)(self._event)

    def _answer(self, kind: str) -> Callable[..., None]:
        def listener(ack: Ack, body: Json, client: WebClient) -> None:
            self._hear(kind, body)
            self.on.get(kind, only_ack)(ack, body, client)

        return listener

    def _event(self, ack: Ack, body: Json, client: WebClient, req: Any) -> None:
        number = req.headers.get("x-slack-retry-num", ["0"])[0]
        reason = req.headers.get("x-slack-retry-reason", [""])[0]
        self.retries.append((str(number), str(reason)))
        self._hear(body["event"]["type"], body)
        self.on.get(body["event"]["type"], only_ack)(ack, body, client)

    def _hear(self, kind: str, body: Json) -> None:
        with self._heard_more:
            self.heard.append((kind, body))
            self._heard_more.notify_all()
