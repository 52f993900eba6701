"""Stepping out for a bit: covered by a colleague who is asked without a name, and then forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.blocks import ids
from bot.domain.peers import Help
from bot.sandbox import Message, Person
from tests.stories.peers import offers_help
from tests.stories.people import ANA, BEN, EIGHT, EVE, FAY, GUS, IRENE
from tests.stories.play import Play, actions_in, playing, text_of

MONDAY_TEN = "2027-01-11 10:00"
PEERS = (BEN, EVE, FAY)


@pytest.fixture
def play() -> Iterator[Play]:
    """Three of the team offer practical help. Nobody gets check-ins; Monday, ten in New York."""
    with playing(resting=EIGHT) as play:
        for person in PEERS:
            offers_help(play, person, **{ids.KINDS: [Help.PRACTICAL]})
        play.go_to(MONDAY_TEN)
        yield play


def steps_out(play: Play, person: Person = GUS, how_long: str = "an_hour", *more: str) -> str:
    """From Home, with cover asked for; what they see then."""
    play.press(person, play.home(person), ids.OPENED_STEP_OUT)
    given = {ids.HOW_LONG: how_long, ids.COVER: [ids.ASK_COVER, *more]}
    assert play.submit(person, **given).kind == "updated"  # type: ignore[arg-type]
    shown = text_of(play.top(person))
    play.close(person)
    play.stage.settle()
    return shown


def cards(play: Play) -> dict[Person, Message]:
    """Who has been asked and can still answer."""
    found = {
        person: [m for m in play.dm(person) if ids.COVERED in actions_in(list(m.blocks))] for person in PEERS
    }
    return {person: messages[-1] for person, messages in found.items() if messages}


def answers(play: Play, person: Person, action_id: str = ids.COVERED) -> str:
    card = cards(play)[person]
    play.click(person, card, action_id)
    play.stage.settle()
    return text_of(play.sandbox.message(card.channel, card.ts))


def said_to(play: Play, person: Person) -> str:
    return text_of(play.dm(person)[-1])


def test_two_are_asked_without_a_name_and_the_first_yes_counts(play: Play) -> None:
    words = play.words()
    assert "Two colleagues" in steps_out(play)
    (first, card), (second, other) = cards(play).items()
    for one in (card, other):
        assert GUS.id not in str(one.blocks)
        assert "Legal aid" not in text_of(one)
    assert "You cover for" in answers(play, first)
    assert "covers for you" in said_to(play, GUS)
    assert f"<@{first.id}>" in str(play.dm(GUS)[-1].blocks)
    assert text_of(play.sandbox.message(other.channel, other.ts)) == words("step_out.not_needed")
    assert second.id not in str([message.blocks for message in play.dm(GUS)])


def test_when_it_is_over_nothing_says_that_it_was(play: Play) -> None:
    steps_out(play)
    first, second = cards(play)
    answers(play, first)
    play.go(minutes=61)
    rows = play.rows()
    assert rows["step_outs"] == rows["peer_offers"] == []
    assert not [row for row in rows["outbox"] if row["kind"].startswith("cover")]
    assert not [row for row in rows["timers"] if row["entity"].startswith("step_out")]
    helped = {row["ref"]: (row["offers"], row["helped"]) for row in rows["peer_loads"]}
    assert helped == {play.stage.ref(first.id): (1, 1), play.stage.ref(second.id): (1, 0)}


def test_who_cannot_is_followed_by_the_next_and_at_last_whoever_is_out_is_told(play: Play) -> None:
    steps_out(play)
    first, second = cards(play)
    (third,) = set(PEERS) - {first, second}
    answers(play, first, ids.DECLINED_COVER)
    assert set(cards(play)) == {second, third}
    answers(play, second, ids.DECLINED_COVER)
    play.go(minutes=11)
    assert "Nobody could cover" in said_to(play, GUS)
    assert answers(play, third) == play.words()("step_out.not_needed"), "too late"


def test_two_who_say_yes_at_the_same_second_are_not_both_taken(play: Play) -> None:
    steps_out(play)
    found = cards(play)
    with ThreadPoolExecutor(2) as pool:
        list(
            pool.map(
                lambda one: play.sandbox.click(one[0].id, container=one[1], action_id=ids.COVERED),
                found.items(),
            )
        )
    play.stage.rest()
    play.stage.settle()
    covering = [m for p in PEERS for m in play.dm(p) if GUS.id in str(m.blocks)]
    assert len(covering) == 1
    assert sum(row["helped"] for row in play.rows()["peer_loads"]) == 1


@pytest.mark.parametrize("told", [True, False])
def test_the_supervisor_hears_at_most_that_cover_was_asked(play: Play, told: bool) -> None:
    before = len(play.dm(IRENE))
    steps_out(play, GUS, "ten_minutes", *([ids.TELL_SUPERVISOR] if told else []))
    answers(play, next(iter(cards(play))))
    heard = [text_of(message) for message in play.dm(IRENE)[before:]]
    assert len(heard) == told
    assert all("cover asked" in text for text in heard)
    play.go(minutes=11)
    assert "step_outs" not in play.rows_about(IRENE)


def test_without_cover_nothing_is_kept(play: Play) -> None:
    home = play.home(GUS)
    before = play.rows()
    play.press(GUS, home, ids.OPENED_STEP_OUT)
    assert play.submit(GUS, **{ids.HOW_LONG: "today", ids.COVER: []}).kind == "updated"
    assert play.words()("step_out.alone") in text_of(play.top(GUS))
    play.stage.settle()
    assert play.rows() == before


def test_back_sooner_ends_it_and_nobody_has_to_answer_any_more(play: Play) -> None:
    steps_out(play)
    first, _ = cards(play)
    card = cards(play)[first]
    shown = play.press(GUS, play.home(GUS), ids.OPENED_STEP_OUT)
    play.press(GUS, shown, ids.CAME_BACK_IN)
    play.stage.settle()
    assert cards(play) == {}
    assert text_of(play.sandbox.message(card.channel, card.ts)) == play.words()("step_out.not_needed")
    assert play.rows()["step_outs"] == []


def test_nobody_is_asked_above_the_one_weekly_cap(play: Play) -> None:
    """Four offers a week, whatever for: the three are asked twelve times, two at a time, and no more."""
    for _ in range(6):
        assert "Two colleagues" in steps_out(play, GUS, "ten_minutes")
        play.go(minutes=11)
    assert "can be asked right now" in steps_out(play, GUS, "ten_minutes")
    assert [row["offers"] for row in play.rows()["peer_loads"]] == [4, 4, 4]


def test_at_night_nobody_is_asked_and_the_way_out_is_open_all_the_same(play: Play) -> None:
    play.go_to("2027-01-11 22:00")
    assert "You can step out all the same" in steps_out(play)
    assert cards(play) == {}
    assert play.rows()["step_outs"] == []


def test_those_in_charge_are_never_asked(play: Play) -> None:
    offers_help(play, IRENE, **{ids.KINDS: [Help.PRACTICAL]})
    before = len(play.dm(IRENE))
    steps_out(play, ANA)
    for person in tuple(cards(play)):
        answers(play, person, ids.DECLINED_COVER)
    play.go(minutes=30)
    assert len(play.dm(IRENE)) == before


def test_a_second_click_of_who_covers_leaves_their_card_as_it_is(play: Play) -> None:
    steps_out(play)
    first, card = next(iter(cards(play).items()))
    with ThreadPoolExecutor(2) as pool:
        clicks = [lambda: play.sandbox.click(first.id, container=card, action_id=ids.COVERED)] * 2
        list(pool.map(lambda click: click(), clicks))
    play.stage.rest()
    shown = text_of(play.sandbox.message(card.channel, card.ts))
    assert shown.startswith(play.words()("step_out.covering", who="somebody", until="").rstrip())
