"""My data, one payload at a time: one's own alone, copied without a trace, deleted once."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.blocks import checkins as screens
from bot.blocks import ids
from bot.domain.asks import AskState
from bot.domain.checkins import Card, State
from bot.domain.leave import Span
from bot.domain.mydata import COPY_STAYS
from bot.domain.notices import Kind, notice
from bot.sandbox import Person
from schedules.scheduler import beat_all
from schedules.upkeep import erase_old
from storage import answers, asks, checkins, leave, members, outbox, timers
from storage.copies import DELETE
from tests.handlers.bodies import click, command, event, filled, in_view, submission
from tests.handlers.outages import database_away
from tests.handlers.test_no_trace import asked_of_slack, kept, written
from tests.handlers.world import (
    ANA,
    BEN,
    BOTH,
    ELSEWHERE,
    EVA,
    LUIS,
    NORA,
    NOW,
    OLGA,
    SOL,
    WEEK,
    World,
    text_of,
)
from tests.storage.at_once import at_once

__all__ = ["written"]
LEASE = timedelta(minutes=1)
HOME = in_view(ids.VIEW_HOME, type="home")
GIVEN = {"qC1": 4, "qI02": 2}


def answer(world: World, person: Person = ANA) -> Any:
    """The week's card came, and was answered."""
    place = world.card(person)
    given = filled(answer_qC1="4", answer_qI02="2")
    world.submit(person, ids.VIEW_CHECKIN, given, {"week": WEEK})
    return place


def open_kept(world: World, person: Person = ANA) -> Any:
    world.tap(person, ids.OPENED_MY_DATA, place=HOME)
    inside = in_view(ids.VIEW_MY_DATA, id=world.window(person).id)  # type: ignore[union-attr]
    body = click(person.id, ids.SAW_MY_DATA, place=inside, trigger_id=world.trigger(person, in_modal=True))
    world.send(body)
    shown = world.window(person)
    assert shown
    assert shown.callback_id == ids.VIEW_KEPT
    return shown


def delete(world: World, person: Person = ANA, after: str | None = ids.GO_ON) -> Any:
    return world.submit(person, ids.VIEW_DELETE, filled(**{ids.AFTER_DELETING: after}) if after else {})


def home_of(world: World, person: Person = ANA) -> str:
    number = len(world.calls())
    world.send(event(f"Ev{number}", "app_home_opened", user=person.id, tab="home", channel="D0"))
    return text_of(world.sandbox.home(person.id))


def own(world: World, person: Person = ANA) -> dict[int, Any]:
    with world.begin() as tx:
        return answers.list_own(tx, world.ref(person))


# ---- opened


@pytest.mark.parametrize("said", ["my data", "My-Data", "mis datos", "MIS DATOS", "datos"])
def test_a_word_opens_it_in_both_languages(world: World, said: str) -> None:
    world.send(command(BEN.id, said, ELSEWHERE) | {"trigger_id": world.trigger(BEN)})
    window = world.window(BEN)
    assert window
    assert window.callback_id == ids.VIEW_MY_DATA


def test_it_stands_in_home_for_everybody_something_is_kept_of(world: World) -> None:
    for person, there in ((ANA, True), (LUIS, True), (NORA, True), (SOL, False)):
        assert (ids.OPENED_MY_DATA in home_of(world, person)) is there


def test_a_stranger_is_told_kindly_and_sees_nothing(world: World) -> None:
    for action_id in (ids.OPENED_MY_DATA, ids.SAW_MY_DATA, ids.OPENED_COPYING, ids.OPENED_DELETING):
        world.tap(SOL, action_id, place=HOME)
    before = world.rows()
    world.submit(SOL, ids.VIEW_DELETE, filled(**{ids.AFTER_DELETING: ids.STOP_TOO}))
    world.submit(SOL, ids.VIEW_COPY, {})
    assert world.rows() == before
    assert world.sandbox.dm(SOL.id) == []


# ---- seen


def test_what_is_kept_is_shown_with_answers_as_they_were_given(world: World) -> None:
    answer(world)
    world.ask(ANA, LUIS)
    with world.begin() as tx:
        leave.save(tx, world.ref(ANA), (Span(first_on=NOW.date(), last_on=NOW.date()),))
    shown, words = text_of(open_kept(world)), world.words(ANA)
    assert f"{words.item('qC1').text} → {words.scale('W')[3].text}" in shown
    assert LUIS.id in shown
    assert words.date(NOW.date()) in shown


def test_nobody_is_shown_anything_of_anybody_else(world: World) -> None:
    answer(world, ANA)
    world.ask(ANA, LUIS)
    label = world.words(BEN).scale("W")[3].text
    for person in (BEN, EVA, OLGA, NORA):
        shown = text_of(open_kept(world, person))
        assert label not in shown
        assert ANA.id not in shown
    assert ANA.id in text_of(open_kept(world, LUIS)), "who was asked by her"


def test_looking_changes_nothing(world: World) -> None:
    answer(world)
    before = world.rows()
    open_kept(world)
    assert world.rows() == before


def test_odd_pages_and_weeks_are_said_kindly(world: World) -> None:
    answer(world)
    shown = open_kept(world)
    inside = in_view(ids.VIEW_KEPT, {"page": 0}, id=shown.id)
    for action_id, value in ((ids.TURNED_PAGE, "-1"), (ids.TURNED_PAGE, "x"), (ids.DELETED_WEEK, "all")):
        world.send(
            click(ANA.id, action_id, value, place=inside, trigger_id=world.trigger(ANA, in_modal=True))
        )
    assert own(world) == {WEEK: GIVEN}
    world.send(click(ANA.id, ids.TURNED_PAGE, "99", place=inside))
    assert world.window(ANA)


# ---- corrected


@pytest.mark.parametrize("database", BOTH, indirect=True)
def test_one_weeks_answers_can_be_deleted_alone(world: World) -> None:
    answer(world)
    with world.begin() as tx:
        answers.save(tx, world.ref(ANA), 0, {"qC1": 3})
        answers.save(tx, world.ref(BEN), 0, {"qC1": 3})
    inside = in_view(ids.VIEW_KEPT, {"page": 0}, id=open_kept(world).id)
    world.send(click(ANA.id, ids.DELETED_WEEK, "0", place=inside))
    assert (own(world), own(world, BEN)) == ({WEEK: GIVEN}, {0: {"qC1": 3}})
    week = world.week(ANA)
    assert week
    assert week.state is State.ANSWERED


def test_the_open_weeks_answers_are_changed_in_their_form(world: World) -> None:
    answer(world)
    inside = in_view(ids.VIEW_KEPT, {"page": 0}, id=open_kept(world).id)
    trigger = world.trigger(ANA, in_modal=True)
    world.send(click(ANA.id, ids.CHANGED_ANSWERS, str(WEEK), place=inside, trigger_id=trigger))
    window = world.window(ANA)
    assert window
    assert window.callback_id == ids.VIEW_CHECKIN


# ---- copied


def copied(world: World, person: Person = ANA) -> list[Any]:
    """The files in somebody's DM, after the warning was accepted."""
    world.submit(person, ids.VIEW_COPY, {})
    return [file_id for message in world.dm(person) for file_id in message.files]


def beside(world: World, person: Person = ANA) -> str:
    """What the message right above the files says now."""
    said = world.dm(person)
    (place,) = (place for place, message in enumerate(said) if message.files)
    return text_of(said[place - 1])


def test_a_copy_comes_as_two_files_after_a_warning(world: World) -> None:
    answer(world)
    inside = in_view(ids.VIEW_KEPT, {"page": 0}, id=open_kept(world).id)
    trigger = world.trigger(ANA, in_modal=True)
    world.send(click(ANA.id, ids.OPENED_COPYING, place=inside, trigger_id=trigger))
    window = world.window(ANA)
    assert window
    assert "15 minutos" in text_of(window)
    assert world.dm(ANA)[-1].files == ()
    files = [world.sandbox.file(file_id) for file_id in copied(world)]
    assert [file.name for file in files] == ["choir-my-data.txt", "choir-my-data.json"]
    words = world.words(ANA)
    assert f"{words.item('qC1').text} → {words.scale('W')[3].text}" in files[0].content.decode()
    (week, *_) = json.loads(files[1].content)["weeks"]
    assert {key: given["value"] for key, given in week["answers"].items()} == GIVEN


def test_a_copy_is_deleted_after_its_minutes_and_its_message_says_so(world: World) -> None:
    answer(world)
    files = copied(world)
    assert "10:45" in beside(world), "a quarter of an hour after half past ten in Chicago"
    world.stage.clock.advance(COPY_STAYS - timedelta(seconds=1))
    beat_all(world.stage.bot.setting)
    assert world.sandbox.file(files[0])
    world.stage.clock.advance(timedelta(seconds=1))
    beat_all(world.stage.bot.setting)
    assert [call.outcome for call in world.calls("files.delete")] == ["ok", "ok"]
    assert "Ya los borré" in beside(world)
    assert not [row for row in world.rows()["timers"] if DELETE in row]


def test_nothing_of_a_copy_is_kept_but_two_ids(world: World) -> None:
    answer(world)
    before = world.rows()
    files = copied(world)
    after = world.rows()
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"timers"}
    new = [row for row in after["timers"] if row not in before["timers"]]
    assert sorted(row[1].rpartition("|")[2] for row in new) == sorted(files)


def test_what_a_copy_holds_is_in_no_log_no_table_and_no_call(world: World, written: io.StringIO) -> None:
    answer(world)
    world.submit(BEN, ids.VIEW_COPY, {})
    world.submit(ANA, ids.VIEW_COPY, {})
    label, question = world.words(ANA).scale("W")[3].text, world.words(ANA).item("qC1").text
    for trace in (label, question, "qC1", "qI02"):
        assert trace not in written.getvalue()
        assert trace.encode() not in kept(world)
        assert trace not in asked_of_slack(world)


def test_the_message_beside_a_copy_is_the_same_whatever_is_in_it(world: World) -> None:
    answer(world)
    with world.begin() as tx:
        members.choose(tx, world.ref(ANA), language="en")
        known = members.get(tx, world.ref(BEN))
        assert known
        members.put(tx, BEN.id, replace(known, tz=ANA.tz))
    said = [(copied(world, person), beside(world, person))[1] for person in (ANA, BEN)]
    assert said[0] == said[1]


@pytest.mark.parametrize(
    "method", ["files.getUploadURLExternal", "chat.postMessage", "upload", "files.completeUploadExternal"]
)
@pytest.mark.parametrize("fail", ["fail_500", "lose_reply"])
def test_a_copy_that_fails_is_said_and_whatever_arrived_is_deleted_at_once(
    world: World, method: str, fail: str
) -> None:
    answer(world)
    getattr(world.sandbox.faults, fail)(method)
    world.submit(ANA, ids.VIEW_COPY, {})
    beat_all(world.stage.bot.setting)
    files = [file_id for message in world.dm(ANA) for file_id in message.files]
    assert len(files) == (2 if (method, fail) == ("files.completeUploadExternal", "lose_reply") else 0)
    assert len([call for call in world.calls("files.delete") if call.outcome == "ok"]) == len(files)
    assert not [row for row in world.rows()["timers"] if DELETE in row]
    if method in ("upload", "files.completeUploadExternal"):
        assert len(world.calls("files.delete")) == 2, (
            "that they are to be deleted was kept before any byte left"
        )
        said = [text_of(message) for message in world.dm(ANA)]
        assert any(("Ya los borré" if files else "No se pudieron enviar") in text for text in said)
        assert not any("están abajo" in text for text in said)


def test_the_window_says_how_it_went(world: World) -> None:
    world.tap(ANA, ids.OPENED_COPYING, place=HOME)
    for fails, said in ((True, "no aceptó archivos"), (False, "Se borran a las 10:45")):
        if fails:
            world.sandbox.faults.refuse("files.getUploadURLExternal", "file_uploads_disabled")
        window = world.window(ANA)
        assert window
        body = submission(ANA.id, ids.VIEW_COPY)
        body["view"]["id"] = window.id
        told = world.send(body)
        assert "van en camino" in text_of(told.view["blocks"])
        window = world.window(ANA)
        assert window
        assert said in text_of(window)


def test_slack_asks_for_a_pause_and_the_files_are_deleted_after_it(world: World) -> None:
    copied(world)
    world.stage.clock.advance(COPY_STAYS)
    world.sandbox.faults.storm_429("files.delete")
    beat_all(world.stage.bot.setting)
    assert [row for row in world.rows()["timers"] if DELETE in row]
    world.stage.clock.advance(timedelta(minutes=2))
    beat_all(world.stage.bot.setting)
    assert not [row for row in world.rows()["timers"] if DELETE in row]


@pytest.mark.parametrize("method", ["files.delete", "chat.update", "conversations.open"])
def test_what_gave_no_answer_is_tried_again(world: World, method: str) -> None:
    copied(world)
    world.stage.clock.advance(COPY_STAYS)
    world.sandbox.faults.lose_reply(method)
    beat_all(world.stage.bot.setting)
    assert [row for row in world.rows()["timers"] if DELETE in row]
    beat_all(world.stage.bot.setting)
    assert not [row for row in world.rows()["timers"] if DELETE in row]
    assert "Ya los borré" in beside(world)


def test_a_workspace_that_lets_nothing_be_deleted_is_tried_again_every_hour_and_said(world: World) -> None:
    copied(world)
    world.stage.clock.advance(COPY_STAYS)
    world.sandbox.faults.refuse("files.delete", "file_deleting_disabled", times=2)
    beat_all(world.stage.bot.setting)
    assert "no me dejó borrar" in beside(world)
    beat_all(world.stage.bot.setting)
    assert len(world.calls("files.delete")) == 2
    world.stage.clock.advance(timedelta(hours=1))
    beat_all(world.stage.bot.setting)
    assert "Ya los borré" in beside(world)


def test_files_that_somebody_else_deleted_are_gone_too(world: World) -> None:
    for file_id in copied(world):
        world.stage.bot.client.files_delete(file=file_id)
    world.stage.clock.advance(COPY_STAYS)
    beat_all(world.stage.bot.setting)
    assert "Ya los borré" in beside(world)


def test_with_the_database_away_no_file_is_made(world: World) -> None:
    with database_away(world):
        assert world.submit(ANA, ids.VIEW_COPY, {}).acked
    assert not world.calls("files.getUploadURLExternal", "files.completeUploadExternal")


# ---- deleted


@pytest.mark.parametrize("database", BOTH, indirect=True)
def test_everything_is_deleted_at_once_and_said(world: World) -> None:
    answer(world)
    told = delete(world)
    assert "Sus datos están borrados" in text_of(told.view["blocks"])
    assert own(world) == {}
    assert world.stage.bot.house.erasures.read() == {
        world.stage.bot.workspace: {world.ref(ANA): world.stage.clock.now()}
    }
    assert world.choices(ANA) == members.Preferences()
    week = world.week(ANA)
    assert week
    assert (week.state, week.reason) == (State.CLOSED, None)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_where_it_cannot_be_noted_outside_it_is_deleted_all_the_same_and_noted_by_upkeep(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    answer(world)
    file, bot = world.stage.bot.house.erasures.file, world.stage.bot
    file.mkdir(parents=True)
    delete(world)
    assert own(world) == {}
    assert "deletion not noted outside the database yet" in caplog.text
    erase_old(bot.setting, bot.workspace)
    assert "deletions cannot be noted outside the database" in caplog.text
    file.rmdir()
    erase_old(bot.setting, bot.workspace)
    assert set(bot.house.erasures.read()[bot.workspace]) == {world.ref(ANA)}


def test_the_open_card_reads_closed_and_says_nothing_of_it(world: World) -> None:
    answer(world)
    delete(world)
    assert text_of(world.dm(ANA)[-1]) == text_of(closed_card(world))


def closed_card(world: World) -> Any:
    return [
        {key: value for key, value in block.items() if key != "block_id"}
        for block in screens.card_after(world.words(ANA), Card.CLOSED, week=WEEK).blocks
    ]


def test_a_card_whose_edit_failed_is_mended(world: World) -> None:
    answer(world)
    world.sandbox.faults.fail_500("chat.update")
    delete(world)
    beat_all(world.stage.bot.setting)
    assert text_of(world.dm(ANA)[-1]) == text_of(closed_card(world))


def test_a_form_that_lay_open_is_closed_kindly_and_keeps_nothing(world: World) -> None:
    answer(world)
    delete(world)
    told = world.submit(ANA, ids.VIEW_CHECKIN, filled(answer_qC1="5"), {"week": WEEK})
    assert world.words(ANA)("options.over_sent") in text_of(told.view["blocks"])
    assert own(world) == {}
    world.tap(ANA, ids.STARTED, str(WEEK), place=world.last(ANA))
    window = world.window(ANA)
    assert window
    assert world.words(ANA)("options.over") in text_of(window)


def test_the_options_that_lay_open_still_work(world: World) -> None:
    place = answer(world)
    delete(world)
    for action_id in (ids.OPENED_OPTIONS, ids.OPENED_MORE):
        world.tap(ANA, action_id, str(WEEK), place=place)
        window = world.window(ANA)
        assert window
        assert window.callback_id == ids.VIEW_OPTIONS


def test_home_does_not_say_that_this_week_is_open(world: World) -> None:
    answer(world)
    delete(world)
    home, words = home_of(world), world.words(ANA)
    assert words("home.this_week", weekday=words.weekday(4), time="16:00") not in home
    assert "27 de enero" in home


@pytest.mark.parametrize(("after", "stopped"), [(ids.GO_ON, False), (ids.STOP_TOO, True)])
def test_check_ins_go_on_or_stop_as_was_chosen(world: World, after: str, stopped: bool) -> None:
    answer(world)
    told = delete(world, after=after)
    assert world.choices(ANA).stopped is stopped
    assert (ids.UNDID_STOP in text_of(told.view["blocks"])) is stopped
    assert ("27 de enero" in text_of(told.view["blocks"])) is not stopped


def test_what_no_form_offers_deletes_nothing(world: World) -> None:
    answer(world)
    for odd in ("", "maybe", ["go_on"]):
        world.submit(ANA, ids.VIEW_DELETE, filled(**{ids.AFTER_DELETING: odd}))
    assert own(world) == {WEEK: GIVEN}


def test_whoever_gets_no_check_ins_deletes_without_being_asked(world: World) -> None:
    with world.begin() as tx:
        members.choose(tx, world.ref(EVA), language="es")
    told = delete(world, EVA, after=None)
    assert world.choices(EVA) == members.Preferences()
    assert "Sus datos están borrados" in text_of(told.view["blocks"])


def test_an_ask_that_waits_is_taken_back_and_its_card_says_so(world: World) -> None:
    world.submit(ANA, ids.VIEW_ASK, filled(**{ids.RECIPIENT: LUIS.id, ids.DEPUTY_TOO: [ids.DEPUTY_TOO]}))
    beat_all(world.stage.bot.setting)
    delete(world)
    with world.begin() as tx:
        assert asks.list_made(tx, world.ref(ANA)) == ()
        assert timers.list_under(tx, "ask|") == ()
    (card,) = (text_of(message) for message in world.dm(LUIS) if ANA.id in text_of(message))
    assert ids.ASK_ANSWERED_YES not in card


def test_a_button_of_an_ask_that_is_gone_answers_kindly(world: World) -> None:
    ask_id = world.ask(ANA, LUIS)
    delete(world)
    for action_id in (ids.ASK_ANSWERED_YES, ids.ASK_ANSWERED_ANOTHER_TIME, ids.ASK_ANSWERED_CANNOT):
        world.tap(LUIS, action_id, ask_id)
        assert world.words(LUIS)("sorry.not_yours") in text_of(world.whispers(LUIS)[-1])
    world.tap(ANA, ids.WITHDREW_ASK, ask_id)
    world.submit(ANA, ids.VIEW_FOLLOW_UP, filled(**{ids.HAPPENED: ids.MET}), {"ask": ask_id})


def test_what_others_asked_of_the_person_stays(world: World) -> None:
    ask_id = world.ask(ANA, LUIS)
    delete(world, LUIS, after=None)
    assert world.ask_state(ask_id) is AskState.OPEN


def test_nobody_else_is_told(world: World) -> None:
    answer(world)
    before, others = len(world.calls()), {person.id for person in (BEN, LUIS, EVA, OLGA, NORA)}
    delete(world)
    later = world.calls()[before:]
    assert {call.method for call in later} <= {"chat.update", "users.info", "views.publish"}
    assert not [call for call in later if others & {str(value) for value in call.args.values()}]


@pytest.mark.parametrize("database", BOTH, indirect=True)
def test_two_clicks_at_once_and_a_submit_between_them_end_in_nothing_kept(world: World) -> None:
    answer(world)
    again = filled(answer_qC1="5")
    at_once(
        lambda: delete(world),
        lambda: world.submit(ANA, ids.VIEW_CHECKIN, again, {"week": WEEK}),
        lambda: delete(world),
    )
    assert own(world) == {}
    assert not [row for row in world.rows()["person_keys"] if row[1] == world.ref(ANA)]


def test_a_card_on_its_way_does_not_come_and_nothing_comes_twice(world: World) -> None:
    """It waits in the outbox, or is in somebody's hands; next week's comes."""
    with world.begin() as tx:
        checkins.add(tx, world.ref(ANA), WEEK, State.PLANNED)
        outbox.add(tx, notice(Kind.CHECKIN, world.ref(ANA), f"w{WEEK}", NOW, facts={"week": WEEK}))
        claims = outbox.claim(tx, NOW, LEASE, 99)
        outbox.mark_attempted(tx, claims, LEASE)
    delete(world)
    with world.begin() as tx:
        recorded = outbox.mark_sent(tx, [(claim, "D0ANA", "9.9") for claim in claims])
    assert {claim.kind for claim in claims if claim.delivery_id not in recorded} == {Kind.CHECKIN}
    beat_all(world.stage.bot.setting)
    assert world.dm(ANA) == []


def test_the_first_message_does_not_come_again(world: World) -> None:
    beat_all(world.stage.bot.setting)
    before = len(world.dm(ANA))
    delete(world)
    beat_all(world.stage.bot.setting)
    assert len(world.dm(ANA)) == before


def test_a_copy_asked_for_before_is_still_deleted_in_its_time(world: World) -> None:
    files = copied(world)
    delete(world)
    assert world.sandbox.file(files[0])
    world.stage.clock.advance(COPY_STAYS)
    beat_all(world.stage.bot.setting)
    assert len(world.calls("files.delete")) == 2


def test_nothing_readable_is_left_in_the_files_of_the_database(world: World) -> None:
    answer(world)
    with world.begin() as tx:
        sealed = [
            bytes(row[0])
            for query in ("SELECT sealed FROM answers", "SELECT wrapped FROM person_keys")
            for row in tx.connection.exec_driver_sql(query)
        ]
    assert all(one[12:60] in kept(world) for one in sealed)
    delete(world)
    assert not any(one[12:60] in kept(world) for one in sealed)


def test_with_slack_away_the_data_is_gone_all_the_same(world: World) -> None:
    answer(world)
    world.sandbox.faults.fail_500("*", 50)
    assert delete(world).acked
    assert own(world) == {}
