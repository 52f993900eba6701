"""Every use of the keys by a command of Choir's own, on record where no restore undoes it.

One line each, added and never changed; each holds a hash of the one before, so that a line that was changed
or taken out shows. Whoever runs the server can still write the whole file anew.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from storage import outside


class NoRecord(Exception):
    """A use cannot be put on record, so the keys are not to be used; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyUse:
    """account: of the machine, whoever is behind it. follows: it fits to the line before."""

    at: datetime
    command: str
    account: str
    follows: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyUses:
    """The record, shared by every process on the same database."""

    file: Path

    @classmethod
    def beside(cls, ledger_mark: Path) -> KeyUses:
        return cls(file=ledger_mark.with_name(f"{ledger_mark.name}.key-uses"))

    def add(self, at: datetime, command: str, account: str) -> None:
        """On the disk before this returns. Raises NoRecord."""
        try:
            with outside.alone(self.file):
                *_, last = ["", *self._lines()]
                use = {"at": at.isoformat(), "command": command, "account": account, "after": _hash(last)}
                self._append(json.dumps(use))
        except OSError as error:
            raise NoRecord(
                f"That the keys are used cannot be put on record: {self.file} cannot be written "
                f"({error.strerror})."
            ) from None

    def read(self) -> tuple[KeyUse, ...]:
        """All of them, the oldest first; none where there is no file. Raises NoRecord."""
        try:
            return tuple(_uses(self._lines()))
        except OSError as error:
            raise NoRecord(f"{self.file} cannot be read: {error.strerror}.") from None
        except (ValueError, KeyError, TypeError):
            raise NoRecord(f"{self.file} is damaged, or was changed by hand.") from None

    def _lines(self) -> list[str]:
        return self.file.read_text(encoding="utf-8").splitlines() if self.file.exists() else []

    def _append(self, line: str) -> None:
        handle = os.open(self.file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(handle, f"{line}\n".encode())
            os.fsync(handle)
        finally:
            os.close(handle)


def _uses(lines: list[str]) -> Iterator[KeyUse]:
    before = ""
    for line in lines:
        kept = json.loads(line)
        yield KeyUse(
            at=datetime.fromisoformat(kept["at"]).astimezone(UTC),
            command=kept["command"],
            account=kept["account"],
            follows=kept["after"] == _hash(before),
        )
        before = line


def _hash(line: str) -> str:
    return hashlib.sha256(line.encode()).hexdigest()[:16] if line else ""
