"""Peers: asking for a colleague, being asked without a name, agreeing, and what comes after.

No message names anybody: names stand in windows, and in the group message that both agreed to (changes 22).
The way to the crisis lines is on every screen.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.blocks import crisis, ids
from bot.blocks.elements import (
    Block,
    Element,
    Message,
    View,
    actions,
    bullets,
    button,
    checkboxes,
    confirmation,
    context,
    divider,
    escape,
    field,
    local_moment,
    mention,
    modal,
    multi_select,
    note,
    notice_view,
    option,
    people_select,
    radio,
    section,
    select,
)
from bot.content import Words
from bot.domain.peers import (
    ANY_LANGUAGE,
    LANGUAGES,
    MINUTES,
    MOST_WEEKLY,
    OFFERS_A_WEEK,
    WORK,
    Half,
    Help,
    Offering,
    OfferState,
    Wanted,
    When,
    Where,
    Wishes,
)

# ---- asking


def peer_button(words: Words) -> Element:
    return button(words("menu.peer"), ids.OPENED_PEER)


def request_form(words: Words, *, country: str, where: Where, language: str | None, is_peer: bool) -> View:
    """Three choices, each made already: one tap sends it. No text can be typed.

    language: the one wished for, None for whichever. is_peer: the reader offers help themselves.
    """
    return modal(
        words("peer.title"),
        [
            section(words("peer.lead", minutes=MINUTES)),
            field(words("peer.what"), radio(ids.HELP, _helps(words), current=Help.LISTEN)),
            field(words("peer.from_where"), radio(ids.WHERE, _sides(words), current=where)),
            field(words("peer.when"), radio(ids.WHEN, _whens(words), current=When.TODAY)),
            context(words("peer.who_sees")),
            context(words("peer.language_line", language=_language(words, language))),
            context(words("peer.limits")),
            actions(*_beside(words, is_peer), crisis.help_button(words)),
            crisis.footer(words, country=country),
        ],
        callback_id=ids.VIEW_PEER,
        submit=words("peer.send"),
        close=words("common.cancel"),
    )


def _helps(words: Words) -> list[Element]:
    return [option(words(f"peer.help_{help_.value}"), help_) for help_ in Help]


def _sides(words: Words) -> list[Element]:
    return [option(words(f"peer.where_{where.value}"), where) for where in Where]


def _whens(words: Words) -> list[Element]:
    return [option(words(f"peer.when_{when.value}"), when) for when in When]


def _beside(words: Words, is_peer: bool) -> list[Element]:
    return [
        button(words("peer.wishes"), ids.OPENED_WISHES),
        button(words("peer.my_offer" if is_peer else "peer.offer_help"), ids.OPENED_OFFERING),
    ]


def _language(words: Words, code: str | None) -> str:
    return words.language_name(code) if code else words("peer.any_language")


def searching(
    words: Words,
    *,
    request_id: str,
    by: datetime,
    country: str,
    begins_at: datetime | None = None,
    gone: bool = False,
) -> View:
    """Colleagues are asked; by when there is word.

    begins_at: where that is not before a working day. gone: the one who could can't any more.
    """
    start = words("peer.begins", when=local_moment(begins_at)) if begins_at else words("peer.asking")
    said = [*([words("peer.gone")] if gone else []), start, words("peer.hear_by", by=local_moment(by))]
    return notice_view(
        words,
        words("peer.title"),
        [
            section(" ".join(said)),
            actions(_take_back(words, request_id), crisis.help_button(words)),
            crisis.footer(words, country=country),
        ],
        callback_id=ids.VIEW_PEER_REQUEST,
    )


def _take_back(words: Words, request_id: str) -> Element:
    return button(words("peer.take_back"), ids.WITHDREW_PEER, value=request_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """Where somebody can turn for whom no colleague was found.

    at_the_cap: all who offer this have reached their number for the week; None where it is not said.
    can_ask: there is somebody in charge to ask. can_huddle: there is a team to huddle with. help_list: what
    the organization wrote.
    """

    request_id: str
    language: str | None
    at_the_cap: bool | None
    contact_id: str | None
    can_ask: bool
    can_huddle: bool
    help_list: str | None


def other_ways(words: Words, ways: Ways, *, country: str) -> View:
    return notice_view(
        words,
        words("peer.ways_title"),
        [
            section(f"{_why(words, ways)} {words('peer.ways_lead')}"),
            *([_contact(words, ways)] if ways.contact_id else []),
            *([_help_list(words, ways, ways.help_list)] if ways.help_list else []),
            actions(*_more_ways(words, ways), crisis.help_button(words)),
            context(words("peer.ways_who_sees")),
            crisis.footer(words, country=country),
        ],
        callback_id=ids.VIEW_PEER_REQUEST,
    )


def _why(words: Words, ways: Ways) -> str:
    if ways.at_the_cap is None:
        return words("peer.why_nothing")
    return words("peer.why_cap" if ways.at_the_cap else "peer.why_nobody")


def _contact(words: Words, ways: Ways) -> Block:
    tap = button(words("peer.ask_contact"), ids.TOOK_CONTACT, value=ways.request_id)
    return section(words("peer.contact", who=mention(ways.contact_id or "")), accessory=tap)


def _help_list(words: Words, ways: Ways, help_list: str) -> Block:
    ask_for = f"\n{words('peer.list_language', language=_language(words, ways.language))}"
    said = f"*{words('peer.list')}*\n{escape(help_list)}{ask_for if ways.language else ''}"
    tap = button(words("peer.use_list"), ids.TOOK_LIST, value=ways.request_id)
    return section(said, accessory=tap)


def _more_ways(words: Words, ways: Ways) -> list[Element]:
    in_charge = button(words("menu.ask"), ids.TOOK_IN_CHARGE, value=ways.request_id)
    huddle = button(words("huddle.start_one"), ids.TOOK_HUDDLE, value=ways.request_id)
    return [
        button(words("peer.look_on"), ids.LOOKED_ON, value=ways.request_id),
        *([in_charge] if ways.can_ask else []),
        *([huddle] if ways.can_huddle else []),
        _take_back(words, ways.request_id),
    ]


def ended(words: Words, how: str) -> View:
    """How a request ended by its asker's choice: "withdrawn", "list" or "closed"."""
    blocks = [section(words(f"peer.ended_{how}"))]
    return notice_view(words, words("peer.title"), blocks, callback_id=ids.VIEW_NOTICE)


def found(words: Words, *, request_id: str, peer_id: str, wanted: Wanted, country: str) -> View:
    """Who can, for the eyes of whoever asked: open a group message, take the names, or ask somebody else."""
    who = mention(peer_id)
    return notice_view(
        words,
        words("peer.found_title"),
        [
            section(words("peer.who_can", who=who, help=_help(words, wanted), until=_until(wanted))),
            section(words("peer.group_stays")),
            actions(
                button(words("peer.open_group"), ids.CHOSE_GROUP, value=request_id, style="primary"),
                button(words("peer.names_only"), ids.CHOSE_NAMES, value=request_id),
            ),
            actions(
                button(words("peer.somebody_else"), ids.ASKED_ANOTHER, value=request_id),
                _take_back(words, request_id),
                crisis.help_button(words),
            ),
            context(words("peer.no_reason", who=who)),
            crisis.footer(words, country=country),
        ],
        callback_id=ids.VIEW_PEER_REQUEST,
    )


def _help(words: Words, wanted: Wanted) -> str:
    return words(f"peer.help_{wanted.help.value}")


def _until(wanted: Wanted) -> str:
    return local_moment(wanted.until_at)


def both_agreed(words: Words, how: str, *, request_id: str, other_id: str, country: str) -> View:
    """For either of the two: "opening", "open", or "names" where each has the other's name alone."""
    sure = confirmation(
        title=words("peer.never_again"),
        text=words("peer.never_again_sure"),
        confirm=words("peer.never_again_yes"),
        deny=words("common.cancel"),
    )
    return notice_view(
        words,
        words("peer.together_title"),
        [
            section(words(f"peer.both_{how}", who=mention(other_id))),
            context(words("peer.limits")),
            actions(
                _guide_button(words),
                button(words("peer.never_again"), ids.NEVER_AGAIN, value=request_id, confirm=sure),
                crisis.help_button(words),
            ),
            crisis.footer(words, country=country),
        ],
        callback_id=ids.VIEW_PEER_REQUEST,
    )


def never_again_done(words: Words) -> View:
    blocks = [section(words("peer.never_again_done"))]
    return notice_view(words, words("peer.title"), blocks, callback_id=ids.VIEW_NOTICE)


# ---- notes to whoever asked


def found_note(words: Words, *, request_id: str, by: datetime) -> Message:
    tap = button(words("peer.see_who"), ids.OPENED_PEER, value=request_id, style="primary")
    return note(
        words, section(words("peer.found", by=local_moment(by))), actions(tap, _take_back(words, request_id))
    )


def looking_note(words: Words, *, request_id: str, by: datetime, again: bool) -> Message:
    """again: somebody had said yes and cannot any more."""
    said = words("peer.looking_again" if again else "peer.looking", by=local_moment(by))
    return note(words, section(said), actions(_take_back(words, request_id), crisis.help_button(words)))


def nobody_note(words: Words, *, request_id: str) -> Message:
    tap = button(words("peer.see_ways"), ids.OPENED_PEER, value=request_id, style="primary")
    return note(words, section(words("peer.nobody")), actions(tap, crisis.help_button(words)))


def follow_up_note(words: Words, *, request_id: str) -> Message:
    says = words("common.open_note_says")
    tap = button(words("common.open"), ids.OPENED_CONNECTED, value=request_id, says=says)
    return note(words, section(words("common.note_waiting")), actions(tap))


def connected_form(words: Words, *, request_id: str, other_id: str) -> View:
    """Did the two connect? For whoever asked alone. private_metadata is {"request": id}."""
    answers = [
        option(words("peer.connected_yes"), ids.YES),
        option(words("peer.connected_not_yet"), ids.NOT_YET),
        option(words("peer.connected_another"), ids.ANOTHER),
    ]
    who = mention(other_id)
    return modal(
        words("peer.title"),
        [
            section(words("peer.you_agreed", who=who)),
            field(words("peer.did_you_connect"), radio(ids.CONNECTED, answers)),
            context(words("peer.connected_who_sees", who=who)),
        ],
        callback_id=ids.VIEW_CONNECTED,
        submit=words("common.save"),
        close=words("common.cancel"),
        metadata={"request": request_id},
    )


def not_yet(words: Words) -> View:
    return notice_view(
        words, words("peer.title"), [section(words("peer.not_yet"))], callback_id=ids.VIEW_NOTICE
    )


# ---- being asked


def offer_card(words: Words, *, request_id: str, wanted: Wanted, by: datetime) -> Message:
    """A colleague is asked: what, by when, in which language, how long. No name and no team."""
    facts = {"help": _help(words, wanted), "until": _until(wanted)}
    language = _language(words, wanted.language)
    return note(
        words,
        section(words("peer.offer", **facts, language=language, minutes=wanted.minutes)),
        actions(
            button(words("peer.can"), ids.PEER_CAN, value=request_id, style="primary"),
            button(words("peer.cannot"), ids.PEER_CANNOT, value=request_id),
            _guide_button(words),
        ),
        context(words("peer.offer_by", by=local_moment(by))),
        context(words("peer.offer_consent")),
    )


def offer_closed(words: Words, state: OfferState, *, by: datetime | None = None) -> Message:
    """The card once nothing is to be answered. by: when whoever asked has decided about a yes."""
    said = words(f"peer.card_{state.value}", by=local_moment(by) if by else "")
    guide = [actions(_guide_button(words))] if state is OfferState.ACCEPTED else []
    return note(words, section(said), *guide)


def at_the_cap(words: Words) -> Message:
    """The card of somebody who said yes and has said so often enough this week."""
    return note(words, section(words("peer.card_at_the_cap")))


def not_needed_note(words: Words) -> Message:
    return note(words, section(words("peer.not_needed")))


def names_note(words: Words, *, request_id: str) -> Message:
    """For the colleague who said yes, once whoever asked has too: the name is behind the button."""
    tap = button(words("peer.see_who"), ids.SAW_NAME, value=request_id, style="primary")
    return note(words, section(words("peer.names")), actions(tap, _guide_button(words)))


def check_note(words: Words) -> Message:
    """The supporter's own: the same help as for anybody, and a rest."""
    pause = button(words("peer.pause_offer"), ids.PAUSED_OFFERING, value=ids.PAUSED_YES)
    minute = button(words("menu.pause_minute"), ids.OPENED_PRACTICE, value="PR01")
    return note(
        words,
        section(words("peer.check")),
        actions(peer_button(words), minute, pause, crisis.help_button(words)),
    )


# ---- the roster


def offering_form(words: Words, offering: Offering | None, *, languages: Collection[str]) -> View:
    """What somebody offers; None for the first time, when languages are those to begin with."""
    now = offering or Offering(kinds=frozenset({Help.LISTEN, Help.COMPANY}), languages=frozenset(languages))
    return modal(
        words("peer.offering_title"),
        [
            section(words("peer.offering_lead")),
            field(words("peer.kinds"), checkboxes(ids.KINDS, _kinds(words), *now.kinds)),
            field(
                words("peer.languages"),
                multi_select(ids.PEER_LANGUAGES, _languages(words), *now.languages),
            ),
            _work(words, "peer.my_work", now.work),
            field(words("peer.for_whom"), select(ids.WHERE, _for_whom(words), current=now.where)),
            field(words("peer.halves"), checkboxes(ids.HALVES, _halves(words), *now.halves)),
            field(
                words("peer.weekly_max"),
                select(ids.WEEKLY_MAX, _numbers(), current=str(now.weekly_max)),
            ),
            context(words("peer.offering_rules", offers=OFFERS_A_WEEK)),
            context(words("peer.offering_who_sees")),
            context(words("peer.limits")),
            *([_rest(words, now)] if offering else []),
        ],
        callback_id=ids.VIEW_OFFERING,
        submit=words("common.save"),
        close=words("common.cancel"),
    )


def _kinds(words: Words) -> list[Element]:
    return [option(words(f"peer.kind_{help_.value}"), help_) for help_ in Help]


def _languages(words: Words) -> list[Element]:
    return [option(words.language_name(code), code) for code in LANGUAGES]


def _work(words: Words, label: str, chosen: Collection[str]) -> Block:
    options = [option(words(f"peer.work_{code}"), code) for code in WORK]
    return field(words(label), multi_select(ids.WORK, options, *chosen), optional=True)


def _for_whom(words: Words) -> list[Element]:
    return [option(words(f"peer.for_{where.value}"), where) for where in Where]


def _halves(words: Words) -> list[Element]:
    return [option(words(f"peer.half_{half.value}"), half) for half in Half]


def _numbers() -> list[Element]:
    return [option(str(number), str(number)) for number in range(1, MOST_WEEKLY + 1)]


def _rest(words: Words, offering: Offering) -> Block:
    if offering.paused:
        pause = button(words("peer.resume_offer"), ids.PAUSED_OFFERING, value=ids.PAUSED_NO)
    else:
        pause = button(words("peer.pause_offer"), ids.PAUSED_OFFERING, value=ids.PAUSED_YES)
    return actions(pause, button(words("peer.leave"), ids.LEFT_PEERS))


def guide(words: Words, said: str = "", *, country: str, contact_id: str | None) -> View:
    """How to be with a colleague, and when to hand over. said: "saved" right after enrolling.

    contact_id: the support contact, if there is one.
    """
    lead = [section(words(f"peer.offering_{said}"))] if said else []
    contact = [section(words("peer.guide_contact", who=mention(contact_id)))] if contact_id else []
    return notice_view(
        words,
        words("peer.guide_title"),
        [
            *lead,
            section(bullets(words("peer.guide_lines").splitlines())),
            section(words("peer.hand_over")),
            *contact,
            actions(crisis.help_button(words)),
            crisis.footer(words, country=country),
        ],
        callback_id=ids.VIEW_PEER_GUIDE,
    )


def _guide_button(words: Words) -> Element:
    return button(words("peer.guide"), ids.OPENED_GUIDE)


def offering_changed(words: Words, how: str) -> View:
    """ "paused", "resumed" or "left"."""
    blocks = [section(words(f"peer.offering_{how}"))]
    return notice_view(words, words("peer.offering_title"), blocks, callback_id=ids.VIEW_NOTICE)


# ---- wishes


def wishes_form(words: Words, wishes: Wishes, *, never_ids: Sequence[str]) -> View:
    """What holds for every colleague that is looked for; never_ids: Slack ids of those to be left out."""
    current = wishes.language or words.language
    languages = [option(words("peer.any_language"), ANY_LANGUAGE), *_languages(words)]
    return modal(
        words("peer.wishes_title"),
        [
            section(words("peer.wishes_lead")),
            field(words("peer.language"), select(ids.PEER_LANGUAGE, languages, current=current)),
            _work(words, "peer.similar_work", wishes.work),
            field(words("peer.never"), people_select(ids.NEVER, current=never_ids), optional=True),
            context(words("peer.wishes_who_sees")),
        ],
        callback_id=ids.VIEW_WISHES,
        submit=words("common.save"),
        close=words("common.cancel"),
    )


def wishes_errors(words: Words, *, most: int) -> dict[str, str]:
    return {ids.NEVER: words("peer.never_too_many", most=most)}


def wishes_saved(words: Words) -> View:
    blocks = [section(words("peer.wishes_saved")), divider(), actions(peer_button(words))]
    return notice_view(words, words("peer.wishes_title"), blocks, callback_id=ids.VIEW_NOTICE)
