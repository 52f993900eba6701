"""`choir doctor`: whatever is wrong is named with what to do, and looking changes nothing."""

import base64
import re
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.notices import Fate, Kind, Notice
from bot.sandbox import MovableClock, Sandbox
from bot.setup.init import new_key
from storage import outbox, workspaces
from storage.crypto import Keys
from storage.database import Store, sole_process
from storage.schema import guarantees
from tests.setup.conftest import Ran

Choir = Callable[..., Ran]
NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)


def key(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=")


def made(keyed: dict[str, str], folder: Path, workspace: str) -> Store:
    """The installation's database as a first start leaves it."""
    keys = Keys(master=key(keyed["CHOIR_MASTER_KEY"]), reference=key(keyed["CHOIR_REF_KEY"]))
    store = Store(f"sqlite:///{folder / 'data/choir.db'}", keys)
    store.migrate()
    with store.begin(workspace) as tx:
        workspaces.enter(tx, "US")
    return store


def findings(ended: Ran) -> dict[str, tuple[str, str]]:
    """Verdict and words by what was looked at."""
    lines = re.findall(r"(?m)^(ok|note|WRONG) +([^:]+): (.+)$", ended.stdout)
    assert len(lines) == len(ended.stdout.splitlines()), ended.stdout
    return {about: (verdict, words) for verdict, about, words in lines}


def test_an_installation_that_is_ready_has_nothing_wrong(
    choir: Choir, keyed: dict[str, str], slack: Sandbox, tmp_path: Path
) -> None:
    made(keyed, tmp_path, slack.team_id).close()
    ended = choir("doctor", environ={**keyed, "CRISIS_REVIEWED_ON": datetime.now(UTC).date().isoformat()})
    found = findings(ended)
    assert {about for about, (verdict, _) in found.items() if verdict == "ok"} == {
        "settings",
        "bot token",
        "app token",
        "scopes",
        "clock",
        "database",
        "keys",
        "numbers of the update",
        "messages",
        "crisis lines",
    }
    assert found["bot"] == ("note", "`choir run` is not running on this database.")
    assert (ended.returncode, ended.stderr) == (0, "")


def test_it_names_every_bad_setting_and_ends_with_an_error(choir: Choir) -> None:
    ended = choir("doctor", environ={"ANSWERS_KEPT_WEEKS": "99"})
    found = findings(ended)
    named = {about for about, (verdict, _) in found.items() if verdict == "WRONG"}
    assert named == {
        "SLACK_BOT_TOKEN",
        "SLACK_APP_TOKEN",
        "CHOIR_MASTER_KEY",
        "CHOIR_REF_KEY",
        "ANSWERS_KEPT_WEEKS",
    }
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr


def test_looking_makes_no_database(choir: Choir, keyed: dict[str, str], tmp_path: Path) -> None:
    ended = choir("doctor", environ=keyed)
    assert findings(ended)["database"][0] == "note"
    assert ended.returncode == 0
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("name", "value", "about", "said"),
    [
        ("SLACK_BOT_TOKEN", "xoxb-of-another-app", "bot token", "Slack does not know it"),
        ("SLACK_APP_TOKEN", "xapp-of-another-app", "app token", "Slack does not know it"),
        ("SLACK_API_URL", "http://127.0.0.1:9/api/", "bot token", "cannot be reached"),
        (
            "DATABASE_URL",
            "postgresql://nobody@127.0.0.1:9/choir",
            "database",
            "see that DATABASE_URL is right",
        ),
        ("DATABASE_URL", "sqlite:////proc/version", "database", "it cannot be used"),
    ],
)
def test_what_does_not_work_is_named_with_what_to_do(
    choir: Choir, keyed: dict[str, str], name: str, value: str, about: str, said: str
) -> None:
    ended = choir("doctor", environ={**keyed, name: value})
    verdict, words = findings(ended)[about]
    assert (verdict, ended.returncode) == ("WRONG", 1)
    assert said in words
    assert "Traceback" not in ended.stderr


def test_keys_that_are_not_the_databases_are_noticed(
    choir: Choir, keyed: dict[str, str], slack: Sandbox, tmp_path: Path
) -> None:
    made(keyed, tmp_path, slack.team_id).close()
    ended = choir("doctor", environ={**keyed, "CHOIR_REF_KEY": new_key()})
    assert findings(ended)["keys"][0] == "WRONG"
    assert ended.returncode == 1


def test_a_token_of_another_workspace_is_noticed(choir: Choir, keyed: dict[str, str], tmp_path: Path) -> None:
    made(keyed, tmp_path, "T0ANOTHER").close()
    assert findings(choir("doctor", environ=keyed))["workspace"][0] == "WRONG"


def test_tables_of_another_version_are_noticed(choir: Choir, keyed: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/choir.db").touch()
    verdict, words = findings(choir("doctor", environ=keyed))["database"]
    assert verdict == "WRONG"
    assert "choir db upgrade" in words
    assert choir("db", "upgrade", environ=keyed).returncode == 0
    assert findings(choir("doctor", environ=keyed))["database"][0] == "ok"


def test_numbers_that_somebody_loosened_in_the_database_are_noticed(
    choir: Choir, keyed: dict[str, str], slack: Sandbox, tmp_path: Path
) -> None:
    with closing(made(keyed, tmp_path, slack.team_id)) as store, store.begin(slack.team_id) as tx:
        row = {"from_period": 0, "roster_min": 3, "chosen_on": NOW.date()}
        tx.execute(guarantees.insert().values(workspace=slack.team_id, **row))
    ended = choir("doctor", environ=keyed)
    verdict, words = findings(ended)["numbers of the update"]
    assert (verdict, ended.returncode) == ("WRONG", 1)
    assert "keeps to the strictest" in words


def test_a_missing_scope_is_named(choir: Choir, keyed: dict[str, str], slack: Sandbox) -> None:
    declared = slack.workspace.declared
    fewer = declared.scopes - {"dnd:read"} | {"channels:history"}
    object.__setattr__(declared, "scopes", fewer)
    verdict, words = findings(choir("doctor", environ=keyed))["scopes"]
    assert verdict == "WRONG"
    assert "dnd:read" in words
    assert "chat:write" not in words
    object.__setattr__(declared, "scopes", fewer | {"dnd:read"})
    verdict, words = findings(choir("doctor", environ=keyed))["scopes"]
    assert (verdict, "channels:history" in words) == ("note", True)


def test_a_clock_that_differs_from_slacks_is_noticed(
    choir: Choir, keyed: dict[str, str], clock: MovableClock
) -> None:
    clock.advance(timedelta(minutes=10))
    verdict, words = findings(choir("doctor", environ=keyed))["clock"]
    assert verdict == "WRONG"
    assert "10 minutes slow" in words


def test_held_and_refused_messages_are_told_without_their_recipients(
    choir: Choir, keyed: dict[str, str], slack: Sandbox, tmp_path: Path
) -> None:
    with closing(made(keyed, tmp_path, slack.team_id)) as store:
        for dedupe_key, fate, reason in (
            ("a", Fate.HELD, "unknown"),
            ("b", Fate.PARKED, "channel_not_found"),
        ):
            with store.begin(slack.team_id) as tx:
                outbox.add(tx, a_notice(dedupe_key))
                (claim,) = outbox.claim(tx, NOW, timedelta(minutes=1), 1)
                assert claim
                outbox.settle(tx, claim, fate, reason)
    ended = choir("doctor", environ=keyed)
    told = [line for line in ended.stdout.splitlines() if " messages: " in line]
    assert len(told) == 2
    assert "held" in told[0]
    assert "channel_not_found" in told[1]
    assert "U0ANA0001" not in ended.stdout
    assert ended.returncode == 0


def a_notice(dedupe_key: str) -> Notice:
    return Notice(
        dedupe_key=dedupe_key,
        kind=Kind.WEEKLY,
        to=None,
        channel="C0NOWHERE",
        facts={},
        due_at=NOW,
        expires_at=NOW + timedelta(days=1),
        called_for_at=NOW,
    )


def test_it_works_beside_a_running_bot_and_says_that_it_runs(
    choir: Choir, keyed: dict[str, str], slack: Sandbox, tmp_path: Path
) -> None:
    made(keyed, tmp_path, slack.team_id).close()
    with sole_process(f"sqlite:///{tmp_path / 'data/choir.db'}"):
        ended = choir("doctor", environ=keyed)
    assert findings(ended)["bot"] == ("ok", "`choir run` is running on this database.")
    assert ended.returncode == 0


def test_an_env_file_that_others_can_read_and_a_misspelt_name_are_noticed(
    choir: Choir, keyed: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / ".env"
    file.write_text("ANSWER_KEPT_WEEKS=8\nUNRELATED=1\n")
    file.chmod(0o644)
    ended = choir("doctor", environ=keyed)
    assert "chmod 600 .env" in ended.stdout
    assert "did you mean ANSWERS_KEPT_WEEKS?" in ended.stdout
    assert "UNRELATED" not in ended.stdout
    assert ended.returncode == 1


def test_crisis_numbers_nobody_checked_are_a_reminder_not_an_error(
    choir: Choir, keyed: dict[str, str]
) -> None:
    ended = choir("doctor", environ={**keyed, "CRISIS_REVIEWED_ON": "2026-01-01"})
    verdict, words = findings(ended)["crisis lines"]
    assert verdict == "note"
    assert "CRISIS_REVIEWED_ON" in words
    assert ended.returncode == 0


def test_no_secret_is_shown(choir: Choir, keyed: dict[str, str]) -> None:
    secret = {**keyed, "DATABASE_URL": "postgresql://me:hunter2@127.0.0.1:9/choir"}
    ended = choir("doctor", environ=secret)
    for hidden in ("hunter2", *(keyed[name] for name in keyed if name != "SLACK_API_URL")):
        assert hidden not in ended.stdout + ended.stderr
