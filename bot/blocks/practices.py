"""Small practices: minutes, evidence in one word, nothing stored."""

from __future__ import annotations

from bot.blocks.elements import View
from bot.content import Words


def practice(words: Words, key: str) -> View:
    """The practice as a view; KeyError for a key that is not in the content."""
    raise NotImplementedError
