"""What Slack accepts as blocks and views: limits, required fields, and which block stands where.

Sources: docs.slack.dev/reference/block-kit and `docs.slack.dev/blocks.json` (surfaces, as of 2026).
Stricter than Slack in one point: `input` blocks are refused in messages (newer clients take them).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from bot.sandbox.people import Json
from bot.sandbox.refusals import Refused, bad_arguments
from bot.sandbox.rules import (
    Problems,
    Rule,
    Surface,
    anything,
    at_least_one,
    boolean,
    exactly_one,
    items,
    like,
    matching,
    one_of,
    shape,
    string,
    typed,
    whole,
)

MESSAGE_BLOCKS, VIEW_BLOCKS = 50, 100
MESSAGE_CHARACTERS = 12_000  # all texts of a message's blocks together: msg_blocks_too_long
VIEW_BYTES = 250_000

# ---- composition objects


def plain(most: int) -> Rule:
    """A plain_text object."""
    fields = {"type": one_of("plain_text"), "text": string(most, least=1)}
    return typed({"plain_text": shape(fields, {"emoji": boolean})})


def text(most: int) -> Rule:
    """A plain_text or mrkdwn object."""
    body = string(most, least=1)
    return typed(
        {
            "plain_text": shape({"type": anything, "text": body}, {"emoji": boolean}),
            "mrkdwn": shape({"type": anything, "text": body}, {"verbatim": boolean}),
        }
    )


def option(words: Callable[[int], Rule], *, url: bool = False) -> Rule:
    """An option; only those of an overflow menu may carry a url."""
    optional = {"description": words(75)} | ({"url": string(3000)} if url else {})
    return shape({"text": words(75), "value": string(150, least=1)}, optional)


ID = string(255)
URL = string(3000)
PLACEHOLDER = plain(150)
CONFIRM = shape(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": one_of("primary", "danger")},
)
OPTIONS = items(option(plain), 100)
GROUPS = items(shape({"label": plain(75), "options": OPTIONS}, {}), 100)
DISPATCH = shape({}, {"trigger_actions_on": items(one_of("on_enter_pressed", "on_character_entered"), 2)})
DATE = matching(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", "date of the form YYYY-MM-DD")
TIME = matching(r"([01]\d|2[0-3]):[0-5]\d", "time of the form HH:mm")
FILTER = shape(
    {},
    {
        "include": items(one_of("im", "mpim", "private", "public"), 4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
)
SLACK_FILE = shape({}, {"id": like(r"^[F][A-Z0-9]{8,}$"), "url": URL}, exactly_one("id", "url"))


def _offered(value: Json) -> list[Any]:
    groups = value.get("option_groups") or ()
    return [*(value.get("options") or ()), *(one for group in groups for one in group["options"])]


def _initial_among_options(problems: Problems, at: str, value: Any) -> None:
    offered = [one["value"] for one in _offered(value)]
    initial = [value["initial_option"]] if value.get("initial_option") else value.get("initial_options") or ()
    name = "initial_option" if value.get("initial_option") else "initial_options"
    if any(one["value"] not in offered for one in initial):
        problems.add(f"{at}/{name}", "must match one of the provided options")


def _distinct_options(problems: Problems, at: str, value: Any) -> None:
    values = [one["value"] for one in _offered(value)]
    if len(set(values)) < len(values):
        problems.add(f"{at}/options", "option values must be unique")


def _bounds_in_order(low: str, high: str) -> Rule:
    def rule(problems: Problems, at: str, value: Any) -> None:
        least, most = value.get(low), value.get(high)
        if least is not None and most is not None and float(least) > float(most):
            problems.add(f"{at}/{low}", f"must not be greater than {high}")

    return rule


# ---- elements

FOCUS = {"focus_on_load": boolean}
ASKS = {"confirm": CONFIRM}
HELD = {"placeholder": PLACEHOLDER, **FOCUS}
SEVERAL = {"max_selected_items": whole(1, 100)}


def _element(required: dict[str, Rule], optional: dict[str, Rule], *more: Rule) -> Rule:
    return shape({"type": anything, **required}, {"action_id": ID, **optional}, *more)


def _select(own: dict[str, Rule], *more: Rule) -> Rule:
    return _element({}, {**HELD, **ASKS, **own}, *more)


_BOXES = items(option(text), 10)
_STATIC = {"options": OPTIONS, "option_groups": GROUPS}
_STATIC_RULES = (exactly_one("options", "option_groups"), _initial_among_options, _distinct_options)
_QUERY = {"min_query_length": whole(0, 3000)}
_IDS = items(string(255, least=1), 100)
_TO_RESPONSE = {"response_url_enabled": boolean}
_CONVERSATION = {"default_to_current_conversation": boolean, "filter": FILTER}
_TYPED = {**HELD, "dispatch_action_config": DISPATCH}

ELEMENTS: dict[str, Rule] = {
    "button": _element(
        {"text": plain(75)},
        {
            "url": URL,
            "value": string(2000),
            "style": one_of("primary", "danger"),
            "accessibility_label": string(75),
            **ASKS,
        },
    ),
    "checkboxes": _element(
        {"options": _BOXES},
        {"initial_options": _BOXES, **ASKS, **FOCUS},
        _initial_among_options,
        _distinct_options,
    ),
    "radio_buttons": _element(
        {"options": _BOXES},
        {"initial_option": option(text), **ASKS, **FOCUS},
        _initial_among_options,
        _distinct_options,
    ),
    "overflow": _element({"options": items(option(plain, url=True), 5)}, ASKS, _distinct_options),
    "static_select": _select({**_STATIC, "initial_option": option(plain)}, *_STATIC_RULES),
    "multi_static_select": _select({**_STATIC, **SEVERAL, "initial_options": OPTIONS}, *_STATIC_RULES),
    "external_select": _select({**_QUERY, "initial_option": option(plain)}),
    "multi_external_select": _select({**_QUERY, **SEVERAL, "initial_options": OPTIONS}),
    "users_select": _select({"initial_user": ID}),
    "multi_users_select": _select({**SEVERAL, "initial_users": _IDS}),
    "channels_select": _select({**_TO_RESPONSE, "initial_channel": ID}),
    "multi_channels_select": _select({**SEVERAL, "initial_channels": _IDS}),
    "conversations_select": _select({**_TO_RESPONSE, **_CONVERSATION, "initial_conversation": ID}),
    "multi_conversations_select": _select({**SEVERAL, **_CONVERSATION, "initial_conversations": _IDS}),
    "datepicker": _select({"initial_date": DATE}),
    "timepicker": _select({"initial_time": TIME, "timezone": string(255)}),
    "datetimepicker": _element(
        {}, {"initial_date_time": whole(1_000_000_000, 9_999_999_999), **ASKS, **FOCUS}
    ),
    "plain_text_input": _element(
        {},
        {
            **_TYPED,
            "initial_value": string(3000),
            "multiline": boolean,
            "min_length": whole(0, 3000),
            "max_length": whole(1, 3000),
        },
        _bounds_in_order("min_length", "max_length"),
    ),
    "email_text_input": _element({}, {**_TYPED, "initial_value": string(3000)}),
    "url_text_input": _element({}, {**_TYPED, "initial_value": string(3000)}),
    "number_input": _element(
        {"is_decimal_allowed": boolean},
        {**_TYPED, "initial_value": string(100), "min_value": string(100), "max_value": string(100)},
        _bounds_in_order("min_value", "max_value"),
    ),
    "rich_text_input": _element({}, {**_TYPED, "initial_value": anything}),
    "file_input": _element({}, {"filetypes": items(string(50), 100), "max_files": whole(1, 10)}),
    "image": shape(
        {"type": anything, "alt_text": string(2000, least=1)},
        {"image_url": URL, "slack_file": SLACK_FILE},
        exactly_one("image_url", "slack_file"),
    ),
    "workflow_button": _element(
        {"text": plain(75), "workflow": anything},
        {"style": one_of("primary", "danger"), "accessibility_label": string(75)},
    ),
    "feedback_buttons": _element({"positive_button": anything, "negative_button": anything}, {}),
    "icon_button": _element(
        {"text": plain(75), "icon": string(255)},
        {"value": string(2000), "visible_to_user_ids": _IDS, "accessibility_label": string(75), **ASKS},
    ),
}

SINGLE_SELECTS = frozenset(
    f"{kind}_select" for kind in ("static", "external", "users", "channels", "conversations")
)
SELECTS = SINGLE_SELECTS | {f"multi_{kind}" for kind in SINGLE_SELECTS}
CHOICES = SELECTS | {"checkboxes", "radio_buttons", "datepicker", "timepicker"}
WRITTEN = frozenset(
    (
        "plain_text_input",
        "email_text_input",
        "url_text_input",
        "number_input",
        "rich_text_input",
        "file_input",
    )
)
IN_SECTION = CHOICES | {"button", "overflow", "image", "workflow_button"}
IN_ACTIONS = CHOICES | {"button", "overflow", "datetimepicker", "workflow_button", "rich_text_input"}
IN_INPUT = CHOICES | WRITTEN | {"datetimepicker"}

# ---- blocks


def _block(required: dict[str, Rule], optional: dict[str, Rule], *more: Rule) -> Rule:
    return shape({"type": anything, **required}, {"block_id": ID, **optional}, *more)


def _distinct_actions(problems: Problems, at: str, value: Any) -> None:
    ids = [element["action_id"] for element in value["elements"] if element.get("action_id")]
    for action_id in sorted({one for one in ids if ids.count(one) > 1}):
        problems.add(f"{at}/elements", f"`action_id` {action_id} already exists in this block")


_IMAGE = {"image_url": URL, "slack_file": SLACK_FILE}
_CARD_TEXT = {"title": text(150), "subtitle": text(150), "body": text(200)}
_POINT = shape({"label": string(20, least=1), "value": anything}, {})
_SERIES = items(shape({"name": string(20, least=1), "data": items(_POINT, 20)}, {}), 6)
_AXIS = shape({"categories": items(string(20, least=1), 20)}, {"x_label": string(50), "y_label": string(50)})
_LINES = shape({"type": anything, "series": _SERIES, "axis_config": _AXIS}, {})
_PIE = shape({"type": anything, "segments": items(_POINT, 6)}, {})
_CHART = typed({"pie": _PIE, "bar": _LINES, "line": _LINES, "area": _LINES})
_CARD = _block(
    {},
    {
        **_CARD_TEXT,
        "icon": anything,
        "slack_icon": anything,
        "hero_image": anything,
        "actions": items(typed(ELEMENTS, {"button"}), 25),
    },
    at_least_one("hero_image", "title", "actions", "body"),
)

BLOCKS: dict[str, Rule] = {
    "actions": _block({"elements": items(typed(ELEMENTS, IN_ACTIONS), 25)}, {}, _distinct_actions),
    "context": _block(
        {
            "elements": items(
                typed(
                    {
                        "image": ELEMENTS["image"],
                        "mrkdwn": text(3000),
                        "plain_text": text(3000),
                    }
                ),
                10,
            )
        },
        {},
    ),
    "divider": _block({}, {}),
    "header": _block({"text": plain(150)}, {"level": whole(1, 4)}),
    "image": _block(
        {"alt_text": string(2000, least=1)},
        {**_IMAGE, "title": plain(2000)},
        exactly_one("image_url", "slack_file"),
    ),
    "input": _block(
        {"label": plain(2000), "element": typed(ELEMENTS, IN_INPUT)},
        {"hint": plain(2000), "optional": boolean, "dispatch_action": boolean},
    ),
    "section": _block(
        {},
        {
            "text": text(3000),
            "fields": items(text(2000), 10),
            "accessory": typed(ELEMENTS, IN_SECTION),
            "expand": boolean,
        },
        at_least_one("text", "fields"),
    ),
    "rich_text": _block({"elements": items(anything, 100)}, {}),
    "video": _block(
        {
            "alt_text": string(2000),
            "title": plain(200),
            "thumbnail_url": URL,
            "video_url": URL,
        },
        {
            "author_name": string(50),
            "description": plain(200),
            "provider_icon_url": URL,
            "provider_name": string(255),
            "title_url": URL,
        },
    ),
    "markdown": _block({"text": string(12_000, least=1)}, {}),
    "table": _block(
        {"rows": items(items(anything, 20), 100)}, {"column_settings": items(anything, 20, least=0)}
    ),
    "context_actions": _block(
        {"elements": items(typed(ELEMENTS, {"feedback_buttons", "icon_button"}), 5)}, {}, _distinct_actions
    ),
    "alert": _block({"text": text(200)}, {"level": one_of("default", "info", "warning", "error", "success")}),
    "card": _CARD,
    "carousel": _block({"elements": items(typed({"card": _CARD}), 10)}, {}),
    "container": _block(
        {"child_blocks": items(anything, 10)},
        {
            "title": text(150),
            "rich_text_title": anything,
            "subtitle": text(150),
            "icon": anything,
            "width": one_of("narrow", "standard", "wide", "full"),
            "is_collapsible": boolean,
            "default_collapsed": boolean,
            "has_header_divider": boolean,
        },
        at_least_one("title", "rich_text_title"),
    ),
    "data_table": _block(
        {"rows": items(anything, 200)},
        {"columns": items(anything, 20), "caption": string(255), "page_size": whole(1, 100)},
    ),
    "data_visualization": _block({"title": string(50, least=1), "chart": _CHART}, {}),
}

EVERYWHERE = frozenset(
    ("actions", "context", "divider", "header", "image", "section", "rich_text", "video", "card")
)
ON_SURFACE: dict[Surface, frozenset[str]] = {
    "message": EVERYWHERE
    | {"markdown", "table", "context_actions", "carousel", "container"}
    | {"data_table", "data_visualization"},
    "modal": EVERYWHERE | {"input", "alert"},
    "home": EVERYWHERE | {"input", "carousel", "data_visualization"},
}
MAX_CHARTS = 2

# ---- whole messages and views

TITLE = plain(24)
VIEW_PARTS: dict[str, Rule] = {
    "private_metadata": string(3000),
    "callback_id": ID,
    "external_id": ID,
}
MODAL_PARTS: dict[str, Rule] = {
    "submit": TITLE,
    "close": TITLE,
    "clear_on_close": boolean,
    "notify_on_close": boolean,
    "submit_disabled": boolean,
}


def check_message(blocks: Any) -> None:
    """Refuse blocks that a message cannot hold (invalid_blocks, msg_blocks_too_long)."""
    problems = Problems("message")
    _check_blocks(problems, "/blocks", blocks, MESSAGE_BLOCKS)
    refuse_blocks(problems.found)
    if _characters(blocks) > MESSAGE_CHARACTERS:
        raise Refused("msg_blocks_too_long")


def refuse_blocks(problems: list[str]) -> None:
    """Refuse a message's blocks with what is wrong with them, if anything is (invalid_blocks)."""
    if problems:
        messages = [f"[ERROR] {one}" for one in problems]
        raise Refused("invalid_blocks", errors=problems, response_metadata={"messages": messages})


def check_view(view: Any, surface: Surface) -> None:
    """Refuse a view Slack would (invalid_arguments, view_too_large)."""
    if len(json.dumps(view, separators=(",", ":")).encode()) > VIEW_BYTES:
        raise Refused("view_too_large")
    problems = Problems(surface)
    required: dict[str, Rule] = {"type": one_of(surface), "blocks": _blocks_rule(VIEW_BLOCKS)}
    optional = dict(VIEW_PARTS)
    if surface == "modal":
        required, optional = required | {"title": TITLE}, optional | MODAL_PARTS
    shape(required, optional, _submit_when_asking, _one_focus)(problems, "/view", view)
    if problems.found:
        raise bad_arguments(*(f"[ERROR] {one}" for one in problems.found))


def _blocks_rule(most: int) -> Rule:
    def rule(problems: Problems, at: str, value: Any) -> None:
        _check_blocks(problems, at, value, most)

    return rule


def _check_blocks(problems: Problems, at: str, blocks: Any, most: int) -> None:
    items(typed(BLOCKS, ON_SURFACE[problems.surface]), most, least=0)(problems, at, blocks)
    if problems.found:
        return
    seen: set[str] = set()
    for place, block in enumerate(blocks):
        block_id = block.get("block_id")
        if block_id and block_id in seen:
            problems.add(
                f"{at}/{place}/block_id", f"`block_id` {block_id} already exists in this list of blocks"
            )
        seen.add(block_id)
    charts = [place for place, block in enumerate(blocks) if block["type"] == "data_visualization"]
    for place in charts[MAX_CHARTS:]:
        problems.add(f"{at}/{place}", f"no more than {MAX_CHARTS} data_visualization blocks allowed")


def _submit_when_asking(problems: Problems, at: str, view: Any) -> None:
    if problems.surface != "modal" or view.get("submit"):
        return
    for place, block in enumerate(view["blocks"]):
        if block["type"] == "input":
            problems.add(
                f"{at}/blocks/{place}/input", "must define `submit` to use an `input` block in modals"
            )


def _one_focus(problems: Problems, at: str, view: Any) -> None:
    focused = [element for _, element in elements(view["blocks"]) if element.get("focus_on_load")]
    if len(focused) > 1:
        problems.add(at, "only one element can be set to `focus_on_load`")


def elements(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Each interactive element with the block it stands in, in reading order."""
    for block in blocks:
        kind = block["type"]
        if kind in ("actions", "context_actions"):
            yield from ((block, element) for element in block["elements"])
        elif kind == "input":
            yield block, block["element"]
        elif kind == "section" and (block.get("accessory") or {}).get("type", "image") != "image":
            yield block, block["accessory"]
        elif kind == "card":
            yield from ((block, element) for element in block.get("actions") or ())


def name_parts(blocks: list[Json], new_id: Callable[[], str]) -> list[Json]:
    """Fill in the block_ids and action_ids that were left out, as Slack does on its side."""
    for block in blocks:
        block["block_id"] = block.get("block_id") or new_id()
    for _, element in elements(blocks):
        element["action_id"] = element.get("action_id") or new_id()
    return blocks


def _characters(part: Any) -> int:
    if isinstance(part, list):
        return sum(_characters(one) for one in part)
    if not isinstance(part, dict):
        return 0
    own = part.get("text")
    inner = sum(_characters(value) for value in part.values() if isinstance(value, dict | list))
    return inner + (len(own) if isinstance(own, str) else 0)
