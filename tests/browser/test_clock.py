"""The bar on top: the clock, its jumps, and what the demo says to try."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from bot.sandbox import MovableClock, Sandbox
from tests.browser.conftest import Gate, OpenPage
from tests.browser.slackpage import SlackPage


@pytest.fixture
def ana(moving: Sandbox, open_page: OpenPage) -> SlackPage:
    return open_page(moving.page_url).become("U1")


def bar(page: SlackPage) -> str:
    return page.page.get_by_role("banner").inner_text()


def test_the_clock_shows_the_viewers_zone_and_utc(
    ana: SlackPage, open_page: OpenPage, moving: Sandbox
) -> None:
    carla = open_page(moving.page_url).become("U3")
    assert re.search(r"Wed, Dec 2, 10:0\d\sAM Chicago\s+4:0\d\sPM UTC", bar(ana))
    assert re.search(r"mié 2 de dic, 8:0\d\sa\.m\. Los Angeles\s+4:0\d\sp\.m\. UTC", bar(carla))


def test_a_jump_moves_the_clock_and_shows_its_progress(ana: SlackPage, gate: Gate) -> None:
    jumps = ana.page.get_by_role("group", name="Move the clock")
    jumps.get_by_role("button", name="+1 hour").click()
    expect(ana.page.get_by_role("progressbar", name="Time passes")).to_have_attribute("value", "0.5")
    expect(ana.page.get_by_role("status").filter(has_text="Wednesday 2 December, week 1")).to_be_visible()
    for button in jumps.get_by_role("button").all():
        expect(button).to_be_disabled()
    gate.open()
    expect(jumps.get_by_role("button", name="+1 hour")).to_be_enabled()
    expect(ana.page.get_by_role("progressbar")).to_have_count(0)
    expect(ana.page.get_by_role("banner")).to_contain_text(re.compile(r"11:0\d\sAM Chicago"))


def test_a_jump_can_be_stopped(ana: SlackPage, gate: Gate, clock: MovableClock) -> None:
    before = clock.now()
    ana.page.get_by_role("button", name="+1 hour").click()
    ana.page.get_by_role("button", name="Stop here").click()
    expect(ana.page.get_by_role("button", name="Stop here")).to_be_disabled()
    gate.open()
    expect(ana.page.get_by_role("button", name="+1 hour")).to_be_enabled()
    assert (clock.now() - before).total_seconds() < 1800


def test_a_jump_that_fails_says_so_in_words(ana: SlackPage) -> None:
    ana.page.get_by_role("button", name="To nowhere").click()
    ana.toast("“To nowhere” did not work: there is no such day")
    expect(ana.page.get_by_role("button", name="+1 hour")).to_be_enabled()


def test_the_guide_says_what_to_try_and_leads_to_the_next_person(ana: SlackPage) -> None:
    guide = ana.page.get_by_role("region", name="What to try")
    expect(guide).to_contain_text("You are Ana Ruiz. Her check-in has just arrived.")
    guide.get_by_role("button", name="Ben Okafor reads no answers").click()
    expect(guide).to_contain_text("You are Ben Okafor.")
    expect(ana.page.get_by_role("navigation").get_by_role("button", name="Ben Okafor")).to_be_visible()
