"""Cards whose edit failed are mended by a later beat, and each edit is made no oftener than that."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.sandbox import Person
from tests.schedules.office import AMY, FIRST_CARD, Office, on_sqlite
from tests.stories.play import text_of

UPDATE = "chat.update"
CLOSING = "2027-01-15 16:00"


@pytest.fixture
def sent(office: Office) -> Office:
    """The cards of week 1 have come."""
    office.at(FIRST_CARD)
    office.settle()
    return office


def edits(office: Office) -> int:
    return sum(call.method == UPDATE for call in office.sandbox.calls)


def card_of(office: Office, person: Person) -> str:
    return text_of(office.dm(person)[-1])


@on_sqlite
@pytest.mark.parametrize("fault", ["fail_500", "storm_429", "lose_reply"])
def test_a_card_whose_edit_failed_is_mended_by_a_later_beat(sent: Office, fault: str) -> None:
    getattr(sent.sandbox.faults, fault)(UPDATE, times=3)
    sent.at(CLOSING)
    for _ in range(4):
        sent.settle()
        sent.clock.advance(timedelta(minutes=1))
    words = sent.setting.content.words("en")
    assert words("checkin.closed") in card_of(sent, AMY)
    assert {row["card"] for row in sent.rows("occurrences", kind="checkin")} == {"closed"}
    done = edits(sent)
    sent.settle()
    assert edits(sent) == done


@on_sqlite
def test_the_older_card_is_mended_too(sent: Office) -> None:
    sent.sandbox.faults.fail_500(UPDATE, times=3)
    sent.at("2027-01-14 10:00")
    sent.settle()
    sent.settle()
    older = sent.dm(AMY)[-2]
    assert sent.setting.content.words("en")("checkin.moved") in text_of(older)
    assert not sent.rows("timers", kind="retire")


@on_sqlite
def test_a_card_that_was_deleted_is_left_alone(sent: Office) -> None:
    message = sent.dm(AMY)[-1]
    sent.sandbox.workspace.delete(message)
    sent.at(CLOSING)
    sent.settle()
    done = edits(sent)
    sent.settle()
    assert edits(sent) == done
    assert {row["card"] for row in sent.rows("occurrences", kind="checkin")} == {"closed"}
