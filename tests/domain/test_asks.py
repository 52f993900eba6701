from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.asks import (
    ANSWERS,
    DEPUTY_AFTER,
    ENDED,
    WAITING,
    Ask,
    AskState,
    after_follow_up,
    another_time,
    deputy_due,
    follow_up_due,
    recipients,
    unanswered_due,
    withdraw,
)
from bot.domain.localtime import Calendar, add_working, local, next_working
from bot.domain.members import PersonRef, Team
from tests.domain.zones import minutes, utc, zones

ANA, BEN, CAM, DEE = (PersonRef(name) for name in ("ana", "ben", "cam", "dee"))
UTC_DAYS = Calendar(tz="Etc/UTC")

states = st.sampled_from(AskState)


def team(supervisor: PersonRef | None = BEN, deputy: PersonRef | None = CAM) -> Team:
    return Team(team_id="t", name="Intake", tz="Etc/UTC", supervisor=supervisor, deputy=deputy)


def ask(**more: PersonRef) -> Ask:
    return Ask(ask_id="a", asker=ANA, recipient=BEN, asked_on=date(2026, 11, 23), **more)


@pytest.mark.parametrize(
    ("asker", "asked", "expected"),
    [
        (ANA, team(), (BEN, CAM)),
        (BEN, team(), (CAM,)),
        (CAM, team(), (BEN,)),
        (ANA, team(deputy=None), (BEN,)),
        (ANA, team(supervisor=None), (CAM,)),
        (ANA, team(deputy=BEN), (BEN,)),
        (BEN, team(deputy=None), ()),
        (ANA, team(supervisor=None, deputy=None), ()),
        (ANA, None, ()),
    ],
)
def test_the_supervisor_can_be_asked_first_and_nobody_asks_themselves(
    asker: PersonRef, asked: Team | None, expected: tuple[PersonRef, ...]
) -> None:
    assert recipients(asker, asked) == expected


def test_only_those_who_were_asked_may_answer() -> None:
    assert ask().may_answer(BEN)
    assert not ask().may_answer(ANA)
    assert not ask(deputy=CAM).may_answer(CAM)
    assert ask(deputy=CAM, also_asked=CAM).may_answer(CAM)
    assert not ask(next_person=DEE).may_answer(DEE)


@pytest.mark.parametrize("state", sorted(WAITING))
def test_an_answer_counts_also_when_it_comes_late(state: AskState) -> None:
    waiting = replace(ask(also_asked=CAM), state=state)
    assert waiting.waits_for(BEN)
    assert waiting.waits_for(CAM)
    assert not waiting.waits_for(ANA)


@pytest.mark.parametrize("state", sorted(set(AskState) - WAITING))
def test_an_ask_is_answered_once(state: AskState) -> None:
    assert not replace(ask(), state=state).waits_for(BEN)


@pytest.mark.parametrize("state", sorted(set(AskState) - ENDED))
def test_whoever_asked_can_take_it_back_until_it_ended(state: AskState) -> None:
    assert withdraw(state) is AskState.WITHDRAWN


@pytest.mark.parametrize("state", sorted(ENDED))
def test_what_has_ended_cannot_be_taken_back(state: AskState) -> None:
    assert withdraw(state) is None


@pytest.mark.parametrize("said", [AskState.MET, AskState.NO_LONGER, AskState.OPEN])
def test_after_the_talk_was_to_be_it_happened_is_needless_or_is_open_again(said: AskState) -> None:
    assert after_follow_up(AskState.AGREED, said) is said
    assert after_follow_up(AskState.ANOTHER_TIME, said) is said


@given(states, states)
def test_no_follow_up_moves_an_ask_nobody_agreed_to(state: AskState, said: AskState) -> None:
    moved = after_follow_up(state, said)
    assert (moved is None) == (state not in (AskState.AGREED, AskState.ANOTHER_TIME))


@given(states, states)
def test_nothing_moves_an_ask_that_has_ended(state: AskState, said: AskState) -> None:
    if state in ENDED:
        assert (withdraw(state), after_follow_up(state, said)) == (None, None)
        assert not replace(ask(), state=state).waits_for(BEN)


def test_every_state_waits_is_answered_or_has_ended() -> None:
    assert set(AskState) == WAITING | ANSWERS | ENDED
    assert not WAITING & (ANSWERS | ENDED)


@pytest.mark.parametrize(
    ("asked", "deputy", "unanswered"),
    [
        ("2026-11-23 09:00", "2026-11-23 15:00", "2026-11-24 09:00"),
        ("2026-11-23 15:30", "2026-11-24 11:30", "2026-11-24 15:30"),
        ("2026-11-23 12:30", "2026-11-24 10:00", "2026-11-24 14:00"),
        ("2026-11-23 20:00", "2026-11-24 15:00", "2026-11-25 09:00"),
        ("2026-11-27 16:00", "2026-11-30 14:00", "2026-11-30 16:00"),
        ("2026-11-28 10:00", "2026-11-30 15:00", "2026-12-01 09:00"),
        ("2026-11-29 23:00", "2026-11-30 15:00", "2026-12-01 09:00"),
    ],
)
def test_the_deputy_is_due_after_four_working_hours_and_the_asker_hears_after_a_working_day(
    asked: str, deputy: str, unanswered: str
) -> None:
    assert deputy_due(utc(asked), UTC_DAYS) == utc(deputy)
    assert unanswered_due(utc(asked), UTC_DAYS) == utc(unanswered)


@given(zones, minutes, st.sets(st.integers(0, 9), max_size=5))
def test_the_deputy_comes_before_the_asker_is_told_that_nobody_answered(
    tz: str, now: datetime, off: set[int]
) -> None:
    days_off = frozenset(now.date() + timedelta(days=n) for n in off)
    calendar = Calendar(tz=tz, days_off=days_off)
    told_at = unanswered_due(now, calendar)
    assert deputy_due(now, calendar) < told_at
    assert next_working(told_at, calendar) == told_at
    assert add_working(now, DEPUTY_AFTER, calendar) == deputy_due(now, calendar)


@pytest.mark.parametrize(
    ("now", "begins_with"),
    [
        ("2026-11-24 09:00", "2026-11-24 10:00"),
        ("2026-11-24 10:06", "2026-11-24 11:30"),
        ("2026-11-24 11:20", "2026-11-24 14:30"),
        ("2026-11-24 15:40", "2026-11-25 09:00"),
        ("2026-11-27 16:59", "2026-11-30 10:00"),
    ],
)
def test_another_time_begins_with_an_hour_of_work_ahead(now: str, begins_with: str) -> None:
    assert another_time(utc(now), UTC_DAYS) == utc(begins_with)


@given(zones, minutes)
def test_another_time_lies_ahead_in_working_time_at_a_full_or_half_hour(tz: str, now: datetime) -> None:
    calendar = Calendar(tz=tz)
    at = another_time(now, calendar)
    assert at > now
    assert next_working(at, calendar) == at
    assert local(at, tz).minute in (0, 30)


@pytest.mark.parametrize(
    ("meet_at", "expected"),
    [
        ("2026-11-24 10:00", "2026-11-25 10:00"),
        ("2026-11-27 15:00", "2026-11-30 15:00"),
        ("2026-12-31 11:00", "2027-01-01 11:00"),
    ],
)
def test_the_follow_up_comes_the_working_day_after_the_talk(meet_at: str, expected: str) -> None:
    assert follow_up_due(utc(meet_at), UTC_DAYS) == utc(expected)
