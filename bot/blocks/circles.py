"""A team's circle: proposing a day and hour, the card that lets everybody say no unseen, and who hosts."""

from __future__ import annotations

from datetime import datetime, time
from typing import Literal

from bot.blocks import crisis, ids
from bot.blocks.elements import (
    Block,
    Element,
    Message,
    View,
    actions,
    button,
    channel_link,
    checkboxes,
    confirmation,
    context,
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
    select,
)
from bot.blocks.huddles import in_channel, purposes
from bot.content import Words
from bot.domain.circles import EVERY_WEEKS, Circle
from bot.domain.huddles import MINUTES, Purpose
from bot.domain.localtime import FRIDAY, MONDAY, allowed_slots

Said = Literal["begins", "declined", "faded", "ended", "refused"]
"""What a team's channel hears of a circle after its proposal; refused: what its proposer hears."""
USUAL_HOUR = time(10)


def said(words: Words, circle: Circle) -> str:
    """When a circle meets, as "every two weeks, Tuesday 10:00"; local to the team's channel."""
    facts = {"weekday": words.weekday(circle.weekday), "time": words.time(circle.local_time)}
    return words(f"circle.every_{circle.every_weeks}", **facts)


def propose_form(words: Words, *, team_id: str, supervisor_id: str | None) -> View:
    """A day, an hour and how often; private_metadata {"team": id}."""
    days = [option(words.weekday(day), str(day)) for day in range(MONDAY, FRIDAY + 1)]
    hours = [option(words.time(at), f"{at:%H:%M}") for at in allowed_slots(MONDAY)]
    often = [option(words(f"circle.often_{weeks}"), str(weeks)) for weeks in EVERY_WEEKS]
    return modal(
        words("circle.title"),
        [
            section(words("circle.lead", minutes=MINUTES)),
            field(words("circle.day"), select(ids.DAY, days, current="1")),
            field(words("circle.hour"), select(ids.HOUR, hours, current=f"{USUAL_HOUR:%H:%M}")),
            field(words("circle.often"), radio(ids.OFTEN, often, current="2")),
            field(words("huddle.purpose"), radio(ids.PURPOSE, purposes(words), current=Purpose.BREATHE)),
            *([_along(words, supervisor_id)] if supervisor_id else []),
            context(words("circle.who_sees")),
        ],
        callback_id=ids.VIEW_CIRCLE,
        submit=words("circle.propose"),
        close=words("common.cancel"),
        metadata={"team": team_id},
    )


def _along(words: Words, supervisor_id: str) -> Block:
    ask = rich_option(words("huddle.along", who=mention(supervisor_id)), ids.ALONG)
    hint = words("huddle.along_hint")
    return field(words("huddle.along_label"), checkboxes(ids.ALONG, [ask]), optional=True, hint=hint)


def proposed(words: Words, *, channel_id: str) -> View:
    return _told(words, words("circle.proposed", channel=channel_link(channel_id)))


def has_one(words: Words, circle: Circle) -> View:
    """The team has a circle, proposed or running."""
    return _told(words, _has(words, circle))


def _has(words: Words, circle: Circle) -> str:
    return words(f"circle.has_{circle.state.value}", when=said(words, circle))


def ended(words: Words) -> View:
    return _told(words, words("circle.you_ended"))


def _told(words: Words, text: str) -> View:
    return notice_view(words, words("circle.title"), [section(text)], callback_id=ids.VIEW_NOTICE)


def offer(words: Words, *, team_id: str, circle: Circle | None, may_end: bool) -> Block:
    """Below the form for a huddle: the way to a circle, or the one there is and the way to end it."""
    if circle is None:
        tap = button(words("circle.propose_one"), ids.OPENED_CIRCLE, value=team_id)
        return section(words("circle.none"), accessory=tap)
    return section(_has(words, circle), accessory=_end(words, circle.circle_id) if may_end else None)


def _end(words: Words, circle_id: str) -> Element:
    sure = confirmation(
        title=words("circle.end_title"),
        text=words("circle.end_sure"),
        confirm=words("circle.end"),
        deny=words("common.cancel"),
    )
    return button(words("circle.end"), ids.ENDED_CIRCLE, value=circle_id, confirm=sure)


def card(words: Words, circle: Circle, *, supervisor_id: str | None) -> Message:
    """In the channel: what is proposed, by nobody named, and the one button that says no unseen."""
    purpose = words(f"huddle.purpose_{circle.purpose.value}")
    decline = button(words("circle.not_suit"), ids.DECLINED_CIRCLE, value=circle.circle_id)
    who = {"who": mention(supervisor_id)} if supervisor_id else {}
    comes = words("huddle.with_supervisor", **who) if who else words("huddle.without_supervisor")
    facts: dict[str, str | int] = {"minutes": MINUTES, "purpose": purpose, "when": said(words, circle)}
    return in_channel(
        words,
        section(words("circle.card", **facts)),
        actions(decline, crisis.help_button(words)),
        context(f"{comes} {words('circle.card_who_sees')}"),
    )


def told(words: Words, what: Said) -> Message:
    """In the channel: it begins, does not, or has ended."""
    return in_channel(words, section(words(f"circle.told_{what}")))


def declined(words: Words) -> Message:
    """Only for who said that it does not suit them."""
    return note(words, section(words("circle.you_declined")))


def ask_host(words: Words, circle: Circle, *, begins_at: datetime) -> Message:
    """For whose turn it is: reading the turns aloud, or not this time."""
    return note(
        words,
        section(words("circle.host", channel=channel_link(circle.channel_id), when=local_moment(begins_at))),
        actions(
            button(words("circle.host_yes"), ids.HOSTS_CIRCLE, value=circle.circle_id, style="primary"),
            button(words("huddle.not_this_time"), ids.PASSED_HOSTING, value=circle.circle_id),
        ),
        context(words("circle.host_who_sees")),
    )


def host_answered(words: Words, *, yes: bool) -> Message:
    return note(words, section(words("circle.you_host" if yes else "circle.you_pass")))
