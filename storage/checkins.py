"""Check-ins by person and week: state and newest card, never when something was answered."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Integer, bindparam, case, cast, delete, func, select, update

from bot.domain.checkins import CARDS, Card, Checkin, Reason, State
from bot.domain.members import PersonRef
from storage import timers
from storage.database import Tx, among
from storage.schema import occurrences
from storage.timers import Timer

CHECKIN, WEEKLY = "checkin", "weekly"
RETIRE = "retire"
REACHES_BACK = 104
"""Weeks that one clearing looks back over; it runs every hour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OldCard:
    """A card of a week that is no longer the newest."""

    ref: PersonRef
    week: int
    channel: str | None
    ts: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCard:
    """Where somebody's card of a week arrived."""

    ref: PersonRef
    week: int
    channel: str
    ts: str


def add(tx: Tx, ref: PersonRef, week: int, state: State, reason: Reason | None = None) -> bool:
    """Record a person's week, once; False when it stands already."""
    return _add(tx, ref, CHECKIN, _slot(week), state, reason)


def add_all(tx: Tx, weeks: Iterable[tuple[PersonRef, Checkin]]) -> None:
    """Record weeks of many people; one that stands already stays as it is."""
    rows = [_row(ref, CHECKIN, _slot(found.week), found.state, found.reason) for ref, found in weeks]
    tx.add_all(occurrences, rows)


def add_weekly(tx: Tx, ref: PersonRef, on: date, reason: Reason | None = None) -> bool:
    """Record a supervisor's weekly message of a local date, once; False when it stands already."""
    return _add(tx, ref, WEEKLY, on.isoformat(), State.SKIPPED if reason else State.PLANNED, reason)


def get(tx: Tx, ref: PersonRef, week: int) -> Checkin | None:
    found = tx.execute(select(occurrences).where(*_one(tx, ref, week))).first()
    return found and _checkin(tx, found)


def of(
    tx: Tx, refs: Collection[PersonRef], weeks: Collection[int]
) -> Mapping[tuple[PersonRef, int], Checkin]:
    """What is recorded of these people in these weeks."""
    theirs = (among(occurrences.c.ref, refs), among(occurrences.c.slot, [_slot(week) for week in weeks]))
    query = select(occurrences).where(*_here(tx), occurrences.c.kind == CHECKIN, *theirs)
    found = ((PersonRef(row.ref), _checkin(tx, row)) for row in tx.execute(query))
    return {(ref, checkin.week): checkin for ref, checkin in found}


def list_weeks(tx: Tx, ref: PersonRef) -> tuple[Checkin, ...]:
    """Everything recorded for a person, oldest week first."""
    query = select(occurrences).where(*_here(tx), occurrences.c.kind == CHECKIN, occurrences.c.ref == ref)
    return tuple(sorted((_checkin(tx, row) for row in tx.execute(query)), key=lambda checkin: checkin.week))


def newest_weeks(tx: Tx, refs: Collection[PersonRef]) -> Mapping[PersonRef, int]:
    """The newest week recorded for each of these people; nothing of those who have none."""
    newest = func.max(cast(func.substr(occurrences.c.slot, len("w") + 1), Integer))
    theirs = (among(occurrences.c.ref, refs), occurrences.c.kind == CHECKIN)
    query = select(occurrences.c.ref, newest).where(*_here(tx), *theirs).group_by(occurrences.c.ref)
    return dict(tx.execute(query).all())


def move(tx: Tx, ref: PersonRef, week: int, was: Collection[State], to: State) -> bool:
    """Compare and set the state; False when somebody else was first."""
    here = (*_one(tx, ref, week), occurrences.c.state.in_([str(state) for state in was]))
    return bool(tx.execute(update(occurrences).where(*here).values(state=to)).rowcount)


def skip(tx: Tx, ref: PersonRef, week: int, reason: Reason) -> bool:
    """Record that a planned check-in will not arrive, and why."""
    here = (*_one(tx, ref, week), occurrences.c.state == State.PLANNED)
    values = {"state": State.SKIPPED, "reason": reason}
    return bool(tx.execute(update(occurrences).where(*here).values(**values)).rowcount)


def plan_again(tx: Tx, ref: PersonRef, week: int) -> None:
    """A week that was skipped, or was not planned yet, is to have its card after all."""
    add(tx, ref, week, State.PLANNED)
    here = (*_one(tx, ref, week), occurrences.c.state == State.SKIPPED)
    tx.execute(update(occurrences).where(*here).values(state=State.PLANNED, reason=None))


def arrive(tx: Tx, cards: Iterable[NewCard], was: State) -> None:
    """Cards arrived: the check-ins now live there, and are sent if they stood where they were."""
    theirs = (occurrences.c.ref == bindparam("whose"), occurrences.c.slot == bindparam("which"))
    here = update(occurrences).where(*_here(tx), occurrences.c.kind == CHECKIN, *theirs)
    state = case((occurrences.c.state == was, str(State.SENT)), else_=occurrences.c.state)
    rows = [
        {"whose": card.ref, "which": _slot(card.week), **_lives_at(tx, card.channel, card.ts)}
        for card in cards
    ]
    tx.execute_all(here.values(state=state), rows)


def set_newest_card(tx: Tx, ref: PersonRef, week: int, channel: str, ts: str) -> None:
    """A card arrived: the check-in now lives there."""
    tx.execute(update(occurrences).where(*_one(tx, ref, week)).values(**_lives_at(tx, channel, ts)))


def _lives_at(tx: Tx, channel: str, ts: str) -> dict[str, Any]:
    return {"sealed_channel": tx.keys.seal_id(tx.workspace, channel), "ts": ts, "card": Card.ARRIVAL}


def set_card(tx: Tx, ref: PersonRef, week: int, ts: str, card: Card) -> None:
    """The card at ts now shows that text; nothing changes when a newer one has come."""
    here = (*_one(tx, ref, week), occurrences.c.ts == ts)
    tx.execute(update(occurrences).where(*here).values(card=card))


def retire_card(tx: Tx, ref: PersonRef, week: int, ts: str, at: datetime) -> None:
    """A newer card has come: the older one still has to say so, which upkeep sees to."""
    timers.put(tx, f"{cards_of(ref)}{week}|{ts}", RETIRE, at)


def cards_of(ref: PersonRef) -> str:
    """How the names of all of a person's older cards begin, among the timers."""
    return f"card|{ref}|"


def list_retired_cards(tx: Tx, now: datetime, limit: int) -> tuple[tuple[Timer, OldCard], ...]:
    """Older cards that do not say yet that a newer one stands below."""
    due = timers.list_due(tx, (RETIRE,), now, limit)
    return tuple((timer, _old_card(tx, timer)) for timer in due)


def _old_card(tx: Tx, timer: Timer) -> OldCard:
    """All cards of a week stand in one conversation."""
    _, ref, week, ts = timer.entity.split("|")
    newest = get(tx, PersonRef(ref), int(week))
    return OldCard(ref=PersonRef(ref), week=int(week), channel=newest.channel if newest else None, ts=ts)


def forget_before(tx: Tx, week: int, on: date) -> None:
    """Erase who took part before a week, and weekly messages before a date."""
    old_weeks = [_slot(old) for old in range(max(0, week - REACHES_BACK), week)]
    checkins_ = (occurrences.c.kind == CHECKIN, occurrences.c.slot.in_(old_weeks))
    messages = (occurrences.c.kind == WEEKLY, occurrences.c.slot < on.isoformat())
    for old in (checkins_, messages):
        tx.execute(delete(occurrences).where(*_here(tx), *old))


def list_weekly(tx: Tx, ref: PersonRef) -> tuple[date, ...]:
    """The days on which a supervisor's weekly message was due."""
    mine = (*_here(tx), occurrences.c.kind == WEEKLY, occurrences.c.ref == ref)
    query = select(occurrences.c.slot).where(*mine).order_by(occurrences.c.slot)
    return tuple(date.fromisoformat(slot) for slot in tx.execute(query).scalars())


def erase(tx: Tx, ref: PersonRef, this_week: int) -> None:
    """Erase somebody's check-ins of weeks before one.

    Those from it on read as closed, whatever they were, so that none comes a second time.
    """
    for found in list_weeks(tx, ref):
        if found.week < this_week:
            tx.execute(delete(occurrences).where(*_one(tx, ref, found.week)))
        else:
            values = {"state": State.CLOSED, "reason": None}
            tx.execute(update(occurrences).where(*_one(tx, ref, found.week)).values(**values))


def list_stale_cards(tx: Tx, limit: int) -> tuple[tuple[PersonRef, Checkin], ...]:
    """Check-ins whose newest card does not show what it should: an edit failed or is still to be made."""
    return tuple(sorted(_stale(tx, limit), key=lambda found: (found[0], _slot(found[1].week)))[:limit])


def _stale(tx: Tx, limit: int) -> Iterator[tuple[PersonRef, Checkin]]:
    """Of each state at most so many. Asked one by one, each is found by the index alone."""
    for state, card in CARDS.items():
        others = occurrences.c.card.in_([other for other in Card if other is not card])
        stands = (*_here(tx), occurrences.c.kind == CHECKIN, occurrences.c.state == state, others)
        query = select(occurrences).where(*stands).order_by(occurrences.c.ref, occurrences.c.slot)
        for row in tx.execute(query.limit(limit)).all():
            yield PersonRef(row.ref), _checkin(tx, row)


def _add(tx: Tx, ref: PersonRef, kind: str, slot: str, state: State, reason: Reason | None) -> bool:
    return tx.add(occurrences, _row(ref, kind, slot, state, reason))


def _row(ref: PersonRef, kind: str, slot: str, state: State, reason: Reason | None) -> dict[str, Any]:
    return {"ref": ref, "kind": kind, "slot": slot, "state": state, "reason": reason}


def _slot(week: int) -> str:
    return f"w{week}"


def _here(tx: Tx) -> tuple[Any]:
    return (occurrences.c.workspace == tx.workspace,)


def _one(tx: Tx, ref: PersonRef, week: int) -> tuple[Any, ...]:
    return (
        *_here(tx),
        occurrences.c.ref == ref,
        occurrences.c.kind == CHECKIN,
        occurrences.c.slot == _slot(week),
    )


def _checkin(tx: Tx, row: Any) -> Checkin:
    return Checkin(
        week=int(row.slot[1:]),
        state=State(row.state),
        reason=Reason(row.reason) if row.reason else None,
        card=Card(row.card) if row.card else None,
        channel=tx.keys.open_id(tx.workspace, row.sealed_channel) if row.sealed_channel else None,
        ts=row.ts,
    )
