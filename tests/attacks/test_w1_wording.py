"""W1: the numbers staff read are those of the constants, in every language, and no text claims more."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from bot.content import load_content
from bot.proof import wording
from tests.attacks.findings import assert_all_hold


def test_the_numbers_and_claims_of_every_language_hold() -> None:
    assert_all_hold(wording.check)


def test_the_numbers_are_the_known_ones() -> None:
    assert wording.wanted_numbers() == {"4", "8", "6", "50:50", "73:27", "95:5"}


def test_a_number_that_stands_in_words_of_its_own_is_noticed() -> None:
    words = load_content().words("en")
    said = {**words.sentences, "privacy.group": "Once every 4 weeks, if 5 of 8 answered."}
    assert wording.numbers_read(replace(words, sentences=MappingProxyType(said))) != wording.wanted_numbers()
