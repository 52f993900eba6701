"""Who sees what, open to everybody at any time."""

from __future__ import annotations

from slack_bolt import App

from bot.blocks import ids
from bot.blocks import privacy as screens
from bot.domain.members import Member
from handlers.visit import Listen, Replies, Show, Visit, for_reader
from storage.database import Tx


def on_who_sees_opened(visit: Visit, tx: Tx, member: Member) -> Replies:
    """The whole promise with its limits."""
    sees = visit.who_sees(tx, member)
    return (Show(view=screens.who_sees(visit.words(member), sees)),)


def register(app: App, listen: Listen) -> None:
    app.action(ids.OPENED_WHO_SEES)(listen(for_reader(on_who_sees_opened)))
