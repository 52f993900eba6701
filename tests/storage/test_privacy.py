from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.domain.members import Person, PersonRef, Team, TeamState, Unit
from bot.domain.privacy import WhoSees
from storage import digests, members, privacy, teams, workspaces
from storage.database import Tx

NOW = datetime(2026, 11, 25, 15, tzinfo=UTC)


def known(tx: Tx, user_id: str) -> PersonRef:
    ref = tx.ref(user_id)
    members.put(tx, user_id, Person(ref=ref, tz="America/Chicago"))
    return ref


def team_of(tx: Tx, team_id: str, how_many: int, **facts: Any) -> Team:
    about = {"name": team_id, "tz": "America/Chicago", "state": TeamState.STARTED, **facts}
    team = Team(team_id=team_id, **about)
    teams.save(tx, team)
    for n in range(how_many):
        teams.join(tx, team_id, known(tx, f"U{team_id}{n}".upper()), NOW)
    return team


@pytest.mark.parametrize(("how_many", "possible"), [(7, False), (8, True)])
def test_words_need_eight_people_who_do_not_read_them(tx: Tx, how_many: int, possible: bool) -> None:
    boss = known(tx, "U0BOSS")
    team = team_of(tx, "a", how_many, supervisor=boss)
    teams.join(tx, "a", boss, NOW)
    assert privacy.words_possible(tx, team, NOW) is possible
    assert privacy.who_sees(tx, team, NOW).words_possible is possible


def test_without_a_team_there_are_no_words(tx: Tx) -> None:
    assert not privacy.words_possible(tx, None, NOW)


def test_a_small_team_s_words_are_read_by_all_readers_of_its_pool(tx: Tx) -> None:
    one, other, leader, owner = (known(tx, f"U0{name}") for name in ("ONE", "OTHER", "LEADER", "OWNER"))
    teams.save_unit(tx, Unit(unit_id="u", name="Cedar", pool_owner=owner))
    team = team_of(tx, "a", 4, supervisor=one, unit_id="u", pooled=True)
    team_of(tx, "b", 4, supervisor=other, leader=leader, unit_id="u", pooled=True)
    seen = privacy.who_sees(tx, team, NOW)
    assert seen.supervisor_id == "U0ONE"
    assert set(seen.reader_ids) == {"U0ONE", "U0OTHER", "U0LEADER", "U0OWNER"}
    assert seen.words_possible


def test_where_no_words_are_possible_nobody_is_named_as_their_reader(tx: Tx) -> None:
    team = team_of(tx, "a", 3, supervisor=known(tx, "U0BOSS"))
    assert privacy.who_sees(tx, team, NOW) == WhoSees(supervisor_id="U0BOSS", words_possible=False)


def test_during_a_period_its_groups_stand_whatever_rosters_have_become(tx: Tx) -> None:
    large, new = team_of(tx, "a", 9), team_of(tx, "b", 9)
    digests.open_period(tx, 0, {("a",): teams.list_members(tx, "a", NOW)})
    for n in range(3):
        teams.leave(tx, tx.ref(f"UA{n}"), NOW)
    assert privacy.group_with(tx, large, NOW) == ("a",)
    assert not privacy.words_possible(tx, new, NOW)
    digests.open_period(tx, 1, {("b",): []})
    assert not privacy.words_possible(tx, large, NOW)
    assert privacy.group_with(tx, new, NOW) == ("b",)


def test_whoever_moved_counts_in_their_old_group_until_the_period_ends(tx: Tx) -> None:
    large, _ = team_of(tx, "a", 9), team_of(tx, "b", 3)
    team_of(tx, "c", 9)
    mover, newcomer, lonely = tx.ref("UA0"), known(tx, "U0NEW"), tx.ref("UB0")
    groups = {("a",): teams.list_members(tx, "a", NOW), ("c",): teams.list_members(tx, "c", NOW)}
    digests.open_period(tx, 0, groups)
    belong = {mover: "c", newcomer: "a", lonely: "b"}
    assert privacy.groups_of(tx, belong, NOW) == {mover: ("a",), newcomer: ("a",), lonely: ()}
    assert privacy.groups_of(tx, {}, NOW) == {}
    assert privacy.group_with(tx, large, NOW, mover) == ("a",)


def test_a_deputy_is_not_named_as_a_reader(tx: Tx) -> None:
    team = team_of(tx, "a", 8, deputy=known(tx, "U0DEPUTY"))
    assert privacy.who_sees(tx, team, NOW) == WhoSees(supervisor_id=None, words_possible=True)


def test_without_a_team_somebody_still_hears_who_holds_the_keys(tx: Tx) -> None:
    workspaces.set_key_holder(tx, "Cedar IT", None, conflict=True)
    assert privacy.who_sees(tx, None, NOW) == WhoSees(
        supervisor_id=None, key_holder="Cedar IT", key_holder_conflict=True, words_possible=False
    )


def test_a_key_holder_who_is_a_person_here_is_named_by_their_slack_id(tx: Tx) -> None:
    workspaces.set_key_holder(tx, None, known(tx, "U0KEYS"), conflict=False)
    assert privacy.who_sees(tx, None, NOW).key_holder == "U0KEYS"
