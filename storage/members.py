"""People: Slack's roster of them and what they chose. The only place that holds Slack ids, sealed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from bot.domain.members import Length, Member, Person, PersonRef, Preferences
from storage import leave, teams, workspaces
from storage.database import Tx, among, named
from storage.schema import admins, people, preferences

TOLD = ("tz", "locale", "active", "on_vacation", "vacation_until")
"""What an entry of Slack's roster says of somebody; do-not-disturb is asked for apart."""


def put(tx: Tx, user_id: str, person: Person) -> None:
    """Add somebody from Slack's roster or bring what it says up to date; do-not-disturb stays as it was."""
    facts = {name: getattr(person, name) for name in TOLD}
    new = {"workspace": tx.workspace, "ref": person.ref, "sealed_id": tx.keys.seal_id(tx.workspace, user_id)}
    statement = tx.insert(people).values(**new, **facts)
    tx.execute(statement.on_conflict_do_update(index_elements=["workspace", "ref"], set_=facts))


def set_quiet(tx: Tx, ref: PersonRef, quiet_from: datetime | None, quiet_until: datetime | None) -> None:
    """Cache somebody's next do-not-disturb span as Slack told it (delivery 11)."""
    tx.execute(update(people).where(*_one(tx, ref)).values(quiet_from=quiet_from, quiet_until=quiet_until))


def get(tx: Tx, ref: PersonRef) -> Person | None:
    found = tx.execute(select(*_PERSON).where(*_one(tx, ref))).first()
    return found and _person(found)


def is_here(tx: Tx, ref: PersonRef) -> bool:
    """Whether somebody is known and has not left Slack."""
    person = get(tx, ref)
    return person is not None and person.active


def hold(tx: Tx, ref: PersonRef) -> None:
    """Let nothing else be done in somebody's name until this transaction ends: two clicks at once."""
    # SQLite's writers wait for each other anyway, and it knows no FOR UPDATE.
    tx.execute(select(people.c.ref).where(*_one(tx, ref)).with_for_update())


def user_id(tx: Tx, ref: PersonRef) -> str:
    """Somebody's Slack id, unsealed; KeyError for nobody we know."""
    sealed = tx.execute(select(people.c.sealed_id).where(*_one(tx, ref))).scalar()
    if sealed is None:
        raise KeyError(ref)
    return tx.keys.open_id(tx.workspace, sealed)


def user_ids(tx: Tx, refs: Collection[PersonRef]) -> Mapping[PersonRef, str]:
    """The same for several people, without those we do not know."""
    rows = tx.execute(select(people.c.ref, people.c.sealed_id).where(*_among(tx, people, refs)))
    return {row.ref: tx.keys.open_id(tx.workspace, row.sealed_id) for row in rows}


def list_people(tx: Tx) -> tuple[Person, ...]:
    found = tx.execute(select(*_PERSON).where(people.c.workspace == tx.workspace).order_by(people.c.ref))
    return tuple(map(_person, found.all()))


def choices(tx: Tx, ref: PersonRef) -> Preferences:
    """What somebody chose, or the defaults."""
    return chosen(tx, ref) or Preferences()


def chosen(tx: Tx, ref: PersonRef) -> Preferences | None:
    """What somebody chose; None before their first tap."""
    return _choices_of(tx, (ref,)).get(ref)


def _choices_of(tx: Tx, refs: Collection[PersonRef]) -> Mapping[PersonRef, Preferences]:
    """What those of these people chose who chose something."""
    theirs = _among(tx, preferences, refs)
    found = tx.execute(select(preferences.c.ref, *_CHOICES).where(*theirs)).all()
    return {ref: _preferences(chosen) for ref, *chosen in found}


def choose(tx: Tx, ref: PersonRef, **changes: Any) -> Preferences:
    """Keep a choice and leave the others as they are, also one made at this moment; returns all of them."""
    made = replace(choices(tx, ref), **changes)
    names = set(preferences.columns.keys()) - {"workspace", "ref"}
    row = {name: getattr(made, name) for name in names}
    row["items_off"] = sorted(made.items_off)
    statement = tx.insert(preferences).values(workspace=tx.workspace, ref=ref, **row)
    changed = {name: row[name] for name in changes} or {"ref": ref}
    tx.execute(statement.on_conflict_do_update(index_elements=["workspace", "ref"], set_=changed))
    return made


def erase_choices(tx: Tx, ref: PersonRef) -> None:
    """Somebody has chosen nothing, not even that they read the promise."""
    tx.execute(delete(preferences).where(*_among(tx, preferences, (ref,))))


def member(tx: Tx, ref: PersonRef, now: datetime) -> Member | None:
    """Somebody with their choices and the team they belong to now; None for nobody we know."""
    return list_members(tx, (ref,), now).get(ref)


def list_members(tx: Tx, refs: Collection[PersonRef], now: datetime) -> Mapping[PersonRef, Member]:
    """The same of several people, in as many queries as for one; without those we do not know."""
    here = map(_person, tx.execute(select(*_PERSON).where(*_among(tx, people, refs))).all())
    chose, teams_, away = _choices_of(tx, refs), teams.of_members(tx, refs, now), leave.of(tx, refs)
    elsewhere = workspaces.get(tx).country
    found = {}
    for person in here:
        team = teams_.get(person.ref)
        found[person.ref] = Member(
            person=person,
            preferences=chose.get(person.ref) or Preferences(),
            team=team,
            country=team.country if team else elsewhere,
            region=team.region if team else None,
            leave=away.get(person.ref, ()),
        )
    return found


def known(tx: Tx, ref: PersonRef, now: datetime) -> Member:
    """The member a row is about; KeyError for nobody we know."""
    found = member(tx, ref, now)
    if found is None:
        raise KeyError(ref)
    return found


def add_admin(tx: Tx, ref: PersonRef) -> None:
    tx.execute(tx.insert(admins).values(workspace=tx.workspace, ref=ref).on_conflict_do_nothing())


def remove_admin(tx: Tx, ref: PersonRef) -> None:
    tx.execute(delete(admins).where(admins.c.workspace == tx.workspace, admins.c.ref == ref))


def list_admins(tx: Tx) -> tuple[PersonRef, ...]:
    query = select(admins.c.ref).where(admins.c.workspace == tx.workspace).order_by(admins.c.ref)
    return tuple(tx.execute(query).scalars())


def is_admin(tx: Tx, ref: PersonRef) -> bool:
    return ref in list_admins(tx)


def _one(tx: Tx, ref: PersonRef) -> tuple[Any, Any]:
    return people.c.workspace == tx.workspace, people.c.ref == ref


def _among(tx: Tx, table: Any, refs: Collection[PersonRef]) -> tuple[Any, Any]:
    return table.c.workspace == tx.workspace, among(table.c.ref, refs)


_PERSON = [people.c[field.name] for field in fields(Person)]
_CHOICES = [preferences.c[field.name] for field in fields(Preferences)]


def _person(row: Iterable[Any]) -> Person:
    return Person(**named(_PERSON, row))


def _preferences(row: Iterable[Any]) -> Preferences:
    kept = named(_CHOICES, row)
    kept.update(length=Length(kept["length"]), items_off=frozenset(kept["items_off"]))
    return Preferences(**kept)
