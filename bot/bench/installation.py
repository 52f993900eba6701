"""Choir as `choir run` puts it together, on a local Slack and keys that are thrown away."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime

from bot.app import Bot, assemble
from bot.bench.localslack import LocalSlack
from bot.config import KEY_BYTES, read_settings


def environment(slack: LocalSlack, database_url: str) -> dict[str, str]:
    """What would stand in `.env`, with new keys."""
    return {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "SLACK_API_URL": slack.api_url,
        "DATABASE_URL": database_url,
        "CHOIR_MASTER_KEY": secrets.token_urlsafe(KEY_BYTES),
        "CHOIR_REF_KEY": secrets.token_urlsafe(KEY_BYTES),
    }


def installed(environ: Mapping[str, str], now: Callable[[], datetime]) -> Bot:
    """An installation with its tables made and its workspace entered; the caller closes it."""
    return assemble(read_settings(environ), now)
