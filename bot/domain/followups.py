"""What is offered right after a check-in, from the person's own answers and for their eyes alone.

The offers exist in a modal only; no message depends on them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.rotation import CORE, LONG_LISTS

HEAVY, TOO_HEAVY = 4, 5


class Rule(StrEnum):
    """Which line stands above the offers (named as in the follow-up table)."""

    T0 = "T0"
    T1 = "T1"
    T2 = "T2"


class Offer(StrEnum):
    """Something a person can do next."""

    ASK_SUPERVISOR = "ask_supervisor"
    PAUSE_MINUTE = "pause_minute"
    WHO_SEES = "who_sees"
    CRISIS = "crisis"


ORDER = (Offer.ASK_SUPERVISOR, Offer.PAUSE_MINUTE, Offer.WHO_SEES, Offer.CRISIS)
"""People and load before breathing (study L245, L571-581)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """shown: at once, at most three; more: behind one button. Empty shown: nothing is pushed."""

    rule: Rule
    shown: tuple[Offer, ...]
    more: tuple[Offer, ...]


def rule_for(answers: Mapping[str, int]) -> Rule:
    """T2 at the heaviest answer to the core question, T1 one below, else T0; a blank is T0."""
    weight = answers.get(CORE, 0)
    if weight >= TOO_HEAVY:
        return Rule.T2
    return Rule.T1 if weight == HEAVY else Rule.T0


def choose(answers: Mapping[str, int], asked: tuple[str, ...], *, has_supervisor: bool) -> Options:
    """The options after a check-in in which those keys were asked.

    has_supervisor: there is somebody else to ask; without, that offer is left out.
    """
    rule = rule_for(answers)
    possible = tuple(offer for offer in ORDER if has_supervisor or offer is not Offer.ASK_SUPERVISOR)
    room = 2 if LONG_LISTS & set(asked) else 3
    shown = () if rule is Rule.T0 else tuple(offer for offer in possible if offer is not Offer.CRISIS)[:room]
    return Options(rule=rule, shown=shown, more=tuple(offer for offer in possible if offer not in shown))
