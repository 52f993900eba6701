"""Files with somebody's data that lie in Slack for a few minutes: ids alone, as timers that delete them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from bot.domain.members import PersonRef
from storage import timers
from storage.database import Tx
from storage.timers import Timer

DELETE = "delete_copy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """Files in the DM with whom they are about, and their timers; ts: the message of ours beside them."""

    ref: PersonRef
    ts: str
    file_ids: tuple[str, ...]
    timers: tuple[Timer, ...]


def add(tx: Tx, ref: PersonRef, ts: str, file_ids: Iterable[str], at: datetime) -> None:
    """These files are to be deleted at an instant, whether or not they get there."""
    for file_id in file_ids:
        timers.put(tx, f"{copies_of(ref)}{ts}|{file_id}", DELETE, at)


def list_due(tx: Tx, now: datetime, limit: int) -> tuple[Copy, ...]:
    """Copies whose time is up; limit is of files."""
    due = sorted(timers.list_due(tx, (DELETE,), now, limit), key=lambda timer: timer.entity)
    return tuple(_copy(tuple(timers_)) for _, timers_ in groupby(due, key=_message))


def has_any(tx: Tx, ref: PersonRef) -> bool:
    """Whether files of somebody lie in Slack."""
    return bool(timers.list_under(tx, copies_of(ref)))


def settle(tx: Tx, copy: Copy) -> None:
    """The files are gone: nothing is left to do."""
    for timer in copy.timers:
        timers.take(tx, timer)


def put_off(tx: Tx, copy: Copy, at: datetime) -> None:
    """Look at them again later."""
    add(tx, copy.ref, copy.ts, copy.file_ids, at)


def copies_of(ref: PersonRef) -> str:
    """How the names of all of a person's files begin, among the timers."""
    return f"copy|{ref}|"


def _message(timer: Timer) -> str:
    return timer.entity.rpartition("|")[0]


def _copy(of: tuple[Timer, ...]) -> Copy:
    _, ref, ts = _message(of[0]).split("|")
    file_ids = tuple(timer.entity.rpartition("|")[2] for timer in of)
    return Copy(ref=PersonRef(ref), ts=ts, file_ids=file_ids, timers=of)
