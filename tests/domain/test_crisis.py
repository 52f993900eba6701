"""When the crisis numbers have to be looked at again."""

from datetime import date

import pytest

from bot.domain.crisis import is_reviewed

TODAY = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("reviewed_on", "reviewed"),
    [
        (None, False),
        (TODAY, True),
        (date(2026, 6, 3), True),
        (date(2026, 6, 2), False),
        (date(2026, 12, 1), False),
    ],
)
def test_crisis_numbers_are_to_be_checked_again_after_180_days(
    reviewed_on: date | None, *, reviewed: bool
) -> None:
    assert is_reviewed(reviewed_on, TODAY) == reviewed
