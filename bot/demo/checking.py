"""`choir demo --check`: thirteen weeks of the agency, twice, the second time with every answer swapped.

Verifies that each person got exactly the cards the rules promise, at the right local hour, with a recorded
reason where none; and that nothing anybody can read, nor any log line, depends on an answer.
"""

from __future__ import annotations

import io
import sys
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from multiprocessing import get_context

from bot import logs
from bot.content import load_content
from bot.demo import expecting, peering
from bot.demo.answering import START, Answering, week_of_card
from bot.demo.cast import CASES, COORDINATION, DAYS, LEGAL, NIGHTS, Player, agency
from bot.demo.habits import Habits
from bot.demo.peering import Peering
from bot.demo.reading import comparable, masked, plain, published, without
from bot.demo.stage import Stage, stage, start_teams
from bot.domain.checkins import State
from bot.sandbox.messages import Message
from bot.sandbox.people import Json
from bot.sandbox.views import View
from storage import checkins, digests, teams
from storage.digests import ReleaseState

STAFF_MEMBER, SUPERVISOR = "Ana Ruiz", "Irene Walsh"
SHOWN_WEEKS = (1, 5, 9, 13)
PERIODS = 3
ADMIN_TEAM = frozenset({COORDINATION})


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What one run left behind, comparable and readable.

    messages: every message by conversation with all its editions. cards: local times of each player's
    cards by week. reasons: recorded reasons by player and week.
    """

    messages: dict[str, list[str]]
    log_lines: list[str]
    cards: dict[str, dict[int, list[str]]]
    reasons: dict[str, dict[int, str]]
    updates: dict[str, int]
    transcript: list[str] = field(default_factory=list)
    peering: Peering = field(default_factory=Peering)


def check() -> int:
    """Play, compare, print; 0 when everything held."""
    began = time.monotonic()
    print("Playing 13 weeks for 40 people, twice, side by side …", flush=True)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        first, swapped = pool.map(play, (False, True))
    print("\n".join((*first.transcript, *first.peering.lines)))
    problems = [*_arrivals(first), *_updates(first), *_same(first, swapped), *first.peering.problems]
    took = time.monotonic() - began
    weeks = sum(len(cards) for cards in first.cards.values())
    print(f"\n{len(first.cards)} people, {weeks} weeks with a card, {_count(first.messages)} messages a run.")
    print(
        "\n".join(f"WRONG: {problem}" for problem in problems[:20]) or "Every card came as the rules promise."
    )
    if not problems:
        print("The teams of 14 and 9 and the two shown together got their updates; the team of 6 none.")
        print(
            "Of two requests for a colleague one found somebody and one was told of other ways; both ended."
        )
        print("With every answer swapped, messages and log lines differ in nothing but released words.")
    print(f"{took:.0f} s.", flush=True)
    return 1 if problems else 0


def _count(messages: dict[str, list[str]]) -> int:
    return sum(len(conversation) for conversation in messages.values())


def play(swapped: bool) -> Run:
    """One run in a process of its own."""
    log = io.StringIO()
    logs.configure("INFO", log)
    cast, habits = agency(), Habits(swapped=swapped)
    with stage(cast) as on:
        start_teams(on)
        on.watchers.append(Answering(on=on, habits=habits))
        for week in range(expecting.WEEKS):
            _move_house(on, week)
            on.go_to(_end_of(week))
            if not swapped:
                print(f"  week {week + 1} of {expecting.WEEKS}", file=sys.stderr, flush=True)
        run = Run(
            messages={player.id: _conversation(on, player) for player in cast.players} | _channels(on),
            log_lines=[_without_time(line) for line in log.getvalue().splitlines()],
            cards={player.id: _cards(on, player) for player in cast.players},
            reasons={player.id: _reasons(on, player) for player in cast.players},
            updates=_count_updates(on),
        )
        return run if swapped else replace(run, transcript=_transcript(on), peering=peering.play(on))


def _end_of(week: int) -> datetime:
    """The Sunday after a week, when every zone's Friday has closed."""
    return datetime.combine(expecting.EPOCH + timedelta(weeks=week, days=6), clock_time(12), UTC)


def _move_house(on: Stage, week: int) -> None:
    for player in on.cast.players:
        before, tz = expecting.MOVES.get(player.person.name, (None, ""))
        if before == week:
            on.sandbox.change_person(player.id, tz=tz)
            on.settle()


def _conversation(on: Stage, player: Player) -> list[str]:
    """Every edition of every message, and what only this person saw."""
    messages = [*on.sandbox.dm(player.id), *on.sandbox.ephemerals(player.id)]
    return [line for message in messages for line in _editions(message)]


def _editions(message: Message) -> list[str]:
    earlier = [comparable(edition.text, edition.blocks) for edition in message.history]
    return [f"{message.ts} {said}" for said in (*earlier, comparable(message.text, message.blocks))]


def _channels(on: Stage) -> dict[str, list[str]]:
    return {
        crew.channel: [
            line for message in on.sandbox.channel_messages(crew.channel) for line in _editions(message)
        ]
        for crew in on.cast.crews
    }


def _count_updates(on: Stage) -> dict[str, int]:
    """How many updates stand released for each team."""
    with on.read() as tx:
        names = {team.team_id: team.name for team in teams.list_teams(tx)}
        found = [release for period in range(PERIODS) for release in digests.list_period(tx, period)]
    released = [release for release in found if release.state is ReleaseState.RELEASED]
    return Counter(names[team_id] for release in released for team_id in release.teams)


def _without_time(line: str) -> str:
    """A log line without the real time it was written at."""
    return masked(line.partition(" ")[2])


def _cards(on: Stage, player: Player) -> dict[int, list[str]]:
    """When each week's cards arrived, by the wall clock of where the person was."""
    cards: dict[int, list[str]] = {}
    for message in on.sandbox.dm(player.id):
        week = week_of_card(message.history[0].blocks if message.history else message.blocks)
        if week is not None:
            local = message.at.astimezone(expecting.zone_in(player, week))
            cards.setdefault(week, []).append(f"{local:%a %d %b %H:%M}")
    return cards


def _reasons(on: Stage, player: Player) -> dict[int, str]:
    with on.read() as tx:
        weeks = checkins.list_weeks(tx, on.ref(player.id))
    return {found.week: str(found.reason) for found in weeks if found.state is State.SKIPPED and found.reason}


def _arrivals(run: Run) -> list[str]:
    """Where what came differs from what the rules promise."""
    cast, habits = agency(), Habits()
    return [
        problem
        for player in cast.players
        for week, wanted in enumerate(expecting.expected(cast, player, ADMIN_TEAM, habits))
        for problem in _week(run, player, week, wanted)
    ]


def _week(run: Run, player: Player, week: int, wanted: expecting.Expected) -> list[str]:
    came = run.cards[player.id].get(week, [])
    promised = [f"{at:%a %d %b %H:%M}" for at in wanted.cards]
    reason = run.reasons[player.id].get(week)
    who = f"{player.person.name}, week {week + 1}"
    return [
        *([f"{who}: cards came {came}, promised {promised}"] if came != promised else []),
        *([f"{who}: reason {reason}, promised {wanted.reason}"] if reason != wanted.reason else []),
    ]


def _same(first: Run, swapped: Run) -> list[str]:
    """Where the two runs differ in anything but released words."""
    sentences = published(load_content())
    differing = [
        where
        for where in first.messages
        if _masked(first.messages[where], sentences) != _masked(swapped.messages.get(where, []), sentences)
    ]
    problems = [f"messages in {where} depend on answers" for where in differing]
    if sorted(first.log_lines) != sorted(swapped.log_lines):
        problems.append("log lines depend on answers")
    if first.cards != swapped.cards:
        problems.append("arrivals depend on answers")
    return problems


def _masked(conversation: list[str], sentences: Sequence[str]) -> list[str]:
    return [without(sentences, message) for message in conversation]


def _updates(run: Run) -> list[str]:
    """Where groups got words against the rule: 14, 9 and the pooled 5 and 6 do, the team of 6 never."""
    wanted = {LEGAL: PERIODS, CASES: PERIODS, NIGHTS: PERIODS, DAYS: PERIODS, COORDINATION: 0}
    return [
        f"{team} got {run.updates.get(team, 0)} updates, promised {many}"
        for team, many in wanted.items()
        if run.updates.get(team, 0) != many
    ]


def _transcript(on: Stage) -> list[str]:
    """What one staff member and one supervisor read, and the options after a heavy week."""
    staff, supervisor = (_named(on, name) for name in (STAFF_MEMBER, SUPERVISOR))
    return [
        *_read(
            staff,
            f"What {STAFF_MEMBER} (Miami, Spanish) got first, and in week 1",
            _first_days(on, staff),
        ),
        f"\n== The options view after the heaviest answer, shown to {STAFF_MEMBER} alone",
        *plain(_heaviest_options(on, staff).blocks),
        *_read(
            supervisor,
            f"What {SUPERVISOR}, supervisor of {LEGAL}, got in weeks {', '.join(map(str, SHOWN_WEEKS))}",
            _weekly(on, supervisor),
        ),
    ]


def _named(on: Stage, name: str) -> Player:
    return next(player for player in on.cast.players if player.person.name == name)


def _read(player: Player, title: str, messages: Sequence[Message]) -> list[str]:
    lines = [f"\n== {title}"]
    for message in messages:
        local = message.at.astimezone(expecting.zone_in(player, expecting.WEEKS))
        lines += [f"-- {local:%A %d %B %H:%M} · {message.text}", *plain(_as_it_arrived(message))]
    return lines


def _as_it_arrived(message: Message) -> tuple[Json, ...]:
    return message.history[0].blocks if message.history else message.blocks


def _first_days(on: Stage, player: Player) -> list[Message]:
    """First contact and the first card."""
    return on.sandbox.dm(player.id)[:2]


def _weekly(on: Stage, player: Player) -> list[Message]:
    content = on.bot.setting.content
    titles = {content.words(code)("weekly.title") for code in content.languages}
    weekly = [message for message in on.sandbox.dm(player.id) if message.text in titles]
    return [weekly[week - 1] for week in SHOWN_WEEKS]


def _heaviest_options(on: Stage, player: Player) -> View:
    """One week more, in which this player is played by hand."""
    on.watchers.clear()
    on.go(timedelta(days=4))
    card = next(
        message for message in reversed(on.sandbox.dm(player.id)) if week_of_card(message.blocks) is not None
    )
    on.sandbox.click(player.id, container=card, action_id=START)
    on.rest()
    form = on.sandbox.views(player.id)[-1]
    on.sandbox.submit(player.id, form.id, {"answer_qC1": "5"})
    on.rest()
    return on.sandbox.views(player.id)[-1]
