"""The page's routes: only this machine, its own origin, one's own windows, and the files of one folder."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPResponse
from typing import Any
from urllib.parse import urlsplit

import pytest

from bot.sandbox import Channel, MovableClock, Person, Sandbox
from bot.sandbox.page import Guidance, PageOptions, Someone

JSON_TYPE = "application/json"
MODAL = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "A form"},
    "blocks": [{"type": "divider", "block_id": "d"}],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    def guidance(user_id: str) -> Guidance:
        return Guidance(sentences=(f"Be {user_id}.",), try_next=(Someone(person_id="U2", caption="next"),))

    manifest = {
        "display_information": {"name": "Little"},
        "features": {
            "slash_commands": [{"command": "/little", "description": "Little things"}],
            "shortcuts": [
                {"name": "Ask", "type": "global", "callback_id": "ask"},
                {"name": "On a message", "type": "message", "callback_id": "on_message"},
            ],
        },
    }
    people = [Person(id="U1", name="Ana Ruiz", title="Case manager"), Person(id="U2", name="Ben Okafor")]
    channels = [
        Channel(id="C1", name="ours", members=("U1", "U2")),
        Channel(id="C2", name="hers", members=("U2",), is_private=True),
        Channel(id="C3", name="open", members=("U2",)),
    ]
    clock = MovableClock(datetime(2026, 12, 2, 16, 3, tzinfo=UTC))
    page = PageOptions(title="A place", guidance=guidance)
    with Sandbox(manifest=manifest, clock=clock.now, people=people, channels=channels, page=page) as sandbox:
        yield sandbox


def ask(
    sandbox: Sandbox, path: str, *, body: object = None, raw: bytes | None = None, **headers: str
) -> Answer:
    """A request as a browser on this machine sends it; headers given replace its own."""
    address = urlsplit(sandbox.page_url).netloc
    sent = {"Host": address}
    content = raw
    if body is not None:
        content = json.dumps(body).encode()
    if content is not None:
        sent |= {"Content-Type": JSON_TYPE, "Origin": f"http://{address}"}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    connection = HTTPConnection(address, timeout=5)
    try:
        connection.putrequest("POST" if content is not None else "GET", path, skip_host=True)
        for name, value in {**sent, "Content-Length": str(len(content or b""))}.items():
            connection.putheader(name, value)
        connection.endheaders(content)
        response = connection.getresponse()
        return Answer(status=response.status, headers=dict(response.headers), body=response.read())
    finally:
        connection.close()


@pytest.mark.parametrize(
    "path", ["/", "/page/start", "/page/seen?as=U1", "/page/static/app.js", "/page/live"]
)
@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:80", "localhost.evil.example", ""])
def test_a_request_addressed_to_another_name_is_refused(sandbox: Sandbox, path: str, host: str) -> None:
    answer = ask(sandbox, path, Host=host)
    assert answer.status == 403
    assert answer.json == {"error": "This page answers only on this machine."}


def test_the_page_also_answers_to_localhost_on_a_forwarded_port(sandbox: Sandbox) -> None:
    assert ask(sandbox, "/", Host="localhost:9000").status == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1", "http://localhost"])
def test_a_change_asked_for_by_another_origin_is_refused(sandbox: Sandbox, origin: str) -> None:
    before = sandbox.dm("U1")
    body = {"as": "U1", "channel": sandbox.dm_id("U1"), "text": "hello"}
    assert ask(sandbox, "/page/say", body=body, Origin=origin).status == 403
    assert sandbox.dm("U1") == before


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_a_change_that_needs_no_permission_across_origins_is_refused(sandbox: Sandbox, kind: str) -> None:
    answer = ask(sandbox, "/page/read", body={"as": "U1"}, Content_Type=kind)
    assert answer.status == 415


@pytest.mark.parametrize(
    ("raw", "status"), [(b"{", 400), (b"[]", 400), (b"\xff", 400), (b" " * 1_000_001, 413)]
)
def test_what_is_no_json_object_is_refused_in_words(sandbox: Sandbox, raw: bytes, status: int) -> None:
    answer = ask(sandbox, "/page/say", raw=raw)
    assert answer.status == status
    assert answer.json["error"]


def test_every_answer_forbids_other_origins_and_caching(sandbox: Sandbox) -> None:
    for path in ("/", "/page/start", "/page/static/app.js"):
        headers = ask(sandbox, path).headers
        assert headers["content-security-policy"].startswith("default-src 'self';")
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "name", ["page.py", "..%2Fpage.py", "..%2f..%2f..%2fpyproject.toml", "%2e%2e/page.py", "", "app.js%00"]
)
def test_only_files_of_the_static_folder_are_served(sandbox: Sandbox, name: str) -> None:
    assert ask(sandbox, f"/page/static/{name}").status == 404


def test_every_file_the_page_names_is_served_with_its_type(sandbox: Sandbox) -> None:
    page = ask(sandbox, "/").body.decode()
    names = [part.partition('"')[0] for part in page.split("/page/static/")[1:]]
    assert len(names) > 15
    types = {"js": "text/javascript", "css": "text/css", "svg": "image/svg+xml"}
    for name in names:
        answer = ask(sandbox, f"/page/static/{name}")
        assert answer.status == 200
        assert answer.headers["content-type"].startswith(types[name.rpartition(".")[2]])


def test_the_start_names_people_commands_and_global_shortcuts(sandbox: Sandbox) -> None:
    start = ask(sandbox, "/page/start").json
    assert start["title"] == "A place"
    assert start["commands"] == [{"command": "/little", "description": "Little things"}]
    assert start["shortcuts"] == [{"callback_id": "ask", "name": "Ask"}]
    assert start["groups"] == [
        {
            "heading": "Everybody",
            "people": [{"id": "U1", "caption": "Case manager"}, {"id": "U2", "caption": ""}],
        }
    ]


def test_nobody_sees_the_messages_of_a_channel_they_are_not_in(sandbox: Sandbox) -> None:
    sandbox.say_in("U2", "C2", "among us")
    sandbox.say_in("U2", "C3", "open to all who join")
    seen = ask(sandbox, "/page/seen?as=U1").json
    assert [(one["name"], one["joined"]) for one in seen["channels"]] == [("ours", True), ("open", False)]
    assert "among us" not in json.dumps(seen)
    assert "open to all who join" not in json.dumps(seen)


def test_a_group_message_is_seen_by_those_in_it_under_the_names_of_the_others(sandbox: Sandbox) -> None:
    group = sandbox.workspace.group_id(["U1", "U2"])
    sandbox.say_in("U1", group, "between us")

    def of(user_id: str) -> list[Any]:
        seen = ask(sandbox, f"/page/seen?as={user_id}").json
        return [(one["name"], one["unread"]) for one in seen.get("channels", ()) if one["is_mpim"]]

    names = {one.id: one.name for one in sandbox.workspace.people()}
    bot = names[sandbox.bot_user_id]
    assert of("U1") == [(f"{names['U2']}, {bot}", 0)]
    assert of("U2") == [(f"{names['U1']}, {bot}", 1)]
    assert of("U9") == []


def test_a_stranger_is_shown_people_to_choose_from_and_nothing_else(sandbox: Sandbox) -> None:
    seen = ask(sandbox, "/page/seen?as=U9").json
    assert set(seen) == {"now", "me", "people"}
    assert seen["me"] is None


def test_guidance_is_asked_for_who_is_on_the_screen(sandbox: Sandbox) -> None:
    guide = ask(sandbox, "/page/seen?as=U2").json["guide"]
    assert guide == {"sentences": ["Be U2."], "try_next": [{"id": "U2", "caption": "next"}]}


def test_news_are_counted_until_they_are_read(sandbox: Sandbox) -> None:
    message = sandbox.say_in("U2", "C1", "news")
    ours = [one for one in ask(sandbox, "/page/seen?as=U1").json["channels"] if one["id"] == "C1"]
    assert ours[0]["unread"] == 1
    ask(sandbox, "/page/read", body={"as": "U1", "channel": "C1", "ts": message.ts})
    ours = [one for one in ask(sandbox, "/page/seen?as=U1").json["channels"] if one["id"] == "C1"]
    assert ours[0]["unread"] == 0
    own = [one for one in ask(sandbox, "/page/seen?as=U2").json["channels"] if one["id"] == "C1"]
    assert own[0]["unread"] == 0, "one's own messages are no news"


def test_nobody_uses_the_window_of_somebody_else(sandbox: Sandbox) -> None:
    view = sandbox.workspace.open_modal("U1", MODAL, {})
    for path in ("submit", "use", "options"):
        body = {
            "as": "U2",
            "view_id": view.id,
            "action": {"type": "button", "action_id": "a", "block_id": "b"},
        }
        answer = ask(sandbox, f"/page/{path}", body=body | {"action_id": "a", "block_id": "b", "query": ""})
        assert answer.json["kind"] == "not done"
    assert sandbox.views("U1") == [view]
    sandbox.workspace.close_modals("U1")


def test_a_closed_window_and_an_unknown_command_are_refused_in_words(sandbox: Sandbox) -> None:
    gone = ask(sandbox, "/page/submit", body={"as": "U1", "view_id": "V0"}).json
    assert gone["warning"] == "This is not there any more: it was closed or updated meanwhile."
    body = {"as": "U1", "channel": "C1", "command": "/other", "text": ""}
    unknown = ask(sandbox, "/page/command", body=body).json
    assert unknown["warning"] == "/other is not a command that this app has."


def test_the_app_is_invited_into_a_channel_by_somebody_in_it(sandbox: Sandbox) -> None:
    def invite(who: str, channel: str, text: str = "@Little") -> Any:
        body = {"as": who, "channel": channel, "command": "/invite", "text": text}
        return ask(sandbox, "/page/command", body=body).json

    for who, channel, text in [
        ("U1", "C2", "@Little"),
        ("U2", "C2", "@Ben"),
        ("U1", sandbox.dm_id("U1"), ""),
    ]:
        assert invite(who, channel, text)["kind"] == "not done"
    assert sandbox.bot_user_id not in sandbox.channel("C2").members
    assert [invite("U2", "C2")["kind"] for _ in range(2)] == ["acked", "acked"]
    assert sandbox.bot_user_id in sandbox.channel("C2").members
    said = [message.text for message in sandbox.channel_messages("C2")]
    assert said.count("was added to #hers by Ben Okafor.") == 1


def test_who_is_not_in_a_channel_cannot_write_there(sandbox: Sandbox) -> None:
    answer = ask(sandbox, "/page/say", body={"as": "U1", "channel": "C3", "text": "let me in"}).json
    assert answer["kind"] == "not done"
    assert "let me in" not in [message.text for message in sandbox.channel_messages("C3")]


def test_a_stop_waits_for_nobody_who_waits_for_an_answer(caplog: pytest.LogCaptureFixture) -> None:
    clock = MovableClock(datetime(2026, 12, 2, 16, 3, tzinfo=UTC))
    manifest = {"features": {"slash_commands": [{"command": "/little"}]}}
    sandbox = Sandbox(
        manifest=manifest, clock=clock.now, people=[Person(id="U1", name="Ana")], ack_seconds=30
    )
    sandbox.start()
    body = {"as": "U1", "channel": sandbox.dm_id("U1"), "command": "/little", "text": ""}
    answers: list[Answer] = []
    asking = threading.Thread(target=lambda: answers.append(ask(sandbox, "/page/command", body=body)))
    asking.start()
    time.sleep(0.2)
    began = time.monotonic()
    sandbox.stop()
    asking.join(5)
    assert time.monotonic() - began < 2
    assert [answer.status for answer in answers] == [503]
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


def test_the_live_feed_tells_at_once_that_something_changed_and_ends_with_the_sandbox() -> None:
    clock = MovableClock(datetime(2026, 12, 2, 16, 3, tzinfo=UTC))
    with Sandbox(manifest={}, clock=clock.now, people=[Person(id="U1", name="Ana")]) as sandbox:
        connection = HTTPConnection(urlsplit(sandbox.page_url).netloc, timeout=5)
        connection.request("GET", "/page/live")
        feed = connection.getresponse()
        first = next_tick(feed)
        assert first["now"] == "2026-12-02T16:03:00+00:00"
        began = time.monotonic()
        sandbox.workspace.post(sandbox.dm_id("U1"), user=sandbox.bot_user_id, text="news")
        assert next_tick(feed)["version"] > first["version"]
        assert time.monotonic() - began < 0.5, "sooner than the beat that comes each second anyway"
    assert b"data:" not in feed.read()
    connection.close()


def next_tick(feed: HTTPResponse) -> Any:
    while not (line := feed.readline()).startswith(b"data: "):
        assert line, "the feed ended"
    return json.loads(line.removeprefix(b"data: "))
