"""Setting up a team inside Slack: claim admin, two steps, the leader's promise, and the start.

The first step is kept as a plan, so nothing typed is lost; only the second applies it. No team starts
without the dated promise of its leader (changes 10).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Any, TypeAlias

from slack_bolt import Ack, App
from slack_sdk.errors import SlackApiError

from bot.blocks import ids
from bot.blocks import teams as screens
from bot.blocks.elements import Element, View
from bot.blocks.teams import Problem, TeamCheck, TeamDraft
from bot.content import Words
from bot.content.holidays import calendar_of, known_calendar_of
from bot.domain.groups import Roster, together
from bot.domain.localtime import epoch_for, local, next_working, zone
from bot.domain.members import Member, PersonRef, Team, TeamPlan, TeamState, Unit
from bot.domain.notices import Kind, dedupe_key, notice
from bot.domain.supervision import next_message_at
from bot.slack import RosterEntry
from handlers.members import note_person
from handlers.payloads import Malformed, act_from, query_of
from handlers.visit import (
    Edit,
    FreshHome,
    House,
    Listen,
    MemberListener,
    Replies,
    Show,
    Sorry,
    Turn,
    Visit,
    Wrong,
    for_member,
    for_reader,
)
from storage import members, outbox, privacy, rules, teams, workspaces
from storage.database import Tx
from storage.rules import RuleKind

log = logging.getLogger(__name__)

UNREADABLE = frozenset({"channel_not_found", "not_in_channel", "missing_scope"})
"""Slack's ways of saying that the bot may not see who is in a channel."""
HERE = frozenset({TeamState.AWAITING_PROMISE, TeamState.STARTED})


People: TypeAlias = Mapping[str, RosterEntry | None]
"""What Slack says of people, by user id; None for an id it does not know."""
Errors: TypeAlias = Mapping[str, str]
"""What is wrong with a form, by block_id; empty when nothing is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The first step as submitted, with what Slack says of everybody named in it."""

    draft: TeamDraft
    people: People
    member_ids: tuple[str, ...]
    bot_in_channel: bool

    def is_person(self, user_id: str) -> bool:
        return _is_staff(self.people.get(user_id))


def on_admin_claimed(visit: Visit) -> Replies:
    """A Slack owner or admin takes the part of Choir's admin."""
    entry = visit.house.messenger.person(visit.act.user_id)
    if entry is None or not entry.may_administer:
        return (Sorry(trouble="not_yours"),)
    with visit.begin() as tx:
        members.add_admin(tx, note_person(tx, entry))
        words = visit.words(visit.member(tx))
    return (Show(view=screens.admin_claimed(words)), FreshHome(showing_work=True))


def for_admin(listener: MemberListener) -> MemberListener:
    """A listener for admins only."""

    def on_act(visit: Visit, tx: Tx, member: Member) -> Replies:
        if not members.is_admin(tx, visit.ref):
            return (Sorry(trouble="not_yours"),)
        return listener(visit, tx, member)

    return on_act


def on_set_up_opened(visit: Visit, tx: Tx, member: Member) -> Replies:
    draft = TeamDraft(zone=member.person.tz, place=visit.house.country, language=visit.words(member).language)
    # The id is given here, so that a form sent twice is one team.
    view = screens.team_form(visit.words(member), units=_units(tx), draft=draft, team_id=teams.new_id())
    return (Show(view=view),)


def on_edit_opened(visit: Visit, tx: Tx, member: Member) -> Replies:
    """A team as it is or as it was last being set up, to go on with."""
    team_id = visit.act.value
    plan = teams.get_plan(tx, team_id) or _as_it_is(visit, tx, team_id)
    draft = _draft(tx, plan)
    view = screens.team_form(visit.words(member), units=_units(tx), draft=draft, team_id=team_id)
    return (Show(view=view),)


def _units(tx: Tx) -> tuple[tuple[str, str], ...]:
    return tuple((unit.unit_id, unit.name) for unit in teams.list_units(tx))


def _as_it_is(visit: Visit, tx: Tx, team_id: str) -> TeamPlan:
    team = teams.get(tx, team_id)
    if team is None:
        raise Malformed("team")
    listed = teams.list_members(tx, team_id, visit.now)
    return TeamPlan(team=team, members=listed, set_up_by=visit.ref)


def _draft(tx: Tx, plan: TeamPlan) -> TeamDraft:
    team = plan.team

    def user(ref: PersonRef | None) -> str:
        return members.user_id(tx, ref) if ref else ""

    return TeamDraft(
        name=team.name,
        unit_id=team.unit_id or "",
        channel_id=team.channel_id or "",
        supervisor_id=user(team.supervisor),
        deputy_id=user(team.deputy),
        leader_id=user(team.leader),
        member_ids=tuple(user(ref) for ref in plan.members),
        zone=team.tz,
        language=team.language,
        place=_place(team),
    )


def _place(team: Team) -> str:
    return f"{team.country}-{team.region}" if team.region else team.country


def on_planned(visit: Visit) -> Replies:
    """Step 1 was submitted: looked up in Slack, checked, kept as a plan; the form turns into step 2."""
    return for_member(for_admin(partial(_on_planned, asked=_look_up(visit))))(visit)


def _look_up(visit: Visit) -> Asked | None:
    """None when everybody of a channel is wanted that the bot cannot read."""
    draft, messenger = _read_draft(visit), visit.house.messenger
    try:
        everyone = messenger.channel_people(draft.channel_id) if draft.everyone_in_channel else ()
    except SlackApiError as error:
        if error.response.get("error") not in UNREADABLE:
            raise
        return None
    in_charge = (draft.supervisor_id, draft.deputy_id, draft.leader_id)
    listed = dict.fromkeys((*draft.member_ids, *everyone))
    people = messenger.people(user_id for user_id in (*in_charge, *listed) if user_id)
    return Asked(
        draft=draft,
        people=people,
        member_ids=tuple(user_id for user_id in listed if _is_staff(people[user_id])),
        bot_in_channel=messenger.is_in_channel(draft.channel_id),
    )


def _is_staff(entry: RosterEntry | None) -> bool:
    return entry is not None and entry.is_staff and entry.active


def _read_draft(visit: Visit) -> TeamDraft:
    act = visit.act
    return TeamDraft(
        name=(act.one(ids.TEAM_NAME) or "").strip(),
        unit_id=act.one(ids.UNIT) or "",
        new_unit=(act.one(ids.NEW_UNIT) or "").strip(),
        channel_id=act.needed(ids.CHANNEL),
        supervisor_id=act.needed(ids.SUPERVISOR),
        deputy_id=act.one(ids.DEPUTY) or "",
        leader_id=act.needed(ids.LEADER),
        member_ids=act.several(ids.MEMBERS),
        everyone_in_channel=bool(act.several(ids.EVERYONE)),
        zone=_zone(act.needed(ids.ZONE)),
        language=_offered(act.needed(ids.TEAM_LANGUAGE), visit.house.content.languages),
        place=_offered(act.needed(ids.PLACE), visit.words(None).places()),
    )


def _zone(given: str) -> str:
    try:
        return str(zone(given))
    except (KeyError, ValueError, OSError):
        raise Malformed("zone") from None


def _offered(given: str, offered: Container[str]) -> str:
    if given not in offered:
        raise Malformed("choice")
    return given


def _on_planned(visit: Visit, tx: Tx, member: Member, asked: Asked | None) -> Replies:
    words = visit.words(member)
    if asked is None:
        return (Wrong(errors=screens.problem(words, "channel_unreadable")),)
    if max(len(asked.draft.name), len(asked.draft.new_unit)) > screens.NAME_MAX:
        return (Sorry(trouble="too_long"),)
    team_id = str(visit.act.facts.get("team", "")) or teams.new_id()
    wrong = _what_is_wrong(tx, asked, team_id)
    if wrong:
        return (Wrong(errors=screens.problem(words, wrong)),)
    plan = _plan(visit, tx, asked, team_id)
    teams.save_plan(tx, plan)
    view = _check(visit, tx, words, plan, bot_in_channel=asked.bot_in_channel)
    return (Turn(view=view), FreshHome(showing_work=True))


def _what_is_wrong(tx: Tx, asked: Asked, team_id: str) -> Problem | None:
    """The first thing that is wrong with step 1, or None."""
    draft = asked.draft
    others = {team.name.casefold() for team in teams.list_teams(tx) if team.team_id != team_id}
    in_charge = [user for user in (draft.supervisor_id, draft.deputy_id, draft.leader_id) if user]
    problems: dict[Problem, bool] = {
        "name_missing": not draft.name,
        "name_taken": draft.name.casefold() in others,
        "unit_twice": bool(draft.new_unit and draft.unit_id),
        "no_members": not asked.member_ids,
        "supervisor_is_deputy": draft.supervisor_id == draft.deputy_id,
        "not_a_person": not all(asked.is_person(user) for user in in_charge),
    }
    return next((problem for problem, holds in problems.items() if holds), None)


def _plan(visit: Visit, tx: Tx, asked: Asked, team_id: str) -> TeamPlan:
    """The plan that step 1 amounts to. Everybody in it stands in the roster from now on."""
    refs = {user: note_person(tx, entry) for user, entry in asked.people.items() if entry is not None}
    draft = asked.draft
    country, _, region = draft.place.partition("-")
    present = teams.get(tx, team_id)
    if present is None:
        present = Team(team_id=team_id, name=draft.name, tz=draft.zone)
        teams.save(tx, present)
    team = replace(
        present,
        name=draft.name,
        unit_id=_unit(tx, draft),
        channel_id=draft.channel_id,
        tz=draft.zone,
        language=draft.language,
        country=country,
        region=region or None,
        supervisor=refs[draft.supervisor_id],
        deputy=refs[draft.deputy_id] if draft.deputy_id else None,
        leader=refs[draft.leader_id],
    )
    listed = tuple(refs[user] for user in asked.member_ids)
    return TeamPlan(team=team, members=listed, set_up_by=visit.ref)


def _unit(tx: Tx, draft: TeamDraft) -> str | None:
    """The unit chosen, or the one of that name, which is made if there is none."""
    if not draft.new_unit:
        return draft.unit_id or None
    named = (unit for unit in teams.list_units(tx) if unit.name.casefold() == draft.new_unit.casefold())
    unit = next(named, None) or Unit(unit_id=teams.new_id(), name=draft.new_unit)
    teams.save_unit(tx, unit)
    return unit.unit_id


def _check(visit: Visit, tx: Tx, words: Words, plan: TeamPlan, *, bot_in_channel: bool) -> View:
    own = teams.roster(plan.team, plan.members, None)
    siblings = _small_siblings(visit, tx, plan)
    workspace = workspaces.get(tx)
    return screens.team_check(
        words,
        TeamCheck(
            team_id=plan.team.team_id,
            name=plan.team.name,
            counted=own.eligible,
            siblings=tuple(team.name for team, _ in siblings),
            together=together([own, *(roster for _, roster in siblings)]),
            elsewhere=_elsewhere(tx, plan),
            channel_id=plan.team.channel_id or "",
            bot_in_channel=bot_in_channel,
            ask_key_holder=not (workspace.key_holder or workspace.key_holder_ref),
            guarantee=privacy.next_guarantee(tx),
        ),
    )


def _small_siblings(visit: Visit, tx: Tx, plan: TeamPlan) -> tuple[tuple[Team, Roster], ...]:
    """Teams of the same unit that are past their draft and too small for words of their own."""
    found, least = [], privacy.next_guarantee(tx).roster_min
    for team in teams.list_teams(tx):
        listed = _listed(visit, tx, team)
        roster = teams.roster(team, listed, None)
        sibling = team.team_id != plan.team.team_id and team.unit_id == plan.team.unit_id is not None
        if sibling and team.state in HERE and roster.eligible < least:
            found.append((team, roster))
    return tuple(found)


def _listed(visit: Visit, tx: Tx, team: Team) -> tuple[PersonRef, ...]:
    """A team's people: of a team that waits for its promise, those planned for it."""
    plan = teams.get_plan(tx, team.team_id)
    waiting = team.state is TeamState.AWAITING_PROMISE and plan is not None
    return plan.members if waiting and plan else teams.list_members(tx, team.team_id, visit.now)


def _elsewhere(tx: Tx, plan: TeamPlan) -> tuple[tuple[str, str], ...]:
    """Slack id and present team of people who belong to another team."""
    names = {team.team_id: team.name for team in teams.list_teams(tx)}
    present = ((ref, teams.current_team_id(tx, ref)) for ref in plan.members)
    return tuple(
        (members.user_id(tx, ref), names[team_id])
        for ref, team_id in present
        if team_id and team_id != plan.team.team_id
    )


def on_checked(visit: Visit) -> Replies:
    """Step 2 was submitted: the plan holds, and the leader is asked for the promise."""
    named = (visit.act.one(ids.KEY_PERSON), visit.act.one(ids.POOL_OWNER))
    people = visit.house.messenger.people(user_id for user_id in named if user_id)
    return for_member(for_admin(partial(_on_checked, people=people)))(visit)


def _on_checked(visit: Visit, tx: Tx, member: Member, people: People) -> Replies:
    teams.hold(tx, visit.act.fact("team"))  # its leader may be promising at this moment
    plan = teams.get_plan(tx, visit.act.fact("team"))
    if plan is None:
        raise Malformed("team")
    if len(visit.act.one(ids.KEY_WORDS) or "") > screens.NAME_MAX:
        return (Sorry(trouble="too_long"),)
    words = visit.words(member)
    wrong = _key_holder(visit, tx, words, people) or _pooling(visit, tx, words, plan, people)
    if wrong:
        return (Wrong(errors=wrong),)
    if not visit.act.several(ids.MOVE_HERE):
        plan = _without_those_elsewhere(tx, plan)
    return (Turn(view=_confirm(visit, tx, words, plan)), FreshHome(showing_work=True))


def _without_those_elsewhere(tx: Tx, plan: TeamPlan) -> TeamPlan:
    stay = {tx.ref(user_id) for user_id, _ in _elsewhere(tx, plan)}
    return replace(plan, members=tuple(ref for ref in plan.members if ref not in stay))


def _confirm(visit: Visit, tx: Tx, words: Words, plan: TeamPlan) -> View:
    present = teams.get(tx, plan.team.team_id)
    team = replace(plan.team, pooled=present.pooled if present else False)
    leader = team.leader
    if leader is None:
        raise Malformed("leader")
    if team.state is TeamState.STARTED:
        new_leader = present is None or present.leader != leader
        team = replace(team, promised_on=None, staff_told_on=None) if new_leader else team
        apply(tx, replace(plan, team=team), visit.now)
        if not team.waits_for_promise:
            return screens.team_saved(words, name=team.name)
    else:
        team = replace(team, state=TeamState.AWAITING_PROMISE)
        teams.save(tx, team)
        teams.save_plan(tx, replace(plan, team=team))
    ask_for_promise(tx, team, leader, visit.ref, visit.now)
    return screens.team_waiting(
        words,
        name=team.name,
        leader_id=members.user_id(tx, leader),
        started=team.state is TeamState.STARTED,
    )


def ask_for_promise(tx: Tx, team: Team, leader: PersonRef, admin: PersonRef, now: datetime) -> None:
    """One note to the leader, in their working time."""
    calendar = calendar_of(members.known(tx, leader, now), now)
    facts = {"team": team.team_id, "admin": admin}
    outbox.add(tx, notice(Kind.PROMISE, leader, team.team_id, next_working(now, calendar), facts=facts))


def _key_holder(visit: Visit, tx: Tx, words: Words, people: People) -> Errors:
    """Who runs the server and holds the keys, if it was asked (changes 11)."""
    act = visit.act
    if ids.KEY_WORDS not in act.values and ids.KEY_PERSON not in act.values:
        return {}
    user_id, said = act.one(ids.KEY_PERSON), (act.one(ids.KEY_WORDS) or "").strip()
    if not user_id and not said:
        return screens.problem(words, "key_holder_missing")
    ref = _named(tx, people, user_id)
    if user_id and ref is None:
        return screens.problem(words, "not_a_person", at=ids.KEY_PERSON)
    conflict = bool(act.several(ids.KEY_CONFLICT))
    workspaces.set_key_holder(tx, None if ref else said, ref, conflict=conflict)
    return {}


def _named(tx: Tx, people: People, user_id: str | None) -> PersonRef | None:
    """Somebody named in step 2, noted in the roster; None for an app, a stranger or somebody who left."""
    entry = people.get(user_id) if user_id else None
    return note_person(tx, entry) if entry is not None and _is_staff(entry) else None


def _pooling(visit: Visit, tx: Tx, words: Words, plan: TeamPlan, people: People) -> Errors:
    """Small siblings shown together, with a named owner of their line, if the admin chose so."""
    chosen = visit.act.one(ids.POOL)
    if chosen is None or plan.team.unit_id is None:
        return {}
    pool = [plan.team, *(team for team, _ in _small_siblings(visit, tx, plan))]
    if chosen == ids.POOL_ALONE:
        _set_pooled(tx, [plan.team], pooled=False)
        return {}
    if not visit.act.one(ids.POOL_OWNER):
        return screens.problem(words, "pool_owner_missing")
    owner = _named(tx, people, visit.act.one(ids.POOL_OWNER))
    if owner is None:
        return screens.problem(words, "not_a_person", at=ids.POOL_OWNER)
    unit = next(unit for unit in teams.list_units(tx) if unit.unit_id == plan.team.unit_id)
    teams.save_unit(tx, replace(unit, pool_owner=owner))
    _set_pooled(tx, pool, pooled=True)
    return {}


def _set_pooled(tx: Tx, pool: list[Team], *, pooled: bool) -> None:
    for team in pool:
        teams.hold(tx, team.team_id)
        present = teams.get(tx, team.team_id)
        if present:
            teams.save(tx, replace(present, pooled=pooled))


def on_promise_opened(visit: Visit, tx: Tx, member: Member) -> Replies:
    team = _promised_team(visit, tx, visit.act.value)
    if team is None:
        return (Sorry(trouble="out_of_date"),)
    view = screens.promise_form(visit.words(member), team_id=team.team_id, name=team.name)
    return (Show(view=view),)


def on_promised(visit: Visit, tx: Tx, member: Member) -> Replies:
    """The leader accepts: dated, visible to all, and the team starts, unless it has under another leader."""
    teams.hold(tx, visit.act.fact("team"))  # an admin may be setting it up again at this moment
    team = _promised_team(visit, tx, visit.act.fact("team"))
    if team is None:
        return (Sorry(trouble="out_of_date"),)
    words, today = visit.words(member), local(visit.now, member.person.tz).date()
    told_on = _date(visit.act.needed(ids.STAFF_TOLD_ON))
    if told_on > today:
        return (Wrong(errors=screens.problem(words, "told_in_future")),)
    promised = replace(team, promised_on=today, staff_told_on=told_on)
    if team.state is TeamState.STARTED:
        teams.save(tx, promised)
    else:
        plan = teams.get_plan(tx, team.team_id) or _as_it_is(visit, tx, team.team_id)
        start(tx, replace(plan, team=promised), visit.now)
    view = screens.promise_thanks(words, name=team.name)
    return (Turn(view=view), *_promise_card(tx, words, promised), FreshHome())


def _promised_team(visit: Visit, tx: Tx, team_id: str) -> Team | None:
    """The team that waits for exactly this person's promise."""
    team = teams.get(tx, team_id)
    return team if team is not None and team.waits_for_promise and team.leader == visit.ref else None


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Malformed("date") from None


def _promise_card(tx: Tx, words: Words, team: Team) -> Replies:
    sent = outbox.sent_at(tx, dedupe_key(Kind.PROMISE, team.leader, team.team_id))
    if sent is None or team.promised_on is None or team.staff_told_on is None:
        return ()
    message = screens.promise_given(
        words, name=team.name, promised_on=team.promised_on, staff_told_on=team.staff_told_on
    )
    return (Edit(message=message, channel=sent[0], ts=sent[1]),)


def start(tx: Tx, plan: TeamPlan, now: datetime) -> None:
    """Start a team whose leader has promised: everybody in it gets first contact, then check-ins."""
    if plan.team.promised_on is None or plan.team.staff_told_on is None:
        raise ValueError("no team starts without its leader's promise")
    workspaces.set_epoch(tx, epoch_for(now, plan.team.tz))
    team = replace(plan.team, state=TeamState.STARTED, started_at=now)
    apply(tx, replace(plan, team=team), now)
    calendar = calendar_of(members.known(tx, plan.set_up_by, now), now)
    due_at, facts = next_working(now, calendar), {"team": team.team_id}
    outbox.add(tx, notice(Kind.TEAM_STARTED, plan.set_up_by, team.team_id, due_at, facts=facts))


def apply(tx: Tx, plan: TeamPlan, now: datetime) -> None:
    """Make a started team what its plan says: who joined is welcomed, who left is left in peace."""
    team = plan.team
    teams.save(tx, team)
    teams.drop_plan(tx, team.team_id)
    for ref in set(teams.list_members(tx, team.team_id, now)) - set(plan.members):
        teams.leave(tx, ref, now)
        rules.end(tx, ref, RuleKind.CHECKIN)
    for ref in plan.members:
        _enrol(tx, team, ref, now)
    _refresh_weekly(tx, now)


def _enrol(tx: Tx, team: Team, ref: PersonRef, now: datetime) -> None:
    teams.join(tx, team.team_id, ref, now)
    rules.begin(tx, ref, RuleKind.CHECKIN, now, now)
    calendar = calendar_of(members.known(tx, ref, now), now)
    outbox.add(tx, notice(Kind.FIRST_CONTACT, ref, "once", next_working(now, calendar)))


def _refresh_weekly(tx: Tx, now: datetime) -> None:
    """Everybody who reads a started team's line gets the weekly message, and nobody else."""
    epoch_on = workspaces.get(tx).epoch_on
    readers = sorted(_weekly_readers(tx))
    rules.keep_only(tx, RuleKind.WEEKLY, readers)
    for ref in readers if epoch_on else ():
        calendar = known_calendar_of(members.known(tx, ref, now), now)
        due_at = next_message_at(epoch_on, now, now, calendar) if epoch_on else None
        rules.begin(tx, ref, RuleKind.WEEKLY, now, due_at)


def _weekly_readers(tx: Tx) -> set[PersonRef]:
    """Supervisors of started teams, and owners of the lines of pooled ones."""
    started = [team for team in teams.list_teams(tx) if team.state is TeamState.STARTED]
    pooled_in = {team.unit_id for team in started if team.pooled}
    owners = {unit.pool_owner for unit in teams.list_units(tx) if unit.unit_id in pooled_in}
    return {ref for ref in (*(team.supervisor for team in started), *owners) if ref}


def on_pin_posted(visit: Visit) -> Replies:
    """The crisis lines go to the team's channel, in its working time, for somebody to pin."""
    with visit.read() as tx:
        team = teams.get(tx, visit.act.value)
    if team is None or team.channel_id is None:
        return (Sorry(trouble="out_of_date"),)
    in_channel = visit.house.messenger.is_in_channel(team.channel_id)
    return for_member(for_admin(partial(_on_pin_posted, team=team, in_channel=in_channel)))(visit)


def _on_pin_posted(visit: Visit, tx: Tx, member: Member, team: Team, *, in_channel: bool) -> Replies:
    words, channel = visit.words(member), team.channel_id or ""
    if not in_channel:
        refused = screens.pin_refused(words, team_id=team.team_id, name=team.name, channel_id=channel)
        return (Edit(message=refused),)
    about = f"{team.team_id}|{local(visit.now, team.tz):%Y%m%d}"  # on another day they are posted again
    facts = {"team": team.team_id}
    outbox.add(tx, notice(Kind.PIN, None, about, visit.now, channel=channel, facts=facts))
    return (Edit(message=screens.pin_posted(words, name=team.name, channel_id=channel)),)


def options_listener(house: House, screen: Callable[[Words, str], list[Element]]) -> Callable[..., None]:
    """A Bolt listener for a menu that loads its options while somebody types."""

    def on_typed(body: Mapping[str, Any], ack: Ack) -> None:
        try:
            visit, query = Visit(house=house, act=act_from(body), now=house.now()), query_of(body)
        except Malformed:
            log.warning("malformed query")
            ack(options=[])
            return
        known = visit.from_memory()
        ack(options=screen(known[0] if known else house.content.words(None), query))

    return on_typed


def register(app: App, listen: Listen, house: House) -> None:
    app.action(ids.CLAIMED_ADMIN)(listen(on_admin_claimed))
    app.action(ids.SET_UP_TEAM)(listen(for_reader(for_admin(on_set_up_opened))))
    app.action(ids.EDITED_TEAM)(listen(for_reader(for_admin(on_edit_opened))))
    app.view(ids.VIEW_TEAM)(listen(on_planned))
    app.view(ids.VIEW_TEAM_CHECK)(listen(on_checked))
    app.action(ids.OPENED_PROMISE)(listen(for_reader(on_promise_opened)))
    app.view(ids.VIEW_PROMISE)(listen(for_member(on_promised)))
    app.action(ids.POSTED_PIN)(listen(on_pin_posted))
    app.options(ids.ZONE)(options_listener(house, screens.zone_options))
    app.options(ids.PLACE)(options_listener(house, screens.place_options))
