"""`choir status`: what waits, what is late and why, in words and for programs; beside a running bot."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from bot.domain.notices import Fate, Kind
from bot.sandbox import Sandbox
from bot.setup import status
from storage import workspaces
from storage.database import Store
from storage.schema import outbox
from tests.setup.conftest import Ran
from tests.setup.test_doctor import made
from tests.setup.test_run import running

Choir = Callable[..., Ran]
HOUR = timedelta(hours=1)


def put(store: Store, workspace: str, about: str, due_at: datetime, **more: Any) -> None:
    row = {
        "workspace": workspace,
        "delivery_id": about,
        "dedupe_key": about,
        "kind": Kind.ASK,
        "recipient": "a" * 64,
        "facts": {},
        "urgency": 0,
        "due_at": due_at,
        "expires_at": due_at + HOUR,
        "fate": Fate.WAITING,
    }
    with store.begin(workspace) as tx:
        tx.execute(insert(outbox).values({**row, **more}))


@pytest.fixture
def busy(keyed: dict[str, str], tmp_path: Path) -> Store:
    """An installation with something of everything."""
    store, now = made(keyed, tmp_path, "T1"), datetime.now(UTC)
    put(store, "T1", "late", now - timedelta(minutes=30))
    put(store, "T1", "ahead", now + 3 * HOUR)
    put(store, "T1", "refused", now - HOUR, fate=Fate.PARKED, reason="user_disabled")
    put(store, "T1", "unwritten", now - HOUR, fate=Fate.PARKED, reason="cannot_be_rendered")
    put(store, "T1", "unknown", now + HOUR, fate=Fate.UNKNOWN, reason="restored")
    put(store, "T1", "held", now - HOUR, fate=Fate.HELD, reason="missing_scope")
    sent_at = now - timedelta(minutes=10)
    for number in (1, 2, 4):
        due_at = sent_at - timedelta(minutes=number)
        put(store, "T1", f"sent{number}", due_at, fate=Fate.SENT, sent_ts=f"{sent_at.timestamp():.6f}")
    with store.begin("T1") as tx:
        workspaces.hold_sending(tx, now + HOUR)
        workspaces.set_roster_synced(tx, now - 2 * HOUR)
    return store


def said(ended: Ran) -> dict[str, str]:
    """What is said about each thing."""
    lines = [line for line in ended.stdout.splitlines() if line.startswith("  ")]
    return {line[:16].strip(): line[16:].strip() for line in lines}


def test_it_says_in_words_what_waits_what_is_late_and_why(choir: Choir, busy: Store) -> None:
    busy.close()
    ended = choir("status", environ={})
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "Workspace T1" in ended.stdout
    found = said(ended)
    assert found["due now"] == "1 message, the oldest for 30 minutes"
    assert found["for later"].startswith("2 messages, the next on ")
    assert found["looked up"] == "1 message: may have gone out; Slack's history is asked first"
    assert found["last hour"] == (
        "3 messages sent; half of them within 2 minutes of their time, the latest 4 minutes after it"
    )
    assert "nothing is sent twice (missing_scope)" in found["held"]
    assert "refused by Slack for good (user_disabled)" in ended.stdout
    assert "please report it (cannot_be_rendered)" in ended.stdout
    assert found["pause"].startswith("Slack asked for one, until ")
    assert found["roster"] == "Slack's list of people was read 2 hours ago"
    assert found["app"] == "installed"


def test_it_says_the_same_to_programs(choir: Choir, busy: Store) -> None:
    busy.close()
    told = json.loads(choir("status", "--json", environ={}).stdout)
    (found,) = told["workspaces"]
    assert told["running"] is False
    assert found.pop("oldest_due_seconds") == pytest.approx(1800, abs=60)
    moments = {name: found.pop(name) for name in ("next_due_at", "paused_until", "roster_read_at")}
    assert all(datetime.fromisoformat(moment).tzinfo for moment in moments.values())
    assert found == {
        "workspace": "T1",
        "due": 1,
        "looked_up": 1,
        "later": 2,
        "sent_last_hour": 3,
        "median_delay_seconds": pytest.approx(120),
        "longest_delay_seconds": pytest.approx(240),
        "stuck": [
            {"fate": "held", "reason": "missing_scope", "many": 1},
            {"fate": "parked", "reason": "cannot_be_rendered", "many": 1},
            {"fate": "parked", "reason": "user_disabled", "many": 1},
        ],
        "uninstalled_at": None,
        "ended_at": None,
        "colleagues_this_month": {},
    }


def test_it_names_no_kind_and_no_person(busy: Store) -> None:
    busy.close()
    report = status.look(busy.url, datetime.now(UTC))
    both = status.words(report) + json.dumps(status.as_json(report))
    assert not [kind for kind in Kind if f'"{kind}"' in both or f" {kind} " in both]
    assert "a" * 64 not in both


def test_an_app_that_was_taken_out_is_said(choir: Choir, busy: Store) -> None:
    with busy.begin("T1") as tx:
        workspaces.set_uninstalled(tx, datetime(2026, 11, 20, 9, tzinfo=UTC))
    busy.close()
    app = said(choir("status", environ={}))["app"]
    assert app == (
        "taken out of the workspace on Friday 20 November, 09:00 UTC: nothing goes out; what is about people "
        "is erased on Friday 27 November, 09:00 UTC"
    )


def test_it_works_beside_a_running_bot_and_says_so(
    choir: Choir, keyed: dict[str, str], slack: Sandbox, tmp_path: Path
) -> None:
    assert "does not exist yet; `choir run` makes it" in choir("status", environ={}).stderr
    assert not list(tmp_path.iterdir())
    with running(keyed, tmp_path, slack):
        assert said(choir("status", environ={}))["running"] == "`choir run` is running on this database."
    assert "is NOT running" in said(choir("status", environ={}))["running"]


def test_tables_of_another_version_are_said_in_a_sentence(choir: Choir, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/choir.db").touch()
    ended = choir("status", environ={})
    assert ended.returncode == 1
    assert ended.stderr == "The database's tables are not those of this version: run `choir db upgrade`.\n"


def test_a_database_that_is_away_is_said_in_a_sentence(choir: Choir) -> None:
    ended = choir("status", environ={"DATABASE_URL": "postgresql://me:hunter2@127.0.0.1:9/choir"})
    assert ended.returncode == 1
    assert ended.stderr.startswith("The database cannot be used (OperationalError)")
    assert "hunter2" not in ended.stderr
