"""What people said with others when a period ends: counted, then told to the level above (privacy §5)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from bot.blocks import raises as screens
from bot.blocks.elements import Message
from bot.blocks.raises import SaidAbove
from bot.content import Content
from bot.content.holidays import calendar_of
from bot.domain.localtime import freeze_at
from bot.domain.members import PersonRef
from bot.domain.notices import Kind, notice
from bot.domain.raises import needed, reached
from bot.domain.supervision import next_message_at
from schedules.setting import Recipe, Scene
from storage import digests, members, outbox, raises, teams, workspaces
from storage.database import Tx
from storage.digests import Release, ReleaseState


def count_raises(
    tx: Tx, content: Content, found: Release, people: Collection[PersonRef], roster: int
) -> None:
    """Keep what enough of a group's people chose, in every language; who they are is forgotten here.

    roster: the frozen roster as the period began, whose number staff were told. people: those of it who
    read no line of the group.
    """
    many = needed(roster)
    if many is None:
        return
    shown = reached(raises.chosen(tx, people, found.period), many)
    said = {
        phrase: {code: content.words(code).phrase(phrase) for code in content.languages} for phrase in shown
    }
    digests.keep_raised(tx, found.group_id, found.period, said)


def plan_told_above(tx: Tx, period: int, now: datetime) -> None:
    """A message for everybody above a group that said something for them, on their first working morning."""
    for found in digests.list_period(tx, period):
        for ref in _told_above(tx, found):
            _plan(tx, ref, period, now)


def _told_above(tx: Tx, found: Release) -> tuple[PersonRef, ...]:
    """Who reads what a group says for the level above, and gets no weekly message in which it stands."""
    if found.state is ReleaseState.SUPPRESSED:
        return ()
    reading = raises.readers(tx, found.teams)
    apart = sorted(reading.above - reading.weekly)
    return tuple(ref for ref in apart if raises.said_to(tx, found, ref).above)


def _plan(tx: Tx, ref: PersonRef, period: int, now: datetime) -> None:
    epoch_on = workspaces.get(tx).epoch_on
    if epoch_on is None:
        return
    frozen_at = freeze_at(epoch_on, period)
    working = calendar_of(members.known(tx, ref, now), now)
    due_at = next_message_at(epoch_on, frozen_at, frozen_at, working)
    outbox.add(tx, notice(Kind.RAISED, ref, f"p{period}", due_at, facts={"period": period}))


def _above(scene: Scene) -> tuple[SaidAbove, ...]:
    """What the reader is told, group by group, as roles are now."""
    period = int(scene.claim.facts["period"])
    released = (
        found for found in digests.list_period(scene.tx, period) if found.state is ReleaseState.RELEASED
    )
    return tuple(
        SaidAbove(groups=teams.names(scene.tx, found.teams), said=said)
        for found in released
        if scene.to in raises.readers(scene.tx, found.teams).above
        and (said := raises.said_to(scene.tx, found, scene.to).above)
    )


def _waits(scene: Scene) -> bool:
    """An update with which it belongs is still being made."""
    return digests.has_debited(scene.tx)


def _wanted(scene: Scene) -> bool:
    return scene.member.person.active and (_waits(scene) or bool(_above(scene)))


def _render(scene: Scene) -> Message:
    return screens.told_above(scene.words, _above(scene))


RECIPES = {Kind.RAISED: Recipe(wanted=_wanted, render=_render, waits=_waits)}
