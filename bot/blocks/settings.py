"""Day, hour, length, language, questions left out; pausing, stopping and coming back."""

from __future__ import annotations

from datetime import date, time

from bot.blocks.elements import Message, View
from bot.content import Words
from bot.domain.members import Preferences


def settings(words: Words, preferences: Preferences, *, small: bool = False) -> View:
    """The settings with what is chosen now; small: the group gets one question every two weeks."""
    raise NotImplementedError


def settings_errors(words: Words, *, weekday: int, local_time: time) -> dict[str, str]:
    """What is wrong with a day and hour, by block_id; empty when the slot is allowed."""
    raise NotImplementedError


def settings_saved(words: Words, *, weekday: int, local_time: time) -> View:
    raise NotImplementedError


def pause_form(words: Words) -> View:
    """1, 2 or 4 weeks, or until I come back."""
    raise NotImplementedError


def paused(words: Words, *, until: date | None) -> Message:
    raise NotImplementedError


def paused_view(words: Words, *, until: date | None) -> View:
    raise NotImplementedError


def stopped(words: Words) -> Message:
    raise NotImplementedError


def stopped_view(words: Words) -> View:
    raise NotImplementedError


def resumed(words: Words, *, next_on: date | None) -> Message:
    raise NotImplementedError


def resumed_view(words: Words, *, next_on: date | None) -> View:
    raise NotImplementedError
