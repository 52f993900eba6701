"""What people type after /choir, in any language that is on, with or without accents."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

MENU = "menu"
NAMES = frozenset(
    {
        *("crisis", MENU, "ask", "peer", "huddle", "out", "pause", "stop", "resume", "settings", "privacy"),
        *("mydata", "home"),
    }
)


def plain(text: str) -> str:
    """Lower case, no accents, nothing but letters, digits and single spaces: "¡Ayúdame!" is "ayudame"."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return " ".join(re.findall(r"\w+", bare.replace("_", " ")))


def table(languages: Iterable[Mapping[str, Iterable[str]]]) -> dict[str, str]:
    """One list for all languages: what is typed, plain, to the command's name."""
    return {plain(said): name for commands in languages for name, words in commands.items() for said in words}


def command_for(text: str, known: Mapping[str, str]) -> str:
    """The command meant by a text: as a whole, else by its first word; the menu for anything else."""
    said = plain(text)
    return known.get(said) or known.get(said.partition(" ")[0]) or MENU
