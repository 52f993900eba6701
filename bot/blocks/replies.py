"""Answers to what was typed, and kind sentences when something cannot be done."""

from __future__ import annotations

from typing import Literal

from bot.blocks import crisis, ids
from bot.blocks.elements import Block, Message, View, divider, note, notice_view, section
from bot.content import Words

Trouble = Literal[
    "unknown_person",
    "not_yours",
    "out_of_date",
    "malformed",
    "fault",
    "slow",
    "too_long",
    "too_late",
    "closes_today",
    "nobody_to_ask",
    "no_huddle",
    "down",
]


def dm_reply(words: Words, *, country: str) -> Message:
    """To any text in the DM: a program, nobody watching, crisis lines, the menu."""
    return note(
        words,
        section(words("reply.program")),
        section(crisis.lines(words, country=country)),
        divider(),
        *crisis.menu_blocks(words),
    )


def sorry(words: Words, kind: Trouble, *, country: str = "") -> Message:
    """A kind sentence, with the crisis line below it."""
    return note(words, *_sorry_blocks(words, kind, country))


def sorry_line(words: Words, kind: Trouble, *, country: str) -> str:
    """The same as plain text, to stand under a field of a form that stays as it was filled in."""
    return f"{words(f'sorry.{kind}')} {words.crisis(country).short}"


def sorry_view(words: Words, kind: Trouble, *, country: str = "") -> View:
    return notice_view(
        words, words("sorry.title"), _sorry_blocks(words, kind, country), callback_id=ids.VIEW_NOTICE
    )


def _sorry_blocks(words: Words, kind: Trouble, country: str) -> list[Block]:
    return [section(words(f"sorry.{kind}")), crisis.footer(words, country=country)]


def as_view(words: Words, message: Message) -> View:
    """A message as a view, where there is no conversation to post it in."""
    return notice_view(words, words("common.note"), message.blocks, callback_id=ids.VIEW_NOTICE)
