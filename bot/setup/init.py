"""`choir init`: asks for the two Slack tokens and writes `.env` with them and with fresh keys."""

import base64
import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot import config
from bot.config import (
    CHOIR_MASTER_KEY,
    CHOIR_REF_KEY,
    CRISIS_RESOURCES_COUNTRY,
    KEY_BYTES,
    SLACK_APP_TOKEN,
    SLACK_BOT_TOKEN,
    Setting,
)
from bot.setup.tokens import Refused, Unreachable, try_app_token, try_bot_token

KEYS = (CHOIR_MASTER_KEY, CHOIR_REF_KEY)
ABOUT_KEYS = """\
CHOIR_MASTER_KEY opens people's answers, CHOIR_REF_KEY ties them to people. Without them nobody can read what
was answered, and nobody can make them again.
  Keep a copy of both in a password safe, never beside the database's backups: both together open everything.
  Give them to somebody who does not supervise, lead or hire here. Whoever sets up the first team in Slack is
  asked who that is, and everybody on the team reads the answer."""


class InitError(Exception):
    """Why nothing was written, and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Questions:
    """How to ask a person: `secret` without showing what is typed, `plain` with a default."""

    secret: Callable[[str], str] = field(repr=False)
    plain: Callable[[str, str], str]
    say: Callable[[str], None]


def init(
    questions: Questions, *, env_file: Path, example: Path, environ: Mapping[str, str], offline: bool
) -> None:
    """Ask, try the tokens unless `offline`, write `env_file`. Raises InitError before anything is written."""
    known = config.gather(environ, env_file)
    _refuse_lost_keys(known)
    chosen = {
        SLACK_BOT_TOKEN.name: _token(
            questions, SLACK_BOT_TOKEN, known, "The bot token (OAuth & Permissions, xoxb-…)"
        ),
        SLACK_APP_TOKEN.name: _token(
            questions, SLACK_APP_TOKEN, known, "The app token (Basic Information, xapp-…)"
        ),
        CRISIS_RESOURCES_COUNTRY.name: _country(questions, known),
    }
    if not offline:
        _try_tokens(questions, {**known, **chosen})
    fresh = {key.name: new_key() for key in KEYS if not known.get(key.name)}
    write_private(env_file, fill(_start(env_file, example), chosen | fresh))
    questions.say(f"\nWritten: {env_file}, which only you can read.")
    questions.say(ABOUT_KEYS if fresh else "The keys that were there are kept.")
    questions.say("\nNext: `choir doctor` looks everything over, `choir run` starts the bot.")


def new_key() -> str:
    """32 random bytes in base64url without padding."""
    return base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode().rstrip("=")


def fill(text: str, values: Mapping[str, str]) -> str:
    """The `.env` text with each value on its own line: where its name stands already, else at the end."""
    for name, value in values.items():
        line = f"{name}={value}"
        text, found = re.subn(rf"(?m)^{name}=.*$", line, text, count=1)
        text = text if found else f"{text}{line}\n"
    return text


def write_private(file: Path, text: str) -> None:
    """Replace `file` at once; nobody but its owner may read it at any moment, whatever the umask."""
    draft = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            os.fchmod(stream.fileno(), 0o600)
            stream.write(text)
        draft.replace(file)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


def _start(env_file: Path, example: Path) -> str:
    source = env_file if env_file.is_file() else example
    text = source.read_text(encoding="utf-8") if source.is_file() else ""
    return text if not text or text.endswith("\n") else f"{text}\n"


def _refuse_lost_keys(known: Mapping[str, str]) -> None:
    """A key that is there must be usable, and a database that is there needs the keys it was made with."""
    problems = [problem for key in KEYS if known.get(key.name) and (problem := key.problem(known))]
    if problems:
        raise InitError("\n".join(str(problem) for problem in problems))
    missing = [key.name for key in KEYS if not known.get(key.name)]
    database = config.DATABASE_URL.read(known) if not config.DATABASE_URL.problem(known) else ""
    file = Path(database.removeprefix("sqlite:///"))
    if missing and database.startswith("sqlite:///") and file.is_file() and file.stat().st_size:
        raise InitError(
            f"There is a database at {file}, but no {' and no '.join(missing)}: put back what it was made "
            f"with. Only if nothing in it is wanted, move {file} away and run `choir init` again."
        )


def _token(questions: Questions, setting: Setting[str], known: Mapping[str, str], words: str) -> str:
    has_one = known.get(setting.name) and not setting.problem(known)
    typed = questions.secret(words + (" [Enter keeps the one in .env]" if has_one else ""))
    return _checked(setting, typed.strip() or known.get(setting.name, ""))


def _country(questions: Questions, known: Mapping[str, str]) -> str:
    now = known.get(CRISIS_RESOURCES_COUNTRY.name) or CRISIS_RESOURCES_COUNTRY.default or ""
    typed = questions.plain("Country of the crisis lines when a team names none (US, MX, …)", now)
    return _checked(CRISIS_RESOURCES_COUNTRY, typed)


def _checked(setting: Setting[str], typed: str) -> str:
    problem = setting.problem({setting.name: typed})
    if problem:
        raise InitError(f"{problem} Nothing was written; run `choir init` again.")
    return setting.read({setting.name: typed})


def _try_tokens(questions: Questions, values: Mapping[str, str]) -> None:
    """Slack's no stops; Slack's silence does not, because a server may be set up before its network is."""
    place = config.SLACK_API_URL.read(values), config.HTTPS_PROXY.read(values)
    bot, app = SLACK_BOT_TOKEN.read(values), SLACK_APP_TOKEN.read(values)
    for name, verdict in (
        (SLACK_BOT_TOKEN.name, try_bot_token(bot, *place)),
        (SLACK_APP_TOKEN.name, try_app_token(app, *place)),
    ):
        match verdict:
            case Refused(words=words):
                raise InitError(f"{name}: {words}. Nothing was written; run `choir init` again.")
            case Unreachable(words=words):
                questions.say(f"{name}: not tried, {words}. `choir doctor` tries it again.")
            case _:
                questions.say(f"{name}: Slack accepts it.")
