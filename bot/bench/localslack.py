"""A local Slack in a process of its own, so that it takes no time from what is measured."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from multiprocessing import get_context, parent_process
from pathlib import Path
from typing import Any, Protocol, TypeVar

import yaml

from bot.bench.agency import workforce
from bot.sandbox import Sandbox

T = TypeVar("T")

MANIFEST = Path(__file__).parents[2] / "app.yaml"


class Address(Protocol):
    """Where a Slack is, and the tokens it takes."""

    @property
    def api_url(self) -> str: ...
    @property
    def bot_token(self) -> str: ...
    @property
    def app_token(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalSlack:
    """Its address, and a way to have something done inside its process."""

    api_url: str
    bot_token: str
    app_token: str
    pool: ProcessPoolExecutor

    def do(self, act: Callable[..., T], *args: object) -> T:
        """What a function of a module, handed the workspace first, answers in there."""
        return self.pool.submit(_do, act, *args).result()


def workspace(many: int, clock: Callable[[], datetime]) -> Sandbox:
    """A workspace of that many people, not started yet.

    It tells the app of no events: they would only be the app's own messages coming back.
    """
    manifest: dict[str, Any] = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
    manifest["settings"]["event_subscriptions"]["bot_events"] = []
    return Sandbox(manifest=manifest, clock=clock, people=workforce(many))


@contextmanager
def local_slack(many: int, at: datetime) -> Iterator[LocalSlack]:
    """That many people, a clock that stands at an instant, and no limits to what may be called how often."""
    spawned = get_context("spawn")
    with ProcessPoolExecutor(1, spawned, initializer=_open, initargs=(many, at)) as pool:
        api_url, bot_token, app_token = pool.submit(_do, _address).result()
        yield LocalSlack(api_url=api_url, bot_token=bot_token, app_token=app_token, pool=pool)


_open_here: list[Sandbox] = []
"""In its process: the one workspace."""


def _open(many: int, at: datetime) -> None:
    signal.signal(signal.SIGINT, lambda *_: os._exit(0))  # Ctrl-C ends it at once, whatever it does
    threading.Thread(target=_end_with_parent, daemon=True).start()
    sandbox = workspace(many, lambda: at)
    sandbox.lift_limits()
    sandbox.start()
    _open_here.append(sandbox)


def _end_with_parent() -> None:
    """However the process that measures ends, this one does not stay behind."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(0)


def _do(act: Callable[..., T], *args: object) -> T:
    return act(_open_here[0], *args)


def _address(address: Address) -> tuple[str, str, str]:
    return address.api_url, address.bot_token, address.app_token
