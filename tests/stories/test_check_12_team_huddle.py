"""Check 12: a huddle of the team, called now or in working time; how many are in, and never who."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from bot.blocks import ids
from bot.demo.cast import NEW_YORK
from bot.sandbox import Message, Outcome, Person, View
from tests.stories.people import ANA, BEN, CLEO, EIGHT, IRENE, LEGAL_CHANNEL, MARIA, NORA
from tests.stories.play import Play, local, playing, text_of

MONDAY_ELEVEN = "2027-01-11 11:00"


@pytest.fixture
def play() -> Iterator[Play]:
    """Nobody gets check-ins, so that every message is about a huddle. Monday, eleven in New York."""
    with playing(resting=EIGHT) as play:
        play.go_to(MONDAY_ELEVEN)
        yield play


def starts(play: Play, person: Person = BEN, **given: object) -> View:
    """Somebody starts a huddle from Home; what they see then."""
    play.press(person, play.home(person), ids.OPENED_HUDDLES)
    assert play.submit(person, **{ids.PURPOSE: "lighten", **given}).kind == "updated"  # type: ignore[arg-type]
    shown = play.top(person)
    play.close(person)
    play.stage.settle()
    return shown


def channel(play: Play) -> list[Message]:
    return [message for message in play.sandbox.channel_messages(LEGAL_CHANNEL) if message.from_bot]


def card(play: Play) -> Message:
    return [message for message in channel(play) if message.thread_ts is None][-1]


def thread(play: Play) -> list[str]:
    return [text_of(message) for message in channel(play) if message.thread_ts == card(play).ts]


def taps(play: Play, person: Person, action_id: str = ids.JOINED_HUDDLE) -> str:
    """Press something on the card; what only this person then sees."""
    before = len(play.sandbox.ephemerals(person.id))
    play.click(person, card(play), action_id)
    play.stage.settle()
    return "\n".join(text_of(message) for message in play.sandbox.ephemerals(person.id)[before:])


def notes(play: Play, person: Person) -> list[str]:
    return [text_of(message) for message in play.dm(person)]


def everybody_sees(play: Play) -> str:
    """All that ever stood in the channel, edits included."""
    shown = (
        str(part) for message in channel(play) for part in (message.blocks, *message.history, message.text)
    )
    return "\n".join(shown)


def test_the_link_comes_with_the_second_person_and_the_card_counts_without_names(play: Play) -> None:
    words = play.words()
    starts(play)
    assert words("huddle.in_open", many=1) in text_of(card(play))
    assert "You can pass" in text_of(card(play))
    assert thread(play) == []
    before = len(notes(play, BEN))
    assert words("huddle.you_are_in_now") in taps(play, CLEO)
    assert "https://app.slack.com/huddle/" in str(play.sandbox.ephemerals(CLEO.id)[-1].blocks)
    assert words("huddle.in_going", many=2) in text_of(card(play))
    (link,) = thread(play)
    assert words("huddle.begins") in link
    assert words("huddle.headphones_channel") in link
    (begins,) = notes(play, BEN)[before:]
    assert words("huddle.begins_for_you", channel="somebody") in begins
    taps(play, ANA)
    assert words("huddle.in_going", many=3) in text_of(card(play))
    assert len(thread(play)) == 1
    for person in (ANA, BEN, CLEO):
        assert person.id not in everybody_sees(play)


def test_what_follows_comes_once_and_then_nothing_says_who_was_there(play: Play) -> None:
    starts(play)
    taps(play, CLEO)
    play.go(minutes=21)
    assert [play.words()("huddle.after") in said for said in thread(play)] == [False, True]
    assert text_of(card(play)).startswith(play.words()("huddle.card_over"))
    for person in (BEN, CLEO):
        about = play.rows_about(person)
        assert "huddles" not in about
        assert "huddle_people" not in about
        assert "huddle" not in str(about.get("outbox"))
    play.go_to("2027-01-19 11:00")
    assert len(thread(play)) == 2
    assert play.rows()["huddles"] == []


def test_at_night_it_waits_for_the_morning_and_says_why(play: Play) -> None:
    play.go_to("2027-01-11 22:00")
    shown = starts(play, IRENE)
    assert "outside working time" in text_of(shown)
    assert channel(play) == []
    play.go_to("2027-01-12 08:59")
    assert channel(play) == []
    play.go_to("2027-01-12 09:00")
    assert play.words()("huddle.in_open", many=0) in text_of(card(play)), "who supervises is not in"


def test_a_huddle_begins_only_with_half_an_hour_of_work_ahead_and_says_why(play: Play) -> None:
    """Monday the 18th is a public holiday."""
    for at, said, comes in (
        ("2027-01-11 11:45", "lunch", "2027-01-11 14:00"),
        ("2027-01-11 16:40", "night", "2027-01-12 09:00"),
        ("2027-01-17 10:00", "day_off", "2027-01-19 09:00"),
    ):
        play.go_to(at)
        reason = play.words()(f"huddle.queued_{said}", channel="somebody", when="")
        assert reason.rstrip() in text_of(starts(play))
        play.go_to(comes)
        assert local(card(play).at, NEW_YORK) == comes


def test_nobody_else_free_ends_it_and_is_told_to_the_starter_alone(play: Play) -> None:
    before = {person: len(notes(play, person)) for person in (BEN, *EIGHT)}
    starts(play)
    play.go(minutes=61)
    assert text_of(card(play)).startswith(play.words()("huddle.card_off"))
    assert "nobody else was free" in notes(play, BEN)[-1]
    assert [len(notes(play, person)) - before[person] for person in EIGHT if person is not BEN] == [0] * 7
    play.click(CLEO, card(play), ids.OPENED_HUDDLES)
    assert text_of(play.top(CLEO)), "another can be started from there"
    play.go_to("2027-01-19 11:00")
    assert "huddle" not in str(play.rows_about(BEN).get("outbox"))


def test_two_who_start_at_the_same_second_find_one_card(play: Play) -> None:
    for person in (BEN, CLEO):
        play.press(person, play.home(person), ids.OPENED_HUDDLES)

    def sends(person: Person) -> Outcome:
        return play.sandbox.submit(person.id, play.top(person).id, {ids.PURPOSE: "good"})

    with ThreadPoolExecutor(2) as pool:
        assert [outcome.kind for outcome in pool.map(sends, (BEN, CLEO))] == ["updated", "updated"]
    play.stage.rest()
    play.stage.settle()
    assert len(play.rows()["huddles"]) == len(channel(play)) == 1


def test_two_who_say_yes_at_the_same_second_are_both_in_and_it_begins_once(play: Play) -> None:
    starts(play, IRENE)
    shown = card(play)
    with ThreadPoolExecutor(3) as pool:
        list(
            pool.map(
                lambda person: play.sandbox.click(person.id, container=shown, action_id=ids.JOINED_HUDDLE),
                (ANA, BEN, ANA),
            )
        )
    play.stage.rest()
    play.stage.settle()
    assert play.words()("huddle.in_going", many=2) in text_of(card(play))
    assert len(thread(play)) == 1


def test_those_in_charge_and_those_of_elsewhere_are_kindly_left_out(play: Play) -> None:
    starts(play)
    for person, why in ((IRENE, "in_charge"), (MARIA, "in_charge"), (NORA, "elsewhere")):
        play.sandbox.workspace.join(LEGAL_CHANNEL, person.id)
        assert taps(play, person) == play.words()(f"huddle.not_{why}")
        assert play.words()("huddle.in_open", many=1) in text_of(card(play))


def test_one_who_minds_is_enough_to_leave_the_supervisor_out_again(play: Play) -> None:
    starts(play, **{ids.ALONG: [ids.ALONG]})
    assert f"<@{IRENE.id}>" in str(card(play).blocks)
    assert taps(play, CLEO, ids.LEFT_SUPERVISOR_OUT) == play.words()("huddle.left_out")
    assert play.words()("huddle.without_supervisor") in text_of(card(play))
    assert taps(play, IRENE) == play.words()("huddle.not_in_charge")
    assert play.words()("huddle.in_open", many=1) in text_of(card(play))
    assert CLEO.id not in everybody_sees(play)


def test_a_supervisor_who_was_asked_along_counts_like_anybody(play: Play) -> None:
    starts(play, **{ids.ALONG: [ids.ALONG]})
    assert play.words()("huddle.you_are_in_now") in taps(play, IRENE)
    assert play.words()("huddle.in_going", many=2) in text_of(card(play))


def test_a_supervisor_who_starts_one_cannot_ask_themselves_along(play: Play) -> None:
    form = play.press(IRENE, play.home(IRENE), ids.OPENED_HUDDLES)
    assert ids.ALONG not in {block.get("block_id") for block in form.blocks}


def test_not_this_time_is_kept_nowhere_and_takes_back_a_yes(play: Play) -> None:
    starts(play, IRENE)
    before = play.rows()
    assert taps(play, ANA, ids.DECLINED_HUDDLE)
    assert play.rows() == before
    taps(play, ANA)
    assert play.words()("huddle.in_open", many=1) in text_of(card(play))
    taps(play, ANA, ids.DECLINED_HUDDLE)
    assert play.words()("huddle.in_open", many=0) in text_of(card(play))
    assert ANA.id not in everybody_sees(play)


def test_the_starter_takes_it_back_before_it_was_called_and_nothing_is_said(play: Play) -> None:
    play.go_to("2027-01-11 22:00")
    play.press(BEN, play.home(BEN), ids.OPENED_HUDDLES)
    play.submit(BEN, **{ids.PURPOSE: "breathe"})
    play.press(BEN, play.top(BEN), ids.TOOK_HUDDLE_BACK)
    play.close(BEN)
    play.go_to("2027-01-12 12:00")
    assert channel(play) == []


def test_a_starter_who_leaves_before_it_is_called_calls_nobody(play: Play) -> None:
    play.go_to("2027-01-11 22:00")
    starts(play)
    play.sandbox.remove_person(BEN.id)
    play.stage.rest()
    play.go_to("2027-01-12 12:00")
    assert channel(play) == []


@pytest.mark.parametrize("trouble", ["archived", "without the bot"])
def test_a_channel_that_takes_no_card_is_told_to_the_starter(play: Play, trouble: str) -> None:
    workspace = play.sandbox.workspace
    if trouble == "archived":
        workspace.put_channel(replace(workspace.channel(LEGAL_CHANNEL), is_archived=True))
    else:
        workspace.leave(LEGAL_CHANNEL, play.sandbox.bot_user_id)
    starts(play)
    assert "could not be posted" in notes(play, BEN)[-1]
    assert [row["state"] for row in play.rows()["huddles"]] == ["refused"]
    assert play.rows()["huddle_people"] == []


def test_who_deletes_their_data_is_in_no_huddle_and_the_card_counts_one_less(play: Play) -> None:
    starts(play)
    taps(play, CLEO)
    play.press(CLEO, play.home(CLEO), ids.OPENED_MY_DATA)
    play.press(CLEO, play.top(CLEO), ids.OPENED_DELETING)
    assert play.submit(CLEO).kind == "updated"
    play.stage.settle()
    assert play.words()("huddle.in_going", many=1) in text_of(card(play))
    assert "huddle_people" not in play.rows_about(CLEO)
