"""An agency in weeks around a change of the clocks, and what each of its people must receive in them.

What must arrive is worked out here from the rules alone, without the planner that is tested by it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import cycle
from zoneinfo import ZoneInfo

from bot.domain import members as roster
from bot.domain.members import PersonRef, Team, TeamPlan
from bot.domain.notices import Kind
from bot.sandbox import Person
from handlers import teams as setting_up
from storage import members, workspaces
from storage.database import Tx

NEW_YORK, LOS_ANGELES, MADRID = "America/New_York", "America/Los_Angeles", "Europe/Madrid"
LAST_MONDAY = date(2027, 3, 15)
"""New York and Los Angeles change their clocks the day before, Madrid does not."""
ENDS_AT = datetime(2027, 3, 20, 6, tzinfo=UTC)
"""The last week has closed everywhere."""

MONDAY, WEDNESDAY, THURSDAY = 0, 2, 3
Slot = tuple[str, int, time]
"""Zone, weekday and time of somebody's weekly minute."""
FEW_SLOTS: tuple[Slot, ...] = (
    (NEW_YORK, WEDNESDAY, time(10)),
    (MADRID, WEDNESDAY, time(10)),
    (NEW_YORK, WEDNESDAY, time(10)),
    (NEW_YORK, THURSDAY, time(10)),
)
SLOTS = (*FEW_SLOTS, (LOS_ANGELES, WEDNESDAY, time(10)), (NEW_YORK, MONDAY, time(10)))
"""Taken in turn; many people share one."""

Occurrence = tuple[str, Kind, int]
"""Something that must arrive once: whose, of what kind, in which week (-1 before the first)."""
Due = tuple[Occurrence, datetime | None]
"""With the instant before which it must not come, where that is fixed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inhabitant:
    """Somebody in a team. Nobody answers here, so each card is followed by its one reminder."""

    person: Person
    weekday: int
    at: time

    def expects(self, mondays: Sequence[date]) -> Iterator[Due]:
        """What must arrive in these weeks and before them."""
        yield (self.person.id, Kind.FIRST_CONTACT, -1), None
        for week, monday in enumerate(mondays):
            slot = _instant(monday + timedelta(days=self.weekday), self.at, self.person.tz)
            yield (self.person.id, Kind.CHECKIN, week), slot
            if self.weekday < THURSDAY:  # a reminder comes a working day later, and none on a Friday
                yield (self.person.id, Kind.CHECKIN_AGAIN, week), slot + timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """A team and who reads for it, who set it up too."""

    team_id: str
    supervisor: Person
    inhabitants: tuple[Inhabitant, ...]

    def expects(self, mondays: Sequence[date]) -> Iterator[Due]:
        yield (self.supervisor.id, Kind.TEAM_STARTED, -1), None
        for week, monday in enumerate(mondays):
            yield (self.supervisor.id, Kind.WEEKLY, week), _instant(monday, time(9, 30), self.supervisor.tz)
        for inhabitant in self.inhabitants:
            yield from inhabitant.expects(mondays)


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """Teams that start on the Wednesday before the first of these Mondays."""

    crowds: tuple[Crowd, ...]
    mondays: tuple[date, ...]

    @property
    def starts_at(self) -> datetime:
        return _instant(self.mondays[0] - timedelta(days=5), time(14), NEW_YORK)

    def people(self) -> tuple[Person, ...]:
        named = [one.person for crowd in self.crowds for one in crowd.inhabitants]
        return (*named, *(crowd.supervisor for crowd in self.crowds))

    def expects(self) -> dict[Occurrence, datetime | None]:
        return dict(due for crowd in self.crowds for due in crowd.expects(self.mondays))


def town(*, teams: int, size: int, weeks: int, slots: Sequence[Slot]) -> Town:
    """So many teams of that size; with fewer than eight there would be a minute every other week only."""
    turns = cycle(slots)
    return Town(
        crowds=tuple(_crowd(number, size, turns) for number in range(teams)),
        mondays=tuple(LAST_MONDAY - timedelta(weeks=back) for back in reversed(range(weeks))),
    )


def _crowd(number: int, size: int, turns: Iterator[Slot]) -> Crowd:
    named = (f"U{number:02d}{nth:02d}" for nth in range(size))
    return Crowd(
        team_id=f"team{number}",
        supervisor=Person(id=f"USUP{number:02d}", name=f"Sup {number}", tz=NEW_YORK),
        inhabitants=tuple(_inhabitant(user_id, *next(turns)) for user_id in named),
    )


def _inhabitant(user_id: str, tz: str, weekday: int, at: time) -> Inhabitant:
    return Inhabitant(person=Person(id=user_id, name=user_id, tz=tz), weekday=weekday, at=at)


def found(tx: Tx, place: Town) -> None:
    """Start every team, as its admin and its leader would have done it on the first day."""
    workspaces.enter(tx, "US")
    for crowd in place.crowds:
        _start(tx, crowd, place.starts_at)


def _start(tx: Tx, crowd: Crowd, at: datetime) -> None:
    head, today = _note(tx, crowd.supervisor), at.date()
    refs = tuple(_note(tx, one.person) for one in crowd.inhabitants)
    for ref, one in zip(refs, crowd.inhabitants, strict=True):
        members.choose(tx, ref, weekday=one.weekday, local_time=one.at)
    team = Team(team_id=crowd.team_id, name=crowd.team_id, tz=NEW_YORK, supervisor=head, leader=head)
    promised = replace(team, promised_on=today, staff_told_on=today)
    setting_up.start(tx, TeamPlan(team=promised, members=refs, set_up_by=head), at)


def _note(tx: Tx, person: Person) -> PersonRef:
    ref = tx.ref(person.id)
    members.put(tx, person.id, roster.Person(ref=ref, tz=person.tz, locale=person.locale, active=True))
    return ref


def _instant(on: date, at: time, tz: str) -> datetime:
    return datetime.combine(on, at, ZoneInfo(tz)).astimezone(UTC)
