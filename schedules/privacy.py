"""What everybody on a team is told when an admin made the numbers of the release rule stricter."""

from __future__ import annotations

from dataclasses import asdict

from bot.blocks import privacy as screens
from bot.blocks.elements import Message
from bot.domain.localtime import WEEKS_IN_PERIOD, monday_of
from bot.domain.notices import Kind
from bot.domain.privacy import Guarantee, Stricter
from schedules.setting import Recipe, Scene
from storage import privacy


def _wanted(scene: Scene) -> bool:
    """Not once even stricter numbers were chosen for the same period, of which there is a notice too."""
    is_newest = asdict(_chosen(scene)).items() <= dict(scene.claim.facts).items()
    return is_newest and scene.member.person.active and not scene.member.preferences.stopped


def _render(scene: Scene) -> Message:
    epoch_on = scene.epoch_on
    if epoch_on is None:
        raise KeyError("epoch")
    from_on = monday_of(epoch_on, _period(scene) * WEEKS_IN_PERIOD)
    return screens.told_stricter(scene.words, Stricter(guarantee=_chosen(scene), from_on=from_on))


def _chosen(scene: Scene) -> Guarantee:
    return privacy.guarantee_of(scene.tx, _period(scene))


def _period(scene: Scene) -> int:
    return int(scene.claim.facts["period"])


RECIPES = {Kind.STRICTER: Recipe(wanted=_wanted, render=_render)}
