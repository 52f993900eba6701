"""Slack's events: told at least once, acknowledged before anything is done, acted on once.

Nothing may depend on seeing one: the roster sync repairs what was missed.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, TypeAlias

from slack_sdk.errors import SlackClientError
from sqlalchemy.exc import SQLAlchemyError

from handlers.payloads import Event, Malformed, event_from
from handlers.visit import House
from storage import events
from storage.database import Tx

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventVisit:
    """An event with the house it happened in and the moment it arrived."""

    house: House
    event: Event
    now: datetime

    @contextmanager
    def begin(self) -> Iterator[Tx]:
        with self.house.store.begin(self.event.workspace) as tx:
            yield tx

    @contextmanager
    def read(self) -> Iterator[Tx]:
        with self.house.store.read(self.event.workspace) as tx:
            yield tx


EventListener: TypeAlias = Callable[[EventVisit], None]
ListenEvent: TypeAlias = Callable[[EventListener], Callable[..., None]]


def listen_event(house: House, listener: EventListener) -> Callable[..., None]:
    """A Bolt listener for an event; one that comes again is passed over."""

    def on_event(body: Mapping[str, Any]) -> None:
        try:
            visit = EventVisit(house=house, event=event_from(body), now=house.now())
        except Malformed:
            log.warning("malformed event")
            return
        try:
            if _is_new(visit):
                listener(visit)
        except (SQLAlchemyError, SlackClientError, OSError) as error:
            log.error("event lost kind=%s error=%s", visit.event.kind, type(error).__name__)

    return on_event


def aside(listener: EventListener) -> EventListener:
    """A listener that works on rows alone: one that hangs keeps no thread that answers Slack."""

    def on_event(visit: EventVisit) -> None:
        visit.house.soon(partial(listener, visit))

    return on_event


def _is_new(visit: EventVisit) -> bool:
    """False for a repetition. With the database away every event counts as new: help must come (SF1)."""
    try:
        return visit.house.soon(partial(_first_seen, visit))
    except (SQLAlchemyError, TimeoutError):
        return True


def _first_seen(visit: EventVisit) -> bool:
    with visit.begin() as tx:
        return events.first_seen(tx, visit.event.event_id, visit.now)
