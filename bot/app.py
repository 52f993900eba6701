"""The composition root: makes store, messenger, Bolt app and heartbeats, and decides nothing."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from http.client import HTTPException
from typing import Any

from slack_bolt import App
from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError

import handlers
from bot import ending, web
from bot.config import Settings
from bot.connection import PING_SECONDS, Connection, InHand, Pauses
from bot.content import load_content
from bot.domain.huddles import Rooms
from bot.domain.notices import Pace
from bot.slack import Messenger, is_passing, web_client
from handlers.visit import House
from schedules import scheduler
from schedules.setting import Setting
from storage import erasure_mark, guarantee_mark, ledger_mark, restore, workspaces
from storage.crypto import Keys
from storage.database import Store, sole_process
from storage.erasure_mark import ErasureMark
from storage.guarantee_mark import GuaranteeMark
from storage.ledger_mark import LedgerMark

log = logging.getLogger(__name__)

LISTENERS = 16
"""Threads for what people do. Measured with 10 threads: 813 acknowledgements a second."""
PATIENCE_SECONDS = 10
"""How long closing waits for what is in hand."""
ACKNOWLEDGED_WITHIN = 3.0
"""Slack waits no longer for an answer to a click."""


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
    house: House
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
        self.house.aside.shutdown()
        self.setting.store.close()


def assemble(settings: Settings, now: Callable[[], datetime] = wall_clock) -> Bot:
    """Put an installation together, its tables made and its workspace entered.

    now is the movable clock. Where Choir ran before, a Slack that is away is waited for. Raises
    SlackClientError for a token that is not good, SQLAlchemyError for a database that cannot be reached,
    WrongKeys for keys of another database, NoMark for a ledger's mark that knows less than the database,
    HalfRestored, ContentError.
    """
    keys = Keys(master=settings.master_key, reference=settings.ref_key, old=settings.old_master_key)
    store = Store(settings.database_url, keys)
    with ExitStack() as undo:
        undo.callback(store.close)
        bot = _furnish(store, settings, now)
        undo.pop_all()
    return bot


def _furnish(store: Store, settings: Settings, now: Callable[[], datetime]) -> Bot:
    restore.refuse_half(store)
    workspaces.check_keys(store)
    store.migrate()
    mark, erasures = LedgerMark(file=settings.ledger_mark), ErasureMark.beside(settings.ledger_mark)
    ledger_mark.check(mark, store)
    mark.begin()
    erasure_mark.carry_out(erasures, store, now())
    guarantee_mark.agree(GuaranteeMark.beside(settings.ledger_mark), store)
    content = load_content()
    client = web_client(settings.slack_bot_token, settings.slack_api_url, settings.https_proxy)
    messenger = Messenger(client)
    workspace = _workspace(messenger, known=bool(workspaces.list_ids(store)))
    with store.begin(workspace) as tx:
        workspaces.enter(tx, settings.crisis_country)
        workspaces.set_uninstalled(tx, None)
    rooms = Rooms(address=settings.huddle_fallback_url)
    house = House(
        store=store,
        content=content,
        messenger=messenger,
        erasures=erasures,
        now=now,
        country=settings.crisis_country,
        answers_kept_weeks=settings.answers_kept_weeks,
        crisis_reviewed_on=settings.crisis_reviewed_on,
        rooms=rooms,
    )
    executor = CountingExecutor(LISTENERS)
    app = App(client=client, listener_executor=executor)
    handlers.register(app, house)
    setting = Setting(
        workspace=workspace,
        store=store,
        ledger_mark=mark,
        content=content,
        messenger=messenger,
        now=now,
        answers_kept_weeks=settings.answers_kept_weeks,
        rooms=rooms,
        peers_kept_days=settings.peers_kept_days,
        pace=Pace(per_minute=settings.send_rate_per_minute),
    )
    return Bot(app=app, house=house, setting=setting, executor=executor, client=client)


def _workspace(messenger: Messenger, *, known: bool) -> str:
    """Whose token it is. known: it was good before, so that a Slack that is away now is waited for."""
    tries = 0
    while True:
        try:
            return messenger.identity().workspace
        except (SlackClientError, HTTPException, OSError) as error:
            if not known or not is_passing(error):
                raise
            log.warning("waiting for Slack error=%s", type(error).__name__)
        tries += 1
        time.sleep(Pauses().before(tries))


def run_bot(
    settings: Settings, now: Callable[[], datetime] = wall_clock, stop_seconds: float = ending.SECONDS
) -> None:
    """Run until told to stop (Ctrl-C or SIGTERM); what is in hand is finished or left for the next start.

    now is the movable clock; stop_seconds how long what is in hand may take to end. Raises what `assemble`
    raises, InUse, and PortTaken for the port of the health pages.
    """
    listening = web.listening(settings.http_host, settings.http_port)
    with sole_process(settings.database_url), listening as bound:
        bot = assemble(settings, now)
        stopping = bot.setting.stopping
        ending.on_signals(stopping, stop_seconds)
        connection = bot.connect(settings.slack_app_token)
        with web.serving(bound, _watched(bot, connection)) if bound else nullcontext():
            beats = scheduler.start(bot.setting)
            log.info("running")
            stopping.wait()
            log.info("stopping")
            connection.hear_no_more(ACKNOWLEDGED_WITHIN)
            connection.close()
            beats.shutdown(wait=True)
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
