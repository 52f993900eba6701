"""Pause with a date, Stop with an undo: at once, told to nobody."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.blocks import ids
from tests.stories.people import BEN, EIGHT, IN_CHARGE, NORA
from tests.stories.play import Play, actions_in, playing, text_of

FIRST = "2027-01-13 10:00"


@pytest.fixture
def play() -> Iterator[Play]:
    """Ben alone gets check-ins, and his first one has come."""
    with playing(resting=tuple(one for one in EIGHT if one is not BEN)) as play:
        play.go_to("2027-01-13 10:05")
        yield play


def pauses(play: Play, length: str) -> str:
    """Ben pauses from his card's menu; what he is told."""
    play.press(BEN, play.card(BEN), ids.CARD_MENU, ids.MENU_PAUSE)
    assert play.submit(BEN, pause_for=length).kind == "updated"
    said = text_of(play.top(BEN))
    play.close(BEN)
    return said


def stops(play: Play) -> str:
    """Ben stops from his card's menu; what he alone is told."""
    play.click(BEN, play.card(BEN), ids.CARD_MENU, ids.MENU_STOP)
    return text_of(play.sandbox.ephemerals(BEN.id)[-1])


def test_a_pause_names_the_day_from_which_check_ins_come_again(play: Play) -> None:
    assert "Paused until Wednesday, January 20." in pauses(play, "1")
    play.go_to("2027-01-23 12:00")
    assert play.arrivals(BEN)[:2] == [FIRST, "2027-01-20 10:00"]


def test_a_paused_week_is_recorded_and_home_says_when_the_next_one_comes(play: Play) -> None:
    pauses(play, "2")
    home = play.home(BEN)
    assert "Wednesday, January 27" in text_of(home)
    assert ids.RESUMED in actions_in(home.blocks)
    play.go_to("2027-01-27 10:00")
    assert play.arrivals(BEN) == [FIRST, "2027-01-27 10:00"]
    assert play.reasons(BEN) == {1: "paused"}


def test_a_pause_counts_as_no_silence(play: Play) -> None:
    """Two weeks unanswered, then a pause in the third: no private question, and it ends when it says."""
    play.go_to("2027-01-27 10:05")
    pauses(play, "1")
    play.go_to("2027-02-03 10:00")
    assert play.arrivals(BEN)[-1] == "2027-02-03 10:00"
    assert len(play.others(BEN)) == 1


def test_an_open_pause_lasts_until_resume(play: Play) -> None:
    assert "Paused until you come back." in pauses(play, ids.PAUSE_OPEN_END)
    play.sleep_until("2027-04-12 06:00")
    play.go_to("2027-04-17 12:00")
    assert play.arrivals(BEN) == [FIRST]
    shown = play.press(BEN, play.home(BEN), ids.RESUMED)
    assert "The next: Wednesday, April 21" in text_of(shown)
    play.close(BEN)
    play.go_to("2027-04-21 10:00")
    assert play.arrivals(BEN) == [FIRST, "2027-04-21 10:00"]


def test_stop_works_at_once_and_undo_brings_it_back(play: Play) -> None:
    assert play.words()("stop.done") in stops(play)
    play.go_to("2027-01-23 12:00")
    assert play.arrivals(BEN) == [FIRST]
    assert play.reasons(BEN) == {1: "stopped"}
    assert play.words()("home.none_stopped") in text_of(play.home(BEN))
    undo = play.sandbox.ephemerals(BEN.id)[-1]
    play.click(BEN, undo, ids.UNDID_STOP)
    assert "The next: Wednesday, January 27" in text_of(play.sandbox.ephemerals(BEN.id)[-1])
    play.go_to("2027-01-27 10:00")
    assert play.arrivals(BEN) == [FIRST, "2027-01-27 10:00"]


@pytest.mark.parametrize("word", ["stop", "parar"])
def test_stop_can_be_typed_and_undone_from_home(play: Play, word: str) -> None:
    (said,) = play.types(BEN, word)
    assert play.words()("stop.done") in text_of(said)
    home = play.home(BEN)
    assert ids.STOPPED not in actions_in(home.blocks)
    play.press(BEN, home, ids.UNDID_STOP)
    play.close(BEN)
    play.go_to("2027-01-20 10:00")
    assert play.arrivals(BEN)[-1] == "2027-01-20 10:00"


def test_what_is_queued_stops_too(play: Play) -> None:
    """In Noronha the card of 12:30 waits for 14:00; Ben stops at one."""
    play.go_to("2027-01-20 09:30")
    play.sandbox.change_person(BEN.id, tz="America/Noronha")
    play.stage.rest()
    play.stage.settle()
    waiting = [row for row in play.rows()["outbox"] if row["fate"] == "waiting"]
    assert [row["kind"] for row in waiting] == ["checkin"]
    play.types(BEN, "stop")
    play.go_to("2027-01-23 12:00")
    assert len(play.cards(BEN)) == 2
    assert play.reasons(BEN) == {1: "stopped"}


@pytest.mark.parametrize("how", ["pause", "stop"])
def test_nobody_is_told(play: Play, how: str) -> None:
    others = [person for person in (*EIGHT, *IN_CHARGE) if person is not BEN]
    before = {person.name: play.posts(person) for person in others}
    home = text_of(play.home(NORA))
    if how == "pause":
        pauses(play, "1")
    else:
        stops(play)
    play.stage.settle()
    assert {person.name: play.posts(person) for person in others} == before
    assert text_of(play.home(NORA)) == home
    assert not play.sandbox.channel_messages("C0000LEGAL")
