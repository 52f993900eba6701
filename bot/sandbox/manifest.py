"""What the app declared: scopes, commands, shortcuts, events and tabs, read from its manifest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """The parts of a manifest that Slack enforces. `shortcuts` maps callback_id to type.

    `command_help` (command, description, usage_hint) and `shortcut_help` (callback_id, name, description;
    global ones only) are what people are shown of them.
    """

    name: str
    bot_name: str
    scopes: frozenset[str]
    commands: frozenset[str]
    shortcuts: Mapping[str, str]
    events: frozenset[str]
    interactive: bool
    home_tab: bool
    messages_tab: bool
    messages_tab_read_only: bool
    command_help: tuple[Mapping[str, str], ...]
    shortcut_help: tuple[Mapping[str, str], ...]

    @classmethod
    def read(cls, manifest: Mapping[str, Any]) -> Self:
        """Read a manifest as parsed from YAML or JSON; absent parts are off, as in Slack."""
        features, settings = _part(manifest, "features"), _part(manifest, "settings")
        home, name = _part(features, "app_home"), _part(manifest, "display_information").get("name", "App")
        commands, shortcuts = features.get("slash_commands") or (), features.get("shortcuts") or ()
        return cls(
            name=name,
            bot_name=_part(features, "bot_user").get("display_name", name),
            scopes=frozenset(_part(manifest, "oauth_config", "scopes").get("bot", ())),
            commands=frozenset(command["command"] for command in commands),
            shortcuts={one["callback_id"]: one["type"] for one in shortcuts},
            events=frozenset(_part(settings, "event_subscriptions").get("bot_events", ())),
            interactive=bool(_part(settings, "interactivity").get("is_enabled", False)),
            home_tab=bool(home.get("home_tab_enabled", False)),
            messages_tab=bool(home.get("messages_tab_enabled", False)),
            messages_tab_read_only=bool(home.get("messages_tab_read_only_enabled", False)),
            command_help=tuple(
                _texts(command, "command", "description", "usage_hint") for command in commands
            ),
            shortcut_help=tuple(
                _texts(one, "callback_id", "name", "description")
                for one in shortcuts
                if one["type"] == "global"
            ),
        )


def _texts(mapping: Mapping[str, Any], *keys: str) -> Mapping[str, str]:
    return {key: str(mapping[key]) for key in keys if key in mapping}


def _part(mapping: Mapping[str, Any], *keys: str) -> Mapping[str, Any]:
    for key in keys:
        mapping = mapping.get(key) or {}
    return mapping
