"""How updates are told: in whose message, under which names, when, and what is said where there is none."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from bot.audit.faults import failing_commit
from bot.content.holidays import calendar
from bot.domain.leave import Span
from bot.domain.localtime import first_working_morning, freeze_at, monday_of
from bot.domain.notices import Fate, Kind
from bot.domain.privacy import promise_numbers
from schedules.delivery import RECIPES, scenes
from schedules.digests import freeze, open_periods
from schedules.setting import Pictured
from schedules.supervision import plan_weekly
from storage import leave, rules
from storage.database import Tx
from storage.outbox import Claim
from storage.rules import RuleKind
from storage.schema import answers, contributors, ledger, occurrences, person_keys, rosters
from storage.schema import outbox as outbox_table
from tests.blocks.reading import joined
from tests.schedules.agency import BEGINS_AT, CONTENT, EPOCH, STARTED_AT, Agency, people

WORDS = CONTENT.words("en")
EIGHT, OTHERS = people(8), people(8, "Q")
DAY = timedelta(days=1)


def morning(week: int) -> datetime:
    """09:30 of a week's first working day in New York; Tuesday in weeks 1 and 5."""
    at = first_working_morning(monday_of(EPOCH, week), calendar("America/New_York", "US", BEGINS_AT))
    assert at is not None
    return at


def planned(agency: Agency, user_id: str, week: int, at: datetime | None = None) -> None:
    """Somebody's message of a week is planned, on its morning or later."""
    agency.clock.now = at or morning(week)
    with agency.begin() as tx:
        rules.begin(tx, tx.ref(user_id), RuleKind.WEEKLY, STARTED_AT, morning(week))
        rules.set_next_due(tx, morning(week), ref=tx.ref(user_id), kind=RuleKind.WEEKLY)
    plan_weekly(agency.setting, agency.workspace)


def told(agency: Agency, user_id: str, week: int) -> str:
    """What somebody reads on the morning of a week, with all updates settled."""
    agency.at(morning(week))
    planned(agency, user_id, week)
    said = read(agency, Kind.WEEKLY, to=user_id, week=week)
    arrived(agency, user_id)
    return said


def arrived(agency: Agency, user_id: str) -> None:
    """What was planned for somebody has reached them."""
    with agency.begin() as tx:
        mine = (outbox_table.c.workspace == agency.workspace, outbox_table.c.recipient == tx.ref(user_id))
        tx.execute(update(outbox_table).where(*mine).values(fate=Fate.SENT))


def read(agency: Agency, kind: Kind, *, to: str = "", **facts: Any) -> str:
    """A notice as it is rendered now; "" while it has to wait or is not wanted."""
    with agency.begin() as tx:
        claim = claimed(tx, agency, kind, facts, to)
        (scene,) = scenes(agency.setting, tx, [claim], agency.clock.now)
        recipe = RECIPES[kind]
        if recipe.waits(scene) or not recipe.wanted(scene):
            return ""
        message = recipe.render(scene)
        return joined(message.message if isinstance(message, Pictured) else message)


def claimed(tx: Tx, agency: Agency, kind: Kind, facts: dict[str, Any], to: str) -> Claim:
    here = (outbox_table.c.workspace == agency.workspace, outbox_table.c.kind == kind)
    row = next(
        row
        for row in tx.execute(select(outbox_table).where(*here))
        if facts.items() <= dict(row.facts).items() and row.recipient == (tx.ref(to) if to else None)
    )
    return Claim(
        delivery_id=row.delivery_id,
        fence=row.fence,
        kind=kind,
        to=row.recipient,
        channel=row.channel,
        facts=row.facts,
        due_at=row.due_at,
        expires_at=row.expires_at,
    )


def posts(agency: Agency) -> dict[str, datetime]:
    """When each channel gets its post."""
    return {row["channel"]: row["due_at"] for row in agency.rows("outbox") if row["kind"] == Kind.TEAM_POST}


def title(*names: str) -> str:
    key = "update.title" if len(names) == 1 else "update.title_together"
    return WORDS(key, group=", ".join(f"Team {name}" for name in names))


def next_update(names: str, week: int) -> str:
    return WORDS("weekly.next_update", team=names, date=WORDS.date(monday_of(EPOCH, week)))


def none_possible(names: str) -> str:
    return WORDS("weekly.no_words", team=names, **promise_numbers())


def too_few(names: str) -> str:
    return WORDS("weekly.suppressed", team=names, **promise_numbers())


def words_of(agency: Agency, period: int, *group: str) -> str:
    return "\n".join(agency.groups(period)[group].lines["en"][:-1])


def weighed(agency: Agency, *weeks: int, who: tuple[str, ...] = EIGHT) -> Agency:
    for week in weeks:
        agency.answer(week, dict.fromkeys(who, 3))
    return agency


# Words come from rows


def test_a_message_is_rendered_from_released_rows_and_rosters_of_teams_alone(agency: Agency) -> None:
    """Everything else about the period is gone, and what people answer now is another thing."""
    agency.team("a", EIGHT, supervisor="UBOSS", channel_id="CA")
    agency.team("b", OTHERS, supervisor="UBOSS", channel_id="CB")
    weighed(agency.at(BEGINS_AT), 0, who=EIGHT + OTHERS)
    agency.at(morning(4))
    planned(agency, "UBOSS", 4)
    before = read(agency, Kind.WEEKLY, to="UBOSS", week=4, period=0)
    post = read(agency, Kind.TEAM_POST, team="a", period=0)
    assert words_of(agency, 0, "a") in before
    with agency.begin() as tx:
        for table in (answers, person_keys, contributors, ledger, rosters, occurrences):
            tx.execute(delete(table).where(table.c.workspace == agency.workspace))
    weighed(agency, 0, 1, 2, 3, 4, who=EIGHT[:3])
    assert read(agency, Kind.WEEKLY, to="UBOSS", week=4, period=0) == before
    assert read(agency, Kind.TEAM_POST, team="a", period=0) == post


# Days away of a supervisor


def test_a_supervisor_s_days_away_hold_up_no_team_s_update_and_tell_nobody(agency: Agency) -> None:
    """Two teams, two supervisors; one is away for a month, and both channels read theirs on the same day."""
    agency.team("a", EIGHT, channel_id="CA")
    agency.team("b", OTHERS, channel_id="CB")
    weighed(agency.at(BEGINS_AT), 0, who=EIGHT + OTHERS)
    agency.at(morning(4))
    with agency.begin() as tx:
        away = Span(first_on=morning(4).date(), last_on=morning(8).date())
        leave.save(tx, tx.ref("UBOSSA"), (away,))
    for supervisor in ("UBOSSA", "UBOSSB"):
        planned(agency, supervisor, 4)
    assert posts(agency)["CA"] == posts(agency)["CB"] == morning(4) + DAY
    weekly = {row["recipient"]: row for row in agency.rows("outbox") if row["kind"] == Kind.WEEKLY}
    with agency.begin() as tx:
        assert set(weekly) == {tx.ref("UBOSSB")}
        mine = [row for row in agency.rows("occurrences") if row["ref"] == tx.ref("UBOSSA")]
    assert [(row["state"], row["reason"]) for row in mine if row["kind"] == "weekly"] == [
        ("skipped", "leave")
    ]


def test_who_is_away_for_part_of_a_week_gets_the_message_on_the_first_day_back(agency: Agency) -> None:
    agency.team("a", EIGHT, channel_id="CA")
    agency.at(morning(4))
    with agency.begin() as tx:
        away = Span(first_on=morning(4).date(), last_on=morning(4).date() + DAY)
        leave.save(tx, tx.ref("UBOSSA"), (away,))
    planned(agency, "UBOSSA", 4)
    (message,) = (row for row in agency.rows("outbox") if row["kind"] == Kind.WEEKLY)
    assert message["due_at"] == morning(4) + 2 * DAY
    assert message["due_at"] < message["expires_at"] < morning(5)


# A message waits for what it tells of


def test_a_message_planned_before_the_freeze_was_done_waits_for_it(agency: Agency) -> None:
    """The program was down from Saturday to Monday, and its first beats come in any order."""
    agency.team("a", EIGHT)
    weighed(agency.at(BEGINS_AT), 0)
    planned(agency, "UBOSSA", 4, morning(4) + timedelta(minutes=1))
    assert read(agency, Kind.WEEKLY, to="UBOSSA", week=4) == ""
    open_periods(agency.setting, agency.workspace)
    assert read(agency, Kind.WEEKLY, to="UBOSSA", week=4) == ""
    freeze(agency.setting, agency.workspace)
    assert words_of(agency, 0, "a") in read(agency, Kind.WEEKLY, to="UBOSSA", week=4)


def test_after_a_whole_period_without_the_program_a_message_waits_for_its_rosters_too(agency: Agency) -> None:
    agency.team("a", EIGHT)
    weighed(agency, 3)
    planned(agency, "UBOSSA", 4)
    assert read(agency, Kind.WEEKLY, to="UBOSSA", week=4) == ""
    agency.at(morning(4))
    assert words_of(agency, 0, "a") in read(agency, Kind.WEEKLY, to="UBOSSA", week=4)


def test_a_message_waits_for_a_release_in_hand_and_says_so_when_it_is_lost(agency: Agency) -> None:
    agency.team("a", EIGHT)
    weighed(agency.at(BEGINS_AT), 0)
    agency.clock.now = freeze_at(EPOCH, 0)
    open_periods(agency.setting, agency.workspace)
    with failing_commit(agency.setting.store.engine, 2):
        freeze(agency.setting, agency.workspace)
    planned(agency, "UBOSSA", 4)
    assert read(agency, Kind.WEEKLY, to="UBOSSA", week=4) == ""
    agency.let_leases_lapse()
    agency.at(morning(4))
    shown = read(agency, Kind.WEEKLY, to="UBOSSA", week=4)
    assert WORDS("weekly.lost", team="Team a") in shown
    assert next_update("Team a", 8) in shown


def test_other_weeks_messages_wait_for_nothing(agency: Agency) -> None:
    agency.team("a", EIGHT)
    agency.at(BEGINS_AT)
    planned(agency, "UBOSSA", 6)
    assert next_update("Team a", 8) in read(agency, Kind.WEEKLY, to="UBOSSA", week=6)


# Who reads which words, under which names


def test_a_pooled_line_goes_to_its_owner_and_its_supervisors_with_all_names(agency: Agency) -> None:
    agency.unit("north", "UOWNER")
    agency.team("a", people(5), unit_id="north", pooled=True)
    agency.team("b", people(6, "Q"), unit_id="north", pooled=True)
    weighed(agency.at(BEGINS_AT), 1, who=(*people(3), *people(3, "Q")))
    for user_id in ("UOWNER", "UBOSSA", "UBOSSB"):
        shown = told(agency, user_id, 4)
        assert shown.count(words_of(agency, 0, "a", "b")) == 1
        assert shown.count("*Update for") == 1
        assert all(name in shown for name in ("Team a", "Team b", "shown together as one group"))


def test_a_supervisor_of_two_groups_reads_both_and_the_line_beside_them(agency: Agency) -> None:
    agency.team("a", EIGHT, supervisor="UBOSS")
    agency.team("b", OTHERS, supervisor="UBOSS")
    weighed(agency.at(BEGINS_AT), 0, who=EIGHT + OTHERS)
    shown = told(agency, "UBOSS", 4)
    for name in "ab":
        assert f"{title(name)}\n{words_of(agency, 0, name)}" in shown
    assert shown.count(WORDS("update.parent_errs")) == 2


def test_one_group_alone_has_no_line_beside_it(agency: Agency) -> None:
    agency.team("a", EIGHT)
    agency.team("b", OTHERS)
    weighed(agency.at(BEGINS_AT), 0, who=EIGHT + OTHERS[:5])
    assert WORDS("update.parent_errs") not in told(agency, "UBOSSA", 4)


def test_who_leads_or_stands_in_gets_no_message(agency: Agency) -> None:
    agency.team("a", EIGHT, leader="ULEADER")
    weighed(agency.at(BEGINS_AT), 0)
    agency.at(morning(4))
    planned(agency, "ULEADER", 4)
    assert read(agency, Kind.WEEKLY, to="ULEADER", week=4) == ""


# A new block


def pooled_until_a_has_grown(agency: Agency) -> None:
    """Two small teams are one group for a block; then one of them stands alone and the other nowhere."""
    agency.unit("north", "UOWNER")
    agency.team("a", people(5), unit_id="north", pooled=True, channel_id="CA")
    agency.team("b", people(6, "Q"), unit_id="north", pooled=True, channel_id="CB")
    agency.at(BEGINS_AT)
    for number in range(3):
        agency.joins(f"UMORE{number}", "a", BEGINS_AT + DAY)
    weighed(agency, 11, who=(*people(3), *people(3, "Q")))
    agency.through(2)


def test_the_last_update_of_a_parted_pool_keeps_its_names_and_comes_once(agency: Agency) -> None:
    pooled_until_a_has_grown(agency)
    shown = told(agency, "UOWNER", 12)
    assert shown.count(words_of(agency, 2, "a", "b")) == 1
    assert "*Update for Team a, Team b*" in shown
    assert next_update("Team a", 16) in shown
    assert none_possible("Team b") in shown
    assert next_update("Team a, Team b", 16) not in shown


def test_why_a_team_has_no_words_from_now_on_is_said_once(agency: Agency) -> None:
    pooled_until_a_has_grown(agency)
    shown = told(agency, "UBOSSB", 12)
    assert words_of(agency, 2, "a", "b") in shown
    assert none_possible("Team b") in shown
    assert "next update comes" not in shown
    assert "Team b" not in told(agency, "UBOSSB", 13)
    assert "Team b" not in told(agency, "UBOSSB", 16)


def test_a_post_to_a_team_that_has_no_words_from_now_on_names_no_next_date(agency: Agency) -> None:
    pooled_until_a_has_grown(agency)
    for user_id in ("UBOSSA", "UBOSSB"):
        told(agency, user_id, 12)
    dated = WORDS("update.next", date=WORDS.date(monday_of(EPOCH, 16)))
    one, other = (read(agency, Kind.TEAM_POST, team=team, period=2) for team in "ab")
    assert words_of(agency, 2, "a", "b") in one
    assert words_of(agency, 2, "a", "b") in other
    assert dated in one
    assert "next update comes" not in other


def test_the_last_updates_of_teams_that_are_pooled_from_now_on_are_both_told(agency: Agency) -> None:
    agency.unit("north", "UOWNER")
    for name, who in (("a", EIGHT), ("b", OTHERS)):
        agency.team(name, who, unit_id="north", pooled=True)
    weighed(agency.at(BEGINS_AT), 3, 7, 11, who=EIGHT + OTHERS[:5])
    agency.answer(0, {OTHERS[6]: 1})
    agency.answer(4, {OTHERS[6]: 1})
    for user_id in (EIGHT[7], OTHERS[7]):
        agency.leaves(user_id, freeze_at(EPOCH, 2) - DAY)
    agency.through(2)
    shown = told(agency, "UOWNER", 12)
    assert set(agency.groups(3)) == {("a", "b")}
    assert f"{title('a')}\n{words_of(agency, 2, 'a')}" in shown
    assert too_few("Team b") in shown
    assert next_update("Team a, Team b", 16) in shown
    assert next_update("Team b", 16) not in shown


# Said once


def test_why_nothing_can_be_shown_is_said_in_the_first_message_alone(agency: Agency) -> None:
    agency.team("a", people(7))
    agency.at(BEGINS_AT)
    assert none_possible("Team a") in told(agency, "UBOSSA", 0)
    for week in (2, 4, 8):
        assert "Team a" not in told(agency, "UBOSSA", week)


def test_why_there_was_no_update_is_said_once_and_the_date_of_the_next_each_time(agency: Agency) -> None:
    agency.team("a", EIGHT)
    agency.at(BEGINS_AT)
    first, second = told(agency, "UBOSSA", 4), told(agency, "UBOSSA", 8)
    assert too_few("Team a") in first
    assert next_update("Team a", 8) in first
    assert too_few("Team a") not in second
    assert next_update("Team a", 12) in second


@pytest.mark.parametrize("week", [3, 6])
def test_between_updates_only_the_date_of_the_next_is_said(agency: Agency, week: int) -> None:
    agency.team("a", EIGHT)
    weighed(agency.at(BEGINS_AT), 0)
    shown = told(agency, "UBOSSA", week)
    assert next_update("Team a", 4 if week == 3 else 8) in shown
    assert "How heavy work weighed" not in shown


def test_an_update_whose_message_was_lost_is_told_by_the_next_and_then_no_more(agency: Agency) -> None:
    agency.team("a", EIGHT)
    weighed(agency.at(BEGINS_AT), 0)
    agency.at(morning(4))
    planned(agency, "UBOSSA", 4)
    assert words_of(agency, 0, "a") in told(agency, "UBOSSA", 5)
    assert next_update("Team a", 8) in told(agency, "UBOSSA", 6)
    assert "How heavy work weighed" not in told(agency, "UBOSSA", 7)


# The team's post


def test_posts_come_one_working_day_after_the_supervisor_s_message(agency: Agency) -> None:
    agency.team("a", EIGHT, channel_id="CA")
    agency.team("b", OTHERS, channel_id="CB", tz="America/Los_Angeles")
    agency.team("c", people(3, "C"))
    weighed(agency.at(BEGINS_AT), 0)
    for user_id in ("UBOSSA", "UBOSSB", "UBOSSC"):
        told(agency, user_id, 4)
    assert posts(agency) == {"CA": morning(4) + DAY, "CB": morning(4) + DAY}
    assert words_of(agency, 0, "a") in read(agency, Kind.TEAM_POST, team="a", period=0)
    assert read(agency, Kind.TEAM_POST, team="b", period=0) == ""


def test_a_post_never_comes_before_a_message_that_was_late(agency: Agency) -> None:
    agency.team("a", EIGHT, channel_id="CA")
    weighed(agency.at(BEGINS_AT), 0)
    late = morning(4) + timedelta(days=1, hours=2)
    agency.at(late)
    planned(agency, "UBOSSA", 4, late)
    assert posts(agency) == {"CA": late + DAY}


def test_no_post_is_planned_in_other_weeks_or_by_who_owns_the_line(agency: Agency) -> None:
    agency.unit("north", "UOWNER")
    agency.team("a", people(5), unit_id="north", pooled=True, channel_id="CA")
    agency.team("b", people(5, "Q"), unit_id="north", pooled=True, channel_id="CB")
    agency.at(BEGINS_AT)
    for week in (3, 6):
        told(agency, "UBOSSA", week)
    told(agency, "UOWNER", 4)
    assert posts(agency) == {}


def test_when_something_is_sent_depends_on_no_answer_and_on_no_draw(agency: Agency) -> None:
    agency.team("a", EIGHT, channel_id="CA")
    agency.team("b", OTHERS, channel_id="CB")
    agency.answer(0, dict.fromkeys(EIGHT, 5) | dict.fromkeys(OTHERS, 1))
    agency.at(BEGINS_AT)
    for user_id in ("UBOSSA", "UBOSSB"):
        told(agency, user_id, 4)
    rows = [row for row in agency.rows("outbox") if row["kind"] in (Kind.WEEKLY, Kind.TEAM_POST)]
    facts = ("kind", "due_at", "expires_at", "urgency", "fate")
    kept = {
        name: [[row[fact] for fact in facts] for row in rows if name in (row["recipient"], row["channel"])]
        for name in (agency.ref("UBOSSA"), agency.ref("UBOSSB"), "CA", "CB")
    }
    assert kept[agency.ref("UBOSSA")] == kept[agency.ref("UBOSSB")] != []
    assert kept["CA"] == kept["CB"] != []
