"""First contact: the one message that says what this is, before anything is asked."""

from __future__ import annotations

from datetime import date

from bot.blocks import first_contact as screens
from bot.blocks.elements import Message
from bot.domain.localtime import local
from bot.domain.members import Length
from bot.domain.notices import Kind
from bot.domain.rotation import keys_for
from schedules.setting import Recipe, Scene
from storage import planning


def _wanted(scene: Scene) -> bool:
    return scene.member.person.active and scene.member.team is not None


def _render(scene: Scene) -> Message:
    team, chosen = scene.member.team, scene.member.preferences
    sees = scene.who_sees()
    asked = keys_for(0, Length.DEFAULT, frozenset(), small=not sees.words_possible)
    facts = screens.FirstContact(
        team=team.name if team else "",
        sees=sees,
        country=scene.member.country,
        weekday=chosen.weekday,
        local_time=chosen.local_time,
        questions=len(asked),
        first_on=_first_on(scene),
    )
    return screens.first_contact(scene.words, facts, accepted=chosen.accepted)


def _first_on(scene: Scene) -> date | None:
    """The local date on which the person's first check-in really comes, as far as it is known now."""
    outlook = planning.next_checkin(scene.tx, scene.to, scene.now)
    return local(outlook.at, scene.member.person.tz).date() if outlook and outlook.at else None


RECIPES = {Kind.FIRST_CONTACT: Recipe(wanted=_wanted, render=_render)}
