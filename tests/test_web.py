"""The pages for whoever watches: what they say when all is well, when something is wrong, and what never."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import update

from bot.domain.notices import Fate, Kind, notice
from bot.web import PortTaken, Watched, listening, serving
from storage import outbox, workspaces
from storage.crypto import Keys
from storage.database import Store
from storage.schema import outbox as outbox_table

NOW = datetime(2026, 11, 25, 15, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
Get = Callable[[str], tuple[int, str]]
Sample = tuple[str, tuple[tuple[str, str], ...]]


@pytest.fixture
def watched(store: Store) -> Watched:
    with store.begin("T1") as tx:
        workspaces.enter(tx, "US")
    return watching(store)


def watching(store: Store) -> Watched:
    """A program in which all is well."""
    return Watched(
        store=store,
        now=lambda: NOW,
        is_connected=lambda: True,
        is_stopping=lambda: False,
        silences=lambda: {"plan": timedelta(seconds=3), "deliver": timedelta(seconds=0.5)},
        list_still=lambda: (),
    )


@contextmanager
def open_pages(watched: Watched) -> Iterator[Get]:
    """The pages on a port of their own; what one answers: status and text."""
    with listening("127.0.0.1", 0) as bound:
        assert bound
        with serving(bound, watched):
            yield lambda page: _get(bound.getsockname()[1], page)


def _get(port: int, page: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/{page}", timeout=10) as answer:
            return int(answer.status), str(answer.read().decode())
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def samples(text: str) -> dict[Sample, float]:
    """Every sample of Choir's own by its name and labels."""
    families = text_string_to_metric_families(text)
    found = (sample for family in families for sample in family.samples)
    return {
        (each.name, tuple(sorted(each.labels.items()))): each.value
        for each in found
        if each.name.startswith("choir_")
    }


def put(
    store: Store, about: str, kind: Kind = Kind.CHECKIN, due_at: datetime = NOW, **more: str | None
) -> None:
    with store.begin("T1") as tx:
        said = notice(kind, tx.ref("U0ANA"), about, due_at)
        outbox.add(tx, said)
        if more:
            mine = outbox_table.c.dedupe_key == said.dedupe_key
            tx.execute(update(outbox_table).where(mine).values(**more))


IN_T1 = ("workspace", "T1")


def test_where_all_is_well_every_page_says_so(watched: Watched) -> None:
    with open_pages(watched) as get:
        assert get("healthz") == get("readyz") == (200, "ok\n")
        status, text = get("metrics")
    assert status == 200
    assert samples(text) == {
        ("choir_socket_connected", ()): 1,
        ("choir_database_up", ()): 1,
        ("choir_heartbeat_silent_seconds", (("heartbeat", "plan"),)): 3,
        ("choir_heartbeat_silent_seconds", (("heartbeat", "deliver"),)): 0.5,
        ("choir_notices_late", (IN_T1,)): 0,
        ("choir_notices_late_seconds", (IN_T1,)): 0,
        ("choir_slack_pause_seconds", (IN_T1,)): 0,
        ("choir_uninstalled", (IN_T1,)): 0,
    }
    assert "process_resident_memory_bytes" in text


def test_what_is_late_stuck_paused_or_gone_is_in_the_metrics(watched: Watched) -> None:
    put(watched.store, "late", due_at=NOW - 3 * MINUTE)
    put(watched.store, "parked", fate=Fate.PARKED, reason="user_disabled")
    put(watched.store, "held", fate=Fate.HELD)
    with watched.store.begin("T1") as tx:
        workspaces.hold_sending(tx, NOW + MINUTE)
        workspaces.set_roster_synced(tx, NOW - 2 * MINUTE)
        workspaces.set_uninstalled(tx, NOW)
    with open_pages(watched) as get:
        found = samples(get("metrics")[1])
    assert found["choir_notices_late", (IN_T1,)] == 1
    assert found["choir_notices_late_seconds", (IN_T1,)] == 180
    assert found["choir_slack_pause_seconds", (IN_T1,)] == 60
    assert found["choir_roster_age_seconds", (IN_T1,)] == 120
    assert found["choir_uninstalled", (IN_T1,)] == 1
    stuck = {labels: many for (name, labels), many in found.items() if name == "choir_notices_stuck"}
    assert stuck == {
        (("fate", "parked"), ("reason", "user_disabled"), IN_T1): 1,
        (("fate", "held"), ("reason", ""), IN_T1): 1,
    }


def test_workspaces_are_told_apart(watched: Watched) -> None:
    with watched.store.begin("T2") as tx:
        workspaces.enter(tx, "MX")
    put(watched.store, "late", due_at=NOW - 3 * MINUTE)
    with open_pages(watched) as get:
        found = samples(get("metrics")[1])
    assert found["choir_notices_late", (IN_T1,)] == 1
    assert found["choir_notices_late", (("workspace", "T2"),)] == 0


def test_no_metric_tells_what_kind_of_message_it_was_or_that_one_went_out(watched: Watched) -> None:
    """An ask made, a card put off or a reminder sent must not move a number by itself (privacy §4)."""
    with open_pages(watched) as get:
        before = samples(get("metrics")[1])
        for kind in Kind:
            put(watched.store, "sent", kind, fate=Fate.SENT, sent_ts=f"{NOW.timestamp():.6f}")
            put(watched.store, "just due", kind)
            put(watched.store, "ahead", kind, NOW + MINUTE)
        assert samples(get("metrics")[1]) == before


def test_two_kinds_that_are_late_look_the_same(watched: Watched) -> None:
    seen = []
    for kind in (Kind.CHECKIN, Kind.ASK):
        put(watched.store, "late", kind, NOW - 3 * MINUTE)
        with open_pages(watched) as get:
            seen.append(samples(get("metrics")[1]))
        with watched.store.begin("T1") as tx:
            tx.execute(update(outbox_table).values(fate=Fate.NOT_WANTED))
    assert seen[0] == seen[1]


def test_a_heartbeat_that_stands_still_is_named(watched: Watched) -> None:
    with open_pages(replace(watched, list_still=lambda: ("deliver", "plan"))) as get:
        status, text = get("healthz")
        assert get("readyz") == (200, "ok\n")
    assert status == 503
    assert text == "the heartbeat deliver stands still\nthe heartbeat plan stands still\n"


def test_without_slack_it_is_alive_and_not_ready(watched: Watched) -> None:
    with open_pages(replace(watched, is_connected=lambda: False)) as get:
        assert get("readyz") == (503, "not connected to Slack\n")
        assert get("healthz") == (200, "ok\n")
        assert samples(get("metrics")[1])["choir_socket_connected", ()] == 0


def test_while_it_stops_it_is_not_ready(watched: Watched) -> None:
    with open_pages(replace(watched, is_stopping=lambda: True)) as get:
        assert get("readyz") == (503, "stopping\n")


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_without_the_database_it_is_alive_not_ready_and_metrics_still_answer(
    kind: str, keys: Keys, tmp_path: Path
) -> None:
    away = {
        "sqlite": f"sqlite:///{tmp_path}/nowhere/choir.db",
        "postgresql": "postgresql+psycopg://me:hunter2@127.0.0.1:9/choir",
    }
    with closing(Store(away[kind], keys)) as store, open_pages(watching(store)) as get:
        assert get("healthz") == (200, "ok\n")
        assert get("readyz") == (503, "the database cannot be reached\n")
        status, text = get("metrics")
    assert status == 200
    assert samples(text)["choir_database_up", ()] == 0
    assert not [name for name, _ in samples(text) if name.startswith("choir_notices")]


def test_there_are_no_other_pages(watched: Watched) -> None:
    with open_pages(watched) as get:
        assert {get(page)[0] for page in ("", "docs", "openapi.json", "metrics/T1")} == {404}


def test_without_a_port_nothing_listens() -> None:
    with listening("127.0.0.1", None) as bound:
        assert bound is None


def test_a_port_that_is_taken_is_said(watched: Watched) -> None:
    with listening("127.0.0.1", 0) as bound:
        assert bound
        port = bound.getsockname()[1]
        with pytest.raises(PortTaken, match=str(port)), listening("127.0.0.1", port):
            pass


def test_once_it_ended_the_port_is_free_again(watched: Watched) -> None:
    with listening("127.0.0.1", 0) as bound:
        assert bound
        port = bound.getsockname()[1]
        with serving(bound, watched):
            assert _get(port, "healthz")[0] == 200
    with listening("127.0.0.1", port) as again:
        assert again
