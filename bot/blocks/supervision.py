"""The supervisor's one scheduled message a week: the prompt, then one line for each team."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.blocks import ids
from bot.blocks.elements import (
    Block,
    Message,
    button,
    context,
    divider,
    escape,
    section,
    sections,
)
from bot.content import Words
from bot.domain.privacy import promise_numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamSection:
    """A team as the weekly message names it. No figure from answers has a place here.

    why_said_before: that no words are possible was said in an earlier message.
    """

    name: str
    words_possible: bool
    next_update_on: date | None = None
    why_said_before: bool = False


def weekly(
    words: Words, *, prompt: int, teams: Sequence[TeamSection] = (), open_asks: bool = False
) -> Message:
    """prompt: 1 to 12. open_asks: the reader has an ask without an answer."""
    lines = [line for team in teams if (line := _team_line(words, team))]
    return Message(
        text=words("weekly.title"),
        blocks=[
            *prompt_blocks(words, prompt),
            divider(),
            *sections(lines),
            *(_open_asks(words) if open_asks else []),
            context(words("weekly.footer")),
        ],
    )


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


def _team_line(words: Words, team: TeamSection) -> str:
    """One line, or none where it was said before that there will be no words."""
    name = escape(team.name)
    if not team.words_possible:
        return "" if team.why_said_before else words("weekly.no_words", team=name, **promise_numbers())
    if team.next_update_on is None:
        return words("weekly.no_date", team=name)
    return words("weekly.next_update", team=name, date=words.date(team.next_update_on))


def _open_asks(words: Words) -> list[Block]:
    return [section(words("weekly.open_asks"), accessory=button(words("common.open"), ids.OPENED_ASKS_TO_ME))]
