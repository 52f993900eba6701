"""A modal or a Home tab as it lies open, and the shape it has in payloads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.sandbox.people import APP_ID, BOT_ID, TEAM_ID, Json

Values = Mapping[str, Mapping[str, Json]]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One view. `body` is what the app sent, ids filled in; `values` what its inputs hold now."""

    id: str
    user_id: str
    hash: str
    body: Json
    root_id: str
    previous_id: str | None = None
    values: Values = field(default_factory=dict)

    @property
    def type(self) -> str:
        """`modal` or `home`."""
        return str(self.body["type"])

    @property
    def title(self) -> str:
        """The modal's title, empty for a Home tab."""
        return _label(self.body.get("title"))

    @property
    def submit(self) -> str:
        """The submit button's words, empty when there is none."""
        return _label(self.body.get("submit"))

    @property
    def close(self) -> str:
        """The close button's words; Slack shows its own "Cancel" when empty."""
        return _label(self.body.get("close"))

    @property
    def blocks(self) -> list[Json]:
        """The blocks, each with its block_id."""
        return list(self.body["blocks"])

    @property
    def callback_id(self) -> str:
        """The app's name for this kind of view."""
        return str(self.body.get("callback_id") or "")

    @property
    def private_metadata(self) -> str:
        """What the app keeps in the view."""
        return str(self.body.get("private_metadata") or "")

    @property
    def external_id(self) -> str:
        """The app's own id of this view."""
        return str(self.body.get("external_id") or "")


def view_object(view: View) -> Json:
    """The view as payloads and answers of views.* show it."""
    shape: Json = {
        "id": view.id,
        "team_id": TEAM_ID,
        "type": view.type,
        "blocks": view.blocks,
        "private_metadata": view.private_metadata,
        "callback_id": view.callback_id,
        "state": {"values": {block: dict(actions) for block, actions in view.values.items()}},
        "hash": view.hash,
        "clear_on_close": bool(view.body.get("clear_on_close", False)),
        "notify_on_close": bool(view.body.get("notify_on_close", False)),
        "root_view_id": view.root_id,
        "previous_view_id": view.previous_id,
        "app_id": APP_ID,
        "external_id": view.external_id,
        "app_installed_team_id": TEAM_ID,
        "bot_id": BOT_ID,
    }
    shape |= {part: view.body.get(part) for part in ("title", "submit", "close")}
    if view.type == "modal":
        shape["submit_disabled"] = bool(view.body.get("submit_disabled", False))
    return shape


def _label(text: Json | None) -> str:
    return str(text["text"]) if text else ""
