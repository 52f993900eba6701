"""What people can choose in elements: the state Slack keeps, the actions it sends, the checks it makes.

The state of an element is what `state.values` holds of it: its type and `value`, `selected_option`,
`selected_users` … In Python a choice is plain: an option's value, an id, a date, a text, a list of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from bot.sandbox.blocks import elements
from bot.sandbox.people import Json
from bot.sandbox.views import Values

Chosen = str | int | Sequence[str] | None
"""A button: its value, or None. A select, radio group or overflow menu: the option's value. Several: a list.
A person or channel: the id. "2026-12-02", "10:30", epoch seconds (date-time). A text: itself."""

# element type: (field of the state, field of the element that presets it)
_FIELDS = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "overflow": ("selected_option", ""),
    "checkboxes": ("selected_options", "initial_options"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
}
_STATELESS = {"overflow", "button", "workflow_button", "icon_button", "feedback_buttons", "file_input"}
_OPTIONED = {kind for kind, (held, _) in _FIELDS.items() if held.startswith("selected_option")}
_FORMS = {
    "email_text_input": (r"[^@\s]+@[^@\s]+\.[^@\s]+", "Please enter a valid email address."),
    "url_text_input": (r"https?://\S+", "Please enter a valid URL."),
}
REQUIRED = "Please complete this required field."


def find(blocks: list[Json], action_id: str, block_id: str | None, value: object = None) -> tuple[Json, Json]:
    """The block and element meant. `value` tells buttons apart that share an action_id.

    Raises LookupError when nothing, or more than one thing, answers to the description.
    """
    found = [
        (block, element)
        for block, element in elements(blocks)
        if element["action_id"] == action_id and block_id in (None, block["block_id"])
    ]
    if len(found) > 1 and value is not None:
        found = [(block, element) for block, element in found if element.get("value") == value]
    if len(found) != 1:
        raise LookupError(f"{len(found)} elements have action_id {action_id!r}, block_id {block_id!r}")
    return found[0]


def initial_values(blocks: list[Json]) -> Values:
    """The state before anybody touched anything."""
    values: dict[str, dict[str, Json]] = {}
    for block, element in elements(blocks):
        if element["type"] not in _STATELESS:
            held, preset = _FIELDS[element["type"]]
            state = {"type": element["type"], held: element.get(preset) or _nothing(held)}
            values.setdefault(block["block_id"], {})[element["action_id"]] = state
    return values


def carried_over(before: Values, blocks: list[Json]) -> Values:
    """The state after an update: Slack keeps what stands under the same block_id and action_id."""
    values = initial_values(blocks)
    return {
        block_id: {
            action_id: _kept(before.get(block_id, {}).get(action_id), state)
            for action_id, state in actions.items()
        }
        for block_id, actions in values.items()
    }


def _kept(before: Json | None, fresh: Json) -> Json:
    return before if before is not None and before["type"] == fresh["type"] else fresh


def with_choice(values: Values, block: Json, element: Json, state: Json) -> Values:
    """The state of the whole form after one choice."""
    if element["type"] in _STATELESS:
        return values
    own = {**values.get(block["block_id"], {}), element["action_id"]: state}
    return {**values, block["block_id"]: own}


def _nothing(held: str) -> Any:
    return [] if held.endswith("s") else None


def state_of(element: Json, chosen: Chosen, suggested: Iterable[Json] = ()) -> Json:
    """The state after a choice; `suggested` are an external select's latest options.

    Raises LookupError for an option nobody offered.
    """
    kind = element["type"]
    if kind not in _FIELDS:
        return {"type": kind}
    held, _ = _FIELDS[kind]
    if chosen is None or chosen == "":
        value: Any = _nothing(held)
    elif kind in _OPTIONED:
        value = _options(element, chosen, suggested, several=held.endswith("s"))
    elif held.endswith("s"):
        value = [chosen] if isinstance(chosen, str) else list(chosen if isinstance(chosen, Sequence) else ())
    else:
        value = chosen
    return {"type": kind, held: value}


def _options(element: Json, chosen: Chosen, suggested: Iterable[Json], *, several: bool) -> Any:
    groups = element.get("option_groups") or ()
    offered = [*(element.get("options") or ()), *(one for group in groups for one in group["options"])]
    presets = [element.get("initial_option"), *(element.get("initial_options") or ())]
    by_value = {one["value"]: one for one in (*filter(None, presets), *suggested, *offered)}
    wanted = [chosen] if isinstance(chosen, str) or not isinstance(chosen, Sequence) else list(chosen)
    missing = [one for one in wanted if one not in by_value]
    if missing:
        raise LookupError(f"{element['action_id']} does not offer {missing}")
    picked = [by_value[one] for one in wanted if isinstance(one, str)]
    return picked if several else picked[0]


def action_of(block: Json, element: Json, state: Json, action_ts: str) -> Json:
    """The entry of `actions` for using an element."""
    action = {
        "type": element["type"],
        "block_id": block["block_id"],
        "action_id": element["action_id"],
        **state,
        "action_ts": action_ts,
    }
    for part in ("text", "value", "style", "url", "placeholder"):
        if part in element:
            action[part] = element[part]
    return action


def dispatches(block: Json) -> bool:
    """Whether using the element tells the app at once; in an input block only with dispatch_action."""
    return block["type"] != "input" or bool(block.get("dispatch_action"))


def complaints(blocks: list[Json], values: Values) -> Mapping[str, str]:
    """What Slack itself shows under inputs instead of submitting, by block_id."""
    found = {}
    for block in blocks:
        if block["type"] == "input":
            element = block["element"]
            state = values.get(block["block_id"], {}).get(element["action_id"], {})
            problem = _complaint(block, element, state.get(_FIELDS.get(element["type"], ("value", ""))[0]))
            if problem:
                found[block["block_id"]] = problem
    return found


def _complaint(block: Json, element: Json, value: Any) -> str:
    if value in (None, "", []):
        return "" if block.get("optional") else REQUIRED
    checks: dict[str, Callable[[Json, Any], str]] = {
        "plain_text_input": _text_complaint,
        "number_input": _number_complaint,
        "email_text_input": _form_complaint,
        "url_text_input": _form_complaint,
    }
    most = element.get("max_selected_items")
    if most and len(value) > most:
        return f"Please select no more than {most} items."
    return checks[element["type"]](element, value) if element["type"] in checks else ""


def _text_complaint(element: Json, value: str) -> str:
    least, most = element.get("min_length") or 0, element.get("max_length") or 3000
    if len(value) < least:
        return f"Please enter at least {least} characters."
    return f"Please enter no more than {most} characters." if len(value) > most else ""


def _number_complaint(element: Json, value: str) -> str:
    form = r"-?\d+(\.\d+)?" if element["is_decimal_allowed"] else r"-?\d+"
    if not re.fullmatch(form, value):
        return "Please enter a valid number."
    least, most = element.get("min_value"), element.get("max_value")
    if least is not None and float(value) < float(least):
        return f"Please enter a number that is at least {least}."
    if most is not None and float(value) > float(most):
        return f"Please enter a number that is at most {most}."
    return ""


def _form_complaint(element: Json, value: str) -> str:
    form, words = _FORMS[element["type"]]
    return "" if re.fullmatch(form, value) else words
