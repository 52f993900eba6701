"""The supervisor's weekly message: the prompt whatever the data, and no figure from answers."""

from __future__ import annotations

import re
from dataclasses import fields
from datetime import date

import pytest

from bot.blocks import ids
from bot.blocks.supervision import TeamSection, weekly
from bot.content import Words
from bot.domain.privacy import promise_numbers
from tests.blocks.reading import buttons, joined, word_count

ON = date(2026, 12, 28)
NORTE = TeamSection(name="Norte", words_possible=True, next_update_on=ON)
CHICO = TeamSection(name="Chico", words_possible=False)


@pytest.mark.parametrize("number", range(1, 13))
def test_the_prompt_stands_whole_at_the_head(words: Words, number: int) -> None:
    prompt = words.prompt(number)
    said = joined(weekly(words, prompt=number, teams=[NORTE]))
    assert said.startswith(f"*{prompt.theme}*")
    for part in (prompt.why, prompt.say, prompt.listen, prompt.dont):
        assert part in said
    assert words("weekly.hr_line") in said


def test_the_prompt_comes_even_when_there_is_no_team_to_speak_of(words: Words) -> None:
    message = weekly(words, prompt=1)
    assert words.prompt(1).say in joined(message)
    assert message.text == words("weekly.title")


def test_a_team_has_one_line_with_its_next_date(words: Words) -> None:
    said = joined(weekly(words, prompt=1, teams=[NORTE])).splitlines()
    lines = [line for line in said if "*Norte*" in line]
    assert lines == [words("weekly.next_update", team="Norte", date=words.date(ON))]


def test_why_there_are_no_words_is_said_once(words: Words) -> None:
    first = joined(weekly(words, prompt=1, teams=[CHICO]))
    assert words("weekly.no_words", team="Chico", **promise_numbers()) in first
    later = TeamSection(name="Chico", words_possible=False, why_said_before=True)
    assert "Chico" not in joined(weekly(words, prompt=2, teams=[later]))


def test_nothing_about_a_team_can_carry_a_figure() -> None:
    types = {field.type for field in fields(TeamSection)}
    assert types == {"str", "bool", "date | None", "tuple[str, ...]", "Picture | None"}


def test_the_only_numbers_are_those_of_the_rule_and_the_date(words: Words) -> None:
    said = joined(weekly(words, prompt=1, teams=[NORTE, CHICO]))
    rule = {str(promise_numbers()[name]) for name in ("roster_min", "contributors_min")}
    assert set(re.findall(r"\d+", said)) == rule | {"28"}


def test_supervisors_hear_that_the_minute_is_for_them_too(words: Words) -> None:
    assert words("weekly.footer") in joined(weekly(words, prompt=1))


def test_an_ask_that_waits_is_named_without_a_name(words: Words) -> None:
    waiting = weekly(words, prompt=1, open_asks=True)
    assert ids.OPENED_ASKS_TO_ME in buttons(waiting)
    assert "<@" not in str(waiting.blocks)
    assert not buttons(weekly(words, prompt=1))


def test_many_teams_stay_within_a_message(words: Words) -> None:
    teams = [TeamSection(name=f"{'Equipo ' * 8}{n}", words_possible=False) for n in range(60)]
    assert len(weekly(words, prompt=1, teams=teams).blocks) <= 50


def test_it_is_read_in_two_minutes(words: Words) -> None:
    teams = [NORTE, CHICO, TeamSection(name="Sur", words_possible=True)]
    assert max(word_count(weekly(words, prompt=n, teams=teams)) for n in range(1, 13)) <= 400
