"""What setting up a team sends: the leader's promise asked for, the start told, the crisis lines to pin."""

from __future__ import annotations

from bot.blocks import crisis
from bot.blocks import teams as screens
from bot.blocks.elements import Message
from bot.domain.localtime import local
from bot.domain.members import PersonRef, TeamState
from bot.domain.notices import Kind
from schedules.setting import Recipe, Scene
from storage import privacy, teams


def _promise_wanted(scene: Scene) -> bool:
    team = teams.get(scene.tx, str(scene.claim.facts["team"]))
    return team is not None and team.waits_for_promise and team.leader == scene.to


def _promise(scene: Scene) -> Message:
    team = scene.team()
    return screens.promise_request(
        scene.words,
        team_id=team.team_id,
        name=team.name,
        admin_id=scene.user_id(PersonRef(str(scene.claim.facts["admin"]))),
    )


def _has_started(scene: Scene) -> bool:
    return scene.team().state is TeamState.STARTED


def _started(scene: Scene) -> Message:
    team, epoch_on = scene.team(), scene.epoch_on
    if epoch_on is None:
        raise KeyError("epoch")
    is_ahead = local(scene.now, team.tz).date() < epoch_on
    return screens.team_started(
        scene.words,
        team_id=team.team_id,
        name=team.name,
        channel_id=team.channel_id or "",
        first_week_on=epoch_on if is_ahead else None,
        small=not privacy.words_possible(scene.tx, team, scene.now),
    )


def _pin(scene: Scene) -> Message:
    team = scene.team()
    return crisis.pin_text(scene.content.words(team.language), country=team.country)


RECIPES = {
    Kind.PROMISE: Recipe(wanted=_promise_wanted, render=_promise),
    Kind.TEAM_STARTED: Recipe(wanted=_has_started, render=_started),
    Kind.PIN: Recipe(wanted=_has_started, render=_pin),
}
