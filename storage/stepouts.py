"""Who steps out, and who is asked to cover: each step with its notices and timers, erased when it is over.

Offers stand beside those of peer support, so that one cap holds for both and nobody is asked twice at once.
"""

from __future__ import annotations

import secrets
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select, update

from bot.content.holidays import calendar_of
from bot.domain import stepouts as stepping
from bot.domain.localtime import local
from bot.domain.matching import Chosen, choose
from bot.domain.members import Member, PersonRef
from bot.domain.notices import Facts, Kind, dedupe_key, notice
from bot.domain.peers import OfferState
from bot.domain.stepouts import HowLong, StepOut, StepOutState
from storage import matching, members, outbox, peers, timers
from storage.database import Tx, named
from storage.schema import step_outs


def begin(tx: Tx, member: Member, how_long: HowLong, tell: PersonRef | None, now: datetime) -> StepOut | None:
    """Somebody steps out and colleagues are asked; None when nobody can be asked, and nothing is kept.

    tell: the supervisor who is to hear that cover was asked for.
    """
    until_at = stepping.until(now, how_long, calendar_of(member, now))
    step_out = StepOut(step_out_id=secrets.token_hex(8), ref=member.ref, until_at=until_at, told=tell)
    add(tx, step_out)
    if not seek(tx, step_out, now):
        _forget(tx, step_out)
        return None
    entity = timers.step_out_entity(step_out.step_out_id)
    timers.put(tx, entity, stepping.END, until_at)
    if tell:
        facts: Facts = {"step_out": step_out.step_out_id}
        about = step_out.step_out_id
        outbox.add(tx, notice(Kind.COVER_ASKED, tell, about, now, expires_at=until_at, facts=facts))
    return step_out


def add(tx: Tx, step_out: StepOut) -> None:
    tx.execute(step_outs.insert().values(workspace=tx.workspace, **asdict(step_out)))


def seek(tx: Tx, step_out: StepOut, now: datetime) -> bool:
    """Ask whoever can be asked now, two at a time; False when nobody is or can be asked."""
    asked = peers.list_offers(tx, step_out.step_out_id)
    open_ = [ref for ref, state in asked.items() if state is OfferState.OPEN]
    member = members.known(tx, step_out.ref, now)
    request = stepping.as_request(step_out, local(now, member.person.tz).date())
    most = stepping.AT_A_TIME - len(open_)
    outcome = choose(
        matching.candidates(tx, now),
        matching.asker(tx, member, now),
        request,
        now,
        asked=asked,
        most=most,
    )
    chosen = outcome.refs if isinstance(outcome, Chosen) and most > 0 else ()
    made = [ref for ref in chosen if _offer(tx, step_out, ref, now)]
    return bool(made or open_)


def _offer(tx: Tx, step_out: StepOut, peer: PersonRef, now: datetime) -> bool:
    """Ask one colleague, without a name; False when somebody else has just asked them."""
    about = step_out.step_out_id
    if not peers.add_offer(tx, about, peer):
        return False
    on = local(now, members.known(tx, peer, now).person.tz).date()
    if not peers.count_offer(tx, peer, on):
        peers.move_offer(tx, about, peer, OfferState.OPEN, OfferState.NOT_NEEDED)
        return False
    lapses_at = stepping.lapses_at(now, step_out.until_at)
    timers.put(tx, timers.step_out_entity(about), stepping.LAPSE, lapses_at)
    facts: Facts = {"step_out": about}
    outbox.add(tx, notice(Kind.COVER_OFFER, peer, about, now, expires_at=lapses_at, facts=facts))
    return True


def accept(tx: Tx, step_out: StepOut, peer: PersonRef, now: datetime) -> bool:
    """A colleague covers, and whoever stepped out hears who: the first yes counts, never above their cap."""
    about, offering = step_out.step_out_id, peers.offering(tx, peer)
    is_open = peers.list_offers(tx, about).get(peer) is OfferState.OPEN
    if step_out.state is not StepOutState.ASKING or offering is None or not is_open:
        return False
    on = local(now, members.known(tx, peer, now).person.tz).date()
    if not peers.count_helped(tx, peer, on, offering.weekly_max):
        return False
    peers.move_offer(tx, about, peer, OfferState.OPEN, OfferState.ACCEPTED)
    _end_offers(tx, step_out)
    _move(tx, about, StepOutState.COVERED, peer=peer)
    _tell(tx, step_out, Kind.COVER_FOUND, now)
    return True


def decline(tx: Tx, step_out: StepOut, peer: PersonRef, now: datetime) -> None:
    """Not this time: the next one is asked."""
    declined = peers.move_offer(tx, step_out.step_out_id, peer, OfferState.OPEN, OfferState.DECLINED)
    if declined and step_out.state is StepOutState.ASKING:
        go_on(tx, step_out, now)


def lapse(tx: Tx, step_out: StepOut, now: datetime) -> None:
    """No answer in time: others are asked, as long as there is time."""
    if step_out.state is StepOutState.ASKING:
        _end_offers(tx, step_out, OfferState.LAPSED)
        go_on(tx, step_out, now)


def go_on(tx: Tx, step_out: StepOut, now: datetime) -> None:
    """Ask further; whoever stepped out is told if nobody can."""
    if not seek(tx, step_out, now):
        _move(tx, step_out.step_out_id, StepOutState.UNCOVERED)
        _tell(tx, step_out, Kind.COVER_NONE, now)


def end(tx: Tx, step_out: StepOut) -> tuple[PersonRef, ...]:
    """It is over: nothing of it is left. Answers whose offers were open."""
    was_open = _end_offers(tx, step_out)
    _forget(tx, step_out)
    return was_open


def _end_offers(tx: Tx, step_out: StepOut, to: OfferState = OfferState.NOT_NEEDED) -> tuple[PersonRef, ...]:
    about = step_out.step_out_id
    asked = peers.list_offers(tx, about)
    return tuple(ref for ref in asked if peers.move_offer(tx, about, ref, OfferState.OPEN, to))


def _tell(tx: Tx, step_out: StepOut, kind: Kind, now: datetime) -> None:
    about = step_out.step_out_id
    facts: Facts = {"step_out": about, "asked_for": 1}
    outbox.add(tx, notice(kind, step_out.ref, about, now, expires_at=step_out.until_at, facts=facts))


def _forget(tx: Tx, step_out: StepOut) -> None:
    """The row, who was asked, and every note about it; how often somebody was asked stays as a number."""
    about = step_out.step_out_id
    told = [dedupe_key(kind, step_out.ref, about) for kind in (Kind.COVER_FOUND, Kind.COVER_NONE)]
    asked = [dedupe_key(Kind.COVER_OFFER, ref, about) for ref in peers.list_offers(tx, about)]
    supervisor = [dedupe_key(Kind.COVER_ASKED, step_out.told, about)] if step_out.told else []
    outbox.forget(tx, [*told, *asked, *supervisor])
    peers.erase(tx, about)
    timers.erase_under(tx, timers.step_out_entity(about))
    tx.execute(delete(step_outs).where(*_one(tx, about)))


def get(tx: Tx, step_out_id: str) -> StepOut | None:
    return _first(tx, select(*_STEP_OUT).where(*_one(tx, step_out_id)))


def hold(tx: Tx, step_out_id: str) -> StepOut | None:
    """The same, while nobody else moves it until this transaction ends: two say yes at once."""
    return _first(tx, select(*_STEP_OUT).where(*_one(tx, step_out_id)).with_for_update())


def running(tx: Tx, ref: PersonRef) -> StepOut | None:
    """Somebody's own, while they are out."""
    mine = (step_outs.c.workspace == tx.workspace, step_outs.c.ref == ref)
    return _first(tx, select(*_STEP_OUT).where(*mine).limit(1))


def concern(tx: Tx, ref: PersonRef) -> tuple[str, ...]:
    """Ids of those in which somebody is out, covers, or was told that cover was asked for."""
    theirs = or_(*(column == ref for column in (step_outs.c.ref, step_outs.c.peer, step_outs.c.told)))
    query = select(step_outs.c.step_out_id).where(step_outs.c.workspace == tx.workspace, theirs)
    return tuple(tx.execute(query).scalars())


def erase(tx: Tx, ref: PersonRef) -> None:
    """Nothing says that somebody is out or covers for anybody."""
    for step_out in filter(None, [get(tx, one) for one in concern(tx, ref)]):
        if step_out.ref == ref:
            end(tx, step_out)
            continue
        told = None if step_out.told == ref else step_out.told
        if step_out.peer == ref:
            _move(tx, step_out.step_out_id, StepOutState.UNCOVERED, peer=None, told=told)
        else:
            _move(tx, step_out.step_out_id, step_out.state, told=told)


def _move(tx: Tx, step_out_id: str, to: StepOutState, **values: Any) -> None:
    tx.execute(update(step_outs).where(*_one(tx, step_out_id)).values(state=to, **values))


def _one(tx: Tx, step_out_id: str) -> tuple[Any, ...]:
    return step_outs.c.workspace == tx.workspace, step_outs.c.step_out_id == step_out_id


def _first(tx: Tx, query: Any) -> StepOut | None:
    found = tx.execute(query).first()
    return found and _step_out(found)


_STEP_OUT = [step_outs.c[field.name] for field in fields(StepOut)]


def _step_out(row: Any) -> StepOut:
    kept = named(_STEP_OUT, row)
    kept.update(state=StepOutState(kept["state"]))
    return StepOut(**kept)
