"""Home as each kind of person finds it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.blocks import ids
from bot.domain.asks import AskState
from bot.domain.checkins import Standing
from bot.domain.members import TeamState
from bot.sandbox import Person
from storage import answers, members, rules, teams, workspaces
from storage.schema import workspaces as table
from tests.handlers.bodies import Body, click, event, in_view
from tests.handlers.outages import database_away
from tests.handlers.world import (
    ANA,
    BEN,
    EVA,
    GUEST,
    LUIS,
    NORA,
    NOW,
    OLGA,
    OWNER,
    SOL,
    TEAM,
    World,
    text_of,
)

HOME = in_view(ids.VIEW_HOME, type="home")
MOST_BLOCKS = 35
"""On a staff member's Home (changes 24)."""


def opened(event_id: str, person: Person, **parts: Any) -> Body:
    return event(event_id, "app_home_opened", **{"user": person.id, "tab": "home", "channel": "D0", **parts})


def home(world: World, person: Person) -> str:
    """What stands on somebody's Home once they open it."""
    world.send(opened(f"Ev{len(world.calls())}", person))
    view = world.sandbox.home(person.id)
    assert view
    return text_of(view)


def at_work(world: World, person: Person) -> str:
    """The same behind the button for supervisors and admins."""
    world.send(click(person.id, ids.OPENED_WORK, place=HOME))
    return text_of(world.sandbox.home(person.id))


def action_ids(blocks: Iterable[dict[str, Any]]) -> list[str]:
    elements = [one for block in blocks for one in (*block.get("elements", ()), block.get("accessory") or {})]
    return [one["action_id"] for one in elements if "action_id" in one]


# ---- staff


def test_a_member_finds_everything_in_order(world: World) -> None:
    shown = home(world, ANA)
    order = [
        ids.OPENED_ASK,
        ids.OPENED_CRISIS,
        "miércoles 20 de enero",
        ids.OPENED_PAUSE,
        ids.STOPPED,
        ids.OPENED_PRACTICE,
        ids.OPENED_WHO_SEES,
        ids.OPENED_SETTINGS,
    ]
    assert sorted(order, key=shown.index) == order
    assert ids.OPENED_WORK not in shown
    assert ids.SET_UP_TEAM not in shown


def test_a_full_home_of_staff_stays_within_its_blocks(world: World) -> None:
    with world.begin() as tx:
        for number in range(9):
            made = teams.get(tx, "team0")
            assert made
            teams.save(tx, replace(made, team_id=f"more{number}", name=f"Another team {number}"))
    for _ in range(9):
        world.ask()
    home(world, ANA)
    view = world.sandbox.home(ANA.id)
    assert len(view.blocks) <= MOST_BLOCKS
    assert action_ids(view.blocks).count(ids.WITHDREW_ASK) == 6


def test_a_paused_member_reads_until_when_and_can_come_back(world: World) -> None:
    with world.begin() as tx:
        members.choose(tx, world.ref(BEN), paused=True, paused_until=None)
    shown = home(world, BEN)
    assert ids.RESUMED in shown
    assert ids.OPENED_PAUSE not in shown
    assert ids.STOPPED in shown


def test_a_stopped_member_reads_so_and_can_undo_it(world: World) -> None:
    with world.begin() as tx:
        members.choose(tx, world.ref(BEN), stopped=True)
    shown = home(world, BEN)
    assert ids.UNDID_STOP in shown
    assert ids.STOPPED not in action_ids(world.sandbox.home(BEN.id).blocks)
    assert ids.OPENED_CRISIS in shown


def test_a_quiet_member_reads_so_and_can_come_back(world: World) -> None:
    with world.begin() as tx:
        rules.set_standing(tx, world.ref(BEN), Standing(spells=2, quiet_until_week=9))
    shown = home(world, BEN)
    assert world.words(BEN)("home.none_quiet") in shown
    assert ids.RESUMED in shown
    world.send(click(BEN.id, ids.RESUMED, place=HOME, trigger_id=world.trigger(BEN)))
    assert world.words(BEN)("home.none_quiet") not in text_of(world.sandbox.home(BEN.id))


def test_before_the_first_team_started_there_is_no_date(world: World) -> None:
    with world.begin() as tx:
        rules.end(tx, world.ref(BEN), rules.RuleKind.CHECKIN)
    assert world.words(BEN)("home.none_not_started") in home(world, BEN)


def test_ones_own_asks_stand_there_with_the_way_back(world: World) -> None:
    ask_id = world.ask(state=AskState.OPEN)
    shown = home(world, ANA)
    assert ask_id in shown
    assert f"<@{LUIS.id}>" in shown
    assert ask_id not in home(world, BEN)


def test_every_leaders_promise_is_dated_and_seen_by_all(world: World) -> None:
    for person in (ANA, BEN, LUIS, NORA):
        shown = home(world, person)
        assert f"<@{OLGA.id}>" in shown
        assert TEAM in shown
    assert f"<@{OLGA.id}>" not in home(world, SOL)


def test_a_leader_finds_the_way_to_a_promise_that_is_waited_for(world: World) -> None:
    """Also when the note that asked for it never arrived."""
    with world.begin() as tx:
        made = teams.get(tx, "team0")
        assert made
        waits = TeamState.AWAITING_PROMISE
        waiting = replace(made, team_id="waiting", name="Night desk", state=waits, promised_on=None)
        teams.save(tx, waiting)
    shown = home(world, OLGA)
    assert ids.OPENED_PROMISE in shown
    assert "Night desk" in shown
    assert ids.OPENED_PROMISE not in home(world, ANA)


def test_home_holds_nothing_of_anybodys_answers(world: World) -> None:
    """Drawn after an answer it is what it was before."""
    world.card(BEN)
    before = {
        person.id: (home(world, person), at_work(world, person)) for person in (BEN, ANA, LUIS, OLGA, NORA)
    }
    with world.begin() as tx:
        answers.save(tx, world.ref(BEN), 1, {"qC1": 5})
    after = {
        person.id: (home(world, person), at_work(world, person)) for person in (BEN, ANA, LUIS, OLGA, NORA)
    }
    assert after == before


# ---- people in charge


def test_a_supervisor_finds_the_prompt_and_what_was_asked_behind_one_button(world: World) -> None:
    world.ask()
    assert ids.OPENED_WORK in home(world, LUIS)
    shown = at_work(world, LUIS)
    assert ids.OPENED_ASKS_TO_ME in shown
    assert world.words(LUIS)("weekly.prompt_title") in shown
    assert ids.SET_UP_TEAM not in shown
    world.send(click(LUIS.id, ids.OPENED_MINE, place=HOME))
    assert ids.OPENED_ASKS_TO_ME not in text_of(world.sandbox.home(LUIS.id))


def test_a_deputy_finds_asks_once_they_were_asked(world: World) -> None:
    assert ids.OPENED_WORK not in home(world, EVA)
    world.ask(also_asked=world.ref(EVA))
    assert ids.OPENED_WORK in home(world, EVA)
    assert ids.OPENED_ASKS_TO_ME in at_work(world, EVA)


def test_an_admin_finds_the_teams_and_their_state(world: World) -> None:
    shown = at_work(world, NORA)
    assert ids.SET_UP_TEAM in shown
    assert TEAM in shown
    assert ids.CLAIMED_ADMIN not in shown


def test_an_admin_reads_when_the_crisis_numbers_want_a_look(world: World) -> None:
    wants = world.words(NORA)("home.crisis_not_reviewed")
    assert wants not in at_work(world, NORA)
    world.stage.clock.move_to(NOW + timedelta(days=200))
    assert wants in at_work(world, NORA)


def test_a_slack_owner_may_claim_the_part_and_others_may_not(world: World) -> None:
    assert ids.OPENED_WORK in home(world, OWNER)
    assert ids.CLAIMED_ADMIN in at_work(world, OWNER)
    assert ids.SET_UP_TEAM not in text_of(world.sandbox.home(OWNER.id))
    for person in (ANA, LUIS, SOL, GUEST):
        assert ids.CLAIMED_ADMIN not in at_work(world, person)


def test_the_work_button_pressed_by_others_shows_nothing_of_it(world: World) -> None:
    for person in (ANA, SOL, GUEST, LUIS):
        shown = at_work(world, person)
        assert ids.SET_UP_TEAM not in shown
        assert ids.EDITED_TEAM not in shown


# ---- strangers


def test_a_stranger_finds_crisis_help_and_why_nothing_comes(world: World) -> None:
    before = world.rows("seen_events")
    for person in (SOL, GUEST):
        shown = home(world, person)
        assert ids.OPENED_CRISIS in shown
        assert world.words(person)("home.none_no_team") in shown
        assert ids.OPENED_ASK not in shown
        assert ids.STOPPED not in shown
    assert world.rows("seen_events") == before


# ---- redrawing


def test_a_change_of_language_redraws_home(world: World) -> None:
    assert "Ajustes" in home(world, ANA)
    world.tap(ANA, ids.CHOSE_LANGUAGE, "en", place=world.card(ANA))
    assert "Settings" in text_of(world.sandbox.home(ANA.id))


def test_the_messages_tab_draws_nothing(world: World) -> None:
    world.send(opened("Ev1", ANA, tab="messages"))
    assert world.sandbox.home(ANA.id) is None


def test_without_a_database_home_stays_as_it_was(world: World) -> None:
    shown = home(world, ANA)
    with database_away(world):
        world.send(opened("EvX", ANA, view={"type": "home"}))
    assert text_of(world.sandbox.home(ANA.id)) == shown


def test_without_a_database_a_home_that_was_never_drawn_says_so_and_helps(world: World) -> None:
    with database_away(world):
        shown = home(world, ANA)
        assert "no puedo mostrar su Inicio" in shown
        assert ids.OPENED_CRISIS in shown
    assert "Ajustes" in home(world, ANA)


def test_slack_not_answering_for_a_person_hides_no_more_than_the_claim(world: World) -> None:
    world.sandbox.faults.fail_500("users.info")
    assert ids.OPENED_WORK not in home(world, OWNER)
    assert ids.OPENED_WORK in home(world, OWNER)


def test_many_teams_stay_within_what_slack_shows(world: World) -> None:
    with world.begin() as tx:
        made = teams.get(tx, "team0")
        assert made
        for number in range(120):
            draft = replace(made, team_id=f"t{number}", name=f"<Team> {number}", state=TeamState.DRAFT)
            teams.save(tx, draft)
    at_work(world, NORA)
    assert len(world.sandbox.home(NORA.id).blocks) <= 100


def test_a_workspace_that_never_began_shows_home_all_the_same(world: World) -> None:
    """A fresh installation, opened by its owner."""
    with world.begin() as tx:
        tx.execute(table.update().values(epoch_on=None))
        assert workspaces.get(tx).epoch_on is None
    assert ids.OPENED_CRISIS in home(world, OWNER)
    assert world.words(BEN)("home.none_not_started") in home(world, BEN)
    assert ids.OPENED_WORK not in home(world, LUIS)
