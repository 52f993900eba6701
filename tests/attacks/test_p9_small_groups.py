"""P9 through the database: thirty teams of 1 to 30 with readers, leavers, duplicates and people gone."""

from __future__ import annotations

from random import Random

import pytest

from bot.audit.crowds import crowd_holds
from bot.domain.localtime import freeze_at
from tests.schedules.agency import BEGINS_AT, EPOCH, Agency, people


@pytest.mark.parametrize("seed", range(2))
def test_below_eight_or_six_nothing_is_made_of_answers(agency: Agency, seed: int) -> None:
    assert len(crowd_holds(agency, Random(seed))) == 2


def test_a_row_without_an_update_keeps_nothing_that_was_counted(agency: Agency) -> None:
    agency.team("a", people(8))
    agency.answer(0, dict.fromkeys(people(5), 5))
    agency.at(BEGINS_AT).at(freeze_at(EPOCH, 0))
    (row,) = (row for row in agency.rows("releases") if row["period"] == 0)
    kept = {name: value for name, value in row.items() if value is not None}
    assert kept.keys() == {"workspace", "group_id", "period", "teams", "state"}
    assert agency.rows("ledger") == agency.rows("contributors") == []
