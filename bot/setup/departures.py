"""`choir end`: staff decided to stop. Nothing goes out, and a week later everything personal is erased."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.setup.database import opened_without_keys
from storage import departures, workspaces
from storage.database import Store
from storage.departures import KEPT_AFTER_THE_END

ENDED = """\
From now on no message goes out. What is about people is erased on {at:%A %d %B}, {at:%H:%M} UTC, by a running
`choir run`; until then everybody can see, copy and delete their own data under My data. Published updates
stay: they hold nobody. Tell staff.
To take it back before: choir end --undo. To erase at once: choir end --now."""
UNDONE = "Choir goes on: what waited goes out, if it is still true."
NOBODY = "No workspace yet: there is nothing to end."
SURE = """\
Everything that is kept about people is erased now, for good: answers, choices, teams, roles, asks, messages
that wait. Published updates stay, which hold nobody. Stop `choir run` first."""
PHRASE = "erase everything"
ERASED = """\
Erased. Delete the backups too, and their files of people's keys: Choir does not know where they are. Then
take the app out of the workspace."""
UNCHANGED = "Nothing was changed."


def end(database_url: str, now: datetime) -> str:
    """Returns what to tell the operator; again, with the day of the first time. Raises Unready."""
    with opened_without_keys(database_url) as store:
        for workspace in workspaces.list_ids(store):
            with store.begin(workspace) as tx:
                if not workspaces.is_over(tx):
                    workspaces.end(tx, now)
        days = [at for workspace in workspaces.list_ids(store) if (at := _erased_at(store, workspace))]
    return ENDED.format(at=max(days)) if days else NOBODY


def _erased_at(store: Store, workspace: str) -> datetime | None:
    with store.read(workspace) as tx:
        return departures.over_at(tx)


def undo(database_url: str) -> str:
    """What is erased already does not come back. Raises Unready."""
    with opened_without_keys(database_url) as store:
        for workspace in workspaces.list_ids(store):
            with store.begin(workspace) as tx:
                workspaces.end(tx, None)
    return UNDONE


def erase(database_url: str, now: datetime, typed_back: Callable[[str, str], bool]) -> str:
    """Erase everything personal at once, once the operator typed what that means. Raises Unready."""
    with opened_without_keys(database_url) as store:
        if not typed_back(SURE, PHRASE):
            return UNCHANGED
        for workspace in workspaces.list_ids(store):
            with store.begin(workspace) as tx:
                workspaces.end(tx, now - KEPT_AFTER_THE_END)
                departures.erase_everybody(tx, now)
        store.fold()
    return ERASED
