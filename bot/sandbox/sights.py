"""What people see, and what the app asked for: the reading half of the sandbox's face."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime

from bot.sandbox.faults import Faults
from bot.sandbox.files import File, Files
from bot.sandbox.manifest import Declared
from bot.sandbox.messages import Message
from bot.sandbox.people import APP_ID, BOT_USER_ID, TEAM_ID, Channel, Json, Person
from bot.sandbox.refusals import Refused
from bot.sandbox.views import View
from bot.sandbox.webapi import APP_TOKEN, BOT_TOKEN, Call, WebApi
from bot.sandbox.workspace import Workspace


class Sights:
    """Snapshots: everything returned is a value that does not change afterwards."""

    team_id = TEAM_ID
    app_id = APP_ID
    bot_user_id = BOT_USER_ID
    bot_token = BOT_TOKEN
    app_token = APP_TOKEN

    workspace: Workspace
    faults: Faults
    clock: Callable[[], datetime]
    _api: WebApi
    _files: Files

    @property
    def declared(self) -> Declared:
        """What the manifest declares: commands, shortcuts, tabs …"""
        return self.workspace.declared

    @property
    def calls(self) -> list[Call]:
        """Every Web API call so far, refused ones too."""
        return list(self._api.calls)

    @property
    def version(self) -> int:
        """Grows with every change anybody could see."""
        return self.workspace.version

    def wait_for_change(self, since: int, timeout: float = 3.0) -> int:
        """Wait (bounded, real seconds) until `version` passes `since`; the version then."""
        return self.workspace.wait_for_change(since, timeout)

    def wait_until(self, condition: Callable[[], object], timeout: float = 3.0) -> bool:
        """Wait (bounded, real seconds) until `condition()` is true, asked whenever something changed."""
        deadline = time.monotonic() + timeout
        while True:
            seen = self.version
            if condition():
                return True
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            self.wait_for_change(seen, min(left, 0.1))

    def people(self) -> list[Person]:
        """Everybody but bots and Slackbot, deactivated people included."""
        return [one for one in self.workspace.people() if not one.is_bot and one.id != "USLACKBOT"]

    def person(self, user_id: str) -> Person:
        """One person; raises Refused("user_not_found")."""
        return self.workspace.person(user_id)

    def channels(self, user_id: str | None = None) -> list[Channel]:
        """All channels, or those a person may see: public ones and their own private ones."""
        everything = self.workspace.channels()
        if user_id is None:
            return everything
        return [one for one in everything if not one.is_private or user_id in one.members]

    def channel(self, channel_id: str) -> Channel:
        """One channel; raises Refused("channel_not_found")."""
        return self.workspace.channel(channel_id)

    def dm_id(self, user_id: str) -> str:
        """The id (D…) of the person's direct message with the bot."""
        return self.workspace.dm_id(user_id)

    def dm(self, user_id: str) -> list[Message]:
        """The direct message with the bot, oldest first, the person's own messages included."""
        return self.workspace.messages(self.workspace.dm_id(user_id))

    def channel_messages(self, channel_id: str) -> list[Message]:
        """What stands in a channel, oldest first."""
        return self.workspace.messages(channel_id)

    def ephemerals(self, user_id: str) -> list[Message]:
        """What only this person saw (command replies too), oldest first; `channel` says where."""
        return self.workspace.ephemerals(user_id)

    def message(self, channel_id: str, ts: str) -> Message:
        """One message as it is now, an ephemeral too; raises Refused("message_not_found")."""
        return self.workspace.find_message(channel_id, ts)

    def file(self, file_id: str) -> File:
        """A file the app has uploaded and completed; raises Refused("file_not_found")."""
        return self._files.file(file_id)

    def home(self, user_id: str) -> View | None:
        """The person's Home tab; None before the app published one."""
        return self.workspace.home(user_id)

    def views(self, user_id: str) -> list[View]:
        """The person's open modals, the visible one last."""
        return self.workspace.stack(user_id)

    def view(self, view_id: str) -> View | None:
        """An open modal or Home tab; None once it is closed."""
        try:
            return self.workspace.view(view_id)
        except Refused:
            return None

    def values(self, user_id: str, container: Message | View) -> Mapping[str, Mapping[str, Json]]:
        """What the inputs of a message or view hold now, in the shape of `state.values`."""
        if isinstance(container, View):
            return self.workspace.view(container.id).values
        return self.workspace.message_values(user_id, container)
