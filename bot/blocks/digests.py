"""The update of a group in words: its lines, the picture's words, the team's post, what a supervisor sees.

Everything here is made from released codes and roster-level facts (privacy §3, §4). No figure has a
place in it, but for how often a "possibly" is wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from bot.blocks import ids
from bot.blocks.elements import (
    Block,
    Message,
    View,
    context,
    divider,
    escape,
    image,
    mention,
    notice_view,
    section,
)
from bot.blocks.raises import in_language, said_lines
from bot.content import Words
from bot.content.language import FALLBACK
from bot.domain.digests import Band, Trend
from bot.domain.privacy import WhoSees, promise_numbers
from bot.domain.raises import Said
from bot.domain.supervision import Shown

Strip = Sequence[tuple[date, Band | None]]
"""The first day of each period and what was published for it, oldest first; None: no update."""

WhyNone = Literal["no_team", "too_small", "not_yet", "suppressed", "lost"]
WEIGHT = "W"
"""The scale of the one question that feeds the update."""
ALT_MAX = 2000
"""Slack's limit for the text that stands for a picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """An uploaded picture: Slack's file id, and the words that say the same."""

    file_id: str
    alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """A released update as it was stored: `update_lines` and `parent_line`, not to be escaped again.

    groups: names of its teams, several where they are shown together. said, said_above: what was said with
    others, and what the level above reads first.
    """

    groups: tuple[str, ...]
    lines: tuple[str, ...]
    parent: str = ""
    said: tuple[str, ...] = ()
    said_above: tuple[str, ...] = ()
    picture: Picture | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The latest update that a supervisor can see. first_on, last_on: its period; strip: `alt_text`.

    The picture is said in its words: a view is no place for a file that messages show.
    """

    update: Update
    first_on: date
    last_on: date
    strip: str


def update_lines(
    words: Words, *, band: Band, trend: Trend, small_group: bool, before: Band | None = None
) -> tuple[str, ...]:
    """The words of an update as they are stored: band, trend, small-group line, closing sentence last.

    before: the band of the update before this one; "no clear change" says "still" only of the same.
    """
    return (
        words(f"update.band_{band.value}"),
        _trend(words, band, trend, before),
        *([words("update.small_group")] if small_group else []),
        words("update.closing"),
    )


def _trend(words: Words, band: Band, trend: Trend, before: Band | None) -> str:
    if trend is not Trend.NO_CHANGE:
        return words(f"update.trend_{trend.value}")
    return words(f"update.{'still' if before is band else 'no_change'}_{band.value}")


def parent_line(words: Words, *, band: Band, trend: Trend, unit: str | None) -> str:
    """The line printed beside an update, and how often it errs. unit: its name; None: everybody."""
    name = f"*{escape(unit)}*" if unit else words("update.whole_organization")
    own = {Trend.FIRST: "update.parent_first", Trend.NO_CHANGE: "update.parent_no_change"}
    said = (
        words(f"update.parent_{band.value}", unit=name),
        words(own.get(trend, f"update.trend_{trend.value}")),
        words("update.parent_errs"),
    )
    return " ".join(said)


def update_from(words: Words, shown: Shown, said: Said, picture: Picture | None = None) -> Update:
    """What was released and said, in the reader's language; in English where that was not on then."""
    beside = shown.beside
    parent = parent_line(words, band=beside.band, trend=beside.trend, unit=None) if beside else ""
    lines = shown.lines.get(words.language) or shown.lines[FALLBACK]
    return Update(
        groups=shown.teams,
        lines=lines,
        parent=parent,
        said=in_language(words, said.with_update),
        said_above=in_language(words, said.above),
        picture=picture,
    )


def row_labels(words: Words) -> tuple[str, str, str]:
    """Labels of the picture's rows: lower, middle, higher."""
    return words("update.row_lower"), words("update.row_middle"), words("update.row_higher")


def period_labels(words: Words, strip: Strip) -> tuple[str, ...]:
    """A label for each period of the picture: its first day, as short as the language has it."""
    return tuple(words.short_date(first_on) for first_on, _ in strip)


def alt_text(words: Words, strip: Strip) -> str:
    """What the picture shows, in words; the newest periods where not all of them fit."""
    text = " ".join([words("update.alt_lead"), *(_period(words, *period) for period in strip)])
    return text if len(text) <= ALT_MAX else alt_text(words, strip[1:])


def _period(words: Words, first_on: date, band: Band | None) -> str:
    key = f"update.alt_{band.value if band else 'none'}"
    return words(key, date=words.short_date(first_on))


def title(words: Words, groups: Sequence[str]) -> str:
    """Whose update it is; a pooled one names its teams."""
    key = "update.title" if len(groups) == 1 else "update.title_together"
    return words(key, group=names(groups))


def names(groups: Sequence[str]) -> str:
    return ", ".join(escape(group) for group in groups)


def update_blocks(words: Words, update: Update, *, next_update_on: date | None = None) -> list[Block]:
    """Words, the line beside them, the picture, what was said with others; the closing sentence last."""
    shown = [image(update.picture.file_id, alt=update.picture.alt)] if update.picture else []
    following = [context(words("update.next", date=words.date(next_update_on)))] if next_update_on else []
    return _around(words, update, [*shown, *following])


def _around(words: Words, update: Update, between: Sequence[Block]) -> list[Block]:
    """The words, with other blocks between them and what was said with others and the closing sentence."""
    *lines, closing = update.lines
    raised = said_lines(words, update.said, update.said_above)
    return [
        section("\n".join([title(words, update.groups), *lines])),
        *([context(update.parent)] if update.parent else []),
        *between,
        *([section("\n".join(raised))] if raised else []),
        section(closing),
    ]


def footnote(words: Words, updates: Sequence[Update]) -> Block:
    """Below all updates of a message: what the ranges mean; where something was said, not to ask who did."""
    said = any(update.said or update.said_above for update in updates)
    return context(" ".join([_ranges(words), *([words("raise.do_not_ask")] if said else [])]))


def _ranges(words: Words) -> str:
    """Lower, middle and higher, in the words of the question's answers."""
    labels = [label.text for label in words.scale(WEIGHT)]
    facts = {"least": labels[0], "middle": labels[len(labels) // 2], "most": labels[-1]}
    return words("update.ranges", **facts)


def team_post(words: Words, update: Update, *, next_update_on: date | None = None) -> Message:
    """To the team's channel, 24 working hours after the supervisor: the same words, word for word."""
    return Message(
        text=words("update.post_title"),
        blocks=[
            context(words("update.post_lead")),
            *update_blocks(words, update, next_update_on=next_update_on),
            divider(),
            footnote(words, [update]),
            context(words("update.post_who_sees")),
        ],
    )


def as_my_supervisor(
    words: Words,
    sees: WhoSees,
    *,
    seen: Seen | None = None,
    why_none: WhyNone | None = None,
    next_update_on: date | None = None,
) -> View:
    """Exactly what somebody's supervisor can see now.

    why_none: why there is nothing, or nothing newer than what was seen.
    """
    blocks = [
        section(_whose_view(words, sees)),
        *([section(_why(words, why_none, sees))] if why_none else []),
        *(_seen(words, seen) if seen else []),
        *([section(words("update.next", date=words.date(next_update_on)))] if next_update_on else []),
        divider(),
        section(_always_seen(words)),
        section(words("update.seen_nothing_else")),
    ]
    return notice_view(words, words("update.seen_title"), blocks, callback_id=ids.VIEW_AS_SUPERVISOR)


def _whose_view(words: Words, sees: WhoSees) -> str:
    if sees.supervisor_id is None:
        return words("update.seen_lead_nobody")
    return words("update.seen_lead", who=mention(sees.supervisor_id))


def _why(words: Words, why_none: WhyNone, sees: WhoSees) -> str:
    """KeyError for a reason without words."""
    return words(f"update.why_{why_none}", **promise_numbers(sees.guarantee))


def _seen(words: Words, seen: Seen) -> list[Block]:
    dates = {"first": words.date(seen.first_on), "last": words.date(seen.last_on)}
    picture = section(f"{words('update.seen_picture')}\n{seen.strip}")
    period = section(words("update.seen_period", **dates))
    return [period, *_around(words, seen.update, [picture]), footnote(words, [seen.update])]


def _always_seen(words: Words) -> str:
    always = ("update.seen_asks", "update.seen_said", "update.seen_opener")
    return " ".join(words(key) for key in always)
