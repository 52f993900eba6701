"""Who sees what: the whole promise with its numbers, and its honest limits (privacy §2, SF8)."""

from __future__ import annotations

from bot.blocks import ids
from bot.blocks.elements import (
    Block,
    Element,
    View,
    actions,
    bullets,
    button,
    context,
    mention,
    mentions,
    notice_view,
    person_or_words,
    section,
)
from bot.content import Words
from bot.domain.privacy import WhoSees, promise_numbers


def who_sees(words: Words, sees: WhoSees) -> View:
    """The whole promise with its honest limits, and what the supervisor sees behind a button."""
    group = _words_rule(words) if sees.words_possible else [section(words("privacy.too_small"))]
    own = words("privacy.for_you" if sees.words_possible else "privacy.for_you_small")
    blocks = [
        section(f"*{words('privacy.for_you_title')}*\n{own}"),
        *group,
        section(f"*{words('privacy.limits_title')}*\n{bullets(limits(words, sees))}"),
        context(f"{readers(words, sees)} {words('raise.apart')}"),
        actions(as_supervisor_button(words)),
    ]
    return notice_view(words, words("privacy.view_title"), blocks, callback_id=ids.VIEW_WHO_SEES)


def whole_promise(words: Words, sees: WhoSees) -> str:
    """The promise of privacy §2 from its first sentence to its last, as plain paragraphs."""
    numbers = promise_numbers()
    paragraphs = [
        words("privacy.for_you"),
        words("privacy.group", **numbers),
        words("privacy.protects", **numbers),
        words("privacy.hides_not", **numbers),
        " ".join(key_holder_lines(words, sees)),
    ]
    return "\n\n".join(paragraphs)


def in_two_sentences(words: Words, sees: WhoSees) -> list[Block]:
    """Who never sees answers and who could, for the top of the first form; the whole behind a button."""
    never = words("form.never_seen" if sees.words_possible else "form.never_seen_small")
    said = " ".join([never, *key_holder_briefly(words, sees)])
    return [section(said), actions(who_sees_button(words))]


def who_sees_button(words: Words) -> Element:
    return button(words("menu.who_sees"), ids.OPENED_WHO_SEES, says=words("first_contact.sees_button_says"))


def as_supervisor_button(words: Words) -> Element:
    return button(words("menu.as_supervisor"), ids.OPENED_AS_SUPERVISOR)


def _words_rule(words: Words) -> list[Block]:
    numbers = promise_numbers()
    return [
        section(f"*{words('privacy.group_title')}*\n{words('privacy.group', **numbers)}"),
        section(f"*{words('privacy.protects_title')}*\n{words('privacy.protects', **numbers)}"),
        section(f"*{words('privacy.hides_not_title')}*\n{words('privacy.hides_not', **numbers)}"),
    ]


def limits(words: Words, sees: WhoSees) -> list[str]:
    """What cannot be promised: server and keys, Slack's export, courts, mandated reporting."""
    return [
        *key_holder_lines(words, sees),
        words("privacy.slack_keeps"),
        words("privacy.courts", weeks=sees.answers_kept_weeks),
        words("privacy.reporters"),
    ]


def key_holder_lines(words: Words, sees: WhoSees) -> list[str]:
    """Who could technically read answers, and plainly if that person has a say over people here."""
    if not sees.key_holder:
        return [words("privacy.key_holder_unnamed")]
    line = words("privacy.key_holder", who=person_or_words(sees.key_holder))
    return [line, words("privacy.key_holder_conflict")] if sees.key_holder_conflict else [line]


def key_holder_briefly(words: Words, sees: WhoSees) -> list[str]:
    """The same in fewer words, for the first message and the first form."""
    if not sees.key_holder:
        return [words("first_contact.key_holder_unnamed")]
    line = words("first_contact.key_holder", who=person_or_words(sees.key_holder))
    return [line, words("first_contact.key_holder_conflict")] if sees.key_holder_conflict else [line]


def readers(words: Words, sees: WhoSees) -> str:
    """Who supervises and who would read the group's words, by name."""
    supervisor = mention(sees.supervisor_id) if sees.supervisor_id else words("privacy.no_supervisor")
    said = words("privacy.supervisor_is", who=supervisor)
    if not (sees.words_possible and sees.reader_ids):
        return said
    read = words("privacy.readers_are", who=mentions(sees.reader_ids))
    return f"{said} {read} {words('privacy.beside')}"
