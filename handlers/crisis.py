"""Crisis lines, the menu and whatever is typed to the bot. All of it works without the database (SF1)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from slack_bolt import App
from sqlalchemy.exc import SQLAlchemyError

from bot.blocks import crisis as screens
from bot.blocks import ids, replies
from bot.blocks.elements import Message
from bot.content import Words
from handlers import asks, home, huddles, mydata, peers, privacy, settings, stepouts
from handlers.events import EventVisit, ListenEvent
from handlers.payloads import Act
from handlers.visit import (
    Listen,
    Listener,
    Replies,
    Show,
    Visit,
    Whisper,
    for_member,
    for_reader,
)

COMMAND = "/choir"
SAID = (None, "file_share", "me_message", "thread_broadcast")
"""Subtypes of a message event by which somebody says something; the others tell of edits and the like."""


def on_crisis_opened(visit: Visit) -> Replies:
    """Crisis help, from any card, any view and Home."""
    known = _known(visit)
    if known is None:
        view = screens.both_languages_view(visit.house.content, country=visit.house.country)
    else:
        view = screens.view(known[0], country=known[1])
    return (Show(view=view, instead=crisis_card(visit)),)


def on_command(visit: Visit) -> Replies:
    """/choir and what was typed after it, in any language, with or without accents."""
    named = visit.house.content.parse_command(visit.act.value)
    return COMMANDS.get(named, _menu)(visit)


def _crisis(visit: Visit) -> Replies:
    return (Whisper(message=crisis_card(visit)),)


def _menu(visit: Visit) -> Replies:
    words, country = _speak(visit)
    return (Whisper(message=screens.menu(words, country=country)),)


COMMANDS: Mapping[str, Listener] = {
    "crisis": _crisis,
    "menu": _menu,
    "ask": for_reader(asks.on_ask_opened),
    "huddle": for_reader(huddles.on_huddle_opened),
    "out": for_reader(stepouts.on_step_out_opened),
    "peer": for_reader(peers.on_peer_opened),
    "pause": for_reader(settings.on_pause_opened),
    "stop": for_member(settings.on_stopped),
    "resume": for_member(settings.on_resumed),
    "settings": for_reader(settings.on_settings_opened),
    "privacy": for_reader(privacy.on_who_sees_opened),
    "mydata": for_reader(mydata.on_my_data_opened),
    "home": home.on_home_asked_for,
}


def crisis_card(visit: Visit) -> Message:
    """Crisis lines first, then the menu; in every language for somebody we do not know."""
    known = _known(visit)
    if known is None:
        return screens.both_languages(visit.house.content, country=visit.house.country)
    return screens.card(known[0], country=known[1])


def _speak(visit: Visit) -> tuple[Words, str]:
    return _known(visit) or visit.speak()


def _known(visit: Visit) -> tuple[Words, str] | None:
    """The person's language and country, from memory or soon from the database."""
    remembered = visit.from_memory()
    if remembered:
        return remembered
    try:
        visit.house.soon(partial(_look_up, visit))
    except (SQLAlchemyError, KeyError, TimeoutError):
        return None
    return visit.from_memory()


def _look_up(visit: Visit) -> None:
    with visit.read() as tx:
        visit.member(tx)


def on_typed(visit: EventVisit) -> None:
    """Any text in the DM gets an answer at once; the text is looked at for a command word and forgotten."""
    event = visit.event
    if event.bot or event.subtype not in SAID or not event.user_id or not event.channel:
        return
    act = Act(workspace=event.workspace, user_id=event.user_id, channel=event.channel)
    message = _answer_to(Visit(house=visit.house, act=act, now=visit.now), event.text)
    visit.house.messenger.answer(event.channel, event.user_id, message)


def _answer_to(visit: Visit, text: str) -> Message:
    named = visit.house.content.parse_command(text)
    if named == "crisis":
        return crisis_card(visit)
    words, country = _speak(visit)
    return replies.dm_reply(words, country=country)


def register(app: App, listen: Listen, listen_event: ListenEvent) -> None:
    app.command(COMMAND)(listen(on_command))
    app.action(ids.OPENED_CRISIS)(listen(on_crisis_opened))
    app.event("message")(listen_event(on_typed))
