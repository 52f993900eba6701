"""Asks in one's own name, one payload at a time: forged, late, at once, to nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.blocks import asks as screens
from bot.blocks import ids
from bot.domain.asks import FOLLOW_UP, TIMERS, AskState
from bot.domain.leave import Span
from bot.domain.members import Person, PersonRef
from bot.domain.notices import Kind, dedupe_key
from handlers.members import note_person
from storage import asks, leave, members, outbox, teams, timers
from storage.schema import outbox as outbox_table
from tests.handlers.bodies import Body, click, command, filled, in_view, on_message, shortcut, submission
from tests.handlers.world import (
    ANA,
    BEN,
    BOTH,
    ELSEWHERE,
    EVA,
    GONE,
    GUEST,
    LUIS,
    NOW,
    OLGA,
    ROBOT,
    SOL,
    World,
    text_of,
)
from tests.storage.at_once import at_once

LATER = NOW + timedelta(days=30)
"""By then every timer of an ask is due."""


def asked(to: str = LUIS.id, *, deputy: bool = False) -> Body:
    return filled(**{ids.RECIPIENT: to, ids.DEPUTY_TOO: [ids.DEPUTY_TOO] if deputy else []})


def another_time(on: str, at: str = "10:30") -> Body:
    return filled(
        **{
            ids.MEET_ON: {"type": "datepicker", "selected_date": on},
            ids.MEET_TIME: {"type": "timepicker", "selected_time": at},
        }
    )


def next_person(user_id: str | None) -> Body:
    return filled(**{ids.NEXT_PERSON: {"type": "users_select", "selected_user": user_id}})


def all_asks(world: World, asker: Any = ANA) -> list[AskState]:
    with world.begin() as tx:
        return [ask.state for ask in asks.list_of(tx, world.ref(asker))]


def notices(world: World, kind: Kind) -> list[PersonRef]:
    """To whom notices of a kind are on their way."""
    with world.begin() as tx:
        rows = tx.execute(outbox_table.select().where(outbox_table.c.kind == kind))
        return [row.recipient for row in rows]


def due_timers(world: World, *kinds: str) -> list[str]:
    with world.begin() as tx:
        return [timer.kind for timer in timers.list_due(tx, kinds or TIMERS, LATER, 100)]


# ---- asking


def test_the_same_form_opens_from_everywhere(world: World) -> None:
    home, card = in_view(ids.VIEW_HOME, type="home"), world.card(ANA)
    ways = (
        shortcut(ANA.id, ids.SHORTCUT_ASK),
        command(ANA.id, "pedir algo", ELSEWHERE),
        click(ANA.id, ids.OPENED_ASK, place=home),
        click(ANA.id, ids.OPENED_ASK, place=card),
    )
    forms = []
    for way in ways:
        world.send(way | {"trigger_id": world.trigger(ANA)})
        window = world.window(ANA)
        assert window
        assert window.callback_id == ids.VIEW_ASK
        assert not window.private_metadata
        forms.append(text_of(window))
    assert len(set(forms)) == 1
    assert f"<@{LUIS.id}>" in forms[0]
    assert f"<@{EVA.id}>" in forms[0]


@pytest.mark.parametrize("database", BOTH, indirect=True)
def test_an_ask_is_one_note_to_one_person_with_the_timers_that_end_it(world: World) -> None:
    turned = world.submit(ANA, ids.VIEW_ASK, asked(deputy=True))
    assert f"<@{LUIS.id}>" in text_of(turned.view["blocks"])
    assert all_asks(world) == [AskState.OPEN]
    assert notices(world, Kind.ASK) == [world.ref(LUIS)]
    assert len(due_timers(world)) == 2


def test_that_somebody_is_away_makes_no_ask_wait_longer_and_tells_nobody(world: World) -> None:
    def waits() -> list[tuple[str, timedelta]]:
        world.submit(ANA, ids.VIEW_ASK, asked(deputy=True))
        with world.begin() as tx:
            due = [(one.kind, one.due_at - NOW) for one in timers.list_due(tx, TIMERS, LATER, 100)]
            for ask in asks.list_of(tx, world.ref(ANA)):
                asks.move(tx, ask.ask_id, (AskState.OPEN,), AskState.WITHDRAWN)
                timers.drop(tx, timers.ask_entity(ask.ask_id), *TIMERS)
        return due

    before = waits()
    with world.begin() as tx:
        leave.save(tx, world.ref(LUIS), (Span(first_on=NOW.date(), last_on=LATER.date()),))
    assert waits() == before


def test_without_the_askers_leave_the_deputy_is_not_asked(world: World) -> None:
    world.submit(ANA, ids.VIEW_ASK, asked())
    with world.begin() as tx:
        [found] = asks.list_of(tx, world.ref(ANA))
    assert found.deputy is None
    assert len(due_timers(world)) == 1


@pytest.mark.parametrize("database", BOTH, indirect=True)
def test_asking_twice_at_once_is_asking_once(world: World) -> None:
    body = submission(ANA.id, ids.VIEW_ASK, asked())
    both = at_once(*[lambda: world.send(body, finish=False)] * 4)
    world.stage.bot.executor.wait_idle(10)
    assert all(f"<@{LUIS.id}>" in text_of(answer.view["blocks"]) for answer in both)
    assert all_asks(world) == [AskState.OPEN]
    assert notices(world, Kind.ASK) == [world.ref(LUIS)]


def test_nobody_else_can_be_asked(world: World) -> None:
    before = world.rows()
    for who in (OLGA.id, BEN.id, ANA.id, SOL.id, "U0NOBODY1", "", None):
        told = world.submit(ANA, ids.VIEW_ASK, filled(**{ids.RECIPIENT: who}))
        assert list(told.errors) == [ids.RECIPIENT], who
    assert world.rows() == before


def test_somebody_who_left_is_not_offered(world: World) -> None:
    with world.begin() as tx:
        members.put(tx, LUIS.id, Person(ref=world.ref(LUIS), tz=LUIS.tz, active=False))
    world.tap(ANA, ids.OPENED_ASK, place=world.card(ANA))
    window = world.window(ANA)
    assert window
    assert f"<@{LUIS.id}>" not in text_of(window)
    assert ids.DEPUTY_TOO not in text_of(window)


def test_a_deputy_who_left_meanwhile_is_not_asked_too(world: World) -> None:
    with world.begin() as tx:
        members.put(tx, EVA.id, Person(ref=world.ref(EVA), tz=EVA.tz, active=False))
    told = world.submit(ANA, ids.VIEW_ASK, asked(deputy=True))
    assert f"<@{EVA.id}>" not in text_of(told.view["blocks"])
    with world.begin() as tx:
        assert [ask.deputy for ask in asks.list_of(tx, world.ref(ANA))] == [None]
        assert "ask_deputy" not in {timer.kind for timer in timers.list_due(tx, TIMERS, LATER, 10)}


def test_with_nobody_to_ask_that_is_said(world: World) -> None:
    world.tap(OLGA, ids.OPENED_ASK, place=on_message(world.sandbox.dm_id(OLGA.id)))
    assert world.window(OLGA) is None
    assert "Nobody can be asked here yet" in text_of(world.whispers(OLGA)[-1])


def test_a_stranger_asks_nobody(world: World) -> None:
    before = world.rows()
    world.send(shortcut(SOL.id, ids.SHORTCUT_ASK) | {"trigger_id": world.trigger(SOL)})
    window = world.window(SOL)
    assert window
    assert "todavía no está en un equipo" in text_of(window)
    refused = world.submit(SOL, ids.VIEW_ASK, asked())
    assert "todavía no está en un equipo" in text_of(refused.view["blocks"])
    assert world.rows() == before


# ---- somebody else instead


def test_asking_somebody_else_ends_the_earlier_ask_and_its_card_says_so(world: World) -> None:
    ask_id = with_card(world, state=AskState.UNANSWERED)
    world.tap(ANA, ids.OPENED_ASK, ask_id, place=on_message(world.sandbox.dm_id(ANA.id)))
    window = world.window(ANA)
    assert window
    assert f"<@{LUIS.id}>" not in text_of(window)
    world.submit(ANA, ids.VIEW_ASK, asked(EVA.id), {"instead_of": ask_id})
    assert world.ask_state(ask_id) is AskState.NO_LONGER
    assert notices(world, Kind.ASK).count(world.ref(EVA)) == 1
    assert ids.ASK_ANSWERED_YES not in text_of(world.dm(LUIS)[-1])


def test_whom_the_one_asked_named_can_be_asked(world: World) -> None:
    with world.begin() as tx:
        entry = world.stage.bot.setting.messenger.person(OLGA.id)
        assert entry
        note_person(tx, entry)
    ask_id = world.ask(state=AskState.CANNOT, answered_by=world.ref(LUIS), next_person=world.ref(OLGA))
    world.tap(ANA, ids.OPENED_ASK, ask_id, place=on_message(world.sandbox.dm_id(ANA.id)))
    window = world.window(ANA)
    assert window
    assert f"<@{OLGA.id}>" in text_of(window)
    world.submit(ANA, ids.VIEW_ASK, asked(OLGA.id), {"instead_of": ask_id})
    assert notices(world, Kind.ASK) == [world.ref(OLGA)]
    assert world.ask_state(ask_id) is AskState.CANNOT


def test_somebody_elses_ask_opens_no_way_to_anybody(world: World) -> None:
    """A forged id gives neither the name it holds nor an end to that ask."""
    theirs = world.ask(asker=BEN, state=AskState.UNANSWERED, next_person=world.ref(OLGA))
    world.tap(ANA, ids.OPENED_ASK, theirs, place=on_message(world.sandbox.dm_id(ANA.id)))
    window = world.window(ANA)
    assert window
    assert f"<@{OLGA.id}>" not in text_of(window)
    told = world.submit(ANA, ids.VIEW_ASK, asked(OLGA.id), {"instead_of": theirs})
    assert list(told.errors) == [ids.RECIPIENT]
    world.submit(ANA, ids.VIEW_ASK, asked(), {"instead_of": theirs})
    assert world.ask_state(theirs) is AskState.UNANSWERED


# ---- answering


def with_card(world: World, **facts: Any) -> str:
    """An ask whose card has arrived with Luis."""
    ask_id = world.ask(**facts)
    sent = world.post(
        LUIS, screens.ask_card(world.words(LUIS), ask_id=ask_id, asker_id=ANA.id, state=AskState.OPEN)
    )
    with world.begin() as tx:
        key = dedupe_key(Kind.ASK, world.ref(LUIS), ask_id)
        row = {
            "workspace": tx.workspace,
            "delivery_id": ask_id,
            "dedupe_key": key,
            "kind": Kind.ASK,
            "recipient": world.ref(LUIS),
            "facts": {"ask": ask_id},
            "urgency": 0,
            "due_at": NOW,
            "expires_at": LATER,
            "fate": "sent",
            "sealed_channel": tx.keys.seal_id(tx.workspace, sent.channel),
            "sent_ts": sent.ts,
        }
        tx.execute(outbox_table.insert().values(**row))
        assert outbox.sent_at(tx, key)
    return ask_id


@pytest.mark.parametrize("database", BOTH, indirect=True)
def test_yes_is_told_to_the_asker_and_shown_on_the_card(world: World) -> None:
    ask_id = with_card(world)
    world.tap(LUIS, ids.ASK_ANSWERED_YES, ask_id)
    assert world.ask_state(ask_id) is AskState.AGREED
    assert notices(world, Kind.ASK_TOLD) == [world.ref(ANA)]
    assert due_timers(world, FOLLOW_UP) == [FOLLOW_UP]
    assert ids.ASK_ANSWERED_YES not in text_of(world.dm(LUIS)[-1])


def test_only_whoever_was_asked_can_answer(world: World) -> None:
    ask_id = with_card(world)
    before = world.rows()
    for who in (ANA, BEN, EVA, OLGA):
        place = on_message(world.sandbox.dm_id(who.id))
        for action_id in (ids.ASK_ANSWERED_YES, ids.ASK_ANSWERED_ANOTHER_TIME, ids.ASK_ANSWERED_CANNOT):
            world.tap(who, action_id, ask_id, place=place)
        forms = [
            world.submit(who, ids.VIEW_ANOTHER_TIME, another_time("2027-02-01"), {"ask": ask_id}),
            world.submit(who, ids.VIEW_CANNOT, next_person(SOL.id), {"ask": ask_id}),
        ]
        said = [text_of(told) for told in world.whispers(who)]
        said += [text_of(form.view["blocks"]) for form in forms]
        assert len(said) == 5
        assert all("somebody else" in text or "otra persona" in text for text in said)
        assert world.window(who) is None
    assert world.rows() == before


def test_an_ask_that_never_was_changes_nothing(world: World) -> None:
    before, place = world.rows(), on_message(world.sandbox.dm_id(LUIS.id))
    taps = (
        ids.ASK_ANSWERED_YES,
        ids.ASK_ANSWERED_ANOTHER_TIME,
        ids.ASK_ANSWERED_CANNOT,
        ids.WITHDREW_ASK,
        ids.LEFT_ASK,
        ids.OPENED_FOLLOW_UP,
    )
    forged = ("nonsense", "", "x" * 3_000, None)
    for action_id in taps:
        for ask_id in forged:
            world.tap(LUIS, action_id, ask_id, place=place)
    assert len(world.whispers(LUIS)) == len(taps) * len(forged)
    assert world.rows() == before


@pytest.mark.parametrize("database", BOTH, indirect=True)
def test_of_two_answers_at_once_the_first_counts_and_the_second_hears_so(world: World) -> None:
    ask_id = with_card(world, also_asked=world.ref(EVA))
    bodies = [
        click(who.id, ids.ASK_ANSWERED_YES, ask_id, place=world.last(who), trigger_id=world.trigger(who))
        for who in (LUIS, EVA)
    ]
    at_once(*[lambda body=body: world.send(body, finish=False) for body in bodies])  # type: ignore[misc]
    world.stage.bot.executor.wait_idle(10)
    assert world.ask_state(ask_id) is AskState.AGREED
    assert notices(world, Kind.ASK_TOLD) == [world.ref(ANA)]
    assert len(world.whispers(LUIS)) + len(world.whispers(EVA)) == 1


@pytest.mark.parametrize("database", BOTH, indirect=True)
def test_an_answer_and_taking_it_back_at_once_end_as_one_of_them(world: World) -> None:
    ask_id = with_card(world)
    bodies = [
        click(LUIS.id, ids.ASK_ANSWERED_YES, ask_id, place=world.last(LUIS), trigger_id=world.trigger(LUIS)),
        click(
            ANA.id,
            ids.WITHDREW_ASK,
            ask_id,
            place=in_view(ids.VIEW_HOME, type="home"),
            trigger_id=world.trigger(ANA),
        ),
    ]
    at_once(*[lambda body=body: world.send(body, finish=False) for body in bodies])  # type: ignore[misc]
    world.stage.bot.executor.wait_idle(10)
    state = world.ask_state(ask_id)
    timers_left = due_timers(world)
    assert state in (AskState.WITHDRAWN, AskState.AGREED)
    assert timers_left == ([] if state is AskState.WITHDRAWN else [FOLLOW_UP])


def test_a_late_answer_to_what_was_taken_back_says_so_on_the_card(world: World) -> None:
    ask_id = with_card(world, state=AskState.WITHDRAWN)
    world.tap(LUIS, ids.ASK_ANSWERED_YES, ask_id)
    assert world.ask_state(ask_id) is AskState.WITHDRAWN
    assert ids.ASK_ANSWERED_YES not in text_of(world.dm(LUIS)[-1])
    assert "ya no está vigente" in text_of(world.whispers(LUIS)[-1])
    assert notices(world, Kind.ASK_TOLD) == []


def test_another_time_is_taken_in_the_zone_of_who_answers(world: World) -> None:
    ask_id = with_card(world)
    turned = world.submit(LUIS, ids.VIEW_ANOTHER_TIME, another_time("2027-02-01"), {"ask": ask_id})
    assert turned.view["callback_id"] == ids.VIEW_ASKS_TO_ME
    with world.begin() as tx:
        found = asks.get(tx, ask_id)
    assert found
    assert found.meet_at == datetime.fromisoformat("2027-02-01T10:30:00-05:00")


def test_a_moment_that_has_passed_is_said_at_its_field(world: World) -> None:
    ask_id = with_card(world)
    for on, at in (("2027-01-20", "10:00"), ("2027-01-19", "23:59"), ("0001-01-01", "00:00")):
        told = world.submit(LUIS, ids.VIEW_ANOTHER_TIME, another_time(on, at), {"ask": ask_id})
        assert list(told.errors) == [ids.MEET_ON]
        assert "Ese momento ya pasó" in told.errors[ids.MEET_ON]
    assert world.ask_state(ask_id) is AskState.OPEN


def test_a_moment_that_makes_no_sense_is_said_kindly(world: World) -> None:
    ask_id = with_card(world)
    for on, at in (
        ("9999-12-31", "23:59"),
        ("2029-01-01", "10:00"),
        ("2027-02-30", "10:00"),
        ("tomorrow", "10:00"),
        ("2027-02-01", "25:00"),
    ):
        told = world.submit(LUIS, ids.VIEW_ANOTHER_TIME, another_time(on, at), {"ask": ask_id})
        assert "No pude leer eso" in told.errors[ids.MEET_ON]
    assert world.ask_state(ask_id) is AskState.OPEN


def test_who_can_instead_is_somebody_else_who_works_here(world: World) -> None:
    ask_id = with_card(world)
    before = world.rows()
    for who in (ROBOT.id, GONE.id, "U0NOBODY1", "USLACKBOT", ANA.id, LUIS.id):
        told = world.submit(LUIS, ids.VIEW_CANNOT, next_person(who), {"ask": ask_id})
        assert list(told.errors) == [ids.NEXT_PERSON], who
    assert world.rows() == before


def test_i_cannot_names_the_next_person_to_the_asker(world: World) -> None:
    ask_id = with_card(world)
    world.submit(LUIS, ids.VIEW_CANNOT, next_person(GUEST.id), {"ask": ask_id})
    with world.begin() as tx:
        found = asks.get(tx, ask_id)
    assert found
    assert (found.state, found.next_person) == (AskState.CANNOT, world.ref(GUEST))
    assert due_timers(world) == []


def test_somebody_not_asked_puts_nobody_into_the_roster(world: World) -> None:
    ask_id = with_card(world)
    before = world.rows()
    world.submit(BEN, ids.VIEW_CANNOT, next_person(SOL.id), {"ask": ask_id})
    assert world.rows() == before


# ---- its end


def test_only_the_asker_takes_it_back_or_leaves_it(world: World) -> None:
    ask_id = with_card(world, state=AskState.UNANSWERED)
    before = world.rows()
    for who in (BEN, LUIS, EVA):
        for action_id in (ids.WITHDREW_ASK, ids.LEFT_ASK, ids.OPENED_FOLLOW_UP):
            world.tap(who, action_id, ask_id, place=on_message(world.sandbox.dm_id(who.id)))
        world.submit(who, ids.VIEW_FOLLOW_UP, filled(**{ids.HAPPENED: ids.MET}), {"ask": ask_id})
    assert world.rows() == before


def test_taking_it_back_drops_its_timers_and_tells_on_the_card(world: World) -> None:
    ask_id = with_card(world)
    world.tap(ANA, ids.WITHDREW_ASK, ask_id, place=in_view(ids.VIEW_HOME, type="home"))
    assert world.ask_state(ask_id) is AskState.WITHDRAWN
    assert due_timers(world) == []
    assert ids.ASK_ANSWERED_YES not in text_of(world.dm(LUIS)[-1])
    world.tap(ANA, ids.WITHDREW_ASK, ask_id, place=on_message(world.sandbox.dm_id(ANA.id)))
    assert "ya no está vigente" in text_of(world.whispers(ANA)[-1])


@pytest.mark.parametrize(
    ("given", "state"),
    [(ids.MET, AskState.MET), (ids.NOT_YET, AskState.NO_LONGER), (ids.NO_LONGER, AskState.NO_LONGER)],
)
def test_whether_it_happened_ends_it_once(world: World, given: str, state: AskState) -> None:
    ask_id = with_card(world, state=AskState.AGREED, answered_by=world.ref(LUIS))
    said = filled(**{ids.HAPPENED: given})
    world.submit(ANA, ids.VIEW_FOLLOW_UP, said, {"ask": ask_id})
    assert world.ask_state(ask_id) is state
    again = world.submit(ANA, ids.VIEW_FOLLOW_UP, filled(**{ids.HAPPENED: ids.MET}), {"ask": ask_id})
    assert world.ask_state(ask_id) is state
    assert "ya no está vigente" in text_of(again.view["blocks"])


def test_an_end_no_form_offers_is_none(world: World) -> None:
    ask_id = with_card(world, state=AskState.AGREED, answered_by=world.ref(LUIS))
    for given in ("withdrawn", "open", "", None):
        told = world.submit(ANA, ids.VIEW_FOLLOW_UP, filled(**{ids.HAPPENED: given}), {"ask": ask_id})
        assert list(told.errors) == [ids.HAPPENED]
    assert world.ask_state(ask_id) is AskState.AGREED


def test_asks_to_me_are_shown_to_me_alone(world: World) -> None:
    with_card(world)
    for who, sees in ((LUIS, True), (EVA, False), (BEN, False)):
        world.tap(who, ids.OPENED_ASKS_TO_ME, place=in_view(ids.VIEW_HOME, type="home"))
        window = world.window(who)
        assert window
        assert (f"<@{ANA.id}>" in text_of(window)) is sees


def test_a_supervisor_who_left_the_team_can_still_be_named_by_the_ask(world: World) -> None:
    """The team has another supervisor now; the ask and its card go on."""
    ask_id = with_card(world)
    with world.begin() as tx:
        team = teams.of_member(tx, world.ref(ANA), NOW)
        assert team
        teams.save(tx, replace(team, supervisor=world.ref(EVA), deputy=None))
    world.tap(LUIS, ids.ASK_ANSWERED_YES, ask_id)
    assert world.ask_state(ask_id) is AskState.AGREED
