"""Peer support: what colleagues offer, what somebody asks for, and how every request ends.

Both agree before either is known to the other: a colleague says yes to a request without a name, the one
who asked then sees theirs and decides. Every request ends matched, redirected or withdrawn.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.domain.localtime import (
    DAY_ENDS,
    FRIDAY,
    LUNCH_STARTS,
    Calendar,
    add_working,
    instant,
    local,
    next_working,
    same_hour_next_working_day,
    working_spans,
)
from bot.domain.members import PersonRef


class Help(StrEnum):
    """What a colleague can be for another: an ear, a hand, company, somebody who does similar work."""

    LISTEN = "listen"
    PRACTICAL = "practical"
    COMPANY = "company"
    SIMILAR = "similar"


class Where(StrEnum):
    """From which side of one's team."""

    OUTSIDE = "outside"
    INSIDE = "inside"
    EITHER = "either"

    def suits(self, *, same_team: bool) -> bool:
        return self is Where.EITHER or (self is Where.INSIDE) == same_team


class When(StrEnum):
    NOW = "now"
    TODAY = "today"
    THIS_WEEK = "this_week"


class Half(StrEnum):
    """The halves of a working day, before and after the middle that stays free."""

    MORNING = "morning"
    AFTERNOON = "afternoon"


LANGUAGES = ("en", "es", "am", "ar", "fa", "fr", "ht", "ps", "pt", "ru", "so", "sw", "ti", "uk", "vi", "zh")
"""ISO codes of the languages that can be offered and asked for: those most spoken in this work."""
WORK = ("advocate", "attorney", "case_manager", "clinician", "educator", "interpreter", "paralegal", "other")
"""What people do, for finding somebody with similar work; told to nobody."""

USUAL_WEEKLY, MOST_WEEKLY = 2, 4
OFFERS_A_WEEK = 4
"""So many times a week somebody is asked at the most, also if they decline (changes 21)."""
MOST_NEVER = 20
MINUTES = 30
"""How long a talk or a walk is meant to be."""

LAPSES_AFTER = timedelta(minutes=45)
"""Working time in which an offer is to be answered; then others are asked, two at a time (E-PEER7)."""
LOOKS_AGAIN_AFTER = timedelta(minutes=15)
"""Working time after which it is looked again for somebody while nobody can be asked at this moment."""
TELLS_AFTER = timedelta(hours=2)
"""Working time after which whoever asked hears of other ways, if nobody said yes (E-PEER7)."""
DECIDES_WITHIN = timedelta(hours=2)
"""Working time in which a colleague's yes is to be taken up, so that they do not wait in vain."""
OPENS_WITHIN = timedelta(minutes=5)
"""After that a group message that was to be opened is given up, and both get each other's names."""
ENDS_AFTER = timedelta(weeks=1)
"""A note that nobody touched for so long ends its request."""
RECENT_WEEKS = 4
"""For so long is known how often somebody was asked and was there, without for whom."""
CHECKED_AFTER = 2
"""Conversations after which a supporter is asked how they are (E-PEER6)."""
ANY_LANGUAGE = "any"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offering:
    """What somebody offers as a peer. languages and work: codes of LANGUAGES and WORK."""

    kinds: frozenset[Help]
    languages: frozenset[str] = frozenset()
    work: frozenset[str] = frozenset()
    where: Where = Where.EITHER
    halves: frozenset[Half] = frozenset(Half)
    weekly_max: int = USUAL_WEEKLY
    paused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What somebody wants of every peer they are matched with: private and lasting.

    language: a code or ANY_LANGUAGE; None for the one they read. never: with whom they are not to be
    matched, either way round.
    """

    language: str | None = None
    work: frozenset[str] = frozenset()
    never: frozenset[PersonRef] = frozenset()

    def language_for(self, reads: str) -> str | None:
        """The language to look for, None for whichever. reads: the one they read."""
        return None if self.language == ANY_LANGUAGE else self.language or reads


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How often somebody was asked (offers) and was there (helped): this week, and in the last four."""

    offers: int = 0
    helped: int = 0
    offers_recently: int = 0
    helped_recently: int = 0


class RequestState(StrEnum):
    SEARCHING = "searching"
    FOUND = "found"
    """A colleague said yes; only whoever asked knows who it is, and decides."""
    OPENING = "opening"
    """Both agreed; their group message is being opened."""
    TOGETHER = "together"
    """Both know of each other; whether they met is asked on the next working day."""
    NOBODY = "nobody"
    """Whoever asked was told of other ways, and may choose one or let it be looked on."""
    MATCHED = "matched"
    REDIRECTED = "redirected"
    WITHDRAWN = "withdrawn"


ENDED = frozenset({RequestState.MATCHED, RequestState.REDIRECTED, RequestState.WITHDRAWN})
KNOWN_TO_BOTH = frozenset({RequestState.OPENING, RequestState.TOGETHER, RequestState.MATCHED})
NOT_YET_KNOWN = frozenset({RequestState.SEARCHING, RequestState.FOUND, RequestState.NOBODY})
RUNNING = frozenset(RequestState) - ENDED


class OfferState(StrEnum):
    """How one colleague was asked about one request."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LAPSED = "lapsed"
    NOT_NEEDED = "not_needed"


SEARCH, LAPSE, TELL, DECIDE = "peer_search", "peer_lapse", "peer_tell", "peer_decide"
OPEN_GROUP, FOLLOW_UP, END = "peer_open", "peer_follow_up", "peer_end"
TIMERS = (SEARCH, TELL, DECIDE, OPEN_GROUP, FOLLOW_UP, END)
"""What timers do to a request; LAPSE is what one does to an offer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What was asked for. language: a code, None for whichever. until_at: by when it should have happened."""

    help: Help
    where: Where
    language: str | None
    until_at: datetime
    minutes: int = MINUTES


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """asker wants a peer; peer is the one who said yes on yes_on, if any.

    two_at_once: somebody was asked in vain, so that two are asked at a time. turn: how many said yes so
    far, which tells notices about one from those about the next.
    """

    request_id: str
    asker: PersonRef
    asked_on: date
    wanted: Wanted = field(repr=False)
    state: RequestState = RequestState.SEARCHING
    peer: PersonRef | None = None
    yes_on: date | None = None
    two_at_once: bool = False
    turn: int = 0

    @property
    def has_ended(self) -> bool:
        return self.state in ENDED

    def at_a_time(self) -> int:
        return 2 if self.two_at_once else 1

    def other(self, ref: PersonRef) -> PersonRef | None:
        """Whom somebody may know of: the peer once they said yes, the asker once both have agreed."""
        if ref == self.asker and self.state not in (RequestState.SEARCHING, RequestState.NOBODY):
            return self.peer
        return self.asker if ref == self.peer and self.state in KNOWN_TO_BOTH else None


def window_end(now: datetime, when: When, calendar: Calendar) -> datetime:
    """By when it should have happened that was asked for now, by the calendar of whoever asks.

    Now: within two working hours. Today and this week: by the end of the working day or week in which it
    can begin.
    """
    begins_at = next_working(now, calendar)
    if when is When.NOW:
        return add_working(begins_at, TELLS_AFTER, calendar)
    on = local(begins_at, calendar.tz).date()
    days = 0 if when is When.TODAY else max(0, FRIDAY - on.weekday())
    return instant(on + timedelta(days=days), DAY_ENDS, calendar.tz)


def tells_at(now: datetime, calendar: Calendar) -> datetime:
    return add_working(now, TELLS_AFTER, calendar)


def lapses_at(now: datetime, calendar: Calendar) -> datetime:
    """calendar: of the colleague who is asked."""
    return add_working(now, LAPSES_AFTER, calendar)


def looks_again_at(now: datetime, calendar: Calendar) -> datetime:
    return add_working(now, LOOKS_AGAIN_AFTER, calendar)


def decides_by(now: datetime, calendar: Calendar) -> datetime:
    return add_working(now, DECIDES_WITHIN, calendar)


def follow_up_at(now: datetime, calendar: Calendar) -> datetime:
    """The next working day at the same clock time (E-PEER8)."""
    return same_hour_next_working_day(now, calendar)


Spans = tuple[tuple[datetime, datetime], ...]


def free(calendar: Calendar, halves: frozenset[Half], start: datetime, until: datetime) -> Spans:
    """The halves of working days between two instants in which somebody can be there."""
    return tuple(
        (begin, end)
        for begin, end in working_spans(calendar, start, until)
        if _half(begin, calendar.tz) in halves
    )


def _half(at: datetime, tz: str) -> Half:
    return Half.MORNING if local(at, tz).time() < LUNCH_STARTS else Half.AFTERNOON


def have_time_together(one: Spans, other: Spans, minutes: int = MINUTES) -> bool:
    """Whether both are free at the same time for so long."""
    lasting = timedelta(minutes=minutes)
    return any(
        min(end, other_end) - max(begin, other_begin) >= lasting
        for begin, end in one
        for other_begin, other_end in other
    )


def week_on(on: date) -> date:
    """The Monday of the week in which somebody was asked."""
    return on - timedelta(days=on.weekday())
