"""What Slack loses on the way: a card that was never confirmed still works, and nothing comes twice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.blocks import ids
from tests.stories.people import BEN, EIGHT
from tests.stories.play import Play, actions_in, playing, text_of

FIRST = "2027-01-13 10:00"
POST = "chat.postMessage"


@pytest.fixture
def play() -> Iterator[Play]:
    """Ben alone gets check-ins."""
    with playing(resting=tuple(one for one in EIGHT if one is not BEN)) as play:
        play.go_to("2027-01-13 09:59")
        yield play


def state_of(play: Play) -> str:
    found = play.week(BEN, 0)
    assert found is not None
    return str(found.state)


def test_a_card_whose_sending_was_never_confirmed_can_be_answered(play: Play) -> None:
    play.sandbox.faults.lose_reply(POST)
    play.go_to(FIRST)
    assert play.arrivals(BEN) == [FIRST]
    assert state_of(play) == "planned"
    play.answers(BEN, qC1=3)
    assert state_of(play) == "answered"
    assert play.words()("checkin.thanks") in text_of(play.card(BEN))
    play.go_to("2027-01-16 12:00")
    assert play.arrivals(BEN) == [FIRST]
    assert not play.reasons(BEN)


def test_a_second_card_that_was_never_confirmed_becomes_the_one_that_counts(play: Play) -> None:
    play.go_to(FIRST)
    play.click(BEN, play.card(BEN), ids.PUT_OFF)
    play.sandbox.faults.lose_reply(POST)
    play.go_to("2027-01-13 15:00")
    assert len(play.cards(BEN)) == 2
    play.answers(BEN, qC1=3)
    play.stage.settle()
    older, newer = play.cards(BEN)
    assert play.words()("checkin.thanks") in text_of(newer)
    assert play.words()("checkin.moved") in text_of(older)


def test_an_unconfirmed_card_that_nobody_touched_is_a_week_without_a_card(play: Play) -> None:
    """Nobody knows whether it arrived, so it counts as no silence."""
    play.sandbox.faults.fail_500(POST)
    play.go_to("2027-01-16 12:00")
    assert play.arrivals(BEN) == []
    assert play.reasons(BEN) == {0: "late"}
    assert play.rows_about(BEN)["rules"][0]["run"] == 0


def test_a_first_card_edit_that_fails_is_made_good(play: Play) -> None:
    play.go_to(FIRST)
    play.sandbox.faults.fail_500("chat.update")
    play.answers(BEN, qC1=3)
    assert ids.STARTED in actions_in(list(play.card(BEN).blocks))
    play.stage.settle()
    assert play.words()("checkin.thanks") in text_of(play.card(BEN))


def test_an_event_told_twice_is_answered_once(play: Play) -> None:
    play.sandbox.faults.redeliver_next_event(2)
    before = len(play.dm(BEN))
    play.sandbox.say(BEN.id, "hello")
    play.stage.rest()
    assert len(play.dm(BEN)) == before + 1
    assert "I'm a program" in text_of(play.dm(BEN)[-1])
    assert "hello" not in str(play.rows())


def test_after_the_app_is_taken_out_nothing_more_is_sent_and_nothing_breaks(play: Play) -> None:
    play.sandbox.uninstall()
    play.stage.rest()
    before = len(play.dm(BEN))
    play.go_to("2027-01-16 12:00")
    assert len(play.dm(BEN)) == before
    assert play.reasons(BEN).keys() == {0}
    play.go_to("2027-01-23 12:00")
    assert len(play.dm(BEN)) == before
    assert not play.rows()["people"]
