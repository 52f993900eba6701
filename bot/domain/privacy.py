"""The constants of the release rule and the numbers of the promise that follow from them (privacy §2, §3).

They are no settings: an administrator can only ever make them stricter.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

PERIOD_WEEKS = 4
EPS = Fraction(1)
ROSTER_MIN = 8
CONTRIBUTORS_MIN = 6
UPDATES_PER_BLOCK = 3


def may_publish(roster: int, contributors: int) -> bool:
    """Whether a group's period may have words at all: by participation alone, never by answers."""
    return roster >= ROSTER_MIN and contributors >= CONTRIBUTORS_MIN


def may_draw(marked: datetime | None, begins_at: datetime) -> bool:
    """Whether a period lies wholly after all for which updates were drawn; marked: until when they were."""
    return marked is None or marked <= begins_at


def is_behind(marked: datetime | None, drawn: datetime | None) -> bool:
    """Whether a mark knows less than the database: it is missing, an old copy, or another machine's."""
    return drawn is not None and (marked is None or marked < drawn)


def at_most(updates: int) -> str:
    """How far somebody who knew every other answer could get from 50:50, as "73:27".

    One update moves the odds by a factor of exp(EPS) at the most, several multiply.
    """
    odds = math.exp(float(EPS) * updates)
    right = round(100 * odds / (1 + odds))
    return f"{right}:{100 - right}"


def promise_numbers() -> dict[str, str | int]:
    """Every number in the words staff read, computed, by the placeholder's name."""
    return {
        "roster_min": ROSTER_MIN,
        "contributors_min": CONTRIBUTORS_MIN,
        "weeks": PERIOD_WEEKS,
        "one_update": at_most(1),
        "three_updates": at_most(UPDATES_PER_BLOCK),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class WhoSees:
    """Who sees what in one person's group, with Slack ids, as that person is told it.

    reader_ids: all who read the group's words. key_holder: who runs the server and holds its keys;
    key_holder_conflict: that person supervises, leads or hires here. words_possible: the group is
    large enough for words at all.
    """

    supervisor_id: str | None
    reader_ids: tuple[str, ...] = ()
    key_holder: str = ""
    key_holder_conflict: bool = False
    words_possible: bool = True
    answers_kept_weeks: int = 13
