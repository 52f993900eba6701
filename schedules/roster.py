"""Brings what is cached of Slack's roster up to date: zones, locales, who left, vacation, do-not-disturb.

Planning reads the cache and never calls Slack (delivery 11). Only people who have a part in some team
are kept; the rest of the workspace is passed over.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from http.client import HTTPException
from typing import TypeVar

from slack_sdk.errors import SlackApiError, SlackClientError

from bot.domain.members import Person, PersonRef
from bot.slack import Quiet, RosterEntry, is_gone, pause_after
from schedules.setting import Setting
from storage import members, outbox, planning, workspaces

log = logging.getLogger(__name__)

T = TypeVar("T")
NAME = "roster"
EVERY = timedelta(hours=6)
AGAIN = timedelta(minutes=10)
"""After a look that failed, or whose machine died."""
AT_ONCE = 50
"""People per question about do-not-disturb (Slack: dnd.teamInfo)."""
PAUSES = 5
"""How often in a row Slack may ask to wait before this look is given up."""


class _Stopping(Exception):
    """The program is to end."""


def sync_roster(setting: Setting, workspace: str) -> bool:
    """Read the roster if the last look is too old; True when it was read.

    It repairs what no event told: who moved or left, and that the app was taken out of the workspace.
    """
    now = setting.now()
    with setting.store.begin(workspace) as tx:
        if workspaces.is_over(tx) or not workspaces.claim_roster(tx, now, now + AGAIN):
            return False
        known = {person.ref: person for person in members.list_people(tx)}
    try:
        _sync(setting, workspace, known, now)
    except _Stopping:
        with setting.store.begin(workspace) as tx:
            workspaces.release_roster(tx)
        return False
    except (SlackClientError, HTTPException, OSError) as error:
        log.warning("roster could not be read error=%s", type(error).__name__)
        if is_gone(error):
            _note_gone(setting, workspace, now)
        return False
    with setting.store.begin(workspace) as tx:
        workspaces.set_roster_synced(tx, now, now + EVERY)
    return True


def _note_gone(setting: Setting, workspace: str, now: datetime) -> None:
    with setting.store.begin(workspace) as tx:
        workspaces.set_uninstalled(tx, now)


def _sync(setting: Setting, workspace: str, known: dict[PersonRef, Person], now: datetime) -> None:
    found: dict[str, Person] = {}
    for entry in _entries(setting):
        ref = setting.store.keys.ref(workspace, entry.user_id)
        if ref in known:
            found[entry.user_id] = known[ref]
            _note(setting, workspace, known[ref], entry, now)
    user_ids = list(found)
    for start in range(0, len(user_ids), AT_ONCE):
        asked_about = tuple(user_ids[start : start + AT_ONCE])
        spans = _asked(setting, partial(setting.messenger.quiet_spans, asked_about))
        _note_quiet(setting, workspace, {found[user_id]: span for user_id, span in spans.items()}, now)


def _entries(setting: Setting) -> Iterator[RosterEntry]:
    cursor: str | None = ""
    while cursor is not None:
        page, cursor = _asked(setting, partial(setting.messenger.roster_page, cursor))
        yield from page


def _asked(setting: Setting, question: Callable[[], T]) -> T:
    """Slack's answer. Thousands of people take more questions than it allows in a minute: it says so."""
    for _ in range(PAUSES):
        setting.pulse.beat(NAME)
        if setting.stopping.is_set():
            raise _Stopping
        try:
            return question()
        except SlackApiError as error:
            pause = pause_after(error)
            if not pause:
                raise
        setting.stopping.wait(pause.total_seconds())
    return question()


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
