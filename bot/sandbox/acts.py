"""What people do: each act builds the payload Slack would send, sends it, and waits for the answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.sandbox.messages import Message
from bot.sandbox.outcomes import Outcome
from bot.sandbox.people import Person
from bot.sandbox.views import View

Chosen = str | int | Sequence[str] | None
"""A button: its value (or None). A select, radio or overflow: the option's value; several: a list.
A user, channel: its id. A date "2026-12-02", time "10:30", datetime (epoch seconds). A text: itself."""


class Acts:
    """Every act may be called from any thread but the server's own, and waits 3 s at most."""

    def click(
        self,
        user_id: str,
        *,
        container: Message | View,
        action_id: str,
        block_id: str | None = None,
        value: Chosen = None,
    ) -> Outcome:
        """Press a button (or use any element) of a message, modal or Home tab.

        The element is found by `action_id`, then `block_id`, then (buttons) `value`. A stale
        `container` is fine: what stands there now is used. LookupError when it is not there.
        """
        raise NotImplementedError

    def choose(
        self,
        user_id: str,
        *,
        container: Message | View,
        action_id: str,
        value: Chosen,
        block_id: str | None = None,
    ) -> Outcome:
        """Choose in, or type into, an element. "kept" when Slack sends nothing for it."""
        raise NotImplementedError

    def options(
        self,
        user_id: str,
        *,
        container: Message | View,
        action_id: str,
        query: str,
        block_id: str | None = None,
    ) -> Outcome:
        """Type into an external select: the app's `options` or `option_groups`."""
        raise NotImplementedError

    def submit(self, user_id: str, view_id: str, values: Mapping[str, Chosen] | None = None) -> Outcome:
        """Fill in `values` (keys: block_id or action_id) over what is chosen already, and submit."""
        raise NotImplementedError

    def close_view(self, user_id: str, view_id: str, *, everything: bool = False) -> Outcome:
        """Press Cancel (the view and those above it), or with `everything` the X of the stack."""
        raise NotImplementedError

    def command(self, user_id: str, channel_id: str, command: str, text: str = "") -> Outcome:
        """Use a slash command; replies appear in `ephemerals` or the channel."""
        raise NotImplementedError

    def shortcut(self, user_id: str, callback_id: str) -> Outcome:
        """Use a global shortcut."""
        raise NotImplementedError

    def say(self, user_id: str, text: str) -> Message:
        """Type to the bot in the direct message. Raises Refused("restricted_action") where the tab is read-only."""
        raise NotImplementedError

    def say_in(self, user_id: str, channel_id: str, text: str) -> Message:
        """Type in a channel one is a member of."""
        raise NotImplementedError

    def open_home(self, user_id: str, tab: str = "home") -> View | None:
        """Open the app's Home (or "messages") tab; waits until the app took the event."""
        raise NotImplementedError

    def invite(self, channel_id: str, user_id: str) -> None:
        """Add somebody to a channel; `sandbox.bot_user_id` adds the bot."""
        raise NotImplementedError

    def join_team(self, person: Person) -> None:
        """Somebody joins the workspace."""
        raise NotImplementedError

    def change_person(self, user_id: str, **fields: Any) -> Person:
        """Change fields of a Person: tz, locale, status_text, is_admin …"""
        raise NotImplementedError

    def remove_person(self, user_id: str) -> Person:
        """Deactivate somebody."""
        raise NotImplementedError

    def uninstall(self) -> None:
        """Remove the app: the token stops working, app_uninstalled and tokens_revoked are sent."""
        raise NotImplementedError
