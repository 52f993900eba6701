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
    heard, told = os.pipe()
    os.set_blocking(told, False)
    # A handler in Python would run when the main thread wakes, and a signal that reaches another thread
    # does not wake it. What is written to this pipe is read at once, whoever was interrupted.
    signal.set_wakeup_fd(told, warn_on_full_buffer=False)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _nothing_more)
    threading.Thread(target=_end, args=(heard, stopping, seconds), name="ending", daemon=True).start()


def _nothing_more(_number: int, _frame: FrameType | None) -> None:
    pass


def _end(heard: int, stopping: threading.Event, seconds: float) -> None:
    os.read(heard, 1)
    stopping.set()
    cut = threading.Timer(seconds, _cut)
    cut.daemon = True
    cut.start()
    while os.read(heard, 1) != bytes([signal.SIGINT]):
        pass
    os._exit(128 + signal.SIGINT)


def _cut() -> None:
    """Threads that hang would keep the interpreter waiting for them."""
    sys.stderr.write(CUT_WORDS)
    sys.stderr.flush()
    os._exit(CUT)
