"""What delivery carries: kinds of notices, how urgent each is, and when one is too late to send.

A notice holds a kind, a recipient and small facts; never rendered text, never anything a person
wrote or answered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.members import PersonRef


class Kind(StrEnum):
    FIRST_CONTACT = "first_contact"
    CHECKIN = "checkin"
    CHECKIN_AGAIN = "checkin_again"
    QUIET_QUESTION = "quiet_question"
    WEEKLY = "weekly"
    TEAM_POST = "team_post"
    RAISED = "raised"
    ASK = "ask"
    ASK_TOLD = "ask_told"
    ASK_UNANSWERED = "ask_unanswered"
    ASK_FOLLOW_UP = "ask_follow_up"
    HUDDLE = "huddle"
    HUDDLE_LINK = "huddle_link"
    HUDDLE_BEGINS = "huddle_begins"
    HUDDLE_AFTER = "huddle_after"
    HUDDLE_TOLD = "huddle_told"
    CIRCLE = "circle"
    CIRCLE_HOST = "circle_host"
    CIRCLE_TOLD = "circle_told"
    COVER_OFFER = "cover_offer"
    COVER_FOUND = "cover_found"
    COVER_NONE = "cover_none"
    COVER_ASKED = "cover_asked"
    PEER_OFFER = "peer_offer"
    PEER_FOUND = "peer_found"
    PEER_LOOKING = "peer_looking"
    PEER_NOBODY = "peer_nobody"
    PEER_NOT_NEEDED = "peer_not_needed"
    PEER_NAMES = "peer_names"
    PEER_TOGETHER = "peer_together"
    PEER_FOLLOW_UP = "peer_follow_up"
    PEER_CHECK = "peer_check"
    PROMISE = "promise"
    TEAM_STARTED = "team_started"
    PIN = "pin"
    STRICTER = "stricter"


PEERS = frozenset(
    {
        *(Kind.PEER_OFFER, Kind.PEER_FOUND, Kind.PEER_LOOKING, Kind.PEER_NOBODY, Kind.PEER_NOT_NEEDED),
        *(Kind.PEER_NAMES, Kind.PEER_TOGETHER, Kind.PEER_FOLLOW_UP, Kind.PEER_CHECK),
    }
)
COVER = frozenset({Kind.COVER_OFFER, Kind.COVER_FOUND, Kind.COVER_NONE, Kind.COVER_ASKED})
BETWEEN_PEOPLE = PEERS | {
    *COVER,
    *(Kind.ASK, Kind.ASK_TOLD, Kind.ASK_UNANSWERED, Kind.ASK_FOLLOW_UP),
    *(Kind.HUDDLE, Kind.HUDDLE_LINK, Kind.HUDDLE_BEGINS, Kind.HUDDLE_TOLD),
    *(Kind.CIRCLE, Kind.CIRCLE_HOST, Kind.CIRCLE_TOLD),
}
"""What one person asks of another goes first, and where nothing can tell whether it arrived it is sent
again: for whoever waits for an answer, two messages are better than silence (delivery 5)."""
DIGESTS = frozenset({Kind.WEEKLY, Kind.TEAM_POST, Kind.RAISED})


def urgency(kind: Kind) -> int:
    """Lower goes first: what people ask of each other, then check-ins, then what those in charge read."""
    return 0 if kind in BETWEEN_PEOPLE else 2 if kind in DIGESTS else 1


ONCE_FOR_ALL = frozenset(
    {Kind.FIRST_CONTACT, Kind.PROMISE, Kind.TEAM_STARTED, Kind.PIN, Kind.TEAM_POST, Kind.STRICTER}
)
"""Kept as long as the workspace: who heard it once must not hear it again."""

KEPT_WAITING = timedelta(days=7)
"""How long after its due time a notice is still worth sending, where it has no end of its own.

An evening before a weekend and holidays is followed by more than three days without working time.
"""


def kept_until(expires_at: datetime, at: datetime, now: datetime) -> datetime:
    """Until when a notice without an end of its own is worth sending that can arrive at an instant.

    Who is away for weeks finds it when they are back.
    """
    return expires_at if at <= now else max(expires_at, at + KEPT_WAITING)


Facts = Mapping[str, str | int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something to be said once. dedupe_key is unique in a workspace; channel overrides the person's DM.

    called_for_at: the moment that calls for it, however late it is planned; it never goes out before that.
    """

    kind: Kind
    to: PersonRef | None
    dedupe_key: str
    due_at: datetime
    expires_at: datetime
    called_for_at: datetime
    channel: str | None = None
    facts: Facts = field(default_factory=dict)


def dedupe_key(kind: Kind, to: PersonRef | str | None, about: str) -> str:
    """By which the same thing is never said twice to the same reader."""
    return f"{kind}|{to}|{about}"


def notice(
    kind: Kind,
    to: PersonRef | None,
    about: str,
    due_at: datetime,
    *,
    expires_at: datetime | None = None,
    called_for_at: datetime | None = None,
    channel: str | None = None,
    facts: Facts | None = None,
) -> Notice:
    """A notice about one thing; the same kind, recipient and thing is never sent twice."""
    return Notice(
        kind=kind,
        to=to,
        dedupe_key=dedupe_key(kind, to or channel, about),
        due_at=due_at,
        expires_at=expires_at or due_at + KEPT_WAITING,
        called_for_at=called_for_at or due_at,
        channel=channel,
        facts=facts or {},
    )


CATCH_UP = timedelta(seconds=5)
"""So much of the pace may be made up for at once after a rest: short bursts are what Slack allows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How many messages a minute may go out to one workspace. Slack takes "several hundred"."""

    per_minute: int

    def room(self, next_at: datetime | None, now: datetime) -> int:
        """How many may go out now, if the next one may from next_at on; None before the first."""
        ahead = now - self._since(next_at, now)
        return 0 if ahead < timedelta() else ahead // self._each + 1

    def after(self, next_at: datetime | None, now: datetime, messages: int) -> datetime:
        """When the next may go out, once so many have."""
        return self._since(next_at, now) + messages * self._each

    @property
    def _each(self) -> timedelta:
        return timedelta(minutes=1) / self.per_minute

    def _since(self, next_at: datetime | None, now: datetime) -> datetime:
        return max(next_at, now - CATCH_UP) if next_at else now - CATCH_UP


USUAL_PACE = Pace(per_minute=240)


class Fate(StrEnum):
    """Where a notice stands in the outbox. Every one ends in one of the last five."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    ATTEMPTED = "attempted"
    UNKNOWN = "unknown"
    """It may have arrived: Slack's history is read before anything else is done with it."""
    SENT = "sent"
    NOT_WANTED = "not_wanted"
    EXPIRED = "expired"
    PARKED = "parked"
    HELD = "held"
    """It may have arrived, and nothing can tell: it is not sent again, and the operator reads of it."""
