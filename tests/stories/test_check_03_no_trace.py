"""Check 3: a heavy form shows its options to one person alone (that nothing else differs: tests/attacks)."""

from __future__ import annotations

from bot.blocks import ids
from tests.stories.people import ANA, CLEO, DANI, IRENE
from tests.stories.play import Play, actions_in, text_of

HEAVY, LIGHT = {"qC1": 5, "qI02": 4}, {"qC1": 1, "qI02": 1}


def third_week_comes(play: Play) -> None:
    """The program was down before, so that the weeks until row 3 cost nothing."""
    play.sleep_until("2027-01-25 09:00")
    play.go_to("2027-01-27 10:00", DANI)


def test_two_people_side_by_side_get_the_same_messages(play: Play) -> None:
    """Ana answered 5 and 4, Dani 1 and 1; both read Spanish. Some hours lie between them."""
    third_week_comes(play)
    play.answers(ANA, **HEAVY)
    play.answers(DANI, **LIGHT)
    play.go_to("2027-01-30 12:00")
    theirs = [[post.partition(" chat.")[2] for post in play.posts(person)] for person in (ANA, DANI)]
    assert theirs[0] == theirs[1]


def test_the_heaviest_options_stand_in_the_modal_alone(play: Play) -> None:
    third_week_comes(play)
    shown = play.answers(CLEO, **HEAVY)
    line = play.words()("options.t2")
    assert line in text_of(shown)
    assert "suicid" not in text_of(shown).lower()
    crisis = text_of(shown).index("Crisis: call or text 988")
    assert crisis < text_of(shown).index("Supervisor check-in")
    play.go_to("2027-01-30 12:00")
    assert not [
        call for call in play.sandbox.calls if call.method.startswith("chat.") and line in str(call.args)
    ]
    assert not [
        row for row in play.rows()["outbox"] if row["facts"] and set(row["facts"]) - {"week", "was", "team"}
    ]


def test_the_supervisor_receives_nothing_of_it(play: Play) -> None:
    third_week_comes(play)
    before = play.posts(IRENE)
    play.answers(CLEO, **HEAVY)
    play.go_to("2027-01-30 12:00")
    assert play.posts(IRENE) == before


def test_the_card_after_a_submit_offers_options_a_change_and_help(play: Play) -> None:
    third_week_comes(play)
    play.answers(CLEO, **HEAVY)
    card = play.card(CLEO)
    assert actions_in(list(card.blocks)) == {ids.OPENED_OPTIONS, ids.CHANGED_ANSWERS, ids.OPENED_CRISIS}
    assert "Thanks – noted." in text_of(card)
    again = play.press(CLEO, card, ids.OPENED_OPTIONS)
    assert play.words()("options.t2") in text_of(again)
