"""The weekly card and its form, one payload at a time: stale, forged, malformed, twice, too late."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from bot.blocks import ids
from bot.domain.checkins import COME_AGAIN, Card, State
from bot.domain.members import Length
from storage import answers, checkins, timers
from storage.timers import checkin_entity
from tests.handlers.bodies import Body, chosen, click, filled, in_view, on_message, submission
from tests.handlers.outages import database_away
from tests.handlers.world import ANA, BEN, BOTH, NOW, SOL, WEEK, World, text_of
from tests.storage.at_once import at_once

FRIDAY_EVENING = NOW + timedelta(days=2, hours=8)


def answered(world: World, week: int = WEEK) -> dict[str, int]:
    with world.begin() as tx:
        return answers.own(tx, world.ref(ANA), week)


def filled_in(week: object = WEEK, **given: str | None) -> Body:
    return submission(ANA.id, ids.VIEW_CHECKIN, filled(**given), {"week": week})


# ---- in order


def test_start_opens_the_form_and_notes_that_it_was_opened(world: World) -> None:
    world.tap(ANA, ids.STARTED, str(WEEK), place=world.card(ANA))
    window, week = world.window(ANA), world.week(ANA)
    assert window
    assert window.callback_id == ids.VIEW_CHECKIN
    assert week
    assert week.state is State.OPENED


def test_a_submit_keeps_the_answers_turns_the_form_and_fixes_the_card(world: World) -> None:
    world.card(ANA)
    turned = world.submit(ANA, ids.VIEW_CHECKIN, filled(answer_qC1="4", answer_qI02=None), {"week": WEEK})
    assert turned.view["callback_id"] == ids.VIEW_OPTIONS
    assert answered(world) == {"qC1": 4}
    week = world.week(ANA)
    assert week
    assert (week.state, week.card) == (State.ANSWERED, Card.FIXED)
    assert ids.CHANGED_ANSWERS in text_of(world.dm(ANA)[-1])


def test_a_blank_submit_counts_as_an_answer_and_keeps_nothing(world: World) -> None:
    world.card(ANA)
    world.submit(ANA, ids.VIEW_CHECKIN, filled(answer_qC1=None), {"week": WEEK})
    week = world.week(ANA)
    assert week
    assert week.state is State.ANSWERED
    assert answered(world) == {}


def test_a_click_on_a_card_whose_sending_was_never_confirmed_tells_where_it_is(world: World) -> None:
    place = world.card(ANA)
    with world.begin() as tx:
        checkins.move(tx, world.ref(ANA), WEEK, (State.SENT,), State.PLANNED)
    world.tap(ANA, ids.DECLINED, str(WEEK), place=place)
    week = world.week(ANA)
    assert week
    assert (week.state, week.ts) == (State.DECLINED, place["container"]["message_ts"])


def test_later_today_sets_the_moment_and_says_so_on_the_card(world: World) -> None:
    world.tap(ANA, ids.PUT_OFF, str(WEEK), place=world.card(ANA))
    with world.begin() as tx:
        due = timers.list_due(tx, (COME_AGAIN,), NOW + timedelta(days=1), 10)
    assert [timer.entity for timer in due] == [checkin_entity(world.ref(ANA), WEEK)]
    week = world.week(ANA)
    assert week
    assert week.card is Card.PUT_OFF


def test_the_one_question_chosen_after_silence_holds_and_asking_goes_on(world: World) -> None:
    world.tap(ANA, ids.CHOSE_ONE_QUESTION, place=in_view(ids.VIEW_QUIET_QUESTION))
    assert world.choices(ANA).length is Length.ONE


def test_emptying_the_form_shows_it_with_nothing_chosen(world: World) -> None:
    world.card(ANA)
    world.submit(ANA, ids.VIEW_CHECKIN, filled(answer_qC1="5"), {"week": WEEK})
    world.tap(ANA, ids.CHANGED_ANSWERS, str(WEEK), place=world.last(ANA))
    form = world.window(ANA)
    assert form
    assert "initial_option" in text_of(form)
    place = in_view(ids.VIEW_CHECKIN, {"week": WEEK}, id=form.id)
    world.send(click(ANA.id, ids.CLEARED_ANSWERS, str(WEEK), place=place))
    emptied = world.window(ANA)
    assert emptied
    assert emptied.id == form.id
    assert "initial_option" not in text_of(emptied)
    assert answered(world) == {"qC1": 5}


# ---- late, stale, of another time


@pytest.mark.parametrize("action_id", [ids.STARTED, ids.PUT_OFF, ids.DECLINED, ids.CHANGED_ANSWERS])
def test_a_button_of_last_month_says_it_closed_and_does_nothing(world: World, action_id: str) -> None:
    place = world.card(ANA, week=0, state=State.CLOSED)
    before = world.rows()
    world.tap(ANA, action_id, "0", place=place)
    assert world.rows() == before
    window = world.window(ANA)
    assert window
    assert ids.OPENED_PRACTICE in text_of(window)
    assert "16:00" in text_of(window)


def test_a_week_that_was_never_sent_takes_no_answers(world: World) -> None:
    place = world.card(BEN)
    before = world.rows()
    for week in (0, 7, 999_999_999):
        world.tap(ANA, ids.STARTED, str(week), place=place)
        turned = world.send(filled_in(week, answer_qC1="4"))
        assert "16:00" in text_of(turned.view["blocks"])
    assert world.rows() == before


def test_a_submit_after_closing_keeps_nothing_and_still_offers(world: World) -> None:
    world.card(ANA)
    world.stage.clock.move_to(FRIDAY_EVENING)
    turned = world.send(filled_in(answer_qC1="5"))
    assert answered(world) == {}
    assert ids.OPENED_PRACTICE in text_of(turned.view["blocks"])
    week = world.week(ANA)
    assert week
    assert week.state is State.SENT


def test_a_submit_of_a_window_that_was_closed_meanwhile_is_kept(world: World) -> None:
    """Slack shows nothing then, but nothing is lost."""
    world.tap(ANA, ids.STARTED, str(WEEK), place=world.card(ANA))
    window = world.window(ANA)
    assert window
    world.sandbox.close_view(ANA.id, window.id, everything=True)
    assert world.send(filled_in(answer_qC1="2")).acked
    assert answered(world) == {"qC1": 2}


def test_later_today_on_a_day_that_closes_is_told_and_changes_nothing(world: World) -> None:
    place = world.card(ANA)
    world.stage.clock.move_to(NOW + timedelta(days=2, hours=4))
    before = world.rows()
    world.tap(ANA, ids.PUT_OFF, str(WEEK), place=place)
    assert world.rows() == before
    assert "Hoy cierra" in text_of(world.whispers(ANA)[-1])


def test_not_this_week_after_an_answer_leaves_the_answer(world: World) -> None:
    place = world.card(ANA)
    world.send(filled_in(answer_qC1="3"))
    world.tap(ANA, ids.DECLINED, str(WEEK), place=place)
    week = world.week(ANA)
    assert week
    assert (week.state, week.card) == (State.ANSWERED, Card.FIXED)
    assert answered(world) == {"qC1": 3}


# ---- malformed and forged


@pytest.mark.parametrize("action_id", [ids.STARTED, ids.OPENED_OPTIONS])
def test_a_week_that_is_none_is_said_kindly(world: World, action_id: str) -> None:
    place, before = world.card(ANA), world.rows()
    values = (None, "", "-1", "1.5", "٣", "three", "1000000000", "1;drop")
    for value in values:
        world.tap(ANA, action_id, value, place=place)
    assert world.rows() == before
    assert len(world.whispers(ANA)) == len(values)
    assert all("No pude leer eso" in text_of(said) for said in world.whispers(ANA))
    assert world.window(ANA) is None


ODD = (
    filled(answer_qC1="9"),
    filled(answer_qC1="0"),
    filled(answer_qC1="４"),
    filled(answer_qC1="heavy"),
    filled(answer_qC1=["4"]),
    filled(answer_qZ99="1"),
    filled(answer_="1"),
)


def test_an_answer_no_form_offers_is_not_kept_and_the_form_stays(world: World) -> None:
    world.card(ANA)
    world.send(filled_in(answer_qC1="3"))
    before = world.rows()
    for values in ODD:
        refused = world.send(submission(ANA.id, ids.VIEW_CHECKIN, values, {"week": WEEK}))
        assert list(refused.errors) == [next(iter(values))]
        assert "No pude leer eso" in next(iter(refused.errors.values()))
    assert world.rows() == before


def test_answers_of_one_person_are_never_under_another(world: World) -> None:
    """Whoever submits, submits their own week."""
    world.card(ANA)
    world.card(BEN)
    world.send(submission(BEN.id, ids.VIEW_CHECKIN, filled(answer_qC1="5"), {"week": WEEK, "user": ANA.id}))
    assert answered(world) == {}
    week = world.week(ANA)
    assert week
    assert week.state is State.SENT


def test_pressing_a_button_under_somebody_elses_card_acts_for_oneself(world: World) -> None:
    hers = world.card(ANA)
    before = text_of(world.dm(ANA)[-1])
    world.send(click(BEN.id, ids.DECLINED, str(WEEK), place=hers, trigger_id=world.trigger(BEN)))
    week = world.week(ANA)
    assert week
    assert week.state is State.SENT
    assert text_of(world.dm(ANA)[-1]) == before


def test_somebody_without_a_part_here_is_told_in_their_language(world: World) -> None:
    before = world.rows()
    refused = world.send(submission(SOL.id, ids.VIEW_CHECKIN, filled(answer_qC1="5"), {"week": WEEK}))
    assert world.rows() == before
    assert "todavía no está en un equipo" in text_of(refused.view["blocks"])


def test_the_menus_unknown_entry_is_said_kindly(world: World) -> None:
    before = world.rows()
    world.send(chosen(ANA.id, ids.CARD_MENU, "explode") | on_message(world.sandbox.dm_id(ANA.id)))
    assert world.rows() == before
    assert "No pude leer eso" in text_of(world.whispers(ANA)[-1])


# ---- twice, and at once


@pytest.mark.parametrize("database", BOTH, indirect=True)
def test_two_submits_at_once_are_one_answer(world: World) -> None:
    world.card(ANA)
    both = at_once(*[lambda: world.send(filled_in(answer_qC1="4"), finish=False)] * 2)
    world.stage.bot.executor.wait_idle(10)
    assert [one.view["callback_id"] for one in both] == [ids.VIEW_OPTIONS] * 2
    assert answered(world) == {"qC1": 4}
    assert len(world.rows()["answers"]) == len(world.rows()["person_keys"]) == 1


@pytest.mark.parametrize("database", BOTH, indirect=True)
def test_start_and_not_this_week_at_once_end_as_one_of_them(world: World) -> None:
    place = world.card(ANA)
    bodies = [
        click(ANA.id, action_id, str(WEEK), place=place, trigger_id=world.trigger(ANA))
        for action_id in (ids.STARTED, ids.DECLINED, ids.PUT_OFF, ids.DECLINED)
    ]
    at_once(*[lambda body=body: world.send(body, finish=False) for body in bodies])  # type: ignore[misc]
    world.stage.bot.executor.wait_idle(10)
    week = world.week(ANA)
    assert week
    assert week.state is State.DECLINED
    assert week.card is Card.DECLINED


@pytest.mark.parametrize("database", BOTH, indirect=True)
def test_a_submit_that_meets_the_closing_keeps_nothing_and_hears_so(world: World) -> None:
    world.card(ANA)
    with ThreadPoolExecutor(1) as threads:
        with world.begin() as tx:
            checkins.move(tx, world.ref(ANA), WEEK, (State.SENT,), State.CLOSED)
            submitting = threads.submit(world.send, filled_in(answer_qC1="5"))
            time.sleep(0.3)
        turned = submitting.result(10)
    assert world.words(ANA)("options.over_sent") in text_of(turned.view["blocks"])
    assert answered(world) == {}


@pytest.mark.parametrize("database", BOTH, indirect=True)
def test_a_click_that_meets_the_confirmation_of_its_card_counts(world: World) -> None:
    place = world.card(ANA, state=State.PLANNED)
    body = click(ANA.id, ids.DECLINED, str(WEEK), place=place, trigger_id=world.trigger(ANA))
    with ThreadPoolExecutor(1) as threads:
        with world.begin() as tx:
            checkins.move(tx, world.ref(ANA), WEEK, (State.PLANNED,), State.SENT)
            clicking = threads.submit(world.send, body)
            time.sleep(0.3)
        assert clicking.result(10).acked
    week = world.week(ANA)
    assert week
    assert week.state is State.DECLINED


def test_options_can_be_seen_again_for_as_long_as_answers_are_kept(world: World) -> None:
    world.card(ANA)
    world.send(filled_in(answer_qC1="5"))
    before = world.rows()
    world.tap(ANA, ids.OPENED_OPTIONS, str(WEEK))
    window = world.window(ANA)
    assert window
    assert window.callback_id == ids.VIEW_OPTIONS
    assert world.rows() == before


# ---- with the database away


def test_without_a_database_a_form_stays_open_with_what_was_chosen(world: World) -> None:
    world.tap(ANA, ids.STARTED, str(WEEK), place=world.card(ANA))
    with database_away(world):
        refused = world.send(filled_in(answer_qC1="5"))
    assert list(refused.errors) == ["answer_qC1"]
    assert "no tengo acceso a mi memoria" in refused.errors["answer_qC1"]
    assert "988" in refused.errors["answer_qC1"]
    assert world.send(filled_in(answer_qC1="5")).view["callback_id"] == ids.VIEW_OPTIONS
    assert answered(world) == {"qC1": 5}


@pytest.mark.parametrize("action_id", [ids.STARTED, ids.PUT_OFF, ids.DECLINED, ids.OPENED_OPTIONS])
def test_without_a_database_a_tap_is_answered_kindly(world: World, action_id: str) -> None:
    place = world.card(ANA)
    with database_away(world):
        assert world.tap(ANA, action_id, str(WEEK), place=place).acked
    assert "no tengo acceso a mi memoria" in text_of(world.whispers(ANA)[-1])
    week = world.week(ANA)
    assert week
    assert week.state is State.SENT
