"""The supervisor's weekly message: on the first working morning at 09:30, whatever the data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot.blocks import ids
from bot.demo.cast import LOS_ANGELES
from bot.sandbox import Message, Person
from tests.stories.people import EIGHT, IRENE, JORGE, LEGAL, MARIA, NIGHTS, NORA, THREE, cast
from tests.stories.play import Play, local, playing, text_of


@pytest.fixture
def play() -> Iterator[Play]:
    """Nobody gets check-ins, so nobody answers anything."""
    with playing(resting=EIGHT) as play:
        yield play


def weekly(play: Play, person: Person) -> list[Message]:
    titles = {play.words(language)("weekly.title") for language in ("en", "es")}
    return [message for message in play.dm(person) if message.text in titles]


def came(play: Play, person: Person) -> list[str]:
    return [local(message.at, play.tz(person)) for message in weekly(play, person)]


def test_it_comes_on_the_first_working_morning_with_zero_answers(play: Play) -> None:
    """18 January and 15 February 2027 are holidays."""
    play.go_to("2027-02-20 12:00")
    assert came(play, IRENE) == [
        *("2027-01-11 09:30", "2027-01-19 09:30", "2027-01-25 09:30"),
        *("2027-02-01 09:30", "2027-02-08 09:30", "2027-02-16 09:30"),
    ]
    assert not play.rows()["answers"]
    for other in (JORGE, MARIA, NORA):
        assert not weekly(play, other)


def test_on_days_away_it_waits_for_the_first_morning_back_or_is_left_out(play: Play) -> None:
    """Away until Wednesday of the first week, all of the second, and back in the third a day early."""
    play.sets_days_away(IRENE, "2027-01-09", "2027-01-13")
    play.sets_days_away(IRENE, "2027-01-18", "2027-01-25")
    play.go_to("2027-01-25 10:00", IRENE)
    assert came(play, IRENE) == ["2027-01-14 09:30"]
    play.press(IRENE, play.home(IRENE), ids.CAME_BACK)
    play.close(IRENE)
    play.stage.settle()
    play.go_to("2027-02-01 12:00", IRENE)
    assert came(play, IRENE) == ["2027-01-14 09:30", "2027-01-25 10:00", "2027-02-01 09:30"]


def test_each_week_has_its_prompt_and_the_thirteenth_is_the_first_again(play: Play) -> None:
    themes = [play.words().prompt(number).theme for number in range(1, 13)]
    for theme in (themes[0], themes[1], themes[2]):
        play.go(weeks=1)
        assert theme in text_of(weekly(play, IRENE)[-1])
    play.sleep_until("2027-04-03 12:00")
    play.go_to("2027-04-05 12:00")
    assert themes[0] in text_of(weekly(play, IRENE)[-1])


def test_it_leaves_conditions_to_hr_and_says_that_supervisors_get_the_minute_too(play: Play) -> None:
    play.go_to("2027-01-11 12:00")
    (message,) = weekly(play, IRENE)
    assert "HR handles that; I won't write it here." in text_of(message)
    assert "You get the weekly minute too" in text_of(message)
    assert LEGAL in text_of(message)


def test_each_reads_it_in_their_language_at_their_morning(two_teams: Play) -> None:
    two_teams.go_to("2027-01-11 12:00", JORGE)
    assert came(two_teams, JORGE) == ["2027-01-11 09:30"]
    assert came(two_teams, IRENE) == ["2027-01-11 09:30"]
    assert "Recursos Humanos" in text_of(weekly(two_teams, JORGE)[0])
    assert NIGHTS in text_of(weekly(two_teams, JORGE)[0])


def test_who_supervises_two_teams_gets_one_message() -> None:
    players = cast(three=THREE)
    crews = tuple(replace(crew, supervisor=IRENE.id, deputy=JORGE.id) for crew in players.crews)
    with playing(replace(players, crews=crews), resting=EIGHT) as play:
        play.go_to("2027-01-11 12:00")
        (message,) = weekly(play, IRENE)
        assert LEGAL in text_of(message)
        assert NIGHTS in text_of(message)


@pytest.mark.parametrize(
    ("moved_at", "to"),
    [
        ("2027-01-16 12:00", LOS_ANGELES),
        ("2027-01-24 12:00", "Europe/Madrid"),
        ("2027-01-13 12:00", "Asia/Tokyo"),
    ],
)
def test_it_follows_the_supervisor_to_another_zone(play: Play, moved_at: str, to: str) -> None:
    play.go_to(moved_at)
    play.sandbox.change_person(IRENE.id, tz=to)
    play.stage.rest()
    play.stage.settle()
    before = len(came(play, IRENE))
    play.go(days=10)
    assert came(play, IRENE)[before].endswith("09:30")
    assert len({at[:10] for at in came(play, IRENE)}) == len(came(play, IRENE))


def test_a_move_after_this_weeks_message_brings_no_second_one(play: Play) -> None:
    play.go_to("2027-01-11 09:30")
    play.sandbox.change_person(IRENE.id, tz=LOS_ANGELES)
    play.stage.rest()
    play.go_to("2027-01-16 12:00")
    assert len(weekly(play, IRENE)) == 1


def test_after_a_day_off_line_it_comes_late_the_same_week(play: Play) -> None:
    play.sleep_until("2027-01-14 08:00")
    play.go(days=1)
    assert came(play, IRENE) == ["2027-01-14 09:00"]


def test_after_a_week_off_line_the_present_week_still_has_its_message(play: Play) -> None:
    """Off line from the 6th to Wednesday the 27th: week 3's message is worth sending, the older ones not."""
    play.sleep_until("2027-01-27 08:00")
    play.go(days=1)
    assert came(play, IRENE) == ["2027-01-27 09:00"]
    assert play.words().prompt(3).theme in text_of(weekly(play, IRENE)[0])
    play.go(days=7)
    assert came(play, IRENE)[1:] == ["2027-02-01 09:30"]
    fates = [row["fate"] for row in play.rows()["outbox"] if row["kind"] == "weekly"]
    assert sorted(fates) == ["expired", "expired", "sent", "sent"]
