"""`choir db upgrade`, and the store as the other setup commands open it."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from bot.config import Settings
from storage.crypto import KEY_BYTES, Keys
from storage.database import Store, sqlite_file


class Unready(Exception):
    """There is no database yet, or it has the tables of another version; the text says what to do."""


def keys_of(settings: Settings) -> Keys:
    return Keys(master=settings.master_key, reference=settings.ref_key, old=settings.old_master_key)


@contextmanager
def opened(settings: Settings) -> Iterator[Store]:
    """The installation's store, closed at the end. Makes nothing by itself."""
    store = Store(settings.database_url, keys_of(settings))
    try:
        yield store
    finally:
        store.close()


@contextmanager
def opened_without_keys(database_url: str) -> Iterator[Store]:
    """The store for whoever only counts: made-up keys open nothing. Raises Unready."""
    file = sqlite_file(database_url)
    if file and not file.is_file():
        raise Unready(f"{file} does not exist yet; `choir run` makes it.")
    master, reference = secrets.token_bytes(KEY_BYTES), secrets.token_bytes(KEY_BYTES)
    store = Store(database_url, Keys(master=master, reference=reference))
    try:
        if not store.is_migrated():
            raise Unready("The database's tables are not those of this version: run `choir db upgrade`.")
        yield store
    finally:
        store.close()


def upgrade(settings: Settings) -> str:
    """Make the tables or bring them up to date; safe to repeat. Returns what to tell the operator."""
    with opened(settings) as store:
        store.migrate()
    return "The database has the tables of this version."
