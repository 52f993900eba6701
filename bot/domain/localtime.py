"""When it is for a person: weeks, closing, working time, in zones with daylight saving.

Every rule here is in docs/architecture under "Time". Instants are aware UTC datetimes; dates and
times of day are a person's own. Local times that do not exist move forward, doubled ones are the
first (zoneinfo, fold 0).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import takewhile
from zoneinfo import ZoneInfo

from bot.domain.leave import Leave, covers

MONDAY, WEDNESDAY, FRIDAY = 0, 2, 4
DAY_STARTS, DAY_ENDS = time(9), time(17)
LUNCH_STARTS, LUNCH_ENDS = time(12), time(14)
FRIDAY_LAST_SLOT_BEFORE = time(12)
CLOSING_TIME = time(16)
SUPERVISOR_TIME = time(9, 30)
WEEKS_IN_PERIOD, WEEKS_IN_BLOCK = 4, 12
LEAD_DAYS = 3
"""Days between a team's start and the epoch at the least (terms: Epoch)."""


MANY = 16_384
"""Answers kept of each question about a moment in a zone: thousands of people ask the same at one moment."""


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo:
    """The IANA zone of that name; ZoneInfoNotFoundError (a KeyError) when there is none."""
    return ZoneInfo(name)


@lru_cache(maxsize=MANY)
def instant(on: date, at: time, tz: str) -> datetime:
    """The UTC instant at which the wall clock of tz first shows that date and time."""
    return datetime.combine(on, at.replace(fold=0), zone(tz)).astimezone(UTC)


@lru_cache(maxsize=MANY)
def local(now: datetime, tz: str) -> datetime:
    """What date and time it is in tz."""
    return now.astimezone(zone(tz))


def epoch_for(started_at: datetime, tz: str) -> date:
    """The first Monday at least three days after a workspace's first team started."""
    earliest = local(started_at, tz).date() + timedelta(days=LEAD_DAYS)
    return earliest + timedelta(days=-earliest.weekday() % 7)


def week_of(epoch_on: date, on: date) -> int:
    """Whole weeks since the epoch, counted from 0; negative before it."""
    return (on - epoch_on).days // 7


def monday_of(epoch_on: date, week: int) -> date:
    return epoch_on + timedelta(weeks=week)


@lru_cache(maxsize=MANY)
def slot_at(epoch_on: date, week: int, weekday: int, at: time, tz: str) -> datetime:
    """The instant of a weekly slot, weekday 0 for Monday."""
    return instant(monday_of(epoch_on, week) + timedelta(days=weekday), at, tz)


def closing_at(epoch_on: date, week: int, tz: str) -> datetime:
    """When that week's check-in closes for a person in tz: Friday 16:00."""
    return slot_at(epoch_on, week, FRIDAY, CLOSING_TIME, tz)


def freeze_at(epoch_on: date, period: int) -> datetime:
    """When a 28-day period ends for everybody: Sunday 00:00 UTC after its fourth Friday."""
    fourth_friday = monday_of(epoch_on, (period + 1) * WEEKS_IN_PERIOD - 1) + timedelta(days=FRIDAY)
    return datetime.combine(fourth_friday + timedelta(days=2), time(0), UTC)


def period_starts_at(epoch_on: date, period: int) -> datetime:
    """When a 28-day period begins for everybody: the freeze of the one before (terms: Freeze)."""
    return freeze_at(epoch_on, period - 1)


def weeks_of(period: int) -> range:
    return range(period * WEEKS_IN_PERIOD, (period + 1) * WEEKS_IN_PERIOD)


def block_of(period: int) -> int:
    """Groups are drawn anew at the start of each block of three periods."""
    return period * WEEKS_IN_PERIOD // WEEKS_IN_BLOCK


def first_period_of(block: int) -> int:
    return block * WEEKS_IN_BLOCK // WEEKS_IN_PERIOD


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Where and when somebody works: an IANA zone, and the dates on which nothing is sent.

    days_off: public holidays; leave: days away that the person set, which nobody else may learn of.
    """

    tz: str
    days_off: frozenset[date] = frozenset()
    leave: Leave = ()

    def works_on(self, on: date) -> bool:
        return on.weekday() <= FRIDAY and on not in self.days_off and not covers(self.leave, on)


def next_working_day(after: date, calendar: Calendar) -> date:
    """The first working day later than a date; a year of days off at most."""
    days = (after + timedelta(days=n) for n in range(1, 400))
    return next(day for day in days if calendar.works_on(day))


def working_day_before(on: date, calendar: Calendar) -> date:
    """The last working day earlier than a date; a year of days off at most."""
    days = (on - timedelta(days=n) for n in range(1, 400))
    return next(day for day in days if calendar.works_on(day))


def _spans(calendar: Calendar, start: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Working spans (UTC, half-open) that end after start, in order."""
    on = local(start, calendar.tz).date()
    if not calendar.works_on(on):
        on = next_working_day(on, calendar)
    while True:
        for begin, end in ((DAY_STARTS, LUNCH_STARTS), (LUNCH_ENDS, DAY_ENDS)):
            until = instant(on, end, calendar.tz)
            if until > start:
                yield max(start, instant(on, begin, calendar.tz)), until
        on = next_working_day(on, calendar)


def next_stretch(now: datetime, calendar: Calendar, least: timedelta) -> tuple[datetime, datetime]:
    """The next working time without a break of such a length at least, or what is left of the present one."""
    return next((begin, end) for begin, end in _spans(calendar, now) if end - begin >= least)


@lru_cache(maxsize=MANY)
def working_spans(
    calendar: Calendar, start: datetime, until: datetime
) -> tuple[tuple[datetime, datetime], ...]:
    """The working time between two instants: spans in order, each before or after the middle of a day."""
    before_end = takewhile(lambda span: span[0] < until, _spans(calendar, start))
    return tuple((begin, min(end, until)) for begin, end in before_end)


@lru_cache(maxsize=MANY)
def next_working(now: datetime, calendar: Calendar) -> datetime:
    """now itself inside working time, else the next instant that is."""
    return next(_spans(calendar, now))[0]


def add_working(now: datetime, amount: timedelta, calendar: Calendar) -> datetime:
    """now plus so much working time; lunch, nights, weekends and days off do not count."""
    left = amount
    for begin, end in _spans(calendar, now):
        if left < end - begin:
            return begin + left
        left -= end - begin
    raise AssertionError("working time never ends")


def same_hour_next_working_day(now: datetime, calendar: Calendar) -> datetime:
    """ "24 working hours later": the next working day at the same clock time."""
    here = local(now, calendar.tz)
    return instant(next_working_day(here.date(), calendar), here.time().replace(fold=0), calendar.tz)


HALF_AN_HOUR = timedelta(minutes=30)
LOOKED_AHEAD = timedelta(days=14)
SLOTS_APART = timedelta(hours=2)


def shared_slots(now: datetime, calendars: Collection[Calendar], most: int = 3) -> tuple[datetime, ...]:
    """The next half hours inside everybody's working time, each at least two hours after the one before.

    The first begins half an hour from now at the earliest. None within two weeks: their days never meet.
    """
    past = timedelta(minutes=now.minute % 30, seconds=now.second, microseconds=now.microsecond)
    at, end = now - past + (2 if past else 1) * HALF_AN_HOUR, now + LOOKED_AHEAD
    found: list[datetime] = []
    while at < end and len(found) < most:
        if all(_has_room(calendar, at, HALF_AN_HOUR) for calendar in calendars):
            found.append(at)
            at += SLOTS_APART
        else:
            at += HALF_AN_HOUR
    return tuple(found)


def _has_room(calendar: Calendar, at: datetime, lasting: timedelta) -> bool:
    begin, end = next(_spans(calendar, at))
    return begin == at and at + lasting <= end


def first_working_morning(monday: date, calendar: Calendar) -> datetime | None:
    """09:30 of a week's first working day, for a supervisor's message; None in a week without one."""
    days = (monday + timedelta(days=n) for n in range(FRIDAY + 1))
    on = next((day for day in days if calendar.works_on(day)), None)
    return None if on is None else instant(on, SUPERVISOR_TIME, calendar.tz)


def allowed_slots(weekday: int) -> tuple[time, ...]:
    """Half-hour arrival slots of a weekday: none from 12:00 to 14:00, Friday before 12:00 only."""
    halves = [time(hour, minute) for hour in range(9, 17) for minute in (0, 30)]
    open_ = [at for at in halves if not LUNCH_STARTS <= at < LUNCH_ENDS]
    return tuple(at for at in open_ if weekday != FRIDAY or at < FRIDAY_LAST_SLOT_BEFORE)
