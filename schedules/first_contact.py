"""First contact: the one message that says what this is, before anything is asked."""

from __future__ import annotations

from bot.blocks import first_contact as screens
from bot.blocks.elements import Message
from bot.domain.notices import Kind
from schedules.setting import Recipe, Scene
from storage import planning


def _wanted(scene: Scene) -> bool:
    return scene.member.person.active and scene.member.team is not None


def _render(scene: Scene) -> Message:
    member = scene.member
    facts = screens.facts_of(member, scene.who_sees(), planning.first_on(scene.tx, member, scene.now))
    return screens.first_contact(scene.words, facts, accepted=member.preferences.accepted)


RECIPES = {Kind.FIRST_CONTACT: Recipe(wanted=_wanted, render=_render)}
