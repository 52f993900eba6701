"""Days, hours, zones, questions and crisis lines as people of each language read them."""

from __future__ import annotations

from datetime import date, time

import pytest

from bot.content import Content, Words

ON = date(2026, 12, 2)


def test_a_date_is_written_as_its_readers_write_it(content: Content) -> None:
    assert content.words("en").date(ON) == "Wednesday, December 2"
    assert content.words("es").date(ON) == "miércoles 2 de diciembre"
    assert content.words("en").full_date(ON) == "December 2, 2026"
    assert content.words("es").full_date(ON) == "2 de diciembre de 2026"


def test_hours_have_twelve_in_english_and_twenty_four_in_spanish(content: Content) -> None:
    assert content.words("en").time(time(14, 30)) == "2:30 PM"
    assert content.words("es").time(time(14, 30)) == "14:30"


def test_a_week_begins_on_monday(content: Content) -> None:
    assert content.words("en").weekday(0) == "Monday"
    assert content.words("es").weekday(4) == "viernes"


def test_a_zone_is_named_by_its_city(content: Content) -> None:
    assert content.words("en").zone_name("America/Chicago") == "Chicago (Central Time)"
    assert content.words("es").zone_name("America/Mexico_City").startswith("Ciudad de México")


def test_countries_are_named_in_the_language(content: Content) -> None:
    assert content.words("en").countries()["US"] == "United States"
    assert content.words("es").countries()["MX"] == "México"
    assert all(len(code) == 2 for code in content.words("en").countries())


def test_a_fact_is_put_in_as_it_is_even_when_it_holds_braces(content: Content) -> None:
    line = content.words("en")("first_contact.what", team="{asks}", asks="Two.")
    assert "*{asks}*" in line


def test_a_key_that_no_catalog_has_is_an_error(words: Words) -> None:
    with pytest.raises(KeyError):
        words("no.such.key")


def test_a_sentence_without_its_fact_is_an_error(words: Words) -> None:
    with pytest.raises(KeyError):
        words("checkin.until_closing", weekday="Friday")


def test_people_away_from_an_office_get_their_own_wording(content: Content) -> None:
    item = content.words("en").item("qS1", remote=True)
    assert "overheard" in item.text
    assert item.scale == "A"
    assert content.words("es").item("qS1", remote=True).text.endswith("donde nadie me oyera.")


def test_a_question_without_such_a_wording_stays_as_it_is(words: Words) -> None:
    assert words.item("qC1", remote=True) == words.item("qC1")


def test_a_country_without_lines_of_its_own_gets_those_for_elsewhere(words: Words) -> None:
    assert "findahelpline.com" in words.crisis("CR").short
    assert words.crisis("").lines
