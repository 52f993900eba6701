"""Requests for a peer as time moves them, and the notes by which people hear of each step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from bot.blocks import huddles
from bot.blocks import peers as screens
from bot.blocks.elements import Message
from bot.blocks.huddles import Meeting, Place
from bot.content.holidays import calendar_of
from bot.domain import peers as deciding
from bot.domain.localtime import shared_slots
from bot.domain.members import Member, PersonRef
from bot.domain.notices import Kind
from bot.domain.peers import OfferState, Request, RequestState
from schedules.setting import Recipe, Scene
from storage import matching, members, peers
from storage.database import Tx
from storage.timers import Timer


def _about(timer: Timer) -> str:
    return timer.entity.split("|")[1]


def seek(tx: Tx, timer: Timer, now: datetime) -> None:
    """It is looked again for a colleague who can be asked now."""
    matching.seek(tx, _about(timer), now, timer.due_at)


def lapse(tx: Tx, timer: Timer, now: datetime) -> None:
    """45 working minutes without an answer: from now on two are asked at a time."""
    matching.lapse(tx, _about(timer), PersonRef(timer.entity.split("|")[2]), now, timer.due_at)


def tell_other_ways(tx: Tx, timer: Timer, now: datetime) -> None:
    """Two working hours and nobody said yes."""
    matching.tell_other_ways(tx, _about(timer), now, timer.due_at)


def leave_undecided(tx: Tx, timer: Timer, now: datetime) -> None:
    """Somebody said yes, and whoever asked has not decided within two working hours."""
    matching.leave_undecided(tx, _about(timer), now, timer.due_at)


def give_names(tx: Tx, timer: Timer, now: datetime) -> None:
    """A group message that was to be opened is not there: something died on the way. Names do."""
    matching.not_opened(tx, _about(timer), now)


def follow_up(tx: Tx, timer: Timer, now: datetime) -> None:
    """The next working day."""
    matching.follow_up(tx, _about(timer), now, timer.due_at)


def end(tx: Tx, timer: Timer, now: datetime) -> None:
    """Nobody touched it any more."""
    matching.end(tx, _about(timer), now)


def _request(scene: Scene) -> Request | None:
    return peers.get(scene.tx, str(scene.claim.facts["request"]))


def _of(scene: Scene) -> Request:
    """The request a notice is about; KeyError when it is gone."""
    request = _request(scene)
    if request is None:
        raise KeyError("request")
    return request


def _stands(*states: RequestState) -> Callable[[Scene], bool]:
    """Whether a request stands so still, with the colleague whom a notice is about."""

    def wanted(scene: Scene) -> bool:
        request = _request(scene)
        turn = scene.claim.facts.get("turn")
        return request is not None and request.state in states and turn in (None, request.turn)

    return wanted


def _is_asked(scene: Scene) -> bool:
    request = str(scene.claim.facts["request"])
    return peers.list_offers(scene.tx, request).get(scene.to) is OfferState.OPEN


def _is_here(scene: Scene) -> bool:
    return scene.member.person.active


def _by(scene: Scene) -> datetime:
    return datetime.fromtimestamp(int(scene.claim.facts["by"]), UTC)


def _offer(scene: Scene) -> Message:
    request = _of(scene)
    return screens.offer_card(
        scene.words, request_id=request.request_id, wanted=request.wanted, by=_by(scene)
    )


def _found(scene: Scene) -> Message:
    return screens.found_note(scene.words, request_id=_of(scene).request_id, by=_by(scene))


def _looking(scene: Scene) -> Message:
    request = _of(scene)
    again = request.turn > 0
    return screens.looking_note(scene.words, request_id=request.request_id, by=_by(scene), again=again)


def _nobody(scene: Scene) -> Message:
    return screens.nobody_note(scene.words, request_id=_of(scene).request_id)


def _names(scene: Scene) -> Message:
    return screens.names_note(scene.words, request_id=_of(scene).request_id)


def _together(scene: Scene) -> Message:
    """The opening line of their group message, with times that suit both."""
    request, channel, workspace = _of(scene), scene.claim.channel or "", scene.tx.workspace
    both = [members.known(scene.tx, ref, scene.now) for ref in (request.asker, request.peer) if ref]
    times = shared_slots(scene.now, [calendar_of(member, scene.now) for member in both])
    room = scene.rooms.for_two(scene.tx.keys.room(workspace, channel))
    place = Place(workspace=workspace, channel=channel, room=room)
    words = scene.content.words(_language_of_both(scene, request, both))
    return huddles.together(words, Meeting(place=place, times=times))


def _language_of_both(scene: Scene, request: Request, both: Sequence[Member]) -> str | None:
    """The one asked for if the colleague offers it, else the one both read; None: English."""
    offering = peers.offering(scene.tx, request.peer) if request.peer else None
    if offering and request.wanted.language in offering.languages:
        return request.wanted.language
    read = {scene.content.words_of(member).language for member in both}
    return read.pop() if len(read) == 1 else None


def _follow_up(scene: Scene) -> Message:
    return screens.follow_up_note(scene.words, request_id=_of(scene).request_id)


RECIPES = {
    Kind.PEER_OFFER: Recipe(wanted=_is_asked, render=_offer),
    Kind.PEER_FOUND: Recipe(wanted=_stands(RequestState.FOUND), render=_found),
    Kind.PEER_LOOKING: Recipe(wanted=_stands(RequestState.SEARCHING), render=_looking),
    Kind.PEER_NOBODY: Recipe(wanted=_stands(RequestState.NOBODY), render=_nobody),
    Kind.PEER_NOT_NEEDED: Recipe(wanted=_is_here, render=lambda scene: screens.not_needed_note(scene.words)),
    Kind.PEER_NAMES: Recipe(wanted=_stands(RequestState.TOGETHER), render=_names),
    Kind.PEER_TOGETHER: Recipe(wanted=_stands(RequestState.TOGETHER), render=_together),
    Kind.PEER_FOLLOW_UP: Recipe(wanted=_stands(RequestState.TOGETHER), render=_follow_up),
    Kind.PEER_CHECK: Recipe(wanted=_is_here, render=lambda scene: screens.check_note(scene.words)),
}

TIMERS = {
    deciding.SEARCH: seek,
    deciding.LAPSE: lapse,
    deciding.TELL: tell_other_ways,
    deciding.DECIDE: leave_undecided,
    deciding.OPEN_GROUP: give_names,
    deciding.FOLLOW_UP: follow_up,
    deciding.END: end,
}
