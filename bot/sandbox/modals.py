"""Opening, pushing, updating and publishing views, whether by a method or by an acknowledgement."""

from __future__ import annotations

from bot.sandbox.blocks import check_view, name_parts
from bot.sandbox.files import Files
from bot.sandbox.inputs import carried_over, initial_values
from bot.sandbox.people import Json
from bot.sandbox.refusals import Refused, bad_arguments
from bot.sandbox.rules import Surface
from bot.sandbox.triggers import Triggers
from bot.sandbox.views import View
from bot.sandbox.workspace import Workspace


class Modals:
    """Checks a view's body, then shows it."""

    def __init__(self, workspace: Workspace, triggers: Triggers, files: Files) -> None:
        self._workspace = workspace
        self._triggers = triggers
        self._files = files

    def open(self, trigger_id: str, body: Json) -> View:
        """Open a modal for the person whose trigger this is.

        A trigger from inside a modal opens a new stack in place of the old one: Slack's documentation
        asks for views.push there, and does not say what happens otherwise.
        """
        body = self._checked_modal(body)
        user_id, _ = self._triggers.check(trigger_id)
        view = self._workspace.open_modal(user_id, body, initial_values(body["blocks"]))
        self._triggers.spend(trigger_id)
        return view

    def push(self, trigger_id: str, body: Json) -> View:
        """Lay a modal on the one in which the trigger arose."""
        body = self._checked_modal(body)
        user_id, in_modal = self._triggers.check(trigger_id)
        if not in_modal:
            raise Refused("not_found")
        view = self._workspace.push_modal(user_id, body, initial_values(body["blocks"]))
        self._triggers.spend(trigger_id)
        return view

    def push_on(self, view: View, body: Json) -> View:
        """Lay a modal on a view, as an acknowledgement asks."""
        body = self._checked_modal(body)
        return self._workspace.push_modal(view.user_id, body, initial_values(body["blocks"]))

    def update(self, view: View, body: Json, expected_hash: str | None = None) -> View:
        """Show something else in an open view; what people chose stays where the ids stay."""
        if view.type == "home":
            return self.publish(view.user_id, body, expected_hash)
        body = self._checked_modal(body, but=view)
        with self._workspace.changing():
            present = self._workspace.view(view.id)
            _match(present, expected_hash)
            return self._workspace.replace_view(present, body, carried_over(present.values, body["blocks"]))

    def publish(self, user_id: str, body: Json, expected_hash: str | None = None) -> View:
        """Set somebody's Home tab."""
        self._check(body, "home")
        name_parts(body["blocks"], self._block_id)
        with self._workspace.changing():
            present = self._workspace.home(user_id)
            _match(present, expected_hash)
            before = present.values if present else {}
            return self._workspace.publish_home(user_id, body, carried_over(before, body["blocks"]))

    def _checked_modal(self, body: Json, but: View | None = None) -> Json:
        self._check(body, "modal")
        external_id = body.get("external_id")
        if external_id and self._taken(external_id, but):
            raise Refused("duplicate_external_id")
        name_parts(body["blocks"], self._block_id)
        return body

    def _check(self, body: Json, surface: Surface) -> None:
        check_view(body, surface)
        problems = self._files.problems(body["blocks"], "/view/blocks")
        if problems:
            raise bad_arguments(*(f"[ERROR] {one}" for one in problems))

    def _taken(self, external_id: str, but: View | None) -> bool:
        try:
            holder = self._workspace.view_by_external_id(external_id)
        except Refused:
            return False
        return but is None or holder.id != but.id

    def _block_id(self) -> str:
        return f"b{self._workspace.next_number('block'):05d}"


def _match(present: View | None, expected_hash: str | None) -> None:
    if expected_hash and (present is None or present.hash != expected_hash):
        raise Refused("hash_conflict")
