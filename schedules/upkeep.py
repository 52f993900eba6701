"""Keeps things as they should be: cards whose edit failed, and what is too old."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial

from bot.blocks import checkins as screens
from bot.blocks.elements import Message
from bot.content import Words
from bot.domain.checkins import CARDS, Checkin
from bot.domain.localtime import block_of, first_period_of, week_of
from bot.domain.members import PersonRef
from bot.slack import TryLater, Unknown
from schedules.setting import BATCH, Setting
from storage import (
    answers,
    asks,
    checkins,
    departures,
    digests,
    erasure_mark,
    erasures,
    events,
    guarantee_mark,
    leave,
    matching,
    members,
    outbox,
    peers,
    timers,
    workspaces,
)
from storage.checkins import OldCard
from storage.database import Tx
from storage.ledger_mark import NoMark
from storage.timers import Timer

log = logging.getLogger(__name__)

ASKS_KEPT = timedelta(days=90)
"""How long an ask in one's own name is kept (SF17)."""


A_DAY = timedelta(days=1)
"""So far may a person's date be behind the one of UTC."""


UNANSWERED = 3
"""Edits without an answer after which the others wait for the next beat: Slack is away."""


class _Unanswered(Exception):
    """The card may show it now or not."""


class _Paused(Exception):
    """Slack asks for a pause of so long."""

    def __init__(self, after: timedelta) -> None:
        super().__init__()
        self.after = after


def mend_cards(setting: Setting, workspace: str) -> bool:
    """Edit cards that do not show what they should, until Slack asks for a pause; True when more are left.

    Somebody's click may be about to edit the same one, so those of this moment are not waited for again.
    """
    now = setting.now()
    with setting.store.read(workspace) as tx:
        if workspaces.may_not_send(tx, now):
            return False
        stale = checkins.list_stale_cards(tx, BATCH)
        retired = checkins.list_retired_cards(tx, now, BATCH)
    edits = (
        *(partial(_mend, setting, workspace, ref, checkin) for ref, checkin in stale),
        *(partial(_retire, setting, workspace, timer, card) for timer, card in retired),
    )
    mended = False
    try:
        mended = _edit_all(setting, edits)
    except _Paused as paused:
        with setting.store.begin(workspace) as tx:
            workspaces.hold_sending(tx, now + paused.after)
    return mended and BATCH in (len(stale), len(retired))


def _edit_all(setting: Setting, edits: Iterable[Callable[[], bool]]) -> bool:
    """Edit until Slack leaves some without an answer, or the program is to end; True when any was edited."""
    mended, unanswered = False, 0
    for edit in edits:
        if setting.stopping.is_set() or unanswered == UNANSWERED:
            break
        try:
            mended |= edit()
        except _Unanswered:
            unanswered += 1
    return mended


def _mend(setting: Setting, workspace: str, ref: PersonRef, checkin: Checkin) -> bool:
    card = CARDS[checkin.state]
    if not checkin.channel or not checkin.ts:
        return False
    words = _words(setting, workspace, ref)
    message = screens.card_after(words, card, week=checkin.week)
    _edit(setting, checkin.channel, checkin.ts, message)
    with setting.store.begin(workspace) as tx:
        checkins.set_card(tx, ref, checkin.week, checkin.ts, card)
    return True


def _retire(setting: Setting, workspace: str, timer: Timer, card: OldCard) -> bool:
    message = screens.moved_card(_words(setting, workspace, card.ref), week=card.week)
    if card.channel:
        _edit(setting, card.channel, card.ts, message)
    with setting.store.begin(workspace) as tx:
        timers.take(tx, timer)
    return True


def _words(setting: Setting, workspace: str, ref: PersonRef) -> Words:
    with setting.store.read(workspace) as tx:
        return setting.content.words_of(members.known(tx, ref, setting.now()))


def _edit(setting: Setting, channel: str, ts: str, message: Message) -> None:
    """The card shows it now, or never can (Slack refuses: it was deleted). Raises _Paused, _Unanswered."""
    outcome = setting.messenger.edit(channel, ts, message)
    if isinstance(outcome, TryLater):
        raise _Paused(outcome.after)
    if isinstance(outcome, Unknown):
        raise _Unanswered


def erase_old(setting: Setting, workspace: str) -> bool:
    """Erase what is older than it is kept: answers, who took part, notices, asks, days away, events,
    ended blocks, who met whom.

    False: nothing waits for it.
    """
    now = setting.now()
    kept = timedelta(weeks=setting.answers_kept_weeks)
    with setting.store.begin(workspace) as tx:
        events.forget_old(tx, now)
        outbox.forget_before(tx, now - kept)
        asks.forget_before(tx, (now - ASKS_KEPT).date())
        peers.forget_loads_before(tx, now.date())
        for request_id in peers.list_closed_before(tx, now - timedelta(days=setting.peers_kept_days)):
            matching.forget(tx, request_id)
        leave.forget_before(tx, (now - A_DAY).date())
        erasures.forget_before(tx, now - erasures.KEPT)
        _forget_ended_blocks(tx)
        epoch_on = workspaces.get(tx).epoch_on
        if epoch_on is not None:
            first_kept = week_of(epoch_on, now.date()) - setting.answers_kept_weeks
            answers.forget_before(tx, first_kept)
            checkins.forget_before(tx, first_kept, (now - kept).date())
    _erase_the_departed(setting, workspace, now)
    setting.store.fold()
    _agree_on_guarantees(setting)
    _note_erasures_outside(setting, now)
    return False


def _erase_the_departed(setting: Setting, workspace: str, now: datetime) -> None:
    """Whoever left Slack 30 days ago; everybody, seven days after the app was taken out or staff stopped."""
    with setting.store.begin(workspace) as tx:
        departures.note_leavers(tx, now)
        over_at = departures.over_at(tx)
        if over_at is not None and now >= over_at:
            departures.erase_everybody(tx, now)
        left = departures.list_due(tx, now)
    for ref, left_at in left.items():
        with setting.store.begin(workspace) as tx:
            members.hold(tx, ref)
            departures.erase_leaver(tx, ref, left_at, now)


def _agree_on_guarantees(setting: Setting) -> None:
    try:
        guarantee_mark.agree(setting.guarantees, setting.store)
    except NoMark:
        log.error("stricter numbers cannot be noted outside the database")


def _note_erasures_outside(setting: Setting, now: datetime) -> None:
    """Those whose note failed when it happened, and those too old to be remembered."""
    try:
        erasure_mark.bring_up_to_date(setting.erasures, setting.store, now)
    except NoMark:
        log.error("deletions cannot be noted outside the database")


def _forget_ended_blocks(tx: Tx) -> None:
    """Who was on which roster and who was debited is needed until all of a block's periods are settled."""
    last = digests.last_period(tx)
    if last is None or digests.has_debited(tx):
        return
    first_needed = min((last, *digests.list_open(tx)))
    digests.forget_ledger_before(tx, first_period_of(block_of(first_needed)))
