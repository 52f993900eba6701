"""Talking together: two people settle on a time in their group message, and a team huddles in its channel."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from slack_bolt import App

from bot.blocks import huddles as screens
from bot.blocks import ids
from bot.blocks.circles import offer
from bot.blocks.elements import Block, View
from bot.blocks.huddles import Meeting, Place, Start
from bot.content import Words
from bot.content.holidays import calendar_of_team
from bot.domain import huddles as huddling
from bot.domain.huddles import RUNNING, Huddle, HuddleState, Purpose
from bot.domain.members import Member, PersonRef, Team
from bot.domain.notices import Facts, Kind, notice
from handlers.circles import may_end, own_team
from handlers.payloads import Malformed
from handlers.visit import (
    Edit,
    FreshHome,
    Listen,
    Replies,
    Show,
    Sorry,
    Turn,
    Visit,
    Whisper,
    for_member,
    for_reader,
)
from storage import circles, huddles, members, outbox, teams, timers
from storage.database import Tx
from storage.timers import huddle_entity

# ---- two people


def meeting_of_two(visit: Visit, channel: str, times: tuple[datetime, ...]) -> Meeting:
    """Where two people meet whose group message was opened, and when both could."""
    name = visit.house.store.keys.room(visit.workspace, channel)
    room = visit.house.rooms.for_two(name)
    return Meeting(place=Place(workspace=visit.workspace, channel=channel, room=room), times=times)


def on_link_opened(_visit: Visit) -> Replies:
    """A link opens by itself; Slack waits for an acknowledgement all the same."""
    return ()


def on_time_chosen(visit: Visit) -> Replies:
    """One of the two set a time: both see it, each in their own zone. It is kept in Slack alone."""
    words, at, meeting = _meant(visit)
    if at <= visit.now:
        return (Sorry(trouble="out_of_date"),)
    message = screens.together(words, replace(meeting, at=at), chosen_by=visit.act.user_id)
    return (Edit(message=message),)


def on_times_reopened(visit: Visit) -> Replies:
    """Another time: what was offered and still lies ahead."""
    words, _, meeting = _meant(visit)
    ahead = screens.still_ahead(meeting.times, visit.now)
    return (Edit(message=screens.together(words, replace(meeting, times=ahead))),)


def _meant(visit: Visit) -> tuple[Words, datetime, Meeting]:
    try:
        language, at, times = screens.from_value(visit.act.value)
    except (ValueError, OverflowError, OSError):
        raise Malformed("time") from None
    meeting = meeting_of_two(visit, visit.act.channel or "", times)
    return visit.house.content.words(language), at, meeting


# ---- a team: starting one


def startable(tx: Tx, member: Member) -> tuple[Team, ...]:
    """The teams for which somebody can call a huddle: their own first, and those that they supervise."""
    supervised = (team for team in teams.list_teams(tx) if team.supervisor == member.ref)
    found = {team.team_id: team for team in (member.team, *supervised) if team}
    return tuple(team for team in found.values() if huddling.can_be_called(team))


def on_huddle_opened(visit: Visit, tx: Tx, member: Member) -> Replies:
    """Start a huddle: from Home, `/choir huddle`, or the card of one that has ended."""
    found = startable(tx, member)
    if not found:
        return (Sorry(trouble="no_huddle"),)
    running = huddles.running(tx, found[0].team_id) if len(found) == 1 else None
    if running:
        return (Show(view=_running_already(visit, member, running)),)
    view = screens.start_form(
        visit.words(member), _start(visit, tx, member, found), *_circle(visit, tx, member, found)
    )
    return (Show(view=view),)


def _circle(visit: Visit, tx: Tx, member: Member, found: tuple[Team, ...]) -> tuple[Block, ...]:
    """The way to meet regularly, for somebody on a team and not in charge of it."""
    team = next((team for team in found if own_team(member, team.team_id)), None)
    if team is None:
        return ()
    circle = circles.of_team(tx, team.team_id)
    can_end = circle is not None and may_end(tx, circle, member)
    return (offer(visit.words(member), team_id=team.team_id, circle=circle, may_end=can_end),)


def _running_already(visit: Visit, member: Member, huddle: Huddle) -> View:
    return screens.running_already(visit.words(member), channel_id=huddle.channel_id)


def _start(visit: Visit, tx: Tx, member: Member, found: tuple[Team, ...]) -> Start:
    """When the first of the teams could be called; the others' calendars are looked at once one is chosen."""
    team = found[0]
    calendar = calendar_of_team(team, visit.now)
    starts_at, _ = huddling.called_for(visit.now, calendar)
    why = huddling.why_later(visit.now, starts_at, calendar)
    is_own = member.team is not None and member.team.team_id == team.team_id
    may_ask = is_own and team.supervisor and team.supervisor != visit.ref
    return Start(
        teams=tuple((each.team_id, each.name) for each in found),
        channel_id=str(team.channel_id),
        starts_at=starts_at if why else None,
        why=why,
        supervisor_id=members.user_id(tx, team.supervisor) if may_ask and team.supervisor else None,
    )


def on_huddle_started(visit: Visit, tx: Tx, member: Member) -> Replies:
    """One card in the team's channel, in working time; a second one at the same moment finds the first."""
    team = _chosen(visit, startable(tx, member))
    teams.hold(tx, team.team_id)
    running = huddles.running(tx, team.team_id)
    if running:
        return (Turn(view=_running_already(visit, member, running)),)
    start = _start(visit, tx, member, (team,))
    huddle = _call(visit, tx, team, along=start.supervisor_id is not None)
    view = screens.started(visit.words(member), start, huddle_id=huddle.huddle_id)
    return (Turn(view=view),)


def _chosen(visit: Visit, found: tuple[Team, ...]) -> Team:
    wanted = visit.act.one(ids.HUDDLE_TEAM)
    team = next((team for team in found if wanted in (None, team.team_id)), None)
    if team is None:
        raise Malformed("team")
    return team


def _call(visit: Visit, tx: Tx, team: Team, *, along: bool) -> Huddle:
    """Call it, with its starter in unless they are in charge. along: the supervisor may be asked."""
    starts_at, open_until = huddling.called_for(visit.now, calendar_of_team(team, visit.now))
    huddle = Huddle(
        huddle_id=huddles.new_id(),
        team_id=team.team_id,
        channel_id=str(team.channel_id),
        purpose=_purpose(visit),
        starts_at=starts_at,
        open_until=open_until,
        starter=visit.ref,
        with_supervisor=along and bool(visit.act.several(ids.ALONG)),
    )
    huddles.add(tx, huddle, () if _why_not(visit, tx, huddle, team) else (visit.ref,))
    outbox.add(tx, huddling.call(huddle))
    timers.put(tx, huddle_entity(huddle.huddle_id), huddling.LAPSE, open_until)
    return huddle


def _purpose(visit: Visit) -> Purpose:
    try:
        return Purpose(visit.act.needed(ids.PURPOSE))
    except ValueError:
        raise Malformed("purpose") from None


def _why_not(visit: Visit, tx: Tx, huddle: Huddle, team: Team) -> huddling.WhyNot | None:
    is_member = visit.ref in teams.list_members(tx, team.team_id, visit.now)
    return huddling.why_not(huddle, team, visit.ref, is_member=is_member)


def on_taken_back(visit: Visit, tx: Tx, member: Member) -> Replies:
    """Whoever started it takes it back before it begins; the card says so, or never comes."""
    huddle = huddles.hold(tx, visit.act.value)
    if huddle is None or huddle.starter != visit.ref or huddle.state is not HuddleState.OPEN:
        return (Sorry(trouble="out_of_date"),)
    huddles.end(tx, huddle, HuddleState.TAKEN_BACK, visit.now)
    return (Turn(view=screens.taken_back(visit.words(member))), FreshHome())


# ---- a team: the card in its channel


def on_joined(visit: Visit, tx: Tx, member: Member) -> Replies:
    """I'm in. With the second person it begins: the link goes below the card, a note to who was in before."""
    found = _tapped(visit, tx)
    if found is None:
        return (Sorry(trouble="out_of_date"),)
    huddle, team = found
    why = _why_not(visit, tx, huddle, team)
    if why:
        return (Whisper(message=screens.not_for_you(visit.words(member), why)),)
    before = huddles.people(tx, huddle.huddle_id)
    huddles.join(tx, huddle.huddle_id, visit.ref)
    state = huddling.after_joining(huddle.state, len({*before, visit.ref}))
    if state is HuddleState.GOING and huddles.move(tx, huddle.huddle_id, (HuddleState.OPEN,), state):
        _begin(visit, tx, huddle, before)
    place = _place(visit, huddle) if state is HuddleState.GOING else None
    return (Whisper(message=screens.joined(visit.words(member), place)),)


def _tapped(visit: Visit, tx: Tx) -> tuple[Huddle, Team] | None:
    """The huddle whose card was tapped, held, while it runs."""
    huddle = huddles.hold(tx, visit.act.value)
    team = teams.get(tx, huddle.team_id) if huddle else None
    if huddle is None or team is None or huddle.state not in RUNNING:
        return None
    if visit.act.ts:
        huddles.set_card(tx, huddle.huddle_id, visit.act.ts)
    return huddle, team


def _begin(visit: Visit, tx: Tx, huddle: Huddle, before: tuple[PersonRef, ...]) -> None:
    over_at, about = huddling.over_at(huddle, visit.now), huddle.huddle_id
    facts: Facts = {"huddle": about, "team": huddle.team_id, "asked_for": 1}
    link = notice(
        Kind.HUDDLE_LINK,
        None,
        about,
        visit.now,
        expires_at=over_at,
        channel=huddle.channel_id,
        facts=facts,
    )
    to_each = (
        notice(Kind.HUDDLE_BEGINS, ref, about, visit.now, expires_at=over_at, facts=facts)
        for ref in before
        if ref != visit.ref
    )
    outbox.add_all(tx, (link, *to_each))
    if huddle.circle_id:
        circles.change(tx, huddle.circle_id, missed=0)
    timers.drop(tx, huddle_entity(about), huddling.LAPSE)
    timers.put(tx, huddle_entity(about), huddling.AFTERCARE, over_at)


def _place(visit: Visit, huddle: Huddle) -> Place:
    room = visit.house.rooms.for_team(visit.house.store.keys.room(visit.workspace, huddle.huddle_id))
    return Place(workspace=visit.workspace, channel=huddle.channel_id, room=room)


def on_declined(visit: Visit, tx: Tx, member: Member) -> Replies:
    """Not this time: nothing is kept of it, and who was in is not any more."""
    found = _tapped(visit, tx)
    if found:
        huddles.leave(tx, found[0].huddle_id, visit.ref)
    return (Whisper(message=screens.declined(visit.words(member))),)


def on_supervisor_left_out(visit: Visit, tx: Tx, member: Member) -> Replies:
    """One of the team who would rather be without the supervisor is enough; nobody learns who."""
    found = _tapped(visit, tx)
    if found is None:
        return (Sorry(trouble="out_of_date"),)
    huddle, team = found
    why = _why_not(visit, tx, replace(huddle, with_supervisor=False), team)
    if why:
        return (Whisper(message=screens.not_for_you(visit.words(member), why)),)
    huddles.leave_supervisor_out(tx, huddle.huddle_id)
    if team.supervisor:
        huddles.leave(tx, huddle.huddle_id, team.supervisor)
    return (Whisper(message=screens.left_out(visit.words(member))),)


def register(app: App, listen: Listen) -> None:
    app.action(ids.OPENED_HUDDLE)(listen(on_link_opened))
    app.action(ids.CHOSE_TIME)(listen(on_time_chosen))
    app.action(ids.REOPENED_TIMES)(listen(on_times_reopened))
    app.action(ids.OPENED_HUDDLES)(listen(for_reader(on_huddle_opened)))
    app.view(ids.VIEW_HUDDLE)(listen(for_member(on_huddle_started)))
    app.action(ids.TOOK_HUDDLE_BACK)(listen(for_member(on_taken_back)))
    app.action(ids.JOINED_HUDDLE)(listen(for_member(on_joined)))
    app.action(ids.DECLINED_HUDDLE)(listen(for_member(on_declined)))
    app.action(ids.LEFT_SUPERVISOR_OUT)(listen(for_member(on_supervisor_left_out)))
