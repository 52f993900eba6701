from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from bot.audit.faults import watched_statements
from bot.domain.groups import Roster
from bot.domain.members import PersonRef, Team, TeamPlan, TeamState, Unit
from storage import teams
from storage.crypto import Keys
from storage.database import Store, Tx
from storage.schema import memberships
from tests.storage.at_once import at_once

NOW = datetime(2026, 11, 25, 15, tzinfo=UTC)
SOON, LATER = NOW + timedelta(hours=1), NOW + timedelta(hours=2)
MOMENT = timedelta(microseconds=1)


def started(tx: Tx, team_id: str, **facts: object) -> Team:
    about = {"name": team_id, "tz": "America/Chicago", "state": TeamState.STARTED, **facts}
    team = Team(team_id=team_id, **about)  # type: ignore[arg-type]
    teams.save(tx, team)
    return team


def rows(tx: Tx) -> int:
    return int(tx.execute(select(func.count()).select_from(memberships)).scalar_one())


def test_a_team_comes_back_as_it_was_saved(tx: Tx, ana: PersonRef, ben: PersonRef) -> None:
    team = Team(
        team_id=teams.new_id(),
        name="Cedar Intake",
        tz="America/Chicago",
        language="es",
        country="MX",
        region="MEX",
        unit_id="u",
        channel_id="C0TEAM",
        supervisor=ana,
        deputy=ben,
        leader=ben,
        pooled=True,
        state=TeamState.AWAITING_PROMISE,
        staff_told_on=date(2026, 11, 20),
        promised_on=date(2026, 11, 23),
        started_at=NOW,
    )
    teams.save(tx, team)
    assert teams.get(tx, team.team_id) == team
    assert teams.get(tx, "nowhere") is None


def test_saving_a_team_again_replaces_it(tx: Tx) -> None:
    team = started(tx, "t")
    teams.save(tx, replace(team, name="Renamed", state=TeamState.DRAFT))
    assert teams.list_teams(tx) == (replace(team, name="Renamed", state=TeamState.DRAFT),)


def test_teams_and_units_are_listed_by_name(tx: Tx, ana: PersonRef) -> None:
    for number, name in enumerate(("Birch", "Aspen")):
        started(tx, f"t{number}", name=name)
        teams.save_unit(tx, Unit(unit_id=f"u{number}", name=name, parent_id="top", pool_owner=ana))
    assert [team.name for team in teams.list_teams(tx)] == ["Aspen", "Birch"]
    assert teams.list_units(tx) == (
        Unit(unit_id="u1", name="Aspen", parent_id="top", pool_owner=ana),
        Unit(unit_id="u0", name="Birch", parent_id="top", pool_owner=ana),
    )


def test_a_supervisor_s_teams_are_those_that_started(tx: Tx, ana: PersonRef, ben: PersonRef) -> None:
    mine = started(tx, "a", supervisor=ana)
    started(tx, "b", supervisor=ben)
    started(tx, "c", supervisor=ana, state=TeamState.AWAITING_PROMISE)
    started(tx, "d", deputy=ana)
    assert teams.list_read_by(tx, ana) == (mine,)


def test_the_owner_of_a_pooled_line_gets_the_line_of_the_pooled_teams_alone(tx: Tx, ana: PersonRef) -> None:
    teams.save_unit(tx, Unit(unit_id="u", name="Cedar", pool_owner=ana))
    teams.save_unit(tx, Unit(unit_id="v", name="Birch"))
    pooled = started(tx, "a", unit_id="u", pooled=True)
    started(tx, "b", unit_id="u")
    started(tx, "c", unit_id="v", pooled=True)
    started(tx, "d", unit_id="u", pooled=True, state=TeamState.DRAFT)
    assert teams.list_read_by(tx, ana) == (pooled,)


def test_a_plan_lies_over_the_team_as_it_is_and_changes_nothing_of_it(
    tx: Tx, ana: PersonRef, ben: PersonRef
) -> None:
    team = started(tx, "a", promised_on=date(2026, 11, 23))
    planned = replace(team, name="Renamed", supervisor=ben, state=TeamState.DRAFT, promised_on=None)
    teams.save_plan(tx, TeamPlan(team=planned, members=(ana, ben), set_up_by=ben))
    laid_over = replace(team, name="Renamed", supervisor=ben)
    assert teams.get_plan(tx, "a") == TeamPlan(team=laid_over, members=(ana, ben), set_up_by=ben)
    assert teams.get(tx, "a") == team
    assert teams.list_members(tx, "a", NOW) == ()


def test_a_plan_is_replaced_and_dropped(tx: Tx, ana: PersonRef) -> None:
    team = started(tx, "a")
    for members in ((ana,), ()):
        teams.save_plan(tx, TeamPlan(team=team, members=members, set_up_by=ana))
    assert teams.get_plan(tx, "a") == TeamPlan(team=team, members=(), set_up_by=ana)
    teams.drop_plan(tx, "a")
    assert teams.get_plan(tx, "a") is None


def test_a_plan_of_no_team_is_none(tx: Tx, ana: PersonRef) -> None:
    orphan = Team(team_id="gone", name="Gone", tz="Etc/UTC")
    teams.save_plan(tx, TeamPlan(team=orphan, members=(), set_up_by=ana))
    assert teams.get_plan(tx, "gone") is None


def test_somebody_belongs_to_a_team_from_the_instant_they_join(tx: Tx, ana: PersonRef) -> None:
    team = started(tx, "a")
    teams.join(tx, "a", ana, NOW)
    assert teams.of_member(tx, ana, NOW - MOMENT) is None
    assert teams.of_member(tx, ana, NOW) == team
    assert teams.list_members(tx, "a", LATER) == (ana,)
    assert teams.current_team_id(tx, ana) == "a"


def test_moving_ends_one_membership_where_the_next_begins(tx: Tx, ana: PersonRef) -> None:
    old, new = started(tx, "a"), started(tx, "b")
    teams.join(tx, "a", ana, NOW)
    teams.join(tx, "b", ana, SOON)
    assert teams.of_member(tx, ana, SOON - MOMENT) == old
    assert teams.of_member(tx, ana, SOON) == new
    assert teams.list_members(tx, "a", SOON) == ()
    assert teams.list_members(tx, "a", NOW) == (ana,)


def test_joining_the_same_team_again_keeps_the_first_date(tx: Tx, ana: PersonRef) -> None:
    started(tx, "a")
    teams.join(tx, "a", ana, NOW)
    teams.join(tx, "a", ana, LATER)
    assert rows(tx) == 1
    assert teams.list_members(tx, "a", NOW) == (ana,)


def test_whoever_left_belonged_until_then(tx: Tx, ana: PersonRef, ben: PersonRef) -> None:
    started(tx, "a")
    for ref in (ana, ben):
        teams.join(tx, "a", ref, NOW)
    teams.leave(tx, ana, SOON)
    assert teams.list_members(tx, "a", SOON - MOMENT) == tuple(sorted((ana, ben)))
    assert teams.list_members(tx, "a", SOON) == (ben,)
    assert teams.current_team_id(tx, ana) is None
    teams.leave(tx, ana, LATER)
    assert teams.list_members(tx, "a", SOON) == (ben,)


def test_a_membership_that_ended_the_instant_it_began_never_was(tx: Tx, ana: PersonRef) -> None:
    started(tx, "a")
    started(tx, "b")
    teams.join(tx, "a", ana, NOW)
    teams.join(tx, "b", ana, NOW)
    assert (teams.list_members(tx, "a", NOW), teams.list_members(tx, "b", NOW)) == ((), (ana,))
    teams.leave(tx, ana, NOW)
    assert rows(tx) == 0


def test_somebody_can_come_back_the_instant_they_left(tx: Tx, ana: PersonRef) -> None:
    team = started(tx, "a")
    teams.join(tx, "a", ana, NOW)
    teams.leave(tx, ana, SOON)
    teams.join(tx, "a", ana, SOON)
    assert teams.of_member(tx, ana, SOON) == team
    assert rows(tx) == 2


def test_a_team_that_has_not_started_is_nobody_s_team_yet(tx: Tx, ana: PersonRef) -> None:
    started(tx, "a", state=TeamState.AWAITING_PROMISE)
    teams.join(tx, "a", ana, NOW)
    assert teams.of_member(tx, ana, LATER) is None
    assert teams.current_team_id(tx, ana) == "a"


@pytest.fixture(scope="module")
def two_teams(made_sqlite: Path, keys: Keys, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One SQLite store for all examples of a property, with the teams a and b."""
    file = shutil.copy(made_sqlite, tmp_path_factory.mktemp("two_teams"))
    with closing(Store(f"sqlite:///{file}", keys)) as store:
        with store.begin("T1") as tx:
            started(tx, "a")
            started(tx, "b")
        yield store


@settings(max_examples=40)
@given(st.lists(st.tuples(st.sampled_from(["a", "b", None]), st.integers(0, 3)), max_size=12))
def test_at_every_instant_somebody_is_where_they_last_went(
    two_teams: Store, moves: list[tuple[str | None, int]]
) -> None:
    with two_teams.begin("T1") as tx:
        tx.execute(memberships.delete())
        ana, at, history = tx.ref("U0ANA"), NOW, [(NOW, None)]
        for team_id, minutes in moves:
            at += timedelta(minutes=minutes)
            teams.join(tx, team_id, ana, at) if team_id else teams.leave(tx, ana, at)
            history.append((at, team_id))
        for then in sorted({at - before for at, _ in history[1:] for before in (timedelta(0), MOMENT)}):
            expected = next((team_id for since, team_id in reversed(history) if since <= then), None)
            found = [team_id for team_id in ("a", "b") if ana in teams.list_members(tx, team_id, then)]
            assert found == ([expected] if expected else [])


def test_nobody_is_in_two_teams_at_once_even_by_a_race(
    entered: Store, open_store: Callable[..., Store]
) -> None:
    ref = entered.keys.ref("T1", "U0ANA")

    def join(store: Store, team_id: str) -> str:
        try:
            with store.begin("T1") as tx:
                teams.join(tx, team_id, ref, NOW)
        except IntegrityError:
            return "refused"
        return team_id

    at_once(lambda: join(entered, "a"), lambda: join(open_store(), "b"))
    with entered.read("T1") as tx:
        here = [team_id for team_id in ("a", "b") if teams.list_members(tx, team_id, LATER)]
        assert here == [teams.current_team_id(tx, ref)]


def test_the_database_itself_refuses_a_second_open_membership(tx: Tx, ana: PersonRef) -> None:
    row = {"workspace": "T1", "ref": ana, "from_at": NOW, "team_id": "a"}
    tx.execute(insert(memberships).values(**row))
    with pytest.raises(IntegrityError), tx.connection.begin_nested():
        tx.execute(insert(memberships).values(**{**row, "from_at": SOON, "team_id": "b"}))


def test_rosters_hold_members_and_readers_as_of_an_instant(tx: Tx, ana: PersonRef, ben: PersonRef) -> None:
    owner, leader = tx.ref("U0OWNER"), tx.ref("U0LEADER")
    teams.save_unit(tx, Unit(unit_id="u", name="Cedar", pool_owner=owner))
    started(tx, "a", unit_id="u", supervisor=ben, deputy=ana, leader=leader, pooled=True)
    started(tx, "b", unit_id="u", supervisor=ben, state=TeamState.AWAITING_PROMISE)
    started(tx, "c", state=TeamState.DRAFT)
    teams.join(tx, "a", ana, NOW)
    teams.join(tx, "b", ana, SOON)
    pooled = Roster(
        team_id="a",
        unit_id="u",
        members=frozenset({ana}),
        readers=frozenset({ben, leader, owner}),
        pooled=True,
    )
    alone = Roster(team_id="b", unit_id="u", members=frozenset(), readers=frozenset({ben}), pooled=False)
    assert teams.rosters(tx, NOW) == (pooled, alone)
    assert [roster.members for roster in teams.rosters(tx, SOON)] == [frozenset(), frozenset({ana})]


def test_the_rosters_of_many_teams_ask_no_more_than_those_of_one(tx: Tx, ana: PersonRef) -> None:
    asked = []
    for team_id in ("a", "b", "c", "d"):
        started(tx, team_id)
        with watched_statements(tx.connection.engine) as seen:
            teams.rosters(tx, NOW)
        asked.append(len(seen))
    assert len(set(asked)) == 1
    assert asked[0] > 1


def test_a_team_is_pooled_only_under_somebody_who_owns_the_line(tx: Tx) -> None:
    teams.save_unit(tx, Unit(unit_id="u", name="Cedar"))
    started(tx, "a", unit_id="u", pooled=True)
    started(tx, "b", pooled=True)
    assert [roster.pooled for roster in teams.rosters(tx, NOW)] == [False, False]


def test_a_deputy_reads_no_line_and_counts(tx: Tx, ana: PersonRef) -> None:
    team = started(tx, "a", deputy=ana)
    assert teams.roster(team, [ana], None).eligible == 1


def test_new_ids_are_never_the_same() -> None:
    assert len({teams.new_id() for _ in range(100)}) == 100
