"""The supervisor's weekly message: which prompt, and when the group's next update comes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.digests import Band, Reading
from bot.domain.localtime import (
    DAY_ENDS,
    FRIDAY,
    WEEKS_IN_PERIOD,
    Calendar,
    first_working_morning,
    local,
    monday_of,
    slot_at,
    week_of,
)

PROMPTS = 12


def prompt_number(week: int) -> int:
    """This week's prompt, 1 to 12; sent whatever the data (study L2049-2143)."""
    return week % PROMPTS + 1


def next_message_at(epoch_on: date, since: datetime, now: datetime, calendar: Calendar) -> datetime:
    """The first weekly message not before both instants: first working morning of its week, 09:30."""
    earliest = max(since, now)
    week = max(0, week_of(epoch_on, local(earliest, calendar.tz).date()))
    while True:
        at = first_working_morning(monday_of(epoch_on, week), calendar)
        if at is not None and at >= earliest:
            return at
        week += 1


def message_ends_at(epoch_on: date, week: int, tz: str) -> datetime:
    """A weekly message that could not go out on its morning is worth sending that week only."""
    return slot_at(epoch_on, week, FRIDAY, DAY_ENDS, tz)


def next_update_on(epoch_on: date, week: int, calendar: Calendar) -> date:
    """When a group's next update can be read, seen from a week: the first working day after the freeze."""
    monday = monday_of(epoch_on, (week // WEEKS_IN_PERIOD + 1) * WEEKS_IN_PERIOD)
    morning = first_working_morning(monday, calendar)
    return local(morning, calendar.tz).date() if morning else monday


WEEKS_TO_TELL = 2
"""Weeks after a freeze in which its update is still worth telling as "the last four weeks"."""


def update_to_tell(week: int, told: int | None) -> int | None:
    """The period whose update the weekly message of a week carries: the newest one that ended.

    told: the newest period whose update reached this reader. A message that was lost leaves its update
    to the next one.
    """
    ended, weeks_ago = week // WEEKS_IN_PERIOD - 1, week % WEEKS_IN_PERIOD
    if ended < 0 or weeks_ago >= WEEKS_TO_TELL or (told is not None and told >= ended):
        return None
    return ended


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A released update as every reader is shown it: a function of released rows and roster facts.

    teams: names of the group's teams. lines: the stored words by language. beside: the whole
    organization's reading, from at least two groups. strip: the first day of each period and its band.
    """

    teams: tuple[str, ...]
    lines: Mapping[str, tuple[str, ...]]
    beside: Reading | None
    strip: tuple[tuple[date, Band | None], ...]

    @property
    def first_on(self) -> date:
        """The first day of the period."""
        return self.strip[-1][0]
