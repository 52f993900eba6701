"""Two thousand submitted check-ins in thirty seconds, on SQLite, over a real socket (docs/operating).

Beside a bot that only acknowledges, with the same people, cards, forms and submits.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from statistics import quantiles
from tempfile import TemporaryDirectory

from slack_bolt import Ack, App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from sqlalchemy import func, select

from bot.app import LISTENERS, Bot
from bot.bench.agency import DUE_AT, user_ids
from bot.bench.crowd import open_forms, submit_all
from bot.bench.installation import deliver_all, everybody_due, post_cards
from bot.bench.localslack import LocalSlack, local_slack
from bot.bench.rounds import Figures, Rounds
from bot.blocks import checkins as screens
from bot.blocks import ids
from bot.content import load_content
from bot.domain.members import Length
from bot.domain.rotation import keys_for
from bot.slack import web_client
from schedules import scheduler
from storage.schema import answers

PEOPLE = 2_000
SECONDS = 30.0
SLACK_WAITS = 3.0
"""Seconds within which Slack wants an acknowledgement."""
SETTLES_WITHIN = 60.0


def measure(rounds: Rounds, people: int = PEOPLE, seconds: float = SECONDS) -> Figures:
    """The two just after each other in every round, each with a local Slack of its own."""
    return rounds.median(lambda: _choir(people, seconds) | _bare(people, seconds))


def _choir(people: int, seconds: float) -> Figures:
    with (
        TemporaryDirectory() as folder,
        local_slack(people, DUE_AT) as slack,
        everybody_due(slack, f"sqlite:///{folder}/choir.db", people) as bot,
    ):
        deliver_all(bot.setting)
        with closing(bot.connect(slack.app_token)), _beating(bot):
            waits = _burst(slack, people, seconds)
            bot.executor.wait_idle(SETTLES_WITHIN)
        late = sum(wait > SLACK_WAITS for wait in waits)
        return {"burst_ack_p99_ms": _p99_ms(waits), "burst_lost": people - _kept(bot) + late}


def _bare(people: int, seconds: float) -> Figures:
    with local_slack(people, DUE_AT) as slack:
        post_cards(slack, people, LISTENERS)
        with ThreadPoolExecutor(LISTENERS) as executor, _connected(_bare_app(slack, executor), slack):
            return {"bare_ack_p99_ms": _p99_ms(_burst(slack, people, seconds))}


def _bare_app(slack: LocalSlack, executor: ThreadPoolExecutor) -> App:
    """Opens the same form, and does nothing with what is submitted but acknowledge it."""
    app = App(client=web_client(slack.bot_token, slack.api_url), listener_executor=executor)
    keys = keys_for(0, Length.DEFAULT, frozenset(), small=False)
    form = screens.form(load_content().words("en"), week=0, keys=keys, only_for_you=False, unread=None)

    def on_started(ack: Ack, body: dict[str, str], client: WebClient) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=form)

    def on_answered(ack: Ack) -> None:
        ack()

    app.action(ids.STARTED)(on_started)
    app.view(ids.VIEW_CHECKIN)(on_answered)
    return app


@contextmanager
def _connected(app: App, slack: LocalSlack) -> Iterator[None]:
    handler = SocketModeHandler(app, slack.app_token, concurrency=LISTENERS)
    handler.connect()  # type: ignore[no-untyped-call]  # Bolt does not annotate it
    try:
        yield
    finally:
        handler.close()  # type: ignore[no-untyped-call]  # Bolt does not annotate it


@contextmanager
def _beating(bot: Bot) -> Iterator[None]:
    """The heartbeats beat beside, as they do where it runs."""
    beats = scheduler.start(bot.setting)
    try:
        yield
    finally:
        beats.shutdown(wait=True)


def _burst(slack: LocalSlack, people: int, seconds: float) -> list[float]:
    everybody = user_ids(people)
    slack.do(open_forms, everybody)
    return slack.do(submit_all, everybody, seconds)


def _p99_ms(waits: list[float]) -> float:
    return quantiles(waits, n=100, method="inclusive")[98] * 1000


def _kept(bot: Bot) -> int:
    """People whose answers stand in rows."""
    with bot.setting.store.read(bot.workspace) as tx:
        kept: int = tx.execute(select(func.count()).select_from(answers)).scalar_one()
        return kept
