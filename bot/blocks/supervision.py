"""The supervisor's one scheduled message a week: the prompt, then a section for each group they read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from bot.blocks import digests, ids
from bot.blocks.digests import Update
from bot.blocks.elements import (
    TEXT_MAX,
    Block,
    Message,
    button,
    context,
    divider,
    escape,
    fits,
    header,
    section,
    sections,
    shortened,
)
from bot.blocks.raises import said_by_phrase, said_lines
from bot.content import Words
from bot.domain.privacy import STANDARD, Guarantee, promise_numbers

PICTURED = 6
"""Updates with a picture in one message at the most; the others are words alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamSection:
    """A group as the weekly message shows it. No figure from answers has a place here.

    name: its team; together_with: the other teams of a pooled line. update: this period's, in the first
    message after a freeze. suppressed: that message has none because too few took part or count; lost:
    none because it was not finished. next_update_on: in the other weeks too. why_said_before: that and
    why nothing can be shown was said in an earlier message. regrouped: its teams are in other groups
    from now on, which have sections of their own. guarantee: whose numbers say why there is no update.
    """

    name: str
    words_possible: bool
    next_update_on: date | None = None
    why_said_before: bool = False
    together_with: tuple[str, ...] = ()
    update: Update | None = None
    suppressed: bool = False
    lost: bool = False
    regrouped: bool = False
    guarantee: Guarantee = STANDARD

    @property
    def groups(self) -> tuple[str, ...]:
        return (self.name, *self.together_with)


def weekly(
    words: Words, *, prompt: int, teams: Sequence[TeamSection] = (), open_asks: bool = False
) -> Message:
    """prompt: 1 to 12. open_asks: the reader has an ask without an answer.

    Whoever reads many groups gets the fullest form for which a message has room.
    """
    updated = [(team, team.update) for team in teams if team.update]
    lines = [line for team in teams if not team.update for line in _team_lines(words, team)]
    head = [header(words("weekly.prompt_title")), *prompt_blocks(words, prompt), divider()]
    tail = [
        *(_open_asks(words) if open_asks else []),
        context(words("weekly.footer_update" if updated else "weekly.footer")),
    ]
    forms = (
        [*head, *said, *sections(told), *tail] for told in (lines, []) for said in _forms(words, updated)
    )
    return Message(text=words("weekly.title"), blocks=next(filter(fits, forms)))


def prompt_blocks(words: Words, number: int) -> list[Block]:
    """Why, say this, listen for, don't; and the line for a condition or leave that somebody mentions."""
    prompt = words.prompt(number)
    said = words(
        "weekly.prompt",
        theme=escape(prompt.theme),
        why=escape(prompt.why),
        say=escape(prompt.say),
        listen=escape(prompt.listen),
        dont=escape(prompt.dont),
    )
    return [section(said), context(words("weekly.hr_line"))]


def _forms(words: Words, updated: Sequence[tuple[TeamSection, Update]]) -> Iterator[list[Block]]:
    """What is said of updates, the fullest form first; the last is short whatever there is to say."""
    for pictured in range(min(PICTURED, len(updated)), -1, -1):
        yield _updates(words, updated, pictured)
    updates = [update for _, update in updated]
    for many in range(len(updates), -1, -1):
        yield _together(words, updates[:many], updates[many:])


def _together(words: Words, updates: Sequence[Update], rest: Sequence[Update]) -> list[Block]:
    """Each update in words, and once for all of them what they share: lines beside, phrases, the closing."""
    told = ["\n".join([digests.title(words, one.groups), *one.lines[:-1], ""]) for one in updates]
    beside = list(dict.fromkeys(one.parent for one in updates if one.parent))
    closing = list(dict.fromkeys(one.lines[-1] for one in updates))
    named = "; ".join(digests.names(one.groups) for one in rest)
    elsewhere = [shortened(words("weekly.elsewhere", groups=named), TEXT_MAX)] if rest else []
    said = said_by_phrase(
        words,
        [(digests.names(one.groups), one.said) for one in updates],
        [(digests.names(one.groups), one.said_above) for one in updates],
    )
    footnote = digests.footnote(words, updates)
    return [*sections([*told, *beside, *said, *closing]), *sections(elsewhere), footnote, divider()]


def _updates(words: Words, updated: Sequence[tuple[TeamSection, Update]], many: int) -> list[Block]:
    """So many with their pictures, the others in words alone."""
    if not updated:
        return []
    pictured = [
        block
        for team, update in updated[:many]
        for block in digests.update_blocks(words, update, next_update_on=team.next_update_on)
    ]
    in_words = sections([_in_words(words, update) for _, update in updated[many:]])
    footnote = digests.footnote(words, [update for _, update in updated])
    return [*pictured, *in_words, footnote, divider()]


def _in_words(words: Words, update: Update) -> str:
    *lines, closing = update.lines
    beside = [update.parent] if update.parent else []
    raised = said_lines(words, update.said, update.said_above)
    return "\n".join([digests.title(words, update.groups), *lines, *beside, *raised, closing, ""])


def _team_lines(words: Words, team: TeamSection) -> list[str]:
    """Why there is no update, once; then only the date of the next."""
    name = digests.names(team.groups)
    if not team.words_possible:
        why = words("weekly.no_words", team=name, **promise_numbers(team.guarantee))
        return [] if team.why_said_before else [why]
    following = [] if team.regrouped else [_next(words, team, name)]
    return [*_none_this_time(words, team, name), *following]


def _none_this_time(words: Words, team: TeamSection, name: str) -> list[str]:
    if team.lost:
        return [words("weekly.lost", team=name)]
    if team.suppressed and not team.why_said_before:
        return [words("weekly.suppressed", team=name, **promise_numbers(team.guarantee))]
    return []


def _next(words: Words, team: TeamSection, name: str) -> str:
    if team.next_update_on is None:
        return words("weekly.no_date", team=name)
    return words("weekly.next_update", team=name, date=words.date(team.next_update_on))


def _open_asks(words: Words) -> list[Block]:
    return [section(words("weekly.open_asks"), accessory=button(words("common.open"), ids.OPENED_ASKS_TO_ME))]
