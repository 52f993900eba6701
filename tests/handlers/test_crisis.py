"""Crisis help comes whoever asks, however they write it, and with everything else away (SF1)."""

from __future__ import annotations

import json
import time
from contextlib import closing

import pytest
from slack_bolt import App, BoltRequest

import handlers
from bot.bench import postgresql
from bot.blocks import ids
from bot.content import load_content
from bot.slack import Messenger, web_client
from handlers.visit import House
from storage.crypto import Keys
from storage.database import Store
from storage.erasure_mark import ErasureMark
from tests.handlers.bodies import click, command, in_view, typed
from tests.handlers.outages import database_away, silent_server
from tests.handlers.world import (
    ACK_SECONDS,
    ANA,
    BEN,
    ELSEWHERE,
    GUEST,
    NOW,
    SOL,
    World,
    text_of,
    world_on,
)
from tests.marks import new_mark_file

FIVE = ("crisis", "help", "ayuda", "sos", "emergencia")
TYPED = (
    *FIVE,
    "CRISIS",
    "Crísis",
    "¡AYUDA!",
    "  Ayuda ",
    "help me",
    "S.O.S",
    "emergencia por favor",
    "/crisis",
)
SPANISH, ENGLISH = "Si necesita ayuda ahora", "If you need help now"


def languages(shown: object) -> set[str]:
    text = text_of(shown)
    return {title for title in (SPANISH, ENGLISH) if title in text}


# ---- /choir


def test_each_word_shows_crisis_lines_first_and_then_the_menu(world: World) -> None:
    for said in FIVE:
        answer = world.send(command(ANA.id, said))
        text = text_of(answer.payload["blocks"])
        assert answer.payload["blocks"][0]["type"] == "header"
        assert text.index(SPANISH) < text.index("988") < text.index(ids.OPENED_ASK)


def test_words_are_understood_in_any_writing(world: World) -> None:
    for said in TYPED:
        answer = world.send(command(BEN.id, said))
        assert languages(answer.payload["blocks"]) == {ENGLISH}, said


def test_somebody_known_reads_their_own_language_alone(world: World) -> None:
    assert languages(world.send(command(ANA.id, "help")).payload["blocks"]) == {SPANISH}
    assert languages(world.send(command(BEN.id, "ayuda")).payload["blocks"]) == {ENGLISH}


def test_somebody_nobody_knows_reads_every_language(world: World) -> None:
    for person in (SOL, GUEST):
        answer = world.send(command(person.id, "crisis"))
        assert languages(answer.payload["blocks"]) == {SPANISH, ENGLISH}


def test_it_is_answered_in_a_channel_the_bot_is_not_in(world: World) -> None:
    """In the acknowledgement: posting there would be refused."""
    before = world.calls("chat.postEphemeral", "chat.postMessage")
    assert languages(world.send(command(ANA.id, "crisis", ELSEWHERE)).payload["blocks"]) == {SPANISH}
    assert world.calls("chat.postEphemeral", "chat.postMessage") == before


def test_any_other_word_opens_the_menu(world: World) -> None:
    for said in ("", "xyzzy", "x" * 40_000):
        answer = world.send(command(BEN.id, said, ELSEWHERE))
        assert ids.OPENED_ASK in text_of(answer.payload["blocks"])
        assert languages(answer.payload["blocks"]) == set()
        assert "988" in text_of(answer.payload["blocks"])


def test_paused_and_stopped_people_get_it_too(world: World) -> None:
    world.send(command(ANA.id, "parar"))
    assert languages(world.send(command(ANA.id, "crisis")).payload["blocks"]) == {SPANISH}


# ---- the button


def test_the_button_opens_the_lines_over_home_and_under_a_card(world: World) -> None:
    place = world.card(ANA)
    world.tap(ANA, ids.OPENED_CRISIS, place=place)
    window = world.window(ANA)
    assert window
    assert window.callback_id == ids.VIEW_CRISIS
    assert languages(window) == {SPANISH}


def test_a_stranger_reads_every_language_in_the_window_too(world: World) -> None:
    home = in_view(ids.VIEW_HOME, type="home")
    world.send(click(SOL.id, ids.OPENED_CRISIS, place=home, trigger_id=world.trigger(SOL)))
    window = world.window(SOL)
    assert window
    assert languages(window) == {SPANISH, ENGLISH}


@pytest.mark.parametrize("fault", ["expired", "storm_429", "fail_500", "lose_reply"])
def test_where_slack_opens_no_window_the_lines_come_as_a_message(world: World, fault: str) -> None:
    place = world.card(BEN)
    body = click(BEN.id, ids.OPENED_CRISIS, place=place, trigger_id=world.trigger(BEN))
    if fault == "expired":
        body["trigger_id"] = "1.2.3"
    else:
        getattr(world.sandbox.faults, fault)("views.open")
    world.send(body)
    assert languages(world.whispers(BEN)[-1]) == {ENGLISH}


# ---- typed in the DM


def test_any_text_is_answered_with_who_reads_it_and_the_lines(world: World) -> None:
    for number, said in enumerate(("hola", "i feel bad", "", "x" * 40_000, "🙂", "\ud83d", "<@U0>&lt;")):
        world.send(typed(f"Ev{number}", ANA.id, said, channel=world.sandbox.dm_id(ANA.id)))
        world.stage.clock.move_to(world.stage.clock.now().replace(minute=31 + number))
    answers = world.dm(ANA)
    assert len(answers) == 7
    assert all("Soy un programa" in text_of(answer) and "988" in text_of(answer) for answer in answers)


def test_a_word_of_crisis_in_the_dm_shows_the_lines_first(world: World) -> None:
    world.send(typed("Ev1", BEN.id, "¡Ayuda!", channel=world.sandbox.dm_id(BEN.id)))
    assert languages(world.dm(BEN)[-1]) == {ENGLISH}


def test_what_comes_with_a_file_or_in_a_thread_is_answered_too(world: World) -> None:
    for subtype in ("file_share", "me_message", "thread_broadcast"):
        world.send(
            typed(f"Ev {subtype}", BEN.id, "look", channel=world.sandbox.dm_id(BEN.id), subtype=subtype)
        )
    assert len(world.dm(BEN)) == 3


def test_while_slack_takes_no_more_messages_the_answer_is_for_that_person_alone(world: World) -> None:
    world.sandbox.faults.storm_429("chat.postMessage", retry_after=30)
    world.send(typed("Ev1", BEN.id, "sos", channel=world.sandbox.dm_id(BEN.id)))
    assert world.dm(BEN) == []
    assert languages(world.whispers(BEN)[-1]) == {ENGLISH}


# ---- with the database away


def test_without_a_database_each_word_answers_within_three_seconds(world: World) -> None:
    with database_away(world):
        for person, said in ((person, said) for person in (ANA, SOL) for said in FIVE):
            answer = world.send(command(person.id, said, ELSEWHERE))
            assert answer.acked
            assert answer.seconds < ACK_SECONDS
            assert languages(answer.payload["blocks"]) == {SPANISH, ENGLISH}


def test_without_a_database_the_language_is_remembered(world: World) -> None:
    world.send(command(ANA.id, "menú"))
    with database_away(world):
        assert languages(world.send(command(ANA.id, "sos")).payload["blocks"]) == {SPANISH}


def test_without_a_database_the_button_and_the_dm_answer(world: World) -> None:
    place = world.card(BEN)
    with database_away(world):
        assert world.tap(BEN, ids.OPENED_CRISIS, place=place).seconds < ACK_SECONDS
        world.send(typed("Ev1", BEN.id, "ayuda", channel=world.sandbox.dm_id(BEN.id)))
        world.send(typed("Ev2", BEN.id, "hola", channel=world.sandbox.dm_id(BEN.id)))
    window = world.window(BEN)
    assert window
    assert languages(window) == {SPANISH, ENGLISH}
    assert languages(world.dm(BEN)[-2]) == {SPANISH, ENGLISH}
    assert "988" in text_of(world.dm(BEN)[-1])


def test_with_postgresql_stopped_help_answers() -> None:
    with postgresql.running() as folder:
        postgresql.administer(folder, "CREATE DATABASE choir")
        running = world_on(postgresql.url(folder, "choir"))
        world = running.__enter__()
    try:
        for person, said in ((SOL, "ayuda"), (ANA, "crisis"), (BEN, "help")):
            answer = world.send(command(person.id, said, ELSEWHERE))
            assert answer.seconds < ACK_SECONDS
            assert languages(answer.payload["blocks"])
    finally:
        running.__exit__(None, None, None)


def test_a_database_that_never_answers_is_not_waited_for(world: World) -> None:
    """A network that swallows packets keeps a connection waiting for long."""
    keys = Keys(master=bytes(32), reference=bytes(range(32)))
    client = web_client(world.sandbox.bot_token, world.sandbox.api_url)
    with silent_server() as url, closing(Store(url, keys)) as store:
        app = App(client=client)
        house = House(
            store=store,
            content=load_content(),
            messenger=Messenger(client),
            erasures=ErasureMark(file=new_mark_file()),
            now=lambda: NOW,
        )
        handlers.register(app, house)
        began = time.monotonic()
        response = app.dispatch(BoltRequest(mode="socket_mode", body=command(ANA.id, "ayuda", ELSEWHERE)))
        assert time.monotonic() - began < ACK_SECONDS
    assert languages(json.loads(response.body)["blocks"]) == {SPANISH, ENGLISH}
