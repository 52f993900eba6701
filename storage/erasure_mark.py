"""Deletions noted in a file outside the database, so that no backup undoes them (privacy §7).

A database that is older than a deletion carries it out again: when it is put back, and when the program
starts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.domain.members import PersonRef
from storage import erasures, members, mydata, outside, workspaces
from storage.database import Store
from storage.ledger_mark import NoMark

Erased = Mapping[str, Mapping[PersonRef, datetime]]
"""By workspace and person, when their data was erased last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureMark:
    """The file, which every process on the same database shares. Pseudonyms and instants, nothing else."""

    file: Path

    @classmethod
    def beside(cls, ledger_mark: Path) -> ErasureMark:
        return cls(file=ledger_mark.with_name(f"{ledger_mark.name}.erased"))

    def read(self) -> Erased:
        """Nobody where there is no file. Raises NoMark for one that cannot be read."""
        try:
            kept = json.loads(self.file.read_text(encoding="utf-8"))
            return {
                workspace: {PersonRef(ref): _instant(at) for ref, at in people.items()}
                for workspace, people in kept.items()
            }
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise NoMark(f"{self.file} cannot be read: {error.strerror}.") from None
        except (ValueError, AttributeError, TypeError):
            raise NoMark(
                f"{self.file}, which remembers who deleted their data, is damaged. Put its newest copy back; "
                "if there is none, delete it."
            ) from None

    def add(self, erased: Erased, since: datetime) -> None:
        """Note these too, and forget those before an instant. Raises NoMark where it cannot be kept."""
        if not any(erased.values()) and not self.file.exists():
            return
        try:
            with outside.alone(self.file):
                before = self.read()
                after = _since(_latest(before, erased), since)
                if after != before:
                    outside.write(self.file, _as_text(after))
        except OSError as error:
            raise NoMark(f"{self.file} cannot be written: {error.strerror}.") from None


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _latest(one: Erased, other: Erased) -> Erased:
    found: dict[str, dict[PersonRef, datetime]] = {}
    for erased in (one, other):
        for workspace, people in erased.items():
            mine = found.setdefault(workspace, {})
            for ref, at in people.items():
                mine[ref] = max(at, mine.get(ref, at))
    return found


def _since(erased: Erased, since: datetime) -> Erased:
    kept = {
        workspace: {ref: at for ref, at in people.items() if at >= since}
        for workspace, people in erased.items()
    }
    return {workspace: people for workspace, people in kept.items() if people}


def _as_text(erased: Erased) -> str:
    kept = {
        workspace: {ref: at.isoformat() for ref, at in sorted(people.items())}
        for workspace, people in sorted(erased.items())
    }
    return json.dumps(kept)


def bring_up_to_date(mark: ErasureMark, store: Store, now: datetime) -> None:
    """Let the file know of every deletion that the database knows of. Raises NoMark."""
    since = now - erasures.KEPT
    mark.add({workspace: _known(store, workspace, since) for workspace in workspaces.list_ids(store)}, since)


def _known(store: Store, workspace: str, since: datetime) -> Mapping[PersonRef, datetime]:
    with store.read(workspace) as tx:
        return erasures.list_since(tx, since)


def carry_out(mark: ErasureMark, store: Store, now: datetime) -> None:
    """Erase again whoever this database, being older, knows nothing of the deletion of. Raises NoMark."""
    erased = mark.read()
    for workspace in workspaces.list_ids(store):
        for ref, at in erased.get(workspace, {}).items():
            with store.read(workspace) as tx:
                done = erasures.knows(tx, ref, at)
            if not done:
                _erase_again(store, workspace, ref, at, now)
    bring_up_to_date(mark, store, now)


def _erase_again(store: Store, workspace: str, ref: PersonRef, at: datetime, now: datetime) -> None:
    with store.begin(workspace) as tx:
        members.hold(tx, ref)
        if not erasures.knows(tx, ref, at):  # another machine, at this moment
            mydata.erase(tx, ref, now)
            erasures.note(tx, ref, at)
