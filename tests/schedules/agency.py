"""The agency of bot/audit/agency.py in tests, each with a ledger's mark of its own."""

from __future__ import annotations

from bot.audit import agency
from bot.audit.agency import (
    BEGINS_AT,
    CONTENT,
    EPOCH,
    MOMENT,
    NOWHERE,
    STARTED_AT,
    Agency,
    Clock,
    Row,
    loaded_dice,
    note,
    people,
)
from storage.database import Store
from tests.marks import new_mark

__all__ = [
    "BEGINS_AT",
    "CONTENT",
    "EPOCH",
    "MOMENT",
    "NOWHERE",
    "STARTED_AT",
    "Agency",
    "Clock",
    "Row",
    "loaded_dice",
    "new_agency",
    "note",
    "people",
]


def new_agency(store: Store, workspace: str = "T1") -> Agency:
    """A workspace whose first week is known, with nobody in it."""
    return agency.new_agency(store, new_mark(), workspace)
