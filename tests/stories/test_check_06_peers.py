"""Somebody asks for a peer in Spanish, outside their team: one declines, the next accepts, both agree."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.blocks import ids
from bot.domain.peers import OFFERS_A_WEEK, Where
from bot.sandbox import Message, Person
from tests.stories.peers import (
    asked_now,
    asks_for_a_peer,
    decides,
    months,
    names_in,
    offer_cards,
    offers_help,
    opens,
    says,
    states,
)
from tests.stories.people import (
    ANA,
    BEN,
    CLEO,
    EIGHT,
    IDA,
    IRENE,
    JON,
    JORGE,
    KAI,
    MARIA,
    NORA,
    THREE,
    cast,
)
from tests.stories.play import Play, actions_in, playing, text_of

MONDAY = "2027-01-11 11:00"
TUESDAY = "2027-01-12 12:00"
PEERS = (IDA, JON, KAI)
EVERYBODY = (*EIGHT, *THREE, IRENE, JORGE, MARIA, NORA)


@pytest.fixture
def play() -> Iterator[Play]:
    """Legal aid and Shelter nights; nobody gets check-ins. Monday, ten in Chicago and nine in Denver."""
    with playing(cast(three=THREE), resting=(*EIGHT, *THREE)) as play:
        play.go_to(MONDAY)
        yield play


def found_for(play: Play, asker: Person) -> Person:
    """The peers of Shelter nights offer help; one is asked and says yes."""
    for peer in PEERS:
        offers_help(play, peer, "en", "es")
    asks_for_a_peer(play, asker)
    (peer,) = asked_now(play, *EVERYBODY)
    says(play, peer, ids.PEER_CAN)
    return peer


def group_messages(play: Play) -> list[Message]:
    """Everything in group messages, which the bot opened for two people each."""
    groups = [channel for channel in play.sandbox.channels() if channel.is_mpim]
    return [message for group in groups for message in play.sandbox.channel_messages(group.id)]


def test_two_people_meet_and_nobody_is_named_before_both_agreed(play: Play) -> None:
    for peer in PEERS:
        offers_help(play, peer, "en", "es")
    offers_help(play, JORGE, "es")
    offers_help(play, BEN, "es", where=Where.OUTSIDE)
    shown = asks_for_a_peer(play, ANA, where=Where.OUTSIDE)
    assert "Ya estoy preguntando" in text_of(shown)

    (first,) = asked_now(play, *EVERYBODY)
    assert first in PEERS
    card = text_of(offer_cards(play, first)[-1])
    assert "Language: Spanish" in card or "Idioma: español" in card
    assert "Legal aid" not in card
    says(play, first, ids.PEER_CANNOT)
    (second,) = asked_now(play, *EVERYBODY)
    assert second in PEERS
    assert second != first
    says(play, second, ids.PEER_CAN)
    assert states(play) == ["found"]

    found = opens(play, ANA, ids.OPENED_PEER)
    assert f"<@{second.id}>" in str(found.blocks)
    assert "se queda en Slack. Quien administra su espacio quizá pueda exportarlo" in text_of(found)
    play.close(ANA)
    assert not [who for who in EVERYBODY if names_in(play, who, ANA, *PEERS)]
    assert not group_messages(play)

    decides(play, ANA, ids.CHOSE_GROUP)
    assert states(play) == ["together"]
    (opening,) = group_messages(play)
    (group,) = [channel for channel in play.sandbox.channels() if channel.is_mpim]
    assert {ANA.id, second.id} < set(group.members)
    assert len(group.members) == 3
    assert "huddle" in str(opening.blocks)
    assert {ids.OPENED_HUDDLE, ids.CHOSE_TIME} <= actions_in(list(opening.blocks))
    assert not [who for who in EVERYBODY if names_in(play, who, ANA, *PEERS)]


def test_just_the_names_stand_in_windows_and_in_no_message(play: Play) -> None:
    peer = found_for(play, CLEO)
    shown = decides(play, CLEO, ids.CHOSE_NAMES)
    assert f"<@{peer.id}>" in str(shown.blocks)
    assert f"<@{CLEO.id}>" in str(opens(play, peer, ids.SAW_NAME).blocks)
    assert not group_messages(play)
    assert not [who for who in EVERYBODY if names_in(play, who, CLEO, *PEERS)]


def test_the_next_working_day_only_the_one_who_asked_is_asked_and_then_it_is_forgotten(play: Play) -> None:
    peer = found_for(play, CLEO)
    decides(play, CLEO, ids.CHOSE_NAMES)
    said_to_peer = len(play.dm(peer))
    play.go_to(TUESDAY)
    form = opens(play, CLEO, ids.OPENED_CONNECTED)
    assert "Did you connect?" in text_of(form)
    assert len(play.dm(peer)) == said_to_peer
    assert play.submit(CLEO, connected=ids.YES).kind == "updated"
    play.close(CLEO)
    play.stage.settle()
    assert months(play) == {"matched": 1}
    play.go(hours=1)
    kept = play.rows()
    assert not kept["peer_requests"]
    assert not kept["peer_offers"]
    assert [row["helped"] for row in kept["peer_loads"]] == [1]
    both = {play.stage.ref(person.id) for person in (peer, CLEO)}
    about = [row for name in kept for row in kept[name] if both <= {ref for ref in both if ref in str(row)}]
    assert not about
    assert not [row for row in kept["outbox"] if row["kind"].startswith("peer") and "request" in row["facts"]]


def test_asking_for_somebody_else_needs_no_reason_and_the_first_hears_only_that_it_is_over(
    play: Play,
) -> None:
    peer = found_for(play, CLEO)
    shown = decides(play, CLEO, ids.ASKED_ANOTHER)
    assert "I'm asking colleagues now" in text_of(shown)
    play.go(minutes=1)
    assert text_of(play.dm(peer)[-1]) in (
        "No longer needed this time. Thank you for being ready.",
        "Esta vez ya no hace falta. Gracias por su disposición.",
    )
    (other,) = asked_now(play, *EVERYBODY)
    assert other != peer
    assert not [row for row in play.rows()["peer_loads"] if row["helped"]]


def test_nobody_is_asked_above_a_cap_and_the_rest_hear_at_once(play: Play) -> None:
    """Ten requests in Spanish over two who speak it, with two a week each: four are matched."""
    for peer in (JON, KAI):
        offers_help(play, peer, "es")
    offers_help(play, IDA, "en")
    shown = []
    for _ in range(10):
        shown.append(text_of(asks_for_a_peer(play, ANA)))
        asked = asked_now(play, *EVERYBODY)
        if asked:
            says(play, asked[0], ids.PEER_CAN)
            decides(play, ANA, ids.CHOSE_NAMES)
        else:
            play.click(ANA, play.press(ANA, play.home(ANA), ids.OPENED_PEER), ids.WITHDREW_PEER)
            play.close(ANA)
    assert sorted(states(play)) == ["together"] * 4 + ["withdrawn"] * 6
    assert all("llegaron a su número de esta semana" in said for said in shown[4:])
    loads = play.rows()["peer_loads"]
    assert sorted(row["helped"] for row in loads) == [2, 2]
    assert max(row["offers"] for row in loads) <= OFFERS_A_WEEK
    assert play.stage.ref(IDA.id) not in {row["ref"] for row in loads}


def test_a_supervisor_is_never_asked_about_their_own(play: Play) -> None:
    for person in (IRENE, JORGE, MARIA):
        offers_help(play, person, "en", "es")
    shown = asks_for_a_peer(play, ANA)
    assert "Nadie que ofrezca esto" in text_of(shown)
    assert not asked_now(play, *EVERYBODY)
    assert states(play) == ["nobody"]


def test_a_pair_that_wants_no_match_is_never_matched_again(play: Play) -> None:
    peer = found_for(play, CLEO)
    shown = decides(play, CLEO, ids.CHOSE_NAMES)
    play.press(peer, opens(play, peer, ids.SAW_NAME), ids.NEVER_AGAIN)
    play.close(peer)
    assert f"<@{peer.id}>" in str(shown.blocks)
    for _ in PEERS:
        asks_for_a_peer(play, CLEO)
        assert peer not in asked_now(play, *EVERYBODY)
        play.click(CLEO, play.press(CLEO, play.home(CLEO), ids.OPENED_PEER), ids.WITHDREW_PEER)
        play.close(CLEO)
