"""The properties of requirements 3.4 that hold the table of thirty weeks."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.localtime import local, slot_at, week_of
from bot.domain.members import Length
from bot.domain.rotation import CORE, LONG_LISTS, REACTIONS, ROWS, is_due, keys_for, row
from tests.domain.zones import zones

FAMILIES = {
    "memories": {"qI01", "qI08", "qI12"},
    "body": {"qI02", "qI03", "qI09"},
    "feelings": {"qI04", "qI10"},
    "distance": {"qI05", "qI06", "qI11"},
    "thinking": {"qI07"},
}
PILLARS = {
    "leadership": {"qL1", "qL2"},
    "workload": {"qW1", "qW2", "qW3"},
    "workspace": {"qS1", "qS2"},
    "supervision": {"qP1", "qP2"},
    "peers": {"qE1", "qE2"},
    "individual": {"qN1", "qN2"},
}
EXTRAS = {"qV1", "qV2", "qX1", "qSUP", "qB1"}
OF_REACTION = {key: family for family, keys in FAMILIES.items() for key in keys}
OF_PILLAR = {key: pillar for pillar, keys in PILLARS.items() for key in keys}
NEIGHBOURS = [(number, (number + 1) % 30) for number in range(30)]

weeks = st.integers(0, 500)
lengths = st.sampled_from(Length)
switched_off = st.sets(st.sampled_from(sorted(REACTIONS))).map(frozenset)


def sort_of(key: str) -> str:
    return "reaction" if key in OF_REACTION else "pillar" if key in OF_PILLAR else "extra"


def test_the_families_are_all_reactions_and_the_bank_has_thirty_rotating_questions() -> None:
    assert set(OF_REACTION) == REACTIONS
    assert len(OF_REACTION) + len(OF_PILLAR) + len(EXTRAS) == len(ROWS) == 30


def test_by_default_each_of_thirty_questions_comes_exactly_once_in_thirty_weeks() -> None:
    assert Counter(row(week)[0] for week in range(30)) == Counter({*OF_REACTION, *OF_PILLAR, *EXTRAS})


def test_of_every_five_weeks_two_ask_reactions_two_pillars_and_one_an_extra() -> None:
    sorts = [sort_of(row(week)[0]) for week in range(30)]
    fifth = ["reaction", "pillar", "reaction", "pillar", "extra"]
    assert sorts == [*fifth * 5, *fifth[:4], "pillar"]


@pytest.mark.parametrize("number", range(30))
def test_a_longer_week_has_one_reaction_one_pillar_and_at_most_one_extra(number: int) -> None:
    sorts = Counter(sort_of(key) for key in ROWS[number])
    assert (sorts["reaction"], sorts["pillar"]) == (1, 1)
    assert sorts["extra"] <= 1
    assert len(keys_for(number, Length.LONGER, frozenset())) in (3, 4)


@pytest.mark.parametrize(("number", "following"), NEIGHBOURS)
def test_no_two_weeks_in_a_row_ask_of_one_family_or_one_pillar(number: int, following: int) -> None:
    for kinds in (OF_REACTION, OF_PILLAR):
        first, second = ({kinds[key] for key in ROWS[at] if key in kinds} for at in (number, following))
        assert not first & second


def test_a_question_comes_back_after_six_weeks_at_the_earliest() -> None:
    last: dict[str, int] = {}
    for week in range(90):
        for key in row(week):
            assert week - last.get(key, -6) >= 6
            last[key] = week


def test_each_pillar_comes_back_after_ten_to_eighteen_weeks() -> None:
    asked: dict[str, list[int]] = {pillar: [] for pillar in PILLARS}
    for week in range(60):
        if row(week)[0] in OF_PILLAR:
            asked[OF_PILLAR[row(week)[0]]].append(week)
    gaps = {later - earlier for at in asked.values() for earlier, later in pairwise(at)}
    assert gaps
    assert all(10 <= gap <= 18 for gap in gaps)


@pytest.mark.parametrize("key", ["qI01", "qI10", "qI12"])
def test_memories_tears_and_the_world_view_wait_for_trust(key: str) -> None:
    assert all(key not in asked for asked in ROWS[:19])


@given(weeks)
def test_after_thirty_weeks_the_first_row_comes_again(week: int) -> None:
    assert row(week) == row(week + 30)


@given(zones, zones, st.integers(0, 120))
def test_people_in_different_zones_get_the_same_row_also_over_new_year(
    one: str, other: str, week: int
) -> None:
    epoch = date(2026, 6, 1)
    slots = [slot_at(epoch, week, 2, time(10), tz) for tz in (one, other)]
    seen = [week_of(epoch, local(slot, tz).date()) for slot, tz in zip(slots, (one, other), strict=True)]
    assert row(seen[0]) == row(seen[1]) == ROWS[week % 30]


def test_the_thirtieth_week_of_a_year_s_turn_is_followed_by_the_first_row() -> None:
    epoch = date(2026, 6, 8)
    last = datetime(2027, 1, 3, 23, tzinfo=UTC).date()
    assert row(week_of(epoch, last)) == ROWS[29]
    assert row(week_of(epoch, last + timedelta(days=1))) == ROWS[0]


@pytest.mark.parametrize(
    ("length", "keys"),
    [
        (Length.ONE, ("qC1",)),
        (Length.DEFAULT, ("qC1", "qV1")),
        (Length.LONGER, ("qC1", "qV1", "qI09", "qL1")),
    ],
)
def test_the_length_decides_how_much_of_a_row_is_asked(length: Length, keys: tuple[str, ...]) -> None:
    assert keys_for(4, length, frozenset()) == keys


@given(weeks, lengths, switched_off, st.booleans())
def test_the_core_question_is_first_always_and_once(
    week: int, length: Length, off: frozenset[str], small: bool
) -> None:
    keys = keys_for(week, length, off, small=small)
    assert keys[0] == CORE
    assert len(set(keys)) == len(keys) <= 4


@given(weeks, lengths, switched_off)
def test_what_is_switched_off_is_left_out_and_nothing_takes_its_place(
    week: int, length: Length, off: frozenset[str]
) -> None:
    everything = keys_for(week, length, frozenset())
    assert keys_for(week, length, off) == tuple(key for key in everything if key not in off)


def test_the_core_question_cannot_be_switched_off() -> None:
    assert keys_for(0, Length.LONGER, frozenset({CORE, "qI03", "qS1"})) == (CORE,)


@given(weeks, lengths, switched_off)
def test_a_group_too_small_for_words_gets_the_core_question_alone(
    week: int, length: Length, off: frozenset[str]
) -> None:
    assert keys_for(week, length, off, small=True) == (CORE,)


def test_a_small_group_is_asked_every_second_week_and_others_every_week() -> None:
    assert [is_due(week, small=True) for week in range(6)] == [True, False] * 3
    assert all(is_due(week, small=False) for week in range(6))


def test_the_questions_with_long_lists_are_in_the_bank() -> None:
    assert LONG_LISTS == {"qSUP", "qB1"} <= EXTRAS
