"""A local Slack: the workspace, its server, and the face that tests, the demo and the page use."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Self

from starlette.types import Receive, Scope, Send

from bot.sandbox.acts import Acts
from bot.sandbox.events import Events
from bot.sandbox.faults import Faults
from bot.sandbox.files import Files
from bot.sandbox.manifest import Declared
from bot.sandbox.methods import Desk
from bot.sandbox.modals import Modals
from bot.sandbox.page import Page, PageOptions
from bot.sandbox.people import APP_ID, Channel, Person
from bot.sandbox.posting import Posting
from bot.sandbox.rates import Rates
from bot.sandbox.replies import Replies
from bot.sandbox.server import ADDRESS, Listener, Site
from bot.sandbox.sights import Sights
from bot.sandbox.sockets import Sockets
from bot.sandbox.triggers import Triggers
from bot.sandbox.webapi import WebApi
from bot.sandbox.workspace import Workspace


class Sandbox(Acts, Sights):
    """A workspace that listens on 127.0.0.1 once started.

    `manifest` is the parsed app manifest; `clock` the movable one. `ack_seconds` and `retry_seconds` (after
    a missed event: the pauses before each new try) are real seconds, Slack's own by default.
    """

    def __init__(
        self,
        *,
        manifest: Mapping[str, Any],
        clock: Callable[[], datetime],
        people: Iterable[Person] = (),
        channels: Iterable[Channel] = (),
        port: int = 0,
        page: PageOptions | None = None,
        ack_seconds: float = 3.0,
        retry_seconds: tuple[float, ...] = (0, 60, 300),
    ) -> None:
        self.clock = clock
        self.workspace = workspace = Workspace(
            declared=Declared.read(manifest), clock=clock, people=people, channels=channels
        )
        self._sockets = Sockets(ack_seconds=ack_seconds, retry_seconds=retry_seconds)
        self.faults = Faults(sockets=self._sockets)
        self._events = Events(workspace, self._sockets, self.faults)
        self._triggers = Triggers()
        self._files = Files(workspace, self.faults)
        self._modals = Modals(workspace, self._triggers, self._files)
        posting = Posting(workspace, self._events, self._files)
        self._replies = Replies(workspace, posting, clock)
        self._suggested = {}
        self._page = Page(self, page or PageOptions())
        self._rates = Rates(clock)
        desk = Desk(
            workspace=workspace,
            posting=posting,
            files=self._files,
            modals=self._modals,
            rates=self._rates,
            site=lambda: self.page_url,
            socket_url=self._socket_url,
        )
        self._api = WebApi(desk, self.faults, clock)
        self._site = Site(api=self._api, replies=self._replies, sockets=self._sockets, page=self._show_page)
        self._listener = Listener(self._site.app, self._sockets, port)

    # ---- addresses, valid once started

    @property
    def page_url(self) -> str:
        """The page for people."""
        return f"http://{ADDRESS}:{self._listener.port}/"

    @property
    def api_url(self) -> str:
        """The Web API's base url, as WebClient(base_url=…) takes it."""
        return f"{self.page_url}api/"

    def _socket_url(self) -> str:
        address = f"{ADDRESS}:{self._listener.port}"
        return f"ws://{address}/link?ticket={self._site.ticket()}&app_id={APP_ID}"

    def _response_url(self, code: str) -> str:
        return f"{self.page_url}responses/{code}"

    # ---- running

    def start(self) -> None:
        """Listen; returns once connections are accepted. OSError when the port is taken."""
        self._listener.start()

    def stop(self) -> None:
        """Stop listening and close every socket."""
        self._page.close()
        self._listener.stop()

    def set_page(self, options: PageOptions) -> None:
        """Show another page from now on: its jumps may need the bot, which needs this sandbox's address."""
        self._page.close()
        self._page = Page(self, options)

    def lift_limits(self) -> None:
        """Let every method be called as often as anybody likes, from now on."""
        self._rates.lift()

    def idle(self, timeout: float = 3.0) -> bool:
        """Wait (real seconds) until no envelope is unacknowledged; whether that came true."""
        return self._sockets.idle(timeout)

    def connected(self) -> int:
        """How many sockets the app holds open."""
        return self._sockets.connected()

    def wait_connected(self, count: int = 1, timeout: float = 10.0) -> bool:
        """Wait (real seconds) until the app holds `count` sockets; whether that came true."""
        return self._sockets.wait_connected(count, timeout)

    async def _show_page(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._page.app(scope, receive, send)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.stop()
