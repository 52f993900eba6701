"""The first message somebody gets: what this is, who sees what, where help is, and what they can choose."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time

from bot.blocks.elements import Message
from bot.blocks.privacy import WhoSees
from bot.content import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstContact:
    """What the first message speaks of; first_on is the local date of the first check-in, once known."""

    team: str
    sees: WhoSees
    country: str
    weekday: int
    local_time: time
    questions: int = 2
    first_on: date | None = None


def first_contact(words: Words, facts: FirstContact, *, accepted: bool = False) -> Message:
    """The message; accepted: the same text with the tap on "Fine, I've read it" noted, to edit it in."""
    raise NotImplementedError
