"""What people do in stories about peers, in words: offer, ask, answer, decide."""

from __future__ import annotations

from bot.blocks import ids
from bot.domain.peers import Help, When, Where
from bot.sandbox import Message, Person, View
from bot.sandbox.inputs import Chosen
from tests.stories.play import Play, Row, actions_in


def offers_help(play: Play, person: Person, *languages: str, weekly_max: int = 2, **more: Chosen) -> View:
    """Enroll from the form for asking; the guide that follows. languages: all of theirs, else as preset."""
    play.press(person, play.home(person), ids.OPENED_PEER)
    play.press(person, play.top(person), ids.OPENED_OFFERING)
    given: dict[str, Chosen] = {ids.WEEKLY_MAX: str(weekly_max), **more}
    if languages:
        given[ids.PEER_LANGUAGES] = list(languages)
    assert play.submit(person, **given).kind == "updated"
    shown = play.top(person)
    play.close(person)
    return shown


def asks_for_a_peer(
    play: Play,
    person: Person,
    help_: Help = Help.LISTEN,
    where: Where = Where.EITHER,
    when: When = When.TODAY,
) -> View:
    """Ask from Home; what is shown then."""
    play.press(person, play.home(person), ids.OPENED_PEER)
    assert play.submit(person, **{ids.HELP: help_, ids.WHERE: where, ids.WHEN: when}).kind == "updated"
    shown = play.top(person)
    play.close(person)
    play.stage.settle()
    return shown


def offer_cards(play: Play, person: Person) -> list[Message]:
    """Cards by which somebody was asked, that still wait for an answer."""
    return [message for message in play.dm(person) if ids.PEER_CAN in actions_in(list(message.blocks))]


def asked_now(play: Play, *people: Person) -> list[Person]:
    """Who has a card to answer."""
    return [person for person in people if offer_cards(play, person)]


def says(play: Play, person: Person, action_id: str) -> None:
    """Answer the newest card."""
    play.click(person, offer_cards(play, person)[-1], action_id)
    play.stage.settle()


def opens(play: Play, person: Person, action_id: str) -> View:
    """Press this on the newest note that has it; the window that opens."""
    notes = [note for note in play.dm(person) if action_id in actions_in(list(note.blocks))]
    return play.press(person, notes[-1], action_id)


def decides(play: Play, person: Person, action_id: str) -> View:
    """See who can, and press this; what is shown then."""
    found = opens(play, person, ids.OPENED_PEER)
    shown = play.press(person, found, action_id)
    play.close(person)
    play.stage.settle()
    return shown


def requests(play: Play) -> list[Row]:
    return play.rows()["peer_requests"]


def states(play: Play) -> list[str]:
    return [row["state"] for row in requests(play)]


def months(play: Play) -> dict[str, int]:
    """How many requests ended how."""
    return {row["state"]: row["many"] for row in play.rows()["peer_months"]}


def names_in(play: Play, person: Person, *others: Person) -> list[Person]:
    """Whose name stands in any message to somebody, or stood there once."""
    said = "".join(play.posts(person))
    return [other for other in others if other.id in said or other.name in said]
