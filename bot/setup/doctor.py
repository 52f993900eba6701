"""`choir doctor`: looks everything over and says in words what is wrong and what to do. Changes nothing."""

import difflib
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from dotenv import dotenv_values
from sqlalchemy.exc import SQLAlchemyError

from bot import config
from bot.config import Settings, SettingsError
from bot.domain.crisis import is_reviewed
from bot.domain.notices import Fate
from bot.setup import keys
from bot.setup.database import opened
from bot.setup.tokens import Refused, Unreachable, try_app_token, try_bot_token
from bot.slack import METHODS, Identity
from storage import departures, ledger_mark, outbox, person_keys, privacy, restore, workspaces
from storage.database import Store, is_running, sqlite_file
from storage.ledger_mark import LedgerMark, NoMark
from storage.restore import HalfRestored
from storage.workspaces import WrongKeys

SCOPES = frozenset({"commands"}).union(*METHODS.values())
"""Commands, shortcuts and what people do need `commands`; the events need nothing that no method needs."""
CLOCK_MAY_DIFFER = timedelta(minutes=2)


class Verdict(StrEnum):
    OK = "ok"
    NOTE = "note"
    WRONG = "WRONG"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of the doctor: what was looked at, how it is, and what to do."""

    about: str
    verdict: Verdict
    words: str

    def __str__(self) -> str:
        return f"{self.verdict:<6} {self.about}: {self.words}"


def ok(about: str, words: str) -> Finding:
    return Finding(about=about, verdict=Verdict.OK, words=words)


def note(about: str, words: str) -> Finding:
    return Finding(about=about, verdict=Verdict.NOTE, words=words)


def wrong(about: str, words: str) -> Finding:
    return Finding(about=about, verdict=Verdict.WRONG, words=words)


def examine(values: Mapping[str, str], env_file: Path, now: datetime) -> Iterator[Finding]:
    """All findings, in the order in which one would put them right."""
    yield from _env_file(env_file)
    try:
        settings = config.read_settings(values)
    except SettingsError as error:
        yield from (wrong(problem.name, problem.words) for problem in error.problems)
        yield note("the rest", "was not looked at, because it needs these settings.")
        return
    yield ok("settings", "every setting can be used.")
    bot = try_bot_token(settings.slack_bot_token, settings.slack_api_url, settings.https_proxy)
    app = try_app_token(settings.slack_app_token, settings.slack_api_url, settings.https_proxy)
    yield _token("bot token", bot)
    yield _token("app token", app)
    if isinstance(bot, Identity):
        yield _scopes(bot.scopes)
        yield from _clock(bot.answered_at, now)
    yield from _database(settings, bot.workspace if isinstance(bot, Identity) else None)
    yield _crisis_lines(settings.crisis_reviewed_on, now.date())


def _env_file(env_file: Path) -> Iterator[Finding]:
    if not env_file.is_file():
        return
    if env_file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield wrong(str(env_file), f"others on this machine may read the keys in it: chmod 600 {env_file}")
    known = [setting.name for setting in config.SETTINGS]
    for name in dotenv_values(env_file, interpolate=False):
        if name not in known and (meant := difflib.get_close_matches(name, known, 1, 0.8)):
            yield note(str(env_file), f"{name} is not a setting of Choir; did you mean {meant[0]}?")


def _token(about: str, verdict: object) -> Finding:
    match verdict:
        case Refused(words=words) | Unreachable(words=words):
            return wrong(about, f"{words}.")
        case _:
            return ok(about, "Slack accepts it.")


def _scopes(has: frozenset[str]) -> Finding:
    if SCOPES - has:
        return wrong(
            "scopes",
            f"the app lacks {', '.join(sorted(SCOPES - has))}: on its page paste app.yaml again under App "
            "Manifest, then install it again.",
        )
    if has - SCOPES:
        return note("scopes", f"the app has more than Choir uses: {', '.join(sorted(has - SCOPES))} can go.")
    return ok("scopes", "the app has exactly what Choir uses.")


def _clock(slack: datetime | None, now: datetime) -> Iterator[Finding]:
    if slack is None:
        return
    if abs(slack - now) > CLOCK_MAY_DIFFER:
        minutes = round(abs(slack - now) / timedelta(minutes=1))
        side = "fast" if now > slack else "slow"
        yield wrong(
            "clock",
            f"this machine is {minutes} minutes {side}, so messages come at the wrong time: switch time "
            "synchronisation on (on Linux: timedatectl set-ntp true).",
        )
    else:
        yield ok("clock", "this machine and Slack agree.")


def _database(settings: Settings, workspace: str | None) -> Iterator[Finding]:
    file = sqlite_file(settings.database_url)
    if file and not file.is_file():
        yield note("database", f"{file} does not exist yet; `choir run` makes it.")
        return
    try:
        with opened(settings) as store:
            yield from _tables(store, workspace, LedgerMark(file=settings.ledger_mark))
    except SQLAlchemyError as error:
        yield wrong(
            "database",
            f"it cannot be used ({type(error).__name__}): see that DATABASE_URL is right and that it runs.",
        )
        return
    yield from _running(settings.database_url)


def _tables(store: Store, workspace: str | None, mark: LedgerMark) -> Iterator[Finding]:
    try:
        restore.refuse_half(store)
    except HalfRestored as error:
        yield wrong("database", str(error))
        return
    if not store.is_migrated():
        yield wrong("database", "its tables are not those of this version: run `choir db upgrade`.")
        return
    yield ok("database", "it can be used and has the tables of this version.")
    yield _ledger(store, mark)
    known = workspaces.list_ids(store)
    for each in known:
        yield _keys(store, each)
        yield _numbers(store, each)
        yield from _deliveries(store, each)
        yield from _end(store, each)
    if known and workspace and workspace not in known:
        yield wrong(
            "workspace",
            "the bot token belongs to another Slack workspace than this database: use that workspace's token "
            "or another DATABASE_URL.",
        )


def _ledger(store: Store, mark: LedgerMark) -> Finding:
    try:
        ledger_mark.check(mark, store)
    except NoMark as error:
        return wrong("ledger", f"{error}")
    if not ledger_mark.is_writable(mark):
        return wrong(
            "ledger", f"LEDGER_MARK: {mark.file} cannot be written by whoever asks; then no update is made."
        )
    if not mark.file.exists():
        return note("ledger", f"LEDGER_MARK: {mark.file} does not exist yet; `choir run` makes it.")
    return ok("ledger", "LEDGER_MARK knows of every update that was made.")


def _keys(store: Store, workspace: str) -> Finding:
    try:
        with store.read(workspace) as tx:
            workspaces.refuse_other_keys(tx)
            left, begun = person_keys.count_old(tx), workspaces.uses_master_key(tx)
    except WrongKeys as error:
        return wrong("keys", keys.which_is_wrong(error))
    if left or not begun:
        return note("keys", f"{left} people's keys are still sealed with the old master key: {keys.GO_ON}")
    if store.keys.old is not None:
        return note("keys", keys.MAY_GO)
    return ok("keys", "they are those this database was made with.")


def _numbers(store: Store, workspace: str) -> Finding:
    with store.read(workspace) as tx:
        if not privacy.was_loosened(tx):
            return ok("numbers of the update", "none is looser than what staff were told.")
    return wrong(
        "numbers of the update",
        "somebody changed them in the database to looser ones. Choir keeps to the strictest that it knows; a "
        "row without a number stops all updates. Find out who did that, and tell staff.",
    )


def _deliveries(store: Store, workspace: str) -> Iterator[Finding]:
    with store.read(workspace) as tx:
        stuck = outbox.list_stuck(tx)
    for kind, fate, reason, many in stuck:
        yield note("messages", f"{many} of kind {kind} {_fate(fate, reason)}")
    if not stuck:
        yield ok("messages", "none is held back.")


def _end(store: Store, workspace: str) -> Iterator[Finding]:
    with store.read(workspace) as tx:
        over_at = departures.over_at(tx)
    if over_at:
        yield note(
            "end",
            f"the app was taken out, or Choir ended: all about people is erased on {over_at:%Y-%m-%d}. "
            "`choir end --undo` goes on, or, where it was taken out, installing it again and a restart.",
        )


def _fate(fate: Fate, reason: str) -> str:
    if fate == Fate.HELD:
        return "held: they may have arrived, and Slack lets nobody look it up; none is sent twice."
    if reason == "cannot_be_rendered":
        return "set aside: Choir could not write them, which is a fault of its own; the others go on."
    return f"set aside: Slack refused them with the code {reason or 'unknown'}; the others go on."


def _running(database_url: str) -> Iterator[Finding]:
    """On SQLite one process at most; on PostgreSQL any number, which nobody counts."""
    match is_running(database_url):
        case True:
            yield ok("bot", "`choir run` is running on this database.")
        case False:
            yield note("bot", "`choir run` is not running on this database.")


def _crisis_lines(reviewed_on: date | None, today: date) -> Finding:
    last = f"last checked on {reviewed_on}" if reviewed_on else "nobody has noted that they were checked"
    if is_reviewed(reviewed_on, today):
        return ok("crisis lines", f"{last}.")
    return note(
        "crisis lines",
        f"{last}: call or look up each number that `/choir crisis` shows, then write today's date into "
        "CRISIS_REVIEWED_ON.",
    )


def all_well(findings: Iterable[Finding]) -> bool:
    """Whether nothing has to be put right."""
    return all(finding.verdict != Verdict.WRONG for finding in findings)
