"""Home: its order, its states, and what is behind one button."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, time

import pytest

from bot.blocks import ids
from bot.blocks.elements import View
from bot.blocks.home import HomeFacts, home, where_home_is
from bot.content import Words
from bot.domain.checkins import Reason
from tests.blocks.reading import buttons, joined
from tests.blocks.screens import ASKS, AWAY_HOME, FULL_HOME, HELD_BACK, ON

AT = time(14, 30)
WORK_ONLY = {ids.OPENED_MINE, ids.SET_UP_TEAM, ids.EDITED_TEAM, ids.CLAIMED_ADMIN, ids.OPENED_ASKS_TO_ME}


def order(view: View, *needles: str) -> list[int]:
    """Where each text stands, as places in the view's JSON."""
    text = json.dumps(view["blocks"], ensure_ascii=False)
    return [text.index(needle) for needle in needles]


def test_what_is_open_to_all_comes_in_the_decided_order(words: Words) -> None:
    view = home(words, FULL_HOME)
    places = order(
        view,
        ids.OPENED_ASK,
        words.crisis("US").short,
        words("home.next", date=words.date(ON), time=words.time(FULL_HOME.next_time)),  # type: ignore[arg-type]
        ids.OPENED_PAUSE,
        words("home.my_asks"),
        words("home.promises"),
        ids.OPENED_PRACTICE,
        ids.OPENED_WHO_SEES,
        ids.OPENED_SETTINGS,
        ids.OPENED_WORK,
    )
    assert places == sorted(places)


def test_supervising_and_set_up_stand_behind_one_button(words: Words) -> None:
    mine = buttons(home(words, FULL_HOME))
    work = buttons(home(words, replace(FULL_HOME, showing="work")))
    assert WORK_ONLY.isdisjoint(mine)
    assert ids.OPENED_WORK in mine
    assert {ids.OPENED_MINE, ids.SET_UP_TEAM, ids.OPENED_ASKS_TO_ME} <= set(work)


def test_somebody_without_such_work_sees_no_such_button(words: Words) -> None:
    facts = replace(FULL_HOME, prompt=None, asks_to_me=0, is_admin=False)
    assert ids.OPENED_WORK not in buttons(home(words, facts))


def test_home_says_that_nobody_is_watching(words: Words) -> None:
    assert words("crisis.nobody_watches") in joined(home(words, HomeFacts(country="US")))


@pytest.mark.parametrize("reason", ["paused", "stopped", "quiet", "not_started", "no_team", "days_off"])
def test_where_no_check_in_comes_home_says_why(words: Words, reason: str) -> None:
    facts = replace(FULL_HOME, why_none=reason)  # type: ignore[arg-type]
    assert words(f"home.none_{reason}") in joined(home(words, facts))


def test_a_pause_with_an_end_names_it(words: Words) -> None:
    facts = replace(FULL_HOME, why_none="paused", paused=True, paused_until=ON)
    assert words("home.none_paused_until", date=words.date(ON)) in joined(home(words, facts))


def test_what_was_paused_or_stopped_can_be_taken_back_there(words: Words) -> None:
    paused = buttons(home(words, replace(FULL_HOME, why_none="paused", paused=True)))
    assert ids.RESUMED in paused
    assert ids.OPENED_PAUSE not in paused
    stopped = buttons(home(words, replace(FULL_HOME, why_none="stopped", stopped=True)))
    assert ids.UNDID_STOP in stopped
    assert {ids.STOPPED, ids.OPENED_PAUSE, ids.RESUMED}.isdisjoint(stopped)
    assert ids.RESUMED in buttons(home(words, replace(FULL_HOME, why_none="quiet")))


def test_somebody_on_no_team_has_crisis_help_but_nothing_to_pause(words: Words) -> None:
    found = buttons(home(words, HomeFacts(country="US", why_none="no_team")))
    assert ids.OPENED_CRISIS in found
    assert {ids.OPENED_ASK, ids.OPENED_PAUSE, ids.STOPPED}.isdisjoint(found)


def test_a_long_list_of_asks_and_promises_stays_within_35_blocks(words: Words) -> None:
    facts = replace(FULL_HOME, my_asks=ASKS * 9, promises=FULL_HOME.promises * 40)
    assert len(home(words, facts)["blocks"]) <= 35


def test_a_leaders_promise_is_dated_and_visible_to_all(words: Words) -> None:
    said = joined(home(words, replace(FULL_HOME, prompt=None, is_admin=False)))
    assert words("home.promise_text") in said
    assert words.date(ON) in said


def test_teams_with_the_same_promise_share_a_line_and_ones_own_comes_first(words: Words) -> None:
    mine, other = replace(FULL_HOME.promises[0], team="Sur"), replace(FULL_HOME.promises[0], team="Este")
    later = replace(mine, team="Oeste", promised_on=date(2027, 3, 1))
    said = joined(home(words, replace(FULL_HOME, team="Sur", promises=(later, other, mine))))
    facts = {"leader": "somebody", "told": words.date(ON)}
    lines = [
        words("home.promise_line", team="Sur, Este", date=words.date(ON), **facts),
        words("home.promise_line", team="Oeste", date=words.date(later.promised_on), **facts),
    ]
    assert "\n".join(lines) in said


def test_an_open_week_and_a_pause_are_named_beside_the_next_date(words: Words) -> None:
    facts = replace(FULL_HOME, this_week_is_open=True, paused=True, paused_until=ON)
    said = joined(home(words, facts))
    assert words("home.this_week", weekday=words.weekday(4), time=words.time(time(16))) in said
    assert words("home.none_paused_until", date=words.date(ON)) in said
    assert FULL_HOME.next_time
    assert words("home.next", date=words.date(ON), time=words.time(FULL_HOME.next_time)) in said
    assert words("home.this_week", weekday="", time="")[:12] not in joined(home(words, FULL_HOME))


def test_nothing_about_answers_or_who_answered_is_in_home() -> None:
    names = set(HomeFacts.__dataclass_fields__)
    assert not {name for name in names if "answer" in name or "score" in name or "participat" in name}


def test_becoming_an_admin_is_confirmed_first(words: Words) -> None:
    facts = replace(FULL_HOME, showing="work", is_admin=False, may_claim_admin=True)
    claim = buttons(home(words, facts))[ids.CLAIMED_ADMIN]
    assert claim["confirm"]["text"]["text"] == words("claim.sure")
    assert ids.CLAIMED_ADMIN not in buttons(home(words, replace(facts, is_admin=True)))


def test_crisis_lines_that_wait_for_a_look_are_named_to_admins_only(words: Words) -> None:
    waiting = replace(FULL_HOME, crisis_reviewed=False)
    line = words("home.crisis_not_reviewed")
    assert line in joined(home(words, replace(waiting, showing="work")))
    assert line not in joined(home(words, waiting))


def test_what_the_supervisor_sees_is_one_tap_away_for_whoever_is_on_a_team(words: Words) -> None:
    assert ids.OPENED_AS_SUPERVISOR in buttons(home(words, FULL_HOME))
    assert ids.OPENED_AS_SUPERVISOR not in buttons(home(words, replace(FULL_HOME, team=None)))


def test_where_home_is_can_be_said_in_a_message(words: Words) -> None:
    assert words("home.where") in joined(where_home_is(words))


@pytest.mark.parametrize("reason", list(Reason))
def test_why_this_week_has_none_stands_above_what_comes_next(words: Words, reason: Reason) -> None:
    shown = joined(home(words, replace(FULL_HOME, this_week=reason)))
    said = words("home.skipped", why=words(f"home.why_{reason.value}"))
    assert shown.index(said) < shown.index(words("home.next", date=words.date(ON), time=words.time(AT)))


@pytest.mark.parametrize(
    "reason", [Reason.PAUSED, Reason.STOPPED, Reason.QUIET, Reason.LEAVE, Reason.VACATION]
)
def test_a_reason_is_not_said_twice(words: Words, reason: Reason) -> None:
    facts = replace(FULL_HOME, this_week=reason, why_none=reason.value)
    assert words(f"home.why_{reason.value}") not in joined(home(words, facts))


def test_a_pause_that_runs_is_said_once_also_with_a_next_date(words: Words) -> None:
    facts = replace(FULL_HOME, this_week=Reason.PAUSED, paused=True, paused_until=ON)
    assert words("home.why_paused") not in joined(home(words, facts))


@pytest.mark.parametrize("reason", HELD_BACK)
def test_what_the_next_one_waits_for_is_said(words: Words, reason: Reason) -> None:
    shown = joined(home(words, replace(FULL_HOME, waits_for=reason)))
    assert words(f"home.waits_{reason.value}") in shown


def test_what_is_held_back_can_be_had_at_once(words: Words) -> None:
    assert ids.WANTED_NOW in buttons(home(words, replace(FULL_HOME, may_come_now=True)))
    assert ids.WANTED_NOW not in buttons(home(words, FULL_HOME))


def test_who_is_away_reads_until_when_and_comes_back_with_one_tap(words: Words) -> None:
    view = home(words, AWAY_HOME)
    assert words("home.away_until", date=words.date(ON)) in joined(view)
    assert ids.CAME_BACK in buttons(view)
    assert ids.CAME_BACK not in buttons(home(words, FULL_HOME))


def test_days_away_are_open_to_everybody_known_and_never_lie_open(words: Words) -> None:
    assert ids.OPENED_LEAVE in buttons(home(words, FULL_HOME))
    assert ids.OPENED_LEAVE in buttons(home(words, replace(FULL_HOME, team=None, why_none="no_team")))
    assert ids.OPENED_LEAVE in buttons(home(words, replace(FULL_HOME, stopped=True, why_none="stopped")))
    assert ids.OPENED_LEAVE not in buttons(home(words, HomeFacts(country="US", why_none="no_team")))
