"""Brings what is cached of Slack's roster up to date: zones, locales, who left, do-not-disturb.

Planning reads the cache and never calls Slack (delivery 11). Only people who have a part in some team
are kept; the rest of the workspace is passed over.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from slack_sdk.errors import SlackClientError

from bot.domain.members import Person, PersonRef
from bot.slack import RosterEntry
from schedules import checkins
from schedules.setting import Setting
from storage import members, rules, workspaces
from storage.rules import RuleKind

log = logging.getLogger(__name__)

EVERY = timedelta(hours=6)
AT_ONCE = 50
"""People per question about do-not-disturb (Slack: dnd.teamInfo)."""


def sync_roster(setting: Setting, workspace: str) -> bool:
    """Read the roster if the last look is too old; True when it did. A refusal waits for the next time."""
    now = setting.now()
    with setting.store.begin(workspace) as tx:
        last = workspaces.roster_synced_at(tx)
        if last is not None and now - last < EVERY:
            return False
        workspaces.set_roster_synced(tx, now)
        known = {person.ref: person for person in members.list_people(tx)}
    try:
        _sync(setting, workspace, known, now)
    except (SlackClientError, OSError) as error:
        log.warning("roster could not be read error=%s", type(error).__name__)
    return True


def _sync(setting: Setting, workspace: str, known: dict[PersonRef, Person], now: datetime) -> None:
    found: list[str] = []
    for entry in setting.messenger.roster():
        ref = setting.store.keys.ref(workspace, entry.user_id)
        if ref in known:
            found.append(entry.user_id)
            _note(setting, workspace, ref, known[ref], entry, now)
    for start in range(0, len(found), AT_ONCE):
        _note_quiet(setting, workspace, found[start : start + AT_ONCE])


def _note(
    setting: Setting, workspace: str, ref: PersonRef, was: Person, entry: RosterEntry, now: datetime
) -> None:
    if (was.tz, was.locale, was.active) == (entry.tz, entry.locale, entry.active):
        return
    with setting.store.begin(workspace) as tx:
        members.put(tx, entry.user_id, Person(ref=ref, tz=entry.tz, locale=entry.locale, active=entry.active))
        if rules.since(tx, ref, RuleKind.CHECKIN):
            checkins.plan_one(tx, ref, now)


def _note_quiet(setting: Setting, workspace: str, user_ids: Sequence[str]) -> None:
    spans = setting.messenger.quiet_spans(tuple(user_ids))
    with setting.store.begin(workspace) as tx:
        for user_id, quiet in spans.items():
            span = (quiet.begins, quiet.ends) if quiet else (None, None)
            members.set_quiet(tx, tx.ref(user_id), *span)
