"""What the Events API tells the app, as far as its manifest subscribed to it."""

from __future__ import annotations

from collections.abc import Mapping

from bot.sandbox.faults import Faults
from bot.sandbox.messages import Message, message_object
from bot.sandbox.people import APP_ID, BOT_USER_ID, TEAM_ID, Channel, Json, Person, user_object
from bot.sandbox.sockets import Envelope, Sockets
from bot.sandbox.views import View, view_object
from bot.sandbox.workspace import Workspace

VERIFICATION = "sandbox-verification"


class Events:
    """Each method tells of one thing, and answers the envelope, or None if nobody subscribed.

    A `message.im` subscription brings the bot its own messages too (posting, editing, deleting), with
    its bot_id, as Slack does: ignoring them is the app's affair (Bolt does so by default).
    """

    def __init__(self, workspace: Workspace, sockets: Sockets, faults: Faults) -> None:
        self._workspace = workspace
        self._sockets = sockets
        self._faults = faults

    def home_opened(self, user_id: str, tab: str, view: View | None) -> Envelope | None:
        """Somebody opened the app's Home or Messages tab."""
        event: Json = {
            "type": "app_home_opened",
            "user": user_id,
            "channel": self._workspace.dm_id(user_id),
            "tab": tab,
        }
        if view is not None:
            event["view"] = view_object(view)
        return self._tell("app_home_opened", event)

    def posted(self, message: Message) -> Envelope | None:
        """A message in a direct message with the bot."""
        event = self._im(message_object(message) | {"channel": message.channel})
        return self._tell("message.im", event, own=message.from_bot)

    def edited(self, before: Message, after: Message) -> Envelope | None:
        """A direct message was edited."""
        return self._tell("message.im", self._im(self._subtype("message_changed", after, before)), own=True)

    def deleted(self, message: Message) -> Envelope | None:
        """A direct message was deleted."""
        event = self._im(self._subtype("message_deleted", None, message) | {"deleted_ts": message.ts})
        return self._tell("message.im", event, own=True)

    def joined_team(self, person: Person) -> Envelope | None:
        """Somebody joined the workspace."""
        return self._tell("team_join", {"type": "team_join", "user": self._user(person)})

    def changed(self, person: Person) -> Envelope | None:
        """Something about somebody changed: profile, zone, status, role, deactivation."""
        return self._tell("user_change", {"type": "user_change", "user": self._user(person)})

    def joined_channel(self, channel: Channel, user_id: str) -> Envelope | None:
        """Somebody, perhaps the bot, was added to a channel; told only where the bot is."""
        if BOT_USER_ID not in channel.members:
            return None
        kind = {"channel": channel.id, "channel_type": "G" if channel.is_private else "C"}
        event = {"type": "member_joined_channel", "user": user_id, "team": TEAM_ID, **kind}
        return self._tell("member_joined_channel", event)

    def uninstalled(self) -> Envelope | None:
        """The app was removed."""
        return self._tell("app_uninstalled", {"type": "app_uninstalled"})

    def tokens_revoked(self) -> Envelope | None:
        """The bot's token stopped working."""
        tokens = {"oauth": [], "bot": [BOT_USER_ID]}
        return self._tell("tokens_revoked", {"type": "tokens_revoked", "tokens": tokens})

    def _user(self, person: Person) -> Json:
        return user_object(person, self._workspace.clock(), include_locale=True)

    def _im(self, event: Json) -> Json:
        return {"type": "message", **event, "channel_type": "im"}

    def _subtype(self, subtype: str, after: Message | None, before: Message) -> Json:
        event: Json = {"subtype": subtype, "hidden": True, "channel": before.channel}
        event |= {"previous_message": message_object(before), "ts": self._workspace.new_ts()}
        return event | ({"message": message_object(after)} if after else {})

    def _tell(self, subscription: str, event: Mapping[str, object], *, own: bool = False) -> Envelope | None:
        gone = not self._workspace.installed and subscription not in ("app_uninstalled", "tokens_revoked")
        if gone or subscription not in self._workspace.declared.events:
            return None
        payload = self._callback(event)
        for _ in range(0 if own else self._faults.take_redeliveries()):
            self._sockets.send("events_api", payload, attempt=1)
        return self._sockets.send("events_api", payload)

    def _callback(self, event: Mapping[str, object]) -> Json:
        number, now = self._workspace.next_number("event"), self._workspace.clock()
        authorization = {
            "enterprise_id": None,
            "team_id": TEAM_ID,
            "user_id": BOT_USER_ID,
            "is_bot": True,
            "is_enterprise_install": False,
        }
        return {
            "token": VERIFICATION,
            "team_id": TEAM_ID,
            "context_team_id": TEAM_ID,
            "context_enterprise_id": None,
            "api_app_id": APP_ID,
            "event": {**event, "event_ts": event.get("ts") or self._workspace.new_ts()},
            "type": "event_callback",
            "event_id": f"Ev{number:08d}",
            "event_time": int(now.timestamp()),
            "authorizations": [authorization],
            "is_ext_shared_channel": False,
            "event_context": f"4-{number:08d}",
        }
