"""Loads every language once at start and refuses one that cannot keep people safe or informed."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.content.catalog import placeholders, read_sentences
from bot.content.commands import command_for, table
from bot.content.language import FALLBACK, Language, choose
from bot.content.pages import Pages, over, pages_from, read_toml
from bot.content.words import Words
from bot.domain.members import Member

PACKAGED = Path(__file__).parent / "locale"
REQUIRED = ("crisis.", "first_contact.", "privacy.")
"""Beginnings of keys that must stand in a language before it can be switched on (SF1, F01, SF8)."""

log = logging.getLogger(__name__)


class ContentError(Exception):
    """A language cannot be switched on; says what is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """All languages that are on."""

    by_language: Mapping[str, Words]
    commands: Mapping[str, str]

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(self.by_language)

    def words(self, language: str | None) -> Words:
        """The words of a language; English for one that is not on."""
        return self.by_language.get(language or FALLBACK, self.by_language[FALLBACK])

    def words_of(self, member: Member | None) -> Words:
        """The words a person reads: by choice, Slack's locale, team, else English; English for nobody."""
        if member is None:
            return self.words(None)
        team_default = member.team.language if member.team else None
        return self.words(self.language_for(member.preferences.language, member.person.locale, team_default))

    def language_for(
        self, choice: str | None, slack_locale: str | None = None, team_default: str | None = None
    ) -> str:
        """The person's choice, else their Slack's language, else the team's, else English."""
        return choose(self.by_language, choice, slack_locale, team_default)

    def parse_command(self, text: str) -> str:
        """The command meant by what was typed after /choir, in any language that is on."""
        return command_for(text, self.commands)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Files:
    """One language as its two files hold it."""

    language: Language
    sentences: Mapping[str, str]
    pages: Pages


def load_content(language_codes: Collection[str] | None = None, folder: Path = PACKAGED) -> Content:
    """Read the languages of a folder (CODE.po and CODE.toml each), or only those named.

    English is always on: it fills gaps. Raises ContentError when a language lacks a file or text
    without which it may not be switched on.
    """
    found = sorted(path.stem for path in folder.glob("*.po"))
    codes = [FALLBACK, *(code for code in language_codes or found if code != FALLBACK)]
    files = {code: _read(folder if (folder / f"{code}.po").exists() else PACKAGED, code) for code in codes}
    english = files[FALLBACK]
    for code in codes:
        _refuse_if_unsafe(code, files[code], english)
    languages = tuple(file.language for file in files.values())
    return Content(
        by_language={code: _words(file, english, languages) for code, file in files.items()},
        commands=table(file.pages.commands for file in files.values()),
    )


def _read(folder: Path, code: str) -> _Files:
    try:
        data = read_toml(folder / f"{code}.toml")
        sentences = read_sentences(folder / f"{code}.po")
    except FileNotFoundError as missing:
        raise ContentError(f"language {code}: no file {Path(missing.filename).name}") from missing
    return _Files(language=_language(code, data), sentences=sentences, pages=pages_from(data))


def _language(code: str, data: Mapping[str, Any]) -> Language:
    try:
        return Language(code=code, **data["language"])
    except (KeyError, TypeError) as wrong:
        raise ContentError(f"language {code}: [language] needs name, offer, date and time") from wrong


def _refuse_if_unsafe(code: str, own: _Files, english: _Files) -> None:
    keys = (key for key in english.sentences if key.startswith(REQUIRED))
    missing = [key for key in keys if not _usable(key, own.sentences, english.sentences)]
    missing += [f"[crisis.{country}]" for country in english.pages.crisis if country not in own.pages.crisis]
    if missing:
        raise ContentError(f"language {code} cannot be switched on, missing: {', '.join(sorted(missing))}")


def _usable(key: str, own: Mapping[str, str], english: Mapping[str, str]) -> bool:
    """The sentence exists and asks for no fact that screens do not give."""
    return key in own and placeholders(own[key]) == placeholders(english[key])


def _words(file: _Files, english: _Files, languages: tuple[Language, ...]) -> Words:
    usable = {
        key: file.sentences[key]
        for key in english.sentences
        if _usable(key, file.sentences, english.sentences)
    }
    for key in english.sentences.keys() - usable.keys():
        log.warning("no text in %s for key %s", file.language.code, key)
    return Words(
        spoken=file.language,
        sentences={**english.sentences, **usable},
        pages=over(file.pages, english.pages),
        languages=languages,
    )
