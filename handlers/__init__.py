"""What people do in Slack: each click becomes a decision, a row and a reply.

`register` connects everything to Bolt; COMMANDS, SHORTCUTS and EVENTS are what app.yaml must declare.
"""

from __future__ import annotations

import logging
import re
from functools import partial

from slack_bolt import App
from slack_bolt.response import BoltResponse

from bot.blocks import ids
from handlers import (
    asks,
    checkins,
    circles,
    crisis,
    digests,
    first_contact,
    home,
    huddles,
    leave,
    members,
    mydata,
    peers,
    practices,
    privacy,
    raises,
    settings,
    stepouts,
    support,
    teams,
    workspaces,
)
from handlers.events import listen_event
from handlers.replying import listen
from handlers.visit import House, Replies, Sorry, Visit

log = logging.getLogger(__name__)

COMMANDS = (crisis.COMMAND,)
SHORTCUTS = (ids.SHORTCUT_ASK, ids.SHORTCUT_PEER)
EVENTS = (
    "app_home_opened",
    "app_uninstalled",
    "message.im",
    "team_join",
    "tokens_revoked",
    "user_change",
)
ANY = re.compile(".*")


def register(app: App, house: House) -> None:
    """Connect every listener; what nothing listens to is answered kindly too."""
    hear = partial(listen, house)
    hear_event = partial(listen_event, house)
    of_staff = (
        checkins,
        settings,
        leave,
        asks,
        huddles,
        circles,
        stepouts,
        peers,
        support,
        raises,
        mydata,
        privacy,
        practices,
        first_contact,
    )
    for module in (*of_staff, digests):
        module.register(app, hear)
    crisis.register(app, hear, hear_event)
    home.register(app, hear, hear_event)
    members.register(app, hear_event)
    workspaces.register(app, hear_event)
    teams.register(app, hear, house)
    app.action(ANY)(hear(on_anything_else))
    app.view(ANY)(hear(on_anything_else))
    app.shortcut(ANY)(hear(on_anything_else))
    app.error(on_error)


def on_anything_else(_visit: Visit) -> Replies:
    """A button of last month, or of a version that is gone."""
    return (Sorry(trouble="out_of_date"),)


def on_error(error: Exception, response: BoltResponse | None) -> BoltResponse | None:
    """Whatever no listener foresaw. The log shows kinds and places alone: a text may hold an answer.

    response is None where Slack has its acknowledgement already.
    """
    log.error("listener failed", exc_info=error)
    return None if response is None else BoltResponse(status=200)
