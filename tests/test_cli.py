"""The `choir` command explains itself, and whatever goes wrong ends in words."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from bot.cli import app

ROOT = Path(__file__).parents[1]
COMMANDS = {
    "demo": (),
    "run": (),
    "bench": (),
    "verify-privacy": (),
    "init": (),
    "doctor": (),
    "status": (),
    "end": (),
    "db": ("upgrade", "backup", "restore", "accept-ledger"),
    "keys": ("rotate", "lost", "log"),
    "admin": ("add", "remove", "list"),
}


def choir(*words: str, cwd: Path = ROOT, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *words],
        cwd=cwd,
        env={"PATH": os.environ["PATH"], "HOME": "", "PYTHONPATH": str(ROOT), "COLUMNS": "80", **environ},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_commands_are_these_and_no_others() -> None:
    group = typer.main.get_command(app)
    found = {name: tuple(getattr(command, "commands", ())) for name, command in group.commands.items()}  # type: ignore[attr-defined]
    assert found == COMMANDS


def test_a_part_of_the_bench_that_is_none_is_answered_with_those_there_are() -> None:
    ended = choir("bench", "--only", "breath")
    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert "There is no part breath: the parts are " in ended.stderr
    assert "delivery, limit, burst, process." in ended.stderr


def test_a_row_of_the_proof_that_is_none_is_answered_with_those_there_are() -> None:
    ended = choir("verify-privacy", "--only", "p1,Z9")
    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert "There is no row Z9: the rows are P1, P2, " in ended.stderr


def test_the_proof_tells_how_far_it_is_and_what_it_found() -> None:
    ended = choir("verify-privacy", "--only", "w1", "--json")
    assert ended.returncode == 0
    assert ended.stderr.startswith("W1: Staff read the right numbers")
    found = json.loads(ended.stdout)
    assert found["rows"]["W1"]["passed"]
    assert "73:27" in found["rows"]["W1"]["findings"][0]["measured"]


@pytest.mark.parametrize("words", [["--help"], ["-h"], []])
def test_it_says_which_command_does_what_in_whole_sentences(words: list[str]) -> None:
    ended = choir(*words)
    said = ended.stdout + ended.stderr
    assert "Usage: choir " in said
    listed = said.split("Commands:")[1].split("\n")
    for name in COMMANDS:
        (line,) = (line for line in listed if line.split()[:1] == [name])
        assert line.endswith("."), line
        assert "..." not in line


@pytest.mark.parametrize(
    "name", [(one, *two) for one, many in COMMANDS.items() for two in [[], *([m] for m in many)]]
)
def test_every_command_has_a_help_of_its_own(name: tuple[str, ...]) -> None:
    ended = choir(*name, "--help")
    assert ended.returncode == 0
    assert f"Usage: choir {' '.join(name)} " in ended.stdout


def test_help_loads_neither_the_database_nor_slack() -> None:
    heavy = {"sqlalchemy", "slack_sdk", "slack_bolt", "babel"}
    program = f"import sys, bot.cli; print(sorted({heavy} & set(sys.modules)))"
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ended.stdout == "[]\n"


def test_an_unknown_command_is_refused_with_the_way_to_help() -> None:
    ended = choir("strat")
    assert ended.returncode != 0
    assert "--help" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_fault_of_its_own_ends_in_a_line_without_the_faults_text(tmp_path: Path) -> None:
    """Settings that are no text: nothing that anybody foresaw."""
    (tmp_path / ".env").write_bytes(b"LOG_LEVEL=\xff planted phrase\n")
    ended = choir("run", cwd=tmp_path)
    assert ended.returncode == 1
    assert "please report this line: error=UnicodeDecodeError at=" in ended.stderr
    assert "planted" not in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_taken_port_is_said_in_one_sentence_with_another_one_to_try(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = choir("demo", "--port", str(port), cwd=tmp_path)
    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert f"Port {port} is taken" in ended.stderr
    assert 'make demo ARGS="--port ' in ended.stderr
    assert not list(tmp_path.iterdir())
