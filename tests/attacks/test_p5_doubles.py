"""P5 and S1 to S3: what people answer and type leaves nothing behind that anybody else could reach."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import fields, replace
from multiprocessing import get_context

import pytest

from bot.audit import doubles, traces
from bot.audit.playing import Left
from bot.proof.findings import Each
from tests.attacks.findings import assert_all_hold

LEFT = Left(**{field.name: ["a line", "another"] for field in fields(Left)})


@pytest.fixture(scope="module")
def each() -> Iterator[Each]:
    """Plays take over the log, so each is in a process of its own."""
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        yield pool.map


def test_with_other_answers_everything_that_anybody_else_reaches_is_the_same_to_the_byte(each: Each) -> None:
    assert_all_hold(doubles.check, each)


def test_nothing_planted_is_found_and_nothing_deleted_is_readable(each: Each) -> None:
    assert_all_hold(traces.check, each)


@pytest.mark.parametrize("surface", doubles.SURFACES)
def test_a_difference_on_any_surface_is_noticed(surface: str) -> None:
    other = replace(LEFT, **{surface: ["a line", "another answer"]})
    assert doubles.differing(LEFT, LEFT) == []
    assert doubles.differing(LEFT, other) == [doubles.SURFACES[surface]]


def test_a_released_sentence_may_differ_where_it_is_said_so_and_nothing_else() -> None:
    one, other = (replace(LEFT, messages=[f'["{words}"]']) for words in ("Heavier.", "Lighter."))
    assert doubles.differing(one, other) != []
    assert doubles.differing(one, other, ["Heavier.", "Lighter."]) == []
    assert doubles.differing(one, other, ["Heavier."]) != []
