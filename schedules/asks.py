"""Asks as time moves them: the deputy after four working hours, the asker told after a working day."""

from __future__ import annotations

from datetime import datetime

from bot.blocks import asks as screens
from bot.blocks.elements import Message
from bot.domain import asks as asking
from bot.domain.asks import Ask, AskState
from bot.domain.members import PersonRef
from bot.domain.notices import Kind, notice
from schedules.setting import Recipe, Scene
from storage import asks, members, outbox, timers
from storage.database import Tx
from storage.timers import Timer


def ask_deputy(tx: Tx, timer: Timer, now: datetime) -> None:
    """Nobody answered within four working hours and the asker allowed it: the deputy is asked too."""
    ask = _ask(tx, timer)
    if ask and ask.deputy and asks.set_also_asked(tx, ask.ask_id, ask.deputy):
        _add(tx, timer, ask, Kind.ASK, ask.deputy, now)


def tell_unanswered(tx: Tx, timer: Timer, now: datetime) -> None:
    """A working day has gone by: the asker hears it and is offered somebody else."""
    ask = _ask(tx, timer)
    if ask and asks.move(tx, ask.ask_id, (AskState.OPEN,), AskState.UNANSWERED):
        _add(tx, timer, ask, Kind.ASK_UNANSWERED, ask.asker, now)
        timers.put(tx, timer.entity, asking.END, now + asking.ENDS_AFTER)


def follow_up(tx: Tx, timer: Timer, now: datetime) -> None:
    """The next working day after the talk was to be: one neutral note asks whether it happened."""
    ask = _ask(tx, timer)
    if ask and ask.state in asking.AGREED_STATES:
        _add(tx, timer, ask, Kind.ASK_FOLLOW_UP, ask.asker, now, f"|{timer.due_at:%Y%m%d}")
        timers.put(tx, timer.entity, asking.END, now + asking.ENDS_AFTER)


def end(tx: Tx, timer: Timer, _now: datetime) -> None:
    """Two weeks after the last note nobody has touched the ask: it ends, and hangs over nobody."""
    ask = _ask(tx, timer)
    if ask:
        asks.move(tx, ask.ask_id, (*asking.WAITING, *asking.AGREED_STATES), AskState.NO_LONGER)


def _add(tx: Tx, timer: Timer, ask: Ask, kind: Kind, to: PersonRef, now: datetime, when: str = "") -> None:
    """What a timer calls for. when: tells it from the same note about the same ask at another time."""
    about, facts = f"{ask.ask_id}{when}", {"ask": ask.ask_id}
    outbox.add(tx, notice(kind, to, about, now, called_for_at=timer.due_at, facts=facts))


def _ask(tx: Tx, timer: Timer) -> Ask | None:
    return asks.get(tx, timer.entity.split("|")[1])


def _of(scene: Scene) -> Ask:
    """The ask a notice is about; KeyError when it was erased."""
    ask = asks.get(scene.tx, str(scene.claim.facts["ask"]))
    if ask is None:
        raise KeyError("ask")
    return ask


def _waits(scene: Scene) -> bool:
    ask = asks.get(scene.tx, str(scene.claim.facts["ask"]))
    return ask is not None and ask.waits_for(scene.to)


def _is_answered(scene: Scene) -> bool:
    return _of(scene).state in asking.ANSWERS


def _is_unanswered(scene: Scene) -> bool:
    return _of(scene).state is AskState.UNANSWERED


def _is_agreed(scene: Scene) -> bool:
    return _of(scene).state in asking.AGREED_STATES


def _card(scene: Scene) -> Message:
    ask = _of(scene)
    return screens.ask_card(
        scene.words,
        ask_id=ask.ask_id,
        asker_id=scene.user_id(ask.asker),
        state=ask.state,
        for_deputy=scene.to == ask.also_asked,
    )


def _told(scene: Scene) -> Message:
    ask = _of(scene)
    return screens.told(
        scene.words,
        ask_id=ask.ask_id,
        outcome=ask.state,
        recipient_id=scene.user_id(ask.answered_by or ask.recipient),
        meet_at=ask.meet_at,
        next_id=scene.user_id(ask.next_person) if ask.next_person else None,
    )


def _unanswered(scene: Scene) -> Message:
    ask = _of(scene)
    asked = (ask.recipient, ask.also_asked)
    others = (ref for ref in asking.recipients(ask.asker, scene.member.team) if ref not in asked)
    return screens.unanswered(
        scene.words,
        ask_id=ask.ask_id,
        recipient_id=scene.user_id(ask.recipient),
        others=tuple(scene.user_id(ref) for ref in others if members.is_here(scene.tx, ref)),
    )


RECIPES = {
    Kind.ASK: Recipe(wanted=_waits, render=_card),
    Kind.ASK_TOLD: Recipe(wanted=_is_answered, render=_told),
    Kind.ASK_UNANSWERED: Recipe(wanted=_is_unanswered, render=_unanswered),
    Kind.ASK_FOLLOW_UP: Recipe(
        wanted=_is_agreed,
        render=lambda scene: screens.did_it_happen(scene.words, ask_id=str(scene.claim.facts["ask"])),
    ),
}

TIMERS = {
    asking.ASK_DEPUTY: ask_deputy,
    asking.TELL_UNANSWERED: tell_unanswered,
    asking.FOLLOW_UP: follow_up,
    asking.END: end,
}
