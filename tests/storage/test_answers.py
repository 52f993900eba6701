from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from bot.domain.members import PersonRef
from bot.domain.rotation import CORE
from storage import answers
from storage.crypto import NONCE_BYTES, PADDED_BYTES, Keys, Unreadable
from storage.database import Store, Tx
from storage.schema import answers as answers_table
from storage.schema import person_keys
from tests.storage.at_once import at_once

WEEK = 3
EVERYTHING = {CORE: 5, "qI03": 4, "qS1": 1, "qB1": 11}


def kept(tx: Tx) -> list[tuple[str, int, bool]]:
    """Who has a row for which week, and whether the core question was answered."""
    columns = (answers_table.c.ref, answers_table.c.week, answers_table.c.weighed)
    rows = tx.execute(select(*columns).order_by(*columns))
    return [(row.ref, row.week, row.weighed) for row in rows]


def swap(tx: Tx, ref: PersonRef, week: int, sealed_of: tuple[PersonRef, int]) -> None:
    """Put the ciphertext of one row into another, as somebody with the database could."""
    other = (answers_table.c.ref == sealed_of[0], answers_table.c.week == sealed_of[1])
    sealed = tx.execute(select(answers_table.c.sealed).where(*other)).scalar_one()
    here = (answers_table.c.ref == ref, answers_table.c.week == week)
    tx.execute(update(answers_table).where(*here).values(sealed=sealed))


def test_somebody_s_answers_come_back_to_them(tx: Tx, ana: PersonRef, ben: PersonRef) -> None:
    answers.save(tx, ana, WEEK, EVERYTHING)
    assert answers.own(tx, ana, WEEK) == EVERYTHING
    assert answers.own(tx, ana, WEEK + 1) == {}
    assert answers.own(tx, ben, WEEK) == {}


def test_editing_replaces_everything_that_was_there(tx: Tx, ana: PersonRef) -> None:
    answers.save(tx, ana, WEEK, EVERYTHING)
    answers.save(tx, ana, WEEK, {"qI03": 2})
    assert answers.own(tx, ana, WEEK) == {"qI03": 2}
    assert kept(tx) == [(ana, WEEK, False)]


@pytest.mark.parametrize(("given", "weighed"), [({CORE: 1}, True), (EVERYTHING, True), ({"qS1": 5}, False)])
def test_only_the_core_question_counts_as_taking_part(
    tx: Tx, ana: PersonRef, given: dict[str, int], weighed: bool
) -> None:
    answers.save(tx, ana, WEEK, given)
    assert kept(tx) == [(ana, WEEK, weighed)]


def test_a_blank_submit_stores_nothing_not_even_a_key(tx: Tx, ana: PersonRef) -> None:
    answers.save(tx, ana, WEEK, {})
    assert kept(tx) == []
    assert tx.execute(select(person_keys)).all() == []


def test_a_blank_edit_deletes_what_was_stored(tx: Tx, ana: PersonRef) -> None:
    answers.save(tx, ana, WEEK, EVERYTHING)
    answers.save(tx, ana, WEEK + 1, EVERYTHING)
    answers.save(tx, ana, WEEK, {})
    assert kept(tx) == [(ana, WEEK + 1, True)]
    assert answers.own(tx, ana, WEEK) == {}


def test_old_weeks_are_erased_for_everybody(tx: Tx, ana: PersonRef, ben: PersonRef) -> None:
    for ref in (ana, ben):
        for week in range(4):
            answers.save(tx, ref, week, {CORE: 2})
    answers.forget_before(tx, 2)
    assert [week for ref, week, _ in kept(tx) if ref == ana] == [2, 3]
    assert [week for ref, week, _ in kept(tx) if ref == ben] == [2, 3]


def test_the_release_reads_the_core_question_of_its_weeks_alone(tx: Tx, ana: PersonRef) -> None:
    for week, given in ((3, {CORE: 5}), (4, EVERYTHING), (5, {"qS1": 1}), (6, {CORE: 2}), (8, {CORE: 1})):
        answers.save(tx, ana, week, given)
    assert answers.weights(tx, ana, range(4, 8)) == [5, 2]
    assert answers.weights(tx, ana, range(20, 24)) == []


def test_what_cannot_be_read_by_the_release_is_left_out_and_raises_nothing(
    tx: Tx, ana: PersonRef, ben: PersonRef
) -> None:
    for ref, week in ((ana, 4), (ana, 5), (ben, 4)):
        answers.save(tx, ref, week, {CORE: 3})
    swap(tx, ana, 5, sealed_of=(ana, 4))
    assert answers.weights(tx, ana, range(4, 8)) == [3]
    tx.execute(person_keys.delete())
    assert answers.weights(tx, ben, range(4, 8)) == []


@pytest.mark.parametrize("value", [0, 6, -1, 10**30])
def test_a_weight_out_of_range_is_left_out(tx: Tx, ana: PersonRef, value: int) -> None:
    answers.save(tx, ana, 4, {CORE: value})
    assert answers.weights(tx, ana, range(4, 8)) == []


@pytest.mark.parametrize("given", [{"qS1": 1}, {CORE: 5}, EVERYTHING, {f"qI{n:02}": 5 for n in range(1, 13)}])
def test_every_row_has_one_length(tx: Tx, ana: PersonRef, given: dict[str, int]) -> None:
    answers.save(tx, ana, WEEK, given)
    [sealed] = tx.execute(select(answers_table.c.sealed)).scalars()
    assert len(sealed) == NONCE_BYTES + PADDED_BYTES + 16


def test_one_key_seals_all_of_somebody_s_weeks_and_nobody_else_s(
    tx: Tx, ana: PersonRef, ben: PersonRef
) -> None:
    for ref, week in ((ana, 1), (ana, 2), (ben, 1)):
        answers.save(tx, ref, week, {CORE: 3})
    wrapped = dict(tx.execute(select(person_keys.c.ref, person_keys.c.wrapped)).all())
    assert set(wrapped) == {ana, ben}
    assert len({tx.keys.unwrap("T1", PersonRef(ref), key) for ref, key in wrapped.items()}) == 2


def test_a_ciphertext_moved_to_another_week_or_person_is_unreadable(
    tx: Tx, ana: PersonRef, ben: PersonRef
) -> None:
    for ref, week in ((ana, 1), (ana, 2), (ben, 1)):
        answers.save(tx, ref, week, {CORE: 3})
    swap(tx, ana, 2, sealed_of=(ana, 1))
    swap(tx, ben, 1, sealed_of=(ana, 1))
    for ref, week in ((ana, 2), (ben, 1)):
        with pytest.raises(Unreadable):
            answers.own(tx, ref, week)
    assert answers.own(tx, ana, 1) == {CORE: 3}


def test_a_data_key_moved_to_another_person_opens_nothing(tx: Tx, ana: PersonRef, ben: PersonRef) -> None:
    answers.save(tx, ana, WEEK, {CORE: 3})
    answers.save(tx, ben, WEEK, {CORE: 3})
    stolen = tx.execute(select(person_keys.c.wrapped).where(person_keys.c.ref == ana)).scalar_one()
    tx.execute(update(person_keys).where(person_keys.c.ref == ben).values(wrapped=stolen))
    with pytest.raises(Unreadable):
        answers.own(tx, ben, WEEK)


def test_another_master_key_reads_nothing(entered: Store, open_store: Callable[..., Store]) -> None:
    ref = entered.keys.ref("T1", "U0ANA")
    with entered.begin("T1") as tx:
        answers.save(tx, ref, WEEK, EVERYTHING)
    thief = open_store(Keys(master=b"x" * 32, reference=entered.keys.reference))
    with thief.begin("T1") as tx, pytest.raises(Unreadable):
        answers.own(tx, ref, WEEK)


def test_without_its_data_key_an_answer_is_gone_for_good(tx: Tx, ana: PersonRef) -> None:
    answers.save(tx, ana, WEEK, EVERYTHING)
    tx.execute(person_keys.delete())
    with pytest.raises(Unreadable):
        answers.own(tx, ana, WEEK)


@pytest.mark.parametrize("week", range(5))
def test_two_first_submits_at_once_both_succeed_and_one_is_kept(
    entered: Store, open_store: Callable[..., Store], week: int
) -> None:
    ref, other = entered.keys.ref("T1", "U0ANA"), open_store()

    def submit(store: Store, weight: int) -> None:
        with store.begin("T1") as tx:
            answers.save(tx, ref, week, {CORE: weight})

    at_once(lambda: submit(entered, 1), lambda: submit(other, 5))
    with entered.begin("T1") as tx:
        assert answers.own(tx, ref, week) in ({CORE: 1}, {CORE: 5})
        assert kept(tx) == [(ref, week, True)]


def test_two_weeks_sealed_at_once_for_the_first_time_are_both_readable(
    entered: Store, open_store: Callable[..., Store]
) -> None:
    ref, other = entered.keys.ref("T1", "U0ANA"), open_store()

    def submit(store: Store, week: int) -> None:
        with store.begin("T1") as tx:
            answers.save(tx, ref, week, {CORE: week})

    at_once(lambda: submit(entered, 1), lambda: submit(other, 2))
    with entered.read("T1") as tx:
        assert [answers.own(tx, ref, week) for week in (1, 2)] == [{CORE: 1}, {CORE: 2}]
