"""How many messages a second Choir delivers, beside a bare loop over Slack's library (docs/operating)."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.bench import postgresql
from bot.bench.agency import DUE_AT
from bot.bench.installation import deliver_all, everybody_due, post_cards
from bot.bench.localslack import local_slack
from bot.bench.rounds import Figures, Rounds
from schedules.delivery import SIDE_BY_SIDE

PEOPLE = 600


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
    with local_slack(people, DUE_AT) as slack, everybody_due(slack, database_url, people) as bot:
        bare = _taken(lambda: post_cards(slack, people, SIDE_BY_SIDE))
        return bare / _taken(lambda: deliver_all(bot.setting))


def _taken(act: Callable[[], object]) -> float:
    """Real seconds."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began
