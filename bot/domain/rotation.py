"""Which questions a week asks: the 30-week rotation (docs/decisions "The thirty weeks").

Everybody in a workspace gets the same row in the same week; nothing here looks at an answer.
"""

from __future__ import annotations

from bot.domain.members import Length

CORE = "qC1"
"""The only question that feeds anything others read."""

ROWS: tuple[tuple[str, ...], ...] = (
    ("qI03", "qS1"),
    ("qW1", "qI07"),
    ("qI02", "qN1", "qV2"),
    ("qE1", "qI11"),
    ("qV1", "qI09", "qL1"),
    ("qI04", "qW2"),
    ("qP1", "qI03"),
    ("qI07", "qE2", "qX1"),
    ("qS1", "qI06"),
    ("qSUP", "qI08", "qP2"),
    ("qI09", "qN2"),
    ("qW3", "qI04"),
    ("qI11", "qE1", "qB1"),
    ("qL1", "qI02"),
    ("qX1", "qI07", "qS2"),
    ("qI08", "qW1"),
    ("qN1", "qI03"),
    ("qI06", "qP1", "qV1"),
    ("qE2", "qI09"),
    ("qV2", "qI10", "qL2"),
    ("qI01", "qS1"),
    ("qW2", "qI07"),
    ("qI05", "qE1", "qX1"),
    ("qP2", "qI08"),
    ("qB1", "qI11", "qL1"),
    ("qI10", "qW3"),
    ("qS2", "qI02"),
    ("qI12", "qE2", "qSUP"),
    ("qL2", "qI05"),
    ("qN2", "qI01"),
)
"""Each row: the rotating question of the default form, then what "a little longer" adds."""

REACTIONS = frozenset(f"qI{n:02}" for n in range(1, 13))
"""Questions a person may switch off one by one (SF16)."""

LONG_LISTS = frozenset({"qSUP", "qB1"})
"""Questions whose answer lists are long: their weeks show two options, not three."""


def row(week: int) -> tuple[str, ...]:
    """The rotation's row of a week, counted from 0."""
    return ROWS[week % len(ROWS)]


def keys_for(week: int, length: Length, items_off: frozenset[str], *, small: bool = False) -> tuple[str, ...]:
    """Keys of the questions to ask, the core one first; one left out by choice is not replaced.

    small: the group is too small for words, so the person gets the core question alone.
    """
    if small or length is Length.ONE:
        return (CORE,)
    added = row(week) if length is Length.LONGER else row(week)[:1]
    return (CORE, *(key for key in added if key not in items_off))


def is_due(week: int, *, small: bool) -> bool:
    """Whether a week asks at all: every second one where the group is too small for words (changes 4)."""
    return not small or week % 2 == 0
