"""The rows of `choir verify-privacy`, in the order in which they are run."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bot.proof import draws, exact, one_person, thresholds, wording
from bot.proof.findings import Effort, Finding

Check = Callable[[Effort], Iterable[Finding]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One promise, in a sentence that needs no mathematics, and all that is tried against it."""

    id: str
    promise: str
    checks: tuple[Check, ...]


ROWS = (
    Row(
        id="P1",
        promise="Nobody's answers make any update more likely than the promise allows.",
        checks=(exact.check,),
    ),
    Row(id="P2", promise="The random amounts are what they are said to be.", checks=(draws.check,)),
    Row(
        id="P3",
        promise="One person moves their group's sum by 4 at most, whatever they answer.",
        checks=(one_person.check_reach,),
    ),
    Row(
        id="P4",
        promise="Whether there is an update, and how it looks at answers, never depends on answers.",
        checks=(one_person.check_blindness,),
    ),
    Row(
        id="P9",
        promise="Below 8 people, or 6 who took part, nothing is made of answers.",
        checks=(thresholds.check,),
    ),
    Row(
        id="W1",
        promise="Staff read the right numbers, and no claim that is too large.",
        checks=(wording.check,),
    ),
)
IDS = tuple(row.id for row in ROWS)
