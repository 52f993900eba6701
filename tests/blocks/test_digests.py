"""The update in words: every band and trend, what stands beside it, and who reads which of it."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from datetime import date
from itertools import product

import pytest

from bot.blocks import digests, ids
from bot.blocks.digests import Picture, Update
from bot.blocks.elements import Block, Message, View
from bot.content import Content, Words
from bot.domain.digests import Band, Trend
from bot.domain.privacy import promise_numbers
from tests.blocks.reading import buttons, joined, parts, sentences, walk, words_in
from tests.blocks.screens import LUIS, ON, SEES, SMALL, STRIP, update_of
from tests.content.test_catalogs import WORDS_IN_A_SENTENCE

EVERY = list(product(Band, Trend))
MAYBE = {Trend.MAYBE_HEAVIER, Trend.MAYBE_LIGHTER}
LIGHTER = {Trend.LIGHTER, Trend.MAYBE_LIGHTER}
PAIRS = {Band.LOWER_MIDDLE: ("lower", "middle"), Band.MIDDLE_HIGHER: ("middle", "higher")}
NAMED = {
    "en": {"lower": "lower", "middle": "middle", "higher": "higher"},
    "es": {"lower": "bajo", "middle": "medio", "higher": "alto"},
}
EARLY = {"en": "too early to say", "es": "bajo, medio o alto"}


def lines(words: Words, band: Band, trend: Trend, *, small_group: bool = False) -> tuple[str, ...]:
    return digests.update_lines(words, band=band, trend=trend, small_group=small_group)


def names_band(words: Words, band: Band, text: str) -> bool:
    """Whether a text names that band and no other."""
    if band is Band.TOO_EARLY:
        return EARLY[words.language] in text
    named = PAIRS.get(band, (band.value,))
    said = set(re.findall(r"\w+", text))
    return all((word in said) == (name in named) for name, word in NAMED[words.language].items())


def images(screen: Message | View) -> list[Block]:
    return [part for part in walk(parts(screen)) if part.get("type") == "image"]


@pytest.mark.parametrize(("band", "trend"), EVERY)
def test_the_band_comes_first_the_trend_after_it_and_the_closing_sentence_last(
    words: Words, band: Band, trend: Trend
) -> None:
    first, second, last = lines(words, band, trend)
    assert names_band(words, band, first)
    assert not names_band(words, band, second) or trend is Trend.NO_CHANGE
    assert last == words("update.closing")


@pytest.mark.parametrize(("band", "trend"), EVERY)
def test_a_small_group_reads_its_line_before_the_closing_sentence(
    words: Words, band: Band, trend: Trend
) -> None:
    *without, closing = lines(words, band, trend)
    assert lines(words, band, trend, small_group=True) == (*without, words("update.small_group"), closing)


@pytest.mark.parametrize(("band", "trend"), EVERY)
def test_the_only_number_is_how_often_a_possibly_is_wrong(words: Words, band: Band, trend: Trend) -> None:
    parent = digests.parent_line(words, band=band, trend=trend, unit="Programa")
    said = " ".join([*lines(words, band, trend, small_group=True), parent])
    expected = ["10", "10", "3", "3"] if trend in MAYBE else []
    assert sorted(re.findall(r"\d+", said)) == expected
    assert "%" not in said


@pytest.mark.parametrize("trend", Trend)
def test_only_a_possibly_says_how_often_it_is_wrong(words: Words, trend: Trend) -> None:
    said = lines(words, Band.MIDDLE, trend)[1]
    doubts = ("about 3 in 10 such words are wrong", "de cada 10 frases así, unas 3 fallan")
    assert said.startswith(("Possibly", "Quizá")) == (trend in MAYBE)
    assert any(doubt in said for doubt in doubts) == (trend in MAYBE)


@pytest.mark.parametrize("band", Band)
def test_no_clear_change_carries_the_band_and_is_no_all_clear(content: Content, band: Band) -> None:
    for words in (content.words("en"), content.words("es")):
        for before in (None, band):
            said = digests.update_lines(
                words, band=band, trend=Trend.NO_CHANGE, small_group=False, before=before
            )[1]
            assert said.startswith(("No clear change", "Sin cambio claro"))
            assert names_band(words, band, said)
            heavy = band in (Band.HIGHER, Band.MIDDLE_HIGHER)
            assert heavy or re.search(r"not an all-clear|no quiere decir que todo esté bien", said)


def test_still_is_said_only_where_the_last_update_said_the_same(content: Content) -> None:
    words = content.words("en")
    for band, before in product(Band, Band):
        said = digests.update_lines(words, band=band, trend=Trend.NO_CHANGE, small_group=False, before=before)
        assert ("still" in said[1]) == (band is before)
    assert (
        digests.update_lines(
            words, band=Band.HIGHER, trend=Trend.NO_CHANGE, small_group=False, before=Band.HIGHER
        )[1]
        == "No clear change: still in the higher range."
    )


@pytest.mark.parametrize("trend", Trend)
def test_lighter_never_closes_a_promise(words: Words, trend: Trend) -> None:
    said = lines(words, Band.LOWER, trend)[1]
    stands = ("What was promised still stands.", "Lo prometido sigue en pie.")
    assert said.endswith(stands) == (trend in LIGHTER)


def test_the_first_update_has_nothing_to_compare_yet(content: Content) -> None:
    said = lines(content.words("en"), Band.TOO_EARLY, Trend.FIRST)
    assert "nothing to compare yet" in said[1]
    assert "no hay con qué comparar" in lines(content.words("es"), Band.MIDDLE, Trend.FIRST)[1]


@pytest.mark.parametrize(("band", "trend"), EVERY)
def test_every_sentence_is_short_and_different_codes_read_differently(
    words: Words, band: Band, trend: Trend
) -> None:
    said = lines(words, band, trend)
    assert not [s for line in said for s in sentences(line) if words_in(s) > WORDS_IN_A_SENTENCE]
    others = {lines(words, *other) for other in EVERY if other != (band, trend)}
    assert said not in others


def test_the_closing_sentence_is_the_decided_one(content: Content) -> None:
    assert (
        content.words("en")("update.closing") == "This cannot show how one person is. Ask everybody anyway."
    )


@pytest.mark.parametrize(("band", "trend"), EVERY)
def test_the_line_beside_names_its_unit_and_says_how_often_it_errs(
    words: Words, band: Band, trend: Trend
) -> None:
    said = digests.parent_line(words, band=band, trend=trend, unit="Este <!here> & Co")
    assert "*Este &lt;!here&gt; &amp; Co*" in said
    assert said.endswith(words("update.parent_errs"))
    assert re.search(r"about half of all years|cerca de la mitad de los años", said)


def test_the_line_of_everybody_says_so(words: Words) -> None:
    said = digests.parent_line(words, band=Band.MIDDLE, trend=Trend.NO_CHANGE, unit=None)
    assert words("update.whole_organization") in said
    assert words("update.parent_no_change") in said


def test_the_pictures_words_say_each_period_and_the_gaps(words: Words) -> None:
    lead, *said = (f"{line}." for line in digests.alt_text(words, STRIP).removesuffix(".").split(". "))
    assert lead == words("update.alt_lead")
    for (first_on, band), line in zip(STRIP, said, strict=True):
        on = words.short_date(first_on)
        assert on in line
        assert names_band(words, band, line) if band else line == words("update.alt_none", date=on)


def test_a_strip_of_years_still_fits_what_slack_takes(words: Words) -> None:
    said = digests.alt_text(words, [*STRIP] * 30)
    assert len(said) <= digests.ALT_MAX
    assert said.endswith(digests.alt_text(words, STRIP).removeprefix(words("update.alt_lead")))


def test_the_pictures_labels_are_short_and_in_the_readers_language(content: Content) -> None:
    assert digests.row_labels(content.words("en")) == ("lower", "middle", "higher")
    assert digests.row_labels(content.words("es")) == ("bajo", "medio", "alto")
    assert digests.period_labels(content.words("en"), STRIP[:2]) == ("Sep 7", "Oct 5")
    assert digests.period_labels(content.words("es"), STRIP[:2]) == ("7 sept", "5 oct")


def test_what_the_ranges_mean_is_said_in_the_questions_own_answers(words: Words) -> None:
    said = digests.footnote(words, [])["elements"][0]["text"]
    for label in (words.scale("W")[0], words.scale("W")[2], words.scale("W")[4]):
        assert f"“{label.text}”" in said


def test_the_team_reads_word_for_word_what_the_supervisor_read(words: Words) -> None:
    update = update_of(words, Band.HIGHER, Trend.HEAVIER)
    post = digests.team_post(words, update)
    body = digests.update_blocks(words, update)
    assert post.blocks[1 : 1 + len(body)] == body
    assert post.text == words("update.post_title")
    assert not buttons(post)


def test_without_a_file_the_words_stand_alone(words: Words) -> None:
    update = update_of(words, Band.HIGHER, Trend.HEAVIER)
    (picture,) = images(digests.team_post(words, update))
    assert picture == {
        "type": "image",
        "slack_file": {"id": "F0STRIP001"},
        "alt_text": digests.alt_text(words, STRIP),
    }
    alone = digests.team_post(words, replace(update, picture=None))
    assert not images(alone)
    assert [text for text in update.lines if text in joined(alone)]


def test_a_pooled_update_names_its_teams(words: Words) -> None:
    update = replace(update_of(words, Band.LOWER, Trend.FIRST), groups=("Norte", "Sur & <Co>"))
    assert "Norte, Sur &amp; &lt;Co&gt;" in joined(digests.team_post(words, update))


def test_nothing_of_an_update_can_carry_a_figure() -> None:
    assert {field.type for field in fields(Update)} == {"tuple[str, ...]", "str", "Picture | None"}
    assert {field.type for field in fields(Picture)} == {"str"}


def seen(words: Words) -> digests.Seen:
    return digests.Seen(
        update=update_of(words, Band.MIDDLE, Trend.NO_CHANGE),
        first_on=date(2026, 11, 2),
        last_on=date(2026, 11, 29),
        strip=digests.alt_text(words, STRIP),
    )


def test_view_as_my_supervisor_shows_the_stored_words_the_picture_in_words_and_the_next_date(
    words: Words,
) -> None:
    latest = seen(words)
    view = digests.as_my_supervisor(words, SEES, seen=latest, next_update_on=ON)
    said = joined(view)
    for line in (*latest.update.lines, latest.update.parent, latest.strip):
        assert line in said
    assert words.date(latest.first_on) in said
    assert words("update.next", date=words.date(ON)) in said
    assert f"<@{LUIS}>" in str(view)
    assert not buttons(view)
    assert not images(view)


@pytest.mark.parametrize("why", ["no_team", "too_small", "not_yet", "suppressed", "lost"])
def test_where_nothing_is_seen_it_says_why(words: Words, why: digests.WhyNone) -> None:
    said = joined(digests.as_my_supervisor(words, SMALL, why_none=why))
    assert words(f"update.why_{why}", **promise_numbers()) in said
    assert words("update.closing") not in said
    assert words("update.seen_lead_nobody") in said


def test_view_as_my_supervisor_says_that_asks_carry_a_name_and_that_there_is_nothing_else(
    words: Words,
) -> None:
    for view in (
        digests.as_my_supervisor(words, SEES, seen=seen(words)),
        digests.as_my_supervisor(words, SMALL, why_none="too_small"),
    ):
        said = joined(view)
        for key in ("update.seen_asks", "update.seen_said", "update.seen_opener", "update.seen_nothing_else"):
            assert words(key) in said


def test_a_lost_update_hints_at_nobodys_answers(words: Words) -> None:
    said = joined(digests.as_my_supervisor(words, SEES, why_none="lost"))
    assert not re.search(r"\d|at least|al menos", said)


def test_view_as_my_supervisor_has_a_name_in_ids() -> None:
    assert ids.VIEW_AS_SUPERVISOR != ids.VIEW_WHO_SEES
