"""`choir init`: a private .env, keys that are never overwritten, tokens that are tried."""

import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.config import gather, read_settings
from bot.sandbox import Sandbox
from bot.setup.init import fill
from tests.setup.conftest import ROOT, Ran

Choir = Callable[..., Ran]


def test_it_writes_settings_that_can_be_used(choir: Choir, environ: dict[str, str], tmp_path: Path) -> None:
    ended = choir("init", "--no-input", environ=environ)
    assert ended.returncode == 0, ended.stderr
    settings = read_settings(gather({"SLACK_API_URL": environ["SLACK_API_URL"]}, tmp_path / ".env"))
    assert settings.slack_bot_token == environ["SLACK_BOT_TOKEN"]
    assert settings.slack_app_token == environ["SLACK_APP_TOKEN"]
    assert settings.master_key != settings.ref_key
    assert len(settings.master_key) == len(settings.ref_key) == 32


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_nobody_else_may_read_what_it_writes(
    choir: Choir, environ: dict[str, str], tmp_path: Path, umask: int
) -> None:
    choir("init", "--no-input", environ=environ, umask=umask)
    assert (tmp_path / ".env").stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == [".env"]


def test_it_tries_the_tokens_and_says_so(choir: Choir, environ: dict[str, str], slack: Sandbox) -> None:
    ended = choir("init", "--no-input", environ=environ)
    assert ended.stdout.count("Slack accepts it") == 2
    assert {call.method for call in slack.calls} == {"auth.test", "apps.connections.open"}


def test_it_says_where_to_keep_the_keys_and_who_should_hold_them(
    choir: Choir, environ: dict[str, str]
) -> None:
    said = choir("init", "--no-input", environ=environ).stdout
    assert "never beside the database's backups" in said
    assert "does not supervise, lead or hire here" in said


def test_it_never_shows_a_token_or_a_key(choir: Choir, environ: dict[str, str], tmp_path: Path) -> None:
    ended = choir("init", "--no-input", environ=environ)
    secret = gather({}, tmp_path / ".env")
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "CHOIR_MASTER_KEY", "CHOIR_REF_KEY"):
        assert secret[name] not in ended.stdout + ended.stderr


def test_run_again_it_keeps_the_keys_and_what_else_stands_there(
    choir: Choir, environ: dict[str, str], tmp_path: Path
) -> None:
    choir("init", "--no-input", environ=environ)
    file = tmp_path / ".env"
    file.write_text(file.read_text() + "ANSWERS_KEPT_WEEKS=8\n# a note of ours\n")
    before = gather({}, file)
    again = choir("init", "--no-input", environ={**environ, "CRISIS_RESOURCES_COUNTRY": "MX"})
    assert "The keys that were there are kept" in again.stdout
    assert gather({}, file) == {**before, "CRISIS_RESOURCES_COUNTRY": "MX"}
    assert "# a note of ours" in file.read_text()


def test_keys_from_the_environment_are_not_written_down(
    choir: Choir, keyed: dict[str, str], tmp_path: Path
) -> None:
    choir("init", "--no-input", environ=keyed)
    assert keyed["CHOIR_MASTER_KEY"] not in (tmp_path / ".env").read_text()


def test_a_key_that_cannot_be_used_is_not_replaced(
    choir: Choir, environ: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("CHOIR_MASTER_KEY=cut-short\n")
    ended = choir("init", "--no-input", environ=environ)
    assert ended.returncode == 1
    assert "CHOIR_MASTER_KEY is not a key of 32 bytes" in ended.stderr
    assert (tmp_path / ".env").read_text() == "CHOIR_MASTER_KEY=cut-short\n"


def test_a_database_without_its_keys_gets_no_new_ones(
    choir: Choir, environ: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/choir.db").write_bytes(b"something")
    ended = choir("init", "--no-input", environ=environ)
    assert ended.returncode == 1
    assert "put back what it was made with" in ended.stderr
    assert not (tmp_path / ".env").exists()


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SLACK_BOT_TOKEN", "xapp-1-A0SANDBOX-sandbox", "it begins with xoxb-"),
        ("SLACK_APP_TOKEN", "", "SLACK_APP_TOKEN is missing"),
        ("SLACK_BOT_TOKEN", "xoxb-of-another-app", "Slack does not know it"),
        ("SLACK_APP_TOKEN", "xapp-of-another-app", "Slack does not know it"),
        ("CRISIS_RESOURCES_COUNTRY", "Mexico", "two letters"),
    ],
)
def test_what_slack_or_choir_refuses_is_said_and_nothing_is_written(
    choir: Choir, environ: dict[str, str], tmp_path: Path, name: str, value: str, said: str
) -> None:
    ended = choir("init", "--no-input", environ={**environ, name: value})
    assert ended.returncode == 1
    assert said in ended.stderr
    assert "Nothing was written" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not (tmp_path / ".env").exists()


def test_without_a_network_the_settings_are_written_and_the_tokens_left_for_the_doctor(
    choir: Choir, environ: dict[str, str], tmp_path: Path
) -> None:
    ended = choir("init", "--no-input", environ={**environ, "SLACK_API_URL": "http://127.0.0.1:9/api/"})
    assert ended.returncode == 0
    assert ended.stdout.count("not tried") == 2
    assert (tmp_path / ".env").exists()


def test_offline_it_asks_slack_nothing(choir: Choir, environ: dict[str, str], slack: Sandbox) -> None:
    assert choir("init", "--no-input", "--offline", environ=environ).returncode == 0
    assert not slack.calls


def test_a_person_is_asked_and_what_they_type_as_a_token_is_not_shown(
    environ: dict[str, str], tmp_path: Path
) -> None:
    bot, app = environ.pop("SLACK_BOT_TOKEN"), environ.pop("SLACK_APP_TOKEN")
    shown = _typed_at_a_terminal([bot, app, "MX"], environ, tmp_path)
    found = gather({}, tmp_path / ".env")
    assert (found["SLACK_BOT_TOKEN"], found["SLACK_APP_TOKEN"]) == (bot, app)
    assert found["CRISIS_RESOURCES_COUNTRY"] == "MX"
    assert "xoxb-" in shown, "the question names the kind of token"
    assert bot not in shown
    assert app not in shown


def test_values_are_put_where_their_names_stand() -> None:
    text = "# tokens\nSLACK_BOT_TOKEN=\nANSWERS_KEPT_WEEKS=13\n"
    filled = fill(text, {"SLACK_BOT_TOKEN": "xoxb-1", "CHOIR_REF_KEY": "k"})
    assert filled == "# tokens\nSLACK_BOT_TOKEN=xoxb-1\nANSWERS_KEPT_WEEKS=13\nCHOIR_REF_KEY=k\n"


def _typed_at_a_terminal(lines: list[str], environ: dict[str, str], folder: Path) -> str:
    """What a terminal shows while somebody answers `choir init`, each answer after its question."""
    ours, theirs = pty.openpty()
    started = subprocess.Popen(
        [sys.executable, "-m", "bot", "init"],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": "", "PYTHONPATH": str(ROOT), **environ},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    shown, until = "", time.monotonic() + 30
    waiting = list(lines)
    while started.poll() is None and time.monotonic() < until:
        if select.select([ours], [], [], 0.1)[0]:
            try:
                shown += os.read(ours, 4096).decode()
            except OSError:
                break  # the terminal was closed
        if waiting and shown.endswith(": "):
            time.sleep(0.05)  # the echo is switched off just after the question
            os.write(ours, f"{waiting.pop(0)}\n".encode())
            shown += " "
    started.wait(5)
    os.close(ours)
    return shown
