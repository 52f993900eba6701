from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.localtime import Calendar, next_working
from bot.domain.matching import (
    Asker,
    AtTheCap,
    Candidate,
    Chosen,
    Later,
    Nobody,
    apart_from,
    choose,
    how_many,
    usual_where,
)
from bot.domain.members import PersonRef, Team
from bot.domain.peers import (
    OFFERS_A_WEEK,
    RECENT_WEEKS,
    Half,
    Help,
    Load,
    Offering,
    Request,
    Wanted,
    When,
    Where,
    Wishes,
    window_end,
)
from tests.domain.zones import utc

ANA, BEN, CAM, DEE, EVE = (PersonRef(name) for name in ("ana", "ben", "cam", "dee", "eve"))
DAYS = Calendar(tz="Etc/UTC")
NOW = utc("2027-01-04 09:30")
ALL_KINDS = frozenset(Help)
EVERYTHING = Offering(kinds=ALL_KINDS, languages=frozenset({"en"}))


def peer(
    ref: PersonRef, team_id: str | None = "other", offering: Offering = EVERYTHING, **more: Any
) -> Candidate:
    return Candidate(ref=ref, offering=offering, calendar=DAYS, team_id=team_id, **more)


def asker(**more: Any) -> Asker:
    return Asker(**{"ref": ANA, "calendar": DAYS, "team_id": "own", **more})


def request(request_id: str = "r", when: When = When.TODAY, **more: Any) -> Request:
    until_at = window_end(NOW, when, DAYS)
    wanted: dict[str, Any] = {"help": Help.LISTEN, "where": Where.EITHER, "language": None, **more}
    return Request(
        request_id=request_id,
        asker=ANA,
        asked_on=date(2027, 1, 4),
        wanted=Wanted(until_at=until_at, **wanted),
    )


def refs(found: object) -> tuple[PersonRef, ...]:
    assert isinstance(found, Chosen), found
    return found.refs


NOT_ONE_OF_THEM = [
    pytest.param(peer(ANA), {}, id="oneself"),
    pytest.param(peer(BEN), {"apart": frozenset({BEN})}, id="in charge"),
    pytest.param(peer(BEN), {"wishes": Wishes(never=frozenset({BEN}))}, id="the asker never wants them"),
    pytest.param(peer(BEN, never=frozenset({ANA})), {}, id="they never want the asker"),
    pytest.param(peer(BEN, present=False), {}, id="away"),
    pytest.param(peer(BEN, offering=replace(EVERYTHING, paused=True)), {}, id="paused"),
    pytest.param(
        peer(BEN, offering=replace(EVERYTHING, kinds=frozenset({Help.COMPANY}))), {}, id="other kind"
    ),
    pytest.param(peer(BEN, offering=replace(EVERYTHING, where=Where.INSIDE)), {}, id="own team only"),
    pytest.param(
        peer(BEN, "own", offering=replace(EVERYTHING, where=Where.OUTSIDE)), {}, id="not their own team"
    ),
    pytest.param(replace(peer(BEN), calendar=Calendar(tz="Asia/Tokyo")), {}, id="hours that do not meet"),
]


@pytest.mark.parametrize(("candidate", "about"), NOT_ONE_OF_THEM)
def test_some_are_never_asked(candidate: Candidate, about: dict[str, Any]) -> None:
    assert choose([candidate], asker(**about), request(), NOW) == Nobody()
    assert refs(choose([candidate, peer(CAM)], asker(**about), request(), NOW)) == (CAM,)


def test_only_afternoons_do_not_meet_a_morning() -> None:
    afternoons = peer(BEN, offering=replace(EVERYTHING, halves=frozenset({Half.AFTERNOON})))
    assert choose([afternoons], asker(), request(when=When.NOW), NOW) == Nobody()
    assert refs(choose([afternoons], asker(), request(when=When.TODAY), NOW)) == (BEN,)


def test_the_asker_may_want_one_side_of_their_team() -> None:
    near, far = peer(BEN, "own"), peer(CAM, "other")
    both = [near, far]
    assert refs(choose(both, asker(), request(where=Where.INSIDE), NOW, most=2)) == (BEN,)
    assert refs(choose(both, asker(), request(where=Where.OUTSIDE), NOW, most=2)) == (CAM,)
    assert len(refs(choose(both, asker(), request(where=Where.EITHER), NOW, most=2))) == 2


def test_somebody_without_a_team_is_outside_of_every_team() -> None:
    assert refs(choose([peer(BEN, None)], asker(team_id=None), request(where=Where.OUTSIDE), NOW)) == (BEN,)


def test_supervisors_deputies_and_leaders_are_apart_both_ways() -> None:
    own = Team(team_id="own", name="Own", tz="Etc/UTC", supervisor=BEN, deputy=CAM, leader=DEE)
    assert apart_from(ANA, own, ()) == {BEN, CAM, DEE}
    led = Team(team_id="led", name="Led", tz="Etc/UTC", supervisor=ANA, leader=DEE)
    assert apart_from(ANA, None, [(led, (BEN, CAM))]) == {BEN, CAM, DEE}
    assert apart_from(EVE, None, ()) == frozenset()


def test_who_was_there_least_is_asked_first_then_who_was_asked_least() -> None:
    often = peer(BEN, load=Load(helped_recently=2, offers_recently=2))
    asked = peer(CAM, load=Load(helped_recently=1, offers_recently=3))
    least = peer(DEE, load=Load(helped_recently=1, offers_recently=2))
    assert refs(choose([often, asked, least], asker(), request(), NOW, most=3)) == (DEE, CAM, BEN)


def test_a_lot_decides_between_equals_and_always_the_same_way() -> None:
    equals = [peer(PersonRef(f"p{number}")) for number in range(8)]
    drawn = {refs(choose(equals, asker(), request(f"r{number}"), NOW)) for number in range(40)}
    assert len(drawn) > 4
    assert choose(equals, asker(), request(), NOW) == choose(equals[::-1], asker(), request(), NOW)


def test_nobody_is_asked_twice_about_the_same_request() -> None:
    both = [peer(BEN), peer(CAM)]
    assert refs(choose(both, asker(), request(), NOW, asked={BEN})) == (CAM,)
    assert choose(both, asker(), request(), NOW, asked={BEN, CAM}) == Nobody()


@pytest.mark.parametrize(
    "load", [Load(helped=2, offers=2), Load(offers=OFFERS_A_WEEK)], ids=["was there", "was asked"]
)
def test_nobody_is_asked_above_a_cap_whatever_they_speak(load: Load) -> None:
    spanish = replace(EVERYTHING, languages=frozenset({"es"}))
    full = [peer(ref, offering=spanish, load=load) for ref in (BEN, CAM)]
    english = peer(DEE)
    found = choose([*full, english], asker(), request(language="es"), NOW)
    assert found == AtTheCap()


def test_a_language_narrows_the_search_but_never_to_one_person() -> None:
    spanish = replace(EVERYTHING, languages=frozenset({"es", "en"}))
    one, other, english = peer(BEN, offering=spanish), peer(CAM, offering=spanish), peer(DEE)
    wanted = request(language="es")
    assert choose([one, other, english], asker(), wanted, NOW, most=3) == Chosen(
        refs=refs(choose([one, other], asker(), wanted, NOW, most=3)), narrowed=True
    )
    alone = choose([one, english], asker(), wanted, NOW, most=3)
    assert isinstance(alone, Chosen)
    assert set(alone.refs) == {BEN, DEE}
    assert not alone.narrowed


def test_similar_work_narrows_until_somebody_was_asked_in_vain() -> None:
    lawyers = [peer(ref, offering=replace(EVERYTHING, work=frozenset({"attorney"}))) for ref in (BEN, CAM)]
    everybody = [*lawyers, peer(DEE)]
    who = asker(wishes=Wishes(work=frozenset({"attorney"})))
    wanted = request(help=Help.SIMILAR)
    assert set(refs(choose(everybody, who, wanted, NOW, most=3))) == {BEN, CAM}
    widened = replace(wanted, two_at_once=True)
    assert set(refs(choose(everybody, who, widened, NOW, most=3))) == {BEN, CAM, DEE}
    assert set(refs(choose(everybody, who, request(), NOW, most=3))) == {BEN, CAM, DEE}


@pytest.mark.parametrize(
    "busy", [{"has_offer": True}, {"is_quiet": True}], ids=["another offer", "do-not-disturb"]
)
def test_who_cannot_be_asked_now_may_be_later(busy: dict[str, bool]) -> None:
    assert choose([peer(BEN, **busy)], asker(), request(), NOW) == Later()
    assert refs(choose([peer(BEN, **busy), peer(CAM)], asker(), request(), NOW)) == (CAM,)


@pytest.mark.parametrize("now", ["2027-01-04 08:59", "2027-01-04 12:30", "2027-01-03 10:00"])
def test_nobody_is_asked_outside_of_working_time(now: str) -> None:
    assert choose([peer(BEN)], asker(), request(), utc(now)) == Later()


def test_outside_is_the_usual_side_where_enough_people_are_there() -> None:
    three = [peer(ref) for ref in (BEN, CAM, DEE)]
    assert usual_where(three, "own") is Where.OUTSIDE
    assert usual_where(three[:2], "own") is Where.EITHER
    assert usual_where(three, "other") is Where.EITHER
    assert (
        usual_where([*three[:2], peer(DEE, offering=replace(EVERYTHING, paused=True))], "own") is Where.EITHER
    )


def test_leaders_read_a_number_from_five_on_and_fewer_than_five_below() -> None:
    five = [replace(EVERYTHING, languages=frozenset({"en", "es"}))] * 5
    assert how_many([*five, EVERYTHING], ("en", "es", "fr")) == {"en": 6, "es": 5, "fr": None}
    assert how_many(five[:4], ("en",)) == how_many([], ("en",)) == {"en": None}


# ---- properties


people = st.sampled_from([PersonRef(f"p{number}") for number in range(6)])
offerings = st.builds(
    Offering,
    kinds=st.frozensets(st.sampled_from(Help)),
    languages=st.frozensets(st.sampled_from(["en", "es"])),
    where=st.sampled_from(Where),
    halves=st.frozensets(st.sampled_from(Half), min_size=1),
    weekly_max=st.integers(1, 4),
    paused=st.booleans(),
)
loads = st.builds(Load, offers=st.integers(0, 4), helped=st.integers(0, 4))
crowds = st.lists(
    st.builds(
        Candidate,
        ref=people,
        offering=offerings,
        calendar=st.just(DAYS),
        team_id=st.sampled_from(["own", "other", None]),
        load=loads,
        never=st.frozensets(people, max_size=2),
        present=st.booleans(),
        is_quiet=st.booleans(),
        has_offer=st.booleans(),
    ),
    unique_by=lambda one: one.ref,
    max_size=6,
)
askers = st.builds(
    Asker,
    ref=people,
    calendar=st.just(DAYS),
    team_id=st.sampled_from(["own", None]),
    wishes=st.builds(Wishes, never=st.frozensets(people, max_size=2)),
    apart=st.frozensets(people, max_size=2),
)


@given(
    crowds,
    askers,
    st.sampled_from(Help),
    st.sampled_from(Where),
    st.sampled_from([None, "es"]),
    st.integers(1, 2),
)
def test_whoever_is_chosen_may_be(
    crowd: Sequence[Candidate], who: Asker, help_: Help, where: Where, language: str | None, most: int
) -> None:
    found = choose(crowd, who, request(help=help_, where=where, language=language), NOW, most=most)
    if not isinstance(found, Chosen):
        return
    assert 1 <= len(found.refs) <= most
    by_ref = {one.ref: one for one in crowd}
    for one in (by_ref[ref] for ref in found.refs):
        assert one.ref != who.ref
        assert one.ref not in who.apart | who.wishes.never
        assert who.ref not in one.never
        assert one.present
        assert not one.is_quiet
        assert not one.has_offer
        assert one.load.helped < one.offering.weekly_max
        assert one.load.offers < OFFERS_A_WEEK
        assert help_ in one.offering.kinds
        if found.narrowed:
            assert language in one.offering.languages


@given(crowds, askers, st.randoms(use_true_random=False))
def test_the_order_in_which_people_are_looked_at_changes_nothing(
    crowd: list[Candidate], who: Asker, shuffling: random.Random
) -> None:
    before = choose(crowd, who, request(), NOW, most=2)
    shuffling.shuffle(crowd)
    assert choose(crowd, who, request(), NOW, most=2) == before


# ---- a year


def gini(numbers: Sequence[int]) -> float:
    """0 where all have the same, towards 1 where one has everything."""
    ordered, total = sorted(numbers), sum(numbers)
    ranked = sum(rank * number for rank, number in enumerate(ordered, start=1))
    return 2 * ranked / (len(ordered) * total) - (len(ordered) + 1) / len(ordered)


def a_year(seed: int, *, peers: int, requests_a_week: int, accepting: float = 0.7) -> Counter[PersonRef]:
    """How often each of so many willing peers was there in 52 weeks. Who is asked says yes by chance."""
    chance = random.Random(seed)
    refs_ = [PersonRef(f"p{number}") for number in range(peers)]
    weekly: list[tuple[Counter[PersonRef], Counter[PersonRef]]] = []
    for week in range(52):
        offers: Counter[PersonRef] = Counter()
        helped: Counter[PersonRef] = Counter()
        weekly.append((offers, helped))
        for number in range(requests_a_week):
            at = next_working(datetime(2027, 1, 4, 9, 30, tzinfo=UTC) + timedelta(weeks=week), DAYS)
            asked: set[PersonRef] = set()
            wanted = replace(request(f"{seed}|{week}|{number}"), asker=chance.choice(refs_))
            until_at = window_end(at, When.TODAY, DAYS)
            wanted = replace(wanted, wanted=replace(wanted.wanted, until_at=until_at))
            while True:
                recent = weekly[-RECENT_WEEKS:]
                crowd = [
                    peer(
                        ref,
                        load=Load(
                            offers=offers[ref],
                            helped=helped[ref],
                            offers_recently=sum(of[ref] for of, _ in recent),
                            helped_recently=sum(of[ref] for _, of in recent),
                        ),
                    )
                    for ref in refs_
                ]
                found = choose(crowd, asker(ref=wanted.asker), wanted, at, asked=asked)
                if not isinstance(found, Chosen):
                    break
                (ref,) = found.refs
                asked.add(ref)
                offers[ref] += 1
                if chance.random() < accepting:
                    helped[ref] += 1
                    break
        assert max(offers.values()) <= OFFERS_A_WEEK
        assert max(helped.values()) <= EVERYTHING.weekly_max
    return sum((helped for _, helped in weekly), Counter())


@pytest.mark.parametrize(("peers", "requests_a_week"), [(3, 4), (6, 5), (12, 6), (20, 8)])
def test_over_a_year_the_load_is_shared_fairly(peers: int, requests_a_week: int) -> None:
    """Nobody among equally willing peers carries much more than another: Gini of at most 0.2."""
    load = a_year(1, peers=peers, requests_a_week=requests_a_week)
    shares = [load[PersonRef(f"p{number}")] for number in range(peers)]
    spread = f"Gini {gini(shares):.3f}, {min(shares)}-{max(shares)} times"
    print(f"\n{peers} peers, {requests_a_week} requests a week: {spread}")
    assert gini(shares) <= 0.2
