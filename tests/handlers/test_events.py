"""What Slack tells about: several times, in any order, about anybody."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.domain.notices import Kind, notice
from bot.sandbox import Person
from bot.sandbox.people import user_object, with_status
from schedules.delivery import deliver
from storage import members, outbox, rules, workspaces
from storage.rules import RuleKind
from tests.handlers.bodies import Body, event, typed
from tests.handlers.outages import database_away
from tests.handlers.world import ANA, BEN, BOTH, NOW, SOL, World, text_of
from tests.storage.at_once import at_once


def about(event_id: str, kind: str, person: Person) -> Body:
    return event(event_id, kind, user=user_object(person, NOW, include_locale=True))


def said_in_dm(world: World, person: Person, text: str, event_id: str = "Ev1", **parts: Any) -> Body:
    return typed(event_id, person.id, text, channel=world.sandbox.dm_id(person.id), **parts)


# ---- once


@pytest.mark.parametrize("database", BOTH, indirect=True)
def test_an_event_that_comes_again_is_acted_on_once(world: World) -> None:
    body = said_in_dm(world, BEN, "hi")
    for _ in range(3):
        assert world.send(body).acked
    at_once(*[lambda: world.send(body, finish=False)] * 4)
    world.stage.bot.executor.wait_idle(10)
    assert len(world.dm(BEN)) == 1


@pytest.mark.parametrize("database", BOTH, indirect=True)
def test_the_same_event_four_times_at_once_is_acted_on_once(world: World) -> None:
    body = said_in_dm(world, BEN, "hi")
    at_once(*[lambda: world.send(body, finish=False)] * 4)
    world.stage.bot.executor.wait_idle(10)
    assert len(world.dm(BEN)) == 1


def test_two_events_are_two(world: World) -> None:
    for number in range(2):
        world.send(said_in_dm(world, BEN, "hi", f"Ev{number}"))
    assert len(world.dm(BEN)) == 2


# ---- what is no message of a person


NOBODYS: tuple[dict[str, Any], ...] = (
    {"subtype": "message_changed"},
    {"subtype": "message_deleted"},
    {"subtype": "bot_message", "bot_id": "B0OTHER01"},
    {"bot_id": "B0SANDBOX", "user": "U0SANDBOT"},
    {"bot_id": "B0OTHER01"},
    {"user": None},
    {"subtype": "channel_topic"},
)


def test_what_bots_say_and_what_was_edited_is_not_answered(world: World) -> None:
    for number, parts in enumerate(NOBODYS):
        assert world.send(said_in_dm(world, BEN, "crisis", f"Ev{number}", **parts)).acked
    assert world.dm(BEN) == []
    assert world.whispers(BEN) == []


# ---- people


def test_somebody_who_moved_gets_their_plan_looked_at_anew(world: World) -> None:
    with world.begin() as tx:
        rules.set_next_due(tx, NOW + timedelta(days=7), ref=world.ref(ANA), kind=RuleKind.CHECKIN)
    moved = Person(id=ANA.id, name=ANA.name, tz="Pacific/Honolulu", locale="en-GB")
    world.send(about("Ev1", "user_change", moved))
    with world.begin() as tx:
        person = members.get(tx, world.ref(ANA))
        assert person
        assert (person.tz, person.locale, person.active) == ("Pacific/Honolulu", "en-GB", True)
        assert rules.next_due_at(tx, world.ref(ANA), RuleKind.CHECKIN) == NOW


def test_a_status_for_vacation_that_is_gone_lets_what_waited_come(world: World) -> None:
    world.send(about("Ev1", "user_change", with_status(ANA, "Gone fishing", ":palm_tree:", None)))
    with world.begin() as tx:
        assert members.known(tx, world.ref(ANA), NOW).person.on_vacation
        outbox.add(tx, notice(Kind.CHECKIN, world.ref(ANA), "w1", NOW + timedelta(days=1)))
    assert "fishing" not in str(world.rows())
    world.send(about("Ev2", "user_change", ANA))
    with world.begin() as tx:
        assert not members.known(tx, world.ref(ANA), NOW).person.on_vacation
        waiting = outbox.claim(tx, NOW, timedelta(minutes=1), 99)
    assert [one.due_at for one in waiting if one.kind is Kind.CHECKIN] == [NOW]


def test_somebody_who_left_is_known_to_have_left(world: World) -> None:
    world.send(about("Ev1", "user_change", Person(id=ANA.id, name=ANA.name, deleted=True)))
    with world.begin() as tx:
        person = members.get(tx, world.ref(ANA))
    assert person
    assert not person.active


def test_nobody_without_a_part_here_is_kept(world: World) -> None:
    before = world.rows("seen_events")
    for kind in ("user_change", "team_join"):
        world.send(about(f"Ev {kind}", kind, SOL))
    assert world.rows("seen_events") == before


def test_a_zone_or_locale_nobody_knows_does_not_break_their_home(world: World) -> None:
    odd = user_object(ANA, NOW, include_locale=True) | {"tz": "Mars/Olympus", "locale": 7}
    world.send(event("Ev1", "user_change", user=odd))
    world.send(event("Ev2", "app_home_opened", user=ANA.id, tab="home", channel="D0"))
    assert world.sandbox.home(ANA.id)


def test_an_odd_event_about_somebody_changes_nothing(world: World) -> None:
    before = world.rows("seen_events")
    odd: tuple[Any, ...] = ({}, {"id": 7}, [], "U0", None, {"id": "x" * 4_000})
    for number, user in enumerate(odd):
        assert world.send(event(f"Ev{number}", "user_change", user=user)).acked
    assert world.rows("seen_events") == before


# ---- the app is taken out


@pytest.mark.parametrize(
    "order", [("app_uninstalled", "tokens_revoked"), ("tokens_revoked", "app_uninstalled")]
)
def test_in_either_order_nothing_more_is_sent(world: World, order: tuple[str, str]) -> None:
    setting, workspace = world.stage.bot.setting, world.stage.bot.workspace
    world.send(event("Ev0", order[0], tokens={"oauth": [], "bot": ["U0SANDBOT"]}))
    world.stage.clock.advance(timedelta(minutes=5))
    world.send(event("Ev1", order[1], tokens={"oauth": [], "bot": ["U0SANDBOT"]}))
    with world.begin() as tx:
        assert workspaces.is_uninstalled(tx)
    assert deliver(setting, workspace) is False
    assert world.calls("chat.postMessage") == []


def test_before_that_there_was_something_to_send(world: World) -> None:
    """The test above would pass on an empty outbox too."""
    assert deliver(world.stage.bot.setting, world.stage.bot.workspace) is True


# ---- with things away


def test_without_a_database_an_event_is_acknowledged_and_a_message_answered(world: World) -> None:
    with database_away(world):
        assert world.send(said_in_dm(world, ANA, "hola")).acked
        assert world.send(about("Ev2", "user_change", ANA)).acked
        assert world.send(event("Ev3", "app_uninstalled")).acked
    assert "Soy un programa" in text_of(world.dm(ANA)[-1])


def test_without_slack_an_event_is_lost_quietly_and_the_next_one_is_not(world: World) -> None:
    world.sandbox.faults.fail_500("chat.postMessage")
    assert world.send(said_in_dm(world, BEN, "hi")).acked
    assert world.dm(BEN) == []
    world.send(said_in_dm(world, BEN, "hi", "Ev2"))
    assert len(world.dm(BEN)) == 1


def test_an_event_from_another_workspace_is_kept_apart(world: World) -> None:
    before = world.rows("seen_events")
    world.send(event("Ev1", "app_uninstalled") | {"team_id": "T0ELSEWHERE"})
    assert world.rows("seen_events") == before
