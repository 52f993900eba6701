"""Exactly one check-in, or one reason, for each person and week: in every zone, and for people who move."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.checkins import Reason, Send, Situation, Skip, Standing, look
from bot.domain.leave import Span, joined
from bot.domain.localtime import FRIDAY, Calendar, allowed_slots, closing_at, instant, local, next_working
from bot.domain.members import Person, PersonRef, Preferences
from tests.domain.zones import ALL_ZONES, zones

EPOCH = date(2026, 1, 5)
A_WEEK = timedelta(weeks=1)
TWO_YEARS = 104
NEW_YORK, LOS_ANGELES, TOKYO = "America/New_York", "America/Los_Angeles", "Asia/Tokyo"
SLOTS = tuple((day, at) for day in range(FRIDAY + 1) for at in allowed_slots(day))

DIFFICULT = {
    "Australia/Lord_Howe": EPOCH,  # half an hour of summer time
    "Africa/Casablanca": EPOCH,  # summer time all year but for Ramadan
    "Antarctica/Troll": EPOCH,  # two hours of summer time
    "Pacific/Chatham": EPOCH,  # quarter hours
    "America/St_Johns": date(2009, 1, 5),  # half hours, changed at one minute past midnight
    "America/Santiago": EPOCH,  # midnights that do not exist
    "Atlantic/Azores": EPOCH,  # changed around a Sunday's midnight
    "Africa/Cairo": date(2023, 1, 2),  # summer time brought back, on Fridays at midnight
    "Asia/Gaza": EPOCH,  # changed around Ramadan
    "Pacific/Apia": date(2011, 1, 3),  # went without 30 December 2011, a Friday
}
"""Zones whose clocks do odd things, and the first Monday of two years in which they do."""


def situation(tz: str, weekday: int = 2, at: time = time(10), epoch_on: date = EPOCH) -> Situation:
    return Situation(
        person=Person(ref=PersonRef("ana"), tz=tz),
        preferences=Preferences(weekday=weekday, local_time=at),
        standing=Standing(),
        calendar=Calendar(tz=tz),
        epoch_on=epoch_on,
        small=False,
    )


def moved(about: Situation, tz: str) -> Situation:
    person, calendar = replace(about.person, tz=tz), replace(about.calendar, tz=tz)
    return replace(about, person=person, calendar=calendar)


def rescheduled(about: Situation, weekday: int, at: time) -> Situation:
    return replace(about, preferences=replace(about.preferences, weekday=weekday, local_time=at))


@dataclass(slots=True, kw_only=True)
class Life:
    """One person's weeks as planning decides them, looked at whenever it wants to look."""

    about: Situation
    since: datetime
    look_at: datetime
    weeks: dict[int, Send | Skip] = field(default_factory=dict)

    def look(self, now: datetime) -> None:
        found = look(self.about, self.weeks, self.since, self.look_at, now)
        for decision in found.weeks:
            self.decide(decision)
        self.look_at = found.next_at

    def decide(self, decision: Send | Skip) -> None:
        """A week is decided once; a card comes in working time before it closes, where the person is."""
        assert decision.week not in self.weeks
        self.weeks[decision.week] = decision
        if isinstance(decision, Send):
            assert next_working(decision.due_at, self.about.calendar) == decision.due_at
            assert decision.due_at < closing_at(self.about.epoch_on, decision.week, self.about.person.tz)

    def go_on(self, until: datetime) -> None:
        while self.look_at < until:
            self.look(self.look_at)

    def becomes(self, about: Situation, now: datetime) -> None:
        """Something about the person changes, and planning looks at them at once."""
        self.go_on(now)
        self.about, self.look_at = about, min(self.look_at, now)
        self.look(now)

    def sent(self, week: int = 0) -> datetime:
        """When the card of a week comes."""
        decision = self.weeks[week]
        assert isinstance(decision, Send), decision
        return decision.due_at


def life(about: Situation) -> Life:
    since = instant(about.epoch_on, time(), "UTC") - A_WEEK
    return Life(about=about, since=since, look_at=since)


def year_of(tz: str, weekday: int = 2, at: time = time(10), epoch_on: date = EPOCH, weeks: int = 53) -> Life:
    """So many weeks of somebody who stays where they are."""
    lived = life(situation(tz, weekday, at, epoch_on))
    lived.go_on(instant(epoch_on + weeks * A_WEEK, time(12), "UTC"))
    return lived


# ---- in every zone


def test_in_every_zone_there_is_one_card_a_week_in_its_slot() -> None:
    assert len(ALL_ZONES) > 590
    wrong = [
        (tz, week)
        for tz in ALL_ZONES
        for lived in [year_of(tz)]
        for week in range(53)
        if f"{local(lived.sent(week), tz):%a %H:%M}" != "Wed 10:00"
    ]
    assert wrong == []


@pytest.mark.parametrize("tz", DIFFICULT)
def test_where_clocks_do_odd_things_every_slot_of_two_years_has_one_card_a_week(tz: str) -> None:
    """Each half hour that can be chosen, each week of two years: no week without, none with two."""
    epoch_on = DIFFICULT[tz]
    elsewhere = {}
    for weekday, at in SLOTS:
        lived = year_of(tz, weekday, at, epoch_on, TWO_YEARS)
        assert set(range(TWO_YEARS)) <= set(lived.weeks) <= set(range(TWO_YEARS + 1))
        for week in range(TWO_YEARS):
            slot = datetime.combine(epoch_on + timedelta(weeks=week, days=weekday), at)
            if came_at(lived.weeks[week], tz) != slot:
                elsewhere[slot] = lived.weeks[week]
    assert {slot.date() for slot in elsewhere} == ({date(2011, 12, 30)} if tz == "Pacific/Apia" else set())
    assert all(decision == Skip(week=51, reason=Reason.LATE) for decision in elsewhere.values())


def came_at(decision: Send | Skip, tz: str) -> datetime | None:
    """The wall clock at which a card comes."""
    return local(decision.due_at, tz).replace(tzinfo=None) if isinstance(decision, Send) else None


@pytest.mark.parametrize(
    ("epoch_on", "days"),
    [
        (date(2028, 2, 21), {date(2028, 2, 29), date(2028, 3, 1)}),
        (date(2026, 12, 21), {date(2026, 12, 29), date(2026, 12, 30)}),
        (date(2032, 12, 20), {date(2032, 12, 28), date(2032, 12, 29)}),
    ],
    ids=["leap day", "week 53", "week 53 of a leap year"],
)
def test_the_calendar_s_own_oddities_change_nothing(epoch_on: date, days: set[date]) -> None:
    for weekday in range(FRIDAY + 1):
        lived = year_of(NEW_YORK, weekday, time(9), epoch_on, 4)
        came = [local(lived.sent(week), NEW_YORK).date() for week in range(4)]
        assert came == [epoch_on + timedelta(weeks=week, days=weekday) for week in range(4)]
    tuesday, wednesday = sorted(days)
    assert wednesday - tuesday == timedelta(days=1)


# ---- people who move


def at(text: str, tz: str) -> datetime:
    return instant(date.fromisoformat(text[:10]), time.fromisoformat(text[11:]), tz)


def came(lived: Life, tz: str, week: int = 0) -> str | Reason:
    """When a week's card comes, where the person is; or why none does."""
    decision = lived.weeks[week]
    return f"{local(decision.due_at, tz):%a %H:%M}" if isinstance(decision, Send) else decision.reason


MONDAY_NINE, WEDNESDAY_TEN, FRIDAY_LAST = (0, time(9)), (2, time(10)), (4, time(11, 30))


@pytest.mark.parametrize(
    ("chosen", "leaves", "comes"),
    [
        (WEDNESDAY_TEN, "2026-01-06 12:00", "Wed 10:00"),
        (WEDNESDAY_TEN, "2026-01-07 12:00", "Tue 17:00"),  # it had come at 10:00 in Tokyo
        (MONDAY_NINE, "2026-01-05 08:00", "Mon 09:00"),  # a Sunday afternoon there
        (MONDAY_NINE, "2026-01-05 12:00", "Sun 16:00"),  # it had come at 9:00 in Tokyo
        (FRIDAY_LAST, "2026-01-09 11:00", "Fri 11:30"),
        (FRIDAY_LAST, "2026-01-09 12:00", "Thu 18:30"),  # it had come at 11:30 in Tokyo
    ],
)
def test_from_tokyo_to_los_angeles_the_week_has_one_card(
    chosen: tuple[int, time], leaves: str, comes: str
) -> None:
    lived = life(situation(TOKYO, *chosen))
    lived.becomes(moved(lived.about, LOS_ANGELES), at(leaves, TOKYO))
    lived.go_on(at("2026-01-24 12:00", LOS_ANGELES))
    assert came(lived, LOS_ANGELES) == comes
    usual = f"{EPOCH + timedelta(days=chosen[0]):%a} {chosen[1]:%H:%M}"
    assert [came(lived, LOS_ANGELES, week) for week in (1, 2)] == [usual, usual]


@pytest.mark.parametrize(
    ("chosen", "leaves", "comes"),
    [
        (WEDNESDAY_TEN, "2026-01-06 12:00", "Wed 10:00"),
        (WEDNESDAY_TEN, "2026-01-06 19:00", "Wed 14:00"),  # noon there, after the slot
        (WEDNESDAY_TEN, "2026-01-07 09:00", "Thu 09:00"),  # two in the morning there
        (MONDAY_NINE, "2026-01-04 23:00", "Mon 16:00"),
        (MONDAY_NINE, "2026-01-05 12:00", "Tue 02:00"),  # it had come at 9:00 in Los Angeles
        (FRIDAY_LAST, "2026-01-08 22:00", "Fri 15:00"),
        (FRIDAY_LAST, "2026-01-08 23:00", Reason.MOVED),  # Friday 16:00 there
        (FRIDAY_LAST, "2026-01-09 11:00", Reason.MOVED),  # Saturday there
    ],
)
def test_from_los_angeles_to_tokyo_the_week_has_one_card_or_the_reason(
    chosen: tuple[int, time], leaves: str, comes: str | Reason
) -> None:
    lived = life(situation(LOS_ANGELES, *chosen))
    lived.becomes(moved(lived.about, TOKYO), at(leaves, LOS_ANGELES))
    lived.go_on(at("2026-01-24 12:00", TOKYO))
    assert came(lived, TOKYO) == comes
    usual = f"{EPOCH + timedelta(days=chosen[0]):%a} {chosen[1]:%H:%M}"
    assert [came(lived, TOKYO, week) for week in (1, 2)] == [usual, usual]


@pytest.mark.parametrize("hours", range(0, 6 * 24, 5))
@pytest.mark.parametrize("chosen", [MONDAY_NINE, WEDNESDAY_TEN, FRIDAY_LAST])
def test_there_and_back_within_a_week_is_one_card(chosen: tuple[int, time], hours: int) -> None:
    lived = life(situation(LOS_ANGELES, *chosen))
    leaves = at("2026-01-04 12:00", LOS_ANGELES) + timedelta(hours=hours)
    lived.becomes(moved(lived.about, TOKYO), leaves)
    lived.becomes(moved(lived.about, LOS_ANGELES), leaves + timedelta(hours=30))
    lived.go_on(at("2026-01-24 12:00", LOS_ANGELES))
    assert [sorted(lived.weeks), came(lived, LOS_ANGELES, 2)] == [
        [0, 1, 2],
        f"{EPOCH + timedelta(days=chosen[0]):%a} {chosen[1]:%H:%M}",
    ]


@pytest.mark.parametrize(
    ("saved_at", "new", "comes"),
    [
        ("2026-01-07 09:00", (2, time(9)), "Wed 09:00"),
        ("2026-01-07 09:45", (2, time(9)), "Wed 09:45"),  # earlier than now
        ("2026-01-07 09:45", (2, time(16, 30)), "Wed 16:30"),  # later than now
        ("2026-01-07 09:45", (0, time(9)), "Wed 09:45"),  # a day that is over
        ("2026-01-07 12:15", (2, time(9)), "Wed 10:00"),  # it had come
        ("2026-01-07 09:45", (4, time(11, 30)), "Fri 11:30"),
    ],
)
def test_a_slot_changed_on_the_day_makes_one_card(saved_at: str, new: tuple[int, time], comes: str) -> None:
    lived = life(situation(NEW_YORK))
    lived.becomes(rescheduled(lived.about, *new), at(saved_at, NEW_YORK))
    lived.go_on(at("2026-01-17 12:00", NEW_YORK))
    assert came(lived, NEW_YORK) == comes
    assert came(lived, NEW_YORK, 1) == f"{EPOCH + timedelta(days=new[0]):%a} {new[1]:%H:%M}"


moves = st.tuples(st.integers(0, 60 * 24 * 7 * 6), zones)
changes = st.tuples(st.integers(0, 60 * 24 * 7 * 6), st.sampled_from(SLOTS))
spans = st.builds(
    lambda first, days: Span(
        first_on=EPOCH + timedelta(days=first), last_on=EPOCH + timedelta(days=first + days)
    ),
    st.integers(0, 42),
    st.integers(0, 9),
)


@settings(max_examples=300)
@given(
    zones,
    st.sampled_from(SLOTS),
    st.lists(moves | changes, max_size=8, unique_by=lambda change: change[0]),
    st.lists(spans, max_size=3),
)
def test_whatever_somebody_does_each_week_has_one_card_or_one_reason(
    tz: str, slot: tuple[int, time], what: list[tuple[int, str | tuple[int, time]]], away: list[Span]
) -> None:
    about, began = situation(tz, *slot), instant(EPOCH, time(), "UTC")
    lived = life(replace(about, calendar=replace(about.calendar, leave=joined(away))))
    for minutes, to in sorted(what, key=lambda change: change[0]):
        change = moved(lived.about, to) if isinstance(to, str) else rescheduled(lived.about, *to)
        lived.becomes(change, began + timedelta(minutes=minutes))
    lived.go_on(began + 9 * A_WEEK)
    assert set(range(8)) <= set(lived.weeks)
    reasons = {decision.reason for decision in lived.weeks.values() if isinstance(decision, Skip)}
    assert reasons <= {Reason.LEAVE, Reason.MOVED}
