"""The product as people meet it: through the demo's page in a real browser, by clicking.

One made-up agency for all tests, on the morning of the first check-ins. Nobody's test needs another's;
the one that lets days pass stands last.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from bot.content import Words
from bot.demo import tour
from bot.demo.stage import Stage, stage
from tests.browser.conftest import OpenPage
from tests.browser.slackpage import SlackPage

PHONE = {"width": 390, "height": 844}
SUPERVISOR = "Irene Walsh"
INTAKE = "C0INTAKE0"


@pytest.fixture(scope="module")
def agency(chromium: str) -> Iterator[Stage]:
    """The demo as `make demo` starts it, moved on to the first check-ins."""
    with stage(tour.everybody()) as on, tour.opened(on) as opened:
        opened.jump_to(lambda: tour.OPENING.replace(hour=15, minute=0, second=1), lambda _: None)
        yield on


@pytest.fixture
def en(agency: Stage) -> Words:
    return agency.bot.setting.content.words("en")


@pytest.fixture
def es(agency: Stage) -> Words:
    return agency.bot.setting.content.words("es")


def person_id(on: Stage, name: str) -> str:
    return next(player.id for player in on.cast.players if player.person.name == name)


def shown_home(page: SlackPage, words: Words, *, work: bool = False) -> SlackPage:
    """The person's Home, or the part of it for supervisors and admins."""
    page.home()
    if work:
        page.click(words("home.work"))
        page.main.get_by_role("button", name=words("home.mine")).wait_for()
    return page


def test_the_weekly_minute_is_answered_on_a_phone_in_spanish(
    agency: Stage, open_page: OpenPage, es: Words
) -> None:
    ana = open_page(agency.sandbox.page_url, **PHONE).become(person_id(agency, "Ana Ruiz"))
    card = ana.message(es("checkin.title"))
    expect(card).to_be_in_viewport(ratio=1)
    ana.click(es("checkin.start_says"), within=card)
    form = ana.wait_for_modal(es("form.title"))
    assert es("form.read_first").strip("*") in form.inner_text()
    heavy = es.scale("W")[3].text
    ana.tick(heavy, group=es.item("qC1").text)
    assert ana.fits_its_width()
    ana.click(es("form.submit_unread"))
    options = ana.wait_for_modal(es("options.title_saved"))
    expect(options).to_contain_text(es("options.t1"))
    expect(options).to_contain_text(es.crisis("US").short)
    ana.click(es("options.not_now"))
    ana.wait_for_no_modal()
    fixed = ana.message(es("checkin.thanks"))
    expect(fixed).to_be_in_viewport(ratio=1)
    expect(fixed.get_by_role("button")).to_have_text(
        [es("checkin.see_options"), es("checkin.change"), es("crisis.button")]
    )
    assert not [text for text in ana.messages() if heavy in text.splitlines()]
    assert ana.fits_its_width()


def test_an_ask_reaches_the_supervisor_and_the_answer_comes_back(
    agency: Stage, open_page: OpenPage, en: Words
) -> None:
    ben = open_page(agency.sandbox.page_url).become(person_id(agency, "Ben Okafor"))
    irene = open_page(agency.sandbox.page_url).become(person_id(agency, SUPERVISOR))
    shown_home(ben, en).click(en("menu.ask"))
    expect(ben.wait_for_modal(en("menu.ask"))).to_contain_text(f"@{SUPERVISOR}")
    ben.click(en("ask.send"))
    expect(ben.modal).to_contain_text(en("ask.sent", who=f"@{SUPERVISOR}"))
    ben.click(en("common.close"))
    irene.click(en("ask.yes_says"), within=irene.message("@Ben Okafor"))
    irene.message(en("ask.card_agreed", who="@Ben Okafor"))
    ben.main.get_by_role("tab", name="Messages").click()
    ben.message(en("ask.told_agreed", who=f"@{SUPERVISOR}"))


def test_something_is_said_with_others_seen_and_taken_back_on_a_phone_in_spanish(
    agency: Stage, open_page: OpenPage, es: Words
) -> None:
    luz = open_page(agency.sandbox.page_url, **PHONE).become(person_id(agency, "Luz Navarro"))
    shown_home(luz, es).click(es("raise.button"))
    form = luz.wait_for_modal(es("raise.title"))
    expect(form).to_contain_text("al menos 3 personas la eligen")
    expect(form.get_by_role("checkbox", checked=True)).to_have_count(0)
    assert luz.fits_its_width()
    luz.click(es("raise.submit"))
    expect(form).to_contain_text(es("raise.nothing_ticked"))
    luz.tick(es.phrase("hands"))
    luz.tick(es.phrase("asked"))
    luz.click(es("raise.submit"))
    own = luz.wait_for_modal(es("raise.mine_title"))
    expect(own).to_contain_text(es("raise.mine_noted"))
    luz.click(es("raise.take_back"))
    expect(own).to_contain_text(es("raise.mine_taken_back"))
    expect(own).not_to_contain_text(es.phrase("asked"))
    expect(own).to_contain_text(es.phrase("hands"))
    assert luz.fits_its_width()


def test_two_people_find_each_other_and_meet_in_a_group_message(
    agency: Stage, open_page: OpenPage, en: Words, es: Words
) -> None:
    carla = open_page(agency.sandbox.page_url, **PHONE).become(person_id(agency, "Carla Duarte"))
    shown_home(carla, es).click(es("menu.peer"))
    carla.wait_for_modal(es("peer.title"))
    assert carla.fits_its_width()
    carla.click(es("peer.offer_help"))
    carla.wait_for_modal(es("peer.offering_title"))
    assert carla.fits_its_width()
    carla.click(es("common.save"))
    expect(carla.wait_for_modal(es("peer.guide_title"))).to_contain_text(es.crisis("US").short)
    carla.click(es("common.close"))
    carla.wait_for_modal(es("peer.title"))
    carla.click(es("common.cancel"))

    noah = open_page(agency.sandbox.page_url).become(person_id(agency, "Noah Levi"))
    shown_home(noah, en).click(en("menu.peer"))
    form = noah.wait_for_modal(en("peer.title"))
    expect(form.get_by_role("textbox")).to_have_count(0)
    expect(form).to_contain_text(en.crisis("US").short)
    noah.click(en("peer.send"))
    expect(noah.modal).to_contain_text(en("peer.asking"))
    noah.click(en("common.close"))

    carla.main.get_by_role("tab", name="Mensajes").click()
    card = carla.message(es("peer.offer_consent"))
    expect(card).not_to_contain_text("Noah")
    carla.click(es("peer.can"), within=card)
    carla.message("Gracias. La otra persona decide")
    noah.main.get_by_role("tab", name="Messages").click()
    noah.click(en("peer.see_who"), within=noah.message("A colleague can be there for you"))
    expect(noah.wait_for_modal(en("peer.found_title"))).to_contain_text("@Carla Duarte")
    expect(noah.modal).to_contain_text(en("peer.group_stays"))
    noah.click(en("peer.open_group"))
    expect(noah.modal).to_contain_text(en("peer.both_open", who="@Carla Duarte"))
    noah.click(en("common.close"))
    noah.page.get_by_role("navigation").get_by_role("button", name=re.compile("Carla Duarte")).click()
    expect(noah.message("You both said yes to talking.")).to_contain_text(en("huddle.this_time"))


def test_days_away_are_set_on_a_phone_in_spanish_and_the_card_is_wanted_all_the_same(
    agency: Stage, open_page: OpenPage, es: Words
) -> None:
    teresa = open_page(agency.sandbox.page_url, **PHONE).become(person_id(agency, "Teresa Gil"))
    shown_home(teresa, es).click(es("menu.leave_says"))
    teresa.wait_for_modal(es("leave.title"))
    teresa.fill(es("leave.first"), "2027-01-15")
    teresa.fill(es("leave.last"), "2027-01-13")
    teresa.click(es("leave.add"))
    expect(teresa.modal).to_contain_text(es("leave.problem_backwards"))
    teresa.fill(es("leave.first"), "2027-01-13")
    teresa.fill(es("leave.last"), "2027-01-15")
    teresa.click(es("leave.add"))
    expect(teresa.modal).to_contain_text("Del miércoles 13 de enero al viernes 15 de enero")
    assert teresa.fits_its_width()
    teresa.click(es("common.close"))
    teresa.wait_for_no_modal()
    expect(teresa.main).to_contain_text(es("home.why_leave"))
    assert teresa.fits_its_width()
    teresa.click(es("home.send_now_says"))
    expect(teresa.modal).to_contain_text(es("checkin.on_its_way"))
    teresa.click(es("common.close"))
    teresa.main.get_by_role("tab", name="Mensajes").click()
    teresa.message(es("checkin.title"))


def test_an_admin_sets_up_a_team_and_its_people_hear_of_it(
    agency: Stage, open_page: OpenPage, en: Words
) -> None:
    nora = open_page(agency.sandbox.page_url).become(person_id(agency, "Nora Diaz"), INTAKE)
    nora.say("/invite @Choir")
    nora.message("was added to #intake")
    nora.page.get_by_role("navigation").get_by_role("button", name=re.compile("^Choir")).click()
    shown_home(nora, en, work=True).click(en("team.set_up"))
    nora.wait_for_modal(en("team.title"))
    nora.fill(en("team.name"), "Intake")
    nora.pick(en("team.channel"), "intake")
    nora.tick(en("team.everyone_option"))
    nora.pick(en("team.supervisor"), SUPERVISOR, query="irene")
    nora.pick(en("team.leader"), "Maria Quinn", query="quinn")
    nora.pick(en("team.zone"), "New York", query="eastern")
    nora.click(en("common.next"))
    check = nora.wait_for_modal(en("team.check_title"))
    expect(check).to_contain_text(en("team.too_few"))
    expect(check).to_contain_text("@Nora Diaz (Coordination)")
    nora.click(en("team.ask_leader"))
    expect(nora.modal).to_contain_text("@Maria Quinn")

    maria = open_page(agency.sandbox.page_url, **PHONE).become(person_id(agency, "Maria Quinn"))
    maria.click(en("promise.read"), within=maria.message("Intake"))
    maria.wait_for_modal(en("promise.title"))
    maria.click(en("promise.accept"))
    expect(maria.modal).to_contain_text("required field")
    maria.fill(en("promise.told_on"), "2027-01-12")
    maria.click(en("promise.accept"))
    expect(maria.modal).to_contain_text("Intake")

    omar = open_page(agency.sandbox.page_url, **PHONE).become(person_id(agency, "Omar Reed"))
    hello = omar.message(en("first_contact.hello"))
    expect(hello).to_contain_text("Everybody in Intake")
    expect(hello).to_contain_text(en.crisis("US").lines[0])

    nora.click(en("common.close"))
    nora.main.get_by_role("tab", name="Messages").click()
    nora.click(en("team.pin_post"), within=nora.message("Intake has started"))
    nora.page.get_by_role("navigation").get_by_role("button", name="intake").click()
    expect(nora.message(en("crisis.title"))).to_contain_text(en.crisis("US").lines[0])


def test_days_pass_in_sight_until_the_supervisors_next_message(
    agency: Stage, open_page: OpenPage, en: Words
) -> None:
    irene = open_page(agency.sandbox.page_url).become(person_id(agency, SUPERVISOR))
    assert not [text for text in irene.messages() if en.prompt(2).theme in text]
    irene.page.get_by_role("button", name="To the supervisor's next message").click()
    expect(irene.page.get_by_role("progressbar", name="Time passes")).to_be_visible()
    expect(irene.page.get_by_role("status").first).to_have_text(re.compile(r"January 1\d, week 1"))
    expect(irene.page.get_by_role("button", name="+1 hour")).to_be_enabled(timeout=60_000)
    weekly = irene.message(en.prompt(2).theme)
    expect(weekly).to_be_in_viewport()
    expect(weekly).to_contain_text(en.prompt(2).say)
    expect(weekly).to_contain_text(en("weekly.hr_line"))
    expect(irene.page.locator(".bar-time")).to_contain_text("Tue, Jan 19, 9:30")
