"""P9 through the database: thirty teams of 1 to 30 with readers, leavers, duplicates and people gone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from random import Random

from bot.audit.agency import BEGINS_AT, EPOCH, STARTED_AT, Agency, note, people
from bot.audit.databases import agencies, database, kinds, store_on
from bot.audit.requiring import broken_by, require
from bot.domain.digests import Published
from bot.domain.localtime import freeze_at
from bot.domain.privacy import CONTRIBUTORS_MIN, ROSTER_MIN
from bot.proof.findings import Effort, Finding, exactly
from storage.digests import ReleaseState


class Crowd:
    """Thirty teams; of each, who counts and who of them answered is known here by hand."""

    def __init__(self, agency: Agency, dice: Random) -> None:
        self.agency = agency
        self.counting: dict[str, set[str]] = {}
        self.answered: dict[str, set[str]] = {}
        for size in range(1, 31):
            self._found(f"t{size:02}", people(size, f"T{size:02}"), dice)

    def _found(self, team_id: str, members: tuple[str, ...], dice: Random) -> None:
        roles = dict(zip(("supervisor", "leader"), dice.sample(members, min(2, len(members))), strict=False))
        reading = {role: user_id for role, user_id in roles.items() if dice.random() < 0.5}
        self.agency.team(team_id, members, at=STARTED_AT, **reading)
        self.agency.joins(members[0], team_id, STARTED_AT + timedelta(hours=1))
        gone = {user_id for user_id in members if dice.random() < 0.1}
        left = {user_id for user_id in members if dice.random() < 0.1} - gone
        with self.agency.begin() as tx:
            for user_id in gone:
                note(tx, user_id, active=False)
        for user_id in left:
            self.agency.leaves(user_id, BEGINS_AT - timedelta(hours=1))
        self.counting[team_id] = set(members) - gone - left - set(reading.values())
        self.answered[team_id] = {user_id for user_id in members if dice.random() < 0.7}
        self.agency.take_part(3, self.answered[team_id])

    def contributors(self, team_id: str) -> set[str]:
        return self.counting[team_id] & self.answered[team_id]

    def expected(self, team_id: str) -> ReleaseState | None:
        if len(self.counting[team_id]) < ROSTER_MIN:
            return None
        enough = len(self.contributors(team_id)) >= CONTRIBUTORS_MIN
        return ReleaseState.RELEASED if enough else ReleaseState.SUPPRESSED


def crowd_holds(agency: Agency, dice: Random) -> set[ReleaseState]:
    """One period of thirty teams; what came of them. Raises Broken."""
    crowd = Crowd(agency, dice)
    agency.at(BEGINS_AT).at(freeze_at(EPOCH, 0))
    states = {group[0]: state for group, state in agency.states(0).items()}
    expected = {team_id: state for team_id in crowd.counting if (state := crowd.expected(team_id))}
    require(states == expected, "words, or none, by something else than 8 and 6")
    for (team_id,), found in agency.groups(0).items():
        if found.state is ReleaseState.RELEASED:
            counted = found.row.m if isinstance(found.row, Published) else None
            require(counted == len(crowd.contributors(team_id)), "others were counted than took part")
        else:
            require((found.reading, found.lines) == (None, {}), "words without an update")
    debited = {
        agency.ref(user)
        for team_id, state in states.items()
        if state is ReleaseState.RELEASED
        for user in crowd.contributors(team_id)
    }
    require({row["ref"] for row in agency.rows("ledger")} == debited, "others were debited than were counted")
    return set(states.values())


def check(effort: Effort) -> Iterator[Finding]:
    """P9, through the running program."""
    for kind in kinds(effort):
        many, met, wrong = effort.many(2, 50), set[ReleaseState](), list[str]()
        with database(kind) as url, store_on(url) as store, agencies(store) as made:
            for number in range(many):
                dice = Random(f"{effort.seed}/{number}")
                wrong += broken_by(lambda: met.update(crowd_holds(made(), dice)))  # noqa: B023  # called at once
        yield exactly(
            f"{30 * many} teams of 1 to 30 on {kind}, with readers, leavers, people gone and entered twice: "
            "words, counts or debits where there should be none",
            "; ".join(sorted(set(wrong))) or "none",
            "none",
        )
        yield exactly("Kinds of groups among them, with an update and without one", len(met), 2)
