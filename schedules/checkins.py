"""The weekly check-in as time moves it: planned, sent, reminded, closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.blocks import checkins as screens
from bot.blocks.elements import Message
from bot.content.holidays import calendar_of
from bot.domain import checkins as deciding
from bot.domain.checkins import Checkin, Look, Reason, Send, Situation, Skip, State
from bot.domain.leave import covers
from bot.domain.localtime import closing_at, local, next_working
from bot.domain.members import Member, PersonRef
from bot.domain.notices import Kind, Notice, notice
from bot.domain.rotation import keys_for
from bot.slack import posted_at
from schedules.setting import PUSHED_ON, Arrival, Recipe, Scene, Setting, together
from storage import checkins, members, outbox, planning, rules, timers, workspaces
from storage.checkins import NewCard
from storage.database import Tx
from storage.rules import Rule, RuleKind
from storage.timers import Timer, checkin_entity

AT_ONCE = 500
"""People planned in one transaction, during which nobody else writes to a SQLite database."""


def plan_checkins(setting: Setting, workspace: str) -> bool:
    """Plan the weeks of people whose slot has come, many in one transaction; True when there was work."""
    now = setting.now()
    with setting.store.read(workspace) as tx:
        if not rules.list_due(tx, RuleKind.CHECKIN, now, 1):
            return False
    with setting.store.begin(workspace) as tx:
        due = rules.take_due(tx, RuleKind.CHECKIN, now, AT_ONCE)
        together(
            tx,
            tuple(due),
            lambda refs: plan(tx, {ref: due[ref] for ref in refs}, now),
            lambda ref: rules.set_next_due(tx, now + PUSHED_ON, ref=ref, kind=RuleKind.CHECKIN),
        )
    return bool(due)


def plan(tx: Tx, due: Mapping[PersonRef, Rule], now: datetime) -> None:
    """Plan the weeks of people who are held, and when to look at them again; twice makes nothing twice."""
    found, newest = planning.situations(tx, due, now), checkins.newest_weeks(tx, due)
    looks = {ref: _look(found[ref], due[ref], newest.get(ref, -1), now) for ref in found}
    decided = [(found[ref], week) for ref, look in looks.items() for week in look.weeks]
    to_send = [(situation, week) for situation, week in decided if isinstance(week, Send)]
    checkins.add_all(tx, [(situation.person.ref, _recorded(week)) for situation, week in decided])
    outbox.add_all(tx, [_card(situation, send) for situation, send in to_send])
    timers.put_all(tx, [_closing(situation, send) for situation, send in to_send])
    next_due = {ref: looks[ref].next_at if ref in looks else None for ref in due}
    rules.set_all_due(tx, next_due, RuleKind.CHECKIN)


def _look(situation: Situation, rule: Rule, newest: int, now: datetime) -> Look:
    """newest: the last week that was planned; none before it is planned any more."""
    return deciding.look(situation, range(newest + 1), rule.since, rule.next_due_at or now, now)


def _recorded(decided: Send | Skip) -> Checkin:
    match decided:
        case Send(week=week):
            return Checkin(week=week, state=State.PLANNED)
        case Skip(week=week, reason=reason):
            return Checkin(week=week, state=State.SKIPPED, reason=reason)


def _card(situation: Situation, send: Send) -> Notice:
    closes_at = closing_at(situation.epoch_on, send.week, situation.person.tz)
    ref, about, facts = situation.person.ref, f"w{send.week}", {"week": send.week}
    slot = deciding.slot_of(situation, send.week)
    return notice(
        Kind.CHECKIN, ref, about, send.due_at, expires_at=closes_at, called_for_at=slot, facts=facts
    )


def _closing(situation: Situation, send: Send) -> Timer:
    closes_at = closing_at(situation.epoch_on, send.week, situation.person.tz)
    entity = checkin_entity(situation.person.ref, send.week)
    return Timer(entity=entity, kind=deciding.CLOSE, due_at=closes_at)


def remind(tx: Tx, timer: Timer, now: datetime) -> None:
    """The reminder's moment has come: one more card if none of the three buttons was used."""
    _send_again(tx, timer, now, State.SENT)


def come_again(tx: Tx, timer: Timer, now: datetime) -> None:
    """ "Later today" has come."""
    _send_again(tx, timer, now, State.LATER)


def _send_again(tx: Tx, timer: Timer, now: datetime, was: State) -> None:
    ref, week = _about(timer)
    found = checkins.get(tx, ref, week)
    epoch_on = workspaces.get(tx).epoch_on
    if found is None or found.state is not was or epoch_on is None:
        return
    expires_at = closing_at(epoch_on, week, members.known(tx, ref, now).person.tz)
    facts: dict[str, str | int] = {"week": week, "was": str(was)}
    about = f"w{week}|{timer.kind}|{timer.due_at:%Y%m%d%H%M}"
    called_for_at = timer.due_at
    card = notice(
        Kind.CHECKIN_AGAIN, ref, about, now, expires_at=expires_at, called_for_at=called_for_at, facts=facts
    )
    outbox.add(tx, card)


def close(tx: Tx, timer: Timer, now: datetime) -> None:
    """Closing has come, if the person has not travelled to where it is still to come."""
    ref, week = _about(timer)
    members.hold(tx, ref)  # a submit at the last moment comes before the closing or after it
    member, epoch_on = members.known(tx, ref, now), workspaces.get(tx).epoch_on
    if epoch_on is None:
        return
    closes_at = closing_at(epoch_on, week, member.person.tz)
    if now < closes_at:
        timers.put(tx, timer.entity, deciding.CLOSE, closes_at)
        return
    timers.drop(tx, timer.entity, deciding.REMIND, deciding.COME_AGAIN)
    _end_week(tx, member, week, closes_at, now)


def _end_week(tx: Tx, member: Member, week: int, closes_at: datetime, now: datetime) -> None:
    found = checkins.get(tx, member.ref, week)
    if found is None:
        return
    ended = deciding.closed(found.state)
    if ended is State.SKIPPED:
        moved = checkins.skip(tx, member.ref, week, Reason.LATE)
    else:
        moved = checkins.move(tx, member.ref, week, (found.state,), ended)
    if not moved or (ended is State.CLOSED and (_rests(member, now) or _is_away(member, now))):
        return  # who paused, stopped or went away after the card came is not silent
    before = rules.standing(tx, member.ref)
    after = deciding.after_closing(before, ended, week)
    rules.set_standing(tx, member.ref, after)
    if deciding.asks_quietly(before, after):
        due_at = next_working(now, calendar_of(member, now))
        asked = notice(Kind.QUIET_QUESTION, member.ref, f"w{week}", due_at, called_for_at=closes_at)
        outbox.add(tx, asked)


def _about(timer: Timer) -> tuple[PersonRef, int]:
    _, ref, week = timer.entity.split("|")
    return PersonRef(ref), int(week)


def _wants(scene: Scene) -> bool:
    """The person is still here, on a team, and neither stopped nor paused."""
    return not _has_left(scene.member) and not _rests(scene.member, scene.now)


def _rests(member: Member, now: datetime) -> bool:
    return member.preferences.stopped or member.preferences.paused_at(now)


def _is_away(member: Member, now: datetime) -> bool:
    return covers(member.leave, local(now, member.person.tz).date())


def _has_left(member: Member) -> bool:
    return not member.person.active or member.team is None


def _is_open(scene: Scene) -> bool:
    """The person still wants check-ins, and this week has not closed where they are."""
    return _wants(scene) and scene.now < _closes_at(scene, scene.now)


def _closes_at(scene: Scene, _at: datetime) -> datetime:
    """When the week closes where the person is now, who may have travelled since it was planned."""
    epoch_on = scene.epoch_on
    if epoch_on is None:
        raise KeyError("epoch")
    return closing_at(epoch_on, scene.week, scene.member.person.tz)


def _first_wanted(scene: Scene) -> bool:
    found = scene.checkin
    return found is not None and found.state is State.PLANNED and _is_open(scene)


def _again_wanted(scene: Scene) -> bool:
    found, was = scene.checkin, scene.claim.facts["was"]
    if was == State.SENT and not deciding.may_remind(scene.now, scene.member.person.tz):
        return False
    return found is not None and found.state == was and _is_open(scene)


def _arrival(scene: Scene) -> Message:
    small, chosen = not scene.words_possible, scene.member.preferences
    asked = keys_for(scene.week, chosen.length, chosen.items_off, small=small)
    return screens.arrival(scene.words, week=scene.week, questions=len(asked), only_for_you=small)


def _first_sent(arrivals: Sequence[Arrival]) -> None:
    tx = arrivals[0].scene.tx
    checkins.arrive(tx, map(_new_card, arrivals), State.PLANNED)
    timers.put_all(tx, filter(None, map(_reminder, arrivals)))


def _again_sent(arrivals: Sequence[Arrival]) -> None:
    tx = arrivals[0].scene.tx
    for scene in (arrival.scene for arrival in arrivals):
        if scene.checkin and scene.checkin.ts:
            checkins.retire_card(tx, scene.to, scene.week, scene.checkin.ts, scene.now)
    checkins.arrive(tx, map(_new_card, arrivals), State.LATER)


def _new_card(arrival: Arrival) -> NewCard:
    scene = arrival.scene
    return NewCard(ref=scene.to, week=scene.week, channel=arrival.channel, ts=arrival.ts)


def _reminder(arrival: Arrival) -> Timer | None:
    scene = arrival.scene
    if scene.epoch_on is None:
        return None
    closes_at = closing_at(scene.epoch_on, scene.week, scene.member.person.tz)
    at = deciding.reminder_at(posted_at(arrival.ts), closes_at, scene.calendar())
    if at is None:
        return None
    return Timer(entity=checkin_entity(scene.to, scene.week), kind=deciding.REMIND, due_at=at)


def _first_dropped(scene: Scene, why: str) -> None:
    chosen = scene.member.preferences
    reasons = {
        Reason.LEFT: _has_left(scene.member),
        Reason.STOPPED: chosen.stopped,
        Reason.PAUSED: chosen.paused_at(scene.now),
        Reason.REFUSED: why == "refused",
        Reason.MOVED: _closes_at(scene, scene.now) <= scene.now < scene.claim.expires_at,
    }
    held_by = deciding.held_back_by(scene.member.person, scene.calendar(), scene.now)
    reason = next((reason for reason, holds in reasons.items() if holds), held_by or Reason.LATE)
    checkins.skip(scene.tx, scene.to, scene.week, reason)


def _quiet_wanted(scene: Scene) -> bool:
    return rules.standing(scene.tx, scene.to).spells > 0 and _wants(scene)


RECIPES = {
    Kind.CHECKIN: Recipe(
        wanted=_first_wanted,
        render=_arrival,
        sent=_first_sent,
        dropped=_first_dropped,
        ends_at=_closes_at,
        heeds_quiet=True,
    ),
    Kind.CHECKIN_AGAIN: Recipe(
        wanted=_again_wanted, render=_arrival, sent=_again_sent, ends_at=_closes_at, heeds_quiet=True
    ),
    Kind.QUIET_QUESTION: Recipe(
        wanted=_quiet_wanted, render=lambda scene: screens.quiet_question(scene.words)
    ),
}

TIMERS = {deciding.REMIND: remind, deciding.COME_AGAIN: come_again, deciding.CLOSE: close}
