"""Told to stop: what is in hand ends, within ten seconds; told twice: at once."""

from __future__ import annotations

import os
import signal
import sys
import threading
from types import FrameType

SECONDS = 9.0
"""From SIGTERM to the end; service managers and containers kill after ten seconds."""
CUT = 1
CUT_WORDS = (
    "Choir was stopped with something still in hand, because it did not end in time. Nothing is lost: "
    "the database says how far it came, and the next start goes on from there.\n"
)


def on_signals(stopping: threading.Event, seconds: float = SECONDS) -> None:
    """From now on SIGTERM and Ctrl-C set the event; what still runs so many seconds later is cut off."""
    cut = threading.Timer(seconds, _cut)
    cut.daemon = True

    def told(number: int, _frame: FrameType | None) -> None:
        if not stopping.is_set():
            stopping.set()
            cut.start()
        elif number == signal.SIGINT:
            os._exit(128 + number)

    signal.signal(signal.SIGTERM, told)
    signal.signal(signal.SIGINT, told)


def _cut() -> None:
    """Threads that hang would keep the interpreter waiting for them."""
    sys.stderr.write(CUT_WORDS)
    sys.stderr.flush()
    os._exit(CUT)
