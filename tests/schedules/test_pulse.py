"""A heartbeat that hangs is told from one that works for long, fails or waits for its turn."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from schedules import scheduler
from schedules.scheduler import HEARTBEATS, STANDS_STILL, Heartbeat
from schedules.setting import Pulse, Setting
from tests.schedules.office import Office, on_sqlite

pytestmark = on_sqlite
DELIVER = next(each for each in HEARTBEATS if each.name == "deliver")
NAMES = tuple(each.name for each in HEARTBEATS)


class RealTime:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds

    def pass_by(self, span: timedelta) -> None:
        self.seconds += span.total_seconds()


@pytest.fixture
def time() -> RealTime:
    return RealTime()


@pytest.fixture
def setting(office: Office, time: RealTime) -> Setting:
    return replace(office.setting, pulse=Pulse(time))


def test_right_after_the_start_none_stands_still(setting: Setting) -> None:
    assert scheduler.list_still(setting) == ()


def test_those_that_never_beat_stand_still_each_after_its_own_time(setting: Setting, time: RealTime) -> None:
    time.pass_by(STANDS_STILL + timedelta(seconds=31))
    assert scheduler.list_still(setting) == tuple(name for name in NAMES if name != "erase")
    time.pass_by(timedelta(hours=1))
    assert scheduler.list_still(setting) == NAMES


def test_one_that_beats_lives(setting: Setting, time: RealTime) -> None:
    time.pass_by(timedelta(hours=2))
    scheduler.beat(setting, DELIVER)
    assert "deliver" not in scheduler.list_still(setting)
    assert scheduler.silences(setting)["deliver"] == timedelta()
    time.pass_by(timedelta(seconds=90))
    assert scheduler.silences(setting)["deliver"] == timedelta(seconds=90)


def test_one_with_much_to_do_lives_with_each_piece(setting: Setting, time: RealTime) -> None:
    still: list[tuple[str, ...]] = []

    def long_piece(at: Setting, _workspace: str) -> bool:
        still.append(tuple(name for name in scheduler.list_still(at) if name == "deliver"))
        time.pass_by(STANDS_STILL)
        return len(still) < 3

    scheduler.beat(setting, replace(DELIVER, beats=(long_piece,)))
    assert still == [(), (), ()]
    assert "deliver" not in scheduler.list_still(setting)


def test_one_that_fails_because_the_database_is_away_lives(setting: Setting, time: RealTime) -> None:
    def away(_setting: Setting, _workspace: str) -> bool:
        raise OperationalError("SELECT", None, ConnectionError())

    time.pass_by(timedelta(hours=2))
    with pytest.raises(OperationalError):
        scheduler.beat(setting, Heartbeat(name="deliver", every=DELIVER.every, beats=(away,)))
    assert "deliver" not in scheduler.list_still(setting)
