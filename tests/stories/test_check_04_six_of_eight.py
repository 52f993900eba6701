"""Check 4: words where six of eight took part, none and why where five did, and nothing to subtract."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from bot.blocks import ids
from bot.demo.cast import DENVER, NEW_YORK, Cast, Crew, Player
from bot.demo.reading import comparable, masked, published, without
from bot.domain.digests import Published, read_parent
from bot.domain.privacy import promise_numbers
from bot.sandbox import Message, Person, View
from storage import digests, teams
from storage.digests import Release, ReleaseState
from tests.schedules.agency import loaded_dice
from tests.stories.people import IRENE, JORGE, MARIA, NORA
from tests.stories.play import Play, given_blocks, local, playing, text_of

LEGAL, CASES, DESK = "Legal aid", "Case work", "Front desk"
CHANNELS = {LEGAL: "C0000LEGAL", CASES: "C0000CASES", DESK: "C00000DESK"}
KATE = Person(id="U0000KATE", name="Kate Moore", tz=NEW_YORK)
SUPERVISORS = {LEGAL: IRENE, CASES: JORGE, DESK: KATE}
IN_CHARGE = (IRENE, JORGE, KATE, MARIA, NORA)
FILE = re.compile(r'"id": "F\w+"')
DATED = re.compile(r"(The next update comes on|La próxima actualización llega el) [^.]+\.")
MONDAY, TUESDAY = "2027-02-08", "2027-02-09"


def eight(team: str, tz: str = NEW_YORK) -> tuple[Person, ...]:
    initial = team[0]
    return tuple(Person(id=f"U000{initial}{n:03}", name=f"{initial}{n} Reed", tz=tz) for n in range(8))


STAFF = {team: eight(team) for team in (LEGAL, CASES, DESK)}


def cast() -> Cast:
    """Three teams of eight under one unit; Jorge lives in Denver and reads Spanish."""
    teams = {person: team for team, people in STAFF.items() for person in people}
    teams |= dict.fromkeys(IN_CHARGE, "Elsewhere")
    crews = tuple(
        Crew(
            name=team,
            tz=DENVER if supervisor is JORGE else NEW_YORK,
            supervisor=supervisor.id,
            deputy=NORA.id,
            leader=MARIA.id,
            channel=CHANNELS[team],
            unit="Agency",
        )
        for team, supervisor in SUPERVISORS.items()
    )
    players = tuple(Player(person=person, team=team) for person, team in teams.items())
    return Cast(players=players, crews=crews, admin=NORA.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What was seen when a period had ended, by team; before: on the Monday, with no message out yet."""

    play: Play
    before: dict[str, View]
    weekly: dict[str, Message]
    posts: dict[str, list[Message]]
    seen: dict[str, View]
    releases: dict[str, Release]
    everything: dict[str, list[str]]
    outbox: list[str]
    log: list[str]

    def lines(self, team: str, language: str = "en") -> str:
        """The words of an update as a message shows them, without the closing sentence."""
        return "\n".join(self.releases[team].lines[language][:-1])


@contextmanager
def ended(weights: Mapping[str, int], *, seed: int = 1) -> Iterator[Ended]:
    """In the fourth week six of eight answer in two teams, and five of eight at the front desk."""
    with loaded_dice(seed), written() as log, playing(cast(), resting=()) as play:
        play.sleep_until("2027-02-01 09:00")
        play.go_to("2027-02-03 12:00")
        for team, people in STAFF.items():
            for person in people[: 5 if team == DESK else 6]:
                play.answers(person, qC1=weights[team])
        play.go_to(f"{MONDAY} 09:00")
        before = {team: as_my_supervisor(play, people[0]) for team, people in STAFF.items()}
        play.go_to(f"{TUESDAY} 12:00", DENVER)
        yield Ended(
            play=play,
            before=before,
            weekly={team: weekly(play, supervisor) for team, supervisor in SUPERVISORS.items()},
            posts={team: play.sandbox.channel_messages(channel) for team, channel in CHANNELS.items()},
            seen={team: as_my_supervisor(play, people[0]) for team, people in STAFF.items()},
            releases=releases(play),
            everything=everything_said(play),
            outbox=sorted(without_channel(row) for row in play.rows()["outbox"]),
            log=sorted(log),
        )


def weekly(play: Play, supervisor: Person) -> Message:
    titles = {play.words(code)("weekly.title") for code in ("en", "es")}
    return [message for message in play.dm(supervisor) if message.text in titles][-1]


def as_my_supervisor(play: Play, person: Person) -> View:
    play.press(person, play.home(person), ids.OPENED_WHO_SEES)
    shown = play.press(person, play.top(person), ids.OPENED_AS_SUPERVISOR)
    play.close(person)
    return shown


def releases(play: Play, period: int = 0) -> dict[str, Release]:
    with play.stage.read() as tx:
        names = {team.team_id: team.name for team in teams.list_teams(tx)}
        return {names[found.teams[0]]: found for found in digests.list_period(tx, period)}


def everything_said(play: Play) -> dict[str, list[str]]:
    """Every message the bot asked Slack to show, with its minute, by where it went."""
    said: dict[str, list[str]] = {}
    for call in play.sandbox.calls:
        if call.method in ("chat.postMessage", "chat.update"):
            shown = comparable(str(call.args["text"]), given_blocks(call))
            line = f"{call.at:%d %H:%M} {call.method} {FILE.sub('*', shown)}"
            said.setdefault(str(call.args["channel"]), []).append(line)
    return said


@contextmanager
def written() -> Iterator[list[str]]:
    """The program's own log lines, with what is random masked."""
    lines: list[str] = []

    class Written(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.name.split(".")[0] in ("bot", "handlers", "schedules", "storage"):
                lines.append(masked(record.getMessage()))

    handler, root = Written(), logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        yield lines
    finally:
        root.removeHandler(handler)
        root.setLevel(before)


def without_channel(row: dict[str, Any]) -> str:
    """A notice without what is sealed anew each time."""
    return masked(str({name: value for name, value in row.items() if not name.startswith("sealed")}))


@pytest.fixture(scope="module")
def monday() -> Iterator[Ended]:
    with ended({LEGAL: 3, CASES: 4, DESK: 5}) as run:
        yield run


# Six of eight


def test_six_of_eight_make_words(monday: Ended) -> None:
    found, words = monday.releases[LEGAL], monday.play.words()
    assert found.state is ReleaseState.RELEASED
    assert found.reading is not None
    assert found.lines["en"] == (
        words(f"update.band_{found.reading.band}"),
        "This is the first update: nothing to compare yet.",
        "A small group: act on two updates, not one.",
        "This cannot show how one person is. Ask everybody anyway.",
    )
    assert monday.lines(LEGAL) in text_of(monday.weekly[LEGAL])
    assert found.lines["en"][-1] in text_of(monday.weekly[LEGAL])


def test_the_prompt_comes_first_and_the_words_after_it(monday: Ended) -> None:
    read = text_of(monday.weekly[LEGAL])
    order = ("*Why:*", "*Update for Legal aid*", monday.lines(LEGAL), monday.releases[LEGAL].lines["en"][-1])
    assert [read.index(part) for part in order] == sorted(read.index(part) for part in order)
    assert local(monday.weekly[LEGAL].at, NEW_YORK) == f"{MONDAY} 09:30"


def test_a_supervisor_reads_it_in_their_own_language(monday: Ended) -> None:
    read = text_of(monday.weekly[CASES])
    assert monday.lines(CASES, "es") in read
    assert monday.lines(CASES, "en") not in read
    assert local(monday.weekly[CASES].at, DENVER) == f"{MONDAY} 09:30"


def test_no_number_is_shown_but_the_prescribed_one(monday: Ended) -> None:
    for message in (monday.weekly[LEGAL], *monday.posts[LEGAL], *monday.posts[CASES]):
        update = text_of(message).partition("*Update for ")[2] or text_of(message)
        said = re.sub(DATED, "", update)
        assert not re.findall(r"\d", said.replace("3 in 10", "").replace("3 de cada 10", ""))


def test_a_supervisor_reads_of_no_team_that_is_not_theirs(monday: Ended) -> None:
    for team, message in monday.weekly.items():
        assert [name for name in STAFF if name in text_of(message)] == [team]


def test_the_team_reads_the_same_words_at_the_same_hour_of_the_next_working_day(monday: Ended) -> None:
    (post,) = monday.posts[LEGAL]
    assert local(post.at, NEW_YORK) == f"{TUESDAY} 09:30"
    assert monday.lines(LEGAL) in text_of(post)
    assert parent_of(monday.weekly[LEGAL]) == parent_of(post) != ""
    (other,) = monday.posts[CASES]
    assert local(other.at, DENVER) == f"{TUESDAY} 09:30"
    assert monday.lines(CASES) in text_of(other)


def parent_of(message: Message | View) -> str:
    """The line about the whole organization."""
    lines = text_of(message).splitlines()
    return "".join(line for line in lines if line.startswith("All groups of the whole organization"))


def test_the_picture_shows_the_words_and_is_shared_with_nobody(monday: Ended) -> None:
    for message in (monday.weekly[LEGAL], monday.posts[LEGAL][0]):
        (picture,) = (block for block in message.blocks if block["type"] == "image")
        file = monday.play.sandbox.file(picture["slack_file"]["id"])
        assert (file.content or b"").startswith(b"\x89PNG")
        assert "From Jan 11: " in picture["alt_text"]
        assert file.alt_text == picture["alt_text"]
    assert not [call for call in monday.play.sandbox.calls if call.args.get("channel_id")]


# View as my supervisor


def test_before_the_supervisor_s_message_there_is_nothing_to_see_though_the_words_are_made(
    monday: Ended,
) -> None:
    shown = text_of(monday.before[LEGAL])
    assert "Your group has had no update yet." in shown
    assert monday.lines(LEGAL) not in shown
    assert monday.releases[LEGAL].lines["en"][0] not in shown
    assert "All groups of" not in shown


def test_after_it_staff_see_exactly_what_the_supervisor_sees(monday: Ended) -> None:
    shown = text_of(monday.seen[LEGAL])
    assert monday.lines(LEGAL) in shown
    assert parent_of(monday.seen[LEGAL]) == parent_of(monday.weekly[LEGAL])
    words = monday.play.words()
    first, last = words.date(date(2027, 1, 11)), words.date(date(2027, 2, 5))
    assert words("update.seen_period", first=first, last=last) in shown


# Five of eight


def test_five_of_eight_make_none_and_why_is_said(monday: Ended) -> None:
    found, words = monday.releases[DESK], monday.play.words()
    assert (found.state, found.lines, found.reading) == (ReleaseState.SUPPRESSED, {}, None)
    read = text_of(monday.weekly[DESK])
    assert words("weekly.suppressed", team=DESK, **promise_numbers()) in read
    assert "How heavy work weighed" not in read
    assert "All groups of" not in read
    assert monday.posts[DESK] == []
    assert "There was no update this time." in text_of(monday.seen[DESK])


def test_the_prompt_comes_all_the_same(monday: Ended) -> None:
    assert prompt_of(monday.weekly[DESK]) == prompt_of(monday.weekly[LEGAL]) != []
    assert local(monday.weekly[DESK].at, NEW_YORK) == f"{MONDAY} 09:30"


def prompt_of(message: Message) -> list[Any]:
    """The blocks above the first line between parts."""
    kinds = [block["type"] for block in message.blocks]
    return [{**block, "block_id": ""} for block in message.blocks[: kinds.index("divider")]]


# The whole organization's line


def test_the_whole_organization_s_line_is_made_of_the_released_rows_alone(monday: Ended) -> None:
    rows = [monday.releases[team].row for team in (LEGAL, CASES)]
    assert all(isinstance(row, Published) for row in rows)
    beside = read_parent([[row] for row in rows if row])
    assert beside is not None
    words = monday.play.words()
    said = words(f"update.parent_{beside.band}", unit=words("update.whole_organization"))
    assert parent_of(monday.weekly[LEGAL]).startswith(said)


def test_nothing_anybody_else_reads_changes_with_the_answers_of_a_group_without_words(monday: Ended) -> None:
    """The dice are the same and the front desk answers otherwise: there is nothing to subtract."""
    with ended({LEGAL: 3, CASES: 4, DESK: 1}) as other:
        assert other.everything == monday.everything
        assert other.releases == monday.releases
        assert [text_of(view) for view in other.seen.values()] == [
            text_of(view) for view in monday.seen.values()
        ]


def test_with_every_answer_another_nothing_differs_but_the_stored_words_and_their_minute_does_not(
    monday: Ended,
) -> None:
    with ended({LEGAL: 5, CASES: 1, DESK: 2}, seed=2) as other:
        sentences = published(monday.play.stage.bot.setting.content)
        assert {team: found.state for team, found in other.releases.items()} == {
            team: found.state for team, found in monday.releases.items()
        }
        assert other.releases[CASES].row != monday.releases[CASES].row
        for where, said in monday.everything.items():
            assert [without(sentences, line) for line in other.everything[where]] == [
                without(sentences, line) for line in said
            ]
        assert other.everything.keys() == monday.everything.keys()
        assert other.outbox == monday.outbox
        assert other.log == monday.log
        assert sum("update settled" in line for line in other.log) == 2


# Later, and when Slack takes no pictures


@pytest.fixture(scope="module")
def month_later(monday: Ended) -> Play:
    """Nobody answered for four weeks more, and Slack takes no picture."""
    monday.play.sleep_until("2027-03-08 09:00")
    monday.play.go_to("2027-03-09 12:00", DENVER)
    return monday.play


def test_why_there_is_none_is_said_once_and_then_only_the_date_of_the_next(month_later: Play) -> None:
    words = month_later.words()
    assert {found.state for found in releases(month_later, 1).values()} == {ReleaseState.SUPPRESSED}
    again, first = (text_of(weekly(month_later, SUPERVISORS[team])) for team in (DESK, LEGAL))
    assert "no update for the last four weeks" not in again
    assert words("weekly.next_update", team=DESK, date=words.date(date(2027, 4, 5))) in again
    assert words("weekly.suppressed", team=LEGAL, **promise_numbers()) in first


def test_what_was_shown_before_stays_to_be_seen_with_why_there_is_nothing_newer(
    month_later: Play, monday: Ended
) -> None:
    shown = text_of(as_my_supervisor(month_later, STAFF[LEGAL][0]))
    assert "There was no update this time." in shown
    assert monday.lines(LEGAL) in shown
    assert month_later.sandbox.channel_messages(CHANNELS[LEGAL]) == monday.posts[LEGAL]


def test_where_slack_takes_no_picture_the_words_go_alone() -> None:
    """Once the address is refused, once the completion."""
    with playing(cast(), resting=()) as play:
        play.sleep_until("2027-02-01 09:00")
        play.go_to("2027-02-03 12:00")
        for person in STAFF[LEGAL][:6]:
            play.answers(person, qC1=3)
        play.sandbox.faults.refuse("files.getUploadURLExternal", "access_denied")
        play.go_to(f"{MONDAY} 12:00", DENVER)
        play.sandbox.faults.refuse("files.completeUploadExternal", "access_denied")
        play.go_to(f"{TUESDAY} 12:00", DENVER)
        said = "\n".join(releases(play)[LEGAL].lines["en"][:-1])
        shown = [weekly(play, IRENE), *play.sandbox.channel_messages(CHANNELS[LEGAL])]
        assert [said in text_of(message) for message in shown] == [True, True]
        assert not [block for message in shown for block in message.blocks if block["type"] == "image"]
