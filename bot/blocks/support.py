"""Help for staff, as an admin names it: the support contact, and the organization's own list of help."""

from __future__ import annotations

from bot.blocks import ids
from bot.blocks.elements import (
    Element,
    View,
    button,
    context,
    field,
    modal,
    notice_view,
    person_select,
    section,
    text_area,
)
from bot.content import Words

HELP_LIST_MAX = 2000


def support_button(words: Words) -> Element:
    return button(words("support.open"), ids.OPENED_SUPPORT)


def support_form(words: Words, *, contact_id: str, help_list: str) -> View:
    """Who the support contact is, and the organization's own list of help."""
    return modal(
        words("support.title"),
        [
            field(
                words("support.contact"),
                person_select(ids.SUPPORT_CONTACT, current=contact_id),
                optional=True,
            ),
            field(
                words("support.list"),
                text_area(ids.HELP_LIST, current=help_list, most=HELP_LIST_MAX),
                optional=True,
                hint=words("support.list_hint"),
            ),
            context(words("support.who_sees")),
        ],
        callback_id=ids.VIEW_SUPPORT,
        submit=words("common.save"),
        close=words("common.cancel"),
    )


def support_errors(words: Words) -> dict[str, str]:
    return {ids.SUPPORT_CONTACT: words("support.not_here")}


def support_saved(words: Words) -> View:
    blocks = [section(words("support.saved"))]
    return notice_view(words, words("support.title"), blocks, callback_id=ids.VIEW_NOTICE)
