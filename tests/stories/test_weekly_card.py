"""The weekly card: one reminder at most, later, not this week, blank, changed until closing, late."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from bot.blocks import ids
from tests.stories.people import BEN, CLEO
from tests.stories.play import Play, actions_in, as_posted, labels, text_of

FIRST, SECOND = "2027-01-13 10:00", "2027-01-14 10:00"


def changes_slot(play: Play, day: str, hour: str) -> None:
    """Ben chooses another day and hour."""
    play.press(BEN, play.home(BEN), ids.OPENED_SETTINGS)
    assert play.submit(BEN, day=day, hour=hour).kind == "updated"
    play.close(BEN)


def state_of(play: Play, week: int = 0) -> str:
    found = play.week(BEN, week)
    assert found is not None
    return str(found.state)


def test_who_does_nothing_is_reminded_once_and_the_older_card_says_so(play: Play) -> None:
    play.go_to("2027-01-19 09:00")
    assert play.arrivals(BEN) == [FIRST, SECOND]
    older, newer = play.cards(BEN)
    assert play.words()("checkin.moved") in text_of(older)
    assert as_posted(older) != list(older.blocks)
    assert play.words()("checkin.closed") in text_of(newer)
    for card in (older, newer):
        assert not actions_in(list(card.blocks)) & {ids.STARTED, ids.PUT_OFF, ids.DECLINED}
        assert ids.OPENED_CRISIS in actions_in(list(card.blocks))


def test_no_reminder_comes_on_a_friday(play: Play) -> None:
    changes_slot(play, "3", "10:00")
    play.go_to("2027-01-16 12:00")
    assert play.arrivals(BEN) == [SECOND]


def test_no_reminder_comes_after_any_of_the_three_buttons(play: Play) -> None:
    play.go_to(FIRST, CLEO)
    play.starts(BEN)
    play.close(BEN)
    play.click(CLEO, play.card(CLEO), ids.DECLINED)
    play.go_to("2027-01-16 12:00")
    assert play.arrivals(BEN) == [FIRST]
    assert play.arrivals(CLEO) == [FIRST]


def test_later_today_comes_again_after_three_working_hours_and_is_not_reminded(play: Play) -> None:
    play.go_to("2027-01-13 10:05")
    play.click(BEN, play.card(BEN), ids.PUT_OFF)
    assert play.words()("checkin.comes_later") in text_of(play.card(BEN))
    assert state_of(play) == "later"
    play.go_to("2027-01-15 12:00")
    assert play.arrivals(BEN) == [FIRST, "2027-01-13 15:05"]
    older, newer = play.cards(BEN)
    assert play.words()("checkin.moved") in text_of(older)
    assert "Start" in labels(newer)


def test_what_was_put_off_can_be_answered_before_it_comes_again(play: Play) -> None:
    play.go_to("2027-01-13 10:05")
    play.click(BEN, play.card(BEN), ids.PUT_OFF)
    play.starts(BEN)
    play.close(BEN)
    assert state_of(play) == "later"
    play.answers(BEN, qC1=2)
    play.go_to("2027-01-15 12:00")
    assert play.arrivals(BEN) == [FIRST]


def test_later_in_the_afternoon_comes_at_the_first_slot_of_tomorrow(play: Play) -> None:
    play.go_to("2027-01-13 15:00")
    play.click(BEN, play.card(BEN), ids.PUT_OFF)
    play.go_to("2027-01-15 12:00")
    assert play.arrivals(BEN) == [FIRST, "2027-01-14 09:00"]


def test_later_is_refused_kindly_when_it_would_be_past_closing(play: Play) -> None:
    changes_slot(play, "4", "11:30")
    play.go_to("2027-01-15 11:30")
    card = play.card(BEN)
    play.click(BEN, card, ids.PUT_OFF)
    (said,) = play.sandbox.ephemerals(BEN.id)
    assert play.words()("sorry.closes_today") in text_of(said)
    assert play.card(BEN).blocks == card.blocks
    assert state_of(play) == "sent"
    assert "Your options" in play.answers(BEN, qC1=2).title
    play.go_to("2027-01-16 12:00")
    assert play.arrivals(BEN) == ["2027-01-15 11:30"]


def test_two_clicks_on_later_at_once_make_one_more_card(play: Play) -> None:
    play.go_to(FIRST)
    card = play.card(BEN)
    with ThreadPoolExecutor(2) as hands:
        list(hands.map(lambda _: play.click(BEN, card, ids.PUT_OFF), range(2)))
    play.go_to("2027-01-15 12:00")
    assert play.arrivals(BEN) == [FIRST, "2027-01-13 15:00"]


def test_not_this_week_is_fine_and_can_be_taken_back(play: Play) -> None:
    play.go_to(FIRST)
    play.click(BEN, play.card(BEN), ids.DECLINED)
    assert play.words()("checkin.declined") in text_of(play.card(BEN))
    assert state_of(play) == "declined"
    form = play.press(BEN, play.card(BEN), ids.STARTED)
    assert form.submit
    play.close(BEN)
    assert state_of(play) == "declined"
    play.answers(BEN, qC1=3)
    assert state_of(play) == "answered"
    assert play.words()("checkin.thanks") in text_of(play.card(BEN))


def test_a_blank_submit_stores_nothing_and_gets_the_same_card(play: Play) -> None:
    play.go_to(FIRST, CLEO)
    blank, full = play.answers(BEN), play.answers(CLEO, qC1=5, qI03=5)
    assert blank.title == full.title
    assert play.card(BEN).text == play.card(CLEO).text
    assert play.posts(BEN)[-1].partition(" chat.")[2] == play.posts(CLEO)[-1].partition(" chat.")[2]
    assert not {"answers", "person_keys"} & play.rows_about(BEN).keys()
    assert {"answers", "person_keys"} <= play.rows_about(CLEO).keys()
    assert state_of(play) == "answered"


def test_answers_can_be_changed_until_closing_and_what_was_said_stands_in_the_form(play: Play) -> None:
    play.go_to(FIRST)
    play.answers(BEN, qC1=2)
    form = play.press(BEN, play.card(BEN), ids.CHANGED_ANSWERS)
    chosen = form.values["qC1"][ids.answer("qC1")]["selected_option"]
    assert chosen["value"] == "2"
    shown = play.fills_in(BEN, qC1=5)
    assert play.words()("options.t2") in text_of(shown)
    play.close(BEN)
    assert len(play.rows()["answers"]) == 1
    assert state_of(play) == "answered"


def test_clearing_the_form_and_submitting_it_blank_deletes_the_answers(play: Play) -> None:
    play.go_to(FIRST)
    play.answers(BEN, qC1=5)
    play.press(BEN, play.card(BEN), ids.CHANGED_ANSWERS)
    cleared = play.press(BEN, play.top(BEN), ids.CLEARED_ANSWERS)
    assert not [one for block in cleared.values.values() for one in block.values() if one["selected_option"]]
    shown = play.fills_in(BEN)
    assert play.words()("options.t0") in text_of(shown)
    play.close(BEN)
    assert not play.rows()["answers"]
    assert play.words()("checkin.thanks") in text_of(play.card(BEN))


def test_a_late_submit_is_refused_kindly_keeps_nothing_and_still_offers_options(play: Play) -> None:
    play.go_to("2027-01-15 15:59")
    play.starts(BEN)
    play.go_to("2027-01-15 16:00")
    shown = play.fills_in(BEN, qC1=5)
    assert shown.title == play.words()("options.title_too_late")
    assert "was not kept" in text_of(shown)
    assert {ids.OPENED_ASK, ids.OPENED_PRACTICE, ids.OPENED_CRISIS} <= actions_in(shown.blocks)
    assert not play.rows()["answers"]
    assert state_of(play) == "closed"


def test_changing_after_closing_is_refused_and_the_old_answers_stay(play: Play) -> None:
    play.go_to(FIRST)
    play.answers(BEN, qC1=2)
    before = play.rows()["answers"]
    play.go_to("2027-01-18 09:00")
    shown = play.press(BEN, play.card(BEN), ids.CHANGED_ANSWERS)
    assert shown.title == play.words()("options.title_too_late")
    play.close(BEN)
    assert play.rows()["answers"] == before
    assert "Crisis" in text_of(play.press(BEN, play.card(BEN), ids.OPENED_OPTIONS))


def test_a_little_longer_and_one_question_are_choices(play: Play) -> None:
    for chosen, asked in (("longer", 3), ("one", 1)):
        play.press(BEN, play.home(BEN), ids.OPENED_SETTINGS)
        assert play.submit(BEN, length=chosen).kind == "updated"
        play.close(BEN)
        play.go(weeks=1)
        form = play.starts(BEN)
        assert sum(block["type"] == "input" for block in form.blocks) == asked
        play.fills_in(BEN)
        play.close(BEN)


def test_a_question_switched_off_is_left_out_and_not_replaced(play: Play) -> None:
    play.press(BEN, play.home(BEN), ids.OPENED_SETTINGS)
    assert play.submit(BEN, items_off=["qI03"]).kind == "updated"
    play.close(BEN)
    play.go_to(FIRST)
    assert "One question" in text_of(play.card(BEN))
    form = play.starts(BEN)
    assert [block["block_id"] for block in form.blocks if block["type"] == "input"] == ["qC1"]
