"""Reads the sentences of one language from its gettext catalog: symbolic keys, {placeholders}."""

from __future__ import annotations

from pathlib import Path
from string import Formatter

from babel.messages.pofile import read_po


def read_sentences(path: Path) -> dict[str, str]:
    """Key to sentence; entries that are empty or marked fuzzy are left out, as gettext does."""
    with path.open("rb") as file:
        catalog = read_po(file, abort_invalid=True)
    return {
        message.id: message.string
        for message in catalog
        if isinstance(message.id, str) and isinstance(message.string, str)
        if message.id and message.string and not message.fuzzy
    }


def placeholders(sentence: str) -> frozenset[str]:
    """The names in braces."""
    return frozenset(name for _, name, _, _ in Formatter().parse(sentence) if name is not None)
