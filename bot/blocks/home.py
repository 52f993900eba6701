"""Home: what is open to everybody first, then what comes next, then one's own asks and settings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from typing import Literal

from bot.blocks.asks import AskLine
from bot.blocks.elements import View
from bot.content import Words
from bot.domain.members import TeamState

WhyNone = Literal["paused", "stopped", "quiet", "not_started", "no_team", "days_off", "not_known"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseLine:
    """A leader's promise as everybody sees it."""

    team: str
    leader_id: str
    promised_on: date
    staff_told_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamLine:
    """A team as an admin sees it."""

    team_id: str
    name: str
    state: TeamState
    members: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeFacts:
    """Everything Home shows to one person.

    next_on, next_time: local; why_none says why there is none. prompt: this week's number for a
    supervisor. showing: "mine" or, behind one button, "work". crisis_reviewed: False shows leaders and
    admins that the crisis lines wait for a look.
    """

    country: str
    team: str | None = None
    can_ask: bool = False
    next_on: date | None = None
    next_time: time | None = None
    why_none: WhyNone | None = None
    paused_until: date | None = None
    paused: bool = False
    stopped: bool = False
    my_asks: tuple[AskLine, ...] = ()
    promises: tuple[PromiseLine, ...] = ()
    asks_to_me: int = 0
    prompt: int | None = None
    is_admin: bool = False
    may_claim_admin: bool = False
    teams: tuple[TeamLine, ...] = ()
    crisis_reviewed: bool = True
    showing: Literal["mine", "work"] = "mine"


def home(words: Words, facts: HomeFacts) -> View:
    raise NotImplementedError
