from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.checkins import Standing
from bot.domain.members import Person, PersonRef
from storage import members, rules
from storage.database import Store, Tx
from storage.rules import Rule, RuleKind

NOW = datetime(2026, 11, 25, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)
CHECKIN, WEEKLY = RuleKind.CHECKIN, RuleKind.WEEKLY


def test_a_rule_remembers_since_when_and_what_comes_next(tx: Tx, ana: PersonRef, ben: PersonRef) -> None:
    rules.begin(tx, ana, CHECKIN, NOW, NOW + HOUR)
    assert rules.since(tx, ana, CHECKIN) == NOW
    assert rules.next_due_at(tx, ana, CHECKIN) == NOW + HOUR
    assert (rules.since(tx, ben, CHECKIN), rules.since(tx, ana, WEEKLY)) == (None, None)


def test_a_rule_that_runs_is_not_begun_again(tx: Tx, ana: PersonRef) -> None:
    rules.begin(tx, ana, CHECKIN, NOW, NOW + HOUR)
    rules.set_standing(tx, ana, Standing(run=2))
    rules.begin(tx, ana, CHECKIN, NOW + HOUR, None)
    assert rules.since(tx, ana, CHECKIN) == NOW
    assert rules.next_due_at(tx, ana, CHECKIN) == NOW + HOUR
    assert rules.standing(tx, ana) == Standing(run=2)


def test_only_what_is_due_by_now_is_listed_the_earliest_first(tx: Tx) -> None:
    people = [tx.ref(f"U{n}") for n in range(5)]
    for hours, ref in enumerate(people):
        rules.begin(tx, ref, CHECKIN, NOW, NOW + 2 * HOUR - hours * HOUR)
    rules.set_next_due(tx, ref=people[4], kind=CHECKIN, at=None)
    rules.begin(tx, people[0], WEEKLY, NOW, NOW)
    assert rules.list_due(tx, CHECKIN, NOW, 10) == (people[3], people[2])
    assert rules.list_due(tx, CHECKIN, NOW, 1) == (people[3],)
    assert rules.list_due(tx, WEEKLY, NOW, 10) == (people[0],)
    assert rules.earliest_due_at(tx) == NOW - HOUR


def test_the_rules_that_are_due_are_taken_with_all_they_hold(tx: Tx, ana: PersonRef, ben: PersonRef) -> None:
    for hours, ref in enumerate((ana, ben, tx.ref("U0CAM"))):
        members.put(tx, f"U{hours}", Person(ref=ref, tz="Etc/UTC"))
        rules.begin(tx, ref, CHECKIN, NOW - HOUR, NOW - hours * HOUR)
    rules.begin(tx, ana, WEEKLY, NOW, NOW)
    rules.set_standing(tx, ben, Standing(run=1, spells=1, quiet_until_week=9))
    rules.set_next_due(tx, NOW + HOUR, ref=ana, kind=CHECKIN)
    taken = rules.take_due(tx, CHECKIN, NOW, 10)
    assert list(taken) == [tx.ref("U0CAM"), ben]
    assert taken[ben] == rules.get(tx, ben, CHECKIN)
    assert taken[ben] == Rule(
        since=NOW - HOUR,
        next_due_at=NOW - HOUR,
        standing=Standing(run=1, spells=1, quiet_until_week=9),
    )
    assert list(rules.take_due(tx, CHECKIN, NOW, 1)) == [tx.ref("U0CAM")]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_who_is_held_elsewhere_is_passed_over_without_waiting(
    entered: Store, open_store: Callable[..., Store]
) -> None:
    ana, ben, cam = (entered.keys.ref("T1", user_id) for user_id in ("U0ANA", "U0BEN", "U0CAM"))
    with entered.begin("T1") as tx:
        for ref in (ana, ben, cam):
            members.put(tx, "U", Person(ref=ref, tz="Etc/UTC"))
            rules.begin(tx, ref, CHECKIN, NOW, NOW)
    with entered.begin("T1") as acting, open_store().begin("T1") as taking, open_store().begin("T1") as other:
        members.hold(acting, ana)
        rules.set_standing(taking, ben, Standing())
        assert set(rules.take_due(other, CHECKIN, NOW, 10)) == {cam}
        assert set(rules.take_due(taking, CHECKIN, NOW, 10)) == {ben}


def test_many_rules_are_moved_on_at_once(tx: Tx, ana: PersonRef, ben: PersonRef) -> None:
    for ref in (ana, ben):
        rules.begin(tx, ref, CHECKIN, NOW, NOW)
        rules.begin(tx, ref, WEEKLY, NOW, NOW)
    rules.set_all_due(tx, {ana: NOW + HOUR, ben: None}, CHECKIN)
    assert [rules.next_due_at(tx, ref, CHECKIN) for ref in (ana, ben)] == [NOW + HOUR, None]
    assert [rules.next_due_at(tx, ref, WEEKLY) for ref in (ana, ben)] == [NOW, NOW]


def test_nothing_is_due_where_nothing_runs(tx: Tx, ana: PersonRef) -> None:
    assert rules.earliest_due_at(tx) is None
    rules.begin(tx, ana, CHECKIN, NOW, None)
    assert rules.earliest_due_at(tx) is None
    assert rules.list_due(tx, CHECKIN, NOW + 1000 * HOUR, 10) == ()


def test_a_rule_ends_alone(tx: Tx, ana: PersonRef, ben: PersonRef) -> None:
    for ref in (ana, ben):
        rules.begin(tx, ref, CHECKIN, NOW, NOW)
        rules.begin(tx, ref, WEEKLY, NOW, NOW)
    rules.end(tx, ana, WEEKLY)
    assert rules.list_due(tx, WEEKLY, NOW, 10) == (ben,)
    assert set(rules.list_due(tx, CHECKIN, NOW, 10)) == {ana, ben}


def test_only_the_named_people_keep_a_rule(tx: Tx, ana: PersonRef, ben: PersonRef) -> None:
    for ref in (ana, ben):
        rules.begin(tx, ref, CHECKIN, NOW, NOW)
        rules.begin(tx, ref, WEEKLY, NOW, NOW)
    rules.keep_only(tx, WEEKLY, [ana])
    assert rules.list_due(tx, WEEKLY, NOW, 10) == (ana,)
    rules.keep_only(tx, WEEKLY, [])
    assert rules.list_due(tx, WEEKLY, NOW, 10) == ()
    assert set(rules.list_due(tx, CHECKIN, NOW, 10)) == {ana, ben}


def test_how_long_somebody_has_not_answered_is_kept_with_their_check_ins(
    tx: Tx, ana: PersonRef, ben: PersonRef
) -> None:
    assert rules.standing(tx, ana) == Standing()
    for ref in (ana, ben):
        rules.begin(tx, ref, CHECKIN, NOW, NOW)
    rules.begin(tx, ana, WEEKLY, NOW, NOW)
    rules.set_standing(tx, ana, Standing(run=1, spells=1, quiet_until_week=9))
    assert rules.standing(tx, ana) == Standing(run=1, spells=1, quiet_until_week=9)
    assert rules.standing(tx, ben) == Standing()


def test_who_is_looked_at_again_is_due_now_and_who_is_overdue_stays_so(
    tx: Tx, ana: PersonRef, ben: PersonRef
) -> None:
    rules.begin(tx, ana, CHECKIN, NOW, NOW + HOUR)
    rules.begin(tx, ana, WEEKLY, NOW, None)
    rules.begin(tx, ben, CHECKIN, NOW, NOW - HOUR)
    for ref in (ana, ben):
        rules.look_again(tx, ref, NOW)
    assert [rules.next_due_at(tx, ana, kind) for kind in (CHECKIN, WEEKLY)] == [NOW, NOW]
    assert rules.next_due_at(tx, ben, CHECKIN) == NOW - HOUR
