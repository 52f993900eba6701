"""Two workspaces with two tokens in one database: what stands in one's way never delays the other."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

import pytest
from sqlalchemy import insert, select

from bot.content import Content
from bot.slack import Messenger, web_client
from schedules import scheduler
from schedules.checkins import plan_checkins
from schedules.setting import Setting
from storage.crypto import Keys
from storage.schema import outbox
from tests.schedules.office import AMY, FIRST_CARD, STAFF, Office, on_sqlite, open_office

SOON = 5.0
"""Real seconds in which a message goes out that is due now; delivery looks every second."""
MANY = 10_000


@pytest.fixture
def offices(database: str, keys: Keys, content: Content) -> Iterator[tuple[Office, Office]]:
    """It is Wednesday 10:00 in both; three cards are planned in each, and none has been sent."""
    with ExitStack() as both:
        here, there = (
            both.enter_context(open_office(database, keys, content, workspace=name)) for name in ("T1", "T2")
        )
        for office in (here, there):
            office.at(FIRST_CARD)
            office.beat(plan_checkins)
        yield here, there


@contextmanager
def beating(*settings: Setting) -> Iterator[None]:
    beats = scheduler.start(*settings)
    try:
        yield
    finally:
        for setting in settings:
            setting.stopping.set()
        beats.shutdown(wait=True)


def pile_up(office: Office) -> None:
    """Thousands of notices more, all more urgent than anything else."""
    with office.begin() as tx:
        card = tx.execute(select(outbox).where(outbox.c.workspace == office.workspace)).mappings().first()
        assert card is not None
        new = (
            {**card, "delivery_id": secrets.token_hex(16), "dedupe_key": f"pile|{n}", "urgency": 0}
            for n in range(MANY)
        )
        tx.execute(insert(outbox), [{**row, "fate": "waiting", "facts": {"week": 99}} for row in new])


def make_wait(office: Office) -> None:
    office.sandbox.faults.storm_429("chat.postMessage", times=MANY, retry_after=600)


@pytest.mark.parametrize("build", [pile_up, make_wait], ids=["thousands waiting", "told to wait"])
def test_one_workspaces_wall_does_not_delay_the_other(
    offices: tuple[Office, Office], build: Callable[[Office], None]
) -> None:
    behind_a_wall, free = offices
    build(behind_a_wall)
    with beating(behind_a_wall.setting, free.setting):
        assert free.sandbox.wait_until(lambda: free.cards(AMY), SOON)
    assert behind_a_wall.cards(AMY) == []


@on_sqlite
def test_a_slack_that_never_answers_one_workspace_does_not_delay_the_other(
    offices: tuple[Office, Office],
) -> None:
    waiting, free = offices
    with ExitStack() as ends_first:
        mute = ends_first.enter_context(socket.create_server(("127.0.0.1", 0)))
        address = f"http://127.0.0.1:{mute.getsockname()[1]}/api/"
        setting = replace(waiting.setting, messenger=Messenger(web_client("xoxb-nobody", address)))
        with beating(setting, free.setting):
            assert free.sandbox.wait_until(lambda: free.cards(AMY), SOON)
            ends_first.close()
    assert waiting.cards(AMY) == []


def test_each_workspace_is_served_with_its_own_token_alone(offices: tuple[Office, Office]) -> None:
    """Rows of a workspace whose token is not here any more are nobody's business."""
    here, there = offices
    here.settle()
    assert [here.cards(person) for person in STAFF] == [[FIRST_CARD]] * 3
    assert [there.cards(person) for person in STAFF] == [[]] * 3
    assert {fate for fate, _ in there.notices()} == {"waiting"}
