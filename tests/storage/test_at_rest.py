"""What somebody finds who has the database and no key: no answer, no Slack id (privacy §7, proof S1)."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing

import pytest
from sqlalchemy import select

from bot.audit.resting import at_rest, in_every_spelling
from bot.domain.members import PersonRef
from bot.domain.rotation import CORE
from storage import answers, checkins
from storage.crypto import NONCE_BYTES, PADDED_BYTES
from storage.database import Store, Tx
from storage.schema import answers as answers_table
from tests.storage.full import ANSWERS, LEAVE, NOW, fill

PLANTED_IDS = ("U0PLANTEDANA", "U0PLANTEDBEN")
PLAIN_TEXT_THAT_IS_THERE = b"Cedar Intake"
only_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def secrets_of_answers() -> Iterable[str]:
    for separators in ((",", ":"), (", ", ": ")):
        yield json.dumps(ANSWERS, separators=separators, sort_keys=True)
    for key, value in ANSWERS.items():
        yield from (f'"{key}"', f"'{key}'", f"{key}={value}", f"{key}:{value}")


@pytest.fixture
def planted(store: Store) -> Store:
    """A store in which two known people left everything there is to leave."""
    with store.begin("T1") as tx:
        fill(tx, {user_id: tx.ref(user_id) for user_id in PLANTED_IDS})
    return store


def test_no_slack_id_of_a_person_stands_anywhere(planted: Store) -> None:
    lying_there = at_rest(planted.url)
    assert PLAIN_TEXT_THAT_IS_THERE in lying_there
    assert all(planted.keys.ref("T1", user_id).encode() in lying_there for user_id in PLANTED_IDS)
    for user_id in PLANTED_IDS:
        assert [found for found in in_every_spelling(user_id) if found in lying_there] == []


def test_no_answer_stands_anywhere(planted: Store) -> None:
    lying_there = at_rest(planted.url)
    assert PLAIN_TEXT_THAT_IS_THERE in lying_there
    for secret in secrets_of_answers():
        assert [found for found in in_every_spelling(secret) if found in lying_there] == []


def test_no_day_away_stands_anywhere(planted: Store) -> None:
    lying_there = at_rest(planted.url)
    for on in (LEAVE[0].first_on, LEAVE[0].last_on):
        assert [found for found in in_every_spelling(f"{on}") if found in lying_there] == []


def test_no_key_stands_anywhere(planted: Store) -> None:
    lying_there = at_rest(planted.url)
    for key in (planted.keys.master, planted.keys.reference):
        assert key not in lying_there
        assert key.hex().encode() not in lying_there


def test_somebody_with_all_user_ids_and_no_key_recognises_nobody(planted: Store) -> None:
    lying_there = at_rest(planted.url)
    for user_id in PLANTED_IDS:
        for guess in (user_id, f"T1|{user_id}", f"T1{user_id}"):
            assert hashlib.sha256(guess.encode()).hexdigest().encode() not in lying_there


def test_light_and_heavy_weeks_lie_there_in_the_same_form(planted: Store) -> None:
    refs = [planted.keys.ref("T1", f"U{n}") for n in range(6)]
    with planted.begin("T1") as tx:
        for weight, ref in enumerate(refs):
            answers.save(tx, ref, 3, {CORE: weight, "qI10": 6 - weight} if weight else {CORE: 1})
        sealed = tx.execute(select(answers_table.c.sealed)).scalars().all()
    assert {len(one) for one in sealed} == {NONCE_BYTES + PADDED_BYTES + 16}
    assert len({bytes(one) for one in sealed}) == len({bytes(one[:NONCE_BYTES]) for one in sealed}) == 7


def forget(tx: Tx, _: PersonRef) -> None:
    answers.forget_before(tx, 4)


def edit(tx: Tx, ref: PersonRef) -> None:
    answers.save(tx, ref, 3, {CORE: 1})


def look(tx: Tx, ref: PersonRef) -> None:
    answers.own(tx, ref, 3)


@only_sqlite
@pytest.mark.parametrize(("act", "left"), [(forget, False), (edit, False), (look, True)])
def test_what_was_erased_or_edited_is_overwritten_in_the_file(
    planted: Store, act: Callable[[Tx, PersonRef], None], left: bool
) -> None:
    """Once SQLite has folded its log in, which it does by itself after 4 MB and at the end."""
    ref, file = planted.keys.ref("T1", PLANTED_IDS[0]), planted.url.removeprefix("sqlite:///")
    with planted.begin("T1") as tx:
        mine = (answers_table.c.ref == ref, answers_table.c.week == 3)
        before = bytes(tx.execute(select(answers_table.c.sealed).where(*mine)).scalar_one())
        act(tx, ref)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert (before[NONCE_BYTES : NONCE_BYTES + 32] in at_rest(planted.url)) is left


def test_no_conversation_with_a_person_stands_anywhere(planted: Store) -> None:
    """The channel of a DM is one person, as good as their id."""
    with planted.begin("T1") as tx:
        ref = planted.keys.ref("T1", PLANTED_IDS[0])
        checkins.set_newest_card(tx, ref, 3, "D0PLANTEDANA", "9.0")
        checkins.retire_card(tx, ref, 3, "8.0", NOW)
        assert (found := checkins.get(tx, ref, 3)) is not None
        assert found.channel == "D0PLANTEDANA"
    lying_there = at_rest(planted.url)
    assert [spelt for spelt in in_every_spelling("D0PLANTEDANA") if spelt in lying_there] == []
