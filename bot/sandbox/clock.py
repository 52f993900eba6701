"""The clock that can be moved: everything a workspace dates by the wall reads it.

Trigger ids, HTTP time-outs and sockets never do: they use `time.monotonic`, which nothing moves.
"""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta


class MovableClock:
    """A clock that stands still until told to run, and jumps forwards when told to.

    Raises ValueError for a naive datetime and for a jump backwards (Slack's `ts` only grows).
    """

    def __init__(self, start: datetime) -> None:
        self._lock = threading.Lock()
        self._at = _aware(start)
        self._running_since: float | None = None

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        with self._lock:
            return self._read()

    def move_to(self, moment: datetime) -> None:
        """Jump to `moment`; a running clock goes on running from there."""
        with self._lock:
            self._jump(_aware(moment))

    def advance(self, by: timedelta) -> None:
        """Jump `by` from where the clock is now."""
        with self._lock:
            self._jump(self._read() + by)

    def run(self) -> None:
        """Pass with real time from now on."""
        with self._lock:
            self._at, self._running_since = self._read(), time.monotonic()

    def hold(self) -> None:
        """Stand still from now on."""
        with self._lock:
            self._at, self._running_since = self._read(), None

    def _read(self) -> datetime:
        if self._running_since is None:
            return self._at
        return self._at + timedelta(seconds=time.monotonic() - self._running_since)

    def _jump(self, moment: datetime) -> None:
        if moment < self._read():
            raise ValueError(f"the clock only moves forwards: {moment} is before {self._read()}")
        self._at = moment
        if self._running_since is not None:
            self._running_since = time.monotonic()


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"a moment needs a time zone: {moment}")
    return moment.astimezone(UTC)
