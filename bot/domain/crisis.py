"""Whether somebody checked the crisis numbers lately enough (requirements SF2)."""

from datetime import date, timedelta

REVIEW_LASTS = timedelta(days=180)


def is_reviewed(reviewed_on: date | None, today: date) -> bool:
    """Whether they were checked in the last 180 days; a day that has not come yet is a slip, not a check."""
    return reviewed_on is not None and timedelta(0) <= today - reviewed_on <= REVIEW_LASTS
