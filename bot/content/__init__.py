"""Every word a person reads, as data: one gettext catalog and one TOML file a language."""

from bot.content.content import Content, ContentError, load_content
from bot.content.language import Language
from bot.content.pages import CrisisCard, Item, Label, Practice, Prompt
from bot.content.words import Words

__all__ = [
    "Content",
    "ContentError",
    "CrisisCard",
    "Item",
    "Label",
    "Language",
    "Practice",
    "Prompt",
    "Words",
    "load_content",
]
