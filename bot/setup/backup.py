"""`choir db backup`: a checked copy of the database, made while the bot runs. Needs no key."""

from datetime import datetime
from pathlib import Path

from storage import backup
from storage.backup import NoCopy, Progress

FOLDER = Path("backups")


def save(database_url: str, into: Path | None, now: datetime, progress: Progress) -> str:
    """Copy into a file or a folder, at first `backups`. Returns what to tell the operator. Raises NoCopy."""
    try:
        file = _name(database_url, into, now)
        contents = backup.save(database_url, file, progress)
        megabytes = file.stat().st_size / 1e6
    except OSError as error:
        raise NoCopy(f"{into or FOLDER} cannot be written: {error.strerror}.") from None
    return (
        f"{file} ({megabytes:.1f} MB) is written and checked; its tables have revision {contents.revision}. "
        "Only its owner can read it. Keep it where the keys are not."
    )


def _name(database_url: str, into: Path | None, now: datetime) -> Path:
    name = f"choir-{now:%Y%m%dT%H%M%SZ}{backup.suffix(database_url)}"
    if into is None:
        FOLDER.mkdir(mode=0o700, exist_ok=True)
        return FOLDER / name
    return into / name if into.is_dir() else into
