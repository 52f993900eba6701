"""Numbers stricter than usual, one payload at a time: by whom, with what, twice, and who is told."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from bot.blocks import ids
from bot.blocks.elements import Message as Post
from bot.domain.members import PersonRef
from bot.domain.notices import Kind
from bot.domain.privacy import STANDARD, Guarantee, promise_numbers
from schedules.delivery import RECIPES, scenes
from storage import members, outbox, privacy
from storage.schema import outbox as outbox_table
from tests.handlers.bodies import Body, filled, in_view, on_message
from tests.handlers.world import (
    ANA,
    BEN,
    BOTH,
    EVA,
    IN_CHARGE,
    LUIS,
    NORA,
    OLGA,
    SOL,
    STAFF,
    World,
    text_of,
)
from tests.storage.at_once import at_once

HOME = in_view(ids.VIEW_HOME, type="home")
STRONG = Guarantee(strong=True)
LEASE = timedelta(minutes=1)


def form(strength: str = ids.STRONG, roster: str = "16", contributors: str = "12", **other: Any) -> Body:
    usual = {
        ids.STRENGTH: strength,
        ids.ROSTER_MIN: roster,
        ids.CONTRIBUTORS_MIN: contributors,
        ids.SURE: [ids.SURE],
    }
    return filled(**{**usual, **other})


def kept(world: World) -> Guarantee:
    with world.begin() as tx:
        return privacy.next_guarantee(tx)


def told(world: World) -> list[Any]:
    with world.begin() as tx:
        return list(tx.execute(outbox_table.select().where(outbox_table.c.kind == Kind.STRICTER)))


def test_an_admin_makes_it_stricter_and_reads_from_when_it_holds(world: World) -> None:
    world.tap(NORA, ids.OPENED_STRICTER, place=HOME)
    window = world.window(NORA)
    assert window
    assert world.words(NORA)("stricter.lead") in text_of(window)
    said = text_of(world.submit(NORA, ids.VIEW_STRICTER, form()).view["blocks"])
    assert kept(world) == STRONG
    assert "From Monday, February 8 on, a group needs 16 people, and 12 who answered" in said
    assert "62:38" in said


def test_the_form_offers_nothing_that_is_looser(world: World) -> None:
    world.submit(NORA, ids.VIEW_STRICTER, form(roster="25"))
    world.tap(NORA, ids.OPENED_STRICTER, place=HOME)
    window = world.window(NORA)
    assert window
    offered = {
        block["block_id"]: [option["value"] for option in block["element"]["options"]]
        for block in window.blocks
        if block["type"] == "input"
    }
    assert offered == {
        ids.STRENGTH: [ids.STRONG],
        ids.ROSTER_MIN: ["25", "30", "40", "50"],
        ids.CONTRIBUTORS_MIN: ["12", "15", "20", "25", "30"],
        ids.SURE: [ids.SURE],
    }


def test_only_an_admin_may(world: World) -> None:
    before = world.rows()
    for person in (ANA, LUIS, OLGA, EVA, SOL):
        world.tap(person, ids.OPENED_STRICTER, place=on_message(world.sandbox.dm_id(person.id)))
        assert world.window(person) is None
        assert world.submit(person, ids.VIEW_STRICTER, form()).view["callback_id"] == ids.VIEW_NOTICE
    with world.begin() as tx:
        members.remove_admin(tx, world.ref(NORA))
    assert "somebody else" in text_of(world.submit(NORA, ids.VIEW_STRICTER, form()).view["blocks"])
    assert {name: rows for name, rows in world.rows().items() if name != "admins"} == {
        name: rows for name, rows in before.items() if name != "admins"
    }


FORGED: tuple[Body, ...] = (
    form(roster="1"),
    form(roster="7"),
    form(roster="-16"),
    form(roster="17"),
    form(roster="1e9"),
    form(roster=""),
    form(contributors="5"),
    form(contributors="٦"),
    form(strength="none"),
    form(strength="eps 2"),
    form(**{ids.SURE: []}),
    filled(**{ids.STRENGTH: ids.STRONG}),
    {},
)


def test_a_number_that_no_form_offers_is_not_kept(world: World) -> None:
    before = world.rows()
    for values in FORGED:
        assert "response_action" in world.submit(NORA, ids.VIEW_STRICTER, values).payload
    assert world.rows() == before


def test_a_form_sent_from_before_loosens_nothing_and_says_so(world: World) -> None:
    world.submit(NORA, ids.VIEW_STRICTER, form(roster="25"))
    before, words = world.rows(), world.words(NORA)
    for values in (form(ids.USUAL, "8", "6"), form(ids.USUAL, "50", "30"), form(roster="20"), form()):
        errors = world.submit(NORA, ids.VIEW_STRICTER, values).errors
        assert errors == {ids.ROSTER_MIN: words("stricter.problem_looser")}
    same = world.submit(NORA, ids.VIEW_STRICTER, form(roster="25")).errors
    assert same == {ids.ROSTER_MIN: words("stricter.problem_same")}
    assert world.rows() == before


@pytest.mark.parametrize("database", BOTH, indirect=True)
def test_two_admins_at_once_lose_neither_s_choice(world: World) -> None:
    """Each saw the usual numbers. Whoever comes second may be told that theirs is looser by now."""
    with world.begin() as tx:
        members.add_admin(tx, world.ref(BEN))
    forms = ((NORA, form(ids.USUAL, "20", "6")), (BEN, form(ids.USUAL, "8", "15")))
    at_once(*[partial(world.submit, person, ids.VIEW_STRICTER, values) for person, values in forms])
    assert kept(world) in (Guarantee(roster_min=20), Guarantee(contributors_min=15))
    assert len({row.dedupe_key.partition("|p")[2] for row in told(world)}) == 1


def messages(world: World) -> dict[PersonRef, list[str]]:
    """What each person is sent about it, by pseudonym."""
    setting, now = world.stage.bot.setting, world.stage.clock.now()
    found: dict[PersonRef, list[str]] = {}
    with world.begin() as tx:
        claims = [one for one in outbox.claim(tx, now, LEASE, 99) if one.kind is Kind.STRICTER]
        for scene in scenes(setting, tx, claims, now):
            if RECIPES[Kind.STRICTER].wanted(scene):
                message = RECIPES[Kind.STRICTER].render(scene)
                assert isinstance(message, Post)
                found.setdefault(scene.to, []).append(text_of(message.blocks))
    return found


def test_everybody_on_a_team_and_whoever_reads_its_words_is_told_the_new_promise(world: World) -> None:
    world.submit(NORA, ids.VIEW_STRICTER, form())
    assert {row.recipient for row in told(world)} == {world.ref(one) for one in (*STAFF, LUIS, OLGA)}
    by_person = messages(world)
    for person in (ANA, BEN):
        words = world.words(person)
        (read,) = by_person[world.ref(person)]
        assert words("privacy.group", **promise_numbers(STRONG)) in read
        assert words("privacy.protects", **promise_numbers(STRONG)) in read
    assert "8 de febrero" in by_person[world.ref(ANA)][0]


def test_whoever_stopped_is_sent_nothing_and_of_two_choices_only_the_last_is_told(world: World) -> None:
    world.submit(NORA, ids.VIEW_STRICTER, form(ids.USUAL, "12", "8"))
    world.submit(NORA, ids.VIEW_STRICTER, form())
    with world.begin() as tx:
        members.choose(tx, world.ref(ANA), stopped=True)
    by_person = messages(world)
    assert by_person.keys() == {world.ref(one) for one in (*STAFF[1:], LUIS, OLGA)}
    assert {len(read) for read in by_person.values()} == {1}
    assert all("62:38" in read for (read,) in by_person.values())


def test_who_sees_what_tells_what_holds_now_and_what_will(world: World) -> None:
    world.submit(NORA, ids.VIEW_STRICTER, form())
    world.tap(BEN, ids.OPENED_WHO_SEES)
    shown, words = text_of(world.window(BEN)), world.words(BEN)
    assert words("privacy.group", **promise_numbers(STANDARD)) in shown
    assert words("stricter.coming", date="Monday, February 8", **promise_numbers(STRONG)) in shown
    assert words("stricter.since", dates="Wednesday, January 20") in shown


def test_nobody_in_charge_can_make_it_looser_by_any_part_they_have(world: World) -> None:
    world.submit(NORA, ids.VIEW_STRICTER, form())
    for person in IN_CHARGE:
        with world.begin() as tx:
            members.add_admin(tx, world.ref(person))
        world.submit(person, ids.VIEW_STRICTER, form(ids.USUAL, "8", "6"))
    assert kept(world) == STRONG
