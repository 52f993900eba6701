"""The local Slack in a process of its own, with everything that goes wrong in it."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from multiprocessing import parent_process
from multiprocessing.managers import BaseManager
from threading import Thread

import yaml

from bot.demo.stage import MANIFEST
from bot.sandbox import Message, Person, Sandbox
from tests.chaos.clock import SharedClock

POST, HISTORY = "chat.postMessage", "conversations.history"


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A message that stands in somebody's DM: whose, which delivery it says it is, and since when."""

    user_id: str
    delivery_id: str
    at: datetime


class Slack:
    """What a run asks of its Slack; called from other processes."""

    def __init__(self, clock: SharedClock, people: Iterable[Person]) -> None:
        manifest = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
        # Nobody listens to events here, so none is sent again.
        self._sandbox = Sandbox(manifest=manifest, clock=clock.now, people=people, retry_seconds=())
        self._sandbox.start()
        Thread(target=_end_with_parent, daemon=True).start()

    def address(self) -> str:
        return self._sandbox.api_url

    def strike(self, fault: str, method: str, share: float, seed: int, seconds: float = 0) -> None:
        """Let a share of the calls meet a fault until further notice."""
        self._sandbox.faults.strike(fault, method, share, seed=seed, seconds=seconds)

    def storm(self, times: int, retry_after: int) -> None:
        """Answer the next posts with 429."""
        self._sandbox.faults.storm_429(POST, times, retry_after)

    def calm(self) -> None:
        self._sandbox.faults.clear()

    def taken(self) -> int:
        """How many messages stand in DMs by now."""
        workspace = self._sandbox.workspace
        return sum(len(workspace.messages(channel)) for channel in workspace.dms().values())

    def received(self) -> list[Received]:
        """Every message that stands in a DM."""
        dms = self._sandbox.workspace.dms()
        return [_received(user, one) for user in dms for one in self._sandbox.dm(user)]

    def outcomes(self, method: str) -> Counter[str]:
        """How the calls of a method ended, and how many were done and never answered ("lost reply")."""
        return Counter(call.outcome for call in self._sandbox.calls if call.method == method)

    def met(self, fault: str) -> int:
        """How many calls met a fault."""
        return self._sandbox.faults.met[fault]


def _end_with_parent() -> None:
    """A run that was itself killed leaves no process behind."""
    parent_process().join()
    os._exit(1)


def _received(user_id: str, message: Message) -> Received:
    payload = (message.metadata or {}).get("event_payload") or {}
    return Received(user_id=user_id, delivery_id=str(payload.get("id")), at=message.at)


class SlackProcess(BaseManager):
    """Starts the process; `Slack(clock, people)` makes one there."""


SlackProcess.register("Slack", Slack)
