"""`choir db accept-ledger`: goes on where LEDGER_MARK is lost, never with more budget than with it."""

from datetime import datetime
from itertools import count

from bot.config import Settings
from bot.domain.localtime import freeze_at
from bot.setup.database import opened_without_keys
from storage import ledger_mark, workspaces
from storage.database import Store
from storage.ledger_mark import LedgerMark, Marks, NoMark

IN_ORDER = "LEDGER_MARK is in order: nothing was changed."
ACCEPTED = """\
{file} is made anew. Nobody knows any more what was drawn of the running four weeks, so nothing is: there is
no update of weeks before {until}. The next one is made four weeks after that day. Tell staff."""
NOTHING_BEGUN = "{file} is made anew. No team has started, so no update is left out."


def accept(settings: Settings, now: datetime) -> str:
    """Mark all until the end of the running period as drawn. Returns what to tell the operator.

    Does nothing where the mark can be relied on. Raises NoMark where it cannot be written, Unready.
    """
    mark = LedgerMark(file=settings.ledger_mark)
    with opened_without_keys(settings.database_url) as store:
        if _is_in_order(mark, store):
            return IN_ORDER
        marks = _latest(_known(mark), ledger_mark.drawn_until(store), _running_until(store, now))
    mark.replace(marks)
    until = max(marks.values(), default=None)
    return (
        ACCEPTED.format(file=mark.file, until=f"{until:%Y-%m-%d}")
        if until
        else NOTHING_BEGUN.format(file=mark.file)
    )


def _is_in_order(mark: LedgerMark, store: Store) -> bool:
    try:
        ledger_mark.check(mark, store)
    except NoMark:
        return False
    return True


def _known(mark: LedgerMark) -> Marks:
    """What is still legible of the mark."""
    try:
        return mark.read()
    except NoMark:
        return {}


def _running_until(store: Store, now: datetime) -> Marks:
    """When the running period of each workspace ends; none before its first team started."""
    found = {}
    for workspace in workspaces.list_ids(store):
        with store.read(workspace) as tx:
            epoch_on = workspaces.get(tx).epoch_on
        if epoch_on:
            ends = (freeze_at(epoch_on, period) for period in count())
            found[workspace] = next(ends_at for ends_at in ends if ends_at > now)
    return found


def _latest(*known: Marks) -> Marks:
    names = {name for marks in known for name in marks}
    return {name: max(marks[name] for marks in known if name in marks) for name in names}
