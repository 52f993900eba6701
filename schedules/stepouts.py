"""Stepping out as time moves it: others are asked, and when it is over nothing is left of it."""

from __future__ import annotations

from datetime import datetime

from bot.blocks import stepouts as screens
from bot.blocks.elements import Message
from bot.domain import asks as asking
from bot.domain import stepouts as stepping
from bot.domain.notices import Kind
from bot.domain.peers import OfferState
from bot.domain.stepouts import StepOut, StepOutState
from schedules.setting import Recipe, Scene, ends_as_planned
from storage import peers, stepouts
from storage.database import Tx
from storage.timers import Timer


def lapse(tx: Tx, timer: Timer, now: datetime) -> None:
    step_out = _of_timer(tx, timer)
    if step_out:
        stepouts.lapse(tx, step_out, now)


def end(tx: Tx, timer: Timer, _now: datetime) -> None:
    step_out = _of_timer(tx, timer)
    if step_out:
        stepouts.end(tx, step_out)


def _of_timer(tx: Tx, timer: Timer) -> StepOut | None:
    return stepouts.hold(tx, timer.entity.split("|")[1])


def _known(scene: Scene) -> StepOut | None:
    return stepouts.get(scene.tx, str(scene.claim.facts["step_out"]))


def _of(scene: Scene) -> StepOut:
    """What a notice is about; KeyError when it is over."""
    step_out = _known(scene)
    if step_out is None:
        raise KeyError("step_out")
    return step_out


def _is_asked(scene: Scene) -> bool:
    about = str(scene.claim.facts["step_out"])
    return peers.list_offers(scene.tx, about).get(scene.to) is OfferState.OPEN


def _offer(scene: Scene) -> Message:
    step_out = _of(scene)
    return screens.offer(scene.words, step_out_id=step_out.step_out_id, until_at=step_out.until_at)


def _is_covered(scene: Scene) -> bool:
    step_out = _known(scene)
    return step_out is not None and step_out.state is StepOutState.COVERED


def _found(scene: Scene) -> Message:
    step_out = _of(scene)
    if step_out.peer is None:
        raise KeyError("peer")
    peer_id = scene.user_id(step_out.peer)
    return screens.found(scene.words, peer_id=peer_id, until_at=step_out.until_at)


def _is_uncovered(scene: Scene) -> bool:
    step_out = _known(scene)
    return step_out is not None and step_out.state is StepOutState.UNCOVERED


def _none(scene: Scene) -> Message:
    can_ask = bool(asking.recipients(scene.to, scene.member.team))
    return screens.none(scene.words, can_ask=can_ask)


def _is_out(scene: Scene) -> bool:
    return _known(scene) is not None


def _cover_asked(scene: Scene) -> Message:
    step_out = _of(scene)
    return screens.cover_asked(scene.words, asker_id=scene.user_id(step_out.ref), until_at=step_out.until_at)


RECIPES = {
    Kind.COVER_OFFER: Recipe(wanted=_is_asked, render=_offer, ends_at=ends_as_planned),
    Kind.COVER_FOUND: Recipe(wanted=_is_covered, render=_found, ends_at=ends_as_planned),
    Kind.COVER_NONE: Recipe(wanted=_is_uncovered, render=_none, ends_at=ends_as_planned),
    Kind.COVER_ASKED: Recipe(wanted=_is_out, render=_cover_asked, ends_at=ends_as_planned),
}

TIMERS = {stepping.LAPSE: lapse, stepping.END: end}
