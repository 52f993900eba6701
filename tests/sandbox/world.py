"""A small workspace and small blocks for the tests of the local Slack."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

from bot.sandbox import BOT_USER_ID, Channel, Person

Json = dict[str, Any]

START = datetime(2026, 11, 30, 15, tzinfo=UTC)  # a Monday

MANIFEST: Json = {
    "display_information": {"name": "Little"},
    "features": {
        "app_home": {
            "home_tab_enabled": True,
            "messages_tab_enabled": True,
            "messages_tab_read_only_enabled": False,
        },
        "bot_user": {"display_name": "Little"},
        "shortcuts": [
            {"name": "Ask", "type": "global", "callback_id": "ask", "description": "Ask"},
            {"name": "Note", "type": "message", "callback_id": "note", "description": "Note"},
        ],
        "slash_commands": [{"command": "/little", "description": "Little"}],
    },
    "oauth_config": {
        "scopes": {
            "bot": [
                "channels:read",
                "chat:write",
                "commands",
                "dnd:read",
                "files:read",
                "files:write",
                "groups:read",
                "im:history",
                "im:write",
                "users:read",
            ]
        }
    },
    "settings": {
        "event_subscriptions": {
            "bot_events": [
                "app_home_opened",
                "app_uninstalled",
                "member_joined_channel",
                "message.im",
                "team_join",
                "tokens_revoked",
                "user_change",
            ]
        },
        "interactivity": {"is_enabled": True},
        "socket_mode_enabled": True,
    },
}

ANA = Person(id="U00000ANA", name="Ana Ruiz", tz="America/Chicago", locale="es-MX")
BEN = Person(id="U00000BEN", name="Ben Ode", tz="America/New_York", dnd=(time(22), time(8)))
EVA = Person(id="U00000EVA", name="Eva Admin", is_admin=True)
GONE = Person(id="U0000GONE", name="Gone Now", deleted=True)
PEOPLE = (ANA, BEN, EVA, GONE)

OPEN = Channel(id="C00000001", name="team", members=(ANA.id, BEN.id, BOT_USER_ID))
WITHOUT_BOT = Channel(id="C00000002", name="other", members=(ANA.id,))
CLOSED = Channel(id="C00000003", name="hush", members=(ANA.id,), is_private=True)
PRIVATE = Channel(id="C00000004", name="leads", members=(EVA.id, BOT_USER_ID), is_private=True)
ARCHIVED = Channel(id="C00000005", name="old", members=(ANA.id, BOT_USER_ID), is_archived=True)
CHANNELS = (OPEN, WITHOUT_BOT, CLOSED, PRIVATE, ARCHIVED)


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def section(text: str = "Hello", **more: Any) -> Json:
    return {"type": "section", "text": mrkdwn(text), **more}


def button(action_id: str = "go", **more: Any) -> Json:
    return {"type": "button", "action_id": action_id, "text": plain("Go"), **more}


def actions(*elements: Json, **more: Any) -> Json:
    return {"type": "actions", "elements": list(elements), **more}


def options(*values: str) -> list[Json]:
    return [{"text": plain(f"Option {value}"), "value": value} for value in values]


def question(element: Json, block_id: str = "q", **more: Any) -> Json:
    return {"type": "input", "block_id": block_id, "label": plain("How?"), "element": element, **more}


def radio(action_id: str = "a", **more: Any) -> Json:
    return {"type": "radio_buttons", "action_id": action_id, "options": options("0", "1", "2"), **more}


def written(action_id: str = "t", **more: Any) -> Json:
    return {"type": "plain_text_input", "action_id": action_id, **more}


def modal(*blocks: Json, **more: Any) -> Json:
    shape = {"type": "modal", "callback_id": "form", "title": plain("Form"), "submit": plain("Send")}
    return {**shape, "blocks": list(blocks), **more}


def home(*blocks: Json, **more: Any) -> Json:
    return {"type": "home", "blocks": list(blocks), **more}
