"""The web page of the local Slack: its routes, its live feed, its static files, and what the demo hands it.

Everything stands on one origin and asks nothing of any other. The page acts for whoever it is told to be,
so it answers only requests addressed to this machine by name (a foreign Host is DNS rebinding) and takes
changes only from its own origin.
"""

from __future__ import annotations

import asyncio
import functools
import importlib.resources
import json
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.sandbox.files import File
from bot.sandbox.outcomes import Outcome
from bot.sandbox.people import Json
from bot.sandbox.refusals import Refused
from bot.sandbox.showing import Showing
from bot.sandbox.travel import Busy, Jump, Travel
from bot.sandbox.views import View

if TYPE_CHECKING:
    from bot.sandbox.messages import Message as SlackMessage
    from bot.sandbox.sandbox import Sandbox

BEAT_SECONDS = 1.0
LOOK_SECONDS = 0.05
# While a jump runs everything changes all the time: the page keeps up without slowing the jump down.
LOOK_SECONDS_ON_THE_WAY = 0.25
RECONNECT_MILLISECONDS = 500
BODY_LIMIT = 1_000_000
INVITE = "/invite"
HERE = {"127.0.0.1", "localhost"}
MEDIA_TYPES = {"html": "text/html", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)


# ---- what the demo hands in


@dataclass(frozen=True, slots=True, kw_only=True)
class Someone:
    """A person of the workspace with a few words: their role, or why to be them next."""

    person_id: str
    caption: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """People under one heading in "Who do you want to be?"."""

    heading: str
    people: tuple[Someone, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Guidance:
    """A sentence or two above the page, and whom to be next."""

    sentences: tuple[str, ...] = ()
    try_next: tuple[Someone, ...] = ()


def no_guidance(_user_id: str) -> Guidance:
    """The strip stays away."""
    return Guidance()


@dataclass(frozen=True, slots=True, kw_only=True)
class PageOptions:
    """What a page shows besides the workspace. Without groups everybody is offered.

    `guidance` is asked with the id of the person on the screen whenever anything changed: it must be
    quick and may be called from any thread.
    """

    title: str = "Local Slack"
    groups: tuple[Group, ...] = ()
    jumps: tuple[Jump, ...] = ()
    guidance: Callable[[str], Guidance] = field(default=no_guidance)


# ---- the page itself


class Page:
    """One page over one sandbox; `app` is the ASGI application, `close` ends its live feeds."""

    def __init__(self, sandbox: Sandbox, options: PageOptions) -> None:
        self._sandbox = sandbox
        self._options = options
        self._showing = Showing(sandbox)
        self._closing = False
        self._name = secrets.token_hex(8)
        self.travel = Travel(options.jumps)
        self.app = Starlette(
            routes=self._routes(),
            middleware=[Middleware(OnlyFromHere)],
            exception_handlers={HTTPException: _in_words},
        )

    def close(self) -> None:
        """End the live feeds, so that the server can stop."""
        self._closing = True

    def _acting(self, act: Callable[[Json], Json]) -> Endpoint:
        """Acts wait for the app's answer, so they run beside the server's own thread."""

        async def endpoint(request: Request) -> Response:
            acting = asyncio.ensure_future(run_in_threadpool(_done, act, await _read_json(request)))
            while not acting.done() and not self._closing:
                await asyncio.wait({acting}, timeout=LOOK_SECONDS)
            if not acting.done():
                raise HTTPException(503, "The local Slack stops.")
            return JSONResponse(acting.result())

        return endpoint

    def _routes(self) -> list[Route]:
        acts: Mapping[str, Callable[[Json], Json]] = {
            "use": self._use,
            "options": self._find_options,
            "submit": self._submit,
            "close": self._close_view,
            "say": self._say,
            "command": self._command,
            "shortcut": self._shortcut,
            "home": self._open_home,
            "read": self._read,
            "jump": self._jump,
            "jump/stop": self._stop_jump,
        }
        return [
            Route("/", _index),
            Route("/favicon.ico", _icon),
            Route("/page/static/{name}", _static),
            Route("/page/files/{file_id}", self._picture),
            Route("/page/documents/{file_id}", self._document),
            Route("/page/start", _looking(self._start)),
            Route("/page/seen", _looking(self._seen)),
            Route("/page/live", self._live),
            *(Route(f"/page/{name}", self._acting(act), methods=["POST"]) for name, act in acts.items()),
        ]

    # ---- looking

    async def _picture(self, request: Request) -> Response:
        """A picture that a message shows, and nothing else: other bytes could be a page of this origin."""
        file = self._completed(request)
        if not file.kind:
            raise HTTPException(404, "There is no such picture.")
        return Response(file.content, media_type=f"image/{file.kind}")

    async def _document(self, request: Request) -> Response:
        """A shared file as plain text, whatever is in it; `nosniff` keeps a browser from seeing more."""
        return Response(self._completed(request).content, media_type="text/plain; charset=utf-8")

    def _completed(self, request: Request) -> File:
        try:
            return self._sandbox.file(request.path_params["file_id"])
        except Refused as refusal:
            raise HTTPException(404, "There is no such file.") from refusal

    def _start(self, _request: Request) -> Json:
        declared = self._sandbox.declared
        return {
            "title": self._options.title,
            "now": self._now(),
            "bot": {"id": self._sandbox.bot_user_id, "name": declared.bot_name},
            "groups": self._groups(),
            "jumps": self.travel.names,
            "commands": [dict(one) for one in declared.command_help],
            "shortcuts": [dict(one) for one in declared.shortcut_help],
            "tabs": {"home": declared.home_tab, "messages": declared.messages_tab},
        }

    def _groups(self) -> list[Json]:
        everybody = tuple(Someone(person_id=one.id, caption=one.title) for one in self._sandbox.people())
        groups = self._options.groups or (Group(heading="Everybody", people=everybody),)
        return [{"heading": one.heading, "people": _people(one.people)} for one in groups]

    def _seen(self, request: Request) -> Json:
        user_id = request.query_params.get("as", "")
        shown: Json = {"now": self._now()}
        if user_id not in {one.id for one in self._sandbox.people()}:
            return shown | {"me": None, "people": self._showing.everybody()}
        guidance = self._options.guidance(user_id)
        strip = {"sentences": list(guidance.sentences), "try_next": _people(guidance.try_next)}
        return shown | self._showing.of(user_id) | {"guide": strip}

    def _now(self) -> str:
        return self._sandbox.clock().isoformat()

    async def _live(self, _request: Request) -> Response:
        return StreamingResponse(self._ticks(), media_type="text/event-stream")

    async def _ticks(self) -> AsyncIterator[str]:
        told: tuple[object, ...] = ()
        told_at = 0.0
        yield f"retry: {RECONNECT_MILLISECONDS}\n\n"
        while not self._closing:
            journey = self.travel.journey
            news = (self._sandbox.version, journey)
            if news != told or time.monotonic() - told_at >= BEAT_SECONDS:
                told, told_at = news, time.monotonic()
                tick = {"version": news[0], "now": self._now(), "jump": journey and asdict(journey)}
                yield f"data: {json.dumps(tick | {'page': self._name})}\n\n"
            await asyncio.sleep(LOOK_SECONDS_ON_THE_WAY if self.travel.running else LOOK_SECONDS)

    # ---- doing, in the name of body["as"]

    def _use(self, body: Json) -> Json:
        user_id, action = body["as"], body["action"]
        container = self._container(user_id, body)
        self._keep(user_id, container, body.get("values") or {})
        place = {"action_id": action["action_id"], "block_id": action["block_id"]}
        act = self._sandbox.click if action["type"] == "button" else self._sandbox.choose
        return outcome_json(act(user_id, container=container, value=chosen(action), **place))

    def _find_options(self, body: Json) -> Json:
        outcome = self._sandbox.options(
            body["as"],
            container=self._container(body["as"], body),
            action_id=body["action_id"],
            block_id=body["block_id"],
            query=body["query"],
        )
        groups = list(outcome.option_groups)
        found = {"option_groups": groups} if groups else {"options": list(outcome.options)}
        return outcome_json(outcome) | found

    def _submit(self, body: Json) -> Json:
        view = self._container(body["as"], body)
        self._keep(body["as"], view, body.get("values") or {})
        return outcome_json(self._sandbox.submit(body["as"], body["view_id"]))

    def _close_view(self, body: Json) -> Json:
        open_views = self._sandbox.views(body["as"])
        if not open_views:
            return {"kind": "closed"}
        view_id = body.get("view_id")
        everything = view_id is None
        return outcome_json(
            self._sandbox.close_view(body["as"], view_id or open_views[-1].id, everything=everything)
        )

    def _say(self, body: Json) -> Json:
        if body["channel"] == self._sandbox.dm_id(body["as"]):
            self._sandbox.say(body["as"], body["text"])
        else:
            self._sandbox.say_in(body["as"], body["channel"], body["text"])
        return {"kind": "acked"}

    def _command(self, body: Json) -> Json:
        if body["command"] == INVITE:
            return self._invite(body)
        if body["command"] not in self._sandbox.declared.commands:
            return not_done(f"{body['command']} is not a command that this app has.")
        return outcome_json(
            self._sandbox.command(body["as"], body["channel"], body["command"], body.get("text", ""))
        )

    def _invite(self, body: Json) -> Json:
        """Slack's own command: somebody in a channel brings the app in, and all of it see so."""
        bot_id, name = self._sandbox.bot_user_id, self._sandbox.declared.bot_name
        joined = {channel.id: channel for channel in self._sandbox.channels(body["as"])}
        channel = joined.get(body["channel"])
        if channel is None or body["as"] not in channel.members:
            return not_done("You can invite somebody in a channel that you are in.")
        if body.get("text", "").removeprefix("@").casefold() != name.casefold():
            return not_done(f"Only @{name} can be invited here.")
        if bot_id not in channel.members:
            self._sandbox.invite(channel.id, bot_id)
            by = self._sandbox.person(body["as"]).name
            self._sandbox.workspace.post(
                channel.id, user=bot_id, text=f"was added to #{channel.name} by {by}."
            )
        return {"kind": "acked"}

    def _shortcut(self, body: Json) -> Json:
        return outcome_json(self._sandbox.shortcut(body["as"], body["callback_id"]))

    def _open_home(self, body: Json) -> Json:
        self._sandbox.open_home(body["as"], body["tab"])
        return {"kind": "acked"}

    def _read(self, body: Json) -> Json:
        self._showing.marks.read(body["as"], body["channel"], body["ts"])
        return {}

    def _jump(self, body: Json) -> Json:
        try:
            self.travel.start(body["name"])
        except Busy:
            return not_done("The clock is moving already.")
        return {"kind": "acked"}

    def _stop_jump(self, _body: Json) -> Json:
        self.travel.stop()
        return {}

    def _container(self, user_id: str, body: Json) -> SlackMessage | View:
        if "view_id" not in body:
            return self._sandbox.message(body["channel"], body["ts"])
        view = self._sandbox.view(body["view_id"])
        if view is None or view.user_id != user_id:
            raise LookupError
        return view

    def _keep(self, user_id: str, container: SlackMessage | View, entered: Json) -> None:
        """Tell the workspace what stands in the inputs; the page holds it while a person types."""
        here = {block["block_id"] for block in container.blocks}
        held = self._sandbox.values(user_id, container)
        values = {**held, **{block_id: state for block_id, state in entered.items() if block_id in here}}
        if isinstance(container, View):
            self._sandbox.workspace.set_values(container.id, values)
        else:
            self._sandbox.workspace.set_message_values(user_id, container, values)


def chosen(action: Json) -> Any:
    """What was chosen in an action of Slack's shape, as the sandbox's acts take it."""
    match action:
        case {"selected_option": option}:
            return option["value"] if option else None
        case {"selected_options": options}:
            return [option["value"] for option in options]
    return next((part for key, part in action.items() if key == "value" or key.startswith("selected_")), None)


def outcome_json(outcome: Outcome) -> Json:
    """The part of an outcome that a person gets to see."""
    return {
        "kind": outcome.kind,
        "errors": dict(outcome.errors),
        "error": outcome.error,
        "warning": outcome.warning,
    }


def not_done(words: str) -> Json:
    """An outcome for what never reached the app, in words for people."""
    return {"kind": "not done", "warning": words}


def _people(people: tuple[Someone, ...]) -> list[Json]:
    return [{"id": one.person_id, "caption": one.caption} for one in people]


# ---- HTTP

Endpoint = Callable[[Request], Awaitable[Response]]

REFUSALS = {
    "restricted_action": "This app takes no messages here.",
    "not_in_channel": "You are not in this channel.",
    "user_not_found": "This person is not in the workspace.",
    "message_not_found": "This message is not there any more.",
}


def _looking(look: Callable[[Request], Json]) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        return JSONResponse(await run_in_threadpool(look, request))

    return endpoint


def _done(act: Callable[[Json], Json], body: Json) -> Json:
    """What came of an act; what the workspace refuses is said in words."""
    try:
        return act(body)
    except Refused as refusal:
        return not_done(REFUSALS.get(refusal.code, f"Slack refuses: {refusal.code}"))
    except LookupError:
        return not_done("This is not there any more: it was closed or updated meanwhile.")


async def _read_json(request: Request) -> Json:
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        raise HTTPException(415, "Only JSON is taken here.")
    raw = await request.body()
    if len(raw) > BODY_LIMIT:
        raise HTTPException(413, "That is too much at once.")
    try:
        body = json.loads(raw)
    except ValueError as error:
        raise HTTPException(400, "This is not JSON.") from error
    if not isinstance(body, dict):
        raise HTTPException(400, "A JSON object is needed here.")
    return body


async def _in_words(_request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    words = error.detail if isinstance(error, HTTPException) else "Something went wrong."
    return JSONResponse({"error": words}, status)


async def _index(_request: Request) -> Response:
    return _file("index.html")


async def _icon(_request: Request) -> Response:
    return _file("icon.svg")


async def _static(request: Request) -> Response:
    return _file(request.path_params["name"])


def _file(name: str) -> Response:
    """A file of the static folder: only names that stand in it are served, so no path leads elsewhere."""
    found = _files().get(name)
    if found is None:
        raise HTTPException(404, "There is no such file.")
    return Response(found, media_type=MEDIA_TYPES[name.rpartition(".")[2]])


@functools.cache
def _files() -> Mapping[str, bytes]:
    folder = importlib.resources.files("bot.sandbox") / "static"
    return {one.name: one.read_bytes() for one in folder.iterdir() if one.is_file()}


class OnlyFromHere:
    """Refuses requests addressed to another name and changes asked for by another origin; adds the policy."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if not _from_here(Headers(scope=scope)):
            refusal = JSONResponse({"error": "This page answers only on this machine."}, 403)
            await refusal(scope, receive, send)
            return
        await self._app(scope, receive, _with_policy(send))


def _from_here(headers: Headers) -> bool:
    host, origin = headers.get("host", ""), headers.get("origin")
    addressed = urlsplit(f"//{host}").hostname in HERE
    return addressed and origin in (None, f"http://{host}")


def _with_policy(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["Content-Security-Policy"] = POLICY
            headers["X-Content-Type-Options"] = "nosniff"
            headers["Referrer-Policy"] = "no-referrer"
            headers["Cache-Control"] = "no-store"
        await send(message)

    return sending
