"""The facts that planning somebody's next check-in needs, gathered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from bot.content.holidays import calendar_of
from bot.domain.checkins import Outlook, Situation, outlook
from bot.domain.localtime import local, week_of
from bot.domain.members import Member, PersonRef
from storage import checkins, members, outbox, privacy, rules, workspaces
from storage.database import Tx
from storage.rules import Rule, RuleKind


def situations(tx: Tx, running: Mapping[PersonRef, Rule], now: datetime) -> Mapping[PersonRef, Situation]:
    """Those of the people whom these rules are about, in as many queries as for one.

    Left out is for whom nothing is to be planned: who left, and who is on no team that has started.
    """
    epoch_on = workspaces.get(tx).epoch_on
    if epoch_on is None:
        return {}
    found = members.list_members(tx, running, now)
    team_of = {ref: one.team.team_id for ref, one in found.items() if one.team and one.person.active}
    groups = privacy.groups_of(tx, team_of, now)
    return {
        ref: Situation(
            person=found[ref].person,
            preferences=found[ref].preferences,
            standing=running[ref].standing,
            calendar=calendar_of(found[ref], now),
            epoch_on=epoch_on,
            small=not groups[ref],
        )
        for ref in team_of
    }


def situation(tx: Tx, ref: PersonRef, now: datetime) -> Situation | None:
    """One person's; None when nothing is to be planned for them."""
    rule = rules.get(tx, ref, RuleKind.CHECKIN)
    return situations(tx, {ref: rule}, now).get(ref) if rule else None


def next_checkin(tx: Tx, ref: PersonRef, now: datetime) -> Outlook | None:
    """When somebody's next check-in comes, or why none does; None where none is planned at all."""
    facts, rule = situation(tx, ref, now), rules.get(tx, ref, RuleKind.CHECKIN)
    if facts is None or rule is None:
        return None
    weeks = {found.week: found for found in checkins.list_weeks(tx, ref)}
    return outlook(facts, weeks, rule.since, now)


def look_again(tx: Tx, ref: PersonRef, now: datetime) -> None:
    """Something changed for somebody: what is planned for them and what waits for them is judged anew."""
    rules.look_again(tx, ref, now)
    outbox.judge_again(tx, ref, now)


def week_that_may_come(tx: Tx, ref: PersonRef, now: datetime) -> int | None:
    """The week that runs, if its card is held back or was left out and can be had by asking for it."""
    facts, found = situation(tx, ref, now), next_checkin(tx, ref, now)
    if facts is None or found is None or not found.may_come_now:
        return None
    return week_of(facts.epoch_on, local(now, facts.person.tz).date())


def first_on(tx: Tx, member: Member, now: datetime) -> date | None:
    """The local date of somebody's first check-in, as far as it is known now; None once one has come."""
    if any(checkin.ts for checkin in checkins.list_weeks(tx, member.ref)):
        return None
    next_one = next_checkin(tx, member.ref, now)
    return local(next_one.at, member.person.tz).date() if next_one and next_one.at else None
