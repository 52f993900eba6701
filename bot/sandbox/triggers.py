"""Trigger ids: what lets the app open a modal for somebody, once, within three real seconds.

The second clock counts here: real and monotonic, so that moving the other one ages no trigger.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from bot.sandbox.refusals import Refused

SECONDS = 3.0


@dataclass(slots=True)
class _Issued:
    user_id: str
    in_modal: bool
    at: float
    used: bool = False


class Triggers:
    """Every trigger id ever issued (they are few and small)."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._lock = threading.Lock()
        self._now = now
        self._issued: dict[str, _Issued] = {}

    def issue(self, user_id: str, *, in_modal: bool = False) -> str:
        """A new trigger id for something this person did; `in_modal` when they did it in a modal."""
        with self._lock:
            number = len(self._issued) + 1
            trigger_id = f"{number}.{number:010d}.{number:032x}"
            self._issued[trigger_id] = _Issued(user_id, in_modal, self._now())
            return trigger_id

    def check(self, trigger_id: str) -> tuple[str, bool]:
        """Whose trigger it is and whether it came from a modal; Refused when it is no good (any more)."""
        with self._lock:
            issued = self._issued.get(trigger_id)
            if issued is None:
                raise Refused("invalid_trigger_id")
            if issued.used:
                raise Refused("exchanged_trigger_id")
            if self._now() - issued.at > SECONDS:
                raise Refused("expired_trigger_id")
            return issued.user_id, issued.in_modal

    def spend(self, trigger_id: str) -> None:
        """Use it up."""
        with self._lock:
            self._issued[trigger_id].used = True
