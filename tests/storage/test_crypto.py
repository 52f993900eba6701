from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.members import PersonRef
from bot.domain.raises import EVERY
from bot.domain.rotation import CORE, ROWS
from storage.crypto import (
    KEY_BYTES,
    NONCE_BYTES,
    PADDED_BYTES,
    Keys,
    Unreadable,
    open_answers,
    open_phrases,
    seal_answers,
    seal_phrases,
)

KEYS = Keys(master=b"m" * KEY_BYTES, reference=b"r" * KEY_BYTES)
OTHERS = Keys(master=b"n" * KEY_BYTES, reference=b"s" * KEY_BYTES)
DATA_KEY = b"d" * KEY_BYTES
ANA, BEN = PersonRef("a" * 64), PersonRef("b" * 64)
TAG_BYTES = 16

questions = st.sampled_from(sorted({CORE, *(key for row in ROWS for key in row)}))
answers = st.dictionaries(questions, st.integers(1, 11), max_size=31)
user_ids = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=1, max_size=32)


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_key_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Keys(master=bytes(length), reference=bytes(KEY_BYTES))
    with pytest.raises(ValueError, match="32 bytes"):
        Keys(master=bytes(KEY_BYTES), reference=bytes(length))


def test_keys_never_show_themselves() -> None:
    assert repr(KEYS) == str(KEYS) == "Keys()"


@given(user_ids, user_ids)
def test_a_pseudonym_is_the_same_every_time_and_nobody_else_s(one: str, other: str) -> None:
    ref = KEYS.ref("T1", one)
    assert re.fullmatch("[0-9a-f]{64}", ref)
    assert ref == KEYS.ref("T1", one)
    assert (ref == KEYS.ref("T1", other)) == (one == other)
    assert ref != KEYS.ref("T2", one)


def test_a_pseudonym_hangs_on_the_reference_key_alone() -> None:
    same_reference = Keys(master=OTHERS.master, reference=KEYS.reference)
    assert same_reference.ref("T1", "U0ANA") == KEYS.ref("T1", "U0ANA")
    assert OTHERS.ref("T1", "U0ANA") != KEYS.ref("T1", "U0ANA")


def test_the_mark_of_a_message_hangs_on_the_reference_key_and_is_no_pseudonym() -> None:
    mark = KEYS.delivery_id("T1", "checkin|a|w1")
    assert re.fullmatch("[0-9a-f]{32}", mark)
    same_reference = Keys(master=OTHERS.master, reference=KEYS.reference)
    assert same_reference.delivery_id("T1", "checkin|a|w1") == mark
    others = {
        OTHERS.delivery_id("T1", "checkin|a|w1"),
        KEYS.delivery_id("T1", "checkin|a|w2"),
        KEYS.delivery_id("T2", "checkin|a|w1"),
        KEYS.ref("T1", "checkin|a|w1")[:32],
    }
    assert mark not in others


def test_either_wrong_key_is_noticed() -> None:
    checks = {
        Keys(master=master, reference=reference).check("T1")
        for master in (KEYS.master, OTHERS.master)
        for reference in (KEYS.reference, OTHERS.reference)
    }
    assert len(checks) == 4
    assert KEYS.check("T1") != KEYS.check("T2")


@given(user_ids)
def test_a_slack_id_is_sealed_for_one_workspace_and_one_key(user_id: str) -> None:
    sealed = KEYS.seal_id("T1", user_id)
    assert KEYS.open_id("T1", sealed) == user_id
    assert sealed != KEYS.seal_id("T1", user_id)
    for keys, workspace in ((KEYS, "T2"), (OTHERS, "T1")):
        with pytest.raises(Unreadable):
            keys.open_id(workspace, sealed)


def test_sealing_ids_and_wrapping_keys_use_different_keys() -> None:
    equal = Keys(master=b"k" * KEY_BYTES, reference=b"k" * KEY_BYTES)
    with pytest.raises(Unreadable):
        equal.open_id("T1", equal.new_data_key("T1", ANA, equal.check("T1")))


def test_a_data_key_is_fresh_and_opens_for_its_person_only() -> None:
    wrapped = KEYS.new_data_key("T1", ANA, KEYS.check("T1"))
    key = KEYS.unwrap("T1", ANA, wrapped)
    assert len(key) == KEY_BYTES
    assert key != KEYS.unwrap("T1", ANA, KEYS.new_data_key("T1", ANA, KEYS.check("T1")))
    for keys, workspace, ref in ((KEYS, "T1", BEN), (KEYS, "T2", ANA), (OTHERS, "T1", ANA)):
        with pytest.raises(Unreadable):
            keys.unwrap(workspace, ref, wrapped)


@given(answers)
def test_answers_come_back_and_have_one_length_whatever_they_are(given_answers: dict[str, int]) -> None:
    sealed = seal_answers(DATA_KEY, ANA, 3, given_answers)
    assert open_answers(DATA_KEY, ANA, 3, sealed) == given_answers
    assert len(sealed) == NONCE_BYTES + PADDED_BYTES + TAG_BYTES


def test_the_same_answers_never_look_the_same_twice() -> None:
    assert len({seal_answers(DATA_KEY, ANA, 3, {CORE: 5}) for _ in range(50)}) == 50


@pytest.mark.parametrize(
    ("key", "ref", "week"), [(b"e" * KEY_BYTES, ANA, 3), (DATA_KEY, BEN, 3), (DATA_KEY, ANA, 4)]
)
def test_a_wrong_key_another_person_or_another_week_reads_nothing(
    key: bytes, ref: PersonRef, week: int
) -> None:
    sealed = seal_answers(DATA_KEY, ANA, 3, {CORE: 5})
    with pytest.raises(Unreadable):
        open_answers(key, ref, week, sealed)


@given(st.integers(0, NONCE_BYTES + PADDED_BYTES + TAG_BYTES - 1), st.integers(0, 7))
def test_a_single_changed_bit_is_noticed(at: int, bit: int) -> None:
    sealed = bytearray(seal_answers(DATA_KEY, ANA, 3, {CORE: 5}))
    sealed[at] ^= 1 << bit
    with pytest.raises(Unreadable):
        open_answers(DATA_KEY, ANA, 3, bytes(sealed))


@pytest.mark.parametrize("length", [0, 5, NONCE_BYTES, NONCE_BYTES + TAG_BYTES - 1])
def test_what_is_too_short_is_unreadable_and_no_crash(length: int) -> None:
    with pytest.raises(Unreadable):
        open_answers(DATA_KEY, ANA, 3, bytes(length))


def test_more_than_a_week_can_ask_is_refused_rather_than_made_longer() -> None:
    with pytest.raises(ValueError, match="more than one row"):
        seal_answers(DATA_KEY, ANA, 3, {f"q{n:04}": 1 for n in range(100)})


def test_an_unreadable_says_nothing_of_what_was_sealed() -> None:
    with pytest.raises(Unreadable) as caught:
        open_answers(b"e" * KEY_BYTES, ANA, 3, seal_answers(DATA_KEY, ANA, 3, {CORE: 5}))
    assert (str(caught.value), caught.value.__cause__, caught.value.__suppress_context__) == ("", None, True)


@given(st.sets(st.sampled_from(EVERY)))
def test_what_somebody_said_with_others_comes_back_and_tells_nothing_by_its_length(phrases: set[str]) -> None:
    sealed = seal_phrases(DATA_KEY, ANA, 3, phrases)
    assert open_phrases(DATA_KEY, ANA, 3, sealed) == phrases
    assert len(sealed) == NONCE_BYTES + PADDED_BYTES + TAG_BYTES
    assert not any(phrase.encode() in sealed for phrase in phrases)


@pytest.mark.parametrize(
    ("key", "ref", "period"), [(b"e" * KEY_BYTES, ANA, 3), (DATA_KEY, BEN, 3), (DATA_KEY, ANA, 4)]
)
def test_it_opens_with_its_own_key_for_its_own_person_and_period_only(
    key: bytes, ref: PersonRef, period: int
) -> None:
    with pytest.raises(Unreadable):
        open_phrases(key, ref, period, seal_phrases(DATA_KEY, ANA, 3, {"hours"}))


def test_answers_and_phrases_cannot_stand_in_for_each_other() -> None:
    with pytest.raises(Unreadable):
        open_phrases(DATA_KEY, ANA, 3, seal_answers(DATA_KEY, ANA, 3, {CORE: 5}))
    with pytest.raises(Unreadable):
        open_answers(DATA_KEY, ANA, 3, seal_phrases(DATA_KEY, ANA, 3, {"hours"}))
