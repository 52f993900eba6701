"""An agency of any size as its set-up leaves it in the rows: teams of twenty, nobody asked yet."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

from bot.domain.localtime import WEDNESDAY, slot_at
from bot.domain.members import PersonRef, Team, TeamState
from bot.sandbox import Person
from storage import teams, workspaces
from storage.database import Tx
from storage.rules import RuleKind
from storage.schema import memberships, people, rules

TZ = "America/New_York"
STARTED_AT = datetime(2027, 1, 6, 17, tzinfo=UTC)
EPOCH_ON = date(2027, 1, 11)
DUE_AT = slot_at(EPOCH_ON, 0, WEDNESDAY, time(10), TZ)
"""When everybody's first check-in is due: nobody has chosen another hour."""
TEAM_SIZE = 20


def user_ids(many: int) -> tuple[str, ...]:
    return tuple(f"U{number:08}" for number in range(many))


def workforce(many: int) -> tuple[Person, ...]:
    """They who make up an agency, as Slack knows them."""
    return tuple(
        Person(id=user_id, name=f"Person {number}", tz=TZ) for number, user_id in enumerate(user_ids(many))
    )


def move_in(tx: Tx, many: int, *, started_at: datetime, epoch_on: date, due_at: datetime) -> None:
    """Write that many people into an empty workspace that was entered, their check-ins due at an instant."""
    refs = tuple(tx.ref(user_id) for user_id in user_ids(many))
    workspaces.set_epoch(tx, epoch_on)
    tx.execute(people.insert(), [_person(tx, user_id) for user_id in user_ids(many)])
    crews = [refs[start : start + TEAM_SIZE] for start in range(0, many, TEAM_SIZE)]
    for number, crew in enumerate(crews):
        in_charge = crews[number - 1][0]
        teams.save(tx, _team(number, in_charge, started_at))
        rows = [_row(tx, ref, team_id=f"team{number}", from_at=started_at) for ref in crew]
        tx.execute(memberships.insert(), rows)
    due = [_row(tx, ref, kind=RuleKind.CHECKIN, since_at=started_at, next_due_at=due_at) for ref in refs]
    tx.execute(rules.insert(), due)


def _person(tx: Tx, user_id: str) -> dict[str, Any]:
    sealed = tx.keys.seal_id(tx.workspace, user_id)
    return _row(tx, tx.ref(user_id), sealed_id=sealed, tz=TZ, locale="en-US", active=True)


def _team(number: int, in_charge: PersonRef, started_at: datetime) -> Team:
    return Team(
        team_id=f"team{number}",
        name=f"Team {number}",
        tz=TZ,
        supervisor=in_charge,
        leader=in_charge,
        state=TeamState.STARTED,
        staff_told_on=started_at.date(),
        promised_on=started_at.date(),
        started_at=started_at,
    )


def _row(tx: Tx, ref: PersonRef, **columns: Any) -> dict[str, Any]:
    return {"workspace": tx.workspace, "ref": ref, **columns}
