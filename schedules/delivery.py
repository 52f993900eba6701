"""Carries notices from the outbox to Slack, one request each (delivery 4).

claim → still wanted, and working time for the reader? → render → mark attempted → post → record.
Several are carried side by side: claimed in one transaction, recorded in another. Whatever dies in
between leaves rows that say how far it came, and `schedules/reconcile.py` finds out the rest.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event
from types import MappingProxyType
from typing import TypeAlias

from bot.blocks.digests import Picture
from bot.blocks.elements import Message
from bot.domain.checkins import allowed_at
from bot.domain.localtime import next_working
from bot.domain.notices import Fate, Kind
from bot.slack import Outcome, Refused, Sent, TryLater, Unknown
from schedules import (
    asks,
    checkins,
    circles,
    digests,
    first_contact,
    huddles,
    peers,
    privacy,
    raises,
    stepouts,
    supervision,
    teams,
)
from schedules.setting import (
    Arrival,
    Audience,
    Drawing,
    Pictured,
    Recipe,
    Scene,
    Setting,
    together,
)
from storage import outbox, workspaces
from storage.database import Tx
from storage.outbox import Claim

log = logging.getLogger(__name__)

SIDE_BY_SIDE = 8
"""Requests at once: Slack answers one in about a quarter of a second."""
AT_ONCE = 8 * SIDE_BY_SIDE
"""Notices of one round at the most; the pace usually allows fewer. They begin within two seconds, and where
Slack is slow, those that have not begun in half a lease go back."""
LOOK_AGAIN = timedelta(minutes=1)
PICTURE_NAME = "update.png"
PICTURE_PAUSES = (1.0, 2.0)
"""Real seconds before a message with pictures is tried again: Slack takes a moment to know a new file."""

RECIPES: Mapping[Kind, Recipe] = {
    **first_contact.RECIPES,
    **checkins.RECIPES,
    **supervision.RECIPES,
    **asks.RECIPES,
    **huddles.RECIPES,
    **circles.RECIPES,
    **stepouts.RECIPES,
    **peers.RECIPES,
    **teams.RECIPES,
    **digests.RECIPES,
    **raises.RECIPES,
    **privacy.RECIPES,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A message about to go out: to a Slack user or channel id, if its request begins soon enough.

    thread: the ts of the message below which it is to stand.
    """

    claim: Claim
    to: str
    message: Message | Pictured
    begin_before: float
    thread: str | None = None

    @property
    def delivery_id(self) -> str:
        return self.claim.delivery_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Untried:
    """No request was made: Slack asks for a pause, the program is to stop, or the lease was lost."""


Carried: TypeAlias = tuple[Ready, Outcome | Untried]
Round: TypeAlias = Mapping[str, "Future[list[Carried]]"]
"""What is being carried to each conversation, in its order."""
NOTHING: Round = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Courier:
    """Carries the notices of a workspace. paused: Slack said wait, so nothing more is begun."""

    setting: Setting
    workspace: str
    pool: Executor
    paused: Event = field(default_factory=Event)

    def may_begin(self, begin_before: float) -> bool:
        """Whether there is still time for a request, by the monotonic clock, and nothing is against it."""
        halted = self.paused.is_set() or self.setting.stopping.is_set()
        return not halted and time.monotonic() < begin_before


def deliver(setting: Setting, workspace: str) -> bool:
    """Carry what may go out now, most urgent first; False when there was nothing to carry.

    While one round is on its way the next one is judged and rendered.
    """
    worked, on_its_way = False, NOTHING
    with ThreadPoolExecutor(SIDE_BY_SIDE, "courier") as pool:
        courier = Courier(setting=setting, workspace=workspace, pool=pool)
        while (ready := _take(courier)) is not None:
            worked, before, on_its_way = True, on_its_way, _set_out(courier, ready, on_its_way)
            _record_all(courier, before)
        _record_all(courier, on_its_way)
    return worked


# ---- before the request


def _take(courier: Courier) -> Sequence[Ready] | None:
    """Claim, judge and render, and mark what goes out as attempted, all at the workspace's pace.

    None when nothing is due or may go out.
    """
    setting, now, lease = courier.setting, courier.setting.now(), courier.setting.patience.lease
    with setting.store.begin(courier.workspace) as tx:
        room = 0 if setting.stopping.is_set() else workspaces.room_to_send(tx, now, setting.pace, AT_ONCE)
        claims = outbox.claim(tx, now, lease, room) if room else ()
        ready = _prepare(setting, tx, claims, now)
        if ready:
            workspaces.count_sending(tx, now, setting.pace, len(ready))
            # One with pictures is marked once they are uploaded, which may take longer than a lease.
            outbox.mark_attempted(tx, [one.claim for one in ready if isinstance(one.message, Message)], lease)
    return ready if claims else None


def scenes(setting: Setting, tx: Tx, claims: Sequence[Claim], now: datetime) -> list[Scene]:
    """Notices with their readers as they are now."""
    refs = tuple(dict.fromkeys(claim.to for claim in claims if claim.to))
    weeks = frozenset(int(claim.facts["week"]) for claim in claims if "week" in claim.facts)
    audience = Audience(tx=tx, refs=refs, weeks=weeks, now=now)
    return [
        Scene(
            tx=tx,
            content=setting.content,
            claim=claim,
            now=now,
            audience=audience,
            answers_kept_weeks=setting.answers_kept_weeks,
            rooms=setting.rooms,
        )
        for claim in claims
    ]


def _prepare(setting: Setting, tx: Tx, claims: Sequence[Claim], now: datetime) -> list[Ready]:
    """Judge and render; a notice that cannot be rendered is parked so that it stops nobody else's."""
    ready: list[Ready] = []
    begin_before = time.monotonic() + setting.patience.lease.total_seconds() / 2

    def judge(some: Sequence[Claim]) -> None:
        judged = [_judge(scene, begin_before) for scene in scenes(setting, tx, some, now)]
        ready.extend(filter(None, judged))

    together(tx, claims, judge, lambda claim: _set_aside(tx, claim, Fate.PARKED, "cannot_be_rendered"))
    return ready


def _set_aside(tx: Tx, claim: Claim, fate: Fate, reason: str) -> None:
    log.error("notice set aside kind=%s reason=%s", claim.kind, reason)
    outbox.settle(tx, claim, fate, reason)


def _judge(scene: Scene, begin_before: float) -> Ready | None:
    recipe, claim, tx = RECIPES[scene.claim.kind], scene.claim, scene.tx
    at = _arrives_at(scene, recipe)
    if not recipe.wanted(scene):
        _drop(scene, Fate.NOT_WANTED)
    elif at >= (ends_at := recipe.ends_at(scene, at)):
        _drop(scene, Fate.EXPIRED)
    elif at > scene.now:
        outbox.postpone(tx, claim, at, ends_at)
    elif recipe.waits(scene):
        outbox.postpone(tx, claim, scene.now + LOOK_AGAIN, ends_at)
    else:
        to = claim.channel or scene.user_id(scene.to)
        thread = recipe.thread(scene)
        return Ready(
            claim=claim, to=to, message=recipe.render(scene), begin_before=begin_before, thread=thread
        )
    return None


def _arrives_at(scene: Scene, recipe: Recipe) -> datetime:
    if scene.is_asked_for:
        return scene.now
    if recipe.heeds_quiet:
        return allowed_at(scene.member.person, scene.calendar(), scene.now)
    return next_working(scene.now, scene.calendar())


def _drop(scene: Scene, fate: Fate, reason: str | None = None) -> None:
    if outbox.settle(scene.tx, scene.claim, fate, reason):
        RECIPES[scene.claim.kind].dropped(scene, fate)


# ---- the request


def _set_out(courier: Courier, ready: Sequence[Ready], before: Round) -> Round:
    """Conversations side by side; what goes to one of them goes in its order, after the round before."""
    by_conversation: dict[str, list[Ready]] = {}
    for one in ready:
        by_conversation.setdefault(one.to, []).append(one)
    return {
        to: courier.pool.submit(_carry_in_order, courier, some, before.get(to))
        for to, some in by_conversation.items()
    }


def _carry_in_order(
    courier: Courier, ready: Sequence[Ready], after: Future[list[Carried]] | None
) -> list[Carried]:
    wait([after] if after else [])
    return [(one, _carry(courier, one)) for one in ready]


def _carry(courier: Courier, one: Ready) -> Outcome | Untried:
    """Post one message, if there is still time for it; a fault of our own leaves its outcome unknown."""
    try:
        pictures = _pictures(courier, one)
        outcome = Untried() if pictures is None else _post(courier.setting, one, pictures)
    except Exception as error:  # noqa: BLE001  # whatever is wrong with one notice, the others go on
        log.error("notice not carried kind=%s error=%s", one.claim.kind, type(error).__name__)
        return Unknown()
    if isinstance(outcome, TryLater):
        courier.paused.set()
    return outcome


def _pictures(courier: Courier, one: Ready) -> tuple[Picture | None, ...] | None:
    """The uploaded pictures of a message, its attempt marked; None when it is not to be posted now."""
    if not courier.may_begin(one.begin_before):
        return None
    if not isinstance(one.message, Pictured):
        return ()
    pictures = tuple(_upload(courier.setting, drawing) for drawing in one.message.drawings)
    with courier.setting.store.begin(courier.workspace) as tx:
        held = outbox.mark_attempted(tx, [one.claim], courier.setting.patience.lease)
    return pictures if held else None


def _upload(setting: Setting, drawing: Drawing) -> Picture | None:
    file_id = setting.messenger.upload(drawing.png, PICTURE_NAME, drawing.alt)
    return Picture(file_id=file_id, alt=drawing.alt) if file_id else None


def _post(setting: Setting, one: Ready, pictures: Sequence[Picture | None]) -> Outcome:
    """One message; with its pictures where Slack takes them, else in words alone (delivery 12)."""
    match one.message:
        case Pictured() as pictured if any(pictures):
            return _post_pictured(setting, one, pictured, pictures)
        case Pictured(message=message):
            return setting.messenger.post(one.to, message, one.delivery_id)
        case Message() as message:
            return setting.messenger.post(one.to, message, one.delivery_id, one.thread)


def _post_pictured(
    setting: Setting, one: Ready, pictured: Pictured, pictures: Sequence[Picture | None]
) -> Outcome:
    """With pictures once Slack knows them; a refused message was not posted, so words may follow."""
    message = pictured.with_pictures(pictures)
    for pause in (0.0, *PICTURE_PAUSES):
        time.sleep(pause)
        outcome = setting.messenger.post(one.to, message, one.delivery_id)
        if outcome != Refused(error="invalid_blocks"):
            break
    if isinstance(outcome, Refused):
        return setting.messenger.post(one.to, pictured.message, one.delivery_id)
    return outcome


# ---- after the request


def _record_all(courier: Courier, round_: Round) -> None:
    """Write down what became of a round, once all of it has come back."""
    carried = [one for future in round_.values() for one in future.result()]
    if not carried:
        return
    setting, now = courier.setting, courier.setting.now()
    pauses = [outcome.after for _, outcome in carried if isinstance(outcome, TryLater)]
    with setting.store.begin(courier.workspace) as tx:
        if pauses:  # the whole workspace waits, which is no attempt (delivery 6)
            workspaces.hold_sending(tx, now + max(pauses))
        together(
            tx,
            carried,
            lambda some: _record(setting, tx, some, now),
            lambda one: _set_aside(tx, one[0].claim, Fate.HELD, "cannot_be_recorded"),
        )
    for one, outcome in carried:
        # No delivery id: with the key of pseudonyms it would tell whose message this was.
        log.info("notice kind=%s outcome=%s", one.claim.kind, type(outcome).__name__)


def _record(setting: Setting, tx: Tx, carried: Sequence[Carried], now: datetime) -> None:
    several = scenes(setting, tx, [one.claim for one, _ in carried], now)
    arrivals = []
    for scene, (_, outcome) in zip(several, carried, strict=True):
        match outcome:
            case Sent(channel=channel, ts=ts):
                arrivals.append(Arrival(scene=scene, channel=channel, ts=ts))
            case TryLater() | Untried():
                outbox.release(tx, scene.claim)
            case Refused(error=code):  # Slack will not take it: everybody else's goes on
                if outbox.settle(tx, scene.claim, Fate.PARKED, code):
                    RECIPES[scene.claim.kind].dropped(scene, "refused")
            case Unknown():
                outbox.mark_unknown(tx, scene.claim, "no_answer", setting.patience.unknown)
    note_sent(tx, arrivals)


def note_sent(tx: Tx, arrivals: Sequence[Arrival]) -> bool:
    """Record that notices went out, with what follows from it; False when all were settled already."""
    marked = outbox.mark_sent(tx, [(one.scene.claim, one.channel, one.ts) for one in arrivals])
    by_kind: dict[Kind, list[Arrival]] = {}
    for arrival in arrivals:
        if arrival.scene.claim.delivery_id in marked:
            by_kind.setdefault(arrival.scene.claim.kind, []).append(arrival)
    for kind, some in by_kind.items():
        RECIPES[kind].sent(some)
    return bool(marked)
