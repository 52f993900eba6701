"""Files that the app shared: named in the conversation, read on a page of their own, gone when deleted."""

from __future__ import annotations

import urllib.request

from playwright.sync_api import expect
from slack_sdk import WebClient

from bot.sandbox import Sandbox
from tests.browser.slackpage import SlackPage

CONTENT = b"Tu semana: 5 respuestas.\n"


def test_a_shared_file_is_named_opened_as_text_and_said_to_be_gone(ana: SlackPage, sandbox: Sandbox) -> None:
    client = WebClient(token=sandbox.bot_token, base_url=sandbox.api_url, retry_handlers=[])
    asked = client.files_getUploadURLExternal(filename="yours.txt", length=len(CONTENT))
    urllib.request.urlopen(asked["upload_url"], data=CONTENT, timeout=5).close()
    shared = [{"id": asked["file_id"], "title": "yours.txt"}]
    client.files_completeUploadExternal(files=shared, channel_id=sandbox.dm_id("U1"))
    link = ana.message("Little").get_by_role("link", name="yours.txt")
    expect(link).to_be_visible()
    with ana.page.context.expect_page() as opened:
        link.click()
    expect(opened.value.get_by_text("Tu semana: 5 respuestas.")).to_be_visible()
    client.files_delete(file=asked["file_id"])
    expect(link).to_have_count(0)
    expect(ana.message("Little").get_by_text("This file was deleted.")).to_be_visible()
