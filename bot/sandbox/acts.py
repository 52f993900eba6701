"""What people do: each act builds the payload Slack would send, sends it, and waits for the answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from html import escape
from typing import Any

from bot.sandbox import payloads
from bot.sandbox.answers import no_answer, to_options, to_submission
from bot.sandbox.blocks import elements
from bot.sandbox.events import Events
from bot.sandbox.inputs import Chosen, action_of, complaints, dispatches, find, state_of, with_choice
from bot.sandbox.messages import Message
from bot.sandbox.modals import Modals
from bot.sandbox.outcomes import Outcome
from bot.sandbox.people import Json, Person, with_status
from bot.sandbox.refusals import Refused
from bot.sandbox.replies import Replies
from bot.sandbox.sockets import Envelope, Kind, Sockets
from bot.sandbox.triggers import Triggers
from bot.sandbox.views import Values, View
from bot.sandbox.workspace import Workspace

MIN_QUERY = 3  # an external select's min_query_length unless it says otherwise


class Acts:
    """Every act may be called from any thread but the server's own, and waits 3 s at most.

    Raises LookupError for what this person cannot do on the screen (nothing there to press, a window
    below another, a channel they are not in) and Refused where Slack would say no.
    """

    workspace: Workspace
    _sockets: Sockets
    _events: Events
    _triggers: Triggers
    _modals: Modals
    _replies: Replies
    _suggested: dict[tuple[str, str, str], list[Json]]
    _response_url: Callable[[str], str]

    # ---- blocks

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

        The element is found by `action_id`, then `block_id`, then (buttons) `value`. An old snapshot is
        fine as `container`: what stands there now is used.
        """
        person, place = self._at(user_id, container)
        block, element = find(_blocks(place), action_id, block_id, value)
        state = self._state(person, block, element, value)
        values = with_choice(self._values(person, place), block, element, state)
        place = self._keep_values(person, place, values)
        if not dispatches(block):
            return Outcome(kind="kept", view=place if isinstance(place, View) else None)
        action = action_of(block, element, state, self.workspace.new_ts())
        return self._acted(self._interact(self._used(person, place, action, values)))

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
        return self.click(user_id, container=container, action_id=action_id, block_id=block_id, value=value)

    def options(
        self,
        user_id: str,
        *,
        container: Message | View,
        action_id: str,
        query: str,
        block_id: str | None = None,
    ) -> Outcome:
        """Type into an external select: the app's `options` or `option_groups`; "kept" if too short."""
        person, place = self._at(user_id, container)
        block, element = find(_blocks(place), action_id, block_id)
        if not element["type"].endswith("external_select"):
            raise LookupError(f"{action_id} asks the app for no options")
        if len(query) < element.get("min_query_length", MIN_QUERY):
            return Outcome(kind="kept")
        where = payloads.place_part(place, self._channel_name(place))
        asked = payloads.block_suggestion(
            person, where, block_id=block["block_id"], action_id=action_id, query=query
        )
        envelope = self._interact(asked, accepts_answer=True)
        outcome = to_options(envelope.answer) if envelope and envelope.acked else no_answer("options")
        grouped = (one for group in outcome.option_groups for one in group["options"])
        self._suggested[user_id, block["block_id"], action_id] = [*outcome.options, *grouped]
        return outcome

    def _used(self, person: Person, place: Message | View, action: Json, values: Values) -> Json:
        in_modal = isinstance(place, View) and place.type == "modal"
        response_url = None
        if isinstance(place, Message):
            response_url = self._response_url(self._replies.open(person.id, place.channel, place))
        return payloads.block_actions(
            person,
            payloads.place_part(place, self._channel_name(place)),
            action=action,
            trigger_id=self._triggers.issue(person.id, in_modal=in_modal),
            values=values,
            response_url=response_url,
        )

    def _state(self, person: Person, block: Json, element: Json, value: Chosen) -> Json:
        suggested = self._suggested.get((person.id, block["block_id"], element["action_id"]), ())
        state = state_of(element, value, suggested)
        for user_id in (state.get("selected_user"), *state.get("selected_users", ())):
            if user_id:
                self.workspace.person(user_id)
        return state

    # ---- modals

    def submit(self, user_id: str, view_id: str, values: Mapping[str, Chosen] | None = None) -> Outcome:
        """Fill in `values` (keys: block_id, or action_id) over what is chosen already, and submit.

        "invalid" with `errors` when Slack itself holds it back; see Outcome for the rest.
        """
        person = self._acting(user_id)
        view = self._visible(user_id, self.workspace.view(view_id))
        if not view.submit:
            raise LookupError("this window has no submit button")
        view = self._filled(person, view, values or {})
        wrong = complaints(view.blocks, view.values)
        if wrong:
            return Outcome(kind="invalid", errors=wrong, view=view)
        trigger_id = self._triggers.issue(user_id, in_modal=True)
        envelope = self._interact(payloads.view_submission(person, view, trigger_id), accepts_answer=True)
        if envelope is None or not envelope.acked:
            return no_answer("submission", view)
        return to_submission(envelope.answer, view, self.workspace, self._modals)

    def close_view(self, user_id: str, view_id: str, *, everything: bool = False) -> Outcome:
        """Press Cancel (the view and those above it go), or with `everything` the X of the whole stack."""
        person = self._acting(user_id)
        view = self.workspace.view(view_id)
        everything = everything or bool(view.body.get("clear_on_close"))
        closed = self.workspace.close_modals(user_id, None if everything else view_id)
        told = [
            self._interact(payloads.view_closed(person, one, everything=everything))
            for one in closed
            if one.body.get("notify_on_close")
        ]
        for envelope in told:
            if envelope is not None:
                self._sockets.wait(envelope)
        return Outcome(kind="closed")

    def _filled(self, person: Person, view: View, chosen: Mapping[str, Chosen]) -> View:
        values = view.values
        for key, value in chosen.items():
            block, element = _input(view, key)
            values = with_choice(values, block, element, self._state(person, block, element, value))
        return self.workspace.set_values(view.id, values)

    # ---- commands and shortcuts

    def command(self, user_id: str, channel_id: str, command: str, text: str = "") -> Outcome:
        """Use a slash command; a reply appears in `ephemerals`, or in the conversation for all."""
        person = self._acting(user_id)
        if command not in self.workspace.declared.commands:
            raise LookupError(f"there is no command {command}")
        payload = payloads.slash_command(
            person,
            channel_id=channel_id,
            channel_name=self._conversation_name(user_id, channel_id),
            command=command,
            text=text,
            trigger_id=self._triggers.issue(user_id),
            response_url=self._response_url(self._replies.open(user_id, channel_id)),
        )
        envelope = self._await("slash_commands", payload, accepts_answer=True)
        if not envelope.acked:
            return no_answer(command)
        return self._replied(user_id, channel_id, envelope.answer)

    def shortcut(self, user_id: str, callback_id: str) -> Outcome:
        """Use a global shortcut."""
        person = self._acting(user_id)
        if self.workspace.declared.shortcuts.get(callback_id) != "global":
            raise LookupError(f"there is no global shortcut {callback_id}")
        trigger_id, action_ts = self._triggers.issue(user_id), self.workspace.new_ts()
        payload = payloads.shortcut(
            person, callback_id=callback_id, trigger_id=trigger_id, action_ts=action_ts
        )
        return self._acted(self._interact(payload))

    def _replied(self, user_id: str, channel_id: str, answer: Json | None) -> Outcome:
        if answer and (answer.get("text") or answer.get("blocks")):
            try:
                self._replies.say(user_id, channel_id, answer)
            except Refused as refusal:
                return Outcome(kind="refused", error=refusal.code, details=refusal.messages)
        return Outcome(kind="acked", payload=answer)

    # ---- conversations

    def say(self, user_id: str, text: str) -> Message:
        """Type to the bot in the direct message; Refused("restricted_action") where the tab is read-only."""
        self._acting(user_id)
        declared = self.workspace.declared
        if not declared.messages_tab or declared.messages_tab_read_only:
            raise Refused("restricted_action")
        message = self._typed(user_id, self.workspace.dm_id(user_id), text)
        self._events.posted(message)
        return message

    def say_in(self, user_id: str, channel_id: str, text: str) -> Message:
        """Type in a channel one is a member of; the app has not subscribed to those and is not told."""
        self._acting(user_id)
        channel = self.workspace.channel(channel_id)
        if user_id not in channel.members:
            raise Refused("not_in_channel")
        if channel.is_archived:
            raise Refused("is_archived")
        return self._typed(user_id, channel_id, text)

    def open_home(self, user_id: str, tab: str = "home") -> View | None:
        """Open the app's "home" or "messages" tab; waits until the app took the event.

        The view is what stands there then: an app that publishes after its acknowledgement is later
        (wait with `wait_until`).
        """
        self._acting(user_id)
        told = self._events.home_opened(user_id, tab, self.workspace.home(user_id))
        if told is not None:
            self._sockets.wait(told)
        return self.workspace.home(user_id)

    def invite(self, channel_id: str, user_id: str) -> None:
        """Add somebody to a channel; `sandbox.bot_user_id` adds the bot."""
        self.workspace.person(user_id)
        self._events.joined_channel(self.workspace.join(channel_id, user_id), user_id)

    def _typed(self, user_id: str, channel_id: str, text: str) -> Message:
        section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
        block_id = f"b{self.workspace.next_number('block'):05d}"
        rich: Json = {"type": "rich_text", "block_id": block_id, "elements": [section]}
        return self.workspace.post(
            channel_id,
            user=user_id,
            text=escape(text, quote=False),
            blocks=(rich,),
            client_msg_id=f"{self.workspace.next_number('client_msg_id'):08d}-sandbox",
        )

    # ---- people

    def join_team(self, person: Person) -> None:
        """Somebody joins the workspace."""
        self.workspace.put_person(person)
        self._events.joined_team(person)

    def change_person(self, user_id: str, **fields: Any) -> Person:
        """Change fields of a Person: tz, locale, status_text, is_admin …"""
        person = replace(self.workspace.person(user_id), **fields)
        self.workspace.put_person(person)
        self._events.changed(person)
        return person

    def set_status(self, user_id: str, text: str, emoji: str, until: datetime | None = None) -> Person:
        """Somebody chooses a status, as "Vacationing" with :palm_tree:; empty texts clear it."""
        person = with_status(self._acting(user_id), text, emoji, until)
        self.workspace.put_person(person)
        self._events.changed(person)
        return person

    def remove_person(self, user_id: str) -> Person:
        """Deactivate somebody."""
        self.workspace.close_modals(user_id)
        return self.change_person(user_id, deleted=True)

    def uninstall(self) -> None:
        """Remove the app: its token stops working, app_uninstalled and tokens_revoked are sent."""
        self.workspace.remove_app()
        self._events.uninstalled()
        self._events.tokens_revoked()

    # ---- how an act finds its place and its answer

    def _acting(self, user_id: str) -> Person:
        person = self.workspace.person(user_id)
        if person.deleted:
            raise Refused("account_inactive")
        return person

    def _at(self, user_id: str, container: Message | View) -> tuple[Person, Message | View]:
        person = self._acting(user_id)
        if isinstance(container, View):
            return person, self._visible(user_id, self.workspace.view(container.id))
        message = self.workspace.find_message(container.channel, container.ts)
        if message.seen_only_by not in (None, user_id):
            raise LookupError("only somebody else sees this message")
        self._conversation_name(user_id, message.channel)
        return person, message

    def _visible(self, user_id: str, view: View) -> View:
        if view.user_id != user_id:
            raise LookupError("this is somebody else's view")
        if view.type == "modal" and self.workspace.stack(user_id)[-1].id != view.id:
            raise LookupError("another window lies above this one")
        return view

    def _values(self, person: Person, place: Message | View) -> Values:
        if isinstance(place, View):
            return place.values
        return self.workspace.message_values(person.id, place)

    def _keep_values(self, person: Person, place: Message | View, values: Values) -> Message | View:
        if isinstance(place, View):
            return self.workspace.set_values(place.id, values)
        self.workspace.set_message_values(person.id, place, values)
        return place

    def _channel_name(self, place: Message | View) -> str:
        if isinstance(place, View) or self.workspace.dm_user(place.channel):
            return "directmessage"
        return self.workspace.channel(place.channel).name

    def _conversation_name(self, user_id: str, channel_id: str) -> str:
        if self.workspace.dm_user(channel_id) == user_id:
            return "directmessage"
        channel = self.workspace.channel(channel_id)
        if user_id not in channel.members:
            raise LookupError(f"{user_id} is not in {channel.name}")
        return "privategroup" if channel.is_private else channel.name

    def _interact(self, payload: Json, *, accepts_answer: bool = False) -> Envelope | None:
        """Send an interaction; None where the app is gone or declared no interactivity."""
        if not self.workspace.installed or not self.workspace.declared.interactive:
            return None
        return self._await("interactive", payload, accepts_answer=accepts_answer)

    def _await(self, kind: Kind, payload: Json, *, accepts_answer: bool) -> Envelope:
        envelope = self._sockets.send(kind, payload, accepts_answer=accepts_answer)
        self._sockets.wait(envelope)
        return envelope

    def _acted(self, envelope: Envelope | None) -> Outcome:
        if envelope is None or not envelope.acked:
            return no_answer("action")
        return Outcome(kind="acked", payload=envelope.answer)


def _blocks(place: Message | View) -> list[Json]:
    return list(place.blocks)


def _input(view: View, key: str) -> tuple[Json, Json]:
    """The element that a key of `values` means: a block_id first, then an action_id."""
    inside = [(block, element) for block, element in elements(view.blocks) if block["block_id"] == key]
    if len(inside) == 1:
        return inside[0]
    return find(view.blocks, key, None)
