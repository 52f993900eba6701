"""Asking for a check-in in one's own name: the form, the card of the one asked, and every way it ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from bot.blocks.elements import Message, View
from bot.content import Words
from bot.domain.asks import AskState

Role = Literal["supervisor", "deputy"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskLine:
    """An ask as a list shows it: with_id is the other person."""

    ask_id: str
    with_id: str
    state: AskState
    asked_on: date
    meet_at: datetime | None = None


def ask_form(
    words: Words, *, recipients: Sequence[tuple[str, Role]], deputy: bool, instead_of: str = ""
) -> View:
    """Choose whom to ask; no reason field. recipients: (Slack id, role), at most ten.

    deputy: there is somebody else to pass it to after 4 working hours. instead_of: the ask nobody
    answered, in private_metadata {"instead_of": id}.
    """
    raise NotImplementedError


def asked(words: Words, *, ask_id: str, recipient_id: str, deputy_id: str | None = None) -> View:
    """After sending: who was asked, by when there is word, and the way to take it back."""
    raise NotImplementedError


def ask_card(
    words: Words,
    *,
    ask_id: str,
    asker_id: str,
    state: AskState,
    meet_at: datetime | None = None,
    next_id: str | None = None,
    answered_by_id: str | None = None,
    for_deputy: bool = False,
) -> Message:
    """The card of the one asked: three buttons while OPEN or UNANSWERED, a fixed end text in every other state."""
    raise NotImplementedError


def another_time_form(words: Words, *, ask_id: str, first_on: date) -> View:
    """A day from first_on on and an hour. private_metadata is {"ask": id}."""
    raise NotImplementedError


def another_time_errors(words: Words) -> dict[str, str]:
    """The day and hour lie in the past, by block_id."""
    raise NotImplementedError


def cannot_form(words: Words, *, ask_id: str) -> View:
    """Who can instead: one person, required. private_metadata is {"ask": id}."""
    raise NotImplementedError


def cannot_errors(words: Words) -> dict[str, str]:
    """The person named is a bot, has left, or is one of the two already in it, by block_id."""
    raise NotImplementedError


def told(
    words: Words,
    *,
    ask_id: str,
    outcome: AskState,
    recipient_id: str,
    meet_at: datetime | None = None,
    next_id: str | None = None,
) -> Message:
    """For the asker: AGREED, ANOTHER_TIME (meet_at) or CANNOT (next_id)."""
    raise NotImplementedError


def unanswered(words: Words, *, ask_id: str, recipient_id: str, others: Sequence[str]) -> Message:
    """For the asker after one working day: somebody else, or leave it. others: Slack ids that can be asked."""
    raise NotImplementedError


def left(words: Words) -> Message:
    """The asker's note after "Leave it"."""
    raise NotImplementedError


def did_it_happen(words: Words, *, ask_id: str) -> Message:
    """The neutral note of the next working day, with [Open]."""
    raise NotImplementedError


def did_it_happen_view(words: Words, *, ask_id: str, recipient_id: str) -> View:
    """Yes, not yet, no longer needed. private_metadata is {"ask": id}."""
    raise NotImplementedError


def did_it_happen_done(words: Words, *, answer: str, ask_again: bool = True) -> View:
    """After it. answer: MET, NOT_YET or NO_LONGER of ids; "not yet" opens the way again."""
    raise NotImplementedError


def ask_withdrawn_view(words: Words, *, recipient_id: str) -> View:
    """For the asker after taking it back."""
    raise NotImplementedError


def ask_list(words: Words, asks: Sequence[AskLine]) -> View:
    """Open asks to the reader."""
    raise NotImplementedError
