from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.domain.members import PersonRef
from bot.domain.notices import Fate, Kind, Notice, notice
from storage import outbox
from storage.database import Store, Tx
from storage.outbox import LEASE, Claim
from storage.schema import outbox as outbox_table
from tests.storage.at_once import at_once

NOW = datetime(2026, 11, 25, 15, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ENDS = (Fate.SENT, Fate.NOT_WANTED, Fate.EXPIRED, Fate.PARKED, Fate.HELD)


def note(to: PersonRef, about: str = "w1", kind: Kind = Kind.CHECKIN, **more: Any) -> Notice:
    return notice(kind, to, about, more.pop("due_at", NOW), **more)


def claimed(tx: Tx, now: datetime = NOW) -> Claim:
    claim = outbox.claim(tx, now)
    assert claim is not None
    return claim


def attempted(tx: Tx) -> Claim:
    claim = claimed(tx)
    assert outbox.mark_attempted(tx, claim)
    return claim


def fates(tx: Tx) -> list[tuple[str, str | None]]:
    rows = tx.execute(select(outbox_table.c.fate, outbox_table.c.reason).order_by(outbox_table.c.dedupe_key))
    return [(row.fate, row.reason) for row in rows]


def let_leases_lapse(tx: Tx) -> None:
    """Real time cannot be moved, so the rows are: every lease ended a minute ago."""
    held = outbox_table.c.lease_until.is_not(None)
    tx.execute(update(outbox_table).where(held).values(lease_until=tx.real_now() - MINUTE))


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
    assert outbox.claim(tx, NOW + timedelta(days=9)) is None


def test_nothing_is_claimed_before_it_is_due(tx: Tx, ana: PersonRef) -> None:
    outbox.add(tx, note(ana))
    assert outbox.claim(tx, NOW - timedelta(microseconds=1)) is None
    assert outbox.earliest_due_at(tx) == NOW
    assert claimed(tx)
    assert outbox.claim(tx, NOW) is None


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
    assert outbox.mark_sent(tx, claim, "D1", "1.5")
    assert outbox.sent_at(tx, note(ana).dedupe_key) == ("D1", "1.5")
    assert outbox.sent_at(tx, note(ana, "w2").dedupe_key) is None
    assert not outbox.mark_sent(tx, claim, "D1", "2.5")


def test_a_message_is_not_recorded_as_sent_without_an_attempt(tx: Tx, ana: PersonRef) -> None:
    outbox.add(tx, note(ana))
    assert not outbox.mark_sent(tx, claimed(tx), "D1", "1.5")


@pytest.mark.parametrize("after", [claimed, attempted])
@pytest.mark.parametrize("fate", [Fate.NOT_WANTED, Fate.EXPIRED, Fate.PARKED, Fate.HELD])
def test_a_claim_ends_once_with_its_reason(
    tx: Tx, ana: PersonRef, fate: Fate, after: Callable[[Tx], Claim]
) -> None:
    outbox.add(tx, note(ana))
    claim = after(tx)
    assert outbox.settle(tx, claim, fate, "channel_not_found")
    assert not outbox.settle(tx, claim, Fate.WAITING)
    assert not outbox.postpone(tx, claim, NOW)
    assert not outbox.mark_attempted(tx, claim)
    assert fates(tx) == [(fate, "channel_not_found")]


def test_a_postponed_notice_waits_until_then(tx: Tx, ana: PersonRef) -> None:
    outbox.add(tx, note(ana))
    first = claimed(tx)
    assert outbox.postpone(tx, first, NOW + MINUTE)
    assert outbox.claim(tx, NOW) is None
    again = claimed(tx, NOW + MINUTE)
    assert (again.delivery_id, again.fence) == (first.delivery_id, first.fence + 1)
    assert not outbox.mark_attempted(tx, first)


def test_a_lapsed_lease_is_taken_over_and_the_old_holder_changes_nothing(tx: Tx, ana: PersonRef) -> None:
    outbox.add(tx, note(ana))
    old = claimed(tx)
    let_leases_lapse(tx)
    new = claimed(tx)
    assert (new.delivery_id, new.fence) == (old.delivery_id, old.fence + 1)
    assert not outbox.mark_attempted(tx, old)
    assert not outbox.settle(tx, old, Fate.NOT_WANTED)
    assert not outbox.postpone(tx, old, NOW + MINUTE)
    assert outbox.mark_attempted(tx, new)
    assert not outbox.mark_sent(tx, old, "D1", "1.0")
    assert outbox.mark_sent(tx, new, "D1", "2.0")
    assert outbox.sent_at(tx, note(ana).dedupe_key) == ("D1", "2.0")


def test_a_lease_that_runs_is_left_alone_whatever_the_movable_clock_says(tx: Tx, ana: PersonRef) -> None:
    outbox.add(tx, note(ana))
    claimed(tx)
    assert outbox.claim(tx, NOW + timedelta(days=365)) is None


def test_a_lease_lasts_a_minute_of_the_database_s_time(tx: Tx, ana: PersonRef) -> None:
    outbox.add(tx, note(ana))
    before = tx.real_now()
    claimed(tx)
    lease_until = tx.execute(select(outbox_table.c.lease_until)).scalar_one()
    assert before + LEASE <= lease_until <= tx.real_now() + LEASE


def test_an_attempt_is_never_taken_over_but_held(tx: Tx, ana: PersonRef, ben: PersonRef) -> None:
    for ref in (ana, ben):
        outbox.add(tx, note(ref))
    attempted(tx)
    let_leases_lapse(tx)
    claimed(tx)
    assert outbox.claim(tx, NOW) is None
    assert outbox.hold_lapsed_attempts(tx) == 1
    assert outbox.hold_lapsed_attempts(tx) == 0
    assert sorted(fates(tx)) == [(Fate.CLAIMED, None), (Fate.HELD, "worker_lost")]


def test_a_held_message_that_did_go_out_can_still_be_recorded(tx: Tx, ana: PersonRef) -> None:
    outbox.add(tx, note(ana))
    claim = attempted(tx)
    let_leases_lapse(tx)
    outbox.hold_lapsed_attempts(tx)
    assert outbox.mark_sent(tx, claim, "D1", "1.0")
    assert outbox.sent_at(tx, note(ana).dedupe_key) == ("D1", "1.0")


def test_an_attempt_within_its_lease_is_not_held(tx: Tx, ana: PersonRef) -> None:
    outbox.add(tx, note(ana))
    attempted(tx)
    assert outbox.hold_lapsed_attempts(tx) == 0
    assert fates(tx) == [(Fate.ATTEMPTED, None)]


def test_what_is_in_hand_or_waits_is_told_apart_from_what_ended(tx: Tx) -> None:
    people = [tx.ref(f"U{n}") for n in range(4)]
    for minutes, ref in enumerate(people):
        outbox.add(tx, note(ref, due_at=NOW + minutes * MINUTE))
    outbox.settle(tx, claimed(tx), Fate.NOT_WANTED)
    assert outbox.earliest_due_at(tx) == NOW + MINUTE
    claimed(tx, NOW + MINUTE)
    assert outbox.earliest_due_at(tx) == NOW + MINUTE


def test_an_empty_outbox_has_nothing_due_or_stuck(tx: Tx) -> None:
    assert outbox.claim(tx, NOW) is None
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
                claim = outbox.claim(tx, NOW)
            if claim is None:
                return taken
            taken.append(claim.delivery_id)

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
        assert outbox.claim(tx, NOW) is None


def test_every_kind_of_notice_fits_with_its_longest_name(tx: Tx, ana: PersonRef) -> None:
    for kind in Kind:
        assert outbox.add(tx, note(ana, f"{'f' * 32}|come_again|202611251500", kind))
    assert {claimed(tx).kind for _ in Kind} == set(Kind)
