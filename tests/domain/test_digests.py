from __future__ import annotations

import math
from dataclasses import fields
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import digests
from bot.domain.digests import (
    Band,
    Gap,
    Published,
    Reading,
    Row,
    Trend,
    publish,
    read,
    read_parent,
    score,
    window,
)
from bot.domain.filtering import Shift, forward, likelihood, mean, variance
from bot.domain.privacy import CONTRIBUTORS_MIN, EPS

THREE = Fraction(3)
QUARTERS = st.integers(8, 16).map(lambda quarters: Fraction(quarters, 4))
ANSWERS = st.lists(st.integers(1, 5), min_size=1, max_size=4)


def rows(*sums: int | None, m: int = 12, c: Fraction = THREE, first: int = 0) -> list[Row]:
    """One row per sum, None for a period without an update."""
    return [
        Gap(period=n) if y is None else Published(period=n, m=m, c=c, y=y)
        for n, y in enumerate(sums, start=first)
    ]


# The score


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([1], 0),
        ([2, 2, 2, 2], 0),
        ([2, 2, 2, 3], 0),
        ([2, 3], 0),
        ([2, 3, 3], 1),
        ([2, 3, 3, 3], 1),
        ([3], 2),
        ([3, 3, 3, 4], 3),
        ([3, 3, 4], 3),
        ([3, 4], 4),
        ([5, 5, 5, 5], 4),
    ],
)
def test_the_score_is_the_mean_in_quarters_of_the_window(answers: list[int], expected: int) -> None:
    assert score(answers, THREE) == expected


@pytest.mark.parametrize(
    ("mean_less_lower_end", "expected"),
    [(Fraction(1, 8), 0), (Fraction(3, 8), 1), (Fraction(5, 8), 2), (Fraction(7, 8), 3)],
)
def test_a_half_rounds_down(mean_less_lower_end: Fraction, expected: int) -> None:
    mean = mean_less_lower_end + 2
    answers = [3] * (mean - 2).numerator + [2] * ((mean - 2).denominator - (mean - 2).numerator)
    assert Fraction(sum(answers), len(answers)) == mean
    assert score(answers, Fraction(5, 2)) == expected
    assert score([*answers, *answers, 3], Fraction(5, 2)) == expected + 1


def test_an_unreadable_contributor_counts_as_the_middle() -> None:
    assert score([], THREE) == digests.NEUTRAL == 2


@given(answers=ANSWERS, c=QUARTERS)
def test_a_score_follows_the_text(answers: list[int], c: Fraction) -> None:
    within = min(max(Fraction(sum(answers), len(answers)) - c + Fraction(1, 2), Fraction(0)), Fraction(1))
    nearest = min(range(5), key=lambda s: (abs(4 * within - s), s))
    assert score(answers, c) == nearest


@given(answers=st.lists(st.integers(), max_size=9), c=QUARTERS)
def test_no_value_of_an_answer_leaves_the_range_or_raises(answers: list[int], c: Fraction) -> None:
    assert score(answers, c) in range(5)


@given(answers=ANSWERS, c=QUARTERS)
def test_a_heavier_answer_never_lowers_a_score(answers: list[int], c: Fraction) -> None:
    assert score([*answers[1:], answers[0] + 1], c) >= score(answers, c)


# The released sum


@pytest.mark.parametrize(
    ("total", "z", "y"), [(12, 0, 12), (12, -3, 9), (12, -13, 0), (12, 13, 24), (0, -1, 0), (24, 10**9, 24)]
)
def test_the_released_sum_is_cut_to_what_is_possible(total: int, z: int, y: int) -> None:
    assert publish(total, 6, z) == y


def test_a_released_row_holds_no_person_no_score_and_no_draw() -> None:
    assert [field.name for field in fields(Published)] == ["period", "m", "c", "y", "eps"]
    assert [field.name for field in fields(Gap)] == ["period"]


# The window


def test_the_first_window_is_three() -> None:
    assert window([]) == THREE
    assert window(rows(None, None)) == THREE


def test_the_window_follows_the_level_by_quarters_within_its_range() -> None:
    heavy, light = rows(*[47] * 12), rows(*[1] * 12)
    windows = [window(heavy[:n]) for n in range(13)]
    assert windows == sorted(windows)
    assert all((4 * c).denominator == 1 and 2 <= c <= 4 for c in windows)
    assert window(rows(*[48] * 6, c=Fraction(4))) == 4
    assert window(rows(*[0] * 6, c=Fraction(2))) == 2
    assert window(light) < 3 < window(heavy)


@pytest.mark.parametrize(
    ("mean", "c"),
    [(3.125, 3), (3.375, "7/2"), (2.875, 3), (3.13, "13/4"), (3.12, 3), (1.4, 2), (4.7, 4), (2.625, "5/2")],
)
def test_a_window_halfway_goes_to_the_even_quarter(mean: float, c: int | str) -> None:
    assert digests._window_around(mean) == Fraction(c)


@given(st.lists(st.integers(0, 48), min_size=1, max_size=5))
def test_the_same_rows_give_the_same_window_and_words(sums: list[int]) -> None:
    assert window(rows(*sums)) == window(rows(*sums))
    assert read(rows(*sums), roster=12) == read(tuple(rows(*sums)), roster=12)


def test_when_the_periods_were_does_not_matter() -> None:
    sums = (30, 31, None, 40, 44)
    assert read(rows(*sums), roster=12) == read(rows(*sums, first=40), roster=12)


def test_periods_before_the_first_update_say_nothing() -> None:
    assert read(rows(None, None, 30), roster=12) == read(rows(30), roster=12)
    assert window(rows(None, 40)) == window(rows(40))


# The words of a group


@pytest.mark.parametrize(
    ("masses", "band"),
    [
        ((0.8, 0.2, 0.0), Band.LOWER),
        ((0.1, 0.8, 0.1), Band.MIDDLE),
        ((0.0, 0.0, 1.0), Band.HIGHER),
        ((0.79, 0.21, 0.0), Band.LOWER_MIDDLE),
        ((0.1, 0.6, 0.3), Band.MIDDLE_HIGHER),
        ((0.15, 0.7, 0.15), Band.LOWER_MIDDLE),
        ((0.3, 0.4, 0.3), Band.TOO_EARLY),
        ((0.45, 0.1, 0.45), Band.TOO_EARLY),
    ],
)
def test_a_band_is_said_alone_only_when_it_is_likely(masses: tuple[float, float, float], band: Band) -> None:
    assert digests._band(*masses) == band


def shift(up: float = 0, down: float = 0, clearly_up: float = 0, clearly_down: float = 0) -> Shift:
    return Shift(up=up, down=down, clearly_up=clearly_up, clearly_down=clearly_down)


QUIET = shift()


@pytest.mark.parametrize(
    ("m", "by_distance", "trend"),
    [
        (9, [QUIET, QUIET, shift(up=0.70)], Trend.HEAVIER),
        (9, [QUIET, QUIET, shift(down=0.70)], Trend.LIGHTER),
        (9, [QUIET, QUIET, shift(up=0.69)], Trend.NO_CHANGE),
        (9, [shift(up=0.99), shift(down=0.99)], Trend.NO_CHANGE),
        (9, [QUIET, QUIET, QUIET, shift(up=0.99)], Trend.NO_CHANGE),
        (11, [shift(clearly_up=0.55)], Trend.MAYBE_HEAVIER),
        (11, [shift(clearly_up=0.54)], Trend.NO_CHANGE),
        (12, [shift(clearly_up=0.48)], Trend.MAYBE_HEAVIER),
        (12, [shift(clearly_down=0.48)], Trend.MAYBE_LIGHTER),
        (12, [shift(clearly_down=0.47)], Trend.NO_CHANGE),
        (12, [*[QUIET] * 5, shift(clearly_down=0.6)], Trend.MAYBE_LIGHTER),
        (12, [shift(clearly_up=0.5), shift(clearly_down=0.51)], Trend.MAYBE_LIGHTER),
        (12, [shift(clearly_up=0.5), shift(clearly_down=0.5)], Trend.NO_CHANGE),
        (12, [QUIET, QUIET, shift(up=0.7, clearly_down=0.9)], Trend.HEAVIER),
    ],
)
def test_a_direction_needs_its_own_certainty(m: int, by_distance: list[Shift], trend: Trend) -> None:
    assert digests._trend(Published(period=9, m=m, c=THREE, y=2 * m), by_distance) == trend


@pytest.mark.parametrize(
    ("by_distance", "trend"),
    [
        ([QUIET, QUIET, shift(up=0.75)], Trend.HEAVIER),
        ([QUIET, QUIET, shift(up=0.74)], Trend.NO_CHANGE),
        ([QUIET, QUIET, shift(down=0.75)], Trend.LIGHTER),
        ([shift(clearly_up=0.50)], Trend.MAYBE_HEAVIER),
        ([shift(clearly_down=0.49)], Trend.NO_CHANGE),
    ],
)
def test_with_half_of_epsilon_a_direction_has_thresholds_of_its_own(
    by_distance: list[Shift], trend: Trend
) -> None:
    for m in (12, 16, 60):
        strong = Published(period=9, m=m, c=THREE, y=2 * m, eps=EPS / 2)
        assert digests._trend(strong, by_distance) == trend


def test_the_same_sum_says_less_with_half_of_epsilon() -> None:
    usual, strong = (forward([likelihood(THREE, 16, 60, eps)])[0] for eps in (EPS, EPS / 2))
    assert mean(usual) > mean(strong) > 3
    assert variance(usual) < variance(strong)


def test_the_first_update_has_nothing_to_compare() -> None:
    assert read(rows(48), roster=12).trend is Trend.FIRST
    assert read(rows(None, 48), roster=12).trend is Trend.FIRST
    assert read(rows(24, 24), roster=12).trend is Trend.NO_CHANGE


def test_a_plain_rise_is_said_and_later_no_longer_news() -> None:
    story = [14] * 5 + [34] * 12
    trends = [read(rows(*story[: n + 1]), roster=12).trend for n in range(len(story))]
    assert set(trends[1:5]) == {Trend.NO_CHANGE}
    assert Trend.HEAVIER in trends[5:9]
    assert trends[-1] is Trend.NO_CHANGE
    assert not {Trend.LIGHTER, Trend.MAYBE_LIGHTER} & set(trends)


def test_a_gap_counts_as_time() -> None:
    risen = [20, 20, 20, 20]
    assert read(rows(*risen, 40, 40), roster=12).trend is Trend.HEAVIER
    assert read(rows(*risen, 40, *[None] * 6, 40), roster=12).trend is Trend.NO_CHANGE


@pytest.mark.parametrize(("roster", "small"), [(8, True), (11, True), (12, False), (40, False)])
def test_small_is_said_of_the_roster_never_of_who_took_part(roster: int, small: bool) -> None:
    for m in range(CONTRIBUTORS_MIN, roster + 1):
        assert read(rows(2 * m, m=m), roster=roster).small_group is small


def test_a_period_without_an_update_cannot_be_read() -> None:
    with pytest.raises(ValueError, match="period 1 "):
        read(rows(20, None), roster=12)


# The line above groups


def test_a_parent_needs_two_released_groups() -> None:
    assert read_parent([]) is None
    assert read_parent([[], rows(20)]) is None
    assert read_parent([rows(20, 20), rows(20, None)]) is None
    assert read_parent([rows(20, 20), rows(20)]) is None
    assert read_parent([rows(20, 20), rows(20, 20)]) is not None


def test_a_group_without_an_update_leaves_the_parent_s_line_untouched() -> None:
    shown = [rows(20, 22, 24, 26), rows(30, 31, 32, 33)]
    for hidden in (rows(48, 48, 48, None), rows(0, 0, 0, None), rows(48)):
        assert read_parent([*shown, hidden]) == read_parent(shown)


def test_a_parent_s_direction_is_compared_over_three_periods() -> None:
    short = [rows(14, 40, 40)] * 4
    assert read_parent(short) == Reading(band=Band.HIGHER, trend=Trend.FIRST, small_group=False)
    risen = read_parent([rows(14, 40, 40, 40)] * 4)
    fallen = read_parent([rows(34, 8, 8, 8)] * 4)
    assert risen is not None
    assert fallen is not None
    assert (risen.trend, fallen.trend) == (Trend.HEAVIER, Trend.LIGHTER)


@pytest.mark.parametrize(("less", "trend"), [(-1e-9, Trend.HEAVIER), (1e-9, Trend.NO_CHANGE)])
def test_a_parent_must_move_by_its_threshold(less: float, trend: Trend) -> None:
    for eps, least in ((EPS, 1.05), (EPS / 2, 1.4)):
        by = least / math.sqrt(16 + 8 * 6) - less
        moved = [digests._Part(m=16, eps=eps, level=3.0 + by, variance=0.01, then=3.0)]
        moved += [digests._Part(m=8, eps=eps, level=2.5 + by, variance=0.01, then=2.5)] * 6
        unheard = digests._Part(m=400, eps=eps, level=1.5, variance=0.01, then=None)
        assert digests._parent_trend([*moved, unheard]) == trend


def test_a_parent_s_band_weighs_groups_by_their_contributors() -> None:
    heavy, light = rows(*[190] * 6, m=48), rows(*[4] * 6, m=6)
    reading = read_parent([heavy, light])
    assert reading is not None
    assert reading.band is Band.HIGHER
    balanced = read_parent([rows(*[150] * 6, m=48), rows(*[42] * 6, m=48)])
    assert balanced is not None
    assert balanced.band is Band.MIDDLE


def test_a_parent_s_line_does_not_depend_on_the_order_of_its_groups() -> None:
    groups = [rows(20, 22, 24, 26), rows(30, 31, 32, 33), rows(10, 10, 12, 9)]
    assert read_parent(groups) == read_parent(groups[::-1])
