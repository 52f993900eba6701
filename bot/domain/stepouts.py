"""Stepping out for a bit while a colleague covers, as in a choir where not everybody breathes at once.

Whoever steps out gives no reason. Who covers is told their name once they said yes; nobody else is. When it
is over nothing says that it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.domain.localtime import DAY_ENDS, Calendar, instant, local
from bot.domain.members import PersonRef
from bot.domain.peers import Help, Request, Wanted, Where

AT_A_TIME = 2
"""Colleagues asked at once: a break of ten minutes cannot wait for one after the other."""
ANSWER_WITHIN = timedelta(minutes=10)
MINUTES = 5
"""So much working time somebody must have left who is asked."""
LAPSE, END = "step_out_lapse", "step_out_end"
"""What timers do to it."""


class HowLong(StrEnum):
    TEN_MINUTES = "ten_minutes"
    AN_HOUR = "an_hour"
    TODAY = "today"


class StepOutState(StrEnum):
    ASKING = "asking"
    COVERED = "covered"
    UNCOVERED = "uncovered"
    """Nobody could; whoever steps out has been told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepOut:
    """ref is away until until_at; peer covers for them once somebody said yes.

    told: the supervisor who hears that cover was asked for, if ref wants it.
    """

    step_out_id: str
    ref: PersonRef
    until_at: datetime
    state: StepOutState = StepOutState.ASKING
    peer: PersonRef | None = None
    told: PersonRef | None = None


def until(now: datetime, how_long: HowLong, calendar: Calendar) -> datetime:
    """When somebody is back; "today" is at the end of the working day, or in an hour when that is over."""
    if how_long is HowLong.TEN_MINUTES:
        return now + timedelta(minutes=10)
    an_hour = now + timedelta(hours=1)
    if how_long is HowLong.AN_HOUR:
        return an_hour
    return max(an_hour, instant(local(now, calendar.tz).date(), DAY_ENDS, calendar.tz))


def lapses_at(now: datetime, until_at: datetime) -> datetime:
    """By when colleagues answer, before the next ones are asked."""
    return min(now + ANSWER_WITHIN, until_at)


def as_request(step_out: StepOut, asked_on: date) -> Request:
    """What matching is asked for: practical help from either side of the team, whatever the language."""
    wanted = Wanted(
        help=Help.PRACTICAL,
        where=Where.EITHER,
        language=None,
        until_at=step_out.until_at,
        minutes=MINUTES,
    )
    return Request(request_id=step_out.step_out_id, asker=step_out.ref, asked_on=asked_on, wanted=wanted)
