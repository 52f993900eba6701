"""Everything that can be pressed, chosen in a menu or sent on any screen has a listener of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest

import handlers
from bot.blocks import ids
from bot.blocks.elements import Message
from bot.content import load_content
from tests.blocks.reading import Screen, walk
from tests.blocks.screens import every_screen

BUTTONS = frozenset({"button", "overflow"})
CONTENT = load_content()


class Registry:
    """Stands where Bolt's App would and notes what is registered, by kind."""

    def __init__(self) -> None:
        self.heard: dict[str, list[str]] = {}

    def __getattr__(self, kind: str) -> Callable[..., Callable[[object], object]]:
        def take(named: object = None, *_more: object, **_options: object) -> Callable[[object], object]:
            self.heard.setdefault(kind, []).extend([named] if isinstance(named, str) else [])
            return lambda listener: listener

        return take


@pytest.fixture(scope="module")
def heard() -> dict[str, list[str]]:
    registry = Registry()
    handlers.register(cast(Any, registry), cast(Any, None))
    return registry.heard


@pytest.fixture(scope="module")
def screens() -> list[Screen]:
    return list(every_screen(CONTENT, "en").values())


def elements(screen: Screen) -> list[dict[str, Any]]:
    """Everything with an action_id on a screen."""
    shown = screen.blocks if isinstance(screen, Message) else screen
    return [node for node in walk(shown) if isinstance(node, dict) and "action_id" in node]


def test_every_button_and_menu_of_every_screen_is_heard(
    heard: dict[str, list[str]], screens: list[Screen]
) -> None:
    pressed = {one["action_id"] for screen in screens for one in elements(screen) if one["type"] in BUTTONS}
    assert pressed
    assert pressed <= set(heard["action"])


def test_every_menu_that_loads_its_options_is_heard(
    heard: dict[str, list[str]], screens: list[Screen]
) -> None:
    loading = {
        one["action_id"] for screen in screens for one in elements(screen) if one["type"] == "external_select"
    }
    assert loading == set(heard["options"])


def test_every_form_is_heard_and_every_heard_form_is_shown(
    heard: dict[str, list[str]], screens: list[Screen]
) -> None:
    forms = {
        screen["callback_id"] for screen in screens if not isinstance(screen, Message) and "submit" in screen
    }
    assert forms == set(heard["view"])


def test_every_heard_button_stands_on_some_screen(heard: dict[str, list[str]], screens: list[Screen]) -> None:
    """What nobody can press is not kept."""
    shown = {one["action_id"] for screen in screens for one in elements(screen)}
    assert set(heard["action"]) <= shown


def test_nothing_is_listened_to_twice(heard: dict[str, list[str]]) -> None:
    """Bolt would run the first of two and leave the other out without a word."""
    for kind, names in heard.items():
        assert sorted(names) == sorted(set(names)), kind


def test_whatever_can_be_filled_in_can_be_sent(screens: list[Screen]) -> None:
    for screen in screens:
        if not isinstance(screen, Message) and screen["type"] == "modal":
            has_inputs = any(block["type"] == "input" for block in screen["blocks"])
            assert "submit" in screen or not has_inputs


def test_values_beside_ids_are_small_and_opaque(screens: list[Screen]) -> None:
    """Nothing of an answer travels on a button: a week, an id, a key."""
    values = {
        one.get("value", "") for screen in screens for one in elements(screen) if one["type"] == "button"
    }
    assert all(len(value) <= 32 and value.isascii() for value in values)


def test_every_id_in_the_list_is_in_use(heard: dict[str, list[str]], screens: list[Screen]) -> None:
    shown = str([screen.blocks if isinstance(screen, Message) else screen for screen in screens])
    named = {value for name, value in vars(ids).items() if name.isupper() and isinstance(value, str)}
    listened = {name for names in heard.values() for name in names}
    assert {value for value in named if f"'{value}" not in shown and value not in listened} == set()
