"""What must hold, said in words where it does not."""

from __future__ import annotations

from collections.abc import Callable


class Broken(Exception):
    """Something that must hold does not; the text says what, and names nobody."""


def require(holds: object, what: str) -> None:
    """Raises Broken with these words unless it holds."""
    if not holds:
        raise Broken(what)


def broken_by(act: Callable[[], object]) -> list[str]:
    """What did not hold while this was done; empty when all did."""
    try:
        act()
    except Broken as error:
        return [str(error)]
    return []
