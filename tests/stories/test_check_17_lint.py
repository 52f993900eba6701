"""Check 17: what is said, kept and asked for holds to the lists, in the catalogs and in a week as played.

Each list has tests of its own beside the catalogs, the tables and the manifest; here the whole is looked at.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from sqlalchemy import Date, DateTime

from bot.blocks import ids
from bot.sandbox import Message
from storage.schema import Instant, metadata
from tests.content import lint
from tests.content.test_catalogs import every_text
from tests.storage.test_schema import NEVER_KEPT, columns
from tests.stories.people import ANA, BEN, CLEO, DANI, IRENE, JORGE, LEGAL_CHANNEL, MARIA, NORA
from tests.stories.play import Play, text_of

SCOPES = {
    *("chat:write", "commands", "im:write", "im:history", "mpim:write", "users:read", "dnd:read"),
    *("channels:read", "groups:read", "files:write"),
}
"""The smallest set for this product (docs/decisions)."""


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_catalog_passes_the_lint(language: str) -> None:
    texts = list(every_text(language))
    assert len(texts) > 300
    assert not [where for where, text in texts if lint.forbidden_in(text, language)]
    assert not [where for where, text in texts if lint.found(lint.ASKS_FOR_THE_STORY, text)]


def test_what_people_got_in_a_week_passes_it_too(play: Play) -> None:
    play.go_to("2027-01-13 10:00", DANI)
    for person in (ANA, BEN):
        play.answers(person, qC1=5, qI03=5)
    play.click(CLEO, play.card(CLEO), ids.DECLINED)
    play.go_to("2027-01-19 12:00")
    everybody = (ANA, BEN, CLEO, DANI, IRENE, JORGE, MARIA, NORA)
    said = [(person.locale[:2], message) for person in everybody for message in play.dm(person)]
    assert len(said) > 8
    assert not [hit for hit in said if lint.forbidden_in(text_of(hit[1]), hit[0])]
    assert not [message for _, message in said if _shouts(message)]
    assert not [message for _, message in said if lint.found(lint.IN_A_PREVIEW, message.text)]
    assert not play.sandbox.channel_messages(LEGAL_CHANNEL)


def _shouts(message: Message) -> bool:
    return bool(lint.EMOJI.search(text_of(message))) or "!" in text_of(message)


def test_no_table_has_room_for_what_is_never_kept() -> None:
    kept = dict(columns())
    assert len(kept) > 80
    assert not [name for name in kept if lint.found(NEVER_KEPT.split("|"), name.partition(".")[2])]


def test_an_answer_has_no_time_and_no_message() -> None:
    timed = {one.table.name for _, one in columns() if isinstance(one.type, Instant | DateTime | Date)}
    assert not timed & {"answers", "person_keys", "occurrences"}
    assert set(metadata.tables["answers"].columns.keys()) == {"workspace", "ref", "week", "weighed", "sealed"}


def test_no_scope_is_asked_for_beyond_the_smallest_set() -> None:
    manifest = yaml.safe_load((Path(__file__).parents[2] / "app.yaml").read_text(encoding="utf-8"))
    assert set(manifest["oauth_config"]["scopes"]) == {"bot"}
    assert set(manifest["oauth_config"]["scopes"]["bot"]) <= SCOPES
