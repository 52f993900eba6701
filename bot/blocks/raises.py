"""Say it with others: the list with the truth at its button, what one chose oneself, and how it is told.

The list is the same for everybody and nothing on it is ticked, wherever it was opened from.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from bot.blocks import ids
from bot.blocks.elements import (
    Block,
    Element,
    Message,
    View,
    actions,
    button,
    checkboxes,
    context,
    divider,
    escape,
    field,
    fits,
    mentions,
    modal,
    note,
    notice_view,
    option,
    section,
    sections,
)
from bot.blocks.privacy import who_sees_button
from bot.content import Words
from bot.content.language import FALLBACK
from bot.domain.localtime import WEEKS_IN_PERIOD
from bot.domain.privacy import STANDARD, Guarantee
from bot.domain.raises import EVERY, FIRST_ABOVE, PHRASES, STAYS, Pillar, Sentence, WhyClosed

Lead = Literal["chosen", "noted", "taken_back"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What somebody is told before they choose, with their own group's numbers.

    until: the freeze, in their own zone. weekly_ids: who reads it with the update; above_ids: who reads
    first what is for the level above, none where there is no such level. guarantee: of the running period.
    """

    period: int
    needed: int
    until: datetime
    weekly_ids: tuple[str, ...]
    above_ids: tuple[str, ...] = ()
    guarantee: Guarantee = STANDARD


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidAbove:
    """What a group said for the level above. groups: names of its teams."""

    groups: tuple[str, ...]
    said: tuple[Sentence, ...]


def raise_button(words: Words) -> Element:
    return button(words("raise.button"), ids.OPENED_RAISE)


def raise_form(words: Words, choice: Choice) -> View:
    """The truth first, which nobody can pass by, then every phrase by who reads it first.

    private_metadata is {"period": p}.
    """
    return modal(
        words("raise.title"),
        [
            section(words("raise.lead")),
            section(_truth(words, choice)),
            context(words("raise.who_sees")),
            actions(_see_mine(words)),
            divider(),
            section(words("raise.read_by", who=mentions(choice.weekly_ids))),
            *(_pillar(words, pillar) for pillar in PHRASES if pillar not in FIRST_ABOVE),
            section(_read_above(words, choice)),
            *(_pillar(words, pillar) for pillar in FIRST_ABOVE),
        ],
        callback_id=ids.VIEW_RAISE,
        submit=words("raise.submit"),
        close=words("common.cancel"),
        metadata={"period": choice.period},
    )


def _pillar(words: Words, pillar: Pillar) -> Block:
    phrases = [option(words.phrase(phrase), phrase) for phrase in PHRASES[pillar]]
    return field(words(f"raise.pillar_{pillar}"), checkboxes(ids.said(pillar), phrases), optional=True)


def _read_above(words: Words, choice: Choice) -> str:
    if choice.above_ids:
        return words("raise.read_by", who=mentions(choice.above_ids))
    return words("raise.read_by_same", who=mentions(choice.weekly_ids))


def _truth(words: Words, choice: Choice) -> str:
    facts = _until(words, choice.until)
    numbers = {"needed": choice.needed, "contributors_min": choice.guarantee.contributors_min}
    return words("raise.truth", **facts, **numbers, **_weeks())


def _until(words: Words, until: datetime) -> dict[str, str]:
    return {"date": words.date(until.date()), "time": words.time(until.time())}


def _see_mine(words: Words) -> Element:
    return button(words("raise.see_mine"), ids.OPENED_RAISED, says=words("raise.see_mine_says"))


def nothing_ticked(words: Words) -> dict[str, str]:
    """The form came without a tick, by block_id."""
    return {ids.said(next(iter(PHRASES))): words("raise.nothing_ticked")}


def mine(
    words: Words, *, period: int, phrases: Collection[str], until: datetime, lead: Lead = "chosen"
) -> View:
    """What somebody chose in the running period, each with the way to take it back.

    private_metadata is {"period": p}. until: the freeze, in their own zone.
    """
    lines = [_own_line(words, phrase) for phrase in EVERY if phrase in phrases]
    led = [section(words(f"raise.mine_{lead}"))] if lines or lead != "chosen" else []
    return modal(
        words("raise.mine_title"),
        [
            *led,
            *(lines or [section(words("raise.mine_nothing"))]),
            context(f"{words('raise.until', **_until(words, until))} {words('raise.only_you')}"),
        ],
        callback_id=ids.VIEW_RAISED,
        close=words("common.close"),
        metadata={"period": period},
    )


def _own_line(words: Words, phrase: str) -> Block:
    tap = button(words("raise.take_back"), ids.WITHDREW_RAISE, value=phrase)
    return section(words.phrase(phrase), accessory=tap, block_id=f"said_{phrase}")


def ended(words: Words, *, withdrawn: bool) -> View:
    """The four weeks ended meanwhile. withdrawn: a line was to be taken back, else some were chosen."""
    said = words("raise.too_late_to_withdraw" if withdrawn else "raise.too_late")
    return notice_view(words, words("raise.title"), [section(said)], callback_id=ids.VIEW_NOTICE)


def closed(
    words: Words,
    why: WhyClosed,
    *,
    opens_on: date | None = None,
    can_ask: bool,
    guarantee: Guarantee = STANDARD,
) -> View:
    """Why nothing somebody chose now could be shown, and what is open to them all the same."""
    date_ = words.date(opens_on) if opens_on else ""
    ask = [button(words("menu.ask"), ids.OPENED_ASK)] if can_ask else []
    return notice_view(
        words,
        words("raise.title"),
        [
            section(words(f"raise.closed_{why}", roster_min=guarantee.roster_min, date=date_)),
            section(words("raise.open_instead")),
            actions(*ask, who_sees_button(words)),
        ],
        callback_id=ids.VIEW_NOTICE,
    )


def said_lines(words: Words, with_update: Sequence[str], above: Sequence[str]) -> list[str]:
    """What a group said with others, as its update carries it; nothing where nothing was."""
    told = (("raise.said", with_update), ("raise.said_above", above))
    return [words(key, said=" ".join(said), **_weeks()) for key, said in told if said]


def said_by_phrase(
    words: Words,
    with_update: Sequence[tuple[str, Sequence[str]]],
    above: Sequence[tuple[str, Sequence[str]]],
) -> list[str]:
    """What several groups said, each phrase once with their names; (name, quoted phrases) go in."""
    lines: list[str] = []
    for key, told in (("raise.said", with_update), ("raise.said_above", above)):
        groups: dict[str, list[str]] = {}
        for name, said in told:
            for phrase in said:
                groups.setdefault(phrase, []).append(name)
        by_phrase = [f"{phrase} ({', '.join(names)})" for phrase, names in groups.items()]
        lines += [words(key, said="", **_weeks()).rstrip(), *by_phrase] if by_phrase else []
    return lines


def in_language(words: Words, said: Sequence[Sentence]) -> tuple[str, ...]:
    """Frozen sentences in quotes; in English where the reader's language was not on then."""
    return tuple(f"“{escape(one.get(words.language) or one[FALLBACK])}”" for one in said)


def told_above(words: Words, groups: Sequence[SaidAbove]) -> Message:
    """To the level above: what was said for them, a working day before the team's channel reads it.

    Of very many groups each phrase stands once, with their names as long as there is room for them.
    """
    head = section(words("raise.above_title"))
    tail = [
        section(words("raise.above_then")),
        context(f"{words('raise.above_who')} {words('raise.do_not_ask')}"),
    ]
    told = [(_names(one), in_language(words, one.said)) for one in groups]
    every = list(dict.fromkeys(phrase for _, said in told for phrase in said))
    forms = (
        [head, *(section(_group(words, group)) for group in groups), *tail],
        [head, *sections(said_by_phrase(words, [], told)), *tail],
        [head, *sections(said_lines(words, (), every)), *tail],
    )
    return note(words, *next(filter(fits, forms)))


def _names(group: SaidAbove) -> str:
    return ", ".join(escape(name) for name in group.groups)


def _group(words: Words, group: SaidAbove) -> str:
    return words(
        "raise.above_line", group=_names(group), said=" ".join(in_language(words, group.said)), **_weeks()
    )


def _weeks() -> Mapping[str, int]:
    return {"weeks": STAYS * WEEKS_IN_PERIOD}
