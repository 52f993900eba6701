"""Settings from the environment and `.env`: every bad or missing one is reported at once, by name.

What privacy depends on (how many people a group needs, how answers are stored) is not a setting.
"""

import base64
import binascii
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from ipaddress import ip_address
from pathlib import Path
from typing import Generic, TypeVar

from dotenv import dotenv_values

from bot.domain.huddles import ROOM

T_co = TypeVar("T_co", covariant=True)

ENV_FILE = Path(".env")
DATA = Path("data")
KEY_BYTES = 32
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What one installation runs with. Nothing secret appears in its repr."""

    slack_bot_token: str = field(repr=False)
    slack_app_token: str = field(repr=False)
    slack_api_url: str
    https_proxy: str | None = field(repr=False)  # may hold a password
    database_url: str = field(repr=False)  # may hold a password
    ledger_mark: Path
    master_key: bytes = field(repr=False)
    ref_key: bytes = field(repr=False)
    crisis_country: str
    crisis_reviewed_on: date | None
    answers_kept_weeks: int
    send_rate_per_minute: int
    log_level: str
    http_port: int | None = None
    http_host: str = "127.0.0.1"
    old_master_key: bytes | None = field(default=None, repr=False)
    huddle_fallback_url: str | None = None
    peers_kept_days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One setting that cannot be used: its name, and what is wrong and what to do, without its value."""

    name: str
    words: str

    def __str__(self) -> str:
        return f"{self.name} {self.words}"


class SettingsError(Exception):
    """Says everything that is wrong with the settings, one line each."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        lines = "\n".join(f"  {problem}" for problem in problems)
        super().__init__(f"These settings (in the environment or in .env) need attention:\n{lines}")


@dataclass(frozen=True, slots=True)
class Setting(Generic[T_co]):
    """One setting: `parse` turns its text into a value or raises ValueError with words for people.

    `default` is text too, so that the documentation shows what one would type; None means it must be given.
    """

    name: str
    parse: Callable[[str], T_co]
    default: str | None
    advice: str = ""

    def read(self, values: Mapping[str, str]) -> T_co:
        """The value. Raises ValueError with words that hold nothing of what was typed."""
        text = values.get(self.name, "").strip() or self.default
        if text is None:
            raise ValueError(f"is missing: {self.advice}.")
        return self.parse(text)

    def problem(self, values: Mapping[str, str]) -> Problem | None:
        try:
            self.read(values)
        except ValueError as error:
            return Problem(name=self.name, words=str(error))
        return None


def _token(prefix: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if not re.fullmatch(rf"{prefix}[A-Za-z0-9-]{{10,}}", text):
            raise ValueError(f"is not a Slack token of the right kind: it begins with {prefix}.")
        return text

    return parse


def _url(text: str) -> str:
    if not re.fullmatch(r"https?://[^\s/]+\S*", text):
        raise ValueError("is not a web address: it begins with https:// or http://.")
    return text


def _api_url(text: str) -> str:
    return _url(text).rstrip("/") + "/"


def _optional_url(text: str) -> str | None:
    return _url(text) if text else None


def _rooms(text: str) -> str | None:
    url = _optional_url(text)
    if url and not url.startswith("https://"):
        raise ValueError("is not a safe web address: it begins with https://.")
    if url and re.search(r"[{}|<>]", url.replace(ROOM, "")):
        raise ValueError("has a sign that no web address has; a room's name goes where {room} stands.")
    return url


def _database_url(text: str) -> str:
    url = re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", text)
    if not re.match(r"(sqlite:///.+|postgresql\+psycopg://.+)", url):
        raise ValueError(
            "names no database Choir can use: sqlite:///path/to/choir.db or postgresql://user@host/name."
        )
    return url


def _mark(text: str) -> Path:
    try:
        path = Path(text).expanduser()
    except RuntimeError:
        raise ValueError("is below a home, and this user has none: write the whole path.") from None
    if not path.is_absolute():
        raise ValueError("is not a whole path to a file, like /var/lib/choir/ledger-mark.")
    return path


def _key(text: str) -> bytes:
    try:
        key = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise ValueError(
            f"is not a key of {KEY_BYTES} bytes in base64url (43 characters): take it from where it is kept; "
            "a new one cannot read what the old one wrote."
        )
    return key


def _optional_key(text: str) -> bytes | None:
    return _key(text) if text else None


def _country(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z]{2}", text):
        raise ValueError("is not a country code of two letters, like US or MX.")
    return text.upper()


def _optional_date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ValueError("is not a date: write it like 2026-11-30.") from None


def _number(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,6}", text) or not low <= int(text) <= high:
            raise ValueError(f"is not a whole number from {low} to {high}.")
        return int(text)

    return parse


def _optional_port(text: str) -> int | None:
    return _number(1, 65_535)(text) if text else None


def _host(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError:
        raise ValueError("is not an address of this machine, like 127.0.0.1 or 0.0.0.0.") from None


def _level(text: str) -> str:
    if text.upper() not in LOG_LEVELS:
        raise ValueError(f"is not one of {', '.join(LOG_LEVELS)}.")
    return text.upper()


_MADE_BY_INIT = "`choir init` makes it; if this installation had one, put that one back"

SLACK_BOT_TOKEN = Setting(
    "SLACK_BOT_TOKEN",
    _token("xoxb-"),
    None,
    "`choir init` asks for it; the app's page has it under OAuth & Permissions",
)
SLACK_APP_TOKEN = Setting(
    "SLACK_APP_TOKEN",
    _token("xapp-"),
    None,
    "`choir init` asks for it; the app's page has it under Basic Information",
)
SLACK_API_URL = Setting("SLACK_API_URL", _api_url, "https://slack.com/api/")
HTTPS_PROXY = Setting("HTTPS_PROXY", _optional_url, "")
HUDDLE_FALLBACK_URL = Setting("HUDDLE_FALLBACK_URL", _rooms, "")
DATABASE_URL = Setting("DATABASE_URL", _database_url, "sqlite:///data/choir.db")
LEDGER_MARK = Setting("LEDGER_MARK", _mark, "~/.local/state/choir/ledger-mark")
CHOIR_MASTER_KEY = Setting("CHOIR_MASTER_KEY", _key, None, _MADE_BY_INIT)
CHOIR_MASTER_KEY_OLD = Setting("CHOIR_MASTER_KEY_OLD", _optional_key, "")
CHOIR_REF_KEY = Setting("CHOIR_REF_KEY", _key, None, _MADE_BY_INIT)
CRISIS_RESOURCES_COUNTRY = Setting("CRISIS_RESOURCES_COUNTRY", _country, "US")
CRISIS_REVIEWED_ON = Setting("CRISIS_REVIEWED_ON", _optional_date, "")
ANSWERS_KEPT_WEEKS = Setting("ANSWERS_KEPT_WEEKS", _number(4, 26), "13")
PEERS_KEPT_DAYS = Setting("PEERS_KEPT_DAYS", _number(0, 30), "0")
SEND_RATE_PER_MINUTE = Setting("SEND_RATE_PER_MINUTE", _number(1, 1_000), "240")
LOG_LEVEL = Setting("LOG_LEVEL", _level, "INFO")
HTTP_PORT = Setting("HTTP_PORT", _optional_port, "")
HTTP_HOST = Setting("HTTP_HOST", _host, "127.0.0.1")

SETTINGS: tuple[Setting[object], ...] = (
    SLACK_BOT_TOKEN,
    SLACK_APP_TOKEN,
    SLACK_API_URL,
    HTTPS_PROXY,
    HUDDLE_FALLBACK_URL,
    DATABASE_URL,
    LEDGER_MARK,
    CHOIR_MASTER_KEY,
    CHOIR_MASTER_KEY_OLD,
    CHOIR_REF_KEY,
    CRISIS_RESOURCES_COUNTRY,
    CRISIS_REVIEWED_ON,
    ANSWERS_KEPT_WEEKS,
    PEERS_KEPT_DAYS,
    SEND_RATE_PER_MINUTE,
    LOG_LEVEL,
    HTTP_PORT,
    HTTP_HOST,
)


def gather(environ: Mapping[str, str], env_file: Path = ENV_FILE) -> dict[str, str]:
    """The text of each setting that is given somewhere; the environment goes before the file."""
    names = {setting.name for setting in SETTINGS}
    in_file = dotenv_values(env_file, interpolate=False) if env_file.is_file() else {}
    return {
        name: text for source in (in_file, environ) for name, text in source.items() if text and name in names
    }


def read_database_url(values: Mapping[str, str]) -> str:
    """For what needs no other setting and no key. Raises SettingsError."""
    if problem := DATABASE_URL.problem(values):
        raise SettingsError((problem,))
    return DATABASE_URL.read(values)


def read_ledger_mark(values: Mapping[str, str]) -> Path:
    """For what looks at the files beside it alone. Raises SettingsError."""
    if problem := LEDGER_MARK.problem(values):
        raise SettingsError((problem,))
    return LEDGER_MARK.read(values)


def _contradictions(values: Mapping[str, str]) -> Iterator[Problem]:
    """What is wrong with settings of which each alone is good."""
    if CHOIR_MASTER_KEY.read(values) == CHOIR_REF_KEY.read(values):
        yield Problem(name=CHOIR_REF_KEY.name, words="equals CHOIR_MASTER_KEY: each is a key of its own.")
    if CHOIR_MASTER_KEY_OLD.read(values) in (CHOIR_MASTER_KEY.read(values), CHOIR_REF_KEY.read(values)):
        yield Problem(
            name=CHOIR_MASTER_KEY_OLD.name,
            words="equals another key: it is the master key that was in use before the present one.",
        )
    mark = LEDGER_MARK.read(values).resolve()
    if any(mark.is_relative_to(folder) for folder in _with_the_database(DATABASE_URL.read(values))):
        yield Problem(
            name=LEDGER_MARK.name,
            words="lies with the database, and would be put back together with it: name a file elsewhere, "
            "like /var/lib/choir/ledger-mark.",
        )


def _with_the_database(database_url: str) -> Iterator[Path]:
    """Folders of which copies are made and put back together with the database."""
    yield DATA.resolve()
    file = re.match(r"sqlite:///([^?]+)", database_url)
    if file:
        yield Path(file[1]).resolve().parent


def read_settings(values: Mapping[str, str]) -> Settings:
    """Settings from what `gather` found. Raises SettingsError that names every bad or missing setting."""
    problems = [problem for setting in SETTINGS if (problem := setting.problem(values))]
    if problems := problems or list(_contradictions(values)):
        raise SettingsError(tuple(problems))
    return Settings(
        slack_bot_token=SLACK_BOT_TOKEN.read(values),
        slack_app_token=SLACK_APP_TOKEN.read(values),
        slack_api_url=SLACK_API_URL.read(values),
        https_proxy=HTTPS_PROXY.read(values),
        database_url=DATABASE_URL.read(values),
        ledger_mark=LEDGER_MARK.read(values),
        master_key=CHOIR_MASTER_KEY.read(values),
        ref_key=CHOIR_REF_KEY.read(values),
        crisis_country=CRISIS_RESOURCES_COUNTRY.read(values),
        crisis_reviewed_on=CRISIS_REVIEWED_ON.read(values),
        answers_kept_weeks=ANSWERS_KEPT_WEEKS.read(values),
        peers_kept_days=PEERS_KEPT_DAYS.read(values),
        send_rate_per_minute=SEND_RATE_PER_MINUTE.read(values),
        huddle_fallback_url=HUDDLE_FALLBACK_URL.read(values),
        log_level=LOG_LEVEL.read(values),
        http_port=HTTP_PORT.read(values),
        http_host=HTTP_HOST.read(values),
        old_master_key=CHOIR_MASTER_KEY_OLD.read(values),
    )
