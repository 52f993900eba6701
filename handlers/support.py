"""Help for staff: an admin names the support contact and writes the organization's own list of help."""

from __future__ import annotations

from functools import partial

from slack_bolt import App

from bot.blocks import ids
from bot.blocks import support as screens
from bot.domain.members import Member, Support
from bot.slack import RosterEntry
from handlers.members import note_person
from handlers.visit import Listen, Replies, Show, Sorry, Turn, Visit, Wrong, for_member, for_reader
from storage import members, workspaces
from storage.database import Tx


def on_support_opened(visit: Visit, tx: Tx, member: Member) -> Replies:
    if not members.is_admin(tx, visit.ref):
        return (Sorry(trouble="not_yours"),)
    support = workspaces.support(tx)
    contact_id = members.user_id(tx, support.contact) if support.contact else ""
    words = visit.words(member)
    view = screens.support_form(words, contact_id=contact_id, help_list=support.help_list or "")
    return (Show(view=view),)


def on_support_saved(visit: Visit) -> Replies:
    """Who it is is looked up in Slack before anything is kept."""
    user_id = visit.act.one(ids.SUPPORT_CONTACT)
    entry = visit.house.messenger.person(user_id) if user_id else None
    return for_member(partial(_save_support, named=entry, is_named=bool(user_id)))(visit)


def _save_support(
    visit: Visit, tx: Tx, member: Member, named: RosterEntry | None, *, is_named: bool
) -> Replies:
    words = visit.words(member)
    if not members.is_admin(tx, visit.ref):
        return (Sorry(trouble="not_yours"),)
    if is_named and (named is None or not named.is_staff or not named.active):
        return (Wrong(errors=screens.support_errors(words)),)
    contact = note_person(tx, named) if named else None
    help_list = (visit.act.one(ids.HELP_LIST) or "").strip() or None
    workspaces.set_support(tx, Support(contact=contact, help_list=help_list))
    return (Turn(view=screens.support_saved(words)),)


def register(app: App, listen: Listen) -> None:
    app.action(ids.OPENED_SUPPORT)(listen(for_reader(on_support_opened)))
    app.view(ids.VIEW_SUPPORT)(listen(on_support_saved))
