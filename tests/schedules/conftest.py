"""An agency on either database."""

from __future__ import annotations

import pytest

from storage.database import Store
from tests.schedules.agency import Agency, new_agency


@pytest.fixture
def agency(store: Store) -> Agency:
    return new_agency(store)
