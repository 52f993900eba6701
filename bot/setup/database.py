"""`choir db upgrade`, and the store as the other setup commands open it."""

from collections.abc import Iterator
from contextlib import contextmanager

from bot.config import Settings
from storage.crypto import Keys
from storage.database import Store


@contextmanager
def opened(settings: Settings) -> Iterator[Store]:
    """The installation's store, closed at the end. Makes nothing by itself."""
    store = Store(settings.database_url, Keys(master=settings.master_key, reference=settings.ref_key))
    try:
        yield store
    finally:
        store.close()


def upgrade(settings: Settings) -> str:
    """Make the tables or bring them up to date; safe to repeat. Returns what to tell the operator."""
    with opened(settings) as store:
        store.migrate()
    return "The database has the tables of this version."
