"""What people do with the weekly card: start, put off, decline, answer, change, look at their options."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from slack_bolt import App

from bot.blocks import checkins as screens
from bot.blocks import ids
from bot.blocks.elements import View
from bot.domain import asks as asking
from bot.domain import checkins as deciding
from bot.domain.checkins import CARDS, OPEN, Card, Checkin, State
from bot.domain.followups import Options, choose
from bot.domain.localtime import closing_at
from bot.domain.members import TERMS_VERSION, Length, Member
from bot.domain.notices import Kind, notice
from bot.domain.rotation import keys_for
from handlers import settings
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
    for_member,
    for_reader,
)
from storage import answers, checkins, members, outbox, planning, privacy, timers, workspaces
from storage.database import Tx
from storage.timers import checkin_entity

A_WEEK = timedelta(weeks=1)


def on_started(visit: Visit, tx: Tx, member: Member) -> Replies:
    """Start, "after all" or "change my answers": the form opens, unless the week has closed."""
    week = visit.act.number()
    if not _takes_answers(tx, visit, member, week):
        return (Show(view=_too_late(tx, visit, member, week)),)
    _note(tx, visit, week, deciding.opened)
    return (Show(view=_form(tx, visit, member, week)),)


def on_put_off(visit: Visit, tx: Tx, member: Member) -> Replies:
    """Later today: another card in three working hours, or at tomorrow's first slot."""
    week = visit.act.number()
    if not _takes_answers(tx, visit, member, week):
        return (Show(view=_too_late(tx, visit, member, week)),)
    at = deciding.later_today_at(visit.now, visit.calendar(member))
    if at >= _closes_at(tx, member, week):
        return (Sorry(trouble="closes_today"),)
    if _note(tx, visit, week, deciding.put_off) is State.LATER:
        timers.put(tx, checkin_entity(visit.ref, week), deciding.COME_AGAIN, at)
    return card_now(tx, visit, member, week)


def on_declined(visit: Visit, tx: Tx, member: Member) -> Replies:
    """Not this week: a kind card, and no reminder. It can be taken back until closing."""
    week = visit.act.number()
    if not _takes_answers(tx, visit, member, week):
        return (Show(view=_too_late(tx, visit, member, week)),)
    _note(tx, visit, week, deciding.declined)
    return card_now(tx, visit, member, week)


def on_wanted_now(visit: Visit, tx: Tx, member: Member) -> Replies:
    """This week's card, which is held back or was left out, comes at once, whatever the hour."""
    week = planning.week_that_may_come(tx, visit.ref, visit.now)
    if week is None:
        return (Sorry(trouble="too_late"), FreshHome())
    closes_at, facts = _closes_at(tx, member, week), {"week": week, "asked_for": 1}
    since = closes_at - A_WEEK  # since then a card of this week may have gone out
    about, due_at = f"w{week}", visit.now
    wanted = notice(
        Kind.CHECKIN, visit.ref, about, due_at, expires_at=closes_at, called_for_at=since, facts=facts
    )
    if outbox.renew(tx, wanted):
        checkins.plan_again(tx, visit.ref, week)
        timers.put(tx, checkin_entity(visit.ref, week), deciding.CLOSE, closes_at)
    return (Show(view=screens.on_its_way(visit.words(member))), FreshHome())


def on_cleared(visit: Visit, tx: Tx, member: Member) -> Replies:
    """Empty the open form, since Slack cannot untick a choice."""
    return (Turn(view=_form(tx, visit, member, visit.act.number(), cleared=True)),)


def on_answered(visit: Visit, tx: Tx, member: Member) -> Replies:
    """The form was submitted: kept; the form turns into the options, the card into the fixed one."""
    week, given = visit.act.fact_number("week"), _given(visit)
    if not _takes_answers(tx, visit, member, week):
        return (Turn(view=_too_late(tx, visit, member, week, sent=True)),)
    if _note(tx, visit, week, deciding.answered) is not State.ANSWERED:
        return (Turn(view=_too_late(tx, visit, member, week, sent=True)),)
    answers.save(tx, visit.ref, week, given)
    if not member.preferences.accepted:
        members.choose(tx, visit.ref, accepted_version=TERMS_VERSION)
    options = choose(given, _keys(tx, visit, member, week), has_supervisor=_can_ask(member))
    view = screens.options(visit.words(member), options, week=week, country=member.country)
    return (Turn(view=view), *card_now(tx, visit, member, week))


def on_options_opened(visit: Visit, tx: Tx, member: Member) -> Replies:
    """See options, from the card at any time: the week's own answers are read, for the person alone."""
    week = visit.act.number()
    given = answers.own(tx, visit.ref, week)
    options = choose(given, _keys(tx, visit, member, week), has_supervisor=_can_ask(member))
    view = screens.options(visit.words(member), options, week=week, country=member.country, saved=False)
    return (Show(view=view),)


def on_more_opened(visit: Visit, _tx: Tx, member: Member) -> Replies:
    """More: everything that is offered, whatever was answered."""
    week, offers = visit.act.number(), _everything(member).more
    view = screens.more(visit.words(member), week=week, offers=offers, country=member.country)
    return (Show(view=view),)


def on_quiet_question_opened(visit: Visit, _tx: Tx, member: Member) -> Replies:
    """The one private question after three weeks without an answer."""
    return (Show(view=screens.quiet_question_view(visit.words(member))),)


def on_one_question_chosen(visit: Visit, tx: Tx, member: Member) -> Replies:
    """One question only, from now on; they are back, so asking goes on."""
    members.choose(tx, visit.ref, length=Length.ONE)
    settings.come_back(tx, visit)
    return (Turn(view=screens.quiet_question_done(visit.words(member), one_question=True)),)


def on_kept_as_is(visit: Visit, _tx: Tx, member: Member) -> Replies:
    """Leave it as it is: the four quiet weeks stand."""
    return (Turn(view=screens.quiet_question_done(visit.words(member), one_question=False)),)


def _takes_answers(tx: Tx, visit: Visit, member: Member, week: int) -> bool:
    """The week's check-in was sent, and has not closed where the person is now."""
    found = checkins.get(tx, visit.ref, week)
    if found is None or found.state not in OPEN or member.team is None:
        return False
    return visit.now < _closes_at(tx, member, week)


def _closes_at(tx: Tx, member: Member, week: int) -> datetime:
    epoch_on = workspaces.get(tx).epoch_on
    if epoch_on is None:
        raise Malformed("week")
    return closing_at(epoch_on, week, member.person.tz)


def _note(tx: Tx, visit: Visit, week: int, step: Callable[[State], State]) -> State:
    """Move the week on: a button was used, so no reminder comes. Returns where it stands now."""
    found, to = _moved(tx, visit, week, step)
    _remember_card(tx, visit, found)
    timers.drop(tx, checkin_entity(visit.ref, week), deciding.REMIND)
    return to


def _moved(tx: Tx, visit: Visit, week: int, step: Callable[[State], State]) -> tuple[Checkin, State]:
    """Once more if delivery or closing moved it between the look and the step; Malformed if there is none."""
    for _ in range(2):
        found = checkins.get(tx, visit.ref, week)
        if found is None:
            break
        to = step(found.state)
        if checkins.move(tx, visit.ref, week, (found.state,), to):
            return found, to
    raise Malformed("week")


def _remember_card(tx: Tx, visit: Visit, found: Checkin) -> None:
    """A click on a card whose sending was never confirmed tells where it is; the one before is older now."""
    channel, ts = visit.act.channel, visit.act.ts
    if not channel or not ts or ts <= (found.ts or ""):
        return
    if found.ts:
        checkins.retire_card(tx, visit.ref, found.week, found.ts, visit.now)
    checkins.set_newest_card(tx, visit.ref, found.week, channel, ts)


def card_now(tx: Tx, visit: Visit, member: Member, week: int) -> Replies:
    """The edit that makes the newest card show the week's state: the same for everybody in that state."""
    found = checkins.get(tx, visit.ref, week)
    card = CARDS.get(found.state) if found else None
    if found is None or card is None or found.ts is None or found.card is card:
        return ()
    message = screens.card_after(visit.words(member), card, week=week)
    edited = partial(_card_edited, visit, week, found.ts, card)
    return (Edit(message=message, channel=found.channel, ts=found.ts, edited=edited),)


def _card_edited(visit: Visit, week: int, ts: str, card: Card) -> None:
    with visit.begin() as tx:
        checkins.set_card(tx, visit.ref, week, ts, card)


def _form(tx: Tx, visit: Visit, member: Member, week: int, *, cleared: bool = False) -> View:
    sees, chosen = visit.who_sees(tx, member), member.preferences
    return screens.form(
        visit.words(member),
        week=week,
        keys=_keys(tx, visit, member, week),
        only_for_you=not sees.words_possible,
        unread=None if chosen.accepted else sees,
        remote=chosen.remote,
        current=answers.own(tx, visit.ref, week),
        cleared=cleared,
    )


def _keys(tx: Tx, visit: Visit, member: Member, week: int) -> tuple[str, ...]:
    small = not privacy.words_possible(tx, member.team, visit.now, member.ref)
    return keys_for(week, member.preferences.length, member.preferences.items_off, small=small)


def _given(visit: Visit) -> dict[str, int]:
    """What was answered, by question, without what was left blank; Malformed for what no form offers."""
    given = {}
    for action_id in visit.act.values:
        value, key = visit.act.one(action_id), action_id.removeprefix(ids.ANSWER_PREFIX)
        if value is not None and key != action_id:
            given[key] = _scale(visit, key).get(value, 0)
    if 0 in given.values():
        raise Malformed("answer")
    return given


def _scale(visit: Visit, key: str) -> dict[str, int]:
    words = visit.words(None)
    if key not in words.pages.items:
        return {}
    return {str(label.value): label.value for label in words.scale(words.item(key).scale)}


def _too_late(tx: Tx, visit: Visit, member: Member, week: int, *, sent: bool = False) -> View:
    came = checkins.get(tx, visit.ref, week) is not None
    return screens.no_longer(
        visit.words(member),
        week=week,
        offers=_everything(member).more,
        country=member.country,
        sent=sent,
        early=came and visit.now < _closes_at(tx, member, week),
    )


def _everything(member: Member) -> Options:
    return choose({}, (), has_supervisor=_can_ask(member))


def _can_ask(member: Member) -> bool:
    return bool(asking.recipients(member.ref, member.team))


def register(app: App, listen: Listen) -> None:
    app.action(ids.STARTED)(listen(for_member(on_started)))
    app.action(ids.CHANGED_ANSWERS)(listen(for_member(on_started)))
    app.action(ids.PUT_OFF)(listen(for_member(on_put_off)))
    app.action(ids.DECLINED)(listen(for_member(on_declined)))
    app.action(ids.WANTED_NOW)(listen(for_member(on_wanted_now)))
    app.action(ids.CLEARED_ANSWERS)(listen(for_reader(on_cleared)))
    app.view(ids.VIEW_CHECKIN)(listen(for_member(on_answered)))
    app.action(ids.OPENED_OPTIONS)(listen(for_reader(on_options_opened)))
    app.action(ids.OPENED_MORE)(listen(for_reader(on_more_opened)))
    app.action(ids.OPENED_QUIET_QUESTION)(listen(for_reader(on_quiet_question_opened)))
    app.action(ids.CHOSE_ONE_QUESTION)(listen(for_member(on_one_question_chosen)))
    app.action(ids.KEPT_AS_IS)(listen(for_reader(on_kept_as_is)))
