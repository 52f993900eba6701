"""Talking together: where people meet, and the team's own short huddles.

A huddle of a team begins once two are in. Who is in is known as long as it lasts, and shown to nobody:
the team's channel sees how many. Every huddle ends: over, not enough people, taken back, or refused by Slack.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from bot.domain.localtime import LUNCH_STARTS, Calendar, local, next_stretch
from bot.domain.members import PersonRef, Team, TeamState
from bot.domain.notices import Kind, Notice, notice

ROOM = "{room}"
"""Where the name of a room goes in the address of video rooms."""
ENOUGH = 2
MINUTES = 15
OVER_AFTER = timedelta(minutes=MINUTES + 5)
"""After it began: the thread gets what follows a huddle, and who was in is forgotten."""
OPEN_FOR = timedelta(hours=1)
ROOM_LEFT = timedelta(minutes=30)
"""So much working time in one stretch a huddle needs, or it waits for the next."""
KEPT = timedelta(days=7)
"""After its end, without anybody in it, so that a late tap on its card finds what became of it."""
LAPSE, AFTERCARE, FORGET = "huddle_lapse", "huddle_aftercare", "huddle_forget"
"""What timers do to a huddle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rooms:
    """Where people meet if Slack's huddles are off or hold only two: an address, or None for Slack's own.

    An address without `{room}` is one room for everybody: two people who talk in confidence must not
    meet two others there, so they keep Slack's huddle, which holds two.
    """

    address: str | None = None

    def for_two(self, name: str) -> str | None:
        """A room of that name for two people; None: Slack's huddle."""
        return self.for_team(name) if self.address and ROOM in self.address else None

    def for_team(self, name: str) -> str | None:
        """A room of that name, or the one there is; None: Slack's huddle."""
        return self.address.replace(ROOM, name) if self.address else None


class Purpose(StrEnum):
    """What a huddle is for, from a fixed list: nothing typed stands in a channel."""

    BREATHE = "breathe"
    LIGHTEN = "lighten"
    GOOD = "good"


class HuddleState(StrEnum):
    OPEN = "open"
    GOING = "going"
    OVER = "over"
    NOT_ENOUGH = "not_enough"
    TAKEN_BACK = "taken_back"
    REFUSED = "refused"


RUNNING = frozenset({HuddleState.OPEN, HuddleState.GOING})
TO_BE_TOLD = frozenset({HuddleState.NOT_ENOUGH, HuddleState.REFUSED})
"""Ends of which whoever started it hears."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Huddle:
    """A team's huddle, called from starts_at on until open_until; ts: its card, once that is in the channel.

    with_supervisor: the starter asked them along and nobody minded. version: raised whenever its card is
    to read otherwise. Of a circle: its hour (begins_at) and who opens it (host).
    """

    huddle_id: str
    team_id: str
    channel_id: str
    purpose: Purpose
    starts_at: datetime
    open_until: datetime
    state: HuddleState = HuddleState.OPEN
    starter: PersonRef | None = None
    with_supervisor: bool = False
    ts: str | None = None
    begins_at: datetime | None = None
    circle_id: str | None = None
    host: PersonRef | None = None
    version: int = 0


def call(huddle: Huddle) -> Notice:
    """Its card for the team's channel, worth sending while it is open."""
    return notice(
        Kind.HUDDLE,
        None,
        huddle.huddle_id,
        huddle.starts_at,
        expires_at=huddle.open_until,
        channel=huddle.channel_id,
        facts={"huddle": huddle.huddle_id, "team": huddle.team_id},
    )


def over_at(huddle: Huddle, now: datetime) -> datetime:
    """When a huddle is over that has two people now."""
    return max(now, huddle.begins_at or now) + OVER_AFTER


def can_be_called(team: Team) -> bool:
    """A huddle needs a team that has started, and its channel."""
    return team.state is TeamState.STARTED and team.channel_id is not None


def called_for(now: datetime, calendar: Calendar) -> tuple[datetime, datetime]:
    """From when until when people are asked along: now, or when the next working stretch begins."""
    begin, end = next_stretch(now, calendar, ROOM_LEFT)
    return begin, min(begin + OPEN_FOR, end)


WhyLater = Literal["day_off", "lunch", "night"]


def why_later(now: datetime, starts_at: datetime, calendar: Calendar) -> WhyLater | None:
    """Why a huddle is not called at once; None when it is."""
    if starts_at <= now:
        return None
    here = local(now, calendar.tz)
    if not calendar.works_on(here.date()):
        return "day_off"
    same_day = local(starts_at, calendar.tz).date() == here.date()
    return "lunch" if same_day and local(starts_at, calendar.tz).time() > LUNCH_STARTS else "night"


WhyNot = Literal["in_charge", "elsewhere"]


def why_not(huddle: Huddle, team: Team, person: PersonRef, *, is_member: bool) -> WhyNot | None:
    """Why somebody cannot be in; None when they can.

    Whoever is in charge of the team is asked along or stays away, also when they started it for the team.
    """
    if person == team.supervisor and huddle.with_supervisor:
        return None
    if person in (team.supervisor, team.leader):
        return "in_charge"
    return None if is_member else "elsewhere"


def after_joining(state: HuddleState, many: int) -> HuddleState:
    """It begins once two are in."""
    return HuddleState.GOING if many >= ENOUGH else state
