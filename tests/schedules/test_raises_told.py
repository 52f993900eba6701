"""What was said with others, as it is told: with the update, to the level above first, then to the team."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from bot.audit.faults import failing_commit
from bot.audit.saying import says
from bot.blocks.raises import in_language, said_lines
from bot.domain.localtime import freeze_at
from bot.domain.members import Person
from bot.domain.notices import Fate, Kind
from schedules.digests import freeze, open_periods
from storage import digests, members
from storage.schema import outbox as outbox_table
from tests.schedules.agency import BEGINS_AT, CONTENT, EPOCH, Agency, note, people
from tests.schedules.test_digests_told import DAY, arrived, morning, planned, posts, read, told

WORDS = CONTENT.words("en")
EIGHT, OTHERS = people(8), people(8, "Q")
HOURS, ASKED = WORDS.phrase("hours"), WORDS.phrase("asked")


def running(agency: Agency, **facts: str) -> Agency:
    """A team with a leader, whose first four weeks run; all of it takes part for half a year."""
    agency.team("a", EIGHT, **{"leader": "ULEADER", "channel_id": "CA", **facts})
    for week in range(0, 24, 4):
        agency.take_part(week, EIGHT)
    return agency.at(BEGINS_AT + DAY)


def notices(agency: Agency) -> dict[str, datetime]:
    """To whom above a note is planned, by pseudonym, and for when."""
    return {row["recipient"]: row["due_at"] for row in agency.rows("outbox") if row["kind"] == Kind.RAISED}


def above(agency: Agency, user_id: str, period: int = 0) -> str:
    return read(agency, Kind.RAISED, to=user_id, period=period)


def post(agency: Agency, period: int = 0, team: str = "a") -> str:
    return read(agency, Kind.TEAM_POST, team=team, period=period)


def quoted(*keys: str) -> list[str]:
    return [f"“{WORDS.phrase(key)}”" for key in keys]


# With the update


def test_the_supervisor_reads_it_with_the_update_and_the_team_word_for_word(agency: Agency) -> None:
    running(agency)
    says(agency, EIGHT[:3], "hours", "fair")
    shown = told(agency, "UBOSSA", 4)
    (line,) = said_lines(WORDS, quoted("hours", "fair"), ())
    assert line in shown
    assert shown.index(line) < shown.index(WORDS("update.closing"))
    assert line in post(agency)
    assert WORDS("raise.do_not_ask") in shown


def test_where_nothing_was_reached_no_word_speaks_of_it(agency: Agency) -> None:
    running(agency)
    says(agency, EIGHT[:2], "hours", "asked")
    for said in (told(agency, "UBOSSA", 4), post(agency)):
        assert WORDS("raise.do_not_ask") not in said
        assert "several people" not in said
    assert notices(agency) == {}


def test_in_other_weeks_no_message_repeats_it(agency: Agency) -> None:
    running(agency)
    says(agency, EIGHT[:3], "hours")
    assert HOURS in told(agency, "UBOSSA", 4)
    assert HOURS not in told(agency, "UBOSSA", 6)


def test_before_the_period_has_ended_no_message_knows_of_it(agency: Agency) -> None:
    running(agency)
    says(agency, EIGHT, "hours", "asked")
    for week in (1, 2, 3):
        assert "several people" not in told(agency, "UBOSSA", week)


def test_a_pooled_group_s_line_goes_to_all_who_get_its_update(agency: Agency) -> None:
    agency.unit("north", "UOWNER")
    for name, prefix in (("a", "P"), ("b", "Q")):
        agency.team(name, people(5, prefix), unit_id="north", pooled=True)
    agency.at(BEGINS_AT + DAY)
    agency.take_part(0, (*people(5), *people(5, "Q")))
    says(agency, ("UP00", "UP01", "UQ00"), "hours", "asked")
    for user_id in ("UBOSSA", "UBOSSB", "UOWNER"):
        shown = told(agency, user_id, 4)
        assert HOURS in shown
        assert (ASKED in shown) == (user_id == "UOWNER")
    assert notices(agency) == {}


def test_a_lost_update_tells_nothing_and_the_next_one_does(agency: Agency) -> None:
    running(agency)
    says(agency, EIGHT[:3], "hours", "asked")
    agency.clock.now = freeze_at(EPOCH, 0)
    open_periods(agency.setting, agency.workspace)
    with failing_commit(agency.setting.store.engine, 2):
        freeze(agency.setting, agency.workspace)
    agency.clock.now = morning(4)
    assert above(agency, "ULEADER") == ""
    agency.let_leases_lapse()
    assert HOURS not in told(agency, "UBOSSA", 4)
    assert above(agency, "ULEADER") == ""
    assert HOURS in told(agency, "UBOSSA", 8)
    assert ASKED in above(agency, "ULEADER", 1)


# To the level above first


def test_what_is_said_of_leading_and_supervising_goes_to_the_leader_on_their_first_morning(
    agency: Agency,
) -> None:
    running(agency)
    says(agency, EIGHT[:3], "asked", "seen", "hours")
    shown = told(agency, "UBOSSA", 4)
    assert notices(agency) == {agency.ref("ULEADER"): morning(4)}
    assert ASKED not in shown
    said = above(agency, "ULEADER")
    assert WORDS("raise.above_line", group="Team a", weeks=12, said=" ".join(quoted("seen", "asked"))) in said
    assert HOURS not in said


def test_the_team_reads_it_once_it_has_reached_somebody_above(agency: Agency) -> None:
    running(agency)
    says(agency, EIGHT[:3], "asked", "hours")
    told(agency, "UBOSSA", 4)
    assert posts(agency) == {"CA": morning(4) + DAY}
    assert ASKED not in post(agency)
    assert HOURS in post(agency)
    arrive(agency, "ULEADER")
    (line,) = said_lines(WORDS, (), quoted("asked"))
    assert line in post(agency)


def arrive(agency: Agency, user_id: str, kind: Kind = Kind.RAISED) -> None:
    """A notice went out, and where it went is known."""
    with agency.begin() as tx:
        where = (outbox_table.c.recipient == tx.ref(user_id), outbox_table.c.kind == kind)
        sealed = tx.keys.seal_id(tx.workspace, "D1")
        sent = {"fate": Fate.SENT, "sealed_channel": sealed, "sent_ts": "1.0"}
        tx.execute(update(outbox_table).where(*where).values(**sent))


def test_an_owner_above_reads_it_in_their_weekly_message_before_the_teams_do(agency: Agency) -> None:
    agency.unit("north", "UOWNER")
    for name, prefix in (("a", "P"), ("b", "Q")):
        who = people(5, prefix)
        agency.team(name, who, unit_id="north", pooled=True, channel_id=f"C{name.upper()}")
    agency.at(BEGINS_AT + DAY)
    agency.take_part(0, (*people(5), *people(5, "Q")))
    says(agency, ("UP00", "UP01", "UQ00"), "asked")
    told(agency, "UBOSSA", 4)
    assert ASKED not in post(agency)
    assert ASKED in told(agency, "UOWNER", 4)
    assert ASKED in post(agency)


def test_somebody_who_reads_another_team_s_update_has_not_read_this_one_s(agency: Agency) -> None:
    """The leader supervises another team, whose weekly message went out."""
    agency.team("b", OTHERS, supervisor="ULEADER")
    agency.take_part(0, OTHERS)
    running(agency)
    says(agency, EIGHT[:3], "asked")
    told(agency, "UBOSSA", 4)
    planned(agency, "ULEADER", 4)
    arrive(agency, "ULEADER", Kind.WEEKLY)
    assert ASKED not in read(agency, Kind.WEEKLY, to="ULEADER", week=4)
    assert ASKED not in post(agency)
    assert ASKED in above(agency, "ULEADER")


@pytest.mark.parametrize("leader", ["", "UBOSSA", "UGONE"], ids=["none", "the supervisor", "who left Slack"])
def test_where_nobody_is_above_the_supervisor_reads_it_with_the_rest(agency: Agency, leader: str) -> None:
    running(agency, leader=leader)
    with agency.begin() as tx:
        note(tx, "UGONE", active=False)
    says(agency, EIGHT[:3], "asked", "hours")
    shown = told(agency, "UBOSSA", 4)
    (line,) = said_lines(WORDS, quoted("hours", "asked"), ())
    assert line in shown
    assert line in post(agency)
    assert notices(agency) == {}


def test_a_leader_of_two_groups_gets_one_note_that_names_each(agency: Agency) -> None:
    agency.team("b", OTHERS, leader="ULEADER")
    agency.take_part(0, OTHERS)
    running(agency)
    says(agency, EIGHT[:3], "asked")
    says(agency, OTHERS[:3], "looks")
    agency.at(morning(4))
    (row,) = [row for row in agency.rows("outbox") if row["kind"] == Kind.RAISED]
    assert row["facts"] == {"period": 0}
    said = above(agency, "ULEADER")
    for name, key in (("Team a", "asked"), ("Team b", "looks")):
        assert WORDS("raise.above_line", group=name, weeks=12, said=quoted(key)[0]) in said


def test_the_leader_reads_it_for_three_periods_whether_it_was_said_again_or_not(agency: Agency) -> None:
    running(agency)
    says(agency, EIGHT[:3], "asked")
    notes = []
    for period in range(4):
        agency.at(morning(4 * period + 4))
        due = [row["facts"] for row in agency.rows("outbox") if row["kind"] == Kind.RAISED]
        notes.append(above(agency, "ULEADER", period) if {"period": period} in due else "")
    assert notes[0] == notes[1] == notes[2] != ""
    assert notes[3] == ""


def test_who_is_no_longer_above_gets_nothing_and_who_is_now_gets_the_next(agency: Agency) -> None:
    running(agency)
    says(agency, EIGHT[:3], "asked")
    agency.at(morning(4))
    agency.team("a", leader="UNEW")
    assert above(agency, "ULEADER") == ""
    agency.at(morning(8))
    assert ASKED in above(agency, "UNEW", 1)


def test_the_note_comes_on_the_reader_s_own_first_working_morning(agency: Agency) -> None:
    """Monday 8 February, in Mexico City an hour after New York."""
    running(agency)
    with agency.begin() as tx:
        ref = tx.ref("ULEADER")
        members.put(tx, "ULEADER", Person(ref=ref, tz="America/Mexico_City"))
    says(agency, EIGHT[:3], "asked")
    agency.at(freeze_at(EPOCH, 0))
    assert notices(agency) == {agency.ref("ULEADER"): morning(4) + timedelta(hours=1)}


# What is kept of it


def test_what_was_told_stands_in_its_own_words_in_every_language(agency: Agency) -> None:
    running(agency)
    says(agency, EIGHT[:3], "hours")
    agency.at(morning(4))
    found = agency.groups(0)["a",]
    with agency.read() as tx:
        shown = digests.raised(tx, found)
    assert shown == {"hours": {code: CONTENT.words(code).phrase("hours") for code in ("en", "es")}}
    assert in_language(CONTENT.words("es"), tuple(shown.values())) == (
        f"“{CONTENT.words('es').phrase('hours')}”",
    )


def test_no_row_of_the_queue_holds_what_was_said(agency: Agency) -> None:
    running(agency)
    says(agency, EIGHT[:3], "asked", "hours")
    told(agency, "UBOSSA", 4)
    arrived(agency, "ULEADER")
    queue = repr(agency.rows("outbox"))
    assert not [word for word in ("asked", "hours", HOURS, ASKED) if word in queue]


def test_a_message_that_waits_is_planned_once_however_often_the_beats_come(agency: Agency) -> None:
    running(agency)
    says(agency, EIGHT[:3], "asked")
    for _ in range(3):
        agency.at(morning(4))
        planned(agency, "UBOSSA", 4)
    assert len([row for row in agency.rows("outbox") if row["kind"] == Kind.RAISED]) == 1
