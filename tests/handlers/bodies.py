"""Payloads as Slack sends them, for one listener at a time."""

from __future__ import annotations

import json
from typing import Any

Body = dict[str, Any]

WORKSPACE = "T0SANDBOX"
DM = "D0ANA0001"
TS = "1796223600.000100"


def interaction(kind: str, user_id: str, **parts: Any) -> Body:
    """What every interaction carries."""
    return {
        "type": kind,
        "user": {"id": user_id, "username": "ana", "name": "ana", "team_id": WORKSPACE},
        "api_app_id": "A0SANDBOX",
        "token": "sandbox-verification",
        "team": {"id": WORKSPACE, "domain": "sandbox"},
        "enterprise": None,
        "is_enterprise_install": False,
        **parts,
    }


def on_message(channel: str = DM, ts: str = TS, *, ephemeral: bool = False) -> Body:
    """Done on a message."""
    container = {"type": "message", "message_ts": ts, "channel_id": channel, "is_ephemeral": ephemeral}
    return {"container": container, "channel": {"id": channel, "name": "directmessage"}}


def in_view(callback_id: str, metadata: object = None, values: object = None, **parts: Any) -> Body:
    """Done in a modal, or on Home with type="home"."""
    view = {
        "id": "V0000000001",
        "type": "modal",
        "callback_id": callback_id,
        "private_metadata": json.dumps(metadata) if metadata else "",
        "state": {"values": values or {}},
        **parts,
    }
    return {"container": {"type": "view", "view_id": view["id"]}, "view": view}


def click(
    user_id: str,
    action_id: str,
    value: str | None = None,
    *,
    place: Body | None = None,
    trigger_id: str = "1.1",
) -> Body:
    """A button pressed, on a message in the DM unless said otherwise."""
    action = {"type": "button", "block_id": "b1", "action_id": action_id, "action_ts": "1796223601.000000"}
    if value is not None:
        action["value"] = value
    place = on_message() if place is None else place
    return interaction("block_actions", user_id, trigger_id=trigger_id, actions=[action], **place)


def chosen(user_id: str, action_id: str, value: str) -> Body:
    """An entry of a card's overflow menu."""
    body = click(user_id, action_id)
    option = {"text": {"type": "plain_text", "text": "…"}, "value": value}
    body["actions"] = [
        {"type": "overflow", "block_id": "b1", "action_id": action_id, "selected_option": option}
    ]
    return body


def submission(user_id: str, callback_id: str, values: object = None, metadata: object = None) -> Body:
    """A form sent. values: block_id to action_id to the element's state."""
    place = in_view(callback_id, metadata, values)
    return interaction("view_submission", user_id, trigger_id="2.2", response_urls=[], view=place["view"])


def filled(**chosen_: Any) -> Body:
    """state.values of a form whose block_ids are its action_ids; see `state` for a value's shape."""
    return {name: {name: state(value)} for name, value in chosen_.items()}


def state(value: Any) -> Body:
    """An input's state: a text is one option, a list several, a dict as it is."""
    if isinstance(value, dict):
        return value
    if isinstance(value, list):
        return {"type": "checkboxes", "selected_options": [{"value": one} for one in value]}
    return {"type": "radio_buttons", "selected_option": {"value": value} if value is not None else None}


def command(user_id: str, text: str = "", channel: str = DM) -> Body:
    return {
        "token": "sandbox-verification",
        "team_id": WORKSPACE,
        "team_domain": "sandbox",
        "channel_id": channel,
        "channel_name": "directmessage",
        "user_id": user_id,
        "user_name": "ana",
        "command": "/choir",
        "text": text,
        "api_app_id": "A0SANDBOX",
        "is_enterprise_install": "false",
        "response_url": "http://127.0.0.1:9/nobody",
        "trigger_id": "3.3",
    }


def shortcut(user_id: str, callback_id: str) -> Body:
    return interaction("shortcut", user_id, callback_id=callback_id, trigger_id="4.4", action_ts="1796.1")


def event(event_id: str, kind: str, **parts: Any) -> Body:
    return {
        "type": "event_callback",
        "token": "sandbox-verification",
        "team_id": WORKSPACE,
        "api_app_id": "A0SANDBOX",
        "event": {"type": kind, "event_ts": TS, **parts},
        "event_id": event_id,
        "event_time": 1796223600,
        "authorizations": [{"team_id": WORKSPACE, "user_id": "U0SANDBOT", "is_bot": True}],
    }


def typed(event_id: str, user_id: str, text: str, **parts: Any) -> Body:
    """A message in the DM."""
    said = {"user": user_id, "text": text, "ts": TS, "channel": DM, "channel_type": "im"}
    return event(event_id, "message", **{**said, **parts})
