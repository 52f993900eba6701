"""Periods, frozen rosters, releases and the ledger of privacy budgets (privacy §3).

A released row never changes. States move by compare-and-set alone; the ledger's key is person and
period, so that nobody is debited twice for one period whatever groups there are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Any

from sqlalchemy import delete, func, select, update

from bot.domain.digests import Band, Gap, Published, Reading, Row, Trend, read_parent
from bot.domain.localtime import WEEKS_IN_PERIOD, block_of, freeze_at, monday_of
from bot.domain.members import PersonRef
from bot.domain.privacy import STANDARD, Guarantee
from bot.domain.raises import STAYS, Sentence
from bot.domain.supervision import Shown
from storage import teams, workspaces
from storage.database import Tx, among
from storage.schema import answers, contributors, ledger, periods, releases, rosters

LEASE = timedelta(minutes=10)
"""Real time that one worker has between debit and release; after it the period is lost."""
PICTURED_PERIODS = 13
"""A year of periods in one picture."""


class PeriodState(StrEnum):
    OPEN = "open"
    FROZEN = "frozen"


class ReleaseState(StrEnum):
    OPEN = "open"
    SUPPRESSED = "suppressed"
    DEBITED = "debited"
    RELEASED = "released"
    LOST = "lost"


ENDED = (ReleaseState.SUPPRESSED, ReleaseState.RELEASED, ReleaseState.LOST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A group's period as it stands. lines: the stored words by language; none before RELEASED."""

    group_id: str
    period: int
    teams: tuple[str, ...]
    state: ReleaseState
    row: Row | None
    reading: Reading | None
    lines: Mapping[str, tuple[str, ...]]


def group_id(group: Collection[str]) -> str:
    """A group's id: the same set of teams keeps its rows over blocks (terms: Group)."""
    return hashlib.sha256("+".join(sorted(group)).encode()).hexdigest()[:32]


def last_period(tx: Tx) -> int | None:
    """The newest period that was opened."""
    found: int | None = tx.execute(select(func.max(periods.c.period)).where(*_here(tx, periods))).scalar()
    return found


def last_drawn(tx: Tx) -> int | None:
    """The newest period for which an update was drawn, or was to be when its worker died."""
    mine = (*_here(tx, releases), releases.c.m.is_not(None))
    found: int | None = tx.execute(select(func.max(releases.c.period)).where(*mine)).scalar()
    return found


def drawn_until(tx: Tx) -> datetime | None:
    """The end of that period."""
    period, epoch_on = last_drawn(tx), workspaces.get(tx).epoch_on
    return freeze_at(epoch_on, period) if epoch_on and period is not None else None


def has_debited(tx: Tx) -> bool:
    """Whether some group's period lies between debit and release: it will be released, or lost."""
    query = select(func.count()).where(*_here(tx, releases), releases.c.state == ReleaseState.DEBITED)
    return int(tx.execute(query).scalar_one()) > 0


def list_open(tx: Tx) -> tuple[int, ...]:
    """Periods opened and not frozen yet, oldest first."""
    query = select(periods.c.period).where(*_here(tx, periods), periods.c.state == PeriodState.OPEN)
    return tuple(tx.execute(query.order_by(periods.c.period)).scalars())


def open_period(
    tx: Tx,
    period: int,
    groups: Mapping[tuple[str, ...], Collection[PersonRef]],
    guarantee: Guarantee = STANDARD,
) -> bool:
    """Freeze the rosters of a period, once; False when it was opened already.

    groups: sorted team ids, and the people whose answers count in them.
    """
    if not tx.add(periods, {"period": period, "state": PeriodState.OPEN, **asdict(guarantee)}):
        return False
    for group, people in groups.items():
        _open_group(tx, period, group, people)
    return True


def _open_group(tx: Tx, period: int, group: tuple[str, ...], people: Collection[PersonRef]) -> None:
    id_ = group_id(group)
    row = {"group_id": id_, "period": period, "teams": list(group), "state": ReleaseState.OPEN}
    tx.execute(releases.insert().values(workspace=tx.workspace, **row))
    here = {"workspace": tx.workspace, "period": period, "group_id": id_}
    tx.execute_all(rosters.insert(), [{**here, "ref": ref} for ref in sorted(people)])


def hold_open(tx: Tx, period: int) -> bool:
    """Keep an open period from its freeze until this transaction ends; False when it was frozen already.

    Whatever is written then lies wholly before the freeze. Several may hold it at once.
    """
    here = (*_here(tx, periods), periods.c.period == period, periods.c.state == PeriodState.OPEN)
    # SQLite's writers wait for each other anyway, and it knows no FOR SHARE.
    return tx.execute(select(periods.c.period).where(*here).with_for_update(read=True)).first() is not None


def freeze_period(tx: Tx, period: int, guarantee: Guarantee = STANDARD) -> bool:
    """OPEN → FROZEN for a period, once, with the guarantee it keeps; False when another worker was first."""
    here = (*_here(tx, periods), periods.c.period == period, periods.c.state == PeriodState.OPEN)
    kept = {"state": PeriodState.FROZEN, **asdict(guarantee)}
    return bool(tx.execute(update(periods).where(*here).values(**kept)).rowcount)


def roster(tx: Tx, period: int, id_: str) -> frozenset[PersonRef]:
    """The frozen roster of a group in a period."""
    query = select(rosters.c.ref).where(
        *_here(tx, rosters), rosters.c.period == period, rosters.c.group_id == id_
    )
    return frozenset(tx.execute(query).scalars())


def rostered(tx: Tx, period: int, refs: Collection[PersonRef]) -> Mapping[PersonRef, tuple[str, ...]]:
    """The teams of the group on whose frozen roster each of these people stands; nothing of the others."""
    theirs = (*_here(tx, rosters), rosters.c.period == period, among(rosters.c.ref, refs))
    found = tx.execute(select(rosters.c.ref, rosters.c.group_id).where(*theirs)).all()
    ids = {id_ for _, id_ in found}
    those = (among(releases.c.group_id, ids), releases.c.period == period)
    groups = tx.execute(select(releases.c.group_id, releases.c.teams).where(*_here(tx, releases), *those))
    teams_of = {id_: tuple(group) for id_, group in groups}
    return {ref: teams_of[id_] for ref, id_ in found}


def list_groups(tx: Tx, period: int) -> tuple[tuple[str, ...], ...]:
    """The groups of a period, each as the ids of its teams."""
    query = select(releases.c.teams).where(*_here(tx, releases), releases.c.period == period)
    return tuple(tuple(group) for group in tx.execute(query).scalars())


def list_counted(tx: Tx, ref: PersonRef) -> Mapping[int, bool]:
    """The periods in which somebody stood on a roster, and whether they were debited for them."""
    debited_for, rostered_for = (
        set(tx.execute(select(table.c.period).where(*_here(tx, table), table.c.ref == ref)).scalars())
        for table in (ledger, rosters)
    )
    return {period: period in debited_for for period in sorted(debited_for | rostered_for)}


def list_weighed(tx: Tx, people: Collection[PersonRef], weeks: range) -> frozenset[PersonRef]:
    """Who of these answered the first question in those weeks: participation, by the clear flag alone."""
    query = select(answers.c.ref).where(
        *_here(tx, answers),
        answers.c.ref.in_(tuple(people)),
        answers.c.week.between(weeks.start, weeks.stop - 1),
        answers.c.weighed,
    )
    return frozenset(tx.execute(query).scalars())


def spent(tx: Tx, period: int) -> Mapping[PersonRef, int]:
    """How many periods of its block each person was debited for."""
    same_block = [other for other in range(period + 1) if block_of(other) == block_of(period)]
    query = (
        select(ledger.c.ref, func.count().label("many"))
        .where(*_here(tx, ledger), ledger.c.period.in_(same_block))
        .group_by(ledger.c.ref)
    )
    return {PersonRef(row.ref): row.many for row in tx.execute(query)}


def suppress(tx: Tx, id_: str, period: int) -> bool:
    """Too few took part: decided without reading an answer."""
    return _move(tx, id_, period, ReleaseState.OPEN, state=ReleaseState.SUPPRESSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Debit:
    """What a draw is made with, fixed before any answer is read: window, contributors, ε."""

    c: Fraction
    m: int
    eps: Fraction


def debit(
    tx: Tx,
    id_: str,
    period: int,
    people: Collection[PersonRef],
    c: Fraction,
    holder: str,
    guarantee: Guarantee = STANDARD,
) -> bool:
    """Debit the contributors before any answer is read; the holder alone may release, within the lease."""
    values = {
        "state": ReleaseState.DEBITED,
        "m": len(people),
        "c_quarters": int(c * 4),
        "strong": guarantee.strong,
        "holder": holder,
        "lease_until": tx.real_now() + LEASE,
    }
    if not _move(tx, id_, period, ReleaseState.OPEN, **values):
        return False
    entries = [{"workspace": tx.workspace, "period": period, "ref": ref} for ref in sorted(people)]
    tx.execute_all(contributors.insert(), [{**entry, "group_id": id_} for entry in entries])
    tx.execute_all(ledger.insert(), entries)
    return True


def debited(tx: Tx, id_: str, period: int) -> Debit:
    """As it was fixed; read from the row, never recomputed."""
    query = select(releases.c.c_quarters, releases.c.m, releases.c.strong).where(
        *_here(tx, releases), releases.c.group_id == id_, releases.c.period == period
    )
    found = tx.execute(query).one()
    return Debit(c=Fraction(found.c_quarters, 4), m=found.m, eps=_eps(found))


def list_contributors(tx: Tx, id_: str, period: int) -> tuple[PersonRef, ...]:
    query = select(contributors.c.ref).where(
        *_here(tx, contributors), contributors.c.period == period, contributors.c.group_id == id_
    )
    return tuple(tx.execute(query.order_by(contributors.c.ref)).scalars())


def release(
    tx: Tx,
    id_: str,
    period: int,
    holder: str,
    y: int,
    reading: Reading,
    lines: Mapping[str, Iterable[str]],
    wording: int,
) -> bool:
    """DEBITED → RELEASED with y and its words; False when the lease ran out and the period was lost."""
    values = {
        "state": ReleaseState.RELEASED,
        "y": y,
        "band": reading.band,
        "trend": reading.trend,
        "small_group": reading.small_group,
        "wording": wording,
        "lines": {language: list(said) for language, said in lines.items()},
        "holder": None,
        "lease_until": None,
    }
    mine = (releases.c.holder == holder, releases.c.lease_until > tx.real_now())
    released = _move(tx, id_, period, ReleaseState.DEBITED, *mine, **values)
    if released:
        _forget_contributors(tx, id_, period)
    return released


def keep_raised(tx: Tx, id_: str, period: int, said: Mapping[str, Sentence]) -> None:
    """Keep what enough people of a group said with others, by phrase and language, as frozen for good."""
    values = {phrase: dict(sentence) for phrase, sentence in said.items()}
    here = (*_here(tx, releases), releases.c.group_id == id_, releases.c.period == period)
    tx.execute(update(releases).where(*here).values(raised=values))


def raised(tx: Tx, found: Release) -> Mapping[str, Sentence]:
    """What a group said with others in a period and those before it in which that still stands."""
    first = found.period - STAYS + 1
    query = select(releases.c.raised).where(
        *_here(tx, releases),
        releases.c.group_id == found.group_id,
        releases.c.period.between(first, found.period),
    )
    rows = tx.execute(query.order_by(releases.c.period)).scalars()
    return {phrase: sentence for row in rows for phrase, sentence in (row or {}).items()}


def lose_lapsed(tx: Tx) -> int:
    """DEBITED → LOST where the lease ran out: no second draw, ever. Returns how many."""
    lapsed = (releases.c.state == ReleaseState.DEBITED, releases.c.lease_until <= tx.real_now())
    query = select(releases.c.group_id, releases.c.period).where(*_here(tx, releases), *lapsed)
    lost = tx.execute(query).all()
    values = {"state": ReleaseState.LOST, "holder": None, "lease_until": None}
    for row in lost:
        if _move(tx, row.group_id, row.period, ReleaseState.DEBITED, lapsed[1], **values):
            _forget_contributors(tx, row.group_id, row.period)
    return len(lost)


def lose_period(tx: Tx, period: int) -> None:
    """DEBITED → LOST for every group of a period, in the transaction that debited it; the debits stand."""
    for found in list_period(tx, period):
        values = {"state": ReleaseState.LOST, "holder": None, "lease_until": None}
        if _move(tx, found.group_id, period, ReleaseState.DEBITED, **values):
            _forget_contributors(tx, found.group_id, period)


def get(tx: Tx, id_: str, period: int) -> Release | None:
    query = select(releases).where(
        *_here(tx, releases), releases.c.group_id == id_, releases.c.period == period
    )
    found = tx.execute(query).first()
    return found and _release(found)


def list_period(tx: Tx, period: int) -> tuple[Release, ...]:
    """Every group's row of a period, by the group's teams."""
    query = select(releases).where(*_here(tx, releases), releases.c.period == period)
    return tuple(sorted((_release(row) for row in tx.execute(query)), key=lambda found: found.teams))


def history(tx: Tx, id_: str, through: int) -> tuple[Row, ...]:
    """A group's rows up to a period, contiguous from its first; a period without one is a gap."""
    query = select(releases).where(
        *_here(tx, releases), releases.c.group_id == id_, releases.c.period <= through
    )
    rows = {row.period: _row(row) for row in tx.execute(query)}
    first = min(rows, default=through + 1)
    return tuple(rows.get(period) or Gap(period=period) for period in range(first, through + 1))


def last_band(tx: Tx, id_: str, before: int) -> Band | None:
    """The band of a group's newest update before a period."""
    query = select(releases.c.band).where(
        *_here(tx, releases),
        releases.c.group_id == id_,
        releases.c.period < before,
        releases.c.state == ReleaseState.RELEASED,
    )
    found = tx.execute(query.order_by(releases.c.period.desc()).limit(1)).scalar()
    return Band(found) if found else None


def was_suppressed(tx: Tx, id_: str, before: int) -> bool:
    """Whether a group had no update for want of people in some period before."""
    query = select(releases.c.period).where(
        *_here(tx, releases),
        releases.c.group_id == id_,
        releases.c.period < before,
        releases.c.state == ReleaseState.SUPPRESSED,
    )
    return tx.execute(query.limit(1)).first() is not None


def shown(tx: Tx, found: Release, epoch_on: date) -> Shown:
    """A released update as its readers are shown it; names of teams as they are now."""
    return Shown(
        teams=teams.names(tx, found.teams),
        lines=found.lines,
        beside=_beside(tx, found.period),
        strip=tuple(
            (monday_of(epoch_on, period * WEEKS_IN_PERIOD), band) for period, band in _strip(tx, found)
        ),
    )


def _strip(tx: Tx, found: Release) -> tuple[tuple[int, Band | None], ...]:
    """Period and published band, oldest first, of the newest periods a picture has room for."""
    query = select(releases.c.period, releases.c.band).where(
        *_here(tx, releases), releases.c.group_id == found.group_id, releases.c.period <= found.period
    )
    bands = {row.period: Band(row.band) if row.band else None for row in tx.execute(query)}
    first = max(min(bands, default=found.period), found.period + 1 - PICTURED_PERIODS)
    return tuple((period, bands.get(period)) for period in range(first, found.period + 1))


def _beside(tx: Tx, period: int) -> Reading | None:
    """The whole organization's line of a period, from released groups alone; None for fewer than two."""
    released = [found for found in list_period(tx, period) if found.state is ReleaseState.RELEASED]
    if len(released) < 2:
        return None
    return read_parent([history(tx, found.group_id, period) for found in released])


def group_of(tx: Tx, team_id: str, period: int) -> Release | None:
    """The group that a team is in during a period."""
    return next((found for found in list_period(tx, period) if team_id in found.teams), None)


def last_grouped(tx: Tx, team_id: str) -> int | None:
    """The newest period in which a team was in some group."""
    query = select(releases.c.period, releases.c.teams).where(*_here(tx, releases))
    return max((row.period for row in tx.execute(query) if team_id in row.teams), default=None)


def _forget_contributors(tx: Tx, id_: str, period: int) -> None:
    here = (*_here(tx, contributors), contributors.c.period == period, contributors.c.group_id == id_)
    tx.execute(delete(contributors).where(*here))


def forget_ledger_before(tx: Tx, period: int) -> None:
    """Drop ledger and rosters of blocks that have ended."""
    for table in (ledger, rosters):
        tx.execute(delete(table).where(*_here(tx, table), table.c.period < period))


def _move(tx: Tx, id_: str, period: int, was: ReleaseState, *conditions: Any, **values: Any) -> bool:
    here = (
        *_here(tx, releases),
        releases.c.group_id == id_,
        releases.c.period == period,
        releases.c.state == was,
    )
    return bool(tx.execute(update(releases).where(*here, *conditions).values(**values)).rowcount)


def _here(tx: Tx, table: Any) -> tuple[Any]:
    return (table.c.workspace == tx.workspace,)


def _row(row: Any) -> Row:
    if row.state != ReleaseState.RELEASED:
        return Gap(period=row.period)
    return Published(period=row.period, m=row.m, c=Fraction(row.c_quarters, 4), y=row.y, eps=_eps(row))


def _eps(row: Any) -> Fraction:
    """Rows from before there was a choice say nothing of it."""
    return Guarantee(strong=bool(row.strong)).eps


def _release(row: Any) -> Release:
    reading = (
        Reading(band=Band(row.band), trend=Trend(row.trend), small_group=row.small_group)
        if row.band
        else None
    )
    return Release(
        group_id=row.group_id,
        period=row.period,
        teams=tuple(row.teams),
        state=ReleaseState(row.state),
        row=_row(row) if row.state in ENDED else None,
        reading=reading,
        lines={language: tuple(said) for language, said in (row.lines or {}).items()},
    )
