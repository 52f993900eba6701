"""The first message somebody gets: what this is, who sees what, where help is, and what they can choose.

Essentials stand in the message, the crisis lines and the honest limits among them, so that they are
read without any button and survive a dead bot (F01, SF1, SF6, SF8); the whole promise stands at the end.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time

from bot.blocks import crisis, ids
from bot.blocks.elements import (
    Block,
    Element,
    Message,
    actions,
    bullets,
    button,
    context,
    divider,
    escape,
    header,
    section,
)
from bot.blocks.privacy import key_holder_briefly, who_sees_button, whole_promise
from bot.content import Words
from bot.domain.members import Member
from bot.domain.privacy import WhoSees, promise_numbers
from bot.domain.rotation import keys_for

QUESTIONS = {1: "first_contact.one_question", 2: "first_contact.two_questions"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstContact:
    """What the first message speaks of; first_on is the local date of the first check-in, once known."""

    team: str
    sees: WhoSees
    country: str
    weekday: int
    local_time: time
    questions: int = 2
    first_on: date | None = None


def facts_of(member: Member, sees: WhoSees, first_on: date | None) -> FirstContact:
    """What the first message says to somebody, with the day, hour and length they have chosen by now."""
    chosen = member.preferences
    return FirstContact(
        team=member.team.name if member.team else "",
        sees=sees,
        country=member.country,
        weekday=chosen.weekday,
        local_time=chosen.local_time,
        questions=len(keys_for(0, chosen.length, frozenset(), small=not sees.words_possible)),
        first_on=first_on,
    )


def first_contact(words: Words, facts: FirstContact, *, accepted: bool = False) -> Message:
    """The message; accepted: the same text with the tap on "Fine, I've read it" noted, to edit it in."""
    return Message(
        text=words("first_contact.notification"),
        blocks=[
            header(words("first_contact.hello")),
            *_other_languages(words),
            section(f"{_what(words, facts)}\n\n{words('first_contact.why')}"),
            divider(),
            *_who_sees(words, facts.sees),
            divider(),
            *_help(words, facts.country),
            divider(),
            *_choices(words, facts, accepted),
            *_whole(words, facts.sees),
        ],
    )


def _what(words: Words, facts: FirstContact) -> str:
    small = not facts.sees.words_possible
    asks = words(
        "first_contact.small" if small else QUESTIONS.get(facts.questions, "first_contact.more_questions"),
        count=facts.questions,
    )
    return words("first_contact.what", team=escape(facts.team), asks=asks)


def _who_sees(words: Words, sees: WhoSees) -> list[Block]:
    if sees.words_possible:
        group = words("first_contact.group", **promise_numbers(sees.guarantee))
    else:
        group = words("first_contact.only_for_you")
    sees_title, limits_title = words("first_contact.sees_title"), words("first_contact.limits_title")
    return [
        section(f"*{sees_title}*\n{words('first_contact.never_sees')} {group}"),
        section(f"*{limits_title}*\n{bullets(_limits(words, sees))}"),
        actions(who_sees_button(words)),
    ]


def _limits(words: Words, sees: WhoSees) -> list[str]:
    return [
        *key_holder_briefly(words, sees),
        words("first_contact.slack_keeps"),
        words("first_contact.courts", weeks=sees.answers_kept_weeks),
        words("first_contact.reporters"),
    ]


def _help(words: Words, country: str) -> list[Block]:
    return [
        section(f"*{words('first_contact.help_title')}*\n{words('first_contact.program')}"),
        section(crisis.lines(words, country=country)),
    ]


def _choices(words: Words, facts: FirstContact, accepted: bool) -> list[Block]:
    on = words("first_contact.first_on", date=words.date(facts.first_on)) if facts.first_on else ""
    small = not facts.sees.words_possible
    when = words(
        "first_contact.when_small" if small else "first_contact.when",
        weekday=words.weekday(facts.weekday),
        time=words.time(facts.local_time),
    )
    said = f"*{words('first_contact.choices_title')}*\n{when} {on}".rstrip()
    return [
        section(f"{said} {words('first_contact.change')}"),
        actions(*([] if accepted else [_accept(words)]), *_choice_buttons(words)),
        *([context(words("first_contact.accepted"))] if accepted else []),
    ]


def _whole(words: Words, sees: WhoSees) -> list[Block]:
    """The promise word for word, below what has to be read; a small group's is whole above already."""
    if not sees.words_possible:
        return []
    text = f"*{words('first_contact.whole_title')}*\n{whole_promise(words, sees)}"
    return [divider(), context(text)]


def _accept(words: Words) -> Element:
    return button(
        words("first_contact.accept"),
        ids.ACCEPTED_TERMS,
        style="primary",
        says=words("first_contact.accept_says"),
    )


def _choice_buttons(words: Words) -> list[Element]:
    return [
        button(words("first_contact.settings"), ids.OPENED_SETTINGS),
        button(words("menu.pause"), ids.OPENED_PAUSE, says=words("menu.pause_says")),
        button(words("menu.stop"), ids.STOPPED, says=words("menu.stop_says")),
    ]


def _other_languages(words: Words) -> list[Block]:
    """One tap for each other language, said in that language; a row each, as they share their action."""
    others = [language for language in words.languages if language.code != words.language]
    return [actions(button(other.offer, ids.CHOSE_LANGUAGE, value=other.code)) for other in others]
