"""The weekly check-in: when it is due, what a click makes of it, and when asking stops.

A check-in belongs to one person and one week. It arrives once, may come again once (a reminder, or
"later today"), and closes on Friday 16:00 where the person is then.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.domain.localtime import (
    DAY_STARTS,
    FRIDAY,
    Calendar,
    add_working,
    closing_at,
    instant,
    local,
    next_working,
    next_working_day,
    same_hour_next_working_day,
    slot_at,
    week_of,
)
from bot.domain.members import Person, Preferences
from bot.domain.rotation import is_due

REMIND, COME_AGAIN, CLOSE = "remind", "come_again", "close"
"""What timers do to a check-in."""
LATER_TODAY = timedelta(hours=3)
UNANSWERED_BEFORE_QUIET = 3
QUIET_WEEKS = 4
SPELLS_BEFORE_SILENCE = 2


class State(StrEnum):
    """Where a person's check-in of a week stands. Never when it got there."""

    PLANNED = "planned"
    SENT = "sent"
    OPENED = "opened"
    LATER = "later"
    DECLINED = "declined"
    ANSWERED = "answered"
    CLOSED = "closed"
    SKIPPED = "skipped"


class Reason(StrEnum):
    """Why a week has no check-in. The person can read it in Home."""

    PAUSED = "paused"
    STOPPED = "stopped"
    QUIET = "quiet"
    EVERY_OTHER_WEEK = "every_other_week"
    DAYS_OFF = "days_off"
    DO_NOT_DISTURB = "do_not_disturb"
    LATE = "late"
    LEFT = "left"
    REFUSED = "refused"


class Card(StrEnum):
    """The text that stands on the newest card."""

    ARRIVAL = "arrival"
    PUT_OFF = "put_off"
    FIXED = "fixed"
    DECLINED = "declined"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How long somebody has not answered: a run of weeks, spells of three, and quiet weeks (changes 3)."""

    run: int = 0
    spells: int = 0
    quiet_until_week: int = 0

    def quiet_in(self, week: int) -> bool:
        """Nothing is sent in that week: four quiet weeks, or all of them after a second spell."""
        return self.spells >= SPELLS_BEFORE_SILENCE or week < self.quiet_until_week


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkin:
    """One person's check-in of one week; card is what the newest card in the DM shows."""

    week: int
    state: State
    reason: Reason | None = None
    card: Card | None = None
    channel: str | None = None
    ts: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    week: int
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Skip:
    week: int
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What planning one person's week looks at."""

    person: Person
    preferences: Preferences
    standing: Standing
    calendar: Calendar
    epoch_on: date
    small: bool


def next_slot(
    situation: Situation, planned: Collection[int], since: datetime, now: datetime
) -> tuple[int, datetime]:
    """The next week without a check-in and its slot, which lies in the past when only the slot was missed.

    planned: weeks that have one already. since: when the person joined; slots before it are not theirs.
    """
    week = max(0, _current_week(situation, now))
    while True:
        slot = _slot(situation, week)
        if week not in planned and slot >= since and now < _closing(situation, week):
            return week, slot
        week += 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """When the next check-in comes; or None and why none comes."""

    at: datetime | None = None
    why_none: Reason | None = None


LOOK_AHEAD = 8
"""Weeks after which somebody without a check-in is told the reason of the first one."""


def outlook(situation: Situation, settled: Collection[int], since: datetime, now: datetime) -> Outlook:
    """The next check-in as planning will decide it, by what is known now."""
    why_none = None
    passed = set(settled)
    for _ in range(LOOK_AHEAD):
        week, slot = next_slot(situation, passed, since, now)
        decision = plan(situation, week, slot, max(slot, now))
        if isinstance(decision, Send):
            return Outlook(at=decision.due_at)
        why_none = why_none or decision.reason
        passed.add(week)
    return Outlook(why_none=why_none)


def missed_weeks(
    situation: Situation, planned: Collection[int], since: datetime, now: datetime
) -> tuple[int, ...]:
    """Weeks that closed without having been planned, because the program did not run."""
    first = max(0, week_of(situation.epoch_on, local(since, situation.person.tz).date()))
    weeks = range(max([first, *planned]), _current_week(situation, now) + 1)
    return tuple(
        week
        for week in weeks
        if week not in planned and _slot(situation, week) >= since and _closing(situation, week) <= now
    )


def _current_week(situation: Situation, now: datetime) -> int:
    return week_of(situation.epoch_on, local(now, situation.person.tz).date())


def _slot(situation: Situation, week: int) -> datetime:
    chosen = situation.preferences
    return slot_at(situation.epoch_on, week, chosen.weekday, chosen.local_time, situation.person.tz)


def _closing(situation: Situation, week: int) -> datetime:
    return closing_at(situation.epoch_on, week, situation.person.tz)


def plan(situation: Situation, week: int, slot: datetime, now: datetime) -> Send | Skip:
    """What becomes of a week whose slot has come: sent at the next allowed moment, or skipped, and why."""
    reason = _reason_against(situation, week, now)
    if reason:
        return Skip(week=week, reason=reason)
    due_at, delayed_by = _allowed(situation, max(slot, now))
    if due_at < closing_at(situation.epoch_on, week, situation.person.tz):
        return Send(week=week, due_at=due_at)
    return Skip(week=week, reason=delayed_by)


def _reason_against(situation: Situation, week: int, now: datetime) -> Reason | None:
    against = {
        Reason.LEFT: not situation.person.active,
        Reason.STOPPED: situation.preferences.stopped,
        Reason.PAUSED: situation.preferences.paused_at(now),
        Reason.QUIET: situation.standing.quiet_in(week),
        Reason.EVERY_OTHER_WEEK: not is_due(week, small=situation.small),
    }
    return next((reason for reason, holds in against.items() if holds), None)


def allowed_at(person: Person, calendar: Calendar, earliest: datetime) -> datetime:
    """The next moment in working time and, as far as it is known, outside do-not-disturb (3.1)."""
    at = next_working(earliest, calendar)
    quiet_end = person.quiet_end(at)
    return next_working(quiet_end, calendar) if quiet_end else at


def _allowed(situation: Situation, earliest: datetime) -> tuple[datetime, Reason]:
    """The next allowed moment, and what to blame for the wait."""
    person, calendar = situation.person, situation.calendar
    at = allowed_at(person, calendar, earliest)
    if person.quiet_end(next_working(earliest, calendar)):
        return at, Reason.DO_NOT_DISTURB
    return at, Reason.DAYS_OFF if _day_off_ahead(situation, earliest) else Reason.LATE


def _day_off_ahead(situation: Situation, earliest: datetime) -> bool:
    """Some day from that moment to Friday is off."""
    on = local(earliest, situation.person.tz).date()
    left = (on + timedelta(days=n) for n in range(max(0, FRIDAY - on.weekday()) + 1))
    return any(day in situation.calendar.days_off for day in left)


def reminder_at(arrived_at: datetime, closes_at: datetime, calendar: Calendar) -> datetime | None:
    """The next working day at the same hour, or nothing: no reminder on a Friday or after closing.

    A reminder that would fall into lunch comes at 14:00 (terms: Working time).
    """
    at = next_working(same_hour_next_working_day(arrived_at, calendar), calendar)
    return at if at < closes_at and may_remind(at, calendar.tz) else None


def may_remind(at: datetime, tz: str) -> bool:
    """No reminder comes on a Friday, also when it was due before and had to wait."""
    return local(at, tz).weekday() != FRIDAY


def later_today_at(now: datetime, calendar: Calendar) -> datetime:
    """Three working hours on, or the first slot of the next working day when today has fewer left."""
    at = add_working(now, LATER_TODAY, calendar)
    today = local(now, calendar.tz).date()
    if local(at, calendar.tz).date() == today:
        return at
    return instant(next_working_day(today, calendar), DAY_STARTS, calendar.tz)


UNANSWERED = frozenset({State.SENT, State.OPENED, State.LATER})
TOUCHABLE = UNANSWERED | {State.PLANNED}
"""A click proves that a card arrived, even if its sending was never confirmed."""
OPEN = TOUCHABLE | {State.DECLINED, State.ANSWERED}


def opened(state: State) -> State:
    """After Start. Somebody who put it off, declined or answered keeps that until they submit."""
    return State.OPENED if state in TOUCHABLE - {State.LATER} else state


def put_off(state: State) -> State:
    """After "Later today"."""
    return State.LATER if state in TOUCHABLE else state


def declined(state: State) -> State:
    """After "Not this week". What was answered stays answered."""
    return State.DECLINED if state in TOUCHABLE else state


def answered(state: State) -> State:
    """After a submit, blank or not."""
    return State.ANSWERED if state in OPEN else state


def closed(state: State) -> State:
    """At closing. One that never arrived was skipped, and counts as no silence."""
    if state is State.PLANNED:
        return State.SKIPPED
    return State.CLOSED if state in UNANSWERED else state


CARDS = {
    State.LATER: Card.PUT_OFF,
    State.DECLINED: Card.DECLINED,
    State.ANSWERED: Card.FIXED,
    State.CLOSED: Card.CLOSED,
}
"""What the newest card has to show in a state; upkeep repeats an edit that failed."""


def after_closing(standing: Standing, state: State, week: int) -> Standing:
    """The standing once a week's check-in has ended in that state."""
    if state is not State.CLOSED:
        return Standing() if state in (State.ANSWERED, State.DECLINED) else standing
    run = standing.run + 1
    if run < UNANSWERED_BEFORE_QUIET:
        return Standing(run=run, spells=standing.spells, quiet_until_week=standing.quiet_until_week)
    return Standing(spells=standing.spells + 1, quiet_until_week=week + 1 + QUIET_WEEKS)


def asks_quietly(before: Standing, after: Standing) -> bool:
    """Whether the one private question goes out: after the first spell only (changes 3)."""
    return before.spells == 0 and after.spells == 1
