"""What Slack accepts as blocks and views, and how it says no."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.blocks import (
    BLOCKS,
    ELEMENTS,
    IN_ACTIONS,
    IN_INPUT,
    IN_SECTION,
    ON_SURFACE,
    check_message,
    check_view,
    elements,
    name_parts,
)
from bot.sandbox.refusals import Refused
from tests.sandbox.world import (
    Json,
    actions,
    button,
    home,
    modal,
    mrkdwn,
    options,
    plain,
    question,
    radio,
    section,
    written,
)


def refusal_of(check: Callable[[], None]) -> tuple[str, list[str]]:
    with pytest.raises(Refused) as caught:
        check()
    return caught.value.code, list(caught.value.messages)


SELECT = {"type": "static_select", "action_id": "s", "options": options("1", "2")}
BOXES = {"type": "checkboxes", "action_id": "c", "options": options("1", "2")}
OVERFLOW = {"type": "overflow", "action_id": "o", "options": options("1", "2")}
IMAGE = {"type": "image", "image_url": "https://example.org/a.png", "alt_text": "A"}
CHART = {
    "type": "data_visualization",
    "title": "Weeks",
    "chart": {
        "type": "line",
        "series": [{"name": "Team", "data": [{"label": "1", "value": 2}]}],
        "axis_config": {"categories": ["1"]},
    },
}


@pytest.mark.parametrize(
    "block",
    [
        section(),
        section(accessory=button()),
        section(accessory=OVERFLOW),
        section(accessory=IMAGE),
        {"type": "section", "fields": [mrkdwn("a"), plain("b")]},
        {"type": "header", "text": plain("Title")},
        {"type": "divider"},
        {"type": "context", "elements": [mrkdwn("a"), IMAGE]},
        actions(button(), SELECT, BOXES, radio("r")),
        actions(button(style="primary", value="v", accessibility_label="Go on")),
        IMAGE,
        CHART,
        {"type": "markdown", "text": "**a**"},
    ],
)
def test_a_message_takes_a_sound_block(block: Json) -> None:
    check_message([block])


@pytest.mark.parametrize(
    "element",
    [
        radio(),
        radio(initial_option=options("1")[0]),
        BOXES,
        SELECT,
        {"type": "multi_static_select", "action_id": "m", "options": options("1")},
        {"type": "external_select", "action_id": "e", "min_query_length": 0},
        {"type": "users_select", "action_id": "u"},
        {"type": "multi_users_select", "action_id": "u", "max_selected_items": 5},
        {"type": "channels_select", "action_id": "h"},
        {"type": "conversations_select", "action_id": "h", "filter": {"include": ["public", "private"]}},
        {"type": "datepicker", "action_id": "d", "initial_date": "2026-12-02"},
        {"type": "timepicker", "action_id": "d", "initial_time": "09:30"},
        {"type": "datetimepicker", "action_id": "d", "initial_date_time": 1_764_000_000},
        written(multiline=True, max_length=3000),
        {"type": "number_input", "action_id": "n", "is_decimal_allowed": False, "min_value": "1"},
        {"type": "email_text_input", "action_id": "n"},
        {"type": "url_text_input", "action_id": "n"},
    ],
)
def test_a_modal_takes_a_sound_input(element: Json) -> None:
    check_view(modal(question(element)), "modal")


# block, what Slack says of it, at which pointer below the block
WRONG: list[tuple[Json, str, str]] = [
    ({"type": "sections"}, "unsupported type: sections", "/type"),
    ({}, "missing required field: type", ""),
    ({"type": "section"}, "must define either `text` or `fields`", ""),
    (section("x", fields=[]), "no fewer than 1 items allowed", "/fields"),
    (section(""), "must be more than 0 characters", "/text/text"),
    (section(colour="red"), "invalid additional property: colour", ""),
    (section(accessory=written()), "unsupported type: plain_text_input", "/accessory/type"),
    ({"type": "section", "text": {"text": "a"}}, "missing required field: type", "/text"),
    (
        {"type": "section", "text": mrkdwn("a") | {"emoji": True}},
        "invalid additional property: emoji",
        "/text",
    ),
    ({"type": "header", "text": mrkdwn("a")}, "unsupported type: mrkdwn", "/text/type"),
    ({"type": "header"}, "missing required field: text", ""),
    ({"type": "context", "elements": []}, "no fewer than 1 items allowed", "/elements"),
    (actions(), "no fewer than 1 items allowed", "/elements"),
    (actions(written()), "unsupported type: plain_text_input", "/elements/0/type"),
    (actions(button(), button()), "`action_id` go already exists in this block", "/elements"),
    (actions(button(style="loud")), "must be a valid enum value: primary, danger", "/elements/0/style"),
    (actions(button(value=3)), "must provide a string", "/elements/0/value"),
    (actions({"type": "button", "text": mrkdwn("a")}), "unsupported type: mrkdwn", "/elements/0/text/type"),
    (
        actions(button(confirm={part: plain("a") for part in ("title", "confirm", "deny")})),
        "missing required field: text",
        "/elements/0/confirm",
    ),
    (actions({**SELECT, "options": []}), "no fewer than 1 items allowed", "/elements/0/options"),
    (
        actions({**SELECT, "option_groups": [{"label": plain("a"), "options": options("9")}]}),
        "must define either `options` or `option_groups`, and not both",
        "/elements/0",
    ),
    (
        actions({**SELECT, "initial_option": options("9")[0]}),
        "must match one of the provided options",
        "/elements/0/initial_option",
    ),
    (
        actions({**BOXES, "initial_options": options("9")}),
        "must match one of the provided options",
        "/elements/0/initial_options",
    ),
    (
        actions({**SELECT, "options": options("1", "1")}),
        "option values must be unique",
        "/elements/0/options",
    ),
    (
        actions({**SELECT, "options": [{"text": mrkdwn("a"), "value": "1"}]}),
        "unsupported type: mrkdwn",
        "/elements/0/options/0/text/type",
    ),
    (
        actions({**SELECT, "options": [options("1")[0] | {"url": "https://example.org"}]}),
        "invalid additional property: url",
        "/elements/0/options/0",
    ),
    ({**IMAGE, "alt_text": ""}, "must be more than 0 characters", "/alt_text"),
    (
        {"type": "image", "alt_text": "A"},
        "must define either `image_url` or `slack_file`, and not both",
        "",
    ),
    ({**CHART, "chart": {"type": "donut"}}, "unsupported type: donut", "/chart/type"),
    (question(radio()), "unsupported type: input", "/type"),
    ({"type": "alert", "text": plain("a")}, "unsupported type: alert", "/type"),
]


@pytest.mark.parametrize(("block", "what", "where"), WRONG)
def test_a_message_refuses_a_wrong_block_and_names_the_place(block: Json, what: str, where: str) -> None:
    code, messages = refusal_of(lambda: check_message([section(), block]))
    assert (code, messages) == ("invalid_blocks", [f"[ERROR] {what} [json-pointer:/blocks/1{where}]"])


@pytest.mark.parametrize("blocks", [{}, "hello", [3], [[section()]]])
def test_what_is_no_list_of_blocks_is_refused(blocks: Any) -> None:
    assert refusal_of(lambda: check_message(blocks))[0] == "invalid_blocks"


def test_a_block_id_stands_once_in_a_message() -> None:
    code, messages = refusal_of(lambda: check_message([section(block_id="b"), section(block_id="b")]))
    assert code == "invalid_blocks"
    assert "json-pointer:/blocks/1/block_id" in messages[0]


def test_a_block_id_stands_once_in_a_view() -> None:
    code, messages = refusal_of(
        lambda: check_view(modal(question(radio("a"), "q"), question(radio("b"), "q")), "modal")
    )
    assert code == "invalid_arguments"
    assert "json-pointer:/view/blocks/1/block_id" in messages[0]


def test_the_same_action_id_may_stand_in_two_blocks() -> None:
    check_message([actions(button("go")), actions(button("go"))])


# view, what Slack says of it, at which pointer below the view
WRONG_VIEWS: list[tuple[Json, str, str]] = [
    ({"type": "modal", "blocks": []}, "missing required field: title", ""),
    ({"type": "modal", "title": plain("a")}, "missing required field: blocks", ""),
    ({"type": "home", "title": plain("a"), "blocks": []}, "must be a valid enum value: modal", "/type"),
    (modal(title=mrkdwn("a")), "unsupported type: mrkdwn", "/title/type"),
    (modal(close={"type": "plain_text", "text": ""}), "must be more than 0 characters", "/close/text"),
    (modal(size="large"), "invalid additional property: size", ""),
    (modal(notify_on_close="yes"), "must provide a boolean", "/notify_on_close"),
    (
        modal(question(radio()), submit=None),
        "must define `submit` to use an `input` block in modals",
        "/blocks/0/input",
    ),
    (
        modal(question(radio("a", focus_on_load=True), "a"), question(radio("b", focus_on_load=True), "b")),
        "only one element can be set to `focus_on_load`",
        "",
    ),
    (
        modal(question({"type": "button", "text": plain("a")})),
        "unsupported type: button",
        "/blocks/0/element/type",
    ),
    (modal(question(radio(), label="How?")), "must provide an object", "/blocks/0/label"),
    (
        modal(question(written(min_length=5, max_length=4))),
        "must not be greater than max_length",
        "/blocks/0/element/min_length",
    ),
    (
        modal(question({"type": "datepicker", "action_id": "d", "initial_date": "2 December"})),
        "must be a valid date of the form YYYY-MM-DD",
        "/blocks/0/element/initial_date",
    ),
    (
        modal(question({"type": "timepicker", "action_id": "d", "initial_time": "25:00"})),
        "must be a valid time of the form HH:mm",
        "/blocks/0/element/initial_time",
    ),
    (modal({"type": "markdown", "text": "a"}), "unsupported type: markdown", "/blocks/0/type"),
    (modal(CHART), "unsupported type: data_visualization", "/blocks/0/type"),
]


@pytest.mark.parametrize(("view", "what", "where"), WRONG_VIEWS)
def test_a_wrong_modal_is_refused_and_the_place_named(view: Json, what: str, where: str) -> None:
    code, messages = refusal_of(lambda: check_view(view, "modal"))
    assert (code, messages) == ("invalid_arguments", [f"[ERROR] {what} [json-pointer:/view{where}]"])


def test_a_home_tab_has_neither_title_nor_submit() -> None:
    _, messages = refusal_of(lambda: check_view(home(title=plain("a")), "home"))
    assert messages == ["[ERROR] invalid additional property: title [json-pointer:/view]"]


def test_a_home_tab_takes_inputs_without_a_submit_button_and_two_charts() -> None:
    check_view(home(question(radio()), CHART, CHART), "home")


def test_a_third_chart_is_refused() -> None:
    assert refusal_of(lambda: check_message([CHART, CHART, CHART]))[0] == "invalid_blocks"


def test_a_view_over_250_kb_is_too_large() -> None:
    block = {"type": "section", "fields": [mrkdwn("x" * 2000) for _ in range(10)]}
    assert refusal_of(lambda: check_view(modal(*[block] * 13), "modal"))[0] == "view_too_large"
    check_view(modal(*[block] * 12), "modal")


def test_a_message_whose_texts_are_too_long_together_is_refused() -> None:
    check_message([section("x" * 3000)] * 4)
    assert refusal_of(lambda: check_message([section("x" * 3000)] * 5))[0] == "msg_blocks_too_long"


def test_every_block_stands_on_some_surface_and_every_surface_names_known_blocks() -> None:
    named = set().union(*ON_SURFACE.values())
    assert named == set(BLOCKS)


def test_every_element_may_be_used_somewhere() -> None:
    in_context = {"feedback_buttons", "icon_button", "image"}
    assert set(ELEMENTS) == IN_SECTION | IN_ACTIONS | IN_INPUT | in_context


def test_missing_ids_are_filled_in_and_given_ones_kept() -> None:
    numbers = iter(range(100))
    blocks = name_parts(
        [section(), actions(button("own"), {"type": "button", "text": plain("a")}, block_id="mine")],
        lambda: f"n{next(numbers)}",
    )
    assert [block["block_id"] for block in blocks] == ["n0", "mine"]
    assert [element["action_id"] for _, element in elements(blocks)] == ["own", "n1"]


# ---- limits: at the limit it passes, one beyond it does not

LIMITS: dict[str, tuple[int, str, Callable[[str], Json]]] = {
    "section text": (3000, "message", section),
    "section field": (2000, "message", lambda text: {"type": "section", "fields": [mrkdwn(text)]}),
    "header": (150, "message", lambda text: {"type": "header", "text": plain(text)}),
    "button text": (75, "message", lambda text: actions(button(text=plain(text)))),
    "button value": (2000, "message", lambda text: actions(button(value=text))),
    "button url": (3000, "message", lambda text: actions(button(url=text))),
    "accessibility label": (75, "message", lambda text: actions(button(accessibility_label=text))),
    "action_id": (255, "message", lambda text: actions(button(text))),
    "block_id": (255, "message", lambda text: section(block_id=text)),
    "placeholder": (150, "message", lambda text: actions({**SELECT, "placeholder": plain(text)})),
    "option text": (
        75,
        "message",
        lambda text: actions({**SELECT, "options": [{"text": plain(text), "value": "v"}]}),
    ),
    "option value": (
        150,
        "message",
        lambda text: actions({**SELECT, "options": [{"text": plain("a"), "value": text}]}),
    ),
    "confirm title": (100, "message", lambda text: actions(button(confirm=confirm(title=text)))),
    "confirm text": (300, "message", lambda text: actions(button(confirm=confirm(text=text)))),
    "confirm confirm": (30, "message", lambda text: actions(button(confirm=confirm(confirm=text)))),
    "confirm deny": (30, "message", lambda text: actions(button(confirm=confirm(deny=text)))),
    "alt text": (2000, "message", lambda text: {**IMAGE, "alt_text": text}),
    "input label": (2000, "modal", lambda text: question(radio(), label=plain(text))),
    "input hint": (2000, "modal", lambda text: question(radio(), hint=plain(text))),
    "initial text": (3000, "modal", lambda text: question(written(initial_value=text))),
}


def confirm(**words: str) -> Json:
    parts = {"title": "T", "text": "W", "confirm": "Y", "deny": "N"} | words
    return {part: plain(word) for part, word in parts.items()}


def passes(block: Json, surface: str) -> bool:
    try:
        if surface == "message":
            check_message([block])
        else:
            check_view(modal(block), "modal")
    except Refused:
        return False
    return True


@given(name=st.sampled_from(sorted(LIMITS)), data=st.data())
def test_a_text_passes_up_to_its_limit_and_not_beyond(name: str, data: st.DataObject) -> None:
    most, surface, build = LIMITS[name]
    length = data.draw(st.one_of(st.sampled_from([1, most - 1, most, most + 1]), st.integers(1, most + 50)))
    letters = data.draw(st.sampled_from("aé漢🙂"))
    assert passes(build(letters * length), surface) == (length <= most)


COUNTS: dict[str, tuple[int, str, Callable[[int], list[Json]]]] = {
    "blocks in a message": (50, "message", lambda n: [section("a")] * n),
    "blocks in a modal": (100, "modal", lambda n: [section("a")] * n),
    "fields": (10, "message", lambda n: [{"type": "section", "fields": [mrkdwn("a")] * n}]),
    "elements of actions": (25, "message", lambda n: [actions(*(button(f"b{i}") for i in range(n)))]),
    "elements of context": (10, "message", lambda n: [{"type": "context", "elements": [mrkdwn("a")] * n}]),
    "options of a select": (100, "message", lambda n: [actions({**SELECT, "options": numbered(n)})]),
    "options of radio buttons": (10, "modal", lambda n: [question(radio(options=numbered(n)))]),
    "options of checkboxes": (10, "modal", lambda n: [question({**BOXES, "options": numbered(n)})]),
    "options of an overflow menu": (5, "message", lambda n: [actions({**OVERFLOW, "options": numbered(n)})]),
    "option groups": (100, "message", lambda n: [actions(grouped(n))]),
}


def numbered(count: int) -> list[Json]:
    return options(*(str(number) for number in range(count)))


def grouped(count: int) -> Json:
    groups = [{"label": plain("a"), "options": options(str(number))} for number in range(count)]
    return {"type": "static_select", "action_id": "s", "option_groups": groups}


@given(name=st.sampled_from(sorted(COUNTS)), data=st.data())
def test_a_list_passes_up_to_its_limit_and_not_beyond(name: str, data: st.DataObject) -> None:
    most, surface, build = COUNTS[name]
    count = data.draw(st.one_of(st.sampled_from([1, most, most + 1]), st.integers(1, most + 5)))
    blocks = build(count)
    try:
        if surface == "message":
            check_message(blocks)
        else:
            check_view(modal(*blocks), "modal")
    except Refused:
        assert count > most
    else:
        assert count <= most


VIEW_LIMITS: dict[str, tuple[int, Callable[[str], Json]]] = {
    "title": (24, lambda text: modal(title=plain(text))),
    "submit": (24, lambda text: modal(submit=plain(text))),
    "close": (24, lambda text: modal(close=plain(text))),
    "private_metadata": (3000, lambda text: modal(private_metadata=text)),
    "callback_id": (255, lambda text: modal(callback_id=text)),
    "external_id": (255, lambda text: modal(external_id=text)),
}


@given(name=st.sampled_from(sorted(VIEW_LIMITS)), over=st.integers(-3, 3))
def test_a_part_of_a_view_passes_up_to_its_limit_and_not_beyond(name: str, over: int) -> None:
    most, build = VIEW_LIMITS[name]
    view = build("x" * (most + over))
    if over <= 0:
        check_view(view, "modal")
    else:
        code, messages = refusal_of(lambda: check_view(view, "modal"))
        assert code == "invalid_arguments"
        assert f"must be less than {most + 1} characters" in messages[0]
