"""Files: asked for, uploaded, completed, and only then shown in a message; every refusal in Slack's words."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import timedelta
from http.client import RemoteDisconnected
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox import MovableClock, Refused, Sandbox
from tests.sandbox.world import ANA, MANIFEST, OPEN, START, Json, home, modal, question, radio, section

PNG = b"\x89PNG\r\n\x1a\n" + b"a picture of nothing"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
NOT_THERE = "[ERROR] invalid slack file [json-pointer:/blocks/0/slack_file]"


def refused(call: Callable[[], object]) -> SlackApiError:
    with pytest.raises(SlackApiError) as caught:
        call()
    return caught.value


def uploaded(client: WebClient, content: bytes = PNG, **more: Any) -> Json:
    """A completed file, by the three steps as slack_sdk does them."""
    answer = client.files_upload_v2(filename="strip.png", content=content, **more)
    file: Json = answer["file"]
    return file


def asked(client: WebClient, length: int = len(PNG)) -> tuple[str, str]:
    """The id of a file that was only announced, and where its bytes go."""
    answer = client.files_getUploadURLExternal(filename="strip.png", length=length)
    return answer["file_id"], answer["upload_url"]


def send(url: str, content: bytes = PNG, **headers: str) -> int:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(url, data=content, headers=named)
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def picture(**slack_file: str) -> Json:
    return {"type": "image", "alt_text": "A strip", "slack_file": slack_file}


# ---- the three steps


def test_an_uploaded_picture_is_private_and_keeps_its_words(sandbox: Sandbox, client: WebClient) -> None:
    shown = uploaded(client, title="Twelve weeks", alt_txt="Lower, then higher.", highlight_type="png")
    assert (shown["title"], shown["alt_txt"], shown["size"]) == (
        "Twelve weeks",
        "Lower, then higher.",
        len(PNG),
    )
    assert (shown["mimetype"], shown["is_public"], shown["channels"], shown["shares"]) == (
        "image/png",
        False,
        [],
        {},
    )
    assert sandbox.file(shown["id"]).content == PNG
    assert [call.method for call in sandbox.calls[-3:]] == [
        "files.getUploadURLExternal",
        "upload",
        "files.completeUploadExternal",
    ]
    assert sandbox.channel_messages(OPEN.id) == []


def test_a_file_is_there_only_once_it_is_completed(sandbox: Sandbox, client: WebClient) -> None:
    file_id, url = asked(client)
    for step in (lambda: None, lambda: send(url)):
        step()
        with pytest.raises(Refused, match="file_not_found"):
            sandbox.file(file_id)
    client.files_completeUploadExternal(files=[{"id": file_id}])
    assert sandbox.file(file_id).title == "strip.png"


def test_what_was_never_uploaded_cannot_be_completed(client: WebClient) -> None:
    file_id, _ = asked(client)
    for unknown in (file_id, "F00000000", ""):
        error = refused(lambda named=unknown: client.files_completeUploadExternal(files=[{"id": named}]))
        assert error.response["error"] == "file_not_found"


def test_a_file_is_completed_once(client: WebClient) -> None:
    file_id = uploaded(client)["id"]
    error = refused(lambda: client.files_completeUploadExternal(files=[{"id": file_id}]))
    assert error.response["error"] == "file_not_found"


def test_an_address_takes_the_announced_bytes_once(sandbox: Sandbox, client: WebClient) -> None:
    _, url = asked(client)
    assert send(url, PNG + b"more") == 400
    assert send(url, PNG) == 200
    assert send(url, PNG) == 400
    assert send(f"{sandbox.page_url}upload/v1/UP99999999") == 400


def test_no_web_page_sends_bytes(client: WebClient) -> None:
    file_id, url = asked(client)
    assert send(url, PNG, Origin="http://127.0.0.1:1") == 403
    error = refused(lambda: client.files_completeUploadExternal(files=[{"id": file_id}]))
    assert error.response["error"] == "file_not_found"


@pytest.mark.parametrize(
    ("args", "code"),
    [
        ({"filename": "a.png", "length": 0}, "missing_argument"),
        ({"filename": "a.png"}, "missing_argument"),
        ({"filename": "a.png", "length": "many"}, "missing_argument"),
        ({"length": 5}, "invalid_arguments"),
        ({"filename": "a.png", "length": 10_000_001}, "file_upload_size_restricted"),
        ({"filename": "a.png", "length": 5, "alt_txt": "x" * 1001}, "alt_txt_too_large"),
    ],
)
def test_what_cannot_be_announced_is_refused(client: WebClient, args: Json, code: str) -> None:
    error = refused(lambda: client.api_call("files.getUploadURLExternal", params=args))
    assert error.response["error"] == code


@pytest.mark.parametrize("files", ["", "[]", "{}", "[1]", "not json"])
def test_completing_needs_a_list_of_files(client: WebClient, files: str) -> None:
    error = refused(lambda: client.api_call("files.completeUploadExternal", params={"files": files}))
    assert error.response["error"] == "invalid_arguments"


# ---- shared in a conversation, and deleted


def shared(client: WebClient, channel: str, content: bytes = b"words", **more: Any) -> str:
    """The id of a file that a message of its own shares there."""
    file_id, url = asked(client, len(content))
    send(url, content)
    client.files_completeUploadExternal(files=[{"id": file_id}], channel_id=channel, **more)
    return file_id


def test_a_file_is_shared_in_a_message_of_its_own(sandbox: Sandbox, client: WebClient) -> None:
    dm = sandbox.dm_id(ANA.id)
    file_id = shared(client, dm, initial_comment="Here it is.")
    message = sandbox.dm(ANA.id)[-1]
    assert (message.files, message.text, message.from_bot) == ((file_id,), "Here it is.", True)
    (told, *_) = client.conversations_history(channel=dm, limit=1)["messages"]
    assert (told["subtype"], told["files"]) == ("file_share", [{"id": file_id}])


@pytest.mark.parametrize(
    ("place", "code"),
    [
        ({"channel_id": "C0NOWHERE"}, "channel_not_found"),
        ({"channel_id": ANA.id}, "channel_not_found"),
        ({"channels": "C0ANY,C0OTHER"}, "invalid_arguments"),
    ],
)
def test_a_place_that_takes_no_file_leaves_it_as_it_was(client: WebClient, place: Json, code: str) -> None:
    file_id, url = asked(client)
    send(url)
    error = refused(lambda: client.files_completeUploadExternal(files=[{"id": file_id}], **place))
    assert error.response["error"] == code
    assert client.files_completeUploadExternal(files=[{"id": file_id}])["ok"]


def test_a_deleted_file_is_gone_and_its_message_stays(sandbox: Sandbox, client: WebClient) -> None:
    file_id = shared(client, sandbox.dm_id(ANA.id))
    assert client.files_delete(file=file_id)["ok"]
    with pytest.raises(Refused, match="file_not_found"):
        sandbox.file(file_id)
    assert sandbox.dm(ANA.id)[-1].files == (file_id,)
    assert refused(lambda: client.files_delete(file=file_id)).response["error"] == "file_deleted"


def test_what_was_never_completed_cannot_be_deleted(client: WebClient) -> None:
    file_id, _ = asked(client)
    for unknown in (file_id, "F00000000"):
        error = refused(lambda named=unknown: client.files_delete(file=named))
        assert error.response["error"] == "file_not_found"


def test_uploading_and_reading_each_need_their_scope() -> None:
    scopes = [one for one in MANIFEST["oauth_config"]["scopes"]["bot"] if not one.startswith("files:")]
    manifest = {**MANIFEST, "oauth_config": {"scopes": {"bot": scopes}}}
    with Sandbox(manifest=manifest, clock=MovableClock(START).now) as without:
        bare = WebClient(token=without.bot_token, base_url=without.api_url, retry_handlers=[])
        wanted = {
            "files.getUploadURLExternal": "files:write",
            "files.completeUploadExternal": "files:write",
            "files.delete": "files:write",
            "files.info": "files:read",
        }
        for method, scope in wanted.items():
            answer = refused(lambda name=method: bare.api_call(name)).response
            assert (answer["error"], answer["needed"]) == ("missing_scope", scope)


def test_a_file_is_described_to_its_app(client: WebClient) -> None:
    file = uploaded(client)
    assert client.files_info(file=file["id"])["file"] == file
    assert refused(lambda: client.files_info(file="F00000000")).response["error"] == "file_not_found"


# ---- shown in messages and views


@pytest.mark.parametrize("by", ["id", "url_private", "permalink"])
def test_a_message_shows_a_picture_by_its_id_or_its_address(
    sandbox: Sandbox, client: WebClient, by: str
) -> None:
    file = uploaded(client)
    named = {"id": file["id"]} if by == "id" else {"url": file[by]}
    element = {"type": "image", "alt_text": "A strip", "slack_file": named}
    blocks = [picture(**named), section(accessory=element), {"type": "context", "elements": [element]}]
    client.chat_postMessage(channel=ANA.id, text="Hi", blocks=blocks)
    message = sandbox.dm(ANA.id)[-1]
    assert message.blocks[0]["slack_file"] == named
    client.chat_update(channel=message.channel, ts=message.ts, text="Hi", blocks=blocks[:1])
    assert len(sandbox.dm(ANA.id)[-1].blocks) == 1


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/a.png",
        "https://files.slack.com/files-pri/T0SANDBOX-F00000000/a.png",
        "files-pri/F00000000",
        "",
        "F00000001",
    ],
)
def test_an_address_of_no_file_is_refused(sandbox: Sandbox, client: WebClient, url: str) -> None:
    before = len(sandbox.dm(ANA.id))
    error = refused(lambda: client.chat_postMessage(channel=ANA.id, text="Hi", blocks=[picture(url=url)]))
    assert error.response["error"] == "invalid_blocks"
    assert len(sandbox.dm(ANA.id)) == before


def test_a_picture_that_is_not_there_yet_is_refused_where_it_stands(
    sandbox: Sandbox, client: WebClient
) -> None:
    file_id, url = asked(client)
    before = len(sandbox.dm(ANA.id))
    for step in (lambda: None, lambda: send(url)):
        step()
        for named in (file_id, "F00000000"):
            blocks = [picture(id=named)]
            error = refused(lambda b=blocks: client.chat_postMessage(channel=ANA.id, text="Hi", blocks=b))
            assert error.response["error"] == "invalid_blocks"
            assert error.response["response_metadata"]["messages"] == [NOT_THERE]
    assert len(sandbox.dm(ANA.id)) == before


def test_blocks_are_validated_with_their_pictures(client: WebClient) -> None:
    assert client.api_call("blocks.validate", json={"blocks": [picture(id=uploaded(client)["id"])]})["ok"]
    error = refused(lambda: client.api_call("blocks.validate", json={"blocks": [picture(id="F00000000")]}))
    assert error.response["errors"] == [NOT_THERE.removeprefix("[ERROR] ")]


def test_an_id_that_is_none_is_refused_with_the_pattern(client: WebClient) -> None:
    error = refused(lambda: client.chat_postMessage(channel=ANA.id, text="Hi", blocks=[picture(id="strip")]))
    assert error.response["errors"] == [
        "input must match regex pattern: ^[F][A-Z0-9]{8,}$ [json-pointer:/blocks/0/slack_file/id]"
    ]


def test_only_png_jpeg_and_gif_are_pictures(sandbox: Sandbox, client: WebClient) -> None:
    for content, kind in [(b"\xff\xd8\xff\xe0jpeg", "jpeg"), (b"GIF89a...", "gif"), (PNG, "png")]:
        file = uploaded(client, content)
        assert file["mimetype"] == f"image/{kind}"
        client.chat_postMessage(channel=ANA.id, text="Hi", blocks=[picture(id=file["id"])])
    for content in (SVG, b"%PDF-1.7", b"words"):
        blocks = [picture(id=uploaded(client, content)["id"])]
        error = refused(lambda b=blocks: client.chat_postMessage(channel=ANA.id, text="Hi", blocks=b))
        assert error.response["response_metadata"]["messages"] == [NOT_THERE]


def test_views_show_pictures_too_and_refuse_what_is_not_there(sandbox: Sandbox, client: WebClient) -> None:
    there, gone = picture(id=uploaded(client)["id"]), picture(id="F00000000")
    client.views_publish(user_id=ANA.id, view=home(there))
    shown = sandbox.home(ANA.id)
    assert shown is not None
    error = refused(lambda: client.views_publish(user_id=ANA.id, view=home(section(), gone)))
    assert error.response["error"] == "invalid_arguments"
    assert error.response["response_metadata"]["messages"] == [
        "[ERROR] invalid slack file [json-pointer:/view/blocks/1/slack_file]"
    ]
    assert sandbox.home(ANA.id) == shown
    error = refused(lambda: client.views_open(trigger_id="1", view=modal(question(radio()), gone)))
    assert error.response["error"] == "invalid_arguments"


# ---- what can go wrong on order


@pytest.mark.parametrize("error", ["file_uploads_disabled", "file_type_not_allowed"])
@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "files.completeUploadExternal"])
def test_a_workspace_may_refuse_files(sandbox: Sandbox, client: WebClient, method: str, error: str) -> None:
    sandbox.faults.refuse(method, error)
    assert refused(lambda: uploaded(client)).response["error"] == error
    assert uploaded(client)["id"]


@pytest.mark.parametrize("fail", ["fail_500", "storm_429"])
def test_an_upload_may_fail_and_nothing_is_kept(sandbox: Sandbox, client: WebClient, fail: str) -> None:
    getattr(sandbox.faults, fail)("upload")
    file_id, url = asked(client)
    assert send(url) in (500, 429)
    assert sandbox.calls[-1].method == "upload"
    error = refused(lambda: client.files_completeUploadExternal(files=[{"id": file_id}]))
    assert error.response["error"] == "file_not_found"
    assert send(url) == 200


def test_an_upload_may_be_refused(sandbox: Sandbox, client: WebClient) -> None:
    sandbox.faults.refuse("upload", "file_type_not_allowed")
    _, url = asked(client)
    assert send(url) == 400
    assert sandbox.calls[-1].outcome == "file_type_not_allowed"


def test_the_answer_to_an_upload_may_be_lost_though_the_bytes_arrived(
    sandbox: Sandbox, client: WebClient
) -> None:
    sandbox.faults.lose_reply("upload")
    file_id, url = asked(client)
    with pytest.raises((RemoteDisconnected, ConnectionError)):
        send(url)
    assert client.files_completeUploadExternal(files=[{"id": file_id}])["files"][0]["id"] == file_id


def test_a_slow_file_can_be_shown_only_later(
    sandbox: Sandbox, client: WebClient, clock: MovableClock
) -> None:
    sandbox.faults.process_files_slowly(2)
    slow, quick = uploaded(client), uploaded(client)
    assert (slow["mimetype"], quick["mimetype"]) == ("", "image/png")
    blocks = [picture(id=slow["id"])]
    error = refused(lambda: client.chat_postMessage(channel=ANA.id, text="Hi", blocks=blocks))
    assert error.response["response_metadata"]["messages"] == [NOT_THERE]
    client.chat_postMessage(channel=ANA.id, text="Hi", blocks=[picture(id=quick["id"])])
    clock.advance(timedelta(seconds=2))
    client.chat_postMessage(channel=ANA.id, text="Hi", blocks=blocks)
    assert client.files_info(file=slow["id"])["file"]["mimetype"] == "image/png"


def test_faults_that_were_not_used_up_are_forgotten(sandbox: Sandbox, client: WebClient) -> None:
    sandbox.faults.refuse("files.getUploadURLExternal", "file_uploads_disabled", times=3)
    sandbox.faults.process_files_slowly(60)
    sandbox.faults.clear()
    assert uploaded(client)["mimetype"] == "image/png"


# ---- on the page


def test_the_page_serves_pictures_as_such_and_all_else_as_plain_text(
    sandbox: Sandbox, client: WebClient
) -> None:
    def look(file_id: str, way: str = "files") -> tuple[int, str, bytes]:
        try:
            with urllib.request.urlopen(f"{sandbox.page_url}page/{way}/{file_id}", timeout=5) as answer:
                assert answer.headers["X-Content-Type-Options"] == "nosniff"
                assert answer.headers["Content-Security-Policy"].startswith("default-src 'self'")
                return answer.status, answer.headers["Content-Type"], answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, "", b""

    assert look(uploaded(client)["id"]) == (200, "image/png", PNG)
    not_completed, url = asked(client)
    send(url)
    for file_id in (uploaded(client, SVG)["id"], not_completed, "F00000000", "..%2Fpage.py"):
        assert look(file_id)[0] == 404
    written = uploaded(client, SVG)["id"]
    assert look(written, "documents") == (200, "text/plain; charset=utf-8", SVG)
    client.files_delete(file=written)
    for file_id in (written, not_completed, "F00000000"):
        assert look(file_id, "documents")[0] == 404
