"""Check 3, as far as it is built: a heavy form and a light one leave the same behind, to the byte."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

import pytest

from bot.blocks import ids
from bot.demo.reading import masked
from bot.sandbox import View
from tests.stories.people import ANA, BEN, CLEO, DANI, EIGHT, IN_CHARGE, IRENE
from tests.stories.play import Play, actions_in, playing, text_of

HEAVY, LIGHT = {"qC1": 5, "qI02": 4}, {"qC1": 1, "qI02": 1}
SEALED = ("sealed", "sealed_id", "sealed_channel", "wrapped")
"""Ciphertexts differ by their nonces."""
CONNECTED_WITHIN = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What a run left behind, by person, table and line; shown: the options Ben alone saw."""

    posts: dict[str, list[str]]
    home: str
    rows: dict[str, list[str]]
    log: list[str]
    shown: View


def left_by(caplog: pytest.LogCaptureFixture, **answers: int) -> Left:
    """Ben answers in week 3, looks at his options again, changes his mind and back, and the week closes."""
    caplog.clear()
    with caplog.at_level(logging.INFO), playing() as play:
        assert play.sandbox.wait_until(lambda: "connected" in caplog.messages, CONNECTED_WITHIN)
        third_week_comes(play)
        shown = play.answers(BEN, **answers)
        play.press(BEN, play.card(BEN), ids.OPENED_OPTIONS)
        play.close(BEN)
        play.press(BEN, play.card(BEN), ids.CHANGED_ANSWERS)
        play.fills_in(BEN, **answers)
        play.close(BEN)
        home = text_of(play.home(BEN))
        play.go_to("2027-02-02 12:00")
        return Left(
            posts={person.name: play.posts(person) for person in (*EIGHT, *IN_CHARGE)},
            home=home,
            rows={name: sorted(map(comparable_row, rows)) for name, rows in play.rows().items()},
            log=[masked(record.getMessage()) for record in caplog.records if is_ours(record)],
            shown=shown,
        )


def third_week_comes(play: Play) -> None:
    """The program was down before, so that the weeks until row 3 cost nothing."""
    play.sleep_until("2027-01-25 09:00")
    play.go_to("2027-01-27 10:00", DANI)


def is_ours(record: logging.LogRecord) -> bool:
    return record.name.split(".")[0] in ("bot", "handlers", "schedules", "storage")


def comparable_row(row: dict[str, Any]) -> str:
    """A row without what is random; of a ciphertext only the length is left."""
    return masked(
        str({name: len(value) if name in SEALED and value else value for name, value in row.items()})
    )


def test_a_heavy_form_and_a_light_one_leave_the_same_messages_rows_and_log_lines(
    caplog: pytest.LogCaptureFixture,
) -> None:
    heavy, light = left_by(caplog, **HEAVY), left_by(caplog, **LIGHT)
    assert heavy.posts == light.posts
    assert heavy.home == light.home
    assert heavy.rows == light.rows
    assert sorted(heavy.log) == sorted(light.log)
    assert any("kind=checkin" in line for line in heavy.log)
    assert len(heavy.rows["answers"]) == 1
    assert heavy.shown.title == light.shown.title == "Done. Your options"
    assert text_of(heavy.shown) != text_of(light.shown)


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
