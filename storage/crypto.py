"""Pseudonyms and sealing: what is kept can be read only with keys that are not in the database (privacy §7).

Two keys come from outside. The reference key makes pseudonyms and seals Slack ids and leave; the master
key wraps one data key per person, which seals that person's answers.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.domain.leave import MOST_SPANS, Leave, Span
from bot.domain.members import PersonRef

KEY_BYTES = 32
NONCE_BYTES = 12
PADDED_BYTES = 512
"""What a person gave has this length before sealing, whatever they gave."""
CHOICES_BYTES = 2048
"""The same for what somebody chose or offers: twenty people they never want to be matched with fit in."""
SLACK_IDS, LEAVE = b"slack ids", b"leave"
"""What keys are derived from the reference key for."""
LEAVE_BYTES = MOST_SPANS * len("2026-11-25/2026-12-03 ")


class Unreadable(Exception):
    """Something sealed cannot be opened with these keys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """The installation's two keys, 32 bytes each; ValueError for any other length.

    old: the master key before this one, while people's keys are wrapped anew. Which of the two is in use,
    the database says (workspaces.key_check), so that all who share it wrap with the same one.
    """

    master: bytes = field(repr=False)
    reference: bytes = field(repr=False)
    old: bytes | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if any(len(key) != KEY_BYTES for key in (*self._masters, self.reference)):
            raise ValueError("a key has 32 bytes")

    @property
    def _masters(self) -> tuple[bytes, ...]:
        return (self.master,) if self.old is None else (self.master, self.old)

    def ref(self, workspace: str, user_id: str) -> PersonRef:
        """The pseudonym of a Slack user, made with the reference key alone."""
        return PersonRef(_mac(self.reference, f"{workspace}|{user_id}"))

    def delivery_id(self, workspace: str, dedupe_key: str) -> str:
        """The mark that a message carries in Slack, 32 characters; the same for the same notice.

        So a database that was put back knows its own messages again, though it forgot that it sent them.
        """
        return _mac(self.reference, f"delivery|{workspace}|{dedupe_key}")[:32]

    def room(self, workspace: str, about: str) -> str:
        """The name of a video room, 32 characters that nobody can guess; the same for the same meeting."""
        return _mac(self.reference, f"room|{workspace}|{about}")[:32]

    def check(self, workspace: str) -> str:
        """A value by which a wrong key is noticed; says nothing about the keys."""
        return self._check(workspace, self.master)

    def know(self, workspace: str, check: str) -> bool:
        """Whether a check was made with the reference key and one of the master keys."""
        return any(self._check(workspace, master) == check for master in self._masters)

    def ref_check(self, workspace: str) -> str:
        """The same for the reference key alone, which a lost or a new master key leaves as it is."""
        return _mac(self.reference, f"reference check|{workspace}")

    def _check(self, workspace: str, master: bytes) -> str:
        both = hashlib.sha256(master + self.reference).digest()
        return _mac(both, f"check|{workspace}")

    def seal_id(self, workspace: str, user_id: str) -> bytes:
        """A Slack id (of a person, or of the DM with one) as only the reference key opens it."""
        return _seal(_derived(self.reference, SLACK_IDS), user_id.encode(), workspace.encode())

    def open_id(self, workspace: str, sealed: bytes) -> str:
        return _open(_derived(self.reference, SLACK_IDS), sealed, workspace.encode()).decode()

    def seal_leave(self, workspace: str, ref: PersonRef, leave: Leave) -> bytes:
        """Somebody's days away as a ciphertext of one length, however many spans there are.

        Others know when somebody was away: dates in the clear would tell whose pseudonym it is.
        """
        plain = "\n".join(f"{span.first_on}/{span.last_on}" for span in leave).encode()
        return _seal(_derived(self.reference, LEAVE), plain.ljust(LEAVE_BYTES), f"{workspace}|{ref}".encode())

    def open_leave(self, workspace: str, ref: PersonRef, sealed: bytes) -> Leave:
        """The days away sealed for exactly this person; Unreadable otherwise."""
        plain = _open(_derived(self.reference, LEAVE), sealed, f"{workspace}|{ref}".encode()).decode()
        ends = (line.split("/") for line in plain.split())
        return tuple(
            Span(first_on=date.fromisoformat(first), last_on=date.fromisoformat(last)) for first, last in ends
        )

    def new_data_key(self, workspace: str, ref: PersonRef, check: str) -> bytes:
        """A fresh data key for a person, wrapped with the master key of that check; Unreadable without it."""
        return self._wrap(workspace, ref, os.urandom(KEY_BYTES), check)

    def unwrap(self, workspace: str, ref: PersonRef, wrapped: bytes) -> bytes:
        """A person's data key, whichever master key wrapped it; Unreadable otherwise."""
        for master in self._masters:
            with suppress(Unreadable):
                return _open(master, wrapped, _about(workspace, ref))
        raise Unreadable

    def is_old(self, workspace: str, ref: PersonRef, wrapped: bytes) -> bool:
        """Whether a data key is not wrapped with the new master key."""
        with suppress(Unreadable):
            _open(self.master, wrapped, _about(workspace, ref))
            return False
        return True

    def wrapped_anew(self, workspace: str, ref: PersonRef, wrapped: bytes) -> bytes | None:
        """The same data key wrapped with the new master key; None where it is already. Raises Unreadable."""
        if not self.is_old(workspace, ref, wrapped):
            return None
        data_key = self.unwrap(workspace, ref, wrapped)
        return self._wrap(workspace, ref, data_key, self.check(workspace))

    def _wrap(self, workspace: str, ref: PersonRef, data_key: bytes, check: str) -> bytes:
        for master in self._masters:
            if self._check(workspace, master) == check:
                return _seal(master, data_key, _about(workspace, ref))
        raise Unreadable


def _about(workspace: str, ref: PersonRef) -> bytes:
    return f"{workspace}|{ref}".encode()


def seal_answers(data_key: bytes, ref: PersonRef, week: int, answers: Mapping[str, int]) -> bytes:
    """One person's answers of a week, 1 to 11 by question key, as a ciphertext of one length."""
    return _seal_padded(data_key, dict(answers), f"{ref}|{week}")


def open_answers(data_key: bytes, ref: PersonRef, week: int, sealed: bytes) -> dict[str, int]:
    """The answers sealed for exactly this person and week; Unreadable otherwise."""
    opened: dict[str, int] = json.loads(_open(data_key, sealed, f"{ref}|{week}".encode()))
    return opened


@lru_cache(maxsize=8)
def _derived(key: bytes, purpose: bytes) -> bytes:
    """A key for one purpose. Remembered: it is needed for every person of every beat."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=purpose).derive(key)


def seal_phrases(data_key: bytes, ref: PersonRef, period: int, phrases: Collection[str]) -> bytes:
    """What one person said with others in a period, by phrase key, as a ciphertext of one length."""
    return _seal_padded(data_key, sorted(phrases), f"{ref}|said|{period}")


def open_phrases(data_key: bytes, ref: PersonRef, period: int, sealed: bytes) -> frozenset[str]:
    """The phrases sealed for exactly this person and period; Unreadable otherwise."""
    return frozenset(json.loads(_open(data_key, sealed, f"{ref}|said|{period}".encode())))


def seal_choices(data_key: bytes, ref: PersonRef, about: str, chosen: Mapping[str, object]) -> bytes:
    """What one person chose or offers, as small JSON values by name, as a ciphertext of one length.

    about: what it is, by which one thing cannot be put in the place of another.
    """
    plain = json.dumps(dict(chosen), separators=(",", ":"), sort_keys=True).encode()
    if len(plain) > CHOICES_BYTES:
        raise ValueError("more than one row can hold")
    return _seal(data_key, plain.ljust(CHOICES_BYTES), f"{ref}|{about}".encode())


def open_choices(data_key: bytes, ref: PersonRef, about: str, sealed: bytes) -> dict[str, Any]:
    """What was sealed for exactly this person and thing; Unreadable otherwise."""
    opened: dict[str, Any] = json.loads(_open(data_key, sealed, f"{ref}|{about}".encode()))
    return opened


def _seal_padded(data_key: bytes, value: dict[str, int] | list[str], about: str) -> bytes:
    plain = json.dumps(value, separators=(",", ":"), sort_keys=True).encode()
    if len(plain) > PADDED_BYTES:
        raise ValueError("more than one row can hold")
    return _seal(data_key, plain.ljust(PADDED_BYTES), about.encode())


def _mac(key: bytes, text: str) -> str:
    return hmac.digest(key, text.encode(), "sha256").hex()


def _seal(key: bytes, plain: bytes, about: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, about)


def _open(key: bytes, sealed: bytes, about: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], about)
    except (InvalidTag, ValueError):
        raise Unreadable from None
