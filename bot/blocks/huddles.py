"""Talking together: the message that opens the conversation of two people who both agreed to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bot.blocks import crisis, ids
from bot.blocks.elements import (
    Block,
    Element,
    Message,
    actions,
    button,
    context,
    local_moment,
    mention,
    note,
    section,
)
from bot.content import Words

HUDDLE = "https://app.slack.com/huddle/{workspace}/{channel}"
"""In wide use and not documented, so words beside it say where the button for a huddle is in Slack."""

HALF_AN_HOUR = 30 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """Where two people meet, and when they could: at is the time they settled on.

    room is the address of a video room, None for Slack's own huddle in their group message.
    """

    workspace: str
    channel: str
    times: tuple[datetime, ...] = ()
    at: datetime | None = None
    room: str | None = None


def together(words: Words, meeting: Meeting, *, chosen_by: str = "") -> Message:
    """The first message in a group message of two people, and how it reads once one of them set a time.

    chosen_by: the Slack id of who set meeting.at.
    """
    return note(
        words,
        section(words("huddle.together")),
        actions(_join(words, meeting), crisis.help_button(words)),
        context(words("huddle.room_words" if meeting.room else "huddle.headphones")),
        *(_settled(words, meeting, meeting.at, chosen_by) if meeting.at else _times(words, meeting)),
        context(words("huddle.together_limits")),
    )


def _join(words: Words, meeting: Meeting) -> Element:
    address = meeting.room or HUDDLE.format(workspace=meeting.workspace, channel=meeting.channel)
    label = words("huddle.open_room" if meeting.room else "huddle.open")
    return button(label, ids.OPENED_HUDDLE, style="primary", url=address)


def _times(words: Words, meeting: Meeting) -> list[Block]:
    lines = [_time(words, meeting, at) for at in meeting.times]
    return [section(words("huddle.times")), *lines] if lines else [section(words("huddle.no_times"))]


def _time(words: Words, meeting: Meeting, at: datetime) -> Block:
    value = to_value(words.language, replace(meeting, at=at))
    tap = button(words("huddle.this_time"), ids.CHOSE_TIME, value=value)
    return section(local_moment(at), accessory=tap, block_id=f"time_{int(at.timestamp())}")


def _settled(words: Words, meeting: Meeting, at: datetime, chosen_by: str) -> list[Block]:
    value = to_value(words.language, meeting)
    another = button(words("huddle.another_time"), ids.REOPENED_TIMES, value=value)
    facts = {"who": mention(chosen_by), "when": local_moment(at)}
    return [section(words("huddle.settled", **facts), accessory=another)]


def to_value(language: str, meeting: Meeting) -> str:
    """What a button of the message carries, so that nothing about the two people needs to be kept."""
    moments = (moment for moment in (meeting.at, *meeting.times) if moment)
    return "|".join((language, *(str(int(moment.timestamp()) // HALF_AN_HOUR) for moment in moments)))


def from_value(value: str) -> tuple[str, datetime, tuple[datetime, ...]]:
    """Language, time meant and all times offered; ValueError or OverflowError for anything else."""
    language, *halves = value.split("|")
    at, *times = (datetime.fromtimestamp(int(half) * HALF_AN_HOUR, UTC) for half in halves)
    return language, at, tuple(times)


def still_ahead(times: Sequence[datetime], now: datetime) -> tuple[datetime, ...]:
    return tuple(at for at in times if at > now)
