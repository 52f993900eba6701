"""Peers: who offers what, who wishes what, requests and offers, and how much each carried lately.

What somebody offers, wishes and asks for is sealed with their own key. How much they carried is kept as
numbers for four weeks, without for whom.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update

from bot.domain.members import PersonRef
from bot.domain.peers import (
    ENDED,
    OFFERS_A_WEEK,
    RECENT_WEEKS,
    RUNNING,
    Half,
    Help,
    Load,
    Offering,
    OfferState,
    Request,
    RequestState,
    Wanted,
    Where,
    Wishes,
    week_on,
)
from storage import person_keys
from storage.crypto import Unreadable, open_choices, seal_choices
from storage.database import Tx, among
from storage.schema import peer_loads, peer_months, peer_offers, peer_requests, peer_wishes, peers

OFFERING, WISHES = "offering", "wishes"
"""What is sealed for a person, beside each request they made."""


# ---- the roster


def enroll(tx: Tx, ref: PersonRef, offering: Offering) -> None:
    """Put somebody on the roster, or change what they offer."""
    sealed = seal_choices(person_keys.get_or_make(tx, ref), ref, OFFERING, _offering_record(offering))
    statement = tx.insert(peers).values(workspace=tx.workspace, ref=ref, sealed=sealed)
    tx.execute(statement.on_conflict_do_update(index_elements=["workspace", "ref"], set_={"sealed": sealed}))


def offering(tx: Tx, ref: PersonRef) -> Offering | None:
    """What somebody offers; None when they are not on the roster."""
    return _offerings(tx, peers.c.ref == ref).get(ref)


def list_offerings(tx: Tx) -> Mapping[PersonRef, Offering]:
    """Everybody on the roster, for matching alone: nobody is shown it."""
    return _offerings(tx)


def strike_off(tx: Tx, ref: PersonRef) -> None:
    """Take somebody off the roster."""
    tx.execute(delete(peers).where(peers.c.workspace == tx.workspace, peers.c.ref == ref))


def count_talk(tx: Tx, ref: PersonRef, most: int) -> bool:
    """One more conversation of a supporter has ended; True when it is the last of so many, counted anew."""
    mine = (peers.c.workspace == tx.workspace, peers.c.ref == ref)
    added = update(peers).where(*mine).values(talks=peers.c.talks + 1).returning(peers.c.talks)
    talks = tx.execute(added).scalar()
    if talks is None or talks < most:
        return False
    tx.execute(update(peers).where(*mine).values(talks=0))
    return True


def _offerings(tx: Tx, *which: Any) -> Mapping[PersonRef, Offering]:
    query = select(peers.c.ref, peers.c.sealed).where(peers.c.workspace == tx.workspace, *which)
    rows = tx.execute(query.order_by(peers.c.ref)).all()
    return {ref: _offering(record) for ref, record in _opened(tx, rows, OFFERING).items()}


def _offering_record(offering: Offering) -> Mapping[str, object]:
    return {
        "kinds": sorted(offering.kinds),
        "languages": sorted(offering.languages),
        "work": sorted(offering.work),
        "where": offering.where,
        "halves": sorted(offering.halves),
        "weekly_max": offering.weekly_max,
        "paused": offering.paused,
    }


def _offering(record: Mapping[str, Any]) -> Offering:
    return Offering(
        kinds=frozenset(map(Help, record["kinds"])),
        languages=frozenset(record["languages"]),
        work=frozenset(record["work"]),
        where=Where(record["where"]),
        halves=frozenset(map(Half, record["halves"])),
        weekly_max=record["weekly_max"],
        paused=record["paused"],
    )


# ---- wishes


def wish(tx: Tx, ref: PersonRef, wishes: Wishes) -> None:
    """Keep what somebody wants of every peer; nothing is kept of somebody without a wish."""
    if wishes == Wishes():
        tx.execute(delete(peer_wishes).where(*_whose(tx, peer_wishes, ref)))
        return
    record = {"language": wishes.language, "work": sorted(wishes.work), "never": sorted(wishes.never)}
    sealed = seal_choices(person_keys.get_or_make(tx, ref), ref, WISHES, record)
    statement = tx.insert(peer_wishes).values(workspace=tx.workspace, ref=ref, sealed=sealed)
    tx.execute(statement.on_conflict_do_update(index_elements=["workspace", "ref"], set_={"sealed": sealed}))


def wishes(tx: Tx, ref: PersonRef) -> Wishes:
    return wishes_of(tx, (ref,)).get(ref, Wishes())


def wishes_of(tx: Tx, refs: Collection[PersonRef]) -> Mapping[PersonRef, Wishes]:
    """The wishes of several people, without those who have none."""
    query = select(peer_wishes.c.ref, peer_wishes.c.sealed)
    rows = tx.execute(query.where(peer_wishes.c.workspace == tx.workspace, among(peer_wishes.c.ref, refs)))
    return {
        ref: Wishes(
            language=record["language"],
            work=frozenset(record["work"]),
            never=frozenset(record["never"]),
        )
        for ref, record in _opened(tx, rows.all(), WISHES).items()
    }


def add_never(tx: Tx, ref: PersonRef, other: PersonRef) -> None:
    """Somebody is never to be matched with another person again."""
    found = wishes(tx, ref)
    wish(tx, ref, replace(found, never=found.never | {other}))


# ---- how much each carried


def loads(tx: Tx, today: Mapping[PersonRef, date]) -> Mapping[PersonRef, Load]:
    """How often people were asked and were there, in their present week and in the last four.

    today: their own dates. Left out are those who were not asked.
    """
    found: dict[PersonRef, Load] = {}
    query = select(peer_loads).where(peer_loads.c.workspace == tx.workspace)
    for row in tx.execute(query.where(among(peer_loads.c.ref, today))):
        found[row.ref] = _with(found.get(row.ref, Load()), row, week_on(today[row.ref]))
    return found


def _with(load: Load, row: Any, this_week: date) -> Load:
    if row.week_on <= this_week - timedelta(weeks=RECENT_WEEKS):
        return load
    is_now = row.week_on == this_week
    return Load(
        offers=row.offers if is_now else load.offers,
        helped=row.helped if is_now else load.helped,
        offers_recently=load.offers_recently + row.offers,
        helped_recently=load.helped_recently + row.helped,
    )


def count_offer(tx: Tx, ref: PersonRef, on: date) -> bool:
    """Somebody is asked once more in this week; False when that would be more than the rule allows."""
    return _count(tx, ref, on, "offers", OFFERS_A_WEEK)


def count_helped(tx: Tx, ref: PersonRef, on: date, most: int) -> bool:
    """Somebody said yes once more in this week, to whatever it is; False when that is above their cap."""
    return _count(tx, ref, on, "helped", most)


def uncount_helped(tx: Tx, ref: PersonRef, on: date) -> None:
    """Nothing came of a yes given in the week of a date: it is not held against their cap."""
    here = (*_whose(tx, peer_loads, ref), peer_loads.c.week_on == week_on(on), peer_loads.c.helped > 0)
    tx.execute(update(peer_loads).where(*here).values(helped=peer_loads.c.helped - 1))


def _count(tx: Tx, ref: PersonRef, on: date, what: str, most: int) -> bool:
    """One statement, so that two at once never end above the cap."""
    if most < 1:
        return False
    row = {"ref": ref, "week_on": week_on(on), "offers": 0, "helped": 0, what: 1}
    statement = tx.insert(peer_loads).values(workspace=tx.workspace, **row)
    column = peer_loads.c[what]
    counted = statement.on_conflict_do_update(
        index_elements=["workspace", "ref", "week_on"], set_={what: column + 1}, where=column < most
    )
    return tx.execute(counted.returning(peer_loads.c.ref)).first() is not None


def forget_loads_before(tx: Tx, on: date) -> None:
    """Erase how much people carried in the weeks that are no longer looked at."""
    first = week_on(on) - timedelta(weeks=RECENT_WEEKS - 1)
    tx.execute(delete(peer_loads).where(peer_loads.c.workspace == tx.workspace, peer_loads.c.week_on < first))


# ---- requests


def new_id() -> str:
    return secrets.token_hex(8)


def add(tx: Tx, request: Request) -> None:
    row = {
        "request_id": request.request_id,
        "asker": request.asker,
        "asked_on": request.asked_on,
        "state": request.state,
        "peer": request.peer,
        "yes_on": request.yes_on,
        "two_at_once": request.two_at_once,
        "turn": request.turn,
        "sealed": _sealed(tx, request),
    }
    tx.execute(peer_requests.insert().values(workspace=tx.workspace, **row))


def set_wanted(tx: Tx, request: Request) -> None:
    """What is wanted has changed."""
    here = (peer_requests.c.workspace == tx.workspace, peer_requests.c.request_id == request.request_id)
    tx.execute(update(peer_requests).where(*here).values(sealed=_sealed(tx, request)))


def _sealed(tx: Tx, request: Request) -> bytes:
    wanted = request.wanted
    record = {
        "help": wanted.help,
        "where": wanted.where,
        "language": wanted.language,
        "until_at": wanted.until_at.isoformat(),
        "minutes": wanted.minutes,
    }
    key = person_keys.get_or_make(tx, request.asker)
    return seal_choices(key, request.asker, _about(request.request_id), record)


def get(tx: Tx, request_id: str) -> Request | None:
    """A request; None when it is gone, or cannot be read with these keys."""
    return next(iter(_requests(tx, peer_requests.c.request_id == request_id)), None)


def hold(tx: Tx, request_id: str) -> Request | None:
    """The same, while nobody else moves it until this transaction ends."""
    # SQLite's writers wait for each other anyway, and it knows no FOR UPDATE.
    here = (peer_requests.c.workspace == tx.workspace, peer_requests.c.request_id == request_id)
    tx.execute(select(peer_requests.c.request_id).where(*here).with_for_update())
    return get(tx, request_id)


def move(
    tx: Tx, request_id: str, was: Collection[RequestState], to: RequestState, now: datetime, **values: Any
) -> bool:
    """Compare and set the state with what comes with it; False when somebody else was first."""
    states = peer_requests.c.state.in_([str(state) for state in was])
    here = (peer_requests.c.workspace == tx.workspace, peer_requests.c.request_id == request_id, states)
    closed = {"closed_at": now} if to in ENDED else {}
    return bool(tx.execute(update(peer_requests).where(*here).values(state=to, **closed, **values)).rowcount)


def widen(tx: Tx, request_id: str) -> bool:
    """From now on two are asked at a time; False when that was so."""
    here = (peer_requests.c.workspace == tx.workspace, peer_requests.c.request_id == request_id)
    single = (*here, peer_requests.c.two_at_once.is_(False))
    return bool(tx.execute(update(peer_requests).where(*single).values(two_at_once=True)).rowcount)


def list_of(tx: Tx, asker: PersonRef) -> tuple[Request, ...]:
    """Somebody's own requests that have not ended, the newest first."""
    return _requests(tx, peer_requests.c.asker == asker, _runs())


def list_made(tx: Tx, asker: PersonRef) -> tuple[Request, ...]:
    """All that is kept of what somebody asked for."""
    return _requests(tx, peer_requests.c.asker == asker)


def list_taken(tx: Tx, peer: PersonRef) -> tuple[Request, ...]:
    """Requests to which somebody said yes, as far as they are kept."""
    return _requests(tx, peer_requests.c.peer == peer)


def list_closed_before(tx: Tx, at: datetime) -> tuple[str, ...]:
    """The ids of requests that ended before an instant."""
    here = (peer_requests.c.workspace == tx.workspace, peer_requests.c.closed_at < at)
    return tuple(tx.execute(select(peer_requests.c.request_id).where(*here)).scalars())


def erase(tx: Tx, request_id: str) -> None:
    """Erase a request and who was asked about it."""
    for table in (peer_offers, peer_requests):
        here = (table.c.workspace == tx.workspace, table.c.request_id == request_id)
        tx.execute(delete(table).where(*here))


def _runs() -> Any:
    return peer_requests.c.state.in_([str(state) for state in RUNNING])


def _about(request_id: str) -> str:
    return f"request|{request_id}"


def _requests(tx: Tx, *which: Any) -> tuple[Request, ...]:
    query = select(peer_requests).where(peer_requests.c.workspace == tx.workspace, *which)
    ordered = query.order_by(peer_requests.c.asked_on.desc(), peer_requests.c.request_id)
    rows = tx.execute(ordered).all()
    keys = person_keys.of(tx, {row.asker for row in rows})
    return tuple(_request(row, keys[row.asker]) for row in rows if row.asker in keys)


def _request(row: Any, key: bytes) -> Request:
    record = open_choices(key, row.asker, _about(row.request_id), row.sealed)
    return Request(
        request_id=row.request_id,
        asker=row.asker,
        asked_on=row.asked_on,
        state=RequestState(row.state),
        peer=row.peer,
        yes_on=row.yes_on,
        two_at_once=row.two_at_once,
        turn=row.turn,
        wanted=Wanted(
            help=Help(record["help"]),
            where=Where(record["where"]),
            language=record["language"],
            until_at=datetime.fromisoformat(record["until_at"]),
            minutes=record["minutes"],
        ),
    )


# ---- offers


def add_offer(tx: Tx, request_id: str, peer: PersonRef) -> bool:
    """Ask somebody about a request; False when they were asked, or another offer to them is open."""
    return tx.add(peer_offers, {"request_id": request_id, "peer": peer, "state": OfferState.OPEN})


def move_offer(tx: Tx, request_id: str, peer: PersonRef, was: OfferState, to: OfferState) -> bool:
    """Compare and set; False when it stood otherwise."""
    here = (*_offers(tx, request_id), peer_offers.c.peer == peer, peer_offers.c.state == was)
    return bool(tx.execute(update(peer_offers).where(*here).values(state=to)).rowcount)


def list_offers(tx: Tx, request_id: str) -> Mapping[PersonRef, OfferState]:
    """Everybody who was asked about a request, and what became of it."""
    query = select(peer_offers.c.peer, peer_offers.c.state).where(*_offers(tx, request_id))
    return {row.peer: OfferState(row.state) for row in tx.execute(query.order_by(peer_offers.c.peer))}


def list_offers_to(tx: Tx, peer: PersonRef) -> Mapping[str, OfferState]:
    """The requests somebody was asked about, as far as they are kept, and what became of it."""
    mine = (peer_offers.c.workspace == tx.workspace, peer_offers.c.peer == peer)
    query = select(peer_offers.c.request_id, peer_offers.c.state).where(*mine)
    return {
        row.request_id: OfferState(row.state) for row in tx.execute(query.order_by(peer_offers.c.request_id))
    }


def list_asked(tx: Tx) -> frozenset[PersonRef]:
    """Everybody with an open offer."""
    here = (peer_offers.c.workspace == tx.workspace, peer_offers.c.state == OfferState.OPEN)
    return frozenset(tx.execute(select(peer_offers.c.peer).where(*here)).scalars())


def _offers(tx: Tx, request_id: str) -> tuple[Any, ...]:
    return peer_offers.c.workspace == tx.workspace, peer_offers.c.request_id == request_id


# ---- numbers that hold no person


def count_month(tx: Tx, on: date, state: RequestState) -> None:
    """One more request of this month ended so, in the whole installation."""
    statement = tx.insert(peer_months).values(
        workspace=tx.workspace, month_on=on.replace(day=1), state=state, many=1
    )
    more = {"many": peer_months.c.many + 1}
    tx.execute(statement.on_conflict_do_update(index_elements=["workspace", "month_on", "state"], set_=more))


def months(tx: Tx) -> Mapping[date, Mapping[RequestState, int]]:
    """How many requests ended how, by month."""
    found: dict[date, dict[RequestState, int]] = {}
    query = select(peer_months).where(peer_months.c.workspace == tx.workspace)
    for row in tx.execute(query.order_by(peer_months.c.month_on)):
        found.setdefault(row.month_on, {})[RequestState(row.state)] = row.many
    return found


def erase_person(tx: Tx, ref: PersonRef) -> None:
    """Erase what somebody offered and wished, was asked and carried; requests end before that."""
    for table in (peers, peer_wishes, peer_loads):
        tx.execute(delete(table).where(*_whose(tx, table, ref)))
    mine = (peer_offers.c.workspace == tx.workspace, peer_offers.c.peer == ref)
    tx.execute(delete(peer_offers).where(*mine))


def _whose(tx: Tx, table: Any, ref: PersonRef) -> tuple[Any, Any]:
    return table.c.workspace == tx.workspace, table.c.ref == ref


def _opened(tx: Tx, rows: Collection[Any], about: str) -> Mapping[PersonRef, Mapping[str, Any]]:
    """What is sealed for people, by whom; left out is what cannot be read with these keys."""
    keys = person_keys.of(tx, {row.ref for row in rows})
    found = {}
    for row in rows:
        try:
            found[row.ref] = open_choices(keys[row.ref], row.ref, about, row.sealed)
        except (KeyError, Unreadable):
            continue
    return found
