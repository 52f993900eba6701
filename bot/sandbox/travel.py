"""Named jumps in time: one at a time, each in a thread, with progress, a way to stop, and errors in words."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a jump is: `done` from 0 to 1, `words` for people ("Tuesday 8 December, week 3")."""

    done: float
    words: str = ""


Report = Callable[[Progress], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Jump:
    """A button that moves time.

    `run` moves the clock itself, calls its argument now and then with a Progress, and returns when all is
    quiet. That call raises Stopped when somebody pressed "Stop here": let it through. Any other exception
    is shown on the page in its own words.
    """

    name: str
    run: Callable[[Report], None]


class Stopped(Exception):
    """Somebody asked the running jump to stop."""


class Busy(Exception):
    """Another jump is still running."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """What the page shows of the latest jump. `words` is its progress, or what went wrong."""

    number: int
    name: str
    state: Literal["running", "done", "stopped", "failed"] = "running"
    done: float = 0.0
    words: str = ""
    stopping: bool = False


class Travel:
    """Runs jumps; every method may be called from any thread."""

    def __init__(self, jumps: Iterable[Jump]) -> None:
        self._jumps = {jump.name: jump for jump in jumps}
        self._lock = threading.Lock()
        self._journey: Journey | None = None

    @property
    def names(self) -> list[str]:
        """The names of the buttons, in their order."""
        return list(self._jumps)

    @property
    def journey(self) -> Journey | None:
        """The running jump or the last one; None before the first."""
        return self._journey

    @property
    def running(self) -> bool:
        """Whether a jump is running."""
        return self._journey is not None and self._journey.state == "running"

    def start(self, name: str) -> threading.Thread:
        """Start a jump and return at once. Raises KeyError (unknown name) or Busy."""
        jump = self._jumps[name]
        with self._lock:
            if self.running:
                raise Busy
            number = self._journey.number + 1 if self._journey else 1
            self._journey = Journey(number=number, name=name)
        thread = threading.Thread(target=self._go, args=(jump,), name=f"jump {number}", daemon=True)
        thread.start()
        return thread

    def stop(self) -> None:
        """Ask the running jump to stop at its next report."""
        self._change(stopping=True)

    def _go(self, jump: Jump) -> None:
        try:
            jump.run(self._report)
        except Stopped:
            self._change(state="stopped")
        except Exception as error:
            log.warning("a jump failed", exc_info=error)
            self._change(state="failed", words=f"“{jump.name}” did not work: {error or type(error).__name__}")
        else:
            self._change(state="done", done=1.0)

    def _report(self, progress: Progress) -> None:
        if self._journey and self._journey.stopping:
            raise Stopped
        self._change(done=min(1.0, max(0.0, progress.done)), words=progress.words)

    def _change(self, **parts: Any) -> None:
        with self._lock:
            if self.running and self._journey:
                self._journey = replace(self._journey, **parts)
