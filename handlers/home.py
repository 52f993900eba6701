"""Home: drawn when somebody opens it and whenever they changed something on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import partial

from slack_bolt import App
from sqlalchemy.exc import SQLAlchemyError

from bot.blocks import home as screens
from bot.blocks import ids
from bot.blocks.elements import View
from bot.blocks.home import HomeFacts, PromiseAsked, PromiseLine, TeamLine, WhyNone
from bot.domain import asks as asking
from bot.domain.checkins import OPEN, Outlook, Reason
from bot.domain.crisis import is_reviewed
from bot.domain.leave import away_until
from bot.domain.localtime import closing_at, local, week_of
from bot.domain.matching import how_many
from bot.domain.members import Member, Team, TeamState
from bot.domain.supervision import prompt_number
from handlers.asks import line
from handlers.events import EventVisit, ListenEvent
from handlers.huddles import startable
from handlers.payloads import Act
from handlers.visit import ANSWER_SECONDS, FreshHome, Listen, Replies, Visit, Whisper
from storage import asks, checkins, departures, members, peers, planning, teams, workspaces
from storage.database import Tx

WHY_NONE: dict[Reason | None, WhyNone] = {
    Reason.PAUSED: "paused",
    Reason.STOPPED: "stopped",
    Reason.QUIET: "quiet",
    Reason.DAYS_OFF: "days_off",
    Reason.LEAVE: "leave",
    Reason.VACATION: "vacation",
}


def on_home_opened(visit: EventVisit) -> None:
    if visit.event.tab not in (None, "home") or not visit.event.user_id:
        return
    act = Act(workspace=visit.event.workspace, user_id=visit.event.user_id)
    there = Visit(house=visit.house, act=act, now=visit.now)
    try:
        view = visit.house.soon(partial(draw, there), ANSWER_SECONDS)
    except (SQLAlchemyError, TimeoutError):
        if not visit.event.has_home:  # what stood there has the crisis lines too, and tells more
            words, country = there.speak()
            visit.house.messenger.publish_home(act.user_id, screens.without_database(words, country=country))
        raise
    visit.house.messenger.publish_home(act.user_id, view)


def on_home_asked_for(visit: Visit) -> Replies:
    """`/choir home`: drawn anew, with a word where to find it."""
    with visit.read() as tx:
        member = visit.member(tx)
    words = visit.words(member) if member else visit.speak()[0]
    return (FreshHome(), Whisper(message=screens.where_home_is(words)))


def on_work_opened(_visit: Visit) -> Replies:
    """The part for supervisors, leaders and admins, behind one button."""
    return (FreshHome(showing_work=True),)


def on_mine_opened(_visit: Visit) -> Replies:
    return (FreshHome(),)


def draw(visit: Visit, *, showing_work: bool = False) -> View:
    """Somebody's Home as it stands now; for people without a part here, the crisis line and why."""
    entry = visit.entry()
    with visit.read() as tx:
        member = visit.member(tx)
        stranger = HomeFacts(country=visit.house.country, why_none="no_team")
        facts = _mine(visit, tx, member) if member else stranger
        facts = _work(visit, tx, facts, may_administer=entry is not None and entry.may_administer)
    words = visit.words(member) if member else visit.words_of_slack(entry)
    return screens.home(words, replace(facts, showing="work" if showing_work else "mine"))


def _mine(visit: Visit, tx: Tx, member: Member) -> HomeFacts:
    facts = HomeFacts(
        country=member.country,
        team=member.team.name if member.team else None,
        can_ask=bool(asking.recipients(visit.ref, member.team)),
        can_huddle=bool(startable(tx, member)),
        stopped=member.preferences.stopped,
        paused=member.preferences.paused_at(visit.now),
        away_until=away_until(member.leave, local(visit.now, member.person.tz).date()),
        erased_on=_erased_on(tx, member),
        is_known=True,
        my_asks=tuple(line(tx, ask, ask.recipient) for ask in asks.list_of(tx, visit.ref)),
        promises_asked=_promises_asked(visit, tx),
        promises=_promises(tx),
    )
    return _with_next(visit, tx, member, facts)


def _erased_on(tx: Tx, member: Member) -> date | None:
    over_at = departures.over_at(tx)
    return local(over_at, member.person.tz).date() if over_at else None


def _with_next(visit: Visit, tx: Tx, member: Member, facts: HomeFacts) -> HomeFacts:
    """When the next check-in comes, or why none does."""
    outlook, chosen, tz = (
        planning.next_checkin(tx, visit.ref, visit.now),
        member.preferences,
        member.person.tz,
    )
    until = local(chosen.paused_until, tz).date() if facts.paused and chosen.paused_until else None
    is_open = _this_week_is_open(visit, tx, member)
    facts = replace(facts, paused_until=until, this_week_is_open=is_open)
    if outlook:
        facts = replace(
            facts,
            this_week=outlook.this_week,
            waits_for=outlook.waits_for,
            may_come_now=outlook.may_come_now,
        )
    if outlook and outlook.at:
        here = local(outlook.at, tz)
        return replace(facts, next_on=here.date(), next_time=here.time())
    return replace(facts, why_none=_why_none(outlook, member))


def _this_week_is_open(visit: Visit, tx: Tx, member: Member) -> bool:
    """Whether this week's card has come and takes answers still, whatever became of it."""
    epoch_on, tz = workspaces.get(tx).epoch_on, member.person.tz
    if epoch_on is None:
        return False
    week = week_of(epoch_on, local(visit.now, tz).date())
    found = checkins.get(tx, visit.ref, week)
    is_there = found is not None and found.ts is not None and found.state in OPEN
    return is_there and visit.now < closing_at(epoch_on, week, tz)


def _why_none(outlook: Outlook | None, member: Member) -> WhyNone:
    if outlook is None:
        return "no_team" if member.team is None else "not_started"
    return WHY_NONE.get(outlook.why_none, "not_known")


def _work(visit: Visit, tx: Tx, facts: HomeFacts, *, may_administer: bool) -> HomeFacts:
    """The part for supervisors and admins."""
    is_admin = members.is_admin(tx, visit.ref)
    waiting = [ask for ask in asks.list_to(tx, visit.ref) if ask.state in asking.WAITING]
    return replace(
        facts,
        asks_to_me=len(waiting),
        peers=_peers(visit, tx) if is_admin or _leads(visit, tx) else {},
        prompt=_prompt(visit, tx),
        is_admin=is_admin,
        may_claim_admin=may_administer and not is_admin,
        teams=_teams(visit, tx) if is_admin else (),
        crisis_reviewed=is_reviewed(visit.house.crisis_reviewed_on, visit.now.date()),
    )


def _leads(visit: Visit, tx: Tx) -> bool:
    return any(team.leader == visit.ref for team in teams.list_teams(tx))


def _peers(visit: Visit, tx: Tx) -> Mapping[str, int | None]:
    """How many colleagues offer help in each language of this installation."""
    return how_many(peers.list_offerings(tx).values(), visit.house.content.languages)


def _prompt(visit: Visit, tx: Tx) -> int | None:
    """This week's prompt for somebody who supervises a team that has begun."""
    epoch_on = workspaces.get(tx).epoch_on
    person = members.get(tx, visit.ref)
    if epoch_on is None or person is None or not teams.list_read_by(tx, visit.ref):
        return None
    return prompt_number(max(0, week_of(epoch_on, local(visit.now, person.tz).date())))


def _promises_asked(visit: Visit, tx: Tx) -> tuple[PromiseAsked, ...]:
    """Teams that wait for this person's promise."""
    return tuple(
        PromiseAsked(team_id=team.team_id, team=team.name)
        for team in teams.list_teams(tx)
        if team.waits_for_promise and team.leader == visit.ref
    )


def _promises(tx: Tx) -> tuple[PromiseLine, ...]:
    """Every leader's promise, dated and visible to all (changes 10)."""
    return tuple(
        PromiseLine(
            team=team.name,
            leader_id=members.user_id(tx, team.leader),
            promised_on=team.promised_on,
            staff_told_on=team.staff_told_on,
        )
        for team in teams.list_teams(tx)
        if team.leader and team.promised_on and team.staff_told_on
    )


def _teams(visit: Visit, tx: Tx) -> tuple[TeamLine, ...]:
    return tuple(
        TeamLine(
            team_id=team.team_id,
            name=team.name,
            state=team.state,
            members=_people_of(visit, tx, team),
        )
        for team in teams.list_teams(tx)
    )


def _people_of(visit: Visit, tx: Tx, team: Team) -> int:
    """How many are on a team; of one that has not started, how many are to be."""
    plan = teams.get_plan(tx, team.team_id) if team.state is not TeamState.STARTED else None
    return len(plan.members if plan else teams.list_members(tx, team.team_id, visit.now))


def register(app: App, listen: Listen, listen_event: ListenEvent) -> None:
    app.event("app_home_opened")(listen_event(on_home_opened))
    app.action(ids.OPENED_WORK)(listen(on_work_opened))
    app.action(ids.OPENED_MINE)(listen(on_mine_opened))
