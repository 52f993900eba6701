"""The workspace itself: people, channels, messages, open views, and the rules of who may do what.

One lock guards everything; every public method takes it, so any thread may call. Refusals are
`Refused` with Slack's error code. Ids come from counters, so two identical runs look identical.
"""

from __future__ import annotations

import itertools
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.sandbox.manifest import Declared
from bot.sandbox.messages import Message, edited
from bot.sandbox.people import BOT_USER_ID, SLACKBOT_ID, Channel, Json, Person, with_member, without_member
from bot.sandbox.refusals import Refused
from bot.sandbox.views import Values, View

MAX_STACK = 3


class Workspace:
    """State and rules. `clock` is the movable one."""

    def __init__(
        self,
        *,
        declared: Declared,
        clock: Callable[[], datetime],
        people: Iterable[Person] = (),
        channels: Iterable[Channel] = (),
    ) -> None:
        self.declared = declared
        self.clock = clock
        self.installed = True
        self.version = 0
        self._changed = threading.Condition(threading.RLock())
        self._counters: defaultdict[str, Iterator[int]] = defaultdict(lambda: itertools.count(1))
        self._last_ts: Counter[str] = Counter()
        self._people = {person.id: person for person in (_slackbot(), _bot(declared), *people)}
        self._channels = {channel.id: channel for channel in channels}
        self._dms: dict[str, str] = {}
        self._dm_users: dict[str, str] = {}
        self._messages: defaultdict[str, list[Message]] = defaultdict(list)
        self._ephemerals: defaultdict[str, list[Message]] = defaultdict(list)
        self._stacks: defaultdict[str, list[View]] = defaultdict(list)
        self._homes: dict[str, View] = {}
        self._message_values: dict[tuple[str, str, str], Values] = {}

    # ---- time, ids, change

    def next_number(self, kind: str) -> int:
        """The next number of a kind: 1, 2, 3 …"""
        with self._changed:
            return next(self._counters[kind])

    def new_id(self, prefix: str) -> str:
        """A new id in Slack's form, `V00000001`."""
        return f"{prefix}{self.next_number(prefix):08d}"

    def new_ts(self, channel_id: str = "") -> str:
        """A timestamp by the movable clock, unique and increasing in a conversation (or among the others)."""
        with self._changed:
            micros = int(self.clock().timestamp() * 1_000_000)
            last = self._last_ts[channel_id] = max(micros, self._last_ts[channel_id] + 1)
            return f"{last // 1_000_000}.{last % 1_000_000:06d}"

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Hold the lock over several steps and tell who waits that something changed."""
        with self._changed:
            yield
            self.version += 1
            self._changed.notify_all()

    def wait_for_change(self, since: int, timeout: float) -> int:
        """Wait (real seconds, bounded) until `version` passes `since`; the version then."""
        with self._changed:
            self._changed.wait_for(lambda: self.version > since, timeout)
            return self.version

    def remove_app(self) -> None:
        """The app is uninstalled."""
        with self.changing():
            self.installed = False

    # ---- people

    def people(self) -> list[Person]:
        """Everybody, Slackbot and the app's bot included."""
        with self._changed:
            return list(self._people.values())

    def person(self, user_id: str) -> Person:
        """The person, or user_not_found."""
        with self._changed:
            if user_id not in self._people:
                raise Refused("user_not_found")
            return self._people[user_id]

    def knows(self, user_id: str) -> bool:
        """Whether this is anybody's id."""
        with self._changed:
            return user_id in self._people

    def put_person(self, person: Person) -> None:
        """Add somebody, or replace what is known of them."""
        with self.changing():
            self._people[person.id] = person

    # ---- conversations

    def channels(self) -> list[Channel]:
        """Every channel, public and private; group messages are private ones."""
        with self._changed:
            return list(self._channels.values())

    def channel(self, channel_id: str) -> Channel:
        """The channel, or channel_not_found. Direct messages are not channels here."""
        with self._changed:
            if channel_id not in self._channels:
                raise Refused("channel_not_found")
            return self._channels[channel_id]

    def put_channel(self, channel: Channel) -> None:
        """Add a channel, or replace it."""
        with self.changing():
            self._channels[channel.id] = channel

    def join(self, channel_id: str, user_id: str) -> Channel:
        """Make somebody (the bot too) a member; a member stays one."""
        with self.changing():
            channel = self.channel(channel_id)
            if user_id not in channel.members:
                self._channels[channel_id] = with_member(channel, user_id)
            return self._channels[channel_id]

    def leave(self, channel_id: str, user_id: str) -> Channel:
        """End a membership."""
        with self.changing():
            self._channels[channel_id] = without_member(self.channel(channel_id), user_id)
            return self._channels[channel_id]

    def group_id(self, user_ids: Iterable[str]) -> str:
        """The id of the group message of these people and the bot, the same for the same people."""
        with self._changed:
            people = [self.person(user_id) for user_id in dict.fromkeys((*user_ids, BOT_USER_ID))]
            members = frozenset(person.id for person in people)
            known = (one.id for one in self._channels.values() if one.is_mpim and set(one.members) == members)
            return next(known, None) or self._new_group(people)

    def _new_group(self, people: Sequence[Person]) -> str:
        group = Channel(
            id=self.new_id("C9"),
            name=f"mpdm-{'--'.join(person.handle for person in people)}-1",
            members=tuple(person.id for person in people),
            is_private=True,
            is_mpim=True,
        )
        self.put_channel(group)
        return group.id

    def dm_id(self, user_id: str) -> str:
        """The id of the person's direct message with the bot, opened on first use.

        It follows from theirs, so that it is the same whoever is written to first.
        """
        with self._changed:
            self.person(user_id)
            if user_id not in self._dms:
                self._dms[user_id] = f"D{user_id[1:]}"
                self._dm_users[self._dms[user_id]] = user_id
            return self._dms[user_id]

    def dm_user(self, channel_id: str) -> str | None:
        """Whose direct message with the bot this is; None for anything else."""
        with self._changed:
            return self._dm_users.get(channel_id)

    def dms(self) -> dict[str, str]:
        """Open direct messages: channel id by user id."""
        with self._changed:
            return dict(self._dms)

    # ---- messages

    def messages(self, channel_id: str) -> list[Message]:
        """What stands in a conversation, oldest first."""
        with self._changed:
            return list(self._messages[channel_id])

    def message(self, channel_id: str, ts: str) -> Message:
        """One message, or message_not_found."""
        with self._changed:
            for message in reversed(self._messages[channel_id]):
                if message.ts == ts:
                    return message
            raise Refused("message_not_found")

    def find_message(self, channel_id: str, ts: str) -> Message:
        """One message of any kind, ephemerals too, or message_not_found."""
        with self._changed:
            for seen in self._ephemerals.values():
                for message in seen:
                    if message.ts == ts and message.channel == channel_id:
                        return message
            return self.message(channel_id, ts)

    def post(self, channel_id: str, *, user: str, text: str, **more: Any) -> Message:
        """Add a message. `more`: blocks, metadata, client_msg_id, thread_ts, files."""
        with self.changing():
            ts = self.new_ts(channel_id)
            message = Message(channel=channel_id, ts=ts, at=self.clock(), user=user, text=text, **more)
            self._messages[channel_id].append(message)
            return message

    def post_ephemeral(
        self, channel_id: str, *, to: str, text: str, blocks: tuple[Json, ...] = ()
    ) -> Message:
        """Add a message only one person sees; it is in no history."""
        with self.changing():
            message = Message(
                channel=channel_id,
                ts=self.new_ts(channel_id),
                at=self.clock(),
                user=BOT_USER_ID,
                text=text,
                blocks=blocks,
                seen_only_by=to,
            )
            self._ephemerals[to].append(message)
            return message

    def ephemerals(self, user_id: str) -> list[Message]:
        """What only this person saw, oldest first."""
        with self._changed:
            return list(self._ephemerals[user_id])

    def edit(self, before: Message, *, text: str, blocks: tuple[Json, ...], metadata: Json | None) -> Message:
        """Replace what a message says, keeping the earlier versions in its history."""
        with self.changing():
            place = self._place(before)
            after = edited(
                before, text=text, blocks=blocks, metadata=metadata, ts=self.new_ts(before.channel)
            )
            self._messages[before.channel][place] = after
            return after

    def delete(self, message: Message) -> None:
        """Take a message away."""
        with self.changing():
            del self._messages[message.channel][self._place(message)]

    def drop_ephemeral(self, message: Message) -> None:
        """Take away a message only one person saw."""
        with self.changing():
            seen = self._ephemerals[message.seen_only_by or ""]
            seen[:] = [one for one in seen if one.ts != message.ts]

    def _place(self, message: Message) -> int:
        for place, one in enumerate(self._messages[message.channel]):
            if one.ts == message.ts:
                return place
        raise Refused("message_not_found")

    # ---- views

    def stack(self, user_id: str) -> list[View]:
        """The person's open modals, the visible one last."""
        with self._changed:
            return list(self._stacks[user_id])

    def home(self, user_id: str) -> View | None:
        """The person's Home tab, None before the app published one."""
        with self._changed:
            return self._homes.get(user_id)

    def view(self, view_id: str) -> View:
        """An open modal or a Home tab, or not_found."""
        with self._changed:
            for view in itertools.chain(self._homes.values(), *self._stacks.values()):
                if view.id == view_id:
                    return view
            raise Refused("not_found")

    def view_by_external_id(self, external_id: str) -> View:
        """An open view by the app's own id, or not_found."""
        with self._changed:
            for view in itertools.chain(self._homes.values(), *self._stacks.values()):
                if view.external_id == external_id:
                    return view
            raise Refused("not_found")

    def open_modal(self, user_id: str, body: Json, values: Values) -> View:
        """Open a modal; whatever modal was open before is gone."""
        with self.changing():
            view = self._new_view(user_id, body, values, root=None, previous=None)
            self._stacks[user_id] = [view]
            return view

    def push_modal(self, user_id: str, body: Json, values: Values) -> View:
        """Lay a modal on the visible one; push_limit_reached beyond three."""
        with self.changing():
            stack = self._stacks[user_id]
            if not stack:
                raise Refused("not_found")
            if len(stack) >= MAX_STACK:
                raise Refused("push_limit_reached")
            view = self._new_view(user_id, body, values, root=stack[0].root_id, previous=stack[-1].id)
            stack.append(view)
            return view

    def publish_home(self, user_id: str, body: Json, values: Values) -> View:
        """Set the person's Home tab; it keeps its view id over its life."""
        with self.changing():
            before = self._homes.get(user_id)
            if before:
                view = replace(before, body=body, values=values, hash=self._new_hash())
            else:
                view = self._new_view(user_id, body, values, root=None, previous=None)
            self._homes[user_id] = view
            return view

    def replace_view(self, view: View, body: Json, values: Values) -> View:
        """Show something else in an open view; its id stays, its hash changes."""
        with self.changing():
            return self._put_view(
                replace(self.view(view.id), body=body, values=values, hash=self._new_hash())
            )

    def set_values(self, view_id: str, values: Values) -> View:
        """Remember what a person chose in an open view (the hash stays: nothing was sent)."""
        with self.changing():
            return self._put_view(replace(self.view(view_id), values=values))

    def close_modals(self, user_id: str, view_id: str | None = None) -> list[View]:
        """Close one modal and what lies above it, or all; the closed ones, top first."""
        with self.changing():
            stack = self._stacks[user_id]
            keep = 0
            if view_id is not None:
                keep = next((place for place, view in enumerate(stack) if view.id == view_id), len(stack))
            closed = stack[keep:][::-1]
            del stack[keep:]
            return closed

    def _new_view(
        self, user_id: str, body: Json, values: Values, *, root: str | None, previous: str | None
    ) -> View:
        view_id = self.new_id("V")
        return View(
            id=view_id,
            user_id=user_id,
            hash=self._new_hash(),
            body=body,
            root_id=root or view_id,
            previous_id=previous,
            values=values,
        )

    def _new_hash(self) -> str:
        return f"{int(self.clock().timestamp())}.{self.next_number('hash'):08x}"

    def _put_view(self, view: View) -> View:
        if view.type == "home":
            self._homes[view.user_id] = view
        else:
            stack = self._stacks[view.user_id]
            stack[next(place for place, one in enumerate(stack) if one.id == view.id)] = view
        return view

    # ---- what a person chose in a message, before anything is sent

    def message_values(self, user_id: str, message: Message) -> Values:
        """The state of a message's inputs for one person."""
        with self._changed:
            return self._message_values.get((user_id, message.channel, message.ts), {})

    def set_message_values(self, user_id: str, message: Message, values: Values) -> None:
        """Remember what a person chose in a message."""
        with self.changing():
            self._message_values[user_id, message.channel, message.ts] = values


def _bot(declared: Declared) -> Person:
    return Person(id=BOT_USER_ID, name=declared.bot_name, tz="America/Los_Angeles", is_bot=True)


def _slackbot() -> Person:
    return Person(id=SLACKBOT_ID, name="Slackbot", tz="America/Los_Angeles")
