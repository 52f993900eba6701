"""Who sees what in somebody's group, as facts for the promise they read, and what is guaranteed in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from itertools import count
from operator import itemgetter
from typing import Any

from sqlalchemy import select

from bot.domain.groups import partition
from bot.domain.localtime import WEEKS_IN_PERIOD, monday_of, period_starts_at
from bot.domain.members import PersonRef, Team
from bot.domain.privacy import STANDARD, Guarantee, Stricter, WhoSees, is_looser, strictest
from storage import digests, members, teams, workspaces
from storage.database import Tx
from storage.schema import guarantees, periods


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What an administrator chose, and on which day."""

    guarantee: Guarantee
    on: date


def guarantee_of(tx: Tx, period: int) -> Guarantee:
    """The numbers that hold in a period: nothing looser than was ever chosen or kept for it or one before.

    So neither a row that was changed by hand nor one that was taken away loosens anything alone. TypeError
    for a row that holds no number.
    """
    return strictest(Guarantee(**numbers) for at, numbers in _guarantees(tx) if at <= period)


def guarantee(tx: Tx) -> Guarantee:
    """The numbers that hold now: those of the newest period, or of the first before there is one."""
    return guarantee_of(tx, digests.last_period(tx) or 0)


def next_guarantee(tx: Tx) -> Guarantee:
    """The strictest that anybody chose: what the next groups are drawn for."""
    return strictest(Guarantee(**numbers) for _, numbers in _guarantees(tx))


def stricter(tx: Tx) -> Stricter | None:
    """What was chosen and does not hold yet; None where there is none, or nobody has a calendar yet."""
    epoch_on, coming = workspaces.get(tx).epoch_on, next_guarantee(tx)
    if epoch_on is None or coming == guarantee(tx):
        return None
    newest = max(at for at, _ in _guarantees(tx))
    return Stricter(guarantee=coming, from_on=monday_of(epoch_on, newest * WEEKS_IN_PERIOD))


def tighten(tx: Tx, wanted: Guarantee, now: datetime, today: date) -> int:
    """Let stricter numbers hold from the next period on; its number. ValueError for any that are looser."""
    if is_looser(wanted, next_guarantee(tx)):
        raise ValueError("a guarantee can only be made stricter")
    period = _next_period(tx, now)
    _choose(tx, period, Chosen(guarantee=wanted, on=today))
    return period


def list_chosen(tx: Tx) -> Mapping[int, Chosen]:
    """What was chosen, by the period from which it holds; nothing of a row that holds no number."""
    found = tx.execute(select(guarantees).where(guarantees.c.workspace == tx.workspace)).all()
    return {
        row.from_period: Chosen(
            guarantee=Guarantee(
                strong=row.strong, roster_min=row.roster_min, contributors_min=row.contributors_min
            ),
            on=row.chosen_on,
        )
        for row in found
        if isinstance(row.roster_min, int) and isinstance(row.contributors_min, int)
    }


def choose_again(tx: Tx, chosen: Mapping[int, Chosen]) -> None:
    """What was chosen once stands again as it was."""
    for period, one in chosen.items():
        _choose(tx, period, one)


def _choose(tx: Tx, period: int, chosen: Chosen) -> None:
    kept = {**asdict(chosen.guarantee), "chosen_on": chosen.on}
    statement = tx.insert(guarantees).values(workspace=tx.workspace, from_period=period, **kept)
    tx.execute(statement.on_conflict_do_update(index_elements=["workspace", "from_period"], set_=kept))


def _next_period(tx: Tx, now: datetime) -> int:
    """The first period that neither was opened nor has begun by the clock."""
    last, epoch_on = digests.last_period(tx), workspaces.get(tx).epoch_on
    ahead = count(0 if last is None else last + 1)
    return next(period for period in ahead if epoch_on is None or period_starts_at(epoch_on, period) > now)


def was_loosened(tx: Tx) -> bool:
    """Whether some row was changed by hand: it holds less than the constants or than one before it."""
    so_far = STANDARD
    for _, numbers in _guarantees(tx):
        try:
            so_far = strictest((so_far, Guarantee(**numbers)))
        except TypeError:
            return True
        if asdict(so_far) != numbers:
            return True
    return False


def _tightened_on(tx: Tx) -> tuple[date, ...]:
    """The days on which stricter numbers were chosen, oldest first."""
    days = select(guarantees.c.chosen_on).where(guarantees.c.workspace == tx.workspace)
    return tuple(tx.execute(days.order_by(guarantees.c.from_period)).scalars())


def _guarantees(tx: Tx) -> list[tuple[int, dict[str, Any]]]:
    """Every guarantee that is kept, as it stands, with its period: what it was opened with, then chosen."""
    found = [
        (
            row[0],
            {"strong": row.strong, "roster_min": row.roster_min, "contributors_min": row.contributors_min},
        )
        for table, at in ((periods, periods.c.period), (guarantees, guarantees.c.from_period))
        for row in tx.execute(_numbers(table, at).where(table.c.workspace == tx.workspace))
    ]
    return sorted(found, key=itemgetter(0))


def _numbers(table: Any, at: Any) -> Any:
    return select(at, table.c.strong, table.c.roster_min, table.c.contributors_min)


def words_possible(tx: Tx, team: Team | None, now: datetime, member: PersonRef | None = None) -> bool:
    """Whether that team, or a member of it, is in a group with words (privacy §3); False without a team."""
    return bool(group_with(tx, team, now, member))


def group_with(tx: Tx, team: Team | None, now: datetime, member: PersonRef | None = None) -> tuple[str, ...]:
    """Ids of the teams shown together with a team, itself among them; empty where nothing is ever shown.

    The groups of the running period stand; before the first one begins, what its rosters would give.
    member: somebody of the team; whoever moved to it counts in their old group until the period ends.
    """
    if team is None:
        return ()
    if member is not None:
        return groups_of(tx, {member: team.team_id}, now)[member]
    return _groups_with(tx, digests.last_period(tx), now, {team.team_id}).get(team.team_id, ())


def groups_of(tx: Tx, team_of: Mapping[PersonRef, str], now: datetime) -> Mapping[PersonRef, tuple[str, ...]]:
    """The same for each of these people; team_of: the id of their team."""
    period = digests.last_period(tx)
    rostered = {} if period is None else digests.rostered(tx, period, team_of)
    others = {ref: team_id for ref, team_id in team_of.items() if ref not in rostered}
    groups = _groups_with(tx, period, now, set(others.values())) if others else {}
    return {**{ref: groups.get(team_id, ()) for ref, team_id in others.items()}, **rostered}


def _groups_with(
    tx: Tx, period: int | None, now: datetime, team_ids: Collection[str]
) -> Mapping[str, tuple[str, ...]]:
    """The group that each of these teams is in, by its id; nothing of those in none."""
    if period is None:
        groups = partition(teams.rosters(tx, now), guarantee(tx))
    else:
        groups = digests.list_groups(tx, period)
    return {team_id: group for group in groups for team_id in group if team_id in team_ids}


def who_sees(tx: Tx, team: Team | None, now: datetime, member: PersonRef | None = None) -> WhoSees:
    """The facts for members of a team, or for one of them; without a team, only who holds the keys."""
    workspace, group = workspaces.get(tx), group_with(tx, team, now, member)
    holder, supervisor = workspace.key_holder_ref, team.supervisor if team else None
    readers = sorted(teams.list_readers(tx, group))
    ids = members.user_ids(tx, {ref for ref in (supervisor, holder, *readers) if ref})
    return WhoSees(
        supervisor_id=ids[supervisor] if supervisor else None,
        reader_ids=tuple(ids[ref] for ref in readers),
        key_holder=ids[holder] if holder else workspace.key_holder or "",
        key_holder_conflict=workspace.key_holder_conflict,
        words_possible=bool(group),
        guarantee=guarantee(tx),
        stricter=stricter(tx),
        tightened_on=_tightened_on(tx),
    )
