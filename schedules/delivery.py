"""Carries notices from the outbox to Slack, one request each (delivery 4).

claim → still wanted, and working time for the reader? → render → mark attempted → post → record.
Whatever dies in between leaves a row that says how far it came.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.exc import OperationalError

from bot.blocks.digests import Picture
from bot.blocks.elements import Message
from bot.domain.checkins import allowed_at
from bot.domain.localtime import next_working
from bot.domain.notices import Fate, Kind
from bot.slack import Outcome, Refused, Sent, TryLater, Unknown
from schedules import asks, checkins, digests, first_contact, supervision, teams
from schedules.setting import Drawing, Pictured, Recipe, Scene, Setting
from storage import members, outbox, workspaces
from storage.database import Tx
from storage.outbox import Claim

log = logging.getLogger(__name__)

PICTURE_NAME = "update.png"
LOOK_AGAIN = timedelta(minutes=1)
PICTURE_PAUSES = (1.0, 2.0)
"""Real seconds before a message with pictures is tried again: Slack takes a moment to know a new file."""

RECIPES: Mapping[Kind, Recipe] = {
    **first_contact.RECIPES,
    **checkins.RECIPES,
    **supervision.RECIPES,
    **asks.RECIPES,
    **teams.RECIPES,
    **digests.RECIPES,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A message about to go out: to a Slack user or channel id."""

    to: str
    message: Message | Pictured


def deliver_one(setting: Setting, workspace: str) -> bool:
    """Carry the most urgent due notice of a workspace; False when there is none to carry now."""
    now = setting.now()
    with setting.store.begin(workspace) as tx:
        if workspaces.may_not_send(tx, now):
            return False
        claim = outbox.claim(tx, now)
    if claim is None:
        return False
    ready = _prepare(setting, workspace, claim, now)
    if ready:
        _send(setting, workspace, claim, ready)
    return True


def _prepare(setting: Setting, workspace: str, claim: Claim, now: datetime) -> Ready | None:
    """Judge and render; a notice that cannot be rendered is parked so that it stops nobody else's."""
    try:
        with setting.store.begin(workspace) as tx:
            return _judge(_scene(setting, tx, claim, now))
    except OperationalError:
        raise
    except Exception as error:  # noqa: BLE001  # whatever is wrong with one notice, the others go on
        log.error("notice cannot be rendered kind=%s error=%s", claim.kind, type(error).__name__)
        with setting.store.begin(workspace) as tx:
            outbox.settle(tx, claim, Fate.PARKED, "cannot_be_rendered")
        return None


def _scene(setting: Setting, tx: Tx, claim: Claim, now: datetime) -> Scene:
    reader = members.known(tx, claim.to, now) if claim.to else None
    return Scene(
        tx=tx,
        content=setting.content,
        claim=claim,
        now=now,
        reader=reader,
        answers_kept_weeks=setting.answers_kept_weeks,
    )


def _judge(scene: Scene) -> Ready | None:
    recipe, claim, tx = RECIPES[scene.claim.kind], scene.claim, scene.tx
    at = _arrives_at(scene, recipe)
    if not recipe.wanted(scene):
        _drop(scene, Fate.NOT_WANTED)
    elif at >= claim.expires_at:
        _drop(scene, Fate.EXPIRED)
    elif at > scene.now:
        outbox.postpone(tx, claim, at)
    elif recipe.waits(scene):
        outbox.postpone(tx, claim, scene.now + LOOK_AGAIN)
    else:
        return _ready(scene, recipe)
    return None


def _arrives_at(scene: Scene, recipe: Recipe) -> datetime:
    if recipe.heeds_quiet:
        return allowed_at(scene.member.person, scene.calendar(), scene.now)
    return next_working(scene.now, scene.calendar())


def _ready(scene: Scene, recipe: Recipe) -> Ready | None:
    claim = scene.claim
    to = claim.channel or scene.user_id(scene.to)
    ready = Ready(to=to, message=recipe.render(scene))
    if isinstance(ready.message, Pictured):
        return ready  # marked once its pictures are uploaded, which may take longer than a lease
    return ready if outbox.mark_attempted(scene.tx, claim) else None


def _drop(scene: Scene, fate: Fate) -> None:
    if outbox.settle(scene.tx, scene.claim, fate):
        RECIPES[scene.claim.kind].dropped(scene, str(fate))


def _send(setting: Setting, workspace: str, claim: Claim, ready: Ready) -> None:
    pictures = _pictures(setting, workspace, claim, ready)
    if pictures is None:
        return
    outcome = _post(setting, ready, pictures, claim.delivery_id)
    now = setting.now()
    with setting.store.begin(workspace) as tx:
        scene = _scene(setting, tx, claim, now)
        match outcome:
            case Sent(channel=channel, ts=ts):
                if outbox.mark_sent(tx, claim, channel, ts):
                    RECIPES[claim.kind].sent(scene, channel, ts)
            case TryLater(after=after):
                _wait(tx, claim, now, after)
            case Refused(error=code):
                _park(scene, code)
            case Unknown():
                outbox.settle(tx, claim, Fate.HELD, "unknown_outcome")
    log.info("notice kind=%s delivery=%s outcome=%s", claim.kind, claim.delivery_id, type(outcome).__name__)


def _pictures(
    setting: Setting, workspace: str, claim: Claim, ready: Ready
) -> tuple[Picture | None, ...] | None:
    """The uploaded pictures of a message, and the attempt marked; None when the claim was lost meanwhile."""
    if not isinstance(ready.message, Pictured):
        return ()
    pictures = tuple(_upload(setting, drawing) for drawing in ready.message.drawings)
    with setting.store.begin(workspace) as tx:
        return pictures if outbox.mark_attempted(tx, claim) else None


def _post(setting: Setting, ready: Ready, pictures: Sequence[Picture | None], delivery_id: str) -> Outcome:
    """One message; with its pictures where Slack takes them, else in words alone (delivery 12)."""
    match ready.message:
        case Pictured() as pictured if any(pictures):
            return _post_pictured(setting, ready.to, pictured, pictures, delivery_id)
        case Pictured(message=message):
            return setting.messenger.post(ready.to, message, delivery_id)
        case Message() as message:
            return setting.messenger.post(ready.to, message, delivery_id)


def _post_pictured(
    setting: Setting, to: str, pictured: Pictured, pictures: Sequence[Picture | None], delivery_id: str
) -> Outcome:
    """With pictures once Slack knows them; a refused message was not posted, so words may follow."""
    message = pictured.with_pictures(pictures)
    for pause in (0.0, *PICTURE_PAUSES):
        time.sleep(pause)
        outcome = setting.messenger.post(to, message, delivery_id)
        if outcome != Refused(error="invalid_blocks"):
            break
    if isinstance(outcome, Refused):
        return setting.messenger.post(to, pictured.message, delivery_id)
    return outcome


def _upload(setting: Setting, drawing: Drawing) -> Picture | None:
    file_id = setting.messenger.upload(drawing.png, PICTURE_NAME, drawing.alt)
    return Picture(file_id=file_id, alt=drawing.alt) if file_id else None


def _wait(tx: Tx, claim: Claim, now: datetime, after: timedelta) -> None:
    """Slack asks for a pause: the whole workspace waits, which is no attempt (delivery 6)."""
    workspaces.hold_sending(tx, now + after)
    outbox.postpone(tx, claim, now + after)


def _park(scene: Scene, code: str) -> None:
    """Slack will not take it: recorded with its code, and everybody else's goes on."""
    if outbox.settle(scene.tx, scene.claim, Fate.PARKED, code):
        RECIPES[scene.claim.kind].dropped(scene, "refused")
