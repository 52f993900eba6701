"""Rendered screens, read by the rules of wording (requirements 2.3), and the sources they come from."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import bot.blocks
from bot.blocks import ids
from bot.blocks.elements import Message
from bot.content import Content, Words
from bot.domain.members import Length
from tests.blocks.reading import Screen, joined, parts, spoken, texts, walk
from tests.content import lint

CRISIS_TEXT = re.compile(r"\b(911|988|838255)\b|800 911 2000")


def test_no_screen_holds_what_may_stand_nowhere(words: Words, screens: dict[str, Screen]) -> None:
    hits = {
        (name, *hit)
        for name, screen in screens.items()
        if name != "crisis both"
        for text in [*texts(screen), *spoken(screen)]
        if (hit := lint.forbidden_in(text, words.language))
    }
    assert not hits


def test_no_screen_shouts_or_smiles(screens: dict[str, Screen]) -> None:
    said = {text for screen in screens.values() for text in [*texts(screen), *spoken(screen)]}
    assert not {text for text in said if re.search(r"[!¡]", text) or lint.EMOJI.search(text)}


def test_a_preview_on_a_phone_gives_nothing_away(screens: dict[str, Screen]) -> None:
    previews = {screen.text for screen in screens.values() if isinstance(screen, Message)}
    assert not {preview for preview in previews if lint.found(lint.IN_A_PREVIEW, preview)}
    assert len(previews) <= 7


def test_previews_are_in_the_readers_language(
    content: Content, words: Words, screens: dict[str, Screen]
) -> None:
    expected = {
        words(key)
        for key in (
            "common.note",
            "checkin.title",
            "checkin.title_small",
            "weekly.title",
            "update.post_title",
            "huddle.preview",
        )
    } | {" · ".join(content.words(code)("common.note") for code in content.languages)}
    assert {screen.text for screen in screens.values() if isinstance(screen, Message)} == expected


def test_numbers_to_call_are_crisis_lines_only(screens: dict[str, Screen]) -> None:
    said = {line for screen in screens.values() for text in texts(screen) for line in text.splitlines()}
    numbers = {line for line in said if lint.PHONE.search(line)}
    assert not {line for line in numbers if not CRISIS_TEXT.search(line) and "UTC" not in line}


def test_every_form_that_asks_something_says_who_sees_it(words: Words, screens: dict[str, Screen]) -> None:
    """Set-up's second step shows who is counted and what staff will read; the rest name it in a line."""
    asking = {
        name: screen
        for name, screen in screens.items()
        if not isinstance(screen, Message) and "submit" in screen and name.partition(" ")[0] != "team"
    }
    said = [
        words(key, who="somebody")
        for key in (
            "form.first_feeds", "form.one_feeds", "form.only_for_you", "settings.who_sees", "pause.who_sees",
            "leave.who_sees",
            "ask.who_sees", "ask.another_who_sees", "ask.cannot_who_sees", "ask.follow_up_who_sees",
            "stricter.who_sees",
            "huddle.who_sees", "circle.who_sees", "step_out.who_sees",
            "promise.who_sees", "raise.who_sees", "peer.who_sees", "peer.offering_who_sees",
            "peer.wishes_who_sees", "peer.connected_who_sees", "support.who_sees",
            "mydata.who_sees", "mydata.delete_who_sees",
        )
    ]  # fmt: skip
    assert len(asking) > 90
    assert not {name for name, screen in asking.items() if not any(line in joined(screen) for line in said)}


def test_nothing_a_person_wrote_reaches_slack_as_markup(screens: dict[str, Screen]) -> None:
    markup = re.compile(r"<(?!@U|#C|!date\^|https://)")
    rich = [
        part["text"]
        for screen in screens.values()
        for part in walk(parts(screen))
        if part.get("type") == "mrkdwn"
    ]
    assert [text for text in rich if "&lt;" in text]
    assert not [text for text in rich if markup.search(text)]


FAMILIES = (
    "mydata.copy_", "mydata.messages_", "mydata.page_", "mydata.part_", "mydata.role_",
    "mydata.week_",
    "ask.card_", "ask.line_", "ask.to_me_", "ask.told_", "ask.done_", "evidence.", "home.none_", "home.team_",
    "step_out.for_", "step_out.out_", "circle.every_", "circle.has_", "circle.often_", "circle.told_",
    "home.waits_", "home.why_", "huddle.in_", "huddle.later_", "huddle.not_", "huddle.purpose_",
    "huddle.queued_", "huddle.told_", "leave.problem_",
    "mydata.request_",
    "offer.", "options.t", "peer.both_", "peer.card_", "peer.ended_", "peer.for_",
    "peer.half_", "peer.help_", "peer.kind_", "peer.offering_", "peer.when_", "peer.where_", "peer.work_",
    "raise.closed_", "raise.mine_", "raise.pillar_", "settings.length_", "sorry.",
    "team.problem_", "update.alt_", "update.band_", "update.no_change_", "update.parent_", "update.still_",
    "update.trend_", "update.why_",
)  # fmt: skip
"""Keys that are put together from a state, a kind or a role."""


def test_all_the_words_of_the_catalogs_are_used(words: Words, screens: dict[str, Screen]) -> None:
    """A sentence that no screen says is a sentence nobody looks after."""
    named = {text for path in _sources() for text in _literals(path)}
    unused = {key for key in words.sentences if key not in named and not key.startswith(FAMILIES)}
    assert unused == {"ask.supervisor", "ask.deputy", "ask.named"}
    assert words("ask.named", who="somebody") in joined(screens["ask form"])


def test_no_sentence_stands_in_the_sources_of_the_screens() -> None:
    """Everything a person reads comes from the catalogs, so another language is a file."""
    english = re.compile(r"[A-Za-z]{2,} [A-Za-z]{2,}|^[A-Z][a-z]+(?!/)\b")
    loose = {(path.name, text) for path in _sources() for text in _literals(path) if english.search(text)}
    assert not loose


def _sources() -> list[Path]:
    return sorted(Path(bot.blocks.__file__).parent.glob("*.py"))


def _literals(path: Path) -> list[str]:
    """String constants of a module that are not documentation, nor what an error tells its caller."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documentation = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    raised = (node for node in ast.walk(tree) if isinstance(node, ast.Raise))
    documentation |= {id(part) for node in raised for part in ast.walk(node)}
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation
    ]


def test_ids_are_named_after_what_the_person_did() -> None:
    assert ids.answer("qC1") == "answer_qC1"
    assert {length.value for length in Length} == {"one", "default", "longer"}


def test_what_a_button_is_called_aloud_holds_the_words_that_are_seen(screens: dict[str, Screen]) -> None:
    """Who speaks to a computer says what stands on the button."""
    other = {
        (button["text"]["text"], button["accessibility_label"])
        for screen in screens.values()
        for button in walk(parts(screen))
        if button.get("type") == "button" and "accessibility_label" in button
    }
    assert len(other) > 10
    assert not {(seen, said) for seen, said in other if seen.casefold() not in said.casefold()}
