"""Files of the app: an address is asked for, bytes are sent there, the upload is completed, all before use.

A file completed without a channel is private to the app until a message shows it (`slack_file` in an image);
completed with one, it stands there in a message of its own. Real Slack processes a completed file for about
a second before blocks may name it; here it is usable at once unless `Faults.process_files_slowly` says
otherwise. A deleted file is gone from everywhere; the message that shared it says so.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.sandbox.faults import Faults
from bot.sandbox.people import BOT_USER_ID, TEAM_ID, Json
from bot.sandbox.refusals import Refused
from bot.sandbox.workspace import Workspace

MOST_BYTES = 10_000_000
ALT_CHARACTERS = 1000
PICTURES = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpeg", b"GIF87a": "gif", b"GIF89a": "gif"}
"""What an image block shows, by its first bytes. An SVG, which could run scripts, is none of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One file. `content` is None until uploaded, `usable_at` (the movable clock) until completed."""

    id: str
    name: str
    length: int
    asked_at: datetime
    alt_text: str = ""
    title: str = ""
    content: bytes | None = None
    usable_at: datetime | None = None

    @property
    def kind(self) -> str:
        """png, jpeg or gif; empty for what is no picture, and before it is uploaded."""
        beginning = self.content or b""
        return next((kind for mark, kind in PICTURES.items() if beginning.startswith(mark)), "")


class Files:
    """Every file; any thread may call. Refusals are `Refused` with Slack's error code."""

    def __init__(self, workspace: Workspace, faults: Faults) -> None:
        self._workspace = workspace
        self._faults = faults
        self._lock = threading.Lock()
        self._files: dict[str, File] = {}
        self._addresses: dict[str, str] = {}
        self._deleted: set[str] = set()

    def ask(self, *, name: str, length: int, alt_text: str) -> tuple[File, str]:
        """Announce a file; it and the last part of the address its bytes go to, good for one upload."""
        if length > MOST_BYTES:
            raise Refused("file_upload_size_restricted")
        if len(alt_text) > ALT_CHARACTERS:
            raise Refused("alt_txt_too_large")
        file_id, code = self._workspace.new_id("F"), self._workspace.new_id("UP")
        asked_at = self._workspace.clock()
        file = File(id=file_id, name=name, length=length, alt_text=alt_text, asked_at=asked_at)
        with self._lock:
            self._files[file_id] = file
            self._addresses[code] = file_id
        return file, code

    def upload(self, code: str, content: bytes) -> File:
        """Take the bytes; file_not_found for a used or unknown address, invalid_length for other bytes."""
        with self._lock:
            file = self._files.get(self._addresses.get(code, ""))
            if file is None:
                raise Refused("file_not_found")
            if len(content) != file.length:
                raise Refused("invalid_length")
            del self._addresses[code]
            return self._put(replace(file, content=content))

    def complete(self, file_id: str, title: str | None) -> File:
        """End an upload, once; file_not_found for one whose bytes never came."""
        with self._lock:
            file = self._files.get(file_id)
            if file is None or file.content is None or file.usable_at is not None:
                raise Refused("file_not_found")
            wait = timedelta(seconds=self._faults.take("slow file", "files.completeUploadExternal") or 0)
            usable_at = self._workspace.clock() + wait
            return self._put(replace(file, title=title or file.name, usable_at=usable_at))

    def file(self, file_id: str) -> File:
        """A completed file, or file_not_found."""
        with self._lock:
            file = self._files.get(file_id)
        if file is None or file.usable_at is None:
            raise Refused("file_not_found")
        return file

    def delete(self, file_id: str) -> None:
        """Take a completed file away; file_deleted for one that was, file_not_found for any other."""
        with self._lock:
            if file_id in self._deleted:
                raise Refused("file_deleted")
            file = self._files.get(file_id)
            if file is None or file.usable_at is None:
                raise Refused("file_not_found")
            del self._files[file_id]
            self._deleted.add(file_id)

    def processed(self, file: File) -> bool:
        """Whether Slack is done with it, by the movable clock."""
        return file.usable_at is not None and self._workspace.clock() >= file.usable_at

    def problems(self, blocks: Any, at: str = "/blocks") -> list[str]:
        """What Slack says of pictures in (sound) blocks that are not there, not ready or no pictures."""
        return [
            f"invalid slack file [json-pointer:{pointer}]"
            for pointer, named in _slack_files(blocks, at)
            if not self._shows(named)
        ]

    def _shows(self, named: Json) -> bool:
        try:
            file = self.file(file_id_of(named))
        except Refused:
            return False
        return bool(file.kind) and self.processed(file)

    def _put(self, file: File) -> File:
        self._files[file.id] = file
        return file


def file_id_of(named: Json) -> str:
    """The file that a `slack_file` names by its id, its private address or its permalink; "" for none."""
    if named.get("id"):
        return str(named["id"])
    parts = str(named.get("url") or "").split("/")
    if "files-pri" in parts[:-2]:
        return parts[-2].removeprefix(f"{TEAM_ID}-")
    return parts[-2] if "files" in parts[:-3] else ""


def file_object(file: File, site: str, *, processed: bool) -> Json:
    """A file as the Web API shows it; what it is stays empty until Slack has processed it."""
    kind = file.kind if processed else ""
    created = int(file.asked_at.timestamp())
    return {
        "id": file.id,
        "created": created,
        "timestamp": created,
        "name": file.name,
        "title": file.title,
        "mimetype": f"image/{kind}" if kind else "",
        "filetype": kind,
        "user": BOT_USER_ID,
        "size": file.length,
        "mode": "hosted",
        "is_external": False,
        "is_public": False,
        "public_url_shared": False,
        "alt_txt": file.alt_text,
        "url_private": f"{site}files-pri/{TEAM_ID}-{file.id}/{file.name}",
        "permalink": f"{site}files/{BOT_USER_ID}/{file.id}/{file.name}",
        "channels": [],
        "groups": [],
        "ims": [],
        "shares": {},
    }


def _slack_files(part: Any, at: str) -> Iterator[tuple[str, Json]]:
    inside = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for name, inner in inside:
        if name == "slack_file" and isinstance(inner, dict):
            yield f"{at}/{name}", inner
        else:
            yield from _slack_files(inner, f"{at}/{name}")
