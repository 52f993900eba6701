"""The supervisor's weekly message: the prompt whatever the data, and no figure from answers."""

from __future__ import annotations

import json
import re
from dataclasses import fields, replace
from datetime import date
from itertools import product

import pytest

from bot.blocks import ids
from bot.blocks.elements import Block, Message
from bot.blocks.raises import in_language, said_by_phrase
from bot.blocks.supervision import PICTURED, TeamSection, weekly
from bot.content import Content, Words
from bot.domain.digests import Band, Trend
from bot.domain.privacy import promise_numbers
from bot.domain.raises import EVERY, FIRST_ABOVE, PHRASES
from bot.sandbox.blocks import check_message
from tests.blocks.reading import buttons, joined, word_count
from tests.blocks.screens import update_of, updated_section

ON = date(2026, 12, 28)
NORTE = TeamSection(name="Norte", words_possible=True, next_update_on=ON)
CHICO = TeamSection(name="Chico", words_possible=False)


@pytest.mark.parametrize("number", range(1, 13))
def test_the_prompt_stands_whole_at_the_head(words: Words, number: int) -> None:
    prompt = words.prompt(number)
    said = joined(weekly(words, prompt=number, teams=[NORTE]))
    assert said.startswith(f"{words('weekly.prompt_title')}\n*{prompt.theme}*")
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
    assert types == {"str", "bool", "date | None", "tuple[str, ...]", "Update | None", "Guarantee"}


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


def updated(words: Words, *groups: str) -> TeamSection:
    update = update_of(words, Band.HIGHER, Trend.HEAVIER)
    return updated_section(replace(update, groups=groups or update.groups))


def test_an_update_stands_after_the_prompt_in_the_decided_order(words: Words) -> None:
    team = updated(words)
    blocks = weekly(words, prompt=1, teams=[team]).blocks
    text = json.dumps(blocks, ensure_ascii=False)
    update = team.update
    assert update
    assert update.picture
    band, trend, small, closing = update.lines
    after = (words("update.parent_errs"), update.picture.alt, update.said[0], update.said_above[-1], closing)
    places = [text.index(part) for part in (words.prompt(1).say, band, trend, small, *after)]
    assert places == sorted(places)


def test_a_section_has_twelve_lines_at_most(words: Words) -> None:
    for band, trend in product(Band, Trend):
        team = updated_section(update_of(words, band, trend))
        blocks = weekly(words, prompt=1, teams=[team]).blocks
        drawn = [block for block in blocks if block not in always(words)]
        lines = sum(len(joined(Message(text="", blocks=[block])).splitlines()) or 1 for block in drawn)
        assert 5 < lines <= 12


def always(words: Words) -> list[Block]:
    """What every message has, whatever its sections."""
    return [*weekly(words, prompt=1).blocks, {"type": "divider"}]


def test_each_group_has_a_section_and_a_pooled_one_names_its_teams(words: Words) -> None:
    pool = updated(words, "Norte", "Sur & <Co>", "Este")
    said = joined(weekly(words, prompt=1, teams=[updated(words), pool, CHICO]))
    assert words("update.title_together", group="Norte, Sur &amp; &lt;Co&gt;, Este") in said
    assert said.count(words("update.closing")) == 2
    assert "*Chico*" in said


def test_without_an_update_a_pooled_group_still_names_its_teams(words: Words) -> None:
    pool = replace(NORTE, together_with=("Sur",))
    line = words("weekly.next_update", team="Norte, Sur", date=words.date(ON))
    assert line in joined(weekly(words, prompt=1, teams=[pool]))


def test_a_message_with_an_update_does_not_say_that_nothing_comes_from_answers(words: Words) -> None:
    with_update, without = (joined(weekly(words, prompt=1, teams=[team])) for team in (updated(words), NORTE))
    assert words("weekly.footer_update") in with_update
    assert words("weekly.footer") not in with_update
    assert words("weekly.footer") in without
    assert words("update.closing") not in without


def test_why_a_period_has_no_update_is_said_once_and_then_only_the_date(words: Words) -> None:
    none = replace(NORTE, suppressed=True)
    next_on = words("weekly.next_update", team="Norte", date=words.date(ON))
    first = joined(weekly(words, prompt=1, teams=[none]))
    later = joined(weekly(words, prompt=1, teams=[replace(none, why_said_before=True)]))
    why = words("weekly.suppressed", team="Norte", **promise_numbers())
    assert why in first
    assert why not in later
    assert next_on in first
    assert next_on in later


def test_a_lost_update_hints_at_nobodys_answers(words: Words) -> None:
    lost = replace(NORTE, lost=True, why_said_before=True)
    said = joined(weekly(words, prompt=1, teams=[lost]))
    assert words("weekly.lost", team="Norte") in said
    assert not re.search(r"\d|at least|al menos", words("weekly.lost", team="Norte"))


def test_where_nothing_can_be_shown_it_says_what_there_is_instead(content: Content) -> None:
    english, spanish = content.words("en"), content.words("es")
    for section in (CHICO, replace(NORTE, suppressed=True)):
        assert "What there is instead: this weekly opener" in joined(
            weekly(english, prompt=1, teams=[section])
        )
        assert "En su lugar: esta frase semanal" in joined(weekly(spanish, prompt=1, teams=[section]))


def test_many_updates_stay_within_a_message_and_lose_their_pictures_only(words: Words) -> None:
    teams = [updated(words, f"Equipo {number}") for number in range(PICTURED + 3)]
    message = weekly(words, prompt=1, teams=teams, open_asks=True)
    check_message(message.blocks)
    said = joined(message)
    assert said.count(words("update.closing")) == len(teams)
    assert 0 < sum(block["type"] == "image" for block in message.blocks) <= PICTURED


def loud(words: Words, number: int) -> TeamSection:
    """A group that said everything there is to say."""
    section = updated(words, f"Equipo de {number}")
    assert section.update is not None
    above = [phrase for pillar in FIRST_ABOVE for phrase in PHRASES[pillar]]
    said, said_above = (
        in_language(words, [{words.language: words.phrase(one), "en": words.phrase(one)} for one in phrases])
        for phrases in ([one for one in EVERY if one not in above], above)
    )
    return replace(section, update=replace(section.update, said=said, said_above=said_above))


@pytest.mark.parametrize("prompt", range(1, 13))
@pytest.mark.parametrize("groups", [1, 4, 6, 7, 9, 12])
def test_however_much_was_said_with_others_all_of_it_stands_in_a_message_slack_takes(
    words: Words, groups: int, prompt: int
) -> None:
    teams = [*(loud(words, number) for number in range(groups)), CHICO, replace(NORTE, suppressed=True)]
    message = weekly(words, prompt=prompt, teams=teams, open_asks=True)
    check_message(message.blocks)
    said = joined(message)
    assert all(f"“{words.phrase(phrase)}”" in said for phrase in EVERY)
    assert all(f"Equipo de {number}" in said for number in range(groups))
    assert words("update.closing") in said
    assert words("weekly.elsewhere", groups="")[:30] not in said


def test_with_more_groups_than_any_message_holds_the_rest_are_named_with_where_they_stand(
    words: Words,
) -> None:
    for groups in (30, 60, 200):
        teams = [loud(words, number) for number in range(groups)]
        teams += [replace(CHICO, name=f"Chico {number}") for number in range(100)]
        message = weekly(words, prompt=1, teams=teams, open_asks=True)
        check_message(message.blocks)
        said = joined(message)
        assert words("weekly.elsewhere", groups="")[:30] in said
        assert "Equipo de 0" in said
        assert words("weekly.prompt_title") in said


def test_a_phrase_that_several_groups_said_stands_once_with_their_names(words: Words) -> None:
    lines = said_by_phrase(words, [("Norte", ("“A.”", "“B.”")), ("Sur", ("“B.”",))], [("Sur", ())])
    assert lines[1:] == ["“A.” (Norte)", "“B.” (Norte, Sur)"]


def test_an_update_is_read_in_three_minutes_with_its_prompt(words: Words) -> None:
    teams = [updated(words), updated(words, "Norte", "Sur", "Este"), CHICO]
    assert max(word_count(weekly(words, prompt=n, teams=teams)) for n in range(1, 13)) <= 600
