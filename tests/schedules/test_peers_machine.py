"""Requests, offers, timers, leaving, in any order: no name too early, no cap broken, every one ends."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from bot.content import Content
from bot.domain.members import PersonRef
from bot.domain.peers import (
    ENDED,
    NOT_YET_KNOWN,
    OFFERS_A_WEEK,
    RUNNING,
    Request,
    RequestState,
    When,
    Where,
)
from storage import matching, peers, timers
from storage.crypto import Keys
from storage.database import Store, Tx
from tests.schedules.colleagues import Colleagues

NORTH, SOUTH = ("ANA", "BEN", "CAM"), ("DEE", "EVE")
CHIEF = "CHIEF"
NAMES = (*NORTH, *SOUTH, CHIEF)
"""The chief supervises the north, and offers help like the others."""
WEEKLY = 2
RUNS, STEPS = 8, 30
LONG = timedelta(days=30)

names = st.sampled_from(NAMES)
whiles = st.sampled_from([timedelta(minutes=20), timedelta(hours=1), timedelta(hours=5), timedelta(days=1)])
END, ANOTHER, GROUP, BY_NAME, LOOK_ON, BACK = "end", "another", "group", "name", "look on", "back"


class Requests(RuleBasedStateMachine):
    """Six colleagues on a Monday morning, all of whom offer help."""

    def __init__(self, open_one: Callable[[], Colleagues]) -> None:
        super().__init__()
        self.work = open_one()
        self.work.hire(NORTH, "north", supervisor=CHIEF)
        self.work.hire(SOUTH, "south")
        self.work.offer_help(*NAMES, weekly_max=WEEKLY)
        self.agreed: set[tuple[str, str]] = set()
        """Requests with the colleague to whom the asker said yes too."""
        self.said_yes: set[tuple[str, str]] = set()
        self.erased: set[str] = set()

    # ---- what people do

    @rule(name=names, where=st.sampled_from(Where), when=st.sampled_from(When))
    def asks(self, name: str, where: Where, when: When) -> None:
        waiting = [one for one in self.work.requests() if one.asker == self.work.ref(name)]
        if not any(request.state in NOT_YET_KNOWN for request in waiting):
            self.work.ask(name, where, when)

    @rule(data=st.data(), yes=st.booleans())
    def answers(self, data: st.DataObject, yes: bool) -> None:
        offers = self.work.open_offers()
        if offers:
            request_id, ref = data.draw(st.sampled_from(offers))
            if self.work.say(self.work.name_of(ref, NAMES), request_id, yes=yes) == "taken":
                self.said_yes.add((request_id, ref))

    @rule(data=st.data(), what=st.sampled_from([END, ANOTHER, GROUP, BY_NAME, LOOK_ON, BACK]))
    def decides(self, data: st.DataObject, what: str) -> None:
        running = [request.request_id for request in self.work.requests() if request.state in RUNNING]
        if running:
            act = getattr(self, f"_{what.replace(' ', '_')}")
            self.work.move(data.draw(st.sampled_from(running)), act)

    def _end(self, tx: Tx, request: Request) -> None:
        if request.state is RequestState.TOGETHER:
            matching.close(tx, request, RequestState.MATCHED, self.work.now)

    def _another(self, tx: Tx, request: Request) -> None:
        if request.state in (RequestState.FOUND, RequestState.TOGETHER):
            matching.ask_another(tx, request, self.work.now)

    def _group(self, tx: Tx, request: Request) -> None:
        if request.state is RequestState.FOUND and matching.confirm(
            tx, request, RequestState.OPENING, self.work.now
        ):
            self.agreed.add((request.request_id, str(request.peer)))

    def _name(self, tx: Tx, request: Request) -> None:
        if request.state is RequestState.FOUND and matching.confirm(
            tx, request, RequestState.TOGETHER, self.work.now
        ):
            self.agreed.add((request.request_id, str(request.peer)))

    def _look_on(self, tx: Tx, request: Request) -> None:
        if request.state is RequestState.NOBODY:
            matching.look_on(tx, request, self.work.now)

    def _back(self, tx: Tx, request: Request) -> None:
        if request.state in NOT_YET_KNOWN:
            matching.close(tx, request, RequestState.WITHDRAWN, self.work.now)

    @rule(name=names)
    def leaves_the_roster_and_comes_back_later(self, name: str) -> None:
        with self.work.begin() as tx:
            matching.stop_helping(tx, self.work.ref(name), self.work.now)

    @rule(name=names)
    def offers_help(self, name: str) -> None:
        self.work.offer_help(name, weekly_max=WEEKLY)

    @rule(name=names)
    def deletes_everything(self, name: str) -> None:
        self.erased.add(self.work.ref(name))
        with self.work.begin() as tx:
            matching.erase_person(tx, self.work.ref(name), self.work.now)

    @rule(by=whiles)
    def time_passes(self, by: timedelta) -> None:
        self.work.pass_time(by)

    # ---- what must hold

    @invariant()
    def nobody_is_told_of_anybody_before_both_agreed(self) -> None:
        for _, _, message, _ in self.work.said:
            assert "<@" not in str(message.blocks)
        for request in self.work.requests():
            known_to_peer = request.peer is not None and request.other(request.peer) is not None
            known_to_asker = request.other(request.asker) is not None
            yes = (request.request_id, str(request.peer))
            assert not known_to_asker or yes in self.said_yes
            assert not known_to_peer or yes in self.agreed

    @invariant()
    def nobody_carries_more_than_they_may(self) -> None:
        with self.work.begin() as tx:
            today = {self.work.ref(name): self.work.now.date() for name in NAMES}
            for load in peers.loads(tx, today).values():
                assert load.helped <= WEEKLY
                assert load.offers <= OFFERS_A_WEEK

    @invariant()
    def nobody_has_two_offers_at_a_time_or_one_from_who_is_apart(self) -> None:
        offers = self.work.open_offers()
        assert len({ref for _, ref in offers}) == len(offers)
        asked_by = {request.request_id: request.asker for request in self.work.requests()}
        chief, north = self.work.ref(CHIEF), {self.work.ref(name) for name in NORTH}
        for request_id, ref in offers:
            pair = {asked_by[request_id], PersonRef(ref)}
            assert len(pair) == 2
            assert not (chief in pair and pair & north)

    def teardown(self) -> None:
        """Left alone, every request ends, nothing waits for it any more, and only what both wanted counts."""
        self.work.pass_time(LONG)
        assert all(request.state in ENDED for request in self.work.requests())
        assert not self.work.open_offers()
        with self.work.begin() as tx:
            assert not timers.list_under(tx, "peer|", "peer_offer|")
            loads = tx.execute(peers.peer_loads.select()).all()
        carried: Counter[str] = Counter()
        for row in loads:
            carried[row.ref] += row.helped
        agreed = Counter(ref for _, ref in self.agreed)
        kept = {row.ref for row in loads} - self.erased
        assert {ref: carried[ref] for ref in kept} == {ref: agreed[ref] for ref in kept}


@pytest.fixture
def open_one(
    made_sqlite: Path, tmp_path: Path, keys: Keys, content: Content
) -> Iterator[Callable[[], Colleagues]]:
    number = count()
    with ExitStack() as stores:

        def one() -> Colleagues:
            file = tmp_path / f"{next(number)}.db"
            shutil.copyfile(made_sqlite, file)
            store = stores.enter_context(closing(Store(f"sqlite:///{file}", keys)))
            return Colleagues(store=store, content=content)

        yield one


def test_whatever_happens_every_request_ends_and_no_name_goes_out_early(
    open_one: Callable[[], Colleagues],
) -> None:
    phases = (Phase.explicit, Phase.generate, Phase.shrink)
    how = settings(max_examples=RUNS, stateful_step_count=STEPS, phases=phases)
    run_state_machine_as_test(lambda: Requests(open_one), settings=how)
