"""`choir verify-privacy --database`: an installation's own rows are looked at, and what is wrong is said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import DBAPIError

from bot.audit import own
from bot.audit.agency import BEGINS_AT, EPOCH, Agency, people
from bot.domain.localtime import freeze_at
from storage.database import Store, Tx
from storage.schema import answers, contributors, ledger, metadata, releases
from tests.schedules.agency import new_agency
from tests.storage.full import fill

NINE = people(9)


@pytest.fixture
def agency(store: Store) -> Agency:
    """One update is made, and the next four weeks run."""
    made = new_agency(store)
    made.team("a", NINE)
    made.answer(0, dict.fromkeys(NINE, 4))
    made.at(BEGINS_AT).at(freeze_at(EPOCH, 0))
    return made


def wrong(agency: Agency) -> list[str]:
    mark = agency.setting.ledger_mark.file
    found = list(own.check(agency.setting.store.url, mark))
    assert len(found) == len(own.LOOKS) + 2
    return [finding.measured for finding in found if not finding.holds]


def test_nothing_is_wrong_with_a_database_as_the_program_makes_it(agency: Agency) -> None:
    agency.answer(4, dict.fromkeys(NINE, 2))
    assert wrong(agency) == []
    agency.at(freeze_at(EPOCH, 1)).erase()
    assert wrong(agency) == []


def test_nothing_is_wrong_with_one_that_is_full(store: Store) -> None:
    with store.begin("T1") as tx:
        fill(tx, {user_id: tx.ref(user_id) for user_id in ("U0PLANTEDANA", "U0PLANTEDBEN")})
    sealed = "Sealed answers and raises: one length, nothing repeated, nothing that looks like text"
    plain = (
        "People are pseudonyms everywhere but in the one sealed column",
        "Messages to be sent carry no text",
    )
    with store.read("T1") as tx:
        assert [list(own.LOOKS[name](tx)) for name in (sealed, *plain)] == [[], [], []]


def a_debit_is_gone(tx: Tx) -> None:
    tx.execute(delete(ledger).where(ledger.c.ref == tx.ref(NINE[0])))


def somebody_was_counted_four_times(tx: Tx) -> None:
    row = {"workspace": tx.workspace, "ref": tx.ref("UPUPPET")}
    tx.execute(insert(ledger), [row | {"period": period} for period in (0, 1, 2)])
    tx.execute(insert(ledger).values(**row | {"ref": tx.ref(NINE[0]), "period": 1}))


def five_took_part(tx: Tx) -> None:
    tx.execute(update(releases).where(releases.c.y.is_not(None)).values(m=5))


def words_without_an_update(tx: Tx) -> None:
    tx.execute(update(releases).where(releases.c.y.is_(None)).values(lines={"en": ["Heavier."]}))


def contributors_stay(tx: Tx) -> None:
    found = tx.execute(select(releases.c.group_id).where(releases.c.y.is_not(None))).scalar_one()
    row = {"workspace": tx.workspace, "period": 0, "group_id": found, "ref": tx.ref(NINE[0])}
    tx.execute(insert(contributors).values(**row))


def an_answer_lies_open(tx: Tx) -> None:
    plain = b'{"qC1":5}'.ljust(own.SEALED_BYTES)
    tx.execute(update(answers).where(answers.c.ref == tx.ref(NINE[0])).values(sealed=plain))


def an_answer_is_longer(tx: Tx) -> None:
    tx.execute(update(answers).where(answers.c.ref == tx.ref(NINE[0])).values(sealed=bytes(range(256)) * 3))


def an_answer_is_a_copy(tx: Tx) -> None:
    one = tx.execute(select(answers.c.sealed).where(answers.c.ref == tx.ref(NINE[0]))).scalar_one()
    tx.execute(update(answers).where(answers.c.ref == tx.ref(NINE[1])).values(sealed=one))


def somebody_is_named(tx: Tx) -> None:
    tx.execute(insert(metadata.tables["admins"]).values(workspace=tx.workspace, ref="U0SOMEBODY"))


def a_message_carries_text(tx: Tx) -> None:
    at = datetime(2027, 1, 1, tzinfo=UTC)
    row = {"delivery_id": "d", "dedupe_key": "d", "kind": "ask", "urgency": 1, "due_at": at, "expires_at": at}
    facts = {"why": "he cried in the hall"}
    tx.execute(insert(metadata.tables["outbox"]).values(workspace="T1", fate="waiting", facts=facts, **row))


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (a_debit_is_gone, "one debit for each person counted"),
        (somebody_was_counted_four_times, "one debit for each person counted"),
        (five_took_part, "too few who took part"),
        (words_without_an_update, "published of a period without an update"),
        (contributors_stay, "were not forgotten"),
        (an_answer_lies_open, "looks like text"),
        (an_answer_is_longer, "differ in length"),
        (an_answer_is_a_copy, "share their beginning"),
        (somebody_is_named, "admins names somebody"),
        (a_message_carries_text, "carries text"),
    ],
)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_is_wrong_is_said(agency: Agency, damage: Callable[[Tx], None], said: str) -> None:
    with agency.begin() as tx:
        damage(tx)
    assert any(said in told for told in wrong(agency))


def test_a_mark_that_is_behind_is_said(agency: Agency) -> None:
    agency.setting.ledger_mark.replace({})
    assert [told for told in wrong(agency) if "LEDGER_MARK" in told]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_time_beside_answers_and_a_missing_key_are_said(agency: Agency) -> None:
    with agency.begin() as tx:
        tx.connection.exec_driver_sql("ALTER TABLE answers ADD COLUMN given_at DATETIME")
        tx.connection.exec_driver_sql("DROP TABLE ledger")
        tx.connection.exec_driver_sql("CREATE TABLE ledger (workspace TEXT, period INTEGER, ref TEXT)")
    (told,) = wrong(agency)[:1]
    assert "answers tells when something was written" in told
    assert "ledger has another key" in told


def test_the_database_refuses_to_be_written_meanwhile(store: Store) -> None:
    with (
        own.reading_only(store.engine),
        pytest.raises(DBAPIError, match=r"read-?only"),
        store.begin("T1") as tx,
    ):
        tx.execute(insert(ledger).values(workspace="T1", period=0, ref="x"))
    with store.begin("T1") as tx:
        tx.execute(insert(ledger).values(workspace="T1", period=0, ref="x"))
