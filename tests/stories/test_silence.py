"""Who does not answer is asked once, privately, then left in peace, and can come back at any time."""

from __future__ import annotations

from bot.blocks import ids
from bot.sandbox import Person, View
from tests.stories.people import ANA, BEN, CLEO, DANI, EIGHT, IRENE, MARIA, NORA, RESTING
from tests.stories.play import Play, actions_in, local, playing, text_of

WEDNESDAYS = ("2027-01-13", "2027-01-20", "2027-01-27")
ASKED_ON = "2027-01-29"
"""Friday of week 3, when the third unanswered one closes."""


def questions(play: Play, person: Person) -> list[str]:
    """The private question, each time it came."""
    return [
        local(message.at, play.tz(person))[:10]
        for message in play.others(person)
        if ids.OPENED_QUIET_QUESTION in actions_in(list(message.blocks))
    ]


def opens_question(play: Play, person: Person) -> View:
    return play.press(person, play.others(person)[-1], ids.OPENED_QUIET_QUESTION)


def test_three_unanswered_bring_one_private_question_and_each_choice_holds(play: Play) -> None:
    """Ana opens the form each week and sends nothing; in the end she chooses nothing either."""
    for day in WEDNESDAYS:
        play.go_to(f"{day} 10:00", ANA)
        play.starts(ANA)
        play.close(ANA)
    told = {person.name: len(play.dm(person)) for person in (IRENE, MARIA, NORA)}
    play.go_to(f"{ASKED_ON} 16:00", DANI)
    for person in (ANA, BEN, CLEO, DANI):
        assert questions(play, person) == [ASKED_ON]
        note = play.others(person)[-1]
        assert note.text in ("A note for you", "Una nota para usted")
    assert play.words()("common.note_waiting") in text_of(play.others(BEN)[-1])
    assert {person.name: len(play.dm(person)) for person in (IRENE, MARIA, NORA)} == told
    shown = opens_question(play, BEN)
    assert {ids.OPENED_SETTINGS, ids.CHOSE_ONE_QUESTION, ids.OPENED_PAUSE, ids.KEPT_AS_IS} <= actions_in(
        shown.blocks
    )
    after = play.press(BEN, shown, ids.CHOSE_ONE_QUESTION)
    assert play.words()("quiet.one_question_done") in text_of(after)
    play.close(BEN)
    play.press(CLEO, opens_question(play, CLEO), ids.KEPT_AS_IS)
    play.close(CLEO)
    play.press(DANI, opens_question(play, DANI), ids.OPENED_PAUSE)
    assert play.submit(DANI, pause_for="1").kind == "updated"
    assert "5 de febrero" in text_of(play.top(DANI))
    play.close(DANI)
    play.go_to("2027-02-03 10:00", DANI)
    assert play.arrivals(BEN)[-1] == "2027-02-03 10:00"
    assert "One question" in text_of(play.card(BEN))
    play.click(BEN, play.card(BEN), ids.DECLINED)
    play.go_to("2027-02-10 10:00", DANI)
    assert play.arrivals(DANI)[-1] == "2027-02-10 10:00"
    assert play.reasons(DANI) == {3: "paused"}
    for person in (BEN, DANI):
        play.types(person, "stop")
    play.go_to("2027-03-03 10:00", CLEO)
    for person in (ANA, CLEO):
        assert play.reasons(person) == dict.fromkeys((3, 4, 5, 6), "quiet")
        assert play.arrivals(person)[-2:][0] < "2027-01-29"
        assert play.arrivals(person)[-1] == "2027-03-03 10:00"
        assert questions(play, person) == [ASKED_ON]


def test_a_blank_submit_and_not_this_week_are_answers() -> None:
    with playing(resting=(ANA, DANI, *RESTING)) as play:
        play.go_to("2027-01-27 10:00", CLEO)
        play.answers(BEN)
        play.click(CLEO, play.card(CLEO), ids.DECLINED)
        play.go_to("2027-02-05 18:00")
        for person in (BEN, CLEO):
            assert not questions(play, person)
            assert play.arrivals(person)[-2:] == ["2027-02-03 10:00", "2027-02-04 10:00"]


def test_after_a_second_spell_nothing_is_sent_until_they_come_back() -> None:
    with playing(resting=tuple(one for one in EIGHT if one is not BEN)) as play:
        play.go_to("2027-04-01 12:00")
        assert len(play.cards(BEN)) == 12
        assert questions(play, BEN) == [ASKED_ON]
        assert play.reasons(BEN)[10] == play.reasons(BEN)[11] == "quiet"
        before = len(play.dm(BEN))
        play.sleep_until("2027-06-07 06:00")
        play.go_to("2027-06-10 12:00")
        assert len(play.dm(BEN)) == before
        home = play.home(BEN)
        assert play.words()("home.none_quiet") in text_of(home)
        shown = play.press(BEN, home, ids.RESUMED)
        assert "The next: Wednesday, June 16" in text_of(shown)
        play.close(BEN)
        play.go_to("2027-06-16 10:00")
        assert play.arrivals(BEN)[12:] == ["2027-06-16 10:00"]
