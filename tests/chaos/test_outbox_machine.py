"""Planning and delivery as a state machine: whatever happens in whatever order, each card comes once.

Three people in a real local Slack, with a clock that is stepped. Workers die before and after a message,
answers are lost, Slack asks to wait, people pause, move, leave and come back, the app is taken out and put
in again. `CHOIR_LONGER=20` makes it as long as the figures in docs/operating ask for.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from bot.content import load_content
from bot.content.holidays import calendar_of
from bot.domain.checkins import State
from bot.domain.localtime import next_working
from bot.domain.notices import Fate
from bot.sandbox import Message, Person
from bot.slack import Messenger, Outcome, Said
from schedules.checkins import plan_checkins
from schedules.delivery import deliver
from schedules.reconcile import reconcile
from schedules.timers import move_timers_on
from storage import checkins, members, outbox, rules, workspaces
from storage.crypto import Keys
from storage.outbox import Claim
from storage.rules import RuleKind
from tests.schedules.office import EVA, FIRST_CARD, STAFF, Office, open_office

RUNS = {"sqlite": 10, "postgresql": 3}
STEPS = 40
LONGER = int(os.environ.get("CHOIR_LONGER", "1"))
ZONES = ("America/New_York", "America/Los_Angeles", "Asia/Tokyo", "Europe/Madrid", "Pacific/Apia")
POST = "chat.postMessage"
LEASE = timedelta(minutes=1)
FINAL = {Fate.SENT, Fate.NOT_WANTED, Fate.EXPIRED, Fate.PARKED}
"""Every history can be read here, so none has to be held."""
NUMBERS = count()

people = st.sampled_from(STAFF)
whiles = st.sampled_from(
    [timedelta(minutes=30), timedelta(hours=3), timedelta(days=1), timedelta(days=3), timedelta(days=7)]
)


class Killed(BaseException):
    """The worker's process is gone."""


class Dying(Messenger):
    """Takes the worker with it, before or after the message went out."""

    def __init__(self, office: Office, *, after: bool) -> None:
        super().__init__(office.setting.messenger.client)
        self.after = after

    def post(self, to: str, message: Said, delivery_id: str, thread: str | None = None) -> Outcome:
        if self.after:
            super().post(to, message, delivery_id, thread)
        raise Killed


class Cards(RuleBasedStateMachine):
    """The office on its first Wednesday morning, three cards due."""

    def __init__(self, open_one: Callable[[], tuple[ExitStack, Office]]) -> None:
        super().__init__()
        self.stack, self.office = open_one()
        self.dead: list[Claim] = []
        self.seen: set[str | None] = {
            _mark(message) for person in STAFF for message in self.office.dm(person)
        }
        self.office.at(FIRST_CARD)

    # ---- what time and workers do

    @rule(passed=whiles)
    def time_passes(self, passed: timedelta) -> None:
        self.office.clock.advance(passed)

    @rule()
    def it_is_planned(self) -> None:
        self.office.beat(plan_checkins, move_timers_on)

    @rule()
    def it_is_delivered(self) -> None:
        self.office.beat(deliver)

    @rule()
    def everything_beats(self) -> None:
        self.office.settle()

    @rule()
    def it_is_looked_up(self) -> None:
        self.office.beat(reconcile)

    @rule()
    def leases_lapse(self) -> None:
        self.office.let_leases_lapse()

    @rule(after=st.booleans())
    def a_worker_dies_at_a_message(self, after: bool) -> None:
        """Of several that are posted side by side each dies at its own."""
        dying = replace(self.office.setting, messenger=Dying(self.office, after=after))
        with suppress(Killed):
            deliver(dying, self.office.workspace)

    @rule()
    def a_worker_dies_with_a_notice_in_hand(self) -> None:
        with self.office.begin() as tx:
            self.dead.extend(outbox.claim(tx, self.office.clock.now(), LEASE, 1))

    @rule()
    def the_dead_come_back_late(self) -> None:
        """Whoever lost a lease may neither begin a request nor settle anything."""
        self.office.let_leases_lapse()
        with self.office.begin() as tx:
            taken_over = outbox.claim(tx, self.office.clock.now(), LEASE, 9)
            lost = {claim.delivery_id for claim in taken_over}
            for claim in self.dead:
                assert not (outbox.mark_attempted(tx, [claim], LEASE) & lost)
                assert not outbox.mark_sent(tx, [(claim, "D1", "1.0")])
            for claim in taken_over:
                outbox.release(tx, claim)
        self.dead.clear()

    # ---- what Slack does

    @rule(many=st.integers(1, 3), fault=st.sampled_from(["lose_reply", "fail_500", "storm_429"]))
    def slack_fails(self, many: int, fault: str) -> None:
        getattr(self.office.sandbox.faults, fault)(POST, times=many)

    @rule()
    def the_app_is_taken_out(self) -> None:
        with self.office.begin() as tx:
            workspaces.set_uninstalled(tx, self.office.clock.now())

    @rule()
    def the_app_is_put_in_again(self) -> None:
        with self.office.begin() as tx:
            workspaces.set_uninstalled(tx, None)

    # ---- what people do

    @rule(person=people, paused=st.booleans())
    def somebody_pauses_or_comes_back(self, person: Person, paused: bool) -> None:
        self._choose(person, paused=paused)

    @rule(person=people)
    def somebody_pauses_with_a_card_on_its_way(self, person: Person) -> None:
        self.it_is_planned()
        self._choose(person, paused=True)
        self.it_is_delivered()

    @rule(person=people, stopped=st.booleans())
    def somebody_stops_or_starts(self, person: Person, stopped: bool) -> None:
        self._choose(person, stopped=stopped)

    @rule(person=people, here=st.booleans())
    def somebody_leaves_or_returns(self, person: Person, here: bool) -> None:
        self.office.change("people", {"active": here}, ref=self.office.ref(person))
        self._look_again(person)

    @rule(person=people, tz=st.sampled_from(ZONES))
    def somebody_moves(self, person: Person, tz: str) -> None:
        self.office.sandbox.change_person(person.id, tz=tz)
        self.office.change("people", {"tz": tz}, ref=self.office.ref(person))
        self._look_again(person)

    @rule(person=people)
    def somebody_answers(self, person: Person) -> None:
        with self.office.begin() as tx:
            members.hold(tx, self.office.ref(person))
            for found in checkins.list_weeks(tx, self.office.ref(person)):
                checkins.move(tx, self.office.ref(person), found.week, (State.SENT,), State.ANSWERED)

    def _choose(self, person: Person, **choice: bool) -> None:
        with self.office.begin() as tx:
            members.choose(tx, self.office.ref(person), **choice)
        self._look_again(person)

    def _look_again(self, person: Person) -> None:
        with self.office.begin() as tx:
            now, ref = self.office.clock.now(), self.office.ref(person)
            rules.set_next_due(tx, now, ref=ref, kind=RuleKind.CHECKIN)

    # ---- what always holds

    @invariant()
    def nothing_came_twice(self) -> None:
        marks = Counter(
            mark for person in STAFF for message in self.office.dm(person) if (mark := _mark(message))
        )
        assert [mark for mark, many in marks.items() if many > 1] == []

    @invariant()
    def nobody_got_two_cards_for_a_week_at_first(self) -> None:
        first = Counter(
            (row["recipient"], row["facts"]["week"]) for row in self.office.rows("outbox", kind="checkin")
        )
        assert set(first.values()) <= {1}

    @invariant()
    def what_was_skipped_has_its_reason(self) -> None:
        skipped = self.office.rows("occurrences", kind="checkin", state="skipped")
        assert [row for row in skipped if not row["reason"]] == []

    @invariant()
    def what_is_recorded_as_sent_did_arrive(self) -> None:
        arrived = {_mark(message) for person in STAFF for message in self.office.dm(person)}
        sent = self.office.rows("outbox", kind="checkin", fate="sent")
        assert [row["delivery_id"] for row in sent if row["delivery_id"] not in arrived] == []

    @invariant()
    def nothing_came_at_night_or_to_somebody_who_wanted_none(self) -> None:
        """Looked at after each step, so that they are still as they were when it came."""
        for person in STAFF:
            new = [message for message in self.office.dm(person) if _mark(message) not in self.seen]
            with self.office.begin() as tx:
                member = members.known(tx, self.office.ref(person), self.office.clock.now())
            for message in new:
                assert next_working(message.at, calendar_of(member, message.at)) == message.at
                assert not member.preferences.stopped
                assert not member.preferences.paused_at(message.at)
                assert member.person.active
            self.seen.update(map(_mark, new))

    # ---- how it ends

    def teardown(self) -> None:
        try:
            self._heal()
            self._everything_has_ended()
        finally:
            self.stack.close()

    def _heal(self) -> None:
        """Slack and the workers are well again; after three weeks everything must have found its end."""
        self.office.sandbox.faults.clear()
        self.the_app_is_put_in_again()
        for _ in range(3):
            self.office.let_leases_lapse()
            self.office.clock.advance(timedelta(minutes=5))
            self.office.settle()
        self.office.clock.advance(timedelta(weeks=3))
        self.office.settle()

    def _everything_has_ended(self) -> None:
        now = self.office.clock.now()
        for row in self.office.rows("outbox", kind="checkin"):
            assert row["due_at"] > now or row["fate"] in FINAL, row
        arrived = {_mark(message) for person in (*STAFF, EVA) for message in self.office.dm(person)}
        for row in self.office.rows("outbox"):
            assert (row["fate"] == Fate.SENT) == (row["delivery_id"] in arrived) or row["channel"], row
        for row in self.office.rows("occurrences", kind="checkin", state="planned"):
            assert row["slot"] == f"w{self._newest_week()}", row

    def _newest_week(self) -> int:
        weeks = [int(row["slot"][1:]) for row in self.office.rows("occurrences", kind="checkin")]
        return max(weeks, default=0)


def _mark(message: Message) -> str | None:
    """The delivery id that a message of ours carries."""
    payload: dict[str, str] = (message.metadata or {}).get("event_payload") or {}
    return payload.get("id")


@pytest.fixture(params=["sqlite", "postgresql"])
def opening(
    request: pytest.FixtureRequest, tmp_path: Path, keys: Keys
) -> tuple[str, Callable[[], tuple[ExitStack, Office]]]:
    """Which database, and how a new office on an empty one of its kind is opened."""
    kind, content, template = str(request.param), load_content(), request.getfixturevalue("made_sqlite")
    emptied = request.getfixturevalue("emptied_postgresql") if kind == "postgresql" else None

    def url() -> str:
        if emptied:
            return str(emptied())
        file = tmp_path / f"{next(NUMBERS)}.db"
        shutil.copyfile(template, file)
        return f"sqlite:///{file}"

    def open_one() -> tuple[ExitStack, Office]:
        stack = ExitStack()
        return stack, stack.enter_context(open_office(url(), keys, content))

    return kind, open_one


def test_each_card_comes_once_whatever_happens(
    opening: tuple[str, Callable[[], tuple[ExitStack, Office]]],
) -> None:
    kind, open_one = opening
    run_state_machine_as_test(
        lambda: Cards(open_one),
        settings=settings(
            max_examples=RUNS[kind] * LONGER,
            stateful_step_count=STEPS,
            deadline=None,
            phases=[Phase.generate],
            report_multiple_bugs=False,
        ),
    )
