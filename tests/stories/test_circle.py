"""A team that meets regularly: proposed by nobody named, said no to unseen, hosted in turn."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.blocks import ids
from bot.sandbox import Message, Person
from tests.stories.people import ANA, BEN, CLEO, DANI, EVE, FAY, GUS, HAL, IRENE, LEGAL_CHANNEL
from tests.stories.play import Play, actions_in, playing, text_of

EIGHT = (ANA, BEN, CLEO, DANI, EVE, FAY, GUS, HAL)
MONDAY_TEN = "2027-01-11 10:00"
"""What is proposed then is decided on Wednesday the 13th; the first Tuesday is the 19th."""


@pytest.fixture
def play() -> Iterator[Play]:
    """Ana, Ben and Cleo are awake, the others have pressed Stop; Monday, ten o'clock in New York."""
    with playing(resting=(DANI, EVE, FAY, GUS, HAL)) as play:
        play.go_to(MONDAY_TEN)
        yield play


def proposes(play: Play, person: Person = BEN) -> Message:
    """Somebody proposes Tuesdays at three, every two weeks; the card in the channel."""
    form = play.press(person, play.home(person), ids.OPENED_HUDDLES)
    play.press(person, form, ids.OPENED_CIRCLE)
    given = {ids.DAY: "1", ids.HOUR: "15:00", ids.OFTEN: "2", ids.PURPOSE: "lighten"}
    assert play.submit(person, **given).kind == "updated"
    play.close(person)
    play.stage.settle()
    return channel(play)[-1]


def channel(play: Play) -> list[Message]:
    return [message for message in play.sandbox.channel_messages(LEGAL_CHANNEL) if message.from_bot]


def told(play: Play) -> str:
    return text_of(channel(play)[-1])


def asked_to_host(play: Play) -> dict[Person, Message]:
    """Who has been asked to open the next one, as it reads now."""
    found = {person: [m for m in play.dm(person) if "circle_hosted" in str(m.blocks)] for person in EIGHT}
    return {person: messages[-1] for person, messages in found.items() if messages}


def test_it_stands_after_two_working_days_and_then_comes_every_two_weeks(play: Play) -> None:
    card = proposes(play)
    assert "every two weeks, Tuesday 3:00" in text_of(card)
    assert BEN.id not in str(card.blocks)
    play.go_to("2027-01-13 10:00")
    assert play.words()("circle.told_begins") in told(play)
    assert channel(play)[-1].thread_ts == card.ts
    play.go_to("2027-01-19 14:44")
    before = len(channel(play))
    play.go_to("2027-01-19 14:45")
    assert len(channel(play)) == before + 1
    assert play.words()("huddle.in_open", many=0) in told(play)
    play.click(ANA, channel(play)[-1], ids.JOINED_HUDDLE)
    play.click(CLEO, channel(play)[-1], ids.JOINED_HUDDLE)
    play.go_to("2027-01-19 15:21")
    assert play.words()("huddle.after") in told(play), "twenty minutes after the hour it began"
    assert "huddle_people" not in play.rows_about(ANA)
    play.go_to("2027-01-26 16:00")
    quiet = len(channel(play))
    play.go_to("2027-02-02 14:45")
    assert len(channel(play)) > quiet


def test_half_of_the_team_can_say_unseen_that_it_does_not_suit(play: Play) -> None:
    card = proposes(play)
    for person in (ANA, CLEO, DANI, DANI, EVE):
        play.click(person, card, ids.DECLINED_CIRCLE)
        assert "nobody sees" in text_of(play.sandbox.ephemerals(person.id)[-1]) or person.locale[:2] == "es"
    play.click(IRENE, card, ids.DECLINED_CIRCLE)
    play.go_to("2027-01-13 10:00")
    assert play.words()("circle.told_declined") in told(play)
    assert play.rows()["circles"] == play.rows()["circle_declines"] == []
    for person in EIGHT:
        assert person.id not in str([message.blocks for message in channel(play)])


def test_three_who_do_not_like_it_do_not_stop_five(play: Play) -> None:
    card = proposes(play)
    for person in (ANA, CLEO, DANI):
        play.click(person, card, ids.DECLINED_CIRCLE)
    play.click(IRENE, card, ids.DECLINED_CIRCLE)
    play.go_to("2027-01-13 10:00")
    assert play.words()("circle.told_begins") in told(play)
    assert play.rows()["circle_declines"] == []


def test_whose_turn_it_is_is_asked_alone_and_the_next_one_if_they_pass(play: Play) -> None:
    proposes(play)
    play.go_to("2027-01-15 15:00")
    ((first, note),) = asked_to_host(play).items()
    play.click(first, note, ids.PASSED_HOSTING)
    play.stage.settle()
    play.go_to("2027-01-19 12:00")
    ((second, asked),) = asked_to_host(play).items()
    assert second is not first
    play.click(second, asked, ids.HOSTS_CIRCLE)
    play.go_to("2027-01-19 14:45")
    assert f"<@{second.id}>" in str(channel(play)[-1].blocks)
    assert play.words()("huddle.in_open", many=1) in told(play), "whoever opens it is in"
    assert first.id not in str([message.blocks for message in channel(play)])
    play.go_to("2027-01-19 18:00")
    assert "circles" not in play.rows_about(second)
    play.go_to("2027-02-01 18:00")
    assert set(asked_to_host(play)) - {second}, "somebody else's turn"


def test_it_ends_by_itself_when_three_times_too_few_came(play: Play) -> None:
    proposes(play)
    play.go_to("2027-02-16 14:00")
    assert play.rows()["circles"]
    play.go_to("2027-02-16 16:00")
    assert play.words()("circle.told_faded") in told(play)
    assert play.rows()["circles"] == []
    assert "circle" not in str(play.rows()["timers"])


def test_who_proposed_it_ends_it_and_somebody_else_cannot(play: Play) -> None:
    proposes(play)
    play.go_to("2027-01-13 10:00")
    others = play.press(ANA, play.home(ANA), ids.OPENED_HUDDLES)
    assert not actions_in(list(others.blocks)) & {ids.ENDED_CIRCLE, ids.OPENED_CIRCLE}
    form = play.press(BEN, play.home(BEN), ids.OPENED_HUDDLES)
    play.press(BEN, form, ids.ENDED_CIRCLE)
    play.stage.settle()
    assert play.words()("circle.told_ended") in told(play)
    assert play.rows()["circles"] == []


def test_a_channel_that_takes_no_proposal_is_told_to_whoever_made_it(play: Play) -> None:
    play.sandbox.workspace.leave(LEGAL_CHANNEL, play.sandbox.bot_user_id)
    form = play.press(BEN, play.home(BEN), ids.OPENED_HUDDLES)
    play.press(BEN, form, ids.OPENED_CIRCLE)
    given = {ids.DAY: "1", ids.HOUR: "15:00", ids.OFTEN: "2", ids.PURPOSE: "lighten"}
    assert play.submit(BEN, **given).kind == "updated"
    play.stage.settle()
    assert play.words()("circle.told_refused") in text_of(play.dm(BEN)[-1])
    assert play.rows()["circles"] == []
    assert "circle" not in str(play.rows()["timers"])


def test_those_in_charge_propose_none(play: Play) -> None:
    form = play.press(IRENE, play.home(IRENE), ids.OPENED_HUDDLES)
    assert ids.OPENED_CIRCLE not in actions_in(list(form.blocks))
