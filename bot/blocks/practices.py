"""Small practices: minutes, evidence in one plain word, nothing stored."""

from __future__ import annotations

from bot.blocks import ids
from bot.blocks.elements import View, context, escape, notice_view, section
from bot.content import Words


def practice(words: Words, key: str) -> View:
    """The practice as a view; KeyError for a key that is not in the content."""
    page = words.practice(key)
    facts = words("practice.facts", minutes=page.minutes, evidence=words(f"evidence.{page.evidence}"))
    return notice_view(
        words,
        page.title,
        [section("\n\n".join(escape(line) for line in page.lines)), context(facts)],
        callback_id=ids.VIEW_PRACTICE,
    )
