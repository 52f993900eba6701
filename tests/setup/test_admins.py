"""`choir admin`: who may set up teams without being an owner of the Slack workspace."""

from collections.abc import Callable

import pytest

from tests.setup.conftest import Ran

Choir = Callable[..., Ran]


def test_somebody_is_let_in_shown_and_taken_out_again(choir: Choir, keyed: dict[str, str]) -> None:
    assert "Nobody yet" in choir("admin", "list", environ=keyed).stdout
    added = choir("admin", "add", "U0ANA0001", environ=keyed)
    assert added.returncode == 0
    assert added.stderr.endswith("WARNING bot.cli: keys in use command=admin.add\n")
    assert choir("admin", "list", environ=keyed).stdout == "U0ANA0001\n"
    assert choir("admin", "remove", "U0ANA0001", environ=keyed).returncode == 0
    assert "Nobody yet" in choir("admin", "list", environ=keyed).stdout


@pytest.mark.parametrize("user", ["U0NOBODY1", "U0LEFT001", "ana"], ids=["unknown", "left", "a name"])
def test_nobody_is_let_in_who_is_not_of_the_workspace(choir: Choir, keyed: dict[str, str], user: str) -> None:
    ended = choir("admin", "add", user, environ=keyed)
    assert ended.returncode == 1
    assert f"nobody in this workspace with the id {user}" in ended.stderr
    assert "Nobody yet" in choir("admin", "list", environ=keyed).stdout


def test_keys_of_another_installation_let_nobody_in(choir: Choir, keyed: dict[str, str]) -> None:
    choir("admin", "list", environ=keyed)
    ended = choir("admin", "list", environ={**keyed, "CHOIR_REF_KEY": "B" * 42 + "A"})
    assert ended.returncode == 1
    assert "not those this database was made with" in ended.stderr


def test_a_token_that_slack_refuses_is_said_in_words(choir: Choir, keyed: dict[str, str]) -> None:
    ended = choir("admin", "list", environ={**keyed, "SLACK_BOT_TOKEN": "xoxb-of-another-app"})
    assert ended.returncode == 1
    assert "`choir doctor` says what is wrong" in ended.stderr
    assert "Traceback" not in ended.stderr
