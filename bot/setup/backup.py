"""`choir db backup`, a checked copy of the database made while the bot runs, and `choir db restore`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.config import Settings
from bot.setup.database import keys_of
from storage import backup, keys_file, restore
from storage.backup import Progress
from storage.database import sqlite_file
from storage.ledger_mark import LedgerMark, NoMark
from storage.outside import NoCopy
from storage.restore import Restoration
from storage.workspaces import WrongKeys

FOLDER = Path("backups")

SURE = """\
{file} is whole, and the keys in .env open it. If it is put back:
  - What people answered, chose and asked since it was made is gone from Choir.
  - Whoever deleted their data since stays deleted.
  - The database as it is now, if there is one, is kept as {kept}.
  - Messages that may have gone out since are looked up in Slack before any is sent.
  - {updates}
Put it back?"""
MARKED = """\
LEDGER_MARK is not put back. Updates were made of the weeks before {until}: where the backup does not
    know of one, there is none for those weeks."""
UNMARKED = """\
LEDGER_MARK cannot be read. If updates were ever made, `choir run` will not start without it."""
NOTHING_DRAWN = "LEDGER_MARK is not put back. No update was made so far."
DONE = """\
{file} is in place. Start `choir run`: it first looks up what may have gone out since.
`choir status` says how much is left to look up."""
UNDO = """
The database as it was is kept as {kept}. To undo this: choir db restore {kept}
People's keys lie beside it, and are deleted with the first backup after seven days. Delete both before, if
you can: what was erased meanwhile is still in them."""


def save(database_url: str, into: Path | None, now: datetime, progress: Progress) -> str:
    """Copy into a file or a folder, at first `backups`, and the people's keys into a file beside it.

    Files with keys that are older than a week are deleted there. Needs no key. Returns what to tell the
    operator. Raises NoCopy.
    """
    try:
        file = _name(database_url, into, now)
        contents = backup.save(database_url, file, progress)
        for folder in {file.parent, (sqlite_file(database_url) or file).parent}:
            keys_file.drop_old(folder, now)
        megabytes = file.stat().st_size / 1e6
    except OSError as error:
        raise NoCopy(f"{into or FOLDER} cannot be written: {error.strerror}.") from None
    return (
        f"{file} ({megabytes:.1f} MB) is written and checked; its tables have revision {contents.revision}. "
        f"{keys_file.beside(file)} has the people's keys and may be kept for {keys_file.KEPT.days} days. "
        "Only their owner can read them. Keep both where CHOIR_MASTER_KEY is not."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """What to put back. keys: the file with people's keys; None for the newest beside it."""

    file: Path
    keys: Path | None = None
    without_keys: bool = False


def put_back(
    settings: Settings, wanted: Backup, now: datetime, progress: Progress, agreed: Callable[[str], bool]
) -> str:
    """Put a backup in place of the database once the operator agreed. Returns what to tell them.

    Raises NoCopy; then nothing was changed.
    """
    file = wanted.file
    kept = _kept(settings.database_url, file, now)
    keys = keys_of(settings)
    mark = LedgerMark(file=settings.ledger_mark)
    what = Restoration(
        url=settings.database_url,
        file=file,
        kept=kept,
        ledger_mark=mark,
        keys=keys,
        now=now,
        keys_from=wanted.keys,
        without_keys=wanted.without_keys,
    )
    sure = SURE.format(file=file, kept=kept, updates=_updates(mark))
    try:
        done = restore.put_back(what, progress, lambda: agreed(sure))
    except WrongKeys:
        raise NoCopy(
            f"The keys in .env are not those that {file} was made with: put those back first."
        ) from None
    except OSError as error:
        raise NoCopy(f"{error.filename or file} cannot be used: {error.strerror}.") from None
    if not done:
        return "Nothing was changed."
    return DONE.format(file=file) + (UNDO.format(kept=kept) if kept.exists() else "")


def _updates(mark: LedgerMark) -> str:
    """What becomes of updates made since the backup, as far as the mark knows of them."""
    try:
        newest = max(mark.read().values(), default=None)
    except NoMark:
        return UNMARKED
    return MARKED.format(until=f"{newest:%Y-%m-%d}") if newest else NOTHING_DRAWN


def _name(database_url: str, into: Path | None, now: datetime) -> Path:
    name = f"choir-{_stamp(now)}{backup.suffix(database_url)}"
    if into is None:
        FOLDER.mkdir(mode=0o700, exist_ok=True)
        return FOLDER / name
    return into / name if into.is_dir() else into


def _kept(database_url: str, file: Path, now: datetime) -> Path:
    """A new file for the database that is replaced: beside it, or beside the backup on PostgreSQL."""
    beside = sqlite_file(database_url) or file
    return beside.with_name(f"choir-replaced-{_stamp(now)}{backup.suffix(database_url)}")


def _stamp(now: datetime) -> str:
    return f"{now:%Y%m%dT%H%M%SZ}"
