"""Which colleagues are asked about a request, as a pure function of who offers what.

In this order:
1. Never: oneself, somebody in charge of the other (supervisor, deputy, leader, either way round), a pair of
   which one never wants to be matched with the other, who has left or is away, who has paused, who does not
   offer this, who wants only the other side of their team, and whose hours do not meet the asker's in time.
2. A language, and for "similar work" the same work, narrow the search, but never down to one person: if
   fewer than two would be left, all of step 1 are (changes 21).
3. One hard cap: nobody beyond the weekly number they set for everything together (talk, practical help,
   company, stepping out), nobody more than four times a week, declined ones included. No language, no work
   and no wish lifts it.
4. Only who has no other offer open, is at work now, has no do-not-disturb, and was not asked about this
   request before.
5. Of those first who was there least in the last four weeks, then who was asked least, then by lot. The lot
   is drawn from the request, so that the same facts always give the same answer.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from bot.domain.localtime import Calendar, next_working
from bot.domain.members import PersonRef, Team
from bot.domain.peers import (
    OFFERS_A_WEEK,
    Half,
    Help,
    Load,
    Offering,
    Request,
    Where,
    Wishes,
    free,
    have_time_together,
)

FEWEST = 2
"""A search is never narrowed to fewer people than that."""
ENOUGH_OUTSIDE = 3
"""So many offer help outside a team that a colleague from there is the usual choice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Somebody who offers help, as matching sees them.

    present: here and not on vacation. is_quiet: in a do-not-disturb now. has_offer: another one is open.
    """

    ref: PersonRef
    offering: Offering
    calendar: Calendar
    team_id: str | None = None
    load: Load = field(default_factory=Load)
    never: frozenset[PersonRef] = frozenset()
    present: bool = True
    is_quiet: bool = False
    has_offer: bool = False

    def has_room(self) -> bool:
        """Below both caps."""
        return self.load.offers < OFFERS_A_WEEK and self.load.helped < self.offering.weekly_max


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks. apart: everybody in charge of them, or they of (apart_from)."""

    ref: PersonRef
    calendar: Calendar
    team_id: str | None = None
    wishes: Wishes = field(default_factory=Wishes)
    apart: frozenset[PersonRef] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Whom to ask now, in order. narrowed: only those who speak the language were looked at."""

    refs: tuple[PersonRef, ...]
    narrowed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """Nobody can be asked at this moment, but somebody may be soon."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AtTheCap:
    """All who could have reached what they, or the rule, allow in a week."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nobody:
    """Nobody offers this, or all who do were asked already."""


Outcome: TypeAlias = Chosen | Later | AtTheCap | Nobody


def in_charge_of(team: Team) -> frozenset[PersonRef]:
    """Supervisor, deputy and leader of a team."""
    return frozenset(ref for ref in (team.supervisor, team.deputy, team.leader) if ref)


def apart_from(
    ref: PersonRef, own: Team | None, in_charge: Iterable[tuple[Team, Collection[PersonRef]]]
) -> frozenset[PersonRef]:
    """With whom somebody is never matched: who is in charge of them, or they of.

    in_charge: the teams that ref supervises, stands in for or leads, each with its people.
    """
    above = in_charge_of(own) if own else frozenset()
    below = (people for team, members in in_charge for people in (members, in_charge_of(team)))
    return above.union(*below) - {ref}


def choose(
    candidates: Sequence[Candidate],
    asker: Asker,
    request: Request,
    now: datetime,
    *,
    asked: Collection[PersonRef] = (),
    most: int = 1,
) -> Outcome:
    """Whom to ask about a request now, at most so many. asked: who was asked about it before."""
    suitable = [one for one in candidates if _suits(one, asker, request, now)]
    pool = _narrowed(suitable, asker, request)
    left = [one for one in pool if one.ref not in asked]
    with_room = [one for one in left if one.has_room()]
    if not with_room:
        return AtTheCap() if left else Nobody()
    free_now = [one for one in with_room if _can_be_asked(one, now)]
    if not free_now:
        return Later()
    first = sorted(free_now, key=lambda one: _turn(one, request.request_id))[:most]
    return Chosen(refs=tuple(one.ref for one in first), narrowed=len(pool) < len(suitable))


ENOUGH_TO_TELL = 5
"""So many of a language's peers are told as a number, fewer as "fewer than five" (changes 21)."""


def how_many(offerings: Iterable[Offering], languages: Iterable[str]) -> Mapping[str, int | None]:
    """How many offer help in each language, for leaders: None for fewer than five, none among them."""
    spoken = Counter(code for offering in offerings for code in offering.languages)
    return {code: spoken[code] if spoken[code] >= ENOUGH_TO_TELL else None for code in languages}


def usual_where(candidates: Iterable[Candidate], team_id: str | None) -> Where:
    """Outside one's own team where enough people offer help there, else from either side (E-PEER4)."""
    outside = [
        one
        for one in candidates
        if one.team_id != team_id and not one.offering.paused and one.offering.where is not Where.INSIDE
    ]
    return Where.OUTSIDE if len(outside) >= ENOUGH_OUTSIDE else Where.EITHER


def _suits(one: Candidate, asker: Asker, request: Request, now: datetime) -> bool:
    wanted, offering = request.wanted, one.offering
    same_team = one.team_id is not None and one.team_id == asker.team_id
    return (
        _may_meet(one, asker)
        and one.present
        and not offering.paused
        and wanted.help in offering.kinds
        and wanted.where.suits(same_team=same_team)
        and offering.where.suits(same_team=same_team)
        and have_time_together(
            free(asker.calendar, frozenset(Half), now, wanted.until_at),
            free(one.calendar, offering.halves, now, wanted.until_at),
            wanted.minutes,
        )
    )


def _may_meet(one: Candidate, asker: Asker) -> bool:
    strangers = one.ref != asker.ref and one.ref not in asker.apart
    return strangers and one.ref not in asker.wishes.never and asker.ref not in one.never


def _narrowed(suitable: Sequence[Candidate], asker: Asker, request: Request) -> Sequence[Candidate]:
    """Those with the language and the work, as long as that leaves more than one."""
    language, work = request.wanted.language, asker.wishes.work
    pool = suitable
    if language:
        pool = _unless_few([one for one in pool if language in one.offering.languages], pool)
    if work and request.wanted.help is Help.SIMILAR and not request.two_at_once:
        pool = _unless_few([one for one in pool if work & one.offering.work], pool)
    return pool


def _unless_few(narrowed: Sequence[Candidate], pool: Sequence[Candidate]) -> Sequence[Candidate]:
    return narrowed if len(narrowed) >= FEWEST else pool


def _can_be_asked(one: Candidate, now: datetime) -> bool:
    return next_working(now, one.calendar) == now and not one.is_quiet and not one.has_offer


def _turn(one: Candidate, request_id: str) -> tuple[int, int, bytes]:
    lot = hashlib.sha256(f"{request_id}|{one.ref}".encode()).digest()
    return one.load.helped_recently, one.load.offers_recently, lot
