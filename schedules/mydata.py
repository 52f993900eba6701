"""Files with somebody's data are deleted when their time is up, and the message beside them says so."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta

from slack_sdk.errors import SlackClientError

from bot.blocks import mydata as screens
from bot.slack import Deleted, Refused, TryLater, Unknown
from schedules.setting import BATCH, Setting
from storage import copies, members, workspaces
from storage.copies import Copy

log = logging.getLogger(__name__)

TRIED_AGAIN = timedelta(hours=1)
"""After Slack refused to delete a file, which only whoever owns the workspace can change."""


def delete_copies(setting: Setting, workspace: str) -> bool:
    """Delete the files whose time is up, until Slack asks for a pause; True when some are done with."""
    now = setting.now()
    with setting.store.read(workspace) as tx:
        if workspaces.may_not_send(tx, now):
            return False
        due = copies.list_due(tx, now, BATCH)
    worked = False
    for copy in due:
        outcomes = [setting.messenger.delete_file(file_id) for file_id in copy.file_ids]
        pauses = [outcome.after for outcome in outcomes if isinstance(outcome, TryLater)]
        if pauses:
            with setting.store.begin(workspace) as tx:
                workspaces.hold_sending(tx, now + max(pauses))
            break
        worked |= _settle(setting, workspace, copy, outcomes)
    return worked


def _settle(setting: Setting, workspace: str, copy: Copy, outcomes: Sequence[object]) -> bool:
    """Whether nothing is left to do now; where Slack gave no answer, the next beat looks again.

    The message goes first: an edit that failed is repeated together with the deletion.
    """
    refused = [outcome.error for outcome in outcomes if isinstance(outcome, Refused)]
    if any(isinstance(outcome, Unknown) for outcome in outcomes):
        return False
    if refused:
        log.warning("copy not deleted error=%s", refused[0])
        said = "stuck"
    else:
        said = "gone" if any(isinstance(outcome, Deleted) for outcome in outcomes) else "none"
    if not _say(setting, workspace, copy, said):
        return False
    with setting.store.begin(workspace) as tx:
        if refused:
            copies.put_off(tx, copy, setting.now() + TRIED_AGAIN)
        else:
            copies.settle(tx, copy)
    return True


def _say(setting: Setting, workspace: str, copy: Copy, said: str) -> bool:
    """Whether the message beside the files reads so now, or never can."""
    with setting.store.read(workspace) as tx:
        reader = members.member(tx, copy.ref, setting.now())
        user_id = members.user_id(tx, copy.ref) if reader else ""
    if reader is None:
        return True
    message = screens.copy_note(setting.content.words_of(reader), said)
    try:
        channel = setting.messenger.conversation(user_id)
    except (SlackClientError, OSError):
        return False
    return not isinstance(setting.messenger.edit(channel, copy.ts, message), TryLater | Unknown)
