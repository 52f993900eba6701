"""The workspaces of an installation: their calendar, their sending pause and who holds the keys."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import inspect, select, update

from bot.domain.members import PersonRef, Support, Workspace
from bot.domain.notices import Pace
from storage.database import Store, Tx
from storage.schema import workspaces


class WrongKeys(Exception):
    """The keys in the settings are not those this database was made with.

    reference_fits: only CHOIR_MASTER_KEY is another, so that people are still known.
    """

    def __init__(self, workspace: str, *, reference_fits: bool) -> None:
        super().__init__(workspace)
        self.reference_fits = reference_fits


def enter(tx: Tx, country: str) -> None:
    """Register the workspace on first start; WrongKeys when it was registered with other keys."""
    new = {"workspace": tx.workspace, "key_check": tx.keys.check(tx.workspace), "country": country}
    tx.execute(tx.insert(workspaces).values(**new).on_conflict_do_nothing())
    refuse_other_keys(tx)
    _change(tx, workspaces.c.ref_check.is_(None), ref_check=tx.keys.ref_check(tx.workspace))


def refuse_other_keys(tx: Tx) -> None:
    """Raises WrongKeys unless the workspace was registered with the keys of this store."""
    if not has_these_keys(tx):
        raise WrongKeys(tx.workspace, reference_fits=_reference_fits(tx))


def _reference_fits(tx: Tx) -> bool:
    """False also for a database of a version that kept no such check."""
    columns = inspect(tx.connection).get_columns(workspaces.name)
    if workspaces.c.ref_check.name not in {column["name"] for column in columns}:
        return False
    kept = tx.execute(_of(tx, workspaces.c.ref_check)).scalar_one()
    return bool(kept == tx.keys.ref_check(tx.workspace))


def check_keys(store: Store) -> None:
    """Raises WrongKeys for a database that was made with others, of whatever version. Writes nothing."""
    if not store.has(workspaces.name):
        return
    for workspace in list_ids(store):
        with store.read(workspace) as tx:
            refuse_other_keys(tx)


def has_these_keys(tx: Tx) -> bool:
    """Whether the workspace was registered with the keys of this store."""
    kept: str = tx.execute(_of(tx, workspaces.c.key_check)).scalar_one()
    return tx.keys.know(tx.workspace, kept)


def hold_key_check(tx: Tx) -> str:
    """The check of the master key that is in use, which stays so until the transaction ends."""
    kept: str = tx.execute(_of(tx, workspaces.c.key_check).with_for_update(read=True)).scalar_one()
    return kept


def uses_master_key(tx: Tx) -> bool:
    """Whether new keys are wrapped with the new master key, and not with the old one."""
    kept: str = tx.execute(_of(tx, workspaces.c.key_check)).scalar_one()
    return kept == tx.keys.check(tx.workspace)


def use_master_key(tx: Tx) -> None:
    """From now on everybody's new keys are wrapped with the new master key, on every machine."""
    set_key_check(tx, tx.keys.check(tx.workspace))


def set_key_check(tx: Tx, check: str) -> None:
    """Say which master key people's keys are wrapped with."""
    _change(tx, key_check=check, ref_check=tx.keys.ref_check(tx.workspace))


def get(tx: Tx) -> Workspace:
    """The workspace's facts; KeyError before it was entered."""
    columns = (workspaces.c[name] for name in _FIELDS)
    found = tx.execute(_of(tx, workspaces.c.workspace.label("workspace_id"), *columns)).first()
    if found is None:
        raise KeyError(tx.workspace)
    return Workspace(**found._mapping)


_FIELDS = tuple(name for name in asdict(Workspace(workspace_id="")) if name != "workspace_id")


def set_epoch(tx: Tx, epoch_on: date) -> None:
    """Fix the first Monday, once; a later team does not move it."""
    _change(tx, workspaces.c.epoch_on.is_(None), epoch_on=epoch_on)


def set_key_holder(tx: Tx, holder: str | None, ref: PersonRef | None, *, conflict: bool) -> None:
    """Who runs the server and holds its keys, in words or as a person here.

    conflict: they supervise, lead or hire here, which staff are told (changes 11).
    """
    _change(tx, key_holder=holder, key_holder_ref=ref, key_holder_conflict=conflict)


def forget_people(tx: Tx) -> None:
    """Nobody is named here any more, in words or as a person."""
    set_key_holder(tx, None, None, conflict=False)
    _change(tx, support_contact=None, help_list=None)


def hold(tx: Tx) -> None:
    """Let nobody else change what holds for the whole workspace until this transaction ends."""
    # SQLite's writers wait for each other anyway, and it knows no FOR UPDATE.
    tx.execute(_of(tx, workspaces.c.workspace).with_for_update())


def set_support(tx: Tx, support: Support) -> None:
    """Where staff can turn for whom no peer was found."""
    _change(tx, support_contact=support.contact, help_list=support.help_list)


def support(tx: Tx) -> Support:
    row = tx.execute(_of(tx, workspaces.c.support_contact, workspaces.c.help_list)).one()
    return Support(contact=row.support_contact, help_list=row.help_list)


def hold_sending(tx: Tx, until: datetime) -> None:
    """Slack asked for a pause: nothing goes out to this workspace before that (delivery 6)."""
    later = workspaces.c.send_not_before.is_(None) | (workspaces.c.send_not_before < until)
    _change(tx, later, send_not_before=until)


def room_to_send(tx: Tx, now: datetime, pace: Pace, most: int) -> int:
    """How many messages may go out now, at most so many; nobody else is told until the transaction ends."""
    row = tx.execute(_of(tx, *_SENDING).with_for_update()).one()
    over = row.uninstalled_at is not None or row.ended_at is not None
    if over or (row.send_not_before is not None and now < row.send_not_before):
        return 0
    return min(most, pace.room(row.next_send_at, now))


def count_sending(tx: Tx, now: datetime, pace: Pace, messages: int) -> None:
    """Note that so many go out now, in the transaction that found room for them."""
    next_at = tx.execute(_of(tx, workspaces.c.next_send_at)).scalar_one()
    _change(tx, next_send_at=pace.after(next_at, now, messages))


_SENDING = (
    workspaces.c.uninstalled_at,
    workspaces.c.ended_at,
    workspaces.c.send_not_before,
    workspaces.c.next_send_at,
)


def next_send_at(tx: Tx) -> datetime | None:
    """Before this nothing goes out: Slack's pause, or the workspace's own pace; None for no such limit."""
    row = tx.execute(_of(tx, *_SENDING)).one()
    return max((at for at in (row.send_not_before, row.next_send_at) if at is not None), default=None)


def send_not_before(tx: Tx) -> datetime | None:
    held: datetime | None = tx.execute(_of(tx, workspaces.c.send_not_before)).scalar_one()
    return held


def roster_synced_at(tx: Tx) -> datetime | None:
    at: datetime | None = tx.execute(_of(tx, workspaces.c.roster_synced_at)).scalar_one()
    return at


def roster_next_at(tx: Tx) -> datetime | None:
    """When the roster is to be read; None before the first time."""
    at: datetime | None = tx.execute(_of(tx, workspaces.c.roster_next_at)).scalar_one()
    return at


def claim_roster(tx: Tx, now: datetime, again_at: datetime) -> bool:
    """Take the reading of a roster that is due, until again_at; False when it is not, or others have it."""
    due = workspaces.c.roster_next_at.is_(None) | (workspaces.c.roster_next_at <= now)
    here = update(workspaces).where(workspaces.c.workspace == tx.workspace, due)
    return bool(tx.execute(here.values(roster_next_at=again_at)).rowcount)


def release_roster(tx: Tx) -> None:
    """It was not read; whoever comes next may."""
    _change(tx, roster_next_at=None)


def set_roster_synced(tx: Tx, at: datetime, next_at: datetime | None = None) -> None:
    """Note when the roster was read, and when it is to be read again."""
    _change(tx, roster_synced_at=at, roster_next_at=next_at)


def set_uninstalled(tx: Tx, at: datetime | None) -> None:
    """When the app was taken out of the workspace; None when it came back."""
    _change(tx, uninstalled_at=at)


def is_uninstalled(tx: Tx) -> bool:
    return tx.execute(_of(tx, workspaces.c.uninstalled_at)).scalar_one() is not None


def end(tx: Tx, at: datetime | None) -> None:
    """When staff decided to stop; None takes that back."""
    _change(tx, ended_at=at)


def is_over(tx: Tx) -> bool:
    """Nothing goes out any more: the app was taken out, or staff decided to stop."""
    return over_since(tx) is not None


def over_since(tx: Tx) -> datetime | None:
    """When that was, the first of both; None for neither."""
    row = tx.execute(_of(tx, workspaces.c.uninstalled_at, workspaces.c.ended_at)).one()
    return min((at for at in row if at is not None), default=None)


def may_not_send(tx: Tx, now: datetime) -> bool:
    """Slack asked for a pause that is not over, or nothing goes out any more."""
    held_until = send_not_before(tx)
    return is_over(tx) or (held_until is not None and now < held_until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """A backup was put back at an instant: what called for a message before it may have been said already.

    known_until: until then at least the backup knows what went out; what came later only Slack knows.
    """

    at: datetime
    known_until: datetime


def set_restored(tx: Tx, at: datetime, known_until: datetime) -> None:
    _change(tx, restored_at=at, known_until=known_until)


def restored(tx: Tx) -> Restored | None:
    """The last time a backup was put back; None for never."""
    row = tx.execute(_of(tx, workspaces.c.restored_at, workspaces.c.known_until)).first()
    return Restored(at=row.restored_at, known_until=row.known_until) if row and row.restored_at else None


def list_ids(store: Store) -> tuple[str, ...]:
    """Every workspace this database knows."""
    with store.read("") as tx:
        return tuple(tx.execute(select(workspaces.c.workspace).order_by(workspaces.c.workspace)).scalars())


def _of(tx: Tx, *columns: Any) -> Any:
    return select(*columns).where(workspaces.c.workspace == tx.workspace)


def _change(tx: Tx, *conditions: Any, **values: Any) -> None:
    tx.execute(update(workspaces).where(workspaces.c.workspace == tx.workspace, *conditions).values(**values))
