"""Nobody is free: two at a time after 45 working minutes, other ways after two working hours, and an end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.blocks import ids
from bot.sandbox import Person
from tests.stories.peers import (
    asked_now,
    asks_for_a_peer,
    months,
    offer_cards,
    offers_help,
    opens,
    says,
    states,
)
from tests.stories.people import BEN, CLEO, EIGHT, EVE, FAY, GUS, IRENE, MARIA, NORA
from tests.stories.play import Play, local, playing, text_of

TEN = "2027-01-11 10:00"
TEN_45 = "2027-01-11 10:45"
NOON = "2027-01-11 12:00"
PEERS = (EVE, FAY, GUS, CLEO)
HELP_LIST = "Marta, counselling by video, in Spanish. <She> asks for a good time & nothing else."


@pytest.fixture
def play() -> Iterator[Play]:
    """Monday, ten o'clock in New York. Ben will ask; his colleagues there offer help."""
    with playing(resting=EIGHT) as play:
        play.go_to(TEN)
        yield play


def names_help(play: Play, contact: Person | None = None) -> None:
    """The admin says who the support contact is and writes the list."""
    play.click(NORA, play.home(NORA), ids.OPENED_WORK)
    play.press(NORA, play.seen_home(NORA), ids.OPENED_SUPPORT)
    given = {ids.HELP_LIST: HELP_LIST, ids.SUPPORT_CONTACT: contact.id if contact else None}
    assert play.submit(NORA, **given).kind == "updated"
    play.close(NORA)


def told(play: Play, person: Person) -> list[tuple[str, str]]:
    """When somebody was told what about their request, in New York."""
    return [
        (local(note.at, "America/New_York")[-5:], text_of(note).split("\n")[0]) for note in play.dm(person)
    ]


def test_a_request_that_nobody_takes_up_ends_with_other_ways(play: Play) -> None:
    for peer in PEERS:
        offers_help(play, peer)
    before = len(play.dm(BEN))
    shown = asks_for_a_peer(play, BEN)
    assert "By 2027-01-11 19:00 UTC you'll hear from me" in text_of(shown)
    assert len(asked_now(play, *PEERS)) == 1
    play.go_to(TEN_45)
    assert len(asked_now(play, *PEERS)) == 3  # the first card still lies there, and its time is over
    play.go_to("2027-01-11 11:31")
    assert len(asked_now(play, *PEERS)) == 4
    play.go_to(NOON)
    (note,) = told(play, BEN)[before:]
    assert note[0] == "10:45"
    assert note[1].startswith(
        "Nobody has been free yet. I'm asking on, two at a time. By 2027-01-11 19:00 UTC"
    )
    play.go_to("2027-01-11 14:00")
    assert states(play) == ["nobody"]
    assert told(play, BEN)[-1] == ("14:00", "No talk with a colleague has come about. There are other ways.")
    play.go_to("2027-01-12 14:00")
    assert months(play) == {"redirected": 1}


def test_a_card_whose_time_is_over_says_so(play: Play) -> None:
    offers_help(play, EVE)
    asks_for_a_peer(play, BEN)
    play.go_to(TEN_45)
    says(play, EVE, ids.PEER_CAN)
    assert not asked_now(play, EVE)
    assert "The time to answer is over" in text_of(play.dm(EVE)[-1])
    assert states(play) == ["nobody"]


def test_with_nobody_on_the_roster_other_ways_are_shown_at_once(play: Play) -> None:
    names_help(play, IRENE)
    shown = asks_for_a_peer(play, BEN)
    assert "Nobody who offers this is free" in text_of(shown)
    assert "Marta, counselling by video" in text_of(shown)
    assert "&lt;She&gt; asks for a good time &amp; nothing else" in str(shown.blocks)
    assert f"<@{IRENE.id}>" in str(shown.blocks)
    assert not [note for note in play.dm(IRENE) if BEN.id in str(note.blocks)]


def test_the_support_contact_is_asked_only_by_choice(play: Play) -> None:
    names_help(play, MARIA)
    asks_for_a_peer(play, BEN)
    way = play.press(BEN, play.home(BEN), ids.OPENED_PEER)
    play.press(BEN, way, ids.TOOK_CONTACT)
    play.close(BEN)
    play.stage.settle()
    assert months(play) == {"redirected": 1}
    assert f"<@{BEN.id}>" in str(play.dm(MARIA)[-1].blocks)


def test_without_a_support_contact_there_is_no_such_way(play: Play) -> None:
    names_help(play)
    asks_for_a_peer(play, BEN)
    way = play.press(BEN, play.home(BEN), ids.OPENED_PEER)
    assert ids.TOOK_CONTACT not in str(way.blocks)
    ended = play.press(BEN, way, ids.TOOK_LIST)
    assert "You can ask for a colleague again" in text_of(ended)
    assert months(play) == {"redirected": 1}


def test_somebody_in_charge_can_be_asked_instead(play: Play) -> None:
    asks_for_a_peer(play, BEN)
    form = play.press(BEN, play.press(BEN, play.home(BEN), ids.OPENED_PEER), ids.TOOK_IN_CHARGE)
    assert form.callback_id == ids.VIEW_ASK
    assert f"<@{IRENE.id}>" in str(form.blocks)
    assert months(play) == {"redirected": 1}


def test_the_team_can_huddle_instead(play: Play) -> None:
    asks_for_a_peer(play, BEN)
    form = play.press(BEN, play.press(BEN, play.home(BEN), ids.OPENED_PEER), ids.TOOK_HUDDLE)
    assert form.callback_id == ids.VIEW_HUDDLE
    assert months(play) == {"redirected": 1}


def test_it_is_looked_on_among_those_who_were_not_asked(play: Play) -> None:
    offers_help(play, EVE)
    asks_for_a_peer(play, BEN)
    says(play, EVE, ids.PEER_CANNOT)
    assert states(play) == ["nobody"]
    offers_help(play, FAY)
    play.press(BEN, opens(play, BEN, ids.OPENED_PEER), ids.LOOKED_ON)
    play.stage.settle()
    assert asked_now(play, *PEERS) == [FAY]


def test_a_yes_that_is_not_taken_up_frees_the_colleague(play: Play) -> None:
    offers_help(play, EVE)
    asks_for_a_peer(play, BEN)
    says(play, EVE, ids.PEER_CAN)
    play.go_to("2027-01-11 14:00")
    assert states(play) == ["nobody"]
    assert "No longer needed this time" in text_of(play.dm(EVE)[-1])
    assert not [row for row in play.rows()["peer_loads"] if row["helped"]]
    play.go_to("2027-01-12 14:00")
    assert months(play) == {"redirected": 1}


def test_out_of_hours_nobody_is_asked_before_work_begins(play: Play) -> None:
    offers_help(play, EVE)
    play.go_to("2027-01-11 22:00")
    shown = asks_for_a_peer(play, BEN)
    assert "I begin asking when work begins: 2027-01-12 14:00 UTC" in text_of(shown)
    play.go_to("2027-01-12 08:59")
    assert not asked_now(play, *PEERS)
    play.go_to("2027-01-12 09:00")
    assert asked_now(play, *PEERS) == [EVE]
    assert local(offer_cards(play, EVE)[-1].at, "America/New_York") == "2027-01-12 09:00"


def test_the_timers_survive_a_program_that_was_down(play: Play) -> None:
    offers_help(play, EVE)
    asks_for_a_peer(play, BEN)
    play.sleep_until("2027-01-12 11:00")
    play.go(minutes=1)
    assert states(play) == ["nobody"]
    play.go_to("2027-01-13 12:00")
    assert months(play) == {"redirected": 1}
