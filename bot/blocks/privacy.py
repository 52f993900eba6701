"""Who sees what: the whole promise with its numbers, and its honest limits (privacy §2, SF8)."""

from __future__ import annotations

from bot.blocks import ids
from bot.blocks.elements import (
    Block,
    View,
    bullets,
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
    """The whole promise with its honest limits, as a view."""
    return notice_view(
        words, words("privacy.view_title"), who_sees_blocks(words, sees), callback_id=ids.VIEW_WHO_SEES
    )


def who_sees_blocks(words: Words, sees: WhoSees) -> list[Block]:
    """The same text, to stand on top of the first form."""
    group = _words_rule(words) if sees.words_possible else [section(words("privacy.too_small"))]
    own = words("privacy.for_you" if sees.words_possible else "privacy.for_you_small")
    return [
        section(f"*{words('privacy.for_you_title')}*\n{own}"),
        *group,
        section(f"*{words('privacy.limits_title')}*\n{bullets(limits(words, sees))}"),
        context(readers(words, sees)),
    ]


def _words_rule(words: Words) -> list[Block]:
    numbers = promise_numbers()
    return [
        section(f"*{words('privacy.group_title')}*\n{words('privacy.group', **numbers)}"),
        section(f"*{words('privacy.protects_title')}*\n{words('privacy.protects', **numbers)}"),
        section(f"*{words('privacy.hides_not_title')}*\n{words('privacy.hides_not', **numbers)}"),
        context(words("privacy.not_yet")),
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


def readers(words: Words, sees: WhoSees) -> str:
    """Who supervises and who would read the group's words, by name."""
    supervisor = mention(sees.supervisor_id) if sees.supervisor_id else words("privacy.no_supervisor")
    said = words("privacy.supervisor_is", who=supervisor)
    if not (sees.words_possible and sees.reader_ids):
        return said
    return f"{said} {words('privacy.readers_are', who=mentions(sees.reader_ids))}"
