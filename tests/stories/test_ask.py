"""Asking for a check-in in one's own name: every ask ends, and the asker hears how."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.blocks import ids
from bot.sandbox import Message, Person, View
from tests.stories.people import BEN, CLEO, EIGHT, IRENE, JORGE, MARIA
from tests.stories.play import Play, actions_in, playing, text_of

MONDAY_TEN = "2027-01-11 10:00"
TUESDAY_TEN = "2027-01-12 10:00"


@pytest.fixture
def play() -> Iterator[Play]:
    """Nobody gets check-ins, so that every message is about an ask. Monday, ten o'clock in New York."""
    with playing(resting=EIGHT) as play:
        play.go_to(MONDAY_TEN)
        yield play


def asks(play: Play, asker: Person = BEN, whom: Person = IRENE, *, deputy_too: bool = False) -> View:
    """Somebody asks from Home; what they see then."""
    play.press(asker, play.home(asker), ids.OPENED_ASK)
    allowed = [ids.DEPUTY_TOO] if deputy_too else []
    assert play.submit(asker, recipient=whom.id, deputy_too=allowed).kind == "updated"
    shown = play.top(asker)
    play.close(asker)
    play.stage.settle()
    return shown


def ask_cards(play: Play, person: Person) -> list[Message]:
    """Cards that ask this person, whatever they read now."""
    return [message for message in play.dm(person) if f"<@{BEN.id}>" in str(message.blocks)]


def told(play: Play, since: int) -> list[str]:
    """What Ben was told after his first so many messages."""
    play.stage.settle()
    return [text_of(message) for message in play.dm(BEN)[since:]]


def states(play: Play) -> list[str]:
    return [row["state"] for row in play.rows()["asks"]]


def answer_buttons(message: Message) -> set[str]:
    return actions_in(list(message.blocks)) & {
        ids.ASK_ANSWERED_YES,
        ids.ASK_ANSWERED_ANOTHER_TIME,
        ids.ASK_ANSWERED_CANNOT,
    }


def test_the_form_asks_whom_and_nothing_else(play: Play) -> None:
    form = play.press(BEN, play.home(BEN), ids.OPENED_ASK)
    assert {block["block_id"] for block in form.blocks if block["type"] == "input"} == {
        ids.RECIPIENT,
        ids.DEPUTY_TOO,
    }
    assert play.words()("ask.who_sees") in text_of(form)


def test_yes_is_told_at_once_and_followed_up_the_next_day(play: Play) -> None:
    before = len(play.dm(BEN))
    asks(play)
    (card,) = ask_cards(play, IRENE)
    assert card.text == "A note for you"
    play.click(IRENE, card, ids.ASK_ANSWERED_YES)
    assert [play.words()("ask.told_agreed", who="somebody")] == [
        line.split("\n")[0] for line in told(play, before)
    ]
    (card,) = ask_cards(play, IRENE)
    assert not answer_buttons(card)
    play.go_to("2027-01-12 09:59")
    assert len(told(play, before)) == 1
    play.go_to(TUESDAY_TEN)
    note = play.dm(BEN)[-1]
    assert play.words()("common.note_waiting") in text_of(note)
    assert IRENE.id not in str(note.blocks)
    play.press(BEN, note, ids.OPENED_FOLLOW_UP)
    assert play.submit(BEN, happened=ids.MET).kind == "updated"
    play.close(BEN)
    assert states(play) == ["met"]
    play.go_to("2027-01-15 12:00")
    assert len(told(play, before)) == 2


def test_another_time_is_told_with_the_time_and_followed_up_after_it(play: Play) -> None:
    before = len(play.dm(BEN))
    asks(play)
    play.press(IRENE, ask_cards(play, IRENE)[0], ids.ASK_ANSWERED_ANOTHER_TIME)
    assert play.submit(IRENE, meet_on="2027-01-11", meet_time="09:30").errors.keys() == {ids.MEET_ON}
    assert play.submit(IRENE, meet_on="2027-01-13", meet_time="15:00").kind == "updated"
    play.close(IRENE)
    assert len(told(play, before)) == 1
    assert "<!date^1799870400^" in str(play.dm(BEN)[-1].blocks)
    play.go_to("2027-01-14 14:59")
    assert len(told(play, before)) == 1
    play.go_to("2027-01-14 15:00")
    assert len(told(play, before)) == 2


def test_cannot_names_who_can_and_never_one_of_the_two(play: Play) -> None:
    before = len(play.dm(BEN))
    asks(play)
    play.press(IRENE, ask_cards(play, IRENE)[0], ids.ASK_ANSWERED_CANNOT)
    assert play.submit(IRENE).kind == "invalid"
    for nobody in (BEN.id, IRENE.id, play.sandbox.bot_user_id):
        assert play.submit(IRENE, next_person=nobody).errors.keys() == {ids.NEXT_PERSON}
    assert play.submit(IRENE, next_person=MARIA.id).kind == "updated"
    play.close(IRENE)
    play.stage.settle()
    note = play.dm(BEN)[-1]
    assert f"<@{MARIA.id}>" in str(note.blocks)
    assert states(play) == ["cannot"]
    form = play.press(BEN, note, ids.OPENED_ASK)
    offered = next(block for block in form.blocks if block["block_id"] == ids.RECIPIENT)["element"]["options"]
    assert IRENE.id not in [option["value"] for option in offered]
    play.close(BEN)
    play.go_to("2027-01-15 12:00")
    assert len(told(play, before)) == 1


def test_unread_for_four_working_hours_it_goes_to_the_deputy_if_allowed(play: Play) -> None:
    asks(play, deputy_too=True)
    asks(play, CLEO)
    play.go_to("2027-01-11 15:59")
    assert len(play.dm(JORGE)) == 0
    play.go_to("2027-01-11 16:00")
    (card,) = ask_cards(play, JORGE)
    assert play.words("es")("ask.card_deputy") in text_of(card)
    play.click(JORGE, card, ids.ASK_ANSWERED_YES)
    play.stage.settle()
    assert f"<@{JORGE.id}>" in str(play.dm(BEN)[-1].blocks)
    (irenes,) = ask_cards(play, IRENE)
    assert not answer_buttons(irenes)
    assert f"<@{JORGE.id}>" in str(irenes.blocks)
    play.go_to("2027-01-12 16:00")
    assert len(play.dm(JORGE)) == 1


def test_unanswered_for_a_working_day_the_asker_is_told_and_offered_somebody_else(play: Play) -> None:
    before = len(play.dm(BEN))
    asks(play)
    play.go_to("2027-01-12 09:59")
    assert not told(play, before)
    play.go_to(TUESDAY_TEN)
    note = play.dm(BEN)[-1]
    assert {ids.OPENED_ASK, ids.LEFT_ASK} <= actions_in(list(note.blocks))
    irenes = play.dm(IRENE)[-1]
    assert answer_buttons(irenes)
    play.press(BEN, note, ids.OPENED_ASK)
    assert play.submit(BEN, recipient=JORGE.id).kind == "updated"
    play.close(BEN)
    assert not answer_buttons(play.sandbox.message(irenes.channel, irenes.ts))
    play.go_to("2027-01-12 09:00", JORGE)
    assert len(ask_cards(play, JORGE)) == 1
    assert sorted(states(play)) == ["no_longer", "open"]


def test_a_late_yes_is_still_a_yes(play: Play) -> None:
    asks(play)
    play.go_to("2027-01-12 15:00")
    assert states(play) == ["unanswered"]
    play.click(IRENE, ask_cards(play, IRENE)[0], ids.ASK_ANSWERED_YES)
    play.stage.settle()
    assert states(play) == ["agreed"]
    assert f"<@{IRENE.id}>" in str(play.dm(BEN)[-1].blocks)


def test_leaving_it_ends_it_everywhere(play: Play) -> None:
    before = len(play.dm(BEN))
    asks(play)
    (irenes,) = ask_cards(play, IRENE)
    play.go_to(TUESDAY_TEN)
    play.click(BEN, play.dm(BEN)[-1], ids.LEFT_ASK)
    assert play.words()("ask.left") in told(play, before)[0]
    assert not answer_buttons(play.sandbox.message(irenes.channel, irenes.ts))
    assert states(play) == ["no_longer"]
    play.go_to("2027-01-15 12:00")
    assert len(told(play, before)) == 1


def test_an_ask_waits_for_the_recipients_working_time_and_can_be_taken_back_unseen(play: Play) -> None:
    play.go_to("2027-01-16 20:00")
    received = len(play.dm(IRENE))
    shown = asks(play)
    play.press(BEN, play.home(BEN), ids.WITHDREW_ASK)
    play.close(BEN)
    assert ids.WITHDREW_ASK in actions_in(shown.blocks)
    asks(play, CLEO)
    play.go_to("2027-01-19 08:59")
    assert len(play.dm(IRENE)) == received
    play.go_to("2027-01-19 09:00")
    assert len(play.dm(IRENE)) == received + 1
    assert not ask_cards(play, IRENE)
    assert sorted(states(play)) == ["open", "withdrawn"]


def test_taking_it_back_ends_the_card_of_who_was_asked(play: Play) -> None:
    before = len(play.dm(BEN))
    asks(play)
    play.press(BEN, play.home(BEN), ids.WITHDREW_ASK)
    play.close(BEN)
    (card,) = ask_cards(play, IRENE)
    assert not answer_buttons(card)
    play.go_to("2027-01-14 12:00")
    assert not told(play, before)


def test_asking_the_same_person_again_is_one_ask(play: Play) -> None:
    asks(play)
    asks(play)
    assert states(play) == ["open"]
    assert len(ask_cards(play, IRENE)) == 1


def test_not_yet_opens_the_way_again(play: Play) -> None:
    asks(play)
    play.click(IRENE, ask_cards(play, IRENE)[0], ids.ASK_ANSWERED_YES)
    play.go_to(TUESDAY_TEN)
    play.press(BEN, play.dm(BEN)[-1], ids.OPENED_FOLLOW_UP)
    assert play.submit(BEN, happened=ids.NOT_YET).kind == "updated"
    again = play.press(BEN, play.top(BEN), ids.OPENED_ASK)
    assert again.submit
    assert states(play) == ["no_longer"]


def test_home_shows_ones_own_asks_and_those_to_me(play: Play) -> None:
    asks(play)
    assert f"<@{IRENE.id}>" in str(play.home(BEN).blocks)
    play.home(IRENE)
    play.click(IRENE, play.seen_home(IRENE), ids.OPENED_WORK)
    listed = play.press(IRENE, play.seen_home(IRENE), ids.OPENED_ASKS_TO_ME)
    assert f"<@{BEN.id}>" in str(listed.blocks)
    play.press(IRENE, listed, ids.ASK_ANSWERED_YES)
    assert not answer_buttons(ask_cards(play, IRENE)[0])
    assert states(play) == ["agreed"]


def both_answer(play: Play) -> None:
    """The deputy says yes at the moment the supervisor names another time."""
    before = len(play.dm(BEN))
    asks(play, deputy_too=True)
    play.go_to("2027-01-11 16:00")
    irenes, jorges = ask_cards(play, IRENE)[0], ask_cards(play, JORGE)[0]
    play.press(IRENE, irenes, ids.ASK_ANSWERED_ANOTHER_TIME)
    with ThreadPoolExecutor(2) as hands:
        yes = hands.submit(play.click, JORGE, jorges, ids.ASK_ANSWERED_YES)
        then = hands.submit(play.submit, IRENE, meet_on="2027-01-13", meet_time="15:00")
        yes.result()
        then.result()
    said = told(play, before)
    assert len(said) == 1
    (row,) = play.rows()["asks"]
    answered_by = {play.stage.ref(person.id): person for person in (IRENE, JORGE)}[row["answered_by"]]
    assert f"<@{answered_by.id}>" in str(play.dm(BEN)[-1].blocks)
    assert (row["meet_at"] is None) is (answered_by is JORGE)
    assert not answer_buttons(ask_cards(play, IRENE)[0]) | answer_buttons(ask_cards(play, JORGE)[0])
    play.go_to("2027-01-15 12:00")
    follow_ups = [row for row in play.rows()["outbox"] if row["kind"] == "ask_follow_up"]
    assert len(follow_ups) == 1


def test_when_both_answer_at_once_the_first_counts_and_the_asker_hears_once(play: Play) -> None:
    both_answer(play)


def test_when_both_answer_at_once_on_postgresql_the_first_counts(
    emptied_postgresql: Callable[[], str],
) -> None:
    with playing(resting=EIGHT, database_url=emptied_postgresql()) as play:
        play.go_to(MONDAY_TEN)
        both_answer(play)
