"""S1 to S3: what is planted in a play is looked for wherever the program leaves anything.

Words typed to the bot, answers, Slack ids and keys: in the database and its log on the disk, in a backup, in
log lines, in the outbox, in all that Slack was asked. Then somebody deletes their data. At last somebody who
has the pseudonyms and every Slack id, but not the key, tries to find out who is who.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import select

from bot import logs
from bot.audit.databases import kinds
from bot.audit.playing import AS_GIVEN, Case, played
from bot.audit.resting import at_rest, postgresql_programs, spelt, unfolded
from bot.blocks import ids
from bot.demo.stage import Stage
from bot.proof.findings import Effort, Finding, exactly
from storage import backup
from storage.crypto import KEY_BYTES, NONCE_BYTES, Unreadable, open_answers
from storage.schema import metadata

TYPED = ("no puedo mas con el caso de Marisol", "my-own-words-about-a-client")
PUBLIC = "Case management"
"""A team's name, which does stand there: where it is not found, nothing was looked at."""
ON_DISK = ("the database and its log on the disk", "a backup")
SLACK = "what Slack was asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """places: by place, how many bytes were looked through, and which secrets were there.

    plain: what does lie open there was found. deleted: what of somebody's could still be read after they
    deleted everything. recognised: pseudonyms that were found out without the key, and with it.
    """

    places: dict[str, tuple[int, list[str]]]
    plain: bool
    deleted: list[str]
    recognised: tuple[int, int]


def look(case: Case) -> Found:
    """In a process of its own: it takes over the log, at the most talkative level an operator can set."""
    log = io.StringIO()
    logs.configure("DEBUG", log)
    with played(case) as on, TemporaryDirectory() as folder:
        store = on.bot.setting.store
        for text in TYPED:
            _types(on, text)
        older = _saved(store.url, Path(folder) / "older")
        lying = {
            ON_DISK[0]: at_rest(store.url),
            ON_DISK[1]: unfolded(older),
            "log lines": log.getvalue().encode(),
            "the outbox": _printed(_rows(on, "outbox")),
            SLACK: _asked(on),
        }
        return Found(
            places={name: (len(there), _readable(on, name, there)) for name, there in lying.items()},
            plain=all(PUBLIC.encode() in there for name, there in lying.items() if name in ON_DISK),
            deleted=_after_deleting(on, older),
            recognised=_recognised(on),
        )


def _types(on: Stage, text: str) -> None:
    """To the bot, beside its command, and in the team's channel."""
    player, crew = on.cast.players[0], on.cast.crews[0]
    on.sandbox.say(player.id, text)
    on.sandbox.command(player.id, on.sandbox.dm_id(player.id), "/choir", text)
    on.sandbox.say_in(player.id, crew.channel, text)
    on.settle()


def _saved(url: str, file: Path) -> Path:
    file = file.with_suffix(backup.suffix(url))
    with postgresql_programs(url):
        backup.save(url, file, lambda _done, _total: None)
    return file


def _printed(rows: object) -> bytes:
    return json.dumps(rows, default=str, ensure_ascii=False).encode()


def _asked(on: Stage) -> bytes:
    """Forms hold the names of questions; everything else that goes to Slack must not."""
    asked = [[call.method, call.args] for call in on.sandbox.calls if not call.method.startswith("views.")]
    return _printed(asked)


def _readable(on: Stage, place: str, there: bytes) -> list[str]:
    """Secrets that lie there. Slack itself knows its ids and the bot's words."""
    keys = on.bot.setting.store.keys
    secrets = {
        "something typed": TYPED,
        "an answer": ('"qC1"', "'qC1'", "qC1=", "qC1:", "weighed=5"),
        "a key": (keys.master.decode(), keys.reference.decode()),
        "a Slack id": () if place == SLACK else tuple(player.id for player in on.cast.players),
    }
    return [what for what, some in secrets.items() if spelt(some, there)]


def _rows(on: Stage, name: str) -> list[dict[str, Any]]:
    with on.read() as tx:
        return [dict(row._mapping) for row in tx.execute(select(metadata.tables[name]))]


# ---- deleting


def _after_deleting(on: Stage, older: Path) -> list[str]:
    """What can still be read of somebody who deleted their data, with every key there is."""
    player = on.cast.players[0]
    mine = partial(_about, on, on.ref(player.id))
    before = [bytes(row["sealed"]) for row in mine("answers")]
    wrapped = [bytes(row["wrapped"]) for row in mine("person_keys")]
    _deletes(on, player.id)
    lying, backed_up = at_rest(on.bot.setting.store.url), unfolded(older)
    held = {
        "they had answers and a key before": bool(before and wrapped),
        "rows of theirs": not mine("answers") + mine("person_keys") + mine("raises"),
        "their sealed answers on the disk": not _any_in(before, lying),
        "their wrapped key on the disk": not _any_in(wrapped, lying),
        "their wrapped key in yesterday's backup": not _any_in(wrapped, backed_up),
        "an answer that opens with another person's key": not _opened(on, before),
    }
    return [what for what, holds in held.items() if not holds]


def _about(on: Stage, ref: str, name: str) -> list[dict[str, Any]]:
    return [row for row in _rows(on, name) if row["ref"] == ref]


def _deletes(on: Stage, user_id: str) -> None:
    """In Home, as people do it."""
    on.sandbox.open_home(user_id)
    on.rest()
    place: Any = on.sandbox.home(user_id)
    for action_id in (ids.OPENED_MY_DATA, ids.OPENED_DELETING):
        on.sandbox.click(user_id, container=place, action_id=action_id)
        on.rest()
        place = on.sandbox.views(user_id)[-1]
    on.sandbox.submit(user_id, place.id, {})
    on.settle()


def _any_in(sealed: Iterable[bytes], lying: bytes) -> bool:
    """In one piece, or spelt in hexadecimal digits as dumps do."""
    pieces = [one[NONCE_BYTES : NONCE_BYTES + 32] for one in sealed]
    return any(piece in lying or piece.hex().encode() in lying for piece in pieces)


def _opened(on: Stage, sealed: Iterable[bytes]) -> bool:
    """Whether some key that is left opens one of these, for anybody and any week."""
    keys, workspace = on.bot.setting.store.keys, on.bot.workspace
    left = [keys.unwrap(workspace, row["ref"], row["wrapped"]) for row in _rows(on, "person_keys")]
    refs = [row["ref"] for row in _rows(on, "people")]
    return any(
        _opens(key, ref, week, one) for one in sealed for key in left for ref in refs for week in range(6)
    )


def _opens(key: bytes, ref: Any, week: int, sealed: bytes) -> bool:
    try:
        open_answers(key, ref, week, sealed)
    except Unreadable:
        return False
    return True


# ---- finding out who is who


def _recognised(on: Stage) -> tuple[int, int]:
    """Pseudonyms found by trying every Slack id: without the reference key, and with it."""
    workspace, refs = on.bot.workspace, {row["ref"] for row in _rows(on, "people")}
    user_ids = [player.id for player in on.cast.players]
    without = {guess for user_id in user_ids for guess in _guesses(workspace, user_id)}
    with_it = {on.ref(user_id) for user_id in user_ids}
    return len(refs & without), len(refs & with_it)


def _guesses(workspace: str, user_id: str) -> Iterator[str]:
    """What a program with a weaker idea of pseudonyms would have kept."""
    for text in (user_id, f"{workspace}|{user_id}", f"{workspace}{user_id}", f"{workspace}:{user_id}"):
        for name in ("sha256", "sha1", "md5"):
            yield hashlib.new(name, text.encode(), usedforsecurity=False).hexdigest()
        for key in (b"", bytes(KEY_BYTES), workspace.encode(), b"choir"):
            yield hmac.digest(key or b"\\0", text.encode(), "sha256").hex()


def check(effort: Effort) -> Iterator[Finding]:
    """S1, S2 and S3, from one play on each database."""
    cases = [Case(kind=kind, way=AS_GIVEN, seed=effort.seed, whole=effort.long) for kind in kinds(effort)]
    for case, found in zip(cases, effort.each(look, cases), strict=True):
        yield from _told(case.kind, found)


def _told(kind: str, found: Found) -> Iterator[Finding]:
    for place, (size, hits) in found.places.items():
        yield exactly(
            f"S1 on {kind}: typed words, answers, Slack ids and keys in {place} ({size:,} bytes)",
            ", ".join(hits) or "none",
            "none",
        )
    yield exactly("A team's name, which does lie there in plain, is found on the disk", found.plain, True)
    yield exactly(
        f"S2 on {kind}: what can be read of somebody who deleted everything, with every key that is left, "
        "yesterday's backup included",
        "; ".join(found.deleted) or "nothing",
        "nothing",
    )
    without, with_it = found.recognised
    yield exactly(
        f"S3 on {kind}: pseudonyms recognised by trying every Slack id, without the key", without, 0
    )
    yield Finding(
        tried="The same with the key, which must recognise them",
        measured=f"{with_it}",
        bar="15",
        holds=with_it == 15,
    )
