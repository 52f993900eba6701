"""Stepping out for a bit, covering for somebody, and coming back."""

from __future__ import annotations

from collections.abc import Iterable

from slack_bolt import App

from bot.blocks import ids
from bot.blocks import stepouts as screens
from bot.blocks.elements import View
from bot.domain import asks as asking
from bot.domain.members import Member, PersonRef
from bot.domain.notices import Kind, dedupe_key
from bot.domain.peers import OfferState
from bot.domain.stepouts import HowLong, StepOut
from handlers.payloads import Malformed
from handlers.visit import Edit, FreshHome, Listen, Replies, Show, Turn, Visit, for_member, for_reader
from storage import members, outbox, peers, stepouts
from storage.database import Tx


def on_step_out_opened(visit: Visit, tx: Tx, member: Member) -> Replies:
    """How long, and who covers; while somebody is out, how it stands."""
    running = stepouts.running(tx, visit.ref)
    if running:
        return (Show(view=_out(visit, tx, member, running)),)
    supervisor = _supervisor(tx, member)
    supervisor_id = members.user_id(tx, supervisor) if supervisor else None
    return (Show(view=screens.form(visit.words(member), supervisor_id=supervisor_id)),)


def _supervisor(tx: Tx, member: Member) -> PersonRef | None:
    ref = member.team.supervisor if member.team else None
    return ref if ref and ref != member.ref and members.is_here(tx, ref) else None


def _out(visit: Visit, tx: Tx, member: Member, step_out: StepOut) -> View:
    return screens.out(
        visit.words(member),
        state=step_out.state,
        until_at=step_out.until_at,
        peer_id=members.user_id(tx, step_out.peer) if step_out.peer else None,
    )


def on_stepped_out(visit: Visit, tx: Tx, member: Member) -> Replies:
    """Out. Without cover nothing is kept; with it two colleagues are asked at once, blindly."""
    words, wanted = visit.words(member), visit.act.several(ids.COVER)
    how_long, running = _how_long(visit), stepouts.running(tx, visit.ref)
    if running:
        return (Turn(view=_out(visit, tx, member, running)),)
    if ids.ASK_COVER not in wanted:
        return (Turn(view=screens.alone(words)),)
    tell = _supervisor(tx, member) if ids.TELL_SUPERVISOR in wanted else None
    step_out = stepouts.begin(tx, member, how_long, tell, visit.now)
    if step_out is None:
        can_ask = bool(asking.recipients(visit.ref, member.team))
        return (Turn(view=screens.nobody(words, can_ask=can_ask)),)
    return (Turn(view=_out(visit, tx, member, step_out)), FreshHome())


def _how_long(visit: Visit) -> HowLong:
    try:
        return HowLong(visit.act.needed(ids.HOW_LONG))
    except ValueError:
        raise Malformed("how_long") from None


def on_covered(visit: Visit, tx: Tx, member: Member) -> Replies:
    """I can: the first yes counts; the other card says that it is no longer needed."""
    step_out, words = stepouts.hold(tx, visit.act.value), visit.words(member)
    open_ = _open(tx, step_out) if step_out else ()
    covers = step_out is not None and step_out.peer == visit.ref
    if step_out is None or not (covers or stepouts.accept(tx, step_out, visit.ref, visit.now)):
        return (Edit(message=screens.answered(words, needed=False)),)
    asker_id = members.user_id(tx, step_out.ref)
    card = screens.covering(words, asker_id=asker_id, until_at=step_out.until_at)
    others = [ref for ref in open_ if ref != visit.ref]
    return (Edit(message=card), *_not_needed(visit, tx, step_out, others))


def _open(tx: Tx, step_out: StepOut) -> tuple[PersonRef, ...]:
    asked = peers.list_offers(tx, step_out.step_out_id)
    return tuple(ref for ref, state in asked.items() if state is OfferState.OPEN)


def _not_needed(visit: Visit, tx: Tx, step_out: StepOut, refs: Iterable[PersonRef]) -> Replies:
    """The cards of those who have not answered; no name was ever on them."""
    edits = []
    for ref in refs:
        sent = outbox.sent_at(tx, dedupe_key(Kind.COVER_OFFER, ref, step_out.step_out_id))
        if sent:
            words = visit.words(members.member(tx, ref, visit.now))
            message = screens.answered(words, needed=False)
            edits.append(Edit(message=message, channel=sent[0], ts=sent[1]))
    return tuple(edits)


def on_declined(visit: Visit, tx: Tx, member: Member) -> Replies:
    """Not now: the next one is asked, and nobody hears who could not."""
    step_out = stepouts.hold(tx, visit.act.value)
    if step_out:
        stepouts.decline(tx, step_out, visit.ref, visit.now)
    return (Edit(message=screens.answered(visit.words(member), needed=step_out is not None)),)


def on_back(visit: Visit, tx: Tx, member: Member) -> Replies:
    """Back, sooner than planned: nothing of it is left, and nobody has to answer any more."""
    running = stepouts.running(tx, visit.ref)
    if running is None:
        return (Turn(view=screens.back(visit.words(member))),)
    step_out = stepouts.hold(tx, running.step_out_id)
    edits = _not_needed(visit, tx, running, _open(tx, running))
    if step_out:
        stepouts.end(tx, step_out)
    return (Turn(view=screens.back(visit.words(member))), *edits, FreshHome())


def register(app: App, listen: Listen) -> None:
    app.action(ids.OPENED_STEP_OUT)(listen(for_reader(on_step_out_opened)))
    app.view(ids.VIEW_STEP_OUT)(listen(for_member(on_stepped_out)))
    app.action(ids.COVERED)(listen(for_member(on_covered)))
    app.action(ids.DECLINED_COVER)(listen(for_member(on_declined)))
    app.action(ids.CAME_BACK_IN)(listen(for_member(on_back)))
