"""Files outside the database that its processes share: one changes them at a time, all or nothing."""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

JOURNALS = ("-wal", "-shm", "-journal")
"""What SQLite leaves beside a database that was not closed."""


class NoCopy(Exception):
    """A copy cannot be made or used; the text says why and what to do, and holds nothing of anybody's."""


@contextmanager
def alone(file: Path) -> Iterator[None]:
    """Nobody else changes the file meanwhile, on this machine or on another. Raises OSError."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with file.with_name(f"{file.name}.lock").open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def write(file: Path, text: str) -> None:
    """Put a text in place of what is there, for its owner alone, and on the disk before this returns."""
    with unnamed(file) as part:
        part.write_text(text, encoding="utf-8")
        name(part, file)


def name(part: Path, file: Path) -> None:
    """Let a file that is whole take its name, on the disk before this returns."""
    flush(part)
    part.rename(file)
    flush(file.parent)


@contextmanager
def unnamed(file: Path) -> Iterator[Path]:
    """An empty file beside it that only its owner reads; gone at the end unless it was renamed."""
    part = file.with_name(f".{file.name}.{secrets.token_hex(4)}.part")
    part.touch(mode=0o600, exist_ok=False)
    try:
        yield part
    finally:
        for end in ("", *JOURNALS):
            Path(f"{part}{end}").unlink(missing_ok=True)


def sweep(file: Path) -> None:
    """Delete what was left unnamed beside a file by somebody who was killed, while nobody else is at it."""
    for left in file.parent.glob(f".{file.name}.*.part*"):
        left.unlink(missing_ok=True)


def flush(path: Path) -> None:
    """Let the disk have it."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
