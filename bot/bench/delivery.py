"""How many messages a second Choir delivers, beside a bare loop over Slack's library (docs/operating)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.app import Bot
from bot.bench import postgresql
from bot.bench.agency import DUE_AT, EPOCH_ON, STARTED_AT, move_in, user_ids
from bot.bench.installation import environment, installed
from bot.bench.localslack import LocalSlack, local_slack
from bot.bench.rounds import Figures, Rounds
from bot.blocks import checkins as screens
from bot.content import load_content
from bot.domain.notices import Pace
from bot.slack import web_client
from schedules.checkins import plan_checkins
from schedules.delivery import SIDE_BY_SIDE, deliver
from schedules.digests import open_periods

PEOPLE = 600
NO_PACE = Pace(per_minute=1_000_000)


def measure(rounds: Rounds, people: int = PEOPLE) -> Figures:
    """Every round anew: an empty database, check-ins due for everybody, and the bare loop just before."""
    with TemporaryDirectory() as folder:
        names = count()
        figures = rounds.median(
            lambda: {"delivery_ratio_sqlite": _ratio(f"sqlite:///{folder}/{next(names)}.db", people)}
        )
    try:
        with postgresql.running(postgresql.CAREFUL) as server:
            return figures | rounds.median(
                lambda: {"delivery_ratio_postgres": _ratio(_new_database(server, next(names)), people)}
            )
    except ModuleNotFoundError as missing:
        rounds.say(f"  not run on PostgreSQL: {missing}")
        return figures


def _new_database(server: Path, number: int) -> str:
    postgresql.administer(server, f"CREATE DATABASE choir{number}")
    return postgresql.url(server, f"choir{number}")


def _ratio(database_url: str, people: int) -> float:
    """Messages a second of Choir by those of the bare loop."""
    with local_slack(people, DUE_AT) as slack, _everybody_due(slack, database_url, people) as bot:
        bare, ours = _bare_loop(slack, people), _delivery(bot)
    return bare / ours


@contextmanager
def _everybody_due(slack: LocalSlack, database_url: str, people: int) -> Iterator[Bot]:
    """A bot in whose outbox everybody's check-in waits."""
    with closing(installed(environment(slack, database_url), lambda: DUE_AT)) as bot:
        with bot.setting.store.begin(bot.workspace) as tx:
            move_in(tx, people, started_at=STARTED_AT, epoch_on=EPOCH_ON, due_at=DUE_AT)
        for beat in (open_periods, plan_checkins):
            while beat(bot.setting, bot.workspace):
                pass
        yield bot


def _delivery(bot: Bot) -> float:
    """Real seconds until the outbox is empty."""
    setting = replace(bot.setting, pace=NO_PACE)
    began = time.perf_counter()
    while deliver(setting, setting.workspace):
        pass
    return time.perf_counter() - began


def _bare_loop(slack: LocalSlack, people: int) -> float:
    """Real seconds for the same message to as many people, as many requests side by side."""
    client = web_client(slack.bot_token, slack.api_url)
    message = screens.arrival(load_content().words("en"), week=0, questions=2, only_for_you=False)
    blocks = list(message.blocks)
    began = time.perf_counter()
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        posts = [
            pool.submit(client.chat_postMessage, channel=to, text=message.text, blocks=blocks)
            for to in user_ids(people)
        ]
        for post in posts:
            post.result()
    return time.perf_counter() - began
