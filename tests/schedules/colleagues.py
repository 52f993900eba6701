"""Colleagues without a Slack: who offers and asks, timers stepped by hand, notices judged and rendered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from bot.blocks.elements import Message
from bot.content import Content
from bot.domain.members import Person, PersonRef, Team, TeamState
from bot.domain.notices import Kind
from bot.domain.peers import RUNNING, Help, Offering, OfferState, Request, RequestState, When, Where
from schedules.delivery import RECIPES
from schedules.setting import Audience, Scene
from schedules.timers import ACTS
from storage import matching, members, outbox, peers, teams, timers, workspaces
from storage.database import Store, Tx
from storage.matching import Answer, Begun

WORKSPACE = "T1"
MONDAY_TEN = datetime(2027, 1, 4, 10, tzinfo=UTC)
LEASE = timedelta(minutes=1)
STEPS = 500
"""More timers than that one after another would be a circle."""


@dataclass(kw_only=True)
class Colleagues:
    """said: every notice that was rendered, by reader (or channel) and kind, with the moment."""

    store: Store
    content: Content
    now: datetime = MONDAY_TEN
    said: list[tuple[str, Kind, Message, datetime]] = field(default_factory=list)

    @contextmanager
    def begin(self) -> Iterator[Tx]:
        with self.store.begin(WORKSPACE) as tx:
            yield tx

    def ref(self, name: str) -> PersonRef:
        return self.store.keys.ref(WORKSPACE, f"U{name}")

    def hire(self, names: Sequence[str], team_id: str, supervisor: str | None = None) -> None:
        """People of a team that has started, all in UTC."""
        with self.begin() as tx:
            workspaces.enter(tx, "XX")
            chief = self.ref(supervisor) if supervisor else None
            team = Team(team_id=team_id, name=team_id, tz="Etc/UTC", country="XX", state=TeamState.STARTED)
            teams.save(tx, replace(team, supervisor=chief, started_at=self.now))
            for name in (*names, *([supervisor] if supervisor else [])):
                members.put(tx, f"U{name}", Person(ref=self.ref(name), tz="Etc/UTC"))
            for name in names:
                teams.join(tx, team_id, self.ref(name), self.now - timedelta(days=1))

    def offer_help(self, *names: str, weekly_max: int = 2) -> None:
        usual = Offering(kinds=frozenset(Help), languages=frozenset({"en"}), weekly_max=weekly_max)
        with self.begin() as tx:
            for name in names:
                peers.enroll(tx, self.ref(name), usual)

    # ---- what people do

    def ask(self, name: str, where: Where = Where.EITHER, when: When = When.TODAY) -> Begun:
        with self.begin() as tx:
            member = members.known(tx, self.ref(name), self.now)
            return matching.begin(tx, member, Help.LISTEN, where, when, None, self.now)

    def say(self, name: str, request_id: str, *, yes: bool) -> Answer | None:
        with self.begin() as tx:
            members.hold(tx, self.ref(name))
            if yes:
                return matching.accept(tx, request_id, self.ref(name), self.now)
            matching.decline(tx, request_id, self.ref(name), self.now)
        return None

    def move(self, request_id: str, act: Callable[[Tx, Request], object]) -> None:
        """What whoever asked does with a request that runs."""
        with self.begin() as tx:
            request = peers.hold(tx, request_id)
            if request and request.state in RUNNING:
                act(tx, request)

    # ---- time

    def pass_time(self, by: timedelta) -> None:
        """Stop wherever a timer is due on the way, and say what is to be said there."""
        until = self.now + by
        for _ in range(STEPS):
            self.deliver()
            with self.begin() as tx:
                due_at = timers.earliest_due_at(tx)
            if due_at is None or due_at > until:
                break
            self.now = max(self.now, due_at)
            self._act()
        else:
            raise AssertionError("timers without end")
        self.now = until
        self.deliver()

    def _act(self) -> None:
        with self.begin() as tx:
            for timer in timers.list_due(tx, tuple(ACTS), self.now, 1000):
                if timers.take(tx, timer):
                    ACTS[timer.kind](tx, timer, self.now)

    def deliver(self) -> None:
        """Judge and render what is due, as delivery does."""
        with self.begin() as tx:
            claims = outbox.claim(tx, self.now, LEASE, 1000)
            refs = tuple({claim.to for claim in claims if claim.to})
            audience = Audience(tx=tx, refs=refs, weeks=frozenset(), now=self.now)
            for claim in claims:
                scene = Scene(tx=tx, content=self.content, claim=claim, now=self.now, audience=audience)
                if RECIPES[claim.kind].wanted(scene):
                    message = RECIPES[claim.kind].render(scene)
                    assert isinstance(message, Message)
                    self.said.append((claim.to or str(claim.channel), claim.kind, message, self.now))
            outbox.mark_attempted(tx, claims, LEASE)
            outbox.mark_sent(tx, [(claim, "D1", f"{number}.0") for number, claim in enumerate(claims)])

    # ---- what is there

    def open_offers(self) -> list[tuple[str, str]]:
        """Request and colleague of each offer that waits."""
        with self.begin() as tx:
            rows = tx.execute(peers.peer_offers.select()).all()
        return sorted((row.request_id, row.peer) for row in rows if row.state == OfferState.OPEN)

    def requests(self) -> list[Request]:
        with self.begin() as tx:
            ids = tx.execute(peers.peer_requests.select()).all()
            found = (peers.get(tx, row.request_id) for row in ids)
            return sorted(filter(None, found), key=lambda request: request.request_id)

    def states(self) -> Counter[RequestState]:
        return Counter(request.state for request in self.requests())

    def name_of(self, ref: str, names: Sequence[str]) -> str:
        return next(name for name in names if self.ref(name) == ref)
