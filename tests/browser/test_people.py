"""Who one is, on what screen: the picker, the address, phones, light and dark."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from bot.sandbox import Sandbox
from bot.sandbox.page import PageOptions
from tests.browser.conftest import AppSays, OpenPage
from tests.browser.little_app import every_block
from tests.browser.slackpage import SlackPage


def test_a_newcomer_first_chooses_who_to_be(open_page: OpenPage, sandbox: Sandbox) -> None:
    page = open_page(sandbox.page_url)
    page.page.goto(sandbox.page_url)
    dialog = page.page.get_by_role("dialog", name="Who do you want to be?")
    expect(dialog.get_by_role("region", name="Staff")).to_contain_text("Ana Ruiz")
    expect(dialog.get_by_role("button", name="Ana Ruiz")).to_contain_text("case manager · Chicago · 10:0")
    expect(dialog.get_by_role("button", name="Carla Núñez")).to_contain_text("Los Angeles · 8:0")
    expect(dialog.get_by_role("button", name="Carla Núñez")).to_contain_text("Spanish")
    expect(dialog.get_by_role("region", name="Supervisors")).to_contain_text("Dee Hart")
    page.page.keyboard.press("Escape")
    expect(dialog).to_be_visible()
    dialog.get_by_label("Find a person").fill("nunez")
    expect(dialog.get_by_role("button", name="Ana Ruiz")).to_have_count(0)
    dialog.get_by_role("button", name="Carla Núñez").click()
    expect(page.page).to_have_url(f"{sandbox.page_url}#U3/messages")
    expect(page.page.get_by_role("navigation")).to_contain_text("Carla Núñez")


def test_a_reload_keeps_the_person_and_the_place(ana: SlackPage) -> None:
    ana.home()
    ana.page.reload()
    expect(ana.main.get_by_role("tab", name="Home")).to_have_attribute("aria-selected", "true")
    expect(ana.page.get_by_role("navigation")).to_contain_text("Ana Ruiz")


def test_switching_person_shows_the_others_messages_only(ana: SlackPage, app_says: AppSays) -> None:
    app_says("For Ana only")
    ana.message("For Ana only")
    ana.page.get_by_role("button", name="Ana Ruiz").click()
    ana.page.get_by_role("dialog").get_by_role("button", name="Ben Okafor").click()
    expect(ana.page.get_by_role("navigation")).to_contain_text("Ben Okafor")
    assert not any("For Ana only" in text for text in ana.messages())


def test_the_picker_tells_who_has_news(ben: SlackPage, app_says: AppSays) -> None:
    app_says("News for Ana")
    ben.page.get_by_role("button", name="Ben Okafor").click()
    row = ben.page.get_by_role("dialog").get_by_role("button", name="Ana Ruiz")
    expect(row).to_contain_text("unread")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 390])
def test_nothing_scrolls_sideways_on_a_phone(
    open_page: OpenPage, sandbox: Sandbox, app_says: AppSays, width: int, scheme: str
) -> None:
    page = open_page(sandbox.page_url, width=width, height=740, has_touch=True, color_scheme=scheme)
    page.become("U1")
    app_says("Every element", every_block())
    page.message("Every element")
    assert page.fits_its_width()
    page.click("Open form")
    page.wait_for_modal("A form")
    assert page.fits_its_width()
    page.click("Not now")
    page.home()
    assert page.fits_its_width()
    page.click("All conversations")
    expect(page.page.get_by_role("navigation")).to_be_visible()
    assert page.fits_its_width()


def test_home_is_published_for_who_arrives_there_by_address(open_page: OpenPage, sandbox: Sandbox) -> None:
    page = open_page(sandbox.page_url).become("U3", "home")
    expect(page.main).to_contain_text("This is Home.")


def test_another_page_is_loaded_by_itself(ana: SlackPage, sandbox: Sandbox) -> None:
    sandbox.set_page(PageOptions(title="Another place"))
    expect(ana.page.get_by_role("navigation")).to_contain_text("Another place")
    expect(ana.page.get_by_role("navigation")).to_contain_text("Ana Ruiz")


def test_slacks_own_words_are_in_the_persons_language(sandbox: Sandbox, open_page: OpenPage) -> None:
    carla = open_page(sandbox.page_url).become("U3")
    carla.say("/little hola")
    assert "Solo visible para ti" in carla.message("You typed hola.").inner_text()
    carla.say("/little form")
    form = carla.wait_for_modal("A form")
    expect(form).to_contain_text("How heavy? (opcional)")
    expect(form.get_by_role("button", name="City: Elige una opción")).to_be_visible()
    carla.click("Not now")
    carla.wait_for_no_modal()
    expect(carla.main.get_by_role("tab")).to_have_text(["Inicio", "Mensajes"])
    expect(carla.page.locator("#composer")).to_have_attribute("placeholder", "Enviar mensaje a Little")
