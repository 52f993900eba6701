"""Finds out what became of requests that got no answer: Slack's history is read, nothing is guessed.

A message carries its delivery id in its metadata (delivery 5). Found: recorded as sent. Absent: it waits
again. Where the history cannot be read, what people ask of each other is sent again, and the rest is held.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from bot.domain.notices import BETWEEN_PEOPLE, Fate
from bot.slack import Absent, Found, Refused, Sent, TryLater, Unknown
from schedules.delivery import note_sent, scenes
from schedules.setting import Arrival, Setting
from storage import members, outbox, workspaces
from storage.database import Tx
from storage.outbox import Claim

log = logging.getLogger(__name__)

CLOCKS_DIFFER = timedelta(minutes=15)
"""Slack's clock stamps messages, ours says since when a notice was due: look back a little further."""


def reconcile(setting: Setting, workspace: str) -> bool:
    """Look one notice up whose outcome is unknown; True when it is settled, so that another may follow."""
    with setting.store.begin(workspace) as tx:
        claim = None if workspaces.is_over(tx) else outbox.claim_unknown(tx, setting.patience.lease)
        if claim is None:
            return False
        to, since = claim.channel or members.user_id(tx, claim.reader), _since(tx, claim)
    found = setting.messenger.find(to, claim.delivery_id, since - CLOCKS_DIFFER)
    log.info("notice looked up kind=%s found=%s", claim.kind, type(found).__name__)
    with setting.store.begin(workspace) as tx:
        return _conclude(setting, tx, claim, found, setting.now())


def _since(tx: Tx, claim: Claim) -> datetime:
    """The earliest that it may have gone out; after a restore that may be well before it was planned."""
    restored = workspaces.restored(tx)
    return min(claim.due_at, restored.known_until) if restored else claim.due_at


def _conclude(setting: Setting, tx: Tx, claim: Claim, found: Found, now: datetime) -> bool:
    match found:
        case Sent():
            (scene,) = scenes(setting, tx, [claim], now)
            return note_sent(tx, [Arrival(scene=scene, channel=found.channel, ts=found.ts)])
        case Absent():
            return outbox.release(tx, claim)
        case Refused(error=code) if claim.kind in BETWEEN_PEOPLE:
            log.warning("sent again without a look kind=%s error=%s", claim.kind, code)
            return outbox.release(tx, claim)
        case Refused(error=code):
            return outbox.settle(tx, claim, Fate.HELD, code)
        case TryLater(after=after):
            outbox.mark_unknown(tx, claim, "history_paused", after)
        case Unknown():
            outbox.mark_unknown(tx, claim, "history_unreachable", setting.patience.unknown)
    return False
