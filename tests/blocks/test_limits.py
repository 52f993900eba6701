"""Every screen in both languages is one that Slack accepts."""

from __future__ import annotations

import json

import pytest

from bot.blocks import ids
from bot.blocks.elements import Message
from bot.content import Words
from bot.sandbox.blocks import check_message, check_view
from tests.blocks.reading import Screen, parts, walk


def test_the_local_slack_accepts_every_message(screens: dict[str, Screen]) -> None:
    for screen in screens.values():
        if isinstance(screen, Message):
            check_message(screen.blocks)


def test_the_local_slack_accepts_every_view(screens: dict[str, Screen]) -> None:
    for screen in screens.values():
        if not isinstance(screen, Message):
            check_view(screen, "home" if screen["type"] == "home" else "modal")


def test_every_title_and_closing_button_has_24_characters_at_most(screens: dict[str, Screen]) -> None:
    labels = {
        screen[part]["text"]
        for screen in screens.values()
        if not isinstance(screen, Message)
        for part in ("title", "submit", "close")
        if part in screen
    }
    assert not {label for label in labels if len(label) > 24}


def test_no_option_is_cut_short(screens: dict[str, Screen]) -> None:
    options = [
        option["text"]["text"]
        for screen in screens.values()
        for part in walk(parts(screen))
        for option in part.get("options", ())
    ]
    assert not [text for text in options if text.endswith("…") or len(text) > 75]


def test_every_screen_can_be_sent_as_json(screens: dict[str, Screen]) -> None:
    assert all(json.loads(json.dumps(parts(screen))) == parts(screen) for screen in screens.values())


def test_every_message_has_a_notification_and_something_to_read(screens: dict[str, Screen]) -> None:
    messages = [screen for screen in screens.values() if isinstance(screen, Message)]
    assert all(message.text and message.blocks for message in messages)


def test_every_action_and_view_is_named_in_ids(screens: dict[str, Screen]) -> None:
    known = {value for name, value in vars(ids).items() if name.isupper() and isinstance(value, str)}
    used = {
        part[name]
        for screen in screens.values()
        for part in walk(parts(screen))
        for name in ("action_id", "callback_id")
        if name in part
    }
    prefixes = (ids.ANSWER_PREFIX, ids.SAID_PREFIX)
    assert {one for one in used if one not in known and not one.startswith(prefixes)} == set()


def test_ids_are_told_apart() -> None:
    actions = [
        value
        for name, value in vars(ids).items()
        if name.isupper() and not name.startswith(("MENU_", "VIEW_"))
    ]
    views = [value for name, value in vars(ids).items() if name.startswith("VIEW_")]
    assert len(set(views)) == len(views)
    doubled = {value for value in actions if actions.count(value) > 1}
    assert doubled == set()


@pytest.mark.parametrize("surface", ["home"])
def test_a_staff_members_home_has_35_blocks_at_most(screens: dict[str, Screen], surface: str) -> None:
    homes = [screen for name, screen in screens.items() if name.startswith("home") and "work" not in name]
    staff = [home for home in homes if not isinstance(home, Message) and home["type"] == surface]
    mine = [home for home in staff if ids.OPENED_MINE not in json.dumps(home)]
    assert len(mine) > 5
    assert max(len(home["blocks"]) for home in mine) <= 35


def test_the_settings_name_every_reaction_question_in_full(words: Words, screens: dict[str, Screen]) -> None:
    shown = json.dumps(parts(screens["settings"]), ensure_ascii=False)
    assert words.item("qI02").text in shown
