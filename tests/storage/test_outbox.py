from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from bot.domain.members import PersonRef
from bot.domain.notices import Fate, Kind, Notice, notice
from storage import outbox
from storage.database import Store, Tx
from storage.outbox import Claim
from storage.schema import outbox as outbox_table
from tests.storage.at_once import at_once

NOW = datetime(2026, 11, 25, 15, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LEASE = MINUTE
ENDS = (Fate.SENT, Fate.NOT_WANTED, Fate.EXPIRED, Fate.PARKED, Fate.HELD)


def note(to: PersonRef, about: str = "w1", kind: Kind = Kind.CHECKIN, **more: Any) -> Notice:
    return notice(kind, to, about, more.pop("due_at", NOW), **more)


def take(tx: Tx, now: datetime = NOW, most: int = 1) -> tuple[Claim, ...]:
    return outbox.claim(tx, now, LEASE, most)


def claimed(tx: Tx, now: datetime = NOW) -> Claim:
    (claim,) = take(tx, now)
    return claim


def mark(tx: Tx, *claims: Claim) -> frozenset[str]:
    return outbox.mark_attempted(tx, claims, LEASE)


def attempted(tx: Tx) -> Claim:
    claim = claimed(tx)
    assert mark(tx, claim) == {claim.delivery_id}
    return claim


def fates(tx: Tx) -> list[tuple[str, str | None]]:
    rows = tx.execute(select(outbox_table.c.fate, outbox_table.c.reason).order_by(outbox_table.c.dedupe_key))
    return [(row.fate, row.reason) for row in rows]


def let_leases_lapse(tx: Tx) -> None:
    """Real time cannot be moved, so the rows are: every lease ended a minute ago."""
    held = outbox_table.c.lease_until.is_not(None)
    tx.execute(update(outbox_table).where(held).values(lease_until=tx.real_now() - MINUTE))


def test_of_many_notices_at_once_only_new_ones_are_put_on_their_way(
    tx: Tx, ana: PersonRef, ben: PersonRef
) -> None:
    outbox.add(tx, note(ana, facts={"week": 1}))
    outbox.add_all(tx, [note(ana, facts={"week": 9}), note(ana, "w2"), note(ben, facts={"week": 1})])
    outbox.add_all(tx, [])
    found = {(claim.to, claim.facts.get("week")) for claim in take(tx, most=10)}
    assert found == {(ana, 1), (ana, None), (ben, 1)}


def test_a_notice_is_claimed_with_everything_it_carries(tx: Tx, ana: PersonRef) -> None:
    expires_at = NOW + timedelta(hours=3)
    outbox.add(tx, note(ana, facts={"week": 3, "ask": "a1"}, expires_at=expires_at))
    claim = claimed(tx)
    assert claim == Claim(
        delivery_id=claim.delivery_id,
        fence=1,
        kind=Kind.CHECKIN,
        to=ana,
        channel=None,
        facts={"week": 3, "ask": "a1"},
        due_at=NOW,
        expires_at=expires_at,
    )
    assert len(claim.delivery_id) == 32


def test_a_notice_to_a_channel_names_no_person(tx: Tx) -> None:
    outbox.add(tx, notice(Kind.PIN, None, "team", NOW, channel="C0TEAM"))
    claim = claimed(tx)
    assert (claim.to, claim.channel) == (None, "C0TEAM")


def test_the_same_notice_is_never_taken_twice(tx: Tx, ana: PersonRef, ben: PersonRef) -> None:
    assert outbox.add(tx, note(ana))
    assert not outbox.add(tx, note(ana, due_at=NOW + MINUTE, facts={"week": 9}))
    assert outbox.add(tx, note(ana, "w2"))
    assert outbox.add(tx, note(ben))
    assert len(fates(tx)) == 3


@pytest.mark.parametrize("fate", ENDS)
def test_what_has_ended_is_not_sent_again_by_planning_it_again(tx: Tx, ana: PersonRef, fate: Fate) -> None:
    outbox.add(tx, note(ana))
    outbox.settle(tx, attempted(tx), fate)
    assert not outbox.add(tx, note(ana))
    assert take(tx, NOW + timedelta(days=9)) == ()


def test_nothing_is_claimed_before_it_is_due(tx: Tx, ana: PersonRef) -> None:
    outbox.add(tx, note(ana))
    assert take(tx, NOW - timedelta(microseconds=1)) == ()
    assert outbox.earliest_due_at(tx) == NOW
    assert claimed(tx)
    assert take(tx) == ()


def test_what_one_person_asked_of_another_goes_first_then_the_longest_due(tx: Tx, ana: PersonRef) -> None:
    for about, kind, due_at in (
        ("1", Kind.WEEKLY, NOW - 9 * MINUTE),
        ("2", Kind.CHECKIN, NOW - MINUTE),
        ("3", Kind.CHECKIN, NOW - 2 * MINUTE),
        ("4", Kind.ASK, NOW),
    ):
        outbox.add(tx, note(ana, about, kind, due_at=due_at, facts={"n": about}))
    assert [claimed(tx).facts["n"] for _ in range(4)] == ["4", "3", "2", "1"]


def test_a_sent_message_is_remembered_by_where_it_stands(tx: Tx, ana: PersonRef) -> None:
    outbox.add(tx, note(ana))
    claim = attempted(tx)
    assert outbox.sent_at(tx, note(ana).dedupe_key) is None
    assert outbox.mark_sent(tx, [(claim, "D1", "1.5")])
    assert outbox.sent_at(tx, note(ana).dedupe_key) == ("D1", "1.5")
    assert outbox.sent_at(tx, note(ana, "w2").dedupe_key) is None
    assert not outbox.mark_sent(tx, [(claim, "D1", "2.5")])


def test_a_message_is_not_recorded_as_sent_without_an_attempt(tx: Tx, ana: PersonRef) -> None:
    outbox.add(tx, note(ana))
    assert not outbox.mark_sent(tx, [(claimed(tx), "D1", "1.5")])


@pytest.mark.parametrize("after", [claimed, attempted])
@pytest.mark.parametrize("fate", [Fate.NOT_WANTED, Fate.EXPIRED, Fate.PARKED, Fate.HELD])
def test_a_claim_ends_once_with_its_reason(
    tx: Tx, ana: PersonRef, fate: Fate, after: Callable[[Tx], Claim]
) -> None:
    outbox.add(tx, note(ana))
    claim = after(tx)
    assert outbox.settle(tx, claim, fate, "channel_not_found")
    assert not outbox.settle(tx, claim, Fate.WAITING)
    assert not outbox.postpone(tx, claim, NOW, NOW)
    assert not mark(tx, claim)
    assert fates(tx) == [(fate, "channel_not_found")]


def test_a_postponed_notice_waits_until_then(tx: Tx, ana: PersonRef) -> None:
    outbox.add(tx, note(ana))
    first = claimed(tx)
    assert outbox.postpone(tx, first, NOW + MINUTE, NOW + 9 * MINUTE)
    assert take(tx) == ()
    again = claimed(tx, NOW + MINUTE)
    assert again.expires_at == NOW + 9 * MINUTE
    assert (again.delivery_id, again.fence) == (first.delivery_id, first.fence + 1)
    assert not mark(tx, first)


def test_a_lapsed_lease_is_taken_over_and_the_old_holder_changes_nothing(tx: Tx, ana: PersonRef) -> None:
    outbox.add(tx, note(ana))
    old = claimed(tx)
    let_leases_lapse(tx)
    new = claimed(tx)
    assert (new.delivery_id, new.fence) == (old.delivery_id, old.fence + 1)
    assert not mark(tx, old)
    assert not outbox.settle(tx, old, Fate.NOT_WANTED)
    assert not outbox.postpone(tx, old, NOW + MINUTE, NOW)
    assert mark(tx, new)
    assert not outbox.mark_sent(tx, [(old, "D1", "1.0")])
    assert outbox.mark_sent(tx, [(new, "D1", "2.0")])
    assert outbox.sent_at(tx, note(ana).dedupe_key) == ("D1", "2.0")


def test_a_lease_that_runs_is_left_alone_whatever_the_movable_clock_says(tx: Tx, ana: PersonRef) -> None:
    outbox.add(tx, note(ana))
    claimed(tx)
    assert take(tx, NOW + timedelta(days=365)) == ()


def test_a_lease_lasts_a_minute_of_the_database_s_time(tx: Tx, ana: PersonRef) -> None:
    outbox.add(tx, note(ana))
    before = tx.real_now()
    claimed(tx)
    lease_until = tx.execute(select(outbox_table.c.lease_until)).scalar_one()
    assert before + LEASE <= lease_until <= tx.real_now() + LEASE


def test_as_many_are_claimed_as_there_is_room_for(tx: Tx) -> None:
    people = [tx.ref(f"U{n}") for n in range(5)]
    for minutes, ref in enumerate(people):
        outbox.add(tx, note(ref, due_at=NOW - minutes * MINUTE))
    assert [claim.to for claim in take(tx, most=2)] == [people[4], people[3]]
    assert [claim.to for claim in take(tx, most=9)] == [people[2], people[1], people[0]]


def test_of_several_claims_those_that_lapsed_are_not_attempted(
    tx: Tx, ana: PersonRef, ben: PersonRef
) -> None:
    for ref in (ana, ben):
        outbox.add(tx, note(ref))
    old = take(tx, most=2)
    outbox.settle(tx, old[0], Fate.NOT_WANTED)
    assert mark(tx, *old) == {old[1].delivery_id}
    assert sorted(fates(tx)) == [(Fate.ATTEMPTED, None), (Fate.NOT_WANTED, None)]
    assert mark(tx) == frozenset()


def test_an_attempt_whose_worker_died_is_looked_up_and_never_just_sent_again(tx: Tx, ana: PersonRef) -> None:
    outbox.add(tx, note(ana))
    old = attempted(tx)
    assert outbox.claim_unknown(tx, LEASE) is None
    let_leases_lapse(tx)
    assert take(tx) == ()
    looked_up = outbox.claim_unknown(tx, LEASE)
    assert looked_up is not None
    assert (looked_up.delivery_id, looked_up.fence) == (old.delivery_id, old.fence + 1)
    assert outbox.claim_unknown(tx, LEASE) is None
    assert not outbox.mark_sent(tx, [(old, "D1", "1.0")])
    assert outbox.mark_sent(tx, [(looked_up, "D1", "1.0")])
    assert fates(tx) == [(Fate.SENT, None)]


def test_a_request_without_an_answer_is_looked_up_once_slack_is_done_with_it(tx: Tx, ana: PersonRef) -> None:
    outbox.add(tx, note(ana))
    assert outbox.mark_unknown(tx, attempted(tx), "no_answer", MINUTE)
    assert fates(tx) == [(Fate.UNKNOWN, "no_answer")]
    assert outbox.claim_unknown(tx, LEASE) is None
    assert take(tx) == ()
    let_leases_lapse(tx)
    assert outbox.claim_unknown(tx, LEASE) is not None


def test_what_was_surely_not_sent_waits_again_and_is_as_late_as_it_was(tx: Tx, ana: PersonRef) -> None:
    outbox.add(tx, note(ana))
    outbox.mark_unknown(tx, attempted(tx), "no_answer", -MINUTE)
    absent = outbox.claim_unknown(tx, LEASE)
    assert absent is not None
    assert outbox.release(tx, absent)
    assert fates(tx) == [(Fate.WAITING, None)]
    assert claimed(tx).due_at == NOW
    assert not outbox.release(tx, absent)


def test_what_one_person_asked_of_another_is_looked_up_first(tx: Tx, ana: PersonRef, ben: PersonRef) -> None:
    for ref, kind in ((ana, Kind.CHECKIN), (ben, Kind.ASK)):
        outbox.add(tx, note(ref, kind=kind))
    for _ in range(2):
        attempted(tx)
    let_leases_lapse(tx)
    first = outbox.claim_unknown(tx, LEASE)
    assert first is not None
    assert first.kind is Kind.ASK


def test_what_is_in_hand_or_waits_is_told_apart_from_what_ended(tx: Tx) -> None:
    people = [tx.ref(f"U{n}") for n in range(4)]
    for minutes, ref in enumerate(people):
        outbox.add(tx, note(ref, due_at=NOW + minutes * MINUTE))
    outbox.settle(tx, claimed(tx), Fate.NOT_WANTED)
    assert outbox.earliest_due_at(tx) == NOW + MINUTE
    claimed(tx, NOW + MINUTE)
    assert outbox.earliest_due_at(tx) == NOW + MINUTE


def test_an_empty_outbox_has_nothing_due_or_stuck(tx: Tx) -> None:
    assert take(tx) == ()
    assert outbox.earliest_due_at(tx) is None
    assert outbox.list_stuck(tx) == ()


def test_what_is_stuck_is_counted_by_kind_and_reason_and_names_nobody(tx: Tx) -> None:
    for n, (fate, reason) in enumerate(
        (
            (Fate.PARKED, "user_not_found"),
            (Fate.PARKED, "user_not_found"),
            (Fate.HELD, "unknown_outcome"),
            (Fate.HELD, None),
            (Fate.SENT, None),
            (Fate.EXPIRED, None),
        )
    ):
        outbox.add(tx, note(tx.ref(f"U{n}")))
        outbox.settle(tx, attempted(tx), fate, reason)
    assert set(outbox.list_stuck(tx)) == {
        (Kind.CHECKIN, Fate.PARKED, "user_not_found", 2),
        (Kind.CHECKIN, Fate.HELD, "unknown_outcome", 1),
        (Kind.CHECKIN, Fate.HELD, "", 1),
    }


def test_four_workers_never_hold_one_notice_and_none_is_left(
    entered: Store, open_store: Callable[..., Store]
) -> None:
    with entered.begin("T1") as tx:
        for n in range(60):
            outbox.add(tx, note(tx.ref(f"U{n}")))

    def work(store: Store) -> list[str]:
        taken = []
        while True:
            with store.begin("T1") as tx:
                claims = take(tx, most=7)
            if not claims:
                return taken
            taken.extend(claim.delivery_id for claim in claims)

    other = open_store()
    workers = [lambda store=store: work(store) for store in (entered, other, entered, other)]
    taken = [delivery_id for ids in at_once(*workers) for delivery_id in ids]
    assert len(taken) == len(set(taken)) == 60


def test_of_planners_at_once_one_adds_each_notice(entered: Store, open_store: Callable[..., Store]) -> None:
    refs = [entered.keys.ref("T1", f"U{n}") for n in range(20)]

    def plan(store: Store) -> int:
        added = 0
        for ref in refs:
            with store.begin("T1") as tx:
                added += outbox.add(tx, note(ref))
        return added

    other = open_store()
    assert sum(at_once(lambda: plan(entered), lambda: plan(other))) == 20


def test_a_notice_goes_the_way_of_the_fact_that_caused_it(entered: Store) -> None:
    def die_while_planning() -> None:
        with entered.begin("T1") as tx:
            outbox.add(tx, note(tx.ref("U0ANA")))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        die_while_planning()
    with entered.begin("T1") as tx:
        assert take(tx) == ()


def test_every_kind_of_notice_fits_with_its_longest_name(tx: Tx, ana: PersonRef) -> None:
    for kind in Kind:
        assert outbox.add(tx, note(ana, f"{'f' * 32}|come_again|202611251500", kind))
    assert {claimed(tx).kind for _ in Kind} == set(Kind)


def test_what_waits_for_later_is_judged_again_and_nothing_else(
    tx: Tx, ana: PersonRef, ben: PersonRef
) -> None:
    for ref in (ana, ben):
        outbox.add(tx, note(ref))
    for claim in take(tx, most=2):
        outbox.postpone(tx, claim, NOW + 9 * MINUTE, claim.expires_at)
    outbox.judge_again(tx, ana, NOW + MINUTE)
    again = claimed(tx, NOW + MINUTE)
    assert (again.to, again.due_at) == (ana, NOW + MINUTE)
    outbox.judge_again(tx, ana, NOW)
    assert [claim.to for claim in take(tx, NOW + 9 * MINUTE, most=2)] == [ben]


def postponed(tx: Tx) -> None:
    outbox.postpone(tx, claimed(tx), NOW + 9 * MINUTE, NOW)


def not_wanted(tx: Tx) -> None:
    outbox.settle(tx, claimed(tx), Fate.NOT_WANTED)


def expired(tx: Tx) -> None:
    outbox.settle(tx, claimed(tx), Fate.EXPIRED)


def forgotten(tx: Tx) -> None:
    tx.execute(delete(outbox_table))


@pytest.mark.parametrize("before", [postponed, not_wanted, expired, forgotten])
def test_a_notice_that_was_never_tried_is_put_on_its_way_again(
    tx: Tx, ana: PersonRef, before: Callable[[Tx], None]
) -> None:
    outbox.add(tx, note(ana))
    before(tx)
    wanted = note(ana, facts={"week": 3, "asked_for": 1}, expires_at=NOW + MINUTE)
    assert outbox.renew(tx, wanted)
    claim = claimed(tx)
    assert (claim.facts, claim.expires_at) == ({"week": 3, "asked_for": 1}, NOW + MINUTE)
    assert len(fates(tx)) == 1


def in_hand(_tx: Tx, _claim: Claim) -> None:
    """A worker has it."""


def unknown(tx: Tx, claim: Claim) -> None:
    outbox.mark_unknown(tx, claim, "no_answer", MINUTE)


def parked(tx: Tx, claim: Claim) -> None:
    outbox.settle(tx, claim, Fate.PARKED, "user_disabled")


def held(tx: Tx, claim: Claim) -> None:
    outbox.settle(tx, claim, Fate.HELD, "history_unreadable")


def sent(tx: Tx, claim: Claim) -> None:
    outbox.mark_sent(tx, [(claim, "D1", "1.0")])


@pytest.mark.parametrize("before", [in_hand, unknown, parked, held, sent])
def test_a_notice_that_may_have_arrived_is_never_put_on_its_way_again(
    tx: Tx, ana: PersonRef, before: Callable[[Tx, Claim], None]
) -> None:
    outbox.add(tx, note(ana))
    before(tx, attempted(tx))
    was = fates(tx)
    assert not outbox.renew(tx, note(ana))
    assert fates(tx) == was


def test_a_notice_that_a_worker_has_claimed_is_left_to_it(tx: Tx, ana: PersonRef) -> None:
    outbox.add(tx, note(ana))
    claim = claimed(tx)
    assert not outbox.renew(tx, note(ana))
    assert mark(tx, claim)
