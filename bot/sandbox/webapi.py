"""The Web API over HTTP: who asks, whether they may, how often, what fails on order, and the answer."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl

from bot.sandbox.faults import UPLOAD, Faults
from bot.sandbox.methods import METHODS, Desk, Method
from bot.sandbox.people import Json
from bot.sandbox.refusals import Refused

BOT_TOKEN = "xoxb-sandbox-bot"  # noqa: S105 - opens nothing but this sandbox
APP_TOKEN = "xapp-1-A0SANDBOX-sandbox"  # noqa: S105 - likewise
HUNG_UP = "hung_up"
"""What `calls` says of a call whose connection was dropped before anything was done."""
_JSON_ARGUMENTS = ("blocks", "view", "metadata", "attachments", "files")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One Web API call. `at` is the movable clock's; `outcome` is "ok" or Slack's error code."""

    method: str
    args: Mapping[str, object]
    at: datetime
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An HTTP answer; `lost` when the connection is to be dropped instead."""

    body: Json
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    lost: bool = False


class WebApi:
    """Answers calls one at a time, in the server's event loop."""

    def __init__(self, desk: Desk, faults: Faults, clock: Callable[[], datetime]) -> None:
        self._desk = desk
        self._faults = faults
        self._clock = clock
        self.calls: list[Call] = []

    def held_up(self, name: str) -> float:
        """Real seconds after which the call at hand is to be taken."""
        return self._faults.take("hold up", name) or 0

    def answer(self, name: str, token: str, args: Json) -> Reply:
        """Answer one call, as told to fail or by the rules, and write it down."""
        args = dict(args)
        token = str(args.pop("token", None) or token)
        return self._noted(name, args, self._failing(name) or self._ruled(name, token, args))

    def upload(self, code: str, content: bytes) -> Reply:
        """Take a file's bytes at the address given out for them; as in Slack, no token is asked for."""
        reply = self._failing(UPLOAD) or self._taken(code, content)
        return self._noted(UPLOAD, {"bytes": len(content)}, reply)

    def _taken(self, code: str, content: bytes) -> Reply:
        try:
            self._desk.files.upload(code, content)
        except Refused as refusal:
            return Reply(body={"ok": False, "error": refusal.code}, status=400)
        return Reply(body={"ok": True})

    def _noted(self, name: str, args: Json, reply: Reply) -> Reply:
        outcome = "ok" if reply.body.get("ok") else str(reply.body.get("error"))
        self.calls.append(Call(method=name, args=args, at=self._clock(), outcome=outcome))
        if outcome == "ok" and self._faults.take("lose reply", name) is not None:
            return Reply(body=reply.body, lost=True)
        return reply

    def _failing(self, name: str) -> Reply | None:
        retry_after = self._faults.take("429", name)
        if retry_after is not None:
            return _too_many(int(retry_after))
        if self._faults.take("hang up", name) is not None:
            return Reply(body={"ok": False, "error": HUNG_UP}, lost=True)
        if self._faults.take("500", name) is not None:
            return Reply(body={"ok": False, "error": "internal_error"}, status=500)
        refusal = self._faults.take_refusal(name)
        if refusal is not None:
            return Reply(body={"ok": False, "error": refusal}, status=400 if name == UPLOAD else 200)
        return None

    def _ruled(self, name: str, token: str, args: Json) -> Reply:
        method = METHODS.get(name)
        try:
            if method is None:
                raise Refused("unknown_method", req_method=name)
            self._admit(method, name, token)
            body = {"ok": True, **method.run(self._desk, _decoded(args))}
        except Refused as refusal:
            if refusal.code == "ratelimited":
                return _too_many(refusal.more["retry_after"])
            body = {"ok": False, "error": refusal.code, **refusal.more}
        return Reply(body=body, headers=self._headers(method))

    def _admit(self, method: Method, name: str, token: str) -> None:
        if method.holder != "anybody":
            self._recognise(token, method.holder)
        if method.scope:
            self._desk.need(method.scope)
        if method.rate is not None:
            self._desk.rates.take((name, method.rate))

    def _recognise(self, token: str, holder: str) -> None:
        if not token:
            raise Refused("not_authed")
        if token not in (BOT_TOKEN, APP_TOKEN):
            raise Refused("invalid_auth")
        if token != (BOT_TOKEN if holder == "bot" else APP_TOKEN):
            raise Refused("not_allowed_token_type")
        if not self._desk.workspace.installed:
            raise Refused("account_inactive")

    def _headers(self, method: Method | None) -> Mapping[str, str]:
        headers = {
            "date": format_datetime(self._clock().astimezone(UTC), usegmt=True),
            "x-oauth-scopes": ",".join(sorted(self._desk.workspace.declared.scopes)),
        }
        if method is not None and method.scope:
            headers["x-accepted-oauth-scopes"] = method.scope
        return headers


def read_arguments(query: str, content_type: str, body: bytes) -> Json:
    """The arguments of a call: from the query, and from a form or a JSON body."""
    args: Json = dict(parse_qsl(query, keep_blank_values=True))
    kind = content_type.partition(";")[0].strip()
    if kind == "application/json":
        try:
            given = json.loads(body or b"{}")
        except ValueError as error:
            raise Refused("invalid_json") from error
        if not isinstance(given, dict):
            raise Refused("json_not_object")
        return args | given
    return args | dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))


def _decoded(args: Json) -> Json:
    """Arguments with those that came as JSON texts unpacked."""
    return {
        name: _unpacked(name, value) if name in _JSON_ARGUMENTS else value for name, value in args.items()
    }


def _unpacked(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return copy.deepcopy(value)  # ids are filled in; `calls` shows what was sent
    try:
        return json.loads(value or "null")
    except ValueError as error:
        raise Refused({"blocks": "invalid_blocks_format"}.get(name, "invalid_arguments")) from error


def _too_many(retry_after: int) -> Reply:
    body = {"ok": False, "error": "ratelimited"}
    return Reply(body=body, status=429, headers={"Retry-After": str(retry_after)})
