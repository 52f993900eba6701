"""Say it with others, click by click: the same list for everybody, twice pressed, too late, or forged."""

from __future__ import annotations

import io
import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.blocks import ids
from bot.domain.checkins import State
from bot.domain.localtime import freeze_at
from bot.domain.raises import EVERY, PHRASES
from bot.sandbox import Person, View
from schedules.digests import open_periods
from storage import answers, raises, teams, workspaces
from tests.handlers.bodies import Body, click, filled, in_view
from tests.handlers.outages import database_away
from tests.handlers.test_no_trace import kept, written
from tests.handlers.world import ANA, BEN, BOTH, LUIS, NOW, OLGA, OTHERS, SOL, WEEK, World, text_of

__all__ = ["written"]

HOME = in_view(ids.VIEW_HOME, type="home")


@pytest.fixture(autouse=True)
def _running(world: World) -> None:
    """The first four weeks run."""
    while open_periods(world.stage.bot.setting, world.sandbox.team_id):
        pass


def ends_at(world: World) -> datetime:
    with world.stage.read() as tx:
        epoch_on = workspaces.get(tx).epoch_on
    assert epoch_on
    return freeze_at(epoch_on, 0)


def pressed(
    world: World, person: Person, action_id: str, value: str | None = None, place: Body | None = None
) -> View:
    """Press something on Home or at a place; the window on top afterwards."""
    inside = place is not None and "view" in place
    trigger_id = world.trigger(person, in_modal=inside)
    body = click(person.id, action_id, value, place=place or HOME, trigger_id=trigger_id)
    assert world.send(body).acked
    window = world.window(person)
    assert window
    return window


def opened(world: World, person: Person, place: Body | None = None) -> View:
    """The window that the button brings."""
    return pressed(world, person, ids.OPENED_RAISE, place=place)


def inside(window: View, metadata: object = None) -> Body:
    """A place in an open window."""
    return in_view(window.callback_id, metadata, id=window.id)


def closed(world: World, person: Person) -> None:
    window = world.window(person)
    assert window
    world.sandbox.close_view(person.id, window.id, everything=True)


def ticked(*phrases: str) -> Body:
    by_pillar = {
        ids.said(pillar): [one for one in listed if one in phrases] for pillar, listed in PHRASES.items()
    }
    return filled(**by_pillar)


def sends(world: World, person: Person, *phrases: str, period: object = 0) -> Any:
    return world.submit(person, ids.VIEW_RAISE, ticked(*phrases), {"period": period})


def takes_back(world: World, person: Person, phrase: str) -> str:
    """Press it in one's own list; what the window says then."""
    window = pressed(world, person, ids.OPENED_RAISED)
    shown = pressed(world, person, ids.WITHDREW_RAISE, phrase, inside(window, {"period": 0}))
    closed(world, person)
    return text_of(shown)


def own(world: World, person: Person, period: int = 0) -> frozenset[str]:
    with world.stage.read() as tx:
        return raises.own(tx, world.ref(person), period)


# The same list for everybody


def test_from_home_and_from_the_options_the_very_same_list_opens_whatever_was_answered(world: World) -> None:
    """Hal answered the heaviest and has said things already; Ben did neither."""
    hal = OTHERS[0]
    card = world.card(hal, state=State.ANSWERED)
    with world.begin() as tx:
        answers.save(tx, world.ref(hal), WEEK, {"qC1": 5, "qI03": 5})
    sends(world, hal, "hours", "asked")
    options = pressed(world, hal, ids.OPENED_OPTIONS, str(WEEK), card)
    from_options = opened(world, hal, inside(options, {"week": WEEK}))
    from_home = opened(world, BEN)
    assert from_options.id != options.id
    assert text_of(from_options) == text_of(from_home)
    assert from_options.title == from_home.title


def test_nothing_in_it_is_ticked_for_who_has_said_things_before(world: World) -> None:
    sends(world, BEN, *EVERY)
    shown = json.dumps(opened(world, BEN).blocks)
    assert "initial_option" not in shown
    assert all(f'"value": "{phrase}"' in shown for phrase in EVERY)


def test_it_says_the_group_s_number_who_reads_it_and_until_when_where_the_person_is(world: World) -> None:
    """Nine count; Luis supervises, Olga leads. Ana is in Chicago and reads Spanish, Ben in New York."""
    for person, parts in (
        (BEN, ("at least 3 people choose it", "February 6, 7:00 PM")),
        (ANA, ("al menos 3 personas la eligen", "6 de febrero, a las 18:00")),
    ):
        said = text_of(opened(world, person))
        for part in (*parts, f"<@{LUIS.id}>", f"<@{OLGA.id}>"):
            assert part in said


# Saying, seeing, taking back


@pytest.mark.parametrize("database", BOTH, indirect=True)
def test_what_is_sent_is_kept_together_with_what_stood_before(world: World) -> None:
    first = sends(world, BEN, "hours", "asked")
    assert world.words(BEN)("raise.mine_noted") in text_of(first.view["blocks"])
    sends(world, BEN, "fair", "hours")
    assert own(world, BEN) == {"hours", "asked", "fair"}


def test_sent_twice_is_one_choice(world: World) -> None:
    for _ in range(2):
        assert sends(world, BEN, "hours").acked
    assert own(world, BEN) == {"hours"}
    assert len(world.rows()["raises"]) == 1


def test_one_s_own_list_shows_what_one_chose_and_takes_it_back_at_once(world: World) -> None:
    sends(world, BEN, "hours", "asked")
    words = world.words(BEN)
    shown = text_of(pressed(world, BEN, ids.OPENED_RAISED))
    closed(world, BEN)
    for part in (words.phrase("hours"), words.phrase("asked"), words("raise.only_you")):
        assert part in shown
    said = takes_back(world, BEN, "hours")
    assert words("raise.mine_taken_back") in said
    assert words.phrase("hours") not in said
    assert own(world, BEN) == {"asked"}


def test_taking_back_twice_says_the_same(world: World) -> None:
    sends(world, BEN, "hours", "asked")
    assert takes_back(world, BEN, "hours") == takes_back(world, BEN, "hours")
    assert own(world, BEN) == {"asked"}


def test_somebody_else_s_choices_stay_as_they_are(world: World) -> None:
    sends(world, BEN, "hours")
    sends(world, ANA, "hours")
    takes_back(world, ANA, "hours")
    assert own(world, BEN) == {"hours"}


def test_nothing_ticked_is_said_beside_the_lines_and_keeps_nothing(world: World) -> None:
    answer = sends(world, BEN)
    assert list(answer.errors.values()) == [world.words(BEN)("raise.nothing_ticked")]
    assert world.rows()["raises"] == []


# Stale, forged, too late


@pytest.mark.parametrize("period", [1, 99])
def test_a_window_of_other_weeks_keeps_nothing_and_says_so(world: World, period: int) -> None:
    said = text_of(sends(world, BEN, "hours", period=period).view["blocks"])
    assert world.words(BEN)("raise.too_late") in said
    assert world.rows()["raises"] == []


def test_after_the_freeze_nothing_is_added_or_taken_back(world: World) -> None:
    sends(world, BEN, "hours")
    window, words = pressed(world, BEN, ids.OPENED_RAISED), world.words(BEN)
    world.stage.clock.move_to(ends_at(world))
    assert words("raise.too_late") in text_of(sends(world, BEN, "fair").view["blocks"])
    said = pressed(world, BEN, ids.WITHDREW_RAISE, "hours", inside(window, {"period": 0}))
    assert words("raise.too_late_to_withdraw") in text_of(said)
    assert own(world, BEN) == {"hours"}


def test_a_moment_before_the_freeze_it_is(world: World) -> None:
    world.stage.clock.move_to(ends_at(world) - timedelta(seconds=1))
    sends(world, BEN, "hours")
    assert own(world, BEN) == {"hours"}


@pytest.mark.parametrize("forged", ["", "qC1", "HOURS", "hours;drop", "ñ" * 40])
def test_a_line_that_the_list_does_not_have_is_refused_and_the_rest_with_it(
    world: World, forged: str
) -> None:
    values = filled(**{ids.said("workload"): ["hours", forged]})
    assert world.submit(BEN, ids.VIEW_RAISE, values, {"period": 0}).acked
    assert world.rows()["raises"] == []
    sends(world, BEN, "hours")
    place = in_view(ids.VIEW_RAISED, {"period": 0})
    assert world.send(click(BEN.id, ids.WITHDREW_RAISE, forged, place=place)).acked
    assert own(world, BEN) == {"hours"}


@pytest.mark.parametrize("metadata", [None, {}, {"period": "x"}, {"period": -1}, {"period": None}, [1]])
def test_a_window_without_its_period_keeps_nothing(world: World, metadata: object) -> None:
    assert world.submit(BEN, ids.VIEW_RAISE, ticked("hours"), metadata).acked
    assert world.rows()["raises"] == []


def test_who_has_no_part_here_hears_so(world: World) -> None:
    body = click(SOL.id, ids.OPENED_RAISE, place=world.last(SOL), trigger_id=world.trigger(SOL))
    assert world.send(body).acked
    assert world.window(SOL) is None
    assert world.words(SOL)("sorry.unknown_person") in text_of(world.whispers(SOL)[-1])
    assert sends(world, SOL, "hours").acked
    assert world.rows()["raises"] == []


@pytest.mark.parametrize("person", [LUIS, OLGA], ids=["supervisor", "leader"])
def test_who_reads_the_line_cannot_choose_for_it(world: World, person: Person) -> None:
    with world.begin() as tx:
        teams.join(tx, teams.list_teams(tx)[0].team_id, world.ref(person), NOW)
    why = world.words(person)("raise.closed_reader", roster_min=8, date="")
    assert why in text_of(opened(world, person))
    assert why in text_of(sends(world, person, "hours").view["blocks"])
    assert world.rows()["raises"] == []


def test_with_the_database_away_nothing_is_lost_that_was_ticked(world: World) -> None:
    with database_away(world):
        answer = sends(world, BEN, "hours")
    assert answer.payload["response_action"] == "errors"


# No trace


def test_no_message_is_sent_and_no_other_row_changes(world: World) -> None:
    methods = ("chat.postMessage", "chat.update", "chat.postEphemeral", "views.publish")
    before, calls = world.rows("raises", "person_keys"), len(world.calls(*methods))
    sends(world, BEN, "hours")
    takes_back(world, BEN, "hours")
    sends(world, BEN, "asked")
    assert world.rows("raises", "person_keys") == before
    assert len(world.calls(*methods)) == calls


def test_which_line_it_was_stands_in_no_log_and_no_file(world: World, written: io.StringIO) -> None:
    sends(world, BEN, "languages")
    takes_back(world, BEN, "languages")
    sends(world, BEN, "languages")
    world.submit(BEN, ids.VIEW_RAISE, ticked("languages"), {"period": "x"})
    assert "malformed act action=raise" in written.getvalue()
    assert "languages" not in written.getvalue()
    assert world.words(BEN).phrase("languages") not in written.getvalue()
    assert b"languages" not in kept(world)
