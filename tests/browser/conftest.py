"""One Chromium for all browser tests, a fresh tab for each, and what no page may do."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.slackpage import SlackPage

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
ABSENT = "Browser tests skipped: no Chromium found; install Debian's chromium to run them."

OpenPage = Callable[..., SlackPage]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the system's Chromium; without one the tests are skipped, or fail where CI=true."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None and os.environ.get("CI") == "true":
        pytest.fail("Browser tests need Chromium here: install Debian's chromium.")
    if found is None:
        pytest.skip(ABSENT)
    return found


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """Opens a tab on a page's address: `open_page(sandbox.page_url, width=390)`.

    When the test is over, a console error or a request to another origin on any tab fails it.
    """
    opened: list[SlackPage] = []

    def open_page(url: str, *, width: int = 1280, height: int = 860, **context: Any) -> SlackPage:
        tab = browser.new_context(viewport={"width": width, "height": height}, **context).new_page()
        opened.append(SlackPage(tab, url))
        return opened[-1]

    yield open_page
    for one in opened:
        one.page.context.close()
    assert [problem for one in opened for problem in one.problems] == []
