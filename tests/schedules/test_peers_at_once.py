"""Requests for a peer when many things happen at one moment, on either database."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from bot.content import Content
from bot.domain.notices import Kind
from bot.domain.peers import ENDED, OFFERS_A_WEEK, OfferState, RequestState
from storage import matching, members, peers
from storage.database import Store
from storage.matching import Answer
from tests.schedules.colleagues import Colleagues
from tests.storage.at_once import at_once

PEERS = ("PIA", "PAM", "PAT")
MANY = tuple(f"ASK{number:02}" for number in range(50))


@pytest.fixture
def colleagues(store: Store, content: Content) -> Colleagues:
    made = Colleagues(store=store, content=content)
    made.hire(PEERS, "north")
    made.hire(("ANA", "BEN"), "south")
    return made


def two_are_asked(colleagues: Colleagues) -> tuple[str, list[str]]:
    """A request after its first time-out, about which two are asked; its id, and whom."""
    colleagues.offer_help(*PEERS)
    request_id = colleagues.ask("ANA").request.request_id
    colleagues.pass_time(timedelta(minutes=45))
    asked = [colleagues.name_of(ref, PEERS) for _, ref in colleagues.open_offers()]
    assert len(asked) == 2
    return request_id, asked


def test_of_two_who_accept_at_the_same_second_one_is_taken(colleagues: Colleagues) -> None:
    request_id, asked = two_are_asked(colleagues)
    answers: list[Answer | None] = []
    at_once(*(lambda name=name: answers.append(colleagues.say(name, request_id, yes=True)) for name in asked))
    assert Counter(answers) == {Answer.TAKEN: 1, Answer.NOT_NEEDED: 1}
    (request,) = colleagues.requests()
    assert request.state is RequestState.FOUND
    colleagues.pass_time(timedelta(minutes=1))
    assert [kind for _, kind, _, _ in colleagues.said].count(Kind.PEER_FOUND) == 1
    with colleagues.begin() as tx:
        offers = peers.list_offers(tx, request_id)
        loads = peers.loads(tx, {ref: colleagues.now.date() for ref in offers})
    assert Counter(offers.values()) == {
        OfferState.ACCEPTED: 1,
        OfferState.NOT_NEEDED: 1,
        OfferState.LAPSED: 1,
    }
    assert sum(load.helped for load in loads.values()) == 1


def test_a_yes_and_taking_it_back_at_the_same_second_leave_one_clear_end(colleagues: Colleagues) -> None:
    request_id, (first, _) = two_are_asked(colleagues)

    def take_back() -> None:
        colleagues.move(
            request_id,
            lambda tx, request: matching.close(tx, request, RequestState.WITHDRAWN, colleagues.now),
        )

    at_once(lambda: colleagues.say(first, request_id, yes=True), take_back)
    assert colleagues.states() == {RequestState.WITHDRAWN: 1}
    assert not colleagues.open_offers()
    with colleagues.begin() as tx:
        load = peers.loads(tx, {colleagues.ref(first): colleagues.now.date()})[colleagues.ref(first)]
    assert load.helped == 0


def test_each_can_be_the_others_peer_at_the_same_time(colleagues: Colleagues) -> None:
    colleagues.offer_help("ANA", "BEN")
    mine, theirs = (colleagues.ask(name).request.request_id for name in ("ANA", "BEN"))
    at_once(lambda: colleagues.say("BEN", mine, yes=True), lambda: colleagues.say("ANA", theirs, yes=True))
    for request_id in (mine, theirs):
        colleagues.move(
            request_id,
            lambda tx, request: matching.confirm(tx, request, RequestState.TOGETHER, colleagues.now),
        )
    assert colleagues.states() == {RequestState.TOGETHER: 2}
    colleagues.pass_time(timedelta(days=14))
    assert colleagues.states() == {RequestState.MATCHED: 2}


def test_somebody_who_leaves_slack_between_yes_and_yes_is_replaced(colleagues: Colleagues) -> None:
    request_id, (first, second) = two_are_asked(colleagues)
    colleagues.say(first, request_id, yes=True)
    with colleagues.begin() as tx:
        matching.let_go(tx, colleagues.ref(first), colleagues.now)
    (request,) = colleagues.requests()
    assert request.state is RequestState.NOBODY, "the two others were asked before"
    colleagues.pass_time(timedelta(minutes=1))
    assert colleagues.said[-1][:2] == (colleagues.ref("ANA"), Kind.PEER_NOBODY)
    assert second != first


def test_somebody_who_deletes_everything_leaves_nothing_and_nobody_waiting(colleagues: Colleagues) -> None:
    request_id, (first, _) = two_are_asked(colleagues)
    colleagues.say(first, request_id, yes=True)
    with colleagues.begin() as tx:
        members.hold(tx, colleagues.ref("ANA"))
        matching.erase_person(tx, colleagues.ref("ANA"), colleagues.now)
    assert not colleagues.requests()
    assert not colleagues.open_offers()
    colleagues.pass_time(timedelta(days=1))
    assert colleagues.said[-1][:2] == (colleagues.ref(first), Kind.PEER_NOT_NEEDED)


def test_fifty_requests_in_a_minute_over_three_peers_have_one_clear_end_each(colleagues: Colleagues) -> None:
    colleagues.hire(MANY, "west")
    colleagues.offer_help(*PEERS)
    with ThreadPoolExecutor(8) as hands:
        begun = list(hands.map(colleagues.ask, MANY))
    assert len({one.request.request_id for one in begun}) == 50
    assert len(colleagues.open_offers()) == 3, "nobody has two at a time"
    for _ in range(8):
        for request_id, ref in colleagues.open_offers():
            colleagues.say(colleagues.name_of(ref, PEERS), request_id, yes=True)
        for request in colleagues.requests():
            if request.state is RequestState.FOUND:
                colleagues.move(
                    request.request_id,
                    lambda tx, one: matching.confirm(tx, one, RequestState.TOGETHER, colleagues.now),
                )
        colleagues.pass_time(timedelta(minutes=20))
    with colleagues.begin() as tx:
        loads = peers.loads(tx, {colleagues.ref(name): colleagues.now.date() for name in PEERS})
    assert [load.helped for load in loads.values()] == [2, 2, 2]
    assert max(load.offers for load in loads.values()) <= OFFERS_A_WEEK
    colleagues.pass_time(timedelta(days=14))
    assert colleagues.states() == {RequestState.MATCHED: 6, RequestState.REDIRECTED: 44}
    assert all(request.state in ENDED for request in colleagues.requests())
    askers = {colleagues.ref(name) for name in MANY}
    told = Counter((to, kind) for to, kind, _, _ in colleagues.said if to in askers)
    assert set(told.values()) == {1}, "nobody is told twice"


def test_a_supporter_is_asked_how_they_are_after_two_conversations(colleagues: Colleagues) -> None:
    colleagues.offer_help("PIA")
    for _ in range(2):
        request_id = colleagues.ask("ANA").request.request_id
        colleagues.say("PIA", request_id, yes=True)
        colleagues.move(
            request_id,
            lambda tx, request: matching.confirm(tx, request, RequestState.TOGETHER, colleagues.now),
        )
        assert Kind.PEER_CHECK not in [kind for _, kind, _, _ in colleagues.said]
        colleagues.move(
            request_id, lambda tx, request: matching.close(tx, request, RequestState.MATCHED, colleagues.now)
        )
        colleagues.pass_time(timedelta(minutes=5))
    assert colleagues.said[-1][:2] == (colleagues.ref("PIA"), Kind.PEER_CHECK)
