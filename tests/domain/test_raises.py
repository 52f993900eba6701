"""Said with others: which phrases, how many must choose one, who reads it, who can choose."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.members import PersonRef, Team
from bot.domain.privacy import ROSTER_MIN
from bot.domain.raises import (
    EVERY,
    FIRST_ABOVE,
    NEEDED,
    PHRASES,
    Closed,
    Lane,
    Pillar,
    Place,
    Readers,
    Running,
    Said,
    WhyClosed,
    goes_above,
    lane,
    needed,
    reached,
    readers,
    told,
)

ENDS_AT = datetime(2027, 2, 7, tzinfo=UTC)
NOW = ENDS_AT - timedelta(days=3)
LUIS, EVA, OLGA, LEE = (PersonRef(name) for name in ("luis", "eva", "olga", "lee"))
HERE = {LUIS, EVA, OLGA}
PLACE = Place(
    on_team=True,
    grouped=True,
    reads=False,
    roster=9,
    readers=Readers(weekly=frozenset({LUIS}), above=frozenset({OLGA})),
    running=Running(period=3, ends_at=ENDS_AT),
    next_at=ENDS_AT,
)
phrases = st.sampled_from(EVERY)
SENTENCES = {phrase: {"en": phrase} for phrase in EVERY}


def test_each_pillar_has_two_phrases_and_each_barrier_that_none_names_one() -> None:
    barriers = {"targets", "languages", "finding", "trust", "matches", "looks"}
    assert {len(set(PHRASES[pillar]) - barriers) for pillar in Pillar} == {2}
    assert barriers < set(EVERY)
    assert len(set(EVERY)) == len(EVERY) == 18


@pytest.mark.parametrize(
    ("roster", "many"),
    [(0, None), (7, None), (8, 3), (15, 3), (16, 4), (29, 4), (30, 5), (400, 5)],
)
def test_how_many_must_choose_follows_from_the_roster(roster: int, many: int | None) -> None:
    assert needed(roster) == many


def test_nothing_is_said_in_a_group_too_small_for_an_update() -> None:
    assert min(size for size, _ in NEEDED) == ROSTER_MIN


@given(st.lists(st.frozensets(phrases), max_size=40), st.integers(3, 5))
def test_a_phrase_is_reached_by_people_and_listed_in_the_fixed_order(
    chosen: list[frozenset[str]], many: int
) -> None:
    times = Counter(phrase for one in chosen for phrase in one)
    assert reached(chosen, many) == tuple(phrase for phrase in EVERY if times[phrase] >= many)


def test_one_person_counts_once_for_a_phrase() -> None:
    assert reached([["hours", "hours", "hours"]], 3) == ()


@given(st.lists(st.frozensets(phrases, min_size=1), min_size=1, max_size=12), st.integers(3, 5))
def test_whoever_takes_something_back_can_only_take_it_away(chosen: list[frozenset[str]], many: int) -> None:
    assert set(reached(chosen[1:], many)) <= set(reached(chosen, many))


def test_what_is_said_of_leading_and_supervising_goes_above() -> None:
    assert {phrase for phrase in EVERY if goes_above(phrase)} == {
        phrase for pillar in (Pillar.LEADERSHIP, Pillar.SUPERVISION) for phrase in PHRASES[pillar]
    }
    assert tuple(PHRASES)[-2:] == FIRST_ABOVE


# Who reads it


def team(**facts: PersonRef | None) -> Team:
    return Team(team_id="t", name="T", tz="UTC", **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("teams", "owners", "weekly", "above"),
    [
        ([team(supervisor=LUIS, leader=OLGA)], [], {LUIS}, {OLGA}),
        ([team(supervisor=LUIS)], [], {LUIS}, set()),
        ([team(supervisor=LUIS, leader=LUIS)], [], {LUIS}, set()),
        ([team(supervisor=LUIS, leader=LEE)], [], {LUIS}, set()),
        ([team(supervisor=LEE, leader=OLGA)], [], set(), {OLGA}),
        ([team(supervisor=LUIS, leader=OLGA), team(supervisor=EVA)], [], {LUIS, EVA}, {OLGA}),
        ([team(supervisor=LUIS), team(supervisor=EVA)], [OLGA], {LUIS, EVA, OLGA}, {OLGA}),
        ([team(supervisor=LUIS), team(supervisor=EVA)], [EVA], {LUIS, EVA}, set()),
        ([team(supervisor=LUIS, leader=EVA), team(supervisor=EVA, leader=OLGA)], [], {LUIS, EVA}, {OLGA}),
        ([], [], set(), set()),
    ],
)
def test_the_level_above_is_whoever_leads_or_owns_the_line_and_supervises_none_of_the_teams(
    teams: list[Team], owners: list[PersonRef], weekly: set[PersonRef], above: set[PersonRef]
) -> None:
    assert readers(teams, owners, HERE) == Readers(weekly=frozenset(weekly), above=frozenset(above))


def sentences(*chosen: str) -> tuple[dict[str, str], ...]:
    return tuple(SENTENCES[phrase] for phrase in chosen)


@pytest.mark.parametrize(
    ("level_above", "above_too", "expected"),
    [
        (True, False, Said(with_update=sentences("hours", "fair"))),
        (True, True, Said(with_update=sentences("hours", "fair"), above=sentences("asked"))),
        (False, False, Said(with_update=sentences("hours", "fair", "asked"))),
        (False, True, Said(with_update=sentences("hours", "fair", "asked"))),
    ],
)
def test_what_goes_above_is_told_apart_where_somebody_is_above(
    level_above: bool, above_too: bool, expected: Said
) -> None:
    shown = {phrase: SENTENCES[phrase] for phrase in ("asked", "fair", "hours")}
    assert told(shown, level_above=level_above, above_too=above_too) == expected


@given(st.permutations(EVERY))
def test_the_order_tells_nothing_of_when_a_phrase_was_chosen(order: list[str]) -> None:
    shown = {phrase: SENTENCES[phrase] for phrase in order}
    assert told(shown, level_above=False, above_too=False).with_update == sentences(*EVERY)


def test_a_phrase_of_an_earlier_version_is_still_told() -> None:
    shown = {"gone": {"en": "gone"}, "hours": SENTENCES["hours"]}
    assert told(shown, level_above=True, above_too=False).with_update == (SENTENCES["hours"], {"en": "gone"})


# Who can choose


def test_whoever_stands_on_the_frozen_roster_hears_its_number_its_end_and_its_readers() -> None:
    expected = Lane(period=3, until=ENDS_AT, needed=3, readers=PLACE.readers)
    assert lane(PLACE, NOW) == expected
    assert lane(replace(PLACE, on_team=False, grouped=False), NOW) == expected
    assert lane(replace(PLACE, roster=16), NOW) == replace(expected, needed=4)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"roster": 0, "on_team": False, "grouped": False}, "no_team"),
        ({"roster": 0, "grouped": False}, "too_small"),
        ({"roster": 7}, "too_small"),
        ({"roster": 0}, "not_yet"),
        ({"roster": 0, "running": None}, "not_yet"),
        ({"roster": 0, "running": None, "next_at": None}, "no_team"),
        ({"reads": True}, "reader"),
        ({"reads": True, "roster": 0}, "reader"),
        ({"readers": Readers(above=frozenset({OLGA}))}, "nobody"),
    ],
)
def test_where_nothing_could_be_shown_nothing_can_be_chosen(
    changes: dict[str, object], why: WhyClosed
) -> None:
    found = lane(replace(PLACE, **changes), NOW)  # type: ignore[arg-type]
    assert isinstance(found, Closed)
    assert found == Closed(why=why, opens_at=ENDS_AT if why == "not_yet" else None)


def test_the_lane_closes_at_the_very_instant_of_the_freeze() -> None:
    assert isinstance(lane(PLACE, ENDS_AT - timedelta(microseconds=1)), Lane)
    assert lane(PLACE, ENDS_AT) == Closed(why="ended")
