"""The ledger's mark of an installation under test: a file of its own, in no folder of a database."""

from __future__ import annotations

import atexit
import secrets
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from storage.ledger_mark import LedgerMark


@cache
def _folder() -> Path:
    folder = TemporaryDirectory()
    atexit.register(folder.cleanup)
    return Path(folder.name)


def new_mark_file() -> Path:
    """A path at which nothing is yet; whatever comes there goes when the tests end."""
    return _folder() / secrets.token_hex(8) / "ledger-mark"


def new_mark() -> LedgerMark:
    """The mark of an installation that has just begun."""
    mark = LedgerMark(file=new_mark_file())
    mark.begin()
    return mark
