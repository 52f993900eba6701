"""A workspace that holds something in every table, and a call of every function of the store on it."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy import update

import storage
from bot.domain.asks import WAITING, Ask, AskState
from bot.domain.checkins import OPEN, Card, Checkin, Reason, Standing, State
from bot.domain.circles import Circle
from bot.domain.digests import Band, Reading, Trend
from bot.domain.huddles import Huddle, HuddleState, Purpose
from bot.domain.leave import Span
from bot.domain.members import Person, PersonRef, Support, Team, TeamPlan, TeamState, Unit
from bot.domain.notices import Fate, Kind, Notice, Pace, notice
from bot.domain.peers import (
    Help,
    Offering,
    OfferState,
    Request,
    RequestState,
    Wanted,
    When,
    Where,
    Wishes,
)
from bot.domain.privacy import Guarantee
from bot.domain.rotation import CORE
from bot.domain.stepouts import HowLong, StepOut
from storage import (
    answers,
    asks,
    checkins,
    circles,
    copies,
    departures,
    digests,
    erasures,
    events,
    huddles,
    leave,
    matching,
    members,
    mydata,
    outbox,
    peers,
    person_keys,
    planning,
    privacy,
    raises,
    rules,
    status,
    stepouts,
    teams,
    timers,
    workspaces,
)
from storage.checkins import NewCard
from storage.copies import Copy
from storage.database import Tx
from storage.digests import Release, ReleaseState
from storage.outbox import Claim
from storage.privacy import Chosen
from storage.rules import Rule, RuleKind
from storage.schema import outbox as outbox_table
from storage.timers import Timer

NOW = datetime(2026, 11, 25, 15, tzinfo=UTC)
ANSWERS = {CORE: 5, "qI10": 4, "qSUP": 1}
CHECKIN = RuleKind.CHECKIN
LEASE = timedelta(minutes=1)
PACE = Pace(per_minute=60)
GROUP = digests.group_id(["t"])
RELEASE = Release(
    group_id=GROUP,
    period=1,
    teams=("t",),
    state=ReleaseState.RELEASED,
    row=None,
    reading=None,
    lines={},
)
LEAVE = (Span(first_on=date(2026, 12, 1), last_on=date(2026, 12, 18)),)
SAID = {"hours": {"en": "The work does not fit."}}
OFFERING = Offering(kinds=frozenset(Help), languages=frozenset({"es"}))
RULE = Rule(since=NOW, next_due_at=NOW, standing=Standing())
COPY = Copy(ref=PersonRef("a" * 64), ts="3.0", file_ids=("F1",), timers=())
CHOSEN = Chosen(guarantee=Guarantee(strong=True, roster_min=30), on=date(2026, 11, 25))
STRONG, STRONGER = Guarantee(strong=True), Guarantee(strong=True, roster_min=25)
READING = Reading(band=Band.MIDDLE, trend=Trend.FIRST, small_group=True)


def team_of(supervisor: PersonRef) -> Team:
    return Team(
        team_id="t",
        unit_id="u",
        name="Cedar Intake",
        tz="America/Chicago",
        channel_id="C0TEAM",
        supervisor=supervisor,
        deputy=supervisor,
        leader=supervisor,
        pooled=True,
        state=TeamState.STARTED,
        started_at=NOW,
    )


def ask_of(asker: PersonRef, recipient: PersonRef) -> Ask:
    return Ask(ask_id="a", asker=asker, recipient=recipient, asked_on=NOW.date(), deputy=recipient)


def huddle_of(starter: PersonRef, huddle_id: str = "h") -> Huddle:
    return Huddle(
        huddle_id=huddle_id,
        team_id="t",
        channel_id="C0TEAM",
        purpose=Purpose.BREATHE,
        starts_at=NOW,
        open_until=NOW + timedelta(hours=1),
        starter=starter,
        host=starter,
        with_supervisor=True,
        ts="5.0",
    )


def step_out_of(ref: PersonRef, step_out_id: str = "s") -> StepOut:
    return StepOut(step_out_id=step_out_id, ref=ref, until_at=NOW + timedelta(hours=1), peer=ref, told=ref)


def circle_of(proposer: PersonRef, circle_id: str = "c") -> Circle:
    return Circle(
        circle_id=circle_id,
        team_id="t",
        channel_id="C0TEAM",
        purpose=Purpose.GOOD,
        weekday=1,
        local_time=time(10),
        every_weeks=2,
        proposer=proposer,
        asked_to_host=proposer,
        host=proposer,
    )


def request_of(asker: PersonRef, request_id: str = "r") -> Request:
    wanted = Wanted(help=Help.LISTEN, where=Where.EITHER, language="es", until_at=NOW + timedelta(hours=2))
    return Request(request_id=request_id, asker=asker, asked_on=NOW.date(), wanted=wanted)


def notice_to(ref: PersonRef, about: str = "w3") -> Notice:
    return notice(Kind.CHECKIN, ref, about, NOW, facts={"week": 3})


def fill(tx: Tx, people: Mapping[str, PersonRef]) -> Claim:
    """Leave a row in every table, among them a lapsed claim, which is returned. people: by Slack id, two."""
    ana, ben = people.values()
    workspaces.enter(tx, "US")
    workspaces.set_epoch(tx, date(2026, 11, 2))
    workspaces.set_key_holder(tx, None, ben, conflict=True)
    workspaces.set_roster_synced(tx, NOW, NOW)
    _fill_people(tx, people)
    teams.save_unit(tx, Unit(unit_id="u", name="Cedar", pool_owner=ben))
    teams.save(tx, team_of(ben))
    teams.join(tx, "t", ana, NOW - timedelta(days=30))
    teams.save_plan(tx, TeamPlan(team=team_of(ben), members=(ana,), set_up_by=ben))
    _fill_weeks(tx, ana, ben)
    asks.add(tx, ask_of(ana, ben))
    timers.put(tx, timers.ask_entity("a"), "ask_deputy", NOW)
    huddles.add(tx, huddle_of(ana), (ana,))
    circles.add(tx, circle_of(ana))
    circles.decline(tx, "c", ana)
    stepouts.add(tx, step_out_of(ana))
    _fill_peers(tx, ana, ben)
    copies.add(tx, ana, "3.0", ["F1"], NOW)
    erasures.note(tx, ana, NOW - timedelta(days=40))
    events.first_seen(tx, "Ev1", NOW)
    _fill_periods(tx, ana)
    return _fill_outbox(tx, ana)


def _fill_peers(tx: Tx, ana: PersonRef, ben: PersonRef) -> None:
    workspaces.set_support(tx, Support(contact=ben, help_list="Marta"))
    peers.enroll(tx, ben, OFFERING)
    peers.wish(tx, ana, Wishes(never=frozenset({ben})))
    peers.add(tx, request_of(ana))
    peers.add_offer(tx, "r", ben)
    peers.count_offer(tx, ben, NOW.date())
    peers.count_helped(tx, ben, NOW.date(), 2)
    peers.count_month(tx, NOW.date(), RequestState.MATCHED)


def _fill_people(tx: Tx, people: Mapping[str, PersonRef]) -> None:
    for user_id, ref in people.items():
        members.put(tx, user_id, Person(ref=ref, tz="America/Chicago", locale="es-MX"))
        members.set_quiet(tx, ref, NOW, NOW + timedelta(hours=9))
        members.choose(tx, ref, weekday=1, local_time=time(9, 30), language="es", paused_until=NOW)
        members.add_admin(tx, ref)
        leave.save(tx, ref, LEAVE)


def _fill_weeks(tx: Tx, ana: PersonRef, ben: PersonRef) -> None:
    rules.begin(tx, ana, CHECKIN, NOW - timedelta(days=30), NOW)
    rules.begin(tx, ben, RuleKind.WEEKLY, NOW, NOW)
    rules.set_standing(tx, ana, Standing(run=2))
    checkins.add(tx, ana, 2, State.PLANNED)
    checkins.add(tx, ana, 3, State.SENT)
    checkins.add_weekly(tx, ben, NOW.date())
    checkins.set_newest_card(tx, ana, 3, "D0ANA", "2.0")
    checkins.retire_card(tx, ana, 3, "1.0", NOW)
    checkins.move(tx, ana, 3, OPEN, State.ANSWERED)
    answers.save(tx, ana, 3, ANSWERS)


def _fill_periods(tx: Tx, ana: PersonRef) -> None:
    for period in (0, 1):
        digests.open_period(tx, period, {("t",): [ana]})
    privacy.tighten(tx, STRONG, NOW, NOW.date())
    digests.freeze_period(tx, 0)
    raises.save(tx, ana, 1, ["hours"])
    digests.debit(tx, GROUP, 0, [ana], Fraction(3), "worker")
    digests.keep_raised(tx, GROUP, 0, SAID)


def _fill_outbox(tx: Tx, ana: PersonRef) -> Claim:
    outbox.add(tx, notice_to(ana, "w2"))
    (sent,) = outbox.claim(tx, NOW, LEASE, 1)
    outbox.mark_attempted(tx, [sent], LEASE)
    outbox.mark_sent(tx, [(sent, "D0ANA", "2.0")])
    outbox.add(tx, notice_to(ana))
    (lapsed,) = outbox.claim(tx, NOW, LEASE, 1)
    past = tx.real_now() - timedelta(minutes=5)
    mine = outbox_table.c.delivery_id == lapsed.delivery_id
    tx.execute(update(outbox_table).where(mine).values(lease_until=past))
    return lapsed


def functions() -> set[str]:
    """Every public function of the store that works in a transaction, as module.name."""
    modules = [
        importlib.import_module(f"storage.{found.name}") for found in pkgutil.iter_modules(storage.__path__)
    ]
    return {
        f"{module.__name__.removeprefix('storage.')}.{name}"
        for module in modules
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__
        and not name.startswith("_")
        and next(iter(inspect.signature(function).parameters), "") == "tx"
    }


def calls(people: Mapping[str, PersonRef], claim: Claim) -> dict[str, Callable[[Tx], Any]]:
    """Every function of the store, called with the very ids that fill used."""
    (user_id, ana), (_, ben) = people.items()
    return {
        **_calls_about_people(user_id, ana),
        **_calls_about_teams(ana, ben),
        **_calls_about_weeks(ana, ben),
        **_calls_about_own_data(ana),
        **_calls_about_periods(ana),
        **_calls_about_raises(ana, ben),
        **_calls_about_asks(ana, ben),
        **_calls_about_huddles(ana, ben),
        **_calls_about_circles(ana, ben),
        **_calls_about_step_outs(ana),
        **_calls_about_peers(ana, ben),
        **_calls_about_matching(ana, ben),
        **_calls_about_notices(ana, claim),
        **_calls_about_workspaces(ben),
    }


def _calls_about_people(user_id: str, ana: PersonRef) -> dict[str, Callable[[Tx], Any]]:
    return {
        "members.put": lambda tx: members.put(tx, user_id, Person(ref=ana, tz="Etc/UTC")),
        "members.set_quiet": lambda tx: members.set_quiet(tx, ana, None, None),
        "members.is_here": lambda tx: members.is_here(tx, ana),
        "members.hold": lambda tx: members.hold(tx, ana),
        "members.get": lambda tx: members.get(tx, ana),
        "members.user_id": lambda tx: members.user_id(tx, ana),
        "members.user_ids": lambda tx: members.user_ids(tx, [ana]),
        "members.list_members": lambda tx: members.list_members(tx, [ana], NOW),
        "members.list_people": members.list_people,
        "members.choices": lambda tx: members.choices(tx, ana),
        "members.choose": lambda tx: members.choose(tx, ana, stopped=True),
        "members.chosen": lambda tx: members.chosen(tx, ana),
        "members.erase_choices": lambda tx: members.erase_choices(tx, ana),
        "members.member": lambda tx: members.member(tx, ana, NOW),
        "members.known": lambda tx: members.known(tx, ana, NOW),
        "members.add_admin": lambda tx: members.add_admin(tx, ana),
        "members.list_admins": members.list_admins,
        "members.is_admin": lambda tx: members.is_admin(tx, ana),
        "members.remove_admin": lambda tx: members.remove_admin(tx, ana),
        "leave.get": lambda tx: leave.get(tx, ana),
        "leave.of": lambda tx: leave.of(tx, [ana]),
        "leave.save": lambda tx: leave.save(tx, ana, ()),
        "leave.forget_before": lambda tx: leave.forget_before(tx, NOW.date() + timedelta(days=999)),
    }


def _calls_about_teams(ana: PersonRef, ben: PersonRef) -> dict[str, Callable[[Tx], Any]]:
    plan = TeamPlan(team=team_of(ana), members=(ben,), set_up_by=ana)
    return {
        "teams.save": lambda tx: teams.save(tx, team_of(ana)),
        "teams.save_unit": lambda tx: teams.save_unit(tx, Unit(unit_id="u", name="Other")),
        "teams.save_plan": lambda tx: teams.save_plan(tx, plan),
        "teams.hold": lambda tx: teams.hold(tx, "t"),
        "teams.get": lambda tx: teams.get(tx, "t"),
        "teams.get_plan": lambda tx: teams.get_plan(tx, "t"),
        "teams.list_teams": teams.list_teams,
        "teams.list_units": teams.list_units,
        "teams.names": lambda tx: teams.names(tx, ["t"]),
        "teams.list_read_by": lambda tx: teams.list_read_by(tx, ben),
        "teams.current_team_id": lambda tx: teams.current_team_id(tx, ana),
        "teams.of_members": lambda tx: teams.of_members(tx, [ana], NOW),
        "teams.of_member": lambda tx: teams.of_member(tx, ana, NOW),
        "teams.list_members": lambda tx: teams.list_members(tx, "t", NOW),
        "teams.list_readers": lambda tx: teams.list_readers(tx, ["t"]),
        "teams.list_memberships": lambda tx: teams.list_memberships(tx, ana),
        "teams.rosters": lambda tx: teams.rosters(tx, NOW),
        "teams.list_staff": lambda tx: teams.list_staff(tx, NOW),
        "teams.join": lambda tx: teams.join(tx, "other", ana, NOW),
        "teams.leave": lambda tx: teams.leave(tx, ana, NOW),
        "teams.drop_plan": lambda tx: teams.drop_plan(tx, "t"),
        "privacy.words_possible": lambda tx: privacy.words_possible(tx, team_of(ben), NOW),
        "privacy.groups_of": lambda tx: privacy.groups_of(tx, {ana: "t"}, NOW),
        "privacy.group_with": lambda tx: privacy.group_with(tx, team_of(ben), NOW),
        "privacy.guarantee_of": lambda tx: privacy.guarantee_of(tx, 1),
        "privacy.guarantee": privacy.guarantee,
        "privacy.next_guarantee": privacy.next_guarantee,
        "privacy.stricter": privacy.stricter,
        "privacy.tighten": lambda tx: privacy.tighten(tx, STRONGER, NOW, NOW.date()),
        "privacy.list_chosen": privacy.list_chosen,
        "privacy.choose_again": lambda tx: privacy.choose_again(tx, {3: CHOSEN}),
        "privacy.was_loosened": privacy.was_loosened,
        "privacy.who_sees": lambda tx: privacy.who_sees(tx, team_of(ben), NOW),
        "planning.situation": lambda tx: planning.situation(tx, ana, NOW),
        "planning.situations": lambda tx: planning.situations(tx, {ana: RULE}, NOW),
        "planning.next_checkin": lambda tx: planning.next_checkin(tx, ana, NOW),
        "planning.look_again": lambda tx: planning.look_again(tx, ana, NOW - timedelta(days=1)),
        "planning.week_that_may_come": lambda tx: planning.week_that_may_come(tx, ana, NOW),
        "planning.first_on": lambda tx: planning.first_on(tx, members.known(tx, ana, NOW), NOW),
    }


def new_card(ref: PersonRef) -> NewCard:
    return NewCard(ref=ref, week=3, channel="D9", ts="9.0")


def _calls_about_own_data(ana: PersonRef) -> dict[str, Callable[[Tx], Any]]:
    return {
        "mydata.gather": lambda tx: mydata.gather(tx, ana, NOW),
        "mydata.erase": lambda tx: mydata.erase(tx, ana, NOW),
        "departures.note_leavers": lambda tx: departures.note_leavers(tx, NOW),
        "departures.list_due": lambda tx: departures.list_due(tx, NOW),
        "departures.erase_leaver": lambda tx: departures.erase_leaver(tx, ana, NOW, NOW + timedelta(days=31)),
        "departures.over_at": departures.over_at,
        "departures.erase_everybody": lambda tx: departures.erase_everybody(tx, NOW),
        "erasures.note": lambda tx: erasures.note(tx, ana, NOW),
        "erasures.knows": lambda tx: erasures.knows(tx, ana, NOW - timedelta(days=40)),
        "erasures.erased_at": lambda tx: erasures.erased_at(tx, ana),
        "erasures.list_since": lambda tx: erasures.list_since(tx, NOW - timedelta(days=50)),
        "erasures.forget_before": lambda tx: erasures.forget_before(tx, NOW),
        "copies.list_due": lambda tx: copies.list_due(tx, NOW, 9),
        "copies.put_off": lambda tx: copies.put_off(tx, COPY, NOW + timedelta(hours=1)),
        "copies.has_any": lambda tx: copies.has_any(tx, ana),
        "copies.settle": lambda tx: copies.settle(tx, COPY),
        "copies.add": lambda tx: copies.add(tx, ana, "4.0", ["F2"], NOW),
    }


def _calls_about_weeks(ana: PersonRef, ben: PersonRef) -> dict[str, Callable[[Tx], Any]]:
    return {
        "answers.own": lambda tx: answers.own(tx, ana, 3),
        "answers.list_own": lambda tx: answers.list_own(tx, ana),
        "person_keys.is_kept": lambda tx: person_keys.is_kept(tx, ana),
        "person_keys.erase": lambda tx: person_keys.erase(tx, ana),
        "answers.erase": lambda tx: answers.erase(tx, ana),
        "answers.weights": lambda tx: answers.weights(tx, ana, range(9)),
        "answers.save": lambda tx: answers.save(tx, ana, 3, {CORE: 1}),
        "person_keys.get_or_make": lambda tx: len(person_keys.get_or_make(tx, ana)),
        "person_keys.of": lambda tx: len(person_keys.of(tx, [ana])),
        "person_keys.get": lambda tx: len(person_keys.get(tx, ana)),
        "answers.list_people": answers.list_people,
        "answers.erase_without_key": answers.erase_without_key,
        "answers.erase_all": answers.erase_all,
        "person_keys.count": person_keys.count,
        "person_keys.count_old": person_keys.count_old,
        "person_keys.wrap_anew": lambda tx: person_keys.wrap_anew(tx, "", 9),
        "person_keys.erase_all": person_keys.erase_all,
        "answers.forget_before": lambda tx: answers.forget_before(tx, 99),
        "checkins.add": lambda tx: checkins.add(tx, ana, 3, State.PLANNED),
        "checkins.add_weekly": lambda tx: checkins.add_weekly(tx, ana, NOW.date()),
        "checkins.get": lambda tx: checkins.get(tx, ana, 3),
        "checkins.of": lambda tx: checkins.of(tx, [ana], [3]),
        "checkins.list_weekly": lambda tx: checkins.list_weekly(tx, ben),
        "checkins.erase": lambda tx: checkins.erase(tx, ana, 3),
        "checkins.list_weeks": lambda tx: checkins.list_weeks(tx, ana),
        "checkins.newest_weeks": lambda tx: checkins.newest_weeks(tx, [ana]),
        "checkins.add_all": lambda tx: checkins.add_all(tx, [(ana, Checkin(week=9, state=State.PLANNED))]),
        "checkins.list_stale_cards": lambda tx: checkins.list_stale_cards(tx, 10),
        "checkins.list_retired_cards": lambda tx: checkins.list_retired_cards(tx, NOW, 10),
        "checkins.move": lambda tx: checkins.move(tx, ana, 3, list(State), State.CLOSED),
        "checkins.skip": lambda tx: checkins.skip(tx, ana, 2, Reason.LEFT),
        "checkins.plan_again": lambda tx: checkins.plan_again(tx, ana, 2),
        "checkins.arrive": lambda tx: checkins.arrive(tx, [new_card(ana)], State.ANSWERED),
        "checkins.set_newest_card": lambda tx: checkins.set_newest_card(tx, ana, 3, "D9", "9.0"),
        "checkins.forget_before": lambda tx: checkins.forget_before(tx, 99, NOW.date() + timedelta(days=999)),
        "checkins.set_card": lambda tx: checkins.set_card(tx, ana, 3, "2.0", Card.FIXED),
        "checkins.retire_card": lambda tx: checkins.retire_card(tx, ana, 3, "1.0", NOW),
        "rules.begin": lambda tx: rules.begin(tx, ana, CHECKIN, NOW, NOW),
        "rules.get": lambda tx: rules.get(tx, ana, CHECKIN),
        "rules.take_due": lambda tx: rules.take_due(tx, CHECKIN, NOW, 10),
        "rules.set_all_due": lambda tx: rules.set_all_due(tx, {ana: NOW}, CHECKIN),
        "rules.list_due": lambda tx: rules.list_due(tx, CHECKIN, NOW, 10),
        "rules.next_due_at": lambda tx: rules.next_due_at(tx, ana, CHECKIN),
        "rules.earliest_due_at": rules.earliest_due_at,
        "rules.since": lambda tx: rules.since(tx, ana, CHECKIN),
        "rules.set_next_due": lambda tx: rules.set_next_due(tx, None, ref=ana, kind=CHECKIN),
        "rules.look_again": lambda tx: rules.look_again(tx, ana, NOW - timedelta(days=1)),
        "rules.begin_anew": lambda tx: rules.begin_anew(tx, ana, NOW, NOW),
        "rules.standing": lambda tx: rules.standing(tx, ana),
        "rules.set_standing": lambda tx: rules.set_standing(tx, ana, Standing(spells=2)),
        "rules.end": lambda tx: rules.end(tx, ana, CHECKIN),
        "rules.keep_only": lambda tx: rules.keep_only(tx, CHECKIN, []),
    }


def _calls_about_periods(ana: PersonRef) -> dict[str, Callable[[Tx], Any]]:
    lines = {"en": ["Between lower and middle."]}
    return {
        "digests.last_period": digests.last_period,
        "digests.has_debited": digests.has_debited,
        "digests.last_drawn": digests.last_drawn,
        "digests.drawn_until": digests.drawn_until,
        "digests.list_open": digests.list_open,
        "digests.rostered": lambda tx: digests.rostered(tx, 0, [ana]),
        "digests.list_groups": lambda tx: digests.list_groups(tx, 0),
        "digests.list_counted": lambda tx: digests.list_counted(tx, ana),
        "digests.roster": lambda tx: digests.roster(tx, 0, GROUP),
        "digests.list_weighed": lambda tx: digests.list_weighed(tx, [ana], range(9)),
        "digests.spent": lambda tx: digests.spent(tx, 1),
        "digests.debited": lambda tx: digests.debited(tx, GROUP, 0),
        "digests.list_contributors": lambda tx: digests.list_contributors(tx, GROUP, 0),
        "digests.get": lambda tx: digests.get(tx, GROUP, 0),
        "digests.list_period": lambda tx: digests.list_period(tx, 0),
        "digests.history": lambda tx: digests.history(tx, GROUP, 1),
        "digests.last_band": lambda tx: digests.last_band(tx, GROUP, 9),
        "digests.was_suppressed": lambda tx: digests.was_suppressed(tx, GROUP, 9),
        "digests.last_grouped": lambda tx: digests.last_grouped(tx, "t"),
        "digests.shown": lambda tx: digests.shown(tx, RELEASE, NOW.date()),
        "digests.hold_open": lambda tx: digests.hold_open(tx, 1),
        "digests.keep_raised": lambda tx: digests.keep_raised(tx, GROUP, 0, {}),
        "digests.raised": lambda tx: digests.raised(tx, RELEASE),
        "digests.group_of": lambda tx: digests.group_of(tx, "t", 0),
        "digests.open_period": lambda tx: digests.open_period(tx, 1, {("t",): [ana]}),
        "digests.freeze_period": lambda tx: digests.freeze_period(tx, 1),
        "digests.suppress": lambda tx: digests.suppress(tx, GROUP, 1),
        "digests.debit": lambda tx: digests.debit(tx, GROUP, 1, [ana], Fraction(3), "worker"),
        "digests.release": lambda tx: digests.release(tx, GROUP, 0, "worker", 9, READING, lines, 1),
        "digests.lose_lapsed": digests.lose_lapsed,
        "digests.lose_period": lambda tx: digests.lose_period(tx, 0),
        "digests.forget_ledger_before": lambda tx: digests.forget_ledger_before(tx, 9),
    }


def _calls_about_raises(ana: PersonRef, ben: PersonRef) -> dict[str, Callable[[Tx], Any]]:
    return {
        "raises.own": lambda tx: raises.own(tx, ana, 1),
        "raises.chosen": lambda tx: raises.chosen(tx, [ana], 1),
        "raises.running": raises.running,
        "raises.place": lambda tx: raises.place(tx, ana, NOW),
        "raises.readers": lambda tx: raises.readers(tx, ["t"]),
        "raises.said_to": lambda tx: raises.said_to(tx, RELEASE, ben),
        "raises.said_to_team": lambda tx: raises.said_to_team(tx, RELEASE),
        "raises.save": lambda tx: raises.save(tx, ana, 1, ["hands"]),
        "raises.list_own": lambda tx: raises.list_own(tx, ana),
        "raises.erase": lambda tx: raises.erase(tx, ana),
        "raises.forget_all": raises.forget_all,
        "raises.forget_through": lambda tx: raises.forget_through(tx, 9),
    }


def _calls_about_asks(ana: PersonRef, ben: PersonRef) -> dict[str, Callable[[Tx], Any]]:
    entity = timers.ask_entity("a")
    return {
        "asks.add": lambda tx: asks.add(tx, ask_of(ben, ana)),
        "asks.get": lambda tx: asks.get(tx, "a"),
        "asks.list_of": lambda tx: asks.list_of(tx, ana),
        "asks.list_made": lambda tx: asks.list_made(tx, ana),
        "asks.list_asked_of": lambda tx: asks.list_asked_of(tx, ben),
        "asks.erase": lambda tx: asks.erase(tx, ana),
        "asks.forget_before": lambda tx: asks.forget_before(tx, NOW.date() + timedelta(days=999)),
        "asks.list_to": lambda tx: asks.list_to(tx, ben),
        "asks.set_also_asked": lambda tx: asks.set_also_asked(tx, "a", ben),
        "asks.move": lambda tx: asks.move(tx, "a", WAITING, AskState.AGREED),
        "timers.put_all": lambda tx: timers.put_all(tx, [Timer(entity="e", kind="close", due_at=NOW)]),
        "timers.put": lambda tx: timers.put(tx, entity, "ask_deputy", NOW + timedelta(days=1)),
        "timers.list_due": lambda tx: timers.list_due(tx, ["ask_deputy", "retire"], NOW, 10),
        "timers.list_under": lambda tx: timers.list_under(tx, entity),
        "timers.erase_under": lambda tx: timers.erase_under(tx, entity),
        "timers.earliest_due_at": timers.earliest_due_at,
        "timers.take": lambda tx: timers.take(tx, Timer(entity=entity, kind="ask_deputy", due_at=NOW)),
        "timers.drop": lambda tx: timers.drop(tx, entity, "ask_deputy"),
    }


def _calls_about_huddles(ana: PersonRef, ben: PersonRef) -> dict[str, Callable[[Tx], Any]]:
    return {
        "huddles.add": lambda tx: huddles.add(tx, huddle_of(ana, "other")),
        "huddles.get": lambda tx: huddles.get(tx, "h"),
        "huddles.hold": lambda tx: huddles.hold(tx, "h"),
        "huddles.running": lambda tx: huddles.running(tx, "t"),
        "huddles.people": lambda tx: huddles.people(tx, "h"),
        "huddles.count": lambda tx: huddles.count(tx, "h"),
        "huddles.started_by": lambda tx: huddles.started_by(tx, ana),
        "huddles.joined_by": lambda tx: huddles.joined_by(tx, ana),
        "huddles.join": lambda tx: huddles.join(tx, "h", ben),
        "huddles.list_stale": lambda tx: huddles.list_stale(tx, 9),
        "huddles.set_shown": lambda tx: huddles.set_shown(tx, replace(huddle_of(ana), version=1)),
        "huddles.set_card": lambda tx: huddles.set_card(tx, "h", "6.0"),
        "huddles.leave_supervisor_out": lambda tx: huddles.leave_supervisor_out(tx, "h"),
        "huddles.move": lambda tx: huddles.move(tx, "h", [HuddleState.OPEN], HuddleState.GOING),
        "huddles.leave": lambda tx: huddles.leave(tx, "h", ben),
        "huddles.end": lambda tx: huddles.end(tx, huddle_of(ana), HuddleState.NOT_ENOUGH, NOW),
        "huddles.erase": lambda tx: huddles.erase(tx, ana),
        "huddles.forget_people": lambda tx: huddles.forget_people(tx, "h"),
        "huddles.forget": lambda tx: huddles.forget(tx, "h"),
    }


def _calls_about_circles(ana: PersonRef, ben: PersonRef) -> dict[str, Callable[[Tx], Any]]:
    return {
        "circles.add": lambda tx: circles.add(tx, circle_of(ben, "other")),
        "circles.get": lambda tx: circles.get(tx, "c"),
        "circles.hold": lambda tx: circles.hold(tx, "c"),
        "circles.of_team": lambda tx: circles.of_team(tx, "t"),
        "circles.concern": lambda tx: circles.concern(tx, ana),
        "circles.decline": lambda tx: circles.decline(tx, "c", ben),
        "circles.count_declines": lambda tx: circles.count_declines(tx, "c"),
        "circles.set_card": lambda tx: circles.set_card(tx, "c", "7.0"),
        "circles.change": lambda tx: circles.change(tx, "c", missed=1),
        "circles.begin": lambda tx: circles.begin(tx, "c"),
        "circles.erase": lambda tx: circles.erase(tx, ana),
        "circles.forget": lambda tx: circles.forget(tx, "c"),
    }


def _calls_about_peers(ana: PersonRef, ben: PersonRef) -> dict[str, Callable[[Tx], Any]]:
    state, offer = RequestState, OfferState
    return {
        "peers.enroll": lambda tx: peers.enroll(tx, ana, OFFERING),
        "peers.offering": lambda tx: peers.offering(tx, ben),
        "peers.list_offerings": peers.list_offerings,
        "peers.wishes": lambda tx: peers.wishes(tx, ana),
        "peers.wishes_of": lambda tx: peers.wishes_of(tx, [ana]),
        "peers.wish": lambda tx: peers.wish(tx, ana, Wishes(language="es")),
        "peers.add_never": lambda tx: peers.add_never(tx, ana, ben),
        "peers.loads": lambda tx: peers.loads(tx, {ben: NOW.date()}),
        "peers.count_offer": lambda tx: peers.count_offer(tx, ben, NOW.date()),
        "peers.count_helped": lambda tx: peers.count_helped(tx, ben, NOW.date(), 2),
        "peers.uncount_helped": lambda tx: peers.uncount_helped(tx, ben, NOW.date()),
        "peers.count_talk": lambda tx: peers.count_talk(tx, ben, 2),
        "peers.forget_loads_before": lambda tx: peers.forget_loads_before(
            tx, NOW.date() + timedelta(days=99)
        ),
        "peers.get": lambda tx: peers.get(tx, "r"),
        "peers.hold": lambda tx: peers.hold(tx, "r"),
        "peers.list_of": lambda tx: peers.list_of(tx, ana),
        "peers.list_made": lambda tx: peers.list_made(tx, ana),
        "peers.list_taken": lambda tx: peers.list_taken(tx, ben),
        "peers.add": lambda tx: peers.add(tx, request_of(ben, "other")),
        "peers.set_wanted": lambda tx: peers.set_wanted(tx, replace(request_of(ana), two_at_once=True)),
        "peers.widen": lambda tx: peers.widen(tx, "r"),
        "peers.list_offers": lambda tx: peers.list_offers(tx, "r"),
        "peers.list_offers_to": lambda tx: peers.list_offers_to(tx, ben),
        "peers.list_asked": peers.list_asked,
        "peers.move_offer": lambda tx: peers.move_offer(tx, "r", ben, offer.OPEN, offer.DECLINED),
        "peers.add_offer": lambda tx: peers.add_offer(tx, "r", ana),
        "peers.move": lambda tx: peers.move(tx, "r", [state.SEARCHING], state.WITHDRAWN, NOW),
        "peers.list_closed_before": lambda tx: peers.list_closed_before(tx, NOW + timedelta(days=1)),
        "peers.erase": lambda tx: peers.erase(tx, "r"),
        "peers.count_month": lambda tx: peers.count_month(tx, NOW.date(), state.MATCHED),
        "peers.months": peers.months,
        "peers.strike_off": lambda tx: peers.strike_off(tx, ben),
        "peers.erase_person": lambda tx: peers.erase_person(tx, ana),
    }


def _calls_about_matching(ana: PersonRef, ben: PersonRef) -> dict[str, Callable[[Tx], Any]]:
    found = replace(request_of(ana), state=RequestState.FOUND, peer=ben, yes_on=NOW.date())

    def begin(tx: Tx) -> object:
        begun = matching.begin(
            tx, members.known(tx, ana, NOW), Help.LISTEN, Where.EITHER, When.NOW, None, NOW
        )
        return begun.outcome

    return {
        "matching.candidates": lambda tx: matching.candidates(tx, NOW),
        "matching.asker": lambda tx: matching.asker(tx, members.known(tx, ana, NOW), NOW),
        "matching.usual_side": lambda tx: matching.usual_side(tx, members.known(tx, ana, NOW), NOW),
        "matching.due": lambda tx: matching.due(tx, "r", "peer_tell"),
        "matching.begin": begin,
        "matching.seek": lambda tx: matching.seek(tx, "r", NOW, NOW),
        "matching.accept": lambda tx: matching.accept(tx, "r", ben, NOW),
        "matching.decline": lambda tx: matching.decline(tx, "r", ben, NOW),
        "matching.lapse": lambda tx: matching.lapse(tx, "r", ben, NOW, NOW),
        "matching.fall_away": lambda tx: matching.fall_away(tx, "r", NOW),
        "matching.confirm": lambda tx: matching.confirm(tx, found, RequestState.OPENING, NOW),
        "matching.opened": lambda tx: matching.opened(tx, found, "C9", NOW),
        "matching.not_opened": lambda tx: matching.not_opened(tx, "r", NOW),
        "matching.follow_up": lambda tx: matching.follow_up(tx, "r", NOW, NOW),
        "matching.not_yet": lambda tx: matching.not_yet(tx, found, NOW),
        "matching.replace_peer": lambda tx: matching.replace_peer(tx, found, NOW).outcome,
        "matching.ask_another": lambda tx: matching.ask_another(tx, found, NOW).outcome,
        "matching.look_on": lambda tx: matching.look_on(tx, found, NOW).outcome,
        "matching.tell_other_ways": lambda tx: matching.tell_other_ways(tx, "r", NOW, NOW),
        "matching.leave_undecided": lambda tx: matching.leave_undecided(tx, "r", NOW, NOW),
        "matching.end": lambda tx: matching.end(tx, "r", NOW),
        "matching.close": lambda tx: matching.close(tx, found, RequestState.MATCHED, NOW),
        "matching.forget": lambda tx: matching.forget(tx, "r"),
        "matching.stop_helping": lambda tx: matching.stop_helping(tx, ben, NOW),
        "matching.let_go": lambda tx: matching.let_go(tx, ana, NOW),
        "matching.erase_person": lambda tx: matching.erase_person(tx, ana, NOW),
    }


def _calls_about_step_outs(ana: PersonRef) -> dict[str, Callable[[Tx], Any]]:
    def begin(tx: Tx) -> Any:
        return stepouts.begin(tx, members.known(tx, ana, NOW), HowLong.AN_HOUR, None, NOW)

    out = step_out_of(ana)
    return {
        "stepouts.begin": begin,
        "stepouts.add": lambda tx: stepouts.add(tx, step_out_of(ana, "other")),
        "stepouts.get": lambda tx: stepouts.get(tx, "s"),
        "stepouts.hold": lambda tx: stepouts.hold(tx, "s"),
        "stepouts.running": lambda tx: stepouts.running(tx, ana),
        "stepouts.concern": lambda tx: stepouts.concern(tx, ana),
        "stepouts.seek": lambda tx: stepouts.seek(tx, out, NOW),
        "stepouts.accept": lambda tx: stepouts.accept(tx, out, ana, NOW),
        "stepouts.decline": lambda tx: stepouts.decline(tx, out, ana, NOW),
        "stepouts.lapse": lambda tx: stepouts.lapse(tx, out, NOW),
        "stepouts.go_on": lambda tx: stepouts.go_on(tx, out, NOW),
        "stepouts.end": lambda tx: stepouts.end(tx, out),
        "stepouts.erase": lambda tx: stepouts.erase(tx, ana),
    }


def _calls_about_notices(ana: PersonRef, claim: Claim) -> dict[str, Callable[[Tx], Any]]:
    return {
        "outbox.add": lambda tx: outbox.add(tx, notice_to(ana)),
        "outbox.add_all": lambda tx: outbox.add_all(tx, [notice_to(ana), notice_to(ana, "w9")]),
        "outbox.doubt_unsettled": lambda tx: outbox.doubt_unsettled(tx, NOW),
        "outbox.last_sent_at": outbox.last_sent_at,
        "outbox.mark_attempted": lambda tx: outbox.mark_attempted(tx, [claim], LEASE),
        "outbox.mark_unknown": lambda tx: outbox.mark_unknown(tx, claim, "no_answer", LEASE),
        "outbox.release": lambda tx: outbox.release(tx, claim),
        "outbox.claim_unknown": lambda tx: outbox.claim_unknown(tx, LEASE),
        "outbox.mark_sent": lambda tx: outbox.mark_sent(tx, [(claim, "D9", "9.0")]),
        "outbox.list_stuck": outbox.list_stuck,
        "outbox.postpone": lambda tx: outbox.postpone(tx, claim, NOW, NOW),
        "outbox.judge_again": lambda tx: outbox.judge_again(tx, ana, NOW - timedelta(days=1)),
        "outbox.renew": lambda tx: outbox.renew(tx, notice_to(ana)),
        "outbox.settle": lambda tx: outbox.settle(tx, claim, Fate.NOT_WANTED),
        "outbox.earliest_due_at": outbox.earliest_due_at,
        "outbox.forget": lambda tx: outbox.forget(tx, ["checkin|nobody|w9"]),
        "outbox.erase_all": lambda tx: outbox.erase_all(tx, ana),
        "outbox.forget_before": lambda tx: outbox.forget_before(tx, NOW + timedelta(days=999)),
        "outbox.tally": lambda tx: outbox.tally(tx, ana),
        "outbox.erase": lambda tx: outbox.erase(tx, ana, [Kind.CHECKIN], []),
        "outbox.erase_about": lambda tx: outbox.erase_about(tx, [Kind.CHECKIN], "w9"),
        "outbox.last_told": lambda tx: outbox.last_told(tx, ana),
        "outbox.sent_at": lambda tx: outbox.sent_at(tx, notice_to(ana, "w2").dedupe_key),
        "status.backlog": lambda tx: status.backlog(tx, NOW),
        "status.ahead": lambda tx: status.ahead(tx, NOW),
        "status.delays": lambda tx: status.delays(tx, NOW),
        "outbox.claim": lambda tx: [taken.kind for taken in outbox.claim(tx, NOW, LEASE, 9)],
        "events.first_seen": lambda tx: events.first_seen(tx, "Ev1", NOW),
        "events.forget_old": lambda tx: events.forget_old(tx, NOW + timedelta(days=9)),
    }


def _calls_about_workspaces(ben: PersonRef) -> dict[str, Callable[[Tx], Any]]:
    return {
        "workspaces.enter": lambda tx: workspaces.enter(tx, "MX"),
        "workspaces.has_these_keys": workspaces.has_these_keys,
        "workspaces.refuse_other_keys": workspaces.refuse_other_keys,
        "workspaces.uses_master_key": workspaces.uses_master_key,
        "workspaces.hold_key_check": workspaces.hold_key_check,
        "workspaces.use_master_key": workspaces.use_master_key,
        "workspaces.set_key_check": lambda tx: workspaces.set_key_check(tx, "of another"),
        "workspaces.get": workspaces.get,
        "workspaces.set_epoch": lambda tx: workspaces.set_epoch(tx, date(2027, 1, 4)),
        "workspaces.set_key_holder": lambda tx: workspaces.set_key_holder(tx, "IT", ben, conflict=False),
        "workspaces.hold": workspaces.hold,
        "workspaces.set_support": lambda tx: workspaces.set_support(tx, Support(help_list="Other")),
        "workspaces.support": workspaces.support,
        "workspaces.hold_sending": lambda tx: workspaces.hold_sending(tx, NOW + timedelta(days=9)),
        "workspaces.may_not_send": lambda tx: workspaces.may_not_send(tx, NOW),
        "workspaces.send_not_before": workspaces.send_not_before,
        "workspaces.next_send_at": workspaces.next_send_at,
        "workspaces.room_to_send": lambda tx: workspaces.room_to_send(tx, NOW, PACE, 9),
        "workspaces.count_sending": lambda tx: workspaces.count_sending(tx, NOW, PACE, 3),
        "workspaces.roster_synced_at": workspaces.roster_synced_at,
        "workspaces.set_roster_synced": lambda tx: workspaces.set_roster_synced(tx, NOW + timedelta(days=9)),
        "workspaces.roster_next_at": workspaces.roster_next_at,
        "workspaces.claim_roster": lambda tx: workspaces.claim_roster(tx, NOW, NOW + timedelta(days=9)),
        "workspaces.release_roster": workspaces.release_roster,
        "workspaces.set_uninstalled": lambda tx: workspaces.set_uninstalled(tx, NOW),
        "workspaces.is_uninstalled": workspaces.is_uninstalled,
        "workspaces.forget_people": workspaces.forget_people,
        "workspaces.end": lambda tx: workspaces.end(tx, NOW),
        "workspaces.is_over": workspaces.is_over,
        "workspaces.over_since": workspaces.over_since,
        "workspaces.set_restored": lambda tx: workspaces.set_restored(tx, NOW, NOW),
        "workspaces.restored": workspaces.restored,
    }
