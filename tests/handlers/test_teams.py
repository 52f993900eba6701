"""Setting up a team, one payload at a time: by whom, with what, twice, and with Slack in the way."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.blocks import ids
from bot.domain.members import Team, TeamState, Unit
from bot.domain.notices import Kind
from handlers.teams import start
from storage import members, teams, workspaces
from storage.schema import outbox
from tests.handlers.bodies import Body, click, filled, in_view, interaction, on_message, submission
from tests.handlers.outages import database_away
from tests.handlers.world import (
    ANA,
    BEN,
    BOTH,
    CHANNEL,
    ELSEWHERE,
    EVA,
    GONE,
    LUIS,
    NORA,
    NOW,
    OLGA,
    OTHERS,
    OWNER,
    ROBOT,
    SOL,
    STAFF,
    TEAM,
    World,
    text_of,
)
from tests.storage.at_once import at_once

HOME = in_view(ids.VIEW_HOME, type="home")
NIGHTS = "Shelter nights"
THREE = tuple(person.id for person in OTHERS[:3])


def step_1(**other: Any) -> Body:
    usual = {
        ids.TEAM_NAME: {"type": "plain_text_input", "value": NIGHTS},
        ids.UNIT: None,
        ids.NEW_UNIT: {"type": "plain_text_input", "value": None},
        ids.CHANNEL: {"type": "conversations_select", "selected_conversation": ELSEWHERE},
        ids.MEMBERS: {"type": "multi_users_select", "selected_users": list(THREE)},
        ids.EVERYONE: [],
        ids.SUPERVISOR: {"type": "users_select", "selected_user": LUIS.id},
        ids.DEPUTY: {"type": "users_select", "selected_user": None},
        ids.LEADER: {"type": "users_select", "selected_user": OLGA.id},
        ids.ZONE: "America/Denver",
        ids.TEAM_LANGUAGE: "es",
        ids.PLACE: "US",
    }
    return filled(**{**usual, **other})


def text(value: str | None) -> Body:
    return {"type": "plain_text_input", "value": value}


def user(user_id: str | None) -> Body:
    return {"type": "users_select", "selected_user": user_id}


def day(value: str) -> Body:
    return filled(**{ids.STAFF_TOLD_ON: {"type": "datepicker", "selected_date": value}})


def planned(world: World, team_id: str = "t1", **other: Any) -> Any:
    return world.submit(NORA, ids.VIEW_TEAM, step_1(**other), {"team": team_id})


def team(world: World, team_id: str = "t1") -> Team | None:
    with world.begin() as tx:
        return teams.get(tx, team_id)


def waiting(world: World, team_id: str = "t1") -> None:
    """A team whose leader has been asked for the promise."""
    planned(world, team_id)
    world.submit(NORA, ids.VIEW_TEAM_CHECK, {}, {"team": team_id})


def asked_to_promise(world: World) -> list[str]:
    with world.begin() as tx:
        rows = tx.execute(outbox.select().where(outbox.c.kind == Kind.PROMISE))
        return [members.user_id(tx, row.recipient) for row in rows]


# ---- who may


def test_only_an_admin_sets_up_teams(world: World) -> None:
    before = world.rows()
    for person in (ANA, LUIS, OLGA, SOL):
        for action_id in (ids.SET_UP_TEAM, ids.EDITED_TEAM, ids.POSTED_PIN):
            world.tap(person, action_id, "team0", place=on_message(world.sandbox.dm_id(person.id)))
        assert world.window(person) is None
        assert len(world.whispers(person)) == 3
        for callback_id, values in ((ids.VIEW_TEAM, step_1()), (ids.VIEW_TEAM_CHECK, {})):
            told = world.submit(person, callback_id, values, {"team": "team0"})
            assert told.view["callback_id"] == ids.VIEW_NOTICE
    assert world.rows() == before


def test_an_admin_who_is_one_no_more_saves_nothing(world: World) -> None:
    with world.begin() as tx:
        members.remove_admin(tx, world.ref(NORA))
    before = world.rows()
    told = planned(world)
    assert world.rows() == before
    assert "somebody else" in text_of(told.view["blocks"])


def test_only_slacks_owners_and_admins_claim_the_part(world: World) -> None:
    with world.begin() as tx:
        members.remove_admin(tx, world.ref(NORA))
    for person, may in ((ANA, False), (SOL, False), (OWNER, True), (NORA, True)):
        before = world.rows()
        world.tap(person, ids.CLAIMED_ADMIN, place=HOME)
        with world.begin() as tx:
            assert members.is_admin(tx, world.ref(person)) is may
        assert (world.rows() == before) is not may


def test_while_slack_cannot_say_who_somebody_is_nobody_becomes_admin(world: World) -> None:
    world.sandbox.faults.fail_500("users.info")
    world.tap(OWNER, ids.CLAIMED_ADMIN, place=on_message(world.sandbox.dm_id(OWNER.id)))
    with world.begin() as tx:
        assert not members.is_admin(tx, world.ref(OWNER))
    assert "can't reach" in text_of(world.whispers(OWNER)[-1])


# ---- the first step


def test_a_form_opened_new_carries_an_id_of_its_own(world: World) -> None:
    world.tap(NORA, ids.SET_UP_TEAM, place=HOME)
    window = world.window(NORA)
    assert window
    assert len(window.private_metadata) > len('{"team": ""}')
    assert world.rows()["team_plans"] == []


@pytest.mark.parametrize("database", BOTH, indirect=True)
def test_a_first_step_sent_twice_is_one_team(world: World) -> None:
    """A slow acknowledgement makes people press again."""
    values = step_1(**{ids.NEW_UNIT: text("Shelter")})
    body = submission(NORA.id, ids.VIEW_TEAM, values, {"team": "t1"})
    both = at_once(*[lambda: world.send(body, finish=False)] * 2)
    world.stage.bot.executor.wait_idle(10)
    assert [answer.view["callback_id"] for answer in both] == [ids.VIEW_TEAM_CHECK] * 2
    rows = world.rows()
    assert (len(rows["teams"]), len(rows["units"]), len(rows["team_plans"])) == (2, 1, 1)


WRONG: tuple[tuple[str, Body, str], ...] = (
    (ids.TEAM_NAME, text("   "), ids.TEAM_NAME),
    (ids.TEAM_NAME, text(TEAM.upper()), ids.TEAM_NAME),
    (ids.MEMBERS, {"type": "multi_users_select", "selected_users": []}, ids.MEMBERS),
    (ids.MEMBERS, {"type": "multi_users_select", "selected_users": [ROBOT.id, GONE.id]}, ids.MEMBERS),
    (ids.DEPUTY, user(LUIS.id), ids.DEPUTY),
    (ids.SUPERVISOR, user(ROBOT.id), ids.SUPERVISOR),
    (ids.LEADER, user(GONE.id), ids.SUPERVISOR),
    (ids.LEADER, user("U0NOBODY1"), ids.SUPERVISOR),
)


def test_what_is_wrong_is_said_at_its_field_and_nothing_is_kept(world: World) -> None:
    before = world.rows()
    for field, value, at in WRONG:
        assert list(planned(world, **{field: value}).errors) == [at], (field, value)
    assert world.rows() == before


ODD: tuple[tuple[str, tuple[Any, ...], str], ...] = (
    (ids.TEAM_NAME, (text("x" * 81), text("x" * 3_000)), "too long"),
    (ids.NEW_UNIT, (text("x" * 81),), "too long"),
    (ids.ZONE, ("Mars/Olympus", "../../etc/passwd", "America", "", None), "could not read"),
    (ids.TEAM_LANGUAGE, ("xx", "", None), "could not read"),
    (ids.PLACE, ("ZZ", "us", "US-XX", "US-", "United States", None), "could not read"),
    (ids.CHANNEL, (text(None),), "could not read"),
    (ids.SUPERVISOR, (user(None),), "could not read"),
    (ids.MEMBERS, (user(ANA.id),), "could not read"),
)


def test_what_no_form_of_ours_gives_is_not_kept_and_the_form_stays(world: World) -> None:
    before = world.rows()
    for field, values, words in ODD:
        for value in values:
            told = planned(world, **{field: value})
            assert words in told.errors[ids.TEAM_NAME], (field, value)
    assert world.rows() == before


def test_a_unit_is_chosen_or_named_not_both_and_a_known_name_is_that_unit(world: World) -> None:
    with world.begin() as tx:
        teams.save_unit(tx, Unit(unit_id="u1", name="Shelter"))
    told = planned(world, **{ids.UNIT: "u1", ids.NEW_UNIT: text("Other")})
    assert list(told.errors) == [ids.NEW_UNIT]
    planned(world, **{ids.NEW_UNIT: text(" shelter ")})
    assert len(world.rows()["units"]) == 1
    with world.begin() as tx:
        plan = teams.get_plan(tx, "t1")
    assert plan
    assert plan.team.unit_id == "u1"


def test_everybody_in_the_channel_are_the_people_in_it(world: World) -> None:
    nobody = {"type": "multi_users_select", "selected_users": []}
    everyone = {ids.MEMBERS: nobody, ids.EVERYONE: ["yes"]}
    channel = {ids.CHANNEL: {"type": "conversations_select", "selected_conversation": CHANNEL}}
    planned(world, **everyone, **channel)
    with world.begin() as tx:
        plan = teams.get_plan(tx, "t1")
    assert plan
    assert set(plan.members) == {world.ref(person) for person in (*STAFF, LUIS)}


def test_a_channel_the_bot_may_not_see_is_said_at_its_field(world: World) -> None:
    private = {ids.CHANNEL: {"type": "conversations_select", "selected_conversation": "C0PRIVATE"}}
    told = planned(world, **private, **{ids.EVERYONE: ["yes"]})
    assert list(told.errors) == [ids.CHANNEL]


def test_while_slack_does_not_answer_the_form_stays_and_the_channel_is_not_blamed(world: World) -> None:
    before = world.rows()
    for method in ("users.info", "conversations.members"):
        for fault in ("storm_429", "fail_500", "lose_reply"):
            getattr(world.sandbox.faults, fault)(method)
            told = planned(world, **{ids.EVERYONE: ["yes"]})
            assert list(told.errors) == [ids.TEAM_NAME]
            assert "try again" in told.errors[ids.TEAM_NAME]
    assert world.rows() == before
    assert planned(world, **{ids.EVERYONE: ["yes"]}).view["callback_id"] == ids.VIEW_TEAM_CHECK


def test_without_a_database_the_form_stays(world: World) -> None:
    with database_away(world):
        told = planned(world)
    assert "988" in told.errors[ids.TEAM_NAME]
    assert planned(world).view["callback_id"] == ids.VIEW_TEAM_CHECK


def test_a_form_closed_at_the_second_step_is_found_again_from_home(world: World) -> None:
    planned(world)
    world.tap(NORA, ids.EDITED_TEAM, "t1", place=HOME)
    window = world.window(NORA)
    assert window
    assert NIGHTS in text_of(window)
    assert all(user_id in text_of(window) for user_id in (*THREE, LUIS.id, OLGA.id))


def test_a_team_that_never_was_cannot_be_edited(world: World) -> None:
    place = on_message(world.sandbox.dm_id(NORA.id))
    for team_id in ("nonsense", "", None, "x" * 3_000):
        world.tap(NORA, ids.EDITED_TEAM, team_id, place=place)
    assert len(world.whispers(NORA)) == 4
    assert world.window(NORA) is None


# ---- the second step


def test_the_second_step_asks_the_leader_once_however_often_it_is_sent(world: World) -> None:
    planned(world)
    for _ in range(2):
        told = world.submit(NORA, ids.VIEW_TEAM_CHECK, {}, {"team": "t1"})
        assert f"<@{OLGA.id}>" in text_of(told.view["blocks"])
    assert asked_to_promise(world) == [OLGA.id]
    found = team(world)
    assert found
    assert found.state is TeamState.AWAITING_PROMISE


def test_a_second_step_of_a_plan_that_is_gone_changes_nothing(world: World) -> None:
    before = world.rows()
    for team_id in ("nonsense", "", "team0"):
        told = world.submit(NORA, ids.VIEW_TEAM_CHECK, filled(pool="alone"), {"team": team_id})
        assert "could not read" in told.errors["pool"]
    assert world.rows() == before


def key_holder(person: str | None = None, words: str | None = None, *, conflict: bool = False) -> Body:
    return filled(
        **{
            ids.KEY_PERSON: user(person),
            ids.KEY_WORDS: text(words),
            ids.KEY_CONFLICT: ["yes"] if conflict else [],
        }
    )


def test_who_holds_the_keys_has_to_be_somebody(world: World) -> None:
    planned(world)
    before = world.rows()
    for values, at in (
        (key_holder(), ids.KEY_WORDS),
        (key_holder(words="   "), ids.KEY_WORDS),
        (key_holder(ROBOT.id), ids.KEY_PERSON),
        (key_holder(GONE.id), ids.KEY_PERSON),
        (key_holder("U0NOBODY1"), ids.KEY_PERSON),
        (key_holder(words="x" * 81), ids.KEY_PERSON),
    ):
        told = world.submit(NORA, ids.VIEW_TEAM_CHECK, values, {"team": "t1"})
        assert list(told.errors) == [at]
    assert world.rows() == before


def test_who_holds_the_keys_may_be_a_person_who_had_no_part_here(world: World) -> None:
    planned(world)
    world.submit(NORA, ids.VIEW_TEAM_CHECK, key_holder(SOL.id, conflict=True), {"team": "t1"})
    with world.begin() as tx:
        found = workspaces.get(tx)
    assert (found.key_holder, found.key_holder_ref) == (None, world.ref(SOL))
    assert found.key_holder_conflict


def pooled(world: World, chosen: str, owner: str | None) -> Any:
    """The second step of a small team whose unit has another small one."""
    with world.begin() as tx:
        teams.save_unit(tx, Unit(unit_id="u1", name="Shelter"))
        made = teams.get(tx, "team0")
        assert made
        days = replace(made, team_id="days", name="Shelter days", unit_id="u1", supervisor=world.ref(EVA))
        teams.save(tx, days)
        for person in OTHERS[3:]:
            teams.join(tx, "days", world.ref(person), NOW)
    planned(world, **{ids.UNIT: "u1"})
    values = filled(**{ids.POOL: chosen, ids.POOL_OWNER: user(owner), ids.MOVE_HERE: ["yes"]})
    return world.submit(NORA, ids.VIEW_TEAM_CHECK, values, {"team": "t1"})


@pytest.mark.parametrize(
    ("owner", "words"), [(None, "who owns"), (ROBOT.id, "not an app"), (GONE.id, "not an app")]
)
def test_teams_shown_together_have_an_owner(world: World, owner: str | None, words: str) -> None:
    told = pooled(world, ids.POOL_TOGETHER, owner)
    assert list(told.errors) == [ids.POOL_OWNER]
    assert words in told.errors[ids.POOL_OWNER]
    found = team(world, "days")
    assert found
    assert not found.pooled


def test_teams_shown_together_are_both_marked(world: World) -> None:
    pooled(world, ids.POOL_TOGETHER, OLGA.id)
    found = [team(world, team_id) for team_id in ("t1", "days")]
    assert [one.pooled for one in found if one] == [True, True]
    with world.begin() as tx:
        [unit] = teams.list_units(tx)
    assert unit.pool_owner == world.ref(OLGA)


# ---- the promise


def test_only_the_leader_gives_the_promise(world: World) -> None:
    waiting(world)
    before = world.rows()
    for person in (NORA, LUIS, ANA):
        world.tap(person, ids.OPENED_PROMISE, "t1", place=on_message(world.sandbox.dm_id(person.id)))
        told = world.submit(person, ids.VIEW_PROMISE, day("2027-01-20"), {"team": "t1"})
        assert world.window(person) is None
        assert told.view["callback_id"] == ids.VIEW_NOTICE
    assert world.rows() == before


@pytest.mark.parametrize("database", BOTH, indirect=True)
def test_a_promise_given_twice_at_once_starts_the_team_once(world: World) -> None:
    waiting(world)
    body = submission(OLGA.id, ids.VIEW_PROMISE, day("2027-01-20"), {"team": "t1"})
    at_once(*[lambda: world.send(body, finish=False)] * 3)
    world.stage.bot.executor.wait_idle(10)
    found = team(world)
    assert found
    assert found.state is TeamState.STARTED
    assert found.promised_on == NOW.date()
    with world.begin() as tx:
        rows = tx.execute(outbox.select().where(outbox.c.kind == Kind.TEAM_STARTED)).all()
        assert len(teams.list_members(tx, "t1", NOW)) == 0  # they belong to another team and were not moved
    assert len(rows) == 2  # this one, and the one that started long ago


@pytest.mark.parametrize("database", BOTH, indirect=True)
def test_a_team_that_starts_while_an_admin_sets_it_up_again_has_started(world: World) -> None:
    """The admin's form arrives before the leader's promise is committed, and waits for it."""
    waiting(world)
    again = submission(NORA.id, ids.VIEW_TEAM_CHECK, {}, {"team": "t1"})
    with ThreadPoolExecutor(1) as threads:
        with world.begin() as tx:
            teams.hold(tx, "t1")
            sending = threads.submit(world.send, again, finish=False)
            time.sleep(0.3)
            plan = teams.get_plan(tx, "t1")
            assert plan
            promised = replace(plan.team, promised_on=NOW.date(), staff_told_on=NOW.date())
            start(tx, replace(plan, team=promised), NOW)
        sending.result(timeout=10)
    assert world.stage.bot.executor.wait_idle(10)
    found = team(world)
    assert found
    assert (found.state, found.promised_on) == (TeamState.STARTED, NOW.date())


def test_a_day_still_to_come_or_no_day_starts_nothing(world: World) -> None:
    waiting(world)
    before = world.rows()
    for on in ("2027-01-21", "9999-12-31", "yesterday", "2027-02-30"):
        told = world.submit(OLGA, ids.VIEW_PROMISE, day(on), {"team": "t1"})
        assert list(told.errors) == [ids.STAFF_TOLD_ON]
    assert world.rows() == before


def test_a_promise_for_a_team_that_started_is_out_of_date(world: World) -> None:
    before = world.rows()
    told = world.submit(OLGA, ids.VIEW_PROMISE, day("2027-01-20"), {"team": "team0"})
    assert "out of date" in text_of(told.view["blocks"])
    assert world.rows() == before


def test_a_started_teams_new_leader_is_asked_and_no_old_promise_is_theirs(world: World) -> None:
    everybody = {"type": "multi_users_select", "selected_users": [person.id for person in STAFF]}
    kept = {ids.TEAM_NAME: text(TEAM), ids.MEMBERS: everybody}
    planned(world, "team0", **kept, **{ids.LEADER: user(EVA.id)})
    told = world.submit(NORA, ids.VIEW_TEAM_CHECK, {}, {"team": "team0"})
    assert f"<@{EVA.id}>" in text_of(told.view["blocks"])
    found = team(world, "team0")
    assert found
    assert (found.state, found.promised_on) == (TeamState.STARTED, None)
    assert asked_to_promise(world)[-1] == EVA.id
    told = world.submit(EVA, ids.VIEW_PROMISE, day("2027-01-19"), {"team": "team0"})
    assert told.view["callback_id"] == ids.VIEW_NOTICE
    again = team(world, "team0")
    assert again
    assert (again.promised_on, again.started_at) == (NOW.date(), found.started_at)


def test_an_edit_that_keeps_the_leader_keeps_the_promise(world: World) -> None:
    before = team(world, "team0")
    everybody = {"type": "multi_users_select", "selected_users": [person.id for person in STAFF]}
    planned(world, "team0", **{ids.TEAM_NAME: text(TEAM), ids.MEMBERS: everybody})
    world.submit(NORA, ids.VIEW_TEAM_CHECK, {}, {"team": "team0"})
    found = team(world, "team0")
    assert before
    assert found
    assert (found.promised_on, found.started_at) == (before.promised_on, before.started_at)
    assert asked_to_promise(world) == []


# ---- the lines to pin


def test_the_lines_are_posted_once_a_day_where_the_bot_is(world: World) -> None:
    def posted_in() -> list[str]:
        with world.begin() as tx:
            rows = tx.execute(outbox.select().where(outbox.c.kind == Kind.PIN)).all()
        return [row.channel for row in rows]

    for _ in range(2):
        world.tap(NORA, ids.POSTED_PIN, "team0", place=world.card(NORA, week=9))
    assert posted_in() == [CHANNEL]
    world.stage.clock.advance(timedelta(days=1))
    world.tap(NORA, ids.POSTED_PIN, "team0", place=world.card(NORA, week=9))
    assert posted_in() == [CHANNEL, CHANNEL]


def test_where_the_bot_is_not_the_card_says_how_to_invite_it(world: World) -> None:
    with world.begin() as tx:
        made = teams.get(tx, "team0")
        assert made
        teams.save(tx, replace(made, channel_id=ELSEWHERE))
    world.tap(NORA, ids.POSTED_PIN, "team0", place=world.card(NORA))
    assert "/invite" in text_of(world.dm(NORA)[-1])
    with world.begin() as tx:
        assert tx.execute(outbox.select().where(outbox.c.kind == Kind.PIN)).all() == []


def test_a_team_in_a_region_has_its_holidays_and_the_form_shows_it_again(world: World) -> None:
    step_2_of = world.submit(NORA, ids.VIEW_TEAM, step_1(**{ids.PLACE: "US-CA"}), {"team": "t9"})
    assert step_2_of.view["callback_id"] == ids.VIEW_TEAM_CHECK
    with world.begin() as tx:
        plan = teams.get_plan(tx, "t9")
    assert plan is not None
    assert (plan.team.country, plan.team.region) == ("US", "CA")
    world.tap(NORA, ids.EDITED_TEAM, "t9", place=HOME)
    shown = world.window(NORA)
    assert shown is not None
    assert "California, United States" in text_of(shown)
    world.submit(NORA, ids.VIEW_TEAM, step_1(**{ids.PLACE: "US"}), {"team": "t9"})
    with world.begin() as tx:
        plan = teams.get_plan(tx, "t9")
    assert plan is not None
    assert (plan.team.country, plan.team.region) == ("US", None)


# ---- menus that load their options


def suggestion(action_id: str, query: object) -> Body:
    view = in_view(ids.VIEW_TEAM)
    return interaction(
        "block_suggestion", NORA.id, action_id=action_id, block_id=action_id, value=query, **view
    )


def test_zones_and_countries_are_found_by_their_names(world: World) -> None:
    zones = world.send(suggestion(ids.ZONE, "denver")).payload["options"]
    assert [option["value"] for option in zones] == ["America/Denver"]
    countries = world.send(suggestion(ids.PLACE, "méxico")).payload["options"]
    assert "MX" in {option["value"] for option in countries}


def test_an_odd_query_finds_nothing_or_little_and_is_answered(world: World) -> None:
    for query in ("", "x" * 4_000, "<@U0>", "\ud83d", None, 7, ["a"], "zzzz"):
        answer = world.send(suggestion(ids.ZONE, query))
        assert answer.acked
        assert len(answer.payload["options"]) <= 100


def test_the_admins_button_pressed_on_a_message_opens_the_same(world: World) -> None:
    body = click(NORA.id, ids.SET_UP_TEAM, place=on_message(world.sandbox.dm_id(NORA.id)))
    world.send(body | {"trigger_id": world.trigger(NORA)})
    window = world.window(NORA)
    assert window
    assert window.callback_id == ids.VIEW_TEAM


def test_members_who_are_elsewhere_stay_there_unless_moved(world: World) -> None:
    waiting(world)
    with world.begin() as tx:
        plan = teams.get_plan(tx, "t1")
        assert teams.current_team_id(tx, world.ref(BEN)) == "team0"
    assert plan
    assert plan.members == ()
