"""Days away that somebody set for themselves: nothing unasked reaches them on those.

They are told to nobody. Dates are the person's own; a span includes both of its ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal, TypeAlias

MOST_SPANS = 12
FARTHEST = timedelta(days=366)
"""How far ahead leave can be set; a slip of the year is more likely than a later one."""
A_DAY = timedelta(days=1)

Problem: TypeAlias = Literal["backwards", "over", "too_far", "too_many"]


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Span:
    """From the first to the last day away."""

    first_on: date
    last_on: date

    def covers(self, on: date) -> bool:
        return self.first_on <= on <= self.last_on


Leave: TypeAlias = tuple[Span, ...]
"""Somebody's days away, in order; no two spans touch."""


def added(leave: Leave, span: Span, today: date) -> Leave | Problem:
    """The leave with one more span, joined with what it touches; or what is wrong with it."""
    problems: dict[Problem, bool] = {
        "backwards": span.last_on < span.first_on,
        "over": span.last_on < today,
        "too_far": span.last_on > today + FARTHEST,
    }
    wrong = next((problem for problem, holds in problems.items() if holds), None)
    if wrong:
        return wrong
    grown = joined((*ahead(leave, today), replace(span, first_on=max(span.first_on, today))))
    return "too_many" if len(grown) > MOST_SPANS else grown


def joined(spans: Iterable[Span]) -> Leave:
    """The same days in as few spans as possible."""
    found: list[Span] = []
    for span in sorted(spans):
        if found and span.first_on <= found[-1].last_on + A_DAY:
            found[-1] = replace(found[-1], last_on=max(found[-1].last_on, span.last_on))
        else:
            found.append(span)
    return tuple(found)


def without(leave: Leave, first_on: date) -> Leave:
    """The leave without the span that begins on that day."""
    return tuple(span for span in leave if span.first_on != first_on)


def back_early(leave: Leave, today: date) -> Leave:
    """Somebody works again today: the span they are in ended yesterday."""
    cut = (replace(span, last_on=today - A_DAY) if span.covers(today) else span for span in leave)
    return tuple(span for span in cut if span.first_on <= span.last_on)


def ahead(leave: Leave, today: date) -> Leave:
    """What is not over yet."""
    return tuple(span for span in leave if span.last_on >= today)


def away_until(leave: Leave, on: date) -> date | None:
    """The last day of the span somebody is in on a day; None when they are not away."""
    return next((span.last_on for span in leave if span.covers(on)), None)


def covers(leave: Sequence[Span], on: date) -> bool:
    return any(span.covers(on) for span in leave)
