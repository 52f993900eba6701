"""A person's own choices: day, hour, length, language, pause, stop; each at once, each to be undone."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from slack_bolt import App

from bot.blocks import ids
from bot.blocks import settings as screens
from bot.blocks.elements import Message, View
from bot.domain.checkins import Standing
from bot.domain.localtime import FRIDAY, MONDAY, instant, local
from bot.domain.members import Length, Member
from bot.domain.rotation import REACTIONS
from handlers.payloads import Malformed
from handlers.visit import (
    FreshHome,
    Listen,
    Replies,
    Reply,
    Show,
    Turn,
    Visit,
    Whisper,
    Wrong,
    for_member,
    for_reader,
)
from storage import members, planning, privacy, rules
from storage.database import Tx

DAYS = {str(weekday): weekday for weekday in range(MONDAY, FRIDAY + 1)}


def on_settings_opened(visit: Visit, tx: Tx, member: Member) -> Replies:
    """Settings, from a message, from Home or by command."""
    small = not privacy.words_possible(tx, member.team, visit.now, member.ref)
    return (Show(view=screens.settings(visit.words(member), member.preferences, small=small)),)


def on_settings_saved(visit: Visit, tx: Tx, member: Member) -> Replies:
    """The settings were submitted: they hold from the next check-in on."""
    weekday, local_time = _slot(visit)
    errors = screens.settings_errors(visit.words(member), weekday=weekday, local_time=local_time)
    if errors:
        return (Wrong(errors=errors),)
    members.choose(tx, visit.ref, weekday=weekday, local_time=local_time, **_others(visit))
    come_back(tx, visit)
    words = visit.words(members.known(tx, visit.ref, visit.now))
    view = screens.settings_saved(words, weekday=weekday, local_time=local_time)
    return (Turn(view=view), FreshHome())


def _slot(visit: Visit) -> tuple[int, time]:
    weekday = DAYS.get(visit.act.needed(ids.DAY))
    try:
        local_time = time.fromisoformat(visit.act.needed(ids.HOUR))
    except ValueError:
        raise Malformed("hour") from None
    if weekday is None:
        raise Malformed("day")
    return weekday, local_time


def _others(visit: Visit) -> dict[str, object]:
    """What else was chosen. A small group's form has no length and no questions to leave out."""
    act = visit.act
    if ids.LENGTH not in act.values:
        return {"language": _language(visit, act.needed(ids.LANGUAGE))}
    length = act.needed(ids.LENGTH)
    if length not in list(Length):
        raise Malformed("length")
    return {
        "language": _language(visit, act.needed(ids.LANGUAGE)),
        "length": Length(length),
        "items_off": frozenset(act.several(ids.ITEMS_OFF)) & REACTIONS,
        "remote": bool(act.several(ids.REMOTE)),
    }


def _language(visit: Visit, given: str) -> str:
    if given not in visit.house.content.languages:
        raise Malformed("language")
    return given


def on_pause_opened(visit: Visit, _tx: Tx, member: Member) -> Replies:
    return (Show(view=screens.pause_form(visit.words(member))),)


def on_paused(visit: Visit, tx: Tx, member: Member) -> Replies:
    """Paused for some weeks, or until they come back; told to nobody, and no silence."""
    until = _pause_end(visit.act.needed(ids.PAUSE_FOR), visit.now, member.person.tz)
    members.choose(tx, visit.ref, paused=True, paused_until=until)
    rules.set_standing(tx, visit.ref, Standing())
    on = local(until, member.person.tz).date() if until else None
    return (Turn(view=screens.paused_view(visit.words(member), until=on)), FreshHome())


def _pause_end(weeks: str, now: datetime, tz: str) -> datetime | None:
    """The beginning of the day, some weeks on, from which check-ins come again; None for an open end."""
    if weeks == ids.PAUSE_OPEN_END:
        return None
    if weeks not in ("1", "2", "4"):
        raise Malformed("pause")
    return instant(local(now, tz).date() + timedelta(weeks=int(weeks)), time(), tz)


def on_stopped(visit: Visit, tx: Tx, member: Member) -> Replies:
    """Stop: at once, told to nobody, with an undo."""
    members.choose(tx, visit.ref, stopped=True)
    words = visit.words(member)
    return (_said(visit, screens.stopped_view(words), screens.stopped(words)), FreshHome())


def on_resumed(visit: Visit, tx: Tx, member: Member) -> Replies:
    """Back from a pause, from Stop, or from silence: asking goes on as before."""
    members.choose(tx, visit.ref, paused=False, paused_until=None, stopped=False)
    come_back(tx, visit)
    outlook = planning.next_checkin(tx, visit.ref, visit.now)
    next_on = _local_date(outlook.at if outlook else None, member)
    words = visit.words(member)
    said = _said(visit, screens.resumed_view(words, next_on=next_on), screens.resumed(words, next_on=next_on))
    return (said, FreshHome())


def _local_date(at: datetime | None, member: Member) -> date | None:
    return local(at, member.person.tz).date() if at else None


def _said(visit: Visit, view: View, message: Message) -> Reply:
    """In the open window where there is one; over Home as a window; under a message for the person alone."""
    if visit.act.in_modal:
        return Turn(view=view)
    return Show(view=view) if visit.act.on_home else Whisper(message=message)


def on_menu_used(visit: Visit, tx: Tx, member: Member) -> Replies:
    """The small menu on the weekly card."""
    match visit.act.value:
        case ids.MENU_PAUSE:
            return on_pause_opened(visit, tx, member)
        case ids.MENU_STOP:
            return on_stopped(visit, tx, member)
        case ids.MENU_DAY | ids.MENU_LENGTH | ids.MENU_LANGUAGE:
            return on_settings_opened(visit, tx, member)
    raise Malformed("menu")


def come_back(tx: Tx, visit: Visit) -> None:
    """Somebody who acts is not silent any more; the planner looks at them again at once."""
    rules.set_standing(tx, visit.ref, Standing())
    rules.look_again(tx, visit.ref, visit.now)


def register(app: App, listen: Listen) -> None:
    app.action(ids.OPENED_SETTINGS)(listen(for_reader(on_settings_opened)))
    app.view(ids.VIEW_SETTINGS)(listen(for_member(on_settings_saved)))
    app.action(ids.OPENED_PAUSE)(listen(for_reader(on_pause_opened)))
    app.view(ids.VIEW_PAUSE)(listen(for_member(on_paused)))
    app.action(ids.STOPPED)(listen(for_member(on_stopped)))
    app.action(ids.UNDID_STOP)(listen(for_member(on_resumed)))
    app.action(ids.RESUMED)(listen(for_member(on_resumed)))
    app.action(ids.CARD_MENU)(listen(for_member(on_menu_used)))
