"""The first message, tapped: it stays as it was read, and says nothing that has passed."""

from __future__ import annotations

from bot.blocks import ids
from bot.blocks.elements import Message as Post
from tests.handlers.world import ANA, BEN, World, text_of


def tapped(world: World, action_id: str, value: str | None = None) -> str:
    """What Ben's first message reads after a tap on it."""
    world.post(BEN, Post(text="A note for you", blocks=[]))
    world.tap(BEN, action_id, value)
    return text_of(world.dm(BEN)[-1])


def test_before_the_first_card_the_message_says_when_it_comes(world: World) -> None:
    said = tapped(world, ids.ACCEPTED_TERMS)
    assert world.words(BEN)("first_contact.accepted") in said
    assert "The first: Wednesday, January 20." in said


def test_after_the_first_card_the_message_names_no_first_day(world: World) -> None:
    world.card(BEN)
    said = tapped(world, ids.ACCEPTED_TERMS)
    assert world.words(BEN)("first_contact.accepted") in said
    assert "The first:" not in said


def test_the_other_language_is_one_tap_away_and_stays(world: World) -> None:
    said = tapped(world, ids.CHOSE_LANGUAGE, "es")
    assert world.words(ANA)("first_contact.hello") in said
    assert world.choices(BEN).language == "es"
