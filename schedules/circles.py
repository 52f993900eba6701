"""Circles as time moves them: decided, a host asked, met, and left out on holidays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from bot.blocks import circles as screens
from bot.blocks.elements import Message
from bot.content.holidays import calendar_of, calendar_of_team
from bot.domain import circles as circling
from bot.domain import huddles as huddling
from bot.domain.circles import Circle, CircleState
from bot.domain.huddles import Huddle
from bot.domain.localtime import Calendar, local
from bot.domain.members import PersonRef, Team
from bot.domain.notices import Facts, Kind, notice
from schedules.setting import Arrival, Recipe, Scene, ends_as_planned
from storage import circles, huddles, members, outbox, teams, timers
from storage.database import Tx
from storage.timers import Timer, circle_entity

# ---- what timers do


def decide(tx: Tx, timer: Timer, now: datetime) -> None:
    """Two working days have gone by: the proposal stands, unless it does not suit half of the team."""
    circle, team = _of_timer(tx, timer)
    if circle is None or team is None or circle.state is not CircleState.PROPOSED:
        return
    people = circling.of_the_team(team, teams.list_members(tx, team.team_id, now))
    if not circling.stands(len(people), circles.count_declines(tx, circle.circle_id)):
        _end(tx, circle, now, "declined")
        return
    calendar = calendar_of_team(team, now)
    circles.begin(tx, circle.circle_id)
    _plan(tx, circle, circling.first_on(circle, local(now, team.tz).date(), calendar), calendar)
    _tell(tx, circle, now, "begins")


def ask_host(tx: Tx, timer: Timer, now: datetime) -> None:
    """Whose turn it is is asked, alone; who is away or has stopped is passed over without a word."""
    circle, team = _of_timer(tx, timer)
    if circle and team and circle.next_on:
        ask_next_host(tx, circle, team, circle.next_on, now)


def ask_next_host(tx: Tx, circle: Circle, team: Team, on: date, now: datetime) -> None:
    people = [ref for ref in _of_the_team(tx, team, now) if _can_host(tx, ref, on, now)]
    ref = circling.whose_turn(people, circle)
    if ref is None:
        return
    turn, asked = circle.turn + 1, circle.asked + 1
    circles.change(tx, circle.circle_id, turn=turn, asked=asked, asked_to_host=ref)
    facts: Facts = {"circle": circle.circle_id, "team": team.team_id}
    ends_at = circling.meets_at(circle, on, calendar_of_team(team, now))
    about = f"{circle.circle_id}|{on}"
    outbox.add(tx, notice(Kind.CIRCLE_HOST, ref, about, now, expires_at=ends_at, facts=facts))


def _of_the_team(tx: Tx, team: Team, now: datetime) -> tuple[PersonRef, ...]:
    return circling.of_the_team(team, teams.list_members(tx, team.team_id, now))


def _can_host(tx: Tx, ref: PersonRef, on: date, now: datetime) -> bool:
    member = members.member(tx, ref, now)
    if member is None or not member.person.active or member.preferences.stopped:
        return False
    return not member.preferences.paused_at(now) and calendar_of(member, now).works_on(on)


def meet(tx: Tx, timer: Timer, now: datetime) -> None:
    """Shortly before the hour: the card comes, and the next meeting is planned."""
    circle, team = _of_timer(tx, timer)
    if circle is None or team is None or circle.next_on is None:
        return
    calendar = calendar_of_team(team, now)
    begins_at = circling.meets_at(circle, circle.next_on, calendar)
    if now < begins_at + circling.OPEN_AFTER and huddles.running(tx, team.team_id) is None:
        _call(tx, circle, team, now, begins_at)
    _plan(tx, circle, circling.next_on(circle, circle.next_on, calendar), calendar)


def _call(tx: Tx, circle: Circle, team: Team, now: datetime, begins_at: datetime) -> None:
    huddle = Huddle(
        huddle_id=huddles.new_id(),
        team_id=team.team_id,
        channel_id=circle.channel_id,
        purpose=circle.purpose,
        starts_at=now,
        open_until=begins_at + circling.OPEN_AFTER,
        begins_at=begins_at,
        with_supervisor=circle.with_supervisor,
        circle_id=circle.circle_id,
        host=circle.host,
    )
    huddles.add(tx, huddle, (circle.host,) if circle.host else ())
    outbox.add(tx, huddling.call(huddle))
    timers.put(tx, timers.huddle_entity(huddle.huddle_id), huddling.LAPSE, huddle.open_until)


def _plan(tx: Tx, circle: Circle, on: date, calendar: Calendar) -> None:
    """When the next host is asked, and when its card comes."""
    circles.change(tx, circle.circle_id, next_on=on, asked=0, asked_to_host=None, host=None)
    entity = circle_entity(circle.circle_id)
    timers.put(tx, entity, circling.ASK_HOST, circling.host_asked_at(circle, on, calendar))
    begins_at = circling.meets_at(circle, on, calendar)
    timers.put(tx, entity, circling.MEET, circling.called_at(begins_at, calendar))


def note_missed(tx: Tx, circle_id: str, now: datetime) -> None:
    """Fewer than two came; a circle to which too few come ends by itself, and the channel hears it."""
    circle = circles.hold(tx, circle_id)
    if circle is None:
        return
    circles.change(tx, circle_id, missed=circle.missed + 1)
    if circling.has_faded(circle.missed + 1):
        _end(tx, circle, now, "faded")


def _end(tx: Tx, circle: Circle, now: datetime, why: screens.Said) -> None:
    circles.forget(tx, circle.circle_id)
    _tell(tx, circle, now, why)


def _tell(tx: Tx, circle: Circle, now: datetime, said: screens.Said) -> None:
    """What the channel hears of it; facts say all, because the row may be gone."""
    facts: Facts = {"team": circle.team_id, "circle": circle.circle_id, "said": said}
    thread: Facts = {"thread": circle.ts} if circle.ts else {}
    channel, about = circle.channel_id, f"{circle.circle_id}|{said}"
    told = notice(Kind.CIRCLE_TOLD, None, about, now, channel=channel, facts={**facts, **thread})
    outbox.add(tx, told)


def _of_timer(tx: Tx, timer: Timer) -> tuple[Circle | None, Team | None]:
    circle = circles.hold(tx, timer.entity.split("|")[1])
    return circle, teams.get(tx, circle.team_id) if circle else None


# ---- notices


def _known(scene: Scene) -> Circle | None:
    return circles.get(scene.tx, str(scene.claim.facts["circle"]))


def _circle(scene: Scene) -> Circle:
    """The circle a notice is about; KeyError when it has ended."""
    circle = _known(scene)
    if circle is None:
        raise KeyError("circle")
    return circle


def _is_proposed(scene: Scene) -> bool:
    circle = _known(scene)
    return circle is not None and circle.state is CircleState.PROPOSED


def _card(scene: Scene) -> Message:
    circle, team = _circle(scene), scene.team()
    along = team.supervisor if circle.with_supervisor else None
    supervisor_id = scene.user_id(along) if along else None
    return screens.card(scene.content.words(team.language), circle, supervisor_id=supervisor_id)


def _note_cards(arrivals: Sequence[Arrival]) -> None:
    for arrival in arrivals:
        circles.set_card(arrival.scene.tx, str(arrival.scene.claim.facts["circle"]), arrival.ts)


def _not_proposed(scene: Scene, why: str) -> None:
    """Slack takes no card in this channel: there is no circle, and whoever proposed it hears so."""
    circle = _known(scene)
    if circle is None or why != "refused":
        return
    circles.forget(scene.tx, circle.circle_id)
    if circle.proposer:
        facts: Facts = {"team": circle.team_id, "circle": circle.circle_id, "said": "refused"}
        about = f"{circle.circle_id}|refused"
        outbox.add(scene.tx, notice(Kind.CIRCLE_TOLD, circle.proposer, about, scene.now, facts=facts))


def _is_asked(scene: Scene) -> bool:
    circle = _known(scene)
    return circle is not None and circle.asked_to_host == scene.to


def _host(scene: Scene) -> Message:
    circle = _circle(scene)
    if circle.next_on is None:
        raise KeyError("next_on")
    begins_at = circling.meets_at(circle, circle.next_on, calendar_of_team(scene.team(), scene.now))
    return screens.ask_host(scene.words, circle, begins_at=begins_at)


def _told(scene: Scene) -> Message:
    words = scene.words if scene.claim.to else scene.content.words(scene.team().language)
    return screens.told(words, scene.claim.facts["said"])


def _thread(scene: Scene) -> str | None:
    return scene.claim.facts.get("thread")


RECIPES = {
    Kind.CIRCLE: Recipe(wanted=_is_proposed, render=_card, sent=_note_cards, dropped=_not_proposed),
    Kind.CIRCLE_HOST: Recipe(wanted=_is_asked, render=_host, ends_at=ends_as_planned),
    Kind.CIRCLE_TOLD: Recipe(wanted=lambda _scene: True, render=_told, thread=_thread),
}

TIMERS = {circling.DECIDE: decide, circling.ASK_HOST: ask_host, circling.MEET: meet}
