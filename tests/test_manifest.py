"""app.yaml: what Slack accepts as a manifest, and exactly what the code uses."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

import handlers
from bot.domain.privacy import CONTRIBUTORS_MIN, PERIOD_WEEKS, ROSTER_MIN
from bot.setup.doctor import SCOPES
from bot.slack import METHODS

ROOT = Path(__file__).parents[1]
MANIFEST: dict[str, Any] = yaml.safe_load((ROOT / "app.yaml").read_text(encoding="utf-8"))

EVENT_SCOPES = {
    "app_home_opened": None,
    "app_uninstalled": None,
    "message.im": "im:history",
    "team_join": "users:read",
    "tokens_revoked": None,
    "user_change": "users:read",
}
"""Slack's event reference: which scope each event needs."""

LENGTHS = {
    "display_information.name": (1, 35),
    "display_information.description": (1, 140),
    "display_information.long_description": (175, 4000),
    "display_information.background_color": (4, 7),
    "features.bot_user.display_name": (1, 80),
    "features.shortcuts[].name": (1, 24),
    "features.shortcuts[].description": (1, 150),
    "features.shortcuts[].callback_id": (1, 255),
    "features.slash_commands[].command": (2, 32),
    "features.slash_commands[].description": (1, 2000),
    "features.slash_commands[].usage_hint": (1, 1000),
    "oauth_config.scopes.bot[]": (1, 50),
    "settings.event_subscriptions.bot_events[]": (1, 50),
}
"""Characters of each text, as Slack's public manifest schema has them."""

HELPERS = {"files_upload_v2": {"files.getUploadURLExternal", "files.completeUploadExternal"}}
"""What slack_sdk offers beside the methods themselves, with the methods it calls."""

OTHER_KEYS = {
    "features.app_home.home_tab_enabled": bool,
    "features.app_home.messages_tab_enabled": bool,
    "features.app_home.messages_tab_read_only_enabled": bool,
    "features.bot_user.always_online": bool,
    "features.shortcuts[].type": str,
    "features.slash_commands[].should_escape": bool,
    "settings.interactivity.is_enabled": bool,
    "settings.org_deploy_enabled": bool,
    "settings.socket_mode_enabled": bool,
    "settings.token_rotation_enabled": bool,
}


def leaves(node: Any, path: str = "") -> list[tuple[str, Any]]:
    """Every value of the manifest with the path of keys that leads to it."""
    if isinstance(node, dict):
        return [leaf for key, value in node.items() for leaf in leaves(value, f"{path}.{key}".lstrip("."))]
    if isinstance(node, list):
        return [leaf for value in node for leaf in leaves(value, f"{path}[]")]
    return [(path, node)]


def test_every_key_is_one_that_slack_knows() -> None:
    assert {path for path, _ in leaves(MANIFEST)} <= LENGTHS.keys() | OTHER_KEYS.keys()


@pytest.mark.parametrize("path", LENGTHS)
def test_every_text_has_a_length_that_slack_takes(path: str) -> None:
    low, high = LENGTHS[path]
    found = [value for at, value in leaves(MANIFEST) if at == path]
    assert found
    assert all(isinstance(value, str) and low <= len(value) <= high for value in found)


@pytest.mark.parametrize("path", OTHER_KEYS)
def test_every_switch_has_the_kind_of_value_that_slack_takes(path: str) -> None:
    assert {type(value) for at, value in leaves(MANIFEST) if at == path} == {OTHER_KEYS[path]}


def test_the_lists_are_no_longer_than_slack_takes_and_repeat_nothing() -> None:
    features = MANIFEST["features"]
    assert 1 <= len(features["shortcuts"]) <= 10
    assert 1 <= len(features["slash_commands"]) <= 50
    for listed in (bot_events(), MANIFEST["oauth_config"]["scopes"]["bot"]):
        assert len(listed) == len(set(listed))
        assert listed == sorted(listed)


def test_the_app_connects_out_and_needs_no_public_address() -> None:
    assert MANIFEST["settings"]["socket_mode_enabled"] is True
    assert "url" not in {path.rsplit(".", 1)[-1] for path, _ in leaves(MANIFEST)}
    assert not any(re.match(r"https?://", str(value)) for _, value in leaves(MANIFEST))


def test_people_can_open_home_and_write_to_the_bot() -> None:
    assert MANIFEST["features"]["app_home"] == {
        "home_tab_enabled": True,
        "messages_tab_enabled": True,
        "messages_tab_read_only_enabled": False,
    }


def test_the_app_asks_for_the_scopes_of_what_it_calls_and_no_others() -> None:
    assert set(MANIFEST["oauth_config"]["scopes"]["bot"]) == SCOPES


def test_commands_shortcuts_and_events_are_those_that_the_code_names() -> None:
    features = MANIFEST["features"]
    assert tuple(command["command"] for command in features["slash_commands"]) == handlers.COMMANDS
    assert {shortcut["callback_id"] for shortcut in features["shortcuts"]} == set(handlers.SHORTCUTS)
    assert bot_events() == sorted(handlers.EVENTS)


class Registry:
    """Stands where Bolt's App would and notes what is registered."""

    def __init__(self) -> None:
        self.heard: dict[str, set[str]] = {}

    def __getattr__(self, kind: str) -> Callable[..., Callable[[object], object]]:
        def take(named: object = None, *_more: object, **_options: object) -> Callable[[object], object]:
            self.heard.setdefault(kind, set()).add(named if isinstance(named, str) else "anything else")
            return lambda listener: listener

        return take


def test_what_the_code_names_is_what_it_registers() -> None:
    registry = Registry()
    handlers.register(cast(Any, registry), cast(Any, None))
    assert registry.heard["command"] == set(handlers.COMMANDS)
    assert registry.heard["shortcut"] == {*handlers.SHORTCUTS, "anything else"}
    assert registry.heard["event"] == {event.removesuffix(".im") for event in handlers.EVENTS}


def test_scopes_follow_from_the_methods_that_are_called() -> None:
    """slack_sdk spells a method's name with underscores: views.open is client.views_open."""
    spelled = {method.replace(".", "_"): method for method in METHODS}
    families = "|".join(sorted({name.split("_")[0] for name in spelled}))
    source = "\n".join(
        file.read_text(encoding="utf-8")
        for package in ("bot", "handlers", "schedules")
        for file in (ROOT / package).rglob("*.py")
        if "sandbox" not in file.parts
    )
    by_client = set(re.findall(rf"\.((?:{families})_\w+)\(", source))
    by_name = set(re.findall(rf'"((?:{families})\.[A-Za-z.]+)"(?!:)', source))
    assert by_client <= spelled.keys() | HELPERS.keys()
    by_helper = {method for name in by_client & HELPERS.keys() for method in HELPERS[name]}
    called = {spelled[name] for name in by_client - HELPERS.keys()} | (by_name & METHODS.keys()) | by_helper
    assert METHODS.keys() == called


def test_no_event_needs_a_scope_that_no_call_needs() -> None:
    assert set(bot_events()) == EVENT_SCOPES.keys()
    assert {scope for scope in EVENT_SCOPES.values() if scope} <= SCOPES


@pytest.mark.parametrize(
    "scope", ["channels:history", "groups:history", "mpim:history", "users:read.email", "files:read"]
)
def test_the_app_cannot_read_what_people_say_to_each_other(scope: str) -> None:
    assert scope not in MANIFEST["oauth_config"]["scopes"]["bot"]
    assert "user" not in MANIFEST["oauth_config"]["scopes"]


def test_the_texts_promise_nothing_that_choir_does_not_hold() -> None:
    said = " ".join(str(value) for _, value in leaves(MANIFEST)).lower()
    for word in ("anonymous", "impossible to identify", "proven", "guarantee", "mandatory", "compliance"):
        assert word not in said


def test_the_texts_say_when_a_group_gets_words_as_the_rule_has_it() -> None:
    said = MANIFEST["display_information"]["long_description"]
    rule = (
        f"Every {PERIOD_WEEKS} weeks a group of at least {ROSTER_MIN} people, "
        f"of whom at least {CONTRIBUTORS_MIN} answered"
    )
    assert rule in said


def test_the_texts_are_spelled_as_the_screens_are() -> None:
    said = " ".join(str(value) for _, value in leaves(MANIFEST)).lower()
    assert "organiz" in said
    assert "organis" not in said


def bot_events() -> list[str]:
    listed: list[str] = MANIFEST["settings"]["event_subscriptions"]["bot_events"]
    return listed
