"""Choosing a slot, a length, a language; pausing, stopping, coming back."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest

from bot.blocks import ids, settings
from bot.blocks.elements import View
from bot.content import Content, Words
from bot.domain.localtime import LUNCH_ENDS, LUNCH_STARTS
from bot.domain.members import Length, Preferences
from bot.domain.rotation import REACTIONS
from tests.blocks.reading import buttons, joined


def element(view: View, block_id: str) -> dict[str, Any]:
    found = [block for block in view["blocks"] if block.get("block_id") == block_id]
    return dict(found[0]["element"])


def test_no_slot_is_offered_over_lunch_or_outside_working_hours(words: Words) -> None:
    hours = element(settings.settings(words, Preferences()), ids.HOUR)["options"]
    offered = [time.fromisoformat(option["value"]) for option in hours]
    assert offered[0] == time(9)
    assert offered[-1] == time(16, 30)
    assert not [at for at in offered if LUNCH_STARTS <= at < LUNCH_ENDS]


def test_days_run_from_monday_to_friday(words: Words) -> None:
    days = element(settings.settings(words, Preferences()), ids.DAY)["options"]
    assert [option["value"] for option in days] == ["0", "1", "2", "3", "4"]
    assert [option["text"]["text"][0].isupper() for option in days] == [True] * 5


@pytest.mark.parametrize("at", [time(12), time(13, 30), time(8, 30), time(17), time(10, 15)])
def test_a_slot_that_is_not_allowed_is_refused_at_the_hour(words: Words, at: time) -> None:
    assert set(settings.settings_errors(words, weekday=1, local_time=at)) == {ids.HOUR}


def test_friday_afternoon_is_refused_and_friday_morning_is_not(words: Words) -> None:
    refused = settings.settings_errors(words, weekday=4, local_time=time(14))
    assert words.weekday(4) in refused[ids.HOUR]
    assert settings.settings_errors(words, weekday=4, local_time=time(11, 30)) == {}
    assert settings.settings_errors(words, weekday=3, local_time=time(14)) == {}


def test_what_is_chosen_now_is_preset(words: Words) -> None:
    chosen = Preferences(
        weekday=3,
        local_time=time(15, 30),
        length=Length.LONGER,
        language="es",
        items_off=frozenset({"qI02", "qI10"}),
        remote=True,
    )
    view = settings.settings(words, chosen)
    assert element(view, ids.DAY)["initial_option"]["value"] == "3"
    assert element(view, ids.HOUR)["initial_option"]["value"] == "15:30"
    assert element(view, ids.LENGTH)["initial_option"]["value"] == "longer"
    assert element(view, ids.LANGUAGE)["initial_option"]["value"] == "es"
    left_out = [option["value"] for option in element(view, ids.ITEMS_OFF)["initial_options"]]
    assert left_out == ["qI02", "qI10"]
    assert element(view, ids.REMOTE)["initial_options"][0]["value"] == settings.REMOTE_ON


def test_only_reaction_questions_can_be_left_out(words: Words) -> None:
    offered = element(settings.settings(words, Preferences()), ids.ITEMS_OFF)["options"]
    assert {option["value"] for option in offered} == REACTIONS


def test_a_little_longer_says_how_long_it_takes(content: Content) -> None:
    assert "a minute and a half" in joined(settings.settings(content.words("en"), Preferences()))
    assert "minuto y medio" in joined(settings.settings(content.words("es"), Preferences()))


def test_every_language_that_is_on_is_offered_by_its_own_name(words: Words) -> None:
    offered = element(settings.settings(words, Preferences()), ids.LANGUAGE)["options"]
    assert [option["text"]["text"] for option in offered] == ["English", "Español"]


def test_a_small_group_is_offered_no_length_and_no_questions_it_never_gets(words: Words) -> None:
    view = settings.settings(words, Preferences(), small=True)
    asked = {block.get("block_id") for block in view["blocks"]}
    assert asked.isdisjoint({ids.LENGTH, ids.ITEMS_OFF, ids.REMOTE})
    assert words("settings.small") in joined(view)


def test_a_pause_lasts_one_two_or_four_weeks_or_until_the_person_is_back(words: Words) -> None:
    lengths = element(settings.pause_form(words), ids.PAUSE_FOR)["options"]
    assert [option["value"] for option in lengths] == ["1", "2", "4", ids.PAUSE_OPEN_END]


def test_a_pause_can_be_ended_and_a_stop_undone_at_once(words: Words) -> None:
    until = date(2026, 12, 2)
    for screen in (settings.paused(words, until=until), settings.paused_view(words, until=None)):
        assert list(buttons(screen)) == [ids.RESUMED]
    for screen in (settings.stopped(words), settings.stopped_view(words)):
        assert list(buttons(screen)) == [ids.UNDID_STOP]
    assert words.date(until) in joined(settings.paused(words, until=until))


def test_coming_back_names_the_next_date_when_it_is_known(words: Words) -> None:
    on = date(2026, 12, 9)
    assert words.date(on) in joined(settings.resumed(words, next_on=on))
    assert joined(settings.resumed(words, next_on=None)) == words("resume.done")
