"""Log lines: what happened and where, never what somebody typed, chose or answered, and no Slack id."""

import ast
import base64
import io
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from slack_bolt import App, BoltRequest
from slack_bolt.authorization import AuthorizeResult
from sqlalchemy import create_engine, text

from bot import logs

ROOT = Path(__file__).parents[1]
PHRASE = "I cannot carry Marisol's file any longer"
USER = "U012AB3CD"
A_KEY = base64.urlsafe_b64encode(bytes(range(100, 132))).decode().rstrip("=")


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What the process logs during the test."""
    root = logging.getLogger()
    before = root.handlers[:], root.level, logging.raiseExceptions
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    levels = {name: logging.getLogger(name).level for name in logs.PACKAGES}
    out = io.StringIO()
    logs.configure("DEBUG", out)
    yield out
    root.handlers[:], root.level, logging.raiseExceptions = before
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks
    logging.captureWarnings(False)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def fail_with(words: str) -> None:
    try:
        raise KeyError(words)
    except KeyError as error:
        raise RuntimeError(f"while handling {words}") from error


def test_an_exceptions_text_is_not_logged_but_its_types_and_places_are(written: io.StringIO) -> None:
    try:
        fail_with(PHRASE)
    except RuntimeError:
        logging.getLogger("handlers.checkins").exception("a click failed")
    line = written.getvalue()
    assert PHRASE not in line
    assert "a click failed error=RuntimeError<-KeyError at=" in line
    assert "tests/test_logs.py:" in line
    assert line.count("\n") == 1


def test_bolts_own_words_about_a_failed_listener_are_left_out(written: io.StringIO) -> None:
    app = App(
        signing_secret="0",
        authorize=lambda: AuthorizeResult(enterprise_id=None, team_id="T012AB3CD", bot_token="xoxb-0"),
        request_verification_enabled=False,
        process_before_response=True,
    )

    @app.command("/choir")
    def fail() -> None:
        fail_with(PHRASE)

    body = f"command=%2Fchoir&text={PHRASE}&user_id={USER}&team_id=T012AB3CD"
    app.dispatch(
        BoltRequest(body=body, headers={"content-type": ["application/x-www-form-urlencoded"]}, mode="http")
    )
    app.dispatch(
        BoltRequest(body={"type": "block_actions", "actions": [{"value": PHRASE}]}, mode="socket_mode")
    )
    assert "(a library's message, left out) at=" in written.getvalue()
    assert "error=RuntimeError<-KeyError" in written.getvalue()
    for hidden in (PHRASE, "Marisol", USER, "T012AB3CD"):
        assert hidden not in written.getvalue()


def test_a_failed_statement_logs_no_parameters(written: io.StringIO) -> None:
    engine = create_engine("sqlite://")
    with engine.connect() as connection, pytest.raises(Exception, match="no such table") as caught:
        connection.execute(text("insert into nowhere values (:words)"), {"words": PHRASE})
    engine.dispose()
    logging.getLogger("storage.asks").error("not kept", exc_info=caught.value)
    assert "OperationalError" in written.getvalue()
    assert PHRASE not in written.getvalue()


@pytest.mark.parametrize("name", ["slack_bolt", "slack_bolt.App", "slack_sdk", "sqlalchemy", "apscheduler"])
def test_a_library_that_prints_bodies_at_debug_never_reaches_debug(name: str, written: io.StringIO) -> None:
    App(signing_secret="0", authorize=lambda: None)
    logging.getLogger(name).debug("a body")
    logging.getLogger(name).info("a body")
    assert not logging.getLogger(name).isEnabledFor(logging.INFO)
    assert written.getvalue() == ""


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (3, "3"),
        (None, "None"),
        (True, "True"),
        ("0f3a9c", "0f3a9c"),
        ("checkins.title", "checkins.title"),
        (PHRASE, "(withheld)"),
        ("two words", "(withheld)"),
        ("cansancio…", "(withheld)"),
        (USER, "(withheld)"),
        (f"dm:{USER}", "(withheld)"),
        (f"dm_{USER}", "(withheld)"),
        ("F012AB3CD", "(withheld)"),
        ("a" * 64, "a" * 64),
        ("xoxb-123-abc", "(withheld)"),
        ("at:xapp-1-A0-abc", "(withheld)"),
        ("postgresql://me:hunter2/choir", "(withheld)"),
        (A_KEY, "(withheld)"),
        (f"{A_KEY}=", "(withheld)"),
        ("a" * 65, "(withheld)"),
        ({"qC1": 5}, "(withheld)"),
        (b"bytes", "(withheld)"),
    ],
)
def test_a_log_line_shows_numbers_and_short_ids_only(value: object, shown: str, written: io.StringIO) -> None:
    logging.getLogger("schedules.delivery").info("sent %s", value, extra={"fact": value})
    assert written.getvalue().endswith(f"sent {shown} fact={shown}\n")


def test_a_log_call_with_the_wrong_number_of_arguments_prints_none_of_them(
    written: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    logging.getLogger("bot.app").info("sent %s to %s", PHRASE)  # noqa: PLE1206
    assert "sent %s to %s (withheld)" in written.getvalue()
    assert capsys.readouterr().err == ""


def test_numbers_keep_the_form_the_line_asks_for(written: io.StringIO) -> None:
    logging.getLogger("bot.app").info("took %.1f s, %d rows", 1.26, 7)
    assert "took 1.3 s, 7 rows" in written.getvalue()


def test_a_warning_of_a_library_is_one_line_without_its_words(written: io.StringIO) -> None:
    logging.getLogger("py.warnings").warning("%s", PHRASE)
    assert PHRASE not in written.getvalue()
    assert written.getvalue().count("\n") == 1


@pytest.mark.parametrize(
    "fault",
    [
        "raise ValueError(phrase)",
        "t = threading.Thread(target=int, args=(phrase,)); t.start(); t.join()",
        "type('Late', (), {'__del__': lambda self: int(phrase)})()",
    ],
    ids=["main", "thread", "finaliser"],
)
def test_an_exception_that_nobody_caught_prints_its_place_but_not_its_text(fault: str) -> None:
    program = f"import threading; from bot import logs; logs.configure('INFO'); phrase = {PHRASE!r}; {fault}"
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert "error=ValueError at=" in ended.stderr
    assert PHRASE not in ended.stderr + ended.stdout
    assert "Traceback" not in ended.stderr


def log_calls() -> Iterator[tuple[str, ast.Call]]:
    for package in ("bot", "handlers", "schedules", "storage"):
        for file in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _logs(node.func):
                    yield f"{file.relative_to(ROOT)}:{node.lineno}", node


def _logs(function: ast.Attribute) -> bool:
    owner = function.value
    levels = ("debug", "info", "warning", "error", "exception", "critical", "log")
    return isinstance(owner, ast.Name) and "log" in owner.id.lower() and function.attr in levels


def test_every_log_message_of_the_project_is_a_fixed_text() -> None:
    calls = dict(log_calls())
    assert calls, "the project logs something"
    loose = [
        place
        for place, call in calls.items()
        if not (isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str))
    ]
    assert loose == []


CODES = {
    "type(error).__name__",
    "type(reply).__name__",
    "type(found).__name__",
    "type(outcome).__name__",
    "error.response.get('error')",
    "code",
    "refused[0]",
    "trouble",
    "reason",
}
"""What went wrong: a type's name, or a code of Slack's or of ours."""
NAMES = {
    "visit.act.action",
    "act.action",
    "visit.event.kind",
    "claim.kind",
    "one.claim.kind",
    "heartbeat.name",
    "file.language.code",
    "key",
    "found.group_id",
    "found.period",
    "due",
}
"""What it was about: names that stand in the code, a group of teams, a period."""


def test_every_value_that_a_log_line_takes_is_a_code_or_a_name_of_ours() -> None:
    """A new one fails here: see that it can hold nothing that anybody typed, and no id of Slack's."""
    taken = {ast.unparse(value) for _, call in log_calls() for value in call.args[1:]}
    assert taken == CODES | NAMES
