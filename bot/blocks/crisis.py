"""Crisis lines, wherever they stand; everything here comes from memory."""

from __future__ import annotations

from bot.blocks.elements import Block, Message, View
from bot.content import Content, Words


def crisis_blocks(words: Words, *, country: str, protocol_url: str = "") -> list[Block]:
    raise NotImplementedError


def card(words: Words, *, country: str, protocol_url: str = "") -> Message:
    """`/choir crisis` and its other words: crisis lines first, then the menu."""
    raise NotImplementedError


def view(words: Words, *, country: str, protocol_url: str = "") -> View:
    raise NotImplementedError


def both_languages(content: Content, *, country: str, protocol_url: str = "") -> Message:
    """For somebody whose language is not known: every language that is on, one below the other."""
    raise NotImplementedError


def menu(words: Words, *, country: str) -> Message:
    """`/choir` alone, and any word it does not know."""
    raise NotImplementedError


def pin_text(words: Words, *, country: str) -> Message:
    """The crisis lines for a team's channel, to be pinned there: help that survives a dead bot."""
    raise NotImplementedError
