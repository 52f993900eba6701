"""The weekly check-in: when it is due, what a click makes of it, and when asking stops.

A check-in belongs to one person and one week. It arrives once, may come again once (a reminder, or
"later today"), and closes on Friday 16:00 where the person is then.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.domain.leave import covers
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
    """Why a week has no check-in. The person can read it in Home.

    DAYS_OFF are public holidays, LEAVE the days away somebody set, VACATION their status in Slack; MOVED:
    the week was over where they had travelled to; LATE: it could not be sent in time.
    """

    PAUSED = "paused"
    STOPPED = "stopped"
    QUIET = "quiet"
    EVERY_OTHER_WEEK = "every_other_week"
    DAYS_OFF = "days_off"
    LEAVE = "leave"
    DO_NOT_DISTURB = "do_not_disturb"
    VACATION = "vacation"
    LATE = "late"
    MOVED = "moved"
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
    """delayed_by: what the card waits for past its slot, if that is more than the hours of a day."""

    week: int
    due_at: datetime
    delayed_by: Reason | None = None


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
        slot = slot_of(situation, week)
        if week not in planned and slot >= since and now < _closing(situation, week):
            return week, slot
        week += 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What somebody can expect.

    at: when the next check-in comes; None, and why_none, when none does. waits_for: what the next one waits
    for. this_week: why the week that runs has none. may_come_now: that one can be had all the same.
    """

    at: datetime | None = None
    why_none: Reason | None = None
    waits_for: Reason | None = None
    this_week: Reason | None = None
    may_come_now: bool = False


LOOK_AHEAD = 8
"""Weeks after which somebody without a check-in is told the reason of the first one."""


def outlook(situation: Situation, weeks: Mapping[int, Checkin], since: datetime, now: datetime) -> Outlook:
    """What can be expected by what is known now. weeks: the check-ins there are, by week."""
    this_week = _why_none_this_week(situation, weeks, since, now)
    found = replace(
        _next(situation, weeks, since, now),
        this_week=this_week,
        may_come_now=may_come_now(situation, weeks, since, now),
    )
    if situation.person.on_vacation and situation.person.vacation_until is None:
        return replace(found, at=None, why_none=found.why_none or Reason.VACATION, waits_for=None)
    return found


def _next(situation: Situation, weeks: Mapping[int, Checkin], since: datetime, now: datetime) -> Outlook:
    """The next check-in as planning will decide it, or the reason against the first one."""
    why_none = None
    passed = {week for week, checkin in weeks.items() if checkin.state is not State.PLANNED}
    for _ in range(LOOK_AHEAD):
        week, slot = next_slot(situation, passed, since, now)
        decision = plan(situation, week, slot, max(slot, now))
        if isinstance(decision, Send):
            return Outlook(at=decision.due_at, waits_for=decision.delayed_by)
        why_none = why_none or decision.reason
        passed.add(week)
    return Outlook(why_none=why_none)


def _why_none_this_week(
    situation: Situation, weeks: Mapping[int, Checkin], since: datetime, now: datetime
) -> Reason | None:
    """As it was recorded, or as it will be when the slot comes."""
    week = _current_week(situation, now)
    if week in weeks:
        return weeks[week].reason
    decision = _decision_of(situation, week, since, now)
    return decision.reason if isinstance(decision, Skip) else None


def _decision_of(situation: Situation, week: int, since: datetime, now: datetime) -> Send | Skip | None:
    """What planning will decide of a week that runs; None of one that is not theirs or has closed."""
    slot = slot_of(situation, week)
    if week < 0 or slot < since or now >= _closing(situation, week):
        return None
    return plan(situation, week, slot, max(slot, now))


OWN_WAY = frozenset({Reason.QUIET, Reason.EVERY_OTHER_WEEK, Reason.REFUSED, Reason.LEFT})
"""Weeks without a card that asking for one does not change."""


def may_come_now(situation: Situation, weeks: Mapping[int, Checkin], since: datetime, now: datetime) -> bool:
    """Whether this week's card, which is held back or left out, can be had at once by asking for it."""
    week = _current_week(situation, now)
    decision = _decision_of(situation, week, since, now)
    if decision is None or _reason_against(situation, week, now):
        return False
    found = weeks.get(week)
    if found is not None and found.state is State.SKIPPED:
        return found.reason not in OWN_WAY
    waits = isinstance(decision, Skip) or decision.delayed_by is not None
    return waits and (found is None or found.state is State.PLANNED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a look at somebody's weeks decides: what becomes of which, and when to look again."""

    weeks: tuple[Send | Skip, ...]
    next_at: datetime


def look(
    situation: Situation, planned: Collection[int], since: datetime, look_at: datetime, now: datetime
) -> Look:
    """Everything there is to decide about somebody's weeks by now. look_at: as in missed."""
    over = missed(situation, planned, since, look_at, now)
    week, slot = next_slot(situation, planned, since, now)
    if now < slot:
        return Look(weeks=over, next_at=slot)
    come = plan(situation, week, slot, now)
    _, next_at = next_slot(situation, {*planned, week}, since, now)
    return Look(weeks=(*over, come), next_at=next_at)


def missed(
    situation: Situation, planned: Collection[int], since: datetime, look_at: datetime, now: datetime
) -> tuple[Skip, ...]:
    """Weeks that closed without having been planned, and why.

    look_at: when planning was to look at this person. A slot lies before its closing, so whoever was to be
    looked at after it had moved to where the week was over; else the program did not run in time.
    """
    first = max(0, week_of(situation.epoch_on, local(since, situation.person.tz).date()))
    weeks = range(max([first, *planned]), _current_week(situation, now) + 1)
    closed = {
        week: _closing(situation, week)
        for week in weeks
        if week not in planned and slot_of(situation, week) >= since
    }
    return tuple(
        Skip(week=week, reason=Reason.LATE if look_at < closes_at else Reason.MOVED)
        for week, closes_at in closed.items()
        if closes_at <= now
    )


def _current_week(situation: Situation, now: datetime) -> int:
    return week_of(situation.epoch_on, local(now, situation.person.tz).date())


def slot_of(situation: Situation, week: int) -> datetime:
    """When a week's check-in is to arrive by what the person chose, where they are."""
    chosen = situation.preferences
    return slot_at(situation.epoch_on, week, chosen.weekday, chosen.local_time, situation.person.tz)


def _closing(situation: Situation, week: int) -> datetime:
    return closing_at(situation.epoch_on, week, situation.person.tz)


def plan(situation: Situation, week: int, slot: datetime, now: datetime) -> Send | Skip:
    """What becomes of a week whose slot has come: sent at the next allowed moment, or skipped, and why."""
    reason = _reason_against(situation, week, now)
    if reason:
        return Skip(week=week, reason=reason)
    earliest = max(slot, now)
    due_at = allowed_at(situation.person, situation.calendar, earliest)
    held_by = held_back_by(situation.person, situation.calendar, earliest)
    if due_at < _closing(situation, week):
        return Send(week=week, due_at=due_at, delayed_by=held_by)
    return Skip(week=week, reason=held_by or Reason.LATE)


def _reason_against(situation: Situation, week: int, now: datetime) -> Reason | None:
    against = (
        (Reason.LEFT, not situation.person.active),
        (Reason.STOPPED, situation.preferences.stopped),
        (Reason.PAUSED, situation.preferences.paused_at(now)),
        (Reason.QUIET, situation.standing.quiet_in(week)),
        (Reason.EVERY_OTHER_WEEK, not is_due(week, small=situation.small)),
    )
    return next((reason for reason, holds in against if holds), None)


def allowed_at(person: Person, calendar: Calendar, earliest: datetime) -> datetime:
    """The next moment in working time and, as far as it is known, outside vacation and do-not-disturb."""
    at = next_working(earliest, calendar)
    for end in (person.vacation_end, person.quiet_end):
        at = next_working(end(at) or at, calendar)
    return at


def held_back_by(person: Person, calendar: Calendar, earliest: datetime) -> Reason | None:
    """What keeps a card from the day on which it is due; None if no more than lunch or the evening does."""
    at = next_working(earliest, calendar)
    if person.vacation_end(at):
        return Reason.VACATION
    if person.quiet_end(at):
        return Reason.DO_NOT_DISTURB
    on, until_on = local(earliest, calendar.tz).date(), local(at, calendar.tz).date()
    left_of_week = FRIDAY + 1 - on.weekday()
    passed_over = [on + timedelta(days=n) for n in range(min((until_on - on).days, left_of_week))]
    if any(covers(calendar.leave, day) for day in passed_over):
        return Reason.LEAVE
    return Reason.DAYS_OFF if calendar.days_off.intersection(passed_over) else None


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
