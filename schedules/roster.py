"""Brings what is cached of Slack's roster up to date: zones, locales, who left, vacation, do-not-disturb.

Planning reads the cache and never calls Slack (delivery 11). Only people who have a part in some team
are kept; the rest of the workspace is passed over.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from slack_sdk.errors import SlackClientError

from bot.domain.members import Person, PersonRef
from bot.slack import Quiet, RosterEntry
from schedules.setting import Setting
from storage import members, outbox, planning, workspaces

log = logging.getLogger(__name__)

EVERY = timedelta(hours=6)
AT_ONCE = 50
"""People per question about do-not-disturb (Slack: dnd.teamInfo)."""


def sync_roster(setting: Setting, workspace: str) -> bool:
    """Read the roster if the last look is too old; True when it did. A refusal waits for the next time."""
    now = setting.now()
    with setting.store.begin(workspace) as tx:
        if not workspaces.set_roster_synced(tx, now, last_before=now - EVERY):
            return False
        known = {person.ref: person for person in members.list_people(tx)}
    try:
        _sync(setting, workspace, known, now)
    except (SlackClientError, OSError) as error:
        log.warning("roster could not be read error=%s", type(error).__name__)
    return True


def _sync(setting: Setting, workspace: str, known: dict[PersonRef, Person], now: datetime) -> None:
    found: dict[str, Person] = {}
    for entry in setting.messenger.roster():
        ref = setting.store.keys.ref(workspace, entry.user_id)
        if ref in known:
            found[entry.user_id] = known[ref]
            _note(setting, workspace, known[ref], entry, now)
    user_ids = list(found)
    for start in range(0, len(user_ids), AT_ONCE):
        spans = setting.messenger.quiet_spans(tuple(user_ids[start : start + AT_ONCE]))
        _note_quiet(setting, workspace, {found[user_id]: span for user_id, span in spans.items()}, now)


def _note(setting: Setting, workspace: str, was: Person, entry: RosterEntry, now: datetime) -> None:
    told = replace(was, **{name: getattr(entry, name) for name in members.TOLD})
    if told == was:
        return
    with setting.store.begin(workspace) as tx:
        members.put(tx, entry.user_id, told)
        planning.look_again(tx, was.ref, now)


def _note_quiet(
    setting: Setting, workspace: str, spans: Mapping[Person, Quiet | None], now: datetime
) -> None:
    moved = {
        person.ref: quiet
        for person, quiet in spans.items()
        if (person.quiet_from, person.quiet_until) != _ends(quiet)
    }
    with setting.store.begin(workspace) as tx:
        for ref, quiet in moved.items():
            members.set_quiet(tx, ref, *_ends(quiet))
            outbox.judge_again(tx, ref, now)


def _ends(quiet: Quiet | None) -> tuple[datetime | None, datetime | None]:
    return (quiet.begins, quiet.ends) if quiet else (None, None)
