"""Who sees what: the whole promise with its numbers, its honest limits, and numbers that are stricter still.

Sources: privacy §2 and §3, SF8.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from bot.blocks import ids
from bot.blocks.elements import (
    Block,
    Element,
    Message,
    View,
    actions,
    bullets,
    button,
    checkboxes,
    context,
    field,
    mention,
    mentions,
    modal,
    note,
    notice_view,
    option,
    person_or_words,
    radio,
    section,
    select,
)
from bot.content import Words
from bot.domain.privacy import (
    CONTRIBUTORS,
    ROSTERS,
    STANDARD,
    Guarantee,
    Stricter,
    WhoSees,
    promise_numbers,
)

Unfit = Literal["same", "looser"]
PROBLEMS: Mapping[Unfit, str] = {"same": "stricter.problem_same", "looser": "stricter.problem_looser"}


def who_sees(words: Words, sees: WhoSees) -> View:
    """The whole promise with its honest limits, and what the supervisor sees behind a button."""
    group = _words_rule(words, sees) if sees.words_possible else [section(words("privacy.too_small"))]
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
    numbers = promise_numbers(sees.guarantee)
    paragraphs = [
        words("privacy.for_you"),
        words("privacy.group", **numbers),
        words("privacy.protects", **numbers),
        words("privacy.hides_not", **numbers),
        *_to_come(words, sees),
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


def _words_rule(words: Words, sees: WhoSees) -> list[Block]:
    numbers = promise_numbers(sees.guarantee)
    return [
        section(f"*{words('privacy.group_title')}*\n{words('privacy.group', **numbers)}"),
        section(f"*{words('privacy.protects_title')}*\n{words('privacy.protects', **numbers)}"),
        section(f"*{words('privacy.hides_not_title')}*\n{words('privacy.hides_not', **numbers)}"),
        *(section(line) for line in _to_come(words, sees)),
        *([context(_since(words, sees))] if sees.tightened_on else []),
    ]


def _since(words: Words, sees: WhoSees) -> str:
    return words("stricter.since", dates="; ".join(words.date(day) for day in sees.tightened_on))


def _to_come(words: Words, sees: WhoSees) -> list[str]:
    """What will hold of stricter numbers, where an admin chose some."""
    return [_numbers(words, "stricter.coming", sees.stricter)] if sees.stricter else []


def _numbers(words: Words, key: str, stricter: Stricter) -> str:
    return words(key, date=words.date(stricter.from_on), **promise_numbers(stricter.guarantee))


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


def stricter_button(words: Words) -> Element:
    return button(words("stricter.button"), ids.OPENED_STRICTER)


def stricter_form(words: Words, present: Guarantee) -> View:
    """Only what is as strict as now, or stricter, can be chosen. present: the strictest chosen so far."""
    sure = option(words("stricter.sure_option"), ids.SURE)
    return modal(
        words("stricter.title"),
        [
            section(words("stricter.lead")),
            field(words("stricter.strength"), _strengths(words, present)),
            field(
                words("stricter.roster"),
                _at_least(ids.ROSTER_MIN, ROSTERS, present.roster_min),
                hint=words("stricter.roster_hint"),
            ),
            field(
                words("stricter.contributors"),
                _at_least(ids.CONTRIBUTORS_MIN, CONTRIBUTORS, present.contributors_min),
            ),
            field(words("stricter.sure"), checkboxes(ids.SURE, [sure])),
            context(words("stricter.who_sees")),
        ],
        callback_id=ids.VIEW_STRICTER,
        submit=words("stricter.submit"),
        close=words("common.cancel"),
    )


def _strengths(words: Words, present: Guarantee) -> Element:
    usual = option(words("stricter.usual", **promise_numbers(STANDARD)), ids.USUAL)
    strong = option(words("stricter.strong", **promise_numbers(Guarantee(strong=True))), ids.STRONG)
    current = ids.STRONG if present.strong else ids.USUAL
    return radio(ids.STRENGTH, [*([] if present.strong else [usual]), strong], current=current)


def _at_least(action_id: str, offered: Iterable[int], least: int) -> Element:
    fitting = sorted({least, *(number for number in offered if number > least)})
    return select(action_id, [option(str(number), str(number)) for number in fitting], current=str(least))


def not_stricter(words: Words, unfit: Unfit) -> dict[str, str]:
    """Why numbers cannot be taken, by block_id."""
    return {ids.ROSTER_MIN: words(PROBLEMS[unfit])}


def made_stricter(words: Words, guarantee: Guarantee, stricter: Stricter | None) -> View:
    """What holds and from when. stricter: None before anybody has a calendar; then it holds at once."""
    if stricter:
        said = _numbers(words, "stricter.saved", stricter)
    else:
        said = words("stricter.saved_first", **promise_numbers(guarantee))
    return notice_view(words, words("stricter.title"), [section(said)], callback_id=ids.VIEW_NOTICE)


def told_stricter(words: Words, stricter: Stricter) -> Message:
    """To everybody on a team, before it holds: the promise with its new numbers."""
    numbers = promise_numbers(stricter.guarantee)
    return note(
        words,
        section(words("stricter.told", date=words.date(stricter.from_on))),
        section(words("privacy.group", **numbers)),
        section(words("privacy.protects", **numbers)),
        section(words("stricter.told_small")),
        actions(who_sees_button(words)),
    )
