"""What delivery carries: kinds of notices, how urgent each is, and when one is too late to send.

A notice holds a kind, a recipient and small facts; never rendered text, never anything a person
wrote or answered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from bot.domain.members import PersonRef


class Kind(StrEnum):
    FIRST_CONTACT = "first_contact"
    CHECKIN = "checkin"
    CHECKIN_AGAIN = "checkin_again"
    QUIET_QUESTION = "quiet_question"
    WEEKLY = "weekly"
    TEAM_POST = "team_post"
    ASK = "ask"
    ASK_TOLD = "ask_told"
    ASK_UNANSWERED = "ask_unanswered"
    ASK_FOLLOW_UP = "ask_follow_up"
    PROMISE = "promise"
    TEAM_STARTED = "team_started"
    PIN = "pin"


URGENCY: Mapping[Kind, int] = MappingProxyType(
    {Kind.ASK: 0, Kind.ASK_TOLD: 0, Kind.ASK_UNANSWERED: 0, Kind.ASK_FOLLOW_UP: 0, Kind.WEEKLY: 2}
)
"""Lower goes first: what one person asked of another before check-ins (1) before weekly messages."""

ONCE_FOR_ALL = frozenset({Kind.FIRST_CONTACT, Kind.PROMISE, Kind.TEAM_STARTED, Kind.PIN, Kind.TEAM_POST})
"""Kept as long as the workspace: who heard it once must not hear it again."""

KEPT_WAITING = timedelta(days=7)
"""How long after its due time a notice is still worth sending, where it has no end of its own.

An evening before a weekend and holidays is followed by more than three days without working time.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something to be said once. dedupe_key is unique in a workspace; channel overrides the person's DM."""

    kind: Kind
    to: PersonRef | None
    dedupe_key: str
    due_at: datetime
    expires_at: datetime
    channel: str | None = None
    facts: Mapping[str, str | int] = field(default_factory=dict)


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
    channel: str | None = None,
    facts: Mapping[str, str | int] | None = None,
) -> Notice:
    """A notice about one thing; the same kind, recipient and thing is never sent twice."""
    return Notice(
        kind=kind,
        to=to,
        dedupe_key=dedupe_key(kind, to or channel, about),
        due_at=due_at,
        expires_at=expires_at or due_at + KEPT_WAITING,
        channel=channel,
        facts=facts or {},
    )


class Fate(StrEnum):
    """Where a notice stands in the outbox. Every one ends in one of the last five."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    ATTEMPTED = "attempted"
    SENT = "sent"
    NOT_WANTED = "not_wanted"
    EXPIRED = "expired"
    PARKED = "parked"
    HELD = "held"
    """The outcome is unknown: it may have arrived, so it is not sent again."""
