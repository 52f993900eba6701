"""The strip: read by place, lightness and hatching, at phone width, in any language, without figures."""

from __future__ import annotations

import io
import itertools
import string
import struct
from datetime import date, timedelta

import pytest
from PIL import Image, ImageChops, ImageStat

from bot.blocks import digests
from bot.blocks.picture import strip
from bot.content import Words
from bot.domain.digests import Band

ROWS = ("lower", "middle", "higher")
NO_WORDS = ("", "", "")
LOW, MID, HIGH = 2, 1, 0
SOLID = (Band.LOWER, Band.MIDDLE, Band.HIGHER)
UNCERTAIN = (Band.LOWER_MIDDLE, Band.MIDDLE_HIGHER, Band.TOO_EARLY)
PHONE = 360
LEFT, RIGHT, TOP, BOTTOM = 190, 985, 12, 318


def look(
    *bands: Band | None, rows: tuple[str, str, str] = NO_WORDS, periods: tuple[str, ...] = ()
) -> Image.Image:
    """The picture of these bands, by default without a word in it."""
    return Image.open(io.BytesIO(strip(bands, rows=rows, periods=periods or ("",) * len(bands))))


def column(image: Image.Image, place: int, of: int, row: int) -> Image.Image:
    """The inside of one row of one period, away from its edges."""
    step = min((RIGHT - LEFT) // of, 150)
    height = (BOTTOM - TOP) // 3
    left, top = LEFT + place * step, TOP + row * height
    scale = image.width / 1000
    box = (left + step // 4, top + height // 4, left + 3 * step // 4, top + 3 * height // 4)
    return image.crop(tuple(round(edge * scale) for edge in box))  # type: ignore[arg-type]


def mean(image: Image.Image) -> float:
    return ImageStat.Stat(image).mean[0]


def spread(image: Image.Image) -> float:
    return ImageStat.Stat(image).stddev[0]


def filled(image: Image.Image, place: int = 0, of: int = 1) -> set[int]:
    """The rows in which something stands."""
    return {row for row in (LOW, MID, HIGH) if mean(column(image, place, of, row)) < 250}


def empty(image: Image.Image) -> bool:
    return ImageChops.invert(image).getbbox() is None


def differ(one: Image.Image, other: Image.Image) -> bool:
    return ImageChops.difference(one, other).getbbox() is not None


# ---- what is read


@pytest.mark.parametrize(
    ("band", "rows"),
    [
        (Band.LOWER, {LOW}),
        (Band.MIDDLE, {MID}),
        (Band.HIGHER, {HIGH}),
        (Band.LOWER_MIDDLE, {LOW, MID}),
        (Band.MIDDLE_HIGHER, {MID, HIGH}),
        (Band.TOO_EARLY, {LOW, MID, HIGH}),
    ],
)
def test_a_band_is_read_by_where_it_stands(band: Band, rows: set[int]) -> None:
    assert filled(look(band)) == rows


def test_every_band_has_a_place_of_its_own() -> None:
    assert len({frozenset(filled(look(band))) for band in Band}) == len(Band)


def test_the_higher_the_darker_and_plainly_so_on_a_phone() -> None:
    small = look(*SOLID).resize((PHONE, 144), Image.Resampling.LANCZOS)
    lower, middle, higher = (mean(column(small, at, 3, row)) for at, row in enumerate((LOW, MID, HIGH)))
    assert lower > middle + 50 > higher + 100
    assert lower < 225, "lower is not the white of nothing"


@pytest.mark.parametrize("periods", [1, 4, 13])
@pytest.mark.parametrize("width", [1000, PHONE])
def test_what_is_uncertain_is_hatched_and_what_is_not_is_not(periods: int, width: int) -> None:
    for band in Band:
        image = look(*[band] * periods)
        image = image.resize((width, round(image.height * width / 1000)), Image.Resampling.LANCZOS)
        for row in filled(image, 0, periods):
            assert (spread(column(image, 0, periods, row)) > 25) == (band in UNCERTAIN)


def test_too_early_is_hatched_wider_than_a_pair() -> None:
    pair, early = (mean(column(look(band), 0, 1, MID)) for band in (Band.LOWER_MIDDLE, Band.TOO_EARLY))
    assert early > pair + 20


def test_a_period_without_words_is_empty_but_for_a_small_mark_below() -> None:
    image = look(Band.MIDDLE, None, Band.MIDDLE)
    assert [filled(image, place, 3) for place in range(3)] == [{MID}, set(), {MID}]
    below = image.crop((LEFT, BOTTOM + 5, 1000, 400))
    marks = ImageChops.invert(below).getbbox()
    assert marks is not None
    assert 150 < marks[0] < marks[2] < 300, "under the second period only"
    assert marks[2] - marks[0] < 40
    assert empty(look(Band.MIDDLE, Band.LOWER).crop((LEFT, BOTTOM + 5, 1000, 400)))


def test_the_oldest_stands_left_and_the_newest_right() -> None:
    image = look(Band.LOWER, Band.MIDDLE, Band.HIGHER)
    assert [filled(image, place, 3) for place in range(3)] == [{LOW}, {MID}, {HIGH}]


def test_thirteen_periods_are_drawn_and_of_more_the_newest() -> None:
    bands = [*SOLID, None, *UNCERTAIN] * 2
    labels = tuple(f"{place}." for place in range(14))
    all_of_them = strip(bands, rows=ROWS, periods=labels)
    assert all_of_them == strip(bands[1:], rows=ROWS, periods=labels[1:])
    image = look(*[Band.HIGHER] * 13)
    assert all(filled(image, place, 13) == {HIGH} for place in range(13))


# ---- what is written


def test_nothing_is_written_but_the_words_handed_in() -> None:
    for band in (*Band, None):
        image = look(band, Band.MIDDLE)
        assert empty(image.crop((0, 0, LEFT - 1, 400)))
        assert empty(image.crop((LEFT + 305, 0, 1000, 400)))
        assert empty(image.crop((0, BOTTOM + 35, 1000, 400)))


def test_each_rows_word_stands_at_its_row() -> None:
    for place, row in enumerate((LOW, MID, HIGH)):
        words = ["", "", ""]
        words[place] = "here"
        image = look(Band.MIDDLE, rows=(words[0], words[1], words[2]))
        for at in (LOW, MID, HIGH):
            top = TOP + at * 102
            assert empty(image.crop((0, top + 6, LEFT - 1, top + 96))) == (at != row)


@pytest.mark.parametrize("letter", "áéíóúñüÁÉÍÓÚÑ¿¡çãõàèâêôß–’")
def test_every_letter_of_our_languages_is_drawn(letter: str) -> None:
    written = look(Band.MIDDLE, rows=(letter, "", ""))
    assert not empty(written.crop((0, 0, LEFT - 1, 400)))
    for other in ("\ue000", "a", "n", "?", ""):
        assert differ(written, look(Band.MIDDLE, rows=(other, "", "")))


def test_the_newest_period_is_always_named_and_names_never_touch() -> None:
    labels = ("wwwwwwww",) * 13
    image = look(*[Band.MIDDLE] * 13, periods=labels)
    assert differ(image, look(*[Band.MIDDLE] * 13, periods=(*labels[:-1], "wwwwwwwn")))
    below = image.crop((0, BOTTOM + 35, 1000, 400))
    blank = [empty(below.crop((x, 0, x + 1, below.height))) for x in range(1000)]
    gaps = [len(list(run)) for is_blank, run in itertools.groupby(blank) if is_blank]
    assert [gap for gap in gaps[1:-1] if gap > 9], "several are named, with room between them"
    assert gaps[-1] > 4, "the last one ends before the picture does"


def test_four_periods_are_all_named() -> None:
    labels = ("Nov 30", "Dec 28", "Jan 25", "Feb 22")
    whole = look(*[Band.MIDDLE] * 4, periods=labels)
    for place in range(4):
        without = tuple("" if at == place else label for at, label in enumerate(labels))
        assert differ(whole, look(*[Band.MIDDLE] * 4, periods=without))


def test_long_words_are_broken_and_stay_in_the_picture() -> None:
    image = look(Band.MIDDLE, rows=("más bien bajo", "medio", "más bien alto"))
    assert empty(image.crop((0, 0, 8, 400)))
    assert empty(image.crop((0, TOP + 102 - 2, LEFT - 15, TOP + 102 + 2))), "one row's words leave the next"


def test_our_own_words_fit_in_each_language(words: Words) -> None:
    year = [(date(2026, 11, 30) + timedelta(days=28 * at), Band.MIDDLE) for at in range(13)]
    rows, periods = digests.row_labels(words), digests.period_labels(words, year)
    image = look(*[Band.MIDDLE] * 13, rows=rows, periods=periods)
    assert empty(image.crop((0, 0, 8, 400)))
    assert empty(image.crop((992, 0, 1000, 400)))
    for line in (TOP, TOP + 102, TOP + 204, BOTTOM):
        assert empty(image.crop((0, line - 3, LEFT - 10, line + 3))), "each row's words stay in their row"


# ---- the file


def test_the_same_values_give_the_same_bytes() -> None:
    bands, labels = [*Band, None], tuple(string.ascii_lowercase[:7])
    assert strip(bands, rows=ROWS, periods=labels) == strip(list(bands), rows=ROWS, periods=list(labels))


def test_it_is_a_small_grey_png_that_carries_nothing_beside_the_picture() -> None:
    written = strip([*Band, None] * 2, rows=ROWS, periods=("Nov 30",) * 14)
    image = Image.open(io.BytesIO(written))
    assert (image.format, image.mode, image.size) == ("PNG", "L", (1000, 400))
    assert len(written) < 40_000
    assert chunks(written) <= {b"IHDR", b"IDAT", b"IEND"}


@pytest.mark.parametrize(("bands", "labels"), [([], []), ([Band.LOWER], []), ([Band.LOWER], ["a", "b"])])
def test_labels_and_periods_belong_together(bands: list[Band | None], labels: list[str]) -> None:
    with pytest.raises(ValueError, match="one label for each"):
        strip(bands, rows=ROWS, periods=labels)


def chunks(png: bytes) -> set[bytes]:
    """The names of a PNG's parts."""
    found, at = set(), 8
    while at < len(png):
        length, name = struct.unpack(">I4s", png[at : at + 8])
        found.add(name)
        at += length + 12
    return found
