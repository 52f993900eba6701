"""What somebody did, read out of Slack's dictionaries. The only file that digs in them.

Whatever does not have the shape Slack documents raises Malformed; nothing further in ever sees it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Given: TypeAlias = str | tuple[str, ...] | None
"""What an input holds: a value, several, or nothing."""

LONGEST_VALUE = 3_000
"""Slack's longest text in an input; anything longer did not come from Slack."""
LOOKED_AT = 200
"""Characters of a typed message or command that are read; people may write far more, and get an answer."""


class Malformed(Exception):
    """A payload without the shape that Slack documents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One thing a person did.

    channel and ts name the message it was done on, if any; view_id the open modal or Home. values holds
    every input by action_id, blocks the block_ids of those inputs in order; facts is the small JSON a
    screen of ours carried along. What was chosen or typed stays out of its repr.
    """

    workspace: str
    user_id: str
    action: str = ""
    value: str = field(default="", repr=False)
    trigger_id: str = ""
    channel: str | None = None
    ts: str | None = None
    view_id: str | None = None
    on_home: bool = False
    values: Mapping[str, Given] = field(default_factory=dict, repr=False)
    blocks: tuple[str, ...] = ()
    facts: Mapping[str, str | int] = field(default_factory=dict, repr=False)

    @property
    def in_modal(self) -> bool:
        return self.view_id is not None and not self.on_home

    def number(self) -> int:
        """The value of a button of ours that carries a number (a week)."""
        return _number(self.value)

    def fact(self, name: str) -> str:
        found = self.facts.get(name)
        if found is None:
            raise Malformed(name)
        return str(found)

    def fact_number(self, name: str) -> int:
        return _number(self.fact(name))

    def one(self, name: str) -> str | None:
        """A single input's value; None when it was left empty."""
        given = self.values.get(name)
        if isinstance(given, tuple):
            raise Malformed(name)
        return given or None

    def needed(self, name: str) -> str:
        """A single input that Slack does not let anybody leave empty."""
        given = self.one(name)
        if given is None:
            raise Malformed(name)
        return given

    def several(self, name: str) -> tuple[str, ...]:
        """The values of an input that takes several."""
        given = self.values.get(name)
        if isinstance(given, str):
            raise Malformed(name)
        return given or ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing Slack tells about, possibly several times under the same id."""

    workspace: str
    event_id: str
    kind: str
    user_id: str | None
    channel: str | None
    text: str = field(repr=False)
    subtype: str | None
    bot: bool
    tab: str | None
    has_home: bool
    """Something stands on the person's Home already."""
    user: Mapping[str, Any] | None = field(repr=False)


def act_from(body: Mapping[str, Any]) -> Act:
    """What was done, from any interaction, command or shortcut; Malformed for anything else."""
    try:
        return _act(body)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError) as error:
        raise Malformed(type(error).__name__) from None


def event_from(body: Mapping[str, Any]) -> Event:
    """An event, from the body Slack sends it in; Malformed for anything else."""
    try:
        return _event(body)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Malformed(type(error).__name__) from None


def _act(body: Mapping[str, Any]) -> Act:
    if "command" in body:
        return Act(
            workspace=_text(body["team_id"]),
            user_id=_text(body["user_id"]),
            action=_text(body["command"]),
            value=_typed(body.get("text")),
            trigger_id=_text(body.get("trigger_id") or ""),
            channel=_id(body.get("channel_id")),
        )
    view, container = body.get("view") or {}, body.get("container") or {}
    done = (body.get("actions") or [{}])[0]
    state = ((view or body).get("state") or {}).get("values") or {}
    user = body["user"]
    return Act(
        workspace=_text((body.get("team") or {}).get("id") or user["team_id"]),
        user_id=_text(user["id"]),
        action=_text(done.get("action_id") or body.get("callback_id") or view.get("callback_id") or ""),
        value=_single(done),
        trigger_id=_text(body.get("trigger_id") or ""),
        channel=_id(container.get("channel_id") or (body.get("channel") or {}).get("id")),
        ts=_id(container.get("message_ts")),
        view_id=_id(view.get("id")),
        on_home=view.get("type") == "home",
        values=_values(state),
        blocks=tuple(_text(block_id) for block_id in state),
        facts=_facts(view.get("private_metadata") or ""),
    )


def _event(body: Mapping[str, Any]) -> Event:
    event = body["event"]
    about = event.get("user")
    user = about if isinstance(about, Mapping) else None
    return Event(
        workspace=_text(body["team_id"]),
        event_id=_text(body["event_id"]),
        kind=_text(event["type"]),
        user_id=_id(user["id"] if user is not None else about),
        channel=_id(event.get("channel")),
        text=_typed(event.get("text")),
        subtype=_id(event.get("subtype")),
        bot=bool(event.get("bot_id")),
        tab=_id(event.get("tab")),
        has_home=bool(event.get("view")),
        user=user,
    )


def query_of(body: Mapping[str, Any]) -> str:
    """What was typed into a menu that loads its options; Malformed for anything else."""
    try:
        return _typed(body.get("value"))
    except (TypeError, AttributeError):
        raise Malformed("query") from None


def _values(state: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> dict[str, Given]:
    return {action_id: _given(element) for block in state.values() for action_id, element in block.items()}


def _given(element: Mapping[str, Any]) -> Given:
    if "selected_options" in element:
        return tuple(_text(option["value"]) for option in _list(element["selected_options"]))
    for name in ("selected_users", "selected_conversations", "selected_channels"):
        if name in element:
            return tuple(_text(one) for one in _list(element[name]))
    return _single(element) or None


SINGLE = (
    "value",
    "selected_date",
    "selected_time",
    "selected_user",
    "selected_conversation",
    "selected_channel",
)


def _single(element: Mapping[str, Any]) -> str:
    chosen = element.get("selected_option")
    if chosen:
        return _text(chosen["value"])
    return _text(next((element[name] for name in SINGLE if element.get(name)), ""))


def _facts(metadata: str) -> dict[str, str | int]:
    facts = json.loads(metadata) if metadata else {}
    if not isinstance(facts, dict):
        raise TypeError
    return facts


def _list(value: Any) -> list[Any]:
    if value is not None and not isinstance(value, list):
        raise TypeError
    return value or []


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_VALUE or "\0" in value:
        raise TypeError
    value.encode()  # UnicodeEncodeError, a ValueError, for half a character, which no database takes
    return value


def _id(value: Any) -> str | None:
    return None if value is None else _text(value)


def _typed(value: Any) -> str:
    """The beginning of what somebody typed, however long it is."""
    if value is not None and not isinstance(value, str):
        raise TypeError
    return (value or "")[:LOOKED_AT]


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise Malformed("number")
    return int(text)
