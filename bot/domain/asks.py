"""Asking a supervisor for a check-in, in one's own name: who is asked, and how it ends.

Every ask ends: met, declined with a next person, taken back, or told that nobody answered.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.domain.localtime import Calendar, add_working, local, next_working, same_hour_next_working_day
from bot.domain.members import PersonRef, Team

DEPUTY_AFTER = timedelta(hours=4)
"""Working time until the deputy is asked, if the asker allowed it (changes 13)."""
AN_HOUR, HALF_AN_HOUR = timedelta(hours=1), timedelta(minutes=30)


class AskState(StrEnum):
    OPEN = "open"
    AGREED = "agreed"
    ANOTHER_TIME = "another_time"
    CANNOT = "cannot"
    UNANSWERED = "unanswered"
    MET = "met"
    NO_LONGER = "no_longer"
    WITHDRAWN = "withdrawn"


ASK_DEPUTY, TELL_UNANSWERED, FOLLOW_UP = "ask_deputy", "ask_unanswered", "ask_follow_up"
END = "ask_end"
TIMERS = (ASK_DEPUTY, TELL_UNANSWERED, FOLLOW_UP, END)
"""What timers do to an ask."""

AGREED_STATES = frozenset({AskState.AGREED, AskState.ANOTHER_TIME})
ENDS_AFTER = timedelta(weeks=2)
"""An ask that nobody touched for so long after its last note ends by itself."""
ANSWERS = frozenset({AskState.AGREED, AskState.ANOTHER_TIME, AskState.CANNOT})
ENDED = frozenset({AskState.MET, AskState.NO_LONGER, AskState.WITHDRAWN, AskState.CANNOT})
WAITING = frozenset({AskState.OPEN, AskState.UNANSWERED})
"""An answer that comes late is still an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """asker wants a check-in with recipient; also_asked is the deputy once asked too."""

    ask_id: str
    asker: PersonRef
    recipient: PersonRef
    asked_on: date
    state: AskState = AskState.OPEN
    deputy: PersonRef | None = None
    also_asked: PersonRef | None = None
    answered_by: PersonRef | None = None
    meet_at: datetime | None = None
    next_person: PersonRef | None = None

    def may_answer(self, person: PersonRef) -> bool:
        return person in (self.recipient, self.also_asked)

    def waits_for(self, person: PersonRef) -> bool:
        """Whether somebody was asked and nobody has answered; a late answer is an answer too."""
        return self.may_answer(person) and self.state in WAITING


def recipients(asker: PersonRef, team: Team | None) -> tuple[PersonRef, ...]:
    """Who can be asked, the supervisor first; never oneself."""
    people = (team.supervisor, team.deputy) if team else ()
    return tuple(dict.fromkeys(ref for ref in people if ref and ref != asker))


def withdraw(state: AskState) -> AskState | None:
    """The state after the asker takes it back, or None when it has ended."""
    return None if state in ENDED else AskState.WITHDRAWN


def after_follow_up(state: AskState, given: AskState) -> AskState | None:
    """The state after "did that happen?": met, no longer needed, or open again for "not yet"."""
    return given if state in AGREED_STATES else None


def deputy_due(now: datetime, calendar: Calendar) -> datetime:
    return add_working(now, DEPUTY_AFTER, calendar)


def unanswered_due(now: datetime, calendar: Calendar) -> datetime:
    """One working day after the ask can be seen, when the asker is told and offered somebody else.

    Seen, not sent: one made on a Saturday has its working day on Monday, and its deputy before that.
    """
    return same_hour_next_working_day(next_working(now, calendar), calendar)


def another_time(now: datetime, calendar: Calendar) -> datetime:
    """What "another time" begins with: an hour of work ahead, at a full or half hour."""
    at = add_working(now, AN_HOUR, calendar)
    here = local(at, calendar.tz)
    past = timedelta(minutes=here.minute % 30, seconds=here.second, microseconds=here.microsecond)
    return next_working(at + HALF_AN_HOUR - past if past else at, calendar)


def follow_up_due(met_at: datetime, calendar: Calendar) -> datetime:
    """The next working day at the same clock time: one neutral note asks whether it happened."""
    return same_hour_next_working_day(met_at, calendar)
