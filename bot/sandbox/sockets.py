"""Socket Mode: envelopes over WebSocket, each to one of the open sockets, until acknowledged.

Everything here that touches a socket runs in the server's event loop; `send`, `wait` and `idle` may be
called from any other thread. All waiting is in real seconds. As Slack does it:
- what a person does must be acknowledged in 3 s and is never sent again;
- an event that is not, or whose socket closes first, is sent again up to three times (at once, after
  1 minute, after 5 minutes), with retry_attempt and retry_reason.
An envelope waits its 3 s for a socket if none is open.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal

from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.sandbox.people import APP_ID, Json

Kind = Literal["events_api", "interactive", "slash_commands"]
HOST = "sandbox"
MAX_SOCKETS = 10
LINGER = 0.5  # real seconds between a disconnect frame and the close, for the app to come back first


@dataclass(slots=True, eq=False)
class Envelope:
    """One thing to be acknowledged. `answer` is the payload of the acknowledgement."""

    id: str
    kind: Kind
    payload: Json
    accepts_answer: bool
    attempt: int = 0
    acked: bool = False
    answer: Json | None = None
    settled: threading.Event = field(default_factory=threading.Event)
    socket: Socket | None = None
    timer: asyncio.TimerHandle | None = None

    def frame(self) -> str:
        """The text frame of the present attempt."""
        shape: Json = {
            "envelope_id": self.id,
            "payload": self.payload,
            "type": self.kind,
            "accepts_response_payload": self.accepts_answer,
        }
        if self.kind == "events_api":
            reason = "timeout" if self.attempt else ""
            shape |= {"retry_attempt": self.attempt, "retry_reason": reason}
        return json.dumps(shape)


@dataclass(slots=True, eq=False)
class Socket:
    """One open connection of the app; `leaving` once it was told to go, `muted` while nobody serves it."""

    websocket: WebSocket
    outbox: asyncio.Queue[str | None] = field(default_factory=asyncio.Queue)
    leaving: bool = False
    muted: bool = False

    @property
    def transport(self) -> asyncio.Transport:
        found: asyncio.Transport = self.websocket.scope["state"]["transport"]
        return found

    def mute(self) -> None:
        self.muted = True
        self.transport.pause_reading()


class Sockets:
    """All open sockets and all envelopes under way."""

    def __init__(self, *, ack_seconds: float, retry_seconds: tuple[float, ...]) -> None:
        self._ack_seconds = ack_seconds
        self._retry_seconds = retry_seconds
        self._loop: asyncio.AbstractEventLoop | None = None
        self._numbers: Iterator[int] = itertools.count(1)
        self._sockets: list[Socket] = []
        self._waiting: list[Envelope] = []
        self._muted = False
        self._turned_away = 0
        self._under_way: dict[str, Envelope] = {}
        self._change = threading.Condition()
        self._unsettled = 0

    # ---- from any thread

    def run_in(self, loop: asyncio.AbstractEventLoop) -> None:
        """Name the server's event loop."""
        self._loop = loop

    def stop(self) -> None:
        """The event loop ends: whatever is under way settles without an acknowledgement."""
        self._loop = None
        for envelope in list(self._under_way.values()):
            self._settle(envelope)
        self._waiting.clear()

    def send(self, kind: Kind, payload: Json, *, accepts_answer: bool = False, attempt: int = 0) -> Envelope:
        """Send an envelope on its way; it settles by itself, acknowledged or not."""
        envelope = Envelope(f"{next(self._numbers):08d}-sandbox", kind, payload, accepts_answer, attempt)
        with self._change:
            self._unsettled += 1
        loop = self._loop
        try:
            if loop is not None:
                loop.call_soon_threadsafe(self._attempt, envelope)
        except RuntimeError:  # the loop was closed a moment ago
            loop = None
        if loop is None:
            self._settle(envelope)
        return envelope

    def wait(self, envelope: Envelope) -> bool:
        """Wait until the envelope settled; whether it was acknowledged."""
        envelope.settled.wait(self._ack_seconds + 1.0)
        return envelope.acked

    def idle(self, timeout: float) -> bool:
        """Wait until nothing is unacknowledged; whether that came true in time."""
        with self._change:
            return self._change.wait_for(lambda: self._unsettled == 0, timeout)

    def connected(self) -> int:
        """How many sockets are open and staying."""
        return sum(not socket.leaving for socket in self._sockets)

    def wait_connected(self, count: int, timeout: float) -> bool:
        """Wait until at least `count` sockets are open; whether that came true in time."""
        with self._change:
            return self._change.wait_for(lambda: self.connected() >= count, timeout)

    def disconnect(self, reason: str, abrupt: bool) -> None:
        """Close every socket, after a disconnect frame unless `abrupt`; "warning" only warns."""
        self._in_loop(self._disconnect_all, reason, abrupt)

    def cut(self) -> None:
        """End every connection without a close frame."""
        self._in_loop(self._cut, lambda _socket: True)

    def mute(self) -> None:
        """Neither hear nor say anything on any socket, open or new."""
        self._muted = True
        self._in_loop(self._mute_all)

    def unmute(self) -> None:
        """Serve new sockets; those that were muted are cut."""
        self._muted = False
        self._in_loop(self._cut, lambda socket: socket.muted)

    def turn_away(self, times: int) -> None:
        """Tell the next sockets that there are too many."""
        self._turned_away += times

    def _in_loop(self, act: Callable[..., None], *about: object) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(act, *about)

    def hang_up(self, timeout: float) -> None:
        """Close every socket and wait a moment until they are gone."""
        self.disconnect("", abrupt=True)
        with self._change:
            self._change.wait_for(lambda: not self._sockets, timeout)

    # ---- in the event loop

    async def serve(self, websocket: WebSocket) -> None:
        """Serve one connection until it ends."""
        await websocket.accept()
        socket = Socket(websocket)
        pump = asyncio.create_task(self._pump(socket))
        self._welcome(socket)
        try:
            while (message := await websocket.receive())["type"] != "websocket.disconnect":
                self._heard(message.get("text") or "")
        finally:
            pump.cancel()
            self._gone(socket)

    def _welcome(self, socket: Socket) -> None:
        if len(self._sockets) >= MAX_SOCKETS or self._turned_away:
            self._turned_away = max(0, self._turned_away - 1)
            self._say_goodbye(socket, "too_many_websockets", 0)
            return
        if self._muted:
            socket.mute()
        with self._change:
            self._sockets.append(socket)
            self._change.notify_all()
        hello = {
            "type": "hello",
            "num_connections": len(self._sockets),
            "debug_info": {"host": HOST, "build_number": 1, "approximate_connection_time": 18060},
            "connection_info": {"app_id": APP_ID},
        }
        socket.outbox.put_nowait(json.dumps(hello))
        waiting, self._waiting = self._waiting, []
        for envelope in waiting:
            self._hand_over(envelope)

    async def _pump(self, socket: Socket) -> None:
        with suppress(WebSocketDisconnect, RuntimeError):
            while (text := await socket.outbox.get()) is not None:
                if not socket.muted:
                    await socket.websocket.send_text(text)
            await socket.websocket.close()

    def _attempt(self, envelope: Envelope) -> None:
        self._under_way[envelope.id] = envelope
        envelope.timer = asyncio.get_running_loop().call_later(self._ack_seconds, self._missed, envelope)
        self._hand_over(envelope)

    def _hand_over(self, envelope: Envelope) -> None:
        open_sockets = [socket for socket in self._sockets if not socket.leaving]
        if not open_sockets:
            self._waiting.append(envelope)
            return
        envelope.socket = open_sockets[0]
        envelope.socket.outbox.put_nowait(envelope.frame())
        self._sockets.remove(open_sockets[0])
        self._sockets.append(open_sockets[0])  # the next envelope goes to the next socket

    def _heard(self, text: str) -> None:
        try:
            said = json.loads(text)
        except ValueError:
            return
        envelope = self._under_way.get(said.get("envelope_id", "")) if isinstance(said, dict) else None
        if envelope is not None:
            payload = said.get("payload")
            envelope.answer = payload if isinstance(payload, dict) else None
            envelope.acked = True
            self._settle(envelope)

    def _missed(self, envelope: Envelope) -> None:
        """An attempt failed: try again if it is an event and tries are left."""
        if envelope.timer is not None:
            envelope.timer.cancel()
        if envelope in self._waiting:
            self._waiting.remove(envelope)
        if envelope.kind != "events_api" or envelope.attempt >= len(self._retry_seconds):
            self._settle(envelope)
            return
        pause = self._retry_seconds[envelope.attempt]
        envelope.attempt += 1
        envelope.socket = None
        envelope.timer = asyncio.get_running_loop().call_later(pause, self._attempt, envelope)

    def _settle(self, envelope: Envelope) -> None:
        if envelope.timer is not None:
            envelope.timer.cancel()
        self._under_way.pop(envelope.id, None)
        envelope.settled.set()
        with self._change:
            self._unsettled -= 1
            self._change.notify_all()

    def _gone(self, socket: Socket) -> None:
        with self._change:
            if socket in self._sockets:
                self._sockets.remove(socket)
            self._change.notify_all()
        for envelope in list(self._under_way.values()):
            if envelope.socket is socket and envelope.kind == "events_api":
                self._missed(envelope)

    def _disconnect_all(self, reason: str, abrupt: bool) -> None:
        for socket in list(self._sockets):
            if abrupt:
                socket.leaving = True
                socket.outbox.put_nowait(None)
            else:
                self._say_goodbye(socket, reason, LINGER)

    def _cut(self, meant: Callable[[Socket], bool]) -> None:
        for socket in filter(meant, list(self._sockets)):
            socket.leaving = True
            socket.transport.abort()

    def _mute_all(self) -> None:
        for socket in self._sockets:
            socket.mute()

    def _say_goodbye(self, socket: Socket, reason: str, linger: float) -> None:
        frame = {"type": "disconnect", "reason": reason, "debug_info": {"host": HOST}}
        socket.outbox.put_nowait(json.dumps(frame))
        if reason != "warning":
            socket.leaving = True
            asyncio.get_running_loop().call_later(linger, socket.outbox.put_nowait, None)
