"""A made-up third language, for tests."""

from __future__ import annotations

import re
from pathlib import Path

from bot.content.content import PACKAGED


def add_language(folder: Path, code: str = "fr", *, without: str = "", offer: str = "En français") -> Path:
    """A made-up language: the English sentences, less one, under another code and name."""
    sentences = (PACKAGED / "en.po").read_text(encoding="utf-8")
    if without:
        assert f'msgid "{without}"' in sentences
        sentences = re.sub(rf'msgid "{re.escape(without)}"\nmsgstr "[^\n]*"\n', "", sentences)
    pages = (PACKAGED / "en.toml").read_text(encoding="utf-8")
    pages = pages.replace('name = "English"', 'name = "Français"').replace("English, please", offer)
    (folder / f"{code}.po").write_text(sentences, encoding="utf-8")
    (folder / f"{code}.toml").write_text(pages, encoding="utf-8")
    return folder
