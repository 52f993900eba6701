"""The Web API over HTTP: what it does, and every refusal in Slack's own words."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.error import HTTPError

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox import MovableClock, Sandbox
from tests.sandbox.world import (
    ANA,
    ARCHIVED,
    BEN,
    CLOSED,
    EVA,
    GONE,
    MANIFEST,
    OPEN,
    PEOPLE,
    PRIVATE,
    START,
    WITHOUT_BOT,
    Json,
    actions,
    button,
    home,
    modal,
    plain,
    section,
)


def refused(call: Callable[[], object]) -> SlackApiError:
    with pytest.raises(SlackApiError) as caught:
        call()
    return caught.value


# ---- what it does


def test_the_bot_learns_who_it_is_and_what_it_may(sandbox: Sandbox, client: WebClient) -> None:
    answer = client.auth_test()
    assert (answer["user_id"], answer["team_id"]) == (sandbox.bot_user_id, sandbox.team_id)
    assert answer.headers["x-oauth-scopes"].split(",") == sorted(MANIFEST["oauth_config"]["scopes"]["bot"])


def test_posting_to_a_person_lands_in_their_direct_message(sandbox: Sandbox, client: WebClient) -> None:
    metadata = {"event_type": "card", "event_payload": {"id": "7"}}
    answer = client.chat_postMessage(
        channel=ANA.id, text="Hi", blocks=[section("*Hi*")], metadata=metadata, client_msg_id="m1"
    )
    message = sandbox.dm(ANA.id)[-1]
    assert (message.ts, message.text, message.metadata) == (answer["ts"], "Hi", metadata)
    assert answer["channel"] == sandbox.dm_id(ANA.id)
    assert answer["message"]["bot_id"]
    assert message.blocks[0]["block_id"]
    assert sandbox.dm(BEN.id) == []


def test_an_edit_keeps_what_was_said_before_and_the_metadata(sandbox: Sandbox, client: WebClient) -> None:
    metadata = {"event_type": "card", "event_payload": {"id": "8"}}
    posted = client.chat_postMessage(channel=ANA.id, text="One", blocks=[section("One")], metadata=metadata)
    client.chat_update(channel=posted["channel"], ts=posted["ts"], text="Two")
    message = sandbox.dm(ANA.id)[-1]
    assert (message.text, message.blocks, message.metadata) == ("Two", (), metadata)
    assert [(before.text, len(before.blocks)) for before in message.history] == [("One", 1)]


def test_history_comes_newest_first_in_pages_with_metadata_on_request(
    sandbox: Sandbox, client: WebClient
) -> None:
    for number in range(5):
        client.chat_postMessage(
            channel=BEN.id, text=str(number), metadata={"event_type": "card", "event_payload": {"n": number}}
        )
    channel = sandbox.dm_id(BEN.id)
    page = client.conversations_history(channel=channel, limit=2, include_all_metadata=True)
    assert [message["text"] for message in page["messages"]] == ["4", "3"]
    assert page["messages"][0]["metadata"]["event_payload"] == {"n": 4}
    assert page["has_more"]
    cursor = page["response_metadata"]["next_cursor"]
    following = client.conversations_history(channel=channel, limit=2, cursor=cursor)
    assert [message["text"] for message in following["messages"]] == ["2", "1"]
    assert "metadata" not in following["messages"][0]
    later = client.conversations_history(channel=channel, oldest=page["messages"][1]["ts"])
    assert [message["text"] for message in later["messages"]] == ["4"]


def test_a_deleted_message_is_gone(sandbox: Sandbox, client: WebClient) -> None:
    posted = client.chat_postMessage(channel=ANA.id, text="Oops")
    client.chat_delete(channel=posted["channel"], ts=posted["ts"])
    assert posted["ts"] not in {message.ts for message in sandbox.dm(ANA.id)}


def test_an_ephemeral_is_seen_by_one_person_and_kept_in_no_history(
    sandbox: Sandbox, client: WebClient
) -> None:
    client.chat_postEphemeral(channel=OPEN.id, user=ANA.id, text="Only you")
    assert sandbox.ephemerals(ANA.id)[-1].text == "Only you"
    assert sandbox.ephemerals(BEN.id) == []
    assert "Only you" not in {message.text for message in sandbox.channel_messages(OPEN.id)}


def test_opening_a_conversation_twice_gives_the_same(client: WebClient) -> None:
    first, second = (client.conversations_open(users=[EVA.id])["channel"]["id"] for _ in range(2))
    assert first == second


def test_channels_are_listed_by_kind_and_private_ones_only_from_inside(client: WebClient) -> None:
    public = {one["id"]: one["is_member"] for one in client.conversations_list()["channels"]}
    assert public == {OPEN.id: True, WITHOUT_BOT.id: False, ARCHIVED.id: True}
    alive = client.conversations_list(exclude_archived=True, types=["public_channel", "private_channel"])
    assert {one["id"] for one in alive["channels"]} == {OPEN.id, WITHOUT_BOT.id, PRIVATE.id}


def test_members_come_in_pages(client: WebClient) -> None:
    first = client.conversations_members(channel=OPEN.id, limit=2)
    second = client.conversations_members(
        channel=OPEN.id, limit=2, cursor=first["response_metadata"]["next_cursor"]
    )
    assert [*first["members"], *second["members"]] == list(OPEN.members)


def test_a_published_home_keeps_its_id_and_changes_its_hash(sandbox: Sandbox, client: WebClient) -> None:
    one = client.views_publish(user_id=ANA.id, view=home(section("One")))["view"]
    two = client.views_publish(user_id=ANA.id, view=home(section("Two")), hash=one["hash"])["view"]
    assert one["id"] == two["id"]
    assert one["hash"] != two["hash"]
    shown = sandbox.home(ANA.id)
    assert shown is not None
    assert shown.blocks[0]["text"]["text"] == "Two"
    assert sandbox.home(BEN.id) is None


def test_arguments_may_come_as_a_form_with_json_inside(sandbox: Sandbox, client: WebClient) -> None:
    client.api_call(
        "chat.postMessage", data={"channel": ANA.id, "text": "Form", "blocks": json.dumps([section("F")])}
    )
    assert sandbox.dm(ANA.id)[-1].blocks[0]["text"]["text"] == "F"


def test_every_call_is_written_down_without_its_token(sandbox: Sandbox, client: WebClient) -> None:
    before = len(sandbox.calls)
    client.chat_postMessage(channel=ANA.id, text="Hi", blocks=[section()])
    refused(lambda: client.chat_postMessage(channel="C9", text="Hi"))
    calls = sandbox.calls[before:]
    assert [(call.method, call.outcome) for call in calls] == [
        ("chat.postMessage", "ok"),
        ("chat.postMessage", "channel_not_found"),
    ]
    assert calls[0].args["blocks"] == [section()]
    assert sandbox.bot_token not in str(calls)


# ---- refusals: call, error

REFUSALS: dict[str, tuple[Callable[[WebClient], object], str]] = {
    "unknown method": (lambda c: c.api_call("chat.scheduleMessage", json={}), "unknown_method"),
    "neither text nor blocks": (
        lambda c: c.api_call("chat.postMessage", json={"channel": ANA.id}),
        "no_text",
    ),
    "blocks without text": (
        lambda c: c.api_call("chat.postMessage", json={"channel": ANA.id, "blocks": [section()]}),
        "no_text",
    ),
    "blank text": (
        lambda c: c.api_call("chat.postMessage", json={"channel": ANA.id, "text": " "}),
        "no_text",
    ),
    "too much text": (lambda c: c.chat_postMessage(channel=ANA.id, text="x" * 40_001), "msg_too_long"),
    "no channel": (lambda c: c.api_call("chat.postMessage", json={"text": "a"}), "invalid_arguments"),
    "unknown channel": (lambda c: c.chat_postMessage(channel="C9", text="a"), "channel_not_found"),
    "unknown person": (lambda c: c.chat_postMessage(channel="U9", text="a"), "channel_not_found"),
    "not a member": (lambda c: c.chat_postMessage(channel=WITHOUT_BOT.id, text="a"), "not_in_channel"),
    "private, outside": (lambda c: c.chat_postMessage(channel=CLOSED.id, text="a"), "channel_not_found"),
    "archived": (lambda c: c.chat_postMessage(channel=ARCHIVED.id, text="a"), "is_archived"),
    "deactivated person": (lambda c: c.chat_postMessage(channel=GONE.id, text="a"), "user_disabled"),
    "Slackbot": (lambda c: c.chat_postMessage(channel="USLACKBOT", text="a"), "cannot_dm_bot"),
    "bad blocks": (
        lambda c: c.chat_postMessage(channel=ANA.id, text="a", blocks=[{"type": "nothing"}]),
        "invalid_blocks",
    ),
    "blocks that are no JSON": (
        lambda c: c.api_call("chat.postMessage", data={"channel": ANA.id, "text": "a", "blocks": "[{"}),
        "invalid_blocks_format",
    ),
    "bad metadata": (
        lambda c: c.chat_postMessage(channel=ANA.id, text="a", metadata={"event_type": "x"}),
        "invalid_metadata_format",
    ),
    "metadata with more": (
        lambda c: c.chat_postMessage(
            channel=ANA.id, text="a", metadata={"event_type": "x", "event_payload": {}, "more": 1}
        ),
        "invalid_metadata_format",
    ),
    "large metadata": (
        lambda c: c.chat_postMessage(
            channel=ANA.id, text="a", metadata={"event_type": "x", "event_payload": {"a": "x" * 17_000}}
        ),
        "metadata_too_large",
    ),
    "unknown thread": (
        lambda c: c.chat_postMessage(channel=ANA.id, text="a", thread_ts="1.2"),
        "thread_not_found",
    ),
    "edit of nothing": (lambda c: c.chat_update(channel=OPEN.id, ts="1.2", text="a"), "message_not_found"),
    "edit by user id": (lambda c: c.chat_update(channel=ANA.id, ts="1.2", text="a"), "channel_not_found"),
    "delete of nothing": (lambda c: c.chat_delete(channel=OPEN.id, ts="1.2"), "message_not_found"),
    "ephemeral to an outsider": (
        lambda c: c.chat_postEphemeral(channel=OPEN.id, user=EVA.id, text="a"),
        "user_not_in_channel",
    ),
    "unknown user": (lambda c: c.users_info(user="U9"), "user_not_found"),
    "unknown conversation": (lambda c: c.conversations_info(channel="C9"), "channel_not_found"),
    "private conversation": (lambda c: c.conversations_info(channel=CLOSED.id), "channel_not_found"),
    "direct message without im:read": (
        lambda c: c.conversations_info(channel=c.conversations_open(users=[ANA.id])["channel"]["id"]),
        "missing_scope",
    ),
    "history of a channel": (lambda c: c.conversations_history(channel=OPEN.id), "missing_scope"),
    "open with a stranger": (lambda c: c.conversations_open(users=["U9"]), "user_not_found"),
    "open with the deactivated": (lambda c: c.conversations_open(users=[GONE.id]), "user_disabled"),
    "group message": (lambda c: c.conversations_open(users=[ANA.id, BEN.id]), "missing_scope"),
    "unknown kind of channel": (lambda c: c.conversations_list(types=["group"]), "invalid_types"),
    "bad cursor": (lambda c: c.users_list(cursor="here"), "invalid_cursor"),
    "bad limit": (lambda c: c.users_list(limit=5000), "invalid_limit"),
    "scope for the team": (lambda c: c.team_info(), "missing_scope"),
    "publish for a stranger": (lambda c: c.views_publish(user_id="U9", view=home()), "user_not_found"),
    "publish a modal": (lambda c: c.views_publish(user_id=ANA.id, view=modal()), "invalid_arguments"),
    "publish without a view": (
        lambda c: c.api_call("views.publish", json={"user_id": ANA.id}),
        "invalid_arguments",
    ),
    "publish on an old hash": (
        lambda c: c.views_publish(user_id=EVA.id, view=home(), hash="1.old"),
        "hash_conflict",
    ),
    "open without a trigger": (lambda c: c.views_open(trigger_id="x", view=modal()), "invalid_trigger_id"),
    "open a bad view": (
        lambda c: c.views_open(trigger_id="x", view=modal(title=plain("x" * 25))),
        "invalid_arguments",
    ),
    "open a Home": (lambda c: c.views_open(trigger_id="x", view=home()), "invalid_arguments"),
    "update of nothing": (lambda c: c.views_update(view_id="V9", view=modal()), "not_found"),
    "update by unknown name": (lambda c: c.views_update(external_id="x", view=modal()), "not_found"),
    "validate bad blocks": (
        lambda c: c.api_call("blocks.validate", json={"blocks": [actions()]}),
        "invalid_blocks",
    ),
    "unknown bot": (lambda c: c.bots_info(bot="B9"), "bot_not_found"),
    "test on request": (lambda c: c.api_test(error="my_error"), "my_error"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_slack_refuses(name: str, client: WebClient, sandbox: Sandbox) -> None:
    call, code = REFUSALS[name]
    said = {person.id: sandbox.dm(person.id) for person in sandbox.people()}
    assert refused(lambda: call(client)).response["error"] == code
    assert {person.id: sandbox.dm(person.id) for person in sandbox.people()} == said


def test_a_missing_scope_names_what_is_needed_and_what_there_is(client: WebClient) -> None:
    answer = refused(client.team_info).response
    assert answer["needed"] == "team:read"
    assert "chat:write" in answer["provided"].split(",")


def test_bad_blocks_name_the_place(client: WebClient) -> None:
    error = refused(
        lambda: client.chat_postMessage(channel=ANA.id, text="a", blocks=[actions(button(value=1))])
    )
    assert error.response["errors"] == ["must provide a string [json-pointer:/blocks/0/elements/0/value]"]
    assert error.response["response_metadata"]["messages"][0].startswith("[ERROR] must provide a string")


def test_a_person_s_message_is_not_the_bot_s_to_change(sandbox: Sandbox, client: WebClient) -> None:
    message = sandbox.say(ANA.id, "Mine")
    where = {"channel": message.channel, "ts": message.ts}
    assert refused(lambda: client.chat_update(**where, text="a")).response["error"] == "cant_update_message"
    assert refused(lambda: client.chat_delete(**where)).response["error"] == "cant_delete_message"
    assert sandbox.dm(ANA.id)[-1] == message


@pytest.mark.parametrize(
    ("token", "code"),
    [("", "not_authed"), ("xoxb-other", "invalid_auth"), (Sandbox.app_token, "not_allowed_token_type")],
)
def test_a_token_must_be_there_be_known_and_be_the_right_one(token: str, code: str, sandbox: Sandbox) -> None:
    stranger = WebClient(token=token, base_url=sandbox.api_url)
    assert refused(stranger.auth_test).response["error"] == code


def test_the_bot_s_token_opens_no_socket(client: WebClient, sandbox: Sandbox) -> None:
    call = refused(lambda: client.apps_connections_open(app_token=sandbox.bot_token))
    assert call.response["error"] == "not_allowed_token_type"


@pytest.mark.parametrize(("body", "code"), [(b"{", "invalid_json"), (b"[1]", "json_not_object")])
def test_a_body_that_is_no_json_object_is_refused(body: bytes, code: str, sandbox: Sandbox) -> None:
    request = urllib.request.Request(
        f"{sandbox.api_url}auth.test", data=body, headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=3) as answer:
        assert json.loads(answer.read())["error"] == code


@pytest.mark.parametrize("header", ["Origin", "Sec-Fetch-Mode"])
@pytest.mark.parametrize("path", ["api/auth.test", "responses/000000000001"])
def test_a_web_page_gets_nothing_from_the_api(header: str, path: str, sandbox: Sandbox) -> None:
    url = sandbox.page_url + path
    request = urllib.request.Request(url, data=b"{}", headers={header: "https://example.org"})
    with pytest.raises(HTTPError) as caught:
        urllib.request.urlopen(request, timeout=3)
    with caught.value as answer:
        assert answer.code == 403


# ---- as the manifest has it


def without(*path: str, **changed: Any) -> Json:
    manifest: Json = json.loads(json.dumps(MANIFEST))
    part = manifest
    for key in path:
        part = part[key]
    part.update(changed)
    return manifest


def test_without_a_messages_tab_nobody_can_be_written_to() -> None:
    manifest = without("features", "app_home", messages_tab_enabled=False)
    with Sandbox(manifest=manifest, clock=MovableClock(START).now, people=PEOPLE) as sandbox:
        client = WebClient(token=sandbox.bot_token, base_url=sandbox.api_url)
        error = refused(lambda: client.chat_postMessage(channel=ANA.id, text="a"))
        assert error.response["error"] == "messages_tab_disabled"


def test_without_a_home_tab_nothing_is_published() -> None:
    manifest = without("features", "app_home", home_tab_enabled=False)
    with Sandbox(manifest=manifest, clock=MovableClock(START).now, people=PEOPLE) as sandbox:
        client = WebClient(token=sandbox.bot_token, base_url=sandbox.api_url)
        error = refused(lambda: client.views_publish(user_id=ANA.id, view=home()))
        assert error.response["error"] == "not_enabled"


SCOPED: dict[str, Callable[[WebClient], object]] = {
    "chat:write": lambda c: c.chat_postMessage(channel=ANA.id, text="a"),
    "users:read": lambda c: c.users_info(user=ANA.id),
    "dnd:read": lambda c: c.dnd_info(user=ANA.id),
    "im:write": lambda c: c.conversations_open(users=[ANA.id]),
    "channels:read": lambda c: c.conversations_list(),
    "groups:read": lambda c: c.conversations_list(types=["private_channel"]),
    "im:history": lambda c: c.conversations_history(channel=f"D{ANA.id[1:]}"),
}


def test_each_method_needs_the_scope_it_is_known_for() -> None:
    manifest = without("oauth_config", scopes={"bot": []})
    with Sandbox(manifest=manifest, clock=MovableClock(START).now, people=PEOPLE) as sandbox:
        assert sandbox.dm_id(ANA.id) == f"D{ANA.id[1:]}"
        client = WebClient(token=sandbox.bot_token, base_url=sandbox.api_url)
        needed = {
            scope: refused(lambda call=call: call(client)).response["needed"]
            for scope, call in SCOPED.items()
        }
    assert needed == {scope: scope for scope in SCOPED}


def test_a_group_message_is_among_no_channels_and_is_read_with_a_scope_of_its_own() -> None:
    scopes = {"bot": ["chat:write", "mpim:write", "groups:read", "groups:history"]}
    manifest = without("oauth_config", scopes=scopes)
    with Sandbox(manifest=manifest, clock=MovableClock(START).now, people=PEOPLE) as sandbox:
        client = WebClient(token=sandbox.bot_token, base_url=sandbox.api_url)
        opened = client.conversations_open(users=[ANA.id, EVA.id], return_im=True)["channel"]
        assert (opened["is_mpim"], opened["name"]) == (True, "mpdm-ana.ruiz--eva.admin--little-1")
        client.chat_postMessage(channel=opened["id"], text="Here you are")
        assert client.conversations_list(types=["private_channel"])["channels"] == []
        for look in (
            lambda: client.conversations_history(channel=opened["id"]),
            lambda: client.conversations_list(types=["mpim"]),
        ):
            assert refused(look).response["needed"].startswith("mpim:")


# ---- rates


def test_too_many_messages_to_one_person_are_refused_until_the_clock_moves(
    sandbox: Sandbox, client: WebClient, clock: MovableClock
) -> None:
    before = len(sandbox.dm(EVA.id))
    for _ in range(5):
        client.chat_postMessage(channel=EVA.id, text="a")
    error = refused(lambda: client.chat_postMessage(channel=EVA.id, text="a"))
    assert (error.response.status_code, error.response.headers["Retry-After"]) == (429, "1")
    assert error.response["error"] == "ratelimited"
    assert len(sandbox.dm(EVA.id)) == before + 5
    client.chat_postMessage(channel=ANA.id, text="another channel has its own pace")
    clock.advance(timedelta(seconds=1))
    client.chat_postMessage(channel=EVA.id, text="a")


def test_a_method_of_the_second_tier_is_refused_after_twenty(client: WebClient) -> None:
    for _ in range(20):
        client.users_list(limit=1)
    assert refused(lambda: client.users_list(limit=1)).response.status_code == 429
