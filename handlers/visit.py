"""One thing a person did, with what is needed to act on it; and what they get to see in return.

A listener decides and saves in a transaction of its own and returns replies. They are carried out after
the commit: first the acknowledgement Slack waits for, then the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial
from threading import Lock
from typing import TypeAlias, TypeVar

from slack_sdk.errors import SlackClientError

from bot.blocks.elements import Message, View
from bot.blocks.replies import Trouble
from bot.content import Content, Words
from bot.content.holidays import calendar_of
from bot.domain.huddles import Rooms
from bot.domain.localtime import Calendar
from bot.domain.members import Member, PersonRef
from bot.domain.privacy import WhoSees
from bot.slack import Messenger, RosterEntry
from handlers.payloads import Act
from storage import members, privacy
from storage.database import Store, Tx
from storage.erasure_mark import ErasureMark

T = TypeVar("T")
PATIENCE_SECONDS = 1.0
"""How long help that must come waits for a database that may be away (SF1: three seconds in all)."""
ANSWER_SECONDS = 2.0
"""How long an act may take until it is undone. Slack waits three seconds, its way here and back included."""
KEEPING_SECONDS = 0.7
"""How much longer when it is just being kept."""
PERSON_SECONDS = 0.7
"""How long Slack may take to say who somebody is, after that."""
ASIDE = 32
"""Threads in which things may hang: two for each that answers Slack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Show:
    """A screen: opened, or put on top of (or in place of) the one the person is in.

    instead: what the person sees where Slack opens nothing any more.
    """

    view: View
    instead: Message | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """The screen the person is in turns into this one."""

    view: View


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """A form stays open with what is wrong under each field, by block_id."""

    errors: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A message of ours now reads so; the one acted on unless channel and ts say another.

    edited is called once Slack took it.
    """

    message: Message
    channel: str | None = None
    ts: str | None = None
    edited: Callable[[], None] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Whisper:
    """A message that only the person sees, where they are; a screen when they are in none."""

    message: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorry:
    """It could not be done; said kindly, in the person's language."""

    trouble: Trouble


@dataclass(frozen=True, slots=True, kw_only=True)
class Afterwards:
    """Something that takes longer than Slack waits; its replies are carried out when it is done."""

    do: Callable[[], Replies]


@dataclass(frozen=True, slots=True, kw_only=True)
class FreshHome:
    """Home is drawn anew."""

    showing_work: bool = False


Reply: TypeAlias = Show | Turn | Wrong | Edit | Whisper | Sorry | Afterwards | FreshHome
Replies: TypeAlias = tuple[Reply, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LastKnown:
    """Language and country by user, from memory: crisis lines must not need a database (SF1)."""

    by_user: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)

    def remember(self, workspace: str, user_id: str, language: str, country: str) -> None:
        self.by_user[workspace, user_id] = (language, country)

    def of(self, workspace: str, user_id: str) -> tuple[str, str] | None:
        return self.by_user.get((workspace, user_id))


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What every listener is handed once. now is the movable clock; country the installation's."""

    store: Store
    content: Content
    messenger: Messenger
    erasures: ErasureMark
    now: Callable[[], datetime]
    country: str = "US"
    answers_kept_weeks: int = 13
    crisis_reviewed_on: date | None = None
    rooms: Rooms = field(default_factory=Rooms)
    last_known: LastKnown = field(default_factory=LastKnown)
    aside: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(ASIDE, "aside"))

    def soon(self, look: Callable[[], T], seconds: float = PATIENCE_SECONDS) -> T:
        """What a look finds, or TimeoutError when it takes longer; nobody who answers Slack waits for it."""
        found = self.aside.submit(look)
        try:
            return found.result(seconds)
        except TimeoutError:
            found.cancel()
            raise


class TooLate(Exception):
    """The act took longer than Slack waits: the person was told that nothing was changed, so nothing is."""


class Verdict:
    """Whether an act is still to be kept: decided once, by whoever comes first, the act or the time."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: bool | None = None

    def keep(self) -> None:
        """Raises TooLate."""
        if not self._decide(kept=True):
            raise TooLate

    def is_given_up(self) -> bool:
        return not self._decide(kept=False)

    def _decide(self, *, kept: bool) -> bool:
        with self._lock:
            self._kept = kept if self._kept is None else self._kept
            return self._kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """An act with the house it happens in and the moment it happened."""

    house: House
    act: Act
    now: datetime
    verdict: Verdict = field(default_factory=Verdict)

    @property
    def workspace(self) -> str:
        return self.act.workspace

    @property
    def ref(self) -> PersonRef:
        return self.house.store.keys.ref(self.workspace, self.act.user_id)

    @contextmanager
    def begin(self) -> Iterator[Tx]:
        """A transaction that is kept if it ends while the person still waits; else TooLate undoes it."""
        with self.house.store.begin(self.workspace) as tx:
            yield tx
            self.verdict.keep()

    @contextmanager
    def read(self) -> Iterator[Tx]:
        with self.house.store.read(self.workspace) as tx:
            yield tx

    def member(self, tx: Tx) -> Member | None:
        """The person acting; None for somebody without any part here. Remembers how to speak to them."""
        found = members.member(tx, self.ref, self.now)
        if found is not None:
            language = self.house.content.words_of(found).language
            self.house.last_known.remember(self.workspace, self.act.user_id, language, found.country)
        return found

    def who_sees(self, tx: Tx, member: Member) -> WhoSees:
        """Who sees what in the member's group, and for how long answers are kept here."""
        sees = privacy.who_sees(tx, member.team, self.now, member.ref)
        return replace(sees, answers_kept_weeks=self.house.answers_kept_weeks)

    def words(self, member: Member | None) -> Words:
        return self.house.content.words_of(member)

    def calendar(self, member: Member) -> Calendar:
        return calendar_of(member, self.now)

    def from_memory(self) -> tuple[Words, str] | None:
        """Words and country last used with this person, without the database."""
        known = self.house.last_known.of(self.workspace, self.act.user_id)
        return (self.house.content.words(known[0]), known[1]) if known else None

    def entry(self) -> RosterEntry | None:
        """What Slack says of the person now; None when it does not say soon."""
        ask = partial(self.house.messenger.person, self.act.user_id)
        try:
            return self.house.soon(ask, PERSON_SECONDS) if self.act.user_id else None
        except (SlackClientError, OSError):
            return None

    def speak(self) -> tuple[Words, str]:
        """Words and country without the database: as last used, else the language of the person's Slack."""
        return self.from_memory() or (self.words_of_slack(self.entry()), self.house.country)

    def words_of_slack(self, entry: RosterEntry | None) -> Words:
        """The words for somebody without a part here."""
        content = self.house.content
        return content.words(content.language_for(None, entry.locale if entry else None))


Listener: TypeAlias = Callable[[Visit], Replies]
"""What a handler module registers: it acts, and says what the person sees."""

MemberListener: TypeAlias = Callable[[Visit, Tx, Member], Replies]
Listen: TypeAlias = Callable[[Listener], Callable[..., None]]
"""What `register` of each module wraps its listeners in (handlers.replying.listen with the house)."""


def for_member(listener: MemberListener) -> Listener:
    """A listener inside one transaction, for somebody with a part here; others get a kind sentence.

    One person's acts wait for each other, so that a double click finds what the first one did.
    """

    def on_act(visit: Visit) -> Replies:
        with visit.begin() as tx:
            members.hold(tx, visit.ref)
            return _as_member(visit, tx, listener)

    return on_act


def for_reader(listener: MemberListener) -> Listener:
    """The same for a listener that changes nothing, beside any writer."""

    def on_act(visit: Visit) -> Replies:
        with visit.read() as tx:
            return _as_member(visit, tx, listener)

    return on_act


def _as_member(visit: Visit, tx: Tx, listener: MemberListener) -> Replies:
    member = visit.member(tx)
    return (Sorry(trouble="unknown_person"),) if member is None else listener(visit, tx, member)
