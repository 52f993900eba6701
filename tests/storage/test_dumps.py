"""Dumps of a PostgreSQL database: what is told of them is what is in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage import backup
from storage.backup import NoCopy
from storage.crypto import Keys
from storage.database import Store
from storage.schema import metadata
from tests.storage.full import fill
from tests.storage.test_backup import PEOPLE, unheard
from tests.storage.test_migrations import revisions

pytestmark = [
    pytest.mark.parametrize("database", ["postgresql"], indirect=True),
    pytest.mark.usefixtures("postgresql_programs"),
]


def test_a_dump_tells_its_revision_tables_and_keys(store: Store, keys: Keys, tmp_path: Path) -> None:
    for workspace in ("T1", "T2"):
        with store.begin(workspace) as tx:
            fill(tx, PEOPLE)
    found = backup.save(store.url, tmp_path / "a.dump", unheard)
    assert found == backup.examine_dump(tmp_path / "a.dump")
    assert found.revision == revisions()[-1]
    assert found.tables == {*metadata.tables, "alembic_version"}
    assert found.key_checks == {"T1": keys.check("T1"), "T2": keys.check("T2")}


def test_a_dump_of_an_empty_installation_tells_that(store: Store, tmp_path: Path) -> None:
    found = backup.save(store.url, tmp_path / "a.dump", unheard)
    assert found.key_checks == {}


def test_a_dump_that_was_cut_off_is_refused(store: Store, tmp_path: Path) -> None:
    backup.save(store.url, tmp_path / "a.dump", unheard)
    whole = (tmp_path / "a.dump").read_bytes()
    (tmp_path / "cut.dump").write_bytes(whole[: len(whole) - 200])
    with pytest.raises(NoCopy, match="pg_restore did not do it"):
        backup.examine_dump(tmp_path / "cut.dump")
