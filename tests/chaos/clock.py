"""One movable clock for several processes: it runs at a pace, jumps forwards, and stands in a file."""

from __future__ import annotations

import struct
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

SHAPE = "dd"
"""The instant of the last jump (Unix seconds), and when that was (seconds of the monotonic clock)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedClock:
    """pace: seconds of this clock in one real second. Only the process that made the file moves it."""

    file: Path
    pace: float

    def now(self) -> datetime:
        at, since = struct.unpack(SHAPE, self.file.read_bytes())
        return datetime.fromtimestamp(at + self.pace * (time.monotonic() - since), UTC)

    def jump_to(self, at: datetime) -> None:
        """At once for everybody: nobody reads half a jump."""
        ahead = self.file.with_suffix(".ahead")
        ahead.write_bytes(struct.pack(SHAPE, at.timestamp(), time.monotonic()))
        ahead.replace(self.file)
