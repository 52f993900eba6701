"""Check 2: Wednesday 10:00 where the person is, moved or left out with a reason recorded."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest

from bot.blocks import ids
from bot.demo.cast import LOS_ANGELES
from bot.sandbox import Person
from tests.stories.people import ANA, BEN, CLEO, DANI, EIGHT, EVE, FAY, GUS, HAL, cast
from tests.stories.play import Play, local, playing, text_of

AZORES, NORONHA, MADRID, TOKYO = "Atlantic/Azores", "America/Noronha", "Europe/Madrid", "Asia/Tokyo"


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


def test_of_two_zones_those_on_leave_or_in_do_not_disturb_get_none_and_read_why() -> None:
    """Eve is away all week, Fay until Wednesday; Gus has do-not-disturb by day; Dani reads it in Spanish."""
    eight = tuple(replace(one, dnd=(time(8), time(17)) if one is GUS else None) for one in EIGHT)
    with playing(cast(eight=eight), looks_ahead=True, resting=(ANA, CLEO, HAL)) as play:
        for person, last in ((EVE, "2027-01-15"), (DANI, "2027-01-15"), (FAY, "2027-01-13")):
            assert play.sets_days_away(person, "2027-01-11", last).kind == "updated"
        play.go_to("2027-01-15 18:00", LOS_ANGELES)
        assert play.arrivals(BEN)[0] == "2027-01-13 10:00"
        assert play.arrivals(FAY)[0] == "2027-01-14 09:00"
        assert {one.name: play.reasons(one) for one in (EVE, DANI, GUS)} == {
            EVE.name: {0: "leave"},
            DANI.name: {0: "leave"},
            GUS.name: {0: "do_not_disturb"},
        }
        for person, why, language in (
            (EVE, "leave", "en"),
            (DANI, "leave", "es"),
            (GUS, "do_not_disturb", "en"),
        ):
            assert play.cards(person) == []
            words = play.words(language)
            assert words("home.skipped", why=words(f"home.why_{why}")) in text_of(play.home(person))


def test_do_not_disturb_moves_the_card_or_leaves_none_and_says_why() -> None:
    """Who sleeps by day has no hour left before closing; on a Friday an afternoon is enough."""
    quiet = {
        BEN: (time(9), time(11, 30)),
        EVE: (time(9), time(12, 30)),
        FAY: (time(8), time(17)),
        GUS: (time(11), time(16, 30)),
    }
    eight = tuple(replace(one, dnd=quiet.get(one)) for one in EIGHT)
    with playing(cast(eight=eight), looks_ahead=True, resting=(ANA, CLEO, DANI)) as play:
        assert chooses(play, GUS, "4", "11:30") == "updated"
        play.go_to("2027-01-16 12:00")
        assert play.arrivals(BEN)[0] == "2027-01-13 11:30"
        assert play.arrivals(EVE)[0] == "2027-01-13 14:00"
        assert play.arrivals(HAL)[0] == "2027-01-13 10:00"
        for person in (FAY, GUS):
            assert play.arrivals(person) == []
            assert play.reasons(person) == {0: "do_not_disturb"}


def test_a_reminder_keeps_out_of_do_not_disturb_too() -> None:
    """Set after the card came: the reminder of Thursday 10:00 waits until it ends."""
    with playing(looks_ahead=True) as play:
        play.go_to("2027-01-13 17:30", BEN)
        play.sandbox.change_person(BEN.id, dnd=(time(9), time(15)))
        play.go_to("2027-01-14 23:00", BEN)
        assert play.arrivals(BEN) == ["2027-01-13 10:00", "2027-01-14 15:00"]


def test_no_reminder_comes_on_the_friday_it_was_moved_to() -> None:
    with playing(looks_ahead=True) as play:
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


def test_who_moves_before_the_card_gets_it_in_the_new_zone() -> None:
    """In Noronha 09:30 in New York is 12:30: the card is due, and waits until lunch is over."""
    journeys = {
        BEN: ("2027-01-12 12:00", LOS_ANGELES, "2027-01-13 10:00"),
        EVE: ("2027-01-13 08:00", AZORES, "2027-01-13 14:00"),
        FAY: ("2027-01-13 09:30", LOS_ANGELES, "2027-01-13 10:00"),
        GUS: ("2027-01-13 09:30", NORONHA, "2027-01-13 14:00"),
        HAL: ("2027-01-13 09:30", MADRID, "2027-01-13 15:30"),
    }
    with playing(resting=(ANA, CLEO, DANI)) as play:
        for person, (moved_at, to, _) in journeys.items():
            play.go_to(moved_at)
            moves(play, person, to)
        play.go_to("2027-01-13 23:00", LOS_ANGELES)
        assert {person.name: play.arrivals(person) for person in journeys} == {
            person.name: [came] for person, (_, _, came) in journeys.items()
        }


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
    assert play.fills_in(BEN, qC1=3).title == play.words()("options.title_too_late")


def test_who_flies_to_where_the_week_is_over_gets_no_card_and_reads_why(play: Play) -> None:
    """On Friday her card is to come at 11:30; at 11:00 she lands in Tokyo, where it is Saturday."""
    assert chooses(play, DANI, "4", "11:30") == "updated"
    play.go_to("2027-01-15 11:00", LOS_ANGELES)
    moves(play, DANI, TOKYO)
    assert play.reasons(DANI) == {0: "moved"}
    words = play.words("es")
    assert words("home.skipped", why=words("home.why_moved")) in text_of(play.home(DANI))
    play.go_to("2027-01-22 12:00", TOKYO)
    assert play.arrivals(DANI) == ["2027-01-22 11:30"]


@pytest.mark.parametrize("leaves", ["2027-01-12 08:00", "2027-01-13 09:59", "2027-01-13 12:00"])
def test_there_and_back_in_one_week_is_one_card(play: Play, leaves: str) -> None:
    """To Tokyo, and thirty hours later back; the reminder aside."""
    play.go_to(leaves, BEN)
    moves(play, BEN, TOKYO)
    play.go(hours=30)
    moves(play, BEN, BEN.tz)
    play.go_to("2027-01-18 08:00", BEN)
    notices = play.rows_about(BEN)["outbox"]
    assert [row["fate"] for row in notices if row["kind"] == "checkin"] == ["sent"]
    assert play.reasons(BEN) == {}
    play.go_to("2027-01-20 12:00", BEN)
    assert play.arrivals(BEN)[-1] == "2027-01-20 10:00"


def test_a_zone_that_was_set_back_hours_before_makes_no_second_card(play: Play) -> None:
    """He corrects a wrong zone in Slack twice on the day of the card."""
    for hour, tz in (("09:00", TOKYO), ("09:30", BEN.tz), ("10:30", TOKYO), ("11:00", BEN.tz)):
        play.go_to(f"2027-01-13 {hour}", BEN)
        moves(play, BEN, tz)
    play.go_to("2027-01-13 23:00", BEN)
    assert len(play.arrivals(BEN)) == 1


@pytest.mark.parametrize(
    ("saved_at", "hour", "comes"),
    [
        ("09:45", "09:00", "2027-01-13 09:45"),
        ("09:45", "16:30", "2027-01-13 16:30"),
        ("10:15", "16:30", "2027-01-13 10:00"),
    ],
)
def test_an_hour_changed_on_the_day_makes_one_card(play: Play, saved_at: str, hour: str, comes: str) -> None:
    play.go_to(f"2027-01-13 {saved_at}", BEN)
    assert chooses(play, BEN, "2", hour) == "updated"
    play.go_to("2027-01-13 23:00", BEN)
    assert play.arrivals(BEN) == [comes]
