"""A team's circle: a huddle at a day and hour that somebody on the team proposed and the others let stand.

Its hosts take turns. A circle to which too few come ends by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from bot.domain.huddles import Purpose
from bot.domain.localtime import (
    Calendar,
    instant,
    next_working,
    same_hour_next_working_day,
    working_day_before,
)
from bot.domain.members import PersonRef, Team

EVERY_WEEKS = (1, 2, 4)
CARD_BEFORE = timedelta(minutes=15)
OPEN_AFTER = timedelta(minutes=30)
MISSED_MOST = 3
"""So many meetings in a row without two people, and the circle ends."""
DECIDE, ASK_HOST, MEET = "circle_decide", "circle_host", "circle_meet"
"""What timers do to a circle."""


class CircleState(StrEnum):
    PROPOSED = "proposed"
    RUNNING = "running"


@dataclass(frozen=True, slots=True, kw_only=True)
class Circle:
    """When a team meets, in its channel's zone; weekday 0 is Monday.

    next_on: the next meeting once it runs. turn: how many have ever been asked to host. asked_to_host was
    asked for the next meeting, asked: how many were, host said yes. missed: meetings in a row to which fewer
    than two came. ts: the card of its proposal, once that is in the channel.
    """

    circle_id: str
    team_id: str
    channel_id: str
    purpose: Purpose
    weekday: int
    local_time: time
    every_weeks: int
    with_supervisor: bool = False
    state: CircleState = CircleState.PROPOSED
    proposer: PersonRef | None = None
    next_on: date | None = None
    turn: int = 0
    asked: int = 0
    asked_to_host: PersonRef | None = None
    host: PersonRef | None = None
    missed: int = 0
    ts: str | None = None


def of_the_team(team: Team, members: Sequence[PersonRef]) -> tuple[PersonRef, ...]:
    """Whose circle it is: the members without those in charge."""
    return tuple(ref for ref in members if ref not in (team.supervisor, team.leader))


def decided_at(now: datetime, calendar: Calendar) -> datetime:
    """Two working days are there to say that it does not suit."""
    return same_hour_next_working_day(same_hour_next_working_day(now, calendar), calendar)


def stands(people: int, declined: int) -> bool:
    """A proposal stands unless it does not suit half of the team."""
    return people > 1 and 2 * declined < people


def first_on(circle: Circle, decided_on: date, calendar: Calendar) -> date:
    """The first meeting: on its weekday, with a working day in between to ask who hosts."""
    days = (decided_on + timedelta(days=n) for n in range(2, 9))
    on = next(day for day in days if day.weekday() == circle.weekday)
    return on if calendar.works_on(on) else next_on(circle, on, calendar)


def next_on(circle: Circle, last_on: date, calendar: Calendar) -> date:
    """The meeting after that of a day; one that falls on a holiday is left out."""
    days = (last_on + timedelta(weeks=n * circle.every_weeks) for n in range(1, 53))
    return next(day for day in days if calendar.works_on(day))


def meets_at(circle: Circle, on: date, calendar: Calendar) -> datetime:
    return instant(on, circle.local_time, calendar.tz)


def called_at(begins_at: datetime, calendar: Calendar) -> datetime:
    """When the card of a meeting comes: shortly before, in working time."""
    return next_working(begins_at - CARD_BEFORE, calendar)


def host_asked_at(circle: Circle, on: date, calendar: Calendar) -> datetime:
    """A working day before the meeting, at its hour."""
    return instant(working_day_before(on, calendar), circle.local_time, calendar.tz)


def whose_turn(people: Sequence[PersonRef], circle: Circle) -> PersonRef | None:
    """Hosts take turns in a fixed order; None once everybody was asked for the next meeting."""
    return people[circle.turn % len(people)] if circle.asked < len(people) else None


def has_faded(missed: int) -> bool:
    return missed >= MISSED_MOST
