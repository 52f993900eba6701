from __future__ import annotations

import time as clock
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from bot.domain.members import Length, Member, Person, PersonRef, Preferences, Team, TeamState
from storage import members, teams, workspaces
from storage.database import Store, Tx

NOW = datetime(2026, 11, 25, 15, tzinfo=UTC)


def put(tx: Tx, user_id: str, **facts: Any) -> Person:
    person = Person(**{"ref": tx.ref(user_id), "tz": "America/Chicago", **facts})
    members.put(tx, user_id, person)
    return person


def test_somebody_from_the_roster_is_known_by_their_pseudonym(tx: Tx, ana: PersonRef, ben: PersonRef) -> None:
    person = put(tx, "U0ANA", locale="es-MX")
    assert members.get(tx, ana) == person
    assert members.get(tx, ben) is None
    assert members.list_people(tx) == (person,)


def test_the_roster_is_brought_up_to_date_and_do_not_disturb_stays(tx: Tx, ana: PersonRef) -> None:
    put(tx, "U0ANA", locale="es-MX")
    members.set_quiet(tx, ana, NOW, NOW + timedelta(hours=9))
    moved = put(tx, "U0ANA", tz="Europe/Madrid", active=False)
    expected = replace(moved, quiet_from=NOW, quiet_until=NOW + timedelta(hours=9))
    assert members.get(tx, ana) == expected
    members.set_quiet(tx, ana, None, None)
    assert members.get(tx, ana) == moved


def test_somebody_who_left_is_still_known_but_not_active(tx: Tx, ana: PersonRef) -> None:
    ben = put(tx, "U0BEN")
    here = put(tx, "U0ANA")
    put(tx, "U0ANA", active=False)
    assert members.get(tx, ana) == replace(here, active=False)
    assert members.get(tx, ben.ref) == ben
    assert (members.is_here(tx, ana), members.is_here(tx, ben.ref)) == (False, True)
    assert not members.is_here(tx, tx.ref("U0CAM"))


def test_a_slack_id_comes_back_for_the_moment_of_sending_only(tx: Tx, ana: PersonRef, ben: PersonRef) -> None:
    put(tx, "U0ANA")
    assert members.user_id(tx, ana) == "U0ANA"
    with pytest.raises(KeyError):
        members.user_id(tx, ben)


def test_until_somebody_taps_nothing_is_kept_of_their_choices(tx: Tx, ana: PersonRef) -> None:
    put(tx, "U0ANA")
    assert members.choices(tx, ana) == Preferences()


def test_a_choice_is_kept_and_the_others_stay(tx: Tx, ana: PersonRef, ben: PersonRef) -> None:
    members.choose(tx, ana, weekday=0, local_time=time(9, 30), items_off=frozenset({"qI10", "qI01"}))
    chosen = members.choose(tx, ana, length=Length.LONGER, paused=True, paused_until=NOW, language="es")
    expected = Preferences(
        weekday=0,
        local_time=time(9, 30),
        items_off=frozenset({"qI01", "qI10"}),
        length=Length.LONGER,
        paused=True,
        paused_until=NOW,
        language="es",
    )
    assert chosen == members.choices(tx, ana) == expected
    assert members.choices(tx, ben) == Preferences()


def test_a_first_tap_that_changes_nothing_changes_nothing(tx: Tx, ana: PersonRef) -> None:
    assert members.choose(tx, ana) == Preferences()
    members.choose(tx, ana, remote=True)
    assert members.choose(tx, ana) == Preferences(remote=True)


def test_two_choices_at_once_are_both_kept(entered: Store, open_store: Callable[..., Store]) -> None:
    """The second reads before the first is committed, and waits for it."""
    ref, other = entered.keys.ref("T1", "U0ANA"), open_store()

    def stop() -> None:
        with other.begin("T1") as tx:
            members.choose(tx, ref, stopped=True)

    with entered.begin("T1") as tx:
        members.choose(tx, ref)
    with ThreadPoolExecutor(1) as threads:
        with entered.begin("T1") as tx:
            members.choose(tx, ref, length=Length.ONE)
            stopping = threads.submit(stop)
            clock.sleep(0.3)
            assert not stopping.done()
        stopping.result(timeout=10)
    with entered.read("T1") as tx:
        assert members.choices(tx, ref) == Preferences(length=Length.ONE, stopped=True)


def test_what_is_done_in_somebody_s_name_waits_and_what_is_done_in_another_s_does_not(
    entered: Store, open_store: Callable[..., Store]
) -> None:
    other = open_store()
    with entered.begin("T1") as tx:
        ana, ben = (put(tx, user_id).ref for user_id in ("U0ANA", "U0BEN"))

    def hold(ref: PersonRef) -> None:
        with other.begin("T1") as tx:
            members.hold(tx, ref)

    with ThreadPoolExecutor(2) as threads:
        with entered.begin("T1") as tx:
            members.hold(tx, ana)
            if tx.on_postgresql:
                threads.submit(hold, ben).result(timeout=10)
            waiting = threads.submit(hold, ana)
            clock.sleep(0.3)
            assert not waiting.done()
        waiting.result(timeout=10)


def test_a_member_is_a_person_with_choices_team_and_country(tx: Tx, ana: PersonRef) -> None:
    person = put(tx, "U0ANA")
    assert members.member(tx, ana, NOW) == Member(person=person, country="US")
    team = Team(
        team_id="t", name="Intake", tz="America/Chicago", country="MX", region="MEX", state=TeamState.STARTED
    )
    teams.save(tx, team)
    teams.join(tx, "t", ana, NOW)
    chosen = members.choose(tx, ana, weekday=1)
    expected = Member(person=person, preferences=chosen, team=team, country="MX", region="MEX")
    assert members.member(tx, ana, NOW) == members.known(tx, ana, NOW) == expected
    assert members.known(tx, ana, NOW - timedelta(seconds=1)).team is None


def test_nobody_we_know_is_no_member(tx: Tx, ben: PersonRef) -> None:
    assert members.member(tx, ben, NOW) is None
    with pytest.raises(KeyError):
        members.known(tx, ben, NOW)


def test_admins_come_and_go(tx: Tx, ana: PersonRef, ben: PersonRef) -> None:
    for ref in (ana, ben, ana):
        members.add_admin(tx, ref)
    assert members.list_admins(tx) == tuple(sorted((ana, ben)))
    members.remove_admin(tx, ana)
    assert not members.is_admin(tx, ana)
    assert members.is_admin(tx, ben)


def test_a_workspace_s_country_holds_for_people_without_a_team(store: Store) -> None:
    with store.begin("T9") as tx:
        workspaces.enter(tx, "MX")
        assert members.known(tx, put(tx, "U0ANA").ref, NOW).country == "MX"
