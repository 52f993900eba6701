"""`choir keys`: a new master key in place of the old one, and the way on when one is lost (privacy §7)."""

from __future__ import annotations

import os
import pwd
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from dotenv import dotenv_values

from bot import config
from bot.config import CHOIR_MASTER_KEY, CHOIR_MASTER_KEY_OLD, Settings
from bot.setup.database import Unready, opened
from bot.setup.init import fill, new_key, write_private
from storage import answers, person_keys, raises, workspaces
from storage.backup import Progress
from storage.database import Store, is_running, sole_process
from storage.key_uses import KeyUses
from storage.workspaces import WrongKeys

AT_ONCE = 200
"""Keys that are wrapped anew in one transaction, for which whoever writes waits some milliseconds."""

GO_ON = "`choir keys rotate` goes on."
MAY_GO = (
    "every key is sealed with CHOIR_MASTER_KEY. Make a backup (`choir db backup`); then CHOIR_MASTER_KEY_OLD "
    "may be removed from .env, and from where you keep it."
)
WRITTEN = """\
A new CHOIR_MASTER_KEY stands in {file}, the one before as CHOIR_MASTER_KEY_OLD. Nothing is sealed with it
yet.
  1. Put a copy of the new one where you keep the keys, and keep the old one there too for now.
  2. Restart every `choir run` on this database, each with both: they accept either.
  3. Say `choir keys rotate` again."""
NOT_IN_FILE = """\
The CHOIR_MASTER_KEY in use does not stand in {file}, so nothing was written. Make a new key (openssl rand
-base64 32 | tr +/ -_). Where you keep settings, put it in as CHOIR_MASTER_KEY, and the one before as
CHOIR_MASTER_KEY_OLD; restart every `choir run` with both, then say `choir keys rotate` again."""
SURE = """\
People's keys are sealed with the new master key now, also those of people who answer meanwhile.
A `choir run` that was not restarted with both keys cannot open anybody's answers from then on.
Were all of them restarted?"""
DONE = "{many} people's keys were looked at: {words}"
UNOPENED = """
{lost} of them open with neither key, and were left as they are: what they seal is lost unless an older key is
found."""

LOST = """\
With the CHOIR_MASTER_KEY of this database is lost, for good, and in every backup:
  - what people answered, all of it, and what they said with others in the running four weeks.
Not lost, because it needs CHOIR_REF_KEY or no key:
  - people, teams, roles, choices, days away, asks, and the updates that were published.
If you go on, the former is erased, and Choir works with the master key in .env, or makes one. Only what is
answered from now on counts in the running four weeks, so there may be no update of them. Tell staff."""
PHRASE = "erase all answers"
REFERENCE_LOST = """\
CHOIR_REF_KEY is not the one this database was made with. Without it nobody's pseudonym can be told, no
message can be sent, and nothing can be found again: look for it wherever keys were kept.
If it is lost for good, this database is of no use: move it away, run `choir init` and set the teams up
again. Leave LEDGER_MARK where it is, so that the running four weeks are not drawn twice. Tell staff."""
FITS = "The keys in .env open this database: nothing is lost, and nothing was changed."
UNCHANGED = "Nothing was changed."
GOES_ON = (
    "Every answer is erased. Start `choir run`; keep a copy of CHOIR_MASTER_KEY where the backups are not."
)


def which_is_wrong(error: WrongKeys) -> str:
    if error.reference_fits:
        return (
            "CHOIR_MASTER_KEY is not the one this database was made with: put that one in .env. If it is "
            "lost, `choir keys lost` says what that costs."
        )
    return (
        "The keys are not those this database was made with: put the right ones in .env. If CHOIR_REF_KEY is "
        "lost, `choir keys lost` says what that costs."
    )


# ---- a new one


def rotate(settings: Settings, env_file: Path, progress: Progress, agreed: Callable[[str], bool]) -> str:
    """The next step on the way to a new master key. Returns what to tell the operator.

    Safe to interrupt and to repeat. Raises WrongKeys, Unready.
    """
    with opened(settings) as store:
        if not store.is_migrated():
            raise Unready("The database's tables are not those of this version: run `choir db upgrade`.")
        workspaces.check_keys(store)
        if settings.old_master_key is None:
            return _prepare(env_file, settings.master_key)
        if is_running(settings.database_url) is not False and not agreed(SURE):
            return UNCHANGED
        return _wrap_all(store, progress)


def _prepare(env_file: Path, in_use: bytes) -> str:
    """Both keys into the file where the one in use stands."""
    in_file = dotenv_values(env_file, interpolate=False) if env_file.is_file() else {}
    present = in_file.get(CHOIR_MASTER_KEY.name) or ""
    if not present or CHOIR_MASTER_KEY.read({CHOIR_MASTER_KEY.name: present}) != in_use:
        return NOT_IN_FILE.format(file=env_file)
    both = {CHOIR_MASTER_KEY.name: new_key(), CHOIR_MASTER_KEY_OLD.name: present}
    write_private(env_file, fill(env_file.read_text(encoding="utf-8"), both))
    return WRITTEN.format(file=env_file)


def _wrap_all(store: Store, progress: Progress) -> str:
    known = workspaces.list_ids(store)
    for workspace in known:
        with store.begin(workspace) as tx:
            workspaces.use_master_key(tx)
    total, seen, lost = sum(_count(store, workspace) for workspace in known), 0, 0
    for workspace in known:
        after: str | None = ""
        while after is not None:
            with store.begin(workspace) as tx:
                batch = person_keys.wrap_anew(tx, after, AT_ONCE)
            after = batch.last if batch else None
            seen += batch.seen if batch else 0
            lost += batch.lost if batch else 0
            progress(seen, max(seen, total))
    store.fold()
    return DONE.format(many=seen, words=MAY_GO) + (UNOPENED.format(lost=lost) if lost else "")


def _count(store: Store, workspace: str) -> int:
    with store.read(workspace) as tx:
        return person_keys.count(tx)


# ---- a lost one


def lost(
    values: Mapping[str, str],
    env_file: Path,
    typed_back: Callable[[str, str], bool],
    put_on_record: Callable[[Settings, str], None],
) -> str:
    """Go on without the master key, once the operator typed what that means. Returns what to tell them.

    Where .env has no master key, one is made. Raises SettingsError, Unready, InUse, NoRecord.
    """
    fresh = {} if values.get(CHOIR_MASTER_KEY.name) else {CHOIR_MASTER_KEY.name: new_key()}
    settings = config.read_settings({**values, **fresh})
    put_on_record(settings, "keys.lost")
    with sole_process(settings.database_url), opened(settings) as store:
        if not store.is_migrated():
            raise Unready("There is no database, or it is of another version: run `choir db upgrade`.")
        try:
            workspaces.check_keys(store)
        except WrongKeys as error:
            if not error.reference_fits:
                return REFERENCE_LOST
        else:
            return FITS
        if not typed_back(LOST, PHRASE):
            return UNCHANGED
        if fresh:
            write_private(env_file, fill(_text(env_file), fresh))
        _erase_answers(store)
    return GOES_ON


def _text(env_file: Path) -> str:
    return env_file.read_text(encoding="utf-8") if env_file.is_file() else ""


def _erase_answers(store: Store) -> None:
    for workspace in workspaces.list_ids(store):
        with store.begin(workspace) as tx:
            if workspaces.has_these_keys(tx):
                continue
            answers.erase_all(tx)
            raises.forget_all(tx)
            person_keys.erase_all(tx)
            workspaces.use_master_key(tx)
    store.fold()


# ---- the record of their use

CHANGED = "The record was changed by hand: lines marked with ! do not follow from the ones before."
NO_USE = "No command has used the keys here yet."


def note_use(settings: Settings, command: str, now: datetime) -> None:
    """Raises NoRecord; then the keys are not to be used."""
    KeyUses.beside(settings.ledger_mark).add(now, command, _account())


def _account() -> str:
    """Under which name of this machine; who called sudo, where somebody did."""
    try:
        return os.environ.get("SUDO_USER") or pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


def uses(ledger_mark: Path) -> tuple[str, bool]:
    """Every use in words, and whether the record is as it was written. Raises NoRecord."""
    found = KeyUses.beside(ledger_mark).read()
    lines = [
        f"{' ' if use.follows else '!'} {use.at:%Y-%m-%d %H:%M:%S} UTC  {use.command:<18} {use.account}"
        for use in found
    ]
    is_whole = all(use.follows for use in found)
    return "\n".join([*(lines or [NO_USE]), *([] if is_whole else [CHANGED])]), is_whole
