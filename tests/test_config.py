"""Settings: every bad one named at once, nothing secret ever printed."""

import os
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from bot import config
from bot.config import SETTINGS, Settings, SettingsError, gather, read_settings

ROOT = Path(__file__).parents[1]
KEY, OTHER_KEY = "A" * 43, "B" * 42 + "A"
GIVEN = {
    "SLACK_BOT_TOKEN": "xoxb-planted-bot-token",
    "SLACK_APP_TOKEN": "xapp-planted-app-token",
    "CHOIR_MASTER_KEY": KEY,
    "CHOIR_REF_KEY": OTHER_KEY,
}


def problems(**values: str) -> dict[str, str]:
    """What is wrong when these are given beside what must be given, by name."""
    try:
        read_settings({**GIVEN, **values})
    except SettingsError as error:
        return {problem.name: problem.words for problem in error.problems}
    return {}


def test_two_tokens_and_two_keys_are_enough() -> None:
    settings = read_settings(GIVEN)
    assert settings.database_url == "sqlite:///data/choir.db"
    assert settings.slack_api_url == "https://slack.com/api/"
    assert settings.answers_kept_weeks == 13
    assert settings.crisis_country == "US"
    assert settings.crisis_reviewed_on is None
    assert settings.https_proxy is None


def test_every_missing_setting_is_named_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings({})
    assert [problem.name for problem in caught.value.problems] == list(GIVEN)
    assert all(name in str(caught.value) for name in GIVEN)


def test_every_bad_setting_is_named_at_once() -> None:
    bad = {setting.name: "§ not usable" for setting in SETTINGS}
    assert list(problems(**bad)) == [setting.name for setting in SETTINGS]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SLACK_BOT_TOKEN", "xapp-1-A0-123456789"),
        ("SLACK_BOT_TOKEN", "xoxb-"),
        ("SLACK_APP_TOKEN", "xoxb-1-123456789"),
        ("SLACK_API_URL", "slack.com/api"),
        ("HTTPS_PROXY", "proxy:3128"),
        ("DATABASE_URL", "mysql://localhost/choir"),
        ("DATABASE_URL", "sqlite://"),
        ("LEDGER_MARK", "ledger-mark"),
        ("LEDGER_MARK", "../ledger-mark"),
        ("LEDGER_MARK", "~nobody-of-this-name/ledger-mark"),
        ("CHOIR_MASTER_KEY", "A" * 42),
        ("CHOIR_MASTER_KEY", "A" * 44),
        ("CHOIR_REF_KEY", "!" * 43),
        ("CRISIS_RESOURCES_COUNTRY", "USA"),
        ("CRISIS_REVIEWED_ON", "30.11.2026"),
        ("ANSWERS_KEPT_WEEKS", "3"),
        ("ANSWERS_KEPT_WEEKS", "27"),
        ("ANSWERS_KEPT_WEEKS", "thirteen"),
        ("LOG_LEVEL", "LOUD"),
        ("HUDDLE_FALLBACK_URL", "http://meet.example.org/{room}"),
        ("HUDDLE_FALLBACK_URL", "https://meet.example.org/{name}"),
        ("HUDDLE_FALLBACK_URL", "https://meet.example.org/|>"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_by_name(name: str, value: str) -> None:
    assert list(problems(**{name: value})) == [name]


def test_one_key_for_both_purposes_is_refused() -> None:
    assert list(problems(CHOIR_REF_KEY=KEY)) == ["CHOIR_REF_KEY"]


@pytest.mark.parametrize("database", ["sqlite:///{}/kept/choir.db", "sqlite:////{}/kept/choir.db"])
@pytest.mark.parametrize(
    "mark", ["kept/ledger-mark", "kept/deeper/ledger-mark", "away/../kept/m", "linked/m"]
)
def test_a_mark_of_the_ledger_beside_the_database_is_refused(
    tmp_path: Path, database: str, mark: str
) -> None:
    """Whoever copies and puts back that folder would put back both."""
    (tmp_path / "linked").symlink_to("kept", target_is_directory=True)
    given = {"DATABASE_URL": database.format(tmp_path), "LEDGER_MARK": f"{tmp_path}/{mark}"}
    assert list(problems(**given)) == ["LEDGER_MARK"]
    assert problems(**{**given, "LEDGER_MARK": f"{tmp_path}/away/ledger-mark"}) == {}


@pytest.mark.parametrize("database", ["postgresql://me@db/choir", "sqlite:////somewhere/choir.db"])
def test_a_mark_of_the_ledger_below_data_is_refused(database: str) -> None:
    mark = Path("data/deep/ledger-mark").absolute()
    assert list(problems(DATABASE_URL=database, LEDGER_MARK=str(mark))) == ["LEDGER_MARK"]


def test_the_mark_of_the_ledger_is_at_first_in_the_home_of_whoever_runs_it() -> None:
    assert read_settings(GIVEN).ledger_mark == Path.home() / ".local/state/choir/ledger-mark"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_usual_way_to_write_a_postgresql_address_works(scheme: str) -> None:
    settings = read_settings({**GIVEN, "DATABASE_URL": f"{scheme}://me@db/choir"})
    assert settings.database_url == "postgresql+psycopg://me@db/choir"


def test_an_api_address_without_its_last_slash_gets_it() -> None:
    settings = read_settings({**GIVEN, "SLACK_API_URL": "http://127.0.0.1:9/api"})
    assert settings.slack_api_url == "http://127.0.0.1:9/api/"


def test_nothing_secret_is_in_the_repr_of_settings() -> None:
    secret = {
        **GIVEN,
        "DATABASE_URL": "postgresql://me:hunter2@db/choir",
        "HTTPS_PROXY": "http://me:hunter2@proxy:3128",
    }
    shown = repr(read_settings(secret))
    for hidden in ("planted", "hunter2", "master", "ref_key", "AAAA", r"\x00"):
        assert hidden not in shown


def test_nothing_secret_is_in_the_words_about_bad_settings() -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings({setting.name: "hunter2 hunter2" for setting in SETTINGS})
    assert "hunter2" not in str(caught.value) + repr(caught.value)


def test_the_environment_goes_before_the_file_and_a_blank_means_the_default(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("ANSWERS_KEPT_WEEKS=4\nLOG_LEVEL=ERROR\nCRISIS_RESOURCES_COUNTRY=\nUNRELATED=1\n")
    found = gather({"LOG_LEVEL": "DEBUG", "ANSWERS_KEPT_WEEKS": ""}, file)
    assert found == {"ANSWERS_KEPT_WEEKS": "4", "LOG_LEVEL": "DEBUG"}


def test_a_dollar_sign_in_a_password_is_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("DATABASE_URL=postgresql://me:a${HOME}b@db/choir\n")
    assert gather({}, file)["DATABASE_URL"] == "postgresql://me:a${HOME}b@db/choir"


@pytest.mark.parametrize("name", [each.name for each in fields(Settings)])
def test_every_setting_is_read_by_the_program(name: str) -> None:
    readers = [file for file in (ROOT / "bot").rglob("*.py") if file.name != "config.py"]
    assert any(f"settings.{name}" in file.read_text(encoding="utf-8") for file in readers)


def test_what_privacy_depends_on_is_not_a_setting() -> None:
    names = " ".join(setting.name for setting in config.SETTINGS)
    for constant in ("EPS", "EPSILON", "ROSTER", "CONTRIBUTORS", "MINIMUM", "NOISE", "PERIOD"):
        assert constant not in names


def test_a_start_without_settings_says_all_of_them_and_prints_no_traceback(tmp_path: Path) -> None:
    environ = {"PATH": os.environ["PATH"], "HOME": "", "ANSWERS_KEPT_WEEKS": "99"}
    ended = subprocess.run(
        [sys.executable, "-m", "bot", "run"],
        cwd=tmp_path,
        env={**environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 1
    assert all(name in ended.stderr for name in (*GIVEN, "ANSWERS_KEPT_WEEKS"))
    assert "Traceback" not in ended.stderr
    assert not list(tmp_path.iterdir())
