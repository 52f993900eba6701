"""Days away, and Slack's status for vacation: nothing comes unasked, Home says why, and it can be had."""

from __future__ import annotations

from datetime import date

import pytest

from bot.blocks import ids
from bot.sandbox import Person
from tests.stories.people import ANA, BEN, DANI, EIGHT, IRENE, JORGE, MARIA, NORA
from tests.stories.play import Play, as_posted, labels, local, moment, playing, text_of

PALM = ":palm_tree:"


def why(play: Play, reason: str, language: str = "en") -> str:
    words = play.words(language)
    return words("home.skipped", why=words(f"home.why_{reason}"))


def sends_now(play: Play, person: Person) -> None:
    """Press "Send it now" in Home, read what is said, and close it."""
    said = play.press(person, play.home(person), ids.WANTED_NOW)
    assert "on its way" in text_of(said)
    play.close(person)
    play.stage.settle()


def vacations(play: Play, person: Person, until: str | None = None) -> None:
    """Choose Slack's own status for it; the words are one's own."""
    ends_at = moment(until, person) if until else None
    play.sandbox.set_status(person.id, "Gone fishing", PALM, ends_at)
    play.stage.rest()
    play.stage.settle()


def works_again(play: Play, person: Person) -> None:
    play.sandbox.set_status(person.id, "", "")
    play.stage.rest()
    play.stage.settle()


# ---- days away


def test_nothing_comes_on_days_away_and_all_of_it_after_them(play: Play) -> None:
    """Three weeks: two cards are left out, the third week's waits for Wednesday, her first day back."""
    assert play.sets_days_away(BEN, "2027-01-12", "2027-01-26").kind == "updated"
    play.go_to("2027-01-11 23:00", BEN)
    before = len(play.dm(BEN))
    play.go_to("2027-01-26 23:00", BEN)
    assert len(play.dm(BEN)) == before
    assert play.reasons(BEN) == {0: "leave", 1: "leave"}
    assert "Tuesday, January 26" in text_of(play.home(BEN))
    play.go_to("2027-01-27 12:00", BEN)
    assert play.arrivals(BEN) == ["2027-01-27 10:00"]
    assert ids.CAME_BACK not in str(play.home(BEN).blocks)


def test_no_reminder_comes_on_a_day_away_that_was_set_after_the_card(play: Play) -> None:
    play.go_to("2027-01-13 12:00", BEN)
    play.sets_days_away(BEN, "2027-01-14", "2027-01-15")
    play.go_to("2027-01-16 12:00", BEN)
    assert play.arrivals(BEN) == ["2027-01-13 10:00"]


def test_back_early_is_one_tap_and_the_week_s_card_one_more(play: Play) -> None:
    """On Thursday evening she wants it at once, and it comes once, with a reminder on no day."""
    play.sets_days_away(BEN, "2027-01-12", "2027-01-22")
    play.go_to("2027-01-14 20:00", BEN)
    home = play.home(BEN)
    assert why(play, "leave") in text_of(home)
    assert {"I am back", "Send it now"} <= set(labels(home))
    said = play.press(BEN, home, ids.CAME_BACK)
    assert "Wednesday, January 20" in text_of(said)
    play.close(BEN)
    assert "I am back" not in labels(play.seen_home(BEN))
    sends_now(play, BEN)
    assert play.arrivals(BEN) == ["2027-01-14 20:00"]
    assert play.reasons(BEN) == {}
    assert play.words()("home.skipped", why="") not in text_of(play.home(BEN))
    play.answers(BEN, qC1=2)
    play.go_to("2027-01-20 12:00", BEN)
    assert play.arrivals(BEN) == ["2027-01-14 20:00", "2027-01-20 10:00"]


def test_a_card_can_be_had_on_a_day_away_without_ending_it(play: Play) -> None:
    play.sets_days_away(DANI, "2027-01-11", "2027-01-15")
    play.go_to("2027-01-13 12:00", DANI)
    home = play.home(DANI)
    assert why(play, "leave", "es") in text_of(home)
    assert {"Ya regresé", "Enviar ahora"} <= set(labels(home))
    play.press(DANI, home, ids.WANTED_NOW)
    play.close(DANI)
    play.stage.settle()
    assert play.arrivals(DANI) == ["2027-01-13 12:00"]
    assert play.card(DANI).text == play.words("es")("checkin.title")
    play.go_to("2027-01-18 12:00", DANI)
    assert play.arrivals(DANI) == ["2027-01-13 12:00"]
    assert play.words("es")("checkin.closed") in text_of(play.card(DANI))


def test_pressed_again_and_again_it_is_one_card(play: Play) -> None:
    play.sets_days_away(BEN, "2027-01-11", "2027-01-15")
    play.go_to("2027-01-13 12:00", BEN)
    for _ in range(3):
        play.click(BEN, play.home(BEN), ids.WANTED_NOW)
        play.close(BEN)
    play.stage.settle()
    play.go_to("2027-01-18 12:00", BEN)
    assert play.arrivals(BEN) == ["2027-01-13 12:00"]
    assert ids.WANTED_NOW not in str(play.home(BEN).blocks)


def test_an_ask_to_somebody_away_waits_for_them_and_goes_to_the_deputy_as_ever(play: Play) -> None:
    """Irene is away until Friday; Jorge hears of it after four working hours, and she on Monday."""
    play.sets_days_away(IRENE, "2027-01-11", "2027-01-15")
    play.go_to("2027-01-11 10:00", BEN)
    play.press(BEN, play.home(BEN), ids.OPENED_ASK)
    assert play.submit(BEN, recipient=IRENE.id, deputy_too=[ids.DEPUTY_TOO]).kind == "updated"
    play.close(BEN)
    before = len(play.dm(IRENE))
    play.go_to("2027-01-15 23:00", BEN)
    assert len(play.dm(IRENE)) == before
    asked = [message for message in play.dm(JORGE) if ids.ASK_ANSWERED_YES in str(as_posted(message))]
    assert [local(message.at, BEN.tz) for message in asked] == ["2027-01-11 16:00"]
    play.go_to("2027-01-19 10:00", BEN)
    late = [message for message in play.dm(IRENE) if ids.ASK_ANSWERED_YES in str(as_posted(message))]
    assert [local(message.at, IRENE.tz) for message in late] == ["2027-01-19 09:00"]


def test_nobody_else_sees_that_somebody_is_away(play: Play) -> None:
    def seen() -> dict[str, str]:
        others = (IRENE, JORGE, MARIA, NORA, BEN)
        return {one.name: text_of(play.home(one)) + str(play.posts(one)) for one in others}

    before, rows = seen(), play.rows()
    play.sets_days_away(ANA, "2027-01-11", "2027-01-15")
    assert seen() == before
    changed = {name for name, now in play.rows().items() if now != rows[name]}
    assert changed <= {"leave", "rules", "seen_events", "outbox"}
    for on in (date(2027, 1, 11), date(2027, 1, 15)):
        assert str(on) not in str(play.rows()["leave"])


def test_what_is_over_is_erased(play: Play) -> None:
    play.sets_days_away(BEN, "2027-01-11", "2027-01-12")
    assert "leave" in play.rows_about(BEN)
    play.go_to("2027-01-14 12:00", BEN)
    assert "leave" not in play.rows_about(BEN)


# ---- Slack's status for vacation


def test_while_the_status_says_vacation_no_card_goes_out_and_home_says_so(play: Play) -> None:
    vacations(play, BEN)
    assert play.words()("home.none_vacation") in text_of(play.home(BEN))
    play.go_to("2027-01-16 12:00", BEN)
    assert play.cards(BEN) == []
    assert play.reasons(BEN) == {0: "vacation"}
    assert "fishing" not in str(play.rows())


def test_a_status_that_is_cleared_in_time_lets_the_card_come_at_once(play: Play) -> None:
    vacations(play, BEN)
    play.go_to("2027-01-14 11:00", BEN)
    assert play.cards(BEN) == []
    works_again(play, BEN)
    assert play.arrivals(BEN) == ["2027-01-14 11:00"]


def test_a_status_with_an_end_is_waited_for(play: Play) -> None:
    vacations(play, BEN, until="2027-01-13 15:00")
    home = text_of(play.home(BEN))
    assert "Wednesday, January 13 at 3:00 PM" in home
    assert play.words()("home.waits_vacation") in home
    play.go_to("2027-01-13 23:00", BEN)
    assert play.arrivals(BEN) == ["2027-01-13 15:00"]


def test_who_wants_it_on_vacation_gets_it(play: Play) -> None:
    vacations(play, BEN)
    play.go_to("2027-01-13 12:00", BEN)
    sends_now(play, BEN)
    assert play.arrivals(BEN) == ["2027-01-13 12:00"]
    play.go_to("2027-01-16 12:00", BEN)
    assert play.arrivals(BEN) == ["2027-01-13 12:00"]


def test_another_status_changes_nothing(play: Play) -> None:
    play.sandbox.set_status(BEN.id, "Vacationing", ":face_with_thermometer:")
    play.stage.rest()
    play.go_to("2027-01-13 12:00", BEN)
    assert play.arrivals(BEN) == ["2027-01-13 10:00"]


# ---- other reasons


@pytest.mark.parametrize("language", ["en", "es"])
def test_who_had_paused_or_stopped_and_is_back_reads_so_and_can_have_it(language: str) -> None:
    person = DANI if language == "es" else BEN
    with playing(resting=tuple(one for one in EIGHT if one is not person)) as play:
        play.press(person, play.home(person), ids.STOPPED)
        play.close(person)
        play.go_to("2027-01-13 16:00", person)
        play.press(person, play.home(person), ids.UNDID_STOP)
        play.close(person)
        home = play.home(person)
        assert why(play, "stopped", language) in text_of(home)
        play.press(person, home, ids.WANTED_NOW)
        play.close(person)
        play.stage.settle()
        assert play.arrivals(person) == ["2027-01-13 16:00"]


def test_a_small_group_reads_that_it_is_every_other_week(two_teams: Play) -> None:
    kai = next(player.person for player in two_teams.stage.cast.players if player.person.name == "Kai Moss")
    two_teams.go_to("2027-01-20 12:00", kai)
    home = two_teams.home(kai)
    assert why(two_teams, "every_other_week") in text_of(home)
    assert "Send it now" not in labels(home)
