"""Five weeks of a small agency in the local Slack, with the whole program, and all that is left to be seen.

A team of nine gets an update, the six in charge are too few for one. Everybody answers every card.
"""

from __future__ import annotations

import io
import json
import socket
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from random import Random
from typing import Any

from sqlalchemy import select

from bot import logs
from bot.audit.agency import loaded_dice
from bot.audit.databases import database
from bot.blocks import ids
from bot.demo.answering import Answering
from bot.demo.cast import CASES, COORDINATION, Cast, Player, agency
from bot.demo.habits import Habits
from bot.demo.reading import comparable, masked, plain
from bot.demo.stage import Stage, stage, start_teams
from bot.sandbox.messages import Message
from bot.sandbox.views import View
from bot.setup import status
from bot.web import Watched, serving
from storage.schema import metadata

UNTIL = datetime(2027, 2, 10, 20, tzinfo=UTC)
"""A Wednesday: the first update has reached the supervisor and the team's channel."""
FOURTH_WEEK = datetime(2027, 2, 1, 10, tzinfo=UTC)
"""A Monday, before anybody works: until then the program was down."""
OBSERVERS = ("Jorge Salas", "Maria Quinn", "Nora Diaz")
"""Their supervisor, their leader and the admin: what they answer themselves is the same in every play."""
SEALED = ("sealed", "sealed_id", "sealed_channel", "wrapped")
DRAWN = ("y", "band", "trend", "lines")
REAL_TIME = ("silent_seconds", "process_")
"""What depends on this machine's own clock and memory."""

AS_GIVEN, EXCHANGED, UPSIDE_DOWN = "as given", "exchanged", "upside down"


def small_agency() -> Cast:
    """The nine of case management and the six in charge, who answer every card."""
    whole = agency()
    teams = (CASES, COORDINATION)
    return replace(
        whole,
        players=tuple(replace(one, answers=1.0) for one in whole.players if one.team in teams),
        crews=tuple(crew for crew in whole.crews if crew.name in teams),
        choices={},
        pool_owner="",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered(Habits):
    """Answers that follow from person, week and question, given in one of three ways.

    exchanged: each of the nine answers the first question as the next of them would have, which changes
    nothing about their sum; all else is upside down. Observers answer the same in each way.
    """

    cast: Cast
    way: str
    seed: int

    def value(self, player: Player, week: int, key: str, most: int) -> int:
        if player.person.name in OBSERVERS or self.way == AS_GIVEN:
            return self._of(player, week, key, most)
        if self.way == EXCHANGED and player.team == CASES and key == "qC1":
            return self._of(self._next(player), week, key, most)
        return most + 1 - self._of(player, week, key, most)

    def _of(self, player: Player, week: int, key: str, most: int) -> int:
        return Random(f"{self.seed}/{player.id}/{week}/{key}").randint(1, most)

    def _next(self, player: Player) -> Player:
        nine = [one for one in self.cast.players if one.team == player.team]
        return nine[(nine.index(player) + 1) % len(nine)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Which database, how people answer, and whether in all five weeks or only from the fourth on."""

    kind: str
    way: str
    seed: int
    whole: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What a play leaves behind, line by line, without what is random or of real time.

    rows: of every table; of what is sealed only its length. drawn: what rows hold of the update.
    """

    messages: list[str]
    homes: list[str]
    windows: list[str]
    log: list[str]
    watched: list[str]
    status: list[str]
    rows: list[str]
    drawn: list[str]


def play(case: Case) -> Left:
    """In a process of its own: it takes over the log."""
    log = io.StringIO()
    logs.configure("INFO", log)
    with played(case) as on:
        return Left(
            messages=list(_messages(on)),
            homes=[_home(on, player) for player in on.cast.players],
            windows=list(_windows(on)),
            log=sorted(masked(line.partition(" ")[2]) for line in log.getvalue().splitlines()),
            watched=_watched(on),
            status=[json.dumps(status.as_json(status.look(on.bot.setting.store.url, on.clock.now())))],
            rows=list(_rows(on)),
            drawn=[str(row) for row in _table(on, "releases") if row["y"] is not None],
        )


@contextmanager
def played(case: Case) -> Iterator[Stage]:
    """The curtain is still up after the last of five weeks; the draws are the same in each play."""
    cast = small_agency()
    with database(case.kind) as url, loaded_dice(case.seed), stage(cast, database_url=url) as on:
        start_teams(on)
        habits = Answered(cast=cast, way=case.way, seed=case.seed)
        on.watchers.append(Answering(on=on, habits=habits))
        if not case.whole:
            on.clock.move_to(FOURTH_WEEK)
        on.go_to(UNTIL)
        yield on


def _messages(on: Stage) -> Iterator[str]:
    """Every edition of every message anybody can see, with its time."""
    for player in on.cast.players:
        for message in (*on.sandbox.dm(player.id), *on.sandbox.ephemerals(player.id)):
            yield from _editions(player.id, message)
    for crew in on.cast.crews:
        for message in on.sandbox.channel_messages(crew.channel):
            yield from _editions(crew.channel, message)


def _editions(where: str, message: Message) -> Iterator[str]:
    editions = [(edition.text, edition.blocks) for edition in message.history]
    for text, blocks in (*editions, (message.text, message.blocks)):
        yield f"{where} {message.ts} {comparable(text, blocks)}"


def _home(on: Stage, player: Player) -> str:
    on.sandbox.open_home(player.id)
    on.rest()
    home = on.sandbox.home(player.id)
    return comparable(player.id, home.blocks) if home else player.id


def _windows(on: Stage) -> Iterator[str]:
    """What observers get when they press each button of Home, and of its part for those in charge."""
    for player in on.cast.players:
        if player.person.name in OBSERVERS:
            home = on.sandbox.home(player.id)
            for action_id, value in _buttons(home):
                yield f"{player.id} {action_id} {_pressed(on, player, action_id, value)}"
            work = on.sandbox.home(player.id)
            yield comparable(f"{player.id} work", work.blocks if work else ())
            for action_id, value in _buttons(work):
                yield f"{player.id} work {action_id} {_pressed(on, player, action_id, value)}"


def _buttons(shown: View | None) -> list[tuple[str, str | None]]:
    """Buttons that open something, in order, each once; what turns Home itself comes last."""
    blocks = shown.blocks if shown else ()
    elements = [one for block in blocks for one in (*block.get("elements", ()), block.get("accessory") or {})]
    pressed = [(one["action_id"], one.get("value")) for one in elements if one.get("type") == "button"]
    opening = dict.fromkeys(one for one in pressed if one[0].endswith("opened"))
    return sorted(opening, key=lambda one: one[0] in (ids.OPENED_WORK, ids.OPENED_MINE))


def _pressed(on: Stage, player: Player, action_id: str, value: str | None) -> str:
    home = on.sandbox.home(player.id)
    if home is None:
        return ""
    on.sandbox.click(player.id, container=home, action_id=action_id, value=value)
    on.rest()
    views = on.sandbox.views(player.id)
    said = [line for view in views for line in plain(view.blocks)]
    if views:
        on.sandbox.close_view(player.id, views[0].id, everything=True)
        on.rest()
    return masked(json.dumps(said, ensure_ascii=False))


def _watched(on: Stage) -> list[str]:
    """The pages for those who watch, line by line."""
    setting = on.bot.setting
    pages = Watched(
        store=setting.store,
        now=setting.now,
        is_connected=lambda: True,
        is_stopping=setting.stopping.is_set,
        silences=dict,
        list_still=tuple,
    )
    with socket.create_server(("127.0.0.1", 0)) as bound, serving(bound, pages):
        port = bound.getsockname()[1]
        told = [_get(f"http://127.0.0.1:{port}/{page}") for page in ("healthz", "readyz", "metrics")]
    lines = "\n".join(told).splitlines()
    return [line for line in lines if not any(word in line for word in REAL_TIME)]


def _get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310  # this machine's own
        return str(answer.read().decode())


def _rows(on: Stage) -> Iterator[str]:
    for name in metadata.tables:
        yield from sorted(f"{name} {_comparable(row)}" for row in _table(on, name))


def _table(on: Stage, name: str) -> list[dict[str, Any]]:
    with on.read() as tx:
        return [dict(row._mapping) for row in tx.execute(select(metadata.tables[name]))]


def _comparable(row: dict[str, Any]) -> str:
    kept = {name: value for name, value in row.items() if name not in DRAWN}
    return masked(
        str({name: len(value) if name in SEALED and value else value for name, value in kept.items()})
    )
