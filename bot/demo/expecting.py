"""What the rules promise each player, week by week, worked out here a second time and minute by minute.

The check holds what the bot did against this. Nothing of the bot's own decisions is used.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays

from bot.demo.cast import Cast, Choice, Player
from bot.demo.habits import Habits, Reaction

EPOCH = date(2027, 1, 11)
WEEKS = 13
MINUTE = timedelta(minutes=1)
MOVES = {"Luz Navarro": (6, "America/Los_Angeles")}
"""Who moves to another zone, and before which week."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """A player's week: local times of its cards, or none and the reason that must stand in the rows."""

    cards: tuple[datetime, ...] = ()
    reason: str | None = None


def zone_in(player: Player, week: int) -> ZoneInfo:
    """Where a player is in a week."""
    moved_before, tz = MOVES.get(player.person.name, (WEEKS + 1, ""))
    return ZoneInfo(tz if week >= moved_before else player.person.tz)


def expected(cast: Cast, player: Player, small: frozenset[str], habits: Habits) -> list[Expected]:
    """Week by week for one player; small: teams whose people get one question every second week."""
    found: list[Expected] = []
    silent, quiet_until = 0, 0
    for week in range(WEEKS):
        if week < quiet_until:
            found.append(Expected(reason="quiet"))
        elif player.team in small and week % 2 == 1:
            found.append(Expected(reason="every_other_week"))
        else:
            cards, silent_now = _played(cast, player, week, habits)
            found.append(Expected(cards=cards))
            silent = silent + 1 if silent_now else 0
            if silent == 3:
                silent, quiet_until = 0, week + 5
    return found


def _played(cast: Cast, player: Player, week: int, habits: Habits) -> tuple[tuple[datetime, ...], bool]:
    """The cards of one week, and whether it ended without an answer."""
    tz = zone_in(player, week)
    first = _first_card(player, cast.choices.get(player.id, Choice()), week, tz)
    match habits.reaction(player, week, 0):
        case Reaction.NOTHING:
            second = _reminder(first)
        case Reaction.LATER:
            second = _later(first)
        case _:
            return (first,), False
    if second is None:
        return (first,), True
    closes = _closing(week, tz)
    again = habits.reaction(player, week, 1)
    silent = again in (Reaction.NOTHING, Reaction.LATER)
    return ((first, second), silent) if second < closes else ((first,), True)


def _first_card(player: Player, choice: Choice, week: int, tz: ZoneInfo) -> datetime:
    day = 2 if choice.weekday is None else choice.weekday
    slot = datetime.combine(EPOCH + timedelta(weeks=week, days=day), choice.local_time or time(10), tz)
    return next(at for at in _minutes(slot) if _working(at) and not _disturbed(player, at))


def _reminder(first: datetime) -> datetime | None:
    """The next working day at the same hour; none on a Friday."""
    day = next(at for n in range(1, 30) if _works_on((at := first + timedelta(days=n)).date()))
    return None if day.weekday() == 4 else day


def _later(first: datetime) -> datetime | None:
    """Three working hours on, or nine o'clock of the next working day; none when the week closes before."""
    left = 180
    for at in _minutes(first):
        if _working(at):
            if left == 0:
                break
            left -= 1
    if at.date() != first.date():
        at = next(
            m
            for m in _minutes(datetime.combine(first.date() + timedelta(days=1), time(), first.tzinfo))
            if _working(m)
        )
    return at if at < _closing((first.date() - EPOCH).days // 7, first.tzinfo) else None


def _closing(week: int, tz: object) -> datetime:
    return datetime.combine(EPOCH + timedelta(weeks=week, days=4), time(16), tz)  # type: ignore[arg-type]


def _minutes(start: datetime) -> Iterator[datetime]:
    at = start
    while True:
        yield at
        at += MINUTE


def _works_on(day: date) -> bool:
    return day.weekday() < 5 and day not in holidays.country_holidays("US", years=day.year)


def _working(at: datetime) -> bool:
    return _works_on(at.date()) and (9 <= at.hour < 12 or 14 <= at.hour < 17)


def _disturbed(player: Player, at: datetime) -> bool:
    start, end = player.person.dnd or (time(), time())
    inside = start <= at.time() < end
    return inside if start <= end else at.time() >= start or at.time() < end
