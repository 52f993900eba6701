"""Peers, one payload at a time: refused by Slack, gone meanwhile, forged, twice, by a guest."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.blocks import ids
from bot.blocks.elements import note, section
from bot.domain.members import Person
from bot.domain.notices import Kind
from bot.domain.peers import Help, Offering, OfferState, Request, RequestState, When, Where, Wishes
from bot.domain.stepouts import HowLong
from handlers.members import note_person
from storage import matching, members, peers, stepouts, teams
from storage.schema import outbox as outbox_table
from tests.handlers.bodies import Body, click, command, filled, in_view, shortcut
from tests.handlers.world import (
    ANA,
    BEN,
    ELSEWHERE,
    EVA,
    GONE,
    GUEST,
    LUIS,
    NORA,
    NOW,
    OTHERS,
    SOL,
    World,
    text_of,
)

EVERYTHING = Offering(kinds=frozenset(Help), languages=frozenset({"en", "es"}))
FORM = filled(**{ids.HELP: Help.LISTEN, ids.WHERE: Where.EITHER, ids.WHEN: When.TODAY})


def offers_help(world: World, *people: Any) -> None:
    with world.begin() as tx:
        for person in people:
            peers.enroll(tx, world.ref(person), EVERYTHING)


def asked(world: World, asker: Any = BEN) -> str:
    """Somebody sent the form; the id of their request."""
    world.submit(asker, ids.VIEW_PEER, FORM)
    return next(request.request_id for request in requests(world) if request.asker == world.ref(asker))


def found(world: World, asker: Any = BEN, peer: Any = ANA) -> str:
    """And the only peer there is said yes."""
    offers_help(world, peer)
    request_id = asked(world, asker)
    world.tap(peer, ids.PEER_CAN, request_id)
    assert states(world) == [RequestState.FOUND]
    return request_id


def requests(world: World) -> list[Request]:
    with world.begin() as tx:
        rows = tx.execute(peers.peer_requests.select()).all()
        return [request for row in rows if (request := peers.get(tx, row.request_id))]


def states(world: World) -> list[RequestState]:
    return [request.state for request in requests(world)]


def notices(world: World, kind: Kind) -> list[str]:
    with world.begin() as tx:
        return [row.recipient for row in tx.execute(outbox_table.select().where(outbox_table.c.kind == kind))]


def decide(world: World, asker: Any, action_id: str, request_id: str) -> str:
    """Press it in the window that says who can; what that window reads then."""
    place = in_view(ids.VIEW_PEER_REQUEST)
    world.tap(asker, ids.OPENED_PEER, request_id)
    window = world.window(asker)
    assert window
    place["container"]["view_id"] = place["view"]["id"] = window.id
    world.tap(asker, action_id, request_id, place=place)
    shown = world.window(asker)
    assert shown
    return text_of(shown)


# ---- asking


def test_the_form_opens_from_everywhere_with_three_choices_made_and_no_text(world: World) -> None:
    ways = (
        shortcut(BEN.id, ids.SHORTCUT_PEER),
        command(BEN.id, "colega", ELSEWHERE),
        click(BEN.id, ids.OPENED_PEER, place=in_view(ids.VIEW_HOME, type="home")),
        click(BEN.id, ids.OPENED_PEER, place=world.card(BEN)),
    )
    forms = []
    for way in ways:
        world.send(way | {"trigger_id": world.trigger(BEN)})
        window = world.window(BEN)
        assert window
        inputs = [block["element"] for block in window.blocks if block["type"] == "input"]
        assert [one["action_id"] for one in inputs] == [ids.HELP, ids.WHERE, ids.WHEN]
        assert all(one["initial_option"] for one in inputs)
        assert ids.OPENED_CRISIS in text_of(window)
        forms.append(text_of(window))
    assert len(set(forms)) == 1


def test_asking_twice_is_asking_once(world: World) -> None:
    offers_help(world, ANA, OTHERS[0])
    for _ in range(2):
        world.submit(BEN, ids.VIEW_PEER, FORM)
    assert states(world) == [RequestState.SEARCHING]
    assert len(notices(world, Kind.PEER_OFFER)) == 1


def test_somebody_without_a_part_here_reads_a_kind_sentence(world: World) -> None:
    world.submit(SOL, ids.VIEW_PEER, FORM)
    assert not requests(world)


def test_a_guest_who_is_on_a_team_asks_and_is_asked_like_anybody(world: World) -> None:
    with world.begin() as tx:
        guest = note_person(tx, world.stage.bot.house.messenger.person(GUEST.id))  # type: ignore[arg-type]
        team = teams.list_teams(tx)[0]
        teams.join(tx, team.team_id, guest, NOW)
        peers.enroll(tx, guest, EVERYTHING)
    assert asked(world, BEN)
    assert notices(world, Kind.PEER_OFFER) == [guest]
    offers_help(world, ANA)
    assert asked(world, GUEST)
    assert world.ref(ANA) in notices(world, Kind.PEER_OFFER)


@pytest.mark.parametrize("field", [ids.HELP, ids.WHERE, ids.WHEN])
def test_a_form_with_something_else_in_it_is_refused_and_changes_nothing(world: World, field: str) -> None:
    usual = {ids.HELP: Help.LISTEN, ids.WHERE: Where.EITHER, ids.WHEN: When.TODAY}
    before = world.rows()
    world.submit(BEN, ids.VIEW_PEER, filled(**{**usual, field: "forged"}))
    assert world.rows() == before


# ---- a colleague's yes


@pytest.mark.parametrize("how", ["stranger", "deactivated", "away", "busy"])
def test_where_slack_opens_no_group_message_both_get_the_names(world: World, how: str) -> None:
    request_id = found(world)
    match how:
        case "stranger":
            world.sandbox.workspace.put_person(replace(ANA, is_stranger=True))
            for channel in world.sandbox.channels(ANA.id):
                world.sandbox.workspace.leave(channel.id, ANA.id)
        case "deactivated":
            world.sandbox.workspace.put_person(replace(ANA, deleted=True))
        case "away":
            world.sandbox.faults.fail_500("conversations.open")
        case "busy":
            world.sandbox.faults.storm_429("conversations.open", retry_after=7)
    shown = decide(world, BEN, ids.CHOSE_GROUP, request_id)
    assert f"<@{ANA.id}>" in shown
    assert "each other's names" in shown
    assert states(world) == [RequestState.TOGETHER]
    assert notices(world, Kind.PEER_NAMES) == [world.ref(ANA)]
    assert not notices(world, Kind.PEER_TOGETHER)


def test_a_colleague_who_left_slack_before_the_second_yes_is_looked_for_anew(world: World) -> None:
    request_id = found(world)
    with world.begin() as tx:
        members.put(tx, ANA.id, Person(ref=world.ref(ANA), tz=ANA.tz, active=False))
    offers_help(world, OTHERS[0])
    shown = decide(world, BEN, ids.CHOSE_GROUP, request_id)
    assert "That colleague can't any more" in shown
    assert states(world) == [RequestState.SEARCHING]
    assert not [call for call in world.calls("conversations.open") if "," in str(call.args.get("users"))]


def test_taking_it_back_ends_the_card_of_whoever_was_asked(world: World) -> None:
    offers_help(world, ANA)
    request_id = asked(world)
    world.tap(BEN, ids.WITHDREW_PEER, request_id)
    assert states(world) == [RequestState.WITHDRAWN]
    with world.begin() as tx:
        assert peers.list_offers(tx, request_id) == {world.ref(ANA): OfferState.NOT_NEEDED}
    world.post(ANA, note(world.words(ANA), section("…")))
    world.tap(ANA, ids.PEER_CAN, request_id)
    assert "Ya no hace falta" in text_of(world.dm(ANA)[-1])
    assert states(world) == [RequestState.WITHDRAWN]


# ---- what is not one's own


OF_ONE_REQUEST = (
    ids.WITHDREW_PEER, ids.CHOSE_GROUP, ids.CHOSE_NAMES, ids.ASKED_ANOTHER, ids.LOOKED_ON, ids.TOOK_CONTACT,
    ids.TOOK_IN_CHARGE, ids.TOOK_HUDDLE, ids.TOOK_LIST, ids.SAW_NAME, ids.NEVER_AGAIN, ids.OPENED_CONNECTED,
    ids.OPENED_PEER,
    ids.PEER_CAN, ids.PEER_CANNOT,
)  # fmt: skip


@pytest.mark.parametrize("who", [OTHERS[3], LUIS, ANA], ids=["somebody else", "the supervisor", "the peer"])
def test_a_request_of_somebody_else_can_be_neither_seen_nor_moved(world: World, who: Any) -> None:
    request_id = found(world)
    before = world.rows("outbox")
    for action_id in OF_ONE_REQUEST:
        world.tap(who, action_id, request_id)
    assert world.rows("outbox") == before
    window = world.window(who)
    assert window is None or BEN.id not in text_of(window)
    assert BEN.id not in str([message.blocks for message in (*world.dm(who), *world.whispers(who))])


def test_only_an_admin_says_where_staff_can_turn(world: World) -> None:
    given: Body = filled(
        **{
            ids.SUPPORT_CONTACT: {"type": "users_select", "selected_user": EVA.id},
            ids.HELP_LIST: {"type": "plain_text_input", "value": "Marta"},
        }
    )
    before = world.rows()
    world.submit(BEN, ids.VIEW_SUPPORT, given)
    assert world.rows() == before
    world.submit(NORA, ids.VIEW_SUPPORT, given)
    assert world.rows() != before


def test_a_support_contact_has_to_be_here(world: World) -> None:
    gone = {"type": "users_select", "selected_user": GONE.id}
    answer = world.submit(NORA, ids.VIEW_SUPPORT, filled(**{ids.SUPPORT_CONTACT: gone}))
    assert set(answer.errors) == {ids.SUPPORT_CONTACT}


# ---- the roster and wishes


def test_leaving_the_roster_lets_nobody_wait(world: World) -> None:
    offers_help(world, ANA)
    request_id = asked(world)
    world.tap(ANA, ids.LEFT_PEERS)
    with world.begin() as tx:
        assert peers.offering(tx, world.ref(ANA)) is None
        assert peers.list_offers(tx, request_id) == {world.ref(ANA): OfferState.DECLINED}
    assert states(world) == [RequestState.NOBODY]


def test_leaving_the_roster_lets_nobody_wait_who_steps_out(world: World) -> None:
    offers_help(world, ANA, OTHERS[0])
    with world.begin() as tx:
        ben = members.known(tx, world.ref(BEN), NOW)
        step_out = stepouts.begin(tx, ben, HowLong.AN_HOUR, None, NOW)
    assert step_out
    world.tap(ANA, ids.LEFT_PEERS)
    with world.begin() as tx:
        asked_about_it = peers.list_offers(tx, step_out.step_out_id)
    assert asked_about_it[world.ref(ANA)] is OfferState.DECLINED


def test_a_pause_asks_nothing_more(world: World) -> None:
    offers_help(world, ANA)
    world.tap(ANA, ids.PAUSED_OFFERING, ids.PAUSED_YES)
    asked(world)
    assert states(world) == [RequestState.NOBODY]
    world.tap(ANA, ids.PAUSED_OFFERING, ids.PAUSED_NO)
    with world.begin() as tx:
        assert peers.offering(tx, world.ref(ANA)) == EVERYTHING


def test_wishes_are_kept_sealed_and_hold_both_ways(world: World) -> None:
    given = filled(
        **{
            ids.PEER_LANGUAGE: "any",
            ids.NEVER: {"type": "multi_users_select", "selected_users": [BEN.id]},
        }
    )
    world.submit(ANA, ids.VIEW_WISHES, given)
    with world.begin() as tx:
        wished = peers.wishes(tx, world.ref(ANA))
    assert wished == Wishes(language="any", never=frozenset({world.ref(BEN)}))
    assert world.ref(BEN) not in str(world.rows()["peer_wishes"])
    offers_help(world, ANA)
    asked(world)
    assert states(world) == [RequestState.NOBODY]


def test_more_people_than_the_list_holds_are_said_at_the_field(world: World) -> None:
    many = {"type": "multi_users_select", "selected_users": [f"U0MANY{n:03}" for n in range(21)]}
    answer = world.submit(ANA, ids.VIEW_WISHES, filled(**{ids.PEER_LANGUAGE: "en", ids.NEVER: many}))
    assert set(answer.errors) == {ids.NEVER}


def test_deleting_ones_data_while_a_match_runs_leaves_nobody_waiting(world: World) -> None:
    found(world)
    world.submit(BEN, ids.VIEW_DELETE, filled(**{ids.AFTER_DELETING: ids.GO_ON}))
    assert not requests(world)
    assert notices(world, Kind.PEER_NOT_NEEDED) == [world.ref(ANA)]
    with world.begin() as tx:
        assert matching.candidates(tx, NOW)[0].load.helped == 0
