"""Stepping out for a bit: how long, who covers, and coming back. No reason is asked for anywhere."""

from __future__ import annotations

from datetime import datetime

from bot.blocks import crisis, ids
from bot.blocks.elements import (
    Block,
    Element,
    Message,
    View,
    actions,
    button,
    checkboxes,
    context,
    field,
    local_moment,
    mention,
    modal,
    note,
    notice_view,
    option,
    radio,
    rich_option,
    section,
)
from bot.content import Words
from bot.domain.stepouts import HowLong, StepOutState


def step_out_button(words: Words) -> Element:
    return button(words("step_out.button"), ids.OPENED_STEP_OUT)


def form(words: Words, *, supervisor_id: str | None) -> View:
    """How long, whether colleagues are asked to cover, and whether the supervisor hears that they are."""
    lengths = [option(words(f"step_out.for_{length.value}"), length.value) for length in HowLong]
    return modal(
        words("step_out.title"),
        [
            section(words("step_out.lead")),
            field(words("step_out.how_long"), radio(ids.HOW_LONG, lengths, current=HowLong.TEN_MINUTES)),
            _cover(words, supervisor_id),
            context(words("step_out.who_sees")),
        ],
        callback_id=ids.VIEW_STEP_OUT,
        submit=words("step_out.submit"),
        close=words("common.cancel"),
    )


def _cover(words: Words, supervisor_id: str | None) -> Block:
    choices = [rich_option(words("step_out.ask_cover"), ids.ASK_COVER)]
    if supervisor_id:
        text = words("step_out.tell_supervisor", who=mention(supervisor_id))
        choices.append(rich_option(text, ids.TELL_SUPERVISOR))
    return field(words("step_out.cover"), checkboxes(ids.COVER, choices, ids.ASK_COVER), optional=True)


def alone(words: Words) -> View:
    """Without cover: nothing is kept and nobody is told."""
    return _view(words, section(words("step_out.alone")), actions(_pause(words), crisis.help_button(words)))


def nobody(words: Words, *, can_ask: bool) -> View:
    """Nobody can be asked at this moment; the way to somebody in charge, if there is one."""
    ask = button(words("menu.ask"), ids.OPENED_ASK)
    taps = [*([ask] if can_ask else []), _pause(words), crisis.help_button(words)]
    return _view(words, section(words("step_out.nobody")), actions(*taps))


def out(words: Words, *, state: StepOutState, until_at: datetime, peer_id: str | None = None) -> View:
    """While somebody is out: how it stands, and the way back."""
    facts = {"until": local_moment(until_at), "who": mention(peer_id) if peer_id else ""}
    back = button(words("step_out.back"), ids.CAME_BACK_IN)
    said = section(words(f"step_out.out_{state.value}", **facts))
    return _view(words, said, actions(back, _pause(words), crisis.help_button(words)))


def back(words: Words) -> View:
    return _view(words, section(words("step_out.is_back")))


def _view(words: Words, *blocks: Block) -> View:
    return notice_view(words, words("step_out.title"), blocks, callback_id=ids.VIEW_NOTICE)


def _pause(words: Words) -> Element:
    return button(words("menu.pause_minute"), ids.OPENED_PRACTICE, value="PR01")


def offer(words: Words, *, step_out_id: str, until_at: datetime) -> Message:
    """For a colleague who offers practical help: until when, and no name."""
    yes = button(words("step_out.i_cover"), ids.COVERED, value=step_out_id, style="primary")
    return note(
        words,
        section(words("step_out.offer", until=local_moment(until_at))),
        actions(
            yes,
            button(words("step_out.cannot"), ids.DECLINED_COVER, value=step_out_id),
            crisis.help_button(words),
        ),
        context(words("step_out.offer_who_sees")),
    )


def covering(words: Words, *, asker_id: str, until_at: datetime) -> Message:
    """After "I can": for whom, and until when."""
    facts = {"who": mention(asker_id), "until": local_moment(until_at)}
    return note(
        words,
        section(words("step_out.covering", **facts)),
        actions(crisis.help_button(words)),
        context(words("step_out.covering_words")),
    )


def answered(words: Words, *, needed: bool) -> Message:
    """After "not now", or when somebody else covers already or it is over."""
    return note(words, section(words("step_out.declined" if needed else "step_out.not_needed")))


def found(words: Words, *, peer_id: str, until_at: datetime) -> Message:
    facts = {"who": mention(peer_id), "until": local_moment(until_at)}
    return note(words, section(words("step_out.found", **facts)))


def none(words: Words, *, can_ask: bool) -> Message:
    """For whoever stepped out: nobody could."""
    ask = [actions(button(words("menu.ask"), ids.OPENED_ASK))] if can_ask else []
    return note(words, section(words("step_out.none")), *ask)


def cover_asked(words: Words, *, asker_id: str, until_at: datetime) -> Message:
    """For a supervisor, if whoever steps out wants it: that cover was asked for, and nothing else."""
    facts = {"who": mention(asker_id), "until": local_moment(until_at)}
    return note(words, section(words("step_out.supervisor", **facts)))
