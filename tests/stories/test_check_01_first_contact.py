"""Check 1: somebody new hears from the bot in working hours, in their language, before anything is asked."""

from __future__ import annotations

import json

import pytest

from bot.blocks import ids
from bot.sandbox import Person
from tests.stories.people import ANA, BEN, CLEO, DANI, EIGHT, IDA, LEGAL, NORA
from tests.stories.play import Play, actions_in, labels, moment, playing, text_of

UNTIL_A_TAP = {"people", "memberships", "rosters", "rules", "outbox", "occurrences", "timers"}
"""Roster, defaults and deliveries."""


def adds_to_team(play: Play, admin: Person, *people: Person) -> None:
    """The admin edits the team from Home and adds people to it."""
    play.click(admin, play.home(admin), ids.OPENED_WORK)
    play.press(admin, play.seen_home(admin), ids.EDITED_TEAM)
    listed = [person.id for person in (*EIGHT, *people)]
    assert play.submit(admin, members=listed).kind == "updated"
    assert play.submit(admin).kind == "updated"
    play.close(admin)
    play.stage.settle()


def test_first_contact_waits_for_working_time_where_the_person_is(play: Play) -> None:
    assert {person.name: len(play.dm(person)) for person in (ANA, BEN, CLEO, DANI)} == {
        ANA.name: 1,
        BEN.name: 0,
        CLEO.name: 1,
        DANI.name: 1,
    }
    play.go_to("2027-01-06 13:59", BEN)
    assert not play.dm(BEN)
    play.go_to("2027-01-06 14:00", BEN)
    assert len(play.dm(BEN)) == 1
    play.go_to("2027-01-10 23:00", BEN)
    assert [len(play.dm(person)) for person in EIGHT] == [1] * 8


def test_somebody_added_on_a_long_weekend_hears_on_the_next_working_morning(play: Play) -> None:
    """Monday 18 January 2027 is a holiday."""
    play.sandbox.join_team(IDA)
    play.go_to("2027-01-16 20:00", IDA)
    adds_to_team(play, NORA, IDA)
    play.go_to("2027-01-19 08:59", IDA)
    assert not play.dm(IDA)
    play.go_to("2027-01-19 09:00", IDA)
    (first,) = play.dm(IDA)
    assert LEGAL in text_of(first)
    assert "Wednesday, January 20" in text_of(first)
    play.go_to("2027-01-20 10:00", IDA)
    assert play.arrivals(IDA) == ["2027-01-20 10:00"]


@pytest.mark.parametrize(
    ("person", "said"),
    [
        (
            CLEO,
            (
                "Your supervisor and your managers never see your answers",
                "I'm a program. Nobody watches this",
                "call or text 988",
                "call 911",
                "Ridge Hosting",
                "Courts can order data",
                "The owner of your Slack may export messages",
                "mandated reporters",
                "a hazard of the job, like a slippery floor",
                "every Wednesday at 10:00",
                "Wednesday, January 13",
            ),
        ),
        (
            ANA,
            (
                "Ni quien le supervisa ni la dirección ven nunca sus respuestas",
                "Soy un programa",
                "988",
                "marque 2",
                "911",
                "Ridge Hosting",
                "13 de enero",
            ),
        ),
    ],
)
def test_it_says_who_sees_what_its_limits_and_where_help_is(
    play: Play, person: Person, said: tuple[str, ...]
) -> None:
    (first,) = play.dm(person)
    shown = text_of(first)
    assert not [line for line in said if line not in shown]
    assert "anonym" not in shown.lower()
    assert first.text in ("A note for you", "Una nota para usted")


def test_help_stands_there_as_text_and_the_choices_as_buttons(play: Play) -> None:
    (first,) = play.dm(CLEO)
    beside_buttons = [block for block in first.blocks if block["type"] in ("section", "context")]
    assert "988" in json.dumps(beside_buttons)
    assert {
        ids.ACCEPTED_TERMS,
        ids.OPENED_WHO_SEES,
        ids.OPENED_SETTINGS,
        ids.OPENED_PAUSE,
        ids.STOPPED,
    } <= actions_in(list(first.blocks))
    assert "Prefiero español" in labels(first)


def test_until_a_tap_only_roster_defaults_and_deliveries_are_kept() -> None:
    """A week goes by with cards, reminders and closing, and nobody touches anything."""
    with playing(resting=()) as play:
        play.go_to("2027-01-16 12:00")
        assert [len(play.cards(person)) for person in EIGHT] == [2] * 8
        about = [play.rows_about(person) for person in EIGHT]
        rows = play.rows()
    assert set().union(*about) <= UNTIL_A_TAP
    assert not [rows[name] for name in ("preferences", "answers", "person_keys", "asks") if rows[name]]
    kept = {name for row in rows["people"] for name, value in row.items() if value is not None}
    assert kept == {"workspace", "ref", "sealed_id", "tz", "locale", "active", "on_vacation"}
    everything = str(rows)
    assert not [person.name for person in EIGHT if person.id in everything or person.name in everything]


def test_looking_is_no_tap(play: Play) -> None:
    """Opening who sees what, Home, Settings or the crisis lines leaves nothing behind."""
    before = play.rows_about(CLEO)
    (first,) = play.dm(CLEO)
    for opening in (ids.OPENED_WHO_SEES, ids.OPENED_SETTINGS, ids.OPENED_PAUSE):
        play.press(CLEO, first, opening)
        play.close(CLEO)
    play.home(CLEO)
    play.types(CLEO, "crisis")
    assert play.rows_about(CLEO) == before


def test_accepting_keeps_the_text_and_notes_the_tap(play: Play) -> None:
    (first,) = play.dm(CLEO)
    play.click(CLEO, first, ids.ACCEPTED_TERMS)
    (after,) = play.dm(CLEO)
    assert after.ts == first.ts
    assert "988" in text_of(after)
    assert ids.ACCEPTED_TERMS not in actions_in(list(after.blocks))
    assert [row["accepted_version"] for row in play.rows_about(CLEO)["preferences"]] == [1]
    play.go_to("2027-01-13 10:00", CLEO)
    assert "Before the first time" not in text_of(play.starts(CLEO))


def test_who_has_not_accepted_reads_who_sees_what_above_the_form_until_submitting(play: Play) -> None:
    play.go_to("2027-01-13 10:00", CLEO)
    form = play.starts(CLEO)
    assert "Before the first time" in text_of(form)
    assert form.submit == "I've read this. Submit"
    play.close(CLEO)
    assert "preferences" not in play.rows_about(CLEO)
    assert "Before the first time" in text_of(play.starts(CLEO))
    play.fills_in(CLEO)
    play.close(CLEO)
    assert "Before the first time" not in text_of(play.press(CLEO, play.card(CLEO), ids.CHANGED_ANSWERS))


def test_one_tap_changes_the_language_of_this_and_everything_after(play: Play) -> None:
    (first,) = play.dm(CLEO)
    play.click(CLEO, first, ids.CHOSE_LANGUAGE, "es")
    (after,) = play.dm(CLEO)
    assert "ven nunca sus respuestas" in text_of(after)
    assert "English, please" in labels(after)
    play.go_to("2027-01-13 10:00", CLEO)
    assert play.card(CLEO).text == "Su minuto semanal"


def test_first_contact_comes_once(play: Play) -> None:
    play.sandbox.join_team(IDA)
    adds_to_team(play, NORA, IDA)
    adds_to_team(play, NORA)
    adds_to_team(play, NORA, IDA)
    play.go_to("2027-01-08 12:00")
    assert [len(play.dm(person)) for person in (*EIGHT, IDA)] == [1] * 9


def test_it_names_the_day_on_which_the_first_card_really_comes() -> None:
    """Wednesday 11 November 2026 is a holiday."""
    with playing(start=moment("2026-11-04 11:00", CLEO)) as play:
        assert "Thursday, November 12" in text_of(play.dm(CLEO)[0])
        play.go_to("2026-11-13 12:00", CLEO)
        assert play.arrivals(CLEO) == ["2026-11-12 09:00"]


def test_everywhere_it_says_how_long_answers_are_kept_in_this_installation() -> None:
    with playing(answers_kept_weeks=8) as play:
        (first,) = play.dm(CLEO)
        told = [text_of(first), text_of(play.press(CLEO, first, ids.OPENED_WHO_SEES))]
        play.close(CLEO)
        play.click(CLEO, first, ids.CHOSE_LANGUAGE, "es")
        play.click(CLEO, play.dm(CLEO)[0], ids.CHOSE_LANGUAGE, "en")
        told.append(text_of(play.dm(CLEO)[0]))
    assert not [text for text in told if "8 weeks" not in text or "13 weeks" in text]
