"""Tries the two Slack tokens and says in words what came of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlparse

from slack_sdk.errors import SlackApiError, SlackClientError

from bot.slack import Identity, Messenger, web_client

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Slack answered, and does not accept the token. `words` say why and what to do."""

    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreachable:
    """Slack did not answer, so nothing is known about the token."""

    words: str


WHY = {
    "invalid_auth": "Slack does not know it: copy it again, whole, from the app's page",
    "not_authed": "Slack received no token: copy it again, whole, from the app's page",
    "token_revoked": "it was revoked: install the app again and put its new token in",
    "token_expired": "it has run out: turn token rotation off on the app's page and install the app again",
    "account_inactive": "the app was removed from the workspace: install it again and put its new token in",
    "not_allowed_token_type": "it is of the wrong kind: xoxb- is the bot's token, xapp- the app's",
    "missing_scope": "it lacks the scope connections:write: make a new app-level token with that scope",
    "no_permission": "it lacks the scope connections:write: make a new app-level token with that scope",
    "team_access_not_granted": "this workspace's owner has not approved the app yet",
}


def try_bot_token(token: str, api_url: str, proxy: str | None) -> Identity | Refused | Unreachable:
    """Ask Slack whose token this is (auth.test)."""
    return _ask(lambda: Messenger(web_client(token, api_url, proxy)).identity(), api_url)


def try_app_token(token: str, api_url: str, proxy: str | None) -> Refused | Unreachable | None:
    """Ask Slack for a socket's address (apps.connections.open) without connecting; None when it gave one."""
    return _ask(lambda: Messenger(web_client(token, api_url, proxy)).ask_for_socket(), api_url)


def _ask(question: Callable[[], T], api_url: str) -> T | Refused | Unreachable:
    host = urlparse(api_url).netloc
    try:
        return question()
    except SlackApiError as error:
        code = str(error.response.get("error"))
        if error.response.status_code >= 500 or error.response.status_code == 429:
            return Unreachable(words=f"{host} is busy or out of order: try again in a minute")
        return Refused(words=WHY.get(code, f"Slack refuses it with the code {code}"))
    except (SlackClientError, OSError, ValueError):
        return Unreachable(
            words=f"{host} cannot be reached: see that this machine reaches the internet "
            "(a proxy goes into HTTPS_PROXY)"
        )
