"""The people's keys in a file of its own beside a backup, which is of no use without one (privacy §7).

They stay sealed with the master key. Backups may be kept for long, these files for seven days: then nobody
has the key of somebody who deleted their data any more, whatever backup they hold.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.domain.members import PersonRef
from storage import outside
from storage.crypto import Keys
from storage.outside import NoCopy

SUFFIX = ".keys"
KEPT = timedelta(days=7)
FORMAT = "choir-keys-1"

Wrapped = Mapping[tuple[str, PersonRef], bytes]
"""Sealed keys by workspace and person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeysFile:
    """Of one moment in real time. key_checks: by workspace the check of the keys that it belongs to."""

    made_at: datetime
    key_checks: Mapping[str, str]
    wrapped: Wrapped = field(repr=False)

    def opens(self, workspaces: Iterable[str], keys: Keys) -> bool:
        """Whether it is of these workspaces, and sealed with a master key that is at hand."""
        return all(keys.know(workspace, self.key_checks.get(workspace, "")) for workspace in workspaces)


def beside(backup: Path) -> Path:
    return backup.with_name(backup.name + SUFFIX)


def write(file: Path, keys: KeysFile) -> None:
    """Raises OSError."""
    people = [[workspace, ref, wrapped.hex()] for (workspace, ref), wrapped in sorted(keys.wrapped.items())]
    kept = {
        "format": FORMAT,
        "made_at": keys.made_at.isoformat(),
        "key_checks": dict(keys.key_checks),
        "people": people,
    }
    outside.write(file, json.dumps(kept))


def read(file: Path) -> KeysFile:
    """Raises NoCopy for what is no such file, or not a whole one."""
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        if kept["format"] != FORMAT:
            raise NoCopy(f"{file} was made by another version of Choir.")
        return KeysFile(
            made_at=datetime.fromisoformat(kept["made_at"]).astimezone(UTC),
            key_checks=kept["key_checks"],
            wrapped={(workspace, ref): bytes.fromhex(wrapped) for workspace, ref, wrapped in kept["people"]},
        )
    except OSError as error:
        raise NoCopy(f"{file} cannot be read: {error.strerror}.") from None
    except (ValueError, KeyError, TypeError):
        raise NoCopy(f"{file} holds no keys of people, or is damaged.") from None


def newest(folder: Path, workspaces: Collection[str], keys: Keys) -> KeysFile | None:
    """The newest of a folder that these keys open: those who left since are not in it."""
    fitting = (found for _, found in _found(folder) if found.opens(workspaces, keys))
    return max(fitting, key=lambda found: found.made_at, default=None)


def drop_old(folder: Path, now: datetime) -> None:
    """Delete those whose time is up, and what a backup that was killed left unnamed."""
    for file, keys in _found(folder):
        if now - keys.made_at > KEPT:
            file.unlink(missing_ok=True)
    for part in folder.glob(".*.part*"):
        if now - datetime.fromtimestamp(part.stat().st_mtime, UTC) > timedelta(days=1):
            part.unlink(missing_ok=True)


def _found(folder: Path) -> Iterator[tuple[Path, KeysFile]]:
    """What is no keys file, or damaged, is passed over."""
    for file in sorted(folder.glob(f"*{SUFFIX}")):
        try:
            yield file, read(file)
        except NoCopy:
            continue
