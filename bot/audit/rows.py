"""The rows of `choir verify-privacy`, in the order in which they are run."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bot.audit import crowds, doubles, histories, killing, lanes, periods, refusals, traces
from bot.proof import draws, exact, games, one_person, thresholds, watching, wording, worth
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
        id="P5",
        promise="Whatever people answer, nobody else reaches anything that would be different, words apart.",
        checks=(doubles.check,),
    ),
    Row(
        id="P6",
        promise="Everybody is in one group at most, and whoever reads a line does not count in it.",
        checks=(histories.check,),
    ),
    Row(
        id="P7",
        promise="A group gets one draw for four weeks at the most, whatever breaks; its row never changes.",
        checks=(periods.check, killing.check),
    ),
    Row(
        id="P8",
        promise="Whoever tries to get more out of a group than was promised is refused.",
        checks=(refusals.check,),
    ),
    Row(
        id="P9",
        promise="Below 8 people, or 6 who took part, nothing is made of answers.",
        checks=(thresholds.check, crowds.check),
    ),
    Row(
        id="G1",
        promise="Somebody who knows all other answers learns no more than the promise says.",
        checks=(games.check_all_others_known,),
    ),
    Row(
        id="G2",
        promise="Somebody's coming or going gives little away to those who see all that is shown.",
        checks=(watching.check_comings,),
    ),
    Row(
        id="G3",
        promise="The line for all groups adds nothing to what its groups were told, nor about other teams.",
        checks=(watching.check_lines_beside,),
    ),
    Row(
        id="G4",
        promise="A group of puppets around one person gets no further than somebody who knows all.",
        checks=(games.check_puppets,),
    ),
    Row(
        id="C0",
        promise="The same attackers break the rules that others use: they are no straw men.",
        checks=(games.check_controls, periods.check_redraw),
    ),
    Row(
        id="S1-S3",
        promise="Nothing typed or answered is left lying about, and what is deleted is gone.",
        checks=(traces.check,),
    ),
    Row(
        id="U1",
        promise="The words of an update are worth having: seldom wrong, and a change shows within months.",
        checks=(worth.check,),
    ),
    Row(
        id="R1",
        promise="What people say with others comes when enough said it, and no sooner; who did is forgotten.",
        checks=(lanes.check,),
    ),
    Row(
        id="W1",
        promise="Staff read the right numbers, and no claim that is too large.",
        checks=(wording.check,),
    ),
)
IDS = tuple(row.id for row in ROWS)


def chosen(only: str | None) -> tuple[Row, ...]:
    """The rows named with commas between them, all if none is; KeyError with a name that is none."""
    names = only.upper().replace(" ", "").split(",") if only else IDS
    for name in names:
        if name not in IDS:
            raise KeyError(name)
    return tuple(row for row in ROWS if row.id in names)
