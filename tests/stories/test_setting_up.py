"""A team is set up inside Slack by clicking: admin, two steps, the leader's promise, first contact."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from bot.blocks import ids
from bot.sandbox import Message, Outcome, Person
from bot.sandbox.inputs import Chosen
from tests.stories.people import (
    ANA,
    BEN,
    CLEO,
    DANI,
    EIGHT,
    EVE,
    FAY,
    GUS,
    HAL,
    IDA,
    IRENE,
    JON,
    JORGE,
    LEGAL,
    LEGAL_CHANNEL,
    MARIA,
    NIGHTS,
    NIGHTS_CHANNEL,
    NORA,
    THREE,
    cast,
)
from tests.stories.play import Play, actions_in, moment, playing, text_of

OUTSIDER = "Ridge Hosting, an outside firm"


@pytest.fixture
def play() -> Iterator[Play]:
    """Nothing is set up. It is Thursday 7 January, 11:30 in New York and 08:30 in Los Angeles."""
    with playing(cast(three=THREE), started=False, start=moment("2027-01-07 11:30")) as play:
        yield play


def work(play: Play, person: Person, action_id: str, value: str | None = None) -> None:
    """Use the part of Home that lies behind one button."""
    play.home(person)
    play.click(person, play.seen_home(person), ids.OPENED_WORK)
    play.press(person, play.seen_home(person), action_id, value)


def claims_admin(play: Play) -> None:
    work(play, NORA, ids.CLAIMED_ADMIN)
    play.close(NORA)


def fills_step_one(play: Play, name: str, channel: str, *people: Person, **more: Chosen) -> Outcome:
    """The admin opens "Set up a team" and submits its first step."""
    work(play, NORA, ids.SET_UP_TEAM)
    given: dict[str, Chosen] = {
        "team_name": name,
        "channel": channel,
        "members": [person.id for person in people],
        "supervisor": IRENE.id,
        "deputy": JORGE.id,
        "leader": MARIA.id,
    }
    return play.submit(NORA, **{**given, **more})


def sets_up(play: Play, name: str, channel: str, *people: Person, **more: Chosen) -> None:
    """Both steps, as the admin of this workspace's first team."""
    assert fills_step_one(play, name, channel, *people, **more).kind == "updated"
    assert play.submit(NORA, key_words=OUTSIDER).kind == "updated"
    play.close(NORA)
    play.stage.settle()


def promise_note(play: Play) -> Message:
    """The newest note that asks the leader for a promise."""
    play.stage.settle()
    return next(one for one in reversed(play.dm(MARIA)) if ids.OPENED_PROMISE in actions_in(list(one.blocks)))


def promises(play: Play) -> None:
    play.press(MARIA, promise_note(play), ids.OPENED_PROMISE)
    assert play.submit(MARIA, staff_told_on="2027-01-04").kind == "updated"
    play.close(MARIA)
    play.stage.settle()


def test_from_nothing_to_first_contact(play: Play) -> None:
    assert not [person.name for person in EIGHT if play.dm(person)]
    claims_admin(play)
    assert fills_step_one(play, LEGAL, LEGAL_CHANNEL, *EIGHT).kind == "updated"
    check = play.top(NORA)
    assert "People who count in *Legal aid*: 8. Updates in words need 8." in text_of(check)
    assert play.words()("team.enough") in text_of(check)
    assert play.submit(NORA).errors.keys() == {ids.KEY_WORDS}
    assert play.submit(NORA, key_words=OUTSIDER).kind == "updated"
    play.close(NORA)
    note = promise_note(play)
    assert f"<@{NORA.id}>" in str(note.blocks)
    form = play.press(MARIA, note, ids.OPENED_PROMISE)
    for line in ("voluntary and on paid time", "evaluation, discipline, scheduling or pay", "In week 12"):
        assert line in text_of(form)
    tomorrow = f"{play.now + timedelta(days=1):%Y-%m-%d}"
    assert play.submit(MARIA, staff_told_on=tomorrow).errors.keys() == {ids.STAFF_TOLD_ON}
    assert not [person.name for person in EIGHT if play.dm(person)]
    assert play.submit(MARIA, staff_told_on="2027-01-04").kind == "updated"
    play.close(MARIA)
    play.stage.settle()
    assert [len(play.dm(person)) for person in EIGHT] == [1, 1, 1, 0, 1, 1, 1, 1]
    play.go_to("2027-01-07 09:00", DANI)
    assert len(play.dm(DANI)) == 1
    assert OUTSIDER in text_of(play.dm(BEN)[0])
    assert "Staff were told on Monday, January 4" in text_of(play.home(BEN))
    started = play.dm(NORA)[-1]
    assert "The first week begins on Monday, January 11" in text_of(started)
    play.go_to("2027-01-13 10:00", BEN)
    assert play.arrivals(BEN) == ["2027-01-13 10:00"]


def test_no_team_starts_without_the_promise(play: Play) -> None:
    claims_admin(play)
    sets_up(play, LEGAL, LEGAL_CHANNEL, *EIGHT)
    play.go_to("2027-01-25 12:00")
    assert not [person.name for person in (*EIGHT, IRENE, JORGE) if play.dm(person)]
    assert [row["state"] for row in play.rows()["teams"]] == ["awaiting_promise"]
    assert not play.rows()["rules"]
    assert len(play.dm(MARIA)) == 1
    play.click(NORA, play.home(NORA), ids.OPENED_WORK)
    team = play.words()("home.team_awaiting_promise")
    assert f"people: {len(EIGHT)} · {team}" in text_of(play.seen_home(NORA))


def test_only_the_named_leader_can_promise(play: Play) -> None:
    """The leader is changed before the promise: the old note promises nothing any more."""
    claims_admin(play)
    sets_up(play, LEGAL, LEGAL_CHANNEL, *EIGHT)
    note = promise_note(play)
    work(play, NORA, ids.EDITED_TEAM)
    assert play.submit(NORA, leader=JORGE.id).kind == "updated"
    assert play.submit(NORA).kind == "updated"
    play.close(NORA)
    play.click(MARIA, note, ids.OPENED_PROMISE)
    assert "out of date" in text_of(play.sandbox.ephemerals(MARIA.id)[-1])
    play.stage.settle()
    asked = play.dm(JORGE)[-1]
    play.press(JORGE, asked, ids.OPENED_PROMISE)
    assert play.submit(JORGE, staff_told_on="2027-01-04").kind == "updated"
    play.stage.settle()
    assert [row["state"] for row in play.rows()["teams"]] == ["started"]


def test_the_promise_once_given_cannot_be_given_again(play: Play) -> None:
    claims_admin(play)
    sets_up(play, LEGAL, LEGAL_CHANNEL, *EIGHT)
    note = promise_note(play)
    promises(play)
    assert ids.OPENED_PROMISE not in actions_in(list(play.sandbox.message(note.channel, note.ts).blocks))
    play.go_to("2027-01-08 12:00")
    assert [len(play.dm(person)) for person in EIGHT] == [1] * 8


def test_only_slack_admins_can_claim_and_only_choirs_admins_set_up(play: Play) -> None:
    assert ids.OPENED_WORK not in actions_in(play.home(BEN).blocks)
    home = play.home(NORA)
    play.click(NORA, home, ids.OPENED_WORK)
    shown = actions_in(play.seen_home(NORA).blocks)
    assert ids.CLAIMED_ADMIN in shown
    assert ids.SET_UP_TEAM not in shown
    lying_open = play.seen_home(NORA)
    play.sandbox.change_person(NORA.id, is_admin=False)
    play.click(NORA, lying_open, ids.CLAIMED_ADMIN)
    assert not play.rows()["admins"]
    assert "Nothing was changed" in text_of(play.top(NORA))


def test_somebody_on_another_team_is_named_with_it_and_stays_unless_moved(play: Play) -> None:
    claims_admin(play)
    sets_up(play, LEGAL, LEGAL_CHANNEL, *EIGHT)
    promises(play)
    for move in (False, True):
        given = {"supervisor": JORGE.id, "deputy": IRENE.id}
        if move:
            work(play, NORA, ids.EDITED_TEAM, _team_id(play, NIGHTS))
            outcome = play.submit(NORA, members=[BEN.id, *(person.id for person in THREE)])
        else:
            outcome = fills_step_one(play, NIGHTS, NIGHTS_CHANNEL, BEN, *THREE, **given)
        assert outcome.kind == "updated"
        check = text_of(play.top(NORA))
        assert "These people are on another team now: somebody (Legal aid)." in check
        assert play.submit(NORA, **({ids.MOVE_HERE: ["yes"]} if move else {})).kind == "updated"
        play.close(NORA)
        play.stage.settle()
        assert LEGAL in text_of(play.home(BEN)) or not move
    promises(play)
    assert _members(play, NIGHTS) == {BEN, *THREE}
    assert BEN not in _members(play, LEGAL)


def test_whoever_is_left_where_they_are_does_not_join(play: Play) -> None:
    claims_admin(play)
    sets_up(play, LEGAL, LEGAL_CHANNEL, *EIGHT)
    promises(play)
    fills_step_one(play, NIGHTS, NIGHTS_CHANNEL, BEN, *THREE, supervisor=JORGE.id, deputy=IRENE.id)
    assert play.submit(NORA).kind == "updated"
    play.close(NORA)
    play.stage.settle()
    promises(play)
    assert _members(play, NIGHTS) == set(THREE)
    assert BEN in _members(play, LEGAL)


def _team_id(play: Play, name: str) -> str:
    return next(str(row["team_id"]) for row in play.rows()["teams"] if row["name"] == name)


def _members(play: Play, name: str) -> set[Person]:
    refs = {play.stage.ref(person.id): person for person in (*EIGHT, *THREE)}
    team_id = _team_id(play, name)
    rows = play.rows()["memberships"]
    return {refs[row["ref"]] for row in rows if row["team_id"] == team_id and row["until_at"] is None}


def test_a_channel_without_the_bot_is_said_and_can_be_invited_to(play: Play) -> None:
    play.sandbox.workspace.leave(NIGHTS_CHANNEL, play.sandbox.bot_user_id)
    claims_admin(play)
    in_charge = {"supervisor": JORGE.id, "deputy": IRENE.id}
    outcome = fills_step_one(play, NIGHTS, NIGHTS_CHANNEL, everyone_in_channel=["yes"], **in_charge)
    assert outcome.errors.keys() == {ids.CHANNEL}
    assert play.submit(NORA, members=[IDA.id, JON.id], everyone_in_channel=[]).kind == "updated"
    assert "/invite @Choir" in text_of(play.top(NORA))
    play.close(NORA)
    play.sandbox.invite(NIGHTS_CHANNEL, play.sandbox.bot_user_id)
    outcome = fills_step_one(play, "Nights", NIGHTS_CHANNEL, everyone_in_channel=["yes"], **in_charge)
    assert outcome.kind == "updated"
    assert "/invite @Choir" not in text_of(play.top(NORA))
    assert "People who count in *Nights*: 3." in text_of(play.top(NORA))


def test_two_small_teams_of_a_unit_can_be_shown_together(play: Play) -> None:
    claims_admin(play)
    sets_up(play, "Early", LEGAL_CHANNEL, ANA, BEN, CLEO, DANI, new_unit="Shelter")
    promises(play)
    assert play.words()("first_contact.only_for_you") in text_of(play.dm(CLEO)[0])
    work(play, NORA, ids.SET_UP_TEAM)
    unit = next(block for block in play.top(NORA).blocks if block["block_id"] == ids.UNIT)
    chosen = unit["element"]["options"][0]["value"]
    play.close(NORA)
    fills_step_one(play, "Late", NIGHTS_CHANNEL, EVE, FAY, GUS, HAL, unit=chosen)
    assert "small teams of its unit: Early. Together, 8 people count." in text_of(play.top(NORA))
    assert play.submit(NORA, pool=ids.POOL_TOGETHER).errors.keys() == {ids.POOL_OWNER}
    assert play.submit(NORA, pool=ids.POOL_TOGETHER, pool_owner=NORA.id).kind == "updated"
    play.close(NORA)
    promises(play)
    assert "Only the first question feeds your group's update" in text_of(play.dm(EVE)[0])
    play.go_to("2027-01-13 10:00", CLEO)
    assert "Two questions" in text_of(play.card(CLEO))
    assert "Two questions" in text_of(play.card(EVE))


def test_the_crisis_lines_go_to_the_channel_when_the_admin_wants_them_there(play: Play) -> None:
    claims_admin(play)
    sets_up(play, LEGAL, LEGAL_CHANNEL, *EIGHT)
    promises(play)
    note = play.dm(NORA)[-1]
    assert not play.sandbox.channel_messages(LEGAL_CHANNEL)
    play.click(NORA, note, ids.POSTED_PIN)
    play.stage.settle()
    (posted,) = play.sandbox.channel_messages(LEGAL_CHANNEL)
    assert "988" in text_of(posted)
    assert not actions_in(list(posted.blocks))
    assert ids.POSTED_PIN not in actions_in(list(play.dm(NORA)[-1].blocks))


def test_who_leaves_the_team_is_left_in_peace(play: Play) -> None:
    """Also by what was queued: in Noronha the card of 12:30 waits for 14:00."""
    claims_admin(play)
    sets_up(play, LEGAL, LEGAL_CHANNEL, *EIGHT, IDA)
    promises(play)
    play.go_to("2027-01-13 09:30", BEN)
    play.sandbox.change_person(BEN.id, tz="America/Noronha")
    play.stage.rest()
    play.stage.settle()
    work(play, NORA, ids.EDITED_TEAM)
    assert play.submit(NORA, members=[one.id for one in (*EIGHT, IDA) if one is not BEN]).kind == "updated"
    assert play.submit(NORA).kind == "updated"
    play.close(NORA)
    play.go_to("2027-01-23 12:00")
    assert not play.cards(BEN)
    assert play.reasons(BEN) == {0: "left"}
    assert play.arrivals(CLEO)[-1:] == ["2027-01-21 10:00"]
