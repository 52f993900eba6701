"""What people do with the first message: accept what they read, or read it in another language."""

from __future__ import annotations

from slack_bolt import App

from bot.blocks import first_contact as screens
from bot.blocks import ids
from bot.domain.members import TERMS_VERSION, Member
from handlers.payloads import Malformed
from handlers.visit import Edit, FreshHome, Listen, Replies, Visit, for_member
from storage import members, planning
from storage.database import Tx


def on_accepted(visit: Visit, tx: Tx, member: Member) -> Replies:
    """ "Fine, I've read it": the message stays as it is, with the tap noted."""
    members.choose(tx, visit.ref, accepted_version=TERMS_VERSION)
    return _said_again(visit, tx, member)


def on_language_chosen(visit: Visit, tx: Tx, member: Member) -> Replies:
    """One tap: the message reads in that language now, and so does everything after it."""
    if visit.act.value not in visit.house.content.languages:
        raise Malformed("language")
    members.choose(tx, visit.ref, language=visit.act.value)
    return _said_again(visit, tx, member)


def _said_again(visit: Visit, tx: Tx, member: Member) -> Replies:
    """Edits the first message in, when it is the one that was tapped."""
    member = visit.member(tx) or member
    if not visit.act.ts or member.team is None:
        return (FreshHome(),)
    first_on = planning.first_on(tx, member, visit.now)
    facts = screens.facts_of(member, visit.who_sees(tx, member), first_on)
    message = screens.first_contact(visit.words(member), facts, accepted=member.preferences.accepted)
    return (Edit(message=message), FreshHome())


def register(app: App, listen: Listen) -> None:
    app.action(ids.ACCEPTED_TERMS)(listen(for_member(on_accepted)))
    app.action(ids.CHOSE_LANGUAGE)(listen(for_member(on_language_chosen)))
