"""Days away, one payload at a time: added, seen, taken back, ended early; told to nobody."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.blocks import ids
from bot.domain.checkins import Reason, State
from bot.domain.leave import FARTHEST, MOST_SPANS, Leave, Span
from bot.domain.notices import Kind, notice
from schedules.delivery import deliver
from storage import checkins, leave, outbox, rules
from storage.rules import RuleKind
from tests.handlers.bodies import Body, in_view
from tests.handlers.world import ANA, BEN, BOTH, LUIS, SOL, WEEK, World, text_of

TODAY = date(2027, 1, 20)
HOME = in_view(ids.VIEW_HOME, type="home")


def day(offset: int) -> date:
    return TODAY + timedelta(days=offset)


def dates(first: object, last: object, drawn: int = 0) -> Body:
    """The window's two dates as Slack sends them."""
    chosen = {ids.AWAY_FROM: first, ids.AWAY_UNTIL: last}
    return {
        f"{name}_{drawn}": {name: {"type": "datepicker", "selected_date": str(on) if on else None}}
        for name, on in chosen.items()
    }


def kept(world: World, person: object = BEN) -> Leave:
    with world.begin() as tx:
        return leave.get(tx, world.ref(person))  # type: ignore[arg-type]


def keep(world: World, *spans: tuple[int, int]) -> None:
    with world.begin() as tx:
        days = tuple(Span(first_on=day(first), last_on=day(last)) for first, last in spans)
        leave.save(tx, world.ref(BEN), days)


@pytest.mark.parametrize("database", BOTH, indirect=True)
def test_two_dates_are_kept_and_shown_and_the_next_two_start_empty(world: World) -> None:
    told = world.submit(BEN, ids.VIEW_LEAVE, dates(day(5), day(9)), {"drawn": 0})
    assert kept(world) == (Span(first_on=day(5), last_on=day(9)),)
    assert "Monday, January 25 to Friday, January 29" in text_of(told.view["blocks"])
    assert f"{ids.AWAY_FROM}_1" in text_of(told.view["blocks"])
    world.submit(BEN, ids.VIEW_LEAVE, dates(day(8), day(12), 1), {"drawn": 1})
    assert kept(world) == (Span(first_on=day(5), last_on=day(12)),)


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (9, 5, "lies before the first"),
        (-3, -1, "are over"),
        (5, FARTHEST.days + 1, "more than a year"),
    ],
)
def test_dates_that_make_no_sense_are_refused_in_words_and_nothing_is_kept(
    world: World, first: int, last: int, said: str
) -> None:
    told = world.submit(BEN, ids.VIEW_LEAVE, dates(day(first), day(last), 3), {"drawn": 3})
    assert list(told.errors) == [f"{ids.AWAY_UNTIL}_3"]
    assert said in told.errors[f"{ids.AWAY_UNTIL}_3"]
    assert kept(world) == ()


def test_a_thirteenth_entry_is_refused_in_words(world: World) -> None:
    keep(world, *((3 * n, 3 * n) for n in range(MOST_SPANS)))
    told = world.submit(BEN, ids.VIEW_LEAVE, dates(day(99), day(99)), {"drawn": 0})
    assert str(MOST_SPANS) in told.errors[f"{ids.AWAY_UNTIL}_0"]
    assert len(kept(world)) == MOST_SPANS


@pytest.mark.parametrize("odd", ["tomorrow", "2027-13-01", "", None, "2027-01-25T09:00"])
def test_what_is_no_date_is_not_kept_and_the_window_stays(world: World, odd: object) -> None:
    told = world.submit(BEN, ids.VIEW_LEAVE, dates(odd, day(9)), {"drawn": 0})
    assert list(told.errors) == [f"{ids.AWAY_FROM}_0"]
    assert kept(world) == ()


def test_a_span_is_taken_back_with_one_tap(world: World) -> None:
    keep(world, (2, 3), (8, 9))
    world.tap(BEN, ids.OPENED_LEAVE, place=HOME)
    opened = world.window(BEN)
    assert opened is not None
    place = in_view(ids.VIEW_LEAVE, {"drawn": 0}, id=opened.id)
    world.tap(BEN, ids.REMOVED_LEAVE, str(day(2)), place=place)
    assert kept(world) == (Span(first_on=day(8), last_on=day(9)),)
    shown = world.window(BEN)
    assert shown is not None
    assert "January 22" not in text_of(shown)
    world.tap(BEN, ids.REMOVED_LEAVE, str(day(2)), place=place)
    assert len(kept(world)) == 1


def test_coming_back_early_is_one_tap_and_later_leave_stays(world: World) -> None:
    keep(world, (-2, 4), (30, 31))
    world.tap(BEN, ids.CAME_BACK, place=HOME)
    with world.begin() as tx:
        assert tuple(span for span in leave.get(tx, world.ref(BEN)) if span.last_on >= TODAY) == (
            Span(first_on=day(30), last_on=day(31)),
        )
    said = world.window(BEN)
    assert said is not None
    assert said.title == world.words(BEN)("leave.back_title")
    home = world.sandbox.home(BEN.id)
    assert ids.CAME_BACK not in text_of(home)


def test_what_is_over_is_not_shown(world: World) -> None:
    keep(world, (-9, -1), (2, 3))
    world.tap(BEN, ids.OPENED_LEAVE, place=HOME)
    shown = world.window(BEN)
    assert shown is not None
    assert text_of(shown).count(ids.REMOVED_LEAVE) == 1


def test_planning_and_what_waits_are_looked_at_anew(world: World) -> None:
    now, luis = world.stage.clock.now(), world.ref(LUIS)
    with world.begin() as tx:
        leave.save(tx, luis, (Span(first_on=TODAY, last_on=day(8)),))
        outbox.add(tx, notice(Kind.FIRST_CONTACT, luis, "again", now + timedelta(days=9)))
        rules.set_next_due(tx, now + timedelta(days=9), ref=luis, kind=RuleKind.WEEKLY)
    world.tap(LUIS, ids.CAME_BACK, place=HOME)
    with world.begin() as tx:
        assert rules.next_due_at(tx, luis, RuleKind.WEEKLY) == now
        waiting = outbox.claim(tx, now, timedelta(minutes=1), 99)
    assert [one.due_at for one in waiting if one.to == luis] == [now]


def test_somebody_without_a_part_here_sets_none(world: World) -> None:
    world.submit(SOL, ids.VIEW_LEAVE, dates(day(1), day(2)), {"drawn": 0})
    assert kept(world, SOL) == ()


def test_nobody_else_s_screen_row_or_message_says_anything(world: World) -> None:
    """Not the supervisor's, not an admin's, not the team's."""
    home = {person: text_of(world.sandbox.home(person.id) or ()) for person in (ANA, LUIS)}
    before = world.rows("leave", "rules", "seen_events")
    said = len(world.calls("chat.postMessage", "chat.postEphemeral", "chat.update"))
    world.submit(BEN, ids.VIEW_LEAVE, dates(day(5), day(9)), {"drawn": 0})
    assert world.rows("leave", "rules", "seen_events") == before
    assert len(world.calls("chat.postMessage", "chat.postEphemeral", "chat.update")) == said
    assert {person: text_of(world.sandbox.home(person.id) or ()) for person in home} == home


# ---- the week's card all the same


def weeks_card(world: World) -> str:
    found = world.week(BEN)
    return str(found.state) if found else ""


def test_a_card_that_was_left_out_comes_at_once_when_it_is_wanted(world: World) -> None:
    keep(world, (-2, 2))
    with world.begin() as tx:
        checkins.add(tx, world.ref(BEN), WEEK, State.SKIPPED, Reason.LEAVE)
    for _ in range(2):
        world.tap(BEN, ids.WANTED_NOW, place=HOME)
    assert weeks_card(world) == "planned"
    setting = world.stage.bot.setting
    while deliver(setting, setting.workspace):
        pass
    cards = [m for m in world.dm(BEN) if m.text == world.words(BEN)("checkin.title")]
    assert (len(cards), weeks_card(world)) == (1, "sent")
    world.tap(BEN, ids.WANTED_NOW, place=HOME)
    assert weeks_card(world) == "sent"


@pytest.mark.parametrize("reason", [Reason.QUIET, Reason.EVERY_OTHER_WEEK, Reason.REFUSED])
def test_a_week_that_is_left_out_for_good_is_not_brought_back_by_an_old_button(
    world: World, reason: Reason
) -> None:
    with world.begin() as tx:
        checkins.add(tx, world.ref(BEN), WEEK, State.SKIPPED, reason)
    world.tap(BEN, ids.WANTED_NOW, place=HOME)
    found = world.week(BEN)
    assert found is not None
    assert (found.state, found.reason) == (State.SKIPPED, reason)
