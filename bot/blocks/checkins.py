"""The weekly card, its form and the options view after it, and the one private question of a quiet spell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.blocks.elements import Message, View
from bot.blocks.privacy import WhoSees
from bot.content import Words
from bot.domain.followups import Offer, Options


def arrival(words: Words, *, week: int, questions: int, only_for_you: bool) -> Message:
    """The weekly card. questions: how many the form will have; only_for_you: the group is too small for words."""
    raise NotImplementedError


def fixed_card(words: Words, *, week: int) -> Message:
    """The card after a submit: byte for byte the same for everybody, whatever was answered."""
    raise NotImplementedError


def declined_card(words: Words, *, week: int) -> Message:
    raise NotImplementedError


def closed_card(words: Words, *, week: int) -> Message:
    raise NotImplementedError


def moved_card(words: Words, *, week: int) -> Message:
    """An older card whose newer one stands below."""
    raise NotImplementedError


def stopped_card(words: Words) -> Message:
    """The card after Stop in its menu, with the undo."""
    raise NotImplementedError


def form(
    words: Words,
    *,
    week: int,
    keys: Sequence[str],
    only_for_you: bool,
    unread: WhoSees | None,
    remote: bool = False,
    current: Mapping[str, int] | None = None,
    cleared: bool = False,
) -> View:
    """The form. unread: who sees what, shown on top until accepted once (submitting then accepts); None after that.

    current: answers of this week already given, preset when they are changed. cleared: the same form emptied.
    private_metadata is {"week": w}.
    """
    raise NotImplementedError


def options(words: Words, chosen: Options, *, week: int, country: str, saved: bool = True) -> View:
    """What is offered after a check-in. saved: right after the submit (T0 then pushes nothing)."""
    raise NotImplementedError


def more(words: Words, *, week: int, offers: Sequence[Offer], country: str) -> View:
    """Everything that is offered, nothing above it."""
    raise NotImplementedError


def no_longer(words: Words, *, week: int, offers: Sequence[Offer], country: str) -> View:
    """A submit after closing: nothing was kept, options stay open."""
    raise NotImplementedError


def quiet_question(words: Words) -> Message:
    """After three unanswered: a neutral note with [Open]."""
    raise NotImplementedError


def quiet_question_view(words: Words) -> View:
    """Another day, one question only, pause, or leave it as it is."""
    raise NotImplementedError
