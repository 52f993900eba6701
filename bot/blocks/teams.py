"""Setting up a team inside Slack: the two steps, the leader's promise, and what follows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from bot.blocks.elements import Element, Message, View
from bot.content import Words

Problem = Literal[
    "name_missing",
    "name_taken",
    "unit_twice",
    "no_members",
    "supervisor_is_deputy",
    "not_a_person",
    "channel_unreadable",
    "pool_owner_missing",
    "key_holder_missing",
    "told_in_future",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamDraft:
    """What the first step holds so far; Slack ids, an IANA zone, a language's code, a country's code."""

    name: str = ""
    unit_id: str = ""
    new_unit: str = ""
    channel_id: str = ""
    supervisor_id: str = ""
    deputy_id: str = ""
    leader_id: str = ""
    member_ids: tuple[str, ...] = ()
    everyone_in_channel: bool = False
    zone: str = ""
    language: str = "en"
    country: str = "US"


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamCheck:
    """What the second step shows.

    counted: people who count for words; siblings: names of small teams under the same unit it could be
    shown together with, and together: how many they are with it. elsewhere: (Slack id, present team) of
    people who belong to another team. ask_key_holder: who runs the server was never said.
    """

    team_id: str
    name: str
    counted: int
    siblings: tuple[str, ...] = ()
    together: int = 0
    elsewhere: tuple[tuple[str, str], ...] = ()
    channel_id: str = ""
    bot_in_channel: bool = True
    ask_key_holder: bool = False


def team_form(words: Words, *, units: Sequence[tuple[str, str]], draft: TeamDraft, team_id: str = "") -> View:
    """Step 1. units: (id, name). private_metadata is {"team": id}, empty for a new one."""
    raise NotImplementedError


def problem(words: Words, kind: Problem) -> dict[str, str]:
    """What is wrong with a submitted step, by block_id."""
    raise NotImplementedError


def zone_options(words: Words, query: str) -> list[Element]:
    """At most 100 zones whose city or name holds the query; value is the IANA name."""
    raise NotImplementedError


def country_options(words: Words, query: str) -> list[Element]:
    """At most 100 countries whose name holds the query; value is the ISO code."""
    raise NotImplementedError


def team_check(words: Words, facts: TeamCheck) -> View:
    """Step 2. private_metadata is {"team": id}."""
    raise NotImplementedError


def team_waiting(words: Words, *, name: str, leader_id: str) -> View:
    """After step 2: the leader was asked."""
    raise NotImplementedError


def team_saved(words: Words, *, name: str) -> View:
    """After an edit of a team that had started."""
    raise NotImplementedError


def promise_request(words: Words, *, team_id: str, name: str, admin_id: str) -> Message:
    """To the leader, with the button that opens the form."""
    raise NotImplementedError


def promise_form(words: Words, *, team_id: str, name: str, today: date) -> View:
    """The promise's text, the day staff were told, accept. private_metadata is {"team": id}."""
    raise NotImplementedError


def promise_given(words: Words, *, name: str, promised_on: date, staff_told_on: date) -> Message:
    """The request's card after it."""
    raise NotImplementedError


def promise_thanks(words: Words, *, name: str) -> View:
    raise NotImplementedError


def team_started(
    words: Words, *, team_id: str, name: str, channel_id: str, epoch_on: date, small: bool
) -> Message:
    """To the admin, with the offer to post the crisis lines in the team's channel."""
    raise NotImplementedError


def pin_posted(words: Words, *, name: str, channel_id: str) -> Message:
    """The admin's card after posting: how to pin it."""
    raise NotImplementedError


def pin_refused(words: Words, *, team_id: str, name: str, channel_id: str) -> Message:
    """The admin's card when Choir is not in the channel: how to invite it, and the button again."""
    raise NotImplementedError


def admin_claimed(words: Words) -> View:
    raise NotImplementedError
