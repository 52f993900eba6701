"""Say it with others: the list, what one chose in the running four weeks, and taking it back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from slack_bolt import App

from bot.blocks import ids
from bot.blocks import raises as screens
from bot.blocks.elements import View
from bot.blocks.raises import Choice, Lead
from bot.domain import asks as asking
from bot.domain.localtime import local
from bot.domain.members import Member, PersonRef
from bot.domain.raises import EVERY, PHRASES, Closed, Lane, lane
from handlers.payloads import Malformed
from handlers.visit import Listen, Replies, Show, Turn, Visit, Wrong, for_member, for_reader
from storage import digests, members, raises
from storage.database import Tx


def on_raise_opened(visit: Visit, tx: Tx, member: Member) -> Replies:
    """The same list for everybody in a group, nothing ticked, wherever it was opened; or why none."""
    return (Show(view=_list(visit, tx, member)),)


def on_raised(visit: Visit, tx: Tx, member: Member) -> Replies:
    """What was ticked joins what stood before, if these are still the four weeks it was ticked in."""
    given, words, period = _given(visit), visit.words(member), visit.act.fact_number("period")
    if not given:
        return (Wrong(errors=screens.nothing_ticked(words)),)
    until, here = _open_until(visit, tx, period), _lane(visit, tx)
    if until is None:
        return (Turn(view=screens.ended(words, withdrawn=False)),)
    if isinstance(here, Closed):
        return (Turn(view=_list(visit, tx, member)),)
    raises.save(tx, visit.ref, period, raises.own(tx, visit.ref, period) | given)
    return (Turn(view=_mine(visit, tx, member, period, until, "noted")),)


def on_own_opened(visit: Visit, tx: Tx, member: Member) -> Replies:
    """What somebody chose themselves, for their own eyes."""
    match _lane(visit, tx):
        case Lane() as here:
            return (Show(view=_mine(visit, tx, member, here.period, here.until, "chosen")),)
        case Closed():
            return (Show(view=_list(visit, tx, member)),)


def on_withdrawn(visit: Visit, tx: Tx, member: Member) -> Replies:
    """Take a line back; once somebody is told so, it is not counted."""
    phrase, period = _known(visit.act.value), visit.act.fact_number("period")
    until = _open_until(visit, tx, period)
    if until is None:
        return (Turn(view=screens.ended(visit.words(member), withdrawn=True)),)
    raises.save(tx, visit.ref, period, raises.own(tx, visit.ref, period) - {phrase})
    return (Turn(view=_mine(visit, tx, member, period, until, "taken_back")),)


def _open_until(visit: Visit, tx: Tx, period: int) -> datetime | None:
    """When a period ends, if it runs and is not frozen before what follows is kept; else None."""
    found = raises.running(tx)
    if found is None or found.period != period or visit.now >= found.ends_at:
        return None
    return found.ends_at if digests.hold_open(tx, period) else None


def _lane(visit: Visit, tx: Tx) -> Lane | Closed:
    return lane(raises.place(tx, visit.ref, visit.now), visit.now)


def _list(visit: Visit, tx: Tx, member: Member) -> View:
    match _lane(visit, tx):
        case Lane() as here:
            return screens.raise_form(visit.words(member), _choice(tx, member, here))
        case Closed() as shut:
            opens_on = local(shut.opens_at, member.person.tz).date() if shut.opens_at else None
            can_ask = bool(asking.recipients(visit.ref, member.team))
            return screens.closed(
                visit.words(member), shut.why, opens_on=opens_on, can_ask=can_ask, guarantee=shut.guarantee
            )


def _choice(tx: Tx, member: Member, here: Lane) -> Choice:
    return Choice(
        period=here.period,
        needed=here.needed,
        until=local(here.until, member.person.tz),
        weekly_ids=_user_ids(tx, here.readers.weekly),
        above_ids=_user_ids(tx, here.readers.above),
        guarantee=here.guarantee,
    )


def _user_ids(tx: Tx, refs: Iterable[PersonRef]) -> tuple[str, ...]:
    return tuple(members.user_id(tx, ref) for ref in sorted(refs))


def _mine(visit: Visit, tx: Tx, member: Member, period: int, until: datetime, lead: Lead) -> View:
    return screens.mine(
        visit.words(member),
        period=period,
        phrases=raises.own(tx, visit.ref, period),
        until=local(until, member.person.tz),
        lead=lead,
    )


def _given(visit: Visit) -> frozenset[str]:
    """The phrases that were ticked; Malformed for one that the list does not have."""
    ticked = (phrase for pillar in PHRASES for phrase in visit.act.several(ids.said(pillar)))
    return frozenset(map(_known, ticked))


def _known(phrase: str) -> str:
    if phrase not in EVERY:
        raise Malformed("phrase")
    return phrase


def register(app: App, listen: Listen) -> None:
    app.action(ids.OPENED_RAISE)(listen(for_reader(on_raise_opened)))
    app.view(ids.VIEW_RAISE)(listen(for_member(on_raised)))
    app.action(ids.OPENED_RAISED)(listen(for_reader(on_own_opened)))
    app.action(ids.WITHDREW_RAISE)(listen(for_member(on_withdrawn)))
