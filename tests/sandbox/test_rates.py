"""How often a method may be called, by the clock that can be moved."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox import MovableClock, Refused
from bot.sandbox.rates import ONE_CHANNEL, TIER_3, Allowance, Rates, per_minute
from tests.sandbox.world import START


def taken(rates: Rates, *wanted: tuple[str, Allowance]) -> int | None:
    """Retry-After, or None when the call may pass."""
    try:
        rates.take(*wanted)
    except Refused as refusal:
        return int(refusal.more["retry_after"])
    return None


def test_one_channel_takes_a_burst_of_five_then_one_a_second() -> None:
    clock = MovableClock(START)
    rates = Rates(clock.now)
    assert [taken(rates, ("c", ONE_CHANNEL)) for _ in range(6)] == [None] * 5 + [1]
    clock.advance(timedelta(seconds=1))
    assert [taken(rates, ("c", ONE_CHANNEL)) for _ in range(2)] == [None, 1]


def test_while_the_clock_stands_still_nothing_is_granted_again() -> None:
    rates = Rates(MovableClock(START).now)
    while taken(rates, ("m", TIER_3)) is None:
        pass
    assert all(taken(rates, ("m", TIER_3)) for _ in range(100))


def test_one_key_does_not_use_up_another() -> None:
    rates = Rates(MovableClock(START).now)
    for _ in range(6):
        taken(rates, ("one", ONE_CHANNEL))
    assert taken(rates, ("two", ONE_CHANNEL)) is None


def test_a_call_refused_for_one_allowance_uses_up_no_other() -> None:
    rates = Rates(MovableClock(START).now)
    few, many = per_minute(1), per_minute(2)
    assert taken(rates, ("few", few), ("many", many)) is None
    assert [taken(rates, ("few", few), ("many", many)) for _ in range(5)] == [60] * 5
    assert taken(rates, ("many", many)) is None


@given(calls=st.integers(1, 300), gaps=st.lists(st.integers(0, 90), max_size=200))
def test_who_waits_as_told_is_let_in_and_never_gets_more_than_pace_and_burst(
    calls: int, gaps: list[int]
) -> None:
    clock, allowance = MovableClock(START), per_minute(calls)
    rates = Rates(clock.now)
    granted = 0
    for gap in gaps:
        clock.advance(timedelta(seconds=gap))
        wait = taken(rates, ("m", allowance))
        if wait is not None:
            clock.advance(timedelta(seconds=wait))
            assert taken(rates, ("m", allowance)) is None
        granted += 1
    minutes = (clock.now() - START) / timedelta(minutes=1)
    assert granted <= calls * (minutes + 1)


def test_once_limits_are_lifted_every_call_is_admitted() -> None:
    rates = Rates(MovableClock(START).now)
    rates.lift()
    assert [taken(rates, ("c", ONE_CHANNEL)) for _ in range(100)] == [None] * 100
