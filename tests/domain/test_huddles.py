"""Where people meet."""

from __future__ import annotations

from bot.domain.huddles import Rooms


def test_slack_s_own_huddle_is_used_unless_an_address_is_given() -> None:
    assert (Rooms().for_two("a"), Rooms().for_team("a")) == (None, None)


def test_each_meeting_has_a_room_of_its_own() -> None:
    rooms = Rooms(address="https://meet.example.org/{room}?lang=es")
    assert rooms.for_two("a1b2") == "https://meet.example.org/a1b2?lang=es"
    assert rooms.for_team("c3d4") == "https://meet.example.org/c3d4?lang=es"


def test_two_people_are_never_sent_to_the_one_room_of_everybody() -> None:
    rooms = Rooms(address="https://meet.example.org/agency")
    assert rooms.for_two("a1b2") is None
    assert rooms.for_team("a1b2") == "https://meet.example.org/agency"
