"""A play for each story; the curtain rises in a quarter of a second."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.stories.people import BEN, EIGHT, THREE, cast
from tests.stories.play import Play, playing


@pytest.fixture
def play() -> Iterator[Play]:
    """Legal aid has started with eight people; it is Wednesday 6 January, 09:00 in Los Angeles."""
    with playing() as play:
        yield play


@pytest.fixture
def two_teams() -> Iterator[Play]:
    """Shelter nights has started too, with three people: too few for words. In Legal aid Ben is awake."""
    with playing(cast(three=THREE), resting=tuple(one for one in EIGHT if one is not BEN)) as play:
        yield play
