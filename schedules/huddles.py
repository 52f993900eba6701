"""Huddles as time moves them: the card in the channel, the link below it, what follows, and forgetting."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.blocks import huddles as screens
from bot.blocks.elements import Message
from bot.blocks.huddles import HuddleCard
from bot.content import Words
from bot.domain import huddles as huddling
from bot.domain.huddles import RUNNING, Huddle, HuddleState
from bot.domain.notices import Facts, Kind, notice
from bot.slack import Refused, Sent, TryLater
from schedules import circles
from schedules.setting import BATCH, Arrival, Recipe, Scene, Setting, ends_as_planned
from storage import huddles, members, outbox, teams, workspaces
from storage.database import Tx
from storage.timers import Timer

REFUSED = "refused"
"""What a recipe is told of a notice that Slack will not take."""


# ---- what timers do


def lapse(tx: Tx, timer: Timer, now: datetime) -> None:
    """An hour has gone by with fewer than two: it ends, and whoever started it hears so."""
    huddle = _of_timer(tx, timer)
    if huddle and huddle.state is HuddleState.OPEN:
        _end_and_tell(tx, huddle, HuddleState.NOT_ENOUGH, now)
        if huddle.circle_id:
            circles.note_missed(tx, huddle.circle_id, now)


def aftercare(tx: Tx, timer: Timer, now: datetime) -> None:
    """The huddle is over: who was in is forgotten, and the thread gets what follows one, once."""
    huddle = _of_timer(tx, timer)
    if huddle and huddles.end(tx, huddle, HuddleState.OVER, now):
        facts: Facts = {"huddle": huddle.huddle_id, "team": huddle.team_id, "asked_for": 1}
        told = notice(Kind.HUDDLE_AFTER, None, huddle.huddle_id, now, channel=huddle.channel_id, facts=facts)
        outbox.add(tx, told)


def forget(tx: Tx, timer: Timer, _now: datetime) -> None:
    huddles.forget(tx, _id(timer))


def _end_and_tell(tx: Tx, huddle: Huddle, to: HuddleState, now: datetime) -> None:
    if huddles.end(tx, huddle, to, now) and huddle.starter:
        facts: Facts = {"huddle": huddle.huddle_id, "asked_for": 1}
        outbox.add(tx, notice(Kind.HUDDLE_TOLD, huddle.starter, huddle.huddle_id, now, facts=facts))


def _of_timer(tx: Tx, timer: Timer) -> Huddle | None:
    return huddles.hold(tx, _id(timer))


def _id(timer: Timer) -> str:
    return timer.entity.split("|")[1]


# ---- the card that shows how many are in


def show_cards(setting: Setting, workspace: str) -> bool:
    """Let cards read as they are to, one edit for whatever changed since the last; True when any was edited.

    Nobody else edits them, so that of two taps at once the later one stays.
    """
    now = setting.now()
    with setting.store.read(workspace) as tx:
        stale = () if workspaces.may_not_send(tx, now) else huddles.list_stale(tx, BATCH)
        cards = [(huddle, _card_now(tx, setting, huddle)) for huddle in stale]
    edited = [_edit(setting, workspace, huddle, card) for huddle, card in cards]
    return any(edited)


def _edit(setting: Setting, workspace: str, huddle: Huddle, card: Message) -> bool:
    """Whether the card shows it now, or never can (Slack refuses: it was deleted)."""
    outcome = setting.messenger.edit(huddle.channel_id, str(huddle.ts), card)
    with setting.store.begin(workspace) as tx:
        if isinstance(outcome, Sent | Refused):
            huddles.set_shown(tx, huddle)
        elif isinstance(outcome, TryLater):
            workspaces.hold_sending(tx, setting.now() + outcome.after)
    return isinstance(outcome, Sent | Refused)


def _card_now(tx: Tx, setting: Setting, huddle: Huddle) -> Message:
    team = teams.get(tx, huddle.team_id)
    return _card_of(tx, setting.content.words(team.language if team else None), huddle)


def _card_of(tx: Tx, words: Words, huddle: Huddle) -> Message:
    team = teams.get(tx, huddle.team_id)
    supervisor = team.supervisor if team else None
    card = HuddleCard(
        huddle_id=huddle.huddle_id,
        purpose=huddle.purpose,
        state=huddle.state,
        many=huddles.count(tx, huddle.huddle_id),
        open_until=huddle.open_until,
        supervisor_id=members.user_id(tx, supervisor) if supervisor and huddle.with_supervisor else None,
        begins_at=huddle.begins_at,
        host_id=members.user_id(tx, huddle.host) if huddle.host else None,
    )
    return screens.card(words, card)


# ---- notices


def _huddle(scene: Scene) -> Huddle:
    """The huddle a notice is about; KeyError when it was forgotten."""
    huddle = huddles.get(scene.tx, str(scene.claim.facts["huddle"]))
    if huddle is None:
        raise KeyError("huddle")
    return huddle


def _words(scene: Scene) -> Words:
    return scene.content.words(scene.team().language)


def _is_called(scene: Scene) -> bool:
    """While it is open, unless whoever started it has left since."""
    huddle = huddles.get(scene.tx, str(scene.claim.facts["huddle"]))
    if huddle is None or huddle.state is not HuddleState.OPEN:
        return False
    return huddle.starter is None or members.is_here(scene.tx, huddle.starter)


def _is_going(scene: Scene) -> bool:
    return _state(scene) is HuddleState.GOING


def _is_over(scene: Scene) -> bool:
    return _state(scene) is HuddleState.OVER


def _is_to_be_told(scene: Scene) -> bool:
    return _state(scene) in huddling.TO_BE_TOLD


def _state(scene: Scene) -> HuddleState | None:
    huddle = huddles.get(scene.tx, str(scene.claim.facts["huddle"]))
    return huddle.state if huddle else None


def _note_cards(arrivals: Sequence[Arrival]) -> None:
    for arrival in arrivals:
        huddles.set_card(arrival.scene.tx, str(arrival.scene.claim.facts["huddle"]), arrival.ts)


def _not_called(scene: Scene, why: str) -> None:
    """Slack takes no card in this channel (archived, or without the bot): whoever started it hears so."""
    huddle = huddles.get(scene.tx, str(scene.claim.facts["huddle"]))
    if huddle and huddle.state in RUNNING and why == REFUSED:
        _end_and_tell(scene.tx, huddle, HuddleState.REFUSED, scene.now)


def _place(scene: Scene, huddle: Huddle) -> screens.Place:
    room = scene.rooms.for_team(scene.tx.keys.room(scene.tx.workspace, huddle.huddle_id))
    return screens.Place(workspace=scene.tx.workspace, channel=huddle.channel_id, room=room)


def _link(scene: Scene) -> Message:
    return screens.link(_words(scene), _place(scene, _huddle(scene)))


def _begins(scene: Scene) -> Message:
    return screens.begins(scene.words, _place(scene, _huddle(scene)))


def _told(scene: Scene) -> Message:
    huddle = _huddle(scene)
    return screens.told(scene.words, huddle.state, channel_id=huddle.channel_id)


def _thread(scene: Scene) -> str | None:
    return _huddle(scene).ts


RECIPES = {
    Kind.HUDDLE: Recipe(
        wanted=_is_called,
        render=lambda scene: _card_of(scene.tx, _words(scene), _huddle(scene)),
        sent=_note_cards,
        dropped=_not_called,
        ends_at=ends_as_planned,
    ),
    Kind.HUDDLE_LINK: Recipe(wanted=_is_going, render=_link, thread=_thread),
    Kind.HUDDLE_BEGINS: Recipe(wanted=_is_going, render=_begins),
    Kind.HUDDLE_AFTER: Recipe(
        wanted=_is_over, render=lambda scene: screens.aftercare(_words(scene)), thread=_thread
    ),
    Kind.HUDDLE_TOLD: Recipe(wanted=_is_to_be_told, render=_told),
}

TIMERS = {huddling.LAPSE: lapse, huddling.AFTERCARE: aftercare, huddling.FORGET: forget}
