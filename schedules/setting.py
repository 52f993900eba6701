"""What the heartbeats of a workspace are handed, and what one notice is judged and rendered with."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from threading import Event
from typing import TypeVar

from sqlalchemy.exc import OperationalError

from bot.blocks.digests import Picture
from bot.blocks.elements import Message
from bot.content import Content, Words
from bot.content.holidays import calendar_of, calendar_of_team
from bot.domain.checkins import Checkin
from bot.domain.huddles import Rooms
from bot.domain.localtime import Calendar
from bot.domain.members import Member, PersonRef, Team
from bot.domain.notices import USUAL_PACE, Pace, kept_until
from bot.domain.privacy import WhoSees
from bot.slack import Messenger
from storage import checkins, members, privacy, teams, workspaces
from storage.database import Store, Tx
from storage.erasure_mark import ErasureMark
from storage.guarantee_mark import GuaranteeMark
from storage.ledger_mark import LedgerMark
from storage.outbox import Claim

log = logging.getLogger(__name__)

Row = TypeVar("Row")

BATCH = 200
"""Rows looked at in one beat; the next beat takes the next ones."""
PUSHED_ON = timedelta(hours=1)


class Pulse:
    """When each heartbeat last showed life: came to an end or finished a piece of work. In memory."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """clock: real time in seconds, which nothing moves."""
        self._clock = clock
        self._began = clock()
        self._beaten: dict[str, float] = {}

    def beat(self, name: str) -> None:
        self._beaten[name] = self._clock()

    def silent_for(self, name: str) -> timedelta:
        """How long ago that was; before the first time, since the program began."""
        return timedelta(seconds=self._clock() - self._beaten.get(name, self._began))


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long delivery waits, in real time. A request to Slack takes at most bot.slack.TIMEOUT_SECONDS.

    lease: a notice in hand; its request is begun in the first half of it or not at all. unknown: before
    the outcome of a request without an answer is looked up, so that Slack is done with it.
    """

    lease: timedelta = timedelta(seconds=60)
    unknown: timedelta = timedelta(seconds=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One workspace with its own token. now is the movable clock of docs/architecture "Time"; leases use the
    store's own.

    stopping is set when the program is to end: what is in hand is finished, the rest waits in its rows.
    """

    workspace: str
    store: Store
    ledger_mark: LedgerMark
    content: Content
    messenger: Messenger
    now: Callable[[], datetime]
    answers_kept_weeks: int = 13
    rooms: Rooms = field(default_factory=Rooms)
    peers_kept_days: int = 0
    pace: Pace = USUAL_PACE
    patience: Patience = Patience()
    stopping: Event = field(default_factory=Event)
    pulse: Pulse = field(default_factory=Pulse)

    @property
    def erasures(self) -> ErasureMark:
        return ErasureMark.beside(self.ledger_mark.file)

    @property
    def guarantees(self) -> GuaranteeMark:
        return GuaranteeMark.beside(self.ledger_mark.file)


@dataclass(frozen=True, kw_only=True)
class Audience:
    """Who reads the notices of one transaction; each thing is read once for all, when it is needed."""

    tx: Tx
    refs: tuple[PersonRef, ...]
    weeks: frozenset[int]
    now: datetime

    @cached_property
    def members(self) -> Mapping[PersonRef, Member]:
        return members.list_members(self.tx, self.refs, self.now)

    @cached_property
    def user_ids(self) -> Mapping[PersonRef, str]:
        return members.user_ids(self.tx, self.refs)

    @cached_property
    def groups(self) -> Mapping[PersonRef, tuple[str, ...]]:
        """The teams with which each is shown: none where there are no words. Without who is on no team."""
        team_of = {ref: member.team.team_id for ref, member in self.members.items() if member.team}
        return privacy.groups_of(self.tx, team_of, self.now)

    @cached_property
    def checkins(self) -> Mapping[tuple[PersonRef, int], Checkin]:
        """What stood of the weeks that the notices are about."""
        return checkins.of(self.tx, self.refs, self.weeks)

    @cached_property
    def epoch_on(self) -> date | None:
        return workspaces.get(self.tx).epoch_on


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One notice and who reads it, inside a transaction. The reader is None for a channel."""

    tx: Tx
    content: Content
    claim: Claim
    now: datetime
    audience: Audience
    answers_kept_weeks: int = 13
    rooms: Rooms = field(default_factory=Rooms)

    @property
    def to(self) -> PersonRef:
        """The reader's pseudonym; KeyError for a notice to a channel."""
        return self.claim.reader

    @property
    def reader(self) -> Member | None:
        return self.member if self.claim.to else None

    @property
    def member(self) -> Member:
        """The reader as they are now; KeyError for a channel and for nobody we know."""
        return self.audience.members[self.to]

    @property
    def words(self) -> Words:
        return self.content.words_of(self.reader)

    @property
    def week(self) -> int:
        return int(self.claim.facts["week"])

    @property
    def is_asked_for(self) -> bool:
        """The reader asked for it now, so neither hours nor days nor do-not-disturb hold it back."""
        return bool(self.claim.facts.get("asked_for"))

    @property
    def epoch_on(self) -> date | None:
        return self.audience.epoch_on

    @property
    def checkin(self) -> Checkin | None:
        """What stood of the reader's week that this is about."""
        return self.audience.checkins.get((self.to, self.week))

    @property
    def words_possible(self) -> bool:
        """Whether the reader is in a group with words (privacy §3)."""
        return bool(self.audience.groups.get(self.to))

    def calendar(self) -> Calendar:
        """The working calendar of the reader, or of the team whose channel this goes to."""
        if self.claim.to is not None:
            return calendar_of(self.member, self.now)
        return calendar_of_team(self.team(), self.now)

    def team(self) -> Team:
        """The team a notice is about; KeyError when it is gone."""
        team = teams.get(self.tx, str(self.claim.facts["team"]))
        if team is None:
            raise KeyError("team")
        return team

    def who_sees(self) -> WhoSees:
        """Who sees what in the reader's group, and for how long answers are kept here."""
        sees = privacy.who_sees(self.tx, self.member.team, self.now, self.to)
        return replace(sees, answers_kept_weeks=self.answers_kept_weeks)

    def user_id(self, ref: PersonRef) -> str:
        """Somebody's Slack id; KeyError for nobody we know."""
        return self.audience.user_ids.get(ref) or members.user_id(self.tx, ref)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A picture to be uploaded with a message: PNG bytes, and the words that say the same."""

    png: bytes
    alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictured:
    """A message in words alone, and how it reads with its pictures once Slack has them.

    with_pictures takes one picture for each drawing, None for one that Slack refused.
    """

    message: Message
    drawings: tuple[Drawing, ...]
    with_pictures: Callable[[Sequence[Picture | None]], Message]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A notice that went out, and where it stands."""

    scene: Scene
    channel: str
    ts: str


def _never(_scene: Scene) -> bool:
    """Most kinds of notice wait for nothing but working time."""
    return False


def _kept(scene: Scene, at: datetime) -> datetime:
    """Most kinds of notice end a week after they could arrive."""
    return kept_until(scene.claim.expires_at, at, scene.now)


def ends_as_planned(scene: Scene, _at: datetime) -> datetime:
    """A notice that belongs to its week, wherever its reader is."""
    return scene.claim.expires_at


def _in_no_thread(_scene: Scene) -> None:
    """Most kinds of notice are messages of their own."""


def _nothing_more(*_about: object) -> None:
    """What most kinds of notice do once they are settled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How one kind of notice is judged at the last moment, rendered, and settled.

    wanted says whether it should still go out; sent (of several at once) and dropped record what became of
    it, in the same transaction as the outbox row. heeds_quiet: it waits for the end of the reader's
    do-not-disturb. waits: something that it tells of is still being made. ends_at: until when it is worth
    sending, if it can arrive at an instant. thread: the ts of the message below which it stands.
    """

    wanted: Callable[[Scene], bool]
    render: Callable[[Scene], Message | Pictured]
    sent: Callable[[Sequence[Arrival]], None] = _nothing_more
    dropped: Callable[[Scene, str], None] = _nothing_more
    waits: Callable[[Scene], bool] = _never
    ends_at: Callable[[Scene, datetime], datetime] = _kept
    thread: Callable[[Scene], str | None] = _in_no_thread
    heeds_quiet: bool = False


def each_apart(
    setting: Setting, workspace: str, act: Callable[[Tx], None], push_on: Callable[[Tx, datetime], None]
) -> None:
    """One row's work in its own transaction; one that fails is pushed on and stops nobody else's."""
    try:
        with setting.store.begin(workspace) as tx:
            act(tx)
    except OperationalError:
        raise
    except Exception as error:  # noqa: BLE001  # whatever is wrong with one row, the others go on
        log.error("row pushed on error=%s", type(error).__name__)
        with setting.store.begin(workspace) as tx:
            push_on(tx, setting.now() + PUSHED_ON)


def together(
    tx: Tx, rows: Sequence[Row], act: Callable[[Sequence[Row]], None], push_on: Callable[[Row], None]
) -> None:
    """Many rows' work at once. One with which something is wrong is pushed on and stops nobody else's.

    It is found by halves, so that the others are not done one by one.
    """
    trouble, half = _trouble_with(tx, rows, act), len(rows) // 2
    if trouble and half:
        together(tx, rows[:half], act, push_on)
        together(tx, rows[half:], act, push_on)
    elif trouble:
        log.error("row pushed on error=%s", trouble)
        push_on(rows[0])


def _trouble_with(tx: Tx, rows: Sequence[Row], act: Callable[[Sequence[Row]], None]) -> str | None:
    """Do it, or leave no trace of it and say what kind of error was in the way."""
    try:
        with tx.apart():
            act(rows)
    except OperationalError:
        raise
    except Exception as error:  # noqa: BLE001  # whatever is wrong with one row, the others go on
        return type(error).__name__
    return None
