"""Eight people, four weeks: three say the same thing together, and what each of the others then reads."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.blocks import ids
from bot.domain.raises import EVERY, PHRASES
from bot.sandbox import Message, Outcome, Person
from tests.stories.people import ANA, BEN, CLEO, DANI, EIGHT, EVE, FAY, GUS, IDA, IRENE, LEGAL_CHANNEL, MARIA
from tests.stories.play import Play, local, playing, text_of

FOURTH_WEDNESDAY, LAST_MOMENT = "2027-02-03 12:00", "2027-02-06 18:59"
MONDAY, TUESDAY = "2027-02-08 09:30", "2027-02-09 09:30"
NEW_YORK = IRENE.tz


@pytest.fixture
def four_weeks() -> Iterator[Play]:
    """Everybody is awake. It is Wednesday of the fourth week; cards are out everywhere but in the west."""
    with playing(resting=()) as play:
        play.sleep_until("2027-02-01 09:00")
        play.go_to(FOURTH_WEDNESDAY)
        yield play


def says(play: Play, person: Person, *phrases: str, after_answering: int | None = None) -> Outcome:
    """Open the list from Home, or from the options right after a check-in; tick and send."""
    if after_answering is None:
        play.press(person, play.home(person), ids.OPENED_RAISE)
    else:
        play.starts(person)
        options = play.fills_in(person, qC1=after_answering)
        play.press(person, options, ids.OPENED_RAISE)
    ticked = {
        ids.said(pillar): [one for one in listed if one in phrases] for pillar, listed in PHRASES.items()
    }
    return play.submit(person, **{name: tuple(values) for name, values in ticked.items() if values})


def takes_back(play: Play, person: Person, phrase: str) -> str:
    """Home, the list, one's own choices, "Take back"."""
    shown = play.press(person, play.home(person), ids.OPENED_RAISE)
    own = play.press(person, shown, ids.OPENED_RAISED)
    said = text_of(play.press(person, own, ids.WITHDREW_RAISE, phrase))
    play.close(person)
    return said


def answer(play: Play, *people: Person) -> None:
    for person in people:
        play.answers(person, qC1=3)


def notes(play: Play, person: Person) -> list[Message]:
    """Neutral notes in somebody's DM."""
    return [message for message in play.dm(person) if message.text == play.words()("common.note")]


def weekly(play: Play, person: Person) -> Message:
    return [message for message in play.dm(person) if message.text == play.words()("weekly.title")][-1]


def test_three_of_eight_are_heard_and_nobody_learns_who(four_weeks: Play) -> None:
    play, words = four_weeks, four_weeks.words()
    hands, asked, fair = (f"“{words.phrase(key)}”" for key in ("hands", "asked", "fair"))
    says(play, BEN, "hands", "asked", after_answering=5)
    play.close(BEN)
    says(play, EVE, "hands", "asked", "fair")
    play.close(EVE)
    says(play, ANA, "hands", "asked", "fair", after_answering=1)
    play.close(ANA)
    says(play, FAY, "fair")
    assert words("raise.mine_noted") in text_of(play.top(FAY))
    play.close(FAY)
    answer(play, EVE, FAY, GUS, CLEO)

    before = len(notes(play, MARIA))
    play.go_to(LAST_MOMENT)
    assert words("raise.mine_taken_back") in takes_back(play, FAY, "fair")
    assert not [message for message in play.dm(IRENE) if hands in text_of(message)]
    assert play.sandbox.channel_messages(LEGAL_CHANNEL) == []

    play.go_to("2027-02-06 20:00")
    assert play.rows()["raises"] == []
    play.go_to("2027-02-08 12:00")
    shown = weekly(play, IRENE)
    assert local(shown.at, NEW_YORK) == MONDAY
    assert words("raise.said", weeks=12, said=hands) in text_of(shown)
    assert asked not in text_of(shown)
    assert fair not in text_of(shown)

    (note,) = notes(play, MARIA)[before:]
    assert local(note.at, NEW_YORK) == MONDAY
    assert words("raise.above_line", group="Legal aid", weeks=12, said=asked) in text_of(note)

    play.go_to("2027-02-09 12:00")
    (post,) = play.sandbox.channel_messages(LEGAL_CHANNEL)
    assert local(post.at, NEW_YORK) == TUESDAY
    for line in (("raise.said", hands), ("raise.said_above", asked)):
        assert words(line[0], weeks=12, said=line[1]) in text_of(post)
    assert fair not in text_of(post)
    everything = "\n".join(text_of(message) for message in (shown, note, post))
    assert not [person for person in EIGHT if person.id in everything]


def test_staff_see_what_their_supervisor_has_read_so_far(four_weeks: Play) -> None:
    play, words = four_weeks, four_weeks.words()
    for person in (BEN, EVE, FAY):
        says(play, person, "hands", "asked")
        play.close(person)
    answer(play, BEN, EVE, FAY, GUS, ANA, CLEO)
    play.go_to("2027-02-08 12:00")
    on_monday = as_my_supervisor(play, GUS)
    play.go_to("2027-02-09 12:00")
    on_tuesday = as_my_supervisor(play, GUS)
    hands, asked = words.phrase("hands"), words.phrase("asked")
    assert (hands in on_monday, asked in on_monday) == (True, False)
    assert (hands in on_tuesday, asked in on_tuesday) == (True, True)


def as_my_supervisor(play: Play, person: Person) -> str:
    play.press(person, play.home(person), ids.OPENED_WHO_SEES)
    shown = text_of(play.press(person, play.top(person), ids.OPENED_AS_SUPERVISOR))
    play.close(person)
    return shown


def test_what_everybody_gets_is_the_same_whether_somebody_said_something_or_not(four_weeks: Play) -> None:
    """Byte for byte: cards, Home, and the list itself, after a week in which Ben said all and Gus nothing."""
    play = four_weeks
    for person in (BEN, GUS):
        play.answers(person, qC1=5)
    says(play, BEN, *EVERY)
    play.close(BEN)
    assert play.posts(BEN) == play.posts(GUS)
    assert text_of(play.home(BEN)) == text_of(play.home(GUS))
    lists = [text_of(play.press(one, play.home(one), ids.OPENED_RAISE)) for one in (BEN, GUS)]
    assert lists[0] == lists[1]


def test_in_a_team_of_three_it_says_that_nothing_could_be_shown(two_teams: Play) -> None:
    play = two_teams
    play.go_to("2027-01-13 12:00", DANI)
    shown = text_of(play.press(IDA, play.home(IDA), ids.OPENED_RAISE))
    assert play.words()("raise.closed_too_small", roster_min=8, date="") in shown
    assert play.words()("raise.open_instead") in shown
