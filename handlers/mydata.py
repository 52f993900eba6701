"""My data: seen, copied, corrected and deleted by the person alone; told to nobody."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from http.client import HTTPException

from slack_bolt import App
from slack_sdk.errors import SlackClientError
from sqlalchemy.exc import SQLAlchemyError

from bot.blocks import ids
from bot.blocks import mydata as screens
from bot.blocks.elements import View
from bot.content import Words
from bot.domain.localtime import local, week_of
from bot.domain.members import Member
from bot.domain.mydata import COPY_STAYS
from bot.slack import Upload
from handlers import asks, checkins, peers
from handlers.payloads import Malformed
from handlers.visit import (
    Afterwards,
    FreshHome,
    Listen,
    Replies,
    Show,
    Turn,
    Visit,
    for_member,
    for_reader,
)
from storage import answers, copies, erasures, members, mydata, planning, workspaces
from storage.database import Tx
from storage.ledger_mark import NoMark

log = logging.getLogger(__name__)


def on_my_data_opened(visit: Visit, _tx: Tx, member: Member) -> Replies:
    """What can be done with one's own data."""
    return (Show(view=screens.hub(visit.words(member), has_checkins=member.team is not None)),)


def on_kept_seen(visit: Visit, tx: Tx, member: Member) -> Replies:
    """Everything that is kept about the person who asks, and about nobody else."""
    return (Show(view=screens.everything(visit.words(member), mydata.gather(tx, visit.ref, visit.now))),)


def on_page_turned(visit: Visit, tx: Tx, member: Member) -> Replies:
    return (Turn(view=_kept(visit, tx, member, visit.act.number())),)


def _kept(visit: Visit, tx: Tx, member: Member, page: int) -> View:
    return screens.everything(visit.words(member), mydata.gather(tx, visit.ref, visit.now), page=page)


def on_week_deleted(visit: Visit, tx: Tx, member: Member) -> Replies:
    """The answers of one week, after "are you sure". Like a blank form: that it was sent in stays."""
    answers.save(tx, visit.ref, visit.act.number(), {})
    kept = _kept(visit, tx, member, visit.act.fact_number("page"))
    return (Turn(view=kept), _out_of_the_log(visit))


def _out_of_the_log(visit: Visit) -> Afterwards:
    """What was erased is not left in the database's log either."""

    def fold() -> Replies:
        visit.house.store.fold()
        return ()

    return Afterwards(do=fold)


# ---- a copy


def on_copying_opened(visit: Visit, _tx: Tx, member: Member) -> Replies:
    return (Show(view=screens.copying(visit.words(member))),)


def on_copy_wanted(visit: Visit, tx: Tx, member: Member) -> Replies:
    """After the warning: two files are made, handed to Slack while the person waits, and kept nowhere."""
    words, data = visit.words(member), mydata.gather(tx, visit.ref, visit.now)
    here = local(visit.now, member.person.tz)
    files = {
        screens.READABLE: screens.readable(words, data, here.date()).encode(),
        screens.MACHINE: screens.record(words, data, visit.now).encode(),
    }
    hand_over = partial(_hand_over, visit, words, files, here + COPY_STAYS)
    return (Turn(view=screens.copy_view(words, "coming")), Afterwards(do=hand_over))


def _hand_over(visit: Visit, words: Words, files: Mapping[str, bytes], until: datetime) -> Replies:
    """Files into the DM. That they are to be deleted is committed before any byte leaves."""
    time = words.time(until.time())
    try:
        _share(visit, words, files, until, time)
    except (SlackClientError, HTTPException, OSError, SQLAlchemyError) as error:
        log.warning("copy not handed over error=%s", type(error).__name__)
        return (Turn(view=screens.copy_view(words, "failed")),)
    return (Turn(view=screens.copy_view(words, "there", time=time)),)


def _share(visit: Visit, words: Words, files: Mapping[str, bytes], until: datetime, time: str) -> None:
    messenger = visit.house.messenger
    uploads = {messenger.announce(name, len(content)): content for name, content in files.items()}
    said = messenger.say(visit.act.user_id, screens.copy_note(words, "here", time=time))
    _delete_at(visit, said.ts, uploads, until)
    try:
        messenger.share(uploads, said.channel)
    except (SlackClientError, HTTPException, OSError):
        _delete_at(visit, said.ts, uploads, visit.now)
        raise


def _delete_at(visit: Visit, ts: str, uploads: Mapping[Upload, bytes], at: datetime) -> None:
    with visit.begin() as tx:
        copies.add(tx, visit.ref, ts, (upload.file_id for upload in uploads), at)


# ---- deleting


def on_deleting_opened(visit: Visit, _tx: Tx, member: Member) -> Replies:
    """What deleting means, before it happens."""
    chosen = member.preferences
    view = screens.deleting(
        visit.words(member),
        has_checkins=member.team is not None,
        resting=chosen.stopped or chosen.paused_at(visit.now),
    )
    return (Show(view=view),)


def on_deleted(visit: Visit, tx: Tx, member: Member) -> Replies:
    """Everything of the person's, at once: cards and asks that lie open in Slack are ended with it."""
    stopped, words = _stops_too(visit), visit.words(member)
    taken_back = (*asks.all_taken_back(visit, tx), *peers.all_ended(visit, tx))
    mydata.erase(tx, visit.ref, visit.now)
    if stopped:
        members.choose(tx, visit.ref, stopped=True)
    outlook = planning.next_checkin(tx, visit.ref, visit.now)
    next_on = local(outlook.at, member.person.tz).date() if outlook and outlook.at else None
    view = screens.deleted(words, stopped=stopped, next_on=next_on, has_copy=copies.has_any(tx, visit.ref))
    card = checkins.card_now(tx, visit, member, _this_week(tx, visit, member))
    return (Turn(view=view), _noted_outside(visit), *card, *taken_back, FreshHome(), _out_of_the_log(visit))


def _noted_outside(visit: Visit) -> Afterwards:
    """That it happened, so that no backup undoes it. Where that fails, upkeep does it within the hour."""
    erased = {visit.act.workspace: {visit.ref: visit.now}}

    def note() -> Replies:
        try:
            visit.house.erasures.add(erased, visit.now - erasures.KEPT)
        except NoMark:
            log.warning("deletion not noted outside the database yet")
        return ()

    return Afterwards(do=note)


def _stops_too(visit: Visit) -> bool:
    """Whether check-ins stop; somebody without a team was not asked."""
    if ids.AFTER_DELETING not in visit.act.values:
        return False
    match visit.act.needed(ids.AFTER_DELETING):
        case ids.GO_ON:
            return False
        case ids.STOP_TOO:
            return True
    raise Malformed("after")


def _this_week(tx: Tx, visit: Visit, member: Member) -> int:
    epoch_on = workspaces.get(tx).epoch_on
    return week_of(epoch_on, local(visit.now, member.person.tz).date()) if epoch_on else 0


def register(app: App, listen: Listen) -> None:
    app.action(ids.OPENED_MY_DATA)(listen(for_reader(on_my_data_opened)))
    app.action(ids.SAW_MY_DATA)(listen(for_reader(on_kept_seen)))
    app.action(ids.TURNED_PAGE)(listen(for_reader(on_page_turned)))
    app.action(ids.DELETED_WEEK)(listen(for_member(on_week_deleted)))
    app.action(ids.OPENED_COPYING)(listen(for_reader(on_copying_opened)))
    app.view(ids.VIEW_COPY)(listen(for_reader(on_copy_wanted)))
    app.action(ids.OPENED_DELETING)(listen(for_reader(on_deleting_opened)))
    app.view(ids.VIEW_DELETE)(listen(for_member(on_deleted)))
