"""A small real Bolt app that uses every part of Block Kit that the page draws."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

Json = dict[str, Any]

MANIFEST: Json = {
    "display_information": {"name": "Little"},
    "features": {
        "bot_user": {"display_name": "Little", "always_online": True},
        "app_home": {
            "home_tab_enabled": True,
            "messages_tab_enabled": True,
            "messages_tab_read_only_enabled": False,
        },
        "slash_commands": [
            {"command": "/little", "description": "Does little things", "usage_hint": "[form | slow]"},
            {"command": "/lots", "description": "Does more"},
        ],
        "shortcuts": [
            {"name": "Open the form", "type": "global", "callback_id": "open_form", "description": "At once"}
        ],
    },
    "oauth_config": {
        "scopes": {"bot": ["chat:write", "commands", "files:write", "im:history", "im:write", "users:read"]}
    },
    "settings": {
        "event_subscriptions": {"bot_events": ["app_home_opened", "message.im"]},
        "interactivity": {"is_enabled": True},
        "socket_mode_enabled": True,
    },
}
CITIES = ("Lisbon", "Lima", "London", "Ljubljana", "Oslo")


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def option(value: str, text: str, note: str | None = None) -> Json:
    return {"value": value, "text": plain(text)} | ({"description": plain(note)} if note else {})


def options(*texts: str) -> list[Json]:
    return [option(text.lower(), text) for text in texts]


def button(action_id: str, text: str, **more: Any) -> Json:
    return {"type": "button", "action_id": action_id, "text": plain(text), "value": action_id, **more}


def section(text: str, accessory: Json | None = None) -> Json:
    return {"type": "section", "text": mrkdwn(text)} | ({"accessory": accessory} if accessory else {})


MOMENT = int(datetime(2026, 12, 1, 9, 30, tzinfo=UTC).timestamp())
SURE = {
    "title": plain("Are you sure?"),
    "text": mrkdwn("This *ends* it."),
    "confirm": plain("Yes, stop"),
    "deny": plain("Keep it"),
    "style": "danger",
}
TEXTS = (
    "*bold* _italic_ ~gone~ `code` <@U1> <@U2> <https://example.org/a_b_c|a *plain* link> <tel:988|988> "
    f"&lt;b&gt; R&amp;D snake_case_word <!date^{MOMENT}^{{time}}|then> <img onerror> "
    "<javascript:alert(1)|no link>\n> quoted\n• one\n• two"
)


def every_block() -> list[Json]:
    return [
        {"type": "header", "text": plain("Every element")},
        section(TEXTS),
        {"type": "section", "fields": [mrkdwn("*Day*\nWednesday"), mrkdwn("*Hour*\n10:00")]},
        section(
            "With a picture",
            {"type": "image", "image_url": "https://example.org/x.png", "alt_text": "A strip"},
        ),
        {"type": "divider"},
        {
            "type": "actions",
            "elements": [
                button("form", "Open form", style="primary"),
                button("stop", "Stop all", style="danger", confirm=SURE),
                button("site", "Website", url="https://example.org/"),
                {"type": "overflow", "action_id": "more", "options": options("Pause", "Resume")},
            ],
        },
        {
            "type": "actions",
            "elements": [
                {
                    "type": "static_select",
                    "action_id": "told_day",
                    "placeholder": plain("Choose a day"),
                    "options": options("Monday", "Tuesday"),
                },
                {"type": "users_select", "action_id": "told_user", "placeholder": plain("Choose a person")},
                {"type": "datepicker", "action_id": "told_date", "placeholder": plain("Choose a date")},
                {"type": "timepicker", "action_id": "told_time", "placeholder": plain("Choose a time")},
            ],
        },
        section(
            "Length",
            {"type": "radio_buttons", "action_id": "told_length", "options": options("Short", "Long")},
        ),
        section(
            "Extras", {"type": "checkboxes", "action_id": "told_extras", "options": options("Tea", "Cake")}
        ),
        {"type": "context", "elements": [mrkdwn("Nobody is told.")]},
        {
            "type": "markdown",
            "text": "## A heading\n**strong** and [a page](https://example.org)\n- first\n- second",
        },
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_section",
                    "elements": [{"type": "text", "text": "rich", "style": {"bold": True}}],
                },
                {
                    "type": "rich_text_list",
                    "style": "bullet",
                    "elements": [
                        {"type": "rich_text_section", "elements": [{"type": "user", "user_id": "U2"}]}
                    ],
                },
            ],
        },
        {"type": "image", "image_url": "https://example.org/y.png", "alt_text": "A chart of nothing"},
    ]


def ask(block_id: str, label: str, element: Json, **more: Any) -> Json:
    named = element | {"action_id": f"{block_id}_input"}
    return {"type": "input", "block_id": block_id, "label": plain(label), "element": named, **more}


def form() -> Json:
    return {
        "type": "modal",
        "callback_id": "form",
        "title": plain("A form"),
        "submit": plain("Save"),
        "close": plain("Not now"),
        "blocks": [
            section("Only you see this."),
            ask(
                "words", "Words", {"type": "plain_text_input", "max_length": 40}, hint=plain("Not too many.")
            ),
            ask("more", "More words", {"type": "plain_text_input", "multiline": True}, optional=True),
            ask(
                "weight",
                "How heavy?",
                {"type": "radio_buttons", "options": options("Light", "Heavy")},
                optional=True,
            ),
            ask("extras", "Extras", {"type": "checkboxes", "options": options("Tea", "Cake")}, optional=True),
            ask(
                "day",
                "Day",
                {"type": "static_select", "options": options("Monday", "Tuesday")},
                optional=True,
            ),
            ask(
                "days",
                "Days",
                {"type": "multi_static_select", "options": options("One", "Two", "Three")},
                optional=True,
            ),
            ask("city", "City", {"type": "external_select", "min_query_length": 1}, optional=True),
            ask("person", "Person", {"type": "users_select"}, optional=True),
            ask("people", "People", {"type": "multi_users_select"}, optional=True),
            ask(
                "place",
                "Place",
                {"type": "conversations_select", "filter": {"include": ["public"]}},
                optional=True,
            ),
            ask("date", "Date", {"type": "datepicker"}, optional=True),
            ask("time", "Time", {"type": "timepicker"}, optional=True),
        ],
    }


def thanks(words: str) -> Json:
    return {
        "type": "modal",
        "title": plain("Thank you"),
        "close": plain("Done"),
        "blocks": [section(words), {"type": "actions", "elements": [button("deeper", "Go deeper")]}],
    }


def second() -> Json:
    return {
        "type": "modal",
        "title": plain("Second"),
        "close": plain("Step back"),
        "blocks": [section("Deeper.")],
    }


def home() -> Json:
    blocks = [section("*This is Home.*"), {"type": "actions", "elements": [button("form", "Open form")]}]
    return {"type": "home", "blocks": blocks}


def filled(values: Json) -> str:
    """Every input that holds something, as "block=value" in the order of the form."""
    found = []
    for block_id, actions in values.items():
        for state in actions.values():
            held = next((part for key, part in state.items() if key != "type" and part), None)
            if held is not None:
                found.append(f"{block_id}={flat(held)}")
    return ", ".join(found)


def flat(held: Any) -> str:
    if isinstance(held, list):
        return "+".join(flat(one) for one in held)
    return str(held["value"] if isinstance(held, dict) else held)


def make_app(api_url: str, bot_token: str, app_token: str) -> SocketModeHandler:
    """The app over its own socket, not yet connected."""
    app = App(client=WebClient(token=bot_token, base_url=api_url), token_verification_enabled=False)
    register(app)
    return SocketModeHandler(app, app_token, web_client=WebClient(token=app_token, base_url=api_url))


def register(app: App) -> None:
    app.command("/little")(on_command)
    app.command("/lots")(on_slow)
    app.shortcut("open_form")(on_form)
    app.action("form")(on_form)
    app.action("stop")(on_stop)
    app.action("site")(lambda ack: ack())
    app.action("more")(on_told)
    app.action("deeper")(on_deeper)
    for name in ("day", "user", "date", "time", "length", "extras"):
        app.action(f"told_{name}")(on_told)
    app.options("city_input")(on_options)
    app.view("form")(on_form_sent)
    app.event("app_home_opened")(on_home)
    app.event("message")(on_message)


def on_command(ack: Callable[..., None], command: Json, client: WebClient) -> None:
    if command["text"] == "form":
        ack()
        client.views_open(trigger_id=command["trigger_id"], view=form())
    else:
        ack(f"You typed *{command['text']}*.")


def on_slow() -> None:
    """Never acknowledges: the sandbox's people see Slack's warning."""
    time.sleep(0.1)


def on_form(ack: Callable[..., None], body: Json, client: WebClient) -> None:
    ack()
    client.views_open(trigger_id=body["trigger_id"], view=form())


def on_stop(ack: Callable[..., None], body: Json, client: WebClient) -> None:
    ack()
    client.chat_update(channel=body["channel"]["id"], ts=body["message"]["ts"], text="Stopped.", blocks=[])


def on_told(ack: Callable[..., None], action: Json, respond: Callable[..., object]) -> None:
    """Answers over the response url: posting is limited to one message a second."""
    ack()
    held = next(part for key, part in action.items() if key.startswith("selected_"))
    respond(text=f"Told: {action['action_id']} {flat(held)}", replace_original=False)


def on_deeper(ack: Callable[..., None], body: Json, client: WebClient) -> None:
    ack()
    client.views_push(trigger_id=body["trigger_id"], view=second())


def on_options(ack: Callable[..., None], payload: Json) -> None:
    wanted = payload["value"].lower()
    ack(options=[option(city.lower(), city) for city in CITIES if city.lower().startswith(wanted)])


def on_form_sent(ack: Callable[..., None], view: Json) -> None:
    values = view["state"]["values"]
    if values["words"]["words_input"]["value"] == "slow":
        return
    if values["words"]["words_input"]["value"] == "wrong":
        ack(response_action="errors", errors={"words": "Please use other words."})
    else:
        ack(response_action="update", view=thanks(f"Got: {filled(values)}"))


def on_home(event: Json, client: WebClient) -> None:
    if event["tab"] == "home":
        client.views_publish(user_id=event["user"], view=home())


def on_message(event: Json, client: WebClient) -> None:
    client.chat_postMessage(channel=event["channel"], text=f"You said: {event['text']}")
