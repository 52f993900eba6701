"""What is typed after /choir: both languages, with and without accents, from one list."""

from __future__ import annotations

import pytest

from bot.content import Content, Words
from bot.content.commands import NAMES, plain


@pytest.mark.parametrize(
    ("typed", "command"),
    [
        ("crisis", "crisis"),
        ("help", "crisis"),
        ("Ayuda ", "crisis"),
        ("¡AYUDA!", "crisis"),
        ("sos", "crisis"),
        ("emergencia", "crisis"),
        ("ayuda por favor", "crisis"),
        ("ask", "ask"),
        ("pedir", "ask"),
        ("pausa", "pause"),
        ("stop", "stop"),
        ("parar", "stop"),
        ("reanudar", "resume"),
        ("settings", "settings"),
        ("configuración", "settings"),
        ("configuracion", "settings"),
        ("quién ve qué", "privacy"),
        ("quien ve que", "privacy"),
        ("inicio", "home"),
        ("menú", "menu"),
        ("menu", "menu"),
        ("", "menu"),
        ("   ", "menu"),
        ("something else", "menu"),
    ],
)
def test_a_word_means_one_command_whatever_the_language(content: Content, typed: str, command: str) -> None:
    assert content.parse_command(typed) == command


def test_each_language_has_words_for_the_same_commands_and_no_others(words: Words) -> None:
    assert set(words.pages.commands) == NAMES


def test_no_word_means_two_commands(content: Content) -> None:
    said = [
        (plain(word), name)
        for language in content.languages
        for name, known in content.words(language).pages.commands.items()
        for word in known
    ]
    assert len({word for word, _ in said}) == len(set(said))


def test_every_word_the_menu_offers_is_understood(content: Content, words: Words) -> None:
    offered = words("menu.typed").partition(":")[2].strip(" .").split(", ")
    assert {content.parse_command(word) for word in offered} == NAMES - {"menu"}
