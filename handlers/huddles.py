"""Talking together: two people settle on a time in the group message that Choir opened for them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from slack_bolt import App

from bot.blocks import huddles as screens
from bot.blocks import ids
from bot.blocks.huddles import Meeting
from bot.content import Words
from handlers.payloads import Malformed
from handlers.visit import Edit, Listen, Replies, Sorry, Visit


def meeting_of_two(visit: Visit, channel: str, times: tuple[datetime, ...]) -> Meeting:
    """Where two people meet whose group message was opened, and when both could."""
    name = visit.house.store.keys.room(visit.workspace, channel)
    room = visit.house.rooms.for_two(name)
    return Meeting(workspace=visit.workspace, channel=channel, times=times, room=room)


def on_link_opened(_visit: Visit) -> Replies:
    """A link opens by itself; Slack waits for an acknowledgement all the same."""
    return ()


def on_time_chosen(visit: Visit) -> Replies:
    """One of the two set a time: both see it, each in their own zone. It is kept in Slack alone."""
    words, at, meeting = _meant(visit)
    if at <= visit.now:
        return (Sorry(trouble="out_of_date"),)
    message = screens.together(words, replace(meeting, at=at), chosen_by=visit.act.user_id)
    return (Edit(message=message),)


def on_times_reopened(visit: Visit) -> Replies:
    """Another time: what was offered and still lies ahead."""
    words, _, meeting = _meant(visit)
    ahead = screens.still_ahead(meeting.times, visit.now)
    return (Edit(message=screens.together(words, replace(meeting, times=ahead))),)


def _meant(visit: Visit) -> tuple[Words, datetime, Meeting]:
    try:
        language, at, times = screens.from_value(visit.act.value)
    except (ValueError, OverflowError, OSError):
        raise Malformed("time") from None
    meeting = meeting_of_two(visit, visit.act.channel or "", times)
    return visit.house.content.words(language), at, meeting


def register(app: App, listen: Listen) -> None:
    app.action(ids.OPENED_HUDDLE)(listen(on_link_opened))
    app.action(ids.CHOSE_TIME)(listen(on_time_chosen))
    app.action(ids.REOPENED_TIMES)(listen(on_times_reopened))
