"""The `choir` command: what an operator types. Commands load what they need when they run."""

import errno
import json
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot import config, logs
from bot.domain.crisis import is_reviewed

if TYPE_CHECKING:
    from bot.audit.rows import Row

log = logging.getLogger(__name__)

FIRST_PORT, LAST_PORT = 8737, 65535


class Stop(Exception):
    """What is wrong and what to do, in a sentence; the command ends with it."""


app = typer.Typer(
    help="A private weekly minute in Slack for people whose work is with other people's trauma. "
    "To look at it in the browser, without Slack: choir demo. "
    "To bring it to a real workspace: choir init, choir doctor, choir run, in this order.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["--help", "-h"]},
)
db = typer.Typer(help="Look after the database.", no_args_is_help=True)
admin = typer.Typer(help="Say who may set up teams in Slack.", no_args_is_help=True)
app.add_typer(db, name="db")
app.add_typer(admin, name="admin")
keys = typer.Typer(help="Change the master key, or go on without a lost one.", no_args_is_help=True)
app.add_typer(keys, name="keys")


@app.command(short_help="Show Choir in the browser, without Slack.")
def demo(
    port: Annotated[
        int, typer.Option(min=0, max=LAST_PORT, help="Where the page listens, on this machine only.")
    ] = FIRST_PORT,
    check: Annotated[
        bool, typer.Option("--check", help="Play 13 weeks without a browser and verify.")
    ] = False,
) -> None:
    """Show Choir in the browser: a local Slack with a made-up agency and a clock you can move."""
    from bot.demo import run_demo

    try:
        raise typer.Exit(run_demo(port=port, check=check))
    except OSError as error:
        if error.errno not in (errno.EADDRINUSE, errno.EACCES):
            raise
        other = f'make demo ARGS="--port {port + 1 if port < LAST_PORT else FIRST_PORT}"'
        raise Stop(f"Port {port} is taken or not allowed: stop what uses it, or type {other}") from None


@app.command(short_help="Start the bot for your Slack workspace.")
def run() -> None:
    """Start the bot for your Slack workspace with the settings in .env. Ctrl-C stops it."""
    settings = read("run")
    from bot.app import run_bot, wall_clock

    if not is_reviewed(settings.crisis_reviewed_on, wall_clock().date()):
        log.warning("crisis numbers want checking, see CRISIS_REVIEWED_ON")
    with said_in_words():
        run_bot(settings)


@app.command(short_help="Measure how fast Choir is on this machine.")
def bench(
    machine_readable: Annotated[
        bool, typer.Option("--json", help="One JSON object instead of a table.")
    ] = False,
    quick: Annotated[bool, typer.Option("--quick", help="One round instead of the median of five.")] = False,
    only: Annotated[list[str] | None, typer.Option(help="Only this part; may be given again.")] = None,
    postgresql: Annotated[
        str | None,
        typer.Option(metavar="URL", help="An empty PostgreSQL database to measure with, instead of our own."),
    ] = None,
) -> None:
    """Measure how fast Choir is on this machine, against a local Slack. Takes about a quarter of an hour.

    Whether the figures are good enough is for a person to judge: the command ends well either way.
    """
    logs.configure("ERROR")
    from bot.bench.parts import PARTS, run
    from bot.bench.rounds import Rounds

    unknown = [name for name in only or () if name not in PARTS]
    if unknown:
        raise Stop(f"There is no part {unknown[0]}: the parts are {', '.join(PARTS)}.")
    rounds = Rounds(
        many=1 if quick else 5, say=lambda line: typer.echo(line, err=True), postgresql=postgresql
    )
    typer.echo(run(rounds, only or PARTS, machine_readable=machine_readable))


@app.command("verify-privacy", short_help="Check what Choir promises about privacy.")
def verify_privacy(
    long: Annotated[
        bool, typer.Option("--long", help="As much as the tables of docs/privacy.md; takes a while.")
    ] = False,
    only: Annotated[
        str | None, typer.Option(metavar="P1,G2,…", help="Only these rows, with commas between them.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Another one tries other cases.")] = 1,
    database: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Look at this database of Choir instead; nothing is written."),
    ] = None,
    machine_readable: Annotated[
        bool, typer.Option("--json", help="One JSON object instead of a table.")
    ] = False,
) -> None:
    """Check what Choir promises about privacy, as anybody can who doubts it. Takes about a minute.

    Needs no settings and touches no database of yours. Ends with an error if a row falls short of its bar.
    With --database it looks at an installation's own: no key is needed, and no answer is read.
    """
    logs.configure("CRITICAL")
    from bot.audit.run import as_json, run, table
    from bot.proof.findings import Effort

    effort = Effort(seed=seed, long=long, say=lambda line: typer.echo(line, err=True))
    verdicts = tuple(run(effort, [own_row(database)] if database else rows_named(only)))
    told = json.dumps(as_json(verdicts, effort), indent=2) if machine_readable else table(verdicts, effort)
    typer.echo(told)
    raise typer.Exit(0 if all(verdict.passed for verdict in verdicts) else 1)


@app.command(short_help="Write .env with the Slack tokens and keys.")
def init(
    no_input: Annotated[
        bool, typer.Option("--no-input", help="Ask nothing: take the settings from the environment.")
    ] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Do not try the tokens against Slack.")] = False,
) -> None:
    """Write .env: asks for the two Slack tokens, makes the keys, says where to keep them."""
    from bot.setup.init import InitError, Questions, init

    unasked = Questions(secret=lambda _words: "", plain=lambda _words, now: now, say=typer.echo)
    asked = Questions(
        secret=lambda words: typer.prompt(words, hide_input=True, default="", show_default=False),
        plain=lambda words, now: typer.prompt(words, default=now),
        say=typer.echo,
    )
    try:
        init(
            unasked if no_input else asked,
            env_file=config.ENV_FILE,
            example=Path(".env.example"),
            environ=os.environ,
            offline=offline,
        )
    except InitError as error:
        raise Stop(str(error)) from None


@app.command(short_help="Say what is wrong and what to do.")
def doctor() -> None:
    """Look over settings, keys, database, tokens, scopes and clock; say what is wrong and what to do.

    Works while the bot runs. Ends with an error when something has to be put right.
    """
    logs.configure("CRITICAL")
    from bot.app import wall_clock
    from bot.setup.doctor import all_well, examine

    found = []
    for finding in examine(config.gather(os.environ), config.ENV_FILE, wall_clock()):
        typer.echo(str(finding))
        found.append(finding)
    raise typer.Exit(0 if all_well(found) else 1)


@app.command(short_help="Say what waits, what is late and why.")
def status(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, for programs.")] = False,
) -> None:
    """Say what waits to be sent, what is late and why, for each workspace. Numbers only; needs no key.

    Works while the bot runs, and changes nothing.
    """
    logs.configure("CRITICAL")
    from bot.app import wall_clock
    from bot.setup import status

    with said_in_words():
        report = status.look(database_url(), wall_clock())
    typer.echo(json.dumps(status.as_json(report), indent=2) if as_json else status.words(report))


@app.command(short_help="Stop for good: staff decided so.")
def end(
    undo: Annotated[bool, typer.Option("--undo", help="Go on after all, before the week is over.")] = False,
    now: Annotated[bool, typer.Option("--now", help="Erase at once, once that is typed back.")] = False,
) -> None:
    """Staff decided to stop: no message goes out any more, and after seven days all personal data is erased.

    Until then everybody can see and copy their own data. Needs no key.
    """
    logs.configure("CRITICAL")
    from bot.app import wall_clock
    from bot.setup import departures

    with said_in_words():
        if undo:
            typer.echo(departures.undo(database_url()))
        elif now:
            typer.echo(departures.erase(database_url(), wall_clock(), typed_back))
        else:
            typer.echo(departures.end(database_url(), wall_clock()))


@db.command()
def upgrade() -> None:
    """Make the database's tables, or bring them up to this version. `choir run` does it too."""
    from bot.setup.database import upgrade

    with said_in_words():
        typer.echo(upgrade(read("db.upgrade")))


@db.command(short_help="Copy the database into two files, while the bot runs.")
def backup(
    into: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE]", help="A new file, or a folder; else one in ./backups."),
    ] = None,
) -> None:
    """Copy the database into a file, and the people's keys into one beside it; needs no key.

    Without a file of keys nothing that people answered can be opened. Those files are deleted after a week:
    whoever deletes their data is gone from older backups too. Works while the bot runs.
    """
    logs.configure("CRITICAL")
    from bot.app import wall_clock
    from bot.setup.backup import save

    with said_in_words():
        typer.echo(save(database_url(), into, wall_clock(), show_progress))


@db.command(short_help="Put a backup in place of the database.")
def restore(
    file: Annotated[Path, typer.Argument(help="A file that `choir db backup` made.")],
    keys: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The file with people's keys; else the newest beside it."),
    ] = None,
    without_keys: Annotated[
        bool, typer.Option("--without-keys", help="Give up what people answered: their keys are lost.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Put a backup in place of the database, which is kept. Stop `choir run` first.

    Everything is checked before anything is replaced; what may have gone out since is looked up before
    it is sent.
    """
    settings = read("db.restore")
    from bot.app import wall_clock
    from bot.setup.backup import Backup, put_back

    wanted = Backup(file=file, keys=keys, without_keys=without_keys)
    with said_in_words():
        typer.echo(put_back(settings, wanted, wall_clock(), show_progress, agreed_at_once if yes else agreed))


@db.command("accept-ledger", short_help="Go on although LEDGER_MARK is lost.")
def accept_ledger() -> None:
    """Make a new LEDGER_MARK where it is lost, damaged or too old. The running four weeks get no update."""
    settings = read("db.accept-ledger")
    from bot.app import wall_clock
    from bot.setup.ledger import accept

    with said_in_words():
        typer.echo(accept(settings, wall_clock()))


@keys.command(short_help="Change the master key, in two steps.")
def rotate(yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Change the master key. The first time: writes a new one into .env beside the old one, and nothing else.

    Restart every `choir run`, which then accepts both; say it again, and people's keys are sealed with the
    new one, while the bot runs. What was interrupted goes on where it was.
    """
    settings = read("keys.rotate")
    from bot.setup.keys import rotate

    with said_in_words():
        typer.echo(rotate(settings, config.ENV_FILE, show_progress, agreed_at_once if yes else agreed))


@keys.command(short_help="Say what a lost key costs, and go on without it.")
def lost() -> None:
    """Say what is lost with CHOIR_MASTER_KEY, and go on without it once that is typed back.

    Does nothing where the key in .env is the right one. Stop every `choir run` first.
    """
    logs.configure("WARNING")
    from bot.setup.keys import lost

    with said_in_words():
        typer.echo(lost(config.gather(os.environ), config.ENV_FILE, typed_back, put_on_record))


@keys.command("log", short_help="Say when the keys were used, and by what.")
def log_of_uses() -> None:
    """Say when which command of Choir's own used the keys, and under which account. Needs no key.

    Ends with an error when the record was changed by hand.
    """
    from bot.setup.keys import uses

    with said_in_words():
        words, is_whole = uses(config.read_ledger_mark(config.gather(os.environ)))
    typer.echo(words)
    raise typer.Exit(0 if is_whole else 1)


@admin.command("add")
def add_admin(user: Annotated[str, typer.Argument(help="A Slack member id, like U012AB3CD.")]) -> None:
    """Let somebody set up teams in Slack, without being an owner of the workspace."""
    from bot.setup.admins import add

    with said_in_words():
        typer.echo(add(read("admin.add"), user))


@admin.command("remove")
def remove_admin(user: Annotated[str, typer.Argument(help="A Slack member id, like U012AB3CD.")]) -> None:
    """Take that back."""
    from bot.setup.admins import remove

    with said_in_words():
        typer.echo(remove(read("admin.remove"), user))


@admin.command("list")
def list_admins() -> None:
    """Show who may set up teams."""
    from bot.setup.admins import listed

    with said_in_words():
        typer.echo(listed(read("admin.list")))


def read(command: str) -> config.Settings:
    """The settings of a command that opens the database, which is logged. Raises SettingsError."""
    settings = config.read_settings(config.gather(os.environ))
    logs.configure(settings.log_level)
    with said_in_words():
        put_on_record(settings, command)
    return settings


def put_on_record(settings: config.Settings, command: str) -> None:
    """The promise staff read: each use of the keys through Choir's own commands is logged."""
    from bot.app import wall_clock
    from bot.setup.keys import note_use

    note_use(settings, command, wall_clock())
    log.warning("keys in use", extra={"command": command})  # said at every level but ERROR


def rows_named(only: str | None) -> "tuple[Row, ...]":
    """Those of `choir verify-privacy --only`. Raises Stop."""
    from bot.audit.rows import IDS, chosen

    try:
        return chosen(only)
    except KeyError as error:
        raise Stop(f"There is no row {error.args[0]}: the rows are {', '.join(IDS)}.") from None


def own_row(url: str) -> "Row":
    """The row for a database that is there and has the tables of this version. Raises Stop."""
    from bot.audit.own import row
    from bot.setup.database import opened_without_keys

    with said_in_words(), opened_without_keys(url):
        return row(url, config.LEDGER_MARK.read(config.gather(os.environ)))


def database_url() -> str:
    """All that a command needs which opens nothing that is sealed. Raises SettingsError."""
    return config.read_database_url(config.gather(os.environ))


def show_progress(done: int, total: int) -> None:
    """How far something long is, where somebody looks; a file of log lines gets none."""
    if sys.stderr.isatty():
        typer.echo(f"\r{done * 100 // max(total, 1)} %", nl=done >= total, err=True)


def agreed(question: str) -> bool:
    """Asks the operator. Raises click's Abort when nobody is there to say."""
    *facts, question = question.splitlines()
    typer.echo("\n".join(facts))
    return typer.confirm(question)


def typed_back(facts: str, phrase: str) -> bool:
    """Whether the operator types exactly this. Raises click's Abort when nobody is there to."""
    typer.echo(facts)
    answer: str = typer.prompt(f"To go on, type: {phrase}\nAnything else changes nothing")
    return answer.strip() == phrase


def agreed_at_once(_question: str) -> bool:
    """They said so with the command."""
    return True


@contextmanager
def said_in_words() -> Iterator[None]:
    """Turns what may well go wrong with a database or with Slack into a sentence (Stop)."""
    from slack_sdk.errors import SlackClientError
    from sqlalchemy.exc import SQLAlchemyError

    from bot.setup.admins import Nobody
    from bot.setup.database import Unready
    from bot.setup.keys import which_is_wrong
    from bot.web import PortTaken
    from storage.database import InUse
    from storage.key_uses import NoRecord
    from storage.ledger_mark import NoMark
    from storage.outside import NoCopy
    from storage.workspaces import WrongKeys

    look = "`choir doctor` says what is wrong"
    try:
        yield
    except InUse as error:
        raise Stop(f"Another `choir run` is using {error}: stop that one first; one is enough.") from None
    except PortTaken as error:
        raise Stop(
            f"Port {error} is taken or not allowed: stop what uses it, or write another into HTTP_PORT."
        ) from None
    except (Unready, NoCopy, NoMark, NoRecord) as error:
        raise Stop(str(error)) from None
    except WrongKeys as error:
        raise Stop(which_is_wrong(error)) from None
    except SQLAlchemyError as error:
        raise Stop(f"The database cannot be used ({type(error).__name__}): {look}.") from None
    except Nobody as error:
        raise Stop(
            f"Slack knows nobody in this workspace with the id {error}: it stands in their profile."
        ) from None
    except (SlackClientError, OSError) as error:
        raise Stop(f"Slack did not let the bot in ({type(error).__name__}): {look}.") from None


def main() -> None:
    """Run the command; whatever goes wrong ends in a sentence, never in a traceback."""
    try:
        app(prog_name="choir")
    except (Stop, config.SettingsError) as error:
        typer.echo(str(error), err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:  # noqa: BLE001  # a traceback prints the exception's text, which may hold people's words
        typer.echo(
            f"Choir stopped by a fault of its own; please report this line: {logs.describe(error)}", err=True
        )
        sys.exit(1)
