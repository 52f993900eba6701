"""The supervisor's one scheduled message a week: the prompt, then one line for each team."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.blocks.elements import Message, View
from bot.content import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamSection:
    """A team as the weekly message names it. No figure from answers has a place here."""

    name: str
    words_possible: bool
    next_update_on: date | None = None
    why_said_before: bool = False


def weekly(words: Words, *, prompt: int, teams: Sequence[TeamSection], open_asks: bool = False) -> Message:
    """prompt: 1 to 12. open_asks: the reader has an ask without an answer."""
    raise NotImplementedError


def prompt_view(words: Words, *, prompt: int) -> View:
    """The same prompt from Home."""
    raise NotImplementedError
