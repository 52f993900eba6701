"""One Chromium for all browser tests, a fresh tab for each, and what no page may do.

A product test needs `open_page` only; the rest is a small workspace for testing the page itself.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Generator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from slack_sdk import WebClient

from bot.sandbox import Channel, MovableClock, Person, Sandbox
from bot.sandbox.page import Group, Guidance, PageOptions, Someone
from bot.sandbox.travel import Jump, Progress, Report
from tests.browser.little_app import MANIFEST, make_app
from tests.browser.slackpage import WAIT_MS, SlackPage

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
AppSays = Callable[..., None]

START = datetime(2026, 12, 2, 16, 3, tzinfo=UTC)
PEOPLE = (
    Person(id="U1", name="Ana Ruiz", tz="America/Chicago"),
    Person(id="U2", name="Ben Okafor", tz="America/New_York"),
    Person(id="U3", name="Carla Núñez", tz="America/Los_Angeles", locale="es-MX"),
    Person(id="U4", name="Dee Hart", tz="America/Denver"),
)
CHANNELS = (
    Channel(id="C1", name="team-harbor", members=("U1", "U2", Sandbox.bot_user_id)),
    Channel(id="C2", name="leads", members=("U1", "U4"), is_private=True),
    Channel(id="C3", name="elsewhere", members=("U3",)),
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Gives all skipped for want of Chromium one place, so that pytest tells them in one line."""
    report = yield
    if report.skipped and isinstance(report.longrepr, tuple) and report.longrepr[2].endswith(ABSENT):
        report.longrepr = (__file__, 1, ABSENT)
    return report


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
    expect.set_options(timeout=WAIT_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(QUIET))
        yield browser
        browser.close()


class Tabs:
    """Tabs that are used again: a new one costs half a second of the processor's time."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: dict[str, list[Page]] = {}

    def take(self, **context: Any) -> Page:
        """A tab of a context with these settings."""
        free = self._free.get(repr(context))
        return free.pop() if free else self._browser.new_context(**context).new_page()

    def give_back(self, tab: Page, **context: Any) -> None:
        """Keep it for the next test."""
        self._free.setdefault(repr(context), []).append(tab)


@pytest.fixture(scope="session")
def tabs(browser: Browser) -> Tabs:
    return Tabs(browser)


@pytest.fixture
def open_page(tabs: Tabs) -> Iterator[OpenPage]:
    """Opens a tab on a page's address: `open_page(sandbox.page_url, width=390)`.

    When the test is over, a console error or a request to another origin on any tab fails it. A fixture that
    needs both asks for its sandbox first: the tabs leave before the sandbox stops.
    """
    opened: list[tuple[SlackPage, dict[str, Any]]] = []

    def open_page(url: str, *, width: int = 1280, height: int = 860, **more: Any) -> SlackPage:
        context = {"viewport": {"width": width, "height": height}, **more}
        opened.append((SlackPage(tabs.take(**context), url), context))
        return opened[-1][0]

    yield open_page
    for page, context in opened:
        page.leave()
        tabs.give_back(page.page, **context)
    assert [problem for page, _ in opened for problem in page.problems] == []


# ---- a workspace with a little app, for testing the page itself

GROUPS = (
    Group(
        heading="Staff",
        people=(
            Someone(person_id="U1", caption="case manager"),
            Someone(person_id="U2", caption="therapist"),
            Someone(person_id="U3"),
        ),
    ),
    Group(heading="Supervisors", people=(Someone(person_id="U4", caption="two teams"),)),
)


class Gate:
    """Holds a jump half-way until opened."""

    def __init__(self) -> None:
        self._opened = threading.Event()

    def open(self) -> None:
        """Let the jump go on."""
        self._opened.set()

    def wait(self) -> None:
        """Wait until opened."""
        assert self._opened.wait(5)


def guidance(user_id: str) -> Guidance:
    name = next(person.name for person in PEOPLE if person.id == user_id)
    after = "Her check-in has just arrived." if user_id == "U1" else ""
    return Guidance(
        sentences=(f"You are {name}.", after),
        try_next=(Someone(person_id="U2", caption="reads no answers"),),
    )


def options(clock: MovableClock, gate: Gate) -> PageOptions:
    def an_hour(report: Report) -> None:
        report(Progress(done=0.5, words="Wednesday 2 December, week 1"))
        gate.wait()
        report(Progress(done=0.9))
        clock.advance(timedelta(hours=1))

    def nowhere(_report: Report) -> None:
        raise LookupError("there is no such day")

    return PageOptions(
        title="Harbor House",
        groups=GROUPS,
        jumps=(Jump(name="+1 hour", run=an_hour), Jump(name="To nowhere", run=nowhere)),
        guidance=guidance,
    )


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture(scope="session")
def little_slack(chromium: str) -> Iterator[Sandbox]:
    """One workspace with the little app connected; disconnecting takes a second, so it serves all tests."""
    clock = MovableClock(START)
    clock.run()
    sandbox = Sandbox(manifest=MANIFEST, clock=clock.now, people=PEOPLE, channels=CHANNELS, ack_seconds=1.0)
    with sandbox:
        app = make_app(sandbox.api_url, sandbox.bot_token, sandbox.app_token)
        app.connect()
        assert sandbox.wait_connected()
        yield sandbox
        app.close()


@pytest.fixture
def sandbox(little_slack: Sandbox) -> Sandbox:
    """That workspace with nothing said, nothing open and nothing read."""
    workspace = little_slack.workspace
    for channel in [*workspace.dms().values(), *(one.id for one in CHANNELS)]:
        for message in workspace.messages(channel):
            workspace.delete(message)
    for person in PEOPLE:
        workspace.close_modals(person.id)
        for message in workspace.ephemerals(person.id):
            workspace.drop_ephemeral(message)
    little_slack.set_page(PageOptions(groups=GROUPS))
    return little_slack


@pytest.fixture
def clock() -> MovableClock:
    clock = MovableClock(START)
    clock.run()
    return clock


@pytest.fixture
def moving(chromium: str, clock: MovableClock, gate: Gate) -> Iterator[Sandbox]:
    """A workspace without an app, whose clock the page can move."""
    page = options(clock, gate)
    with Sandbox(manifest=MANIFEST, clock=clock.now, people=PEOPLE, channels=CHANNELS, page=page) as sandbox:
        yield sandbox


@pytest.fixture
def app_says(sandbox: Sandbox) -> AppSays:
    """The little app writes to Ana."""
    client = WebClient(token=sandbox.bot_token, base_url=sandbox.api_url)

    def says(text: str, blocks: list[dict[str, Any]] | None = None) -> None:
        client.chat_postMessage(channel="U1", text=text, blocks=blocks)

    return says


@pytest.fixture
def ana(sandbox: Sandbox, open_page: OpenPage) -> SlackPage:
    return open_page(sandbox.page_url).become("U1")


@pytest.fixture
def ben(sandbox: Sandbox, open_page: OpenPage) -> SlackPage:
    return open_page(sandbox.page_url).become("U2")
