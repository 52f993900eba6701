"""`choir run` as an operator starts it: it connects, ends when told, and says why it cannot start."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.sandbox import Sandbox
from bot.setup.init import new_key
from tests.setup.conftest import ROOT, Ran

Choir = Callable[..., Ran]


@contextmanager
def running(environ: dict[str, str], folder: Path, slack: Sandbox) -> Iterator[subprocess.Popen[str]]:
    """A started bot, connected to the local Slack; ended if the test did not."""
    started = subprocess.Popen(
        [sys.executable, "-m", "bot", "run"],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": "", "PYTHONPATH": str(ROOT), **environ},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert slack.wait_connected(timeout=30)
        yield started
    finally:
        started.kill()
        started.wait()
        assert started.stderr
        started.stderr.close()


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_it_connects_and_ends_when_told(
    keyed: dict[str, str], slack: Sandbox, tmp_path: Path, told: signal.Signals
) -> None:
    with running(keyed, tmp_path, slack) as bot:
        bot.send_signal(told)
        assert bot.wait(30) == 0
        assert bot.stderr
        lines = bot.stderr.read().splitlines()
    assert [line.split(" ", 3)[3] for line in lines if " bot.app: " in line] == ["running", "stopping"]
    assert any("crisis numbers want checking" in line for line in lines)
    assert not any(word in line for line in lines for word in ("Traceback", "xoxb", "xapp", "U0ANA0001"))


def test_what_it_keeps_is_for_its_owner_alone(keyed: dict[str, str], slack: Sandbox, tmp_path: Path) -> None:
    with running(keyed, tmp_path, slack):
        assert (tmp_path / "data").stat().st_mode & 0o077 == 0
        files = list((tmp_path / "data").iterdir())
        assert files
        assert [file.name for file in files if file.name == "choir.db" and file.stat().st_mode & 0o077] == []


def test_a_second_one_on_the_same_database_is_refused(
    choir: Choir, keyed: dict[str, str], slack: Sandbox, tmp_path: Path
) -> None:
    with running(keyed, tmp_path, slack):
        ended = choir("run", environ=keyed)
        looked = choir("doctor", environ=keyed)
    assert ended.returncode == 1
    assert "Another `choir run` is using data/choir.db" in ended.stderr
    assert "`choir run` is running" in looked.stdout
    assert looked.returncode == 0


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SLACK_BOT_TOKEN", "xoxb-of-another-app", "Slack did not let the bot in"),
        ("SLACK_APP_TOKEN", "xapp-of-another-app", "Slack did not let the bot in"),
        ("SLACK_API_URL", "http://127.0.0.1:9/api/", "Slack did not let the bot in"),
        ("DATABASE_URL", "postgresql://me:hunter2@127.0.0.1:9/choir", "The database cannot be used"),
    ],
)
def test_a_start_that_cannot_work_says_why_in_one_sentence(
    choir: Choir, keyed: dict[str, str], name: str, value: str, said: str
) -> None:
    ended = choir("run", environ={**keyed, name: value, "CRISIS_REVIEWED_ON": "2026-11-20"})
    assert ended.returncode == 1
    assert said in ended.stderr.splitlines()[-1]
    assert "Traceback" not in ended.stderr
    assert "hunter2" not in ended.stderr


def test_keys_that_are_not_the_databases_stop_the_start(choir: Choir, keyed: dict[str, str]) -> None:
    assert choir("admin", "list", environ=keyed).returncode == 0
    ended = choir("run", environ={**keyed, "CHOIR_REF_KEY": new_key()})
    assert ended.returncode == 1
    assert "not those this database was made with" in ended.stderr


def test_with_a_port_it_answers_those_who_watch_and_nobody_else(
    choir: Choir, keyed: dict[str, str], slack: Sandbox, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    with running({**keyed, "HTTP_PORT": port}, tmp_path, slack):
        pages = {page: page_of(port, page) for page in ("healthz", "readyz", "metrics")}
        ended = choir("run", environ={**keyed, "HTTP_PORT": port, "DATABASE_URL": "sqlite:///other.db"})
    assert pages["healthz"] == pages["readyz"] == "ok\n"
    assert f'choir_notices_late{{workspace="{slack.team_id}"}} 0.0' in pages["metrics"]
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1] == (
        f"Port {port} is taken or not allowed: stop what uses it, or write another into HTTP_PORT."
    )


def page_of(port: str, page: str) -> str:
    """A page as soon as it is there: the socket to Slack opens a moment before it."""
    until = time.monotonic() + 10
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/{page}", timeout=10) as answer:
                return str(answer.read().decode())
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
