from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.followups import Offer, Options, Rule, choose, rule_for
from bot.domain.rotation import CORE, LONG_LISTS, REACTIONS, ROWS

KEYS = sorted({key for row in ROWS for key in row})

answers = st.dictionaries(st.sampled_from([CORE, *KEYS]), st.integers(1, 5))
rows = st.sampled_from(ROWS).map(lambda row: (CORE, *row))


@pytest.mark.parametrize(
    ("weight", "rule"),
    [(None, Rule.T0), (1, Rule.T0), (2, Rule.T0), (3, Rule.T0), (4, Rule.T1), (5, Rule.T2)],
)
def test_the_line_above_the_offers_follows_the_core_question(weight: int | None, rule: Rule) -> None:
    assert rule_for({CORE: weight} if weight else {}) is rule


@given(answers, st.sampled_from(sorted(REACTIONS)), st.integers(1, 5))
def test_no_other_answer_changes_the_line(given_answers: dict[str, int], key: str, value: int) -> None:
    assert rule_for({**given_answers, key: value}) is rule_for(given_answers)


@pytest.mark.parametrize("weight", [1, 2, 3])
def test_nothing_is_pushed_on_somebody_with_an_ordinary_week(weight: int) -> None:
    options = choose({CORE: weight}, (CORE, "qI03"), has_supervisor=True)
    assert options == Options(rule=Rule.T0, shown=(), more=tuple(Offer))


@pytest.mark.parametrize("weight", [4, 5])
def test_a_heavy_week_offers_people_before_breathing(weight: int) -> None:
    options = choose({CORE: weight}, (CORE, "qI03"), has_supervisor=True)
    assert options.shown == (Offer.ASK_SUPERVISOR, Offer.PAUSE_MINUTE, Offer.WHO_SEES)
    assert options.more == (Offer.CRISIS,)


def test_without_anybody_to_ask_the_next_offer_takes_the_place() -> None:
    options = choose({CORE: 5}, (CORE, "qI03"), has_supervisor=False)
    assert options.shown == (Offer.PAUSE_MINUTE, Offer.WHO_SEES)
    assert Offer.ASK_SUPERVISOR not in options.more


@pytest.mark.parametrize("key", sorted(LONG_LISTS))
def test_weeks_with_a_long_answer_list_show_two_offers(key: str) -> None:
    options = choose({CORE: 5}, (CORE, key), has_supervisor=True)
    assert options.shown == (Offer.ASK_SUPERVISOR, Offer.PAUSE_MINUTE)
    assert options.more == (Offer.WHO_SEES, Offer.CRISIS)


@given(answers, rows, st.booleans())
def test_every_offer_is_in_reach_once_and_crisis_help_always(
    given_answers: dict[str, int], asked: tuple[str, ...], has_supervisor: bool
) -> None:
    options = choose(given_answers, asked, has_supervisor=has_supervisor)
    reachable = options.shown + options.more
    assert len(options.shown) <= 3
    assert len(reachable) == len(set(reachable))
    assert set(reachable) == set(Offer) - (set() if has_supervisor else {Offer.ASK_SUPERVISOR})
    assert Offer.CRISIS in options.more


@given(answers, answers, rows, st.booleans())
def test_two_people_with_the_same_weight_are_offered_the_same(
    one: dict[str, int], other: dict[str, int], asked: tuple[str, ...], has_supervisor: bool
) -> None:
    weighed = other | {CORE: one[CORE]} if CORE in one else {k: v for k, v in other.items() if k != CORE}
    first = choose(one, asked, has_supervisor=has_supervisor)
    assert choose(weighed, asked, has_supervisor=has_supervisor) == first
