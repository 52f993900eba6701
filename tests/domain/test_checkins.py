from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.checkins import (
    CARDS,
    LOOK_AHEAD,
    OPEN,
    OWN_WAY,
    QUIET_WEEKS,
    Card,
    Checkin,
    Look,
    Outlook,
    Reason,
    Send,
    Situation,
    Skip,
    Standing,
    State,
    after_closing,
    answered,
    asks_quietly,
    closed,
    declined,
    later_today_at,
    look,
    missed,
    next_slot,
    opened,
    outlook,
    plan,
    put_off,
    reminder_at,
)
from bot.domain.leave import Span
from bot.domain.localtime import (
    FRIDAY,
    Calendar,
    allowed_slots,
    closing_at,
    instant,
    local,
    next_working,
    slot_at,
)
from bot.domain.members import Person, PersonRef, Preferences
from tests.domain.zones import minutes, utc, zones

CHICAGO = "America/Chicago"
EPOCH = date(2026, 1, 5)
LONG_AGO = utc("2025-12-01 12:00")


def situation(**changes: Any) -> Situation:
    """Ana in Chicago with the defaults; person fields, preferences and the rest by name."""
    person = Person(ref=PersonRef("ana"), tz=changes.pop("tz", CHICAGO))
    for name in ("active", "quiet_from", "quiet_until", "on_vacation", "vacation_until"):
        person = replace(person, **{name: changes.pop(name, getattr(person, name))})
    rest: dict[str, Any] = {
        "standing": changes.pop("standing", Standing()),
        "calendar": Calendar(
            tz=person.tz,
            days_off=frozenset(changes.pop("days_off", ())),
            leave=tuple(changes.pop("leave", ())),
        ),
        "epoch_on": changes.pop("epoch_on", EPOCH),
        "small": changes.pop("small", False),
    }
    return Situation(person=person, preferences=Preferences(**changes), **rest)


def chicago(on: date, at: time) -> datetime:
    return instant(on, at, CHICAGO)


def in_week(week: int, weekday: int, at: time) -> datetime:
    return slot_at(EPOCH, week, weekday, at, CHICAGO)


def decide(week: int = 0, now: datetime | None = None, **changes: Any) -> Send | Skip:
    """What becomes of Ana's week when it is looked at in the minute of its slot, or at now."""
    about = situation(**changes)
    slot = slot_at(EPOCH, week, about.preferences.weekday, about.preferences.local_time, about.person.tz)
    return plan(about, week, slot, now or slot)


# When the next one is due


def test_the_first_check_in_comes_on_wednesday_at_ten_of_the_first_week() -> None:
    assert next_slot(situation(), (), LONG_AGO, LONG_AGO) == (0, in_week(0, 2, time(10)))


def test_a_slot_that_was_only_missed_is_still_this_week_s() -> None:
    thursday = in_week(3, 3, time(9))
    assert next_slot(situation(), (0, 1, 2), LONG_AGO, thursday) == (3, in_week(3, 2, time(10)))


def test_after_closing_the_next_week_is_due() -> None:
    about = situation()
    before, at = in_week(3, FRIDAY, time(15, 59)), in_week(3, FRIDAY, time(16))
    assert next_slot(about, (), LONG_AGO, before)[0] == 3
    assert next_slot(about, (), LONG_AGO, at)[0] == 4
    assert next_slot(about, (), LONG_AGO, at + timedelta(days=2))[0] == 4


def test_a_week_is_not_planned_twice() -> None:
    assert next_slot(situation(), {3, 4}, LONG_AGO, in_week(3, 2, time(10)))[0] == 5


def test_somebody_who_joins_after_the_slot_starts_with_the_next_week() -> None:
    wednesday = in_week(3, 2, time(10))
    assert next_slot(situation(), (), wednesday, wednesday)[0] == 3
    after = wednesday + timedelta(seconds=1)
    assert next_slot(situation(), (), after, after)[0] == 4


def test_the_slot_follows_the_person_to_another_zone() -> None:
    week, slot = next_slot(situation(tz="Europe/Madrid"), (0,), LONG_AGO, in_week(1, 0, time(9)))
    assert (week, slot) == (1, utc("2026-01-14 09:00"))


@given(zones, minutes, st.sets(st.integers(0, 500), max_size=20), st.integers(0, FRIDAY))
def test_the_next_slot_is_open_and_nobody_s_second(
    tz: str, now: datetime, planned: set[int], weekday: int
) -> None:
    about = situation(tz=tz, epoch_on=date(2027, 3, 1), weekday=weekday)
    week, _ = next_slot(about, planned, LONG_AGO, now)
    assert week >= 0
    assert week not in planned
    assert now < closing_at(about.epoch_on, week, tz)
    earlier = range(week)
    assert all(w in planned or closing_at(about.epoch_on, w, tz) <= now for w in earlier)


def missed_weeks(about: Situation, planned: Collection[int], since: datetime, now: datetime) -> list[int]:
    return [skip.week for skip in missed(about, planned, since, now, now)]


def test_weeks_in_which_the_program_did_not_run_are_missed() -> None:
    now = in_week(5, 1, time(9))
    assert missed_weeks(situation(), {0, 1}, LONG_AGO, now) == [2, 3, 4]
    assert missed_weeks(situation(), {0, 1}, LONG_AGO, in_week(5, FRIDAY, time(16))) == [2, 3, 4, 5]


def test_no_week_is_missed_before_the_first_or_before_somebody_joined() -> None:
    now = in_week(5, 1, time(9))
    assert missed_weeks(situation(), (), LONG_AGO, LONG_AGO) == []
    assert missed_weeks(situation(), (), LONG_AGO, now) == [0, 1, 2, 3, 4]
    assert missed_weeks(situation(), (), in_week(3, 2, time(11)), now) == [4]
    assert missed_weeks(situation(), range(5), LONG_AGO, now) == []


def test_a_week_that_was_over_where_somebody_went_is_not_called_late() -> None:
    """Friday 15:30 in Los Angeles is Saturday in Tokyo; her card was to come on Friday at 15:30."""
    about, now = situation(tz="Asia/Tokyo", weekday=4, local_time=time(11, 30)), utc("2026-01-09 23:30")
    assert missed(about, (), LONG_AGO, now, now) == (Skip(week=0, reason=Reason.MOVED),)
    overdue_since = utc("2026-01-09 02:30")
    assert missed(about, (), LONG_AGO, overdue_since, now) == (Skip(week=0, reason=Reason.LATE),)


@given(minutes, st.integers(0, 40))
def test_every_week_since_joining_is_planned_missed_or_still_to_come(now: datetime, recorded: int) -> None:
    about, planned = situation(epoch_on=date(2027, 3, 1)), range(recorded)
    late = missed_weeks(about, planned, LONG_AGO, now)
    following, _ = next_slot(about, {*planned, *late}, LONG_AGO, now)
    assert set(planned) | set(late) >= set(range(following))
    assert not set(planned) & set(late)


def test_a_look_before_the_slot_only_says_when_to_look_again() -> None:
    slot = in_week(3, 2, time(10))
    before = slot - timedelta(microseconds=1)
    assert look(situation(), range(3), LONG_AGO, before, before) == Look(weeks=(), next_at=slot)


def test_a_look_at_the_slot_decides_the_week_and_names_the_next_slot() -> None:
    slot, following = in_week(3, 2, time(10)), in_week(4, 2, time(10))
    sent = Send(week=3, due_at=slot)
    assert look(situation(), range(3), LONG_AGO, slot, slot) == Look(weeks=(sent,), next_at=following)
    skipped = Skip(week=3, reason=Reason.STOPPED)
    stopped = look(situation(stopped=True), range(3), LONG_AGO, slot, slot)
    assert stopped == Look(weeks=(skipped,), next_at=following)


def test_a_look_after_time_off_line_also_names_the_weeks_that_went_by() -> None:
    slot = in_week(3, 2, time(10))
    found = look(situation(), range(1), LONG_AGO, in_week(1, 2, time(10)), slot)
    late = [Skip(week=week, reason=Reason.LATE) for week in (1, 2)]
    assert found.weeks == (*late, Send(week=3, due_at=slot))


# What becomes of a week


def test_a_check_in_goes_out_in_its_slot() -> None:
    assert decide(week=2) == Send(week=2, due_at=in_week(2, 2, time(10)))


NOW = in_week(2, 2, time(10))


def away(first: int, last: int) -> Span:
    """Days away in January 2026; week 2 is that of Monday the 19th."""
    return Span(first_on=date(2026, 1, first), last_on=date(2026, 1, last))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"active": False}, Reason.LEFT),
        ({"stopped": True}, Reason.STOPPED),
        ({"paused": True}, Reason.PAUSED),
        ({"paused": True, "paused_until": NOW + timedelta(seconds=1)}, Reason.PAUSED),
        ({"standing": Standing(spells=1, quiet_until_week=3)}, Reason.QUIET),
        ({"standing": Standing(spells=2)}, Reason.QUIET),
        ({"days_off": [date(2026, 1, 21), date(2026, 1, 22), date(2026, 1, 23)]}, Reason.DAYS_OFF),
        ({"quiet_from": NOW, "quiet_until": NOW + timedelta(days=3)}, Reason.DO_NOT_DISTURB),
        ({"leave": [away(21, 23)]}, Reason.LEAVE),
        ({"leave": [away(19, 30)]}, Reason.LEAVE),
        ({"leave": [away(21, 21)], "days_off": [date(2026, 1, 22), date(2026, 1, 23)]}, Reason.LEAVE),
        ({"on_vacation": True, "vacation_until": NOW + timedelta(days=3)}, Reason.VACATION),
        ({"weekday": 4, "on_vacation": True}, Reason.VACATION),
        ({"now": in_week(2, FRIDAY, time(16))}, Reason.LATE),
    ],
)
def test_a_week_without_a_check_in_has_a_recorded_reason(changes: dict[str, Any], reason: Reason) -> None:
    assert decide(week=2, **changes) == Skip(week=2, reason=reason)


def test_a_small_group_s_odd_weeks_are_skipped_with_their_reason() -> None:
    assert decide(week=3, small=True) == Skip(week=3, reason=Reason.EVERY_OTHER_WEEK)
    assert isinstance(decide(week=2, small=True), Send)


@pytest.mark.parametrize(
    "changes",
    [
        {"paused": True, "paused_until": NOW},
        {"paused": False, "paused_until": NOW + timedelta(days=9)},
        {"standing": Standing(run=2, spells=1, quiet_until_week=2)},
        {"quiet_from": NOW - timedelta(hours=8), "quiet_until": NOW},
        {"quiet_from": NOW + timedelta(seconds=1), "quiet_until": NOW + timedelta(hours=8)},
        {"quiet_from": NOW, "quiet_until": None},
        {"quiet_from": None, "quiet_until": NOW + timedelta(days=3)},
        {"days_off": [date(2026, 1, 20), date(2026, 1, 22)]},
        {"leave": [away(19, 20), away(22, 23)]},
        {"on_vacation": True, "vacation_until": NOW},
        {"on_vacation": False, "vacation_until": NOW + timedelta(days=3)},
    ],
)
def test_what_is_over_or_still_to_come_holds_nothing_back(changes: dict[str, Any]) -> None:
    assert decide(week=2, **changes) == Send(week=2, due_at=NOW)


def test_somebody_who_left_is_not_called_paused() -> None:
    assert decide(week=2, active=False, stopped=True, paused=True) == Skip(week=2, reason=Reason.LEFT)


def test_a_slot_in_lunch_arrives_at_two() -> None:
    assert decide(local_time=time(12, 30)) == Send(week=0, due_at=in_week(0, 2, time(14)))


def test_a_slot_after_work_arrives_the_next_morning() -> None:
    assert decide(local_time=time(17)) == Send(week=0, due_at=in_week(0, 3, time(9)))


def test_a_day_off_moves_the_check_in_to_the_next_morning() -> None:
    thanksgiving_eve = {"week": 46, "days_off": [date(2026, 11, 25)]}
    thursday = chicago(date(2026, 11, 26), time(9))
    assert decide(**thanksgiving_eve) == Send(week=46, due_at=thursday, delayed_by=Reason.DAYS_OFF)


def test_leave_moves_the_check_in_to_the_first_morning_back() -> None:
    back = Send(week=2, due_at=in_week(2, FRIDAY, time(9)), delayed_by=Reason.LEAVE)
    assert decide(week=2, leave=[away(5, 22)]) == back
    assert decide(week=2, leave=[away(21, 21)], days_off=[date(2026, 1, 22)]) == back


def test_a_status_for_vacation_holds_the_check_in_back_until_it_ends() -> None:
    until = NOW + timedelta(minutes=50)
    ends = decide(week=2, on_vacation=True, vacation_until=until)
    assert ends == Send(week=2, due_at=until, delayed_by=Reason.VACATION)


def test_a_status_without_an_end_is_looked_at_again_each_morning() -> None:
    for day in (2, 3):
        slot = in_week(2, day, time(10))
        waits = decide(week=2, now=slot, on_vacation=True)
        assert waits == Send(week=2, due_at=in_week(2, day + 1, time(9)), delayed_by=Reason.VACATION)
    friday = in_week(2, FRIDAY, time(9))
    assert decide(week=2, now=friday, on_vacation=True) == Skip(week=2, reason=Reason.VACATION)


def test_do_not_disturb_after_vacation_is_heeded_too() -> None:
    thursday = in_week(2, 3, time(9))
    quiet = {"quiet_from": thursday, "quiet_until": thursday + timedelta(hours=2)}
    sent = decide(week=2, on_vacation=True, vacation_until=thursday, **quiet)
    assert sent == Send(week=2, due_at=thursday + timedelta(hours=2), delayed_by=Reason.VACATION)


def test_a_missed_slot_is_caught_up_within_working_time() -> None:
    evening = in_week(1, 2, time(22))
    assert decide(week=1, now=evening) == Send(week=1, due_at=in_week(1, 3, time(9)))


def test_do_not_disturb_moves_the_check_in_to_its_end() -> None:
    until = NOW + timedelta(minutes=20)
    moved = Send(week=2, due_at=until, delayed_by=Reason.DO_NOT_DISTURB)
    assert decide(week=2, quiet_from=NOW, quiet_until=until) == moved


def test_do_not_disturb_that_ends_in_lunch_moves_the_check_in_behind_lunch() -> None:
    until = in_week(2, 2, time(12, 45))
    moved = Send(week=2, due_at=in_week(2, 2, time(14)), delayed_by=Reason.DO_NOT_DISTURB)
    assert decide(week=2, quiet_from=NOW, quiet_until=until) == moved


def test_a_long_outage_is_not_blamed_on_a_holiday_that_was_over() -> None:
    mondays_off = [date(2026, 1, 19), date(2026, 1, 26)]
    late = in_week(2, FRIDAY, time(17))
    assert decide(week=2, now=late, days_off=mondays_off) == Skip(week=2, reason=Reason.LATE)


@settings(max_examples=200)
@given(
    zones,
    st.integers(0, 60),
    st.integers(0, FRIDAY).flatmap(lambda day: st.tuples(st.just(day), st.sampled_from(allowed_slots(day)))),
    st.timedeltas(timedelta(0), timedelta(days=5)),
    st.sets(st.integers(0, 6), max_size=4),
    st.none() | st.tuples(st.integers(-600, 6000), st.integers(1, 6000)),
)
def test_whatever_is_sent_arrives_in_working_time_before_closing_and_undisturbed(
    tz: str,
    week: int,
    slot: tuple[int, time],
    late: timedelta,
    off: set[int],
    quiet: tuple[int, int] | None,
) -> None:
    at = slot_at(EPOCH, week, *slot, tz)
    days_off = [EPOCH + timedelta(weeks=week, days=day) for day in off]
    quiet_from = at + timedelta(minutes=quiet[0]) if quiet else None
    quiet_until = quiet_from + timedelta(minutes=quiet[1]) if quiet and quiet_from else None
    about = situation(tz=tz, days_off=days_off, quiet_from=quiet_from, quiet_until=quiet_until)
    decision = plan(about, week, at, at + late)
    if isinstance(decision, Skip):
        assert decision.reason in (Reason.LATE, Reason.DAYS_OFF, Reason.DO_NOT_DISTURB)
        return
    assert at + late <= decision.due_at < closing_at(EPOCH, week, tz)
    assert next_working(decision.due_at, about.calendar) == decision.due_at
    assert not (quiet_from and quiet_until and quiet_from <= decision.due_at < quiet_until)


# What Home says of it


def there(*weeks: int, state: State = State.CLOSED) -> dict[int, Checkin]:
    """Check-ins of those weeks, over unless said otherwise."""
    return {week: Checkin(week=week, state=state) for week in weeks}


MONDAY = in_week(2, 0, time(8))


def foresee(weeks: Mapping[int, Checkin], now: datetime = MONDAY, **changes: Any) -> Outlook:
    return outlook(situation(**changes), weeks, LONG_AGO, now)


def test_home_names_the_moment_at_which_planning_will_send() -> None:
    assert foresee(there(0, 1)) == Outlook(at=in_week(2, 2, time(10)))
    moved = foresee(there(0, 1), days_off=[date(2026, 1, 21)])
    assert (moved.at, moved.waits_for) == (in_week(2, 3, time(9)), Reason.DAYS_OFF)


def test_home_looks_past_weeks_that_are_settled_or_skipped() -> None:
    assert foresee(there(0, 1, 2)) == Outlook(at=in_week(3, 2, time(10)))
    assert foresee(there(2), small=True) == Outlook(at=in_week(4, 2, time(10)))
    resting = foresee({}, standing=Standing(spells=1, quiet_until_week=5))
    assert (resting.at, resting.this_week) == (in_week(5, 2, time(10)), Reason.QUIET)


def test_home_sees_the_end_of_a_pause() -> None:
    paused = foresee({}, paused=True, paused_until=in_week(3, 0, time(8)))
    assert (paused.at, paused.this_week) == (in_week(3, 2, time(10)), Reason.PAUSED)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"stopped": True}, Reason.STOPPED),
        ({"paused": True}, Reason.PAUSED),
        ({"paused": True, "paused_until": in_week(2 + LOOK_AHEAD, 2, time(9))}, Reason.PAUSED),
        ({"standing": Standing(spells=2)}, Reason.QUIET),
        ({"active": False}, Reason.LEFT),
        ({"leave": [away(1, 30), Span(first_on=date(2026, 2, 1), last_on=date(2026, 5, 1))]}, Reason.LEAVE),
    ],
)
def test_home_says_why_no_check_in_comes(changes: dict[str, Any], reason: Reason) -> None:
    found = foresee({}, **changes)
    assert (found.at, found.why_none, found.this_week) == (None, reason, reason)


def test_while_a_status_without_an_end_says_vacation_no_date_is_promised() -> None:
    found = foresee(there(0, 1), on_vacation=True)
    assert (found.at, found.why_none, found.may_come_now) == (None, Reason.VACATION, True)
    assert foresee(there(0, 1), on_vacation=True, paused=True).why_none is Reason.PAUSED
    ends = foresee(there(0, 1), on_vacation=True, vacation_until=in_week(3, 2, time(11)))
    assert (ends.at, ends.this_week) == (in_week(3, 2, time(11)), Reason.VACATION)


@pytest.mark.parametrize("reason", list(Reason))
def test_a_recorded_reason_is_what_home_says_until_the_next_week(reason: Reason) -> None:
    skipped = {2: Checkin(week=2, state=State.SKIPPED, reason=reason)}
    for now in (in_week(2, 3, time(9)), in_week(2, 6, time(23, 59))):
        assert foresee(skipped, now).this_week is reason
    assert foresee(skipped, in_week(3, 0, time(0))).this_week is None


def test_a_card_that_came_has_no_reason_whatever_became_of_it() -> None:
    for state in set(State) - {State.SKIPPED}:
        found = foresee(there(2, state=state), in_week(2, 3, time(9)))
        assert (found.this_week, found.may_come_now) == (None, False)


def test_a_foreseen_reason_is_said_before_the_slot() -> None:
    assert foresee(there(0, 1), leave=[away(20, 23)]).this_week is Reason.LEAVE
    assert foresee(there(0, 1), leave=[away(20, 22)]).this_week is None


QUIET_ALL_WEEK = {"quiet_from": in_week(2, 2, time(9)), "quiet_until": in_week(2, FRIDAY, time(17))}


@pytest.mark.parametrize("changes", [{"leave": [away(19, 23)]}, {"on_vacation": True}, QUIET_ALL_WEEK])
def test_what_is_held_back_may_come_at_once_until_it_closes(changes: dict[str, Any]) -> None:
    for weeks in ({}, there(2, state=State.PLANNED)):
        for now in (MONDAY, in_week(2, 3, time(23)), in_week(2, FRIDAY, time(15, 59))):
            assert foresee(weeks, now, **changes).may_come_now
    assert not foresee({}, in_week(2, FRIDAY, time(16)), **changes).may_come_now


@pytest.mark.parametrize("reason", sorted(set(Reason) - OWN_WAY))
def test_a_skipped_week_may_come_at_once_until_it_closes(reason: Reason) -> None:
    skipped = {2: Checkin(week=2, state=State.SKIPPED, reason=reason)}
    assert foresee(skipped, in_week(2, FRIDAY, time(15, 59))).may_come_now
    assert not foresee(skipped, in_week(2, FRIDAY, time(16))).may_come_now
    assert not foresee(skipped, in_week(2, 3, time(9)), stopped=True).may_come_now


@pytest.mark.parametrize("reason", sorted(OWN_WAY))
def test_a_week_that_is_left_out_for_good_cannot_be_had(reason: Reason) -> None:
    skipped = {2: Checkin(week=2, state=State.SKIPPED, reason=reason)}
    assert not foresee(skipped, in_week(2, 3, time(9))).may_come_now


def test_a_card_that_comes_in_its_time_is_not_offered_earlier() -> None:
    for now in (MONDAY, in_week(2, 2, time(12, 30)), in_week(2, 2, time(20))):
        assert not foresee(there(0, 1), now).may_come_now
        assert not foresee(there(2, state=State.PLANNED), now).may_come_now


@given(st.integers(0, 7 * 24 * 6), st.sets(st.integers(0, 6), max_size=3), st.booleans())
def test_what_home_promises_planning_keeps(hours: int, off: set[int], small: bool) -> None:
    now = in_week(3, 0, time(0)) + timedelta(hours=hours)
    days_off = [EPOCH + timedelta(weeks=4, days=day) for day in off]
    about = situation(days_off=days_off, small=small)
    promised = outlook(about, {}, LONG_AGO, now)
    decisions = [
        plan(about, week, max(slot, now), max(slot, now))
        for week in range(3, 14)
        if now < closing_at(EPOCH, week, CHICAGO)
        for slot in [in_week(week, 2, time(10))]
    ]
    assert promised.at == next(sent.due_at for sent in decisions if isinstance(sent, Send))


# Reminder and later today


@pytest.mark.parametrize(
    ("slot", "off", "expected"),
    [
        ((0, time(9)), (), (1, time(9))),
        ((2, time(10)), (), (3, time(10))),
        ((1, time(16, 30)), (), (2, time(16, 30))),
        ((1, time(12, 30)), (), (2, time(14))),
        ((0, time(17, 30)), (), (2, time(9))),
        ((0, time(10)), (1,), (2, time(10))),
        ((3, time(10)), (), None),
        ((2, time(10)), (3,), None),
        ((FRIDAY, time(10)), (), None),
    ],
)
def test_the_reminder_comes_the_next_working_day_at_the_same_hour_but_never_on_a_friday(
    slot: tuple[int, time], off: tuple[int, ...], expected: tuple[int, time] | None
) -> None:
    calendar = situation(days_off=[EPOCH + timedelta(days=day) for day in off]).calendar
    at = reminder_at(in_week(0, *slot), closing_at(EPOCH, 0, CHICAGO), calendar)
    assert at == (expected and in_week(0, *expected))


def test_a_reminder_that_would_fall_into_the_next_week_does_not_come() -> None:
    rest_of_the_week = [EPOCH + timedelta(days=day) for day in (2, 3, 4)]
    calendar = situation(days_off=rest_of_the_week).calendar
    assert reminder_at(in_week(0, 1, time(10)), closing_at(EPOCH, 0, CHICAGO), calendar) is None


@given(zones, st.integers(0, 60), st.integers(0, FRIDAY), st.integers(0, 23), st.sets(st.integers(0, 8)))
def test_no_reminder_comes_on_a_friday_after_closing_or_outside_working_time(
    tz: str, week: int, weekday: int, hour: int, off: set[int]
) -> None:
    days_off = [EPOCH + timedelta(weeks=week, days=day) for day in off]
    calendar, closes_at = situation(tz=tz, days_off=days_off).calendar, closing_at(EPOCH, week, tz)
    slot = slot_at(EPOCH, week, weekday, time(hour), tz)
    at = reminder_at(slot, closes_at, calendar)
    if at is not None:
        assert slot < at < closes_at
        assert local(at, tz).weekday() < FRIDAY
        assert next_working(at, calendar) == at


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ((2, time(9)), (2, time(14))),
        ((2, time(10)), (2, time(15))),
        ((2, time(11, 59)), (2, time(16, 59))),
        ((2, time(12)), (3, time(9))),
        ((2, time(13)), (3, time(9))),
        ((2, time(15)), (3, time(9))),
        ((2, time(20)), (3, time(9))),
        ((2, time(7)), (2, time(14))),
        ((FRIDAY, time(15)), (7, time(9))),
        ((5, time(11)), (7, time(9))),
    ],
)
def test_later_today_is_three_working_hours_on_or_the_next_working_morning(
    now: tuple[int, time], expected: tuple[int, time]
) -> None:
    assert later_today_at(in_week(0, *now), situation().calendar) == in_week(0, *expected)


def test_later_today_before_a_day_off_is_the_morning_after_it() -> None:
    calendar = situation(days_off=[date(2026, 1, 8)]).calendar
    assert later_today_at(in_week(0, 2, time(15)), calendar) == in_week(0, FRIDAY, time(9))


# What a click makes of it

ACTS = {
    "start": opened,
    "later today": put_off,
    "not this week": declined,
    "submit": answered,
    "closing": closed,
}
acts = st.lists(st.sampled_from(sorted(ACTS)), max_size=8)
states = st.sampled_from(State)


def after(state: State, done: list[str]) -> State:
    for act in done:
        state = ACTS[act](state)
    return state


@pytest.mark.parametrize(
    ("act", "expected"),
    [("start", State.OPENED), ("later today", State.LATER), ("not this week", State.DECLINED)],
)
@pytest.mark.parametrize("state", [State.PLANNED, State.SENT, State.OPENED])
def test_a_card_that_waits_takes_every_button(state: State, act: str, expected: State) -> None:
    assert ACTS[act](state) is expected


def test_what_was_put_off_comes_again_unless_it_is_answered_or_declined_before() -> None:
    assert after(State.LATER, ["start"]) is State.LATER
    assert after(State.LATER, ["start", "submit"]) is State.ANSWERED
    assert after(State.LATER, ["start", "not this week"]) is State.DECLINED


@given(acts)
def test_an_answered_week_stays_answered_whatever_is_pressed(done: list[str]) -> None:
    assert after(State.ANSWERED, done) is State.ANSWERED


@given(states, acts)
def test_a_week_that_was_submitted_in_time_ends_answered(state: State, done: list[str]) -> None:
    assert (after(state, [*done, "submit", "closing"]) is State.ANSWERED) == (after(state, done) in OPEN)


@given(acts)
def test_a_declined_week_ends_declined_or_answered(done: list[str]) -> None:
    expected = State.ANSWERED if "submit" in done else State.DECLINED
    assert after(State.DECLINED, done) is expected


@given(states, acts, acts)
def test_after_closing_nothing_moves_any_more(state: State, before: list[str], later: list[str]) -> None:
    ended = after(state, [*before, "closing"])
    assert ended in (State.ANSWERED, State.DECLINED, State.CLOSED, State.SKIPPED)
    without_submit = [act for act in later if act != "submit"]
    assert after(ended, without_submit) is ended


@pytest.mark.parametrize("state", [State.CLOSED, State.SKIPPED])
@given(done=acts)
def test_a_week_that_is_over_cannot_be_opened_again(state: State, done: list[str]) -> None:
    assert after(state, done) is state


def test_one_that_never_arrived_is_skipped_and_not_called_unanswered() -> None:
    assert closed(State.PLANNED) is State.SKIPPED
    assert after_closing(Standing(run=2), State.SKIPPED, 7) == Standing(run=2)


def test_every_card_that_has_to_change_has_a_text_of_its_own() -> None:
    assert set(CARDS) == {State.LATER, State.DECLINED, State.ANSWERED, State.CLOSED}
    assert Card.ARRIVAL not in CARDS.values()
    assert len(set(CARDS.values())) == len(CARDS)


# When asking stops

OUTCOMES = {"u": State.CLOSED, "a": State.ANSWERED, "n": State.DECLINED, "x": State.SKIPPED}
"""Unanswered, answered, "not this week", skipped."""
weeks = st.text("uanx", max_size=60)


def live_through(outcomes: str) -> tuple[str, Standing]:
    """What somebody saw, a letter a week: the outcome, "." for a quiet week, "?" for the private question."""
    seen, here = "", Standing()
    for week, outcome in enumerate(outcomes):
        if here.quiet_in(week):
            seen += "."
            continue
        before, here = here, after_closing(here, OUTCOMES[outcome], week)
        seen += outcome + ("?" if asks_quietly(before, here) else "")
    return seen, here


@pytest.mark.parametrize(
    ("outcomes", "seen"),
    [
        ("u" * 30, "uuu?....uuu" + "." * 20),
        ("uuauunuux", "uuauunuux"),
        ("uuxxu", "uuxxu?"),
        ("uuu" + "x" * 4 + "aaaa" + "uuu", "uuu?....aaaauuu?"),
        ("uuu" + "x" * 4 + "n" + "uuu" + "xxxx" + "a", "uuu?....nuuu?....a"),
        ("uuu" + "x" * 4 + "uu" + "n" + "uuu", "uuu?....uunuuu?"),
    ],
)
def test_three_unanswered_bring_one_question_four_quiet_weeks_and_the_second_time_silence(
    outcomes: str, seen: str
) -> None:
    assert live_through(outcomes)[0] == seen


@pytest.mark.parametrize("coming_back", ["a", "n"])
def test_whoever_comes_back_is_asked_again_as_if_nothing_had_been(coming_back: str) -> None:
    silent = live_through("u" * 11)[1]
    assert silent.quiet_in(10_000)
    back = after_closing(silent, OUTCOMES[coming_back], 40)
    assert back == Standing()
    assert not back.quiet_in(41)


def test_the_quiet_question_is_not_repeated_after_a_second_spell() -> None:
    first, second = Standing(run=2), Standing(run=2, spells=1, quiet_until_week=7)
    assert asks_quietly(first, after_closing(first, State.CLOSED, 2))
    assert not asks_quietly(second, after_closing(second, State.CLOSED, 9))


@given(weeks)
def test_nobody_gets_a_fourth_card_after_three_unanswered_before_four_quiet_weeks(outcomes: str) -> None:
    seen, _ = live_through(outcomes)
    heard = seen.replace("x", "").replace("?", "")
    assert all(set(heard[third.end() :][:QUIET_WEEKS]) <= {"."} for third in re.finditer("uuu", heard))


@given(weeks)
def test_a_question_needs_three_unanswered_since_the_last_answer(outcomes: str) -> None:
    seen, _ = live_through(outcomes)
    for since_an_answer in re.split("[an]", seen):
        assert since_an_answer.count("?") == min(1, since_an_answer.count("u") // 3)
        assert since_an_answer.count("u") <= 6


@given(weeks, st.integers(0, 60))
def test_after_a_second_spell_time_alone_lifts_nothing(outcomes: str, more: int) -> None:
    seen, standing = live_through(outcomes)
    if re.split("[an]", seen)[-1].count("u") == 6:
        assert standing.quiet_in(len(outcomes) + more)


@given(weeks, st.sampled_from([State.SKIPPED, State.PLANNED, State.SENT, State.OPENED, State.LATER]))
def test_a_week_that_was_skipped_or_goes_on_changes_nothing(outcomes: str, state: State) -> None:
    _, standing = live_through(outcomes)
    assert after_closing(standing, state, len(outcomes)) == standing
