"""A message as people see it, and the shapes it has in the Web API, in events and in payloads."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from bot.sandbox.people import APP_ID, BOT_ID, BOT_USER_ID, TEAM_ID, Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """What a message said before an edit."""

    text: str
    blocks: tuple[Json, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message. `history` holds earlier versions, oldest first; `at` is when it was posted.

    `files` are the ids of files that it shares.
    """

    channel: str
    ts: str
    at: datetime
    user: str
    text: str
    blocks: tuple[Json, ...] = ()
    metadata: Json | None = None
    client_msg_id: str | None = None
    thread_ts: str | None = None
    edited_ts: str | None = None
    history: tuple[Edition, ...] = ()
    seen_only_by: str | None = None
    files: tuple[str, ...] = ()

    @property
    def from_bot(self) -> bool:
        """Whether the app posted it."""
        return self.user == BOT_USER_ID


def edited(
    message: Message, *, text: str, blocks: tuple[Json, ...], metadata: Json | None, ts: str
) -> Message:
    """The message after an edit, remembering what it said."""
    before = Edition(text=message.text, blocks=message.blocks)
    return replace(
        message,
        text=text,
        blocks=blocks,
        metadata=metadata,
        edited_ts=ts,
        history=(*message.history, before),
    )


def message_object(message: Message, *, include_metadata: bool = False) -> Json:
    """The message as conversations.history and payloads show it."""
    shape: Json = {"type": "message", "user": message.user, "text": message.text, "ts": message.ts}
    if message.from_bot:
        shape |= {"bot_id": BOT_ID, "app_id": APP_ID}
    shape["team"] = TEAM_ID
    if message.client_msg_id:
        shape["client_msg_id"] = message.client_msg_id
    if message.blocks:
        shape["blocks"] = list(message.blocks)
    if message.files:
        shape |= {"subtype": "file_share", "upload": False, "files": [{"id": one} for one in message.files]}
    if message.thread_ts:
        shape["thread_ts"] = message.thread_ts
    if message.edited_ts:
        shape["edited"] = {"user": message.user, "ts": message.edited_ts}
    if include_metadata and message.metadata:
        shape["metadata"] = message.metadata
    return shape
