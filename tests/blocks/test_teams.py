"""Setting up a team: what is asked, what is said about its size, and the leader's promise."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any, get_args

import pytest

from bot.blocks import ids, teams
from bot.blocks.elements import View
from bot.blocks.teams import Problem, TeamCheck, TeamDraft
from bot.content import Content, Words
from tests.blocks.reading import buttons, joined
from tests.blocks.screens import ANA, EVA

ON = date(2026, 12, 2)
SMALL = TeamCheck(team_id="t1", name="Norte", counted=5)


def inputs(view: View) -> dict[str, dict[str, Any]]:
    return {block["block_id"]: block for block in view["blocks"] if block["type"] == "input"}


def test_everything_a_team_needs_is_asked_in_one_form(words: Words) -> None:
    view = teams.team_form(words, units=[("u1", "Programa")], draft=TeamDraft())
    assert set(inputs(view)) == {
        ids.TEAM_NAME, ids.UNIT, ids.NEW_UNIT, ids.CHANNEL, ids.MEMBERS, ids.EVERYONE, ids.SUPERVISOR,
        ids.DEPUTY, ids.LEADER, ids.ZONE, ids.TEAM_LANGUAGE, ids.PLACE,
    }  # fmt: skip
    assert json.loads(view["private_metadata"]) == {"team": ""}


def test_where_no_unit_exists_none_can_be_chosen(words: Words) -> None:
    assert ids.UNIT not in inputs(teams.team_form(words, units=[], draft=TeamDraft()))


def test_an_edited_team_is_preset(words: Words) -> None:
    draft = TeamDraft(name="Norte", leader_id=EVA, member_ids=(ANA,), zone="America/Bogota", place="CO")
    asked = inputs(teams.team_form(words, units=[], draft=draft, team_id="t1"))
    assert asked[ids.TEAM_NAME]["element"]["initial_value"] == "Norte"
    assert asked[ids.LEADER]["element"]["initial_user"] == EVA
    assert asked[ids.MEMBERS]["element"]["initial_users"] == [ANA]
    assert asked[ids.ZONE]["element"]["initial_option"]["value"] == "America/Bogota"
    assert asked[ids.PLACE]["element"]["initial_option"]["value"] == "CO"
    assert "initial_user" not in asked[ids.DEPUTY]["element"]


@pytest.mark.parametrize("kind", get_args(Problem))
def test_every_problem_is_shown_at_a_field_that_exists(words: Words, kind: Problem) -> None:
    check = replace(SMALL, siblings=("Sur",), together=9, ask_key_holder=True)
    forms = [
        teams.team_form(words, units=[("u1", "Programa")], draft=TeamDraft()),
        teams.team_check(words, check),
        teams.promise_form(words, team_id="t1", name="Norte"),
    ]
    fields = {block_id for form in forms for block_id in inputs(form)}
    (where,) = teams.problem(words, kind)
    assert where in fields


def test_zones_are_found_by_city_without_accents(content: Content) -> None:
    found = teams.zone_options(content.words("es"), "bogota")
    assert [option["value"] for option in found] == ["America/Bogota"]
    assert "Bogotá" in found[0]["text"]["text"]
    assert [o["value"] for o in teams.zone_options(content.words("en"), "chic")] == ["America/Chicago"]


def test_of_many_zones_likely_ones_come_first(content: Content) -> None:
    first = {
        query: teams.zone_options(content.words("en"), query)[0]["value"] for query in ("eastern", "mount")
    }
    assert first == {"eastern": "America/New_York", "mount": "America/Denver"}


def test_countries_are_found_by_their_name_in_the_language(content: Content) -> None:
    found = teams.place_options(content.words("es"), "mexico")
    assert [option["value"] for option in found] == ["MX", "US-NM"]
    united = teams.place_options(content.words("en"), "united s")
    assert united[0]["value"] == "US"
    assert {option["value"].partition("-")[0] for option in united} == {"US"}


def test_regions_with_holidays_of_their_own_are_found_in_plain_words(content: Content) -> None:
    words = content.words("en")
    found = {query: teams.place_options(words, query) for query in ("calif", "québec", "bavar", "bayern")}
    shown = {
        query: [(one["value"], one["text"]["text"]) for one in options] for query, options in found.items()
    }
    assert shown == {
        "calif": [("US-CA", "California, United States")],
        "québec": [("CA-QC", "Quebec, Canada")],
        "bavar": [],
        "bayern": [("DE-BY", "Bayern, Germany")],
    }


def test_a_region_that_was_chosen_stands_in_the_form_by_its_name(words: Words) -> None:
    view = teams.team_form(words, units=[], draft=TeamDraft(name="Norte", place="US-CA"))
    (block,) = (one for one in view["blocks"] if one.get("block_id") == ids.PLACE)
    assert block["element"]["initial_option"]["value"] == "US-CA"
    assert block["element"]["initial_option"]["text"]["text"] == words.places()["US-CA"]


@pytest.mark.parametrize("query", ["", "a"])
def test_no_search_offers_more_than_slack_can_show(words: Words, query: str) -> None:
    assert len(teams.zone_options(words, query)) <= 100
    assert len(teams.place_options(words, query)) <= 100


def test_a_large_team_hears_that_words_are_possible(words: Words) -> None:
    said = joined(teams.team_check(words, replace(SMALL, counted=8)))
    assert words("team.enough") in said
    assert words("team.too_few") not in said


def test_a_small_team_hears_what_that_means(words: Words) -> None:
    view = teams.team_check(words, SMALL)
    assert words("team.too_few") in joined(view)
    assert ids.POOL not in inputs(view)


def test_pooling_is_offered_only_where_it_is_enough_and_with_a_named_owner(words: Words) -> None:
    enough = inputs(teams.team_check(words, replace(SMALL, siblings=("Sur",), together=8)))
    assert enough[ids.POOL]["element"]["initial_option"]["value"] == ids.POOL_ALONE
    assert ids.POOL_OWNER in enough
    assert ids.POOL not in inputs(teams.team_check(words, replace(SMALL, siblings=("Sur",), together=7)))


def test_people_of_other_teams_are_named_with_their_team_and_not_moved_unasked(words: Words) -> None:
    view = teams.team_check(words, replace(SMALL, elsewhere=((ANA, "Sur & <Co>"),)))
    assert f"<@{ANA}> (Sur &amp; &lt;Co&gt;)" in json.dumps(view)
    assert "initial_options" not in inputs(view)[ids.MOVE_HERE]["element"]
    assert ids.MOVE_HERE not in inputs(teams.team_check(words, SMALL))


def test_a_missing_invitation_is_said_with_what_to_type(words: Words) -> None:
    absent = joined(teams.team_check(words, replace(SMALL, channel_id="C0NORTE", bot_in_channel=False)))
    assert "/invite @Choir" in absent
    assert "/invite" not in joined(teams.team_check(words, SMALL))


def test_who_holds_the_keys_is_asked_once(words: Words) -> None:
    keys = {ids.KEY_PERSON, ids.KEY_WORDS, ids.KEY_CONFLICT}
    assert keys <= set(inputs(teams.team_check(words, replace(SMALL, ask_key_holder=True))))
    assert keys.isdisjoint(inputs(teams.team_check(words, SMALL)))


def test_the_leader_reads_the_whole_promise_before_giving_it(words: Words) -> None:
    view = teams.promise_form(words, team_id="t1", name="Norte")
    said = joined(view)
    for line in teams.promise_lines(words):
        assert line in said
    assert inputs(view)[ids.STAFF_TOLD_ON]["optional"] is False
    assert "initial_date" not in inputs(view)[ids.STAFF_TOLD_ON]["element"]
    assert json.loads(view["private_metadata"]) == {"team": "t1"}


def test_the_promise_names_voluntary_paid_unused_and_the_vote(content: Content) -> None:
    said = " ".join(teams.promise_lines(content.words("en")))
    for part in ("voluntary", "paid time", "evaluation, discipline, scheduling or pay", "week 12", "8 voted"):
        assert part in said


def test_a_given_promise_keeps_its_text_and_both_dates(words: Words) -> None:
    message = teams.promise_given(words, name="Norte", promised_on=ON, staff_told_on=date(2026, 11, 30))
    said = joined(message)
    assert words.date(ON) in said
    assert words.date(date(2026, 11, 30)) in said
    assert not buttons(message)


def test_a_started_team_is_offered_crisis_lines_for_its_channel(words: Words) -> None:
    facts: dict[str, Any] = {"team_id": "t1", "name": "Norte", "first_week_on": ON}
    message = teams.team_started(words, channel_id="C0NORTE", small=True, **facts)
    assert buttons(message)[ids.POSTED_PIN]["value"] == "t1"
    assert words("team.started_small") in joined(message)
    assert not buttons(teams.team_started(words, channel_id="", small=False, **facts))


def test_a_team_that_starts_later_names_no_week_that_has_begun(words: Words) -> None:
    facts: dict[str, Any] = {"team_id": "t1", "name": "Norte", "channel_id": "", "small": False}
    first, later = (joined(teams.team_started(words, first_week_on=on, **facts)) for on in (ON, None))
    assert words("team.first_week", date=words.date(ON)) in first
    assert later in first.replace(f" {words('team.first_week', date=words.date(ON))}", "")


def test_a_refused_post_says_how_to_let_choir_in_and_offers_again(words: Words) -> None:
    message = teams.pin_refused(words, team_id="t1", name="Norte", channel_id="C0NORTE")
    assert "/invite @Choir" in joined(message)
    assert ids.POSTED_PIN in buttons(message)
