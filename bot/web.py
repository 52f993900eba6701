"""HTTP for whoever watches the program: `/healthz`, `/readyz` and `/metrics`. Off unless HTTP_PORT is set.

Numbers and codes alone: nothing by person or by kind of notice, and nothing about what was sent and when,
because even "something went out at this minute" could tell of an ask or of a reminder (privacy §4). So a
message counts only once it is a minute late.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Thread

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from storage import status, workspaces
from storage.database import Store
from storage.status import Backlog

STOP_SECONDS = 5.0
LATE = timedelta(minutes=1)


class PortTaken(Exception):
    """The port cannot be listened on; the text is the port."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What is looked at. now is the movable clock; silences: how long ago each heartbeat showed life."""

    store: Store
    now: Callable[[], datetime]
    is_connected: Callable[[], bool]
    is_stopping: Callable[[], bool]
    silences: Callable[[], Mapping[str, timedelta]]
    list_still: Callable[[], tuple[str, ...]]


@contextmanager
def listening(host: str, port: int | None) -> Iterator[socket.socket | None]:
    """A socket on that address of this machine; None without a port. Raises PortTaken."""
    if port is None:
        yield None
        return
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        bound = socket.create_server((host, port), family=family)
    except OSError:
        raise PortTaken(str(port)) from None
    with bound:
        yield bound


@contextmanager
def serving(bound: socket.socket, watched: Watched) -> Iterator[None]:
    """Answer in a thread of its own until the end."""
    server = uvicorn.Server(_config(watched))
    thread = Thread(target=server.run, kwargs={"sockets": [bound]}, name="web", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(STOP_SECONDS)


def _config(watched: Watched) -> uvicorn.Config:
    return uvicorn.Config(
        site(watched),
        lifespan="off",
        log_config=None,
        log_level="error",
        access_log=False,
        server_header=False,
    )


def site(watched: Watched) -> Starlette:
    """The pages. What reads the database runs in a thread, so that one that hangs does not stop /healthz."""
    registry = CollectorRegistry()
    registry.register(_Scrape(watched))
    ProcessCollector(registry=registry)

    async def healthz(_request: Request) -> Response:
        return _verdict([f"the heartbeat {name} stands still" for name in watched.list_still()])

    def readyz(_request: Request) -> Response:
        return _verdict(list(_lacks(watched)))

    def metrics(_request: Request) -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return Starlette(
        routes=[Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)]
    )


def _verdict(problems: list[str]) -> Response:
    return PlainTextResponse("\n".join(problems or ["ok"]) + "\n", 503 if problems else 200)


def _lacks(watched: Watched) -> Iterator[str]:
    """Why no message would come or go now, in words."""
    if watched.is_stopping():
        yield "stopping"
    if not watched.is_connected():
        yield "not connected to Slack"
    try:
        workspaces.list_ids(watched.store)
    except SQLAlchemyError:
        yield "the database cannot be reached"


class _Scrape(Collector):
    """Looks at everything anew whenever it is asked; without the database it says just that."""

    def __init__(self, watched: Watched) -> None:
        self._watched = watched

    def describe(self) -> Iterator[Metric]:
        """None: whoever registers this should not look at the database yet."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        yield _gauge("choir_socket_connected", "1: connected to Slack.", self._watched.is_connected())
        silent = _labelled("choir_heartbeat_silent_seconds", "Since a heartbeat showed life.", "heartbeat")
        for name, span in self._watched.silences().items():
            silent.add_metric([name], span.total_seconds())
        yield silent
        try:
            backlogs = _backlogs(self._watched)
        except SQLAlchemyError:
            yield _gauge("choir_database_up", "1: the database can be reached.", 0)
            return
        yield _gauge("choir_database_up", "1: the database can be reached.", 1)
        yield from _of(backlogs, self._watched.now())


def _backlogs(watched: Watched) -> dict[str, Backlog]:
    found = {}
    for workspace in workspaces.list_ids(watched.store):
        with watched.store.read(workspace) as tx:
            found[workspace] = status.backlog(tx, watched.now(), late=LATE)
    return found


def _of(backlogs: Mapping[str, Backlog], now: datetime) -> Iterator[Metric]:
    due = _labelled("choir_notices_late", "Messages due for over a minute and not out.", "workspace")
    late = _labelled("choir_notices_late_seconds", "Since the oldest of them is due; 0: none.", "workspace")
    pause = _labelled("choir_slack_pause_seconds", "How long Slack wants no message yet.", "workspace")
    roster = _labelled("choir_roster_age_seconds", "Since Slack's list of people was read.", "workspace")
    gone = _labelled("choir_uninstalled", "1: the app was taken out of the workspace.", "workspace")
    stuck = _labelled("choir_notices_stuck", "Messages given up.", "workspace", "fate", "reason")
    for workspace, each in backlogs.items():
        due.add_metric([workspace], each.due)
        late.add_metric([workspace], _seconds(each.oldest_due_at, now))
        pause.add_metric([workspace], _seconds(now, each.paused_until))
        gone.add_metric([workspace], each.uninstalled_at is not None)
        if each.roster_read_at:
            roster.add_metric([workspace], _seconds(each.roster_read_at, now))
        for some in each.stuck:
            stuck.add_metric([workspace, some.fate, some.reason], some.many)
    yield from (due, late, pause, roster, gone, stuck)


def _seconds(since: datetime | None, until: datetime | None) -> float:
    return max((until - since).total_seconds(), 0.0) if since and until else 0.0


def _gauge(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(name, words, value=value)


def _labelled(name: str, words: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, words, labels=labels)
