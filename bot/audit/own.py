"""`choir verify-privacy --database URL`: what can be checked on an installation's own database.

Nothing is written and nothing sealed is opened: it needs no key, and may run beside the bot.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import DateTime, Engine, event, inspect, select

from bot.audit.rows import Row
from bot.domain.localtime import block_of, first_period_of
from bot.domain.privacy import CONTRIBUTORS_MIN, ROSTER_MIN, STRONG_CONTRIBUTORS_MIN, UPDATES_PER_BLOCK
from bot.proof.findings import Finding, exactly
from bot.setup.database import opened_without_keys
from storage import digests, ledger_mark, workspaces
from storage.crypto import NONCE_BYTES, PADDED_BYTES
from storage.database import Store, Tx
from storage.digests import ENDED, ReleaseState
from storage.ledger_mark import LedgerMark, NoMark
from storage.schema import PERSON, answers, contributors, ledger, metadata, raises, releases, rosters

TAG_BYTES = 16
SEALED_BYTES = NONCE_BYTES + PADDED_BYTES + TAG_BYTES
TIMELESS = (answers, raises)
"""Tables of which no row may say when it was written."""
PSEUDONYM = re.compile(r"[0-9a-f]{64}")
CANARIES = (b'"qC1"', b" " * 12)
"""What answers hold, and what they are padded with, before they are sealed."""

Problems = Iterator[str]
Look = Callable[[Tx], Problems]


def row(url: str, mark: Path) -> Row:
    """As a row beside the others; mark: the file that LEDGER_MARK names."""
    promise = "This database keeps to the rule, as far as can be seen without reading an answer."
    return Row(id="DB", promise=promise, checks=(lambda _effort: check(url, mark),))


def check(url: str, mark: Path) -> Iterator[Finding]:
    """Every look at every workspace. Raises Unready."""
    with opened_without_keys(url) as store, reading_only(store.engine):
        yield _told("Tables as they are in the database: keys and columns are those of this version",
                    _looked(store, "", _tables))  # fmt: skip
        ids = workspaces.list_ids(store)
        for sentence, look in LOOKS.items():
            yield _told(sentence, (problem for one in ids for problem in _looked(store, one, look)))
        yield _told("LEDGER_MARK knows of every update that was drawn", _mark(store, mark))


def _looked(store: Store, workspace: str, look: Look) -> Problems:
    with store.read(workspace) as tx:
        yield from look(tx)


def _told(sentence: str, problems: Iterable[str]) -> Finding:
    return exactly(sentence, "; ".join(sorted(set(problems))) or "nothing wrong", "nothing wrong")


@contextmanager
def reading_only(engine: Engine) -> Iterator[None]:
    """The database itself refuses whatever would be written."""
    word = "PRAGMA query_only=ON" if engine.dialect.name == "sqlite" else READ_ONLY

    def forbid(connection: Any, _record: Any, _proxy: Any) -> None:
        cursor = connection.cursor()
        cursor.execute(word)
        cursor.close()
        connection.commit()

    engine.dispose()
    event.listen(engine, "checkout", forbid)
    try:
        yield
    finally:
        event.remove(engine, "checkout", forbid)
        engine.dispose()


READ_ONLY = "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"


# ---- tables


def _tables(tx: Tx) -> Problems:
    """Uniqueness is what these keys say: one group for each person and period, one debit, one row."""
    seen = inspect(tx.connection)
    for table in metadata.sorted_tables:
        key = set(seen.get_pk_constraint(table.name)["constrained_columns"])
        if key != {column.name for column in table.primary_key}:
            yield f"{table.name} has another key"
        kept = {column["name"]: column["type"] for column in seen.get_columns(table.name)}
        if kept.keys() != set(table.columns.keys()):
            yield f"{table.name} has other columns"
        if table in TIMELESS and any(isinstance(type_, DateTime) for type_ in kept.values()):
            yield f"{table.name} tells when something was written"


# ---- ledger, rosters, updates


def _budgets(tx: Tx) -> Problems:
    """Debits are kept until their block ends; whoever was counted in an update of it has one."""
    last = digests.last_period(tx)
    since = first_period_of(block_of(last)) if last is not None else 0
    debits = Counter(row.period for row in _rows(tx, ledger) if row.period >= since)
    counted: Counter[int] = Counter()
    for row in _rows(tx, releases):
        if row.m and row.period >= since:
            counted[row.period] += row.m
    if debits != counted:
        yield "the ledger does not hold one debit for each person counted in an update"
    spent = Counter((block_of(row.period), row.ref) for row in _rows(tx, ledger))
    if max(spent.values(), default=0) > UPDATES_PER_BLOCK:
        yield "somebody was counted more often than three times in a block"


def _partition(tx: Tx) -> Problems:
    standing = Counter((row.period, row.ref) for row in _rows(tx, rosters))
    if max(standing.values(), default=0) > 1:
        yield "somebody is in two groups of one period"
    begun = {(row.period, row.group_id) for row in _rows(tx, releases)}
    if not {(row.period, row.group_id) for row in _rows(tx, rosters)} <= begun:
        yield "a roster belongs to no group"


def _updates(tx: Tx) -> Problems:
    people = Counter((row.period, row.group_id) for row in _rows(tx, rosters))
    for row in _rows(tx, releases):
        if row.state == ReleaseState.RELEASED:
            yield from _released(row, people.get((row.period, row.group_id)))
        elif any(value is not None for value in (row.y, row.band, row.trend, row.lines)):
            yield "something was published of a period without an update"
        if row.state in (ReleaseState.OPEN, ReleaseState.SUPPRESSED) and row.m is not None:
            yield "it is kept how many took part where there is no update"


def _released(row: Any, roster: int | None) -> Problems:
    """roster: people on it, None once it was forgotten. Strong updates ask for more."""
    if row.m < (STRONG_CONTRIBUTORS_MIN if row.strong else CONTRIBUTORS_MIN):
        yield "an update of too few who took part"
    if roster is not None and roster < ROSTER_MIN:
        yield "an update of too small a group"
    if not 0 <= row.y <= 4 * row.m:
        yield "a released sum that cannot be"


def _in_hand(tx: Tx) -> Problems:
    """Between debit and release alone, and in an ended row for nobody."""
    states = {(row.group_id, row.period): row.state for row in _rows(tx, releases)}
    for row in _rows(tx, contributors):
        if states.get((row.group_id, row.period)) in (None, *ENDED, ReleaseState.OPEN):
            yield "contributors of an update were not forgotten"


# ---- what is sealed, and what lies in plain


def _sealed(tx: Tx) -> Problems:
    """All of one length, no two begin alike, and none looks like text."""
    for table in TIMELESS:
        blocks = [bytes(row.sealed) for row in _rows(tx, table)]
        if {len(block) for block in blocks} - {SEALED_BYTES}:
            yield f"sealed blocks of {table.name} differ in length"
        if len({block[:NONCE_BYTES] for block in blocks}) != len(blocks):
            yield f"sealed blocks of {table.name} share their beginning"
        if any(_looks_plain(block) for block in blocks):
            yield f"{table.name} holds something that looks like text"


def _looks_plain(block: bytes) -> bool:
    """Of random bytes 37 % are printable: in a block of 500, as good as never two thirds."""
    printable = sum(32 <= byte < 127 for byte in block)
    return 3 * printable > 2 * len(block) or any(canary in block for canary in CANARIES)


def _pseudonyms(tx: Tx) -> Problems:
    """A column for a person holds 64 hexadecimal digits and nothing else: no Slack id, no name."""
    for table in metadata.sorted_tables:
        columns = [column for column in table.columns if column.info.get(PERSON)]
        rows = tx.execute(select(*columns).where(table.c.workspace == tx.workspace)) if columns else ()
        if any(value is not None and not PSEUDONYM.fullmatch(value) for row in rows for value in row):
            yield f"{table.name} names somebody by something else than a pseudonym"


def _facts(tx: Tx) -> Problems:
    """What a message is about is a handful of numbers and codes: no sentence fits among them."""
    outbox = metadata.tables["outbox"]
    for row in _rows(tx, outbox):
        if any(isinstance(value, str) and " " in value for value in _leaves(row.facts)):
            yield "a message to be sent carries text"


def _leaves(value: Any) -> Iterator[Any]:
    match value:
        case dict():
            for one in value.values():
                yield from _leaves(one)
        case list():
            for one in value:
                yield from _leaves(one)
        case _:
            yield value


def _rows(tx: Tx, table: Any) -> Iterator[Any]:
    yield from tx.execute(select(table).where(table.c.workspace == tx.workspace))


LOOKS: dict[str, Look] = {
    "The ledger: one debit for each person counted, three in a block at the most": _budgets,
    "Rosters: nobody in two groups of one period": _partition,
    "Updates: none of fewer than 6 who took part or 8 on the roster; nothing published without one": _updates,
    "Who took part in an update that is done is forgotten": _in_hand,
    "Sealed answers and raises: one length, nothing repeated, nothing that looks like text": _sealed,
    "People are pseudonyms everywhere but in the one sealed column": _pseudonyms,
    "Messages to be sent carry no text": _facts,
}
"""What is looked at in each workspace, by the sentence it is told with."""


def _mark(store: Store, mark: Path) -> Problems:
    try:
        ledger_mark.check(LedgerMark(file=mark), store)
    except NoMark:
        yield "it is missing, damaged or behind: LEDGER_MARK must name the bot's own"
