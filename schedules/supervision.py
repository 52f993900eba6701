"""The supervisor's weekly message: planned for the first working morning of each week, whatever the data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial

from bot.blocks import supervision as screens
from bot.blocks.digests import Picture, update_from
from bot.blocks.elements import Message
from bot.blocks.supervision import TeamSection
from bot.content.holidays import calendar_of, calendar_of_team, known_calendar_of
from bot.domain.asks import WAITING
from bot.domain.checkins import Reason
from bot.domain.localtime import (
    first_working_morning,
    local,
    monday_of,
    period_starts_at,
    same_hour_next_working_day,
    week_of,
)
from bot.domain.members import Member, PersonRef, Team
from bot.domain.notices import Kind, notice
from bot.domain.supervision import (
    Shown,
    message_ends_at,
    next_message_at,
    next_update_on,
    prompt_number,
    update_to_tell,
)
from schedules.digests import drawing, is_ending, shown
from schedules.setting import BATCH, Pictured, Recipe, Scene, Setting, each_apart, ends_as_planned
from storage import asks, checkins, digests, members, outbox, privacy, raises, rules, teams, workspaces
from storage.database import Tx
from storage.digests import Release, ReleaseState
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
    """Plan one supervisor's message of a week and when to look at them again; twice plans nothing twice.

    When to look is only that: the message itself is due at 09:30 where they are now, on the first morning
    that others may take for a working one. From then on their teams may read the update.
    """
    epoch_on, member = workspaces.get(tx).epoch_on, members.known(tx, ref, now)
    look_at, since = rules.next_due_at(tx, ref, RuleKind.WEEKLY), rules.since(tx, ref, RuleKind.WEEKLY)
    if epoch_on is None or look_at is None or since is None or not member.person.active:
        rules.set_next_due(tx, None, ref=ref, kind=RuleKind.WEEKLY)
        return
    working = known_calendar_of(member, now)
    week = max(0, week_of(epoch_on, local(look_at, member.person.tz).date()))
    due_at = first_working_morning(monday_of(epoch_on, week), working)
    if due_at is None or due_at <= now:
        if due_at is not None and since <= due_at:
            _plan(tx, member, epoch_on, due_at, now, week)
        done = (due_at or look_at) + timedelta(days=1)
        due_at = next_message_at(epoch_on, done, done, working)
    rules.set_next_due(tx, due_at, ref=ref, kind=RuleKind.WEEKLY)


def _plan(tx: Tx, member: Member, epoch_on: date, due_at: datetime, now: datetime, week: int) -> None:
    """The message, on the first day on which they are not away, and their teams' posts."""
    tz = member.person.tz
    own_at = first_working_morning(monday_of(epoch_on, week), calendar_of(member, now))
    if not checkins.add_weekly(tx, member.ref, local(due_at, tz).date(), None if own_at else Reason.LEAVE):
        return
    period = update_to_tell(week, outbox.last_told(tx, member.ref))
    facts = {"week": week} if period is None else {"week": week, "period": period}
    ends_at = message_ends_at(epoch_on, week, tz)
    if own_at:
        outbox.add(tx, notice(Kind.WEEKLY, member.ref, f"w{week}", own_at, expires_at=ends_at, facts=facts))
    if period is not None:
        _plan_team_posts(tx, member, due_at, max(due_at, now), period)


def _plan_team_posts(tx: Tx, member: Member, due_at: datetime, after: datetime, period: int) -> None:
    """The same words to the channels of a supervisor's teams, 24 working hours later (changes 9).

    due_at: when the supervisor's message was due; after: when it goes out, which may be later.
    """
    for team in teams.list_read_by(tx, member.ref):
        if team.supervisor != member.ref or not team.channel_id:
            continue
        earliest, post_at = (
            same_hour_next_working_day(at, calendar_of_team(team, at)) for at in (due_at, after)
        )
        about = f"p{period}|{team.team_id}"
        facts: dict[str, str | int] = {"team": team.team_id, "period": period}
        channel = team.channel_id
        post = notice(
            Kind.TEAM_POST, None, about, post_at, called_for_at=earliest, channel=channel, facts=facts
        )
        outbox.add(tx, post)


def _period(scene: Scene) -> int | None:
    """The period whose update this message carries, if it carries one."""
    period = scene.claim.facts.get("period")
    return None if period is None else int(period)


def _wanted(scene: Scene) -> bool:
    return scene.member.person.active and bool(teams.list_read_by(scene.tx, scene.to))


def _render(scene: Scene) -> Message | Pictured:
    """One message; with a picture for each group that has an update."""
    received = asks.list_to(scene.tx, scene.to)
    sections, open_asks = _sections(scene), any(ask.state in WAITING for ask in received)
    words, prompt = scene.words, prompt_number(scene.week)

    def with_pictures(pictures: Sequence[Picture | None]) -> Message:
        left = iter(pictures)
        pictured = [_pictured(section, left) for section, _ in sections]
        return screens.weekly(words, prompt=prompt, teams=pictured, open_asks=open_asks)

    drawings = tuple(drawing(words, update) for _, update in sections if update)
    message = with_pictures([None] * len(drawings))
    return Pictured(message=message, drawings=drawings, with_pictures=with_pictures) if drawings else message


def _pictured(section: TeamSection, left: Iterator[Picture | None]) -> TeamSection:
    """A section with the next picture, if it has an update."""
    if section.update is None:
        return section
    return replace(section, update=replace(section.update, picture=next(left)))


def _sections(scene: Scene) -> tuple[tuple[TeamSection, Shown | None], ...]:
    """A section for each group that the reader reads, and its update; teams shown together share one.

    An update of teams that a new block has grouped otherwise has a section of its own.
    """
    found: dict[tuple[str, ...], tuple[TeamSection, Shown | None]] = {}
    for team in teams.list_read_by(scene.tx, scene.to):
        shown_with = privacy.group_with(scene.tx, team, scene.now) or (team.team_id,)
        update = _update_of(scene, team)
        if update and update.teams != shown_with:
            found.setdefault(update.teams, _ended(scene, team, update))
            update = None
        if shown_with not in found:
            found[shown_with] = _section(scene, team, shown_with, update)
    return tuple(found.values())


def _ended(scene: Scene, team: Team, update: Release) -> tuple[TeamSection, Shown | None]:
    """The last update of a group that is no more."""
    others = _others(scene, team, update.teams)
    section = TeamSection(name=team.name, together_with=others, words_possible=True, regrouped=True)
    return _with_update(scene, section, update)


def _section(
    scene: Scene, team: Team, shown_with: tuple[str, ...], update: Release | None
) -> tuple[TeamSection, Shown | None]:
    epoch_on = scene.epoch_on
    section = TeamSection(
        name=team.name,
        together_with=_others(scene, team, shown_with),
        words_possible=privacy.words_possible(scene.tx, team, scene.now),
        guarantee=privacy.guarantee(scene.tx),
        next_update_on=next_update_on(epoch_on, scene.week, scene.calendar()) if epoch_on else None,
        why_said_before=_was_written_before(scene, team),
    )
    return _with_update(scene, section, update) if update else (section, None)


def _others(scene: Scene, team: Team, group: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_name(scene, other) for other in group if other != team.team_id)


def _update_of(scene: Scene, team: Team) -> Release | None:
    """The row of the period whose update this message carries, if it carries one."""
    period = _period(scene)
    return digests.group_of(scene.tx, team.team_id, period) if period is not None else None


def _with_update(scene: Scene, section: TeamSection, found: Release) -> tuple[TeamSection, Shown | None]:
    match found.state:
        case ReleaseState.RELEASED:
            update = shown(scene, found)
            said = raises.said_to(scene.tx, found, scene.to)
            name, *others = update.teams
            named = replace(section, name=name, together_with=tuple(others))
            return replace(named, update=update_from(scene.words, update, said)), update
        case ReleaseState.SUPPRESSED:
            said_before = digests.was_suppressed(scene.tx, found.group_id, found.period)
            held = privacy.guarantee_of(scene.tx, found.period)
            return replace(section, suppressed=True, why_said_before=said_before, guarantee=held), None
        case _:
            return replace(section, lost=True), None


def _waits(scene: Scene) -> bool:
    """An update that this message may carry is still being made."""
    return _period(scene) is not None and is_ending(scene.tx, scene.now)


def _name(scene: Scene, team_id: str) -> str:
    team = teams.get(scene.tx, team_id)
    return team.name if team else ""


def _was_written_before(scene: Scene, team: Team) -> bool:
    """An earlier weekly message spoke of this team as it stands: what is said once was said then."""
    if team.started_at is None or scene.epoch_on is None or scene.week == 0:
        return False
    grouped = digests.last_grouped(scene.tx, team.team_id)
    alone_from = team.started_at if grouped is None else period_starts_at(scene.epoch_on, grouped + 1)
    return scene.claim.due_at - max(team.started_at, alone_from) >= timedelta(weeks=1)


RECIPES = {Kind.WEEKLY: Recipe(wanted=_wanted, render=_render, waits=_waits, ends_at=ends_as_planned)}
