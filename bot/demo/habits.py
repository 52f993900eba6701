"""How the cast answers by itself: a level for each person, a wave each team shares, some chance.

Everything follows from names and week, so that a run can be repeated exactly.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from bot.demo.cast import Player


class Reaction(StrEnum):
    """What somebody does with a card."""

    ANSWER = "answer"
    BLANK = "blank"
    LATER = "later"
    DECLINE = "decline"
    NOTHING = "nothing"


REST = ((Reaction.LATER, 0.2), (Reaction.DECLINE, 0.2), (Reaction.BLANK, 0.05))
"""Of the cards that are not answered at once: what becomes of them, the rest being left alone."""


SAYING_WEEK = 2
"""In which week of each four people say things with others, counted from 0."""
HEARD_OFTEN = ("hands", "fair", "asked")
"""Lines that people of the agency choose now and then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """swapped: every answer is given from the other end of its scale; nothing else differs."""

    swapped: bool = False

    def reaction(self, player: Player, week: int, nth_card: int) -> Reaction:
        """What a player does with the nth card of a week, counted from 0."""
        chance = Random(f"{player.id}|{week}|{nth_card}|reaction").random()
        if chance < player.answers:
            return Reaction.ANSWER
        left = (chance - player.answers) / (1 - player.answers)
        for reaction, share in REST:
            if left < share:
                return reaction
            left -= share
        return Reaction.NOTHING

    def value(self, player: Player, week: int, key: str, most: int) -> int:
        """The answer to a question whose scale goes from 1 to most."""
        chance = Random(f"{player.id}|{week}|{key}")
        wave = 0.7 * math.sin(2 * math.pi * week / 13 + Random(player.team).random() * 6)
        wanted = (player.level + wave + chance.gauss(0, 0.7)) * most / 5
        value = min(most, max(1, round(wanted)))
        return most + 1 - value if self.swapped else value

    def says(self, player: Player, week: int) -> tuple[str, ...]:
        """What a player says with others right after a check-in, whatever they answered in it."""
        if week % 4 != SAYING_WEEK:
            return ()
        return tuple(line for line in HEARD_OFTEN if Random(f"{player.id}|{week}|{line}").random() < 0.4)
