"""One local Slack and one real Bolt app per module; every test begins an hour later, without faults."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from slack_sdk import WebClient

from bot.sandbox import MovableClock, Sandbox
from tests.sandbox.littlebot import LittleBot
from tests.sandbox.world import CHANNELS, MANIFEST, PEOPLE, START


@pytest.fixture(scope="module")
def clock() -> MovableClock:
    return MovableClock(START)


@pytest.fixture(scope="module")
def running(clock: MovableClock) -> Iterator[Sandbox]:
    with Sandbox(
        manifest=MANIFEST,
        clock=clock.now,
        people=PEOPLE,
        channels=CHANNELS,
        ack_seconds=0.5,
        retry_seconds=(0, 0.1, 0.1),
    ) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: Sandbox, clock: MovableClock) -> Sandbox:
    clock.advance(timedelta(hours=1))
    running.faults.clear()
    for person in running.people():
        running.workspace.close_modals(person.id)
    return running


@pytest.fixture
def client(sandbox: Sandbox) -> WebClient:
    return WebClient(token=sandbox.bot_token, base_url=sandbox.api_url, retry_handlers=[])


@pytest.fixture(scope="module")
def connected_bot(running: Sandbox) -> Iterator[LittleBot]:
    bot = LittleBot(running)
    bot.connect()
    assert running.wait_connected()
    yield bot
    bot.close()


@pytest.fixture
def bot(connected_bot: LittleBot, sandbox: Sandbox) -> LittleBot:
    assert sandbox.wait_connected()
    assert sandbox.idle()
    connected_bot.reset()
    return connected_bot
