"""Answers to what was typed, and kind sentences when something cannot be done."""

from __future__ import annotations

from typing import Literal

from bot.blocks.elements import Message, View
from bot.content import Words

Trouble = Literal["unknown_person", "not_yours", "out_of_date", "malformed", "too_long", "too_late", "down"]


def dm_reply(words: Words, *, country: str) -> Message:
    """To any text in the DM: a program, nobody watching, crisis lines, the menu."""
    raise NotImplementedError


def sorry(words: Words, kind: Trouble, *, country: str = "") -> Message:
    """A kind sentence; with the crisis line below it when the country is known."""
    raise NotImplementedError


def sorry_view(words: Words, kind: Trouble, *, country: str = "") -> View:
    raise NotImplementedError
