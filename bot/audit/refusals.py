"""P8: whoever tries to get more out of a group than was promised is refused, and nothing is drawn for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError

from bot.audit.agency import BEGINS_AT, EPOCH, Agency, loaded_dice, people
from bot.audit.databases import agencies, database, kinds, store_on
from bot.audit.drawn import Drawn, watched
from bot.audit.requiring import broken_by, require
from bot.config import Settings
from bot.domain.localtime import freeze_at
from bot.domain.members import PersonRef
from bot.domain.privacy import EPS, STANDARD, UPDATES_PER_BLOCK, Guarantee
from bot.proof.findings import Effort, Finding, exactly
from schedules.digests import freeze, open_periods
from storage import answers, digests, privacy
from storage.digests import ReleaseState, group_id
from storage.schema import ledger, memberships, periods, releases

EIGHT, OTHERS = people(8), people(8, "Q")
SUPPRESSED = {("a",): ReleaseState.SUPPRESSED}
LOOSE_WORDS = ("eps", "roster", "contributor", "period", "block")

Attempt = Callable[[Agency], None]


def debit_before(agency: Agency, who: tuple[str, ...], *spent: int) -> None:
    """Debits that stand in the ledger, whatever wrote them."""
    with agency.begin() as tx:
        for period in spent:
            for user_id in who:
                tx.execute(insert(ledger).values(workspace=tx.workspace, period=period, ref=tx.ref(user_id)))


def draws_of(act: Callable[[], object]) -> list[Drawn]:
    drawn: list[Drawn] = []
    with watched(drawn):
        act()
    return drawn


def refused(act: Callable[[], object]) -> bool:
    """Whether the database does not take it."""
    try:
        act()
    except IntegrityError:
        return True
    return False


def a_fourth_update_in_a_block(agency: Agency) -> None:
    agency.team("a", EIGHT)
    agency.at(BEGINS_AT).through(0)
    debit_before(agency, EIGHT, 0, 1, 2)
    agency.answer(8, dict.fromkeys(EIGHT, 3))
    require(draws_of(lambda: agency.through(2)) == [], "a fourth update was drawn in a block")
    require(agency.states(2) == SUPPRESSED, "a group without a budget got an update")


def a_person_whose_three_are_spent(agency: Agency) -> None:
    """Restored rows could say so: three debits in a block before its third period begins."""
    agency.team("a", (*EIGHT, "USPENT"))
    agency.at(BEGINS_AT).through(0)
    debit_before(agency, ("USPENT",), 0, 1, 2)
    agency.answer(8, dict.fromkeys((*EIGHT[:6], "USPENT"), 3))
    agency.through(1)
    left = {agency.ref(user_id) for user_id in EIGHT}
    require(agency.roster(2, "a") == left, "somebody without a budget stands on a roster")
    agency.at(freeze_at(EPOCH, 2))
    debits = sum(row["ref"] == agency.ref("USPENT") for row in agency.rows("ledger"))
    require(debits == UPDATES_PER_BLOCK, "somebody was debited four times in a block")


def a_second_debit_for_one_period(agency: Agency) -> None:
    agency.team("a", EIGHT)
    agency.answer(0, dict.fromkeys(EIGHT, 3))
    agency.at(BEGINS_AT)
    debit_before(agency, EIGHT[:1], 0)
    agency.clock.now = freeze_at(EPOCH, 0)
    held: list[bool] = []
    drawn = draws_of(lambda: held.append(refused(lambda: freeze(agency.setting, agency.workspace))))
    require(all(held) and drawn == [], "somebody was debited twice for a period")
    require(agency.states(0) == {("a",): ReleaseState.OPEN}, "a refused debit left something behind")


def two_groups_that_count_one_person(agency: Agency) -> None:
    agency.team("a", EIGHT)
    agency.team("b", (*OTHERS, "UTWICE"))
    with agency.begin() as tx:
        row = {"workspace": tx.workspace, "team_id": "a", "ref": tx.ref("UTWICE"), "from_at": BEGINS_AT}
        tx.execute(insert(memberships).values(**row, until_at=freeze_at(EPOCH, 0)))
    agency.clock.now = BEGINS_AT
    held = refused(lambda: open_periods(agency.setting, agency.workspace))
    require(held and agency.rows("rosters") == [], "somebody is on two rosters of a period")


def a_second_partition_of_a_period(agency: Agency) -> None:
    agency.team("a", EIGHT)
    agency.answer(0, dict.fromkeys(EIGHT, 3))
    agency.at(BEGINS_AT)
    again: dict[tuple[str, ...], list[PersonRef]] = {
        ("a",): [agency.ref("UOTHER")],
        ("b",): [agency.ref(user) for user in OTHERS],
    }
    with agency.begin() as tx:
        require(not digests.open_period(tx, 0, again), "a period was opened twice")
    require(set(agency.groups(0)) == {("a",)}, "a second partition was drawn")
    drawn = draws_of(lambda: agency.at(freeze_at(EPOCH, 0)).at(freeze_at(EPOCH, 0)))
    require(drawn == [(group_id(["a"]), 0)], "not exactly one draw for one group")


def a_group_slipped_into_a_running_period(agency: Agency) -> None:
    agency.team("a", EIGHT)
    agency.team("b", OTHERS)
    agency.answer(0, dict.fromkeys(EIGHT + OTHERS, 3))
    agency.at(BEGINS_AT)
    slipped = {"group_id": group_id(("a", "b")), "period": 0, "teams": ["a", "b"], "state": "open"}
    with agency.begin() as tx:
        tx.execute(insert(releases).values(workspace=tx.workspace, **slipped))
    agency.clock.now = freeze_at(EPOCH, 0)
    drawn = draws_of(lambda: freeze(agency.setting, agency.workspace))
    require(sorted(drawn) == sorted((group_id([team]), 0) for team in "ab"), "a slipped group was drawn for")
    require(agency.states(0)["a", "b"] is ReleaseState.SUPPRESSED, "a slipped group got an update")


def another_question_than_the_first(agency: Agency) -> None:
    """With the same answers to the first question and all others different, the same is released."""
    agency.team("a", EIGHT)
    agency.team("b", OTHERS)
    with agency.begin() as tx:
        for user_id, other in [(user, 1) for user in EIGHT] + [(user, 5) for user in OTHERS]:
            answers.save(tx, tx.ref(user_id), 0, {"qC1": 3, "qI01": other, "qV": other})
            answers.save(tx, tx.ref(user_id), 1, {"qI02": other})
    agency.at(BEGINS_AT)
    with agency.begin() as tx:
        read = {tuple(answers.weights(tx, tx.ref(user), range(4))) for user in EIGHT + OTHERS}
    require(read == {(3,)}, "another answer was read for an update")
    with loaded_dice():
        agency.at(freeze_at(EPOCH, 0))
    agency.answer(4, dict.fromkeys(EIGHT))
    states = agency.at(freeze_at(EPOCH, 1)).states(1)
    require(states["a",] is ReleaseState.SUPPRESSED, "another question counted as taking part")


def looser_numbers_in_the_database(agency: Agency) -> None:
    """Somebody writes 1 and 1 into the row of a running period."""
    agency.team("a", EIGHT)
    agency.answer(0, dict.fromkeys(EIGHT[:5], 3))
    agency.at(BEGINS_AT + timedelta(days=1))
    with agency.begin() as tx:
        tx.execute(update(periods).values(roster_min=1, contributors_min=1))
    with agency.read() as tx:
        require(privacy.guarantee_of(tx, 0) == STANDARD, "looser numbers were read from the database")
    drawn = draws_of(lambda: agency.at(freeze_at(EPOCH, 0)))
    require(drawn == [] and agency.states(0) == SUPPRESSED, "five who took part got an update")


def looser_numbers_by_a_setting(_agency: Agency) -> None:
    loosest = Guarantee(roster_min=1, contributors_min=1)
    require(loosest == STANDARD, "a looser guarantee can be made")
    require(replace(STANDARD, strong=True).eps < EPS, "strong mode is not stricter")
    named = " ".join(Settings.__dataclass_fields__)
    require(not any(word in named for word in LOOSE_WORDS), "a setting changes the rule")


ATTEMPTS: tuple[Attempt, ...] = (
    a_fourth_update_in_a_block,
    a_person_whose_three_are_spent,
    a_second_debit_for_one_period,
    two_groups_that_count_one_person,
    a_second_partition_of_a_period,
    a_group_slipped_into_a_running_period,
    another_question_than_the_first,
    looser_numbers_in_the_database,
    looser_numbers_by_a_setting,
)


def check(effort: Effort) -> Iterator[Finding]:
    """P8."""
    for kind in kinds(effort):
        with database(kind) as url, store_on(url) as store, agencies(store) as made:
            for attempt in ATTEMPTS:
                yield _tried(attempt, made(), kind)


def _tried(attempt: Attempt, agency: Agency, kind: str) -> Finding:
    wrong = broken_by(lambda: attempt(agency))
    held = "refused, nothing drawn for it"
    return exactly(f"On {kind}: {attempt.__name__.replace('_', ' ')}", "; ".join(wrong) or held, held)
