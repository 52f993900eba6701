"""Talking together: the conversation of two people who both agreed to it, and huddles of a team.

A team's card shows how many are in and never who, and not who started it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bot.blocks import crisis, ids
from bot.blocks.elements import (
    Block,
    Element,
    Message,
    View,
    actions,
    bullets,
    button,
    channel_link,
    checkboxes,
    context,
    escape,
    field,
    local_moment,
    mention,
    modal,
    note,
    notice_view,
    option,
    radio,
    rich_option,
    section,
)
from bot.blocks.peers import peer_button
from bot.content import Words
from bot.domain.huddles import MINUTES, HuddleState, Purpose, WhyLater, WhyNot

HUDDLE = "https://app.slack.com/huddle/{workspace}/{channel}"
"""In wide use and not documented, so words beside it say where the button for a huddle is in Slack."""

HALF_AN_HOUR = 30 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where people meet: room is the address of a video room, None for Slack's own huddle in that channel."""

    workspace: str
    channel: str
    room: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """Where two people meet, and when they could: at is the time they settled on."""

    place: Place
    times: tuple[datetime, ...] = ()
    at: datetime | None = None


# ---- two people


def together(words: Words, meeting: Meeting, *, chosen_by: str = "") -> Message:
    """The first message in a group message of two people, and how it reads once one of them set a time.

    chosen_by: the Slack id of who set meeting.at.
    """
    return note(
        words,
        section(words("huddle.together")),
        actions(_open(words, meeting.place), crisis.help_button(words)),
        context(words("huddle.room_words" if meeting.place.room else "huddle.headphones")),
        *(_settled(words, meeting, meeting.at, chosen_by) if meeting.at else _times(words, meeting)),
        context(words("huddle.together_limits")),
    )


def _open(words: Words, place: Place) -> Element:
    address = place.room or HUDDLE.format(workspace=place.workspace, channel=place.channel)
    label = words("huddle.open_room" if place.room else "huddle.open")
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


# ---- a team's huddle: starting one


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What the form says: teams by id and name, and when the card can go out.

    starts_at: None for at once; why: why it waits. supervisor_id: whom a member may ask along.
    """

    teams: tuple[tuple[str, str], ...]
    channel_id: str
    starts_at: datetime | None = None
    why: WhyLater | None = None
    supervisor_id: str | None = None


def start_form(words: Words, start: Start, *circle: Block) -> View:
    """What it is for, and whether the supervisor is asked along; nothing can be typed.

    circle: the way to meet regularly.
    """
    several = len(start.teams) > 1
    return modal(
        words("huddle.title"),
        [
            section(words("huddle.lead", minutes=MINUTES)),
            *([_which_team(words, start.teams)] if several else []),
            field(words("huddle.purpose"), radio(ids.PURPOSE, purposes(words), current=Purpose.BREATHE)),
            *([_along(words, start.supervisor_id)] if start.supervisor_id else []),
            section(_when(words, start)),
            context(words("huddle.who_sees")),
            *circle,
        ],
        callback_id=ids.VIEW_HUDDLE,
        submit=words("huddle.start"),
        close=words("common.cancel"),
    )


def _which_team(words: Words, teams: Sequence[tuple[str, str]]) -> Block:
    options = [option(escape(name), team_id) for team_id, name in teams]
    return field(words("huddle.team"), radio(ids.HUDDLE_TEAM, options, current=teams[0][0]))


def purposes(words: Words) -> list[Element]:
    return [option(words(f"huddle.purpose_{purpose.value}"), purpose.value) for purpose in Purpose]


def _along(words: Words, supervisor_id: str) -> Block:
    ask = rich_option(words("huddle.along", who=mention(supervisor_id)), ids.ALONG)
    hint = words("huddle.along_hint")
    return field(words("huddle.along_label"), checkboxes(ids.ALONG, [ask]), optional=True, hint=hint)


def _when(words: Words, start: Start) -> str:
    if start.starts_at is None or start.why is None:
        return words("huddle.at_once")
    return words(f"huddle.later_{start.why}", when=local_moment(start.starts_at))


def started(words: Words, start: Start, *, huddle_id: str) -> View:
    """It is called, now or later and why, with the way to take it back."""
    key = f"huddle.queued_{start.why}" if start.starts_at and start.why else "huddle.called"
    when = local_moment(start.starts_at) if start.starts_at else ""
    take_back = button(words("huddle.take_back"), ids.TOOK_HUDDLE_BACK, value=huddle_id)
    return notice_view(
        words,
        words("huddle.title"),
        [section(words(key, channel=channel_link(start.channel_id), when=when)), actions(take_back)],
        callback_id=ids.VIEW_HUDDLE_STARTED,
    )


def running_already(words: Words, *, channel_id: str) -> View:
    """One is open or under way: there is no second card."""
    return _said(words, words("huddle.already", channel=channel_link(channel_id)))


def taken_back(words: Words) -> View:
    return _said(words, words("huddle.took_back"))


def _said(words: Words, text: str) -> View:
    return notice_view(words, words("huddle.title"), [section(text)], callback_id=ids.VIEW_NOTICE)


# ---- a team's huddle: the card in its channel and what stands below it


@dataclass(frozen=True, slots=True, kw_only=True)
class HuddleCard:
    """What everybody in the channel sees: how many are in, and whether the supervisor was asked along.

    Of a circle: its hour, and who said they would open it.
    """

    huddle_id: str
    purpose: Purpose
    state: HuddleState
    many: int
    open_until: datetime
    supervisor_id: str | None = None
    begins_at: datetime | None = None
    host_id: str | None = None


def card(words: Words, facts: HuddleCard) -> Message:
    """The card while it is open or under way; a fixed text once it has ended."""
    if facts.state is HuddleState.OPEN:
        return in_channel(words, *_invitation(words, facts))
    if facts.state is HuddleState.GOING:
        return in_channel(
            words,
            section(_in_so_far(words, facts)),
            actions(_join(words, facts.huddle_id), crisis.help_button(words)),
        )
    again = button(words("huddle.start_one"), ids.OPENED_HUDDLES)
    end = "huddle.card_over" if facts.state is HuddleState.OVER else "huddle.card_off"
    return in_channel(words, section(words(end), accessory=again))


def in_channel(words: Words, *blocks: Block) -> Message:
    """A message to a team's channel, with a preview that says nothing of anybody."""
    return Message(text=words("huddle.preview"), blocks=list(blocks))


def _invitation(words: Words, facts: HuddleCard) -> list[Block]:
    purpose = words(f"huddle.purpose_{facts.purpose.value}")
    decline = button(words("huddle.not_this_time"), ids.DECLINED_HUDDLE, value=facts.huddle_id)
    return [
        section(words("huddle.card", minutes=MINUTES, purpose=purpose)),
        section(bullets(words("huddle.agenda").splitlines())),
        *([section(_of_circle(words, facts.begins_at, facts.host_id))] if facts.begins_at else []),
        section(_in_so_far(words, facts)),
        actions(_join(words, facts.huddle_id), decline, crisis.help_button(words)),
        _who_comes(words, facts),
        context(words("huddle.card_who_sees", until=local_moment(facts.open_until))),
    ]


def _of_circle(words: Words, begins_at: datetime, host_id: str | None) -> str:
    begins = words("circle.begins_at", when=local_moment(begins_at))
    return f"{begins}\n{words('circle.hosted', who=mention(host_id))}" if host_id else begins


def _in_so_far(words: Words, facts: HuddleCard) -> str:
    return words(f"huddle.in_{facts.state.value}", many=facts.many)


def _join(words: Words, huddle_id: str) -> Element:
    return button(words("huddle.join"), ids.JOINED_HUDDLE, value=huddle_id, style="primary")


def _who_comes(words: Words, facts: HuddleCard) -> Block:
    if facts.supervisor_id is None:
        return context(words("huddle.without_supervisor"))
    rather = button(words("huddle.rather_without"), ids.LEFT_SUPERVISOR_OUT, value=facts.huddle_id)
    return section(words("huddle.with_supervisor", who=mention(facts.supervisor_id)), accessory=rather)


def link(words: Words, place: Place) -> Message:
    """In the thread once two are in."""
    return in_channel(
        words,
        section(words("huddle.begins")),
        actions(_open(words, place)),
        context(f"{_way_in(words, place)} {words('huddle.turns')}"),
    )


def begins(words: Words, place: Place) -> Message:
    """For each who was in before, alone."""
    return note(
        words,
        section(words("huddle.begins_for_you", channel=channel_link(place.channel))),
        actions(_open(words, place)),
        context(_way_in(words, place)),
    )


def _way_in(words: Words, place: Place) -> str:
    return words("huddle.own_room" if place.room else "huddle.headphones_channel")


def aftercare(words: Words) -> Message:
    """In the thread, once: a minute's pause and the ways that are for each alone."""
    return in_channel(
        words,
        section(words("huddle.after")),
        actions(
            button(words("menu.pause_minute"), ids.OPENED_PRACTICE, value="PR01"),
            peer_button(words),
            button(words("menu.ask"), ids.OPENED_ASK),
            crisis.help_button(words),
        ),
        context(words("huddle.after_who_sees")),
    )


# ---- what only one person sees


def joined(words: Words, place: Place | None) -> Message:
    """After "I'm in": place once it has begun."""
    if place is None:
        return note(words, section(words("huddle.you_are_in")))
    return note(
        words,
        section(words("huddle.you_are_in_now")),
        actions(_open(words, place)),
        context(_way_in(words, place)),
    )


def declined(words: Words) -> Message:
    return note(words, section(words("huddle.you_are_not")))


def not_for_you(words: Words, why: WhyNot) -> Message:
    return note(words, section(words(f"huddle.not_{why}")))


def left_out(words: Words) -> Message:
    """After "rather without": nobody is told who said so."""
    return note(words, section(words("huddle.left_out")))


def told(words: Words, ended: HuddleState, *, channel_id: str) -> Message:
    """For whoever started it: NOT_ENOUGH or REFUSED, and what there is instead."""
    return note(
        words,
        section(words(f"huddle.told_{ended.value}", channel=channel_link(channel_id))),
        actions(
            button(words("huddle.start_one"), ids.OPENED_HUDDLES),
            peer_button(words),
            button(words("menu.ask"), ids.OPENED_ASK),
        ),
    )
