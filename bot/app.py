"""The composition root: makes store, messenger, Bolt app and heartbeats, and decides nothing."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from slack_bolt import App
from slack_sdk import WebClient

import handlers
from bot import web
from bot.config import Settings
from bot.connection import PING_SECONDS, Connection, InHand
from bot.content import load_content
from bot.domain.notices import Pace
from bot.slack import Messenger, web_client
from handlers.visit import House
from schedules import scheduler
from schedules.setting import Setting
from storage import workspaces
from storage.crypto import Keys
from storage.database import Store, sole_process

log = logging.getLogger(__name__)

LISTENERS = 16
"""Threads for what people do. Measured with 10 threads: 813 acknowledgements a second."""
PATIENCE_SECONDS = 10
"""How long a stop waits for what is in hand."""


def wall_clock() -> datetime:
    """The one place that reads the time of day."""
    return datetime.now(UTC)


class CountingExecutor(ThreadPoolExecutor):
    """Threads that can say when nothing is in hand: an acknowledgement returns before its listener ends."""

    def __init__(self, workers: int) -> None:
        super().__init__(workers, thread_name_prefix="listener")
        self._in_hand = InHand()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self._in_hand.count(+1)
        try:
            future = super().submit(fn, *args, **kwargs)
        except RuntimeError:
            self._in_hand.count(-1)
            raise
        future.add_done_callback(lambda _future: self._in_hand.count(-1))
        return future

    def wait_idle(self, seconds: float) -> bool:
        """Wait until nothing is in hand; whether that came true."""
        return self._in_hand.wait_none(seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bot:
    """Everything of one installation, put together; `connect` opens the socket to Slack."""

    app: App
    setting: Setting
    executor: CountingExecutor
    client: WebClient

    @property
    def workspace(self) -> str:
        return self.setting.workspace

    def connect(self, app_token: str, ping_seconds: float = PING_SECONDS) -> Connection:
        """Open the socket; what people do arrives from now on. The caller closes it."""
        connection = Connection(self.app, app_token, listeners=LISTENERS, ping_seconds=ping_seconds)
        connection.open()
        return connection

    def close(self) -> None:
        """Let what is in hand end, then close the store."""
        self.executor.wait_idle(PATIENCE_SECONDS)
        self.executor.shutdown()
        self.setting.store.close()


def assemble(settings: Settings, now: Callable[[], datetime] = wall_clock) -> Bot:
    """Put an installation together, its tables made and its workspace entered.

    now is the movable clock. Raises SlackClientError for a token that is not good, SQLAlchemyError for
    a database that cannot be reached, WrongKeys for keys of another database, ContentError.
    """
    store = Store(settings.database_url, Keys(master=settings.master_key, reference=settings.ref_key))
    with ExitStack() as undo:
        undo.callback(store.close)
        bot = _furnish(store, settings, now)
        undo.pop_all()
    return bot


def _furnish(store: Store, settings: Settings, now: Callable[[], datetime]) -> Bot:
    store.migrate()
    content = load_content()
    client = web_client(settings.slack_bot_token, settings.slack_api_url, settings.https_proxy)
    messenger = Messenger(client)
    workspace = messenger.identity().workspace
    with store.begin(workspace) as tx:
        workspaces.enter(tx, settings.crisis_country)
        workspaces.set_uninstalled(tx, None)
    house = House(
        store=store,
        content=content,
        messenger=messenger,
        now=now,
        country=settings.crisis_country,
        answers_kept_weeks=settings.answers_kept_weeks,
        crisis_reviewed_on=settings.crisis_reviewed_on,
    )
    executor = CountingExecutor(LISTENERS)
    app = App(client=client, listener_executor=executor)
    handlers.register(app, house)
    setting = Setting(
        workspace=workspace,
        store=store,
        content=content,
        messenger=messenger,
        now=now,
        answers_kept_weeks=settings.answers_kept_weeks,
        pace=Pace(per_minute=settings.send_rate_per_minute),
    )
    return Bot(app=app, setting=setting, executor=executor, client=client)


def run_bot(settings: Settings) -> None:
    """Run until told to stop (Ctrl-C or SIGTERM); what is in hand is finished or left for the next start.

    Raises what `assemble` raises, InUse, and PortTaken for the port of the health pages.
    """
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    listening = web.listening(settings.http_host, settings.http_port)
    with sole_process(settings.database_url), listening as bound:
        bot = assemble(settings)
        connection = bot.connect(settings.slack_app_token)
        with web.serving(bound, _watched(bot, connection)) if bound else nullcontext():
            beats = scheduler.start(bot.setting)
            log.info("running")
            stop.wait()
            log.info("stopping")
            bot.setting.stopping.set()
            beats.shutdown(wait=True)
        connection.close()
        bot.close()


def _watched(bot: Bot, connection: Connection) -> web.Watched:
    setting = bot.setting
    return web.Watched(
        store=setting.store,
        now=setting.now,
        is_connected=connection.is_connected,
        is_stopping=setting.stopping.is_set,
        silences=partial(scheduler.silences, setting),
        list_still=partial(scheduler.list_still, setting),
    )
