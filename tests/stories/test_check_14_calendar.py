"""Check 14: over new year and both changes of the clocks, one check-in for each person and week."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from bot.blocks import ids
from bot.sandbox import View
from tests.stories.people import ANA, BEN, CLEO, DANI, EIGHT, RESTING, cast
from tests.stories.play import Play, local, playing

ARIZONAN = replace(ANA, tz="America/Phoenix")
MADRILENIAN = replace(DANI, tz="Europe/Madrid")
PEOPLE = (BEN, ARIZONAN, MADRILENIAN)
START = datetime(2026, 10, 21, 17, tzinfo=UTC)
EPOCH = date(2026, 10, 26)
PLAYED = (0, 1, 9, 10, 19, 20, 29, 30)
"""Week 1 follows the end of summer time in New York (Madrid's was before), 10 the new year, 20 New York's
summer time (Madrid's comes later), 30 the last row. In between the program was down."""

KEPT = range(17, 31)
"""Of week 30 and the thirteen before it something is still known."""

ROTATING = {0: "qI03", 1: "qW1", 9: "qSUP", 10: "qI09", 19: "qV2", 20: "qI01", 29: "qN2", 30: "qI03"}
UTC_HOUR = {
    BEN: {0: "14:00", 1: "15:00", 19: "15:00", 20: "14:00"},
    ARIZONAN: {0: "17:00", 1: "17:00", 19: "17:00", 20: "17:00"},
    MADRILENIAN: {0: "09:00", 1: "09:00", 19: "09:00", 20: "09:00", 29: "08:00"},
}


def monday(week: int) -> str:
    return f"{EPOCH + timedelta(weeks=week):%Y-%m-%d}"


def wednesday(week: int) -> str:
    return f"{EPOCH + timedelta(weeks=week, days=2):%Y-%m-%d}"


def asked(form: View) -> list[str]:
    return [
        block["element"]["action_id"].removeprefix(ids.ANSWER_PREFIX)
        for block in form.blocks
        if block["type"] == "input"
    ]


def answer_all(play: Play) -> list[list[str]]:
    """Everybody answers; the questions each was asked."""
    asked_of = []
    for person in PEOPLE:
        asked_of.append(asked(play.starts(person)))
        play.fills_in(person, qC1=2)
        play.close(person)
    return asked_of


def test_one_check_in_a_week_at_ten_where_they_are_and_the_row_after_thirty_is_one() -> None:
    eight = (BEN, ARIZONAN, MADRILENIAN, *(one for one in EIGHT if one not in (BEN, ANA, DANI)))
    with playing(cast(eight=eight), start=START, resting=(CLEO, *RESTING)) as play:
        for week in PLAYED:
            play.sleep_until(f"{monday(week)} 06:00", "UTC")
            play.go_to(f"{wednesday(week)} 20:00", "UTC")
            assert answer_all(play) == [["qC1", ROTATING[week]]] * 3
            assert {str(found.state) for one in PEOPLE if (found := play.week(one, week))} == {"answered"}
        for person in PEOPLE:
            assert play.arrivals(person) == [f"{wednesday(week)} 10:00" for week in PLAYED]
            hours = [local(card.at, "UTC")[-5:] for card in play.cards(person)]
            seen = dict(zip(PLAYED, hours, strict=True))
            assert {week: seen[week] for week in UTC_HOUR[person]} == UTC_HOUR[person]
            assert play.reasons(person) == dict.fromkeys(sorted(set(KEPT) - set(PLAYED)), "late")


def test_the_week_of_the_new_year_comes_once_and_the_holiday_friday_still_closes_it() -> None:
    """Friday 1 January 2027 is a holiday: Wednesday's reminder comes on Thursday, and none after."""
    with playing(start=START) as play:
        play.sleep_until("2026-12-28 06:00", "UTC")
        play.go_to("2027-01-04 06:00", "UTC")
        assert play.arrivals(BEN) == ["2026-12-30 10:00", "2026-12-31 10:00"]
        found = play.week(BEN, 9)
        assert found is not None
        assert str(found.state) == "closed"
        play.go_to("2027-01-06 20:00", "UTC")
        assert play.arrivals(BEN)[2:] == ["2027-01-06 10:00"]
