"""My data on the screen and in files: all of it, in words, within Slack's limits."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from typing import Any

import pytest

from bot.blocks import ids, mydata
from bot.blocks.elements import View
from bot.content import Content, Words
from bot.domain.mydata import OwnData, Part
from bot.domain.notices import Kind
from bot.domain.rotation import CORE
from tests.blocks.reading import buttons, joined, walk
from tests.blocks.screens import AT, LUIS, NOTHING, ON, own_data, own_weeks

MOST_BLOCKS, MOST_BYTES = 100, 250_000
"""What Slack takes in a window."""


def titles(view: View) -> list[str]:
    return [block["text"]["text"] for block in view["blocks"] if block["type"] == "header"]


def taps(view: View, action_id: str) -> list[dict[str, Any]]:
    return [part for part in walk(view) if part.get("action_id") == action_id]


def test_every_part_has_its_heading_and_something_to_say(words: Words) -> None:
    for data in (own_data(), NOTHING):
        said = mydata.parts(words, data)
        assert [one.title for one in said] == [words(f"mydata.part_{part}") for part in Part]
        assert all(one.lines for one in said)


def test_every_kind_of_message_is_counted_under_some_words(words: Words) -> None:
    assert set(mydata.MESSAGES) == set(Kind)
    assert {key for key in words.sentences if key.startswith("mydata.messages_")} == {
        f"mydata.messages_{what}" for what in mydata.MESSAGES.values()
    }


def test_answers_stand_as_they_were_given(words: Words) -> None:
    shown = joined(mydata.everything(words, own_data()))
    assert f"{words.item(CORE).text} → {words.scale('W')[3].text}" in shown
    assert "q_gone → 4" in shown, "a question that is asked no more"
    assert words("mydata.unreadable") in shown


def test_an_open_week_is_changed_and_an_older_one_deleted_after_a_question(words: Words) -> None:
    view = mydata.everything(words, own_data())
    assert [tap["value"] for tap in taps(view, ids.CHANGED_ANSWERS)] == ["2"]
    deletes = taps(view, ids.DELETED_WEEK)
    assert [tap["value"] for tap in deletes] == ["0", "3", "4", "5", "6", "7", "8"], "and none of week 1"
    assert all("confirm" in tap for tap in deletes)


@pytest.mark.parametrize("many", [0, 26, 200])
def test_all_of_it_is_there_on_pages_that_slack_takes(words: Words, many: int) -> None:
    data = own_data(weeks=own_weeks(many))
    pages: list[View] = []
    while not pages or any(tap["value"] == str(len(pages)) for tap in taps(pages[-1], ids.TURNED_PAGE)):
        pages.append(mydata.everything(words, data, page=len(pages)))
    assert all(len(page["blocks"]) <= MOST_BLOCKS for page in pages)
    assert all(len(json.dumps(page)) <= MOST_BYTES for page in pages)
    assert [title for page in pages for title in titles(page)] == [
        words(f"mydata.part_{part}") for part in Part
    ]
    assert sum("week_" in str(block.get("block_id")) for page in pages for block in page["blocks"]) == many
    assert (len(pages) > 1) is (many == 200)
    assert mydata.everything(words, data, page=99) == pages[-1]


def test_long_questions_make_more_pages_and_none_too_large(words: Words) -> None:
    data = own_data(weeks=own_weeks(60))
    heavy = [{"type": "section", "text": {"type": "mrkdwn", "text": "ñ" * 3000}}] * 60
    pages = list(mydata._pages([*heavy, *mydata._blocks(words, data)]))
    assert all(len(json.dumps(page)) <= MOST_BYTES for page in pages)


def test_the_file_to_read_says_the_same_without_markup(words: Words) -> None:
    text = mydata.readable(words, own_data(), ON)
    assert not re.search(r"\*|&\w+;|<@|<!", text)
    assert "Sur <&> Norte" in text
    assert f"@{LUIS}" in text
    shown = joined(mydata.everything(words, own_data())).replace("*", "").replace("somebody", f"@{LUIS}")
    for said in mydata.parts(words, own_data()):
        assert said.title in text
    for line in shown.splitlines():
        if "→" in line:
            assert line in text


def test_the_file_for_programs_has_every_fact(words: Words) -> None:
    found = json.loads(mydata.record(words, own_data(), AT))
    assert set(found) == {
        "format", "made_at", "from_slack", "teams", "roles", "choices", "days_away", "weeks", "silence",
        "answers_have_a_key", "group", "periods", "said_with_others", "asks", "huddles", "peers",
        "messages", "weekly_messages_on", "timers", "last_deleted_at",
    }  # fmt: skip
    assert len(found) - len({"format", "made_at"}) == len(fields(OwnData)), "each has its place in it"
    weeks = {week["week"]: week for week in found["weeks"]}
    assert weeks[0]["answers"] is None
    assert weeks[1]["answers"] == {}
    assert weeks[3]["answers"][CORE] == {
        "question": words.item(CORE).text, "answer": words.scale("W")[3].text, "value": 4,
    }  # fmt: skip
    assert found["asks"][0] == {
        "with_id": LUIS, "mine": True, "state": "open", "asked_on": "2026-12-02", "meet_at": AT.isoformat(),
    }  # fmt: skip
    assert found["choices"]["items_off"] == ["qI02"]
    assert json.loads(mydata.record(words, NOTHING, AT))["choices"] is None


def test_neither_file_holds_the_pseudonym(words: Words) -> None:
    data = own_data()
    assert data.person.ref not in mydata.record(words, data, AT) + mydata.readable(words, data, ON)


def test_the_messages_beside_the_files_say_nothing_of_what_is_in_them(content: Content) -> None:
    for code in content.languages:
        for said in ("here", "gone", "none", "stuck"):
            message = mydata.copy_note(content.words(code), said, time="11:45")
            assert message.text == content.words(code)("common.note")
            assert len(message.blocks) == 1


def test_deleting_is_two_taps_from_the_window_and_says_what_follows(words: Words) -> None:
    assert ids.OPENED_DELETING in buttons(mydata.hub(words, has_checkins=True))
    view = mydata.deleting(words, has_checkins=True, resting=False)
    assert view["submit"]["text"] == words("mydata.delete_submit")
    for key in ("mydata.delete_gone", "mydata.delete_left"):
        assert all(line in joined(view) for line in words(key).splitlines())


@pytest.mark.parametrize(("resting", "chosen"), [(False, ids.GO_ON), (True, ids.STOP_TOO)])
def test_check_ins_go_on_unless_they_rested(words: Words, resting: bool, chosen: str) -> None:
    (choice,) = taps(mydata.deleting(words, has_checkins=True, resting=resting), ids.AFTER_DELETING)
    assert choice["initial_option"]["value"] == chosen


def test_whoever_gets_no_check_ins_is_not_asked_about_them(words: Words) -> None:
    assert not taps(mydata.deleting(words, has_checkins=False, resting=False), ids.AFTER_DELETING)
    assert ids.OPENED_PAUSE not in buttons(mydata.hub(words, has_checkins=False))
