"""What a person gets back when something is not as it should be: a kind sentence, and never twice."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import closing

import pytest
from slack_bolt import App, BoltRequest
from slack_bolt.response import BoltResponse

from bot.blocks import ids
from bot.blocks.replies import as_view, sorry
from bot.content import load_content
from bot.sandbox import Person
from bot.slack import Messenger, web_client
from handlers import on_error
from handlers.payloads import Malformed
from handlers.replying import listen
from handlers.visit import Edit, FreshHome, House, Replies, Show, Sorry, Turn, Visit, Whisper, Wrong
from storage.crypto import Keys, Unreadable
from storage.database import Store
from storage.erasure_mark import ErasureMark
from tests.handlers.bodies import (
    Body,
    click,
    command,
    filled,
    in_view,
    on_message,
    shortcut,
    submission,
)
from tests.handlers.outages import database_away
from tests.handlers.world import ACK_SECONDS, ANA, BEN, ELSEWHERE, NOW, SOL, WEEK, World, text_of
from tests.marks import new_mark_file

OUT_OF_DATE = "ya no está vigente"
MALFORMED = "No pude leer eso"


# ---- what nothing listens to


def test_a_button_that_is_gone_is_answered_kindly(world: World) -> None:
    before = world.rows()
    gone = ("gone_since_spring", "", "../etc", "x" * 255, "checkin_started ")
    for action_id in gone:
        answer = world.tap(ANA, action_id, "1", place=on_message(world.sandbox.dm_id(ANA.id)))
        assert answer.acked
        assert answer.seconds < ACK_SECONDS
    assert len(world.whispers(ANA)) == len(gone)
    assert all(OUT_OF_DATE in text_of(said) for said in world.whispers(ANA))
    assert world.rows() == before


def test_a_form_that_is_gone_turns_into_a_kind_sentence(world: World) -> None:
    before = world.rows()
    told = world.submit(ANA, "form_of_last_spring", filled(anything="1"))
    assert OUT_OF_DATE in text_of(told.view["blocks"])
    assert "988" in text_of(told.view["blocks"])
    assert world.rows() == before


def test_a_shortcut_that_is_gone_is_answered_in_a_window(world: World) -> None:
    world.send(shortcut(ANA.id, "gone") | {"trigger_id": world.trigger(ANA)})
    window = world.window(ANA)
    assert window
    assert OUT_OF_DATE in text_of(window)


# ---- payloads that are none


def test_a_payload_that_cannot_be_read_is_acknowledged_and_a_form_or_command_answered(world: World) -> None:
    form = submission(ANA.id, ids.VIEW_CHECKIN, filled(answer_qC1="4"), {"week": WEEK})
    form["view"]["private_metadata"] = ["week"]
    told = world.send(form)
    assert "could not read" in text_of(told.view["blocks"])
    said = world.send(command(ANA.id, "stop") | {"user_id": 7})
    assert "could not read" in text_of(said.payload["blocks"])
    assert world.send(click(ANA.id, ids.STARTED, "1", place=on_message(ts=7))).acked  # type: ignore[arg-type]


def test_nothing_malformed_ever_changes_a_row_or_stays_unanswered(world: World) -> None:
    world.card(ANA)
    before = world.rows()
    spoilt: tuple[Callable[[Body], object], ...] = (
        lambda body: body.pop("trigger_id"),
        lambda body: body.update(user={"id": None}),
        lambda body: body.update(team=None, user={"id": ANA.id}),
        lambda body: body["actions"][0].update(value={"week": 1}),
        lambda body: body["actions"][0].update(value="1" * 5_000),
        lambda body: body.update(container="here", channel=None),
        lambda body: body.update(view=["view"]),
    )
    for spoil in spoilt:
        body = click(ANA.id, ids.DECLINED, "x", place=world.last(ANA))
        spoil(body)
        answer = world.send(body)
        assert answer.acked
        assert answer.seconds < ACK_SECONDS
    assert world.rows() == before


# ---- Slack opens nothing any more


def test_whoever_waited_too_long_is_told_to_press_again(world: World) -> None:
    place = world.card(ANA)
    world.send(click(ANA.id, ids.STARTED, str(WEEK), place=place, trigger_id="1.2.3"))
    assert world.window(ANA) is None
    assert "pulse otra vez" in text_of(world.whispers(ANA)[-1])


def test_a_trigger_used_twice_opens_one_window(world: World) -> None:
    place, trigger_id = world.card(ANA), world.trigger(ANA)
    for _ in range(2):
        world.send(click(ANA.id, ids.STARTED, str(WEEK), place=place, trigger_id=trigger_id))
    assert len(world.sandbox.views(ANA.id)) == 1
    assert len(world.whispers(ANA)) == 1


def test_in_a_window_what_cannot_be_put_on_top_takes_its_place(world: World) -> None:
    world.tap(ANA, ids.OPENED_SETTINGS, place=on_message(world.sandbox.dm_id(ANA.id)))
    window = world.window(ANA)
    assert window
    place = in_view(ids.VIEW_OPTIONS, id=window.id)
    world.send(click(ANA.id, ids.OPENED_PRACTICE, "PR01", place=place, trigger_id="1.2.3"))
    assert [view.id for view in world.sandbox.views(ANA.id)] == [window.id]
    shown = world.window(ANA)
    assert shown
    assert shown.callback_id == ids.VIEW_PRACTICE


def test_a_fourth_window_takes_the_place_of_the_third(world: World) -> None:
    world.tap(ANA, ids.OPENED_SETTINGS, place=on_message(world.sandbox.dm_id(ANA.id)))
    for _ in range(4):
        window = world.window(ANA)
        assert window
        body = click(ANA.id, ids.OPENED_PRACTICE, "PR01", place=in_view(ids.VIEW_OPTIONS, id=window.id))
        world.send(body | {"trigger_id": world.trigger(ANA, in_modal=True)})
    assert len(world.sandbox.views(ANA.id)) == 3


@pytest.mark.parametrize("fault", ["storm_429", "fail_500", "lose_reply"])
def test_whatever_slack_does_the_decision_stands_and_is_made_once(world: World, fault: str) -> None:
    place = world.card(ANA)
    for method in ("chat.update", "views.open", "views.publish", "chat.postEphemeral"):
        getattr(world.sandbox.faults, fault)(method)
    answer = world.tap(ANA, ids.DECLINED, str(WEEK), place=place)
    week = world.week(ANA)
    assert answer.acked
    assert week
    assert week.state == "declined"
    assert len(world.calls("chat.update")) == 1


# ---- faults of our own

CONTENT = load_content()
SPANISH = CONTENT.words("es")


def answered_by(world: World, listener: Callable[[Visit], Replies], body: Body) -> BoltResponse:
    """What a payload gets from an app with this one listener."""
    client = web_client(world.sandbox.bot_token, world.sandbox.api_url)
    keys = Keys(master=bytes(range(32)), reference=bytes(range(100, 132)))
    with closing(Store(world.stage.bot.setting.store.url, keys)) as store:
        app = App(client=client)
        house = House(
            store=store,
            content=CONTENT,
            messenger=Messenger(client),
            erasures=ErasureMark(file=new_mark_file()),
            now=lambda: NOW,
        )
        house.last_known.remember("T0SANDBOX", ANA.id, "es", "US")
        app.action("it")(listen(house, listener))
        app.view("it")(listen(house, listener))
        app.command("/choir")(listen(house, listener))
        app.error(on_error)
        response = app.dispatch(BoltRequest(mode="socket_mode", body=body))
        app.listener_runner.listener_executor.shutdown()
        return response


def faulty(error: Exception) -> Callable[[Visit], Replies]:
    def on_it(_visit: Visit) -> Replies:
        raise error

    return on_it


ERRORS = [
    KeyError("nobody"),
    ValueError("llorando"),
    Unreadable(),
    RecursionError(),
    ZeroDivisionError("llorando"),
    AssertionError(),
    OverflowError("llorando"),
]


def test_a_fault_of_ours_is_said_kindly_and_a_form_stays(world: World) -> None:
    place = on_message(world.sandbox.dm_id(ANA.id))
    for error in ERRORS:
        form = answered_by(world, faulty(error), submission(ANA.id, "it", filled(name="1")))
        assert form.status == 200
        assert '"response_action": "errors"' in form.body
        assert "llorando" not in form.body
        said = answered_by(world, faulty(error), command(ANA.id, "it"))
        assert SPANISH("sorry.fault") in text_of(json.loads(said.body)["blocks"])
        assert answered_by(world, faulty(error), click(ANA.id, "it", place=place)).status == 200
        assert SPANISH("sorry.fault") in text_of(world.whispers(ANA)[-1])


def test_a_reply_that_cannot_be_carried_out_stops_none_of_the_others(world: World) -> None:
    def on_it(_visit: Visit) -> Replies:
        view = as_view(SPANISH, sorry(SPANISH, "down", country="US"))
        broken = Edit(message=sorry(SPANISH, "down", country="US"), channel="C0NOWHERE", ts="1.0")
        return (broken, FreshHome(), Wrong(errors={}), Turn(view={"type": "modal"}), Show(view=view))

    body = click(ANA.id, "it", place=on_message(world.sandbox.dm_id(ANA.id)), trigger_id=world.trigger(ANA))
    with database_away(world):
        assert answered_by(world, on_it, body).status == 200
    window = world.window(ANA)
    assert window
    assert "memoria" in text_of(window)


def test_what_was_edited_is_noted_only_once_slack_took_it(world: World) -> None:
    noted: list[str] = []

    def on_it(_visit: Visit) -> Replies:
        message = sorry(SPANISH, "down", country="US")
        return (
            Edit(message=message, channel="C0NOWHERE", ts="1.0", edited=lambda: noted.append("refused")),
            Edit(message=message, edited=lambda: noted.append("taken")),
        )

    place = world.card(ANA)
    answered_by(world, on_it, click(ANA.id, "it", place=place))
    assert noted == ["taken"]


def test_a_listener_that_is_slow_is_acknowledged_when_it_ends_and_acts_once(world: World) -> None:
    done: list[float] = []

    def on_it(visit: Visit) -> Replies:
        time.sleep(0.2)
        done.append(visit.now.timestamp())
        return ()

    assert answered_by(world, on_it, click(ANA.id, "it")).status == 200
    assert len(done) == 1


def test_what_happens_after_the_acknowledgement_does_not_answer_twice() -> None:
    """Bolt hands over no response then, and takes none."""
    assert on_error(ValueError("llorando"), None) is None
    given = on_error(ValueError("llorando"), BoltResponse(status=500))
    assert given
    assert given.status == 200


# ---- where a sentence is shown


def whispering(_visit: Visit) -> Replies:
    return (Whisper(message=sorry(SPANISH, "closes_today", country="US")),)


@pytest.mark.parametrize(
    ("place", "seen"),
    [
        ("dm", "whisper"),
        ("a channel of others", "window"),
        ("home", "window"),
        ("window", "window on top"),
    ],
)
def test_a_sentence_for_one_person_reaches_them_where_they_are(world: World, place: str, seen: str) -> None:
    places: dict[str, Body] = {
        "dm": on_message(world.sandbox.dm_id(ANA.id)),
        "a channel of others": on_message(ELSEWHERE, ephemeral=True),
        "home": in_view(ids.VIEW_HOME, type="home"),
    }
    if place == "window":
        world.tap(ANA, ids.OPENED_SETTINGS, place=places["dm"])
        window = world.window(ANA)
        assert window
        places["window"] = in_view(ids.VIEW_SETTINGS, id=window.id)
    trigger_id = world.trigger(ANA, in_modal=place == "window")
    answered_by(world, whispering, click(ANA.id, "it", place=places[place], trigger_id=trigger_id))
    assert len(world.whispers(ANA)) == (seen == "whisper")
    assert len(world.sandbox.views(ANA.id)) == {"whisper": 0, "window": 1, "window on top": 2}[seen]


def test_a_command_is_answered_in_its_acknowledgement_and_nowhere_else(world: World) -> None:
    before = world.calls()
    response = answered_by(world, whispering, command(ANA.id, "it", ELSEWHERE))
    assert "blocks" in response.body
    assert [call.method for call in world.calls()[len(before) :]] == ["auth.test"]


def test_whoever_can_be_told_nothing_is_acknowledged_all_the_same(world: World) -> None:
    body = click(ANA.id, "it", place={}, trigger_id="")
    assert answered_by(world, lambda _visit: (Sorry(trouble="not_yours"),), body).status == 200


# ---- in which language


@pytest.mark.parametrize(("person", "words"), [(SOL, "Usted todavía no"), (BEN, "You are not on a team")])
def test_somebody_unknown_is_spoken_to_as_their_slack_is_set(
    world: World, person: Person, words: str
) -> None:
    body = click(person.id, "it", place=on_message(world.sandbox.dm_id(person.id)))
    answered_by(world, lambda _visit: (Sorry(trouble="unknown_person"),), body)
    assert words in text_of(world.whispers(person)[-1])


def test_where_slack_cannot_be_asked_either_it_is_english(world: World) -> None:
    world.sandbox.faults.fail_500("users.info")
    body = click(SOL.id, "it", place=on_message(world.sandbox.dm_id(SOL.id)))
    answered_by(world, lambda _visit: (Sorry(trouble="unknown_person"),), body)
    assert "You are not on a team" in text_of(world.whispers(SOL)[-1])


def test_what_a_listener_finds_malformed_is_said_at_the_first_field(world: World) -> None:
    form = answered_by(world, faulty(Malformed("x")), submission(ANA.id, "it", filled(first="1", second="2")))
    assert '"errors": {"first":' in form.body
