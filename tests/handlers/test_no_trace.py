"""What somebody answers or types leaves no trace: in no log, no exception, no table, no call to Slack."""

from __future__ import annotations

import io
import json
import logging
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from bot import logs
from bot.blocks import ids
from handlers.payloads import act_from, event_from
from handlers.visit import House, Visit
from storage import answers, members
from storage.database import sqlite_file
from storage.erasure_mark import ErasureMark
from tests.handlers.bodies import Body, click, command, event, filled, in_view, submission, typed
from tests.handlers.outages import database_away
from tests.handlers.world import ANA, BEN, ELSEWHERE, LUIS, NORA, OLGA, WEEK, World, text_of
from tests.marks import new_mark_file

PLANTED = "no-puedo-mas-con-el-caso-de-Marisol"
"""Stands where people may type, and where a form's answer or id would stand."""
LIBRARIES = ("slack_bolt", "slack_sdk", "sqlalchemy", "alembic", "urllib3")


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Every log line of the process, at the most talkative level an operator can set."""
    root = logging.getLogger()
    before = root.handlers[:], root.level, logging.raiseExceptions
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    known = [
        logging.getLogger(name) for name in (*logs.PACKAGES, *LIBRARIES, *logging.root.manager.loggerDict)
    ]
    levels = [(logger, logger.level) for logger in known]
    out = io.StringIO()
    logs.configure("DEBUG", out)
    for name in LIBRARIES:
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield out
    root.handlers[:], root.level, logging.raiseExceptions = before
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks
    logging.captureWarnings(False)
    for logger, level in levels:
        logger.setLevel(level)


def everything_people_do(world: World) -> list[Body]:
    """Each with words planted wherever words can come in."""
    dm = world.sandbox.dm_id(ANA.id)
    odd = {"type": "plain_text_input", "value": PLANTED}
    return [
        typed("Ev1", ANA.id, f"{PLANTED} y no sé qué hacer", channel=dm),
        typed("Ev2", ANA.id, f"ayuda {PLANTED}", channel=dm),
        typed("Ev3", ANA.id, PLANTED, channel=dm, subtype="file_share"),
        typed("Ev4", ANA.id, PLANTED, channel=dm, subtype="message_changed"),
        command(ANA.id, PLANTED, ELSEWHERE),
        command(ANA.id, f"crisis {PLANTED}", ELSEWHERE),
        command("U0STRANGE", PLANTED, ELSEWHERE),
        click(ANA.id, ids.STARTED, PLANTED, place=world.last(ANA)),
        click(ANA.id, PLANTED, "1", place=world.last(ANA)),
        submission(ANA.id, ids.VIEW_CHECKIN, filled(answer_qC1=PLANTED), {"week": WEEK}),
        submission(ANA.id, ids.VIEW_CHECKIN, filled(answer_qC1=odd), {"week": PLANTED}),
        submission(ANA.id, PLANTED, filled(anything=odd)),
        submission(ANA.id, ids.VIEW_ASK, filled(recipient=PLANTED), {"instead_of": PLANTED}),
        submission(ANA.id, ids.VIEW_SETTINGS, filled(day=PLANTED, hour=PLANTED, language=PLANTED)),
        submission(ANA.id, ids.VIEW_PAUSE, filled(pause_for=PLANTED)),
        submission(LUIS.id, ids.VIEW_ANOTHER_TIME, filled(meet_on=odd, meet_time=odd), {"ask": PLANTED}),
        submission(OLGA.id, ids.VIEW_PROMISE, filled(staff_told_on=odd), {"team": PLANTED}),
        submission(NORA.id, ids.VIEW_TEAM_CHECK, filled(key_words=odd), {"team": PLANTED}),
        event("Ev5", "user_change", user={"id": PLANTED, "tz": PLANTED, "profile": {"status_text": PLANTED}}),
    ]


def kept(world: World) -> bytes:
    """Everything in the database's files, the write-ahead log included."""
    file = sqlite_file(world.stage.bot.setting.store.url)
    assert file
    return b"".join(one.read_bytes() for one in sorted(file.parent.glob(f"{file.name}*")))


def asked_of_slack(world: World) -> str:
    return json.dumps([[call.method, call.args] for call in world.calls()], ensure_ascii=False)


def test_words_are_in_no_log_no_table_and_no_call(world: World, written: io.StringIO) -> None:
    world.card(ANA)
    for body in everything_people_do(world):
        world.send(body)
    assert PLANTED not in written.getvalue()
    assert PLANTED.encode() not in kept(world)
    assert PLANTED not in asked_of_slack(world)
    assert "handlers" in written.getvalue()


def test_with_the_database_away_they_are_in_no_log_and_no_call(world: World, written: io.StringIO) -> None:
    bodies = everything_people_do(world)
    with database_away(world):
        for body in bodies:
            assert world.send(body).acked
    assert PLANTED not in written.getvalue()
    assert PLANTED.encode() not in kept(world)
    assert PLANTED not in asked_of_slack(world)
    assert "away action=" in written.getvalue()


def test_with_slack_away_they_are_in_no_log(world: World, written: io.StringIO) -> None:
    bodies = everything_people_do(world)
    world.sandbox.faults.fail_500("*", 200)
    for body in bodies:
        assert world.send(body).acked
    assert PLANTED not in written.getvalue()


@pytest.mark.parametrize("what", ["a KeyError", "an error of the database", "an error of Slack"])
def test_a_listener_that_breaks_with_them_in_hand_tells_nobody(
    world: World, written: io.StringIO, what: str
) -> None:
    """A failing store or client has the values; their errors print what they were given."""
    world.card(ANA)
    store = world.stage.bot.setting.store
    if what == "an error of the database":
        with store.begin(world.stage.bot.workspace) as tx:
            tx.connection.exec_driver_sql("ALTER TABLE answers RENAME TO answers_gone")
    elif what == "a KeyError":
        with store.begin(world.stage.bot.workspace) as tx:
            tx.connection.exec_driver_sql("DELETE FROM people WHERE ref <> ?", (world.ref(ANA),))
    else:
        world.sandbox.faults.lose_reply("*", 50)
    told = world.send(submission(ANA.id, ids.VIEW_CHECKIN, filled(answer_qC1="5"), {"week": WEEK}))
    assert told.acked
    world.tap(ANA, ids.OPENED_WHO_SEES, place=world.last(ANA))
    lines = written.getvalue()
    for words in ("qC1", "weighed", "INSERT", "U0ANA0001", "T0SANDBOX", "Traceback"):
        assert words not in lines


def answers_of_everybody(world: World, value: str) -> list[Body]:
    return [
        submission(person.id, ids.VIEW_CHECKIN, filled(answer_qC1=value, answer_qI02=value), {"week": WEEK})
        for person in (ANA, BEN)
    ]


def test_an_answer_is_in_no_call_but_the_persons_own_window(world: World, written: io.StringIO) -> None:
    """Whatever was answered, what Slack is asked for after it is the same, byte for byte."""
    places = {person: world.card(person) for person in (ANA, BEN)}
    asked: list[list[Any]] = []
    for value in ("1", "5", "3"):
        before = len(world.calls())
        for body in answers_of_everybody(world, value):
            world.send(body)
        for person, place in places.items():
            world.send(click(person.id, ids.OPENED_OPTIONS, str(WEEK), place=place))
        world.send(event(f"Ev{value}", "app_home_opened", user=ANA.id, tab="home", channel="D0"))
        later = world.calls()[before:]
        asked.append(
            [(call.method, call.args) for call in later if call.method not in ("views.open", "auth.test")]
        )
    assert [item for item in asked[1] if item[0] != "chat.update"] == [
        item for item in asked[0] if item[0] != "chat.update"
    ]
    assert asked[1] == asked[2]
    assert "qC1" not in written.getvalue()
    assert "qI02" not in written.getvalue()


def test_the_card_after_an_answer_is_the_same_whatever_was_answered(world: World) -> None:
    world.card(ANA)
    world.card(BEN)
    with world.begin() as tx:
        members.choose(tx, world.ref(ANA), language="en")
    world.send(submission(ANA.id, ids.VIEW_CHECKIN, filled(answer_qC1="5"), {"week": WEEK}))
    world.send(submission(BEN.id, ids.VIEW_CHECKIN, filled(answer_qC1=None), {"week": WEEK}))
    assert text_of(world.dm(ANA)[-1]) == text_of(world.dm(BEN)[-1])


def test_an_answer_can_be_read_in_no_file(world: World) -> None:
    world.card(ANA)
    world.send(submission(ANA.id, ids.VIEW_CHECKIN, filled(answer_qC1="4", answer_qI02="2"), {"week": WEEK}))
    with world.begin() as tx:
        assert answers.own(tx, world.ref(ANA), WEEK) == {"qC1": 4, "qI02": 2}
    everything = kept(world)
    for trace in (b"qC1", b"qI02", ANA.id.encode(), BEN.id.encode()):
        assert trace not in everything


def test_values_show_in_no_repr_that_an_error_could_print(world: World) -> None:
    house = House(
        store=world.stage.bot.setting.store,
        content=world.stage.bot.setting.content,
        messenger=world.stage.bot.setting.messenger,
        erasures=ErasureMark(file=new_mark_file()),
        now=world.stage.clock.now,
    )
    act = act_from(submission(ANA.id, ids.VIEW_CHECKIN, filled(answer_qC1=PLANTED), {"week": PLANTED}))
    assert PLANTED not in repr(Visit(house=house, act=act, now=world.stage.clock.now()))
    assert PLANTED not in repr(event_from(typed("Ev1", ANA.id, PLANTED)))


def test_what_a_window_carries_along_is_a_week_and_no_answer(world: World) -> None:
    world.tap(ANA, ids.STARTED, str(WEEK), place=world.card(ANA))
    world.send(submission(ANA.id, ids.VIEW_CHECKIN, filled(answer_qC1="5"), {"week": WEEK}))
    world.tap(ANA, ids.CHANGED_ANSWERS, str(WEEK), place=world.last(ANA))
    window = world.window(ANA)
    assert window
    assert json.loads(window.private_metadata) == {"week": WEEK}
    assert in_view(ids.VIEW_CHECKIN, {"week": WEEK})["view"]["private_metadata"] == window.private_metadata
