"""A local Slack to set up against, and the `choir` command run as an operator runs it."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from bot.sandbox import MovableClock, Person, Sandbox
from bot.setup.init import new_key
from tests.marks import new_mark_file

ROOT = Path(__file__).parents[2]
Ran = subprocess.CompletedProcess[str]


@pytest.fixture
def clock() -> MovableClock:
    """Slack's clock, at first the same as this machine's."""
    return MovableClock(datetime.now(UTC))


@pytest.fixture
def slack(clock: MovableClock) -> Iterator[Sandbox]:
    manifest = yaml.safe_load((ROOT / "app.yaml").read_text(encoding="utf-8"))
    people = [Person(id="U0ANA0001", name="Ana Ruiz"), Person(id="U0LEFT001", name="Lee Park", deleted=True)]
    with Sandbox(manifest=manifest, clock=clock.now, people=people) as running:
        yield running


@pytest.fixture
def mark_file() -> Path:
    """Where the ledger's mark of this installation is, or will be."""
    return new_mark_file()


@pytest.fixture
def environ(slack: Sandbox, mark_file: Path) -> dict[str, str]:
    """Everything `choir` needs, as environment variables."""
    return {
        "SLACK_API_URL": slack.api_url,
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "LEDGER_MARK": str(mark_file),
    }


@pytest.fixture
def keyed(environ: dict[str, str]) -> dict[str, str]:
    """The same with keys, so that nothing has to be written first."""
    return {**environ, "CHOIR_MASTER_KEY": new_key(), "CHOIR_REF_KEY": new_key()}


@pytest.fixture
def choir(tmp_path: Path, mark_file: Path) -> Callable[..., Ran]:
    """Runs `choir` in an empty directory with an empty home; `environ` is all it gets beside the path."""

    def run(*words: str, environ: dict[str, str], typed: str = "", umask: int = 0o022) -> Ran:
        base = {"PATH": os.environ["PATH"], "HOME": "", "PYTHONPATH": str(ROOT), "COLUMNS": "200"}
        base["LEDGER_MARK"] = str(mark_file)
        return subprocess.run(
            [sys.executable, "-m", "bot", *words],
            cwd=tmp_path,
            env={**base, **environ},
            input=typed,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            umask=umask,
        )

    return run
