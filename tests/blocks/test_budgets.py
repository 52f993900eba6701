"""Everything on the way fits a minute: DM, form, options view, every row, both languages (3.1)."""

from __future__ import annotations

import pytest

from bot.content import Words
from bot.domain.followups import choose
from bot.domain.members import Length
from bot.domain.rotation import CORE, LONG_LISTS, ROWS, keys_for
from tests.blocks import screens
from tests.blocks.reading import seconds, word_count, words_in

DM = {"en": 22, "es": 23}
FORM = {"en": 66, "es": 69}
FORM_WITH_A_LONG_LIST = {"en": 78, "es": 78}
OPTIONS = {"en": 65, "es": 61}
OPTIONS_WITH_A_LONG_LIST = {"en": 53, "es": 52}
TITLE_AND_TOP_LINE = 15
TAPS_BESIDES_ANSWERS = 3
"""Start, Submit, Not now."""

WEEKS = range(len(ROWS))


def keys(week: int, length: Length) -> tuple[str, ...]:
    return keys_for(week, length, frozenset())


def dm(words: Words, week: int, length: Length) -> int:
    return word_count(screens.arrival(words, len(keys(week, length))))


def form(words: Words, week: int, length: Length) -> int:
    return word_count(screens.form(words, week, keys(week, length)))


def options(words: Words, week: int, length: Length) -> int:
    """The longest of the three rules."""
    asked = keys(week, length)
    chosen = [choose({CORE: weight}, asked, has_supervisor=True) for weight in (3, 4, 5)]
    return max(word_count(screens.options(words, week, one)) for one in chosen)


@pytest.mark.parametrize("week", WEEKS)
def test_the_default_way_fits_the_budget_of_each_screen(words: Words, week: int) -> None:
    long_list = bool(LONG_LISTS & set(keys(week, Length.DEFAULT)))
    form_most = FORM_WITH_A_LONG_LIST if long_list else FORM
    options_most = OPTIONS_WITH_A_LONG_LIST if long_list else OPTIONS
    assert dm(words, week, Length.DEFAULT) <= DM[words.language]
    assert form(words, week, Length.DEFAULT) <= form_most[words.language]
    assert options(words, week, Length.DEFAULT) <= options_most[words.language]


@pytest.mark.parametrize(
    ("length", "most_words", "most_seconds"),
    [(Length.ONE, 150, 60), (Length.DEFAULT, 150, 60), (Length.LONGER, 230, 90)],
)
@pytest.mark.parametrize("week", WEEKS)
def test_the_whole_way_fits_its_words_and_seconds(
    words: Words, week: int, length: Length, most_words: int, most_seconds: int
) -> None:
    total = sum(screen(words, week, length) for screen in (dm, form, options))
    taps = TAPS_BESIDES_ANSWERS + len(keys(week, length))
    assert total <= most_words
    assert seconds(total, taps) <= most_seconds


def test_title_and_top_line_of_the_form_take_fifteen_words(words: Words) -> None:
    assert words_in(words("form.title")) + words_in(words("form.first_feeds")) <= TITLE_AND_TOP_LINE


@pytest.mark.parametrize("week", WEEKS)
def test_the_longer_form_has_four_questions_at_most_and_the_default_two(words: Words, week: int) -> None:
    asked = {length: len(keys(week, length)) for length in Length}
    assert asked[Length.DEFAULT] == 2
    assert 3 <= asked[Length.LONGER] <= 4


def test_the_weeks_with_long_lists_show_two_options(words: Words) -> None:
    for week in WEEKS:
        asked = keys(week, Length.DEFAULT)
        shown = choose({CORE: 5}, asked, has_supervisor=True).shown
        assert len(shown) == (2 if LONG_LISTS & set(asked) else 3)


def test_the_first_message_is_read_in_about_a_minute(words: Words) -> None:
    """Crisis lines, buttons and the promise to look up aside; silent reading of plain prose takes about
    240 words a minute."""
    message = screens.first_contact.first_contact(words, screens.CONTACT)
    aside = sum(words_in(line) for line in words.crisis("US").lines)
    *_, choices, _, whole = message.blocks
    aside += sum(words_in(part["text"]["text"]) for part in choices["elements"])
    aside += sum(words_in(part["text"]) for part in whole["elements"])
    assert word_count(message) - aside <= 250
