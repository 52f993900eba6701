"""Modals: every input filled, errors, updates, the stack, and all of it by keyboard."""

from __future__ import annotations

from playwright.sync_api import expect

from bot.sandbox import Sandbox
from tests.browser.slackpage import SlackPage


def open_form(page: SlackPage) -> None:
    page.say("/little form")
    page.wait_for_modal("A form")


def test_every_input_reaches_the_app(ana: SlackPage) -> None:
    open_form(ana)
    ana.fill("Words", "some words")
    ana.fill("More words", "two \nlines")
    ana.tick("Heavy", group="How heavy?")
    ana.tick("Tea", group="Extras")
    ana.tick("Cake", group="Extras")
    ana.pick("Day:", "Tuesday")
    for day in ("One", "Three"):
        ana.pick("Days:", day)
        ana.page.keyboard.press("Escape")
    ana.pick("City:", "Ljubljana", query="lj")
    ana.pick("Person:", "Ben Okafor")
    ana.pick("People:", "Carla Núñez", query="nunez")
    ana.page.keyboard.press("Escape")
    ana.pick("Place:", "team-harbor")
    ana.fill("Date", "2026-12-24")
    ana.fill("Time", "09:30")
    ana.click("Save")
    thanks = ana.wait_for_modal("Thank you")
    expect(thanks).to_contain_text(
        "Got: words=some words, more=two lines, weight=heavy, extras=tea+cake, day=tuesday, days=one+three, "
        "city=ljubljana, person=U2, people=U3, place=C1, date=2026-12-24, time=09:30"
    )


def test_errors_stand_under_their_input_and_keep_what_was_written(ana: SlackPage) -> None:
    open_form(ana)
    ana.fill("More words", "kept")
    ana.click("Save")
    expect(ana.modal.locator(".error:visible")).to_have_text("Please complete this required field.")
    ana.fill("Words", "wrong")
    ana.click("Save")
    expect(ana.modal.locator(".error:visible")).to_have_text("Please use other words.")
    words = ana.modal.get_by_label("Words", exact=True)
    expect(words).to_be_focused()
    expect(words).to_have_attribute("aria-invalid", "true")
    expect(words).to_have_accessible_description("Not too many. Please use other words.")
    expect(ana.modal.get_by_label("More words")).to_have_value("kept")
    ana.fill("Words", "right")
    ana.click("Save")
    expect(ana.wait_for_modal("Thank you")).to_contain_text("words=right, more=kept")


def test_a_text_that_is_too_long_is_counted_and_refused(ana: SlackPage) -> None:
    open_form(ana)
    ana.fill("Words", "x" * 43)
    expect(ana.modal.get_by_text("-3", exact=True)).to_be_visible()
    ana.click("Save")
    expect(ana.modal.locator(".error:visible")).to_have_text("Please enter no more than 40 characters.")


def test_a_pushed_view_lies_on_top_and_steps_back(ana: SlackPage) -> None:
    open_form(ana)
    ana.fill("Words", "hello")
    ana.click("Save")
    ana.wait_for_modal("Thank you")
    expect(ana.modal.get_by_role("button", name="Back")).to_have_count(0)
    ana.click("Go deeper")
    ana.wait_for_modal("Second")
    expect(ana.modal.get_by_role("button", name="Save")).to_have_count(0)
    ana.click("Step back")
    ana.wait_for_modal("Thank you")
    ana.click("Go deeper")
    ana.wait_for_modal("Second")
    ana.click("Close")
    ana.wait_for_no_modal()


def test_escape_closes_the_view_and_the_workspace_knows(ana: SlackPage, sandbox: Sandbox) -> None:
    open_form(ana)
    ana.page.keyboard.press("Escape")
    ana.wait_for_no_modal()
    assert sandbox.views("U1") == []


def test_escape_closes_an_open_list_before_the_modal(ana: SlackPage) -> None:
    open_form(ana)
    ana.modal.get_by_role("button", name="Day:").click()
    ana.page.keyboard.press("Escape")
    expect(ana.page.get_by_role("option").locator("visible=true")).to_have_count(0)
    ana.wait_for_modal("A form")


def test_a_form_is_filled_and_sent_by_keyboard_alone(ana: SlackPage) -> None:
    keys = ana.page.keyboard
    ana.page.get_by_role("button", name="Shortcuts").focus()
    keys.press("Enter")
    expect(ana.page.get_by_role("menuitem", name="Open the form")).to_be_focused()
    keys.press("Enter")
    ana.wait_for_modal("A form")
    tab_to(ana, "Words")
    keys.type("by hand")
    tab_to(ana, "Light")
    keys.press("ArrowDown")
    tab_to(ana, "Tea")
    keys.press("Space")
    tab_to(ana, "Day: Select an option")
    keys.press("ArrowDown")
    expect(ana.page.get_by_role("option", name="Monday")).to_be_visible()
    keys.press("ArrowDown")
    keys.press("Enter")
    expect(ana.modal.get_by_role("button", name="Day: Tuesday")).to_be_focused()
    tab_to(ana, "City: Select an option")
    keys.press("Enter")
    expect(ana.page.get_by_role("combobox", name="Search").locator("visible=true")).to_be_focused()
    keys.type("os")
    expect(ana.page.get_by_role("option", name="Oslo")).to_be_visible()
    keys.press("Enter")
    tab_to(ana, "Save")
    keys.press("Enter")
    expect(ana.wait_for_modal("Thank you")).to_contain_text(
        "Got: words=by hand, weight=heavy, extras=tea, day=tuesday, city=oslo"
    )


def tab_to(page: SlackPage, name: str) -> None:
    """Press Tab until the element of this accessible name has the focus."""
    walked = []
    for _ in range(40):
        page.page.keyboard.press("Tab")
        focused = page.page.locator(":focus")
        if focused.count() == 0:
            continue
        label = focused.evaluate("e => e.ariaLabel || (e.labels?.[0] ?? e).innerText.trim()")
        walked.append(label)
        if label == name:
            return
    raise AssertionError(f"Tab never reached {name!r}; it went over {walked}")


def test_the_focus_stays_in_the_modal(ana: SlackPage) -> None:
    open_form(ana)
    for _ in range(45):
        ana.page.keyboard.press("Tab")
        assert ana.page.evaluate(
            "document.activeElement === document.body || !!document.activeElement.closest('dialog')"
        )


def test_an_app_that_does_not_answer_a_submit_is_warned_about_in_the_modal(ana: SlackPage) -> None:
    open_form(ana)
    ana.fill("Words", "slow")
    ana.click("Save")
    expect(ana.modal.get_by_role("button", name="Save")).to_have_attribute("aria-busy", "true")
    expect(ana.modal.get_by_role("alert")).to_have_text("We had some trouble connecting. Try again?")
    expect(ana.modal.get_by_label("Words", exact=True)).to_have_value("slow")


def test_what_was_entered_survives_an_update_of_the_view(ana: SlackPage, sandbox: Sandbox) -> None:
    open_form(ana)
    ana.fill("Words", "still here")
    ana.tick("Tea", group="Extras")
    view = sandbox.views("U1")[-1]
    with_note = {**view.body, "title": {"type": "plain_text", "text": "A new title"}}
    sandbox.workspace.replace_view(view, with_note, view.values)
    ana.wait_for_modal("A new title")
    expect(ana.modal.get_by_label("Words", exact=True)).to_have_value("still here")
    expect(ana.modal.get_by_label("Tea", exact=True)).to_be_checked()
