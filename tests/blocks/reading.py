"""Reads a screen as a person does: what stands on it, how many words, how many seconds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from bot.blocks.elements import Message, View

Screen = Message | View
WORDS_A_MINUTE = 200
SECONDS_A_TAP = 3


def parts(screen: Screen) -> Any:
    """The screen as plain data."""
    return {"text": screen.text, "blocks": screen.blocks} if isinstance(screen, Message) else screen


def walk(part: Any) -> Iterator[dict[str, Any]]:
    """Every object inside, outermost first."""
    if isinstance(part, list | tuple):
        for one in part:
            yield from walk(one)
    elif isinstance(part, dict):
        yield part
        for value in part.values():
            yield from walk(value)


def shown(text: str) -> str:
    """Slack's markup as it is read: links by their label, mentions as one word."""
    labelled = re.sub(r"<[^|<>]+\|([^<>]+)>", r"\1", text)
    return re.sub(r"<[@#]\w+>", "somebody", labelled)


def texts(screen: Screen, *, overflow: bool = True) -> list[str]:
    """Every text that is shown, in order; the notification and screen reader labels are not."""
    return [
        shown(text) for text in _texts(_without_overflow(parts(screen)) if not overflow else parts(screen))
    ]


def _texts(screen: Any) -> Iterator[str]:
    for part in walk(screen):
        if part.get("type") in ("plain_text", "mrkdwn"):
            yield part["text"]


def _without_overflow(part: Any) -> Any:
    if isinstance(part, list | tuple):
        return [_without_overflow(one) for one in part if not _is_overflow(one)]
    if isinstance(part, dict):
        return {name: _without_overflow(value) for name, value in part.items() if not _is_overflow(value)}
    return part


def _is_overflow(part: Any) -> bool:
    return isinstance(part, dict) and part.get("type") == "overflow"


def spoken(screen: Screen) -> list[str]:
    """Labels that only a screen reader says."""
    return [part["accessibility_label"] for part in walk(parts(screen)) if "accessibility_label" in part]


def words_in(text: str) -> int:
    """Runs of characters between spaces that hold a letter or a digit."""
    return sum(any(c.isalnum() for c in run) for run in text.split())


def word_count(screen: Screen) -> int:
    """All that is read on the way: labels, titles, buttons, and Slack's "(optional)" once per question."""
    optional = sum(part.get("optional") is True for part in walk(parts(screen)))
    return sum(words_in(text) for text in texts(screen, overflow=False)) + optional


def seconds(words: int, taps: int) -> float:
    return words / WORDS_A_MINUTE * 60 + taps * SECONDS_A_TAP


def buttons(screen: Screen) -> dict[str, dict[str, Any]]:
    """Buttons by action_id; of several with one id, the first."""
    found = [part for part in walk(parts(screen)) if part.get("type") == "button"]
    return {button["action_id"]: button for button in reversed(found)}


def joined(screen: Screen) -> str:
    return "\n".join(texts(screen))


def sentences(text: str) -> list[str]:
    """Sentences of a text, without markup."""
    bare = re.sub(r"[*•“”]", "", shown(text))
    return [one.strip() for one in re.split(r"(?<=[.?!:])\s+|\n", bare) if one.strip()]
