"""A team too small for words: one question every second week, for the person alone; everything else works."""

from __future__ import annotations

from bot.blocks import ids
from bot.sandbox import Message
from tests.stories.people import BEN, IDA, JON, JORGE, THREE
from tests.stories.play import Play, actions_in, text_of


def test_one_question_every_second_week_and_a_reason_in_the_others(two_teams: Play) -> None:
    play = two_teams
    play.go_to("2027-01-13 10:00", IDA)
    play.answers(IDA, qC1=3)
    play.go_to("2027-02-04 12:00", IDA)
    assert play.arrivals(IDA) == ["2027-01-13 10:00", "2027-01-27 10:00", "2027-01-28 10:00"]
    assert play.reasons(IDA) == {1: "every_other_week", 3: "every_other_week"}
    assert not [reason for reason in play.reasons(BEN).values() if reason == "every_other_week"]


def test_the_card_and_the_form_say_that_answers_are_only_for_them(two_teams: Play) -> None:
    play = two_teams
    play.go_to("2027-01-13 10:00", IDA)
    assert "Your answers are only for you. One question" in text_of(play.card(IDA))
    assert "Sus respuestas son solo para usted." in text_of(play.card(JON))
    form = play.starts(IDA)
    assert [block["block_id"] for block in form.blocks if block["type"] == "input"] == ["qC1"]
    assert play.words()("form.only_for_you") in text_of(form)
    assert play.words()("form.first_feeds") not in text_of(form)
    assert play.words()("options.t2") in text_of(play.fills_in(IDA, qC1=5))


def test_first_contact_promises_no_update_and_settings_no_length(two_teams: Play) -> None:
    play = two_teams
    (first,) = play.dm(IDA)
    assert play.words()("first_contact.only_for_you") in text_of(first)
    assert "Only the first question feeds" not in text_of(first)
    form = play.press(IDA, first, ids.OPENED_SETTINGS)
    assert not {ids.LENGTH, ids.ITEMS_OFF} & {block["block_id"] for block in form.blocks}
    assert play.submit(IDA, day="1").kind == "updated"
    play.close(IDA)
    play.go_to("2027-01-12 10:00", IDA)
    assert play.arrivals(IDA) == ["2027-01-12 10:00"]


def test_asks_prompts_and_practices_work_in_full(two_teams: Play) -> None:
    play = two_teams
    home = play.home(IDA)
    assert {ids.OPENED_ASK, ids.OPENED_PRACTICE, ids.OPENED_CRISIS} <= actions_in(home.blocks)
    assert play.words().practice("PR01").lines[0] in text_of(play.press(IDA, home, ids.OPENED_PRACTICE))
    play.close(IDA)
    play.go_to("2027-01-11 10:00", JORGE)
    weekly = play.dm(JORGE)[-1]
    assert weekly.text == play.words("es")("weekly.title")


def test_why_there_are_no_words_is_said_once(two_teams: Play) -> None:
    play = two_teams
    play.go_to("2027-01-20 12:00", JORGE)
    first, second = play.dm(JORGE)[-2:]
    assert "8 personas" in text_of(first)
    assert "8 personas" not in text_of(second)


def test_what_the_supervisor_gets_does_not_depend_on_three_heavy_answers(two_teams: Play) -> None:
    """Nobody answered in week 1, all three in week 3."""
    play = two_teams
    play.go_to("2027-01-26 12:00", IDA)
    before = _without_prompt(play, play.dm(JORGE)[-1])
    play.go_to("2027-01-27 10:00", IDA)
    for person in THREE:
        play.answers(person, qC1=5)
    play.go_to("2027-02-02 12:00", IDA)
    after = _without_prompt(play, play.dm(JORGE)[-1])
    assert after == before
    assert len(after) >= 2


def _without_prompt(play: Play, weekly: Message) -> list[str]:
    """The lines of a weekly message that are not that week's prompt."""
    prompts = [play.words("es").prompt(number) for number in range(1, 13)]
    of_prompts = [part for one in prompts for part in (one.theme, one.why, one.say, one.listen, one.dont)]
    return [line for line in text_of(weekly).splitlines() if not any(part in line for part in of_prompts)]
