"""A database that hangs: everybody is answered in time, and what they were told holds afterwards."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import pytest

from bot.app import LISTENERS
from bot.blocks import ids
from bot.sandbox.people import user_object
from handlers.visit import TooLate, Verdict
from tests.handlers.bodies import click, command, event, filled
from tests.handlers.outages import locked
from tests.handlers.world import ACK_SECONDS, ANA, BEN, BOTH, ELSEWHERE, NOW, SOL, STAFF, WEEK, World, text_of
from tests.postgresql import frozen
from tests.storage.at_once import at_once

Hang = Callable[[], AbstractContextManager[None]]
on_both = pytest.mark.parametrize("database", BOTH, indirect=True)
on_postgresql = pytest.mark.parametrize("database", ["postgresql"], indirect=True)


@pytest.fixture
def hang(database: str, request: pytest.FixtureRequest) -> Hang:
    """Another program writes for long, or the server stands still."""
    if database.startswith("sqlite"):
        return partial(locked, database)
    server: Path = request.getfixturevalue("postgresql_server")
    return partial(frozen, server)


def let_what_hung_end() -> None:
    time.sleep(0.5)


@on_both
def test_a_click_is_answered_in_time_and_nothing_is_changed_as_it_was_told(world: World, hang: Hang) -> None:
    card = world.card(ANA)
    before = world.rows()
    with hang():
        answer = world.tap(ANA, ids.DECLINED, str(WEEK), place=card)
    assert answer.acked
    assert answer.seconds < ACK_SECONDS
    assert "no se cambió nada" in text_of(world.whispers(ANA)[-1])
    let_what_hung_end()
    assert world.rows() == before
    world.tap(ANA, ids.DECLINED, str(WEEK), place=card)
    week = world.week(ANA)
    assert week
    assert week.state == "declined"


@on_both
def test_a_form_stays_as_it_was_filled_in(world: World, hang: Hang) -> None:
    before = world.rows()
    with hang():
        answer = world.submit(ANA, ids.VIEW_PAUSE, filled(**{ids.PAUSE_FOR: "2"}))
    assert answer.seconds < ACK_SECONDS
    assert "no se cambió nada" in answer.errors[ids.PAUSE_FOR]
    let_what_hung_end()
    assert world.rows() == before


@on_postgresql
def test_whoever_is_not_known_and_a_slack_that_is_slow_too(world: World, hang: Hang) -> None:
    world.sandbox.faults.hold_up("users.info", 5)
    with hang():
        answer = world.send(command(SOL.id, "pausa", ELSEWHERE))
    assert answer.seconds < ACK_SECONDS
    assert "988" in text_of(answer.payload["blocks"])


@on_postgresql
def test_events_that_hang_leave_threads_for_clicks(world: World, hang: Hang) -> None:
    changed = user_object(ANA, NOW, include_locale=True)
    with hang():
        for number in range(2 * LISTENERS):
            world.send(event(f"Ev{number}", "user_change", user=changed), finish=False)
        world.send(event("Ev home", "app_home_opened", user=BEN.id, tab="home"))
        answer = world.tap(ANA, ids.STOPPED)
        assert answer.seconds < ACK_SECONDS
        assert "can't be shown" in text_of(world.sandbox.home(BEN.id))
    let_what_hung_end()


@on_postgresql
def test_a_whole_team_at_once_is_answered_in_time(world: World, hang: Hang) -> None:
    taps = [click(person.id, ids.STOPPED, None, place=world.last(person)) for person in STAFF]
    with hang():
        answers = at_once(*(partial(world.send, body, finish=False) for body in taps))
    assert max(answer.seconds for answer in answers) < ACK_SECONDS
    let_what_hung_end()


# ---- who decides


def test_an_act_in_time_is_kept_and_may_write_more_later() -> None:
    verdict = Verdict()
    verdict.keep()
    assert not verdict.is_given_up()
    verdict.keep()


def test_an_act_given_up_is_never_kept() -> None:
    verdict = Verdict()
    assert verdict.is_given_up()
    with pytest.raises(TooLate):
        verdict.keep()
    assert verdict.is_given_up()


def test_of_an_act_and_the_time_one_decides() -> None:
    for _ in range(50):
        verdict = Verdict()
        kept: list[bool] = []

        def act(verdict: Verdict = verdict, kept: list[bool] = kept) -> None:
            try:
                verdict.keep()
                kept.append(True)
            except TooLate:
                kept.append(False)

        given_up = threading.Thread(target=act)
        given_up.start()
        told_no = verdict.is_given_up()
        given_up.join()
        assert kept == [not told_no]
