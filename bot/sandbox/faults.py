"""What the sandbox can be told to do wrong, as the real one sometimes does."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from dataclasses import dataclass
from random import Random
from typing import Literal

from bot.sandbox.sockets import Sockets

Fault = Literal["429", "500", "hang up", "hold up", "lose reply", "slow file"]
AnyMethod = "*"
UPLOAD = "upload"
"""The name under which the address that takes a file's bytes is told to fail, and noted among the calls."""


@dataclass(frozen=True, slots=True)
class Share:
    """A fault that hits some calls, as the dice say; the same seed hits the same calls again."""

    share: float
    seconds: float
    dice: Random

    def hits(self) -> bool:
        return self.dice.random() < self.share


class Faults:
    """Each order is used up by the calls it hits; `method` "*" hits any method. `met` counts those hit."""

    def __init__(self, *, sockets: Sockets) -> None:
        self._lock = threading.Lock()
        self._orders: defaultdict[tuple[Fault, str], list[float]] = defaultdict(list)
        self._shares: dict[tuple[Fault, str], Share] = {}
        self._refusals: defaultdict[str, list[str]] = defaultdict(list)
        self._sockets = sockets
        self._redeliveries = 0
        self.met: Counter[Fault] = Counter()

    def storm_429(self, method: str = AnyMethod, times: int = 1, retry_after: int = 1) -> None:
        """Refuse the next `times` calls with HTTP 429 and this Retry-After (seconds)."""
        self._order("429", method, times, retry_after)

    def fail_500(self, method: str = AnyMethod, times: int = 1) -> None:
        """Answer the next `times` calls with HTTP 500 and do nothing."""
        self._order("500", method, times, 0)

    def lose_reply(self, method: str = AnyMethod, times: int = 1) -> None:
        """Do what the next `times` calls ask, then drop the connection without an answer."""
        self._order("lose reply", method, times, 0)

    def hang_up(self, method: str = AnyMethod, times: int = 1) -> None:
        """Drop the connection of the next `times` calls before anything is done."""
        self._order("hang up", method, times, 0)

    def hold_up(self, method: str, seconds: float, times: int = 1) -> None:
        """Take the next `times` calls only so many real seconds after they came, whoever still waits."""
        self._order("hold up", method, times, seconds)

    def strike(self, fault: Fault, method: str, share: float, *, seed: int, seconds: float = 0) -> None:
        """Let that share (0 to 1) of the calls meet a fault from now on, until `clear`.

        seconds: the Retry-After of "429", how long "hold up" holds.
        """
        with self._lock:
            self._shares[fault, method] = Share(share, seconds, Random(seed))

    def refuse(self, method: str, error: str, times: int = 1) -> None:
        """Refuse the next `times` calls with this error code of Slack's, and do nothing."""
        with self._lock:
            self._refusals[method].extend([error] * times)

    def process_files_slowly(self, seconds: int, times: int = 1) -> None:
        """The next `times` files can be shown only this long (by the clock) after their completion."""
        self._order("slow file", "files.completeUploadExternal", times, seconds)

    def disconnect_sockets(self, reason: str = "refresh_requested", *, abrupt: bool = False) -> None:
        """Close every socket, after a disconnect frame unless `abrupt`. "warning" only announces it."""
        self._sockets.disconnect(reason, abrupt)

    def cut_sockets(self) -> None:
        """Every socket's connection ends without a word, as when a machine on the way dies."""
        self._sockets.cut()

    def mute_sockets(self) -> None:
        """Hear and say nothing on any socket, open or new, and keep them open: half-open connections."""
        self._sockets.mute()

    def unmute_sockets(self) -> None:
        """Serve new sockets again; those that were muted are cut."""
        self._sockets.unmute()

    def turn_away(self, times: int = 1) -> None:
        """Tell the next `times` sockets that there are too many."""
        self._sockets.turn_away(times)

    def redeliver_next_event(self, times: int = 1) -> None:
        """Deliver the next event `times` more times, though it was acknowledged.

        Events about the app's own messages do not count.
        """
        with self._lock:
            self._redeliveries += times

    def clear(self) -> None:
        """Forget every order not used up, and every share."""
        with self._lock:
            self._orders.clear()
            self._shares.clear()
            self._refusals.clear()
            self._redeliveries = 0

    def take(self, fault: Fault, method: str) -> float | None:
        """Use up one order for this method, or be hit by chance; its seconds (or 0), None when spared."""
        with self._lock:
            for named in (method, AnyMethod):
                seconds = self._hit(fault, named)
                if seconds is not None:
                    self.met[fault] += 1
                    return seconds
            return None

    def take_refusal(self, method: str) -> str | None:
        """Use up one refusal ordered for this method: its error code, None when there is none."""
        with self._lock:
            refusals = self._refusals[method]
            return refusals.pop(0) if refusals else None

    def take_redeliveries(self) -> int:
        """How many times too often the event at hand is to be delivered."""
        with self._lock:
            times, self._redeliveries = self._redeliveries, 0
            return times

    def _hit(self, fault: Fault, method: str) -> float | None:
        if self._orders[fault, method]:
            return self._orders[fault, method].pop(0)
        share = self._shares.get((fault, method))
        return share.seconds if share and share.hits() else None

    def _order(self, fault: Fault, method: str, times: int, seconds: float) -> None:
        with self._lock:
            self._orders[fault, method].extend([seconds] * times)
