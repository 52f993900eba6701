"""Who does not answer is asked once, privately, then left in peace, and can come back at any time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.blocks import ids
from bot.sandbox import View
from tests.stories.people import BEN, EIGHT, IRENE, MARIA, NORA
from tests.stories.play import Play, actions_in, playing, text_of

ASKED_AT = "2027-01-29 16:00"
"""Friday of week 3, when the third unanswered one closes."""


@pytest.fixture
def play() -> Iterator[Play]:
    """Ben alone gets check-ins."""
    with playing(resting=tuple(one for one in EIGHT if one is not BEN)) as play:
        yield play


def questions(play: Play) -> list[str]:
    """The private question, each time it came."""
    return [
        f"{message.at:%Y-%m-%d}"
        for message in play.others(BEN)
        if ids.OPENED_QUIET_QUESTION in actions_in(list(message.blocks))
    ]


def opens_question(play: Play) -> View:
    return play.press(BEN, play.others(BEN)[-1], ids.OPENED_QUIET_QUESTION)


def test_three_unanswered_then_one_private_question_then_four_quiet_weeks(play: Play) -> None:
    play.go_to(ASKED_AT)
    assert len(play.cards(BEN)) == 6
    assert questions(play) == ["2027-01-29"]
    note = play.others(BEN)[-1]
    assert note.text == "A note for you"
    assert play.words()("common.note_waiting") in text_of(note)
    shown = opens_question(play)
    assert {ids.OPENED_SETTINGS, ids.CHOSE_ONE_QUESTION, ids.OPENED_PAUSE, ids.KEPT_AS_IS} <= actions_in(
        shown.blocks
    )
    play.close(BEN)
    play.go_to("2027-03-03 09:59")
    assert len(play.cards(BEN)) == 6
    assert play.reasons(BEN) == dict.fromkeys((3, 4, 5, 6), "quiet")
    play.go_to("2027-03-03 10:00")
    assert play.arrivals(BEN)[6:] == ["2027-03-03 10:00"]


def test_after_a_second_spell_nothing_is_sent_until_they_come_back(play: Play) -> None:
    play.go_to("2027-04-03 12:00")
    assert len(play.cards(BEN)) == 12
    assert questions(play) == ["2027-01-29"]
    assert play.reasons(BEN)[11] == "quiet"
    before = len(play.dm(BEN))
    play.sleep_until("2027-06-07 06:00")
    play.go_to("2027-06-13 12:00")
    assert len(play.dm(BEN)) == before
    home = play.home(BEN)
    assert play.words()("home.none_quiet") in text_of(home)
    shown = play.press(BEN, home, ids.RESUMED)
    assert "The next: Wednesday, June 16" in text_of(shown)
    play.close(BEN)
    play.go_to("2027-06-16 10:00")
    assert play.arrivals(BEN)[12:] == ["2027-06-16 10:00"]


def test_opening_the_form_without_submitting_is_no_answer(play: Play) -> None:
    for day in ("2027-01-13", "2027-01-20", "2027-01-27"):
        play.go_to(f"{day} 10:00")
        play.starts(BEN)
        play.close(BEN)
    play.go_to(ASKED_AT)
    assert questions(play) == ["2027-01-29"]


@pytest.mark.parametrize("how", ["blank", "declined"])
def test_a_blank_submit_and_not_this_week_are_answers(play: Play, how: str) -> None:
    play.go_to("2027-01-27 10:00")
    if how == "blank":
        play.answers(BEN)
    else:
        play.click(BEN, play.card(BEN), ids.DECLINED)
    play.go_to("2027-02-12 18:00")
    assert not questions(play)
    assert play.arrivals(BEN)[-2:] == ["2027-02-10 10:00", "2027-02-11 10:00"]


def test_choosing_one_question_brings_the_next_week_back_with_one(play: Play) -> None:
    play.go_to(ASKED_AT)
    opens_question(play)
    shown = play.press(BEN, play.top(BEN), ids.CHOSE_ONE_QUESTION)
    assert play.words()("quiet.one_question_done") in text_of(shown)
    play.close(BEN)
    play.go_to("2027-02-03 10:00")
    assert "One question" in text_of(play.card(BEN))
    assert play.arrivals(BEN)[-1] == "2027-02-03 10:00"


def test_leaving_it_as_it_is_leaves_four_quiet_weeks(play: Play) -> None:
    play.go_to(ASKED_AT)
    opens_question(play)
    play.press(BEN, play.top(BEN), ids.KEPT_AS_IS)
    play.close(BEN)
    play.go_to("2027-03-03 10:00")
    assert play.arrivals(BEN)[6:] == ["2027-03-03 10:00"]


def test_a_pause_chosen_there_ends_when_it_says(play: Play) -> None:
    play.go_to(ASKED_AT)
    opens_question(play)
    play.press(BEN, play.top(BEN), ids.OPENED_PAUSE)
    assert play.submit(BEN, pause_for="1").kind == "updated"
    assert "Friday, February 5" in text_of(play.top(BEN))
    play.close(BEN)
    play.go_to("2027-02-10 10:00")
    assert play.arrivals(BEN)[6:] == ["2027-02-10 10:00"]
    assert play.reasons(BEN) == {3: "paused"}


def test_nobody_else_hears_of_it(play: Play) -> None:
    play.go_to("2027-01-26 12:00")
    before = {person.name: len(play.dm(person)) for person in (IRENE, MARIA, NORA)}
    play.go_to("2027-01-30 12:00")
    opens_question(play)
    play.close(BEN)
    assert {person.name: len(play.dm(person)) for person in (IRENE, MARIA, NORA)} == before
    said = "\n".join(text_of(message) for person in (IRENE, MARIA, NORA) for message in play.dm(person))
    assert BEN.name not in said
    assert f"<@{BEN.id}>" not in str([post for person in (IRENE, MARIA, NORA) for post in play.posts(person)])
