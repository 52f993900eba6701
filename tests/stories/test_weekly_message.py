"""The supervisor's weekly message: what it says of asks."""

from __future__ import annotations

from bot.blocks import ids
from bot.sandbox import Message
from tests.stories.people import BEN, IRENE
from tests.stories.play import Play, actions_in, labels, text_of

FRIDAY, MONDAY = "2027-01-15 15:00", "2027-01-19 09:31"
"""The Monday between is Martin Luther King Day."""


def asks(play: Play) -> Message:
    """Ben asks Irene for a check-in; her card."""
    play.press(BEN, play.home(BEN), ids.OPENED_ASK)
    assert play.submit(BEN).kind == "updated"
    play.close(BEN)
    play.stage.settle()
    return play.dm(IRENE)[-1]


def weekly(play: Play) -> Message:
    """Irene's newest weekly message."""
    prompted = [message for message in play.dm(IRENE) if play.words()("weekly.hr_line") in text_of(message)]
    return prompted[-1]


def test_an_ask_without_an_answer_is_spoken_of_and_opens(play: Play) -> None:
    play.go_to(FRIDAY)
    asks(play)
    play.go_to(MONDAY)
    assert play.words()("weekly.open_asks") in text_of(weekly(play))
    shown = play.press(IRENE, weekly(play), ids.OPENED_ASKS_TO_ME)
    assert "Another time" in labels(shown)


def test_an_ask_that_was_answered_is_not_said_to_wait(play: Play) -> None:
    play.go_to(FRIDAY)
    play.click(IRENE, asks(play), ids.ASK_ANSWERED_YES)
    play.go_to(MONDAY)
    assert play.words()("weekly.open_asks") not in text_of(weekly(play))
    assert ids.OPENED_ASKS_TO_ME not in actions_in(list(weekly(play).blocks))
