"""Every message once, whatever happens to workers, replies and clocks: the short form of `make chaos`."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from bot.domain.notices import Kind
from tests.chaos.checker import judge
from tests.chaos.slack import Received
from tests.chaos.storm import Report, Weather, ride
from tests.chaos.tables import table
from tests.chaos.town import FEW_SLOTS, Occurrence
from tests.stories.play import IN_MEMORY

ONE = Weather(teams=3, team_size=18, weeks=1, slots=FEW_SLOTS, workers=1, seed=1, kills=(15, 35))
WEATHERS = {
    "sqlite": ONE,
    "postgresql": replace(ONE, workers=2),
    "naive": replace(ONE, teams=1, lost_replies=0.15, reconciles=False),
}
SOUND = ("sqlite", "postgresql")


@pytest.fixture(scope="module")
def reports(made_sqlite: Path, emptied_postgresql: Callable[[], str]) -> Iterator[dict[str, Report]]:
    """All at the same time: most of it is waiting."""

    def run(name: str) -> Report:
        folder = Path(in_memory) / name
        folder.mkdir()
        if name == "postgresql":
            return ride(emptied_postgresql(), folder, WEATHERS[name])
        shutil.copyfile(made_sqlite, folder / "choir.db")
        return ride(f"sqlite:///{folder}/choir.db", folder, WEATHERS[name])

    with TemporaryDirectory(dir=IN_MEMORY) as in_memory, ThreadPoolExecutor(len(WEATHERS)) as threads:
        yield dict(zip(WEATHERS, threads.map(run, WEATHERS), strict=True))


@pytest.mark.parametrize("kind", SOUND)
def test_every_message_comes_once_in_a_storm(reports: dict[str, Report], kind: str) -> None:
    report = reports[kind]
    assert report.verdict.sound, report.verdict
    assert report.verdict.messages >= 150
    assert report.unsettled == {}


@pytest.mark.parametrize("kind", SOUND)
def test_it_was_a_storm(reports: dict[str, Report], kind: str) -> None:
    """Calm weather would prove nothing."""
    report = reports[kind]
    assert report.kills >= 4
    assert report.lost_replies >= 3
    assert min(report.hung_up, report.held_up, report.told_to_wait, report.jumps, report.found) >= 1
    assert "| **lost** | **0** |" in table({kind: report})


def test_who_sends_again_without_a_look_is_caught(reports: dict[str, Report]) -> None:
    """A check that cannot fail proves nothing."""
    assert len(reports["naive"].verdict.double) >= 3
    assert not reports["naive"].verdict.sound


# ---- the checker

NOON = datetime(2027, 3, 15, 12, tzinfo=UTC)
CARD: Occurrence = ("UAMY", Kind.CHECKIN, 0)
HELLO: Occurrence = ("UBOB", Kind.FIRST_CONTACT, -1)
PLANNED = {"a": CARD, "b": HELLO, "c": ("UBOB", Kind.CHECKIN, 0)}


def came(delivery_id: str, user_id: str = "UAMY", late: int = 0) -> Received:
    return Received(user_id=user_id, delivery_id=delivery_id, at=NOON + timedelta(minutes=late))


def test_the_checker_is_content_with_what_came_once() -> None:
    verdict = judge({CARD: NOON, HELLO: None}, PLANNED, [came("a", late=3), came("b", "UBOB")])
    assert verdict.sound
    assert verdict.messages == 2
    assert verdict.late == (timedelta(minutes=3),)


def test_the_checker_sees_what_is_lost_double_early_and_unasked() -> None:
    received = [came("a", late=-1), came("a", late=2), came("a", late=3), came("c", "UBOB"), came("x")]
    verdict = judge({CARD: NOON, HELLO: None}, PLANNED, received)
    assert verdict.lost == (HELLO,)
    assert verdict.double == (CARD, CARD)
    assert verdict.early == (CARD,)
    assert verdict.unasked == (PLANNED["c"], "x")
    assert not verdict.sound


def test_the_checker_sees_a_message_in_somebody_elses_conversation() -> None:
    verdict = judge({CARD: NOON}, PLANNED, [came("a", "UBOB")])
    assert verdict.lost == (CARD,)
    assert verdict.unasked == ("a",)
