"""The ledger's high-water mark: until when updates were drawn, in a file beside no database (privacy §3).

A database brought back to an earlier day has forgotten what was drawn since; the mark has not. It holds a
workspace's id and an instant, nothing of people, and only ever moves forward.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.domain.privacy import is_behind, may_draw
from storage import digests, outside, workspaces
from storage.database import Store

GO_ON = (
    "Put the newest one back; if it is lost, `choir db accept-ledger` goes on without it, and the running "
    "four weeks get no update."
)

Marks = Mapping[str, datetime]
"""By workspace, the end of the newest period for which an update was drawn, or was about to be."""


class NoMark(Exception):
    """The mark cannot be relied on, so nothing may be drawn; the text says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerMark:
    """The mark in a file, which every process on the same database shares."""

    file: Path

    def read(self) -> Marks:
        """Raises NoMark for a file that is missing or is no mark."""
        try:
            kept = json.loads(self.file.read_text(encoding="utf-8"))
            return {workspace: _instant(until) for workspace, until in kept.items()}
        except FileNotFoundError:
            raise NoMark(
                f"LEDGER_MARK: {self.file} is missing, and updates may have been drawn. {GO_ON}"
            ) from None
        except OSError as error:
            raise NoMark(f"LEDGER_MARK: {self.file} cannot be read: {error.strerror}.") from None
        except (ValueError, AttributeError, TypeError):
            raise NoMark(f"LEDGER_MARK: {self.file} is damaged. {GO_ON}") from None

    def raise_to(
        self, workspace: str, begins_at: datetime, ends_at: datetime, drawn: datetime | None
    ) -> bool:
        """Mark a period before it is drawn; False for one that lies below the mark, whoever drew it.

        drawn: until when the database itself knows of updates. Raises NoMark; then nothing may be drawn.
        """
        with self._alone():
            marks = self.read()
            if is_behind(marks.get(workspace), drawn):
                raise self.behind()
            if not may_draw(marks.get(workspace), begins_at):
                return False
            self._write({**marks, workspace: ends_at})
            return True

    def begin(self) -> None:
        """Make the first one; one that is there stays as it is. Raises NoMark where it cannot be kept."""
        with self._alone():
            if not self.file.exists():
                self._write({})

    def replace(self, marks: Marks) -> None:
        """In place of whatever is there. Raises NoMark where it cannot be kept."""
        with self._alone():
            self._write(marks)

    def behind(self) -> NoMark:
        return NoMark(f"LEDGER_MARK: {self.file} is older than the database. {GO_ON}")

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Nobody else changes it meanwhile, on this machine or on another."""
        try:
            with outside.alone(self.file):
                yield
        except OSError as error:
            raise NoMark(f"LEDGER_MARK: {self.file} cannot be written: {error.strerror}.") from None

    def _write(self, marks: Marks) -> None:
        kept = {name: until.isoformat() for name, until in sorted(marks.items())}
        outside.write(self.file, json.dumps(kept))


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def check(mark: LedgerMark, store: Store) -> None:
    """Raises NoMark unless the mark knows of all that this database drew.

    From the first period on there must be one: a backup of that time knows of no update, though one may
    have been drawn since.
    """
    if not mark.file.exists() and not _has_begun(store):
        return
    marks = mark.read()
    if any(is_behind(marks.get(workspace), until) for workspace, until in drawn_until(store).items()):
        raise mark.behind()


def drawn_until(store: Store) -> Marks:
    """What the database itself knows of updates."""
    found = {}
    for workspace in workspaces.list_ids(store):
        with store.read(workspace) as tx:
            if until := digests.drawn_until(tx):
                found[workspace] = until
    return found


def _has_begun(store: Store) -> bool:
    """Whether the first period of some workspace was opened."""
    for workspace in workspaces.list_ids(store):
        with store.read(workspace) as tx:
            if digests.last_period(tx) is not None:
                return True
    return False


def is_writable(mark: LedgerMark) -> bool:
    """Whether it could be written, as far as one can tell without doing it."""
    folder = next(folder for folder in mark.file.parents if folder.exists())
    return os.access(folder, os.W_OK | os.X_OK)
