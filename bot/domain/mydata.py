"""One's own data: everything that is kept about somebody, and what deleting it leaves (privacy §7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.domain.asks import AskState
from bot.domain.checkins import Reason, Standing, State
from bot.domain.leave import Leave
from bot.domain.members import Person, Preferences
from bot.domain.notices import COVER, PEERS, Kind
from bot.domain.peers import Load, Offering, Request, Wishes

COPY_STAYS = timedelta(minutes=15)
"""How long a file with one's data lies in Slack (changes 23)."""


class Part(StrEnum):
    """Under which heading somebody reads what is kept about them, in this order."""

    TEAM = "team"
    CHOICES = "choices"
    AWAY = "away"
    WEEKS = "weeks"
    GROUP = "group"
    ASKS = "asks"
    HUDDLES = "huddles"
    PEERS = "peers"
    MESSAGES = "messages"


GOES_WITH_ITS_SUBJECT = frozenset(
    {
        Kind.CHECKIN,
        Kind.CHECKIN_AGAIN,
        Kind.QUIET_QUESTION,
        Kind.ASK_TOLD,
        Kind.ASK_UNANSWERED,
        Kind.ASK_FOLLOW_UP,
        Kind.HUDDLE_BEGINS,
        Kind.HUDDLE_TOLD,
        Kind.CIRCLE_HOST,
        Kind.CIRCLE_TOLD,
        *PEERS,
        *COVER,
    }
)
"""Notices to somebody that are deleted with their data. The others must not be said twice, go to a role,
or tell of what somebody else asked."""


def begins_anew(since: datetime, week_starts_at: datetime) -> datetime:
    """Since when check-ins are somebody's after they deleted their data: older weeks are not missed ones."""
    return max(since, week_starts_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnWeek:
    """A week with what somebody answered, by question; None when it cannot be read with these keys.

    state: None where no check-in is kept beside the answers. takes_answers: it has not closed yet.
    """

    week: int
    monday: date
    state: State | None
    reason: Reason | None
    given: Mapping[str, int] | None
    takes_answers: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnTeam:
    """A team somebody is or was on; until_on: None for the present one."""

    name: str
    from_on: date
    until_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnRoles:
    """What somebody is for others, by name of team or unit; planned: teams that are being set up."""

    supervises: tuple[str, ...] = ()
    stands_in_for: tuple[str, ...] = ()
    leads: tuple[str, ...] = ()
    owns_line_of: tuple[str, ...] = ()
    planned: tuple[str, ...] = ()
    is_admin: bool = False
    holds_keys: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPeriod:
    """Four weeks in which somebody stood on a group's roster, or was counted in its update."""

    first_on: date
    last_on: date
    counted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnLines:
    """What somebody said with others in four weeks that are not over, by phrase key."""

    first_on: date
    last_on: date
    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAsk:
    """An ask that somebody made (mine) or has to do with; with_id: the other's Slack id."""

    with_id: str
    mine: bool
    state: AskState
    asked_on: date
    meet_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnHuddles:
    """How many huddles of their team somebody has started, and is in at the moment; in how many circles
    something is kept of them.
    """

    started: int = 0
    joined: int = 0
    circles: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPeers:
    """What somebody offers as a peer and wishes of one; requests and offers as far as they are kept.

    never_ids: Slack ids of those they never want to be matched with. requests: their own, each with the
    Slack id of the other if they may know it. asked: about how many requests of others they were asked.
    step_outs: in how many they are out now, cover, or were told that cover was asked for.
    """

    offering: Offering | None
    wishes: Wishes
    never_ids: tuple[str, ...]
    requests: tuple[tuple[Request, str | None], ...]
    asked: int
    load: Load
    step_outs: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnMessages:
    """Notices of a kind: on their way, and settled."""

    kind: Kind
    waiting: int
    settled: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnData:
    """Everything that is kept about one person, for their own eyes.

    preferences: None before their first tap. weeks: the newest first. group: names of the teams they are
    shown with. weekly_on: days on which a supervisor's message was due. has_key: a key of theirs is kept.
    erased_at: when they last deleted everything; None for not in the last weeks.
    """

    person: Person
    teams: tuple[OwnTeam, ...]
    roles: OwnRoles
    preferences: Preferences | None
    leave: Leave
    weeks: tuple[OwnWeek, ...]
    standing: Standing
    has_key: bool
    erased_at: datetime | None
    group: tuple[str, ...]
    periods: tuple[OwnPeriod, ...]
    said: tuple[OwnLines, ...]
    asks: tuple[OwnAsk, ...]
    huddles: OwnHuddles
    peers: OwnPeers
    messages: tuple[OwnMessages, ...]
    weekly_on: tuple[date, ...]
    timers: int
