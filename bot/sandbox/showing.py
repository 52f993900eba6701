"""What the page shows to one person, as JSON: their messages, channels, Home, modals, and who has news."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

from bot.sandbox.files import File
from bot.sandbox.messages import Message
from bot.sandbox.people import SLACKBOT_ID, Channel, Json, Person
from bot.sandbox.refusals import Refused
from bot.sandbox.views import View

if TYPE_CHECKING:
    from bot.sandbox.sandbox import Sandbox

MESSAGES_SHOWN = 150


class ReadMarks:
    """Up to where each person has read each conversation, as a message ts. Kept in memory only."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._marks: dict[tuple[str, str], float] = {}

    def read(self, user_id: str, channel_id: str, ts: str) -> None:
        """The person has seen everything up to `ts`."""
        with self._lock:
            key = (user_id, channel_id)
            self._marks[key] = max(float(ts), self._marks.get(key, 0.0))

    def unread(self, user_id: str, channel_id: str, messages: Iterable[Message]) -> int:
        """How many messages of others came after that."""
        mark = self._marks.get((user_id, channel_id), 0.0)
        return sum(1 for one in messages if one.user != user_id and float(one.ts) > mark)


class Showing:
    """Reads the sandbox; changes nothing but the read marks."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self.marks = ReadMarks()

    def everybody(self) -> list[Json]:
        """All people with their unread count; bots too, since messages and mentions name them."""
        dms = self._sandbox.workspace.dms()
        return [self._person(one, dms.get(one.id)) for one in self._sandbox.workspace.people()]

    def of(self, user_id: str) -> Json:
        """Everything one person sees. Raises Refused("user_not_found")."""
        person = self._sandbox.person(user_id)
        aside = self._sandbox.ephemerals(user_id)
        dm = self._sandbox.dm_id(user_id)
        home = self._sandbox.home(user_id)
        return {
            "me": self._person(person, None) | {"status_text": person.status_text},
            "people": self.everybody(),
            "dm": {"id": dm} | self._talk(user_id, dm, self._sandbox.dm(user_id), aside),
            "channels": [self._channel(user_id, one, aside) for one in self._sandbox.channels(user_id)],
            "home": home and view_json(home),
            "views": [view_json(view) for view in self._sandbox.views(user_id)],
        }

    def _person(self, person: Person, dm: str | None) -> Json:
        unread = self.marks.unread(person.id, dm, self._sandbox.channel_messages(dm)) if dm else 0
        return {
            "id": person.id,
            "name": person.name,
            "title": person.title,
            "tz": person.tz,
            "locale": person.locale,
            "listed": not person.deleted and person.id != SLACKBOT_ID,
            "unread": unread,
        }

    def _channel(self, user_id: str, channel: Channel, aside: Iterable[Message]) -> Json:
        shape = {
            "id": channel.id,
            "name": self._name(user_id, channel),
            "is_private": channel.is_private,
            "is_mpim": channel.is_mpim,
        }
        if user_id not in channel.members:
            return shape | {"joined": False, "messages": [], "unread": 0}
        messages = self._sandbox.channel_messages(channel.id)
        return shape | {"joined": True} | self._talk(user_id, channel.id, messages, aside)

    def _name(self, user_id: str, channel: Channel) -> str:
        """A group message has no name of its own: Slack shows who else is in it."""
        others = (self._sandbox.person(one).name for one in channel.members if one != user_id)
        return ", ".join(others) if channel.is_mpim else channel.name

    def _talk(self, user_id: str, channel: str, messages: list[Message], aside: Iterable[Message]) -> Json:
        everything = sorted(
            (*messages, *(one for one in aside if one.channel == channel)), key=lambda one: float(one.ts)
        )
        return {
            "messages": [self._message(one) for one in everything[-MESSAGES_SHOWN:]],
            "unread": self.marks.unread(user_id, channel, everything),
        }

    def _message(self, message: Message) -> Json:
        """Without files it is said in few words, since nearly all messages are."""
        shown = message_json(message)
        return shown | {"files": [self._file(one) for one in message.files]} if message.files else shown

    def _file(self, file_id: str) -> Json:
        try:
            return file_json(self._sandbox.file(file_id))
        except Refused:
            return {"id": file_id, "gone": True}


def message_json(message: Message) -> Json:
    """A message with what its rendering needs and nothing else."""
    return {
        "channel": message.channel,
        "ts": message.ts,
        "user": message.user,
        "from_bot": message.from_bot,
        "text": message.text,
        "blocks": list(message.blocks),
        "edited": message.edited_ts is not None,
        "ephemeral": message.seen_only_by is not None,
        "in_thread": message.thread_ts is not None,
    }


def file_json(file: File) -> Json:
    """A shared file as its message shows it; size in bytes."""
    return {"id": file.id, "title": file.title, "size": file.length, "gone": False}


def view_json(view: View) -> Json:
    """A view as the app sent it, with its id and the hash that changes with every update."""
    return {**view.body, "id": view.id, "hash": view.hash}
