"""U1's line for all groups, in short: what is counted, and that it says what it says of itself."""

from __future__ import annotations

import pytest

from bot.domain.privacy import Guarantee
from bot.proof.parents import Shape, Told, lived, rates, simulate
from bot.proof.teams import CALM, Change

FOUR = Shape(groups=(8, 8, 8, 8))
UP = Change(by=0.75, week=20)


def test_a_rate_counts_what_its_name_says() -> None:
    quiet = Told(change=None, directions=(0,) * 13)
    twice = Told(change=None, directions=(0, 0, 0, 1, -1, *[0] * 8))
    soon = Told(change=UP, directions=(*[0] * 6, 1, 0, 0))
    wrong = Told(change=UP, directions=(*[1] * 5, -1, -1, -1, 1))
    found = rates([quiet, twice, soon, wrong])
    assert (found.false_years.value, found.false_words) == (0.5, 1.0)
    assert {weeks: seen.value for weeks, seen in found.seen.items()} == {8: 0.5, 12: 0.5, 16: 1.0}


def test_the_same_numbers_give_the_same_organisation_and_half_of_them_are_stable() -> None:
    again = [lived(CALM, FOUR, 1, number) for number in range(4)]
    assert again == [lived(CALM, FOUR, 1, number) for number in range(4)]
    assert [life.change is None for life in again] == [True, False] * 2


@pytest.mark.parametrize("shape", [FOUR, Shape(groups=(16,) * 4, guarantee=Guarantee(strong=True))], ids=str)
def test_about_half_of_stable_years_stay_without_a_false_direction_and_a_shared_change_is_seen(
    shape: Shape,
) -> None:
    """Within three standard errors of what it says of itself, and of .9 within twelve weeks."""
    found = simulate(CALM, shape, organisations=60, seed=1)
    assert abs(found.false_years.value - 0.5) <= 3 * 0.5 / 30**0.5
    assert found.seen[12].value >= 0.9 - 3 * found.seen[12].error
