"""What the app declared: scopes, commands, shortcuts, events and tabs, read from its manifest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """The parts of a manifest that Slack enforces. `shortcuts` maps callback_id to type."""

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

    @classmethod
    def read(cls, manifest: Mapping[str, Any]) -> Self:
        """Read a manifest as parsed from YAML or JSON; absent parts are off, as in Slack."""
        features, settings = _part(manifest, "features"), _part(manifest, "settings")
        home, name = _part(features, "app_home"), _part(manifest, "display_information").get("name", "App")
        return cls(
            name=name,
            bot_name=_part(features, "bot_user").get("display_name", name),
            scopes=frozenset(_part(manifest, "oauth_config", "scopes").get("bot", ())),
            commands=frozenset(command["command"] for command in features.get("slash_commands", ())),
            shortcuts={one["callback_id"]: one["type"] for one in features.get("shortcuts", ())},
            events=frozenset(_part(settings, "event_subscriptions").get("bot_events", ())),
            interactive=bool(_part(settings, "interactivity").get("is_enabled", False)),
            home_tab=bool(home.get("home_tab_enabled", False)),
            messages_tab=bool(home.get("messages_tab_enabled", False)),
            messages_tab_read_only=bool(home.get("messages_tab_read_only_enabled", False)),
        )


def _part(mapping: Mapping[str, Any], *keys: str) -> Mapping[str, Any]:
    for key in keys:
        mapping = mapping.get(key) or {}
    return mapping
