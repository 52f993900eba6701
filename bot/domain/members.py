"""Who is who: people, what they chose, teams, units and who may read what."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import NewType

from bot.domain.leave import Leave
from bot.domain.localtime import WEDNESDAY, instant, local

PersonRef = NewType("PersonRef", str)
"""A person's pseudonym: HMAC-SHA256 over workspace and Slack id, in hex (privacy §7)."""

TERMS_VERSION = 1
"""Raised when what staff were told about who sees what changes: they are then told again (SF8)."""


class Length(StrEnum):
    """How many questions a week somebody wants."""

    ONE = "one"
    DEFAULT = "default"
    LONGER = "longer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What Slack's roster says of somebody. No name: Slack shows that itself.

    quiet_from, quiet_until: the next span of do-not-disturb. on_vacation: the status in Slack is the one
    for vacation, until vacation_until if it has an end; what is written in a status is never kept.
    """

    ref: PersonRef
    tz: str
    locale: str | None = None
    active: bool = True
    quiet_from: datetime | None = None
    quiet_until: datetime | None = None
    on_vacation: bool = False
    vacation_until: datetime | None = None

    def quiet_end(self, at: datetime) -> datetime | None:
        """When the do-not-disturb ends that somebody is in at an instant; None outside of one."""
        if self.quiet_from is None or self.quiet_until is None:
            return None
        return self.quiet_until if self.quiet_from <= at < self.quiet_until else None

    def vacation_end(self, at: datetime) -> datetime | None:
        """When a status for vacation ends that holds at an instant; None outside of one.

        One without an end is looked at again on the next day.
        """
        if not self.on_vacation:
            return None
        if self.vacation_until is None:
            return instant(local(at, self.tz).date() + timedelta(days=1), time(), self.tz)
        return self.vacation_until if at < self.vacation_until else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """What somebody chose; exists in the store only once they tapped (terms: Universal arrival)."""

    weekday: int = WEDNESDAY
    local_time: time = time(10)
    length: Length = Length.DEFAULT
    language: str | None = None
    items_off: frozenset[str] = frozenset()
    remote: bool = False
    paused: bool = False
    paused_until: datetime | None = None
    stopped: bool = False
    accepted_version: int = 0

    @property
    def accepted(self) -> bool:
        return self.accepted_version >= TERMS_VERSION

    def paused_at(self, now: datetime) -> bool:
        """Paused without end, or until a later instant than now."""
        return self.paused and (self.paused_until is None or now < self.paused_until)


class TeamState(StrEnum):
    DRAFT = "draft"
    AWAITING_PROMISE = "awaiting_promise"
    STARTED = "started"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    unit_id: str
    name: str
    parent_id: str | None = None
    pool_owner: PersonRef | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """A leaf of the unit tree with its people in charge and the leader's dated promise (changes 10)."""

    team_id: str
    name: str
    tz: str
    language: str = "en"
    country: str = "US"
    region: str | None = None
    unit_id: str | None = None
    channel_id: str | None = None
    supervisor: PersonRef | None = None
    deputy: PersonRef | None = None
    leader: PersonRef | None = None
    pooled: bool = False
    state: TeamState = TeamState.DRAFT
    staff_told_on: date | None = None
    promised_on: date | None = None
    started_at: datetime | None = None

    @property
    def waits_for_promise(self) -> bool:
        """Set up and without its leader's promise: before the start, or after the leader changed."""
        return self.state is not TeamState.DRAFT and self.promised_on is None


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamPlan:
    """A team as an admin is setting it up or changing it: nothing of it holds before it is confirmed."""

    team: Team
    members: tuple[PersonRef, ...]
    set_up_by: PersonRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """One Slack workspace: its calendar of weeks and who runs the server (changes 11)."""

    workspace_id: str
    epoch_on: date | None = None
    country: str = "US"
    language: str = "en"
    key_holder: str | None = None
    key_holder_ref: PersonRef | None = None
    key_holder_conflict: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """Where staff can turn besides: the support contact, and the list of help as an admin wrote it."""

    contact: PersonRef | None = None
    help_list: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A person with what they chose and where they belong, as planning and rendering need them.

    country: whose holidays and crisis lines hold, an ISO code; region: whose holidays hold too, a part of
    that country. leave: their days away, for their own planning alone.
    """

    person: Person
    preferences: Preferences = field(default_factory=Preferences)
    team: Team | None = None
    country: str = "US"
    region: str | None = None
    leave: Leave = ()

    @property
    def ref(self) -> PersonRef:
        return self.person.ref
