"""Check 15: stopped and started again during the day, at any point of a card's way: none twice, none lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from sqlalchemy import update

from bot.demo.stage import MANIFEST, Stage, playing_in, settings_for, start_teams
from bot.sandbox import BOT_USER_ID, MovableClock, Sandbox
from schedules.checkins import plan_checkins
from schedules.delivery import deliver
from storage import outbox
from storage.schema import outbox as table
from tests.marks import new_mark_file
from tests.stories.people import ANA, BEN, CLEO, DANI, EIGHT, START, cast
from tests.stories.play import Play, moment

LEASE = timedelta(seconds=60)
ON_THE_DAY = "2027-01-13"
on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One Slack and one database, in which the bot can be started again and again."""

    sandbox: Sandbox
    clock: MovableClock
    database_url: str
    mark: Path = field(default_factory=new_mark_file)

    @contextmanager
    def running(self) -> Iterator[Play]:
        """The bot runs; at the end it is gone, whatever it had in hand."""
        settings = settings_for(self.sandbox, self.database_url, self.mark, START.date())
        with playing_in(self.sandbox, settings, self.clock.now) as bot:
            yield Play(stage=Stage(sandbox=self.sandbox, clock=self.clock, bot=bot, cast=cast()))


@pytest.fixture
def day(database: str) -> Iterator[Day]:
    """Everybody is set up, and gets their card on Wednesday at ten where they are."""
    clock = MovableClock(START)
    sandbox = Sandbox(
        manifest=yaml.safe_load(MANIFEST.read_text(encoding="utf-8")),
        clock=clock.now,
        people=cast().people(),
        channels=cast().channels(BOT_USER_ID),
    )
    with sandbox:
        day = Day(sandbox=sandbox, clock=clock, database_url=database)
        with day.running() as play:
            start_teams(play.stage)
            play.go_to(f"{ON_THE_DAY} 09:59")
        yield day


def leases_have_lapsed(play: Play) -> None:
    """Real time cannot be moved, so the rows are: what a dead worker held is free."""
    with play.stage.begin() as tx:
        held = table.c.lease_until.is_not(None)
        tx.execute(update(table).where(held).values(lease_until=tx.real_now() - LEASE))


def dies_before_planning(_play: Play) -> None:
    """It is gone before it looks."""


def dies_after_planning(play: Play) -> None:
    while plan_checkins(play.stage.bot.setting, play.stage.bot.workspace):
        pass


def dies_with_claims(play: Play) -> None:
    dies_after_planning(play)
    with play.stage.begin() as tx:
        outbox.claim(tx, play.now, LEASE, 3)


def dies_after_the_attempt_was_marked(play: Play) -> None:
    dies_after_planning(play)
    with play.stage.begin() as tx:
        claims = outbox.claim(tx, play.now, LEASE, 3)
        outbox.mark_attempted(tx, claims, LEASE)


def dies_after_slack_had_it(play: Play) -> None:
    """Slack took the messages, and what it said was lost with the program."""
    dies_after_planning(play)
    play.sandbox.faults.lose_reply("chat.postMessage", times=3)
    deliver(play.stage.bot.setting, play.stage.bot.workspace)
    play.stage.rest()  # Slack tells of the bot's own messages too
    play.sandbox.faults.clear()


def ends_in_order(play: Play) -> None:
    play.stage.settle()
    play.stage.bot.setting.stopping.set()


DEATHS: tuple[Callable[[Play], None], ...] = (
    dies_before_planning,
    dies_after_planning,
    dies_with_claims,
    dies_after_the_attempt_was_marked,
    dies_after_slack_had_it,
    ends_in_order,
)


@pytest.mark.parametrize("death", DEATHS)
def test_wherever_it_was_stopped_everybody_has_one_card_that_day(
    day: Day, death: Callable[[Play], None]
) -> None:
    """At ten in New York, when five cards are due, and again each hour, as ten o'clock moves west."""
    for hour in ("10:00", "11:00", "12:00", "13:00"):
        day.clock.move_to(moment(f"{ON_THE_DAY} {hour}"))
        with day.running() as play:
            death(play)
    with day.running() as play:
        leases_have_lapsed(play)
        play.go_to(f"{ON_THE_DAY} 23:00", DANI)
        cards = {person.name: play.arrivals(person) for person in EIGHT}
        assert {name: [at[:10] for at in came] for name, came in cards.items()} == {
            person.name: [ON_THE_DAY] for person in EIGHT
        }
        assert [play.reasons(person) for person in EIGHT] == [{}] * 8
        notices = [row for row in play.rows()["outbox"] if row["kind"] == "checkin"]
        assert [row["fate"] for row in notices] == ["sent"] * 8


@on_sqlite
def test_after_three_hours_down_the_cards_come_and_the_week_goes_on(day: Day) -> None:
    """It is down from ten to one in New York: lunch there, ten o'clock in Los Angeles."""
    day.clock.move_to(moment(f"{ON_THE_DAY} 13:00"))
    with day.running() as play:
        play.go_to("2027-01-20 23:00", DANI)
        came = {person: play.arrivals(person) for person in (BEN, ANA, CLEO, DANI)}
    assert {person.name: whens[:1] for person, whens in came.items()} == {
        BEN.name: [f"{ON_THE_DAY} 14:00"],
        ANA.name: [f"{ON_THE_DAY} 14:00"],
        CLEO.name: [f"{ON_THE_DAY} 11:00"],
        DANI.name: [f"{ON_THE_DAY} 10:00"],
    }
    assert {person.name: whens[-1] for person, whens in came.items()} == {
        person.name: "2027-01-20 10:00" for person in came
    }


@on_sqlite
def test_a_form_that_was_open_when_it_stopped_is_taken_by_the_next(day: Day) -> None:
    with day.running() as play:
        play.go_to(f"{ON_THE_DAY} 10:00")
        play.starts(BEN)
    with day.running() as play:
        assert play.fills_in(BEN, qC1=3).title == play.words()("options.title_saved")
        play.close(BEN)
        play.go_to("2027-01-18 12:00")
        assert play.arrivals(BEN) == [f"{ON_THE_DAY} 10:00"]
        assert len(play.rows()["answers"]) == 1
