"""The weekly card, its form and the options view after it, and the one private question of a quiet spell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.blocks import crisis, ids
from bot.blocks.elements import (
    Block,
    Element,
    Message,
    View,
    actions,
    button,
    context,
    divider,
    field,
    modal,
    note,
    notice_view,
    option,
    overflow,
    radio,
    section,
)
from bot.blocks.peers import peer_button
from bot.blocks.privacy import in_two_sentences
from bot.blocks.raises import raise_button
from bot.content import Words
from bot.domain.checkins import Card
from bot.domain.followups import Offer, Options, Rule
from bot.domain.localtime import CLOSING_TIME, FRIDAY
from bot.domain.privacy import WhoSees

QUESTIONS = {1: "checkin.one_question", 2: "checkin.two_questions"}
OFFERED = {
    Offer.ASK_SUPERVISOR: (ids.OPENED_ASK, ""),
    Offer.PAUSE_MINUTE: (ids.OPENED_PRACTICE, "PR01"),
    Offer.WHO_SEES: (ids.OPENED_WHO_SEES, ""),
    Offer.CRISIS: (ids.OPENED_CRISIS, ""),
}
"""What a tap on an offer does: action_id and value."""


def arrival(words: Words, *, week: int, questions: int, only_for_you: bool) -> Message:
    """The weekly card. questions: how many the form has; only_for_you: the group is too small for words."""
    title = words("checkin.title_small" if only_for_you else "checkin.title")
    count = words(QUESTIONS.get(questions, "checkin.more_questions"), count=questions)
    seen = words("checkin.only_for_you" if only_for_you else "checkin.supervisor_never")
    lines = [seen, count] if only_for_you else [count, seen]
    return Message(
        text=title, blocks=[section(f"*{title}*\n{' '.join(lines)}"), _arrival_buttons(words, week)]
    )


def _arrival_buttons(words: Words, week: int) -> Block:
    value = str(week)
    return actions(
        button(
            words("checkin.start"),
            ids.STARTED,
            value=value,
            style="primary",
            says=words("checkin.start_says"),
        ),
        button(words("checkin.later"), ids.PUT_OFF, value=value),
        button(words("checkin.not_this_week"), ids.DECLINED, value=value),
        overflow(
            ids.CARD_MENU,
            [
                option(words("checkin.menu_day"), ids.MENU_DAY),
                option(words("checkin.menu_length"), ids.MENU_LENGTH),
                option(words("checkin.menu_language"), ids.MENU_LANGUAGE),
                option(words("checkin.menu_pause"), ids.MENU_PAUSE),
                option(words("checkin.menu_stop"), ids.MENU_STOP),
            ],
        ),
    )


def fixed_card(words: Words, *, week: int) -> Message:
    """The card after a submit: byte for byte the same for everybody, whatever was answered."""
    return _card(
        words,
        section(words("checkin.thanks")),
        actions(_see_options(words, week), _change(words, week), crisis.help_button(words)),
        context(words("checkin.until_closing", **_closing(words))),
    )


def declined_card(words: Words, *, week: int) -> Message:
    """The card after "Not this week", which can be taken back until closing."""
    after_all = button(words("checkin.after_all"), ids.STARTED, value=str(week))
    return _card(
        words,
        section(words("checkin.declined")),
        actions(after_all, _see_options(words, week), crisis.help_button(words)),
    )


def closed_card(words: Words, *, week: int) -> Message:
    """The card of a week that has closed without an answer."""
    return _card(
        words,
        section(words("checkin.closed")),
        _open_to_all(words, week),
    )


def moved_card(words: Words, *, week: int) -> Message:
    """An older card whose newer one stands below."""
    return _card(words, section(words("checkin.moved")), _open_to_all(words, week))


def later_card(words: Words, *, week: int) -> Message:
    """The card after "Later today", until the new one comes and it becomes a moved card."""
    start = button(words("checkin.start"), ids.STARTED, value=str(week), says=words("checkin.start_says"))
    return _card(
        words,
        section(words("checkin.comes_later")),
        actions(start, _see_options(words, week), crisis.help_button(words)),
    )


def card_after(words: Words, card: Card, *, week: int) -> Message:
    """The fixed text that a card turned into; KeyError for one that still asks."""
    return ENDS[card](words, week=week)


ENDS = {
    Card.PUT_OFF: later_card,
    Card.FIXED: fixed_card,
    Card.DECLINED: declined_card,
    Card.CLOSED: closed_card,
}


def _card(words: Words, *blocks: Block) -> Message:
    return Message(text=words("checkin.title"), blocks=list(blocks))


def _open_to_all(words: Words, week: int) -> Block:
    return actions(_see_options(words, week), crisis.help_button(words))


def _closing(words: Words) -> dict[str, str]:
    return {"weekday": words.weekday(FRIDAY), "time": words.time(CLOSING_TIME)}


def _see_options(words: Words, week: int) -> Element:
    return button(
        words("checkin.see_options"),
        ids.OPENED_OPTIONS,
        value=str(week),
        says=words("checkin.see_options_says"),
    )


def _change(words: Words, week: int) -> Element:
    return button(words("checkin.change"), ids.CHANGED_ANSWERS, value=str(week))


def form(
    words: Words,
    *,
    week: int,
    keys: Sequence[str],
    only_for_you: bool,
    unread: WhoSees | None,
    remote: bool = False,
    current: Mapping[str, int] | None = None,
    cleared: bool = False,
) -> View:
    """The form; every question optional, private_metadata {"week": w}.

    unread: who sees what in two sentences and a button, on top until accepted once (submitting then
    accepts); None after that.
    current: answers of this week already given, preset. cleared: the same form emptied; its block_ids
    differ, because Slack keeps what was chosen in a block it knows.
    """
    questions = [_question(words, key, remote, current, cleared) for key in keys]
    return modal(
        words("form.title"),
        [
            *(_unread(words, unread) if unread else []),
            context(_top_line(words, keys, only_for_you)),
            *questions,
            *([_clear(words, week)] if current and not cleared else []),
            *([context(words("form.cleared"))] if cleared else []),
        ],
        callback_id=ids.VIEW_CHECKIN,
        submit=words("form.submit_unread" if unread else "form.submit"),
        close=words("form.close"),
        metadata={"week": week},
    )


def _unread(words: Words, sees: WhoSees) -> list[Block]:
    return [
        section(words("form.read_first")),
        *in_two_sentences(words, sees),
        context(words("form.accepts")),
        divider(),
    ]


def _top_line(words: Words, keys: Sequence[str], only_for_you: bool) -> str:
    if only_for_you:
        return words("form.only_for_you")
    return words("form.first_feeds" if len(keys) > 1 else "form.one_feeds")


def _question(
    words: Words, key: str, remote: bool, current: Mapping[str, int] | None, cleared: bool
) -> Block:
    item = words.item(key, remote=remote)
    labels = [option(label.text, str(label.value)) for label in words.scale(item.scale)]
    given = (current or {}).get(key) if not cleared else None
    element = radio(ids.answer(key), labels, current=None if given is None else str(given))
    return field(item.text, element, optional=True, block_id=f"{key}_cleared" if cleared else key)


def _clear(words: Words, week: int) -> Block:
    return actions(
        button(words("form.clear"), ids.CLEARED_ANSWERS, value=str(week), says=words("form.clear_says"))
    )


def on_its_way(words: Words) -> View:
    """After asking for a card that was held back."""
    said = [section(words("checkin.on_its_way"))]
    return notice_view(words, words("common.note"), said, callback_id=ids.VIEW_NOTICE)


def options(words: Words, chosen: Options, *, week: int, country: str, saved: bool = True) -> View:
    """What is offered after a check-in. saved: right after the submit, when T0 pushes nothing."""
    title = words("options.title_saved" if saved else "options.title")
    if chosen.rule is Rule.T0 and saved:
        return _options_view(words, title, _nothing_pushed(words, week, country), week, words("common.close"))
    if chosen.rule is Rule.T0:
        return more(words, week=week, offers=(*chosen.shown, *chosen.more), country=country)
    return _options_view(words, title, _pushed(words, chosen, week, country), week)


def _options_view(
    words: Words, title: str, blocks: Sequence[Block], week: int, close: str | None = None
) -> View:
    return modal(
        title,
        blocks,
        callback_id=ids.VIEW_OPTIONS,
        close=close or words("options.not_now"),
        metadata={"week": week},
    )


def _nothing_pushed(words: Words, week: int, country: str) -> list[Block]:
    see = button(words("checkin.see_options"), ids.OPENED_MORE, value=str(week))
    return [
        section(words("options.t0")),
        actions(see, raise_button(words), peer_button(words)),
        crisis.footer(words, country=country),
    ]


def _pushed(words: Words, chosen: Options, week: int, country: str) -> list[Block]:
    """The line of the rule and its offers; the crisis line above them for T2, below otherwise."""
    more_button = [_more_button(words, week)] if chosen.more else []
    ways = actions(*more_button, raise_button(words), peer_button(words))
    offers = [*(_offer(words, offer) for offer in chosen.shown), ways]
    line = section(words(f"options.{chosen.rule.lower()}"))
    if chosen.rule is Rule.T2:
        return [line, crisis.line(words, country=country), *offers]
    return [line, *offers, crisis.footer(words, country=country)]


def _offers(words: Words, offers: Sequence[Offer], country: str) -> list[Block]:
    return [
        *(_offer(words, offer) for offer in offers),
        actions(raise_button(words), peer_button(words)),
        crisis.footer(words, country=country),
    ]


def _offer(words: Words, offer: Offer) -> Block:
    action_id, value = OFFERED[offer]
    key = f"offer.{offer.value}"
    tap = button(words(f"{key}_button"), action_id, value=value, says=words(f"{key}_says"))
    return section(words(key), accessory=tap, block_id=f"offer_{offer.value}")


def _more_button(words: Words, week: int) -> Element:
    return button(words("options.more"), ids.OPENED_MORE, value=str(week), says=words("options.more_says"))


def more(words: Words, *, week: int, offers: Sequence[Offer], country: str) -> View:
    """Everything that is offered, nothing pushed."""
    blocks = [section(words("options.open_to_you")), *_offers(words, offers, country)]
    return _options_view(words, words("options.title"), blocks, week)


def no_longer(
    words: Words, *, week: int, offers: Sequence[Offer], country: str, sent: bool, early: bool = False
) -> View:
    """A week that has closed; options stay open. sent: answers came too late, and were not kept.

    early: before its hour, because the person deleted their data or has left the team.
    """
    if early:
        said = words("options.over_sent" if sent else "options.over")
    else:
        said = words("options.too_late" if sent else "options.closed", **_closing(words))
    blocks = [section(said), *_offers(words, offers, country)]
    return _options_view(words, words("options.title_too_late"), blocks, week)


def quiet_question(words: Words) -> Message:
    """After three unanswered: a neutral note with [Open]."""
    return note(
        words,
        section(words("common.note_waiting")),
        actions(button(words("common.open"), ids.OPENED_QUIET_QUESTION, says=words("common.open_note_says"))),
    )


def quiet_question_view(words: Words) -> View:
    """Another day, one question only, pause, or leave it as it is."""
    return notice_view(
        words,
        words("quiet.title"),
        [
            section(words("quiet.lead")),
            actions(
                button(words("quiet.another_day"), ids.OPENED_SETTINGS, value=ids.MENU_DAY),
                button(words("quiet.one_question"), ids.CHOSE_ONE_QUESTION),
                button(words("quiet.pause"), ids.OPENED_PAUSE, says=words("menu.pause_says")),
                button(words("quiet.leave"), ids.KEPT_AS_IS),
            ),
            context(words("quiet.what_happens")),
        ],
        callback_id=ids.VIEW_QUIET_QUESTION,
    )


def quiet_question_done(words: Words, *, one_question: bool) -> View:
    """After "one question only" (True) or "leave it as it is"."""
    text = words("quiet.one_question_done" if one_question else "quiet.kept")
    return notice_view(words, words("quiet.title"), [section(text)], callback_id=ids.VIEW_NOTICE)
