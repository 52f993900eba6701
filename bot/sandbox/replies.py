"""The app's later replies to something a person did, posted to a response_url: five within 30 minutes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.sandbox.messages import Message
from bot.sandbox.people import Json
from bot.sandbox.posting import Posting
from bot.sandbox.refusals import Refused
from bot.sandbox.workspace import Workspace

USES = 5
LIFE = timedelta(minutes=30)


@dataclass(slots=True)
class _Address:
    user_id: str
    channel_id: str
    original: Message | None
    at: datetime
    uses: int = 0


class Replies:
    """Where replies go; ages by the movable clock."""

    def __init__(self, workspace: Workspace, posting: Posting, clock: Callable[[], datetime]) -> None:
        self._workspace = workspace
        self._posting = posting
        self._clock = clock
        self._lock = threading.Lock()
        self._addresses: dict[str, _Address] = {}

    def open(self, user_id: str, channel_id: str, original: Message | None = None) -> str:
        """A new address (the last part of the url) for replies to this person in this place."""
        with self._lock:
            code = f"{len(self._addresses) + 1:012d}"
            self._addresses[code] = _Address(user_id, channel_id, original, self._clock())
            return code

    def take(self, code: str, body: Json) -> None:
        """Do what a reply asks; Refused("used_url" | "expired_url" | …)."""
        address = self._use(code)
        original = address.original
        if body.get("delete_original") and original is not None:
            self._delete(original)
        elif body.get("replace_original") and original is not None:
            self._replace(address, original, body)
        else:
            self.say(address.user_id, address.channel_id, body)

    def say(self, user_id: str, channel_id: str, body: Json) -> Message:
        """A new message: to this person alone, or to the conversation with response_type in_channel."""
        text, blocks = self._posting.content(body)
        if body.get("response_type") == "in_channel":
            return self._posting.put(channel_id, text=text, blocks=blocks)
        return self._workspace.post_ephemeral(channel_id, to=user_id, text=text, blocks=blocks)

    def _use(self, code: str) -> _Address:
        with self._lock:
            address = self._addresses.get(code)
            if address is None:
                raise Refused("invalid_url")
            if self._clock() - address.at > LIFE:
                raise Refused("expired_url")
            if address.uses >= USES:
                raise Refused("used_url")
            address.uses += 1
            return address

    def _delete(self, original: Message) -> None:
        if original.seen_only_by:
            self._workspace.drop_ephemeral(original)
        else:
            self._posting.remove(self._workspace.message(original.channel, original.ts))

    def _replace(self, address: _Address, original: Message, body: Json) -> None:
        text, blocks = self._posting.content(body)
        if original.seen_only_by:
            self._workspace.drop_ephemeral(original)
            address.original = self._workspace.post_ephemeral(
                original.channel, to=original.seen_only_by, text=text, blocks=blocks
            )
        else:
            now = self._workspace.message(original.channel, original.ts)
            self._posting.change(now, text=text, blocks=blocks, metadata=now.metadata)
