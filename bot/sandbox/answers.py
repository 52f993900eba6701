"""What an acknowledgement does, and what the person then sees."""

from __future__ import annotations

from bot.sandbox.blocks import GROUPS, OPTIONS
from bot.sandbox.modals import Modals
from bot.sandbox.outcomes import Outcome
from bot.sandbox.people import Json
from bot.sandbox.refusals import Refused
from bot.sandbox.rules import Problems
from bot.sandbox.views import View
from bot.sandbox.workspace import Workspace

_WARNINGS = {
    "action": "This action did not work. Try again in a moment.",
    "submission": "We had some trouble connecting. Try again?",
    "options": "No results could be loaded.",
}


def no_answer(what: str, view: View | None = None) -> Outcome:
    """Nothing came back in time: Slack's own warning. `what`: a command, or a kind of interaction."""
    warning = _WARNINGS.get(what, f'{what} failed with the error "operation_timeout"')
    return Outcome(kind="no ack", view=view, warning=warning)


def to_submission(answer: Json | None, view: View, workspace: Workspace, modals: Modals) -> Outcome:
    """Do what the acknowledgement of a view_submission asks."""
    try:
        return _submission(answer or {}, view, workspace, modals)
    except Refused as refusal:
        return Outcome(
            kind="refused",
            view=view,
            error=refusal.code,
            details=refusal.messages,
            warning=_WARNINGS["submission"],
        )


def _submission(answer: Json, view: View, workspace: Workspace, modals: Modals) -> Outcome:
    match answer:
        case {"response_action": "clear"}:
            workspace.close_modals(view.user_id)
            return Outcome(kind="cleared", payload=answer)
        case {"response_action": "update", "view": dict(body)}:
            return Outcome(kind="updated", view=modals.update(view, body), payload=answer)
        case {"response_action": "push", "view": dict(body)}:
            workspace.view(view.id)
            return Outcome(kind="pushed", view=modals.push_on(view, body), payload=answer)
        case {"response_action": "errors", "errors": dict(errors)}:
            return _errors(errors, workspace.view(view.id), answer)
        case _ if answer:
            raise Refused("invalid_response_action")
    workspace.close_modals(view.user_id, view.id)
    return Outcome(kind="closed")


def _errors(errors: dict[str, str], view: View, answer: Json) -> Outcome:
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not errors or not set(errors) <= inputs:
        raise Refused("invalid_errors")
    return Outcome(kind="errors", errors=errors, view=view, payload=answer)


def to_options(answer: Json | None) -> Outcome:
    """The options an app gave for an external select, checked."""
    answer = answer or {}
    problems = Problems("modal")
    if "option_groups" in answer:
        GROUPS(problems, "/option_groups", answer["option_groups"])
    elif answer.get("options") != []:
        OPTIONS(problems, "/options", answer.get("options"))
    if problems.found:
        return Outcome(kind="refused", error="invalid_options", details=tuple(problems.found))
    return Outcome(
        kind="acked",
        options=tuple(answer.get("options") or ()),
        option_groups=tuple(answer.get("option_groups") or ()),
        payload=answer,
    )
