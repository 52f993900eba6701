"""Days away: added, seen, taken back and ended early by the person alone; told to nobody."""

from __future__ import annotations

from datetime import date

from slack_bolt import App

from bot.blocks import ids
from bot.blocks import leave as screens
from bot.domain import leave as deciding
from bot.domain.leave import Leave, Span
from bot.domain.localtime import local
from bot.domain.members import Member
from handlers.payloads import Malformed
from handlers.visit import FreshHome, Listen, Replies, Show, Turn, Visit, Wrong, for_member, for_reader
from storage import leave, planning
from storage.database import Tx


def on_leave_opened(visit: Visit, _tx: Tx, member: Member) -> Replies:
    """Days away, from Home."""
    return (Show(view=screens.leave_form(visit.words(member), _ahead(visit, member))),)


def on_leave_added(visit: Visit, tx: Tx, member: Member) -> Replies:
    """Two dates were submitted: kept, and shown in the same window with room for more."""
    drawn, words = visit.act.fact_number("drawn"), visit.words(member)
    given = Span(first_on=_date(visit, ids.AWAY_FROM), last_on=_date(visit, ids.AWAY_UNTIL))
    kept = deciding.added(member.leave, given, _today(visit, member))
    if isinstance(kept, str):
        return (Wrong(errors=screens.leave_errors(words, kept, drawn=drawn)),)
    _keep(visit, tx, kept)
    return (Turn(view=screens.leave_form(words, kept, drawn=drawn + 1)), FreshHome())


def on_leave_removed(visit: Visit, tx: Tx, member: Member) -> Replies:
    """One span was taken back."""
    kept = deciding.without(_ahead(visit, member), _day(visit.act.value))
    _keep(visit, tx, kept)
    view = screens.leave_form(visit.words(member), kept, drawn=visit.act.fact_number("drawn"))
    return (Turn(view=view), FreshHome())


def on_back(visit: Visit, tx: Tx, member: Member) -> Replies:
    """Back early: one tap ends the days away that run; later ones stay."""
    _keep(visit, tx, deciding.back_early(member.leave, _today(visit, member)))
    outlook = planning.next_checkin(tx, visit.ref, visit.now)
    next_on = local(outlook.at, member.person.tz).date() if outlook and outlook.at else None
    return (Show(view=screens.back(visit.words(member), next_on=next_on)), FreshHome())


def _keep(visit: Visit, tx: Tx, kept: Leave) -> None:
    """What waits for this person is judged anew, and so is what is planned for them."""
    leave.save(tx, visit.ref, kept)
    planning.look_again(tx, visit.ref, visit.now)


def _ahead(visit: Visit, member: Member) -> Leave:
    return deciding.ahead(member.leave, _today(visit, member))


def _today(visit: Visit, member: Member) -> date:
    return local(visit.now, member.person.tz).date()


def _date(visit: Visit, name: str) -> date:
    return _day(visit.act.needed(name))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Malformed("date") from None


def register(app: App, listen: Listen) -> None:
    app.action(ids.OPENED_LEAVE)(listen(for_reader(on_leave_opened)))
    app.view(ids.VIEW_LEAVE)(listen(for_member(on_leave_added)))
    app.action(ids.REMOVED_LEAVE)(listen(for_member(on_leave_removed)))
    app.action(ids.CAME_BACK)(listen(for_member(on_back)))
