"""A team's circle: proposed, said no to unseen, hosted in turn, ended."""

from __future__ import annotations

from datetime import time

from slack_bolt import App

from bot.blocks import circles as screens
from bot.blocks import ids
from bot.content.holidays import calendar_of_team
from bot.domain import circles as circling
from bot.domain.circles import EVERY_WEEKS, Circle, CircleState
from bot.domain.huddles import Purpose, can_be_called
from bot.domain.localtime import FRIDAY, MONDAY, allowed_slots, next_working
from bot.domain.members import Member, Team
from bot.domain.notices import Kind, notice
from handlers.payloads import Malformed
from handlers.visit import Edit, Listen, Replies, Show, Sorry, Turn, Visit, Whisper, for_member, for_reader
from storage import circles, members, outbox, teams, timers
from storage.database import Tx
from storage.timers import circle_entity


def on_circle_opened(visit: Visit, tx: Tx, member: Member) -> Replies:
    """Propose a day and hour at which the team meets regularly."""
    team = own_team(member, visit.act.value)
    if team is None:
        return (Sorry(trouble="out_of_date"),)
    found, words = circles.of_team(tx, team.team_id), visit.words(member)
    if found:
        return (Show(view=screens.has_one(words, found)),)
    supervisor_id = members.user_id(tx, team.supervisor) if team.supervisor else None
    return (Show(view=screens.propose_form(words, team_id=team.team_id, supervisor_id=supervisor_id)),)


def own_team(member: Member, team_id: str) -> Team | None:
    """The team somebody is on and not in charge of."""
    team = member.team
    if team is None or team.team_id != team_id or not can_be_called(team):
        return None
    return team if circling.of_the_team(team, (member.ref,)) else None


def on_proposed(visit: Visit, tx: Tx, member: Member) -> Replies:
    """One card in the channel; for two working days everybody can say unseen that it does not suit."""
    team = own_team(member, visit.act.fact("team"))
    if team is None:
        return (Sorry(trouble="out_of_date"),)
    teams.hold(tx, team.team_id)
    found, words = circles.of_team(tx, team.team_id), visit.words(member)
    if found:
        return (Turn(view=screens.has_one(words, found)),)
    circle = _proposal(visit, team)
    circles.add(tx, circle)
    calendar = calendar_of_team(team, visit.now)
    comes_at = next_working(visit.now, calendar)
    facts = {"circle": circle.circle_id, "team": team.team_id}
    channel = circle.channel_id
    outbox.add(tx, notice(Kind.CIRCLE, None, circle.circle_id, comes_at, channel=channel, facts=facts))
    decided_at = circling.decided_at(comes_at, calendar)
    timers.put(tx, circle_entity(circle.circle_id), circling.DECIDE, decided_at)
    return (Turn(view=screens.proposed(words, channel_id=channel)),)


def _proposal(visit: Visit, team: Team) -> Circle:
    act = visit.act
    try:
        weekday, every = int(act.needed(ids.DAY)), int(act.needed(ids.OFTEN))
        at, purpose = time.fromisoformat(act.needed(ids.HOUR)), Purpose(act.needed(ids.PURPOSE))
    except ValueError:
        raise Malformed("circle") from None
    if not MONDAY <= weekday <= FRIDAY or every not in EVERY_WEEKS or at not in allowed_slots(MONDAY):
        raise Malformed("circle")
    return Circle(
        circle_id=circles.new_id(),
        team_id=team.team_id,
        channel_id=str(team.channel_id),
        purpose=purpose,
        weekday=weekday,
        local_time=at,
        every_weeks=every,
        with_supervisor=team.supervisor is not None and bool(act.several(ids.ALONG)),
        proposer=visit.ref,
    )


def on_declined(visit: Visit, tx: Tx, member: Member) -> Replies:
    """It does not suit somebody: counted until it is decided, shown to nobody."""
    circle = circles.hold(tx, visit.act.value)
    if circle is None or circle.state is not CircleState.PROPOSED:
        return (Sorry(trouble="out_of_date"),)
    if own_team(member, circle.team_id):
        circles.decline(tx, circle.circle_id, visit.ref)
    return (Whisper(message=screens.declined(visit.words(member))),)


def may_end(tx: Tx, circle: Circle, member: Member) -> bool:
    """Who proposed it; anybody on the team once they are not on it any more."""
    if circle.proposer == member.ref:
        return True
    on_team = teams.current_team_id(tx, circle.proposer) if circle.proposer else None
    return on_team != circle.team_id and own_team(member, circle.team_id) is not None


def on_ended(visit: Visit, tx: Tx, member: Member) -> Replies:
    circle = circles.hold(tx, visit.act.value)
    if circle is None or not may_end(tx, circle, member):
        return (Sorry(trouble="out_of_date"),)
    circles.forget(tx, circle.circle_id)
    if circle.ts:
        facts = {"circle": circle.circle_id, "team": circle.team_id, "said": "ended", "thread": circle.ts}
        about, channel = f"{circle.circle_id}|ended", circle.channel_id
        outbox.add(tx, notice(Kind.CIRCLE_TOLD, None, about, visit.now, channel=channel, facts=facts))
    return (Turn(view=screens.ended(visit.words(member))),)


def on_hosts(visit: Visit, tx: Tx, member: Member) -> Replies:
    """They open the next meeting; the card says their name, as the note did before."""
    return _answered(visit, tx, member, yes=True)


def on_passed(visit: Visit, tx: Tx, member: Member) -> Replies:
    """Not this time: the next one is asked, and told nothing of it."""
    return _answered(visit, tx, member, yes=False)


def _answered(visit: Visit, tx: Tx, member: Member, *, yes: bool) -> Replies:
    circle = circles.hold(tx, visit.act.value)
    if circle is None or visit.ref not in (circle.asked_to_host, circle.host):
        return (Sorry(trouble="out_of_date"),)
    circles.change(tx, circle.circle_id, asked_to_host=None, host=visit.ref if yes else None)
    if not yes:
        timers.put(tx, circle_entity(circle.circle_id), circling.ASK_HOST, visit.now)
    return (Edit(message=screens.host_answered(visit.words(member), yes=yes)),)


def register(app: App, listen: Listen) -> None:
    app.action(ids.OPENED_CIRCLE)(listen(for_reader(on_circle_opened)))
    app.view(ids.VIEW_CIRCLE)(listen(for_member(on_proposed)))
    app.action(ids.DECLINED_CIRCLE)(listen(for_member(on_declined)))
    app.action(ids.ENDED_CIRCLE)(listen(for_member(on_ended)))
    app.action(ids.HOSTS_CIRCLE)(listen(for_member(on_hosts)))
    app.action(ids.PASSED_HOSTING)(listen(for_member(on_passed)))
