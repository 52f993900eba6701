from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from bot.domain.digests import Band, Gap, Published, Reading, Trend
from bot.domain.members import PersonRef, Team
from bot.domain.privacy import EPS
from bot.domain.rotation import CORE
from storage import answers, digests, teams
from storage.database import Store, Tx
from storage.digests import Debit, ReleaseState, group_id
from storage.schema import answers as answers_table
from storage.schema import contributors, ledger, releases, rosters
from tests.storage.at_once import at_once

TEAMS = ("a", "b")
GROUP = group_id(TEAMS)
EPOCH = date(2026, 1, 5)
WINDOW = Fraction(13, 4)
READING = Reading(band=Band.LOWER_MIDDLE, trend=Trend.NO_CHANGE, small_group=True)
LINES = {"en": ["Between lower and middle."], "es": ["Entre bajo y medio."]}


def people(tx: Tx, how_many: int = 6) -> tuple[PersonRef, ...]:
    return tuple(sorted(tx.ref(f"U{n}") for n in range(how_many)))


def debited(tx: Tx, period: int = 0, holder: str = "worker") -> tuple[PersonRef, ...]:
    """A period whose six contributors were just debited by a holder."""
    counted = people(tx)
    digests.open_period(tx, period, {TEAMS: counted})
    assert digests.debit(tx, GROUP, period, counted, WINDOW, holder)
    return counted


def publish(tx: Tx, period: int = 0, holder: str = "worker", y: int = 9) -> bool:
    return digests.release(tx, GROUP, period, holder, y, READING, LINES, 1)


def let_the_lease_lapse(tx: Tx) -> None:
    """Real time cannot be moved, so the row is."""
    past = tx.real_now() - timedelta(seconds=1)
    tx.execute(update(releases).where(releases.c.lease_until.is_not(None)).values(lease_until=past))


def state(tx: Tx, period: int = 0) -> ReleaseState | None:
    found = digests.get(tx, GROUP, period)
    return found and found.state


# Periods and rosters


def test_a_period_is_opened_once_with_the_rosters_of_that_moment(tx: Tx) -> None:
    ana, ben, cam = people(tx, 3)
    assert digests.last_period(tx) is None
    assert digests.open_period(tx, 0, {TEAMS: [ana, ben], ("c",): [cam]})
    assert not digests.open_period(tx, 0, {TEAMS: [ana, ben, cam]})
    assert digests.roster(tx, 0, GROUP) == {ana, ben}
    assert digests.roster(tx, 0, group_id(["c"])) == {cam}
    assert digests.roster(tx, 1, GROUP) == frozenset()
    assert digests.last_period(tx) == 0


def test_nobody_can_be_counted_in_two_groups_of_one_period(tx: Tx, ana: PersonRef) -> None:
    with pytest.raises(IntegrityError), tx.connection.begin_nested():
        digests.open_period(tx, 0, {TEAMS: [ana], ("c",): [ana]})
    assert digests.last_period(tx) is None


def test_periods_are_frozen_once_the_oldest_first(tx: Tx) -> None:
    for period in (1, 0, 2):
        digests.open_period(tx, period, {})
    assert digests.list_open(tx) == (0, 1, 2)
    assert digests.freeze_period(tx, 0)
    assert not digests.freeze_period(tx, 0)
    assert not digests.freeze_period(tx, 9)
    assert digests.list_open(tx) == (1, 2)
    assert digests.last_period(tx) == 2


def test_the_same_teams_are_the_same_group_in_any_order_and_no_others_are(tx: Tx) -> None:
    assert group_id(("b", "a")) == GROUP
    assert len({group_id(teams) for teams in (("a",), ("b",), ("a", "b"), ("ab",), ())}) == 5
    digests.open_period(tx, 0, {TEAMS: [], ("c",): []})
    found = digests.group_of(tx, "b", 0)
    assert found is not None
    assert found.group_id == GROUP
    assert digests.group_of(tx, "elsewhere", 0) is None
    assert [release.teams for release in digests.list_period(tx, 0)] == [TEAMS, ("c",)]


def test_taking_part_is_told_by_the_clear_flag_alone(tx: Tx) -> None:
    early, weighed, blank, late, stranger = people(tx, 5)
    for ref, week, given in (
        (early, 3, {CORE: 5}),
        (weighed, 4, {CORE: 1}),
        (blank, 5, {"qS1": 1}),
        (late, 8, {CORE: 5}),
        (stranger, 5, {CORE: 5}),
    ):
        answers.save(tx, ref, week, given)
    tx.execute(update(answers_table).values(sealed=b"unreadable"))
    assert digests.list_weighed(tx, [early, weighed, blank, late], range(4, 8)) == {weighed}
    assert digests.list_weighed(tx, [], range(4, 8)) == frozenset()


# Debit and release


def test_a_debit_fixes_window_number_and_people_before_an_answer_is_read(tx: Tx) -> None:
    counted = debited(tx)
    assert digests.debited(tx, GROUP, 0) == Debit(c=WINDOW, m=6, eps=EPS)
    assert digests.list_contributors(tx, GROUP, 0) == counted
    assert digests.spent(tx, 0) == dict.fromkeys(counted, 1)
    assert state(tx) is ReleaseState.DEBITED


def test_a_period_is_debited_once(tx: Tx) -> None:
    counted = debited(tx)
    assert not digests.debit(tx, GROUP, 0, counted[:1], Fraction(2), "another")
    assert not digests.suppress(tx, GROUP, 0)
    assert digests.debited(tx, GROUP, 0) == Debit(c=WINDOW, m=6, eps=EPS)
    assert digests.spent(tx, 0) == dict.fromkeys(counted, 1)


def test_nobody_is_debited_twice_for_one_period_whatever_the_groups(tx: Tx) -> None:
    ana = debited(tx)[0]
    tx.execute(
        releases.insert().values(workspace="T1", group_id="other", period=0, teams=["c"], state="open")
    )
    with pytest.raises(IntegrityError), tx.connection.begin_nested():
        digests.debit(tx, "other", 0, [ana], WINDOW, "worker")
    assert digests.list_contributors(tx, "other", 0) == ()


def test_a_release_keeps_the_number_and_its_words_and_forgets_who_took_part(tx: Tx) -> None:
    counted = debited(tx)
    assert publish(tx)
    found = digests.get(tx, GROUP, 0)
    assert found is not None
    assert found.row == Published(period=0, m=6, c=WINDOW, y=9)
    assert (found.state, found.teams, found.reading) == (ReleaseState.RELEASED, TEAMS, READING)
    assert found.lines == {language: tuple(said) for language, said in LINES.items()}
    assert digests.list_contributors(tx, GROUP, 0) == ()
    assert digests.spent(tx, 0) == dict.fromkeys(counted, 1)


def test_a_release_never_changes(tx: Tx) -> None:
    debited(tx)
    publish(tx)
    before = digests.get(tx, GROUP, 0)
    assert not publish(tx, y=24)
    assert not digests.debit(tx, GROUP, 0, people(tx), WINDOW, "worker")
    assert not digests.suppress(tx, GROUP, 0)
    assert digests.lose_lapsed(tx) == 0
    assert digests.get(tx, GROUP, 0) == before


def test_only_whoever_debited_may_release(tx: Tx) -> None:
    debited(tx)
    assert not publish(tx, holder="another")
    assert publish(tx)


def test_after_its_lease_a_period_is_lost_for_good(tx: Tx) -> None:
    counted = debited(tx)
    assert digests.lose_lapsed(tx) == 0
    let_the_lease_lapse(tx)
    assert not publish(tx)
    assert digests.lose_lapsed(tx) == 1
    assert state(tx) is ReleaseState.LOST
    assert not publish(tx)
    assert not digests.debit(tx, GROUP, 0, counted, WINDOW, "worker")
    assert digests.list_contributors(tx, GROUP, 0) == ()
    assert digests.spent(tx, 0) == dict.fromkeys(counted, 1)


def test_a_suppressed_period_debits_nobody_and_stays_suppressed(tx: Tx) -> None:
    digests.open_period(tx, 0, {TEAMS: people(tx)})
    assert digests.suppress(tx, GROUP, 0)
    assert not digests.suppress(tx, GROUP, 0)
    assert not digests.debit(tx, GROUP, 0, people(tx), WINDOW, "worker")
    assert (state(tx), digests.spent(tx, 0)) == (ReleaseState.SUPPRESSED, {})


def test_of_two_workers_one_debits_and_the_ledger_counts_once(
    entered: Store, open_store: Callable[..., Store]
) -> None:
    other = open_store()
    with entered.begin("T1") as tx:
        counted = people(tx)
        for period in range(6):
            digests.open_period(tx, period, {TEAMS: counted})

    def debit_all(store: Store, holder: str) -> list[bool]:
        done = []
        for period in range(6):
            with store.begin("T1") as tx:
                done.append(digests.debit(tx, GROUP, period, counted, WINDOW, holder))
        return done

    one, two = at_once(lambda: debit_all(entered, "one"), lambda: debit_all(other, "two"))
    assert all(first != second for first, second in zip(one, two, strict=True))
    with entered.read("T1") as tx:
        assert digests.spent(tx, 2) == dict.fromkeys(counted, 3)


# The ledger, and what came before


def test_a_budget_is_counted_within_its_block(tx: Tx) -> None:
    for period in (1, 2, 3):
        counted = debited(tx, period)
    assert digests.spent(tx, 0) == {}
    assert digests.spent(tx, 2) == dict.fromkeys(counted, 2)
    assert digests.spent(tx, 3) == dict.fromkeys(counted, 1)


def test_ledger_and_rosters_of_old_blocks_go_and_releases_stay(tx: Tx) -> None:
    for period in (2, 3):
        debited(tx, period)
        publish(tx, period)
    digests.forget_ledger_before(tx, 3)
    for table in (ledger, rosters):
        assert set(tx.execute(select(table.c.period)).scalars()) == {3}
    assert [state(tx, period) for period in (2, 3)] == [ReleaseState.RELEASED] * 2
    assert tx.execute(select(contributors)).all() == []


def test_a_group_s_history_has_no_holes(tx: Tx) -> None:
    debited(tx, 1)
    publish(tx, 1, y=4)
    digests.open_period(tx, 2, {TEAMS: people(tx)})
    digests.suppress(tx, GROUP, 2)
    debited(tx, 4)
    publish(tx, 4, y=5)
    expected = (
        Published(period=1, m=6, c=WINDOW, y=4),
        Gap(period=2),
        Gap(period=3),
        Published(period=4, m=6, c=WINDOW, y=5),
    )
    assert digests.history(tx, GROUP, 4) == expected
    assert digests.history(tx, GROUP, 2) == expected[:2]
    assert digests.history(tx, GROUP, 0) == ()
    assert digests.history(tx, "another", 4) == ()


@pytest.mark.parametrize("quarters", range(8, 17))
def test_a_window_is_kept_to_the_quarter(tx: Tx, quarters: int) -> None:
    digests.open_period(tx, 0, {TEAMS: people(tx)})
    digests.debit(tx, GROUP, 0, people(tx), Fraction(quarters, 4), "worker")
    assert digests.debited(tx, GROUP, 0).c == Fraction(quarters, 4)


def test_the_last_band_is_the_newest_published_one_before_a_period(tx: Tx) -> None:
    assert digests.last_band(tx, GROUP, 9) is None
    debited(tx, 0)
    publish(tx, 0)
    digests.open_period(tx, 1, {TEAMS: people(tx)})
    digests.suppress(tx, GROUP, 1)
    assert digests.last_band(tx, GROUP, 0) is None
    assert digests.last_band(tx, GROUP, 2) is READING.band


def test_an_update_is_shown_with_a_year_of_published_bands_and_its_gaps(tx: Tx) -> None:
    for period in (1, 3, 16):
        debited(tx, period)
        publish(tx, period)
    first, newest = (digests.get(tx, GROUP, period) for period in (3, 16))
    assert first is not None
    assert newest is not None
    band, mondays = READING.band, [EPOCH + timedelta(weeks=4 * period) for period in range(17)]
    expected = ((mondays[1], band), (mondays[2], None), (mondays[3], band))
    assert digests.shown(tx, first, EPOCH).strip == expected
    year = digests.shown(tx, newest, EPOCH).strip
    assert year == (*((monday, None) for monday in mondays[4:16]), (mondays[16], band))


def test_an_update_is_shown_with_the_names_that_its_teams_have_now(tx: Tx) -> None:
    debited(tx)
    publish(tx)
    teams.save(tx, Team(team_id="a", name="Renamed", tz="Etc/UTC"))
    found = digests.get(tx, GROUP, 0)
    assert found is not None
    shown = digests.shown(tx, found, EPOCH)
    assert (shown.teams, shown.lines) == (("Renamed",), found.lines)


def test_the_whole_organization_has_a_line_only_from_two_released_groups(tx: Tx) -> None:
    counted = people(tx, 12)
    groups = {("a",): counted[:6], ("b",): counted[6:]}
    digests.open_period(tx, 0, groups)
    beside = []
    for group, members in groups.items():
        digests.debit(tx, group_id(group), 0, members, Fraction(3), "worker")
        digests.release(tx, group_id(group), 0, "worker", 12, READING, LINES, 1)
        found = digests.get(tx, group_id(group), 0)
        assert found is not None
        beside.append(digests.shown(tx, found, EPOCH).beside)
    assert beside[0] is None
    assert beside[1] is not None
