"""A local Slack: the workspace, its server, and the face that tests, the demo and the page use."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Self

from bot.sandbox.acts import Acts
from bot.sandbox.faults import Faults
from bot.sandbox.manifest import Declared
from bot.sandbox.people import Channel, Person
from bot.sandbox.sights import Call, Sights
from bot.sandbox.workspace import Workspace


class Sandbox(Acts, Sights):
    """A workspace that listens on 127.0.0.1 once started.

    `manifest` is the parsed app manifest; `clock` the movable one. `jumps` (label → callable) are
    the named jumps of the page; a jump moves the clock itself and returns when all is quiet.
    """

    def __init__(
        self,
        *,
        manifest: Mapping[str, Any],
        clock: Callable[[], datetime],
        people: Iterable[Person] = (),
        channels: Iterable[Channel] = (),
        port: int = 0,
        ack_seconds: float = 3.0,
        retry_seconds: tuple[float, ...] = (0, 60, 300),
    ) -> None:
        self.clock = clock
        self.jumps: dict[str, Callable[[], None]] = {}
        self.workspace = Workspace(
            declared=Declared.read(manifest), clock=clock, people=people, channels=channels
        )
        self._calls: list[Call] = []
        self.faults = Faults(disconnect=lambda _reason, _abrupt: None)
        self._port, self._timing = port, (ack_seconds, retry_seconds)

    @property
    def api_url(self) -> str:
        """The Web API's base url, as WebClient(base_url=…) takes it."""
        return f"{self.page_url}api/"

    @property
    def page_url(self) -> str:
        """The page for people."""
        return f"http://127.0.0.1:{self._port}/"

    def start(self) -> None:
        """Listen; returns once connections are accepted. OSError when the port is taken."""
        raise NotImplementedError

    def stop(self) -> None:
        """Stop listening and close every socket."""
        raise NotImplementedError

    def idle(self, timeout: float = 3.0) -> bool:
        """Wait (real seconds) until no envelope is unacknowledged; whether that came true."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.stop()
