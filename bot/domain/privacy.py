"""The constants of the release rule and the numbers of the promise that follow from them (privacy §2, §3).

They are no settings: an administrator can only ever make them stricter, and a `Guarantee` looser than they
are cannot be made.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

PERIOD_WEEKS = 4
EPS = Fraction(1)
ROSTER_MIN = 8
CONTRIBUTORS_MIN = 6
UPDATES_PER_BLOCK = 3

STRONG_EPS = Fraction(1, 2)
STRONG_ROSTER_MIN, STRONG_CONTRIBUTORS_MIN = 16, 12
ROSTERS = (ROSTER_MIN, 10, 12, STRONG_ROSTER_MIN, 20, 25, 30, 40, 50)
CONTRIBUTORS = (CONTRIBUTORS_MIN, 8, 10, STRONG_CONTRIBUTORS_MIN, 15, 20, 25, 30)
"""What an administrator may choose from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarantee:
    """The numbers that hold for the updates of one period; one that is looser becomes the constant (§3).

    strong: half of ε, and twice as many people (§4).
    """

    strong: bool = False
    roster_min: int = ROSTER_MIN
    contributors_min: int = CONTRIBUTORS_MIN

    def __post_init__(self) -> None:
        people, taking_part = (
            (STRONG_ROSTER_MIN, STRONG_CONTRIBUTORS_MIN) if self.strong else (ROSTER_MIN, CONTRIBUTORS_MIN)
        )
        object.__setattr__(self, "roster_min", max(self.roster_min, people))
        object.__setattr__(self, "contributors_min", max(self.contributors_min, taking_part))

    @property
    def eps(self) -> Fraction:
        return STRONG_EPS if self.strong else EPS


STANDARD = Guarantee()


def strictest(guarantees: Iterable[Guarantee]) -> Guarantee:
    """What keeps to each of them; the constants where there is none."""
    every = (STANDARD, *guarantees)
    return Guarantee(
        strong=any(one.strong for one in every),
        roster_min=max(one.roster_min for one in every),
        contributors_min=max(one.contributors_min for one in every),
    )


def is_looser(wanted: Guarantee, present: Guarantee) -> bool:
    """Whether any of its numbers is looser than what people were told."""
    return strictest((wanted, present)) != wanted


def may_publish(roster: int, contributors: int, guarantee: Guarantee = STANDARD) -> bool:
    """Whether a group's period may have words at all: by participation alone, never by answers."""
    return roster >= guarantee.roster_min and contributors >= guarantee.contributors_min


def may_draw(marked: datetime | None, begins_at: datetime) -> bool:
    """Whether a period lies wholly after all for which updates were drawn; marked: until when they were."""
    return marked is None or marked <= begins_at


def is_behind(marked: datetime | None, drawn: datetime | None) -> bool:
    """Whether a mark knows less than the database: it is missing, an old copy, or another machine's."""
    return drawn is not None and (marked is None or marked < drawn)


def at_most(updates: int, eps: Fraction = EPS) -> str:
    """How far somebody who knew every other answer could get from 50:50, as "73:27".

    One update moves the odds by a factor of exp(eps) at the most, several multiply.
    """
    odds = math.exp(float(eps) * updates)
    right = round(100 * odds / (1 + odds))
    return f"{right}:{100 - right}"


def promise_numbers(guarantee: Guarantee = STANDARD) -> dict[str, str | int]:
    """Every number in the words staff read, computed, by the placeholder's name."""
    return {
        "roster_min": guarantee.roster_min,
        "contributors_min": guarantee.contributors_min,
        "weeks": PERIOD_WEEKS,
        "one_update": at_most(1, guarantee.eps),
        "three_updates": at_most(UPDATES_PER_BLOCK, guarantee.eps),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Stricter:
    """What an administrator chose that does not hold yet. from_on: the Monday from which it does."""

    guarantee: Guarantee
    from_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class WhoSees:
    """Who sees what in one person's group, with Slack ids, as that person is told it.

    reader_ids: all who read the group's words. key_holder: who runs the server and holds its keys;
    key_holder_conflict: that person supervises, leads or hires here. words_possible: the group is
    large enough for words at all. guarantee: the numbers that hold now; stricter: those to come;
    tightened_on: the days on which an admin chose stricter ones (SF13).
    """

    supervisor_id: str | None
    reader_ids: tuple[str, ...] = ()
    key_holder: str = ""
    key_holder_conflict: bool = False
    words_possible: bool = True
    guarantee: Guarantee = STANDARD
    stricter: Stricter | None = None
    tightened_on: tuple[date, ...] = ()
    answers_kept_weeks: int = 13
