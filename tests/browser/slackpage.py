"""The local Slack's page as a person uses it: by names of buttons and labels, never by selectors.

def test_a_submitted_check_in_becomes_options(demo_sandbox: Sandbox, open_page: OpenPage) -> None:
    ana = open_page(demo_sandbox.page_url).become("U0ANA")
    ana.click("Start", within=ana.message("Your weekly minute"))
    ana.wait_for_modal("This week")
    ana.tick("A lot")
    ana.click("Send")
    ana.wait_for_modal("Done. Your options")
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Locator, Page, Request, expect

WAIT_MS = 15_000
"""How long anything may take; what works takes a fraction of a second, on a busy machine more."""
MORE = re.compile("More actions|Más acciones")


class SlackPage:
    """One tab. `problems` collects console errors, uncaught errors and requests that left the origin."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.problems: list[str] = []
        self._listeners: dict[Any, Callable[..., None]] = {
            "console": self._on_console,
            "pageerror": lambda error: self.problems.append(f"uncaught: {error}"),
            "request": self._on_request,
        }
        self.page.set_default_timeout(WAIT_MS)
        for event, listener in self._listeners.items():
            self.page.on(event, listener)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.problems.append(f"console: {message.text}")

    def _on_request(self, request: Request) -> None:
        if urlsplit(request.url).netloc != urlsplit(self.url).netloc and not request.url.startswith("data:"):
            self.problems.append(f"left the origin: {request.url}")

    # ---- who and where

    def become(self, person_id: str, place: str = "messages") -> SlackPage:
        """Open the page as somebody, at "messages", "home" or a channel id."""
        self._go_to_rest()
        self.page.goto(f"{self.url}#{person_id}/{place}")
        self.main.locator("h1:not(:empty)").wait_for()
        return self

    def home(self) -> Locator:
        """Go to the app's Home tab."""
        self.main.locator("#tab-home").click()
        return self.page.locator("#pane-home")

    def leave(self) -> None:
        """End what the page does, so that the tab can serve another test."""
        for event, listener in self._listeners.items():
            self.page.remove_listener(event, listener)
        self._go_to_rest()

    def _go_to_rest(self) -> None:
        # A quiet address of the same site: unlike about:blank it keeps the browser's process.
        self.page.goto(f"{self.url}page/static/icon.svg")

    @property
    def main(self) -> Locator:
        """The middle of the page: a conversation or Home."""
        return self.page.get_by_role("main")

    @property
    def modal(self) -> Locator:
        """The open modal."""
        return self.page.locator("dialog#modal[open]")

    @property
    def surface(self) -> Locator:
        """What a person can use now: the dialog on top when one is open, else the middle of the page."""
        dialogs = self.page.locator("dialog[open]")
        return dialogs.last if dialogs.count() else self.main

    # ---- reading

    def messages(self) -> list[str]:
        """The text of each message on the screen, oldest first."""
        return self.main.locator("li.message").all_inner_texts()

    def message(self, text: str | re.Pattern[str]) -> Locator:
        """The newest message with this text, once it is there."""
        found = self.main.locator("li.message").filter(has_text=text).last
        found.wait_for()
        return found

    def wait_for_modal(self, title: str) -> Locator:
        """The modal once it has this title."""
        self.modal.get_by_role("heading", level=2, name=title, exact=True).wait_for()
        return self.modal

    def wait_for_no_modal(self) -> None:
        """Until no modal is open."""
        self.modal.wait_for(state="detached")

    def toast(self, text: str | re.Pattern[str]) -> Locator:
        """The notice in the corner, once it is there."""
        found = self.page.get_by_role("alert").locator(".toast").filter(has_text=text)
        found.wait_for()
        return found

    def errors(self) -> list[str]:
        """What stands under the inputs of the modal."""
        return self.modal.locator(".error:visible").all_inner_texts()

    def fits_its_width(self) -> bool:
        """Whether nothing makes the page scroll sideways."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))

    # ---- doing

    def click(self, name: str, *, within: Locator | None = None) -> None:
        """Click the newest button (or link) of this name where a person can click now."""
        place = within or self.surface
        buttons = place.get_by_role("button", name=name, exact=True)
        links = place.get_by_role("link", name=name, exact=True)
        buttons.or_(links).last.click()

    def menu(self, name: str, *, within: Locator | None = None) -> None:
        """Choose in the newest "⋯" menu."""
        (within or self.surface).get_by_role("button", name=MORE).last.click()
        self.page.get_by_role("menuitem", name=name).locator("visible=true").click()

    def fill(self, label: str, text: str) -> None:
        """Type into a text, date or time field."""
        self.surface.get_by_label(label, exact=True).fill(text)

    def tick(self, option: str, *, group: str | None = None) -> None:
        """Choose a radio button or tick a checkbox, in the group of this label."""
        place = self.surface
        if group:
            place = place.get_by_role("radiogroup", name=group).or_(place.get_by_role("group", name=group))
        place.get_by_label(option, exact=True).check()

    def pick(self, opener: str, option: str, *, query: str = "") -> None:
        """Open a list by its label or placeholder, search, and choose."""
        self.surface.get_by_role("button", name=opener).last.click()
        if query:
            self.page.locator(".popup:popover-open").get_by_role("combobox").fill(query)
        self.page.get_by_role("option", name=option).locator("visible=true").first.click()

    def say(self, text: str) -> None:
        """Type into the message field and send; a text that starts with "/" is a command."""
        field = self.page.locator("#composer")
        field.fill(text)
        if text.startswith("/"):
            field.press("Escape")
        field.press("Enter")

    def jump(self, name: str, *, within_ms: int = 60_000) -> None:
        """Press a button of the clock and wait until time stands again."""
        button = self.page.get_by_role("group", name="Move the clock").get_by_role("button", name=name)
        button.click()
        expect(button).to_be_disabled()
        expect(button).to_be_enabled(timeout=within_ms)
