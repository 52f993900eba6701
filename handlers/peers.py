"""Peers: asking for a colleague, being asked, agreeing, and the choices around it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from slack_bolt import App

from bot.blocks import ids
from bot.blocks import peers as screens
from bot.blocks.elements import View
from bot.blocks.peers import Ways
from bot.content import Words
from bot.domain import asks as asking
from bot.domain import peers as deciding
from bot.domain.localtime import next_working
from bot.domain.matching import AtTheCap
from bot.domain.members import Member, PersonRef, Support
from bot.domain.notices import Kind, dedupe_key
from bot.domain.peers import (
    ANY_LANGUAGE,
    KNOWN_TO_BOTH,
    LANGUAGES,
    MOST_NEVER,
    MOST_WEEKLY,
    NOT_YET_KNOWN,
    WORK,
    Half,
    Help,
    Offering,
    OfferState,
    Request,
    RequestState,
    When,
    Where,
    Wishes,
)
from bot.slack import Opened
from handlers import asks, huddles
from handlers.payloads import Malformed
from handlers.visit import (
    Afterwards,
    Edit,
    FreshHome,
    Listen,
    Replies,
    Show,
    Sorry,
    Turn,
    Visit,
    Wrong,
    for_member,
    for_reader,
)
from storage import matching, members, outbox, peers, stepouts, workspaces
from storage.database import Tx
from storage.matching import Answer, Begun

# ---- asking


def on_peer_opened(visit: Visit, tx: Tx, member: Member) -> Replies:
    """Find a colleague: the form, or how one's request stands."""
    about = visit.act.value
    request = _if_own(visit, peers.get(tx, about)) if about else _open_one(tx, visit.ref)
    if request is None and visit.act.value:
        return (Sorry(trouble="out_of_date"),)
    view = _request(visit, tx, member, request) if request else _form(visit, tx, member)
    return (Show(view=view),)


def _open_one(tx: Tx, ref: PersonRef) -> Request | None:
    """The request somebody waits with; those that brought two people together hinder no further one."""
    waiting = (request for request in peers.list_of(tx, ref) if request.state in NOT_YET_KNOWN)
    return next(waiting, None)


def _form(visit: Visit, tx: Tx, member: Member) -> View:
    words = visit.words(member)
    return screens.request_form(
        words,
        country=member.country,
        where=matching.usual_side(tx, member, visit.now),
        language=peers.wishes(tx, visit.ref).language_for(words.language),
        is_peer=peers.offering(tx, visit.ref) is not None,
    )


def _request(visit: Visit, tx: Tx, member: Member, request: Request) -> View:
    """One's own request as it stands now."""
    words = visit.words(member)
    other = request.other(visit.ref)
    match request.state, other:
        case RequestState.SEARCHING, _:
            return _searching(visit, tx, member, request)
        case RequestState.FOUND, str() as peer:
            return screens.found(
                words,
                request_id=request.request_id,
                peer_id=members.user_id(tx, peer),
                wanted=request.wanted,
                country=member.country,
            )
        case ((RequestState.OPENING | RequestState.TOGETHER), str()):
            return _both(visit, tx, member, request, "names")
        case RequestState.NOBODY, _:
            return _ways(visit, tx, member, request, at_the_cap=None)
    raise Malformed("request")


def _searching(visit: Visit, tx: Tx, member: Member, request: Request, *, gone: bool = False) -> View:
    by = matching.due(tx, request.request_id, deciding.TELL)
    begins_at = next_working(visit.now, visit.calendar(member))
    has_begun = begins_at <= visit.now or bool(peers.list_offers(tx, request.request_id))
    return screens.searching(
        visit.words(member),
        request_id=request.request_id,
        by=by or visit.now,
        country=member.country,
        begins_at=None if has_begun else begins_at,
        gone=gone,
    )


def _ways(visit: Visit, tx: Tx, member: Member, request: Request, *, at_the_cap: bool | None) -> View:
    support = workspaces.support(tx)
    contact = _contact(tx, visit.ref, support)
    return screens.other_ways(
        visit.words(member),
        Ways(
            request_id=request.request_id,
            language=request.wanted.language,
            at_the_cap=at_the_cap,
            contact_id=members.user_id(tx, contact) if contact else None,
            can_ask=bool(asking.recipients(visit.ref, member.team)),
            can_huddle=bool(huddles.startable(tx, member)),
            help_list=support.help_list,
        ),
        country=member.country,
    )


def _contact(tx: Tx, ref: PersonRef, support: Support) -> PersonRef | None:
    """The support contact, if that is somebody else who is here."""
    contact = support.contact
    return contact if contact and contact != ref and members.is_here(tx, contact) else None


def _both(visit: Visit, tx: Tx, member: Member, request: Request, how: str) -> View:
    other = request.other(visit.ref)
    if other is None:
        raise Malformed("request")
    return screens.both_agreed(
        visit.words(member),
        how,
        request_id=request.request_id,
        other_id=members.user_id(tx, other),
        country=member.country,
    )


def on_asked(visit: Visit, tx: Tx, member: Member) -> Replies:
    """The request was sent. Asked twice, by two clicks or impatience, is asked once."""
    waiting = _open_one(tx, visit.ref)
    if waiting:
        return (Turn(view=_request(visit, tx, member, waiting)),)
    help_, where, when = _chosen(visit)
    language = peers.wishes(tx, visit.ref).language_for(visit.words(member).language)
    begun = matching.begin(tx, member, help_, where, when, language, visit.now)
    return (Turn(view=_as_begun(visit, tx, member, begun)),)


def _chosen(visit: Visit) -> tuple[Help, Where, When]:
    try:
        return (
            Help(visit.act.needed(ids.HELP)),
            Where(visit.act.needed(ids.WHERE)),
            When(visit.act.needed(ids.WHEN)),
        )
    except ValueError:
        raise Malformed("request") from None


def _as_begun(visit: Visit, tx: Tx, member: Member, begun: Begun, *, gone: bool = False) -> View:
    """That colleagues are asked, or at once which other ways there are."""
    state = _known(tx, begun.request.request_id).state
    if state is RequestState.NOBODY:
        at_the_cap = isinstance(begun.outcome, AtTheCap)
        return _ways(visit, tx, member, begun.request, at_the_cap=at_the_cap)
    return _searching(visit, tx, member, begun.request, gone=gone)


def on_withdrawn(visit: Visit, tx: Tx, member: Member) -> Replies:
    """Taken back by whoever asked, at any moment before both agreed."""
    request = _own_in(visit, tx, *NOT_YET_KNOWN)
    if request is None:
        return (Sorry(trouble="out_of_date"),)
    matching.close(tx, request, RequestState.WITHDRAWN, visit.now)
    return _ended(visit, tx, member, request, "withdrawn")


def _ended(visit: Visit, tx: Tx, member: Member, request: Request, how: str) -> Replies:
    return (Turn(view=screens.ended(visit.words(member), how)), *_their_cards(visit, tx, request.request_id))


# ---- deciding about a colleague's yes


def on_group_chosen(visit: Visit, tx: Tx, member: Member) -> Replies:
    """Both agree to a group message. It is opened once that is committed; where it cannot be, names do."""
    request = _own_in(visit, tx, RequestState.FOUND)
    if request is None:
        return (Sorry(trouble="out_of_date"),)
    if not matching.confirm(tx, request, RequestState.OPENING, visit.now):
        return _without_them(visit, tx, member, request)
    both = [members.user_id(tx, ref) for ref in (request.asker, request.peer) if ref]
    view = _both(visit, tx, member, _known(tx, request.request_id), "opening")
    return (Turn(view=view), Afterwards(do=partial(_open_group, visit, member, request.request_id, both)))


def _open_group(visit: Visit, member: Member, request_id: str, both: list[str]) -> Replies:
    answer = visit.house.messenger.open_group(both)
    with visit.begin() as tx:
        request = peers.hold(tx, request_id)
        if request is None or request.state not in KNOWN_TO_BOTH:
            return (Sorry(trouble="out_of_date"),)
        is_open = isinstance(answer, Opened) and matching.opened(tx, request, answer.channel, visit.now)
        if not is_open:
            matching.not_opened(tx, request_id, visit.now)
        return (Turn(view=_both(visit, tx, member, request, "open" if is_open else "names")),)


def on_names_chosen(visit: Visit, tx: Tx, member: Member) -> Replies:
    """Both agree, and each other's names are enough."""
    request = _own_in(visit, tx, RequestState.FOUND)
    if request is None:
        return (Sorry(trouble="out_of_date"),)
    if not matching.confirm(tx, request, RequestState.TOGETHER, visit.now):
        return _without_them(visit, tx, member, request)
    return (Turn(view=_both(visit, tx, member, _known(tx, request.request_id), "names")),)


def _without_them(visit: Visit, tx: Tx, member: Member, request: Request) -> Replies:
    """The colleague left between their yes and this one."""
    begun = matching.replace_peer(tx, request, visit.now)
    return (Turn(view=_as_begun(visit, tx, member, begun, gone=True)),)


def on_another_asked(visit: Visit, tx: Tx, member: Member) -> Replies:
    """Somebody else, without a reason."""
    request = _own_in(visit, tx, RequestState.FOUND)
    if request is None:
        return (Sorry(trouble="out_of_date"),)
    begun = matching.ask_another(tx, request, visit.now)
    cards = _their_cards(visit, tx, request.request_id)
    return (Turn(view=_as_begun(visit, tx, member, begun)), *cards)


# ---- where nobody was found


def on_looked_on(visit: Visit, tx: Tx, member: Member) -> Replies:
    request = _own_in(visit, tx, RequestState.NOBODY)
    if request is None:
        return (Sorry(trouble="out_of_date"),)
    begun = matching.look_on(tx, request, visit.now)
    return (Turn(view=_as_begun(visit, tx, member, begun)),)


def on_contact_taken(visit: Visit, tx: Tx, member: Member) -> Replies:
    """The support contact is asked, in one's own name: only because the person chose it."""
    contact = _contact(tx, visit.ref, workspaces.support(tx))
    if contact is None or not _redirected(visit, tx):
        return (Sorry(trouble="out_of_date"),)
    return (Turn(view=asks.ask_of(visit, tx, member, contact)), FreshHome())


def on_in_charge_taken(visit: Visit, tx: Tx, member: Member) -> Replies:
    """Somebody in charge is to be asked: the form for that opens."""
    if not _redirected(visit, tx):
        return (Sorry(trouble="out_of_date"),)
    return asks.on_ask_opened(visit, tx, member)


def on_huddle_taken(visit: Visit, tx: Tx, member: Member) -> Replies:
    """The team is to huddle instead: the form for that opens."""
    if not _redirected(visit, tx):
        return (Sorry(trouble="out_of_date"),)
    return huddles.on_huddle_opened(visit, tx, member)


def on_list_taken(visit: Visit, tx: Tx, member: Member) -> Replies:
    if not _redirected(visit, tx):
        return (Sorry(trouble="out_of_date"),)
    return (Turn(view=screens.ended(visit.words(member), "list")),)


def _redirected(visit: Visit, tx: Tx) -> bool:
    request = _own_in(visit, tx, RequestState.NOBODY)
    if request:
        matching.close(tx, request, RequestState.REDIRECTED, visit.now)
    return request is not None


# ---- being asked


def on_can(visit: Visit, tx: Tx, member: Member) -> Replies:
    """Yes: whoever asked sees the name and decides. The first yes counts."""
    request_id, words = visit.act.value, visit.words(member)
    match matching.accept(tx, request_id, visit.ref, visit.now):
        case Answer.TAKEN:
            by = matching.due(tx, request_id, deciding.DECIDE)
            message = screens.offer_closed(words, OfferState.ACCEPTED, by=by)
            return (Edit(message=message), *_their_cards(visit, tx, request_id))
        case Answer.AT_THE_CAP:
            return (Edit(message=screens.at_the_cap(words)),)
        case Answer.NOT_NEEDED:
            return _closed_already(visit, tx, words)


def on_cannot(visit: Visit, tx: Tx, member: Member) -> Replies:
    """Not this time, which nobody hears of."""
    words = visit.words(member)
    if not matching.decline(tx, visit.act.value, visit.ref, visit.now):
        return _closed_already(visit, tx, words)
    return (Edit(message=screens.offer_closed(words, OfferState.DECLINED)),)


def _closed_already(visit: Visit, tx: Tx, words: Words) -> Replies:
    """The card says how it stands; one's own yes or no stays as it was."""
    state = peers.list_offers(tx, visit.act.value).get(visit.ref, OfferState.NOT_NEEDED)
    by = matching.due(tx, visit.act.value, deciding.DECIDE)
    if state is OfferState.ACCEPTED and by is None:
        return (Sorry(trouble="out_of_date"),)
    return (Edit(message=screens.offer_closed(words, state, by=by)),)


def _their_cards(visit: Visit, tx: Tx, request_id: str) -> Replies:
    """Edits of the cards of those who were asked and whose answer is not needed any more."""
    over = (OfferState.NOT_NEEDED, OfferState.LAPSED)
    asked = peers.list_offers(tx, request_id)
    return _cards(visit, tx, request_id, [ref for ref, state in asked.items() if state in over])


def _cards(visit: Visit, tx: Tx, request_id: str, refs: Iterable[PersonRef]) -> Replies:
    edits = []
    for ref in refs:
        sent = outbox.sent_at(tx, dedupe_key(Kind.PEER_OFFER, ref, request_id))
        if sent:
            words = visit.words(members.known(tx, ref, visit.now))
            message = screens.offer_closed(words, OfferState.NOT_NEEDED)
            edits.append(Edit(message=message, channel=sent[0], ts=sent[1]))
    return tuple(edits)


def on_name_seen(visit: Visit, tx: Tx, member: Member) -> Replies:
    """The colleague who said yes learns the name, once whoever asked has said yes too."""
    request = peers.get(tx, visit.act.value)
    if request is None or request.peer != visit.ref or request.other(visit.ref) is None:
        return (Sorry(trouble="out_of_date"),)
    return (Show(view=_both(visit, tx, member, request, "names")),)


def on_never_again(visit: Visit, tx: Tx, member: Member) -> Replies:
    """These two are never matched again, either way round."""
    request = peers.get(tx, visit.act.value)
    other = request.other(visit.ref) if request else None
    if other is None:
        return (Sorry(trouble="out_of_date"),)
    peers.add_never(tx, visit.ref, other)
    return (Turn(view=screens.never_again_done(visit.words(member))),)


# ---- the next working day


def on_connected_opened(visit: Visit, tx: Tx, member: Member) -> Replies:
    request = _if_own(visit, peers.get(tx, visit.act.value))
    other = request.other(visit.ref) if request else None
    if request is None or request.state is not RequestState.TOGETHER or other is None:
        return (Sorry(trouble="out_of_date"),)
    words, other_id = visit.words(member), members.user_id(tx, other)
    return (Show(view=screens.connected_form(words, request_id=request.request_id, other_id=other_id)),)


def on_connected(visit: Visit, tx: Tx, member: Member) -> Replies:
    """Did you connect? For whoever asked alone; the other hears nothing of the answer."""
    request = _own(visit, tx, visit.act.fact("request"))
    given, words = visit.act.needed(ids.CONNECTED), visit.words(member)
    if request is None or request.state is not RequestState.TOGETHER:
        return (Sorry(trouble="out_of_date"),)
    match given:
        case ids.YES:
            matching.close(tx, request, RequestState.MATCHED, visit.now)
            return (Turn(view=screens.ended(words, "closed")),)
        case ids.NOT_YET:
            matching.not_yet(tx, request, visit.now)
            return (Turn(view=screens.not_yet(words)),)
        case ids.ANOTHER:
            begun = matching.ask_another(tx, request, visit.now)
            return (Turn(view=_as_begun(visit, tx, member, begun)),)
    raise Malformed("connected")


# ---- the roster


def on_offering_opened(visit: Visit, tx: Tx, member: Member) -> Replies:
    words = visit.words(member)
    languages = {words.language} & set(LANGUAGES)
    view = screens.offering_form(words, peers.offering(tx, visit.ref), languages=languages)
    return (Show(view=view),)


def on_offering_saved(visit: Visit, tx: Tx, member: Member) -> Replies:
    """On the roster, with the guide to read before the first colleague asks."""
    before = peers.offering(tx, visit.ref)
    peers.enroll(tx, visit.ref, _offering(visit, paused=before is not None and before.paused))
    return (Turn(view=_guide(visit, tx, member, "saved")),)


def _offering(visit: Visit, *, paused: bool) -> Offering:
    act = visit.act
    try:
        offering = Offering(
            kinds=frozenset(map(Help, act.several(ids.KINDS))),
            languages=_among(act.several(ids.PEER_LANGUAGES), LANGUAGES),
            work=_among(act.several(ids.WORK), WORK),
            where=Where(act.needed(ids.WHERE)),
            halves=frozenset(map(Half, act.several(ids.HALVES))),
            weekly_max=int(act.needed(ids.WEEKLY_MAX)),
            paused=paused,
        )
    except ValueError:
        raise Malformed("offering") from None
    if not (offering.kinds and offering.languages and offering.halves):
        raise Malformed("offering")
    if not 1 <= offering.weekly_max <= MOST_WEEKLY:
        raise Malformed("weekly_max")
    return offering


def _among(given: Iterable[str], known: tuple[str, ...]) -> frozenset[str]:
    chosen = frozenset(given)
    if not chosen <= frozenset(known):
        raise Malformed("choice")
    return chosen


def on_offering_paused(visit: Visit, tx: Tx, member: Member) -> Replies:
    """Paused, or offered again; whoever was asked already may still answer."""
    offering = peers.offering(tx, visit.ref)
    if offering is None:
        return (Sorry(trouble="out_of_date"),)
    if visit.act.value not in (ids.PAUSED_YES, ids.PAUSED_NO):
        raise Malformed("pause")
    paused = visit.act.value == ids.PAUSED_YES
    peers.enroll(tx, visit.ref, replace(offering, paused=paused))
    view = screens.offering_changed(visit.words(member), "paused" if paused else "resumed")
    return (Turn(view=view),)


def on_left(visit: Visit, tx: Tx, member: Member) -> Replies:
    """Off the roster at once; nobody waits for them, and nobody hears of it."""
    asked = peers.list_offers_to(tx, visit.ref)
    mine = [request_id for request_id, state in asked.items() if state is OfferState.OPEN]
    cards = tuple(edit for request_id in mine for edit in _cards(visit, tx, request_id, (visit.ref,)))
    for step_out in filter(None, (stepouts.hold(tx, asked_about) for asked_about in mine)):
        stepouts.decline(tx, step_out, visit.ref, visit.now)
    matching.stop_helping(tx, visit.ref, visit.now)
    return (Turn(view=screens.offering_changed(visit.words(member), "left")), *cards)


def on_guide_opened(visit: Visit, tx: Tx, member: Member) -> Replies:
    return (Show(view=_guide(visit, tx, member)),)


def _guide(visit: Visit, tx: Tx, member: Member, said: str = "") -> View:
    contact = _contact(tx, visit.ref, workspaces.support(tx))
    contact_id = members.user_id(tx, contact) if contact else None
    return screens.guide(visit.words(member), said, country=member.country, contact_id=contact_id)


# ---- wishes


def on_wishes_opened(visit: Visit, tx: Tx, member: Member) -> Replies:
    wishes = peers.wishes(tx, visit.ref)
    never = members.user_ids(tx, wishes.never)
    return (Show(view=screens.wishes_form(visit.words(member), wishes, never_ids=sorted(never.values()))),)


def on_wishes_saved(visit: Visit, tx: Tx, member: Member) -> Replies:
    """They hold from the next request on; whoever they name hears nothing of it."""
    words, never = visit.words(member), visit.act.several(ids.NEVER)
    if len(never) > MOST_NEVER:
        return (Wrong(errors=screens.wishes_errors(words, most=MOST_NEVER)),)
    language = visit.act.needed(ids.PEER_LANGUAGE)
    if language not in (ANY_LANGUAGE, *LANGUAGES):
        raise Malformed("language")
    wishes = Wishes(
        language=language,
        work=_among(visit.act.several(ids.WORK), WORK),
        never=frozenset(tx.ref(user_id) for user_id in never),
    )
    peers.wish(tx, visit.ref, wishes)
    return (Turn(view=screens.wishes_saved(words)),)


# ---- the same for all


def _if_own(visit: Visit, request: Request | None) -> Request | None:
    return request if request and request.asker == visit.ref and not request.has_ended else None


def _own(visit: Visit, tx: Tx, request_id: str) -> Request | None:
    """One's own request, which nobody else moves until this is done."""
    return _if_own(visit, peers.hold(tx, request_id))


def _own_in(visit: Visit, tx: Tx, *states: RequestState) -> Request | None:
    """One's own request that an act is about, if it stands so."""
    request = _own(visit, tx, visit.act.value)
    return request if request and request.state in states else None


def _known(tx: Tx, request_id: str) -> Request:
    request = peers.get(tx, request_id)
    if request is None:
        raise Malformed("request")
    return request


def all_ended(visit: Visit, tx: Tx) -> Replies:
    """Edits of the cards that nobody answers any more once somebody deleted their data."""
    made = [request.request_id for request in peers.list_made(tx, visit.ref)]
    to_others = ((request_id, ref) for request_id in made for ref in _waiting(tx, request_id))
    to_me = ((request_id, visit.ref) for request_id in peers.list_offers_to(tx, visit.ref))
    return tuple(
        edit for request_id, ref in (*to_others, *to_me) for edit in _cards(visit, tx, request_id, (ref,))
    )


def _waiting(tx: Tx, request_id: str) -> list[PersonRef]:
    """Who was asked and has not said no."""
    still = (OfferState.OPEN, OfferState.ACCEPTED)
    return [ref for ref, state in peers.list_offers(tx, request_id).items() if state in still]


def register(app: App, listen: Listen) -> None:
    app.action(ids.OPENED_PEER)(listen(for_reader(on_peer_opened)))
    app.shortcut(ids.SHORTCUT_PEER)(listen(for_reader(on_peer_opened)))
    app.view(ids.VIEW_PEER)(listen(for_member(on_asked)))
    app.action(ids.WITHDREW_PEER)(listen(for_member(on_withdrawn)))
    app.action(ids.CHOSE_GROUP)(listen(for_member(on_group_chosen)))
    app.action(ids.CHOSE_NAMES)(listen(for_member(on_names_chosen)))
    app.action(ids.ASKED_ANOTHER)(listen(for_member(on_another_asked)))
    app.action(ids.LOOKED_ON)(listen(for_member(on_looked_on)))
    app.action(ids.TOOK_CONTACT)(listen(for_member(on_contact_taken)))
    app.action(ids.TOOK_IN_CHARGE)(listen(for_member(on_in_charge_taken)))
    app.action(ids.TOOK_HUDDLE)(listen(for_member(on_huddle_taken)))
    app.action(ids.TOOK_LIST)(listen(for_member(on_list_taken)))
    app.action(ids.PEER_CAN)(listen(for_member(on_can)))
    app.action(ids.PEER_CANNOT)(listen(for_member(on_cannot)))
    app.action(ids.SAW_NAME)(listen(for_reader(on_name_seen)))
    app.action(ids.NEVER_AGAIN)(listen(for_member(on_never_again)))
    app.action(ids.OPENED_CONNECTED)(listen(for_reader(on_connected_opened)))
    app.view(ids.VIEW_CONNECTED)(listen(for_member(on_connected)))
    app.action(ids.OPENED_OFFERING)(listen(for_reader(on_offering_opened)))
    app.view(ids.VIEW_OFFERING)(listen(for_member(on_offering_saved)))
    app.action(ids.PAUSED_OFFERING)(listen(for_member(on_offering_paused)))
    app.action(ids.LEFT_PEERS)(listen(for_member(on_left)))
    app.action(ids.OPENED_GUIDE)(listen(for_reader(on_guide_opened)))
    app.action(ids.OPENED_WISHES)(listen(for_reader(on_wishes_opened)))
    app.view(ids.VIEW_WISHES)(listen(for_member(on_wishes_saved)))
