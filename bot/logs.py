"""Log lines that hold ids and never words: one line an event, nothing a person typed, chose or answered.

A library may put an exception's text, a request's body or a database row into its message, so a message that
is not the project's own is left out: the line says which logger spoke, how gravely, and where in its code.
"""

import logging
import re
import sys
import threading
import time
from collections.abc import Iterator
from datetime import date
from enum import Enum
from pathlib import PurePath
from types import FrameType, TracebackType
from typing import TextIO
from uuid import UUID

# Bolt names loggers after the app ("app.py:App"), so only plain dotted names are ours.
_OURS = re.compile(r"(bot|handlers|schedules|storage)(\.\w+)*")
PACKAGES = ("bot", "handlers", "schedules", "storage")
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_OPAQUE = re.compile(r"[\w.:/+-]{1,64}", re.ASCII)
_SECRET = re.compile(
    r"""(?<![A-Za-z0-9])[A-GSTUVW][A-Z0-9]{7,}(?![A-Za-z0-9])  # an id of Slack's: people, channels, files, …
    | xox[a-z]?- | xapp-                                       # its tokens
    | ://                                                      # an address, which may hold a password
    | (?<![\w-])[\w-]{43}=?(?![\w-])                           # a key of 32 bytes in base64""",
    re.VERBOSE | re.ASCII,
)
_WITHHELD = "(withheld)"


def configure(level: str, stream: TextIO | None = None) -> None:
    """Every log line, warning and uncaught exception of the process goes to `stream` by `LineFormatter`."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(LineFormatter())
    # Bolt copies the root's level to its loggers, and at DEBUG libraries print request bodies.
    logging.basicConfig(
        level=max(logging.WARNING, logging.getLevelName(level)), handlers=[handler], force=True
    )
    for package in PACKAGES:
        logging.getLogger(package).setLevel(level)
    logging.captureWarnings(True)
    logging.raiseExceptions = False  # else a log call that cannot be formatted prints its arguments to stderr
    _catch_the_uncaught()


class LineFormatter(logging.Formatter):
    """`2026-11-30T09:00:00Z INFO schedules.delivery: held kind=checkin error=TimeoutError at=…`, one line."""

    def format(self, record: logging.LogRecord) -> str:
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created))
        parts = [at, record.levelname, f"{record.name}:", self._message(record)]
        parts += [f"{name}={opaque(value)}" for name, value in vars(record).items() if name not in _STANDARD]
        if record.exc_info and record.exc_info[1]:
            parts.append(describe(record.exc_info[1]))
        return " ".join(parts).replace("\r", " ").replace("\n", " ")

    def _message(self, record: logging.LogRecord) -> str:
        if not _OURS.fullmatch(record.name):
            return f"(a library's message, left out) at={_place(record.pathname, record.lineno)}"
        if not isinstance(record.msg, str):
            return _WITHHELD
        return _fill(record.msg, record.args)


def opaque(value: object) -> str:
    """`value` as a log line may show it: numbers, dates, short ids without spaces; no Slack ids, no words."""
    if value is None or isinstance(value, bool | int | float | date | UUID):
        return str(value)
    if isinstance(value, Enum):
        return opaque(value.value)
    if isinstance(value, str) and _OPAQUE.fullmatch(value) and not _SECRET.search(value):
        return value
    return _WITHHELD


def describe(error: BaseException) -> str:
    """The exception and its causes as types and places; their texts may hold what a person typed."""
    chain = list(_chain(error))
    types = "<-".join(type(each).__name__ for each in chain)
    places = "<-".join(_trace(each.__traceback__) for each in chain if each.__traceback__)
    return f"error={types} at={places or 'unknown'}"


def _fill(template: str, args: object) -> str:
    """The template with its arguments, each made opaque; numbers stay numbers for the sake of %d and %.1f."""
    try:
        if args:
            each = args if isinstance(args, tuple) else (args,)
            return template % tuple(arg if isinstance(arg, int | float) else opaque(arg) for arg in each)
    except (TypeError, ValueError):
        return f"{template} {_WITHHELD}"
    return template


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield link
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)


def _trace(traceback: TracebackType | None) -> str:
    places = []
    while traceback is not None:
        frame: FrameType = traceback.tb_frame
        places.append(_place(frame.f_code.co_filename, traceback.tb_lineno))
        traceback = traceback.tb_next
    return ">".join(places[-6:])


def _place(filename: str, line: int) -> str:
    return f"{'/'.join(PurePath(filename).parts[-2:])}:{line}"


def _catch_the_uncaught() -> None:
    """Python's own hooks print an uncaught exception with its text."""
    log = logging.getLogger("bot.uncaught")

    def on_uncaught(_type: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
        if isinstance(error, KeyboardInterrupt):
            return
        log.critical("stopped by an error", exc_info=error)

    def on_thread(arguments: threading.ExceptHookArgs) -> None:
        log.error("a thread ended by an error", exc_info=arguments.exc_value)

    def on_unraisable(arguments: "sys.UnraisableHookArgs") -> None:
        log.error("an error while tidying up", exc_info=arguments.exc_value)

    sys.excepthook, threading.excepthook, sys.unraisablehook = on_uncaught, on_thread, on_unraisable
