"""The server of the sandbox: Web API, response urls, Socket Mode and the page, on 127.0.0.1 only."""

from __future__ import annotations

import asyncio
import itertools
import json
import socket
import threading
import time
from collections.abc import Callable

import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket
from uvicorn.protocols.http.h11_impl import H11Protocol

from bot.sandbox.people import Json
from bot.sandbox.refusals import Refused
from bot.sandbox.replies import Replies
from bot.sandbox.sockets import Sockets
from bot.sandbox.webapi import Reply, WebApi, read_arguments

ADDRESS = "127.0.0.1"
START_SECONDS = 10.0
STOP_SECONDS = 5.0
HANG_UP_SECONDS = 0.5
POLL_SECONDS = 0.002


class _Protocol(H11Protocol):
    """Hands its connection to the app, so that a fault can drop it without an answer."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


class _Dropped:
    """An answer that never comes: the connection is closed instead."""

    async def __call__(self, scope: Scope, receive: Receive, _send: Send) -> None:
        scope["state"]["transport"].abort()
        while (await receive())["type"] != "http.disconnect":
            pass


class Site:
    """The routes. `page` is what people see at the root."""

    def __init__(self, *, api: WebApi, replies: Replies, sockets: Sockets, page: ASGIApp) -> None:
        self._api = api
        self._replies = replies
        self._sockets = sockets
        self._tickets: set[str] = set()
        self._numbers = itertools.count(1)
        self.app = Starlette(
            routes=[
                Route("/api/{method}", self._call, methods=["GET", "POST"]),
                Route("/responses/{code}", self._reply, methods=["POST"]),
                Route("/upload/v1/{code}", self._upload, methods=["POST"]),
                WebSocketRoute("/link", self._link),
                Mount("/", page),
            ]
        )

    def ticket(self) -> str:
        """A new ticket for one Socket Mode connection."""
        ticket = f"{next(self._numbers):08d}"
        self._tickets.add(ticket)
        return ticket

    async def _call(self, request: Request) -> Response | _Dropped:
        raw, headers = await request.body(), request.headers
        if _from_browser(headers):
            return PlainTextResponse("The API is not for web pages.", 403)
        token = headers.get("authorization", "").removeprefix("Bearer ").strip()
        try:
            args = read_arguments(request.url.query, headers.get("content-type", ""), raw)
        except Refused as refusal:
            return JSONResponse({"ok": False, "error": refusal.code})
        method = request.path_params["method"]
        await asyncio.sleep(self._api.held_up(method))
        return _response(self._api.answer(method, token, args))

    async def _upload(self, request: Request) -> Response | _Dropped:
        """A file's raw bytes, whatever the content type says: urllib calls them a form."""
        if _from_browser(request.headers):
            return PlainTextResponse("The API is not for web pages.", 403)
        return _response(self._api.upload(request.path_params["code"], await request.body()))

    async def _reply(self, request: Request) -> Response:
        if _from_browser(request.headers):
            return PlainTextResponse("The API is not for web pages.", 403)
        try:
            body: Json = json.loads(await request.body())
            self._replies.take(request.path_params["code"], body)
        except ValueError:
            return PlainTextResponse("invalid_payload", 400)
        except Refused as refusal:
            return JSONResponse({"ok": False, "error": refusal.code}, 404)
        return PlainTextResponse("ok")

    async def _link(self, websocket: WebSocket) -> None:
        ticket = websocket.query_params.get("ticket", "")
        if ticket not in self._tickets or _from_browser(websocket.headers):
            await websocket.close(1008)
            return
        self._tickets.remove(ticket)
        await self._sockets.serve(websocket)


def _from_browser(headers: Headers) -> bool:
    """Whether a web page asks: any site could, and the tokens are no secret. Bots send neither header."""
    return "origin" in headers or "sec-fetch-mode" in headers


def _response(reply: Reply) -> Response | _Dropped:
    if reply.lost:
        return _Dropped()
    return JSONResponse(reply.body, reply.status, dict(reply.headers))


class _Server(uvicorn.Server):
    """Sleeps until told to leave; uvicorn itself looks ten times a second."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._leave = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def main_loop(self) -> None:
        self._loop = asyncio.get_running_loop()
        if not self.should_exit:
            await self._leave.wait()

    def leave(self) -> None:
        """Stop serving; from any thread, even before the loop is entered."""
        self.should_exit = True
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._leave.set)


class Listener:
    """Runs an application on a port of this machine, in a thread of its own."""

    def __init__(self, app: ASGIApp, sockets: Sockets, port: int) -> None:
        self._sockets = sockets
        self._config = uvicorn.Config(
            app,
            http=_Protocol,
            ws="websockets-sansio",
            ws_per_message_deflate=False,
            lifespan="off",
            log_config=None,
            log_level="error",
            access_log=False,
            server_header=False,
            date_header=False,
            timeout_graceful_shutdown=1,
        )
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None
        self.port = port

    def start(self) -> None:
        """Listen, after a stop on the same port again.

        OSError when the port is taken, RuntimeError when the server does not come up.
        """
        bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind((ADDRESS, self.port))
        except OSError:
            bound.close()
            raise
        self.port = bound.getsockname()[1]
        self._server = server = _Server(self._config)
        self._thread = threading.Thread(target=self._run, args=(server, bound), name="sandbox", daemon=True)
        self._thread.start()
        self._wait_for(lambda: server.started, START_SECONDS)

    def stop(self) -> None:
        """Close what is open and stop; returns once the thread has ended."""
        if self._server is None or self._thread is None:
            return
        self._sockets.hang_up(HANG_UP_SECONDS)
        self._server.leave()
        self._thread.join(STOP_SECONDS)
        self._server = self._thread = None

    def _run(self, server: _Server, bound: socket.socket) -> None:
        async def serve() -> None:
            self._sockets.run_in(asyncio.get_running_loop())
            try:
                await server.serve(sockets=[bound])
            finally:
                self._sockets.stop()

        with bound:
            asyncio.run(serve())

    def _wait_for(self, condition: Callable[[], bool], seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                raise RuntimeError("the local Slack did not come up")
            time.sleep(POLL_SECONDS)
