"""What is kept about one person: all of it decided, gathered for them, and erased when they say so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Column, select

from bot.audit.resting import at_rest
from bot.domain.asks import AskState
from bot.domain.checkins import Reason, Standing, State
from bot.domain.members import Person, PersonRef, Preferences
from bot.domain.mydata import GOES_WITH_ITS_SUBJECT, Part
from bot.domain.notices import ONCE_FOR_ALL, Kind, notice
from bot.domain.peers import RequestState
from bot.domain.rotation import CORE
from storage import (
    answers,
    asks,
    checkins,
    digests,
    members,
    mydata,
    outbox,
    peers,
    person_keys,
    rules,
    teams,
    timers,
)
from storage.database import Store, Tx
from storage.mydata import HOLDINGS
from storage.rules import RuleKind
from storage.schema import PERSON, metadata
from tests.storage.at_once import at_once
from tests.storage.full import ANSWERS, GROUP, LEAVE, NOW, OFFERING, ask_of, fill, request_of
from tests.storage.rows import rows_of
from tests.storage.test_at_rest import only_sqlite

WEEK = 3
"""The week of NOW."""
USER_IDS = ("U0ANA", "U0BEN")


@pytest.fixture
def filled(store: Store) -> Store:
    """Ana left everything there is to leave, and Ben, who supervises, what he does; he asked Cam too."""
    with store.begin("T1") as tx:
        ana, ben, cam = (tx.ref(user_id) for user_id in (*USER_IDS, "U0CAM"))
        fill(tx, {"U0ANA": ana, "U0BEN": ben})
        members.put(tx, "U0CAM", Person(ref=cam, tz="America/Chicago"))
        checkins.add(tx, ana, 1, State.SKIPPED, Reason.PAUSED)
        asks.add(tx, replace(ask_of(ben, cam), ask_id="b", deputy=ana, also_asked=ana, answered_by=ana))
        asks.add(tx, replace(ask_of(cam, ben), ask_id="c", next_person=ana))
        peers.enroll(tx, ana, OFFERING)
        peers.count_offer(tx, ana, NOW.date())
        said_yes = {"state": RequestState.FOUND, "peer": ana, "yes_on": NOW.date()}
        peers.add(tx, replace(request_of(ben, "s"), **said_yes))
        peers.add_offer(tx, "s", ana)
        for kind in Kind:
            outbox.add(tx, notice(kind, ana, "once", NOW))
        outbox.add(tx, notice(Kind.PROMISE, ben, "t", NOW, facts={"admin": ana}))
        outbox.add(tx, notice(Kind.ASK, ben, "a", NOW, facts={"ask": "a"}))
        teams.save_plan(tx, replace(plan(tx), set_up_by=ana))
    return store


def plan(tx: Tx) -> Any:
    found = teams.get_plan(tx, "t")
    assert found is not None
    return found


def ref_of(store: Store, user_id: str = "U0ANA") -> PersonRef:
    return store.keys.ref("T1", user_id)


def erase(store: Store, user_id: str = "U0ANA") -> None:
    with store.begin("T1") as tx:
        members.hold(tx, tx.ref(user_id))
        mydata.erase(tx, tx.ref(user_id), NOW)


def columns() -> Iterable[tuple[str, Column[Any]]]:
    return ((f"{table.name}.{one.name}", one) for table in metadata.tables.values() for one in table.columns)


def where_found(store: Store, *refs: PersonRef) -> set[str]:
    """Every column in which one of these pseudonyms stands, alone or in a text."""
    with store.read("T1") as tx:
        return {
            name
            for name, column in columns()
            for value in tx.execute(select(column)).scalars()
            if any(ref in str(value) for ref in refs)
        }


def rows_about(store: Store, ref: PersonRef) -> dict[str, list[tuple[Any, ...]]]:
    with store.read("T1") as tx:
        rows = {name: rows_of(tx.connection, table, "T1") for name, table in metadata.tables.items()}
    about = {name: [row for row in found if ref in str(row)] for name, found in rows.items()}
    return {name: found for name, found in about.items() if found}


# ---- what is decided


def test_every_column_that_holds_somebody_is_decided(filled: Store) -> None:
    """A new table fails here: say in storage/mydata.py whether it is erased, or why it stays."""
    marked = {name for name, column in columns() if column.info.get(PERSON)}
    assert marked | where_found(filled, *(ref_of(filled, one) for one in USER_IDS)) == set(HOLDINGS)


def test_every_part_of_what_is_kept_is_shown_under_some_heading() -> None:
    assert {holding.part for holding in HOLDINGS.values()} == set(Part)


def test_every_kind_of_notice_goes_or_stays_for_a_reason() -> None:
    to_a_role, of_others = {Kind.WEEKLY, Kind.RAISED}, {Kind.ASK}
    to_a_channel = {Kind.HUDDLE, Kind.HUDDLE_LINK, Kind.HUDDLE_AFTER, Kind.CIRCLE}
    stays = ONCE_FOR_ALL | to_a_role | of_others | to_a_channel
    assert GOES_WITH_ITS_SUBJECT | stays == set(Kind)
    assert not GOES_WITH_ITS_SUBJECT & stays


# ---- what is erased, and what is left


def test_what_is_not_said_to_stay_is_gone(filled: Store) -> None:
    assert {name for name in HOLDINGS if HOLDINGS[name].stays is None} <= where_found(filled, ref_of(filled))
    erase(filled)
    left = where_found(filled, ref_of(filled))
    assert {name for name in left if HOLDINGS[name].stays is None} == set()
    assert {name for name in HOLDINGS if HOLDINGS[name].stays} - left == {
        "teams.supervisor", "teams.deputy", "teams.leader", "units.pool_owner", "workspaces.key_holder_ref",
        "asks.recipient", "team_plans.team", "workspaces.support_contact",
    }, "which are Ben's"  # fmt: skip


def test_what_the_organization_decided_and_what_others_asked_stays_as_it_was(filled: Store) -> None:
    stays = (
        "people", "memberships", "admins", "teams", "units", "team_plans", "workspaces", "rosters", "ledger",
        "contributors", "releases", "periods",
    )  # fmt: skip
    with filled.read("T1") as tx:
        before = {name: rows_of(tx.connection, metadata.tables[name], "T1") for name in stays}
    erase(filled)
    with filled.read("T1") as tx:
        assert {name: rows_of(tx.connection, metadata.tables[name], "T1") for name in stays} == before
        assert (asks.get(tx, "a"), asks.get(tx, "b") is None, asks.get(tx, "c") is None) == (
            None,
            False,
            False,
        )


def test_of_notices_those_stay_that_must_not_come_twice_or_go_to_a_role(filled: Store) -> None:
    erase(filled)
    with filled.read("T1") as tx:
        kinds = {kind for kind, _ in outbox.tally(tx, tx.ref("U0ANA"))}
        told = outbox.tally(tx, tx.ref("U0BEN"))
    assert kinds == set(Kind) - GOES_WITH_ITS_SUBJECT
    assert {kind for kind, _ in told} == {Kind.PROMISE}, "he does not hear of an ask that is gone"


def test_of_timers_only_those_stay_that_end_something_in_slack(filled: Store) -> None:
    with filled.begin("T1") as tx:
        timers.put(tx, timers.checkin_entity(tx.ref("U0ANA"), WEEK), "close", NOW)
    erase(filled)
    assert sorted(row[2] for row in rows_about(filled, ref_of(filled))["timers"]) == ["delete_copy", "retire"]
    with filled.read("T1") as tx:
        assert timers.list_under(tx, timers.ask_entity("a")) == ()


def test_the_running_week_reads_closed_and_older_ones_are_gone(filled: Store) -> None:
    erase(filled)
    with filled.read("T1") as tx:
        (left,) = checkins.list_weeks(tx, tx.ref("U0ANA"))
    assert (left.week, left.state, left.reason, left.ts) == (WEEK, State.CLOSED, None, "2.0")


def test_a_week_that_was_left_out_does_not_say_why_any_more(filled: Store) -> None:
    with filled.begin("T1") as tx:
        checkins.add(tx, tx.ref("U0BEN"), WEEK, State.SKIPPED, Reason.LEAVE)
        rules.begin(tx, tx.ref("U0BEN"), RuleKind.CHECKIN, NOW - timedelta(days=9), NOW)
    erase(filled, "U0BEN")
    with filled.read("T1") as tx:
        found = checkins.get(tx, tx.ref("U0BEN"), WEEK)
        assert found is not None
        assert (found.state, found.reason) == (State.CLOSED, None)
        assert checkins.list_weekly(tx, tx.ref("U0BEN")) == (NOW.date(),)


def test_check_ins_begin_anew_with_this_week(filled: Store) -> None:
    erase(filled)
    with filled.read("T1") as tx:
        ana = tx.ref("U0ANA")
        assert members.choices(tx, ana) == Preferences()
        assert rules.standing(tx, ana) == Standing()
        assert rules.next_due_at(tx, ana, RuleKind.CHECKIN) == NOW
        since = rules.since(tx, ana, RuleKind.CHECKIN)
    assert since is not None
    assert since.isoformat() == "2026-11-23T06:00:00+00:00", "Monday, midnight in Chicago"


def test_somebody_who_came_this_week_did_not_come_on_monday(filled: Store) -> None:
    came = NOW - timedelta(hours=3)
    with filled.begin("T1") as tx:
        rules.begin_anew(tx, tx.ref("U0ANA"), came, NOW)
    erase(filled)
    with filled.read("T1") as tx:
        assert rules.since(tx, tx.ref("U0ANA"), RuleKind.CHECKIN) == came


def test_whoever_gets_no_check_ins_is_erased_too(filled: Store) -> None:
    erase(filled, "U0BEN")
    with filled.read("T1") as tx:
        assert members.chosen(tx, tx.ref("U0BEN")) is None


def test_nobody_else_loses_anything(filled: Store) -> None:
    with filled.begin("T1") as tx:
        answers.save(tx, tx.ref("U0BEN"), WEEK, ANSWERS)
    before = rows_about(filled, ref_of(filled, "U0BEN"))
    with filled.read("T1") as tx:
        told_of_hers = {outbox_key(tx, "a")}
    erase(filled)
    after = rows_about(filled, ref_of(filled, "U0BEN"))
    gone = {name: [row for row in before[name] if row not in after.get(name, [])] for name in before}
    assert {name for name, rows in gone.items() if rows} == {
        *("asks", "outbox"),
        *("peer_requests", "peer_offers"),
    }, "his own request is looked on, and hers is gone"
    assert [row[1] for row in gone["asks"]] == ["a"]
    assert {row[2] for row in gone["outbox"]} == told_of_hers


def outbox_key(tx: Tx, ask_id: str) -> str:
    return f"{Kind.ASK}|{tx.ref('U0BEN')}|{ask_id}"


def test_erasing_twice_and_at_once_is_erasing_once(filled: Store) -> None:
    at_once(lambda: erase(filled), lambda: erase(filled))
    once = rows_about(filled, ref_of(filled))
    erase(filled)
    assert rows_about(filled, ref_of(filled)) == once


def test_an_answer_that_comes_at_the_same_moment_is_erased_or_came_after(filled: Store) -> None:
    def answer() -> None:
        with filled.begin("T1") as tx:
            members.hold(tx, tx.ref("U0ANA"))
            answers.save(tx, tx.ref("U0ANA"), WEEK, ANSWERS)

    at_once(answer, lambda: erase(filled), answer)
    with filled.read("T1") as tx:
        kept, has_key = answers.list_own(tx, tx.ref("U0ANA")), person_keys.is_kept(tx, tx.ref("U0ANA"))
    assert (kept, has_key) in (({}, False), ({WEEK: ANSWERS}, True))


# ---- between freeze and release


def test_whoever_was_debited_counts_as_somebody_whose_answers_are_gone(filled: Store) -> None:
    erase(filled)
    with filled.begin("T1") as tx:
        ana = tx.ref("U0ANA")
        assert digests.list_contributors(tx, GROUP, 0) == (ana,)
        assert digests.debited(tx, GROUP, 0).m == 1
        assert answers.weights(tx, ana, range(4)) == []


def test_deleting_brings_no_new_budget_in_the_same_period(filled: Store) -> None:
    erase(filled)
    with filled.begin("T1") as tx:
        ana = tx.ref("U0ANA")
        answers.save(tx, ana, WEEK, {CORE: 5})
        assert digests.spent(tx, 0) == {ana: 1}
        assert digests.list_counted(tx, ana) == {0: True, 1: False}


# ---- what is gathered


def test_all_that_is_kept_is_gathered(filled: Store) -> None:
    with filled.read("T1") as tx:
        found = mydata.gather(tx, tx.ref("U0ANA"), NOW)
    assert [(week.week, week.state, week.given) for week in found.weeks] == [
        (3, State.ANSWERED, ANSWERS),
        (2, State.PLANNED, {}),
        (1, State.SKIPPED, {}),
    ]
    assert found.weeks[0].monday == date(2026, 11, 23)
    assert [week.takes_answers for week in found.weeks] == [True, False, False]
    assert (found.has_key, found.leave, found.timers) == (True, LEAVE, 3)
    assert found.erased_at == NOW - timedelta(days=40)
    assert found.preferences is not None
    assert found.preferences.language == "es"
    assert [(ask.mine, ask.with_id, ask.state) for ask in found.asks] == [
        (True, "U0BEN", AskState.OPEN),
        (False, "U0BEN", AskState.OPEN),
    ], "and not the one in which she is only named as who could be asked next"
    assert [(one.first_on, one.last_on, one.counted) for one in found.periods] == [
        (date(2026, 11, 2), date(2026, 11, 27), True),
        (date(2026, 11, 30), date(2026, 12, 25), False),
    ]
    assert [(one.first_on, one.phrases) for one in found.said] == [(date(2026, 11, 30), ("hours",))]
    assert (found.roles.is_admin, found.roles.planned) == (True, ("Cedar Intake",))
    assert {one.kind for one in found.messages} == set(Kind)


def test_what_somebody_is_for_others_is_gathered(filled: Store) -> None:
    with filled.read("T1") as tx:
        found = mydata.gather(tx, tx.ref("U0BEN"), NOW)
    roles, name = found.roles, ("Cedar Intake",)
    assert (roles.supervises, roles.stands_in_for, roles.leads, roles.owns_line_of) == (
        name, name, name, ("Cedar",),
    )  # fmt: skip
    assert (roles.holds_keys, found.weekly_on, found.has_key) == (True, (NOW.date(),), True)
    assert found.peers.offering == OFFERING
    assert [(request.request_id, with_id) for request, with_id in found.peers.requests] == [("s", "U0ANA")]
    assert (found.peers.asked, found.peers.load.helped) == (1, 1)


def test_answers_that_cannot_be_opened_are_said_to_be_there(filled: Store) -> None:
    with filled.begin("T1") as tx:
        tx.execute(metadata.tables["person_keys"].update().values(wrapped=b"x" * 60))
    with filled.read("T1") as tx:
        assert mydata.gather(tx, tx.ref("U0ANA"), NOW).weeks[0].given is None


# ---- at rest


@only_sqlite
def test_neither_answers_nor_their_key_are_left_in_the_file_or_its_log(filled: Store) -> None:
    with filled.read("T1") as tx:
        secrets = [
            bytes(tx.execute(select(table.c[name])).scalars().first())
            for table, name in (
                (metadata.tables["answers"], "sealed"),
                (metadata.tables["person_keys"], "wrapped"),
            )
        ]
        secrets.append(
            bytes(tx.execute(select(metadata.tables["leave"].c.sealed).where(hers(tx))).scalar_one())
        )
    assert all(one[12:44] in at_rest(filled.url) for one in secrets)
    erase(filled)
    assert filled.fold()
    assert not any(one[12:44] in at_rest(filled.url) for one in secrets)


def hers(tx: Tx) -> Any:
    return metadata.tables["leave"].c.ref == tx.ref("U0ANA")


@only_sqlite
def test_a_log_that_somebody_reads_is_folded_the_next_time(filled: Store) -> None:
    with filled.read("T1") as reading:
        members.chosen(reading, ref_of(filled))
        erase(filled)
        assert not filled.fold()
    assert filled.fold()
