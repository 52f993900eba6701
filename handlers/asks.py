"""Asking for a check-in in one's own name, answering it, taking it back, and whether it happened."""

from __future__ import annotations

from datetime import date, time, timedelta
from functools import partial

from slack_bolt import App

from bot.blocks import asks as screens
from bot.blocks import ids
from bot.blocks.asks import AskLine, Role
from bot.blocks.elements import View
from bot.content.holidays import calendar_of, known_calendar_of
from bot.domain import asks as asking
from bot.domain.asks import Ask, AskState
from bot.domain.localtime import instant, local, next_working
from bot.domain.members import Member, PersonRef
from bot.domain.notices import Kind, dedupe_key, notice
from bot.slack import RosterEntry
from handlers.members import note_person
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
    Wrong,
    for_member,
    for_reader,
)
from storage import asks, members, outbox, timers
from storage.database import Tx
from storage.timers import ask_entity

FARTHEST = timedelta(days=366)
"""How far ahead a check-in can be put; a slip of the year is more likely than a later one."""
ANSWERED_WITH = {ids.MET: AskState.MET, ids.NO_LONGER: AskState.NO_LONGER}


def on_ask_opened(visit: Visit, tx: Tx, member: Member) -> Replies:
    """Ask for something: the same for everybody, nothing prefilled, no reason field (changes 6)."""
    earlier = _own(visit, tx) if visit.act.value else None
    passed_over = {earlier.recipient, earlier.also_asked} if earlier else set()
    open_to = [ref for ref in _askable(visit, tx, member, earlier) if ref not in passed_over]
    if not open_to:
        return (Sorry(trouble="nobody_to_ask"),)
    view = screens.ask_form(
        visit.words(member),
        recipients=[(members.user_id(tx, ref), _role(member, ref)) for ref in open_to],
        deputy=_has_deputy(visit, member, open_to),
        instead_of=earlier.ask_id if earlier else "",
    )
    return (Show(view=view),)


def _askable(visit: Visit, tx: Tx, member: Member, earlier: Ask | None) -> tuple[PersonRef, ...]:
    """Supervisor and deputy, and whom the one asked before named; those who are still here."""
    named = earlier.next_person if earlier else None
    people = dict.fromkeys((*asking.recipients(visit.ref, member.team), *([named] if named else [])))
    return tuple(ref for ref in people if members.is_here(tx, ref))


def _has_deputy(visit: Visit, member: Member, open_to: list[PersonRef]) -> bool:
    """Somebody of the team is left who can be asked too."""
    return len(set(asking.recipients(visit.ref, member.team)) & set(open_to)) > 1


def _role(member: Member, ref: PersonRef) -> Role:
    if member.team and ref == member.team.supervisor:
        return "supervisor"
    return "deputy" if member.team and ref == member.team.deputy else "named"


def on_asked(visit: Visit, tx: Tx, member: Member) -> Replies:
    """The ask was sent: one named note to one person, in their working time, and the timers that end it."""
    recipient = tx.ref(visit.act.needed(ids.RECIPIENT))
    earlier = _own_by(visit, tx, str(visit.act.facts.get("instead_of", "")))
    if recipient not in _askable(visit, tx, member, earlier):
        raise Malformed("recipient")
    closed = _close(visit, tx, earlier) if earlier else ()
    return (Turn(view=ask_of(visit, tx, member, recipient)), *closed, FreshHome())


def ask_of(visit: Visit, tx: Tx, member: Member, recipient: PersonRef) -> View:
    """Ask one person, unless that waits for an answer already; what the asker sees then."""
    waiting = next((ask for ask in asks.list_of(tx, visit.ref) if _still_waits(ask, recipient)), None)
    ask = waiting or _add(visit, tx, member, recipient)
    return screens.asked(
        visit.words(member),
        ask_id=ask.ask_id,
        recipient_id=members.user_id(tx, recipient),
        deputy_id=members.user_id(tx, ask.deputy) if ask.deputy else None,
    )


def _still_waits(ask: Ask, recipient: PersonRef) -> bool:
    """Asked twice, by two clicks or impatience, is asked once."""
    return ask.recipient == recipient and ask.state is AskState.OPEN


def _close(visit: Visit, tx: Tx, earlier: Ask) -> Replies:
    """Somebody else is asked instead: the earlier ask ends, and its cards say so."""
    moved = asks.move(tx, earlier.ask_id, asking.WAITING, AskState.NO_LONGER)
    return _their_cards(visit, tx, earlier.ask_id) if moved else ()


def _add(visit: Visit, tx: Tx, member: Member, recipient: PersonRef) -> Ask:
    others = asking.recipients(visit.ref, member.team) if visit.act.several(ids.DEPUTY_TOO) else ()
    deputy = next((ref for ref in others if ref != recipient and members.is_here(tx, ref)), None)
    asked_on = local(visit.now, member.person.tz).date()
    ask = Ask(ask_id=asks.new_id(), asker=visit.ref, recipient=recipient, deputy=deputy, asked_on=asked_on)
    asks.add(tx, ask)
    calendar = known_calendar_of(members.known(tx, recipient, visit.now), visit.now)
    arrives_at = next_working(visit.now, calendar)
    facts = {"ask": ask.ask_id}
    outbox.add(tx, notice(Kind.ASK, recipient, ask.ask_id, arrives_at, facts=facts))
    if deputy:
        due_at = asking.deputy_due(arrives_at, calendar)
        timers.put(tx, ask_entity(ask.ask_id), asking.ASK_DEPUTY, due_at)
    due_at = asking.unanswered_due(arrives_at, calendar)
    timers.put(tx, ask_entity(ask.ask_id), asking.TELL_UNANSWERED, due_at)
    return ask


def on_withdrawn(visit: Visit, tx: Tx, member: Member) -> Replies:
    """Taken back by the asker, at any moment before it ended."""
    ask = _own(visit, tx)
    to = asking.withdraw(ask.state) if ask else None
    if ask is None or to is None or not asks.move(tx, ask.ask_id, (ask.state,), to):
        return (Sorry(trouble="out_of_date"),)
    timers.drop(tx, ask_entity(ask.ask_id), *asking.TIMERS)
    view = screens.ask_withdrawn_view(visit.words(member), recipient_id=members.user_id(tx, ask.recipient))
    return (Turn(view=view), *_their_cards(visit, tx, ask.ask_id), FreshHome())


def all_taken_back(visit: Visit, tx: Tx) -> Replies:
    """Whatever the person asked and has not ended is taken back; the edits that say so to those asked."""
    open_ones = [ask for ask in asks.list_of(tx, visit.ref) if asking.withdraw(ask.state)]
    for ask in open_ones:
        asks.move(tx, ask.ask_id, (ask.state,), AskState.WITHDRAWN)
    return tuple(edit for ask in open_ones for edit in _their_cards(visit, tx, ask.ask_id))


def on_agreed(visit: Visit, tx: Tx, member: Member) -> Replies:
    """Yes."""
    return _answer(visit, tx, member, visit.act.value, AskState.AGREED)


def on_another_time_opened(visit: Visit, tx: Tx, member: Member) -> Replies:
    if not _may_answer(visit, tx, visit.act.value):
        return _no_longer_open(visit, tx, visit.act.value)
    first_at = asking.another_time(visit.now, visit.calendar(member))
    view = screens.another_time_form(
        visit.words(member),
        ask_id=visit.act.value,
        asker_id=_asker_id(tx, visit.act.value),
        first_at=local(first_at, member.person.tz),
    )
    return (Show(view=view),)


def _asker_id(tx: Tx, ask_id: str) -> str:
    return members.user_id(tx, _known(tx, ask_id).asker)


def on_another_time(visit: Visit, tx: Tx, member: Member) -> Replies:
    """Another day and hour, in the zone of who answers."""
    ask_id, (on, at) = visit.act.fact("ask"), _day_and_hour(visit)
    today = local(visit.now, member.person.tz).date()
    if on > today + FARTHEST:
        raise Malformed("day")
    meet_at = instant(max(on, today), at, member.person.tz)
    if on < today or meet_at <= visit.now:
        return (Wrong(errors=screens.another_time_errors(visit.words(member))),)
    return _answer(visit, tx, member, ask_id, AskState.ANOTHER_TIME, meet_at=meet_at)


def _day_and_hour(visit: Visit) -> tuple[date, time]:
    try:
        on = date.fromisoformat(visit.act.needed(ids.MEET_ON))
        return on, time.fromisoformat(visit.act.needed(ids.MEET_TIME))
    except ValueError:
        raise Malformed("moment") from None


def on_cannot_opened(visit: Visit, tx: Tx, member: Member) -> Replies:
    if not _may_answer(visit, tx, visit.act.value):
        return _no_longer_open(visit, tx, visit.act.value)
    ask_id = visit.act.value
    view = screens.cannot_form(visit.words(member), ask_id=ask_id, asker_id=_asker_id(tx, ask_id))
    return (Show(view=view),)


def on_cannot(visit: Visit) -> Replies:
    """I can't, and here is who can: a next person is needed."""
    named = visit.house.messenger.person(visit.act.needed(ids.NEXT_PERSON))
    return for_member(partial(_on_cannot, named=named))(visit)


def _on_cannot(visit: Visit, tx: Tx, member: Member, named: RosterEntry | None) -> Replies:
    ask_id = visit.act.fact("ask")
    if not _may_answer(visit, tx, ask_id):
        return _no_longer_open(visit, tx, ask_id)
    ask = _known(tx, ask_id)
    if named is None or not named.is_staff or not named.active:
        return (Wrong(errors=screens.cannot_errors(visit.words(member))),)
    next_person = note_person(tx, named)
    if next_person in (ask.asker, visit.ref):
        return (Wrong(errors=screens.cannot_errors(visit.words(member))),)
    return _answer(visit, tx, member, ask.ask_id, AskState.CANNOT, next_person=next_person)


def _answer(visit: Visit, tx: Tx, member: Member, ask_id: str, given: AskState, **more: object) -> Replies:
    """The first answer counts; the asker is told, the cards of those asked say what became of it."""
    may = _may_answer(visit, tx, ask_id)
    if not may or not asks.move(tx, ask_id, asking.WAITING, given, answered_by=visit.ref, **more):
        return _no_longer_open(visit, tx, ask_id)
    ask = _known(tx, ask_id)
    timers.drop(tx, ask_entity(ask_id), *asking.TIMERS)
    asker = members.known(tx, ask.asker, visit.now)
    calendar = calendar_of(asker, visit.now)
    told_at = next_working(visit.now, calendar)
    facts = {"ask": ask_id}
    outbox.add(tx, notice(Kind.ASK_TOLD, ask.asker, ask_id, told_at, facts=facts))
    if given is not AskState.CANNOT:
        due_at = asking.follow_up_due(ask.meet_at or told_at, calendar)
        timers.put(tx, ask_entity(ask_id), asking.FOLLOW_UP, due_at)
    done = screens.ask_list(visit.words(member), _lines_to(visit, tx))
    shown: Replies = (Turn(view=done),) if visit.act.in_modal else ()
    return (*shown, *_their_cards(visit, tx, ask_id))


def _may_answer(visit: Visit, tx: Tx, ask_id: str) -> bool:
    ask = asks.get(tx, ask_id)
    return ask is not None and ask.waits_for(visit.ref)


def _no_longer_open(visit: Visit, tx: Tx, ask_id: str) -> Replies:
    """Somebody else was first, or it was taken back: the card says so now."""
    ask = asks.get(tx, ask_id)
    if ask is None or not ask.may_answer(visit.ref):
        return (Sorry(trouble="not_yours"),)
    return (Sorry(trouble="out_of_date"), *_their_cards(visit, tx, ask_id))


def _their_cards(visit: Visit, tx: Tx, ask_id: str) -> Replies:
    """Edits of the cards of everybody who was asked, so that each shows how it stands."""
    ask = _known(tx, ask_id)
    asked = [ref for ref in (ask.recipient, ask.also_asked) if ref]
    return tuple(edit for ref in asked if (edit := _card_of(visit, tx, ask, ref)) is not None)


def _card_of(visit: Visit, tx: Tx, ask: Ask, ref: PersonRef) -> Edit | None:
    sent = outbox.sent_at(tx, dedupe_key(Kind.ASK, ref, ask.ask_id))
    if sent is None:
        return None
    by_other = ask.answered_by if ask.answered_by not in (None, ref) else None
    message = screens.ask_card(
        visit.words(members.known(tx, ref, visit.now)),
        ask_id=ask.ask_id,
        asker_id=members.user_id(tx, ask.asker),
        state=ask.state,
        meet_at=ask.meet_at,
        next_id=members.user_id(tx, ask.next_person) if ask.next_person else None,
        answered_by_id=members.user_id(tx, by_other) if by_other else None,
        for_deputy=ref == ask.also_asked,
    )
    return Edit(message=message, channel=sent[0], ts=sent[1])


def on_left(visit: Visit, tx: Tx, member: Member) -> Replies:
    """Leave it: the asker does not want to ask anybody else."""
    ask = _own(visit, tx)
    if ask is None or not asks.move(tx, ask.ask_id, asking.WAITING, AskState.NO_LONGER):
        return (Sorry(trouble="out_of_date"),)
    words = visit.words(member)
    return (Edit(message=screens.left(words)), *_their_cards(visit, tx, ask.ask_id), FreshHome())


def on_follow_up_opened(visit: Visit, tx: Tx, member: Member) -> Replies:
    ask = _own(visit, tx)
    if ask is None or ask.state not in asking.AGREED_STATES:
        return (Sorry(trouble="out_of_date"),)
    with_whom = members.user_id(tx, ask.answered_by or ask.recipient)
    view = screens.did_it_happen_view(visit.words(member), ask_id=ask.ask_id, recipient_id=with_whom)
    return (Show(view=view),)


def on_follow_up(visit: Visit, tx: Tx, member: Member) -> Replies:
    """Did that happen? "Not yet" ends this ask and opens the way to the next."""
    given, ask = visit.act.needed(ids.HAPPENED), _own_by(visit, tx, visit.act.fact("ask"))
    if given not in (ids.MET, ids.NOT_YET, ids.NO_LONGER):
        raise Malformed("happened")
    to = asking.after_follow_up(ask.state, ANSWERED_WITH.get(given, AskState.NO_LONGER)) if ask else None
    if ask is None or to is None or not asks.move(tx, ask.ask_id, (ask.state,), to):
        return (Sorry(trouble="out_of_date"),)
    can_ask = bool(asking.recipients(visit.ref, member.team))
    view = screens.did_it_happen_done(visit.words(member), answer=given, ask_again=can_ask)
    return (Turn(view=view), FreshHome())


def on_asks_to_me_opened(visit: Visit, tx: Tx, member: Member) -> Replies:
    """What was asked of a supervisor or deputy, by name, as each person chose."""
    return (Show(view=screens.ask_list(visit.words(member), _lines_to(visit, tx))),)


def _lines_to(visit: Visit, tx: Tx) -> tuple[AskLine, ...]:
    return tuple(line(tx, ask, ask.asker) for ask in asks.list_to(tx, visit.ref))


def line(tx: Tx, ask: Ask, other: PersonRef) -> AskLine:
    """An ask as a list shows it to one of the two."""
    return AskLine(
        ask_id=ask.ask_id,
        with_id=members.user_id(tx, other),
        state=ask.state,
        asked_on=ask.asked_on,
        meet_at=ask.meet_at,
    )


def _own(visit: Visit, tx: Tx) -> Ask | None:
    return _own_by(visit, tx, visit.act.value)


def _own_by(visit: Visit, tx: Tx, ask_id: str) -> Ask | None:
    ask = asks.get(tx, ask_id)
    return ask if ask and ask.asker == visit.ref else None


def _known(tx: Tx, ask_id: str) -> Ask:
    ask = asks.get(tx, ask_id)
    if ask is None:
        raise Malformed("ask")
    return ask


def register(app: App, listen: Listen) -> None:
    app.action(ids.OPENED_ASK)(listen(for_reader(on_ask_opened)))
    app.shortcut(ids.SHORTCUT_ASK)(listen(for_reader(on_ask_opened)))
    app.view(ids.VIEW_ASK)(listen(for_member(on_asked)))
    app.action(ids.WITHDREW_ASK)(listen(for_member(on_withdrawn)))
    app.action(ids.ASK_ANSWERED_YES)(listen(for_member(on_agreed)))
    app.action(ids.ASK_ANSWERED_ANOTHER_TIME)(listen(for_reader(on_another_time_opened)))
    app.view(ids.VIEW_ANOTHER_TIME)(listen(for_member(on_another_time)))
    app.action(ids.ASK_ANSWERED_CANNOT)(listen(for_reader(on_cannot_opened)))
    app.view(ids.VIEW_CANNOT)(listen(on_cannot))
    app.action(ids.LEFT_ASK)(listen(for_member(on_left)))
    app.action(ids.OPENED_FOLLOW_UP)(listen(for_reader(on_follow_up_opened)))
    app.view(ids.VIEW_FOLLOW_UP)(listen(for_member(on_follow_up)))
    app.action(ids.OPENED_ASKS_TO_ME)(listen(for_reader(on_asks_to_me_opened)))
