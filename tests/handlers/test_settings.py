"""A person's own choices, one payload at a time."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

import pytest

from bot.blocks import ids
from bot.domain.members import Length, Preferences
from tests.handlers.bodies import Body, chosen, command, filled, in_view, on_message
from tests.handlers.world import ANA, BEN, BOTH, ELSEWHERE, EVA, SOL, World, text_of
from tests.storage.at_once import at_once


def wishes(**other: Any) -> Body:
    usual = {
        ids.DAY: "1",
        ids.HOUR: "09:30",
        ids.LENGTH: "longer",
        ids.LANGUAGE: "es",
        ids.ITEMS_OFF: ["qI02"],
        ids.REMOTE: ["remote"],
    }
    return filled(**{name: value for name, value in {**usual, **other}.items() if value != "absent"})


# ---- settings


@pytest.mark.parametrize("database", BOTH, indirect=True)
def test_what_was_saved_holds_at_once(world: World) -> None:
    told = world.submit(BEN, ids.VIEW_SETTINGS, wishes())
    assert "9:30" in text_of(told.view["blocks"])
    assert world.choices(BEN) == Preferences(
        weekday=1,
        local_time=time(9, 30),
        length=Length.LONGER,
        language="es",
        items_off=frozenset({"qI02"}),
        remote=True,
    )


def test_a_small_groups_form_has_no_length_and_changes_none(world: World) -> None:
    world.submit(BEN, ids.VIEW_SETTINGS, wishes())
    absent = {ids.LENGTH: "absent", ids.ITEMS_OFF: "absent", ids.REMOTE: "absent"}
    world.submit(BEN, ids.VIEW_SETTINGS, wishes(**absent, **{ids.DAY: "0"}))
    assert world.choices(BEN).weekday == 0
    assert world.choices(BEN).length is Length.LONGER
    assert world.choices(BEN).remote


ODD: dict[str, tuple[Any, ...]] = {
    ids.DAY: ("-1", "5", "6", "7", "٣", " 1", "1_0", "", "monday", None, ["1"]),
    ids.HOUR: ("25:00", "9", "", "morning", None, ["09:30"]),
    ids.LENGTH: ("none", "LONGER", None, ""),
    ids.LANGUAGE: ("xx", "", "ES", "../en", None),
    ids.ITEMS_OFF: ("qI02",),
    ids.REMOTE: ("remote",),
}


def test_what_no_settings_form_offers_is_not_kept_and_the_form_stays(world: World) -> None:
    for field, value in ((field, value) for field, values in ODD.items() for value in values):
        told = world.submit(ANA, ids.VIEW_SETTINGS, wishes(**{field: value}))
        assert list(told.errors) == [ids.DAY], (field, value)
        assert "No pude leer eso" in told.errors[ids.DAY]
    assert world.choices(ANA) == Preferences()


NEVER = (
    ("0", "12:00"),
    ("0", "13:30"),
    ("0", "08:30"),
    ("0", "17:00"),
    ("4", "14:00"),
    ("2", "10:00:00.5"),
    ("2", "10:00+02:00"),
)


def test_an_hour_at_which_nothing_comes_is_said_at_its_field(world: World) -> None:
    for day, hour in NEVER:
        told = world.submit(BEN, ids.VIEW_SETTINGS, wishes(**{ids.DAY: day, ids.HOUR: hour}))
        assert list(told.errors) == [ids.HOUR], (day, hour)
    assert world.choices(BEN) == Preferences()


def test_questions_that_cannot_be_left_out_are_asked(world: World) -> None:
    world.submit(BEN, ids.VIEW_SETTINGS, wishes(**{ids.ITEMS_OFF: ["qC1", "qI02", "nonsense"]}))
    assert world.choices(BEN).items_off == frozenset({"qI02"})


def test_the_chosen_language_is_spoken_from_the_next_screen_on(world: World) -> None:
    told = world.submit(ANA, ids.VIEW_SETTINGS, wishes(**{ids.LANGUAGE: "en"}))
    assert "Tuesday" in text_of(told.view["blocks"])
    home = world.sandbox.home(ANA.id)
    assert "Settings" in text_of(home)
    assert "If you need help now" in text_of(world.send(command(ANA.id, "ayuda")).payload["blocks"])


# ---- pause, stop, come back


def test_a_pause_lasts_to_the_beginning_of_the_day_that_was_chosen(world: World) -> None:
    for weeks, until in (
        ("1", datetime(2027, 1, 27, 5, tzinfo=UTC)),
        ("2", datetime(2027, 2, 3, 5, tzinfo=UTC)),
        ("4", datetime(2027, 2, 17, 5, tzinfo=UTC)),
        (ids.PAUSE_OPEN_END, None),
    ):
        world.submit(BEN, ids.VIEW_PAUSE, filled(**{ids.PAUSE_FOR: weeks}))
        assert (world.choices(BEN).paused, world.choices(BEN).paused_until) == (True, until)


def test_a_pause_no_form_offers_is_none(world: World) -> None:
    for weeks in ("3", "0", "-1", "999", "٢", None, ["1"]):
        told = world.submit(ANA, ids.VIEW_PAUSE, filled(**{ids.PAUSE_FOR: weeks}))
        assert list(told.errors) == [ids.PAUSE_FOR]
    assert not world.choices(ANA).paused


def test_stop_holds_at_once_and_can_be_undone(world: World) -> None:
    world.send(chosen(ANA.id, ids.CARD_MENU, ids.MENU_STOP) | on_message(world.sandbox.dm_id(ANA.id)))
    assert world.choices(ANA).stopped
    assert ids.UNDID_STOP in text_of(world.whispers(ANA)[-1])
    world.tap(ANA, ids.UNDID_STOP)
    assert not world.choices(ANA).stopped


def test_stop_is_told_to_nobody(world: World) -> None:
    before, outbox = len(world.calls()), world.rows()["outbox"]
    world.send(command(ANA.id, "parar"))
    later = world.calls()[before:]
    assert {call.method for call in later} <= {"users.info", "views.publish"}
    assert {call.args.get("user_id", call.args.get("user")) for call in later} == {ANA.id}
    assert world.rows()["outbox"] == outbox


def test_stop_from_home_shows_a_window_with_the_undo(world: World) -> None:
    home = in_view(ids.VIEW_HOME, type="home")
    world.tap(BEN, ids.STOPPED, place=home)
    window = world.window(BEN)
    assert window
    assert ids.UNDID_STOP in text_of(window)
    undo = in_view(ids.VIEW_NOTICE, id=window.id)
    world.tap(BEN, ids.UNDID_STOP, place=undo)
    turned = world.window(BEN)
    assert turned
    assert turned.id == window.id
    assert ids.UNDID_STOP not in text_of(turned)
    assert not world.choices(BEN).stopped


def test_a_button_pressed_where_the_bot_may_not_post_still_shows_what_it_did(world: World) -> None:
    """The menu of /choir stands in any channel."""
    place = on_message(ELSEWHERE, ephemeral=True)
    world.tap(BEN, ids.STOPPED, place=place)
    window = world.window(BEN)
    assert world.choices(BEN).stopped
    assert window
    assert ids.UNDID_STOP in text_of(window)


@pytest.mark.parametrize("database", BOTH, indirect=True)
def test_stop_and_undo_at_once_end_as_one_of_them(world: World) -> None:
    place = world.card(BEN)
    taps = [lambda one=one: world.tap(BEN, one, place=place) for one in (ids.STOPPED, ids.UNDID_STOP) * 3]
    at_once(*taps)
    assert len(world.rows()["preferences"]) == 1


def test_the_menus_entries_open_what_they_name(world: World) -> None:
    for entry, callback_id in (
        (ids.MENU_PAUSE, ids.VIEW_PAUSE),
        (ids.MENU_DAY, ids.VIEW_SETTINGS),
        (ids.MENU_LENGTH, ids.VIEW_SETTINGS),
        (ids.MENU_LANGUAGE, ids.VIEW_SETTINGS),
    ):
        body = chosen(BEN.id, ids.CARD_MENU, entry)
        world.send(body | {"trigger_id": world.trigger(BEN)})
        window = world.window(BEN)
        assert window
        assert window.callback_id == callback_id


def test_a_word_after_the_command_opens_the_same(world: World) -> None:
    for said, callback_id in (
        ("pausa", ids.VIEW_PAUSE),
        ("Configuración", ids.VIEW_SETTINGS),
        ("quien ve que", ids.VIEW_WHO_SEES),
        ("pedir", ids.VIEW_ASK),
    ):
        world.send(command(ANA.id, said, ELSEWHERE) | {"trigger_id": world.trigger(ANA)})
        window = world.window(ANA)
        assert window
        assert window.callback_id == callback_id


# ---- whoever has no part here


def test_a_stranger_changes_nothing_and_is_told_in_their_language(world: World) -> None:
    before = world.rows()
    said = [
        world.send(command(SOL.id, "parar", ELSEWHERE)).payload["blocks"],
        world.submit(SOL, ids.VIEW_SETTINGS, wishes()).view["blocks"],
        world.submit(SOL, ids.VIEW_PAUSE, filled(**{ids.PAUSE_FOR: "1"})).view["blocks"],
    ]
    assert world.rows() == before
    assert all(
        "todavía no está en un equipo" in text_of(blocks) and "988" in text_of(blocks) for blocks in said
    )


def test_somebody_in_charge_without_a_team_of_their_own_may_choose_a_language(world: World) -> None:
    told = world.submit(EVA, ids.VIEW_SETTINGS, wishes(**{ids.LENGTH: "absent"}))
    assert "martes" in text_of(told.view["blocks"])
    assert world.choices(EVA).language == "es"


# ---- the first message


def test_accepting_twice_is_accepting_once(world: World) -> None:
    place = world.card(ANA)
    for _ in range(2):
        world.tap(ANA, ids.ACCEPTED_TERMS, place=place)
    assert world.choices(ANA).accepted
    assert len(world.rows()["preferences"]) == 1


def test_a_language_that_is_not_on_is_not_chosen(world: World) -> None:
    place = world.card(ANA)
    for language in ("xx", "", "EN", "en-US", None):
        world.tap(ANA, ids.CHOSE_LANGUAGE, language, place=place)
        assert "No pude leer eso" in text_of(world.whispers(ANA)[-1])
    assert world.choices(ANA).language is None


def test_an_unknown_practice_is_said_kindly(world: World) -> None:
    for key in ("PR99", "", "../PR01", None):
        world.tap(ANA, ids.OPENED_PRACTICE, key, place=on_message(world.sandbox.dm_id(ANA.id)))
        assert "No pude leer eso" in text_of(world.whispers(ANA)[-1])
    assert world.window(ANA) is None
