"""Small practices; nothing is kept of who opened one."""

from __future__ import annotations

from slack_bolt import App

from bot.blocks import ids
from bot.blocks import practices as screens
from bot.domain.members import Member
from handlers.payloads import Malformed
from handlers.visit import Listen, Replies, Show, Visit, for_reader
from storage.database import Tx


def on_practice_opened(visit: Visit, _tx: Tx, member: Member) -> Replies:
    words = visit.words(member)
    if visit.act.value not in words.pages.practices:
        raise Malformed("practice")
    return (Show(view=screens.practice(words, visit.act.value)),)


def register(app: App, listen: Listen) -> None:
    app.action(ids.OPENED_PRACTICE)(listen(for_reader(on_practice_opened)))
