"""Asking for a check-in in one's own name: the form, the card of the one asked, and every way it ends."""

from __future__ import annotations

from collections.abc import Sequence
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
    day_picker,
    divider,
    field,
    hour_picker,
    local_moment,
    mention,
    mentions,
    modal,
    note,
    notice_view,
    option,
    person_select,
    radio,
    rich_option,
    section,
)
from bot.content import Words
from bot.domain.asks import ENDED, WAITING, AskState

Role = Literal["supervisor", "deputy", "named"]
"""named: the one asked first gave this name."""
RECIPIENTS_MAX = 10
"""Slack's limit for radio buttons."""
LISTED_MAX = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class AskLine:
    """An ask as a list shows it: with_id is the other person."""

    ask_id: str
    with_id: str
    state: AskState
    asked_on: date
    meet_at: datetime | None = None


def ask_form(
    words: Words, *, recipients: Sequence[tuple[str, Role]], deputy: bool, instead_of: str = ""
) -> View:
    """Choose whom to ask; no reason field. recipients: (Slack id, role), at most ten are shown.

    deputy: there is somebody to pass it to after 4 working hours. instead_of: the ask that nobody
    answered, in private_metadata {"instead_of": id}.
    """
    people = [
        rich_option(words(f"ask.{role}", who=mention(user_id)), user_id)
        for user_id, role in recipients[:RECIPIENTS_MAX]
    ]
    first = people[0]["value"]
    return modal(
        words("ask.title"),
        [
            section(words("ask.lead")),
            field(words("ask.whom"), radio(ids.RECIPIENT, people, current=first)),
            *([_deputy_too(words)] if deputy else []),
            context(words("ask.who_sees")),
        ],
        callback_id=ids.VIEW_ASK,
        submit=words("ask.send"),
        close=words("common.cancel"),
        metadata={"instead_of": instead_of} if instead_of else None,
    )


def _deputy_too(words: Words) -> Block:
    allow = option(words("ask.deputy_too"), ids.DEPUTY_TOO)
    return field(words("ask.if_unread"), checkboxes(ids.DEPUTY_TOO, [allow]), optional=True)


def asked(words: Words, *, ask_id: str, recipient_id: str, deputy_id: str | None = None) -> View:
    """After sending: who was asked, by when there is word, and the way to take it back.

    deputy_id: who is asked too after 4 working hours, if the asker allowed it.
    """
    then = words("ask.then_deputy", deputy=mention(deputy_id)) if deputy_id else words("ask.then")
    return notice_view(
        words,
        words("ask.title_sent"),
        [
            section(f"{words('ask.sent', who=mention(recipient_id))} {then}"),
            actions(_take_back(words, ask_id)),
        ],
        callback_id=ids.VIEW_ASKED,
    )


def _take_back(words: Words, ask_id: str) -> Element:
    return button(words("ask.take_back"), ids.WITHDREW_ASK, value=ask_id, says=words("ask.take_back_says"))


def ask_card(
    words: Words,
    *,
    ask_id: str,
    asker_id: str,
    state: AskState,
    meet_at: datetime | None = None,
    next_id: str | None = None,
    answered_by_id: str | None = None,
    for_deputy: bool = False,
) -> Message:
    """The card of the one asked: three buttons while it waits, a fixed end text in every other state.

    answered_by_id: somebody else answered (the deputy, or the supervisor before the deputy).
    """
    who = mention(asker_id)
    if answered_by_id:
        return note(words, section(words("ask.card_other", who=who, other=mention(answered_by_id))))
    if state in WAITING:
        return note(words, *_waiting_card(words, ask_id, who, for_deputy))
    return note(words, section(_ended_card(words, who, state, meet_at, next_id)))


def _waiting_card(words: Words, ask_id: str, who: str, for_deputy: bool) -> list[Block]:
    return [
        section(words("ask.card", who=who)),
        *([context(words("ask.card_deputy"))] if for_deputy else []),
        actions(*_answers(words, ask_id)),
        context(words("ask.card_who_sees", who=who)),
    ]


def _answers(words: Words, ask_id: str) -> list[Element]:
    return [
        button(
            words("ask.yes"),
            ids.ASK_ANSWERED_YES,
            value=ask_id,
            style="primary",
            says=words("ask.yes_says"),
        ),
        button(words("ask.another_time"), ids.ASK_ANSWERED_ANOTHER_TIME, value=ask_id),
        button(words("ask.cannot"), ids.ASK_ANSWERED_CANNOT, value=ask_id),
    ]


def _ended_card(
    words: Words, who: str, state: AskState, meet_at: datetime | None, next_id: str | None
) -> str:
    facts = {
        "who": who,
        "when": local_moment(meet_at) if meet_at else "",
        "next": mention(next_id) if next_id else "",
    }
    return words(f"ask.card_{state.value}", **facts)


def another_time_form(words: Words, *, ask_id: str, asker_id: str, first_at: datetime) -> View:
    """A day and an hour in the reader's own zone, where first_at stands. private_metadata is {"ask": id}."""
    return modal(
        words("ask.another_title"),
        [
            field(words("ask.day"), day_picker(ids.MEET_ON, current=first_at.date().isoformat())),
            field(words("ask.hour"), hour_picker(ids.MEET_TIME, current=f"{first_at:%H:%M}")),
            context(words("ask.another_who_sees", who=mention(asker_id))),
        ],
        callback_id=ids.VIEW_ANOTHER_TIME,
        submit=words("ask.send"),
        close=words("common.cancel"),
        metadata={"ask": ask_id},
    )


def another_time_errors(words: Words) -> dict[str, str]:
    """The day and hour lie in the past, by block_id."""
    return {ids.MEET_ON: words("ask.past")}


def cannot_form(words: Words, *, ask_id: str, asker_id: str) -> View:
    """Who can instead: one person, required. private_metadata is {"ask": id}."""
    return modal(
        words("ask.cannot_title"),
        [
            field(words("ask.who_can"), person_select(ids.NEXT_PERSON)),
            context(words("ask.cannot_who_sees", who=mention(asker_id))),
        ],
        callback_id=ids.VIEW_CANNOT,
        submit=words("ask.send"),
        close=words("common.cancel"),
        metadata={"ask": ask_id},
    )


def cannot_errors(words: Words) -> dict[str, str]:
    """The person named cannot be it: a bot, gone, or one of the two, by block_id."""
    return {ids.NEXT_PERSON: words("ask.other_person")}


def told(
    words: Words,
    *,
    ask_id: str,
    outcome: AskState,
    recipient_id: str,
    meet_at: datetime | None = None,
    next_id: str | None = None,
) -> Message:
    """For the asker: AGREED, ANOTHER_TIME (with meet_at) or CANNOT (with next_id)."""
    facts = {
        "who": mention(recipient_id),
        "when": local_moment(meet_at) if meet_at else "",
        "next": mention(next_id) if next_id else "",
    }
    said = section(words(f"ask.told_{outcome.value}", **facts))
    tap = _ask_someone_else(words, ask_id) if outcome is AskState.CANNOT else _take_back(words, ask_id)
    return note(words, said, actions(tap))


def _ask_someone_else(words: Words, ask_id: str) -> Element:
    return button(words("ask.someone_else"), ids.OPENED_ASK, value=ask_id)


def unanswered(words: Words, *, ask_id: str, recipient_id: str, others: Sequence[str]) -> Message:
    """For the asker after one working day: somebody else, or leave it. others: Slack ids to choose from."""
    who = mention(recipient_id)
    if others:
        offer = words("ask.unanswered_others", others=mentions(others))
    else:
        offer = words("ask.unanswered_nobody")
    return note(
        words,
        section(f"{words('ask.unanswered', who=who)} {offer}"),
        actions(
            *([_ask_someone_else(words, ask_id)] if others else []),
            button(words("ask.leave"), ids.LEFT_ASK, value=ask_id, says=words("ask.leave_says")),
        ),
    )


def left(words: Words) -> Message:
    """The asker's note after "Leave it"."""
    return note(words, section(words("ask.left")))


def did_it_happen(words: Words, *, ask_id: str) -> Message:
    """The neutral note of the next working day, with [Open]."""
    tap = button(
        words("common.open"), ids.OPENED_FOLLOW_UP, value=ask_id, says=words("common.open_note_says")
    )
    return note(words, section(words("common.note_waiting")), actions(tap))


def did_it_happen_view(words: Words, *, ask_id: str, recipient_id: str) -> View:
    """Yes, not yet, no longer needed. private_metadata is {"ask": id}."""
    answers = [
        option(words("ask.met"), ids.MET),
        option(words("ask.not_yet"), ids.NOT_YET),
        option(words("ask.no_longer"), ids.NO_LONGER),
    ]
    return modal(
        words("ask.follow_up_title"),
        [
            section(words("ask.you_asked", who=mention(recipient_id))),
            field(words("ask.did_it_happen"), radio(ids.HAPPENED, answers)),
            context(words("ask.follow_up_who_sees")),
        ],
        callback_id=ids.VIEW_FOLLOW_UP,
        submit=words("common.save"),
        close=words("common.cancel"),
        metadata={"ask": ask_id},
    )


def did_it_happen_done(words: Words, *, answer: str, ask_again: bool = True) -> View:
    """After it. answer: MET, NOT_YET or NO_LONGER of ids; "not yet" opens the way again if there is one."""
    end = "not_yet_nobody" if answer == ids.NOT_YET and not ask_again else answer
    again = [actions(button(words("ask.again"), ids.OPENED_ASK))] if end == ids.NOT_YET else []
    return notice_view(
        words,
        words("ask.follow_up_title"),
        [section(words(f"ask.done_{end}")), *again],
        callback_id=ids.VIEW_NOTICE,
    )


def ask_withdrawn_view(words: Words, *, recipient_id: str) -> View:
    """For the asker after taking it back."""
    return notice_view(
        words,
        words("ask.title"),
        [section(words("ask.withdrawn", who=mention(recipient_id)))],
        callback_id=ids.VIEW_NOTICE,
    )


def ask_line(words: Words, ask: AskLine) -> Block:
    """One's own ask, with the way to take it back while it has not ended."""
    facts = {"who": mention(ask.with_id), "when": local_moment(ask.meet_at) if ask.meet_at else ""}
    text = words(f"ask.line_{ask.state.value}", date=words.date(ask.asked_on), **facts)
    tap = None if ask.state in ENDED else _take_back(words, ask.ask_id)
    return section(text, accessory=tap, block_id=f"ask_{ask.ask_id}")


def ask_list(words: Words, asks: Sequence[AskLine]) -> View:
    """Asks to the reader; those that wait carry the three answers."""
    shown = [block for ask in asks[:LISTED_MAX] for block in _to_me(words, ask)]
    return notice_view(
        words,
        words("ask.list_title"),
        shown or [section(words("ask.list_empty"))],
        callback_id=ids.VIEW_ASKS_TO_ME,
    )


def _to_me(words: Words, ask: AskLine) -> list[Block]:
    facts = {"who": mention(ask.with_id), "when": local_moment(ask.meet_at) if ask.meet_at else ""}
    said = section(words(f"ask.to_me_{ask.state.value}", date=words.date(ask.asked_on), **facts))
    if ask.state in WAITING:
        return [said, actions(*_answers(words, ask.ask_id)), divider()]
    return [said, divider()]
