"""Who drew: every call of the sampler in a thread is noted, with the group and period it was made for."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Protocol, TypeVar

from bot.domain.sampler import noise

Drawn = tuple[str, int]
"""Group id and period."""


class Notes(Protocol):
    """A list, or what takes its place where each draw is to be told at once."""

    def append(self, drawn: Drawn, /) -> None: ...


Noted = TypeVar("Noted", bound=Notes)


@contextmanager
def watched(drawn: Noted) -> Iterator[Noted]:
    """Note the draws of this thread, at the moment in which each begins."""

    def look(frame: FrameType, event: str, _about: Any) -> None:
        if event == "call" and frame.f_code is noise.__code__ and frame.f_back:
            found = frame.f_back.f_locals["found"]
            drawn.append((found.group_id, found.period))

    before = sys.getprofile()
    sys.setprofile(look)
    try:
        yield drawn
    finally:
        sys.setprofile(before)
