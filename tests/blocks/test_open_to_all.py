"""Crisis help, the menu, the practice, replies: open to everybody, at any time."""

from __future__ import annotations

from typing import get_args

import pytest

from bot.blocks import crisis, ids, practices, replies
from bot.blocks.replies import Trouble
from bot.content import Content, Words
from tests.blocks.reading import buttons, joined


def crisis_lines(words: Words, country: str) -> list[str]:
    return [line.replace("&", "&amp;") for line in words.crisis(country).lines]


@pytest.mark.parametrize("country", ["US", "MX", ""])
def test_the_crisis_card_has_the_lines_first_and_the_menu_after(words: Words, country: str) -> None:
    said = joined(crisis.card(words, country=country))
    lines = crisis_lines(words, country)
    assert all(line in said for line in lines)
    assert said.index(lines[-1]) < said.index(words("menu.lead"))


def test_the_crisis_card_speaks_of_oneself_of_clients_and_of_no_watcher(words: Words) -> None:
    said = joined(crisis.view(words, country="US"))
    for key in ("crisis.about_you", "crisis.about_client", "crisis.nobody_watches"):
        assert words(key) in said


def test_addresses_in_crisis_lines_can_be_tapped(words: Words) -> None:
    assert "<https://988lifeline.org|988lifeline.org>" in str(crisis.card(words, country="US").blocks)


def test_somebody_whose_language_is_not_known_reads_every_language(content: Content) -> None:
    said = joined(crisis.both_languages(content, country="US"))
    for code in content.languages:
        assert crisis_lines(content.words(code), "US")[0] in said


def test_the_text_to_pin_needs_no_button(words: Words) -> None:
    message = crisis.pin_text(words, country="US")
    assert not buttons(message)
    assert all(line in joined(message) for line in crisis_lines(words, "US"))


def test_the_menu_opens_everything_that_is_open_to_all(words: Words) -> None:
    message = crisis.menu(words, country="US")
    assert set(buttons(message)) == {
        ids.OPENED_ASK,
        ids.OPENED_PEER,
        ids.OPENED_PRACTICE,
        ids.OPENED_WHO_SEES,
        ids.OPENED_SETTINGS,
        ids.OPENED_PAUSE,
        ids.STOPPED,
    }
    assert words.crisis("US").short in joined(message)


def test_whoever_types_hears_that_nobody_reads_along(words: Words) -> None:
    said = joined(replies.dm_reply(words, country="US"))
    assert said.startswith(words("reply.program"))
    assert all(line in said for line in crisis_lines(words, "US"))


@pytest.mark.parametrize("kind", get_args(Trouble))
def test_every_trouble_has_a_kind_sentence_with_the_crisis_line(words: Words, kind: Trouble) -> None:
    message = replies.sorry(words, kind, country="US")
    assert words(f"sorry.{kind}") in joined(message)
    assert words.crisis("US").short in joined(message)
    assert words(f"sorry.{kind}") in joined(replies.sorry_view(words, kind))


def test_a_message_can_be_shown_as_a_view(words: Words) -> None:
    message = crisis.menu(words, country="US")
    assert replies.as_view(words, message)["blocks"] == message.blocks


def test_the_pause_says_how_long_how_sure_and_that_nothing_is_kept(words: Words) -> None:
    said = joined(practices.practice(words, "PR01"))
    assert "1 min" in said
    assert words("evidence.strong") in said
    assert not buttons(practices.practice(words, "PR01"))


def test_a_practice_that_does_not_exist_is_an_error(words: Words) -> None:
    with pytest.raises(KeyError):
        practices.practice(words, "PR99")
