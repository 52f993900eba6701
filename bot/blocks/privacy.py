"""Who sees what: the whole promise with its numbers, its limits, and the short form of it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.blocks.elements import Block, View
from bot.content import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class WhoSees:
    """Who stands where for one person.

    reader_ids: Slack ids of all who read the group's words (the supervisor, an owner of a pooled line,
    leaders). key_holder: a Slack id, or plain words for who runs the server and holds its keys; empty when
    not said yet. key_holder_conflict: that person supervises, leads or hires here.
    words_possible: the group can have words at all.
    """

    supervisor_id: str | None
    reader_ids: tuple[str, ...] = ()
    key_holder: str = ""
    key_holder_conflict: bool = False
    words_possible: bool = True
    answers_kept_weeks: int = 13


def who_sees(words: Words, sees: WhoSees) -> View:
    """The whole promise with its honest limits, as a view."""
    raise NotImplementedError


def who_sees_blocks(words: Words, sees: WhoSees) -> list[Block]:
    """The same text, to stand on top of the first form."""
    raise NotImplementedError
