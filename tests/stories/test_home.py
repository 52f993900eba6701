"""Home in the course of a week."""

from __future__ import annotations

from bot.blocks import ids
from tests.stories.people import BEN, CLEO
from tests.stories.play import Play, text_of

OPEN = "This week's minute"


def test_home_points_to_the_open_card_whatever_became_of_it(play: Play) -> None:
    assert OPEN not in text_of(play.home(BEN))
    play.go_to("2027-01-13 13:00")
    play.answers(BEN, qC1=3)
    play.click(CLEO, play.card(CLEO), ids.DECLINED)
    answered, declined = (text_of(play.home(who)).replace("*", "") for who in (BEN, CLEO))
    assert f"{OPEN} stands in Messages, open until Friday at 4:00 PM." in answered
    assert answered == declined
    play.go_to("2027-01-15 16:00")
    assert OPEN not in text_of(play.home(BEN))


def test_a_pause_is_named_beside_the_first_date_after_it(play: Play) -> None:
    play.press(BEN, play.home(BEN), ids.OPENED_PAUSE)
    assert play.submit(BEN, pause_for="2").kind == "updated"
    play.close(BEN)
    said = text_of(play.home(BEN)).replace("*", "")
    assert "Paused until Wednesday, January 20." in said
    assert "Your next minute: Wednesday, January 20" in said
