"""The cast at work: whoever nobody plays looks at their cards and reacts, through Slack alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from bot.demo.cast import Player
from bot.demo.habits import Habits, Reaction
from bot.demo.stage import Stage
from bot.sandbox.messages import Message
from bot.sandbox.views import View

START, LATER, DECLINE = "checkin_started", "checkin_put_off", "checkin_declined"
ANSWER, RAISE = "answer_", "raise_opened"


@dataclass(slots=True, kw_only=True)
class Answering:
    """Reacts to cards as they arrive. played: ids of people whom somebody at the page plays."""

    on: Stage
    habits: Habits = field(default_factory=Habits)
    played: Callable[[], frozenset[str]] = frozenset
    _read: dict[str, int] = field(default_factory=dict)
    _cards: Counter[tuple[str, int]] = field(default_factory=Counter)

    def __call__(self) -> bool:
        """React to every new card, person by person; True when somebody did something."""
        acted = [self._look(player) for player in self.on.cast.players]
        return any(acted)

    def _look(self, player: Player) -> bool:
        messages = self.on.sandbox.dm(player.id)
        new = messages[self._read.get(player.id, 0) :]
        self._read[player.id] = len(messages)
        if player.id in self.played():
            return False
        acted = [self._react(player, card) for card in new if week_of_card(card.blocks) is not None]
        return any(acted)

    def _react(self, player: Player, card: Message) -> bool:
        week = week_of_card(card.blocks) or 0
        nth = self._cards[player.id, week]
        self._cards[player.id, week] += 1
        match self.habits.reaction(player, week, nth):
            case Reaction.ANSWER:
                self._answer(player, card, week)
            case Reaction.BLANK:
                self._answer(player, card, week, blank=True)
            case Reaction.LATER if nth == 0:
                self._click(player, card, LATER)
            case Reaction.DECLINE:
                self._click(player, card, DECLINE)
            case _:
                return False
        return True

    def _click(self, player: Player, card: Message, action_id: str) -> None:
        self.on.sandbox.click(player.id, container=card, action_id=action_id)
        self.on.rest()

    def _answer(self, player: Player, card: Message, week: int, *, blank: bool = False) -> None:
        self._click(player, card, START)
        form = self.on.sandbox.views(player.id)[-1]
        values = {} if blank else self._values(player, week, form)
        self.on.sandbox.submit(player.id, form.id, values)
        self.on.rest()
        if said := self.habits.says(player, week):
            self._say(player, said)
        self.on.sandbox.close_view(player.id, form.id, everything=True)

    def _say(self, player: Player, said: Collection[str]) -> None:
        """From the options to the list, where their group has one: tick, and send."""
        options = self.on.sandbox.views(player.id)[-1]
        self.on.sandbox.click(player.id, container=options, action_id=RAISE)
        self.on.rest()
        opened = self.on.sandbox.views(player.id)[-1]
        boxes = [block["element"] for block in opened.blocks if block["type"] == "input"]
        if boxes:
            self.on.sandbox.submit(player.id, opened.id, _ticked(boxes, said))
            self.on.rest()

    def _values(self, player: Player, week: int, form: View) -> dict[str, str]:
        radios = {
            block["element"]["action_id"]: len(block["element"]["options"])
            for block in form.blocks
            if block["type"] == "input"
        }
        return {
            action_id: str(self.habits.value(player, week, action_id.removeprefix(ANSWER), most))
            for action_id, most in radios.items()
        }


def _ticked(boxes: Iterable[dict[str, Any]], said: Collection[str]) -> dict[str, list[str]]:
    """Of each list of lines those that are to be said."""
    listed = {box["action_id"]: [option["value"] for option in box["options"]] for box in boxes}
    chosen = {action_id: [one for one in values if one in said] for action_id, values in listed.items()}
    return {action_id: values for action_id, values in chosen.items() if values}


def week_of_card(blocks: Iterable[dict[str, Any]]) -> int | None:
    """The week of a card that can be started; None for any other message."""
    for block in blocks:
        start = next((one for one in _buttons(block) if one.get("action_id") == START), None)
        if start:
            return int(start["value"])
    return None


def _buttons(block: dict[str, Any]) -> list[dict[str, Any]]:
    return list(block.get("elements", ())) if block["type"] == "actions" else []
