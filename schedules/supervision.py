"""The supervisor's weekly message: planned for the first working morning of each week, whatever the data."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from bot.blocks import supervision as screens
from bot.blocks.elements import Message
from bot.blocks.supervision import TeamSection
from bot.content.holidays import calendar_of
from bot.domain.localtime import local, week_of
from bot.domain.members import Member, PersonRef, Team
from bot.domain.notices import Kind, notice
from bot.domain.supervision import KEPT_FOR, next_message_at, prompt_number
from schedules.setting import BATCH, Recipe, Scene, Setting, each_apart
from storage import asks, checkins, members, outbox, privacy, rules, teams, workspaces
from storage.database import Tx
from storage.rules import RuleKind


def plan_weekly(setting: Setting, workspace: str) -> bool:
    """Plan the message of every supervisor whose morning has come; True when there was work."""
    now = setting.now()
    with setting.store.read(workspace) as tx:
        due = rules.list_due(tx, RuleKind.WEEKLY, now, BATCH)
    for ref in due:
        each_apart(
            setting,
            workspace,
            partial(plan_one, ref=ref, now=now),
            partial(rules.set_next_due, ref=ref, kind=RuleKind.WEEKLY),
        )
    return bool(due)


def plan_one(tx: Tx, ref: PersonRef, now: datetime) -> None:
    """Plan one supervisor's message of this week and when to look at them again."""
    epoch_on = workspaces.get(tx).epoch_on
    member = members.known(tx, ref, now)
    due_at = rules.next_due_at(tx, ref, RuleKind.WEEKLY)
    if epoch_on is None or due_at is None or not member.person.active:
        rules.set_next_due(tx, None, ref=ref, kind=RuleKind.WEEKLY)
        return
    _plan(tx, member, due_at, week_of(epoch_on, local(due_at, member.person.tz).date()))
    after = next_message_at(epoch_on, due_at + timedelta(days=1), now, calendar_of(member, now))
    rules.set_next_due(tx, after, ref=ref, kind=RuleKind.WEEKLY)


def _plan(tx: Tx, member: Member, due_at: datetime, week: int) -> None:
    on = local(due_at, member.person.tz).date()
    if checkins.add_weekly(tx, member.ref, on):
        expires_at = due_at + KEPT_FOR
        facts = {"week": week}
        outbox.add(
            tx, notice(Kind.WEEKLY, member.ref, f"w{week}", due_at, expires_at=expires_at, facts=facts)
        )


def _wanted(scene: Scene) -> bool:
    return scene.member.person.active and bool(teams.list_read_by(scene.tx, scene.to))


def _render(scene: Scene) -> Message:
    supervised = teams.list_read_by(scene.tx, scene.to)
    return screens.weekly(
        scene.words,
        prompt=prompt_number(scene.week),
        teams=tuple(_section(scene, team) for team in supervised),
        open_asks=bool(asks.list_to(scene.tx, scene.to)),
    )


def _section(scene: Scene, team: Team) -> TeamSection:
    started_this_week = team.started_at is None or scene.claim.due_at - team.started_at < timedelta(weeks=1)
    return TeamSection(
        name=team.name,
        words_possible=privacy.words_possible(scene.tx, team, scene.now),
        why_said_before=not (started_this_week or scene.week == 0),
    )


RECIPES = {Kind.WEEKLY: Recipe(wanted=_wanted, render=_render)}
