"""Workers that may be killed, and an agency on either database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from bot.audit.worker import Workers
from storage.database import Store
from tests.schedules.agency import Agency, new_agency


@pytest.fixture
def agency(store: Store) -> Agency:
    return new_agency(store)


@pytest.fixture(scope="session")
def workers() -> Iterator[Workers]:
    with closing(Workers()) as made:
        yield made
