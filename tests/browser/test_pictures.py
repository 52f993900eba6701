"""Pictures that the app uploaded: seen in their place, at phone width, and larger on request."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Locator, expect
from slack_sdk import WebClient

from bot.sandbox import Sandbox
from tests.browser.conftest import AppSays, OpenPage
from tests.browser.slackpage import SlackPage

ALT = "Four updates, oldest first: lower, middle, too early to say, higher."


@pytest.fixture
def picture(sandbox: Sandbox) -> dict[str, Any]:
    client = WebClient(token=sandbox.bot_token, base_url=sandbox.api_url, retry_handlers=[])
    strip = io.BytesIO()
    Image.new("L", (1000, 300), 128).save(strip, "PNG")
    file = client.files_upload_v2(filename="strip.png", content=strip.getvalue())["file"]
    return {"type": "image", "alt_text": ALT, "slack_file": {"id": file["id"]}}


def natural_width(picture: Locator) -> int:
    """In pixels, once it is loaded; 0 for one that cannot be shown."""
    picture.evaluate("node => node.decode()")
    return int(picture.evaluate("node => node.naturalWidth"))


def test_a_picture_shows_with_its_words_in_every_place(
    ana: SlackPage, app_says: AppSays, picture: dict[str, Any]
) -> None:
    words = {"type": "section", "text": {"type": "mrkdwn", "text": "The strip"}, "accessory": picture}
    app_says("Here", [picture, words, {"type": "context", "elements": [picture]}])
    shown = ana.message("The strip").get_by_role("img", name=ALT)
    expect(shown).to_have_count(3)
    for place in shown.all():
        expect(place).to_be_visible()
        assert natural_width(place) == 1000


@pytest.mark.parametrize("width", [360, 390, 1280])
def test_a_picture_fits_the_width_it_has(
    open_page: OpenPage, sandbox: Sandbox, app_says: AppSays, picture: dict[str, Any], width: int
) -> None:
    page = open_page(sandbox.page_url, width=width).become("U1")
    app_says("Here", [picture])
    shown = page.message("Little").get_by_role("img", name=ALT)
    assert natural_width(shown) == 1000
    box = shown.bounding_box()
    assert box is not None
    assert 250 < box["width"] <= 360
    assert box["x"] + box["width"] <= width
    assert round(box["width"] / box["height"], 1) == 3.3
    assert page.fits_its_width()


def test_what_stands_below_a_picture_stays_in_sight_when_the_picture_arrives(
    open_page: OpenPage, sandbox: Sandbox, app_says: AppSays, picture: dict[str, Any]
) -> None:
    pictures = [picture | {"block_id": f"picture{number}"} for number in range(6)]
    app_says("Here", [*pictures, {"type": "section", "text": {"type": "mrkdwn", "text": "Below"}}])
    ana = open_page(sandbox.page_url, height=560).become("U1")
    natural_width(ana.main.get_by_role("img", name=ALT).last)
    expect(ana.message("Below").get_by_text("Below")).to_be_in_viewport()
    box = ana.page.locator(".talk .scroll")
    assert box.evaluate("box => box.scrollHeight > box.clientHeight")


def test_a_picture_can_be_looked_at_in_large_and_put_away_again(
    ana: SlackPage, app_says: AppSays, picture: dict[str, Any]
) -> None:
    app_says("Here", [picture | {"title": {"type": "plain_text", "text": "The last four updates"}}])
    small = ana.message("Little").get_by_role("button", name=ALT)
    small.click()
    large = ana.page.get_by_role("dialog", name="The last four updates")
    expect(large.get_by_role("img", name=ALT)).to_be_visible()
    box = large.get_by_role("img", name=ALT).bounding_box()
    assert box is not None
    assert box["width"] > 900
    large.get_by_role("button", name="Close").click()
    expect(large).to_have_count(0)
    expect(small).to_be_focused()


def test_home_shows_a_picture(ana: SlackPage, sandbox: Sandbox, picture: dict[str, Any]) -> None:
    client = WebClient(token=sandbox.bot_token, base_url=sandbox.api_url)
    expect(ana.home()).to_contain_text("This is Home.")
    client.views_publish(user_id="U1", view={"type": "home", "blocks": [picture]})
    assert natural_width(ana.page.locator("#pane-home").get_by_role("img", name=ALT)) == 1000
