"""A backup is put back days later: nobody gets a message twice, and nobody goes without."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.content import Content
from storage import backup
from storage.crypto import Keys
from storage.restore import Restoration, put_back
from tests.schedules.office import CHANNEL, EVA, STAFF, Office, open_office

EVERYBODY = (*STAFF, EVA)


@pytest.fixture
def office(own_database: str, keys: Keys, content: Content) -> Iterator[Office]:
    """Three people and their supervisor. Cards come on Wednesdays, from 13 January every two weeks."""
    with open_office(own_database, keys, content) as office:
        yield office


def unheard(_done: int, _total: int) -> None:
    """Nobody looks how far it is."""


def save(office: Office, folder: Path) -> Path:
    file = folder / f"backup{backup.suffix(office.setting.store.url)}"
    backup.save(office.setting.store.url, file, unheard)
    return file


def restore(office: Office, file: Path) -> None:
    """The program is stopped, the backup put back, the program started."""
    store = office.setting.store
    store.close()
    kept = file.with_name(f"replaced-{secrets.token_hex(4)}{file.suffix}")
    what = Restoration(
        url=store.url,
        file=file,
        kept=kept,
        ledger_mark=office.setting.ledger_mark,
        keys=office.keys,
        now=office.clock.now(),
    )
    assert put_back(what, unheard, lambda: True)
    office.settle()


def marks(office: Office) -> Counter[str]:
    """How often each message stands in Slack, by the mark it carries."""
    conversations = [office.dm(person) for person in EVERYBODY]
    conversations.append(list(office.sandbox.channel_messages(CHANNEL)))
    carried = [message.metadata for some in conversations for message in some]
    return Counter(metadata["event_payload"]["id"] for metadata in carried if metadata)


def said(office: Office) -> dict[str, list[str]]:
    return {person.name: [f"{at.at} {at.text}" for at in office.dm(person)] for person in EVERYBODY}


def fates(office: Office) -> set[str]:
    return {row["fate"] for row in office.rows("outbox")}


CARDS = [f"2027-{day} 10:00" for day in ("01-13", "01-14", "01-27", "01-28", "02-10", "02-11")]
"""Nobody answers, so each card is followed by a reminder."""
MOMENTS = {
    "before the first card, after the reminder": ("2027-01-12 09:00", "2027-01-14 15:00"),
    "before the first card, on a weekend": ("2027-01-10 09:00", "2027-01-16 12:00"),
    "a minute before a card, a week later": ("2027-01-13 09:59", "2027-01-20 12:00"),
    "between card and reminder, after the closing": ("2027-01-13 15:00", "2027-01-15 16:30"),
    "before three cards, after the private question": ("2027-01-25 08:00", "2027-02-15 12:00"),
    "at once": ("2027-01-13 10:00", "2027-01-13 10:00"),
}


ON_BOTH = ("before the first card, after the reminder", "a minute before a card, a week later")
CASES = [("sqlite", name) for name in MOMENTS] + [("postgresql", name) for name in ON_BOTH]


@pytest.mark.parametrize(("own_database", "when"), CASES, indirect=["own_database"])
def test_nobody_gets_a_message_twice_or_none_at_all(office: Office, tmp_path: Path, when: str) -> None:
    saved_at, restored_at = MOMENTS[when]
    office.pass_until(saved_at)
    file = save(office, tmp_path)
    office.pass_until(restored_at)
    before = said(office)
    restore(office, file)
    assert said(office) == before
    assert "unknown" not in fates(office)
    office.pass_until("2027-02-20 12:00")
    assert set(marks(office).values()) == {1}
    assert {person.name: office.cards(person) for person in STAFF} == {person.name: CARDS for person in STAFF}
