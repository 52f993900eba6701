"""U1, short form: the words are worth their draw."""

from __future__ import annotations

import math
from random import Random

import pytest

from bot.domain.digests import Band, Reading, Trend
from bot.proof import worth
from bot.proof.findings import Estimate
from bot.proof.teams import CALM, Change, Seen, live
from bot.proof.usefulness import BARS, STRONG, YEAR, Life, band_of, figures, missed, simulate
from tests.attacks.findings import assert_all_hold


def test_words_about_nine_people_reach_the_bars_within_two_standard_errors() -> None:
    assert_all_hold(worth.check)


def test_strong_numbers_have_thresholds_that_keep_to_the_same_bars() -> None:
    found = simulate(CALM, STRONG.judged, teams=40, seed=1, stable_periods=YEAR, guarantee=STRONG.guarantee)
    assert missed(found) == []


def test_strong_groups_get_nothing_below_their_own_numbers() -> None:
    seen = list(live(CALM, 15, 2, Random(1), guarantee=STRONG.guarantee))
    assert [one.reading for one in seen] == [None, None]


def life(trends: list[Trend], change: Change | None = None, band: Band = Band.MIDDLE) -> Life:
    readings = [Reading(band=band, trend=trend, small_group=True) for trend in trends]
    return Life(change=change, periods=tuple(Seen(reading=reading, truth=3.0) for reading in readings))


def test_a_figure_counts_what_its_name_says() -> None:
    quiet, up, down = Trend.NO_CHANGE, Trend.HEAVIER, Trend.MAYBE_LIGHTER
    stable = [life([quiet] * 13), life([quiet, up, down] + [quiet] * 10), life([quiet] * 13 + [up] * 7)]
    heavier = life([down] + [quiet] * 7 + [up, quiet], Change(by=0.75, week=21), band=Band.HIGHER)
    found = figures([*stable, heavier])
    assert found["false direction words in a stable year"].value == pytest.approx(2 / 3)
    assert found["stable teams reading one in the year"].value == pytest.approx(1 / 3)
    assert found["stable teams reading both directions"].value == pytest.approx(1 / 3)
    assert [found[f"change seen within {weeks} weeks"].value for weeks in (12, 16, 24)] == [0, 1, 1]
    assert found["direction words that are right"].value == pytest.approx(1 / 4)
    assert found["single bands that are right"].value == pytest.approx(46 / 56)


@pytest.mark.parametrize(
    ("truth", "band"),
    [(2.69, Band.LOWER), (2.71, Band.MIDDLE), (3.19, Band.MIDDLE), (3.21, Band.HIGHER)],
)
def test_a_team_s_true_band_is_cut_where_the_words_are(truth: float, band: Band) -> None:
    assert band_of(truth) is band


def test_a_bar_is_missed_only_beyond_two_standard_errors() -> None:
    reached = {name: Estimate(value=bar.bar, error=0.0) for name, bar in BARS.items()}
    assert missed(reached) == []
    for name, bar in BARS.items():
        beyond = 0.05 if bar.at_most else -0.05
        assert missed(reached | {name: Estimate(value=bar.bar + beyond, error=0.02)}) == [name]
        assert missed(reached | {name: Estimate(value=bar.bar + beyond, error=0.03)}) == []
        assert missed(reached | {name: Estimate(value=bar.bar - beyond, error=0.0)}) == []


def test_a_standard_error_is_the_one_of_independent_teams() -> None:
    both = figures([life([Trend.HEAVIER] * n + [Trend.NO_CHANGE] * (13 - n)) for n in (0, 2)] + [CHANGED])
    assert both["false direction words in a stable year"] == Estimate(value=1.0, error=math.sqrt(2 / 2))


CHANGED = life([Trend.NO_CHANGE] * 14, Change(by=-0.75, week=20))
