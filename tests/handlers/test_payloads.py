"""What somebody did, read out of Slack's dictionaries; anything of another shape raises Malformed alone."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.blocks import ids
from handlers.payloads import LOOKED_AT, Malformed, act_from, event_from, query_of
from tests.handlers.bodies import (
    DM,
    TS,
    WORKSPACE,
    Body,
    chosen,
    click,
    command,
    event,
    filled,
    in_view,
    interaction,
    on_message,
    shortcut,
    submission,
    typed,
)

ANA = "U0ANA0001"
ANSWERED = submission(ANA, ids.VIEW_CHECKIN, filled(answer_qC1="4"), {"week": 3})
PRESSED = click(ANA, ids.STARTED, "3")
SUGGESTED = interaction(
    "block_suggestion", ANA, action_id=ids.ZONE, block_id=ids.ZONE, value="den", **in_view(ids.VIEW_TEAM)
)
ACTS = (
    ANSWERED,
    PRESSED,
    SUGGESTED,
    chosen(ANA, ids.CARD_MENU, ids.MENU_STOP),
    command(ANA, "pausa"),
    shortcut(ANA, ids.SHORTCUT_ASK),
    click(ANA, ids.OPENED_WORK, place=in_view(ids.VIEW_HOME, type="home")),
)
EVENTS = (
    typed("Ev1", ANA, "hola"),
    event("Ev2", "user_change", user={"id": ANA, "tz": "America/Denver"}),
    event("Ev3", "app_home_opened", user=ANA, tab="home", channel=DM),
    event("Ev4", "app_uninstalled"),
)


# ---- what is read


def test_a_button_on_a_message_says_who_pressed_what_where() -> None:
    act = act_from(PRESSED)
    assert (act.workspace, act.user_id, act.action, act.value) == (WORKSPACE, ANA, ids.STARTED, "3")
    assert (act.channel, act.ts, act.view_id, act.trigger_id) == (DM, TS, None, "1.1")
    assert act.number() == 3
    assert not act.in_modal


def test_a_button_without_a_value_has_an_empty_one() -> None:
    assert act_from(click(ANA, ids.OPENED_ASK)).value == ""


def test_a_choice_in_a_menu_is_its_options_value() -> None:
    assert act_from(chosen(ANA, ids.CARD_MENU, ids.MENU_PAUSE)).value == ids.MENU_PAUSE


def test_a_submitted_form_says_its_values_and_what_it_carried() -> None:
    act = act_from(ANSWERED)
    assert act.action == ids.VIEW_CHECKIN
    assert act.values == {"answer_qC1": "4"}
    assert act.blocks == ("answer_qC1",)
    assert act.fact_number("week") == 3
    assert act.in_modal


def test_home_is_no_window() -> None:
    act = act_from(click(ANA, ids.OPENED_WORK, place=in_view(ids.VIEW_HOME, type="home")))
    assert act.on_home
    assert not act.in_modal


def test_a_command_says_what_was_typed_and_where() -> None:
    act = act_from(command(ANA, "  Ayuda ", "C0ANY"))
    assert (act.action, act.value, act.channel, act.user_id) == ("/choir", "  Ayuda ", "C0ANY", ANA)


def test_a_shortcut_has_no_place() -> None:
    act = act_from(shortcut(ANA, ids.SHORTCUT_ASK))
    assert (act.action, act.channel, act.view_id) == (ids.SHORTCUT_ASK, None, None)


@pytest.mark.parametrize(
    ("element", "value"),
    [
        ({"type": "plain_text_input", "value": "Norte"}, "Norte"),
        ({"type": "plain_text_input", "value": None}, None),
        ({"type": "static_select", "selected_option": {"value": "2"}}, "2"),
        ({"type": "external_select", "selected_option": {"value": "America/Denver"}}, "America/Denver"),
        ({"type": "radio_buttons", "selected_option": None}, None),
        ({"type": "datepicker", "selected_date": "2026-12-02"}, "2026-12-02"),
        ({"type": "timepicker", "selected_time": "10:30"}, "10:30"),
        ({"type": "users_select", "selected_user": "U0LUIS"}, "U0LUIS"),
        ({"type": "conversations_select", "selected_conversation": "C0NORTE"}, "C0NORTE"),
        ({"type": "channels_select", "selected_channel": "C0NORTE"}, "C0NORTE"),
        ({"type": "checkboxes", "selected_options": []}, ()),
        ({"type": "checkboxes", "selected_options": [{"value": "yes"}]}, ("yes",)),
        ({"type": "multi_static_select", "selected_options": [{"value": "a"}, {"value": "b"}]}, ("a", "b")),
        ({"type": "multi_users_select", "selected_users": ["U0ANA", "U0LUIS"]}, ("U0ANA", "U0LUIS")),
        ({"type": "multi_users_select", "selected_users": None}, ()),
    ],
)
def test_every_kind_of_input_is_read(element: Body, value: object) -> None:
    assert act_from(submission(ANA, "any", filled(field=element))).values == {"field": value}


def test_an_event_says_who_and_what() -> None:
    found = event_from(typed("Ev1", ANA, "hola"))
    assert (found.event_id, found.kind, found.user_id, found.text) == ("Ev1", "message", ANA, "hola")
    assert (found.channel, found.subtype, found.bot) == (DM, None, False)


def test_an_event_about_somebody_carries_what_slack_says_of_them() -> None:
    found = event_from(event("Ev2", "user_change", user={"id": ANA, "tz": "America/Denver"}))
    assert found.user_id == ANA
    assert found.user
    assert found.user["tz"] == "America/Denver"


def test_of_a_long_message_or_command_the_beginning_is_read() -> None:
    """People in need write a lot; they get an answer all the same."""
    long = "ayuda " + "x" * 40_000
    assert event_from(typed("Ev1", ANA, long)).text == long[:LOOKED_AT]
    assert act_from(command(ANA, long)).value == long[:LOOKED_AT]


def test_what_was_chosen_and_typed_shows_in_no_repr() -> None:
    words = "llorando"
    values = {"b": {"a": {"type": "plain_text_input", "value": words}}}
    act = act_from(submission(ANA, "any", values, {"week": words}))
    assert words not in repr(act)
    assert words not in repr(act_from(command(ANA, words)))
    assert words not in repr(event_from(typed("Ev1", ANA, words)))


# ---- what is refused


@pytest.mark.parametrize(
    "value", ["-1", "1000000000", "", " 3", "3.0", "٣", "²", "1_0", "0x3", "three", "3" * 3000]
)
def test_a_week_is_a_short_row_of_ascii_digits(value: str) -> None:
    with pytest.raises(Malformed):
        act_from(click(ANA, ids.STARTED, value)).number()


@pytest.mark.parametrize(
    "metadata",
    [
        "week=3",
        "[3]",
        "3",
        "null",
        '"3"',
        "[" * 2_900,
        '{"week":' * 400,
        "{",
        '{"week": ' + "9" * 5_000 + "}",
    ],
)
def test_what_a_form_carries_is_one_flat_object(metadata: str) -> None:
    body = submission(ANA, ids.VIEW_CHECKIN)
    body["view"]["private_metadata"] = metadata
    with pytest.raises(Malformed):
        act_from(body).fact_number("week")


@pytest.mark.parametrize("metadata", [["week"], {"week": 3}, 3, True])
def test_what_a_form_carries_is_text(metadata: object) -> None:
    body = submission(ANA, ids.VIEW_CHECKIN)
    body["view"]["private_metadata"] = metadata
    with pytest.raises(Malformed):
        act_from(body)


@pytest.mark.parametrize("week", [-1, 1.5, None, [3], {"w": 3}, True, "３", "", "9" * 10])
def test_a_carried_week_is_a_number(week: object) -> None:
    with pytest.raises(Malformed):
        act_from(submission(ANA, ids.VIEW_CHECKIN, metadata={"week": week})).fact_number("week")


def test_one_where_several_stand_and_several_where_one_stands_are_refused() -> None:
    act = act_from(submission(ANA, "any", filled(one="1", many=["1", "2"])))
    with pytest.raises(Malformed):
        act.one("many")
    with pytest.raises(Malformed):
        act.several("one")
    with pytest.raises(Malformed):
        act.needed("nothing")
    assert act.one("nothing") is None
    assert act.several("nothing") == ()


@pytest.mark.parametrize("text", ["x" * 3_001, "a\0b", "\ud800", 7, ["a"], {"a": 1}])
def test_a_value_that_no_input_of_slack_gives_is_refused(text: object) -> None:
    with pytest.raises(Malformed):
        act_from(submission(ANA, "any", filled(name={"type": "plain_text_input", "value": text})))


@pytest.mark.parametrize("users", ["U0ANA", {"U0ANA": 1}, [7], [["U0ANA"]]])
def test_several_people_come_as_a_list_of_ids(users: object) -> None:
    with pytest.raises(Malformed):
        act_from(submission(ANA, "any", filled(who={"type": "multi_users_select", "selected_users": users})))


def test_a_place_that_is_no_id_is_refused() -> None:
    for place in (on_message(channel=["C1"]), on_message(ts=7), {"view": {"id": 5}}):  # type: ignore[arg-type]
        with pytest.raises(Malformed):
            act_from(click(ANA, ids.STARTED, "3", place=place))


# ---- whatever else may come

JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just("x" * 4_000),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def paths(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place inside a payload."""
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [path, *(found for key, value in inner for found in paths(value, (*path, key)))]


def spoilt(body: Body, path: tuple[Any, ...], junk: object, *, gone: bool) -> Any:
    """A copy in which one thing is something else, or missing."""
    if not path:
        return junk
    copy = json.loads(json.dumps(body))
    place = copy
    for step in path[:-1]:
        place = place[step]
    if gone:
        del place[path[-1]]
    else:
        place[path[-1]] = junk
    return copy


def one_of_the_places(bodies: tuple[Body, ...]) -> st.SearchStrategy[tuple[Body, tuple[Any, ...]]]:
    return st.sampled_from([(body, path) for body in bodies for path in paths(body)])


@given(one_of_the_places(ACTS), JUNK, st.booleans())
def test_a_spoilt_act_is_read_or_malformed(
    place: tuple[Body, tuple[Any, ...]], junk: object, gone: bool
) -> None:
    body = spoilt(*place, junk, gone=gone)
    with suppress(Malformed):
        query_of(body)
    try:
        act = act_from(body)
    except Malformed:
        return
    assert isinstance(act.user_id, str)
    assert all(isinstance(part, str | None) for part in (act.channel, act.ts, act.view_id, act.trigger_id))
    for read in (act.number, lambda: act.fact("week"), lambda: act.needed("answer_qC1")):
        with suppress(Malformed):
            read()


@given(one_of_the_places(EVENTS), JUNK, st.booleans())
def test_a_spoilt_event_is_read_or_malformed(
    place: tuple[Body, tuple[Any, ...]], junk: object, gone: bool
) -> None:
    try:
        found = event_from(spoilt(*place, junk, gone=gone))
    except Malformed:
        return
    assert isinstance(found.text, str)
    assert all(isinstance(part, str | None) for part in (found.user_id, found.channel, found.subtype))


@given(JUNK)
def test_anything_at_all_is_read_or_malformed(junk: Any) -> None:
    for read in (act_from, event_from):
        with pytest.raises(Malformed):
            read(junk)
