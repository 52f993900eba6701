"""Choir as `choir run` puts it together, on a local Slack and keys that are thrown away."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime
from tempfile import TemporaryDirectory

from sqlalchemy import select

from bot.app import Bot, assemble
from bot.bench.agency import DUE_AT, EPOCH_ON, STARTED_AT, move_in, user_ids
from bot.bench.localslack import Address
from bot.blocks import checkins as screens
from bot.config import KEY_BYTES, read_settings
from bot.content import load_content
from bot.domain.notices import Fate, Pace
from bot.slack import web_client
from schedules.checkins import plan_checkins
from schedules.delivery import deliver
from schedules.digests import open_periods
from schedules.setting import Setting
from storage.schema import outbox

NO_PACE = Pace(per_minute=1_000_000)
"""Slack's limits are not what is measured."""


def environment(slack: Address, database_url: str, folder: str) -> dict[str, str]:
    """What would stand in `.env`, with new keys. folder: where the ledger's mark is, and no database."""
    return {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "SLACK_API_URL": slack.api_url,
        "DATABASE_URL": database_url,
        "LEDGER_MARK": f"{folder}/ledger-mark",
        "CHOIR_MASTER_KEY": secrets.token_urlsafe(KEY_BYTES),
        "CHOIR_REF_KEY": secrets.token_urlsafe(KEY_BYTES),
    }


def installed(environ: Mapping[str, str], now: Callable[[], datetime]) -> Bot:
    """An installation with its tables made and its workspace entered; the caller closes it."""
    return assemble(read_settings(environ), now)


@contextmanager
def everybody_due(
    slack: Address, database_url: str, people: int, now: Callable[[], datetime] = lambda: DUE_AT
) -> Iterator[Bot]:
    """A bot in whose outbox everybody's check-in waits, due since now."""
    with (
        TemporaryDirectory() as folder,
        closing(installed(environment(slack, database_url, folder), now)) as bot,
    ):
        with bot.setting.store.begin(bot.workspace) as tx:
            move_in(tx, people, started_at=STARTED_AT, epoch_on=EPOCH_ON, due_at=DUE_AT)
        for beat in (open_periods, plan_checkins):
            while beat(bot.setting, bot.workspace):
                pass
        yield bot


def deliver_all(setting: Setting) -> None:
    """Until the outbox is empty, as fast as it goes; RuntimeError when not all of it was sent."""
    hurried = replace(setting, pace=NO_PACE)
    while deliver(hurried, setting.workspace):
        pass
    with setting.store.read(setting.workspace) as tx:
        fates = set(tx.execute(select(outbox.c.fate)).scalars())
    if fates != {Fate.SENT}:
        raise RuntimeError(f"not everything was sent: {sorted(fates)}")


def post_cards(slack: Address, people: int, side_by_side: int) -> None:
    """The same message to as many people by a bare loop over Slack's library."""
    client = web_client(slack.bot_token, slack.api_url)
    message = screens.arrival(load_content().words("en"), week=0, questions=2, only_for_you=False)
    blocks = list(message.blocks)
    with ThreadPoolExecutor(side_by_side) as pool:
        posts = [
            pool.submit(client.chat_postMessage, channel=to, text=message.text, blocks=blocks)
            for to in user_ids(people)
        ]
        for post in posts:
            post.result()
