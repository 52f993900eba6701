"""A request for a peer from the first offer to its end: each step with its notices and timers.

Every act begins by holding the request, so that of two at once the second finds what the first one did.
People are told by notices alone; what a screen shows at once is decided by what an act answers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from bot.content.holidays import calendar_of
from bot.domain import peers as deciding
from bot.domain.localtime import Calendar, local, next_working
from bot.domain.matching import (
    Asker,
    AtTheCap,
    Candidate,
    Chosen,
    Later,
    Nobody,
    Outcome,
    apart_from,
    choose,
    in_charge_of,
    usual_where,
)
from bot.domain.members import Member, PersonRef
from bot.domain.notices import PEERS, Kind, notice
from bot.domain.peers import (
    KNOWN_TO_BOTH,
    RUNNING,
    Help,
    Load,
    OfferState,
    Request,
    RequestState,
    Wanted,
    When,
    Where,
    Wishes,
)
from storage import members, outbox, peers, teams, timers
from storage.database import Tx
from storage.timers import peer_entity, peer_offer_entity, peer_offers_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A request as it stands at once, and by when whoever asked hears again."""

    request: Request
    outcome: Outcome
    tells_at: datetime


# ---- the facts


def candidates(tx: Tx, now: datetime) -> tuple[Candidate, ...]:
    """Everybody on the roster as matching sees them; for nobody's eyes."""
    offerings = peers.list_offerings(tx)
    found = members.list_members(tx, offerings, now)
    today = {ref: local(now, member.person.tz).date() for ref, member in found.items()}
    loads = peers.loads(tx, today)
    wishes, asked = peers.wishes_of(tx, offerings), peers.list_asked(tx)
    return tuple(
        Candidate(
            ref=ref,
            offering=offerings[ref],
            calendar=calendar_of(member, now),
            team_id=member.team.team_id if member.team else None,
            load=loads.get(ref, Load()),
            never=wishes.get(ref, Wishes()).never,
            present=member.person.active and member.person.vacation_end(now) is None,
            is_quiet=member.person.quiet_end(now) is not None,
            has_offer=ref in asked,
        )
        for ref, member in found.items()
    )


def asker(tx: Tx, member: Member, now: datetime) -> Asker:
    """Who asks, and everybody with whom they are never matched."""
    led = [team for team in teams.list_teams(tx) if member.ref in in_charge_of(team)]
    below = [(team, teams.list_members(tx, team.team_id, now)) for team in led]
    return Asker(
        ref=member.ref,
        calendar=calendar_of(member, now),
        team_id=member.team.team_id if member.team else None,
        wishes=peers.wishes(tx, member.ref),
        apart=apart_from(member.ref, member.team, below),
    )


def usual_side(tx: Tx, member: Member, now: datetime) -> Where:
    """From where a colleague is looked for unless somebody says otherwise."""
    return usual_where(candidates(tx, now), member.team.team_id if member.team else None)


# ---- searching


def begin(
    tx: Tx, member: Member, help_: Help, where: Where, when: When, language: str | None, now: datetime
) -> Begun:
    """Somebody asks for a peer, and the first colleague is asked if it is working time."""
    calendar = calendar_of(member, now)
    until_at = deciding.window_end(now, when, calendar)
    request = Request(
        request_id=peers.new_id(),
        asker=member.ref,
        asked_on=local(now, calendar.tz).date(),
        wanted=Wanted(help=help_, where=where, language=language, until_at=until_at),
    )
    peers.add(tx, request)
    return _begun(tx, request, now)


def _begun(tx: Tx, request: Request, now: datetime) -> Begun:
    """Search, with whoever asked before the screen: they are told there, not by a notice."""
    tells_at = deciding.tells_at(now, _calendar(tx, request.asker, now))
    timers.put(tx, peer_entity(request.request_id), deciding.TELL, tells_at)
    outcome = _seek(tx, request, now)
    if isinstance(outcome, AtTheCap | Nobody):
        _give_up(tx, request, now)
    return Begun(request=request, outcome=outcome, tells_at=tells_at)


def seek(tx: Tx, request_id: str, now: datetime, due_at: datetime) -> None:
    """Ask whoever can be asked now about a request that is open; whoever asked is told if nobody can."""
    request = peers.hold(tx, request_id)
    if request and request.state is RequestState.SEARCHING:
        _go_on(tx, request, now, due_at)


def _go_on(tx: Tx, request: Request, now: datetime, due_at: datetime | None = None) -> None:
    if isinstance(_seek(tx, request, now), AtTheCap | Nobody) and _give_up(tx, request, now):
        _tell(tx, request, Kind.PEER_NOBODY, request.asker, now, due_at=due_at)


def _seek(tx: Tx, request: Request, now: datetime) -> Outcome:
    """Ask as many as may be asked at a time. AtTheCap or Nobody: no offer is open and none can be made."""
    asked = peers.list_offers(tx, request.request_id)
    open_ = [ref for ref, state in asked.items() if state is OfferState.OPEN]
    most = request.at_a_time() - len(open_)
    if most < 1:
        return Later()
    here = asker(tx, members.known(tx, request.asker, now), now)
    outcome = choose(candidates(tx, now), here, request, now, asked=asked, most=most)
    if isinstance(outcome, Chosen):
        # All of them; somebody whom another request took at this moment is not counted.
        made = [ref for ref in outcome.refs if _offer(tx, request, ref, now)]
        outcome = replace(outcome, refs=tuple(made)) if made else Later()
    elif open_:
        outcome = Later()
    if isinstance(outcome, Later) and not open_:
        _look_again(tx, request, here.calendar, now)
    return outcome


def _look_again(tx: Tx, request: Request, calendar: Calendar, now: datetime) -> None:
    begins_at = next_working(now, calendar)
    at = begins_at if begins_at > now else deciding.looks_again_at(now, calendar)
    timers.put(tx, peer_entity(request.request_id), deciding.SEARCH, at)


def _offer(tx: Tx, request: Request, peer: PersonRef, now: datetime) -> bool:
    """Ask one colleague, without a name; False when somebody else has just asked them."""
    calendar = _calendar(tx, peer, now)
    if not peers.add_offer(tx, request.request_id, peer):
        return False
    if not peers.count_offer(tx, peer, local(now, calendar.tz).date()):
        peers.move_offer(tx, request.request_id, peer, OfferState.OPEN, OfferState.NOT_NEEDED)
        return False
    lapses_at = deciding.lapses_at(now, calendar)
    timers.put(tx, peer_offer_entity(request.request_id, peer), deciding.LAPSE, lapses_at)
    facts: dict[str, str | int] = {"request": request.request_id, "by": int(lapses_at.timestamp())}
    about = request.request_id
    outbox.add(tx, notice(Kind.PEER_OFFER, peer, about, now, expires_at=lapses_at, facts=facts))
    return True


def _give_up(tx: Tx, request: Request, now: datetime) -> bool:
    """Nobody was found: other ways are open until the next working day, when the request ends."""
    was = (RequestState.SEARCHING, RequestState.FOUND)
    if not peers.move(tx, request.request_id, was, RequestState.NOBODY, now, peer=None):
        return False
    _end_offers(tx, request)
    timers.drop(tx, peer_entity(request.request_id), *deciding.TIMERS)
    ends_at = deciding.follow_up_at(now, _calendar(tx, request.asker, now))
    timers.put(tx, peer_entity(request.request_id), deciding.END, ends_at)
    return True


def _end_offers(tx: Tx, request: Request) -> tuple[PersonRef, ...]:
    """Nobody has to answer any more; whose offer was open."""
    asked = peers.list_offers(tx, request.request_id)
    timers.erase_under(tx, peer_offers_of(request.request_id))
    was, to = OfferState.OPEN, OfferState.NOT_NEEDED
    return tuple(ref for ref in asked if peers.move_offer(tx, request.request_id, ref, was, to))


# ---- what a colleague does


class Answer(StrEnum):
    """What became of a yes."""

    TAKEN = "taken"
    NOT_NEEDED = "not_needed"
    AT_THE_CAP = "at_the_cap"
    """They have said yes as often this week as they want to."""


def accept(tx: Tx, request_id: str, peer: PersonRef, now: datetime) -> Answer:
    """A colleague can: whoever asked sees their name and decides. The first yes counts."""
    request, offering = peers.hold(tx, request_id), peers.offering(tx, peer)
    if request is None or offering is None or request.state is not RequestState.SEARCHING:
        return Answer.NOT_NEEDED
    if peers.list_offers(tx, request_id).get(peer) is not OfferState.OPEN:
        return Answer.NOT_NEEDED
    yes_on = _today(tx, peer, now)
    if not peers.count_helped(tx, peer, yes_on, offering.weekly_max):
        _close_offer(tx, request, peer, OfferState.DECLINED)
        _go_on(tx, request, now)
        return Answer.AT_THE_CAP
    _close_offer(tx, request, peer, OfferState.ACCEPTED)
    _end_offers(tx, request)
    turn = request.turn + 1
    peers.move(tx, request_id, (request.state,), RequestState.FOUND, now, peer=peer, yes_on=yes_on, turn=turn)
    timers.drop(tx, peer_entity(request_id), *deciding.TIMERS)
    decides_by = deciding.decides_by(now, _calendar(tx, request.asker, now))
    timers.put(tx, peer_entity(request_id), deciding.DECIDE, decides_by)
    _tell(tx, replace(request, turn=turn), Kind.PEER_FOUND, request.asker, now, by=decides_by)
    return Answer.TAKEN


def decline(tx: Tx, request_id: str, peer: PersonRef, now: datetime) -> bool:
    """A colleague cannot this time: the next one is asked. False when nobody waits for an answer."""
    request = peers.hold(tx, request_id)
    if request is None or not _close_offer(tx, request, peer, OfferState.DECLINED):
        return False
    if request.state is RequestState.SEARCHING:
        _go_on(tx, request, now)
    return True


def lapse(tx: Tx, request_id: str, peer: PersonRef, now: datetime, due_at: datetime) -> None:
    """No answer in time: from now on two are asked at a time, and whoever asked hears of it once."""
    request = peers.hold(tx, request_id)
    if request is None or not _close_offer(tx, request, peer, OfferState.LAPSED):
        return
    if request.state is RequestState.SEARCHING:
        is_first = peers.widen(tx, request_id)
        _go_on(tx, replace(request, two_at_once=True), now, due_at)
        if is_first and _is_searching(tx, request_id):
            by = due(tx, request_id, deciding.TELL)
            _tell(tx, request, Kind.PEER_LOOKING, request.asker, now, by=by, due_at=due_at)


def _close_offer(tx: Tx, request: Request, peer: PersonRef, to: OfferState) -> bool:
    timers.drop(tx, peer_offer_entity(request.request_id, peer), deciding.LAPSE)
    return peers.move_offer(tx, request.request_id, peer, OfferState.OPEN, to)


def stop_helping(tx: Tx, peer: PersonRef, now: datetime) -> None:
    """Off the roster at once: nobody waits for an answer of theirs."""
    for request_id, state in peers.list_offers_to(tx, peer).items():
        if state is OfferState.OPEN:
            decline(tx, request_id, peer, now)
    for taken in sorted(peers.list_taken(tx, peer), key=lambda request: request.request_id):
        fall_away(tx, taken.request_id, now)
    peers.strike_off(tx, peer)


def fall_away(tx: Tx, request_id: str, now: datetime) -> None:
    """The colleague who said yes cannot any more, and whoever asked has not decided: it is looked on."""
    request = peers.hold(tx, request_id)
    if request and request.state is RequestState.FOUND:
        begun = replace_peer(tx, request, now)
        kind = Kind.PEER_LOOKING if _is_searching(tx, request_id) else Kind.PEER_NOBODY
        _tell(tx, begun.request, kind, request.asker, now, by=begun.tells_at)


def replace_peer(tx: Tx, request: Request, now: datetime) -> Begun:
    """The same where whoever asked is told on the screen."""
    return _search_again(tx, request, OfferState.DECLINED, now)


def _search_again(tx: Tx, request: Request, left: OfferState, now: datetime) -> Begun:
    """Somebody else is to be asked, by the end of the next working day if the time is up."""
    _let_go(tx, request, left)
    until_at = deciding.window_end(now, When.TODAY, _calendar(tx, request.asker, now))
    wanted = replace(request.wanted, until_at=max(request.wanted.until_at, until_at))
    again = replace(request, wanted=wanted, state=RequestState.SEARCHING, peer=None)
    peers.set_wanted(tx, again)
    peers.move(tx, request.request_id, RUNNING, RequestState.SEARCHING, now, peer=None)
    timers.drop(tx, peer_entity(request.request_id), *deciding.TIMERS)
    return _begun(tx, again, now)


def _let_go(tx: Tx, request: Request, to: OfferState) -> None:
    """The colleague who said yes is free again. Of a talk that was not to be nothing counts."""
    if request.peer is None:
        return
    peers.move_offer(tx, request.request_id, request.peer, OfferState.ACCEPTED, to)
    if request.state is RequestState.FOUND and request.yes_on:
        peers.uncount_helped(tx, request.peer, request.yes_on)


def _is_searching(tx: Tx, request_id: str) -> bool:
    request = peers.get(tx, request_id)
    return request is not None and request.state is RequestState.SEARCHING


# ---- what whoever asked does


def confirm(tx: Tx, request: Request, to: RequestState, now: datetime) -> bool:
    """Both agree: OPENING, or TOGETHER where names are enough. False when the colleague is gone."""
    if request.peer is None or not members.is_here(tx, request.peer):
        return False
    if not peers.move(tx, request.request_id, (RequestState.FOUND,), to, now):
        return False
    timers.drop(tx, peer_entity(request.request_id), *deciding.TIMERS)
    if to is RequestState.OPENING:
        opens_by = now + deciding.OPENS_WITHIN
        timers.put(tx, peer_entity(request.request_id), deciding.OPEN_GROUP, opens_by)
    else:
        _names(tx, request, now)
    return True


def opened(tx: Tx, request: Request, channel: str, now: datetime) -> bool:
    """Their group message is there: one opening line goes into it."""
    if not peers.move(tx, request.request_id, (RequestState.OPENING,), RequestState.TOGETHER, now):
        return False
    facts: dict[str, str | int] = {"request": request.request_id, "asked_for": 1}
    about = request.request_id
    outbox.add(tx, notice(Kind.PEER_TOGETHER, None, about, now, channel=channel, facts=facts))
    _follow_up_later(tx, request, now)
    return True


def not_opened(tx: Tx, request_id: str, now: datetime) -> bool:
    """Slack opens no group message for the two: both get each other's names instead."""
    request = peers.hold(tx, request_id)
    was, to = (RequestState.OPENING,), RequestState.TOGETHER
    if request is None or not peers.move(tx, request_id, was, to, now):
        return False
    _names(tx, request, now)
    return True


def _names(tx: Tx, request: Request, now: datetime) -> None:
    if request.peer:
        _tell(tx, request, Kind.PEER_NAMES, request.peer, now)
    _follow_up_later(tx, request, now)


def _follow_up_later(tx: Tx, request: Request, now: datetime) -> None:
    timers.drop(tx, peer_entity(request.request_id), deciding.OPEN_GROUP)
    at = deciding.follow_up_at(now, _calendar(tx, request.asker, now))
    timers.put(tx, peer_entity(request.request_id), deciding.FOLLOW_UP, at)


def ask_another(tx: Tx, request: Request, now: datetime) -> Begun:
    """Somebody else, without a reason; the colleague who said yes hears only that it is not needed."""
    _not_needed(tx, request, now)
    return _search_again(tx, request, OfferState.NOT_NEEDED, now)


def look_on(tx: Tx, request: Request, now: datetime) -> Begun:
    """Nobody was found, and it is to be looked on."""
    return _search_again(tx, request, OfferState.NOT_NEEDED, now)


def _not_needed(tx: Tx, request: Request, now: datetime) -> None:
    if request.peer:
        about = f"{request.request_id}|{request.turn}"
        outbox.add(tx, notice(Kind.PEER_NOT_NEEDED, request.peer, about, now))


def not_yet(tx: Tx, request: Request, now: datetime) -> None:
    """They have not met: it is asked again on the next working day."""
    _follow_up_later(tx, request, now)


def close(tx: Tx, request: Request, to: RequestState, now: datetime) -> tuple[PersonRef, ...]:
    """A request ends; whose offers were open. () also when it has ended before."""
    if not peers.move(tx, request.request_id, RUNNING, to, now):
        return ()
    timers.drop(tx, peer_entity(request.request_id), *deciding.TIMERS)
    if request.state is RequestState.FOUND:
        _not_needed(tx, request, now)
        _let_go(tx, request, OfferState.NOT_NEEDED)
    peers.count_month(tx, now.date(), to)
    if to is RequestState.MATCHED and request.peer:
        _after_a_talk(tx, request.peer, now)
    return _end_offers(tx, request)


def _after_a_talk(tx: Tx, peer: PersonRef, now: datetime) -> None:
    """After every second conversation a supporter is asked how they are (E-PEER6)."""
    if peers.count_talk(tx, peer, deciding.CHECKED_AFTER):
        outbox.add(tx, notice(Kind.PEER_CHECK, peer, f"{now:%Y%m%d}", now))


# ---- what time does


def tell_other_ways(tx: Tx, request_id: str, now: datetime, due_at: datetime) -> None:
    """Two working hours and nobody said yes: whoever asked hears of other ways."""
    request = peers.hold(tx, request_id)
    if request and request.state is RequestState.SEARCHING and _give_up(tx, request, now):
        _tell(tx, request, Kind.PEER_NOBODY, request.asker, now, due_at=due_at)


def leave_undecided(tx: Tx, request_id: str, now: datetime, due_at: datetime) -> None:
    """Whoever asked has not decided about a yes: the colleague does not wait any longer."""
    request = peers.hold(tx, request_id)
    if request and request.state is RequestState.FOUND:
        _not_needed(tx, request, now)
        _let_go(tx, request, OfferState.NOT_NEEDED)
        _give_up(tx, request, now)
        _tell(tx, request, Kind.PEER_NOBODY, request.asker, now, due_at=due_at)


def follow_up(tx: Tx, request_id: str, now: datetime, due_at: datetime) -> None:
    """The next working day: whoever asked, and nobody else, is asked whether they met."""
    request = peers.hold(tx, request_id)
    if request and request.state is RequestState.TOGETHER:
        _tell(tx, request, Kind.PEER_FOLLOW_UP, request.asker, now, due_at=due_at)
        timers.put(tx, peer_entity(request_id), deciding.END, now + deciding.ENDS_AFTER)


def end(tx: Tx, request_id: str, now: datetime) -> None:
    """Nobody touched it any more: it ends, and hangs over nobody."""
    request = peers.hold(tx, request_id)
    if request:
        to = RequestState.MATCHED if request.state in KNOWN_TO_BOTH else RequestState.REDIRECTED
        close(tx, request, to, now)


# ---- forgetting


def forget(tx: Tx, request_id: str) -> None:
    """Nothing is left of a request that has ended: not who met whom, not who was asked."""
    outbox.erase_about(tx, NOTICES_OF_A_REQUEST, request_id)
    timers.drop(tx, peer_entity(request_id), *deciding.TIMERS)
    timers.erase_under(tx, peer_offers_of(request_id))
    peers.erase(tx, request_id)


NOTICES_OF_A_REQUEST = PEERS - {Kind.PEER_NOT_NEEDED, Kind.PEER_CHECK}
"""What is erased with a request. The other two hold nothing of it, and may still be on their way."""


def let_go(tx: Tx, ref: PersonRef, now: datetime) -> None:
    """Somebody has left Slack: their requests end, and nobody waits for an answer of theirs."""
    for request in sorted(peers.list_of(tx, ref), key=lambda made: made.request_id):
        known = request.state in KNOWN_TO_BOTH
        close(tx, request, RequestState.MATCHED if known else RequestState.WITHDRAWN, now)
    stop_helping(tx, ref, now)


def erase_person(tx: Tx, ref: PersonRef, now: datetime) -> None:
    """Somebody deletes their data: their requests end, nobody waits for them, and nothing is left of it."""
    let_go(tx, ref, now)
    for request in peers.list_made(tx, ref):
        forget(tx, request.request_id)
    for taken in sorted(peers.list_taken(tx, ref), key=lambda request: request.request_id):
        close(tx, taken, RequestState.MATCHED, now)
        forget(tx, taken.request_id)
    peers.erase_person(tx, ref)


# ---- the same for all


def _tell(
    tx: Tx,
    request: Request,
    kind: Kind,
    to: PersonRef,
    now: datetime,
    *,
    by: datetime | None = None,
    due_at: datetime | None = None,
) -> None:
    """by: when they will hear again. due_at: of the timer that calls for it, else it is called for now."""
    called_for_at = due_at or now
    about = f"{request.request_id}|{request.turn}|{int(called_for_at.timestamp())}"
    facts: dict[str, str | int] = {"request": request.request_id, "turn": request.turn}
    if by:
        facts["by"] = int(by.timestamp())
    outbox.add(tx, notice(kind, to, about, now, called_for_at=called_for_at, facts=facts))


def _calendar(tx: Tx, ref: PersonRef, now: datetime) -> Calendar:
    return calendar_of(members.known(tx, ref, now), now)


def _today(tx: Tx, ref: PersonRef, now: datetime) -> date:
    return local(now, members.known(tx, ref, now).person.tz).date()


def due(tx: Tx, request_id: str, kind: str) -> datetime | None:
    """When a time-out of a request is due, which people are told."""
    found = timers.list_under(tx, peer_entity(request_id))
    return next((timer.due_at for timer in found if timer.kind == kind), None)
