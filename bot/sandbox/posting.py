"""Posting, editing and deleting as the app: content checked, ids filled in, events told."""

from __future__ import annotations

from typing import Any

from bot.sandbox.blocks import check_message, name_parts, refuse_blocks
from bot.sandbox.events import Events
from bot.sandbox.files import Files
from bot.sandbox.messages import Message
from bot.sandbox.people import BOT_USER_ID, Json
from bot.sandbox.refusals import Refused
from bot.sandbox.workspace import Workspace

TEXT_CHARACTERS = 40_000


class Posting:
    """The one place where the app's messages come from."""

    def __init__(self, workspace: Workspace, events: Events, files: Files) -> None:
        self._workspace = workspace
        self._events = events
        self._files = files

    def content(self, args: Json) -> tuple[str, tuple[Json, ...]]:
        """Text and checked blocks of a request.

        Stricter than Slack: blocks without a top-level `text` are refused with no_text too (Slack only
        warns), because notifications and screen readers read that text.
        """
        text, blocks = args.get("text"), args.get("blocks") or []
        if not isinstance(text, str) or not text.strip():
            raise Refused("no_text")
        if len(text) > TEXT_CHARACTERS:
            raise Refused("msg_too_long")
        self.check(blocks)
        return text, tuple(name_parts(blocks, self._block_id))

    def check(self, blocks: list[Json]) -> None:
        """Refuse blocks that a message cannot hold, or that name pictures nobody could see."""
        check_message(blocks)
        refuse_blocks(self._files.problems(blocks))

    def put(self, channel_id: str, *, text: str, blocks: tuple[Json, ...], **more: Any) -> Message:
        """Post as the app."""
        message = self._workspace.post(channel_id, user=BOT_USER_ID, text=text, blocks=blocks, **more)
        if self._workspace.dm_user(channel_id):
            self._events.posted(message)
        return message

    def change(
        self, before: Message, *, text: str, blocks: tuple[Json, ...], metadata: Json | None
    ) -> Message:
        """Edit one of the app's messages."""
        after = self._workspace.edit(before, text=text, blocks=blocks, metadata=metadata)
        if self._workspace.dm_user(before.channel):
            self._events.edited(before, after)
        return after

    def remove(self, message: Message) -> None:
        """Delete one of the app's messages."""
        self._workspace.delete(message)
        if self._workspace.dm_user(message.channel):
            self._events.deleted(message)

    def _block_id(self) -> str:
        return f"b{self._workspace.next_number('block'):05d}"
