"""Check 10: everything of somebody's is deleted; what was published stays word for word."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.blocks import ids
from bot.sandbox import Message, View
from storage.mydata import HOLDINGS
from tests.schedules.agency import loaded_dice
from tests.stories.people import ANA, BEN, EIGHT, IRENE, LEGAL_CHANNEL
from tests.stories.play import Play, actions_in, local, playing, text_of

CHICAGO_NOON = "2027-02-09 12:00"


@pytest.fixture
def released() -> Iterator[Play]:
    """Six of eight answered in the fourth week, Ana among them; it is Tuesday after the update."""
    with loaded_dice(1), playing(resting=()) as play:
        play.sleep_until("2027-02-01 09:00")
        play.go_to("2027-02-03 13:30")
        for person in EIGHT[:6]:
            play.answers(person, qC1=5 if person is ANA else 2)
        play.go_to(CHICAGO_NOON, ANA)
        yield play


def my_data(play: Play) -> View:
    return play.press(ANA, play.home(ANA), ids.OPENED_MY_DATA)


def deletes(play: Play, after: str = ids.GO_ON) -> View:
    """Two taps from the window: delete, and that it is meant."""
    play.press(ANA, my_data(play), ids.OPENED_DELETING)
    assert play.submit(ANA, after_deleting=after).kind == "updated"
    shown = play.top(ANA)
    play.close(ANA)
    return shown


def published(play: Play) -> list[str]:
    """Everything that was made of the group's answers, as it reads now: rows, messages, what staff see."""
    messages = [*play.dm(IRENE), *play.sandbox.channel_messages(LEGAL_CHANNEL)]
    return [str(play.rows()["releases"]), *(f"{one.ts} {text_of(one)}" for one in messages), seen(play)]


def seen(play: Play) -> str:
    play.press(BEN, play.home(BEN), ids.OPENED_WHO_SEES)
    shown = play.press(BEN, play.top(BEN), ids.OPENED_AS_SUPERVISOR)
    play.close(BEN)
    return text_of(shown)


def test_published_words_stay_as_they_are_when_somebody_deletes_everything(released: Play) -> None:
    before = published(released)
    (released_row,) = released.rows()["releases"][:1]
    assert released_row["state"] == "released"
    assert released_row["lines"]["en"][0] in "".join(before)
    shown = deletes(released)
    assert "Sus datos están borrados." in text_of(shown)
    assert "miércoles 10 de febrero" in text_of(shown)
    assert published(released) == before
    released.go_to("2027-02-13 12:00")
    assert published(released) == before


def test_nothing_of_the_person_is_left_but_what_is_said_to_stay(released: Play) -> None:
    deletes(released)
    left = released.rows_about(ANA)
    stays = {name.partition(".")[0] for name, holding in HOLDINGS.items() if holding.stays}
    assert set(left) <= stays
    assert set(left) == {"people", "memberships", "rules", "outbox", "rosters", "ledger", "erasures"}
    assert {row["kind"] for row in left["outbox"]} == {"first_contact"}


def test_she_sees_all_of_it_takes_a_copy_and_deletes_it(released: Play) -> None:
    play = released
    kept = play.press(ANA, my_data(play), ids.SAW_MY_DATA)
    words = play.words("es")
    assert f"{words.item('qC1').text} → {words.scale('W')[4].text}" in text_of(kept)
    assert not [one.name for one in EIGHT if one is not ANA and one.id in text_of(kept)]
    warning = play.press(ANA, kept, ids.OPENED_COPYING)
    assert "quizá pueda exportarlo" in text_of(warning)
    assert play.submit(ANA).kind == "updated"
    play.close(ANA)
    files = files_in(play.dm(ANA))
    assert [play.sandbox.file(file_id).name for file_id in files] == [
        "choir-my-data.txt",
        "choir-my-data.json",
    ]
    deletes(play)
    play.go(minutes=16)
    assert [call.outcome for call in play.sandbox.calls if call.method == "files.delete"] == ["ok", "ok"]
    assert "Ya los borré." in text_of(play.dm(ANA)[-2])
    kept = play.press(ANA, my_data(play), ids.SAW_MY_DATA)
    assert words("mydata.no_choices") in text_of(kept)
    assert words("mydata.no_key") in text_of(kept)
    assert words.item("qC1").text not in text_of(kept)
    assert "contó en la actualización" in text_of(kept)


def files_in(messages: list[Message]) -> list[str]:
    return [file_id for message in messages for file_id in message.files]


def test_check_ins_go_on_by_the_usual_choices_and_the_first_message_does_not_come_again(
    released: Play,
) -> None:
    first_messages = len(released.others(ANA))
    deletes(released)
    released.go_to("2027-02-17 12:00", ANA)
    cards = released.arrivals(ANA)
    assert [cards.count(f"2027-02-{day} 10:00") for day in (10, 17)] == [1, 1]
    assert len(released.others(ANA)) == first_messages


def test_with_an_open_card_the_next_one_comes_next_week(released: Play) -> None:
    released.go_to("2027-02-10 10:30", ANA)
    released.answers(ANA, qC1=4)
    shown = deletes(released)
    assert "miércoles 17 de febrero" in text_of(shown)
    assert text_of(released.card(ANA)) == released.words("es")("checkin.closed") + "\n" + "\n".join(
        released.words("es")(key) for key in ("checkin.see_options", "crisis.button")
    )
    released.go_to("2027-02-17 12:00", ANA)
    assert released.arrivals(ANA)[-2:] == ["2027-02-10 10:00", "2027-02-17 10:00"]


def test_stopped_nothing_comes_and_one_tap_starts_it_again(released: Play) -> None:
    deletes(released, ids.STOP_TOO)
    released.go_to("2027-02-20 12:00")
    assert released.arrivals(ANA)[-1] == "2027-02-03 10:00"
    home = released.home(ANA)
    assert ids.UNDID_STOP in actions_in(home.blocks)
    released.press(ANA, home, ids.UNDID_STOP)
    released.close(ANA)
    released.go_to("2027-02-24 12:00", ANA)
    assert released.arrivals(ANA)[-1] == "2027-02-24 10:00"


def test_nobody_else_hears_of_it(released: Play) -> None:
    others = [person for person in (*EIGHT, IRENE) if person is not ANA]
    before = {person.name: released.posts(person) for person in others}
    deletes(released)
    released.go(hours=1)
    assert {person.name: released.posts(person) for person in others} == before
    assert local(released.now, "UTC") == "2027-02-09 19:00"
