"""Two people in their group message, and what nobody of ours would send about huddles and stepping out."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.blocks import huddles as screens
from bot.blocks import ids
from bot.blocks.huddles import Meeting, Place
from bot.domain.localtime import Calendar, shared_slots
from bot.sandbox import Message
from bot.slack import Opened, Sent
from storage import teams
from tests.handlers.bodies import Body, click, filled, on_message
from tests.handlers.world import ANA, BEN, NOW, OLGA, TEAM, World, text_of


def together(world: World) -> Body:
    """The group message of Ana and Ben, in Ana's language; its place."""
    messenger = world.stage.bot.setting.messenger
    opened = messenger.open_group([ANA.id, BEN.id])
    assert isinstance(opened, Opened)
    times = shared_slots(NOW, (Calendar(tz=ANA.tz), Calendar(tz=BEN.tz)))
    meeting = Meeting(place=Place(workspace=world.sandbox.team_id, channel=opened.channel), times=times)
    sent = messenger.post(opened.channel, screens.together(world.words(ANA), meeting), "0" * 32)
    assert isinstance(sent, Sent)
    return on_message(sent.channel, sent.ts)


def shown(world: World, place: Body) -> Message:
    channel, ts = place["container"]["channel_id"], place["container"]["message_ts"]
    found: Message = world.sandbox.message(channel, ts)
    return found


def buttons(message: Message, action_id: str) -> list[str]:
    """The values of a message's buttons of one kind."""
    parts = [block.get("accessory") for block in message.blocks]
    parts += [one for block in message.blocks for one in block.get("elements", [])]
    return [part["value"] for part in parts if part and part.get("action_id") == action_id]


def test_a_time_is_set_with_one_tap_and_seen_by_both_in_the_language_they_share(world: World) -> None:
    place = together(world)
    first, second, *_ = buttons(shown(world, place), ids.CHOSE_TIME)
    assert world.send(click(BEN.id, ids.CHOSE_TIME, second, place=place)).acked
    after = shown(world, place)
    assert f"<@{BEN.id}> eligió" in text_of(after)
    assert buttons(after, ids.CHOSE_TIME) == []
    assert world.send(
        click(ANA.id, ids.REOPENED_TIMES, buttons(after, ids.REOPENED_TIMES)[0], place=place)
    ).acked
    assert buttons(shown(world, place), ids.CHOSE_TIME)[:2] == [first, second]


def test_a_time_that_has_passed_is_neither_set_nor_offered_again(world: World) -> None:
    place = together(world)
    first, _, third = buttons(shown(world, place), ids.CHOSE_TIME)
    world.stage.clock.move_to(NOW + timedelta(hours=4))
    before = shown(world, place)
    world.send(click(BEN.id, ids.CHOSE_TIME, first, place=place))
    assert shown(world, place) == before
    world.send(click(BEN.id, ids.CHOSE_TIME, third, place=place))
    again = buttons(shown(world, place), ids.REOPENED_TIMES)[0]
    world.send(click(BEN.id, ids.REOPENED_TIMES, again, place=place))
    assert first not in buttons(shown(world, place), ids.CHOSE_TIME)


def test_the_link_to_a_huddle_is_acknowledged_and_nothing_is_kept_of_it(world: World) -> None:
    place = together(world)
    before = (world.rows(), shown(world, place))
    assert f"https://app.slack.com/huddle/{world.sandbox.team_id}/" in text_of(shown(world, place))
    assert world.send(click(ANA.id, ids.OPENED_HUDDLE, "", place=place)).acked
    chosen = buttons(shown(world, place), ids.CHOSE_TIME)[0]
    world.send(click(ANA.id, ids.CHOSE_TIME, chosen, place=place))
    assert world.rows() == before[0]


@pytest.mark.parametrize("value", ["", "en", "en|x", "en|9" + "9" * 40, "|".join(["en", "-1"] * 3)])
def test_a_forged_time_changes_nothing(world: World, value: str) -> None:
    place = together(world)
    before = shown(world, place)
    assert world.send(click(OLGA.id, ids.CHOSE_TIME, value, place=place)).acked
    assert shown(world, place) == before


CIRCLE = {ids.DAY: "1", ids.HOUR: "10:00", ids.OFTEN: "2", ids.PURPOSE: "good"}
FORGED: tuple[tuple[str, dict[str, object]], ...] = (
    (ids.VIEW_HUDDLE, {ids.PURPOSE: "gossip"}),
    (ids.VIEW_HUDDLE, {ids.PURPOSE: "good", ids.HUDDLE_TEAM: "another"}),
    (ids.VIEW_HUDDLE, {}),
    (ids.VIEW_CIRCLE, {**CIRCLE, ids.DAY: "6"}),
    (ids.VIEW_CIRCLE, {**CIRCLE, ids.HOUR: "12:30"}),
    (ids.VIEW_CIRCLE, {**CIRCLE, ids.HOUR: "late"}),
    (ids.VIEW_CIRCLE, {**CIRCLE, ids.OFTEN: "3"}),
    (ids.VIEW_STEP_OUT, {ids.HOW_LONG: "for_ever", ids.COVER: [ids.ASK_COVER]}),
)
LONG_OVER = (
    *(ids.JOINED_HUDDLE, ids.DECLINED_HUDDLE, ids.LEFT_SUPERVISOR_OUT, ids.TOOK_HUDDLE_BACK),
    *(ids.DECLINED_CIRCLE, ids.ENDED_CIRCLE, ids.HOSTS_CIRCLE, ids.PASSED_HOSTING, ids.OPENED_CIRCLE),
    *(ids.COVERED, ids.DECLINED_COVER, ids.CAME_BACK_IN),
)


def test_forms_that_no_screen_of_ours_makes_keep_nothing(world: World) -> None:
    with world.stage.read() as tx:
        (team,) = [one.team_id for one in teams.list_teams(tx) if one.name == TEAM]
    before = world.rows()
    for form, given in FORGED:
        assert world.submit(BEN, form, filled(**given), {"team": team}).acked
        assert world.rows() == before, (form, given)


def test_what_is_long_over_is_answered_kindly_and_changes_nothing(world: World) -> None:
    place, before = together(world), world.rows()
    for action in LONG_OVER:
        assert world.tap(ANA, action, "0123456789abcdef", place=place).acked
        assert world.rows() == before, action
