"""An agency without a Slack, and an office with a local Slack, on either database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from bot.content import Content, load_content
from schedules.setting import Setting
from storage.crypto import Keys
from storage.database import Store
from tests.schedules.agency import Agency, new_agency
from tests.schedules.office import Office, open_office


@pytest.fixture
def agency(store: Store) -> Agency:
    return new_agency(store)


@pytest.fixture(scope="session")
def content() -> Content:
    return load_content()


@pytest.fixture
def office(database: str, keys: Keys, content: Content) -> Iterator[Office]:
    """Three people, in the afternoon of Wednesday 6 January; their first card comes on the 13th."""
    with open_office(database, keys, content) as office:
        yield office


@pytest.fixture
def neighbour(office: Office, database: str, keys: Keys) -> Iterator[Setting]:
    """Another machine on the same database."""
    with closing(Store(database, keys)) as store:
        yield replace(office.setting, store=store)
