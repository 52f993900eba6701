"""Check 16: answers go after 13 weeks, who left after 30 days, everybody 7 days after the end; words stay."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.blocks import ids
from storage import departures, person_keys, workspaces
from storage.crypto import Keys
from tests.schedules.agency import loaded_dice
from tests.stories.people import ANA, BEN, EIGHT
from tests.stories.play import Play, playing, text_of


@pytest.fixture
def released() -> Iterator[Play]:
    """Six of eight answered in the fourth week; an update was made of it. It is February."""
    with loaded_dice(1), playing(resting=()) as play:
        play.sleep_until("2027-02-01 09:00")
        play.go_to("2027-02-03 13:30")
        for person in EIGHT[:6]:
            play.answers(person, qC1=5 if person is ANA else 2)
        play.sleep_until("2027-02-09 12:00")
        yield play


def rows(play: Play, table: str) -> list[object]:
    return list(play.rows()[table])


def everything_kept(play: Play) -> str:
    play.press(ANA, play.home(ANA), ids.OPENED_MY_DATA)
    shown = text_of(play.press(ANA, play.top(ANA), ids.SAW_MY_DATA))
    play.close(ANA)
    return shown


def change_master_key(play: Play) -> None:
    """Everywhere a restart with both keys, then `choir keys rotate`, then a restart with the new one."""
    store = play.stage.bot.setting.store
    before = store.keys
    store.keys = Keys(master=b"n" * 32, reference=before.reference, old=before.master)
    with play.stage.begin() as tx:
        workspaces.use_master_key(tx)
        person_keys.wrap_anew(tx, "", 100)
    store.keys = replace(store.keys, old=None)


def test_each_goes_in_its_time_and_published_words_stay(released: Play) -> None:
    published, own = [rows(released, "releases")[0]], everything_kept(released)
    assert "no se pueden abrir" not in own
    change_master_key(released)
    assert everything_kept(released) == own, "with another master key"

    released.sandbox.workspace.put_person(replace(BEN, deleted=True))
    released.sleep_until("2027-02-10 12:00")
    assert released.rows_about(BEN)
    released.sleep_until("2027-03-13 12:00")
    assert {name for name, found in released.rows_about(BEN).items() if found} <= {
        "rosters", "ledger", "erasures",
    }  # fmt: skip

    assert rows(released, "answers")
    released.sleep_until("2027-05-12 12:00")
    assert rows(released, "answers") == []

    with released.stage.begin() as tx:
        workspaces.end(tx, released.now)
        ends_at = departures.over_at(tx)
    assert ends_at == released.now + timedelta(days=7)
    assert "Se decidió terminar con Choir" in text_of(released.home(ANA))
    released.sleep_until("2027-05-19 12:00")
    left = {name for name, found in released.rows().items() if found}
    assert left <= {"workspaces", "periods", "releases", "guarantees", "erasures"}
    assert rows(released, "releases")[:1] == published
