"""Crisis lines wherever they stand, and the menu. Everything here comes from memory."""

from __future__ import annotations

from bot.blocks import ids
from bot.blocks.elements import (
    Block,
    Element,
    Message,
    View,
    actions,
    bullets,
    button,
    context,
    divider,
    header,
    note,
    notice_view,
    section,
    with_links,
)
from bot.content import Content, Words


def lines(words: Words, *, country: str) -> str:
    """What must be read at once, as a list."""
    return bullets(with_links(line) for line in words.crisis(country).lines)


def footer(words: Words, *, country: str) -> Block:
    """The one line under other things."""
    return context(with_links(words.crisis(country).short))


def line(words: Words, *, country: str) -> Block:
    """The same one line where it has to be seen first."""
    return section(f"*{with_links(words.crisis(country).short)}*")


def help_button(words: Words) -> Element:
    return button(words("crisis.button"), ids.OPENED_CRISIS, says=words("crisis.button_says"))


def crisis_blocks(words: Words, *, country: str) -> list[Block]:
    """Lines, what to expect, the two halves "about you" and "about a client", and that nobody watches."""
    more = words.crisis(country).more
    return [
        header(words("crisis.title")),
        section(lines(words, country=country)),
        *([context("\n".join(with_links(line) for line in more))] if more else []),
        section(f"{words('crisis.about_you')}\n{words('crisis.about_client')}"),
        context(words("crisis.nobody_watches")),
    ]


def card(words: Words, *, country: str) -> Message:
    """`/choir crisis` and its other words: crisis lines first, then the menu."""
    blocks = crisis_blocks(words, country=country)
    return note(words, *blocks, divider(), *menu_blocks(words))


def view(words: Words, *, country: str) -> View:
    blocks = crisis_blocks(words, country=country)
    return notice_view(words, words("crisis.view_title"), blocks, callback_id=ids.VIEW_CRISIS)


def both_languages(content: Content, *, country: str) -> Message:
    """For somebody whose language is not known: every language that is on, one below the other."""
    text = " · ".join(words("common.note") for words in _spoken(content))
    return Message(text=text, blocks=_in_every_language(content, country))


def both_languages_view(content: Content, *, country: str) -> View:
    blocks = _in_every_language(content, country)
    english = content.words(None)
    return notice_view(english, english("crisis.view_title"), blocks, callback_id=ids.VIEW_CRISIS)


def _spoken(content: Content) -> list[Words]:
    return [content.words(code) for code in content.languages]


def _in_every_language(content: Content, country: str) -> list[Block]:
    return [block for words in _spoken(content) for block in crisis_blocks(words, country=country)]


def menu_blocks(words: Words) -> list[Block]:
    return [
        section(words("menu.lead")),
        actions(
            button(words("menu.ask"), ids.OPENED_ASK),
            button(words("menu.peer"), ids.OPENED_PEER),
            button(words("menu.pause_minute"), ids.OPENED_PRACTICE, value="PR01"),
            button(words("menu.who_sees"), ids.OPENED_WHO_SEES),
            button(words("menu.settings"), ids.OPENED_SETTINGS),
            button(words("menu.pause"), ids.OPENED_PAUSE, says=words("menu.pause_says")),
            button(words("menu.stop"), ids.STOPPED, says=words("menu.stop_says")),
        ),
        context(words("menu.typed")),
    ]


def menu(words: Words, *, country: str) -> Message:
    """`/choir` alone, and any word it does not know."""
    return note(words, *menu_blocks(words), footer(words, country=country))


def pin_text(words: Words, *, country: str) -> Message:
    """The crisis lines for a team's channel, to be pinned there: help that survives a dead bot."""
    return note(
        words,
        section(f"*{words('crisis.title')}*\n{lines(words, country=country)}"),
        context(words("crisis.pin_note")),
    )
