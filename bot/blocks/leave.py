"""Days away: what is set, two dates to add, and coming back early. Nobody but the person sees any of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from bot.blocks import ids
from bot.blocks.elements import (
    Block,
    View,
    button,
    context,
    day_picker,
    field,
    modal,
    notice_view,
    section,
)
from bot.content import Words
from bot.domain.leave import MOST_SPANS, Leave, Problem, Span


def leave_form(words: Words, leave: Leave, *, drawn: int = 0) -> View:
    """What is set, each with a button to take it back, and two dates to add. private_metadata {"drawn": n}.

    drawn: how often this window was drawn. The dates' block_ids differ by it, because Slack keeps what was
    chosen in a block it knows.
    """
    return modal(
        words("leave.title"),
        [
            context(words("leave.who_sees")),
            *(_span(words, span) for span in leave),
            field(words("leave.first"), day_picker(ids.AWAY_FROM), block_id=f"{ids.AWAY_FROM}_{drawn}"),
            field(words("leave.last"), day_picker(ids.AWAY_UNTIL), block_id=_until_block(drawn)),
        ],
        callback_id=ids.VIEW_LEAVE,
        submit=words("leave.add"),
        close=words("common.close"),
        metadata={"drawn": drawn},
    )


def _until_block(drawn: int) -> str:
    return f"{ids.AWAY_UNTIL}_{drawn}"


def _span(words: Words, span: Span) -> Block:
    text = said(words, span)
    says = words("leave.remove_says", span=text)
    tap = button(words("leave.remove"), ids.REMOVED_LEAVE, value=f"{span.first_on}", says=says)
    return section(text, accessory=tap, block_id=f"leave_{span.first_on}_{span.last_on}")


def said(words: Words, span: Span) -> str:
    """One day, or from the first to the last."""
    if span.first_on == span.last_on:
        return words("leave.day", date=words.date(span.first_on))
    return words("leave.span", first=words.date(span.first_on), last=words.date(span.last_on))


def leave_errors(words: Words, problem: Problem, *, drawn: int) -> Mapping[str, str]:
    """What is wrong with two dates, by block_id."""
    return {_until_block(drawn): words(f"leave.problem_{problem}", most=MOST_SPANS)}


def back(words: Words, *, next_on: date | None) -> View:
    """After coming back early. next_on: the local date of the next check-in, if it is known."""
    text = words("leave.back_next", date=words.date(next_on)) if next_on else words("leave.back_done")
    return notice_view(words, words("leave.back_title"), [section(text)], callback_id=ids.VIEW_NOTICE)
