"""The payloads Slack sends when somebody does something, as documented and as seen in the wild."""

from __future__ import annotations

from bot.sandbox.events import VERIFICATION
from bot.sandbox.messages import Message, message_object
from bot.sandbox.people import APP_ID, TEAM_ID, Json, Person
from bot.sandbox.views import Values, View, view_object

TEAM_DOMAIN = "sandbox"


def user_part(person: Person) -> Json:
    """Who did it."""
    return {"id": person.id, "username": person.handle, "name": person.handle, "team_id": TEAM_ID}


def envelope_part(kind: str, person: Person) -> Json:
    """What every interaction carries."""
    return {
        "type": kind,
        "user": user_part(person),
        "api_app_id": APP_ID,
        "token": VERIFICATION,
        "team": {"id": TEAM_ID, "domain": TEAM_DOMAIN},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def place_part(container: Message | View, channel_name: str) -> Json:
    """Where it was done: `container`, and the message with its channel, or the view."""
    if isinstance(container, View):
        return {
            "container": {"type": "view", "view_id": container.id},
            "view": view_object(container),
        }
    place: Json = {
        "container": {
            "type": "message",
            "message_ts": container.ts,
            "channel_id": container.channel,
            "is_ephemeral": container.seen_only_by is not None,
        },
        "channel": {"id": container.channel, "name": channel_name},
    }
    # Slack hands over no message object for an ephemeral: nothing of it is kept.
    return place if container.seen_only_by else place | {"message": message_object(container)}


def block_actions(
    person: Person, place: Json, *, action: Json, trigger_id: str, values: Values, response_url: str | None
) -> Json:
    """Somebody used an element."""
    payload = envelope_part("block_actions", person) | place
    payload |= {"trigger_id": trigger_id, "actions": [action]}
    if response_url is not None:
        state = {block: dict(actions) for block, actions in values.items()}
        payload |= {"response_url": response_url, "state": {"values": state}}
    return payload


def block_suggestion(person: Person, place: Json, *, block_id: str, action_id: str, query: str) -> Json:
    """Somebody typed into an external select."""
    asked = {"block_id": block_id, "action_id": action_id, "value": query}
    return envelope_part("block_suggestion", person) | place | asked


def view_submission(person: Person, view: View, trigger_id: str) -> Json:
    """Somebody submitted a modal."""
    more: Json = {"trigger_id": trigger_id, "view": view_object(view), "response_urls": []}
    return envelope_part("view_submission", person) | more


def view_closed(person: Person, view: View, *, everything: bool) -> Json:
    """Somebody closed a modal that asked to be told."""
    return envelope_part("view_closed", person) | {"view": view_object(view), "is_cleared": everything}


def shortcut(person: Person, *, callback_id: str, trigger_id: str, action_ts: str) -> Json:
    """Somebody used a global shortcut."""
    more = {"callback_id": callback_id, "trigger_id": trigger_id, "action_ts": action_ts}
    return envelope_part("shortcut", person) | more


def slash_command(
    person: Person,
    *,
    channel_id: str,
    channel_name: str,
    command: str,
    text: str,
    trigger_id: str,
    response_url: str,
) -> Json:
    """Somebody used a slash command; flat, and all values are strings."""
    return {
        "token": VERIFICATION,
        "team_id": TEAM_ID,
        "team_domain": TEAM_DOMAIN,
        "channel_id": channel_id,
        "channel_name": channel_name,
        "user_id": person.id,
        "user_name": person.handle,
        "command": command,
        "text": text,
        "api_app_id": APP_ID,
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": trigger_id,
    }
