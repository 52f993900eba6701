"""How often a method may be called, measured on the movable clock.

Each allowance is a bucket that refills steadily: the first calls may come at once, the rest at the
pace. While the clock stands still nothing refills, so a sixth message to one channel at one and the
same moment is refused, as a sixth within a second would be. Tiers are Slack's published floors
(docs.slack.dev/apis/web-api/rate-limits); Slack promises no more than the floor, so neither do we.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.sandbox.refusals import Refused


@dataclass(frozen=True, slots=True)
class Allowance:
    """`burst` calls at once, then one every `every` of the clock."""

    burst: int
    every: timedelta


def per_minute(calls: int) -> Allowance:
    """A tier: that many calls in a minute, in any rhythm."""
    return Allowance(calls, timedelta(minutes=1) / calls)


TIER_2, TIER_3, TIER_4 = per_minute(20), per_minute(50), per_minute(100)
ONE_CHANNEL = Allowance(5, timedelta(seconds=1))  # chat.postMessage: 1 per second, short bursts
ALL_CHANNELS = per_minute(300)  # chat.postMessage: "several hundred per minute" per workspace


class Rates:
    """What has been used of every allowance; keys are a method, or a method and a channel."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._lock = threading.Lock()
        self._clock = clock
        self._full_again: dict[str, datetime] = {}
        self._lifted = False

    def lift(self) -> None:
        """Admit every call from now on: for measuring who calls, not what Slack allows."""
        self._lifted = True

    def take(self, *wanted: tuple[str, Allowance]) -> None:
        """Use one call of each allowance, or none: Refused("ratelimited") with `retry_after` seconds."""
        if self._lifted:
            return
        with self._lock:
            now = self._clock()
            wait = max(self._wait(key, allowance, now) for key, allowance in wanted)
            if wait > timedelta():
                raise Refused("ratelimited", retry_after=math.ceil(wait.total_seconds()))
            for key, allowance in wanted:
                self._full_again[key] = max(self._full_again.get(key, now), now) + allowance.every

    def _wait(self, key: str, allowance: Allowance, now: datetime) -> timedelta:
        spent = self._full_again.get(key, now) - now
        return spent + allowance.every - allowance.burst * allowance.every
