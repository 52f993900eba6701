"""Check 2 (without leave): Wednesday 10:00 where the person is, moved or left out with a reason recorded."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest

from bot.blocks import ids
from bot.demo.cast import LOS_ANGELES
from bot.sandbox import Person
from tests.stories.people import BEN, CLEO, DANI, EIGHT, cast
from tests.stories.play import Play, local, playing

AZORES, NORONHA, MADRID = "Atlantic/Azores", "America/Noronha", "Europe/Madrid"


def with_quiet_hours(person: Person, begins: time, ends: time) -> tuple[Person, ...]:
    """The eight, one of them with do-not-disturb every day."""
    return tuple(replace(one, dnd=(begins, ends)) if one is person else one for one in EIGHT)


def moves(play: Play, person: Person, tz: str) -> None:
    """Somebody arrives in another zone, and Slack says so."""
    play.sandbox.change_person(person.id, tz=tz)
    play.stage.rest()
    play.stage.settle()


def chooses(play: Play, person: Person, day: str, hour: str) -> str:
    """Save a day and an hour in Settings; what became of it."""
    play.press(person, play.home(person), ids.OPENED_SETTINGS)
    outcome = play.submit(person, day=day, hour=hour)
    play.close(person)
    play.stage.settle()
    return str(outcome.kind)


def test_two_zones_get_their_card_at_ten_where_they_are(play: Play) -> None:
    play.go_to("2027-01-13 23:00", BEN)
    for person, utc in ((BEN, "15:00"), (CLEO, "17:00"), (DANI, "18:00")):
        assert play.arrivals(person) == ["2027-01-13 10:00"]
        assert local(play.card(person).at, "UTC") == f"2027-01-13 {utc}"
        assert not play.reasons(person)


def test_do_not_disturb_moves_the_card_to_when_it_ends() -> None:
    with playing(cast(eight=with_quiet_hours(BEN, time(9), time(11, 30)))) as play:
        play.go_to("2027-01-13 23:00", BEN)
        assert play.arrivals(BEN) == ["2027-01-13 11:30"]
        assert play.arrivals(CLEO) == ["2027-01-13 10:00"]


def test_do_not_disturb_until_lunch_moves_the_card_behind_it() -> None:
    with playing(cast(eight=with_quiet_hours(BEN, time(9), time(12, 30)))) as play:
        play.go_to("2027-01-13 23:00", BEN)
        assert play.arrivals(BEN) == ["2027-01-13 14:00"]


def test_who_sleeps_by_day_gets_none_and_the_reason_is_recorded() -> None:
    """Do-not-disturb from 08:00 to 17:00 every day leaves no hour before closing."""
    with playing(cast(eight=with_quiet_hours(BEN, time(8), time(17)))) as play:
        play.go_to("2027-01-23 12:00")
        assert play.arrivals(BEN) == []
        assert play.reasons(BEN) == {0: "do_not_disturb", 1: "do_not_disturb"}


def test_on_a_friday_do_not_disturb_leaves_none_at_all() -> None:
    with playing(cast(eight=with_quiet_hours(BEN, time(11), time(16, 30)))) as play:
        assert chooses(play, BEN, "4", "11:30") == "updated"
        play.go_to("2027-01-16 12:00")
        assert play.arrivals(BEN) == []
        assert play.reasons(BEN) == {0: "do_not_disturb"}


def test_a_reminder_keeps_out_of_do_not_disturb_too() -> None:
    """Set after the card came: the reminder of Thursday 10:00 waits until it ends."""
    with playing() as play:
        play.go_to("2027-01-13 17:30", BEN)
        play.sandbox.change_person(BEN.id, dnd=(time(9), time(15)))
        play.go_to("2027-01-14 23:00", BEN)
        assert play.arrivals(BEN) == ["2027-01-13 10:00", "2027-01-14 15:00"]


def test_no_reminder_comes_on_the_friday_it_was_moved_to() -> None:
    with playing() as play:
        play.go_to("2027-01-13 17:30", BEN)
        play.sandbox.change_person(BEN.id, dnd=(time(9), time(17)))
        play.go_to("2027-01-14 17:30", BEN)
        play.sandbox.change_person(BEN.id, dnd=None)
        play.go_to("2027-01-16 12:00", BEN)
        assert play.arrivals(BEN) == ["2027-01-13 10:00"]


def test_settings_offers_no_hour_at_lunch_and_no_weekend(play: Play) -> None:
    form = play.press(CLEO, play.dm(CLEO)[0], ids.OPENED_SETTINGS)
    offered = {
        block["block_id"]: [option["value"] for option in block["element"]["options"]]
        for block in form.blocks
        if block["type"] == "input" and block["element"]["type"] == "static_select"
    }
    assert offered[ids.DAY] == ["0", "1", "2", "3", "4"]
    assert offered[ids.HOUR] == [
        *("09:00", "09:30", "10:00", "10:30", "11:00", "11:30"),
        *("14:00", "14:30", "15:00", "15:30", "16:00", "16:30"),
    ]


def test_a_friday_afternoon_is_refused_with_a_word_and_nothing_changes(play: Play) -> None:
    play.press(CLEO, play.dm(CLEO)[0], ids.OPENED_SETTINGS)
    outcome = play.submit(CLEO, day="4", hour="14:00")
    assert outcome.kind == "errors"
    assert list(outcome.errors) == [ids.HOUR]
    assert "preferences" not in play.rows_about(CLEO)
    assert play.submit(CLEO, day="4", hour="11:30").kind == "updated"


def test_a_chosen_day_and_hour_hold_from_the_next_card_on(play: Play) -> None:
    assert chooses(play, CLEO, "0", "16:30") == "updated"
    play.go_to("2027-01-19 23:00")
    assert play.arrivals(CLEO) == ["2027-01-11 16:30", "2027-01-12 16:30", "2027-01-19 09:00"]


@pytest.mark.parametrize(
    ("moved_at", "to", "came"),
    [
        ("2027-01-12 12:00", LOS_ANGELES, ["2027-01-13 10:00"]),
        ("2027-01-13 09:30", LOS_ANGELES, ["2027-01-13 10:00"]),
        ("2027-01-13 09:30", NORONHA, ["2027-01-13 14:00"]),
        ("2027-01-13 09:30", MADRID, ["2027-01-13 15:30"]),
        ("2027-01-13 08:00", AZORES, ["2027-01-13 14:00"]),
    ],
)
def test_who_moves_before_the_card_gets_it_in_the_new_zone(moved_at: str, to: str, came: list[str]) -> None:
    """In Noronha 09:30 in New York is 12:30: the card is due, and waits until lunch is over."""
    with playing() as play:
        play.go_to(moved_at, BEN)
        moves(play, BEN, to)
        play.go_to("2027-01-13 23:00", LOS_ANGELES)
        assert play.arrivals(BEN) == came


def test_who_moves_after_the_card_gets_no_second_one_and_the_reminder_after_lunch(play: Play) -> None:
    """The reminder was due at 10:00 in New York, which is 13:00 in Noronha."""
    play.go_to("2027-01-13 20:00", BEN)
    moves(play, BEN, NORONHA)
    play.go_to("2027-01-15 23:00", BEN)
    assert play.arrivals(BEN) == ["2027-01-13 13:00", "2027-01-14 14:00"]
    assert local(play.cards(BEN)[0].at, BEN.tz) == "2027-01-13 10:00"


def test_the_next_week_follows_the_new_zone(play: Play) -> None:
    play.go_to("2027-01-13 20:00", BEN)
    moves(play, BEN, LOS_ANGELES)
    play.go_to("2027-01-20 23:00", BEN)
    assert play.arrivals(BEN)[-1] == "2027-01-20 10:00"


def test_closing_is_where_the_person_is_then(play: Play) -> None:
    play.go_to("2027-01-13 10:00", BEN)
    moves(play, BEN, LOS_ANGELES)
    play.go_to("2027-01-15 15:59", LOS_ANGELES)
    play.starts(BEN)
    assert play.fills_in(BEN, qC1=2).title == "Done. Your options"
    play.close(BEN)
    play.press(BEN, play.card(BEN), ids.CHANGED_ANSWERS)
    play.go_to("2027-01-15 16:00", LOS_ANGELES)
    assert play.fills_in(BEN, qC1=3).title == "This week has closed"
