"""A language is a pair of files: it loads, fills gaps from English, or is refused."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import pytest

from bot.content import Content, ContentError, load_content
from tests.content.languages import add_language


def test_english_and_spanish_are_packaged(content: Content) -> None:
    assert content.languages == ("en", "es")


def test_a_third_language_is_a_pair_of_files_and_nothing_else(tmp_path: Path) -> None:
    content = load_content(folder=add_language(tmp_path))
    assert content.languages == ("en", "fr")
    assert content.words("fr").language == "fr"
    assert [language.name for language in content.words("en").languages] == ["English", "Français"]


def test_only_the_languages_named_are_on() -> None:
    assert load_content(["en"]).languages == ("en",)


def test_english_is_on_even_when_only_another_language_is_named() -> None:
    assert load_content(["es"]).languages == ("en", "es")


@pytest.mark.parametrize("missing", ["crisis.about_you", "first_contact.never_sees", "privacy.group"])
def test_a_language_without_crisis_first_contact_or_privacy_text_is_refused(
    tmp_path: Path, missing: str
) -> None:
    with pytest.raises(ContentError, match=re.escape(missing)):
        load_content(folder=add_language(tmp_path, without=missing))


def test_a_language_without_the_crisis_lines_of_a_country_is_refused(tmp_path: Path) -> None:
    add_language(tmp_path)
    pages = (tmp_path / "fr.toml").read_text(encoding="utf-8")
    (tmp_path / "fr.toml").write_text(pages.replace("[crisis.MX]", "[crisis.CA]"), encoding="utf-8")
    with pytest.raises(ContentError, match=r"\[crisis\.MX\]"):
        load_content(folder=tmp_path)


def test_a_promise_that_lost_one_of_its_numbers_is_refused(tmp_path: Path) -> None:
    add_language(tmp_path)
    sentences = (tmp_path / "fr.po").read_text(encoding="utf-8")
    (tmp_path / "fr.po").write_text(sentences.replace("{one_update}", "73:27"), encoding="utf-8")
    with pytest.raises(ContentError, match=r"privacy\.protects"):
        load_content(folder=tmp_path)


def test_a_language_without_its_second_file_is_refused(tmp_path: Path) -> None:
    (add_language(tmp_path) / "fr.toml").unlink()
    with pytest.raises(ContentError, match=r"fr\.toml"):
        load_content(folder=tmp_path)


def test_a_language_that_is_not_there_is_refused() -> None:
    with pytest.raises(ContentError, match=r"xx"):
        load_content(["xx"])


def test_a_missing_sentence_is_said_in_english_and_logged_by_its_key_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    add_language(tmp_path, without="checkin.start")
    with caplog.at_level(logging.WARNING):
        content = load_content(folder=tmp_path)
    assert content.words("fr")("checkin.start") == "Start"
    assert [record.getMessage() for record in caplog.records] == ["no text in fr for key checkin.start"]


def test_a_sentence_marked_fuzzy_counts_as_missing(tmp_path: Path) -> None:
    add_language(tmp_path)
    sentences = (tmp_path / "fr.po").read_text(encoding="utf-8")
    marked = sentences.replace(
        'msgid "checkin.start"\nmsgstr "Start"', '#, fuzzy\nmsgid "checkin.start"\nmsgstr "?"'
    )
    (tmp_path / "fr.po").write_text(marked, encoding="utf-8")
    assert load_content(folder=tmp_path).words("fr")("checkin.start") == "Start"


def test_the_packaged_languages_lack_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        load_content()
    assert not caplog.records


@pytest.mark.parametrize(
    ("choice", "locale", "team", "language"),
    [
        (None, "es-MX", None, "es"),
        (None, "es-LA", "en", "es"),
        (None, "es_ES", None, "es"),
        ("en", "es-MX", "es", "en"),
        (None, "pt-BR", "es", "es"),
        (None, None, None, "en"),
        ("xx", None, None, "en"),
    ],
)
def test_the_own_choice_comes_before_slack_and_the_team_before_english(
    content: Content, choice: str | None, locale: str | None, team: str | None, language: str
) -> None:
    assert content.language_for(choice, locale, team) == language


def test_an_unknown_language_speaks_english(content: Content) -> None:
    assert content.words("xx").language == content.words(None).language == "en"
